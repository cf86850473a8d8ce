//! Messages one at a time, and their large bodies in pieces.
//!
//! ```text
//!  Messages ──next──▶ Message ──body──▶ Body ──chunk──▶ bytes in the read buffer
//!      └────────────────┴─────────────────┴──▶ Reader (all state) ──▶ Connection::poll_part
//! ```

use std::{fmt, mem, vec};

use imapclient_codec::{
    Fetch, Needs, UidSet,
    command::{self as wire, FetchItems, MessageSet},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    error::{Error, Incomplete, Result},
    needs::check_place,
    workaround::Workaround,
};

mod arriving;
mod body;
mod message;
mod names;
mod ranges;
mod reader;

pub use body::Body;
pub use message::Message;
pub(crate) use names::Names;
pub(crate) use reader::Reader;

use arriving::Arriving;

/// The size in bytes from which bodies are read in pieces, unless it is set.
const PIECES: u64 = 64 * 1024;

/// Upper bound on how often in a row messages without a UID are fetched again to no avail: a server
/// that now and then leaves out a UID may do so twice.
const ROUNDS: usize = 4;

/// The number of messages without a UID above which they are fetched again to no avail only once.
const FEW: usize = 32;

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
    /// The sets that were asked for.
    asked: Vec<MessageSet>,
    items: FetchItems,
    /// The size from which bodies are read in pieces.
    pieces: u64,
    reader: Reader,
    /// The attempts to get UIDs that the server left out.
    attempts: Attempts,
}

/// The attempts to get UIDs that the server left out.
#[derive(Debug, Default)]
struct Attempts {
    /// The number of messages without a UID before the last one.
    before: Option<usize>,
    /// The number of those in a row that were to no avail.
    in_vain: usize,
}

impl<'a, S: Socket> Messages<'a, S> {
    pub(crate) fn new(client: &'a mut Client<S>, sets: Vec<MessageSet>, items: FetchItems) -> Self {
        Self {
            client,
            asked: sets.clone(),
            sets: sets.into_iter(),
            items,
            pieces: PIECES,
            reader: Reader::default(),
            attempts: Attempts::default(),
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
    /// does not contain the messages before it, [`Error::State`](crate::Error::State),
    /// [`Error::Unnamed`](crate::Error::Unnamed) if the server repeatedly left out the UID of
    /// messages, which were returned without it, and those of the connection, within
    /// [`Error::PartialBody`](crate::Error::PartialBody) if a body was being skipped.
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
                        self.reader.names = Names::default();
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
        if self.sets.as_slice().is_empty() && !Box::pin(self.find_names()).await? {
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

    /// Finds out the UIDs of messages that were received without it, which are then fetched once
    /// more. Returns `false` if there are none.
    async fn find_names(&mut self) -> Result<bool> {
        loop {
            let unnamed = self.reader.names.unnamed();
            if unnamed == 0 {
                return Ok(false);
            }
            if !self.attempts.may_go_on(unnamed) {
                return Err(self.unnamed());
            }
            let seqs = self.reader.names.first_unnamed();
            let found = self.client.fetch(seqs, FetchItems::new()).await?;
            let mut uids = UidSet::new();
            for (seq, fetch) in found {
                match fetch.uid() {
                    Some(uid) if names::is_asked(&self.asked, uid) => uids.append(uid.into()),
                    // Its flags have changed, and nobody asked for it.
                    Some(_) => self.reader.names.forget(seq),
                    None => {}
                }
            }
            if !uids.is_empty() {
                let line = |set: &MessageSet| wire::fetch(set, &self.items);
                self.sets = self.client.pieces(uids, line).await?.into_iter();
                self.client.note(Workaround::FetchWithoutUid);
                self.attempts.made(unnamed);
                return Ok(true);
            }
            if self.reader.names.unnamed() == unnamed {
                return Err(self.unnamed());
            }
        }
    }

    /// Returns the error about the messages that were received without their UID.
    fn unnamed(&mut self) -> Error {
        let missing = mem::take(&mut self.reader.names).missing();
        Error::Unnamed(Box::new(Incomplete::unnamed(Vec::new(), missing)))
    }
}

impl Attempts {
    /// Returns whether another attempt makes sense for this number of messages without a UID.
    fn may_go_on(&self, unnamed: usize) -> bool {
        let most = if unnamed > FEW { 1 } else { ROUNDS };
        self.is_better(unnamed) || self.in_vain + 1 < most
    }

    /// Records an attempt to reduce this number of messages without a UID.
    fn made(&mut self, unnamed: usize) {
        match self.is_better(unnamed) {
            true => self.in_vain = 0,
            false => self.in_vain += 1,
        }
        self.before = Some(unnamed);
    }

    fn is_better(&self, unnamed: usize) -> bool {
        self.before.is_none_or(|before| unnamed < before)
    }
}

impl<S> fmt::Debug for Messages<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages")
            .field("client", self.client)
            .field("message", &self.reader.message())
            .finish_non_exhaustive()
    }
}
