//! Sends responses to the client, with the changes of a rule.

use std::{io, mem, num::NonZeroU32};

use imap_codec::{
    ResponseCodec,
    encode::Encoder as _,
    imap_types::{
        core::Vec1,
        fetch::MessageDataItem,
        response::{Data, Response},
    },
};
use imapclient_loopback::Connection;

use super::rule::{Answer, Plan};

/// The number of bytes that are collected before they are sent.
const BLOCK: usize = 64 * 1024;

/// The output of a session.
pub(super) struct Output {
    pub(super) connection: Connection,
    /// The changes to the responses to the current command.
    pub(super) plan: Plan,
    /// `true` if quoted strings may be in UTF-8 (RFC 6855).
    pub(super) utf8: bool,
    buffer: Vec<u8>,
    /// `true` if some of the response has been sent.
    begun: bool,
    sent: usize,
}

impl Output {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            plan: Plan::default(),
            utf8: false,
            buffer: Vec::new(),
            begun: false,
            sent: 0,
        }
    }

    /// Begins the responses to a command.
    pub(super) fn begin(&mut self, plan: Plan) -> io::Result<()> {
        self.plan = plan;
        self.begun = false;
        self.sent = 0;
        for line in mem::take(&mut self.plan.first) {
            self.as_it_is(&line)?;
        }
        Ok(())
    }

    /// Sends an untagged response.
    pub(super) fn data(&mut self, data: Data<'_>) -> io::Result<()> {
        let bytes = self.encoded(data);
        self.line(&bytes)
    }

    /// Sends an untagged response with additional raw bytes at its end.
    pub(super) fn data_and(&mut self, data: Data<'_>, more: &[u8]) -> io::Result<()> {
        self.line(&[&self.encoded(data), more].concat())
    }

    /// Sends a STATUS response with an additional raw item.
    pub(super) fn status(&mut self, data: Data<'_>, more: &str) -> io::Result<()> {
        let bytes = self.encoded(data);
        let items = bytes.strip_suffix(b")").unwrap_or(&bytes);
        let space = if items.ends_with(b"(") { "" } else { " " };
        self.line(&[items, space.as_bytes(), more.as_bytes(), b")"].concat())
    }

    /// Sends any response.
    pub(super) fn response(&mut self, response: Response<'_>) -> io::Result<()> {
        self.line(&encoded(&response))
    }

    /// Sends a FETCH response with these items, and with additional raw items; nothing if there are
    /// none.
    pub(super) fn fetch(
        &mut self,
        seq: NonZeroU32,
        items: Vec<MessageDataItem<'_>>,
        others: &[u8],
    ) -> io::Result<()> {
        let Ok(items) = Vec1::try_from(items) else {
            return match others {
                [] => Ok(()),
                others => {
                    self.line(&[format!("* {seq} FETCH (").as_bytes(), others, b")"].concat())
                }
            };
        };
        let data = Data::Fetch { seq, items };
        if others.is_empty() {
            return self.data(data);
        }
        let bytes = encoded(&Response::Data(data));
        let items = bytes.strip_suffix(b")").unwrap_or(&bytes);
        self.line(&[items, b" ", others, b")"].concat())
    }

    /// Sends a raw response, given without its CRLF.
    pub(super) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        match self.plan.rewrite.clone().map(|rewrite| rewrite(line)) {
            Some(line) if line.is_empty() => Ok(()),
            Some(line) => self.as_it_is(&line),
            None => self.as_it_is(line),
        }
    }

    /// Sends the last response to a command; see [`last_line`](Self::last_line).
    pub(super) fn last(&mut self, response: Response<'_>) -> io::Result<()> {
        self.last_line(&encoded(&response))
    }

    /// Sends the last line of the response to a command, with the lines that a rule adds around it.
    pub(super) fn last_line(&mut self, line: &[u8]) -> io::Result<()> {
        for line in mem::take(&mut self.plan.last) {
            self.as_it_is(&line)?;
        }
        self.line(line)?;
        for line in mem::take(&mut self.plan.after) {
            self.as_it_is(&line)?;
        }
        Ok(())
    }

    /// Sends bytes that no rule changes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < BLOCK {
            return Ok(());
        }
        self.flush()
    }

    /// Sends all collected bytes.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        if !mem::replace(&mut self.begun, true)
            && let Some(gate) = &self.plan.hold_answer
        {
            gate.pass();
        }
        let left = self.plan.cut_after.map(|limit| limit - self.sent);
        let cut = left.is_some_and(|left| left <= self.buffer.len());
        if cut {
            self.buffer.truncate(left.unwrap_or_default());
        }
        self.connection.send_bytes(&self.buffer)?;
        self.sent += self.buffer.len();
        self.buffer.clear();
        if cut { Err(cut_off()) } else { Ok(()) }
    }

    /// Returns an untagged response without its CRLF. If quoted strings may be in UTF-8, names of
    /// mailboxes are.
    fn encoded(&self, data: Data<'_>) -> Vec<u8> {
        let of_names = !matches!(data, Data::Fetch { .. });
        let bytes = encoded(&Response::Data(data));
        match String::from_utf8(bytes) {
            Ok(text) if self.utf8 && of_names => quoted(&text).into_bytes(),
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        }
    }

    fn as_it_is(&mut self, line: &[u8]) -> io::Result<()> {
        self.bytes(line)?;
        self.bytes(b"\r\n")
    }
}

/// Returns the response with a quoted string in place of each literal.
fn quoted(response: &str) -> String {
    let mut quoted = String::new();
    let mut rest = response;
    while let Some((head, tail)) = rest.split_once("}\r\n") {
        let announced = head.rsplit_once('{').and_then(|(before, length)| {
            let length = length.parse().ok()?;
            Some((before, tail.get(..length)?, tail.get(length..)?))
        });
        let Some((before, text, after)) = announced else {
            break;
        };
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        quoted.push_str(&format!("{before}\"{text}\""));
        rest = after;
    }
    quoted + rest
}

/// Encodes a response without its CRLF.
fn encoded(response: &Response<'_>) -> Vec<u8> {
    let mut bytes = ResponseCodec::default().encode(response).dump();
    bytes.truncate(bytes.strip_suffix(b"\r\n").unwrap_or(&bytes).len());
    bytes
}

impl Answer {
    /// Returns whether the command is executed as usual.
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::Usual
    }
}

/// Returns the error that ends a session by closing the connection without a BYE.
pub(super) fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut off by a rule")
}
