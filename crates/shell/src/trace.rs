//! Shows the protocol on the wire.

use std::{
    fmt::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
};

use crate::screen::Screen;

/// The target under which the engine logs protocol lines, without secrets.
const WIRE: &str = "imapclient::wire";

static ON: AtomicBool = AtomicBool::new(false);

/// Installs the subscriber that shows lines while the trace is switched on.
pub(crate) fn install(screen: Screen) {
    struct Wire(Screen);

    impl<S: Subscriber> Layer<S> for Wire {
        fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
            metadata.target() == WIRE
        }

        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            if is_on() {
                let mut line = Message(String::new());
                event.record(&mut line);
                self.0.note(&line.0);
            }
        }
    }

    let installed = tracing::subscriber::set_global_default(Registry::default().with(Wire(screen)));
    // This is called once, at the start.
    debug_assert!(installed.is_ok());
}

pub(crate) fn switch(on: bool) {
    ON.store(on, Ordering::Relaxed);
}

pub(crate) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a `String` does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
