//! Copies, moves and removes messages.

use imapclient_codec::{
    MailboxName, UidSet,
    command::{self as wire, FetchItems, MessageSet, SearchKey},
};
use imapclient_transport::Socket;

use crate::{
    ahead::uids_of,
    client::Client,
    command::{Copy, Expunge, transfer},
    done::{Copied, Done, Removed, contains_all},
    error::{Error, Result},
    selection::MessageSelection,
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
        self.transfer(false, messages, &to.into()).await
    }

    /// Moves messages to a mailbox by UID. `UID MOVE`, RFC 6851; `MOVE` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox and the capability `MOVE`. The result and the errors are those of
    /// [`copy`](Self::copy).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.move_to([3, 5], "Archive").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing) without `MOVE`, and those of
    /// [`copy`](Self::copy).
    #[doc(alias = "move")]
    pub async fn move_to(
        &mut self,
        messages: impl MessageSelection,
        to: impl Into<MailboxName>,
    ) -> Result<Copied> {
        self.transfer(true, messages, &to.into()).await
    }

    async fn transfer(
        &mut self,
        remove: bool,
        messages: impl MessageSelection,
        to: &MailboxName,
    ) -> Result<Copied> {
        let pieces = self
            .pieces(messages, |set| transfer(remove, set, to))
            .await?;
        if pieces.is_empty() {
            return Ok(Copied::Nothing);
        }
        self.begin_steps();
        let copied = self.transfer_pieces(remove, pieces, to).await;
        self.end_steps(copied)
    }

    async fn transfer_pieces(
        &mut self,
        remove: bool,
        pieces: Vec<MessageSet>,
        to: &MailboxName,
    ) -> Result<Copied> {
        let commands = pieces.into_iter().map(|set| {
            let uids = uids_of(&set);
            Ok((uids, Copy::new(set, to, remove)?))
        });
        let commands = commands.collect::<Result<Vec<_>>>()?;
        let steps = self
            .run_ahead(commands, |messages, copied| {
                Copy::done(remove, messages, copied.and_then(Copied::uids).cloned())
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
        let gone = self.expunge_pieces(sets).await;
        self.end_steps(gone)
    }

    async fn expunge_pieces(&mut self, sets: Vec<MessageSet>) -> Result<Removed> {
        let sets: Vec<UidSet> = sets.iter().map(uids_of).collect();
        let commands = sets.iter().map(|uids| {
            let command = Expunge::new(wire::uid_expunge(uids)?);
            Ok((uids.clone(), command))
        });
        let commands = commands.collect::<Result<Vec<_>>>()?;
        let steps = self
            .run_ahead(commands, |messages, _| Done::Expunged { messages })
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
    async fn still_there(&mut self, sets: Vec<UidSet>) -> Result<UidSet> {
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
