//! The connection: the engine, the pipe, the socket, the commands under way, and its health.
//!
//! No other module of the client names the first three. A command takes two steps:
//! [`begin`](Connection::begin) sends it, and [`serve`](Connection::serve) waits until one of
//! several commands is answered. The [effect](effects) of an answer on the connection takes place
//! when the answer arrives, even if its future has been dropped.

use imapclient_codec::{Capabilities, Response};
use imapclient_engine::{
    Engine, Excess, Misbehaviour, Options, Overrun, State, Violation, WireLine,
};
use imapclient_transport::{Handshake, Interrupter, Pipe, Socket, StdSocket, TlsConfig};

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
mod notify;
mod serve;
mod settle;
mod streaming;
mod upload;
mod waiting;

use change::Change;
pub(crate) use clock::{Clock, earlier};
pub(crate) use idle::Heard;
use notify::Reports;
pub use settle::Drained;
pub(crate) use streaming::{Part, Reading};
pub(crate) use upload::Until;
pub(crate) use waiting::{Begun, Held, Waiting};

/// A connection to a server.
pub(crate) struct Connection<S> {
    engine: Engine,
    pipe: Pipe,
    socket: S,
    /// Unsolicited responses that the user has not taken yet.
    updates: Updates,
    clock: Clock,
    health: Health,
    /// Upper bound on the bytes of responses that one command may keep.
    answer_limit: u64,
    /// The number of bytes received from the server.
    received: u64,
    /// The number of commands that have changed the enabled extensions.
    enabled: u64,
    /// True if the only command under way is one that was [sent off](Self::send_off).
    is_sent_off: bool,
    /// The changes that the server reports.
    reports: Reports,
    /// True if the next command may be NOTIFY.
    may_notify: bool,
    /// The settings of TLS for a STARTTLS; `None` if STARTTLS must not be sent.
    upgrade: Option<Upgrade>,
    /// The last command that changes something, or several of one call, unless their answers have
    /// been returned.
    changes: Vec<Change>,
}

/// The health of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// It can be used.
    Good,
    /// A login whose mechanism verifies the server is under way or was dropped. If the login
    /// succeeds without the verification, the connection is given up.
    Unproven,
    /// It cannot be used any more.
    GivenUp,
}

/// The settings with which TLS begins after STARTTLS.
struct Upgrade {
    tls: TlsConfig,
    host: String,
}

impl<S> Connection<S> {
    /// Creates a connection on which nothing has been read or written.
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
            is_sent_off: false,
            reports: Reports::Usual,
            may_notify: false,
            upgrade: None,
            changes: Vec::new(),
        }
    }

    /// Returns the protocol state of the connection.
    pub(crate) fn state(&self) -> &State {
        self.engine.state()
    }

    /// Disables capabilities.
    pub(crate) fn disable(&mut self, names: &Capabilities) {
        self.engine.disable(names);
    }

    /// Returns the last lines in both directions, without secrets.
    pub(crate) fn wire_log(&self) -> impl Iterator<Item = &WireLine> {
        self.engine.wire_log()
    }

    /// Returns the result of the TLS handshake; `None` without TLS.
    pub(crate) fn handshake(&self) -> Option<Handshake> {
        self.pipe.handshake()
    }

    /// Returns the data for channel binding (RFC 9266); `None` without TLS 1.3.
    pub(crate) fn tls_exporter(&self) -> Option<[u8; 32]> {
        self.pipe.tls_exporter()
    }

    /// Returns the number of bytes of responses that one command may keep.
    pub(crate) fn answer_limit(&self) -> u64 {
        self.answer_limit
    }

    /// Returns the number of bytes that have been received.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Returns the number of commands that have changed the enabled extensions. The server may
    /// behave differently after each of them.
    pub(crate) fn enabled(&self) -> u64 {
        self.enabled
    }

    /// Returns the time limits, to read or to set them.
    pub(crate) fn clock(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// Takes the oldest update.
    pub(crate) fn next_update(&mut self) -> Option<Update> {
        self.updates.pop()
    }

    /// Adds an update for a response of about `size` bytes that does not belong to an answer.
    pub(crate) fn add_update(&mut self, response: Response, size: u64) {
        self.updates.push(response, size);
    }

    /// Returns whether the connection can be used.
    pub(crate) fn is_usable(&self) -> bool {
        self.health != Health::GivenUp
    }

    /// Marks the connection as unusable.
    pub(crate) fn give_up(&mut self) {
        self.health = Health::GivenUp;
    }

    /// Marks the connection as unusable because the answer to this command violates the protocol,
    /// and returns the error.
    pub(crate) fn violated(&mut self, misbehaviour: Misbehaviour, command: &str) -> Error {
        self.give_up();
        let log = self.engine.wire_log().cloned().collect();
        Error::Protocol(Box::new(Violation::new(misbehaviour, command, log)))
    }

    /// Marks the connection as unusable because the answer to this command takes more than may be
    /// kept, and returns the error.
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

    /// Returns the error for a connection that the server has ended.
    pub(crate) fn closed(&self) -> Error {
        Error::Closed {
            end: Box::new(self.engine.last_words()),
            source: None,
        }
    }

    /// Returns whether the server is on this machine, as far as is known.
    pub(crate) fn is_local(&self) -> bool
    where
        S: Socket,
    {
        self.socket.is_local()
    }

    /// Starts TLS, before anything is read or written.
    pub(crate) fn start_tls(&mut self, tls: &TlsConfig, host: &str) -> Result<()> {
        Ok(self.pipe.start_tls(tls, host)?)
    }

    /// Allows one STARTTLS, after whose OK TLS begins.
    pub(crate) fn allow_starttls(&mut self, tls: TlsConfig, host: String) {
        self.upgrade = Some(Upgrade { tls, host });
    }
}

impl Connection<StdSocket> {
    /// Returns a handle that ends a wait from another thread.
    pub(crate) fn interrupter(&self) -> Interrupter {
        self.socket.interrupter()
    }
}
