//! Messages that tests put in and look at.

use std::{fmt, sync::Arc};

use chrono::{DateTime, FixedOffset};
use imap_codec::imap_types::flag::Flag;

use super::{
    message::Message,
    store::{Draft, Flags, Labels},
};

/// A message to add to a mailbox.
///
/// In text each LF becomes CRLF; bytes are used unchanged.
///
/// ```
/// # use imapclient_server::Mail;
/// let mail = Mail::from("Subject: Hello\n\nHow are you?\n").flag("\\Seen").flag("$Forwarded");
/// ```
#[derive(Clone)]
#[must_use]
pub struct Mail {
    bytes: Vec<u8>,
    flags: Vec<String>,
    labels: Vec<String>,
    date: Option<DateTime<FixedOffset>>,
}

/// A message in a mailbox.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// Its UID.
    pub uid: u32,
    /// Its flags without `\Recent`, system flags first.
    pub flags: Vec<String>,
    /// Its Gmail labels.
    pub labels: Vec<String>,
    /// Its internal date.
    pub date: DateTime<FixedOffset>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Mail {
    /// Sets a flag or a keyword.
    pub fn flag(mut self, flag: &str) -> Self {
        self.flags.push(flag.to_owned());
        self
    }

    /// Adds a Gmail label; see [`Builder::gmail`](super::Builder::gmail).
    pub fn label(mut self, label: &str) -> Self {
        self.labels.push(label.to_owned());
        self
    }

    /// Sets the internal date, with a resolution of seconds. The default is the time of delivery.
    pub fn date(mut self, date: DateTime<FixedOffset>) -> Self {
        self.date = Some(date);
        self
    }

    pub(super) fn draft(self) -> Draft {
        let flags: Vec<Flag<'_>> = self
            .flags
            .iter()
            .map(|flag| Flag::try_from(flag.as_str()).unwrap_or_else(|_| panic!("flag {flag:?}")))
            .collect();
        Draft {
            flags: Flags::new(&flags).unwrap_or_else(|error| panic!("{:?}: {error}", self.flags)),
            message: Arc::new(Message::new(self.bytes)),
            date: self.date,
            labels: Labels::new(self.labels),
        }
    }
}

impl From<&str> for Mail {
    fn from(text: &str) -> Self {
        text.replace("\r\n", "\n")
            .replace('\n', "\r\n")
            .into_bytes()
            .into()
    }
}

impl From<String> for Mail {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<Vec<u8>> for Mail {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            flags: Vec::new(),
            labels: Vec::new(),
            date: None,
        }
    }
}

impl From<&[u8]> for Mail {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("bytes", &self.bytes.len())
            .field("flags", &self.flags)
            .field("labels", &self.labels)
            .field("date", &self.date)
            .finish()
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("uid", &self.uid)
            .field("flags", &self.flags)
            .field("labels", &self.labels)
            .field("date", &self.date)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}
