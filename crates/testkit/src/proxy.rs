//! The fault proxy.

mod line;
mod rounds;

use std::{
    collections::HashMap,
    fmt,
    io::{self, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use imapclient_loopback::{Gate, Listener, lock};
use rustix::net::sockopt::set_socket_linger;

use line::{Over, Pace, Source, Stop};
use rounds::{Rounds, Side};

/// The longest time to wait for clients to disconnect.
const LIMIT: Duration = Duration::from_secs(10);

/// A proxy between any client and any server that disturbs their connections.
///
/// Each connection to the proxy opens one to the server. The faults of a connection are those that
/// were set before it was opened. Dropping the proxy closes all connections and ends all threads.
///
/// ```
/// use imapclient_testkit::{Fault, Proxy, Server};
/// use std::{io::Read, net::TcpStream};
///
/// let server = Server::builder().user("bob", "sekret").start();
/// let proxy = Proxy::start(server.addr());
/// proxy.from_server(Fault::cut_after(4));
///
/// let mut greeting = String::new();
/// TcpStream::connect(proxy.addr())?.read_to_string(&mut greeting)?;
/// assert_eq!(greeting, "* OK");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Proxy {
    listener: Listener,
    shared: Arc<Shared>,
}

/// The faults in one direction.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Fault {
    /// The maximum size of a piece.
    split: Option<usize>,
    /// An event, and the number of bytes after which it occurs.
    event: Option<(u64, Event)>,
    /// The time that the data take.
    pace: Pace,
}

#[derive(Clone, Debug)]
enum Event {
    Cut,
    Reset,
    HalfClose,
    Stall(Gate),
}

struct Shared {
    target: SocketAddr,
    faults: Mutex<Faults>,
    /// The gate for the data of the server.
    hold: Mutex<Option<Gate>>,
    /// The connections to the server, by number.
    open: Mutex<HashMap<u64, TcpStream>>,
    /// The round trips of all connections that were ever opened.
    rounds: Mutex<Vec<Arc<Rounds>>>,
    stop: Stop,
}

#[derive(Default)]
struct Faults {
    from_client: Fault,
    from_server: Fault,
    /// All gates that were ever used.
    gates: Vec<Gate>,
    /// The number of the last connection.
    last: u64,
    stopping: bool,
}

impl Proxy {
    /// Starts a proxy for this server, without faults.
    pub fn start(target: SocketAddr) -> Self {
        let shared = Arc::new(Shared {
            target,
            faults: Mutex::default(),
            hold: Mutex::default(),
            open: Mutex::default(),
            rounds: Mutex::default(),
            stop: Stop::default(),
        });
        let own = Arc::clone(&shared);
        Self {
            listener: Listener::start(move |client| own.serve(&client)),
            shared,
        }
    }

    /// Returns the address of the proxy.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Sets the faults for the data of clients on future connections.
    pub fn from_client(&self, fault: Fault) {
        let mut faults = lock(&self.shared.faults);
        faults.keep_gate(&fault);
        faults.from_client = fault;
    }

    /// Sets the faults for the data of the server on future connections.
    pub fn from_server(&self, fault: Fault) {
        let mut faults = lock(&self.shared.faults);
        faults.keep_gate(&fault);
        faults.from_server = fault;
    }

    /// Holds back all further data of the server, on all connections, until the gate opens.
    pub fn hold(&self, gate: &Gate) {
        lock(&self.shared.faults).gates.push(gate.clone());
        *lock(&self.shared.hold) = Some(gate.clone());
    }

    /// Closes all open connections.
    pub fn cut(&self) {
        self.listener.cut();
        for server in lock(&self.shared.open).values() {
            // An error means that it is already closed.
            let _ = server.shutdown(Shutdown::Both);
        }
    }

    /// Returns the number of open connections.
    pub fn connections(&self) -> usize {
        self.listener.open()
    }

    /// Returns the number of round trips on each connection so far, in the order in which the
    /// connections were opened.
    ///
    /// The data of a server belong to the last round trip of which it has received data, and those
    /// of a client to the one after that. The number is therefore an upper bound for how often the
    /// client has waited for the server: commands that are sent one by one need a round trip each,
    /// and commands that are sent together need one. A client that sends for longer than a round
    /// trip takes begins another one without waiting. [`Fault::delay`] makes round trips long
    /// enough that this does not matter. The handshake of TCP does not count, that of TLS does.
    pub fn round_trips(&self) -> Vec<u64> {
        let rounds = lock(&self.shared.rounds);
        rounds.iter().map(|rounds| rounds.count()).collect()
    }

    /// Waits until no connection is open.
    ///
    /// # Panics
    /// Panics after ten seconds.
    pub fn wait_for_no_connections(&self) {
        let none = self.listener.wait_for_none(Instant::now() + LIMIT);
        assert!(none, "{} connections are open", self.connections());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Threads that have just accepted a client must not connect to the server any more.
        lock(&self.shared.faults).stopping = true;
        self.cut();
        // A thread that waits at a gate does not notice that the connection is closed.
        lock(&self.shared.faults).gates.iter().for_each(Gate::open);
        self.shared.stop.stop();
        self.listener.stop(true);
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("addr", &self.addr())
            .field("target", &self.shared.target)
            .finish()
    }
}

impl Fault {
    /// Returns no fault.
    pub fn none() -> Self {
        Self::default()
    }

    /// Closes the connection, in both directions and to both sides, after `bytes` bytes.
    pub fn cut_after(bytes: u64) -> Self {
        Self::none().event(bytes, Event::Cut)
    }

    /// Resets the connection (RST) in both directions after `bytes` bytes, like a system that has
    /// lost the connection.
    pub fn reset_after(bytes: u64) -> Self {
        Self::none().event(bytes, Event::Reset)
    }

    /// Ends this direction after `bytes` bytes, and discards further data. The other direction
    /// continues.
    pub fn half_close_after(bytes: u64) -> Self {
        Self::none().event(bytes, Event::HalfClose)
    }

    /// Holds back further data after `bytes` bytes, until the gate opens. The other direction
    /// continues.
    pub fn stall_after(bytes: u64, gate: &Gate) -> Self {
        Self::none().event(bytes, Event::Stall(gate.clone()))
    }

    /// Sends the data in pieces of at most `length` bytes. The receiving system may still join some
    /// of them.
    ///
    /// # Panics
    /// Panics if `length` is 0.
    pub fn split(mut self, length: usize) -> Self {
        assert!(length > 0, "pieces without bytes");
        self.split = Some(length);
        self
    }

    /// Delivers each byte `delay` after it was sent. Up to 1,024 pieces of at most 16 KiB are on
    /// their way at the same time.
    ///
    /// The handshake of TCP is delayed as well: the first data of the client take as much longer as
    /// a round trip, and those of the server as much longer as one and a half.
    ///
    /// ```
    /// use imapclient_testkit::{Fault, Proxy, Server};
    /// use std::{io::Read, net::TcpStream, time::{Duration, Instant}};
    ///
    /// let server = Server::builder().user("bob", "sekret").start();
    /// let proxy = Proxy::start(server.addr());
    /// proxy.from_server(Fault::none().delay(Duration::from_millis(25)));
    ///
    /// let started = Instant::now();
    /// TcpStream::connect(proxy.addr())?.read_exact(&mut [0; 4])?;
    /// assert!(started.elapsed() >= Duration::from_millis(25));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn delay(mut self, delay: Duration) -> Self {
        self.pace.delay = delay;
        self
    }

    /// Delivers at most `bytes` bytes per second. Combined with a [delay](Self::delay), it applies
    /// before.
    ///
    /// # Panics
    /// Panics if `bytes` is 0.
    pub fn bandwidth(mut self, bytes: u64) -> Self {
        assert!(bytes > 0, "a bandwidth of nothing");
        self.pace.bandwidth = Some(bytes);
        self
    }

    fn event(mut self, bytes: u64, event: Event) -> Self {
        self.event = Some((bytes, event));
        self
    }
}

impl Faults {
    fn keep_gate(&mut self, fault: &Fault) {
        if let Some((_, Event::Stall(gate))) = &fault.event {
            self.gates.push(gate.clone());
        }
    }
}

impl Shared {
    /// Serves one connection. Both sides notice a failure here.
    fn serve(&self, client: &TcpStream) -> io::Result<()> {
        let opened = Instant::now();
        let Some((number, from_client, from_server, server)) = self.connect()? else {
            return Ok(());
        };
        let rounds = Arc::new(Rounds::default());
        lock(&self.rounds).push(Arc::clone(&rounds));
        let carried = Carried {
            shared: self,
            opened,
            rounds: &rounds,
            reset: AtomicBool::new(false),
        };
        let served = carried.carry(client, &server, from_client, from_server);
        lock(&self.open).remove(&number);
        served
    }

    /// Opens the connection to the server, unless the proxy is about to stop.
    fn connect(&self) -> io::Result<Option<(u64, Fault, Fault, TcpStream)>> {
        let server = TcpStream::connect(self.target)?;
        let mut faults = lock(&self.faults);
        if faults.stopping {
            return Ok(None);
        }
        faults.last += 1;
        lock(&self.open).insert(faults.last, server.try_clone()?);
        let (from_client, from_server) = (faults.from_client.clone(), faults.from_server.clone());
        Ok(Some((faults.last, from_client, from_server, server)))
    }
}

/// A connection whose data are forwarded.
struct Carried<'a> {
    shared: &'a Shared,
    opened: Instant,
    rounds: &'a Rounds,
    /// `true` if the connection is being reset, so that it must not be closed in order.
    reset: AtomicBool,
}

impl Carried<'_> {
    fn carry(
        &self,
        client: &TcpStream,
        server: &TcpStream,
        from_client: Fault,
        from_server: Fault,
    ) -> io::Result<()> {
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (there, back) = (from_client.pace.delay, from_server.pace.delay);
        let way = |side, from, to, fault, shaken| Way {
            connection: self,
            side,
            from,
            to,
            fault,
            shaken: self.opened + shaken,
            passed: 0,
        };
        let round_trip = there + back;
        let from_server = way(
            Side::Server,
            server,
            client,
            from_server,
            round_trip + there,
        );
        let from_client = way(Side::Client, client, server, from_client, round_trip);
        thread::scope(|scope| {
            scope.spawn(|| from_server.run());
            from_client.run();
        });
        Ok(())
    }
}

/// One direction of a connection.
struct Way<'a> {
    connection: &'a Carried<'a>,
    /// The side that sends.
    side: Side,
    from: &'a TcpStream,
    to: &'a TcpStream,
    fault: Fault,
    /// The end of the handshake of TCP for the side that sends.
    shaken: Instant,
    passed: u64,
}

impl Way<'_> {
    fn run(mut self) {
        let (from, rounds, side) = (self.from, self.connection.rounds, self.side);
        if self.fault.pace.is_immediate() {
            return self.pass(Source::socket(from, rounds, side));
        }
        let (sender, source) = Source::line(&self.connection.shared.stop);
        let (pace, shaken) = (self.fault.pace, self.shaken);
        thread::scope(|scope| {
            scope.spawn(move || line::read(from, pace, shaken, rounds, side, &sender));
            self.pass(source);
        });
    }

    /// Forwards bytes until the direction ends, and passes the end on.
    fn pass(&mut self, mut source: Source<'_>) {
        let over = self.forward(&mut source);
        match over {
            Over::Reset => {
                self.connection.reset.store(true, Ordering::SeqCst);
                self.close(Shutdown::Read);
            }
            _ if self.connection.reset.load(Ordering::SeqCst) => {}
            Over::End => self.half_close(),
            Over::Discarding => {
                self.half_close();
                while source.next().is_ok() {}
            }
            Over::Broken => self.close(Shutdown::Both),
        }
    }

    fn forward(&mut self, source: &mut Source<'_>) -> Over {
        loop {
            if let Some(over) = self.event() {
                return over;
            }
            let (mut bytes, round) = match source.next() {
                Ok(piece) => piece,
                Err(over) => return over,
            };
            while !bytes.is_empty() {
                if let Some(over) = self.event() {
                    return over;
                }
                self.wait_at_gate();
                let (piece, rest) = bytes.split_at(self.piece(bytes.len()));
                // Before the other side can react.
                self.connection.rounds.deliver(self.side, round);
                if self.to.write_all(piece).is_err() {
                    return Over::Broken;
                }
                self.passed += piece.len() as u64;
                bytes = rest;
            }
        }
    }

    /// Waits at the gate for the data of the server.
    fn wait_at_gate(&self) {
        if self.side == Side::Server {
            let hold = lock(&self.connection.shared.hold).clone();
            if let Some(gate) = hold {
                gate.pass();
            }
        }
    }

    /// Returns how many of `length` bytes to forward at once.
    fn piece(&self, length: usize) -> usize {
        let length = self.fault.split.map_or(length, |split| split.min(length));
        match self.fault.event {
            Some((at, _)) => {
                usize::try_from(at - self.passed).map_or(length, |left| left.min(length))
            }
            None => length,
        }
    }

    /// Triggers the event if it is due.
    fn event(&mut self) -> Option<Over> {
        let (_, event) = self.fault.event.take_if(|(at, _)| *at == self.passed)?;
        match event {
            Event::Cut => Some(Over::Broken),
            Event::Reset => {
                for socket in [self.from, self.to] {
                    // An error means that the socket is already closed. Closing the last handle
                    // then sends the reset.
                    let _ = set_socket_linger(socket, Some(Duration::ZERO));
                }
                Some(Over::Reset)
            }
            Event::HalfClose => Some(Over::Discarding),
            Event::Stall(gate) => {
                gate.pass();
                None
            }
        }
    }

    fn half_close(&self) {
        // An error means that the other side has already closed.
        let _ = self.to.shutdown(Shutdown::Write);
    }

    fn close(&self, how: Shutdown) {
        for socket in [self.from, self.to] {
            // An error means that this side has already closed.
            let _ = socket.shutdown(how);
        }
    }
}
