//! Literals whose bytes do not pass through the engine.

use super::Engine;

impl Engine {
    /// Returns how many bytes of a literal come next in the output, if they are not in the engine,
    /// because the command has only [announced](imapclient_codec::Part::Announced) them; otherwise
    /// 0. The owner of the connection writes them itself, behind the output so far, and reports
    /// them by [`wrote_literal`](Self::wrote_literal). There is no [`output`](Self::output) until
    /// all of them are written.
    ///
    /// A literal that has to wait for the server's continuation request is due only after it.
    ///
    /// If the server answers the command before the literal is complete, the rest remains due: the
    /// server reads and discards it (RFC 7888 §4). It must be written all the same, or the
    /// connection be closed, since the server would take whatever follows for a part of the
    /// literal.
    ///
    /// ```
    /// use imapclient_engine::{Engine, Options, codec::command::{self, AppendStream}};
    ///
    /// let mut engine = Engine::new(Options::default());
    /// engine.feed(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hello\r\n");
    /// engine.poll_event()?;
    /// engine.submit(command::append_stream(&"Sent".into(), &AppendStream::new(1 << 30))?)?;
    ///
    /// let announcement = b"A0001 APPEND \"Sent\" {1073741824+}\r\n";
    /// assert_eq!(engine.output(), announcement);
    /// engine.wrote(announcement.len());
    /// assert_eq!(engine.literal_due(), 1 << 30);
    /// engine.wrote_literal(1 << 30);
    /// assert_eq!(engine.output(), b"\r\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn literal_due(&self) -> u64 {
        self.sender.due()
    }

    /// Records that `n` of the bytes that were [due](Self::literal_due) have been written.
    pub fn wrote_literal(&mut self, n: u64) {
        self.sender.wrote_due(n);
    }
}
