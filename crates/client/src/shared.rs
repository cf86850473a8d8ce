//! Removes messages on servers without UIDPLUS, where EXPUNGE removes all that are marked.

use imapclient_codec::{
    Flag, Flags, Uid, UidSet,
    command::{self as wire, FetchItems, FlagChange, MessageSet, SearchKey},
};
use imapclient_transport::Socket;

use crate::{
    ahead::uids_of,
    client::Client,
    command::{Expunge, Store},
    done::{Done, Removed},
    error::Result,
    ranges::Ranges,
};

/// Upper bound on how often marks that others have set meanwhile are taken off before EXPUNGE.
const ROUNDS: usize = 3;

/// The way in which messages were removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a server has the capability, or it has not"
)]
pub enum ExpungeWay {
    /// By `UID EXPUNGE` (RFC 4315), which removes no other messages. This is also the value if none
    /// of the messages exists.
    #[default]
    ByUid,
    /// By EXPUNGE, while the marks of other messages were taken off. Messages that another client
    /// has marked in that moment were removed as well.
    Shared,
}

/// The result of a
/// [`dangerous_expunge_shared`](crate::Client::dangerous_expunge_shared) that succeeded.
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// use imapclient::ExpungeWay;
///
/// let gone = client.dangerous_expunge_shared([3, 5])?;
/// if gone.way == ExpungeWay::Shared {
///     println!("UID {} was marked by others, and is so again", gone.put_back);
/// }
/// assert!(gone.removed.left.is_empty());
/// # Ok(()) });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SharedExpunge {
    /// The way in which the messages were removed.
    pub way: ExpungeWay,
    /// The messages that the server reported as removed, and those of the call that are still
    /// there.
    pub removed: Removed,
    /// The UIDs of the other messages that had the flag `\Deleted`, which was taken off and put
    /// back, as a search has confirmed.
    pub put_back: UidSet,
    /// The UIDs of those other messages that do not have the flag afterwards, although the server
    /// said OK: another client has removed them or the flag, or the server did not do what it said.
    pub unmarked: UidSet,
}

impl<S: Socket> Client<S> {
    /// Marks and removes messages; the needs are met.
    pub(crate) async fn expunge_shared(&mut self, uids: UidSet) -> Result<SharedExpunge> {
        let sets = self.sets_to_read(uids).await?;
        let mut ours = self.still_there(sets).await?;
        ours.compact();
        if ours.is_empty() {
            return Ok(SharedExpunge::default());
        }
        if self.capabilities().await?.has("UIDPLUS") {
            self.mark(&ours, deleted(true), nothing).await?;
            let sets = self
                .pieces(&ours, |set| wire::uid_expunge(&uids_of(set)))
                .await?;
            let gone = self.expunge_pieces(sets, |messages| Done::Expunged { messages });
            return Ok(SharedExpunge {
                removed: gone.await?,
                ..SharedExpunge::default()
            });
        }
        let mut others = UidSet::new();
        let removed = self.expunge_ours(&ours, &mut others).await;
        let gone = match &removed {
            Ok(Some(_)) => ours.clone(),
            _ => UidSet::new(),
        };
        self.reached(gone.clone(), others.clone());
        if !others.is_empty() && self.connection().is_usable() {
            // If this fails too, the first error matters more; both have the UIDs.
            let put_back = self.mark(&others, deleted(true), nothing).await;
            if put_back.is_ok() {
                self.reached(gone, UidSet::new());
            }
            if removed.is_ok() {
                put_back?;
            }
        }
        let mut removed = removed?.unwrap_or_default();
        let sets = self.sets_to_read(ours).await?;
        removed.left = self.still_there(sets).await?;
        let (mut put_back, mut unmarked) = (UidSet::new(), UidSet::new());
        if !others.is_empty() {
            let marked = Ranges::of(&self.uids_found(SearchKey::Deleted).await?);
            for uid in others.iter().into_iter().flatten() {
                let set = match marked.contains(uid) {
                    true => &mut put_back,
                    false => &mut unmarked,
                };
                set.append(UidSet::from(uid));
            }
        }
        put_back.compact();
        unmarked.compact();
        Ok(SharedExpunge {
            way: ExpungeWay::Shared,
            removed,
            put_back,
            unmarked,
        })
    }

    /// Takes the marks of other messages off, which it adds to `others`, and removes ours. Returns
    /// `None` if nothing was removed, because others mark messages faster than their marks are
    /// taken off, or because the server finds none of ours among the marked ones.
    async fn expunge_ours(
        &mut self,
        ours: &UidSet,
        others: &mut UidSet,
    ) -> Result<Option<Removed>> {
        let known = Ranges::of(ours);
        self.mark(ours, deleted(true), nothing).await?;
        for _ in 0..ROUNDS {
            let marked = self.uids_found(SearchKey::Deleted).await?;
            let marked = marked.iter().into_iter().flatten();
            let (ours, theirs): (Vec<Uid>, Vec<Uid>) = marked.partition(|uid| known.contains(*uid));
            if ours.is_empty() {
                // This answer does not show that there are no others either.
                return Ok(None);
            }
            let theirs = UidSet::from(theirs);
            if theirs.is_empty() {
                return self.run(Expunge::new(wire::expunge())).await.map(Some);
            }
            others.append(theirs.clone());
            others.compact();
            // From now on an error has them, whatever becomes of the command.
            self.reached(UidSet::new(), others.clone());
            self.mark(&theirs, deleted(false), nothing).await?;
        }
        Ok(None)
    }

    /// Splits a set for commands that read.
    async fn sets_to_read(&mut self, messages: UidSet) -> Result<Vec<UidSet>> {
        let items = FetchItems::new();
        let sets = self
            .pieces(messages, |set| wire::fetch(set, &items))
            .await?;
        Ok(sets.iter().map(uids_of).collect())
    }

    /// Records the messages that were removed, and those whose marks are off.
    fn reached(&mut self, removed: UidSet, unmarked: UidSet) {
        *self.steps() = Some(Done::ExpungedShared { removed, unmarked });
    }

    /// Returns the UIDs of the messages that match.
    pub(crate) async fn uids_found(&mut self, key: SearchKey) -> Result<UidSet> {
        let mut uids: UidSet = self.search(key).await?.iter().copied().collect();
        uids.compact();
        Ok(uids)
    }

    /// Changes the flags of messages. `step` makes the part of the call that a command does.
    pub(crate) async fn mark(
        &mut self,
        messages: &UidSet,
        change: FlagChange,
        step: impl Fn(UidSet) -> Done + Send + Sync,
    ) -> Result<()> {
        let encode = |set: &MessageSet| wire::store(set, &change);
        let mut commands = Vec::new();
        for set in self.pieces(messages, encode).await? {
            let outgoing = encode(&set)?;
            commands.push((uids_of(&set), Store::<Flags, Uid>::new(set, outgoing)));
        }
        self.run_ahead(commands, |messages, _| step(messages))
            .await?;
        Ok(())
    }
}

/// Returns the change that adds or removes `\Deleted`.
pub(crate) fn deleted(is_set: bool) -> FlagChange {
    let change = match is_set {
        true => FlagChange::add([Flag::Deleted]),
        false => FlagChange::remove([Flag::Deleted]),
    };
    change.silent()
}

/// Returns a part of a call that is not worth mentioning.
fn nothing(_: UidSet) -> Done {
    Done::Stored {
        messages: UidSet::new(),
    }
}
