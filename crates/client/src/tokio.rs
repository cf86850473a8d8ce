//! The async client on tokio.

use std::{
    fmt,
    future::poll_fn,
    io, mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use imapclient_transport::TokioSocket;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{AppendStream, AppendUid, Error, MailboxName, Result, upload::Source};

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

/// Several commands under way at once; see [`crate::Pipeline`].
pub type Pipeline<'c> = crate::Pipeline<'c, TokioSocket>;

/// An IDLE under way; see [`crate::Idle`].
pub type Idle<'a> = crate::Idle<'a, TokioSocket>;

/// A NOTIFY in force; see [`crate::Watch`].
pub type Watch<'a> = crate::Watch<'a, TokioSocket>;

/// Uploads of many messages under way; see [`crate::AppendEach`].
pub type AppendEach<'a> = crate::AppendEach<'a, TokioSocket>;

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

/// The messages of a fetch; see [`crate::Messages`].
pub type Messages<'a> = crate::Messages<'a, TokioSocket>;

/// A message that is being received; see [`crate::Message`].
pub type Message<'m> = crate::Message<'m, TokioSocket>;

/// A body that is being received; see [`crate::Body`].
pub type Body<'b> = crate::Body<'b, TokioSocket>;

impl<'b> crate::Body<'b, TokioSocket> {
    /// Writes the rest of the body to `to`, without copying it before. After each piece, `progress`
    /// is called with the number of bytes of the body that were written so far and with its size.
    /// Returns the number of bytes that were written by this call. Does not flush `to`.
    ///
    /// ```
    /// # imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1", "BODY.PEEK[]").await?;
    /// if let Some(mut message) = messages.next().await?
    ///     && let Some(mut body) = message.body().await?
    /// {
    ///     let mut file = Vec::new();
    ///     let copied = body.copy_to(&mut file, |done, size| println!("{done} of {size}")).await;
    ///     assert_eq!(copied.ok(), Some(file.len() as u64));
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// If the future is dropped, the next call continues with the first byte that `to` has not
    /// taken.
    ///
    /// # Errors
    /// The errors of `to`, and those of [`chunk`](Self::chunk), inside an error of the kind
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof). After an error of `to`, the rest of the body
    /// is skipped as always, and the connection can be used further.
    pub async fn copy_to(
        &mut self,
        to: &mut (impl AsyncWrite + Unpin + ?Sized),
        mut progress: impl FnMut(u64, u64),
    ) -> io::Result<u64> {
        let size = self.size();
        let before = self.taken();
        while self.fill().await.map_err(Error::into_io)? {
            let bytes = self.rest();
            let written = poll_fn(|context| Pin::new(&mut *to).poll_write(context, bytes)).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.consume(written);
            progress(self.taken(), size);
        }
        Ok(self.taken() - before)
    }

    /// Returns a reader of the rest of the body. [`chunk`](Self::chunk) and
    /// [`copy_to`](Self::copy_to) do not copy the bytes and are faster.
    ///
    /// ```
    /// # imapclient_example::tokio!(async |mut client| {
    /// use std::{future::poll_fn, pin::Pin};
    ///
    /// use tokio::io::{AsyncRead, ReadBuf};
    ///
    /// let mut messages = client.fetch_each("1", "BODY.PEEK[]").await?;
    /// if let Some(mut message) = messages.next().await?
    ///     && let Some(body) = message.body().await?
    /// {
    ///     let mut reader = body.into_reader();
    ///     let mut bytes = [0; 100];
    ///     let mut buffer = ReadBuf::new(&mut bytes);
    ///     // Usually by `AsyncReadExt::read`.
    ///     poll_fn(|context| Pin::new(&mut reader).poll_read(context, &mut buffer)).await.ok();
    ///     assert!(!buffer.filled().is_empty());
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn into_reader(self) -> BodyReader<'b> {
        BodyReader(Reading::Body(self))
    }
}

/// A reader of a body, from [`Body::into_reader`](crate::Body::into_reader).
///
/// A body that is not received completely never ends early: a read then fails with an error of the
/// kind [`UnexpectedEof`](io::ErrorKind::UnexpectedEof), which has the
/// [`Error::PartialBody`] inside.
pub struct BodyReader<'b>(Reading<'b>);

enum Reading<'b> {
    Body(Body<'b>),
    /// Waits for bytes of the body.
    Waiting(Waiting<'b>),
    /// A read has panicked.
    Lost,
}

type Waiting<'b> = Pin<Box<dyn Future<Output = (Body<'b>, Result<bool>)> + Send + 'b>>;

impl AsyncRead for BodyReader<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self(reading) = self.get_mut();
        loop {
            match mem::replace(reading, Reading::Lost) {
                Reading::Body(mut body) => {
                    let bytes = body.rest();
                    let length = bytes.len().min(to.remaining());
                    to.put_slice(bytes.get(..length).unwrap_or_default());
                    body.consume(length);
                    if length > 0 || to.remaining() == 0 || body.has_ended() {
                        *reading = Reading::Body(body);
                        return Poll::Ready(Ok(()));
                    }
                    *reading = Reading::Waiting(Box::pin(async move {
                        let filled = body.fill().await;
                        (body, filled)
                    }));
                }
                Reading::Waiting(mut wait) => match wait.as_mut().poll(context) {
                    Poll::Pending => {
                        *reading = Reading::Waiting(wait);
                        return Poll::Pending;
                    }
                    Poll::Ready((body, filled)) => {
                        *reading = Reading::Body(body);
                        filled.map_err(Error::into_io)?;
                    }
                },
                Reading::Lost => return Poll::Ready(Err(Error::GivenUp.into_io())),
            }
        }
    }
}

impl fmt::Debug for BodyReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_tuple("BodyReader");
        match &self.0 {
            Reading::Body(body) => debug.field(body).finish(),
            _ => debug.finish_non_exhaustive(),
        }
    }
}
