use imapclient_codec::{
    MailboxName, MailboxStatus, Outgoing, Response, Status, command, command::StatusItem,
};
use imapclient_engine::State;

use super::{Command, need_login};
use crate::error::{Error, Result};

/// `STATUS`.
pub(crate) struct StatusOf<'a> {
    pub(crate) name: MailboxName,
    pub(crate) items: &'a [StatusItem],
    pub(crate) answer: Option<MailboxStatus>,
}

impl Command for StatusOf<'_> {
    type Output = MailboxStatus;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_login("STATUS", state)?;
        Ok(command::status(&self.name, self.items, state.names())?)
    }

    fn accept(&mut self, response: Response) -> Option<Response> {
        match response {
            // Others are told of unasked (RFC 5465).
            Response::MailboxStatus(status) if status.name == self.name => {
                self.answer = Some(*status);
                None
            }
            other => Some(other),
        }
    }

    fn finish(self, _done: Status) -> Result<MailboxStatus> {
        self.answer.ok_or(Error::NoAnswer { command: "STATUS" })
    }
}
