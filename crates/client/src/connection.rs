//! The connection: the engine, the pipe and the socket, what is under way on them, and whether they
//! can still be used.
//!
//! No other part of the client names these three. A command goes through two verbs:
//! [`begin`](Connection::begin) sends it, and [`serve`](Connection::serve) waits until a command
//! that somebody waits for is answered. What the answer means for the connection is
//! [done](effects) at the moment it arrives, also if nobody waits for it any more.

use imapclient_codec::Response;
use imapclient_engine::{Engine, Excess, Options, Overrun, State, Violation, WireLine};
use imapclient_transport::{Handshake, Interrupter, Pipe, StdSocket, TlsConfig};

use crate::{
    error::{Error, Result},
    updates::{Update, Updates},
};

mod change;
mod clock;
mod effects;
mod events;
mod greeting;
mod idle;
mod network;
mod serve;
mod settle;
mod waiting;

use change::Change;
pub(crate) use clock::{Clock, earlier};
pub(crate) use idle::Heard;
pub(crate) use waiting::Waiting;

/// A connection to a server.
pub(crate) struct Connection<S> {
    engine: Engine,
    pipe: Pipe,
    socket: S,
    /// What the server has said unasked, until the user looks.
    updates: Updates,
    clock: Clock,
    health: Health,
    /// Bytes of responses that one command may keep.
    answer_limit: u64,
    /// Bytes that have come from the server.
    received: u64,
    /// The number of times that the server was asked to enable or to forget something.
    enabled: u64,
    /// What TLS begins with once STARTTLS is answered; `None` if it must not be sent.
    upgrade: Option<Upgrade>,
    /// The last command that changes something, if its answer was not returned.
    change: Option<Change>,
}

/// How far a connection can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// It can be used.
    Good,
    /// A login is under way, or was dropped, whose mechanism has yet to check the server. If the
    /// server lets the user in without that, the connection is given up.
    Unproven,
    /// It cannot be used any more.
    GivenUp,
}

/// How TLS begins.
struct Upgrade {
    tls: TlsConfig,
    host: String,
}

impl<S> Connection<S> {
    /// A connection on which nothing has been read or written.
    pub(crate) fn new(socket: S, options: Options, clock: Clock, answer_limit: u64) -> Self {
        Self {
            engine: Engine::new(options),
            pipe: Pipe::plain(),
            socket,
            updates: Updates::default(),
            clock,
            health: Health::Good,
            answer_limit,
            received: 0,
            enabled: 0,
            upgrade: None,
            change: None,
        }
    }

    /// What is known of the connection.
    pub(crate) fn state(&self) -> &State {
        self.engine.state()
    }

    /// The last lines in both directions, secrets left out.
    pub(crate) fn wire_log(&self) -> impl Iterator<Item = &WireLine> {
        self.engine.wire_log()
    }

    /// What was agreed on in the TLS handshake; `None` without TLS.
    pub(crate) fn handshake(&self) -> Option<Handshake> {
        self.pipe.handshake()
    }

    /// What a login can be bound to (RFC 9266); `None` without TLS 1.3.
    pub(crate) fn tls_exporter(&self) -> Option<[u8; 32]> {
        self.pipe.tls_exporter()
    }

    /// Bytes of responses that one command may keep.
    pub(crate) fn answer_limit(&self) -> u64 {
        self.answer_limit
    }

    /// Bytes that have come from the server.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Counts the commands that have changed what is enabled. What was found out about the server
    /// may not hold after another one.
    pub(crate) fn enabled(&self) -> u64 {
        self.enabled
    }

    /// The time limits, to read or to set them.
    pub(crate) fn clock(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// Takes the oldest update.
    pub(crate) fn next_update(&mut self) -> Option<Update> {
        self.updates.pop()
    }

    /// Adds a response of about `size` bytes that turned out to answer nothing.
    pub(crate) fn add_update(&mut self, response: Response, size: u64) {
        self.updates.push(response, size);
    }

    /// Reports whether the connection can be used.
    pub(crate) fn is_usable(&self) -> bool {
        self.health != Health::GivenUp
    }

    /// Never uses the connection again.
    pub(crate) fn give_up(&mut self) {
        self.health = Health::GivenUp;
    }

    /// Gives the connection up for what the server did against the protocol, and returns the error
    /// for it.
    pub(crate) fn violated(&mut self, what: impl Into<String>) -> Error {
        self.give_up();
        let log = self.engine.wire_log().cloned().collect();
        Error::Protocol(Box::new(Violation::new(what, log)))
    }

    /// Gives the connection up for an answer to this command that takes more than may be kept, and
    /// returns the error for it.
    pub(crate) fn over_answer_limit(&mut self, command: &str) -> Error {
        self.give_up();
        let most = self.answer_limit;
        let log = self.engine.wire_log().cloned().collect();
        Error::Limit(Box::new(Overrun::new(
            Excess::Answer { most },
            command,
            log,
        )))
    }

    /// The error for a connection that the server has ended.
    pub(crate) fn closed(&self) -> Error {
        Error::Closed {
            end: Box::new(self.engine.last_words()),
            source: None,
        }
    }

    /// Begins with TLS, before anything is read or written.
    pub(crate) fn start_tls(&mut self, tls: &TlsConfig, host: &str) -> Result<()> {
        Ok(self.pipe.start_tls(tls, host)?)
    }

    /// Lets STARTTLS be sent once; TLS begins with its OK.
    pub(crate) fn allow_starttls(&mut self, tls: TlsConfig, host: String) {
        self.upgrade = Some(Upgrade { tls, host });
    }
}

impl Connection<StdSocket> {
    /// What ends a wait from another thread.
    pub(crate) fn interrupter(&self) -> Interrupter {
        self.socket.interrupter()
    }
}
