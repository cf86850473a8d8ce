//! What is shown of a command that takes longer than a second.

use std::{cell::RefCell, convert::Infallible, future, rc::Rc, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Until then nothing is shown.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// A line that moves on standard error. Without a terminal it is nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Rc<RefCell<State>>);

#[derive(Debug, Default)]
struct State {
    /// Whether there is anything to show it on.
    on: bool,
    /// How much is done, of how much.
    done: Option<(u64, u64)>,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(on: bool) -> Self {
        Self(Rc::new(RefCell::new(State {
            on,
            ..State::default()
        })))
    }

    /// Shows it, once it has taken long; the future never ends.
    pub(crate) async fn show(&self) -> Infallible {
        tokio::time::sleep(PATIENCE).await;
        self.0.borrow_mut().appear();
        future::pending().await
    }

    /// So much is done, of so much.
    pub(crate) fn set(&self, done: u64, of: u64) {
        let mut state = self.0.borrow_mut();
        state.done = Some((done, of));
        state.draw();
    }

    /// Takes it away for good: the command itself shows something, or asks.
    pub(crate) fn pause(&self) {
        self.0.borrow_mut().on = false;
        self.end();
    }

    pub(crate) fn end(&self) {
        if let Some(bar) = self.0.borrow_mut().bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl State {
    fn appear(&mut self) {
        if self.on {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(spinner());
            bar.enable_steady_tick(TICK);
            self.bar = Some(bar);
            self.draw();
        }
    }

    fn draw(&self) {
        if let (Some(bar), Some((done, of))) = (&self.bar, self.done) {
            if bar.length().is_none() {
                bar.set_style(counter());
            }
            bar.set_length(of);
            bar.set_position(done);
        }
    }
}

fn spinner() -> ProgressStyle {
    style("{spinner} {elapsed} (Ctrl-C cancels)")
}

fn counter() -> ProgressStyle {
    style("{spinner} {pos} of {len} {bar:20} {elapsed} (Ctrl-C cancels)")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
