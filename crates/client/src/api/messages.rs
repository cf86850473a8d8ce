//! Copies, moves and removes messages.

use imapclient_codec::{
    MailboxName, Needs, UidSet,
    command::{self as wire, FetchItems, MessageSet, SearchKey},
};
use imapclient_transport::Socket;

use crate::{
    ahead::uids_of,
    client::Client,
    command::{CopyOrMove, Expunge, Transfer, transfer},
    done::{Copied, Done, Removed, contains_all},
    error::{Error, Result},
    moving::Moved,
    selection::MessageSelection,
    shared::SharedExpunge,
};

impl<S: Socket> Client<S> {
    /// Copies messages to a mailbox by UID. `UID COPY`, RFC 9051 §6.4.7; `COPY` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox. Messages that do not exist are skipped. Returns the old and the
    /// new UIDs if the server sent them, as most servers with `UIDPLUS` (RFC 4315) do; see
    /// [`Copied`] for the other results. A very long set is copied by several commands, which are
    /// sent together.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// if let Some(copied) = client.copy([3, 5], "Archive").await?.uids() {
    ///     for (old, new) in copied.pairs() {
    ///         println!("{old} is {new} there");
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `TRYCREATE` if the mailbox must be
    /// created first. After any error, [`Error::outcome`](crate::Error::outcome) returns whether
    /// the server may have copied the messages all the same. If some messages were copied before,
    /// [`Error::done`](crate::Error::done) returns them; an error other than a refusal is then
    /// [`Error::Partly`](crate::Error::Partly).
    pub async fn copy(
        &mut self,
        messages: impl MessageSelection,
        to: impl Into<MailboxName>,
    ) -> Result<Copied> {
        self.transfer(Transfer::Copy, messages.into_set()?, &to.into())
            .await
    }

    /// Moves messages to a mailbox by UID. `UID MOVE`, RFC 6851; `MOVE` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox that is not read-only. Messages that do not exist are skipped.
    /// Without the capability `MOVE`, the messages are moved by the commands that RFC 6851 §3.3
    /// describes, each of which acts on what the one before has proved, and
    /// [`Moved::way`] is [`MoveWay::Emulated`](crate::MoveWay::Emulated):
    ///
    /// 1. STATUS notes the UIDVALIDITY and UIDNEXT of the target, and `UID COPY` copies the
    ///    messages.
    /// 2. Only messages whose copies are known for certain go on: the server has sent their new
    ///    UIDs (COPYUID, RFC 4315), or the copies are found in the target, among the messages that
    ///    have arrived since. They are recognised by their size and Message-ID, and those without a
    ///    distinct one by their whole contents. For this the target is opened read-only, and then
    ///    the mailbox is selected again, which discards its [updates](Self::updates). The others
    ///    are left alone: [`Moved::unproved`].
    /// 3. `UID STORE` marks the originals as deleted.
    /// 4. `UID EXPUNGE` removes them. This needs the capability `UIDPLUS`; without it they stay,
    ///    copied and marked ([`Moved::left`]), because EXPUNGE would also remove messages that
    ///    other clients have marked.
    ///
    /// Between the steps other clients see a message in both mailboxes.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let moved = client.move_to([3, 5], "Archive").await?;
    /// if let Some(uids) = moved.copied.uids() {
    ///     println!("they are UID {} there", uids.destination);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`copy`](Self::copy). If an emulated move fails half-way, its
    /// [`Error::done`](crate::Error::done) is
    /// [`Done::MovedBySteps`](crate::Done::MovedBySteps), which says what was copied, marked and
    /// removed; no message is removed from both mailboxes.
    /// [`Error::UidValidity`](crate::Error::UidValidity) if the mailbox has other UIDs when it is
    /// selected again. If the connection ends or a time-out elapses while the target is open, or
    /// the future is dropped then, the mailbox is not selected again: [`state`](Self::state) tells
    /// which one is.
    #[doc(alias = "move")]
    pub async fn move_to(
        &mut self,
        messages: impl MessageSelection,
        to: impl Into<MailboxName>,
    ) -> Result<Moved> {
        let (set, to) = (messages.into_set()?, to.into());
        if set.is_empty() {
            return Ok(Moved::default());
        }
        self.meet("MOVE", &Needs::mailbox().writable()).await?;
        if !self.capabilities().await?.has("MOVE") {
            // Most servers have MOVE: the future for those without it is kept apart.
            return Box::pin(self.move_by_steps(set, &to)).await;
        }
        let copied = self.transfer(Transfer::Move, set, &to).await?;
        Ok(Moved {
            copied,
            ..Moved::default()
        })
    }

    async fn transfer(
        &mut self,
        purpose: Transfer,
        set: MessageSet,
        to: &MailboxName,
    ) -> Result<Copied> {
        let pieces = self
            .pieces_of(set, |set| transfer(purpose, set, to))
            .await?;
        if pieces.is_empty() {
            return Ok(Copied::Nothing);
        }
        self.begin_steps();
        let copied = self.transfer_pieces(purpose, pieces, to).await;
        self.end_steps(copied)
    }

    pub(crate) async fn transfer_pieces(
        &mut self,
        purpose: Transfer,
        pieces: Vec<MessageSet>,
        to: &MailboxName,
    ) -> Result<Copied> {
        let commands = pieces.into_iter().map(|set| {
            let uids = uids_of(&set);
            Ok((uids, CopyOrMove::new(set, to, purpose)?))
        });
        let commands = commands.collect::<Result<Vec<_>>>()?;
        let steps = self
            .run_ahead(commands, |messages, copied| {
                CopyOrMove::done(purpose, messages, copied.and_then(Copied::uids).cloned())
            })
            .await?;
        let mut copied = Copied::Nothing;
        steps.into_iter().for_each(|step| copied.add(step));
        Ok(copied)
    }

    /// Removes all messages with `\Deleted`, including those marked by other clients, and returns
    /// the messages that the server reported as removed. `EXPUNGE`, RFC 9051 §6.4.3.
    ///
    /// Needs a selected mailbox that is not read-only.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// println!("{} messages removed", client.expunge().await?.named());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    pub async fn expunge(&mut self) -> Result<Removed> {
        self.begin_steps();
        self.run(Expunge::new(wire::expunge())).await
    }

    /// Removes those of these messages that have `\Deleted`, and no others. `UID EXPUNGE`, RFC 4315
    /// §2.1.
    ///
    /// Returns the messages that the server reported as removed, and the requested messages that
    /// are still there afterwards. The latter are looked up by `UID SEARCH`, or for a long set by
    /// `UID FETCH`, unless the server has reported all of them as removed by their UIDs.
    ///
    /// Needs a selected mailbox that is not read-only, and the capability `UIDPLUS`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let removed = client.uid_expunge([3, 5]).await?;
    /// println!("still there: {}", removed.left);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused). If the
    /// server has already removed some of the messages, [`Error::done`](crate::Error::done) returns
    /// them.
    pub async fn uid_expunge(&mut self, uids: impl Into<UidSet>) -> Result<Removed> {
        let mut uids = uids.into();
        // Some servers refuse sets that do not ascend.
        uids.compact();
        let sets = self
            .pieces(uids, |set| wire::uid_expunge(&uids_of(set)))
            .await?;
        if sets.is_empty() {
            return Ok(Removed::default());
        }
        self.begin_steps();
        let gone = self.expunge_pieces(sets, |messages| Done::Expunged { messages });
        let gone = gone.await;
        self.end_steps(gone)
    }

    /// Marks these messages as deleted and removes them, also on a server without `UIDPLUS`, where
    /// EXPUNGE (RFC 9051 §6.4.3) removes all marked messages of all clients.
    ///
    /// Needs a selected mailbox that is not read-only. With `UIDPLUS`, the messages are removed by
    /// UID EXPUNGE, and nothing about this is dangerous. Without it:
    ///
    /// 1. UID STORE marks these messages, and SEARCH finds the other ones with `\Deleted`.
    /// 2. UID STORE takes that flag off the others. Another SEARCH confirms it; if others mark
    ///    messages all the time, nothing is removed.
    /// 3. EXPUNGE removes the messages.
    /// 4. UID STORE puts the flag back, and SEARCH confirms it.
    ///
    /// **Danger:** the steps are separate commands, and other clients go on meanwhile.
    ///
    /// - A message that another client marks between the last SEARCH and EXPUNGE is removed for
    ///   good, although that client may have meant to look at it once more.
    /// - An EXPUNGE of another client does not remove messages whose flag is off at that moment.
    /// - If another client restores a message by removing its flag, step 4 marks it again.
    /// - If the connection ends or the future is dropped before step 4, the flags of other messages
    ///   are missing: [`Error::done`](crate::Error::done) or [`unanswered`](Self::unanswered) has
    ///   their UIDs in [`Done::ExpungedShared`](crate::Done::ExpungedShared), to be marked later.
    ///
    /// Use it only in mailboxes that no other client changes at the same time.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let gone = client.dangerous_expunge_shared([3, 5]).await?;
    /// println!("still there: {}", gone.removed.left);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    pub async fn dangerous_expunge_shared(
        &mut self,
        uids: impl Into<UidSet>,
    ) -> Result<SharedExpunge> {
        let uids = uids.into();
        // A set that cannot be sent is refused before anything is.
        MessageSet::Uids(uids.clone()).check()?;
        if uids.is_empty() {
            return Ok(SharedExpunge::default());
        }
        self.meet("EXPUNGE", &Needs::mailbox().writable()).await?;
        self.begin_steps();
        let gone = Box::pin(self.expunge_shared(uids)).await;
        self.end_steps(gone)
    }

    pub(crate) async fn expunge_pieces(
        &mut self,
        sets: Vec<MessageSet>,
        step: impl Fn(UidSet) -> Done + Send + Sync,
    ) -> Result<Removed> {
        let sets: Vec<UidSet> = sets.iter().map(uids_of).collect();
        let commands = sets.iter().map(|uids| {
            let command = Expunge::new(wire::uid_expunge(uids)?);
            Ok((uids.clone(), command))
        });
        let commands = commands.collect::<Result<Vec<_>>>()?;
        let steps = self
            .run_ahead(commands, |messages, _| step(messages))
            .await?;
        let mut gone = Removed::default();
        steps.into_iter().for_each(|step| gone.add(step));
        let mut unnamed = sets;
        unnamed.retain(|uids| !contains_all(&gone.uids, uids));
        gone.left = self.still_there(unnamed).await?;
        gone.left.compact();
        Ok(gone)
    }

    /// Returns those messages of these sets that exist.
    pub(crate) async fn still_there(&mut self, sets: Vec<UidSet>) -> Result<UidSet> {
        if sets.len() > 1 {
            let mut all = UidSet::new();
            sets.iter().for_each(|uids| all.append(uids.clone()));
            // Unlike searches, these commands are sent together.
            match self.fetch(all, FetchItems::new()).await {
                Ok(found) => return Ok(found.into_keys().collect()),
                Err(Error::Refused(refused)) => {
                    tracing::debug!(%refused, "the messages that are left are searched for");
                }
                Err(error) => return Err(error),
            }
        }
        let mut left = UidSet::new();
        for uids in sets {
            let found = self.search(SearchKey::Uid(uids.clone())).await?;
            // Ignore numbers of other messages in the answer.
            let found = found.iter().copied().filter(|uid| uids.may_contain(*uid));
            left.append(found.collect());
        }
        Ok(left)
    }
}
