//! The commands that were sent and not yet answered.

use std::collections::VecDeque;

use imapclient_codec::{Effect, Status, Tag};

/// The part of a command that has been [written](crate::Engine::wrote).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sent {
    /// Not one byte.
    Nothing,
    /// Its beginning: the server cannot have done it.
    Partly,
    /// All of it. Of an AUTHENTICATE or an IDLE, its first line.
    All,
}

/// A command under way.
pub(crate) struct InFlight {
    pub(crate) tag: Tag,
    /// As in `APPEND`.
    pub(crate) name: String,
    pub(crate) effect: Effect,
    pub(crate) exchange: Exchange,
    /// It asks for contents of messages.
    pub(crate) bodies: bool,
    /// Nobody waits for its answer any more.
    pub(crate) orphan: bool,
    /// The position in the server's stream when the first byte was written: earlier responses
    /// cannot answer the command. `None` while nothing is written.
    pub(crate) written_at: Option<u64>,
    /// The position of its last byte among all bytes that were queued.
    pub(crate) end: u64,
}

/// The turns that client and server take between the first line of a command and its tagged
/// answer, and whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// There are none. A literal that waits for its `+` belongs to the
    /// [`Sender`](crate::send::Sender).
    Plain,
    /// AUTHENTICATE.
    Sasl(Sasl),
    /// IDLE.
    Idle(Idle),
    /// TLS begins behind the tagged OK, so that the command cannot be left half-way.
    StartTls,
}

/// The state of an AUTHENTICATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sasl {
    /// The next line is the server's: a challenge, or the tagged answer.
    Server,
    /// The server waits for the response to its challenge.
    Client,
    /// The exchange was cancelled: the server has to end it.
    Cancelled,
}

/// The state of an IDLE. `DONE` may be sent after `+` and only then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idle {
    /// The server has not said `+`. With `end`, DONE goes out as soon as it does.
    Asked { end: bool },
    /// The server reports changes.
    Running,
    /// DONE is sent.
    Ending,
}

#[derive(Default)]
pub(crate) struct Commands {
    queue: VecDeque<InFlight>,
}

impl Commands {
    pub(crate) fn push(&mut self, tag: Tag, name: String, effect: Effect, bodies: bool, end: u64) {
        self.queue.push_back(InFlight {
            tag,
            name,
            exchange: Exchange::of(&effect),
            effect,
            bodies,
            orphan: false,
            written_at: None,
            end,
        });
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

    /// The one that servers work on, as far as one can tell.
    pub(crate) fn oldest(&self) -> Option<&InFlight> {
        self.queue.front()
    }

    /// The one that has the connection for itself.
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
    /// Reports whether a line that is not IMAP ends the command. During a login or an upload such a
    /// line is the server's only explanation; elsewhere it is passed on.
    pub(crate) fn needs_sense(&self) -> bool {
        let login = matches!(
            self.effect,
            Effect::Login | Effect::Authenticate | Effect::StartTls
        );
        !self.orphan && self.written_at.is_some() && (login || self.name == "APPEND")
    }

    /// Reports whether the server was asked to report changes, and does so now.
    pub(crate) fn is_idling(&self) -> bool {
        self.exchange == Exchange::Idle(Idle::Running)
    }
}

impl Exchange {
    /// Returns the exchange that a command of this effect begins with.
    fn of(effect: &Effect) -> Self {
        match effect {
            Effect::Authenticate => Self::Sasl(Sasl::Server),
            Effect::Idle => Self::Idle(Idle::Asked { end: false }),
            Effect::StartTls => Self::StartTls,
            _ => Self::Plain,
        }
    }
}

/// Returns the reason why nothing else may be sent while a command of this effect is under way.
pub(crate) fn exclusive(effect: &Effect) -> Option<&'static str> {
    match effect {
        Effect::Authenticate => Some("AUTHENTICATE is under way"),
        Effect::Idle => Some("IDLE is under way"),
        Effect::Logout => Some("LOGOUT is under way"),
        Effect::StartTls => Some("STARTTLS is under way"),
        _ => None,
    }
}

/// Reports whether a status means success.
pub(crate) fn succeeded(status: &Status) -> bool {
    status.kind == imapclient_codec::StatusKind::Ok
}
