//! Messages that come, go and move.

use imapclient_codec::{
    AppendUid, CopyUid, InvalidArgument, MailboxName,
    command::{Append, Messages, Set},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command,
    command::{Copy, Expunge, after, merge, need_login, need_mailbox},
    error::{Error, Result},
};

/// Servers take lines of 8000 bytes; some no more (RFC 7162 §4).
const SET_SIZE: usize = 7000;

impl<S: Socket> Client<S> {
    /// Uploads a message. `APPEND`, RFC 9051 §6.3.12.
    ///
    /// Needs a login. Lines of the message have to end in CRLF; it is sent as it is. The result
    /// names the UID it got, where the server has `UIDPLUS` (RFC 4315).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
    /// use imapclient::{Append, Flag};
    ///
    /// let draft = Append::from("Subject: hi\r\n\r\nHello\r\n").flags([Flag::Draft]);
    /// client.append("Drafts", draft).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `TRYCREATE` if the mailbox has to
    /// be made first, or `OVERQUOTA`.
    pub async fn append(
        &mut self,
        mailbox: impl Into<MailboxName>,
        message: impl Into<Append>,
    ) -> Result<Option<AppendUid>> {
        self.ready("APPEND", need_login).await?;
        // Whether the message can go out without waiting is for the capabilities to say.
        self.capabilities().await?;
        self.run(command::Append {
            name: mailbox.into(),
            messages: vec![message.into()],
        })
        .await
    }

    /// Uploads several messages, all or none. `APPEND`, RFC 3502.
    ///
    /// Needs a login and the capability `MULTIAPPEND`. The result names the UIDs they got, in
    /// their order, where the server has `UIDPLUS` (RFC 4315). No messages are no error: nothing
    /// is sent.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
    /// use imapclient::{Append, Flag};
    ///
    /// let messages = [
    ///     Append::from("Subject: one\r\n\r\n").flags([Flag::Seen]),
    ///     Append::from("Subject: two\r\n\r\n"),
    /// ];
    /// client.append_all("Archive", messages).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing); [`Error::Refused`](crate::Error::Refused), with
    /// the code `TRYCREATE` if the mailbox has to be made first, or `OVERQUOTA`.
    #[doc(alias = "multiappend")]
    pub async fn append_all<M: Into<Append>>(
        &mut self,
        mailbox: impl Into<MailboxName>,
        messages: impl IntoIterator<Item = M>,
    ) -> Result<Option<AppendUid>> {
        let name = mailbox.into();
        let messages: Vec<Append> = messages.into_iter().map(Into::into).collect();
        if messages.is_empty() {
            return Ok(None);
        }
        self.ready("APPEND", need_login).await?;
        self.require("MULTIAPPEND").await?;
        self.run(command::Append { name, messages }).await
    }

    /// Copies messages to a mailbox, by UID. `UID COPY`, RFC 9051 §6.4.7; `COPY` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox. The result pairs old and new UIDs, where the server has
    /// `UIDPLUS` (RFC 4315). A very long set is copied in several steps: if one is refused,
    /// [`Refused::copied`](crate::Refused::copied) tells what those before it have done.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
    /// if let Some(copied) = client.copy([3, 5], "Archive").await? {
    ///     for (old, new) in copied.pairs() {
    ///         println!("{old} is {new} there");
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `TRYCREATE` if the mailbox has to
    /// be made first.
    pub async fn copy(
        &mut self,
        messages: impl Into<Messages>,
        to: impl Into<MailboxName>,
    ) -> Result<Option<CopyUid>> {
        let to = to.into();
        let mut copied = None;
        for set in pieces(messages)? {
            let step = Copy {
                set,
                to: &to,
                remove: false,
                copied: None,
            };
            match self.run(step).await {
                Ok(step) => merge(&mut copied, step),
                Err(error) => return Err(after(error, copied)),
            }
        }
        Ok(copied)
    }

    /// Moves messages to a mailbox, by UID. `UID MOVE`, RFC 6851; `MOVE` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox and the capability `MOVE`. The result is that of
    /// [`copy`](Self::copy). A very long set is moved in several steps: if one is refused,
    /// [`Refused::copied`](crate::Refused::copied) tells what those before it have done.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_testkit::example::tokio(async |mut client| {
    /// client.move_to([3, 5], "Archive").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing); [`Error::Refused`](crate::Error::Refused), with
    /// the code `TRYCREATE` if the mailbox has to be made first.
    #[doc(alias = "move")]
    pub async fn move_to(
        &mut self,
        messages: impl Into<Messages>,
        to: impl Into<MailboxName>,
    ) -> Result<Option<CopyUid>> {
        let (messages, to) = (pieces(messages)?, to.into());
        if messages.is_empty() {
            return Ok(None);
        }
        self.ready("MOVE", need_mailbox).await?;
        self.require("MOVE").await?;
        let mut copied = None;
        for set in messages {
            let step = Copy {
                set,
                to: &to,
                remove: true,
                copied: None,
            };
            match self.run(step).await {
                Ok(step) => merge(&mut copied, step),
                Err(error) => return Err(after(error, copied)),
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
        let sets = pieces(uids)?;
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        self.ready("EXPUNGE", need_mailbox).await?;
        self.require("UIDPLUS").await?;
        let mut gone = Vec::new();
        for set in sets {
            let Set::Uids(uids) = set else {
                let why = "UID EXPUNGE takes UIDs only";
                return Err(InvalidArgument::new("messages", why).into());
            };
            let expunge = Expunge {
                uids: Some(uids),
                gone: Vec::new(),
            };
            gone.append(&mut self.run(expunge).await?);
        }
        Ok(gone)
    }
}

/// The messages, in as many sets as lines of a moderate length take; none for no messages.
pub(super) fn pieces(messages: impl Into<Messages>) -> Result<Vec<Set>> {
    let set = messages.into().into_set()?;
    if set.is_empty() {
        return Ok(Vec::new());
    }
    set.split(SET_SIZE).map_err(Error::from)
}
