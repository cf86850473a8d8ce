//! Runs the program in a terminal.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The time limit for the screen to show something.
const LIMIT: Duration = Duration::from_secs(60);
/// The number of rows of a window.
const ROWS: u16 = 100;

/// A window in which the program runs. Both end when it is dropped.
pub(crate) struct Window {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    master: Option<Box<dyn MasterPty + Send>>,
    shown: Arc<Shown>,
    reader: Option<JoinHandle<()>>,
    #[cfg(unix)]
    at_first: String,
}

struct Shown {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser,
    /// All bytes that were received.
    bytes: Vec<u8>,
    /// `true` once the program has closed its end.
    ended: bool,
    /// The text at which reading stops.
    until: Option<String>,
}

impl Window {
    /// Runs the program in a window of `columns` columns. Its environment contains only a home and
    /// `env`.
    pub(crate) fn open(columns: u16, home: &Path, args: &[&str], env: &[(&str, &str)]) -> Self {
        let pair = native_pty_system().openpty(size(columns)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_imapclient"));
        command.args(args);
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.cwd(home);
        for (name, value) in env {
            command.env(name, value);
        }
        #[cfg(unix)]
        let at_first = settings(pair.master.as_ref());
        let child = pair.slave.spawn_command(command).unwrap();
        // The program keeps the only copy, so reading ends when the program does.
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().unwrap();
        let shown = Arc::new(Shown {
            state: Mutex::new(State {
                parser: vt100::Parser::new(nonzero(ROWS), nonzero(columns), 0),
                bytes: Vec::new(),
                ended: false,
                until: None,
            }),
            changed: Condvar::new(),
        });
        let reader = thread::spawn({
            let shown = Arc::clone(&shown);
            move || {
                let mut buffer = [0; 4096];
                // A terminal reports an error when the other end is closed.
                while let Ok(length @ 1..) = output.read(&mut buffer) {
                    let mut state = shown.lock();
                    state.parser.process(&buffer[..length]);
                    state.bytes.extend(&buffer[..length]);
                    shown.changed.notify_all();
                    shown.wait_while_held(state);
                }
                shown.lock().ended = true;
                shown.changed.notify_all();
            }
        });
        Self {
            child,
            keys: pair.master.take_writer().unwrap(),
            master: Some(pair.master),
            shown,
            reader: Some(reader),
            #[cfg(unix)]
            at_first,
        }
    }

    /// Types keys.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Types a line, and waits for the prompt after its answer.
    pub(crate) fn run(&mut self, line: &str) {
        self.line(line);
        self.wait_for_prompt();
    }

    /// Types a line, and waits until it has been read.
    pub(crate) fn line(&mut self, line: &str) {
        self.wait_for_prompt();
        self.keys(line);
        self.wait_for_typed(line);
        self.keys("\r");
        self.wait(&format!("{line:?} to be taken"), |screen| {
            !typed(screen).ends_with(line)
        });
    }

    /// Waits until the line being typed ends with `end`.
    pub(crate) fn wait_for_typed(&self, end: &str) {
        self.wait(&format!("{end:?} at the cursor"), |screen| {
            typed(screen).ends_with(end)
        });
    }

    /// Waits for a prompt with nothing typed.
    pub(crate) fn wait_for_prompt(&self) {
        self.wait("a prompt", |screen| typed(screen).ends_with("> "));
    }

    /// Waits until this text is on the screen.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(&format!("{text:?}"), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Returns the content of the screen without empty rows.
    pub(crate) fn screen(&self) -> String {
        let state = self.shown.lock();
        let screen = state.parser.screen();
        let rows: Vec<_> = screen
            .rows(0, screen.size().1.get())
            .map(|row| row.trim_end().to_owned())
            .collect();
        rows.join("\n").trim_end().to_owned()
    }

    /// Returns everything the program wrote, unchanged.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().bytes).into_owned()
    }

    /// Stops reading once this is on the screen, so that the program has to wait with the rest.
    pub(crate) fn hold_at(&self, text: &str) {
        self.shown.lock().until = Some(text.to_owned());
    }

    /// Continues reading.
    pub(crate) fn go_on(&self) {
        self.shown.lock().until = None;
        self.shown.changed.notify_all();
    }

    /// Returns the terminal's settings from before the program began, and the current ones.
    #[cfg(unix)]
    pub(crate) fn settings(&self) -> (String, String) {
        let master = self.master.as_ref().expect("a window that is open");
        (self.at_first.clone(), settings(master.as_ref()))
    }

    /// Resizes the window to `columns` columns.
    pub(crate) fn resize(&self, columns: u16) {
        let mut state = self.shown.lock();
        state
            .parser
            .screen_mut()
            .set_size(nonzero(ROWS), nonzero(columns));
        drop(state);
        let master = self.master.as_ref().expect("a window that is open");
        master.resize(size(columns)).unwrap();
    }

    /// Waits for the program to end and returns its status.
    pub(crate) fn end(&mut self) -> u32 {
        self.wait_until("the end", |state| state.ended);
        self.child.wait().unwrap().exit_code()
    }

    fn wait(&self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) {
        self.wait_until(what, |state| is_there(state.parser.screen()));
    }

    fn wait_until(&self, what: &str, is_there: impl Fn(&State) -> bool) {
        let end = Instant::now() + LIMIT;
        let mut state = self.shown.lock();
        while !is_there(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || state.ended {
                let screen = state.parser.screen().contents();
                drop(state);
                panic!("waiting for {what}, but:\n{screen}");
            }
            let waited = self.shown.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.go_on();
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.master.take());
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

impl Shown {
    fn wait_while_held(&self, mut state: MutexGuard<'_, State>) {
        let held = |state: &State| {
            let contents = || state.parser.screen().contents();
            let held = state.until.as_ref();
            held.is_some_and(|until| contents().contains(until))
        };
        while held(&state) {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the text before the cursor.
fn typed(screen: &vt100::Screen) -> String {
    let (row, column) = screen.cursor_position();
    let line = screen.rows(0, column).nth(usize::from(row));
    line.unwrap_or_default()
}

#[cfg(unix)]
fn settings(terminal: &(dyn MasterPty + Send)) -> String {
    let settings = terminal.get_termios().expect("a terminal");
    format!("{settings:?}")
}

fn size(columns: u16) -> PtySize {
    PtySize {
        rows: ROWS,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn nonzero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a window with room")
}
