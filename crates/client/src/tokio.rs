//! The async client on tokio.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Poll, ready},
};

use imapclient_transport::TokioSocket;
use tokio::io::{AsyncRead, ReadBuf};

use crate::{AppendStream, AppendUid, MailboxName, Result, upload::Source};

/// A client on tokio. Its methods are those of [`crate::Client`].
///
/// ```no_run
/// # async fn main_() -> imapclient::Result<()> {
/// use imapclient::tokio::Client;
///
/// let mut client = Client::builder("imap.example.org").login("bob", "sekret").connect().await?;
/// client.select("INBOX").await?;
/// println!("{} unread", client.search("UNSEEN").await?.len());
/// client.logout().await?;
/// # Ok(()) }
/// ```
pub type Client = crate::Client<TokioSocket>;

/// An IDLE under way; see [`crate::Idle`].
pub type Idle<'a> = crate::Idle<'a, TokioSocket>;

/// An upload under way; see [`crate::Upload`].
pub type Upload<'a> = crate::Upload<'a, TokioSocket>;

impl crate::Client<TokioSocket> {
    /// Uploads a message from a reader, such as a file, in constant memory. `APPEND`, RFC 9051
    /// §6.3.12.
    ///
    /// Needs a login and no extension. Reads exactly the announced number of bytes, even if there
    /// are more, and sends them unchanged: lines must end in CRLF. [`upload`](Self::upload) does
    /// the same step by step, and so can report the progress. If the future is dropped, the
    /// connection cannot be used further: see [`Upload`](crate::Upload).
    ///
    /// ```
    /// # imapclient_example::tokio!(async |mut client| {
    /// use imapclient::AppendStream;
    ///
    /// let message = b"Subject: hi\r\n\r\nHello\r\n";
    /// let size = message.len() as u64;
    /// client.append_from("Sent", AppendStream::new(size), &message[..]).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of [`upload`](Self::upload), [`Upload::write`](crate::Upload::write) and
    /// [`Upload::finish`](crate::Upload::finish). If the reader fails or ends early, the message is
    /// not stored and the connection is gone: the error is
    /// [`Error::Unfinished`](crate::Error::Unfinished) with the source
    /// [`Error::MessageSource`](crate::Error::MessageSource).
    pub async fn append_from(
        &mut self,
        mailbox: impl Into<MailboxName>,
        message: AppendStream,
        reader: impl AsyncRead + Unpin,
    ) -> Result<Option<AppendUid>> {
        self.append_read(mailbox.into(), message, Reader(reader))
            .await
    }
}

/// A reader of tokio.
struct Reader<R>(R);

impl<R: AsyncRead + Unpin> Source for Reader<R> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut space = ReadBuf::new(buffer);
        poll_fn(|context| {
            ready!(Pin::new(&mut self.0).poll_read(context, &mut space))?;
            Poll::Ready(Ok(space.filled().len()))
        })
        .await
    }
}
