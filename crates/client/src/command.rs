//! Commands: what to send, what to keep of the answers.

use imapclient_codec::{Outgoing, Response, Status, Tag};
use imapclient_engine::{Oversize, Phase, State};
use secrecy::{SecretString, zeroize::Zeroizing};

use crate::error::{Error, Result, phase_text};

mod answers;
mod append;
mod ask;
mod authenticate;
mod copy;
mod expunge;
mod fetch;
mod raw;
mod search;
mod select;
mod store;

pub(crate) use answers::{Answers, without};
pub(crate) use append::Append;
pub(crate) use ask::{Ask, about, each, given, last};
pub(crate) use authenticate::{Authenticate, Exchange, capabilities_of_login};
pub(crate) use copy::Copy;
pub(crate) use expunge::Expunge;
pub(crate) use fetch::Fetch;
pub(crate) use raw::Raw;
pub(crate) use search::Search;
pub(crate) use select::Select;
pub(crate) use store::Store;

/// One command: what to send, and what to keep of the answers. For commands this library does
/// not have, to be given to [`Client::run`](crate::Client::run).
///
/// ```
/// use imapclient::codec::{Outgoing, Response, Status, Tag};
/// use imapclient::{Command, Result, State};
///
/// /// Asks what the server calls `XVERSION`.
/// #[derive(Default)]
/// struct Version(Option<String>);
///
/// impl Command for Version {
///     type Output = Option<String>;
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
    /// What it gives.
    type Output: Send;

    /// The command, without its tag. Checks that it is in place: nothing is sent on an error.
    ///
    /// It is called a second time if the command has to be sent again: some servers refuse every
    /// command until they know the program (`ID`, RFC 2971), which the client then tells them.
    ///
    /// # Errors
    /// If an argument cannot be sent or the state is not right.
    fn encode(&mut self, state: &State) -> Result<Outgoing>;

    /// Keeps a response that answers this command and hands back any other. What is handed back
    /// reaches the user as an [`Update`](crate::Update). The tag is that of this command, for
    /// answers that name the command they belong to.
    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        let _ = tag;
        Some(response)
    }

    /// Takes note of a response that answers this command and is not kept, since it has more bytes
    /// than are left of [`Builder::answer_limit`](crate::Builder::answer_limit) or than
    /// [`Limits`](crate::Limits) allow, and hands back any other. Of one that was read past,
    /// [`Oversize::response`](crate::Oversize::response) has the beginning only.
    ///
    /// The default hands back all. A command then fails with
    /// [`Error::TooLarge`](crate::Error::TooLarge) for a response that it would have
    /// [accepted](Self::accept), and the connection is given up if all of its answer takes more
    /// than the limit.
    fn too_large(&mut self, tag: &Tag, lost: Oversize) -> Option<Oversize> {
        let _ = tag;
        Some(lost)
    }

    /// Returns what answers the challenges of the server. A command that authenticates and has no
    /// such part, the default, is refused before anything is sent.
    fn responder(&mut self) -> Option<&mut dyn Respond> {
        None
    }

    /// Returns the secrets that were sent by now, after [`encode`](Self::encode) and after each
    /// [`respond`](Respond::respond): a text of the server that repeats one is shown to nobody before
    /// the command is answered. `None`, the default, means that the password of LOGIN and each
    /// response as a whole are such secrets. Has no effect for commands that log nobody in.
    fn secrets(&self) -> Option<Vec<SecretString>> {
        None
    }

    /// Adds to an error what the command knows about it: the server has refused it, or the answer
    /// does not come. The default adds nothing.
    fn failed(&self, error: Error) -> Error {
        error
    }

    /// Makes the result, once the server has said OK.
    ///
    /// # Errors
    /// If the answer is not complete.
    fn finish(self, done: Status) -> Result<Self::Output>;
}

/// The client's side of a SASL exchange, for a [`Command`] that authenticates; see
/// [`Command::responder`].
pub trait Respond: Send {
    /// Answers a challenge of the server. An error cancels the exchange, and is what the command
    /// fails with.
    ///
    /// # Errors
    /// If there is no answer.
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>>;

    /// Reports whether the server proves in the exchange that it knows the user. Then the
    /// connection is given up if the server lets the user in and the command does not
    /// [finish](Command::finish). The default is `false`.
    fn proves_server(&self) -> bool {
        false
    }
}

/// What the connection needs of a command that was sent, whatever its output.
pub(crate) trait Answered: Send {
    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response>;
    fn too_large(&mut self, tag: &Tag, lost: Oversize) -> Option<Oversize>;
    fn responder(&mut self) -> Option<&mut dyn Respond>;
    fn secrets(&self) -> Option<Vec<SecretString>>;
    fn failed(&self, error: Error) -> Error;
}

impl<C: Command> Answered for C {
    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        Command::accept(self, tag, response)
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

/// Fails unless somebody is logged in.
pub(crate) fn need_login(command: &'static str, state: &State) -> Result<()> {
    match state.phase() {
        Phase::Authenticated | Phase::Selected => Ok(()),
        phase => Err(out_of_place(command, "a login", phase)),
    }
}

/// Fails unless a mailbox is selected.
pub(crate) fn need_mailbox(command: &'static str, state: &State) -> Result<()> {
    match state.phase() {
        Phase::Selected => Ok(()),
        phase => Err(out_of_place(command, "a selected mailbox", phase)),
    }
}

/// Any time will do.
pub(crate) fn need_nothing(_command: &'static str, _state: &State) -> Result<()> {
    Ok(())
}

/// Fails unless somebody is logged in and no mailbox is selected.
pub(crate) fn need_no_mailbox(command: &'static str, state: &State) -> Result<()> {
    match state.phase() {
        Phase::Authenticated => Ok(()),
        phase => Err(out_of_place(
            command,
            "a login and no selected mailbox",
            phase,
        )),
    }
}

/// Fails if somebody is logged in.
pub(crate) fn need_no_login(command: &'static str, state: &State) -> Result<()> {
    match state.phase() {
        Phase::NotAuthenticated => Ok(()),
        Phase::Authenticated | Phase::Selected => Err(Error::State {
            command,
            needs: "a fresh connection",
            is: "somebody is logged in",
        }),
        phase => Err(out_of_place(command, "a fresh connection", phase)),
    }
}

fn out_of_place(command: &'static str, needs: &'static str, phase: Phase) -> Error {
    Error::State {
        command,
        needs,
        is: phase_text(phase),
    }
}
