//! Uploads many messages, and reports on each of them.

use std::{collections::VecDeque, fmt};

use imapclient_codec::{AppendUid, MailboxName, Needs, command::Append};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command,
    error::{Error, Result},
    pipeline::{pending::Pending, queue::Queue},
};

/// Upper bound on the bytes of messages that are under way, unless one alone has more.
const WINDOW: u64 = 16 * 1024 * 1024;

/// Uploads of many messages under way, created by [`Client::append_each`].
///
/// It borrows the client, so no other command can be sent meanwhile. If it is dropped, the messages
/// that were taken from the iterator and have no result yet may be stored.
pub struct AppendEach<'a, S> {
    client: &'a mut Client<S>,
    name: MailboxName,
    messages: Box<dyn Iterator<Item = Append> + Send + 'a>,
    queue: Queue<'a>,
    /// The messages without a result, oldest first.
    taken: VecDeque<Taken>,
    /// The number of messages that were taken from the iterator.
    count: usize,
    /// The bytes of the messages under way.
    bytes: u64,
    /// The server's limit on the size of a message.
    limit: Option<u64>,
}

/// A message that was taken from the iterator.
enum Taken {
    /// It is being uploaded, and has this many bytes.
    Sent(Pending<Option<AppendUid>>, u64),
    /// It cannot be uploaded.
    Failed(Error),
}

impl<S: Socket> Client<S> {
    /// Uploads many messages in order, by one `APPEND` for each (RFC 9051 §6.3.12), and returns the
    /// result of each of them.
    ///
    /// Needs a login and no extension. Where the server has `LITERAL+` (RFC 7888), messages are
    /// sent without waiting for the results of earlier ones, so that hundreds of them take as many
    /// round trips as a few; otherwise there is one round trip for each. At most 16 MiB of messages
    /// are under way, and no more are taken from the iterator.
    ///
    /// `MULTIAPPEND` is not used: one command has one result, and without `LITERAL+` it waits for
    /// the server before each of its messages as well. [`append_all`](Self::append_all) uses it
    /// where the server has it, and [`append_all_or_none`](Self::append_all_or_none) insists on it.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let messages = (1..=500).map(|n| format!("Subject: {n}\r\n\r\n"));
    /// let mut uploads = client.append_each("Archive", messages).await?;
    /// while let Some(stored) = uploads.next().await {
    ///     match stored {
    ///         Ok(Some(told)) => println!("stored as UID {}", told.uids),
    ///         Ok(None) => println!("stored"),
    ///         Err(error) => println!("{error}"),
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection, before the first message is sent. The errors of messages are
    /// returned by [`AppendEach::next`].
    pub async fn append_each<'a, M, I>(
        &'a mut self,
        mailbox: impl Into<MailboxName>,
        messages: I,
    ) -> Result<AppendEach<'a, S>>
    where
        M: Into<Append> + 'a,
        I: IntoIterator<Item = M>,
        I::IntoIter: Send + 'a,
    {
        let name = mailbox.into();
        let messages = Box::new(messages.into_iter().map(Into::into));
        self.begin_steps();
        self.meet("APPEND", &Needs::login()).await?;
        let limit = self.known_append_limit(&name).await?;
        Ok(AppendEach {
            client: self,
            name,
            messages,
            queue: Queue::new(),
            taken: VecDeque::new(),
            count: 0,
            bytes: 0,
            limit,
        })
    }
}

impl<S: Socket> AppendEach<'_, S> {
    /// Waits until the next message is stored, and returns its UID as [`Client::append`] does;
    /// `None` after the last message. The results are in the order of the messages.
    ///
    /// After an error of one message, the others are uploaded all the same. If the connection ends,
    /// each message that was sent gets an error, whose [`outcome`](crate::Error::outcome) reports
    /// whether it may be stored, and the rest is not taken from the iterator.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut uploads = client.append_each("Archive", ["\r\n", "\r\n"]).await?;
    /// assert!(uploads.next().await.is_some_and(|stored| stored.is_ok()));
    /// assert!(uploads.next().await.is_some_and(|stored| stored.is_ok()));
    /// assert!(uploads.next().await.is_none());
    /// # Ok(()) });
    /// ```
    pub async fn next(&mut self) -> Option<Result<Option<AppendUid>>> {
        self.take_messages();
        match self.taken.pop_front()? {
            Taken::Failed(error) => Some(Err(error)),
            Taken::Sent(pending, size) => {
                let result = self.queue.answer(self.client, pending).await;
                self.bytes = self.bytes.saturating_sub(size);
                Some(result)
            }
        }
    }

    /// Takes messages from the iterator, as many as may be under way.
    fn take_messages(&mut self) {
        while self.client.connection().is_usable()
            && (self.bytes < WINDOW)
            && let Some(message) = self.messages.next()
        {
            let (index, size) = (self.count, message.size());
            self.count += 1;
            let taken = match (
                self.limit,
                command::Append::new(self.name.clone(), &[message]),
            ) {
                (Some(limit), _) if size > limit => {
                    Taken::Failed(Error::AppendLimit { index, size, limit })
                }
                (_, Ok(command)) => {
                    self.bytes = self.bytes.saturating_add(size);
                    Taken::Sent(self.queue.submit(command), size)
                }
                (_, Err(error)) => Taken::Failed(error.into()),
            };
            self.taken.push_back(taken);
        }
    }
}

impl<S> fmt::Debug for AppendEach<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppendEach")
            .field("name", &self.name)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
