//! Remembers what earlier logins with the same settings have learned about a server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use imapclient_transport::Endpoint;

use super::method::AutoMethod;

/// The properties of a server that logins have found, shared by all clones.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Mutex<Option<Found>>>);

/// The address of a server: the name that its certificate must have, and the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) endpoint: Endpoint,
}

struct Found {
    place: Place,
    /// The method that was refused, and the one that worked instead.
    instead: Option<(AutoMethod, AutoMethod)>,
    /// True if the server announces `SASL-IR` and does not accept an initial response.
    refuses_initial: bool,
}

impl Known {
    /// Returns the method that worked when `first`, the best that the server offers, was refused.
    pub(super) fn instead_of(&self, first: AutoMethod, place: &Place) -> Option<AutoMethod> {
        let found = self.lock();
        let (before, works) = found
            .as_ref()
            .filter(|found| found.place == *place)?
            .instead?;
        (before == first).then_some(works)
    }

    /// Records the method that worked instead of `first`.
    pub(super) fn worked(&self, works: AutoMethod, first: AutoMethod, place: &Place) {
        self.at(place, |found| found.instead = Some((first, works)));
    }

    /// Forgets the method that worked, because it no longer does.
    pub(super) fn forget_what_worked(&self, place: &Place) {
        self.at(place, |found| found.instead = None);
    }

    pub(super) fn refuses_initial(&self, place: &Place) -> bool {
        let found = self.lock();
        found
            .as_ref()
            .is_some_and(|found| found.place == *place && found.refuses_initial)
    }

    pub(super) fn note_refused_initial(&self, place: &Place) {
        self.at(place, |found| found.refuses_initial = true);
    }

    /// Changes the record of this server, and forgets that of another one.
    fn at(&self, place: &Place, change: impl FnOnce(&mut Found)) {
        let mut found = self.lock();
        let known = found.take().filter(|found| found.place == *place);
        let mut known = known.unwrap_or_else(|| Found {
            place: place.clone(),
            instead: None,
            refuses_initial: false,
        });
        change(&mut known);
        *found = Some(known);
    }

    /// Ignores poisoning: no code that may panic runs while the lock is held.
    fn lock(&self) -> MutexGuard<'_, Option<Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
