//! State that all sessions of a server share.

use std::{
    collections::BTreeMap,
    io, mem,
    sync::{Arc, Mutex},
};

use imapclient_loopback::{Wake, lock};
use rustls::ServerConfig;

use super::{
    capabilities::Capabilities, framer::Limits, profile::Row, record::Record, rule::Rules,
    store::Store,
};

/// State that all sessions of a server share.
pub(super) struct Shared {
    pub(super) store: Mutex<Store>,
    pub(super) rules: Mutex<Rules>,
    pub(super) record: Record,
    pub(super) capabilities: Mutex<Capabilities>,
    pub(super) tls: Arc<ServerConfig>,
    pub(super) settings: Settings,
    sessions: Mutex<Sessions>,
}

/// Settings of the builder, which do not change.
pub(super) struct Settings {
    /// `true` if logins need TLS.
    pub(super) require_tls: bool,
    /// Limits on the data of clients.
    pub(super) limits: Limits,
    /// The profile of the server.
    pub(super) profile: Option<&'static Row>,
    /// `true` if deviations from the RFCs are rejected.
    pub(super) strict: bool,
}

#[derive(Default)]
struct Sessions {
    /// The number of the last one.
    last: u64,
    open: BTreeMap<u64, Arc<Remote>>,
}

/// The part of a session that other threads can access.
pub(super) struct Remote {
    pub(super) wake: Wake,
    inbox: Mutex<Inbox>,
}

/// Requests to a session, which it handles when it is woken.
#[derive(Default)]
pub(super) struct Inbox {
    /// Responses to send, without `* ` and CRLF.
    pub(super) responses: Vec<String>,
    /// `true` if the session must close the connection.
    pub(super) cut: bool,
    /// `true` if the session must end its notifications.
    pub(super) overflow: bool,
    /// The user who is logged in.
    user: Option<String>,
}

impl Shared {
    pub(super) fn new(store: Store, tls: Arc<ServerConfig>, settings: Settings) -> Self {
        let rules = settings.profile.map(|row| (row.rules)());
        Self {
            store: Mutex::new(store),
            rules: Mutex::new(Rules::with(rules.unwrap_or_default())),
            record: Record::default(),
            capabilities: Mutex::default(),
            tls,
            settings,
            sessions: Mutex::default(),
        }
    }

    /// Registers a new session. Returns its number.
    pub(super) fn enter(&self) -> io::Result<(u64, Arc<Remote>)> {
        let remote = Arc::new(Remote {
            wake: Wake::new()?,
            inbox: Mutex::default(),
        });
        let mut sessions = lock(&self.sessions);
        sessions.last += 1;
        let number = sessions.last;
        sessions.open.insert(number, Arc::clone(&remote));
        Ok((number, remote))
    }

    /// Removes a session.
    pub(super) fn leave(&self, number: u64) {
        lock(&self.sessions).open.remove(&number);
    }

    /// Returns the number of sessions in which the user is logged in.
    pub(super) fn sessions_of(&self, user: &str) -> usize {
        let sessions = lock(&self.sessions);
        let is_theirs = |remote: &&Arc<Remote>| lock(&remote.inbox).user.as_deref() == Some(user);
        sessions.open.values().filter(is_theirs).count()
    }

    /// Calls `what` for every session of a user, or for all sessions, and wakes them. Returns their
    /// number.
    pub(super) fn tell(&self, user: Option<&str>, what: impl Fn(&mut Inbox)) -> usize {
        let sessions = lock(&self.sessions);
        let mut told = 0;
        for remote in sessions.open.values() {
            let mut inbox = lock(&remote.inbox);
            if user.is_none() || inbox.user.as_deref() == user {
                what(&mut inbox);
                told += 1;
                remote.wake.wake();
            }
        }
        told
    }
}

impl Remote {
    pub(super) fn log_in(&self, user: &str) {
        lock(&self.inbox).user = Some(user.to_owned());
    }

    /// Takes the responses to send, and whether notifications must end. Returns `None` if the
    /// session must close the connection.
    pub(super) fn take(&self) -> Option<(Vec<String>, bool)> {
        let mut inbox = lock(&self.inbox);
        let responses = mem::take(&mut inbox.responses);
        let overflow = mem::take(&mut inbox.overflow);
        (!inbox.cut).then_some((responses, overflow))
    }
}
