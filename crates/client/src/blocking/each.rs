//! Iterators of messages and readers of bodies, which only the blocking face has.

use std::io::{self, BufRead, Read, Write};

use imapclient_codec::Fetch;
use imapclient_transport::{StdSocket, now};

use crate::{Error, Result};

/// The messages of a [`Client::fetch_each`](super::Client::fetch_each), one at a time; see
/// [`crate::Messages`].
///
/// It is also an iterable of owned messages, each with all of its bodies; see [`WholeMessages`].
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// for fetch in client.fetch_each("1:*", "(UID FLAGS)")? {
///     let fetch = fetch?;
///     println!("{:?}: {:?}", fetch.uid(), fetch.flags());
/// }
/// # Ok(()) });
/// ```
#[derive(Debug)]
pub struct Messages<'a> {
    pub(super) inner: crate::Messages<'a, StdSocket>,
}

/// A message that is being received; see [`crate::Message`].
#[derive(Debug)]
pub struct Message<'m> {
    pub(super) inner: crate::Message<'m, StdSocket>,
}

/// A body that is being received; see [`crate::Body`].
///
/// It is a reader. A body that is not received completely never ends early: a read then fails with
/// an error of the kind [`UnexpectedEof`](io::ErrorKind::UnexpectedEof), which has the
/// [`Error::PartialBody`] inside.
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// use std::io::{BufRead, Read};
///
/// let mut messages = client.fetch_each("1", "BODY.PEEK[]")?;
/// if let Some(mut message) = messages.next()?
///     && let Some(body) = message.body()?
/// {
///     for line in body.lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
///         println!("{line}");
///     }
/// }
/// # Ok(()) });
/// ```
#[derive(Debug)]
pub struct Body<'b> {
    pub(super) inner: crate::Body<'b, StdSocket>,
}

/// An iterator over the messages of a fetch, each with all of its bodies, of at most
/// [`Builder::answer_limit`](crate::Builder::answer_limit) bytes.
///
/// It continues after [`Error::TooLarge`] and [`Error::Unreadable`], which are about one message,
/// and ends after any other error.
#[derive(Debug)]
pub struct WholeMessages<'a> {
    messages: Messages<'a>,
    has_failed: bool,
}

impl<'a> IntoIterator for Messages<'a> {
    type Item = Result<Fetch>;
    type IntoIter = WholeMessages<'a>;

    fn into_iter(self) -> WholeMessages<'a> {
        WholeMessages {
            messages: self,
            has_failed: false,
        }
    }
}

impl Iterator for WholeMessages<'_> {
    type Item = Result<Fetch>;

    fn next(&mut self) -> Option<Result<Fetch>> {
        if self.has_failed {
            return None;
        }
        let next = self.messages.next_whole();
        self.has_failed = next.as_ref().is_err_and(|error| !error.is_about_message());
        next.transpose()
    }
}

impl Body<'_> {
    /// Writes the rest of the body to `to`, without copying it before. After each piece, `progress`
    /// is called with the number of bytes of the body that were written so far and with its size.
    /// Returns the number of bytes that were written by this call.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// let mut messages = client.fetch_each("1", "BODY.PEEK[]")?;
    /// if let Some(mut message) = messages.next()?
    ///     && let Some(mut body) = message.body()?
    /// {
    ///     let mut file = Vec::new();
    ///     let copied = body.copy_to(&mut file, |done, size| println!("{done} of {size}"));
    ///     assert_eq!(copied.ok(), Some(file.len() as u64));
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of `to`, and those of [`chunk`](Self::chunk), inside an error of the kind
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof). After an error of `to`, the rest of the body
    /// is skipped as always, and the connection can be used further.
    pub fn copy_to(
        &mut self,
        to: &mut (impl Write + ?Sized),
        mut progress: impl FnMut(u64, u64),
    ) -> io::Result<u64> {
        let size = self.size();
        let before = self.inner.taken();
        loop {
            let bytes = self.fill_buf()?;
            if bytes.is_empty() {
                return Ok(self.inner.taken() - before);
            }
            to.write_all(bytes)?;
            let length = bytes.len();
            self.consume(length);
            progress(self.inner.taken(), size);
        }
    }
}

impl Read for Body<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        let length = self.fill_buf()?.read(to)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Body<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        now(self.inner.fill()).map_err(Error::into_io)?;
        Ok(self.inner.rest())
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
    }
}
