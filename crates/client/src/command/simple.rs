use imapclient_codec::{Capabilities, Code, MailboxName, Outgoing, Response, Status, command};
use imapclient_engine::State;
use secrecy::{ExposeSecret, SecretString};

use super::{Command, need_login, need_mailbox, need_no_login};
use crate::error::{Error, Result};

/// A command whose only answer is OK.
pub(crate) enum Simple {
    Noop,
    Logout,
    StartTls,
    Login {
        username: String,
        password: SecretString,
    },
    Create(MailboxName),
    Delete(MailboxName),
    Close,
    Unselect,
}

impl Simple {
    pub(crate) fn starttls() -> Self {
        Self::StartTls
    }
}

impl Command for Simple {
    type Output = ();

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        Ok(match self {
            Self::Noop => command::noop(),
            Self::Logout => command::logout(),
            Self::StartTls => {
                need_no_login("STARTTLS", state)?;
                command::starttls()
            }
            Self::Login { username, password } => {
                need_no_login("LOGIN", state)?;
                if state.has("LOGINDISABLED") {
                    return Err(Error::LoginDisabled);
                }
                command::login(username, password.expose_secret())?
            }
            Self::Create(name) => {
                need_login("CREATE", state)?;
                command::create(name, state.names())?
            }
            Self::Delete(name) => {
                need_login("DELETE", state)?;
                command::delete(name, state.names())?
            }
            Self::Close => {
                need_mailbox("CLOSE", state)?;
                command::close()
            }
            Self::Unselect => {
                need_mailbox("UNSELECT", state)?;
                command::unselect()
            }
        })
    }

    fn finish(self, _done: Status) -> Result<()> {
        Ok(())
    }
}

/// `CAPABILITY`.
#[derive(Default)]
pub(crate) struct Capability(Capabilities);

impl Command for Capability {
    type Output = Capabilities;

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(command::capability())
    }

    fn accept(&mut self, response: Response) -> Option<Response> {
        match response {
            Response::Capability(capabilities) => {
                self.0 = capabilities;
                None
            }
            other => Some(other),
        }
    }

    fn finish(self, done: Status) -> Result<Capabilities> {
        Ok(match done.code {
            Some(Code::Capability(capabilities)) => capabilities,
            _ => self.0,
        })
    }
}
