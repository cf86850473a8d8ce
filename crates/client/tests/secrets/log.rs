//! Collects everything that is logged and shown, and searches it for secrets.

use std::{
    fmt::{Debug, Write as _},
    sync::{Mutex, Once},
};

use imapclient::Error;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::common::{self, text};

/// A part of all passwords here, and its base64 after any number of bytes.
const SECRETS: [&str; 4] = ["hunter", "aHVudGVy", "h1bnRlc", "odW50ZX"];

static LOG: Mutex<String> = Mutex::new(String::new());

/// Records all events of all levels.
struct Capture;

struct Fields<'a>(&'a mut String);

impl Subscriber for Capture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut Fields(&mut LOG.lock().unwrap()));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Fields(&mut LOG.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Fields(&mut LOG.lock().unwrap()));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}={value:?}").unwrap();
    }
}

/// Records the log of the libraries that this one uses.
impl ::log::Log for Capture {
    fn enabled(&self, _: &::log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &::log::Record<'_>) {
        writeln!(LOG.lock().unwrap(), "{}", record.args()).unwrap();
    }

    fn flush(&self) {}
}

/// Begins to record everything that is logged.
pub(crate) fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Capture).unwrap();
        ::log::set_logger(&Capture).unwrap();
        ::log::set_max_level(::log::LevelFilter::Trace);
    });
}

/// Returns everything that was logged so far.
pub(crate) fn logged() -> String {
    LOG.lock().unwrap().clone()
}

#[track_caller]
pub(crate) fn clean(shown: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret:?} in {shown}");
    }
}

/// Searches everything that is shown of a connection, and checks that the login was logged like
/// this.
#[track_caller]
pub(crate) fn all_clean<'a>(
    client: &impl Debug,
    wire_log: impl Iterator<Item = &'a imapclient::WireLine>,
    line: &str,
) {
    clean(&format!("{client:?} {client:#?}"));
    let said = common::lines(wire_log);
    clean(&said.join("\n"));
    let said = said.iter().filter_map(|line| line.split_once(" A000"));
    let said: Vec<_> = said.filter_map(|(_, said)| said.get(2..)).collect();
    assert!(said.contains(&line), "{line:?} in {said:?}");
    let log = logged();
    clean(&log);
    assert!(log.contains(line), "{line:?} in {log}");
}

/// Searches everything that is shown of an error, and the log.
#[track_caller]
pub(crate) fn error_clean(error: &Error) {
    shown_error_clean(error);
    clean(&logged());
}

/// Searches everything that is shown of an error.
#[track_caller]
pub(crate) fn shown_error_clean(error: &Error) {
    clean(&format!("{error} {error:?} {error:#?} {}", text(error)));
    clean(&common::lines(error.wire_log().iter()).join("\n"));
}
