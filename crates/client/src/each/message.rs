//! One message that is being received.

use std::fmt;

use imapclient_codec::{Fetch, Seq, Uid};
use imapclient_transport::Socket;

use super::{Arriving, Body, Reader};
use crate::{connection::Connection, error::Result};

/// A message that is being received, from [`Messages::next`](crate::Messages::next).
///
/// It can be dropped at any time; the rest of it is skipped.
pub struct Message<'m, S> {
    connection: &'m mut Connection<S>,
    reader: &'m mut Reader,
}

impl<'m, S: Socket> Message<'m, S> {
    pub(super) fn new(connection: &'m mut Connection<S>, reader: &'m mut Reader) -> Self {
        Self { connection, reader }
    }
}

impl<S: Socket> Message<'_, S> {
    /// Returns the UID, if the server has sent it so far. Some servers send it after the bodies.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("3", "FLAGS").await?;
    /// let message = messages.next().await?;
    /// assert_eq!(message.and_then(|message| message.uid()).map(u32::from), Some(3));
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn uid(&self) -> Option<Uid> {
        self.reader.message()?.uid
    }

    /// Returns the sequence number.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("*", "FLAGS").await?;
    /// if let Some(message) = messages.next().await? {
    ///     println!("{:?}", message.seq());
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        self.reader.message()?.seq
    }

    /// Waits for the next body: the data of a section, in the order of the server. Returns `None`
    /// if there are no more. A section that is NIL is not a body.
    ///
    /// The rest of the previous body, if it was not read, is skipped.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1:*", "(UID BODY.PEEK[])").await?;
    /// while let Some(mut message) = messages.next().await? {
    ///     while let Some(mut body) = message.body().await? {
    ///         let (mut read, size) = (0, body.size());
    ///         while let Some(chunk) = body.chunk().await? {
    ///             read += chunk.len();
    ///             println!("{read} of {size} bytes");
    ///         }
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`finish`](Self::finish).
    pub async fn body(&mut self) -> Result<Option<Body<'_, S>>> {
        match self.reader.next_body(self.connection).await? {
            true => Ok(Some(Body::new(self.connection, self.reader))),
            false => Ok(None),
        }
    }

    /// Waits for the end of the message, and returns all of its items, wherever the server put
    /// them. The sections whose bodies were received in pieces have no data (`None`), whether they
    /// were read or not; see [`Messages::pieces_from`](crate::Messages::pieces_from).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1:*", "(FLAGS RFC822.SIZE BODY.PEEK[])").await?;
    /// while let Some(message) = messages.next().await? {
    ///     let fetch = message.finish().await?;
    ///     println!("{:?}: {:?} bytes, {:?}", fetch.uid(), fetch.size(), fetch.flags());
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::PartialBody`](crate::Error::PartialBody), with the reason as its source, if the
    /// connection was lost or the wait ended within a body;
    /// [`Error::TooLarge`](crate::Error::TooLarge) if the other items exceed
    /// [`answer_limit`](crate::Builder::answer_limit), and
    /// [`Error::Unreadable`](crate::Error::Unreadable) if they cannot be decoded: then the fetch
    /// continues with the next message. Otherwise the errors of the connection.
    pub async fn finish(self) -> Result<Fetch> {
        self.reader.finish(self.connection).await
    }
}

impl<S> fmt::Debug for Message<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message: Option<&Arriving> = self.reader.message();
        f.debug_struct("Message")
            .field("uid", &message.and_then(|message| message.uid))
            .field("seq", &message.and_then(|message| message.seq))
            .finish_non_exhaustive()
    }
}
