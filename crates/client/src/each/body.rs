//! One body that is being received.

use std::fmt;

use imapclient_transport::Socket;

use super::{Arriving, Reader, arriving::Open};
use crate::{connection::Connection, error::Result};

/// A body that is being received, from [`Message::body`](crate::Message::body): the data of a
/// section.
///
/// It can be dropped at any time; the rest of it is skipped. The blocking one is a
/// [`std::io::Read`].
pub struct Body<'b, S> {
    connection: &'b mut Connection<S>,
    reader: &'b mut Reader,
}

impl<'b, S: Socket> Body<'b, S> {
    pub(super) fn new(connection: &'b mut Connection<S>, reader: &'b mut Reader) -> Self {
        Self { connection, reader }
    }
}

impl<S: Socket> Body<'_, S> {
    /// Returns the name of the section: empty for the whole message, `1.2`, `HEADER`, or
    /// `BINARY[1.2]` for a decoded part (RFC 3516).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1", "BODY.PEEK[HEADER]").await?;
    /// # let mut names = Vec::new();
    /// while let Some(mut message) = messages.next().await? {
    ///     while let Some(body) = message.body().await? {
    ///         println!("{}: {} bytes", body.section(), body.size());
    /// #       names.push(body.section().to_owned());
    ///     }
    /// }
    /// # assert_eq!(names, ["HEADER"]);
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn section(&self) -> &str {
        self.open().map_or("", |open| open.section.as_str())
    }

    /// Returns the offset of the data in the section in bytes, if only a piece of it was asked for.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1", "BODY.PEEK[]<10.20>").await?;
    /// if let Some(mut message) = messages.next().await? {
    ///     let body = message.body().await?;
    ///     assert_eq!(body.and_then(|body| body.origin()), Some(10));
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn origin(&self) -> Option<u64> {
        self.open()?.origin
    }

    /// Returns the number of bytes of the body, as announced by the server.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1", "BODY.PEEK[]<0.20>").await?;
    /// if let Some(mut message) = messages.next().await? {
    ///     let body = message.body().await?;
    ///     assert_eq!(body.map(|body| body.size()), Some(20));
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        self.open().map_or(0, |open| open.size)
    }

    /// Waits for the next bytes of the body. Returns `None` at its end, when all bytes that the
    /// server has announced were returned. The bytes are lent from the read buffer and not copied.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1", "BODY.PEEK[]").await?;
    /// if let Some(mut message) = messages.next().await?
    ///     && let Some(mut body) = message.body().await?
    /// {
    ///     let mut lines = 0;
    ///     while let Some(chunk) = body.chunk().await? {
    ///         lines += chunk.iter().filter(|byte| **byte == b'\n').count();
    ///     }
    ///     println!("{lines} lines");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::PartialBody`](crate::Error::PartialBody), which states how many bytes of which
    /// message were received, with the reason as its source. After a time-out or an interrupt, the
    /// next call continues where this one stopped.
    pub async fn chunk(&mut self) -> Result<Option<&[u8]>> {
        if !self.fill().await? {
            return Ok(None);
        }
        let bytes = self.rest().len();
        let from = self.consume(bytes);
        let chunk = self.connection.chunk();
        let open = self.reader.message().and_then(Arriving::open);
        Ok(open.map(|open| open.bytes(chunk, from)))
    }

    /// Waits until there are bytes that were not taken. Returns `false` at the end of the body.
    pub(crate) async fn fill(&mut self) -> Result<bool> {
        self.reader.fill(self.connection).await
    }
}

impl<S> Body<'_, S> {
    fn open(&self) -> Option<&Open> {
        self.reader.message()?.open()
    }

    /// Returns the number of bytes that were taken.
    pub(crate) fn taken(&self) -> u64 {
        self.open().map_or(0, |open| open.total)
    }

    /// Declares that the next `bytes` were taken. Returns how many were before, of those that are
    /// there.
    pub(crate) fn consume(&mut self, bytes: usize) -> usize {
        let message = self.reader.message_mut();
        message.map_or(0, |message| message.consume(bytes))
    }
}

impl<S: Socket> Body<'_, S> {
    /// Returns whether the whole body was taken.
    #[cfg(feature = "tokio")]
    pub(crate) fn has_ended(&self) -> bool {
        let message = self.reader.message();
        let has_bytes = message.and_then(|message| message.has_bytes(self.connection.chunk()));
        has_bytes == Some(false)
    }

    /// Returns the bytes that are there and were not taken.
    pub(crate) fn rest(&self) -> &[u8] {
        let chunk = self.connection.chunk();
        self.open().map_or(&[], |open| open.rest(chunk))
    }
}

impl<S> fmt::Debug for Body<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.open();
        f.debug_struct("Body")
            .field("section", &open.map(|open| &open.section))
            .field("size", &open.map(|open| open.size))
            .finish_non_exhaustive()
    }
}
