//! Gates, by which tests decide when others continue.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::listener::lock;

/// The longest time to wait for arrivals at a gate.
const LIMIT: Duration = Duration::from_secs(10);

/// Holds a connection until the test lets it continue, so that no test has to guess a duration.
///
/// Clones share the gate. It is closed at first, and stays open once opened. The embedded server
/// opens the gates of its rules when it stops.
///
/// ```
/// # use imapclient_loopback::Gate;
/// use std::thread;
///
/// let gate = Gate::new();
/// let other = gate.clone();
/// let held = thread::spawn(move || other.pass());
/// gate.wait_for(1);
/// // The thread has arrived and waits.
/// gate.open();
/// held.join().unwrap();
/// ```
#[derive(Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    open: bool,
    arrived: usize,
}

impl Gate {
    /// Returns a closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the gate for all threads that wait or arrive later.
    pub fn open(&self) {
        lock(&self.0.state).open = true;
        self.0.changed.notify_all();
    }

    /// Waits until there were `count` arrivals at the gate since it was created.
    ///
    /// # Panics
    /// Panics after ten seconds.
    pub fn wait_for(&self, count: usize) {
        let end = Instant::now() + LIMIT;
        let mut state = lock(&self.0.state);
        while state.arrived < count {
            let left = end.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{} of {count} have come to the gate",
                state.arrived
            );
            let waited = self.0.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Arrives at the gate and waits until it is open.
    pub fn pass(&self) {
        let mut state = lock(&self.0.state);
        state.arrived += 1;
        self.0.changed.notify_all();
        while !state.open {
            let waited = self.0.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.0.state);
        f.debug_struct("Gate")
            .field("open", &state.open)
            .field("arrived", &state.arrived)
            .finish()
    }
}
