//! Accepts connections, and runs a thread for each.

use std::{
    collections::HashMap,
    io, mem,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The number of faults that are kept, so that a long-running server does not grow with the errors
/// of its clients.
const FAULTS: usize = 100;

/// The time to wait before the next attempt if connections cannot be accepted, for example because
/// there are no free descriptors.
const BACK_OFF: Duration = Duration::from_millis(10);

/// Accepts connections on a free port of 127.0.0.1, and passes each to a handler in a separate
/// thread.
///
/// Dropping it closes all connections and waits for all threads. A handler that waits for anything
/// but its connection must be woken before.
pub struct Listener {
    addr: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stopping: AtomicBool,
    /// The open connections, by number.
    open: Mutex<HashMap<u64, TcpStream>>,
    closed: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
    faults: Mutex<Vec<String>>,
}

impl Listener {
    /// Starts to listen. Errors and panics of handlers are [faults](Self::take_faults).
    pub fn start(handler: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
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

    /// Returns the address at which it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the number of open connections.
    pub fn open(&self) -> usize {
        lock(&self.shared.open).len()
    }

    /// Waits until no connection is open, or until the moment `until`. Returns whether none is
    /// open.
    pub fn wait_for_none(&self, until: Instant) -> bool {
        let mut open = lock(&self.shared.open);
        while !open.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.closed.wait_timeout(open, left);
            open = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Accepts no more connections and waits for the handlers to end; with `cut`, closes their
    /// connections first.
    pub fn stop(&mut self, cut: bool) {
        let Some(acceptor) = self.acceptor.take() else {
            return;
        };
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the acceptor, which then notices that it must stop. An error means that the
        // acceptor has already ended.
        let _ = TcpStream::connect(self.addr);
        let _ = acceptor.join();
        if cut {
            self.cut();
        }
        let threads = mem::take(&mut *lock(&self.shared.threads));
        for thread in threads {
            // Panics are caught and kept as faults.
            let _ = thread.join();
        }
    }

    /// Closes all open connections.
    pub fn cut(&self) {
        for socket in lock(&self.shared.open).values() {
            // An error means that the client has already closed it.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    /// Returns the errors and panics of handlers since the last call: the first 100.
    pub fn take_faults(&self) -> Vec<String> {
        mem::take(&mut *lock(&self.shared.faults))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop(true);
    }
}

impl Shared {
    fn fault(&self, fault: String) {
        let mut faults = lock(&self.faults);
        if faults.len() < FAULTS {
            faults.push(fault);
        }
    }

    /// Keeps a thread for joining. Threads that have ended are joined now, which does not block.
    fn keep(&self, thread: JoinHandle<()>) {
        let mut threads = lock(&self.threads);
        let (ended, running): (Vec<_>, _) = mem::take(&mut *threads)
            .into_iter()
            .partition(JoinHandle::is_finished);
        *threads = running;
        threads.push(thread);
        drop(threads);
        for thread in ended {
            let _ = thread.join();
        }
    }
}

fn accept<H>(listener: &TcpListener, shared: &Arc<Shared>, handler: &Arc<H>)
where
    H: Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static,
{
    for number in 0.. {
        let accepted = listener.accept();
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let stream = accepted.and_then(|(stream, _)| {
            lock(&shared.open).insert(number, stream.try_clone()?);
            Ok(stream)
        });
        match stream {
            Ok(stream) => {
                let own = Arc::clone(shared);
                let handler = Arc::clone(handler);
                shared.keep(thread::spawn(move || {
                    serve(stream, &own, &*handler);
                    // This closes the connection, since it is the last handle.
                    lock(&own.open).remove(&number);
                    own.closed.notify_all();
                }));
            }
            Err(error) => {
                shared.fault(format!("accept: {error}"));
                thread::sleep(BACK_OFF);
            }
        }
    }
}

fn serve(
    stream: TcpStream,
    shared: &Shared,
    handler: &(impl Fn(TcpStream) -> io::Result<()> + Send + Sync),
) {
    let fault = match panic::catch_unwind(AssertUnwindSafe(|| handler(stream))) {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(payload) => panic_text(&*payload).to_owned(),
    };
    shared.fault(fault);
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic")
}

/// Locks a mutex, even if a thread has panicked while holding it. It must protect state that a
/// panic cannot leave half-changed.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
