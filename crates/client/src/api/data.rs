//! Fetches and changes data of messages in the selected mailbox.

use std::collections::BTreeMap;

use imapclient_codec::{
    Fetch, Flag, Flags, InvalidArgument, MailboxName, Needs, Outgoing, UidSet,
    command::{self as wire, FetchItems, FlagChange, LabelChange, MessageSet},
};
use imapclient_transport::Socket;

use crate::{
    ahead::uids_of,
    client::Client,
    command::{Answers, Store, without},
    done::Done,
    error::{Error, Result},
    selection::{MessageId, MessageSelection, SingleMessage},
    stored::{Stored, Value},
    workaround::Workaround,
};

/// The way in which a STORE changes flags or labels.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// True if only messages that have not changed since are to be changed.
    conditional: bool,
    /// True if the server need not send the result.
    silent: bool,
}

impl<S: Socket> Client<S> {
    /// Fetches data of messages by UID. `UID FETCH`, RFC 9051 §6.4.5; `FETCH` for a
    /// [`SeqSet`](crate::SeqSet), for which the keys of the result are sequence numbers.
    ///
    /// Needs a selected mailbox. Messages that no longer exist are missing from the result. If the
    /// set is empty, nothing is sent, and this is not an error.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::FetchItems;
    ///
    /// for (uid, message) in client.fetch("1:9", FetchItems::new().flags().body()).await? {
    ///     println!("{uid}: {} bytes", message.body().unwrap_or_default().len());
    /// }
    /// let sizes = client.fetch([1, 2], "RFC822.SIZE").await?;
    /// # assert_eq!(sizes.len(), 2);
    /// # Ok(()) });
    /// ```
    ///
    /// A message that exceeds the rest of [`answer_limit`](crate::Builder::answer_limit) is
    /// skipped, and the fetch continues with the others. A message that the server sends without
    /// its UID is fetched once more.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge) if a message was too big to be kept; the error
    /// contains the messages that were kept, and the numbers of the missing ones.
    /// [`Error::Unnamed`](crate::Error::Unnamed), which contains the same, if the server repeatedly
    /// leaves out the UID of a message. [`Error::Refused`](crate::Error::Refused), which contains
    /// the [messages](crate::Refused::kept) received before the refusal, and
    /// [`Error::Invalid`](crate::Error::Invalid) for sets or items that cannot be sent, such as
    /// message 0.
    pub async fn fetch<M: MessageSelection>(
        &mut self,
        messages: M,
        items: impl Into<FetchItems>,
    ) -> Result<BTreeMap<M::Id, Fetch>> {
        let items = items.into();
        let pieces = self
            .pieces(messages, |set| wire::fetch(set, &items))
            .await?;
        let limit = self.connection().answer_limit();
        let mut answers: Vec<_> = pieces.iter().map(|_| Answers::new(limit)).collect();
        let fetched = self.fetch_pieces(&pieces, &items, &mut answers).await;
        let mut all = Answers::new(limit);
        answers.into_iter().for_each(|piece| all.absorb(piece));
        match fetched {
            Ok(()) => all.finish(),
            Err(error) => Err(error.keeping(all.found.into_values())),
        }
    }

    /// Fetches data of one message by UID. `UID FETCH`, RFC 9051 §6.4.5. Returns `None` if the
    /// message does not exist.
    ///
    /// Needs a selected mailbox.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::FetchItems;
    ///
    /// if let Some(message) = client.fetch_one(3, FetchItems::new().envelope()).await? {
    ///     println!("{:?}", message.envelope());
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`fetch`](Self::fetch).
    pub async fn fetch_one(
        &mut self,
        message: impl SingleMessage,
        items: impl Into<FetchItems>,
    ) -> Result<Option<Fetch>> {
        let mut found = self.fetch(message, items).await?;
        Ok(found.pop_first().map(|(_, fetch)| fetch))
    }

    /// Fetches the flags of messages by UID. `UID FETCH`, RFC 9051 §6.4.5.
    ///
    /// Needs a selected mailbox.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Flag;
    ///
    /// let flags = client.flags([1, 2, 3]).await?;
    /// let unread = flags.values().filter(|flags| !flags.contains(&Flag::Seen)).count();
    /// println!("{unread} of {} unread", flags.len());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), [`Error::Invalid`](crate::Error::Invalid).
    #[doc(alias = "get_flags")]
    pub async fn flags<M: MessageSelection>(
        &mut self,
        messages: M,
    ) -> Result<BTreeMap<M::Id, Flags>> {
        self.fetch_values(messages, FetchItems::new().flags()).await
    }

    /// Fetches Gmail's labels of messages by UID. `UID FETCH` of `X-GM-LABELS`.
    ///
    /// Needs a selected mailbox and the capability `X-GM-EXT-1`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_gmail!(async |mut client| {
    /// for (uid, labels) in client.labels("1:*").await? {
    ///     println!("{uid}: {labels:?}");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused),
    /// [`Error::Invalid`](crate::Error::Invalid).
    #[doc(alias = "get_gmail_labels")]
    pub async fn labels<M: MessageSelection>(
        &mut self,
        messages: M,
    ) -> Result<BTreeMap<M::Id, Vec<MailboxName>>> {
        let needs = Needs::mailbox().capability("X-GM-EXT-1");
        self.meet("FETCH", &needs).await?;
        self.fetch_values(messages, FetchItems::new().gmail_labels())
            .await
    }

    /// Changes flags of messages by UID. Returns the resulting flags, unless the change is
    /// [`silent`](FlagChange::silent). `UID STORE`, RFC 9051 §6.4.6; `STORE` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox that is not read-only.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Flag, FlagChange};
    ///
    /// client.store([3, 5], FlagChange::add([Flag::Seen])).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// A change [only of messages that have not changed since](FlagChange::unchanged_since) needs
    /// the capability `CONDSTORE`; it is never made without its condition.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), [`Error::Missing`](crate::Error::Missing), and
    /// [`Error::Invalid`](crate::Error::Invalid) for flags that cannot be stored. If some messages
    /// were changed before, [`Error::done`](crate::Error::done) returns them.
    pub async fn store<M: MessageSelection>(
        &mut self,
        messages: M,
        change: FlagChange,
    ) -> Result<Stored<Flags, M::Id>> {
        let way = Way {
            conditional: change.is_conditional(),
            silent: change.is_silent(),
        };
        self.store_as(messages, way, |set| wire::store(set, &change))
            .await
    }

    /// Sets flags of messages by UID, and keeps all others. Returns the resulting flags.
    /// `UID STORE`, RFC 9051 §6.4.6.
    ///
    /// Needs a selected mailbox that is not read-only. It is a
    /// [`store`](Self::store) of [`FlagChange::add`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Flag;
    ///
    /// client.add_flags([3, 5], [Flag::Seen, "$Work".into()]).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`store`](Self::store).
    pub async fn add_flags<M: MessageSelection>(
        &mut self,
        messages: M,
        flags: impl Into<Flags>,
    ) -> Result<Stored<Flags, M::Id>> {
        self.store(messages, FlagChange::add(flags)).await
    }

    /// Clears flags of messages by UID, and keeps all others. Returns the resulting flags.
    /// `UID STORE`, RFC 9051 §6.4.6.
    ///
    /// Needs a selected mailbox that is not read-only. It is a
    /// [`store`](Self::store) of [`FlagChange::remove`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Flag;
    ///
    /// client.remove_flags("1:9", [Flag::Flagged]).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`store`](Self::store).
    pub async fn remove_flags<M: MessageSelection>(
        &mut self,
        messages: M,
        flags: impl Into<Flags>,
    ) -> Result<Stored<Flags, M::Id>> {
        self.store(messages, FlagChange::remove(flags)).await
    }

    /// Sets flags of messages by UID, and clears all others. Returns the resulting flags.
    /// `UID STORE`, RFC 9051 §6.4.6.
    ///
    /// Needs a selected mailbox that is not read-only. It is a
    /// [`store`](Self::store) of [`FlagChange::replace`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Flag;
    ///
    /// let stored = client.set_flags(3, [Flag::Seen]).await?;
    /// println!("{stored:?}");
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`store`](Self::store).
    pub async fn set_flags<M: MessageSelection>(
        &mut self,
        messages: M,
        flags: impl Into<Flags>,
    ) -> Result<Stored<Flags, M::Id>> {
        self.store(messages, FlagChange::replace(flags)).await
    }

    /// Marks messages as deleted by UID: sets `\Deleted`. Returns the resulting flags. `UID STORE`,
    /// RFC 9051 §6.4.6.
    ///
    /// Needs a selected mailbox that is not read-only. The messages stay until they are
    /// [expunged](Self::uid_expunge).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.mark_deleted([3, 5]).await?;
    /// client.uid_expunge([3, 5]).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`store`](Self::store).
    #[doc(alias = "delete_messages")]
    pub async fn mark_deleted<M: MessageSelection>(
        &mut self,
        messages: M,
    ) -> Result<Stored<Flags, M::Id>> {
        self.add_flags(messages, [Flag::Deleted]).await
    }

    /// Changes Gmail's labels of messages by UID. Returns the resulting labels, unless the change
    /// is [`silent`](LabelChange::silent). `UID STORE` of `X-GM-LABELS`.
    ///
    /// Needs a selected mailbox and the capability `X-GM-EXT-1`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_gmail!(async |mut client| {
    /// use imapclient::LabelChange;
    ///
    /// client.store_labels([3, 5], LabelChange::add(["Receipts"])).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused),
    /// [`Error::Invalid`](crate::Error::Invalid).
    #[doc(alias = "add_gmail_labels")]
    #[doc(alias = "remove_gmail_labels")]
    #[doc(alias = "set_gmail_labels")]
    pub async fn store_labels<M: MessageSelection>(
        &mut self,
        messages: M,
        change: LabelChange,
    ) -> Result<Stored<Vec<MailboxName>, M::Id>> {
        let way = Way {
            conditional: change.is_conditional(),
            silent: change.is_silent(),
        };
        self.store_as(messages, way, |set| wire::store_labels(set, &change))
            .await
    }

    async fn fetch_values<M: MessageSelection, T: Value>(
        &mut self,
        messages: M,
        item: FetchItems,
    ) -> Result<BTreeMap<M::Id, T>> {
        let found = self.fetch(messages, item).await?;
        Ok(found
            .iter()
            .filter_map(|(key, fetch)| Some((*key, T::of(fetch)?)))
            .collect())
    }

    async fn store_as<T: Value, M: MessageSelection>(
        &mut self,
        messages: M,
        way: Way,
        encode: impl Fn(&MessageSet) -> Result<Outgoing, InvalidArgument> + Send + Sync,
    ) -> Result<Stored<T, M::Id>> {
        let pieces = self.pieces(messages, &encode).await?;
        self.begin_steps();
        let stored = self.store_pieces(pieces, way, encode).await;
        self.end_steps(stored)
    }

    async fn store_pieces<T: Value, Id: MessageId>(
        &mut self,
        pieces: Vec<MessageSet>,
        way: Way,
        encode: impl Fn(&MessageSet) -> Result<Outgoing, InvalidArgument> + Send + Sync,
    ) -> Result<Stored<T, Id>> {
        let mut commands = Vec::new();
        let mut sets = Vec::new();
        for set in pieces {
            let (uids, outgoing) = (uids_of(&set), encode(&set)?);
            commands.push((uids.clone(), Store::<T, Id>::new(set, outgoing)));
            sets.push(uids);
        }
        let is_by_uid = sets.iter().any(|uids| !uids.is_empty());
        let changed = self
            .run_ahead(commands, |messages, _| Done::Stored { messages })
            .await?;
        let mut stored = Stored::default();
        let mut lacking = UidSet::new();
        for (uids, (piece, lacks_uids)) in sets.into_iter().zip(changed) {
            stored.append(piece);
            if lacks_uids {
                lacking.append(uids);
            }
        }
        // Sequence numbers may refer to other messages by now, and are not asked for.
        if !lacking.is_empty() && !way.silent {
            self.ask_values(&mut stored, &lacking).await?;
        }
        if way.conditional && is_by_uid {
            self.ask_modseqs(&mut stored).await?;
        }
        Ok(stored)
    }

    /// Fetches the result of a STORE if the responses to it lack the UIDs.
    async fn ask_values<T: Value, Id: MessageId>(
        &mut self,
        stored: &mut Stored<T, Id>,
        set: &UidSet,
    ) -> Result<()> {
        let known = stored.iter().filter_map(|(message, _)| message.uid());
        let lacking = without(set, &known.collect());
        if lacking.is_empty() {
            return Ok(());
        }
        match self.fetch(lacking, T::item()).await {
            Ok(found) => stored.fill(found.into_values()),
            // The change was made all the same.
            Err(Error::Refused(refused)) => {
                tracing::debug!(%refused, "the server does not send the resulting values");
            }
            Err(error) => return Err(error),
        }
        self.note(Workaround::FetchWithoutUid);
        Ok(())
    }

    /// Fetches the modification sequences that the answer to a conditional STORE should have had
    /// (RFC 7162 §3.1.3): without them the next conditional change is impossible.
    async fn ask_modseqs<T: Value, Id: MessageId>(
        &mut self,
        stored: &mut Stored<T, Id>,
    ) -> Result<()> {
        let lacking = stored.without_modseq().filter_map(Id::uid);
        let lacking: UidSet = lacking.collect();
        if lacking.is_empty() {
            return Ok(());
        }
        // Fetch the value as well: another client may have changed it meanwhile, and a modification
        // sequence without its value would hide that.
        match self.fetch(lacking, T::item().item("MODSEQ")).await {
            Ok(found) => stored.learn(found.into_values()),
            // The change was made all the same.
            Err(Error::Refused(refused)) => {
                tracing::debug!(%refused, "the server does not send modification sequences");
            }
            Err(error) => return Err(error),
        }
        self.note(Workaround::StoreWithoutModSeq);
        Ok(())
    }
}
