//! What earlier logins with the same settings have found out about a server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use imapclient_transport::Endpoint;

use super::method::Method;

/// What is known of a server, shared by all clones.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Mutex<Option<Found>>>);

/// A server, by the name that its certificate has to have and by the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) endpoint: Endpoint,
}

struct Found {
    place: Place,
    /// In place of the first, the second worked.
    instead: Option<(Method, Method)>,
    /// It does not take an initial response, though it announces `SASL-IR`.
    refuses_initial: bool,
}

impl Known {
    /// What worked where `first` would be tried, the best way by what the server offers.
    pub(super) fn instead_of(&self, first: Method, place: &Place) -> Option<Method> {
        let found = self.lock();
        let (before, works) = found
            .as_ref()
            .filter(|found| found.place == *place)?
            .instead?;
        (before == first).then_some(works)
    }

    /// Notes what worked in place of `first`.
    pub(super) fn worked(&self, works: Method, first: Method, place: &Place) {
        self.at(place, |found| found.instead = Some((first, works)));
    }

    /// Forgets what worked: it works no more.
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

    /// Changes what is known of this server; what is known of another is forgotten.
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

    /// Nothing that may panic happens while it is locked.
    fn lock(&self) -> MutexGuard<'_, Option<Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
