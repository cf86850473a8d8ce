//! Several commands under way at once.

use std::fmt;

use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Command, IntoCommand},
    error::Result,
    pipeline::{pending::Pending, queue::Queue},
};

mod entry;
pub(crate) mod pending;
pub(crate) mod queue;

/// Sends commands without waiting for the answers to earlier ones (RFC 9051 §5.5), created by
/// [`Client::pipeline`].
///
/// [`submit`](Self::submit) queues a command and returns its [`Pending`] answer, for which
/// [`answer`](Self::answer) waits. Commands are sent in the order in which they were submitted, as
/// soon as possible: a command waits until the answers to those before it cannot be confused with
/// its own. So FETCH of different UIDs, STORE, COPY, MOVE or UID EXPUNGE of different UIDs, STATUS
/// of different mailboxes, searches with [result options](crate::SearchReturn), and commands
/// without data such as APPEND, CREATE and NOOP are under way together. Two commands of another
/// kind are sent one after the other. A command that opens a mailbox, logs in, enables something,
/// uses sequence numbers or was given as text is sent when all before it are answered, and none is
/// sent beside it; but SELECT and EXAMINE are sent behind ID, and behind an ENABLE that does not
/// matter to them.
///
/// A command is sent even if an earlier one fails. If it must not be, submit it after the answer to
/// the earlier one.
///
/// At most 256 commands are under way. Before a login, after the server has asked for less
/// ([`Error::retry_after`](crate::Error::retry_after)), and with
/// [`Builder::pipelining(false)`](crate::Builder::pipelining), there is one.
///
/// ```
/// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
/// use imapclient::codec::command::{FetchItems, MessageSet, fetch};
///
/// let mut pipeline = client.pipeline();
/// let mut answers = Vec::new();
/// for uid in 1..=3 {
///     let set = MessageSet::Uids(uid.into());
///     answers.push(pipeline.submit(fetch(&set, &FetchItems::new().size())?));
/// }
/// for answer in answers {
///     println!("{:?}", pipeline.answer(answer).await?.responses);
/// }
/// # Ok(()) });
/// ```
///
/// The answer to a `Pending` that was dropped is discarded. If the pipeline is dropped, commands
/// that were not sent never are, and the next call of the client first waits for the answers to the
/// others.
pub struct Pipeline<'c, S> {
    client: &'c mut Client<S>,
    queue: Queue<'static>,
}

impl<S: Socket> Client<S> {
    /// Begins to send several commands without waiting for the answer to each. See [`Pipeline`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{StatusItem, codec::command::status};
    ///
    /// let mut pipeline = client.pipeline();
    /// let inbox = pipeline.submit(status(&"INBOX".into(), [StatusItem::Unseen])?);
    /// let drafts = pipeline.submit(status(&"Drafts".into(), [StatusItem::Unseen])?);
    /// println!("{:?}", pipeline.answer(inbox).await?.responses);
    /// println!("{:?}", pipeline.answer(drafts).await?.responses);
    /// # Ok(()) });
    /// ```
    pub fn pipeline(&mut self) -> Pipeline<'_, S> {
        Pipeline {
            client: self,
            queue: Queue::new(),
        }
    }
}

impl<S: Socket> Pipeline<'_, S> {
    /// Queues a command, and returns its pending answer. It is sent by [`answer`](Self::answer) and
    /// [`finish`](Self::finish).
    ///
    /// The result of an [`Outgoing`](crate::codec::Outgoing) has only the responses that belong to
    /// this command.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::codec::command::{create, subscribe};
    ///
    /// let mut pipeline = client.pipeline();
    /// let created = pipeline.submit(create(&"Receipts".into())?);
    /// let subscribed = pipeline.submit(subscribe(&"Receipts".into())?);
    /// pipeline.answer(created).await?;
    /// pipeline.answer(subscribed).await?;
    /// # Ok(()) });
    /// ```
    pub fn submit<C>(&mut self, command: C) -> Pending<<C::Command as Command>::Output>
    where
        C: IntoCommand,
        C::Command: 'static,
    {
        self.queue.submit(command.into_command())
    }

    /// Sends what can be sent, and waits for the answer to one command. Answers to other commands
    /// that arrive meanwhile are kept for their [`Pending`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::codec::command::noop;
    ///
    /// let mut pipeline = client.pipeline();
    /// let pending = pipeline.submit(noop());
    /// pipeline.answer(pending).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the command, as [`Client::run`] does. If the connection ends, the
    /// first call returns its error, and the calls for all other commands
    /// [`Error::GivenUp`](crate::Error::GivenUp); for each command that changes something,
    /// [`Error::outcome`](crate::Error::outcome) returns whether the server may have executed it.
    /// After a time-out or an interrupt the commands are still under way, and only this answer is
    /// lost. [`Error::Unrunnable`](crate::Error::Unrunnable) for a `Pending` of another pipeline.
    pub async fn answer<T>(&mut self, pending: Pending<T>) -> Result<T> {
        self.queue.answer(self.client, pending).await
    }

    /// Sends all commands and waits for their answers, which are kept for
    /// [`answer`](Self::answer). The errors of commands are part of their answers.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::codec::command::noop;
    ///
    /// let mut pipeline = client.pipeline();
    /// for _ in 0..3 {
    ///     pipeline.submit(noop());
    /// }
    /// pipeline.finish().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection.
    pub async fn finish(&mut self) -> Result<()> {
        self.queue.finish(self.client).await
    }
}

impl<S> fmt::Debug for Pipeline<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
