//! Many commands of a kind, sent without waiting for the answer to each.

use std::collections::BTreeMap;

use imapclient_codec::{
    Fetch, MailboxName, MailboxStatus,
    command::{self as wire, FetchItems, StatusItem},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{self, Answers},
    error::{Error, Result},
    kept::Kept,
    pipeline::queue::Queue,
    selection::MessageSelection,
    status::{ask_status, falls_back, told},
};

impl<S: Socket> Client<S> {
    /// Fetches different data of many messages by UID, with few round trips: the commands are sent
    /// without waiting for the answer to each. `UID FETCH`, RFC 9051 §6.4.5; `FETCH` for a
    /// [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox. Each request has its own result, in the order of the requests. To
    /// fetch the same data of many messages, [`fetch`](Self::fetch) takes all of them at once.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::FetchItems;
    ///
    /// let header = FetchItems::new().header();
    /// let first_part = FetchItems::new().section("1");
    /// let requests = [(1, header.clone()), (2, first_part), (3, header)];
    /// for fetched in client.fetch_many(requests).await? {
    ///     println!("{} messages", fetched?.len());
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of the connection, and [`Error::Invalid`](crate::Error::Invalid) for sets or items
    /// that cannot be sent, before anything is sent. The errors of [`fetch`](Self::fetch) are
    /// results of their requests.
    pub async fn fetch_many<M: MessageSelection, I: Into<FetchItems>>(
        &mut self,
        requests: impl IntoIterator<Item = (M, I)>,
    ) -> Result<Vec<Result<BTreeMap<M::Id, Fetch>>>> {
        let limit = self.connection().answer_limit();
        let mut asked = Vec::new();
        let mut count = 0;
        let requests: Vec<(M, FetchItems)> = requests
            .into_iter()
            .map(|(messages, items)| (messages, items.into()))
            .collect();
        for (request, (messages, items)) in requests.into_iter().enumerate() {
            let pieces = self
                .pieces(messages, |set| wire::fetch(set, &items))
                .await?;
            let pieces = pieces.into_iter().map(|set| (request, set, items.clone()));
            asked.extend(pieces);
            count += 1;
        }
        let mut answers: Vec<Answers<M::Id>> = asked.iter().map(|_| Answers::new(limit)).collect();
        let mut queue = Queue::new();
        let pending: Vec<_> = asked
            .iter()
            .zip(&mut answers)
            .map(|((_, set, items), answers)| {
                queue.submit(command::Fetch {
                    set: set.clone(),
                    items,
                    answers,
                })
            })
            .collect();
        let mut done = Vec::new();
        for pending in pending {
            match queue.answer(self, pending).await {
                Err(error) if ends_call(&error) => return Err(error),
                answered => done.push(answered),
            }
        }
        drop(queue);
        let mut fetched: Vec<(Answers<M::Id>, Result<()>)> =
            (0..count).map(|_| (Answers::new(limit), Ok(()))).collect();
        let mut kept = Kept::default();
        for (((request, set, items), mut answers), done) in asked.into_iter().zip(answers).zip(done)
        {
            let done = match done {
                Ok(()) => {
                    let named = self.name_piece(&set, &items, &mut answers, &mut kept);
                    named.await
                }
                Err(error) => Err(error),
            };
            if let Some((all, result)) = fetched.get_mut(request) {
                all.absorb(answers);
                if result.is_ok() {
                    *result = done;
                }
            }
        }
        let fetched = fetched.into_iter().map(|(all, result)| match result {
            Ok(()) => all.finish(),
            Err(error) => Err(error.keeping(all.found.into_values())),
        });
        Ok(fetched.collect())
    }

    /// Asks for data of many mailboxes without selecting them, with few round trips: the commands
    /// are sent without waiting for the answer to each. `STATUS`, RFC 9051 §6.3.11.
    ///
    /// Needs a login. Each mailbox has its own result, in the order of the names. Items that the
    /// server does not support are left out, as [`status`](Self::status) does.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::StatusItem;
    ///
    /// let names = client.list("", "*").await?.into_iter().map(|mailbox| mailbox.name);
    /// for (name, status) in client.status_all(names, [StatusItem::Unseen]).await? {
    ///     match status {
    ///         Ok(status) => println!("{name}: {:?} unread", status.unseen),
    ///         Err(error) => println!("{name}: {error}"),
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of the connection, and [`Error::Invalid`](crate::Error::Invalid) for names or
    /// items that cannot be sent, before anything is sent. A refusal is the result of its mailbox,
    /// and so is the error for a name that cannot be sent in the current encoding.
    #[doc(alias = "folder_status")]
    pub async fn status_all<N: Into<MailboxName>>(
        &mut self,
        mailboxes: impl IntoIterator<Item = N>,
        items: impl IntoIterator<Item = impl Into<StatusItem>>,
    ) -> Result<Vec<(MailboxName, Result<MailboxStatus>)>> {
        let items: Vec<StatusItem> = items.into_iter().map(Into::into).collect();
        let names: Vec<MailboxName> = mailboxes.into_iter().map(Into::into).collect();
        let asked = self.supported(&items);
        let commands: Vec<_> = names
            .iter()
            .map(|name| ask_status(name, &asked))
            .collect::<Result<_>>()?;
        let mut queue = Queue::new();
        let commands = commands.into_iter().map(|ask| queue.submit(ask));
        let pending: Vec<_> = commands.collect();
        let mut statuses = Vec::new();
        for (name, pending) in names.into_iter().zip(pending) {
            match queue.answer(self, pending).await {
                Err(error) if ends_call(&error) => return Err(error),
                answered => {
                    let status = answered.and_then(|answer| told(answer, &asked));
                    statuses.push((name, status));
                }
            }
        }
        drop(queue);
        let mut all = Vec::new();
        for (name, status) in statuses {
            let status = match status {
                Err(failure) if falls_back(&failure) => {
                    let rest = self.supported(&items);
                    // The answer for another mailbox may have shown which items to leave out.
                    match rest == asked {
                        true => self.status_without(&name, rest, failure).await,
                        false => self.status_of(&name, &items).await,
                    }
                }
                status => status,
            };
            match status {
                Err(error) if ends_call(&error) => return Err(error),
                status => all.push((name, status)),
            }
        }
        Ok(all)
    }
}

/// Returns whether an error is about the connection, and not about one of several commands.
fn ends_call(error: &Error) -> bool {
    error.is_closed() || matches!(error, Error::Timeout { .. } | Error::Interrupted)
}
