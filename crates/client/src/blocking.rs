//! The blocking client: the same client without a runtime.
//!
//! Its socket waits inside the call, so the futures of [`crate::Client`] are ready when they are
//! polled for the first time. This needs no runtime, and works inside one.

use std::{fmt, io, time::Duration};

use imapclient_transport::{Interrupter, StdSocket, now};

use crate::{AppendStream, AppendUid, Builder, Error, MailboxName, Result, Update, upload::Source};

mod each;
mod generated;

pub use each::{Body, Message, Messages, WholeMessages};

/// A blocking connection to an IMAP server.
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::blocking::Client;
///
/// let mut client = Client::builder("imap.example.org").login("bob", "sekret").connect()?;
/// client.select("INBOX")?;
/// println!("{} unread", client.search("UNSEEN")?.len());
/// client.logout()?;
/// # Ok(()) }
/// ```
pub struct Client {
    inner: crate::Client<StdSocket>,
}

/// An IDLE under way (RFC 2177), made by [`Client::idle`]; see [`crate::Idle`].
#[derive(Debug)]
pub struct Idle<'a> {
    inner: crate::Idle<'a, StdSocket>,
}

/// A NOTIFY in force (RFC 5465), made by [`Client::notify`]; see [`crate::Watch`].
#[derive(Debug)]
pub struct Watch<'a> {
    inner: crate::Watch<'a, StdSocket>,
}

/// Uploads of many messages under way, made by [`Client::append_each`]; see
/// [`crate::AppendEach`].
#[derive(Debug)]
pub struct AppendEach<'a> {
    inner: crate::AppendEach<'a, StdSocket>,
}

/// An upload under way, made by [`Client::upload`]; see [`crate::Upload`].
#[derive(Debug)]
pub struct Upload<'a> {
    inner: crate::Upload<'a, StdSocket>,
}

/// Several commands under way at once (RFC 9051 §5.5), made by [`Client::pipeline`]; see
/// [`crate::Pipeline`].
#[derive(Debug)]
pub struct Pipeline<'c> {
    inner: crate::Pipeline<'c, StdSocket>,
}

impl Client {
    /// Returns settings for a new connection to this host.
    pub fn builder(host: impl Into<String>) -> Builder<Self> {
        Builder::new(host)
    }

    /// Connects, runs `work`, and logs out, whether `work` succeeded or not.
    ///
    /// ```
    /// # imapclient_example::blocking_builder!(|builder| {
    /// use imapclient::blocking::Client;
    ///
    /// let unread = Client::with(builder, |client| {
    ///     client.select("INBOX")?;
    ///     client.search("UNSEEN")
    /// })?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of connecting and of `work`. If the logout fails after `work` has
    /// succeeded, its error is only logged.
    pub fn with<T, E: From<Error>>(
        builder: Builder<Self>,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut client = builder.connect()?;
        let result = work(&mut client);
        if client.inner.connection().is_usable()
            && let Err(error) = client.logout()
        {
            tracing::debug!(%error, "logout failed");
        }
        result
    }

    /// Returns a handle that ends a wait of this client from another thread: the current wait, or
    /// else the next one, fails with [`Error::Interrupted`]. The client can be used further
    /// afterwards.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use imapclient::Error;
    ///
    /// let interrupter = client.interrupter();
    /// let mut idle = client.idle()?;
    /// std::thread::spawn(move || interrupter.interrupt());
    /// let error = loop {
    ///     match idle.next() {
    ///         Ok(update) => println!("{update:?}"),
    ///         Err(error) => break error,
    ///     }
    /// };
    /// assert!(matches!(error, Error::Interrupted));
    /// idle.done()?;
    /// # Ok(()) });
    /// ```
    #[doc(alias = "socket")]
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        self.inner.connection().interrupter()
    }

    /// Uploads a message from a reader, such as a file, in constant memory. `APPEND`, RFC 9051
    /// §6.3.12.
    ///
    /// Needs a login and no extension. Reads exactly the announced number of bytes, even if there
    /// are more, and sends them unchanged: lines must end in CRLF. [`upload`](Self::upload) does
    /// the same step by step, and so can report the progress.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use imapclient::AppendStream;
    ///
    /// # let path = std::env::temp_dir().join("imapclient-append-from.eml");
    /// # std::fs::write(&path, "Subject: hi\r\n\r\n").unwrap();
    /// let file = std::fs::File::open(&path).unwrap();
    /// let size = file.metadata().unwrap().len();
    /// client.append_from("Sent", AppendStream::new(size), file)?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of [`upload`](Self::upload), [`Upload::write`] and [`Upload::finish`]. If the
    /// reader fails or ends early, the message is not stored and the connection is gone: the error
    /// is [`Error::Unfinished`] with the source [`Error::MessageSource`].
    pub fn append_from(
        &mut self,
        mailbox: impl Into<MailboxName>,
        message: AppendStream,
        reader: impl io::Read,
    ) -> Result<Option<AppendUid>> {
        let reader = Reader(reader);
        now(self.inner.append_read(mailbox.into(), message, reader))
    }
}

impl Idle<'_> {
    /// Returns an iterator over the updates, which waits for each without a time limit. It ends
    /// after the first error.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// let mut idle = client.idle()?;
    /// for update in idle.iter().take(1) {
    ///     println!("{:?}", update?);
    /// }
    /// idle.done()?;
    /// # Ok(()) });
    /// ```
    pub fn iter(&mut self) -> impl Iterator<Item = Result<Update>> + '_ {
        until_failure(move || Some(self.next()))
    }

    /// Returns an iterator over the updates, which waits for each of them for this time at most. It
    /// ends when none has come within this time, and after the first error.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use std::time::Duration;
    ///
    /// let mut idle = client.idle()?;
    /// for update in idle.timeout_iter(Duration::from_millis(10)) {
    ///     println!("{:?}", update?);
    /// }
    /// idle.done()?;
    /// # Ok(()) });
    /// ```
    pub fn timeout_iter(&mut self, timeout: Duration) -> impl Iterator<Item = Result<Update>> + '_ {
        until_failure(move || self.next_timeout(timeout).transpose())
    }
}

impl Watch<'_> {
    /// Returns an iterator over the updates, which waits for each without a time limit. It ends
    /// after the first error.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use imapclient::{Notify, NotifyEvent, Scope};
    ///
    /// let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
    /// let mut watch = client.notify(&news)?;
    /// for update in watch.iter().take(1) {
    ///     println!("{:?}", update?);
    /// }
    /// watch.done()?;
    /// # Ok(()) });
    /// ```
    pub fn iter(&mut self) -> impl Iterator<Item = Result<Update>> + '_ {
        until_failure(move || Some(self.next()))
    }

    /// Returns an iterator over the updates, which waits for each of them for this time at most. It
    /// ends when none has come within this time, and after the first error.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use std::time::Duration;
    ///
    /// use imapclient::{Notify, NotifyEvent, Scope};
    ///
    /// let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
    /// let mut watch = client.notify(&news)?;
    /// for update in watch.timeout_iter(Duration::from_millis(10)) {
    ///     println!("{:?}", update?);
    /// }
    /// watch.done()?;
    /// # Ok(()) });
    /// ```
    pub fn timeout_iter(&mut self, timeout: Duration) -> impl Iterator<Item = Result<Update>> + '_ {
        until_failure(move || self.next_timeout(timeout).transpose())
    }
}

/// A blocking reader.
struct Reader<R>(R);

impl<R: io::Read> Source for Reader<R> {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// Returns an iterator that ends after the first error.
fn until_failure<T>(
    mut next: impl FnMut() -> Option<Result<T>>,
) -> impl Iterator<Item = Result<T>> {
    let mut failed = false;
    std::iter::from_fn(move || {
        let item = if failed { None } else { next() };
        failed = matches!(item, Some(Err(_)) | None);
        item
    })
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

pub(crate) fn connect(builder: Builder<Client>) -> Result<Client> {
    now(builder.into_client::<crate::Client<StdSocket>>().connect()).map(|inner| Client { inner })
}
