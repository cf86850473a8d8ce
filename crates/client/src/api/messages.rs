//! Messages that come, go and move.

use imapclient_codec::{
    InvalidArgument, MailboxName, UidSet,
    command::{self as wire, Messages, Set},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Copy, Expunge, need_mailbox},
    done::Copied,
    error::Result,
};

impl<S: Socket> Client<S> {
    /// Copies messages to a mailbox, by UID. `UID COPY`, RFC 9051 §6.4.7; `COPY` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox. Messages that do not exist are left out. Returns the old and the
    /// new UIDs if the server told them, as servers with `UIDPLUS` (RFC 4315) mostly do; see
    /// [`Copied`] for what it means if not. A very long set is copied by several commands.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
    /// if let Some(copied) = client.copy([3, 5], "Archive").await?.uids() {
    ///     for (old, new) in copied.pairs() {
    ///         println!("{old} is {new} there");
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `TRYCREATE` if the mailbox has to
    /// be made first. If some messages were copied before,
    /// [`Error::done`](crate::Error::done) says which: an error other than a refusal is then
    /// [`Error::Partly`](crate::Error::Partly).
    pub async fn copy(
        &mut self,
        messages: impl Into<Messages>,
        to: impl Into<MailboxName>,
    ) -> Result<Copied> {
        let to = to.into();
        let messages = self
            .pieces(messages, |set, names| wire::copy(set, &to, names))
            .await?;
        self.copy_pieces(messages, &to, false).await
    }

    /// Moves messages to a mailbox, by UID. `UID MOVE`, RFC 6851; `MOVE` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox and the capability `MOVE`. The result and the errors are those of
    /// [`copy`](Self::copy).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
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
        messages: impl Into<Messages>,
        to: impl Into<MailboxName>,
    ) -> Result<Copied> {
        let to = to.into();
        let messages = self
            .pieces(messages, |set, names| wire::move_to(set, &to, names))
            .await?;
        if messages.is_empty() {
            return Ok(Copied::Nothing);
        }
        self.ready("MOVE", need_mailbox).await?;
        self.require("MOVE").await?;
        self.copy_pieces(messages, &to, true).await
    }

    async fn copy_pieces(
        &mut self,
        pieces: Vec<Set>,
        to: &MailboxName,
        remove: bool,
    ) -> Result<Copied> {
        let mut copied = Copied::Nothing;
        let mut done = UidSet::new();
        for set in pieces {
            let step = Copy {
                set: set.clone(),
                to,
                remove,
                told: None,
            };
            match self.run(step).await {
                Ok(step) => copied.add(step),
                Err(error) => {
                    return Err(error.after(Copy::done(remove, done, copied.into_uids())));
                }
            }
            if let Set::Uids(uids) = set {
                done.append(uids);
            }
        }
        Ok(copied)
    }

    /// Removes all messages with `\Deleted`, whoever marked them; gives the sequence numbers the
    /// server named, each as of the moment it was removed. `EXPUNGE`, RFC 9051 §6.4.3.
    ///
    /// Once QRESYNC is [enabled](Self::enable) the server names UIDs instead: they come as updates,
    /// `Update::Vanished`.
    ///
    /// Needs a selected mailbox that can be written.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
    /// println!("{} messages removed", client.expunge().await?.len());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    pub async fn expunge(&mut self) -> Result<Vec<u32>> {
        self.run(Expunge {
            uids: None,
            gone: Vec::new(),
        })
        .await
    }

    /// Removes those of these messages that have `\Deleted`, and no others; gives the sequence
    /// numbers the server named. `UID EXPUNGE`, RFC 4315 §2.1.
    ///
    /// Needs a selected mailbox that can be written and the capability `UIDPLUS`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
    /// client.uid_expunge([3, 5]).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    pub async fn uid_expunge(&mut self, uids: impl Into<Messages>) -> Result<Vec<u32>> {
        let sets = self
            .pieces(uids, |set, _| wire::uid_expunge(only_uids(set)?))
            .await?;
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        self.ready("EXPUNGE", need_mailbox).await?;
        self.require("UIDPLUS").await?;
        let mut gone = Vec::new();
        for set in sets {
            let uids = only_uids(&set)?.clone();
            let expunge = Expunge {
                uids: Some(uids),
                gone: Vec::new(),
            };
            gone.append(&mut self.run(expunge).await?);
        }
        Ok(gone)
    }
}

/// `UID EXPUNGE` takes nothing else.
fn only_uids(set: &Set) -> Result<&UidSet, InvalidArgument> {
    match set {
        Set::Uids(uids) => Ok(uids),
        _ => Err(InvalidArgument::new(
            "messages",
            "UID EXPUNGE takes UIDs only",
        )),
    }
}
