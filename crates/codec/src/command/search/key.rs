//! The tree of keys that a search takes.

use chrono::NaiveDate;

use crate::{
    flag::Flag,
    mailbox::MailboxName,
    set::{SeqSet, UidSet},
};

/// What to search for (RFC 9051 §6.4.4).
///
/// Text may hold anything: it is quoted, or sent as a literal with `CHARSET UTF-8`, as needed.
/// A plain `&str` is taken as search keys spelled as on the wire.
///
/// ```
/// use imapclient_codec::command::SearchKey;
///
/// let typed = SearchKey::Unseen & SearchKey::Subject("Grüße".into()) & !SearchKey::Deleted;
/// let spelled = SearchKey::from("UNSEEN SUBJECT hello");
/// # let _ = (typed, spelled);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SearchKey {
    /// Every message.
    All,
    /// With `\Answered`.
    Answered,
    /// With `\Deleted`.
    Deleted,
    /// With `\Draft`.
    Draft,
    /// With `\Flagged`.
    Flagged,
    /// With `\Seen`.
    Seen,
    /// Without `\Answered`.
    Unanswered,
    /// Without `\Deleted`.
    Undeleted,
    /// Without `\Draft`.
    Undraft,
    /// Without `\Flagged`.
    Unflagged,
    /// Without `\Seen`.
    Unseen,
    /// With `\Recent`, without `\Seen` (`IMAP4rev1` only).
    New,
    /// Without `\Recent` (`IMAP4rev1` only).
    Old,
    /// With `\Recent` (`IMAP4rev1` only).
    Recent,
    /// With this keyword.
    Keyword(Flag),
    /// Without this keyword.
    Unkeyword(Flag),
    /// Text in the Bcc field.
    Bcc(String),
    /// Text in the body.
    Body(String),
    /// Text in the Cc field.
    Cc(String),
    /// Text in the From field.
    From(String),
    /// A field of this name with this text in it; empty text: with such a field.
    Header(String, String),
    /// Text in the Subject field.
    Subject(String),
    /// Text anywhere.
    Text(String),
    /// Text in the To field.
    To(String),
    /// Received before this day.
    Before(NaiveDate),
    /// Received on this day.
    On(NaiveDate),
    /// Received on this day or later.
    Since(NaiveDate),
    /// With a Date field before this day.
    SentBefore(NaiveDate),
    /// With a Date field on this day.
    SentOn(NaiveDate),
    /// With a Date field on this day or later.
    SentSince(NaiveDate),
    /// Saved to the mailbox before this day (RFC 8514).
    SavedBefore(NaiveDate),
    /// Saved to the mailbox on this day (RFC 8514).
    SavedOn(NaiveDate),
    /// Saved to the mailbox on this day or later (RFC 8514).
    SavedSince(NaiveDate),
    /// Every message, if the mailbox keeps dates of saving; otherwise none (RFC 8514).
    SaveDateSupported,
    /// Received more than so many seconds ago (RFC 5032).
    Older(u32),
    /// Received at most so many seconds ago (RFC 5032).
    Younger(u32),
    /// Larger than so many bytes. Servers that only know `IMAP4rev1` read 32 bits.
    Larger(u64),
    /// Smaller than so many bytes. Servers that only know `IMAP4rev1` read 32 bits.
    Smaller(u64),
    /// Changed since this modification sequence, or at it (RFC 7162 §3.1.5).
    ModSeq(u64),
    /// The same of one flag, in one of its values (RFC 7162 §3.1.5).
    FlagModSeq(Flag, EntryType, u64),
    /// With this identifier (RFC 8474 §6).
    EmailId(String),
    /// In the thread of this identifier (RFC 8474 §6).
    ThreadId(String),
    /// Found by Gmail's own search, as in `has:attachment in:unread`: `X-GM-RAW`.
    GmailRaw(String),
    /// With this identifier of Gmail: `X-GM-MSGID`.
    GmailMessageId(u64),
    /// In the thread of this identifier of Gmail: `X-GM-THRID`.
    GmailThreadId(u64),
    /// With this label of Gmail: `X-GM-LABELS`.
    GmailLabel(MailboxName),
    /// Found by a search that is stored on the server under this name (RFC 5466).
    Filter(String),
    /// One of these UIDs. A search is never cut, so a set with much text makes a line that some
    /// servers refuse: over 1000 bytes (RFC 2683 §3.2.1.5), or 8192 with `CONDSTORE` (RFC 7162 §4).
    Uid(UidSet),
    /// One of these sequence numbers.
    Seq(SeqSet),
    /// What the last search with [`Return::Save`](super::Return::Save) found: `$` (RFC 5182).
    Saved,
    /// Something like that, as the server sees it (RFC 6203).
    Fuzzy(Box<Self>),
    /// Not that.
    Not(Box<Self>),
    /// This or that.
    Or(Box<Self>, Box<Self>),
    /// All of these.
    And(Vec<Self>),
    /// Keys spelled as on the wire, in ASCII and without literals.
    Raw(String),
}

/// Which value of a flag counts (RFC 7162 §7, `entry-type-req`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryType {
    /// The one of this user.
    Private,
    /// The one all users share.
    Shared,
    /// Either.
    All,
}

impl From<&str> for SearchKey {
    fn from(text: &str) -> Self {
        Self::Raw(text.to_owned())
    }
}

impl From<String> for SearchKey {
    fn from(text: String) -> Self {
        Self::Raw(text)
    }
}

impl From<&Self> for SearchKey {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

impl std::ops::Not for SearchKey {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

impl std::ops::BitAnd for SearchKey {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        match self {
            Self::And(mut keys) => {
                keys.push(other);
                Self::And(keys)
            }
            key => Self::And(vec![key, other]),
        }
    }
}

impl std::ops::BitOr for SearchKey {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }
}
