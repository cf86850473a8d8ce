use imapclient_codec::{InvalidArgument, Names, Outgoing, Response, Status, Tag, Thread};
use imapclient_engine::State;

use super::{Command, need_mailbox};
use crate::{
    error::{Error, Result},
    found::Found,
};

/// `SEARCH` and `SORT`.
pub(crate) struct Search<E> {
    pub(crate) name: &'static str,
    pub(crate) encode: E,
    pub(crate) found: Found,
    /// An answer came that cannot be read: what was found is not known.
    pub(crate) unread: bool,
}

impl<E> Command for Search<E>
where
    E: FnMut(Names) -> Result<Outgoing, InvalidArgument> + Send,
{
    type Output = Found;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_mailbox(self.name, state)?;
        Ok((self.encode)(state.names())?)
    }

    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        self.unread |= is_unread(&response, &["SEARCH", "SORT", "ESEARCH"]);
        self.found.accept(tag, response)
    }

    fn finish(self, _done: Status) -> Result<Found> {
        if self.unread {
            return Err(Error::NoAnswer { command: self.name });
        }
        Ok(self.found)
    }
}

/// The response that answers a `THREAD`.
#[derive(Default)]
pub(crate) struct Threads {
    thread: Option<Thread>,
    /// An answer came that cannot be read: what was found is not known.
    unread: bool,
}

impl Threads {
    /// Keeps an answer; hands back any other response.
    pub(crate) fn accept(&mut self, response: Response) -> Option<Response> {
        self.unread |= is_unread(&response, &["THREAD"]);
        match response {
            Response::Thread(thread) => {
                self.thread = Some(thread);
                None
            }
            other => Some(other),
        }
    }

    pub(crate) fn finish(self) -> Result<Thread> {
        if self.unread {
            return Err(Error::NoAnswer { command: "THREAD" });
        }
        // Some servers say nothing where there is nothing.
        Ok(self.thread.unwrap_or_default())
    }
}

/// Reports whether it is a response of one of these names that cannot be read at all.
fn is_unread(response: &Response, names: &[&str]) -> bool {
    matches!(response, Response::Malformed(bad) if names.contains(&bad.item.as_str()))
}
