//! FETCH: message data (RFC 9051 §7.5.2).

use std::borrow::Cow;

use bytes::Bytes;

use crate::{Flags, InternalDate, MailboxName, NameEncoding, Seq, Uid};

use super::{BodyStructure, Envelope, Malformed, OwnedEnvelope, Unknown};

mod data;
mod items;
mod read;
mod same;
mod scan;
mod tape;
mod value;

pub(super) use read::{Context, Number, usual};
pub(super) use scan::Scan;
pub(crate) use tape::MOST_FRAME;
pub(super) use tape::{NONE, Open, Scratch, Span, pair, unpair};

use data::{Data, same_section};
use tape::{Kept, Kind, Record};

/// Data of one message, as far as the server sent them.
///
/// Stored as two buffers: the bytes of the response, and the positions of the values in it.
/// Accessors return borrowed values. To keep little of a large response, use
/// [`into_envelope`](Self::into_envelope).
///
/// ```
/// use imapclient_codec::{Decoder, Flag, Limits, RawResponse, Response, Seq, Uid};
///
/// let wire: &[u8] = b"* 7 FETCH (UID 42 FLAGS (\\Seen) BODY[HEADER] {4}\r\nA: b)\r\n";
/// let Response::Fetch(fetch) = Decoder::new(Limits::default()).decode(&RawResponse::from(wire)) else {
///     panic!()
/// };
/// assert_eq!((fetch.seq(), fetch.uid()), (Seq::new(7), Uid::new(42)));
/// assert!(fetch.flags().is_some_and(|flags| flags.contains(&Flag::Seen)));
/// assert_eq!(fetch.section("header"), Some(&b"A: b"[..]));
/// ```
#[derive(Clone)]
pub struct Fetch {
    seq: u32,
    /// 0 means none.
    uid: u32,
    has: u8,
    date: UsualDate,
    size: u64,
    modseq: u64,
    flags: Flags,
    data: Option<Box<Data>>,
}

/// Bits of `has`: the presence of values that have no marker of their own.
mod has {
    pub(super) const FLAGS: u8 = 1;
    pub(super) const SIZE: u8 = 1 << 1;
    pub(super) const MODSEQ: u8 = 1 << 2;
    /// The date is in `date`; an unusual one is on the tape.
    pub(super) const DATE: u8 = 1 << 3;
}

/// `d-Mon-yyyy hh:mm:ss +zzzz`, with the day padded to two characters. Aligned, so that it is moved
/// in whole words.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct UsualDate([u8; Self::LENGTH]);

impl UsualDate {
    const LENGTH: usize = 26;
}

/// A section of a message, or all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Section<'a> {
    /// The text in the brackets as sent: `HEADER.FIELDS (From To)`, `1.2`; empty for the whole
    /// message. `BINARY[1.2]` for a decoded part (RFC 3516).
    pub name: &'a str,
    /// The offset of the data in the section in bytes, if only a piece of it was asked for.
    pub origin: Option<u64>,
    /// The data; `None` is NIL, and data that were [streamed](crate::Framer::stream_from).
    pub data: Option<&'a [u8]>,
}

impl Fetch {
    /// Returns the sequence number; `None` if the server sent `UIDFETCH` (RFC 9586), which has
    /// none.
    #[must_use]
    pub fn seq(&self) -> Option<Seq> {
        Seq::new(self.seq)
    }

    /// Returns the UID.
    #[must_use]
    pub fn uid(&self) -> Option<Uid> {
        Uid::new(self.uid)
    }

    /// Sets the UID, if the server left it out and it is known from elsewhere.
    ///
    /// ```
    /// use imapclient_codec::{Decoder, Limits, RawResponse, Response, Seq, Uid};
    ///
    /// let mut decoder = Decoder::new(Limits::default());
    /// let wire: &[u8] = b"* 7 FETCH (FLAGS ())\r\n";
    /// let Response::Fetch(mut fetch) = decoder.decode(&RawResponse::from(wire)) else { panic!() };
    /// fetch.set_uid(Uid::try_from(42)?);
    /// assert_eq!((fetch.seq(), fetch.uid()), (Seq::new(7), Uid::new(42)));
    /// # Ok::<(), imapclient_codec::InvalidArgument>(())
    /// ```
    pub fn set_uid(&mut self, uid: Uid) {
        self.uid = uid.get();
    }

    /// Returns the flags.
    #[must_use]
    pub fn flags(&self) -> Option<&Flags> {
        self.has(has::FLAGS).then_some(&self.flags)
    }

    /// Returns the size in bytes, as calculated by the server. Some servers report wrong sizes.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.has(has::SIZE).then_some(self.size)
    }

    /// Returns the time at which the message arrived. NIL counts as a date that cannot be parsed.
    #[must_use]
    pub fn internal_date(&self) -> Option<InternalDate> {
        if self.has(has::DATE) {
            return Some(InternalDate::from_wire(&self.date.0));
        }
        let date = self.find(Kind::InternalDate)?.bytes(0);
        Some(InternalDate::from_wire(date.unwrap_or(b"NIL")))
    }

    /// Returns the time at which the message was put into this mailbox (RFC 8514). NIL is `None`
    /// too.
    #[must_use]
    pub fn save_date(&self) -> Option<InternalDate> {
        let date = self.find(Kind::SaveDate)?.bytes(0)?;
        Some(InternalDate::from_wire(date))
    }

    /// Returns the modification sequence (RFC 7162).
    #[must_use]
    pub fn modseq(&self) -> Option<u64> {
        self.has(has::MODSEQ).then_some(self.modseq)
    }

    /// Returns the envelope: the header fields that message lists display. NIL is `None` too.
    #[must_use]
    pub fn envelope(&self) -> Option<Envelope<'_>> {
        let record = self.find(Kind::Envelope)?;
        Envelope::new(record.frame, record.words)
    }

    /// Returns the envelope alone as an owned value, and frees the rest of the response.
    #[must_use]
    pub fn into_envelope(self) -> Option<OwnedEnvelope> {
        self.envelope().map(Envelope::into_owned)
    }

    /// Returns the MIME structure: `BODYSTRUCTURE`, or else `BODY`, which is less detailed. NIL is
    /// `None` too.
    #[must_use]
    pub fn body_structure(&self) -> Option<BodyStructure<'_>> {
        let record = self
            .find(Kind::BodyStructure)
            .or_else(|| self.find(Kind::Body))?;
        BodyStructure::new(record.frame, record.words)
    }

    /// Returns the whole message: `BODY[]` or `RFC822`.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.section("")
    }

    /// Returns a whole section, as in `HEADER`, `1.2` or `HEADER.FIELDS (FROM TO)`. Case and quotes
    /// do not matter. `RFC822.HEADER` and `RFC822.TEXT` are `HEADER` and `TEXT`. For pieces see
    /// [`partial`](Self::partial), for decoded parts [`binary`](Self::binary).
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&[u8]> {
        self.find_section(name, None)?.bytes(2)
    }

    /// Returns the piece of a section that begins at byte `origin`.
    #[must_use]
    pub fn partial(&self, name: &str, origin: u64) -> Option<&[u8]> {
        self.find_section(name, Some(origin))?.bytes(2)
    }

    /// Returns the same as [`section`](Self::section) as an owned value. It shares the memory of
    /// the whole response, including literals of other sections.
    #[must_use]
    pub fn section_bytes(&self, name: &str) -> Option<Bytes> {
        let record = self.find_section(name, None)?;
        let data = record.bytes(2)?;
        let kept = self
            .kept()
            .find(|kept| std::ptr::eq(&*kept.frame, record.frame))?;
        Some(kept.frame.slice_ref(data))
    }

    /// Returns a part with its transfer encoding removed: `BINARY[1.2]` (RFC 3516).
    #[must_use]
    pub fn binary(&self, part: &str) -> Option<&[u8]> {
        self.section(&format!("BINARY[{part}]"))
    }

    /// Returns the size in bytes of a part with its transfer encoding removed: `BINARY.SIZE[1.2]`
    /// (RFC 3516).
    #[must_use]
    pub fn binary_size(&self, part: &str) -> Option<u64> {
        let sizes = self.binary_sizes().filter(|(name, _)| *name == part);
        sizes.map(|(_, size)| size).last()
    }

    /// Returns the numbers of parts with their sizes without transfer encoding.
    pub fn binary_sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        let sizes = self
            .records()
            .filter(|record| record.kind == Kind::BinarySize);
        sizes.map(|record| (record.text(0).unwrap_or_default(), record.number(1)))
    }

    /// Returns all sections, in the order of the server.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        let sections = self.records().filter(|record| record.kind == Kind::Section);
        sections.map(|record| section(&record))
    }

    /// Returns all sections that have data, in the order of the server, with their data as owned
    /// values, which share the memory of the whole response.
    ///
    /// ```
    /// use imapclient_codec::{Decoder, Limits, RawResponse, Response};
    ///
    /// let wire: &[u8] = b"* 7 FETCH (BODY[1] {2}\r\nhi BODY[2] NIL BODY[3] \"\")\r\n";
    /// let Response::Fetch(fetch) = Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
    /// else {
    ///     panic!()
    /// };
    /// let data: Vec<_> = fetch.shared_sections().map(|(section, data)| (section.name, data)).collect();
    /// assert_eq!(data, [("1", "hi".into()), ("3", "".into())]);
    /// ```
    pub fn shared_sections(&self) -> impl Iterator<Item = (Section<'_>, Bytes)> {
        let kept = self.kept().flat_map(|kept| {
            let records = kept.records().map(move |record| (kept, record));
            records.filter(|(_, record)| record.kind == Kind::Section)
        });
        kept.filter_map(|(kept, record)| {
            let section = section(&record);
            Some((section, kept.frame.slice_ref(section.data?)))
        })
    }

    /// Returns the first words of the message (RFC 8970). NIL is `None` too: servers send it if
    /// they were asked for `LAZY` and have no preview available.
    #[must_use]
    pub fn preview(&self) -> Option<Cow<'_, str>> {
        Some(String::from_utf8_lossy(self.find(Kind::Preview)?.bytes(0)?))
    }

    /// Returns the identifier of the message, which is kept when it is moved or copied (RFC 8474).
    #[must_use]
    pub fn email_id(&self) -> Option<&str> {
        self.find(Kind::EmailId)?.text(0)
    }

    /// Returns the identifier of the thread (RFC 8474). NIL is `None` too: the server does not know
    /// it.
    #[must_use]
    pub fn thread_id(&self) -> Option<&str> {
        self.find(Kind::ThreadId)?.text(0)
    }

    /// Returns Gmail's identifier of the message: `X-GM-MSGID`.
    #[must_use]
    pub fn gmail_message_id(&self) -> Option<u64> {
        Some(self.find(Kind::GmailMessageId)?.number(0))
    }

    /// Returns Gmail's identifier of the thread: `X-GM-THRID`.
    #[must_use]
    pub fn gmail_thread_id(&self) -> Option<u64> {
        Some(self.find(Kind::GmailThreadId)?.number(0))
    }

    /// Returns Gmail's labels, including `\Inbox` and similar ones: `X-GM-LABELS`.
    #[must_use]
    pub fn gmail_labels(&self) -> Option<Vec<MailboxName>> {
        let record = self.find(Kind::GmailLabels)?;
        let names = if record.number(0) == 1 {
            NameEncoding::Utf8
        } else {
            NameEncoding::Utf7
        };
        let labels = (1..record.words.len()).filter_map(|index| record.bytes(index));
        Some(
            labels
                .map(|label| MailboxName::from_wire(label, names))
                .collect(),
        )
    }

    /// Returns items that this crate does not know, with their values as sent.
    #[must_use]
    pub fn unknown(&self) -> &[Unknown] {
        self.data.as_ref().map_or(&[], |data| &data.unknown)
    }

    /// Returns items that cannot be parsed, with their values as sent.
    #[must_use]
    pub fn malformed(&self) -> &[Malformed] {
        self.data.as_ref().map_or(&[], |data| &data.malformed)
    }

    /// Returns whether there is nothing except FLAGS, UID and MODSEQ, which is what servers send
    /// without being asked.
    #[must_use]
    pub fn has_only_flags(&self) -> bool {
        !self.has(has::SIZE | has::DATE) && self.data.is_none()
    }

    /// Merges a later response about the same message: the later value of each item replaces the
    /// earlier.
    pub fn merge(&mut self, other: Self) {
        if other.seq > 0 {
            self.seq = other.seq;
        }
        if other.uid > 0 {
            self.uid = other.uid;
        }
        if other.has(has::FLAGS) {
            self.flags = other.flags;
        }
        if other.has & has::SIZE > 0 {
            self.size = other.size;
        }
        if other.has & has::MODSEQ > 0 {
            self.modseq = other.modseq;
        }
        let is_odd_date = |data: &Data| data.find(Kind::InternalDate).is_some();
        if other.has & has::DATE > 0 {
            self.date = other.date;
        } else if other.data.as_deref().is_some_and(is_odd_date) {
            self.has &= !has::DATE;
        }
        self.has |= other.has;
        match (&mut self.data, other.data) {
            (_, None) => {}
            (Some(data), Some(newer)) => data.merge(*newer),
            (data, newer) => *data = newer,
        }
    }

    /// Returns whether any of these values is present.
    fn has(&self, bits: u8) -> bool {
        self.has & bits > 0
    }

    fn kept(&self) -> impl Iterator<Item = &Kept> {
        let data = self.data.as_deref().into_iter();
        data.flat_map(|data| data.older.iter().chain([&data.newest]))
    }

    fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.data.iter().flat_map(|data| data.records())
    }

    fn find(&self, kind: Kind) -> Option<Record<'_>> {
        self.data.as_ref()?.find(kind)
    }

    fn find_section(&self, name: &str, origin: Option<u64>) -> Option<Record<'_>> {
        let named = self.records().filter(|record| {
            record.kind == Kind::Section
                && record.number(1) == origin.unwrap_or(NONE)
                && same_section(record.text(0).unwrap_or_default(), name)
        });
        named.last()
    }
}

/// Returns a section as stored in a record.
fn section<'a>(record: &Record<'a>) -> Section<'a> {
    Section {
        name: record.text(0).unwrap_or_default(),
        origin: Some(record.number(1)).filter(|&origin| origin != NONE),
        data: record.bytes(2),
    }
}
