//! Commands of a pipeline, of any type.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Instant,
};

use imapclient_codec::{Concurrency, Effect, Needs, Outgoing, Status};
use imapclient_engine::State;

use super::pending::{Pending, Slot};
use crate::{
    command::{Answered, Command},
    connection::Held,
    done::Done,
    error::Result,
};

/// A command of a pipeline.
pub(super) struct Entry<'c> {
    command: Box<dyn Queued + 'c>,
    /// The address of the place for its result, which identifies the command.
    pub(super) slot: usize,
    /// The part of a call of several commands that is done by the success of this one.
    pub(super) step: Option<Done>,
    /// The commands that may be under way beside it, as of the last [`encode`](Self::encode).
    pub(super) concurrency: Concurrency,
    /// True if [`concurrency`](Self::concurrency) is known.
    pub(super) was_tried: bool,
    /// The effect of its success on the connection.
    pub(super) effect: Effect,
    /// The deadline for its answer.
    pub(super) until: Option<Instant>,
}

/// The delivery of a result.
pub(super) struct Delivered {
    /// True if the command succeeded.
    pub(super) is_ok: bool,
    /// True if a caller can still take the result.
    pub(super) is_kept: bool,
}

impl<'c> Entry<'c> {
    /// Returns the entry of a command, and its pending answer.
    pub(super) fn new<C: Command + 'c>(mut command: C) -> (Self, Pending<C::Output>) {
        command.share();
        let slot = Arc::new(Mutex::new(None));
        let address = Arc::as_ptr(&slot).addr();
        let command = Submitted {
            command,
            slot: Arc::downgrade(&slot),
        };
        let entry = Self {
            command: Box::new(command),
            slot: address,
            step: None,
            concurrency: Concurrency::Alone,
            was_tried: false,
            effect: Effect::None,
            until: None,
        };
        (entry, Pending::new(slot))
    }

    /// Returns whether this is the command whose answer is pending.
    pub(super) fn is_of<T>(&self, pending: &Pending<T>) -> bool {
        self.slot == pending.address()
    }

    /// Returns whether nothing is sent behind the command.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.concurrency, Concurrency::Alone | Concurrency::Select)
    }

    pub(super) fn needs(&self) -> Needs {
        self.command.needs()
    }

    pub(super) fn encode(&mut self, state: &State) -> Result<Outgoing> {
        self.command.encode(state)
    }

    /// Stores the result of the command, whose responses take this number of bytes, for its caller.
    pub(super) fn deliver(self, done: Result<Status>, bytes: u64) -> Delivered {
        self.command.deliver(done, bytes)
    }
}

impl Held for Entry<'_> {
    fn held(&self) -> &dyn Answered {
        self.command.answered()
    }

    fn held_mut(&mut self) -> &mut dyn Answered {
        self.command.answered_mut()
    }
}

/// A command and the place for its result.
trait Queued: Send {
    fn answered(&self) -> &dyn Answered;
    fn answered_mut(&mut self) -> &mut dyn Answered;
    fn needs(&self) -> Needs;
    fn encode(&mut self, state: &State) -> Result<Outgoing>;
    fn deliver(self: Box<Self>, done: Result<Status>, bytes: u64) -> Delivered;
}

struct Submitted<C: Command> {
    command: C,
    slot: Weak<Slot<C::Output>>,
}

impl<C: Command> Queued for Submitted<C> {
    fn answered(&self) -> &dyn Answered {
        &self.command
    }

    fn answered_mut(&mut self) -> &mut dyn Answered {
        &mut self.command
    }

    fn needs(&self) -> Needs {
        self.command.needs()
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        self.command.encode(state)
    }

    fn deliver(self: Box<Self>, done: Result<Status>, bytes: u64) -> Delivered {
        let Self { command, slot } = *self;
        let result = done.and_then(|status| command.finish(status));
        let is_ok = result.is_ok();
        let Some(slot) = slot.upgrade() else {
            return Delivered {
                is_ok,
                is_kept: false,
            };
        };
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((result, bytes));
        Delivered {
            is_ok,
            is_kept: true,
        }
    }
}
