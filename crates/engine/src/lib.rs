//! One IMAP connection as a state machine, without I/O and without a clock.
//!
//! ```text
//!  submit, respond, finish_idle ──▶ ┌────────┐ ──▶ output ─▶ wrote      bytes to the server
//!                                   │ Engine │
//!            poll_event, state ◀─── └────────┘ ◀── space  ─▶ filled     bytes from the server
//! ```
//!
//! Whoever owns the socket moves the bytes, and says how long it has waited for them; whoever sends
//! commands reads the [`Event`]s. The engine owns every buffer, so both may stop at any point and
//! go on later. A command nobody waits for any more becomes an orphan: its answer still changes the
//! [`State`], its data are dropped.
//!
//! ```
//! use imapclient_engine::{Engine, Event, Options, codec::command};
//!
//! let mut engine = Engine::new(Options::default());
//! engine.feed(b"* OK hello\r\n");
//! assert!(matches!(engine.poll_event()?, Some(Event::Greeting(_))));
//!
//! let tag = engine.submit(command::noop())?;
//! assert_eq!(engine.output(), b"A0001 NOOP\r\n");
//! engine.wrote(12);
//!
//! engine.feed(b"A0001 OK done\r\n");
//! assert!(matches!(engine.poll_event()?, Some(Event::Done { tag: done, .. }) if done == tag));
//! # Ok::<(), imapclient_engine::Error>(())
//! ```

#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod engine;
mod error;
mod event;
mod inflight;
mod log;
mod oversize;
mod secrets;
mod send;
mod service;
mod state;
mod watch;

pub use engine::{Engine, Options};
pub use error::{End, Error, Excess, Overrun, Violation};
pub use event::Event;
pub use imapclient_codec as codec;
pub use imapclient_echo::WITHHELD;
pub use inflight::Sent;
pub use log::{Direction, WireLine};
pub use oversize::{Oversize, Setting};
pub use state::{Mailbox, Phase, State};
pub use watch::Tolerance;
