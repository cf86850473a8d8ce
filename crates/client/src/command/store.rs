use std::collections::BTreeMap;

use imapclient_codec::{Flags, Outgoing, Response, Status, command, command::FlagChange};
use imapclient_engine::State;

use super::{Command, fetch::take, need_mailbox};
use crate::error::Result;

/// `STORE`, by UID or by sequence number.
pub(crate) struct Store<'a> {
    pub(crate) set: command::Set,
    pub(crate) change: &'a FlagChange,
    pub(crate) changed: BTreeMap<u32, imapclient_codec::Fetch>,
}

impl Command for Store<'_> {
    type Output = BTreeMap<u32, Flags>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_mailbox("STORE", state)?;
        Ok(command::store(&self.set, self.change)?)
    }

    fn accept(&mut self, response: Response) -> Option<Response> {
        match response {
            Response::Fetch(fetch) => take(&mut self.changed, &self.set, fetch, |fetch| {
                fetch.flags().is_some()
            }),
            other => Some(other),
        }
    }

    fn finish(self, _done: Status) -> Result<Self::Output> {
        Ok(self
            .changed
            .into_iter()
            .filter_map(|(key, fetch)| Some((key, fetch.flags()?.clone())))
            .collect())
    }
}
