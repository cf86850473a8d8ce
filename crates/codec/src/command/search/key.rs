//! The tree of search keys.

use chrono::NaiveDate;

use crate::{
    flag::Flag,
    mailbox::MailboxName,
    set::{SeqSet, UidSet},
};

/// A search key, or a tree of them (RFC 9051 §6.4.4).
///
/// Text may contain any characters: it is quoted, or sent as a literal with `CHARSET UTF-8`, as
/// needed. A plain `&str` is parsed by the server as search keys spelled as on the wire.
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
    /// A field of this name that contains this text. With an empty text, any field of this name.
    Header(String, String),
    /// Text in the Subject field.
    Subject(String),
    /// Text anywhere in the message.
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
    /// Every message if the mailbox keeps save dates, else none (RFC 8514).
    SaveDateSupported,
    /// Received more than this number of seconds ago (RFC 5032).
    Older(u32),
    /// Received at most this number of seconds ago (RFC 5032).
    Younger(u32),
    /// Larger than this number of bytes. Servers with only `IMAP4rev1` accept 32 bits.
    Larger(u64),
    /// Smaller than this number of bytes. Servers with only `IMAP4rev1` accept 32 bits.
    Smaller(u64),
    /// With this modification sequence or a higher one (RFC 7162 §3.1.5).
    ModSeq(u64),
    /// The same for the modification sequence of a single flag, of this type (RFC 7162 §3.1.5).
    FlagModSeq(Flag, EntryType, u64),
    /// With this identifier (RFC 8474 §6).
    EmailId(String),
    /// In the thread with this identifier (RFC 8474 §6).
    ThreadId(String),
    /// Matched by Gmail's own search syntax, as in `has:attachment in:unread`: `X-GM-RAW`.
    GmailRaw(String),
    /// With this Gmail message identifier: `X-GM-MSGID`.
    GmailMessageId(u64),
    /// In the thread with this Gmail identifier: `X-GM-THRID`.
    GmailThreadId(u64),
    /// With this Gmail label: `X-GM-LABELS`.
    GmailLabel(MailboxName),
    /// Matched by the search that the server stores under this name (RFC 5466).
    Filter(String),
    /// With one of these UIDs. A search is never split, so a set with a long text form makes a line
    /// that some servers refuse: over 1000 bytes (RFC 2683 §3.2.1.5), or 8192 with `CONDSTORE`
    /// (RFC 7162 §4).
    Uid(UidSet),
    /// With one of these sequence numbers.
    Seq(SeqSet),
    /// In the result of the last search with [`SearchReturn::Save`](super::SearchReturn::Save): `$`
    /// (RFC 5182).
    Saved,
    /// Similar to this key, in the server's judgement (RFC 6203).
    Fuzzy(Box<Self>),
    /// Not matched by this key.
    Not(Box<Self>),
    /// Matched by one key or the other, or both.
    Or(Box<Self>, Box<Self>),
    /// Matched by all of these keys.
    And(Vec<Self>),
    /// Keys spelled as on the wire, in ASCII and without literals.
    Raw(String),
}

words! {
    /// The type of a flag's modification sequence (RFC 7162 §7, `entry-type-req`).
    #[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
    pub enum EntryType is "entry type" {
        /// The one of this user.
        Private "priv",
        /// The one that all users share.
        Shared "shared",
        /// Either.
        All "all",
    }
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
