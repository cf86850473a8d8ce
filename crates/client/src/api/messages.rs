//! Messages in the selected mailbox, and new ones.

use std::collections::BTreeMap;

use imapclient_codec::{
    AppendUid, CopyUid, Fetch, Flags, MailboxName, UidSet,
    command::{Append, FlagChange, Items, Messages, SearchKey, Set},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command,
    command::{Copy, Expunge, Search, Store, need_login, need_mailbox},
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
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// use imapclient::{Append, Flag};
    ///
    /// let draft = Append::from("Subject: hi\r\n\r\nHello\r\n").flags([Flag::Draft]);
    /// client.append("Drafts", draft).await?;
    /// # Ok(()) }
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
            message: message.into(),
        })
        .await
    }

    /// The UIDs of the messages that match. `UID SEARCH`, RFC 9051 §6.4.4.
    ///
    /// Needs a selected mailbox.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// use imapclient::SearchKey;
    ///
    /// let unread = client.search("UNSEEN").await?;
    /// let greetings = client.search(SearchKey::Subject("Grüße".into()) & !SearchKey::Deleted).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and [`Error::Invalid`](crate::Error::Invalid)
    /// for keys that cannot be sent.
    pub async fn search(&mut self, key: impl Into<SearchKey>) -> Result<Vec<u32>> {
        self.run(Search {
            key: key.into(),
            found: Vec::new(),
        })
        .await
    }

    /// Fetches data of messages, by UID. `UID FETCH`, RFC 9051 §6.4.5; `FETCH` for a
    /// [`SeqSet`](crate::SeqSet), whose answers are then found under their sequence number.
    ///
    /// Needs a selected mailbox. Messages that are gone are just not in the answer. No messages
    /// are no error: nothing is sent.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// use imapclient::Items;
    ///
    /// for (uid, message) in client.fetch("1:*", Items::new().flags().body()).await? {
    ///     println!("{uid}: {} bytes", message.body().unwrap_or_default().len());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and [`Error::Invalid`](crate::Error::Invalid)
    /// for sets or items that cannot be sent.
    pub async fn fetch(
        &mut self,
        messages: impl Into<Messages>,
        items: Items,
    ) -> Result<BTreeMap<u32, Fetch>> {
        let mut found = BTreeMap::new();
        for set in pieces(messages)? {
            let items = &items;
            found.append(
                &mut self
                    .run(command::Fetch {
                        set,
                        items,
                        found: BTreeMap::new(),
                    })
                    .await?,
            );
        }
        Ok(found)
    }

    /// Changes flags of messages, by UID; gives the flags that result, unless the change is
    /// [`silent`](FlagChange::silent). `UID STORE`, RFC 9051 §6.4.6; `STORE` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox that can be written.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// use imapclient::{Flag, FlagChange};
    ///
    /// client.store([3, 5], FlagChange::add([Flag::Seen])).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and [`Error::Invalid`](crate::Error::Invalid)
    /// for flags that cannot be stored.
    #[doc(alias = "add_flags")]
    #[doc(alias = "remove_flags")]
    #[doc(alias = "set_flags")]
    pub async fn store(
        &mut self,
        messages: impl Into<Messages>,
        change: FlagChange,
    ) -> Result<BTreeMap<u32, Flags>> {
        let mut changed = BTreeMap::new();
        for set in pieces(messages)? {
            let change = &change;
            changed.append(
                &mut self
                    .run(Store {
                        set,
                        change,
                        changed: BTreeMap::new(),
                    })
                    .await?,
            );
        }
        Ok(changed)
    }

    /// Copies messages to a mailbox, by UID. `UID COPY`, RFC 9051 §6.4.7; `COPY` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox. The result pairs old and new UIDs, where the server has
    /// `UIDPLUS` (RFC 4315). A very long set is copied in several steps: if one fails, those
    /// before it are done.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// if let Some(copied) = client.copy([3, 5], "Archive").await? {
    ///     for (old, new) in copied.pairs() {
    ///         println!("{old} is {new} there");
    ///     }
    /// }
    /// # Ok(()) }
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
            merge(&mut copied, self.run(step).await?);
        }
        Ok(copied)
    }

    /// Moves messages to a mailbox, by UID. `UID MOVE`, RFC 6851; `MOVE` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox and the capability `MOVE`. The result is that of
    /// [`copy`](Self::copy). A very long set is moved in several steps: if one fails, those
    /// before it are done.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.move_to([3, 5], "Archive").await?;
    /// # Ok(()) }
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
        if !self.capabilities().await?.has("IMAP4rev2") {
            self.require("MOVE").await?;
        }
        let mut copied = None;
        for set in messages {
            let step = Copy {
                set,
                to: &to,
                remove: true,
                copied: None,
            };
            merge(&mut copied, self.run(step).await?);
        }
        Ok(copied)
    }

    /// Removes all messages with `\Deleted`, whoever marked them; gives the sequence numbers the
    /// server named, each as of the moment it was removed. `EXPUNGE`, RFC 9051 §6.4.3.
    ///
    /// Needs a selected mailbox that can be written.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// println!("{} messages removed", client.expunge().await?.len());
    /// # Ok(()) }
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
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.uid_expunge([3, 5]).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    pub async fn uid_expunge(&mut self, uids: impl Into<UidSet>) -> Result<Vec<u32>> {
        let sets: Vec<UidSet> = uids.into().split(SET_SIZE).collect();
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        self.ready("EXPUNGE", need_mailbox).await?;
        if !self.capabilities().await?.has("IMAP4rev2") {
            self.require("UIDPLUS").await?;
        }
        let mut gone = Vec::new();
        for uids in sets {
            gone.append(
                &mut self
                    .run(Expunge {
                        uids: Some(uids),
                        gone: Vec::new(),
                    })
                    .await?,
            );
        }
        Ok(gone)
    }
}

/// The messages, in as many sets as lines of a moderate length take; none for no messages.
fn pieces(messages: impl Into<Messages>) -> Result<Vec<Set>> {
    let set = messages.into().into_set()?;
    if set.is_empty() {
        return Ok(Vec::new());
    }
    set.split(SET_SIZE).map_err(Error::from)
}

/// Puts the answers to the steps of one copy together.
fn merge(all: &mut Option<CopyUid>, step: Option<CopyUid>) {
    match (all.as_mut(), step) {
        (Some(all), Some(step)) if all.uid_validity == step.uid_validity => {
            all.source.append(step.source);
            all.destination.append(step.destination);
        }
        (None, step) => *all = step,
        _ => {}
    }
}
