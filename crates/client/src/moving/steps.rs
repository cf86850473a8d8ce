//! The steps of a move by copying.

use imapclient_codec::{
    CopyUid, MailboxName, SetRange, StatusKind, Uid, UidSet,
    command::{self as wire, MessageSet, SearchKey, StatusItem},
};
use imapclient_engine::Mailbox;
use imapclient_transport::Socket;

use super::{MoveSteps, MoveWay, Moved};
use crate::{
    ahead::uids_of,
    client::Client,
    command::{Transfer, transfer},
    done::{Copied, Done, contains_all},
    error::{Error, Result, phase_text},
    ranges::Ranges,
    shared::deleted,
    validity::still_valid,
};

/// The state of the target before the copy, which tells what arrives afterwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    pub(super) uid_validity: u32,
    /// The lowest UID that a later message can have.
    pub(super) uid_next: Uid,
}

/// The mailboxes of a move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    /// The selected mailbox.
    pub(super) source: &'a Mailbox,
    pub(super) target: &'a MailboxName,
}

impl<S: Socket> Client<S> {
    /// Moves messages by copying them and removing the originals. The needs of a move are met.
    pub(crate) async fn move_by_steps(
        &mut self,
        set: MessageSet,
        to: &MailboxName,
    ) -> Result<Moved> {
        // An invalid name is refused before anything is sent.
        transfer(Transfer::MoveByCopy, &set, to)?;
        still_valid(self.state())?;
        let Some(source) = self.state().selected().cloned() else {
            return Err(Error::State {
                command: "MOVE".to_owned(),
                needs: "a selected mailbox",
                is: phase_text(self.state().phase()),
            });
        };
        let places = Places {
            source: &source,
            target: to,
        };
        let asked = self.uids_asked(set).await?;
        if asked.is_empty() {
            return Ok(Moved {
                way: MoveWay::Emulated,
                ..Moved::default()
            });
        }
        self.begin_steps();
        let moved = self.copy_and_remove(places, asked).await;
        self.end_steps(moved)
    }

    /// Returns the UIDs of a set, which stay the same while messages are removed. Messages that
    /// arrive later do not belong to it.
    async fn uids_asked(&mut self, set: MessageSet) -> Result<UidSet> {
        let key = match set {
            MessageSet::Uids(mut uids) if !uids.has_star() => {
                // A message that is named twice must not be copied twice.
                uids.compact();
                return Ok(uids);
            }
            MessageSet::Uids(uids) => SearchKey::Uid(uids),
            MessageSet::Seqs(seqs) => SearchKey::Seq(seqs),
            _ => SearchKey::Saved,
        };
        self.uids_found(key).await
    }

    async fn copy_and_remove(&mut self, places: Places<'_>, asked: UidSet) -> Result<Moved> {
        let before = self.before_copy(places).await?;
        let line = |set: &MessageSet| transfer(Transfer::MoveByCopy, set, places.target);
        let pieces = self.pieces(asked, line).await?;
        let sets: Vec<UidSet> = pieces.iter().map(uids_of).collect();
        let told = self
            .transfer_pieces(Transfer::MoveByCopy, pieces, places.target)
            .await?;
        let mut copied = match told.uids() {
            Some(uids) if !before.is_none_or(|before| before.allows(uids)) => Copied::Untold,
            _ => told,
        };
        let unproved = self.prove(places, before, sets, &mut copied).await?;
        let mut proved = match copied.uids() {
            Some(uids) => uids.source.clone(),
            None => UidSet::new(),
        };
        proved.compact();
        let left = self.remove_copied(proved).await?;
        Ok(Moved {
            way: MoveWay::Emulated,
            copied,
            left,
            unproved,
        })
    }

    /// Looks for the copies of those messages that the server has not told, adds them to `copied`,
    /// and returns the UIDs of those that exist and have no copy.
    async fn prove(
        &mut self,
        places: Places<'_>,
        before: Option<Before>,
        mut sets: Vec<UidSet>,
        copied: &mut Copied,
    ) -> Result<UidSet> {
        if let Some(uids) = copied.uids() {
            sets.retain(|set| !contains_all(&uids.source, set));
        }
        if sets.is_empty() {
            return Ok(UidSet::new());
        }
        let there = self.still_there(sets).await?;
        let rest = unknown(there, copied.uids());
        if let (Some(before), false) = (before, rest.is_empty()) {
            let known = copied.uids().map(|uids| uids.destination.clone());
            let known = known.unwrap_or_default();
            let found = self.arrived(places, before, rest.clone(), &known).await?;
            if let Some(found) = found {
                self.did(Done::MovedBySteps(Box::new(MoveSteps {
                    uids: Some(found.clone()),
                    ..MoveSteps::default()
                })));
                copied.add(Copied::Told(found));
            }
        }
        Ok(unknown(rest, copied.uids()))
    }

    /// Marks messages that were copied as deleted, and removes them if the server can remove these
    /// only. Returns those that are left.
    async fn remove_copied(&mut self, copied: UidSet) -> Result<UidSet> {
        if copied.is_empty() {
            return Ok(copied);
        }
        self.mark(&copied, deleted(true), |messages| {
            Done::MovedBySteps(Box::new(MoveSteps {
                marked: messages,
                ..MoveSteps::default()
            }))
        })
        .await?;
        if !self.capabilities().await?.has("UIDPLUS") {
            // EXPUNGE would remove messages that other clients have marked.
            return Ok(copied);
        }
        let sets = self
            .pieces(&copied, |set| wire::uid_expunge(&uids_of(set)))
            .await?;
        let gone = self.expunge_pieces(sets, |messages| {
            Done::MovedBySteps(Box::new(MoveSteps {
                removed: messages,
                ..MoveSteps::default()
            }))
        });
        let gone = gone.await;
        let is_begun = match self.steps() {
            Some(Done::MovedBySteps(steps)) => !steps.removed.is_empty(),
            _ => false,
        };
        match gone {
            Ok(gone) => Ok(gone.left),
            // Some servers announce UIDPLUS without it: they are treated as those that lack it. The
            // search for what is left may also be refused, but only after the removal.
            Err(Error::Refused(refused)) if refused.kind == StatusKind::Bad && !is_begun => {
                tracing::debug!(%refused, "messages that were copied stay marked as deleted");
                Ok(copied)
            }
            Err(error) => Err(error),
        }
    }

    /// Determines the state of the target, by STATUS or else by opening it. Returns `None` if
    /// neither is possible: then only the server's answer to COPY proves a copy.
    async fn before_copy(&mut self, places: Places<'_>) -> Result<Option<Before>> {
        let items = [StatusItem::UidValidity, StatusItem::UidNext];
        match self.status_of(places.target, &items).await {
            Ok(status) => {
                if let Some(before) = Before::of(status.uid_validity, status.uid_next) {
                    return Ok(Some(before));
                }
            }
            // If the mailbox cannot be used, the refusal of COPY has the reason.
            Err(Error::Refused(refused)) if refused.kind == StatusKind::No => {
                tracing::debug!(%refused, "the state of the target is not known");
                return Ok(None);
            }
            Err(error) if is_about_answer(&error) => {
                tracing::debug!(%error, "the state of the target is not known");
            }
            Err(error) => return Err(error),
        }
        if places.source.uid_validity.is_none() {
            return Ok(None);
        }
        let newest = self.newest(places.target).await;
        self.back_to(places.source, newest).await
    }

    /// Opens a mailbox and determines its next UID.
    async fn newest(&mut self, name: &MailboxName) -> Result<Option<Before>> {
        let mailbox = self.examine(name.clone()).await?;
        if mailbox.uid_next.is_some() || mailbox.exists == 0 {
            let next = mailbox.uid_next.unwrap_or(Uid::MIN);
            return Ok(Before::of(mailbox.uid_validity, Some(next)));
        }
        let last = self.search(SearchKey::Uid(UidSet::last())).await?;
        let last = last.iter().max().and_then(|uid| uid.get().checked_add(1));
        Ok(Before::of(mailbox.uid_validity, last.and_then(Uid::new)))
    }

    /// Selects the source again after the target was open, and returns what was found there.
    ///
    /// # Errors
    /// Returns the error of what was done in the target, unless it is only about an answer; then
    /// nothing was found. Fails if the source cannot be selected again, or has other UIDs now.
    pub(super) async fn back_to<T>(
        &mut self,
        source: &Mailbox,
        found: Result<Option<T>>,
    ) -> Result<Option<T>> {
        let found = match found {
            Err(error) if is_about_answer(&error) => {
                tracing::debug!(%error, "the target does not tell what has arrived");
                None
            }
            found => found?,
        };
        let now = self.select(source.name.clone()).await?;
        match (source.uid_validity, now.uid_validity) {
            (Some(was), Some(is)) if was == is => Ok(found),
            (Some(was), Some(is)) => Err(Error::UidValidity {
                mailbox: source.name.clone(),
                was,
                is,
            }),
            _ => Err(Error::NoAnswer { command: "SELECT" }),
        }
    }
}

impl Before {
    fn of(uid_validity: Option<u32>, uid_next: Option<Uid>) -> Option<Self> {
        Some(Self {
            uid_validity: uid_validity?,
            uid_next: uid_next?,
        })
    }

    /// Returns whether these can be the UIDs of messages that have arrived since.
    fn allows(self, told: &CopyUid) -> bool {
        // Only ranges are compared, because a server may send any number of UIDs.
        let is_new = |range| matches!(range, SetRange::Numbers(first, _) if first >= self.uid_next);
        told.uid_validity == self.uid_validity && told.destination.ranges().all(is_new)
    }
}

/// Returns those messages whose copies are not known.
fn unknown(messages: UidSet, copied: Option<&CopyUid>) -> UidSet {
    let Some(copied) = copied else {
        return messages;
    };
    let known = Ranges::of(&copied.source);
    let uids = messages.iter().into_iter().flatten();
    let mut rest: UidSet = uids.filter(|uid| !known.contains(*uid)).collect();
    rest.compact();
    rest
}

/// Returns whether a command failed without an effect on the connection, so that only its answer
/// is missing.
pub(super) fn is_about_answer(error: &Error) -> bool {
    matches!(
        error,
        Error::Refused(_)
            | Error::NoAnswer { .. }
            | Error::Unreadable { .. }
            | Error::TooLarge(_)
            | Error::Unnamed(_)
    )
}
