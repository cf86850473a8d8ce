//! Answers that are not there yet.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::error::Result;

/// The place for the result of a command, and the number of bytes of responses that it takes.
pub(super) type Slot<T> = Mutex<Option<(Result<T>, u64)>>;

/// The answer to a command of a [`Pipeline`](crate::Pipeline), which
/// [`Pipeline::answer`](crate::Pipeline::answer) returns. If it is dropped, the answer is discarded;
/// the command is sent all the same.
#[must_use = "the answer, and with it the error of the command, is discarded"]
pub struct Pending<T> {
    slot: Arc<Slot<T>>,
}

impl<T> Pending<T> {
    pub(super) fn new(slot: Arc<Slot<T>>) -> Self {
        Self { slot }
    }

    /// Returns the address of the place for the result.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.slot).addr()
    }

    /// Takes the result if it is there, and the number of bytes that it takes.
    pub(super) fn take(&self) -> Option<(Result<T>, u64)> {
        self.slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}
