//! Bodies of messages that were not received completely.

use std::{fmt, io};

use imapclient_codec::{Seq, Uid};
use imapclient_escape::escaped;

use super::Error;

/// A body of a message of which only the beginning was received.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartialBody {
    /// The UID of the message, if the server sent it before the body.
    pub uid: Option<Uid>,
    /// The sequence number of the message in the response.
    pub seq: Option<Seq>,
    /// The name of the section, as in [`Section::name`](crate::codec::Section). It is server data:
    /// escape it before printing it.
    pub section: String,
    /// The number of bytes that were received.
    pub received: u64,
    /// The number of bytes that the server has announced.
    pub size: u64,
}

/// Names the part that was received, the section and the message.
impl fmt::Display for PartialBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            uid,
            seq,
            section,
            received,
            size,
        } = self;
        write!(
            f,
            "{received} of {size} bytes of BODY[{}]",
            escaped(section)
        )?;
        match (uid, seq) {
            (Some(uid), _) => write!(f, " of UID {uid}"),
            (None, Some(seq)) => write!(f, " of message number {seq}"),
            (None, None) => Ok(()),
        }
    }
}

impl Error {
    /// Adds the body that was being received.
    pub(crate) fn within(self, body: PartialBody) -> Self {
        Self::PartialBody {
            body: Box::new(body),
            source: Box::new(self),
        }
    }

    /// Returns whether the error is about one message of several. The next ones can still be read.
    pub(crate) fn is_about_message(&self) -> bool {
        matches!(self, Self::TooLarge(_) | Self::Unreadable { .. })
    }

    /// Returns the error of a reader of a body, which has this error inside.
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::UnexpectedEof, self)
    }
}
