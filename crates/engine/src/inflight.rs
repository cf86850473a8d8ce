//! The commands that have been sent and not yet been answered.

use std::collections::VecDeque;

use imapclient_codec::{Effect, Status, Tag};

use crate::error::Busy;

/// The part of a command that has been [written](crate::Engine::wrote).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sent {
    /// Nothing.
    Nothing,
    /// Its beginning, so that the server cannot have executed it.
    Partly,
    /// All of it. For an AUTHENTICATE or an IDLE, its first line.
    All,
}

/// A command under way.
pub(crate) struct InFlight {
    pub(crate) tag: Tag,
    /// The name of the command, such as `APPEND`.
    pub(crate) name: String,
    pub(crate) effect: Effect,
    pub(crate) exchange: Exchange,
    /// True if the command asks for contents of messages.
    pub(crate) bodies: bool,
    /// True if no caller waits for its answer any more.
    pub(crate) orphan: bool,
    /// The position in the server's stream when the first byte was written: what was received
    /// before it cannot answer the command. `None` while nothing is written.
    pub(crate) written_at: Option<u64>,
    /// The position of its first byte among all bytes ever queued.
    pub(crate) begin: u64,
    /// The position after its last byte.
    pub(crate) end: u64,
}

/// The exchange between the first line of a command and its tagged response, and whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// There is none. A literal that waits for a continuation request belongs to the
    /// [`Sender`](crate::send::Sender).
    Plain,
    /// AUTHENTICATE.
    Sasl(Sasl),
    /// IDLE.
    Idle(Idle),
    /// TLS begins after the tagged OK, so the command cannot be abandoned half-way.
    StartTls,
}

/// The state of an AUTHENTICATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sasl {
    /// The next line is sent by the server: a challenge or the tagged response.
    Server,
    /// The server waits for the response to its challenge.
    Client,
    /// The exchange was cancelled, and the server must end it.
    Cancelled,
}

/// The state of an IDLE. `DONE` may be sent only after the continuation request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idle {
    /// The server has not sent its continuation request. If `end` is true, DONE is sent as soon as
    /// it does.
    Asked { end: bool },
    /// The server reports changes.
    Running,
    /// DONE has been sent.
    Ending,
}

#[derive(Default)]
pub(crate) struct Commands {
    queue: VecDeque<InFlight>,
}

impl Commands {
    pub(crate) fn push(&mut self, command: InFlight) {
        self.queue.push_back(command);
    }

    /// Records that the bytes before position `written` have been written, of which the last ones
    /// when the server's stream had been received up to `received`.
    pub(crate) fn wrote(&mut self, written: u64, received: u64) {
        // Commands are written in order, so those that are not lie at the end.
        for command in self.queue.iter_mut().rev() {
            if command.written_at.is_some() {
                break;
            }
            if command.begin < written {
                command.written_at = Some(received);
            }
        }
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut InFlight> {
        self.queue.iter_mut()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &InFlight> {
        self.queue.iter()
    }

    pub(crate) fn get(&self, tag: &Tag) -> Option<&InFlight> {
        self.queue.iter().find(|command| command.tag == *tag)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Returns the command that the server is presumably working on.
    pub(crate) fn oldest(&self) -> Option<&InFlight> {
        self.queue.front()
    }

    /// Returns the command that needs the connection for itself.
    pub(crate) fn exclusive(&self) -> Option<&InFlight> {
        self.queue
            .iter()
            .find(|command| exclusive(&command.effect).is_some())
    }

    pub(crate) fn exclusive_mut(&mut self) -> Option<&mut InFlight> {
        self.queue
            .iter_mut()
            .find(|command| exclusive(&command.effect).is_some())
    }

    pub(crate) fn remove(&mut self, tag: &Tag) -> Option<InFlight> {
        let at = self.queue.iter().position(|command| command.tag == *tag)?;
        self.queue.remove(at)
    }
}

impl InFlight {
    /// Returns whether a line that is not IMAP ends the command. During a login or an upload, such
    /// a line is the server's only explanation of its failure; during other commands it is passed
    /// on.
    pub(crate) fn needs_sense(&self) -> bool {
        let login = matches!(
            self.effect,
            Effect::Login | Effect::Authenticate | Effect::StartTls
        );
        !self.orphan && self.written_at.is_some() && (login || self.name == "APPEND")
    }

    /// Returns whether the server was asked to report changes and is doing so.
    pub(crate) fn is_idling(&self) -> bool {
        self.exchange == Exchange::Idle(Idle::Running)
    }
}

impl Exchange {
    /// Returns the exchange with which a command of this effect begins.
    pub(crate) fn of(effect: &Effect) -> Self {
        match effect {
            Effect::Authenticate => Self::Sasl(Sasl::Server),
            Effect::Idle => Self::Idle(Idle::Asked { end: false }),
            Effect::StartTls => Self::StartTls,
            _ => Self::Plain,
        }
    }
}

/// Returns the reason why no other command may be sent while one of this effect is under way;
/// `None` if others may be sent.
pub(crate) fn exclusive(effect: &Effect) -> Option<Busy> {
    match effect {
        Effect::Authenticate => Some(Busy::Authenticate),
        Effect::Idle => Some(Busy::Idle),
        Effect::Logout => Some(Busy::Logout),
        Effect::StartTls => Some(Busy::StartTls),
        Effect::Compress => Some(Busy::Compress),
        _ => None,
    }
}

/// Returns whether a command of this effect may be sent on a compressed connection.
pub(crate) fn allows_compression(effect: &Effect) -> bool {
    !matches!(
        effect,
        Effect::StartTls
            | Effect::Authenticate
            | Effect::Login
            | Effect::Unauthenticate
            | Effect::Compress
    )
}

/// Returns whether a status reports that the command succeeded.
pub(crate) fn succeeded(status: &Status) -> bool {
    status.kind == imapclient_codec::StatusKind::Ok
}
