//! Commands for which no caller waits any more.

use imapclient_codec::{Effect, Response};

use super::Engine;
use crate::inflight::{Exchange, Sasl};

impl Engine {
    /// Makes all commands under way orphans: no caller waits for them any more. Their answers still
    /// change the state, their data are dropped, and an [`Event::Done`](crate::Event::Done) reports
    /// the end of each. Returns whether the connection can be used further, which is `false` if one
    /// is under way that cannot be abandoned half-way: a STARTTLS, or a command with a
    /// [literal](Self::literal_due) of which bytes are missing.
    pub fn orphan_all(&mut self) -> bool {
        let mut can_go_on = !self.sender.lacks_bytes();
        let mut is_challenged = false;
        for command in self.commands.iter_mut() {
            command.orphan = true;
            can_go_on &= command.exchange != Exchange::StartTls;
            is_challenged |= command.exchange == Exchange::Sasl(Sasl::Client);
        }
        self.stream_literals(None);
        self.finish_idle();
        if is_challenged {
            // Otherwise the server would wait forever for a response.
            self.cancel();
        }
        can_go_on
    }

    /// Returns whether orphans are still under way. Until they are done, data may belong to them.
    #[must_use]
    pub fn has_orphans(&self) -> bool {
        self.commands.iter().any(|command| command.orphan)
    }

    /// Returns whether these data answer an orphan.
    pub(super) fn is_orphaned_data(&self, response: &Response) -> bool {
        let Some(oldest) = self.commands.oldest().filter(|command| command.orphan) else {
            return false;
        };
        // These commands have no data of their own.
        if matches!(oldest.effect, Effect::Idle | Effect::Notify { .. }) || oldest.name == "NOOP" {
            return false;
        }
        match response {
            Response::Search(_)
            | Response::Sort(_)
            | Response::Thread(_)
            | Response::List(_)
            | Response::Lsub(_)
            | Response::MailboxStatus(_)
            | Response::Namespace(_)
            | Response::Id(_)
            | Response::Acl(_)
            | Response::ListRights(_)
            | Response::MyRights(_)
            | Response::Quota(_)
            | Response::QuotaRoot(_) => true,
            // It names its command: updates of an older search continue (RFC 5267 §4.3).
            Response::Esearch(found) => found.tag.as_ref() == Some(&oldest.tag),
            // Changes of flags are news even while an orphaned FETCH is being answered.
            Response::Fetch(fetch) => !fetch.has_only_flags(),
            _ => false,
        }
    }
}
