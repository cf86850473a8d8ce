//! Commands: their encoding, and the responses that answer them.

use imapclient_codec::{Needs, Outgoing, Response, Status, Tag};
use imapclient_engine::{Oversize, State};
use secrecy::{SecretString, zeroize::Zeroizing};

use crate::error::{Error, Result};

mod answer;
mod answers;
mod append;
mod ask;
mod authenticate;
mod copy;
mod expunge;
mod fetch;
mod list;
mod search;
mod select;
mod store;

pub use answer::{Answer, Verbatim};
pub(crate) use answers::{Answers, without};
pub(crate) use append::Append;
pub(crate) use ask::{Ask, about, each, given, last};
pub(crate) use authenticate::{Authenticate, Exchange, capabilities_of_login};
pub(crate) use copy::{CopyOrMove, Transfer, transfer};
pub(crate) use expunge::Expunge;
pub(crate) use fetch::{Fetch, asked_for, may_answer};
pub(crate) use list::List;
pub(crate) use search::Search;
pub(crate) use select::Select;
pub(crate) use store::Store;

/// A command: its encoding, and the responses that answer it. Implement it for commands that this
/// library does not have, and pass them to [`Client::run`](crate::Client::run).
///
/// ```
/// use imapclient::codec::{Outgoing, Response, Status, Tag};
/// use imapclient::{Command, Needs, Result, State};
///
/// /// Asks for the server's `XVERSION`.
/// #[derive(Default)]
/// struct Version(Option<String>);
///
/// impl Command for Version {
///     type Output = Option<String>;
///
///     fn needs(&self) -> Needs {
///         Needs::login().capability("XVERSION")
///     }
///
///     fn encode(&mut self, _state: &State) -> Result<Outgoing> {
///         Ok(Outgoing::raw("XVERSION")?)
///     }
///
///     fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
///         match response {
///             Response::Unknown(unknown) if unknown.name == "XVERSION" => {
///                 self.0 = Some(String::from_utf8_lossy(&unknown.raw).into_owned());
///                 None
///             }
///             other => Some(other),
///         }
///     }
///
///     fn finish(self, _done: Status) -> Result<Self::Output> {
///         Ok(self.0)
///     }
/// }
/// ```
pub trait Command: Send {
    /// The result of the command.
    type Output: Send;

    /// Returns what the command needs from the connection. If the needs are not met, nothing is
    /// sent, and [`Client::run`](crate::Client::run) fails with
    /// [`Error::State`](crate::Error::State) or [`Error::Missing`](crate::Error::Missing). Commands
    /// of the codec [state](Outgoing::needs) their needs.
    fn needs(&self) -> Needs;

    /// Returns the command without its tag. This is called once, when the [needs](Self::needs) of
    /// the command are met and no other command is under way.
    ///
    /// It is called a second time if the command has to be sent again: some servers refuse every
    /// command until they know the program (`ID`, RFC 2971), which the client then tells them.
    ///
    /// # Errors
    /// Fails if an argument cannot be sent. Nothing is sent then.
    fn encode(&mut self, state: &State) -> Result<Outgoing>;

    /// Keeps a response that answers this command and returns any other, which reaches the user as
    /// an [`Update`](crate::Update). The tag is that of this command, for responses that name the
    /// command that they answer.
    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        let _ = tag;
        Some(response)
    }

    /// Prepares the command for a [`Pipeline`](crate::Pipeline), where other commands may be under
    /// way. From then on, [`accept`](Self::accept) must keep only responses that answer this
    /// command, and none that could answer another one that its
    /// [concurrency](Outgoing::concurrency) allows. The default does nothing.
    fn share(&mut self) {}

    /// Returns whether a response that this command is about to [accept](Self::accept) is also news
    /// of the mailbox or the connection, of which the user gets a copy as an
    /// [`Update`](crate::Update). The default is `false`.
    fn is_news(&self, response: &Response) -> bool {
        let _ = response;
        false
    }

    /// Records a response that answers this command and is not kept, because it has more bytes than
    /// are left of [`Builder::answer_limit`](crate::Builder::answer_limit) or than
    /// [`Limits`](crate::Limits) allow, and returns any other. For a response that was skipped,
    /// [`Oversize::response`](crate::Oversize::response) has only the beginning.
    ///
    /// The default returns all. The command then fails with
    /// [`Error::TooLarge`](crate::Error::TooLarge) for a response that it would have
    /// [accepted](Self::accept), and the connection is given up if its whole answer exceeds the
    /// limit.
    fn too_large(&mut self, tag: &Tag, lost: Oversize) -> Option<Oversize> {
        let _ = tag;
        Some(lost)
    }

    /// Returns the part that answers the challenges of the server. The default is `None`, with
    /// which a command that authenticates is refused before anything is sent.
    fn responder(&mut self) -> Option<&mut dyn Respond> {
        None
    }

    /// Returns the secrets that were sent so far, after [`encode`](Self::encode) and after each
    /// [`respond`](Respond::respond): text of the server that repeats one of them is not shown
    /// before the command is answered. With `None`, the default, the password of LOGIN and each
    /// response as a whole are secrets. Has no effect for commands that do not log in.
    fn secrets(&self) -> Option<Vec<SecretString>> {
        None
    }

    /// Adds the details that the command knows to an error: the server refused the command, or
    /// there is no answer. The default adds nothing.
    fn failed(&self, error: Error) -> Error {
        error
    }

    /// Returns the result, after the server has answered OK.
    ///
    /// # Errors
    /// Fails if the answer is not complete.
    fn finish(self, done: Status) -> Result<Self::Output>;
}

/// An argument of [`Client::run`](crate::Client::run): a [`Command`], or an
/// [`Outgoing`](crate::codec::Outgoing) from the functions of the codec, whose output is an
/// [`Answer`].
pub trait IntoCommand {
    /// The command that is run.
    type Command: Command;

    /// Converts the argument to a command.
    fn into_command(self) -> Self::Command;
}

impl<C: Command> IntoCommand for C {
    type Command = C;

    fn into_command(self) -> C {
        self
    }
}

/// The client's side of a SASL exchange, for a [`Command`] that authenticates; see
/// [`Command::responder`].
pub trait Respond: Send {
    /// Answers a challenge of the server. If this fails, the exchange is cancelled, and the command
    /// fails with the error.
    ///
    /// # Errors
    /// Fails if there is no answer.
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>>;

    /// Returns whether the server proves its identity in the exchange. If so, the connection is
    /// given up when the server accepts the login and the command does not
    /// [finish](Command::finish). The default is `false`.
    fn proves_server(&self) -> bool {
        false
    }
}

/// The part of [`Command`] that the connection uses after the command was sent. It does not depend
/// on the output, so that commands of several types can be under way together.
pub(crate) trait Answered: Send {
    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response>;
    fn is_news(&self, response: &Response) -> bool;
    fn too_large(&mut self, tag: &Tag, lost: Oversize) -> Option<Oversize>;
    fn responder(&mut self) -> Option<&mut dyn Respond>;
    fn secrets(&self) -> Option<Vec<SecretString>>;
    fn failed(&self, error: Error) -> Error;
}

impl<C: Command> Answered for C {
    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        Command::accept(self, tag, response)
    }

    fn is_news(&self, response: &Response) -> bool {
        Command::is_news(self, response)
    }

    fn too_large(&mut self, tag: &Tag, lost: Oversize) -> Option<Oversize> {
        Command::too_large(self, tag, lost)
    }

    fn responder(&mut self) -> Option<&mut dyn Respond> {
        Command::responder(self)
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        Command::secrets(self)
    }

    fn failed(&self, error: Error) -> Error {
        Command::failed(self, error)
    }
}
