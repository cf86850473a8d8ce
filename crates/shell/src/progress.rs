//! Shows the progress of a command that takes longer than a second.

use std::{
    cell::RefCell,
    convert::Infallible,
    io::{self, Write},
    rc::Rc,
    time::{Duration, Instant},
};

use crate::layout;

/// The time before anything is shown.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);
const SPINNER: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// The width of the bar, in characters.
const BAR: u64 = 20;

/// An animated line on standard error. Does nothing without a terminal.
#[derive(Debug, Clone)]
pub(crate) struct Progress(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    /// `true` if there is a terminal to show it on.
    on: bool,
    since: Instant,
    /// The amount done, and the total.
    done: Option<(u64, u64)>,
    /// The number of times it was drawn; if not 0, it has to be erased.
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

    /// Shows the progress after the delay; the future never ends.
    pub(crate) async fn show(&self) -> Infallible {
        tokio::time::sleep(PATIENCE).await;
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            self.0.borrow_mut().draw();
        }
    }

    /// Sets the amount done, and the total.
    pub(crate) fn set(&self, done: u64, of: u64) {
        self.0.borrow_mut().done = Some((done, of));
    }

    /// Erases the line for the rest of the command, which prints something itself, or asks.
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
        // Leaves room for the `^C` that the terminal appends, which must not begin another line.
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
    // Progress is not essential, so errors are ignored.
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
