//! The state of a mailbox that a program keeps, and the changes since then.

use std::collections::BTreeMap;

use imapclient_codec::{
    Fetch, Flags, InvalidArgument, MailboxName, Uid, UidSet,
    command::{
        self as wire, FetchItems, Qresync, SearchKey, SearchQuery, SearchReturn, SelectOptions,
    },
};
use imapclient_engine::{Mailbox, Phase};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::Select,
    error::{Error, Result, phase_text},
    workaround::Workaround,
};

/// The result of [`Client::select_with`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Selected {
    /// The mailbox, as [`Client::select`] returns it.
    pub mailbox: Mailbox,
    /// The changes since the state that [`SelectOptions::qresync`] names. `None` if they were not
    /// asked for, or if the UIDVALIDITY is another one than in that state: then none of its UIDs is
    /// valid.
    pub changes: Option<Changes>,
}

/// The changes of a mailbox since an earlier state (RFC 7162 §3.2.5).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Changes {
    /// The messages that have been removed (`VANISHED (EARLIER)`). Servers may include some that
    /// were never in the mailbox.
    pub vanished: UidSet,
    /// The messages that are new or whose flags have changed, with UID, flags and modification
    /// sequence.
    pub changed: Vec<Fetch>,
}

/// A state of a mailbox that a program has kept: see [`Client::resync`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Known {
    /// The UIDVALIDITY of the UIDs.
    pub uid_validity: u32,
    /// The UIDs of all messages.
    pub uids: UidSet,
    /// The highest modification sequence, if the server reported one.
    pub modseq: Option<u64>,
}

impl Known {
    /// Creates a state from the UIDVALIDITY and the UIDs of all messages.
    #[must_use]
    pub fn new(uid_validity: u32, uids: impl Into<UidSet>) -> Self {
        Self {
            uid_validity,
            uids: uids.into(),
            modseq: None,
        }
    }

    /// Sets the highest modification sequence of this state
    /// ([`Mailbox::highest_modseq`](crate::Mailbox::highest_modseq)).
    #[must_use]
    pub fn modseq(mut self, modseq: impl Into<Option<u64>>) -> Self {
        self.modseq = modseq.into();
        self
    }
}

/// The result of [`Client::resync`]: the mailbox now, and the differences from the known state.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Resync {
    /// The mailbox, which is selected now.
    pub mailbox: Mailbox,
    /// True if the known UIDs are not valid any more, since the UIDVALIDITY has changed. All
    /// messages are then in [`vanished`](Self::vanished), and those that exist in
    /// [`flags`](Self::flags), even if they have the same numbers.
    pub invalidated: bool,
    /// The messages that existed in the known state, and do not now.
    pub vanished: UidSet,
    /// The messages that did not exist in the known state.
    pub arrived: UidSet,
    /// The flags of the messages that have arrived, and of those whose flags have changed. If the
    /// server cannot report changes of flags, these are the flags of all messages.
    pub flags: BTreeMap<Uid, Flags>,
    /// The UIDs of all messages.
    pub uids: UidSet,
    /// The way in which the changes were found.
    pub way: ResyncWay,
}

/// A way of finding the changes of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum ResyncWay {
    /// SELECT with QRESYNC (RFC 7162 §3.2.5), in one round trip.
    Qresync,
    /// FETCH with CHANGEDSINCE (RFC 7162 §3.1.4.1), and a search for the messages that are left if
    /// their number shows that some were removed.
    Condstore,
    /// The UIDs and flags of all messages.
    Whole,
}

impl Resync {
    /// Returns the state to keep for the next time; `None` if the server sent no UIDVALIDITY,
    /// without which UIDs cannot be kept.
    #[must_use]
    pub fn known(&self) -> Option<Known> {
        let uid_validity = self.mailbox.uid_validity?;
        Some(Known::new(uid_validity, self.uids.clone()).modseq(self.mailbox.highest_modseq))
    }
}

impl<S: Socket> Client<S> {
    /// Sends a SELECT or EXAMINE. Returns the mailbox, and the changes that the server reported.
    pub(crate) async fn open(&mut self, select: Select) -> Result<(Mailbox, Changes)> {
        let (vanished, changed) = self.run_behind(select).await?;
        let state = self.state();
        let mailbox = state.selected().cloned().ok_or_else(|| {
            // The server sent BYE right after its OK.
            let is = phase_text(state.phase());
            debug_assert_eq!(state.phase(), Phase::Logout);
            Error::State {
                command: "SELECT".to_owned(),
                needs: "an open connection",
                is,
            }
        })?;
        Ok((mailbox, Changes { vanished, changed }))
    }

    pub(crate) async fn open_with(
        &mut self,
        name: &MailboxName,
        options: &SelectOptions,
    ) -> Result<Selected> {
        // Nothing is sent if the options are not valid.
        let outgoing = wire::select_with(name, options)?;
        self.meet("SELECT", outgoing.needs()).await?;
        let Some(known) = options.known() else {
            let (mailbox, _) = self.open(Select::new(outgoing)).await?;
            let changes = None;
            return Ok(Selected { mailbox, changes });
        };
        self.enable_qresync().await?;
        let (mailbox, changes) = self.open(Select::resyncing(outgoing)).await?;
        let is_same = mailbox.uid_validity == Some(known.uid_validity());
        let changes = is_same.then_some(changes);
        Ok(Selected { mailbox, changes })
    }

    /// Enables QRESYNC if it is not enabled yet. A selected mailbox is left, as ENABLE requires.
    async fn enable_qresync(&mut self) -> Result<()> {
        if self.state().enabled().lists("QRESYNC") {
            return Ok(());
        }
        // Some servers say OK and enable nothing.
        if !self.works_around(Workaround::EnableUnanswered) {
            if self.state().phase() == Phase::Selected {
                self.unselect().await?;
            }
            if self.enable(["QRESYNC"]).await?.lists("QRESYNC") {
                return Ok(());
            }
        }
        Err(Error::NoAnswer { command: "ENABLE" })
    }

    /// Opens a mailbox, and finds its changes since a known state in the best way.
    pub(crate) async fn resynchronise(
        &mut self,
        name: &MailboxName,
        known: &Known,
    ) -> Result<Resync> {
        if known.uids.has_star() {
            let why = "the UIDs of a known state are numbers, without `*`";
            return Err(InvalidArgument::new("known UIDs", why).into());
        }
        let Selected { mailbox, changes } = self.open_to_resync(name, known).await?;
        if mailbox.uid_validity == Some(known.uid_validity) {
            // The number of a mailbox that was restored from a backup may have gone back.
            let has_condstore = self.state().has("CONDSTORE") || self.state().has("QRESYNC");
            let then = known.modseq.filter(|_| has_condstore);
            let then = then.filter(|then| mailbox.highest_modseq.is_some_and(|now| now >= *then));
            if let (Some(_), Some(changes)) = (then, changes) {
                let left = known.uids.difference(&changes.vanished);
                let flags = flags_of(changes.changed);
                if let Some(resync) = self.changed(&mailbox, known, left, flags) {
                    return Ok(resync);
                }
            }
            if let Some(then) = then
                && let Some(resync) = self.changed_since(&mailbox, known, then).await?
            {
                return Ok(resync);
            }
        }
        self.whole(mailbox, known).await
    }

    /// Opens the mailbox by QRESYNC, otherwise with CONDSTORE, or without either.
    async fn open_to_resync(&mut self, name: &MailboxName, known: &Known) -> Result<Selected> {
        let mut ways = Vec::new();
        let capabilities = self.capabilities().await?;
        let then = known
            .modseq
            .filter(|then| *then > 0 && known.uid_validity > 0);
        if let Some(then) = then.filter(|_| capabilities.has("QRESYNC")) {
            let since = Qresync::new(known.uid_validity, then);
            ways.push(SelectOptions::new().qresync(since));
        }
        if capabilities.has("CONDSTORE") || capabilities.has("QRESYNC") {
            ways.push(SelectOptions::new().condstore());
        }
        for options in ways {
            match self.open_with(name, &options).await {
                // A response code is about the mailbox, and not about the parameter.
                Err(error) if error.is_unsupported() && error.code().is_none() => {
                    tracing::debug!(%error, ?options, "the mailbox is opened in another way");
                }
                opened => return opened,
            }
        }
        self.open_with(name, &SelectOptions::new()).await
    }

    /// Returns the changes by CHANGEDSINCE; `None` if what is found does not fit the number of
    /// messages.
    async fn changed_since(
        &mut self,
        mailbox: &Mailbox,
        known: &Known,
        then: u64,
    ) -> Result<Option<Resync>> {
        let mut flags = BTreeMap::new();
        if mailbox.highest_modseq != Some(then) && mailbox.exists > 0 {
            let items = FetchItems::new().flags().changed_since(then);
            flags = flags_of(self.fetch(1.., items).await?.into_values());
        }
        let all_are_left = self.changed(mailbox, known, known.uids.clone(), flags.clone());
        let resync = match all_are_left {
            None if mailbox.exists > 0 => {
                let mut all = SearchQuery::new(SearchKey::All);
                if self.capabilities().await?.has("ESEARCH") {
                    // Its answer has ranges.
                    all = all.returning([SearchReturn::All]);
                }
                let found = self.search(all).await?;
                let found: UidSet = found.iter().copied().collect();
                let left = known.uids.difference(&known.uids.difference(&found));
                self.changed(mailbox, known, left, flags)
            }
            None => self.changed(mailbox, known, UidSet::new(), flags),
            resync => resync,
        };
        Ok(resync.map(|resync| Resync {
            way: ResyncWay::Condstore,
            ..resync
        }))
    }

    /// Returns the differences of a mailbox in which these known messages are left, and these are
    /// the flags of those that have changed or arrived; `None` if that does not fit the number of
    /// messages.
    fn changed(
        &self,
        mailbox: &Mailbox,
        known: &Known,
        left: UidSet,
        mut flags: BTreeMap<Uid, Flags>,
    ) -> Option<Resync> {
        let told: UidSet = flags.keys().copied().collect();
        let arrived = told.difference(&known.uids);
        let mut uids = left;
        uids.append(arrived.clone());
        uids.compact();
        let exists = self.state().selected()?.exists;
        if uids.len() != Some(u64::from(exists)) {
            tracing::debug!(%exists, ?uids, "the changes do not fit the number of messages");
            return None;
        }
        flags.retain(|uid, _| uids.contains(*uid));
        Some(Resync {
            mailbox: mailbox.clone(),
            invalidated: false,
            vanished: known.uids.difference(&uids),
            arrived,
            flags,
            uids,
            way: ResyncWay::Qresync,
        })
    }

    /// Returns the differences after a look at all messages.
    async fn whole(&mut self, mailbox: Mailbox, known: &Known) -> Result<Resync> {
        let mut flags = BTreeMap::new();
        if mailbox.exists > 0 {
            flags = self.flags(1..).await?;
        }
        let uids: UidSet = flags.keys().copied().collect();
        let invalidated = mailbox.uid_validity != Some(known.uid_validity);
        let (vanished, arrived) = match invalidated {
            true => (known.uids.clone(), uids.clone()),
            false => (known.uids.difference(&uids), uids.difference(&known.uids)),
        };
        Ok(Resync {
            mailbox,
            invalidated,
            vanished,
            arrived,
            flags,
            uids,
            way: ResyncWay::Whole,
        })
    }
}

/// Returns the flags of messages.
fn flags_of(fetched: impl IntoIterator<Item = Fetch>) -> BTreeMap<Uid, Flags> {
    let flags = |fetch: Fetch| Some((fetch.uid()?, fetch.flags()?.clone()));
    fetched.into_iter().filter_map(flags).collect()
}
