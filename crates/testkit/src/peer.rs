use crate::Connection;
use rustls::ServerConfig;
use std::{
    collections::HashMap,
    fmt, io, mem,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

/// A server on a free port of 127.0.0.1 that does with each connection what a test says, each in a thread of its own.
///
/// Dropping it closes all connections and ends all threads. What went wrong in them, [`finish`](Self::finish) tells.
pub struct Peer {
    addr: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stopping: AtomicBool,
    /// The open connections, by number.
    open: Mutex<HashMap<u64, TcpStream>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    faults: Mutex<Vec<String>>,
}

impl Peer {
    /// Starts a server that hands each connection to `handler`.
    pub fn start(handler: impl Fn(Connection) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let addr = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared::default());
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            let handler = Arc::new(handler);
            move || accept(&listener, &shared, &handler)
        });
        Self {
            addr,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// As [`start`](Self::start), with TLS from the first byte.
    pub fn start_tls(
        config: Arc<ServerConfig>,
        handler: impl Fn(Connection) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start(move |mut connection| {
            connection.start_tls(Arc::clone(&config))?;
            handler(connection)
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The port where it listens.
    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    /// Takes no more connections and waits for the handlers to end by themselves.
    ///
    /// # Errors
    ///
    /// What the handlers failed or panicked with, one a line.
    pub fn finish(mut self) -> Result<(), String> {
        self.stop(false);
        let faults = mem::take(&mut *lock(&self.shared.faults));
        if faults.is_empty() {
            return Ok(());
        }
        Err(faults.join("\n"))
    }

    fn stop(&mut self, cut: bool) {
        let Some(acceptor) = self.acceptor.take() else {
            return;
        };
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the acceptor, which then sees that it is to stop. It fails only if the acceptor is gone.
        let _ = TcpStream::connect(self.addr);
        let _ = acceptor.join();
        if cut {
            for socket in lock(&self.shared.open).values() {
                // It fails if the client has closed already.
                let _ = socket.shutdown(Shutdown::Both);
            }
        }
        let threads = mem::take(&mut *lock(&self.shared.threads));
        for thread in threads {
            // Panics are caught and kept as faults.
            let _ = thread.join();
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop(true);
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("addr", &self.addr).finish()
    }
}

fn accept<H>(listener: &TcpListener, shared: &Arc<Shared>, handler: &Arc<H>)
where
    H: Fn(Connection) -> io::Result<()> + Send + Sync + 'static,
{
    for number in 0.. {
        let accepted = listener.accept();
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let connection = accepted.and_then(|(stream, _)| {
            lock(&shared.open).insert(number, stream.try_clone()?);
            Connection::new(stream)
        });
        match connection {
            Ok(connection) => {
                let own = Arc::clone(shared);
                let handler = Arc::clone(handler);
                let thread = thread::spawn(move || {
                    serve(connection, &own, &*handler);
                    // Closes it: this is the last handle.
                    lock(&own.open).remove(&number);
                });
                let mut threads = lock(&shared.threads);
                threads.retain(|thread| !thread.is_finished());
                threads.push(thread);
            }
            Err(error) => {
                lock(&shared.open).remove(&number);
                lock(&shared.faults).push(format!("accept: {error}"));
            }
        }
    }
}

fn serve(
    connection: Connection,
    shared: &Shared,
    handler: &(impl Fn(Connection) -> io::Result<()> + Send + Sync),
) {
    let fault = match panic::catch_unwind(AssertUnwindSafe(|| handler(connection))) {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(payload) => panic_text(&*payload).to_owned(),
    };
    lock(&shared.faults).push(fault);
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic")
}

/// A thread that panicked leaves nothing half-done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
