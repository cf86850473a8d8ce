//! What is shown of a command that takes longer than a second.

use std::{
    cell::RefCell,
    convert::Infallible,
    io::{self, Write},
    rc::Rc,
    time::{Duration, Instant},
};

use crate::layout;

/// Until then nothing is shown.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);
const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// Characters of the bar.
const BAR: u64 = 20;

/// A line that moves on standard error. Without a terminal it is nothing.
#[derive(Debug, Clone)]
pub(crate) struct Progress(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    /// Whether there is anything to show it on.
    on: bool,
    since: Instant,
    /// How much is done, of how much.
    done: Option<(u64, u64)>,
    /// How often it was drawn; it is to be taken away if it was.
    drawn: usize,
}

impl Progress {
    pub(crate) fn new(on: bool) -> Self {
        Self(Rc::new(RefCell::new(State {
            on,
            since: Instant::now(),
            done: None,
            drawn: 0,
        })))
    }

    /// Shows it, once it has taken long; the future never ends.
    pub(crate) async fn show(&self) -> Infallible {
        tokio::time::sleep(PATIENCE).await;
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            self.0.borrow_mut().draw();
        }
    }

    /// So much is done, of so much.
    pub(crate) fn set(&self, done: u64, of: u64) {
        self.0.borrow_mut().done = Some((done, of));
    }

    /// Takes it away for good: the command itself shows something, or asks.
    pub(crate) fn pause(&self) {
        self.end();
        self.0.borrow_mut().on = false;
    }

    pub(crate) fn end(&self) {
        let mut state = self.0.borrow_mut();
        if state.drawn > 0 {
            state.drawn = 0;
            write("\r\x1b[K");
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new(false)
    }
}

impl State {
    fn draw(&mut self) {
        if !self.on {
            return;
        }
        // The terminal writes `^C` after it, and that must not begin another line.
        let room = terminal_size::terminal_size_of(io::stderr())
            .map_or(80, |(width, _)| usize::from(width.0).saturating_sub(3));
        let text = layout::fit(&self.text(), room);
        write(&format!("\r\x1b[K{text}"));
        self.drawn += 1;
    }

    fn text(&self) -> String {
        let spinner = SPINNER[self.drawn % SPINNER.len()];
        let done = match self.done {
            None => String::new(),
            Some((done, of)) => {
                let full = (BAR * done).checked_div(of).unwrap_or(BAR).min(BAR);
                let bar: String = (0..BAR)
                    .map(|at| if at < full { '█' } else { '░' })
                    .collect();
                format!("{done} of {of} {bar} ")
            }
        };
        let seconds = self.since.elapsed().as_secs();
        format!("{spinner} {done}{seconds}s (Ctrl-C cancels)")
    }
}

fn write(text: &str) {
    let mut to = io::stderr().lock();
    // Whether anybody sees how far it is, nothing depends on.
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_told() {
        let progress = Progress::new(true);
        let text = |progress: &Progress| progress.0.borrow().text();
        assert_eq!(text(&progress), "⠋ 0s (Ctrl-C cancels)");
        progress.set(30, 40);
        assert_eq!(
            text(&progress),
            "⠋ 30 of 40 ███████████████░░░░░ 0s (Ctrl-C cancels)"
        );
        progress.set(50, 40);
        progress.set(0, 0);
        assert_eq!(
            text(&progress),
            "⠋ 0 of 0 ████████████████████ 0s (Ctrl-C cancels)"
        );
    }
}
