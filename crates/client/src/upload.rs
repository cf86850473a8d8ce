//! Uploads a message in pieces, so that it need not be in memory.

use std::{io, time::Instant};

use imapclient_codec::{
    AppendUid, InvalidArgument, MailboxName, Needs, Status, Tag,
    command::{AppendStream, append_stream},
};
use imapclient_engine::Misbehaviour;
use imapclient_transport::{Socket, Wait};

use crate::{
    client::Client,
    command::{self, Command as _},
    connection::{Connection, Until, earlier},
    error::{Awaited, Error, Result, check},
    outcome::Outcome,
};

/// The command in errors.
const APPEND: &str = "APPEND";
/// The number of bytes that are read at once.
const PIECE: usize = 32 * 1024;

/// An upload under way, created by [`Client::upload`].
///
/// It borrows the client, so no other command can be sent meanwhile. If it is dropped before all
/// bytes of the message were written, the server does not store the message, and the connection
/// cannot be used further: every later call fails with [`Error::GivenUp`]. The same happens if the
/// future of [`Client::upload`] or of [`write`](Self::write) is dropped. After the last byte, it
/// can be dropped like any other call: the server may store the message.
#[derive(Debug)]
pub struct Upload<'a, S> {
    client: &'a mut Client<S>,
    message: AppendStream,
    command: command::Append,
    /// The tag of the command; `None` while a future sends bytes, and after an error.
    tag: Option<Tag>,
    /// The number of bytes that were written.
    sent: u64,
    /// The deadline of the whole command.
    limit: Option<Instant>,
}

impl<S: Socket> Client<S> {
    /// Begins to upload a message whose bytes are then [written](Upload::write) in pieces, so that
    /// it takes the same memory whatever its size. `APPEND`, RFC 9051 §6.3.12.
    ///
    /// Needs a login and no extension. `append_from` does all of it for a reader, such as a file.
    /// The size must be known before. The lines of the message must end in CRLF; it is sent
    /// unchanged.
    ///
    /// The message is sent without a round trip where the server has `LITERAL+`, or `LITERAL-` for
    /// at most 4,096 bytes (RFC 7888). Otherwise this call waits until the server accepts it, so
    /// that a refusal comes before a byte of it.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{AppendStream, Flag};
    ///
    /// let message = "Subject: hi\r\n\r\nHello\r\n";
    /// let size = message.len() as u64;
    /// let mut upload = client.upload("Sent", AppendStream::new(size).flags([Flag::Seen])).await?;
    /// for piece in message.as_bytes().chunks(8) {
    ///     upload.write(piece).await?;
    ///     println!("{} of {} bytes", upload.sent(), upload.size());
    /// }
    /// upload.finish().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of [`append`](Self::append). After [`Error::Refused`] the connection is as good
    /// as before.
    pub async fn upload(
        &mut self,
        mailbox: impl Into<MailboxName>,
        message: AppendStream,
    ) -> Result<Upload<'_, S>> {
        let name = mailbox.into();
        self.begin_steps();
        self.meet(APPEND, &Needs::login()).await?;
        let is_valid = || append_stream(&name, &message).map(drop);
        self.check_append_limit(&name, &[message.size()], &is_valid)
            .await?;
        let command = command::Append::stream(name, &message)?;
        let limit = self.connection().command_limit();
        let mut upload = Upload {
            client: self,
            message,
            command,
            tag: None,
            sent: 0,
            limit,
        };
        upload.begin().await?;
        Ok(upload)
    }

    /// Uploads a message from a reader.
    pub(crate) async fn append_read(
        &mut self,
        mailbox: MailboxName,
        message: AppendStream,
        reader: impl Source,
    ) -> Result<Option<AppendUid>> {
        let mut upload = self.upload(mailbox, message).await?;
        upload.write_all_of(reader).await?;
        upload.finish().await
    }
}

impl<S: Socket> Upload<'_, S> {
    /// Sends the next bytes of the message. Waits while the server does not take them; returns when
    /// they are on their way.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::AppendStream;
    ///
    /// let mut upload = client.upload("Drafts", AppendStream::new(15)).await?;
    /// upload.write(b"Subject: hi\r\n").await?;
    /// upload.write(b"\r\n").await?;
    /// upload.finish().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] if these are more bytes than are left of the announced size, or contain
    /// NUL and the message is not [binary](AppendStream::binary): none of them was sent, and the
    /// upload can go on with other bytes.
    ///
    /// [`Error::Unfinished`] with [`Outcome::NotDone`] if the connection fails, and also if the
    /// server refuses the message before it is complete: the [source](std::error::Error::source) is
    /// then [`Error::Refused`]. The server would still read the rest of the message (RFC 7888 §4),
    /// so the connection is given up instead of sending it in vain.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.message.check(bytes)?;
        if bytes.len() as u64 > self.left() {
            let why = format!("it has more than the announced {} bytes", self.size());
            return Err(InvalidArgument::new("message", why).into());
        }
        self.supply(bytes, Until::Given).await
    }

    /// Returns the number of bytes of the message that were written.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # use imapclient::AppendStream;
    /// let mut upload = client.upload("Drafts", AppendStream::new(4)).await?;
    /// upload.write(b"\r\n").await?;
    /// assert_eq!((upload.sent(), upload.size()), (2, 4));
    /// # upload.write(b"\r\n").await?;
    /// # upload.finish().await?;
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Returns the announced size of the message, in bytes.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # use imapclient::AppendStream;
    /// let mut upload = client.upload("Drafts", AppendStream::new(2)).await?;
    /// assert_eq!(upload.size(), 2);
    /// # upload.write(b"\r\n").await?;
    /// # upload.finish().await?;
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        self.message.size()
    }

    /// Ends the upload, and waits until the server has stored the message. Returns its UID, or
    /// `None` if the server sent no plausible one, as [`Client::append`] does.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # use imapclient::AppendStream;
    /// let mut upload = client.upload("Drafts", AppendStream::new(2)).await?;
    /// upload.write(b"\r\n").await?;
    /// println!("stored as {:?}", upload.finish().await?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`] if the server does not store the message; [`Error::Unfinished`], with the
    /// source [`Error::MessageSource`], if less than the announced size was written: the server
    /// does not store the message, and the connection is gone. After any error,
    /// [`Error::outcome`] returns whether the server may have stored the message all the same.
    pub async fn finish(mut self) -> Result<Option<AppendUid>> {
        if self.left() > 0 {
            return Err(self.end_short(None));
        }
        let tag = self.tag.take().ok_or(Error::GivenUp)?;
        let answer = self.run(&tag, &mut &b""[..], Until::Answered).await;
        let result = match answer.map(|status| status.ok_or(Error::GivenUp)) {
            Ok(Ok(status)) => check(APPEND, status).and_then(|done| self.command.finish(done)),
            Ok(Err(error)) | Err(error) => Err(error),
        };
        self.client.connection_mut().end_command(result)
    }

    /// Sends the command up to the first byte of the message. If the server wants to know the
    /// program first, does so again after ID.
    async fn begin(&mut self) -> Result<()> {
        match self.announce().await {
            Err(Error::Refused(refused)) if self.client.may_introduce(&refused) => {
                self.client.introduce_after(refused, self.limit).await?;
                self.announce().await
            }
            begun => begun,
        }
    }

    async fn announce(&mut self) -> Result<()> {
        let outgoing = self.command.encode(self.client.state())?;
        let tag = self.client.connection_mut().begin_upload(outgoing)?;
        self.tag = Some(tag);
        if self.size() == 0 {
            // Nothing is ever due.
            return Ok(());
        }
        self.supply(b"", Until::Due).await
    }

    /// Sends all bytes of the message, and reads no more than these.
    async fn write_all_of(&mut self, mut reader: impl Source) -> Result<()> {
        let mut buffer = vec![0; PIECE];
        while self.left() > 0 {
            let most = usize::try_from(self.left()).map_or(PIECE, |left| left.min(PIECE));
            let space = buffer.get_mut(..most).unwrap_or_default();
            let count = match reader.read(space).await {
                Ok(0) => return Err(self.end_short(None)),
                Ok(count) => count.min(most),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.end_short(Some(error))),
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            if let Err(error) = self.message.check(bytes) {
                return Err(self.end(error.into()));
            }
            self.supply(bytes, Until::Given).await?;
        }
        Ok(())
    }

    /// Sends bytes of the message, or waits until they may be sent.
    async fn supply(&mut self, bytes: &[u8], until: Until) -> Result<()> {
        // If this future is dropped, it is not known which of the bytes were sent.
        let tag = self.tag.take().ok_or(Error::GivenUp)?;
        let mut rest = bytes;
        match self.run(&tag, &mut rest, until).await {
            Ok(None) => {
                self.sent += (bytes.len() - rest.len()) as u64;
                self.tag = Some(tag);
                Ok(())
            }
            Ok(Some(status)) => Err(self.answered_early(status)),
            Err(error) => Err(self.end(error)),
        }
    }

    async fn run(&mut self, tag: &Tag, bytes: &mut &[u8], until: Until) -> Result<Option<Status>> {
        let limit = self.limit;
        let connection = self.connection();
        let wait = connection.wait();
        let wait = Wait {
            until: earlier(wait.until, limit),
            ..wait
        };
        let result = connection.supply(tag, bytes, until, wait).await;
        result.map_err(|error| {
            error.waiting_for(|| Awaited::Answer {
                command: APPEND.to_owned(),
                said: None,
            })
        })
    }

    /// Returns the error for an answer that came before the whole message was sent.
    fn answered_early(&mut self, status: Status) -> Error {
        let connection = self.connection();
        let is_begun = connection.is_within_literal();
        let (error, outcome) = match check(APPEND, status) {
            // The refusal of a literal that has not begun ends the command.
            Err(error) if !is_begun => return self.end(error),
            Err(error) => (error, Outcome::NotDone),
            Ok(_) => {
                let error = connection.violated(Misbehaviour::EarlyAnswer, APPEND);
                (error, Outcome::Unknown)
            }
        };
        connection.give_up();
        self.end(error.unfinished(APPEND.to_owned(), outcome))
    }

    /// Ends an upload that lacks bytes, since there are no more.
    fn end_short(&mut self, source: Option<io::Error>) -> Error {
        if self.tag.is_none() {
            return Error::GivenUp;
        }
        let (read, size) = (self.sent, self.size());
        self.end(Error::MessageSource { read, size, source })
    }

    /// Ends the command by this error, with its outcome.
    fn end(&mut self, error: Error) -> Error {
        self.tag = None;
        match self.connection().end_command::<()>(Err(error)) {
            Err(error) => error,
            Ok(()) => Error::GivenUp,
        }
    }

    /// Returns the number of bytes that are missing.
    fn left(&self) -> u64 {
        self.size() - self.sent
    }

    fn connection(&mut self) -> &mut Connection<S> {
        self.client.connection_mut()
    }
}

/// A reader of either face.
pub(crate) trait Source {
    /// Reads bytes into the buffer, and returns their number; 0 at the end.
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
}
