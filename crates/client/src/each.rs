//! Messages one at a time, and their large bodies in pieces.
//!
//! ```text
//!  Messages ──next──▶ Message ──body──▶ Body ──chunk──▶ bytes in the read buffer
//!      └────────────────┴─────────────────┴──▶ Reader (all state) ──▶ Connection::read_on
//! ```

use std::{fmt, vec};

use imapclient_codec::{
    Fetch, Needs,
    command::{self as wire, FetchItems, MessageSet},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    error::{Error, Result},
    needs::check_place,
};

mod arriving;
mod body;
mod message;
mod reader;

pub use body::Body;
pub use message::Message;
pub(crate) use reader::Reader;

use arriving::Arriving;

/// The size in bytes from which bodies are read in pieces, unless it is set.
const PIECES: u64 = 64 * 1024;

/// The messages of a [`Client::fetch_each`], one at a time.
///
/// It borrows the client, so no other command can be sent meanwhile. It can be dropped at any time,
/// as can its futures; the next command first skips the rest of the answer, of at most
/// [`Builder::answer_limit`](crate::Builder::answer_limit) bytes. If there may be more, a new
/// connection is better.
///
/// The memory that it takes depends on the size of one message without its large bodies, and not on
/// the number of messages.
pub struct Messages<'a, S> {
    client: &'a mut Client<S>,
    /// The sets of the commands that have not been sent.
    sets: vec::IntoIter<MessageSet>,
    items: FetchItems,
    /// The size from which bodies are read in pieces.
    pieces: u64,
    reader: Reader,
}

impl<'a, S: Socket> Messages<'a, S> {
    pub(crate) fn new(client: &'a mut Client<S>, sets: Vec<MessageSet>, items: FetchItems) -> Self {
        Self {
            client,
            sets: sets.into_iter(),
            items,
            pieces: PIECES,
            reader: Reader::default(),
        }
    }
}

impl<S: Socket> Messages<'_, S> {
    /// Sets the size in bytes from which a body is read in pieces, instead of being kept in memory;
    /// 0 for every body. Default: 65,536.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1:*", "BODY.PEEK[]").await?.pieces_from(0);
    /// # let message = messages.next().await?;
    /// # assert!(message.is_some());
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn pieces_from(mut self, size: u64) -> Self {
        self.pieces = size;
        self
    }

    /// Waits for the next message. Returns `None` if there are no more.
    ///
    /// If the previous message was not received completely, the rest of it is skipped.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1:*", "FLAGS").await?;
    /// while let Some(message) = messages.next().await? {
    ///     let fetch = message.finish().await?;
    ///     println!("{:?}: {:?}", fetch.uid(), fetch.flags());
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge) and
    /// [`Error::Unreadable`](crate::Error::Unreadable) are about one message; the next call
    /// continues with the one after it. After a time-out, the next call continues to wait. After
    /// any other error there are no more messages: [`Error::Refused`](crate::Error::Refused), which
    /// does not contain the messages before it, [`Error::State`](crate::Error::State), and those of
    /// the connection, within [`Error::PartialBody`](crate::Error::PartialBody) if a body was being
    /// skipped.
    pub async fn next(&mut self) -> Result<Option<Message<'_, S>>> {
        if !self.advance(Some(self.pieces)).await? {
            return Ok(None);
        }
        Ok(Some(Message::new(
            self.client.connection_mut(),
            &mut self.reader,
        )))
    }

    /// Waits for the next message, with all of its bodies. Returns `None` if there are no more.
    ///
    /// A message takes at most [`Builder::answer_limit`](crate::Builder::answer_limit) bytes of
    /// memory.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1:*", "BODY.PEEK[]").await?;
    /// while let Some(fetch) = messages.next_whole().await? {
    ///     println!("{:?}: {} bytes", fetch.uid(), fetch.body().unwrap_or_default().len());
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`next`](Self::next); [`Error::TooLarge`](crate::Error::TooLarge) for a message that
    /// takes more memory, after which the next call continues with the one after it.
    pub async fn next_whole(&mut self) -> Result<Option<Fetch>> {
        match self.advance(None).await? {
            true => {
                let message = Message::new(self.client.connection_mut(), &mut self.reader);
                message.finish().await.map(Some)
            }
            false => Ok(None),
        }
    }

    /// Skips the rest of the current message, and waits until the next one has begun. Returns
    /// `false` if there are no more.
    async fn advance(&mut self, pieces: Option<u64>) -> Result<bool> {
        self.reader.skip(self.client.connection_mut()).await?;
        loop {
            match self.advance_within(pieces).await {
                Ok(Some(is_there)) => return Ok(is_there),
                Ok(None) => {}
                Err(error) => {
                    let can_go_on = matches!(error, Error::Timeout { .. } | Error::Interrupted);
                    if !can_go_on && !self.reader.is_under_way() {
                        self.sets = Vec::new().into_iter();
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Waits until the next message of the current command has begun. Returns `false` if there is
    /// no command, and `None` if it is complete.
    async fn advance_within(&mut self, pieces: Option<u64>) -> Result<Option<bool>> {
        if !self.reader.is_under_way() && !self.begin().await? {
            return Ok(Some(false));
        }
        let connection = self.client.connection_mut();
        connection.stream_from(pieces);
        let has_begun = self.reader.begin_message(connection).await?;
        Ok(has_begun.then_some(true))
    }

    /// Sends the next command. Returns `false` if there is none.
    async fn begin(&mut self) -> Result<bool> {
        if self.sets.as_slice().is_empty() {
            return Ok(false);
        }
        let connection = self.client.connection_mut();
        let limit = connection.command_limit();
        connection.settle(u64::MAX, limit).await?;
        check_place(&Needs::mailbox(), connection.state()).map_err(|unmet| unmet.by("FETCH"))?;
        if let Some(set) = self.sets.next() {
            let outgoing = wire::fetch(&set, &self.items)?;
            connection.begin_command();
            let reading = connection.begin_reading(outgoing, set, self.items.clone())?;
            self.reader
                .begin(reading, connection.clock().command_timeout);
        }
        Ok(true)
    }
}

impl<S> fmt::Debug for Messages<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages")
            .field("client", self.client)
            .field("message", &self.reader.message)
            .finish_non_exhaustive()
    }
}
