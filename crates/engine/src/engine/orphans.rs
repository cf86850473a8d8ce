//! Commands that nobody waits for any more.

use imapclient_codec::Response;

use super::Engine;
use crate::inflight::{Exchange, Sasl};

impl Engine {
    /// Reports that nobody waits for any of the commands under way. Their answers still change the
    /// state, their data are dropped, and an [`Event::Done`](crate::Event::Done) tells of their
    /// end. Returns whether the connection can go on: a STARTTLS cannot be left half-way.
    pub fn orphan_all(&mut self) -> bool {
        let mut can_go_on = true;
        let mut is_challenged = false;
        for command in self.commands.iter_mut() {
            command.orphan = true;
            can_go_on &= command.exchange != Exchange::StartTls;
            is_challenged |= command.exchange == Exchange::Sasl(Sasl::Client);
        }
        self.finish_idle();
        if is_challenged {
            // The server would wait for ever for a response that nobody is going to give.
            self.cancel();
        }
        can_go_on
    }

    /// Reports whether orphans are still under way. Until their end, data may belong to them.
    #[must_use]
    pub fn has_orphans(&self) -> bool {
        self.commands.iter().any(|command| command.orphan)
    }

    /// Reports whether these data were asked for by a command nobody waits for any more.
    pub(super) fn is_orphaned_data(&self, response: &Response) -> bool {
        let Some(oldest) = self.commands.oldest().filter(|command| command.orphan) else {
            return false;
        };
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
            // It says whose it is: updates of an older search go on (RFC 5267 §4.3).
            Response::Esearch(found) => found.tag.as_ref() == Some(&oldest.tag),
            // Changes of flags are news even while an orphaned FETCH is answered.
            Response::Fetch(fetch) => !fetch.has_only_flags(),
            _ => false,
        }
    }
}
