//! The fault proxy.

use std::{
    collections::HashMap,
    fmt,
    io::{self, ErrorKind, Read as _, Write as _},
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
        let Some((number, from_client, from_server, server)) = self.connect()? else {
            return Ok(());
        };
        let served = carry(client, &server, from_client, from_server, &self.hold);
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

fn carry(
    client: &TcpStream,
    server: &TcpStream,
    from_client: Fault,
    from_server: Fault,
    hold: &Mutex<Option<Gate>>,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let reset = AtomicBool::new(false);
    let way = |from, to, fault, hold| Way {
        from,
        to,
        fault,
        hold,
        passed: 0,
        reset: &reset,
    };
    thread::scope(|scope| {
        let back = way(server, client, from_server, Some(hold));
        scope.spawn(|| back.run());
        way(client, server, from_client, None).run();
    });
    Ok(())
}

/// One direction of a connection.
struct Way<'a> {
    from: &'a TcpStream,
    to: &'a TcpStream,
    fault: Fault,
    hold: Option<&'a Mutex<Option<Gate>>>,
    passed: u64,
    /// `true` if the connection is being reset, so that it must not be closed in order.
    reset: &'a AtomicBool,
}

/// The reason why a direction has ended.
enum Over {
    /// The sender has ended it.
    End,
    /// The end has been passed on already.
    Done,
    /// One of the two sides has failed, so the other one must be closed.
    Broken,
}

impl Way<'_> {
    fn run(mut self) {
        match self.pass() {
            _ if self.reset.load(Ordering::SeqCst) => {}
            Over::End => self.half_close(),
            Over::Done => {}
            Over::Broken => self.close(Shutdown::Both),
        }
    }

    /// Forwards bytes until the direction ends.
    fn pass(&mut self) -> Over {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(over) = self.event() {
                return over;
            }
            let mut bytes = match self.from.read(&mut buffer) {
                Ok(0) => return Over::End,
                Ok(count) => &buffer[..count],
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return Over::Broken,
            };
            while !bytes.is_empty() {
                if let Some(over) = self.event() {
                    return over;
                }
                let hold = self.hold.and_then(|hold| lock(hold).clone());
                if let Some(gate) = hold {
                    gate.pass();
                }
                let (piece, rest) = bytes.split_at(self.piece(bytes.len()));
                if self.to.write_all(piece).is_err() {
                    return Over::Broken;
                }
                self.passed += piece.len() as u64;
                bytes = rest;
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
            Event::Cut => return Some(Over::Broken),
            Event::Reset => {
                self.reset.store(true, Ordering::SeqCst);
                for socket in [self.from, self.to] {
                    // An error means that the socket is already closed. Closing the last handle
                    // then sends the reset.
                    let _ = set_socket_linger(socket, Some(Duration::ZERO));
                }
                self.close(Shutdown::Read);
                return Some(Over::Done);
            }
            Event::HalfClose => {
                self.half_close();
                let mut rest = self.from;
                // An error means that the sender has disconnected.
                let _ = io::copy(&mut rest, &mut io::sink());
                return Some(Over::Done);
            }
            Event::Stall(gate) => gate.pass(),
        }
        None
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
