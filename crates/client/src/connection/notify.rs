//! The part of NOTIFY that uses the connection.

use imapclient_codec::{Code, Status, command};
use imapclient_transport::Socket;

use super::Connection;
use crate::error::Result;

/// The changes that the server reports without being asked for them by a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reports {
    /// Those of the selected mailbox, as without NOTIFY.
    Usual,
    /// Those that a NOTIFY asked for.
    Chosen,
    /// None any more, since there were too many of those.
    Stopped,
}

impl<S> Connection<S> {
    /// Allows NOTIFY until the next command is prepared.
    pub(crate) fn allow_notify(&mut self) {
        self.may_notify = true;
    }

    /// Returns whether the server has stopped to report the changes that a NOTIFY asked for.
    pub(crate) fn has_overflowed(&self) -> bool {
        self.reports == Reports::Stopped
    }

    /// Records that the server has accepted a NOTIFY.
    pub(super) fn notified(&mut self, usual: bool) {
        self.reports = match usual {
            true => Reports::Usual,
            false => Reports::Chosen,
        };
    }

    /// Records that the server stops to report changes, if this status says so. It is then silent
    /// about the selected mailbox as well (RFC 5465 §5.8).
    pub(super) fn note_overflow(&mut self, status: &Status) {
        if status.code == Some(Code::NotificationOverflow) && self.reports == Reports::Chosen {
            self.reports = Reports::Stopped;
        }
    }
}

impl<S: Socket> Connection<S> {
    /// Sends the NOTIFY after which the server reports changes as usual, unless it does so already.
    /// Its answer is waited for like that of an abandoned command, so that it may be interrupted.
    /// Returns whether it was sent.
    pub(super) fn end_notify(&mut self) -> Result<bool> {
        if self.reports == Reports::Usual {
            return Ok(false);
        }
        self.engine.submit(command::notify_usual())?;
        self.engine.orphan_all();
        Ok(true)
    }
}
