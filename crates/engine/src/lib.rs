//! One IMAP connection as a state machine, without I/O and without a clock.
//!
//! ```text
//!  submit, respond, finish_idle ──▶ ┌────────┐ ──▶ output ─▶ wrote      bytes to the server
//!                                   │ Engine │
//!            poll_event, state ◀─── └────────┘ ◀── space  ─▶ filled     bytes from the server
//! ```
//!
//! The owner of the socket moves the bytes and reports how long it has waited for them; the sender
//! of commands reads the [`Event`]s. The engine owns every buffer, so both may stop at any point
//! and continue later. A command for which no caller waits any more becomes an orphan: its answer
//! still changes the [`State`], but its data are dropped.
//!
//! # The order of calls
//!
//! 1. Hand over the bytes that have arrived ([`space`](Engine::space) and
//!    [`filled`](Engine::filled), or [`feed`](Engine::feed)), or report that the stream has ended
//!    ([`closed`](Engine::closed)). Before that, report the time spent waiting for them
//!    ([`waited`](Engine::waited)).
//! 2. Call [`poll_event`](Engine::poll_event) until it returns `None`.
//! 3. React to the events: [`submit`](Engine::submit), [`respond`](Engine::respond),
//!    [`cancel`](Engine::cancel), [`finish_idle`](Engine::finish_idle),
//!    [`orphan_all`](Engine::orphan_all).
//! 4. Write [`output`](Engine::output) until it is empty, and call [`wrote`](Engine::wrote) with
//!    the number of bytes written. If bytes of a literal are [due](Engine::literal_due) then, write
//!    them, and call [`wrote_literal`](Engine::wrote_literal).
//! 5. Wait for bytes, or until the rest can be written, at most [`patience`](Engine::patience).
//!
//! Each step may create work for a later one: `poll_event` creates output when a continuation
//! request lets a literal proceed, ends an IDLE that was to end once begun, or challenges an
//! orphan; `wrote` may make more output available. Check for output after reading the events, and
//! again after each write. Events are returned in the order in which the server caused them. An
//! [`Event::Challenge`] must be answered before the server sends anything else; an [`Event::Done`]
//! is the last event of its command. After the `Done` of a STARTTLS with `OK`, the next byte in
//! either direction belongs to TLS. After that of a COMPRESS with `OK`, the next byte in either
//! direction is compressed; the engine may hold such bytes already, which
//! [`take_unread`](Engine::take_unread) returns.
//!
//! # After an error
//!
//! | call | error | afterwards |
//! | --- | --- | --- |
//! | [`submit`](Engine::submit) | [`Error::Busy`] | nothing was queued; the connection goes on |
//! | [`submit`](Engine::submit) | [`Error::Compressed`] | nothing was queued; the connection goes on |
//! | [`submit`](Engine::submit) | [`Error::Invalid`]: a name cannot be sent in the current encoding | nothing was queued; the connection goes on |
//! | [`submit`](Engine::submit) | [`Error::Closed`] | nothing was queued; the server has sent BYE, and the remaining events can still be read |
//! | [`poll_event`](Engine::poll_event), [`unsolicited`](Engine::unsolicited) | any | final: close the connection and drop the engine |
//! | [`orphan_all`](Engine::orphan_all) | returns `false` | final: it is unknown whether TLS begins with the next byte, or the rest of a literal is missing |
//!
//! After a final error, [`state`](Engine::state), [`wire_log`](Engine::wire_log) and
//! [`last_words`](Engine::last_words) still return what was known before it.
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
pub use error::{Busy, End, Error, Excess, Misbehaviour, Overrun, Violation};
pub use event::Event;
pub use imapclient_codec as codec;
pub use imapclient_echo::WITHHELD;
pub use inflight::Sent;
pub use log::{Direction, WireLine};
pub use oversize::{Oversize, Setting};
pub use secrets::Verdict;
pub use service::Service;
pub use state::{Mailbox, Phase, State};
pub use watch::Tolerance;
