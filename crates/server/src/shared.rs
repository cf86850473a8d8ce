//! What the sessions of a server have in common.

use super::{
    capabilities::Capabilities, framer::Limits, profile::Row, record::Record, rule::Rules,
    store::Store,
};
use imapclient_loopback::{Wake, lock};
use rustls::ServerConfig;
use std::{
    collections::BTreeMap,
    io, mem,
    sync::{Arc, Mutex},
};

/// What the sessions of a server have in common.
pub(super) struct Shared {
    pub(super) store: Mutex<Store>,
    pub(super) rules: Mutex<Rules>,
    pub(super) record: Record,
    pub(super) capabilities: Mutex<Capabilities>,
    pub(super) tls: Arc<ServerConfig>,
    pub(super) settings: Settings,
    sessions: Mutex<Sessions>,
}

/// What a builder sets and nothing changes.
pub(super) struct Settings {
    /// Whether to log in takes TLS.
    pub(super) require_tls: bool,
    /// How long what clients send may be.
    pub(super) limits: Limits,
    /// The provider whose ways it has.
    pub(super) profile: Option<&'static Row>,
    /// Whether nothing is taken that the RFCs do not have.
    pub(super) strict: bool,
}

#[derive(Default)]
struct Sessions {
    /// The number of the last one.
    last: u64,
    open: BTreeMap<u64, Arc<Remote>>,
}

/// A session as other threads see it.
pub(super) struct Remote {
    pub(super) wake: Wake,
    inbox: Mutex<Inbox>,
}

/// What others want of a session, which it does when it is woken.
#[derive(Default)]
pub(super) struct Inbox {
    /// Responses to send, without `* ` and CRLF.
    pub(super) responses: Vec<String>,
    /// Whether it is to close.
    pub(super) cut: bool,
    /// Who is logged in, for those who ask.
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

    /// Takes a new session in; gives its number.
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

    /// Forgets a session.
    pub(super) fn leave(&self, number: u64) {
        lock(&self.sessions).open.remove(&number);
    }

    /// How many sessions a user has that are logged in.
    pub(super) fn sessions_of(&self, user: &str) -> usize {
        let sessions = lock(&self.sessions);
        let is_theirs = |remote: &&Arc<Remote>| lock(&remote.inbox).user.as_deref() == Some(user);
        sessions.open.values().filter(is_theirs).count()
    }

    /// Wants something of all sessions of a user, or of all; gives how many they are.
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

    /// The responses to send; none if the session is to be cut off.
    pub(super) fn take(&self) -> Option<Vec<String>> {
        let mut inbox = lock(&self.inbox);
        (!inbox.cut).then(|| mem::take(&mut inbox.responses))
    }
}
