//! The names of search keys, each with the form of its argument.

use chrono::NaiveDate;

use super::SearchKey;
use crate::{flag::Flag, mailbox::MailboxName, set::UidSet};

/// A search key without its argument: how to make the key, by the form of its argument.
///
/// [`SearchKey::named`] returns it for a name, so that programs can parse queries without a list of
/// names of their own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SearchTerm {
    /// A key without an argument, complete as it is.
    Plain(SearchKey),
    /// A key with a text or an identifier.
    Text(fn(String) -> SearchKey),
    /// A key with the name of a header field, and a text.
    Header(fn(String, String) -> SearchKey),
    /// A key with a keyword.
    Keyword(fn(Flag) -> SearchKey),
    /// A key with a day.
    Day(fn(NaiveDate) -> SearchKey),
    /// A key with a number of seconds.
    Seconds(fn(u32) -> SearchKey),
    /// A key with a number of bytes.
    Size(fn(u64) -> SearchKey),
    /// A key with any other number.
    Number(fn(u64) -> SearchKey),
    /// A key with a label.
    Label(fn(MailboxName) -> SearchKey),
    /// A key with a set of UIDs.
    Uids(fn(UidSet) -> SearchKey),
    /// A key with another key.
    Key(fn(Box<SearchKey>) -> SearchKey),
    /// A key with two other keys.
    Keys(fn(Box<SearchKey>, Box<SearchKey>) -> SearchKey),
}

macro_rules! terms {
    ($($form:ident: $($variant:ident $wire:literal)+;)+) => {
        const TERMS: &[(&str, SearchTerm)] = &[
            $($(($wire, SearchTerm::$form(SearchKey::$variant)),)+)+
        ];

        impl SearchKey {
            /// The names of all keys that have one. Sequence numbers, `$` and keys in parentheses
            /// do not.
            pub const NAMES: &'static [&'static str] = &[$($($wire,)+)+];

            /// Returns the name of the key as it appears on the wire, if it has one: not for
            /// sequence numbers, `$`, keys in parentheses, and keys that are given as text.
            #[must_use]
            pub const fn name(&self) -> Option<&'static str> {
                match self {
                    $($(Self::$variant { .. } => Some($wire),)+)+
                    Self::FlagModSeq(..) => Some("MODSEQ"),
                    Self::Seq(_) | Self::Saved | Self::And(_) | Self::Raw(_) => None,
                }
            }
        }
    };
}

terms! {
    Plain:
        All "ALL"
        Answered "ANSWERED"
        Deleted "DELETED"
        Draft "DRAFT"
        Flagged "FLAGGED"
        Seen "SEEN"
        Unanswered "UNANSWERED"
        Undeleted "UNDELETED"
        Undraft "UNDRAFT"
        Unflagged "UNFLAGGED"
        Unseen "UNSEEN"
        New "NEW"
        Old "OLD"
        Recent "RECENT"
        SaveDateSupported "SAVEDATESUPPORTED";
    Text:
        Bcc "BCC"
        Body "BODY"
        Cc "CC"
        From "FROM"
        Subject "SUBJECT"
        Text "TEXT"
        To "TO"
        EmailId "EMAILID"
        ThreadId "THREADID"
        GmailRaw "X-GM-RAW"
        Filter "FILTER";
    Header:
        Header "HEADER";
    Keyword:
        Keyword "KEYWORD"
        Unkeyword "UNKEYWORD";
    Day:
        Before "BEFORE"
        On "ON"
        Since "SINCE"
        SentBefore "SENTBEFORE"
        SentOn "SENTON"
        SentSince "SENTSINCE"
        SavedBefore "SAVEDBEFORE"
        SavedOn "SAVEDON"
        SavedSince "SAVEDSINCE";
    Seconds:
        Older "OLDER"
        Younger "YOUNGER";
    Size:
        Larger "LARGER"
        Smaller "SMALLER";
    Number:
        ModSeq "MODSEQ"
        GmailMessageId "X-GM-MSGID"
        GmailThreadId "X-GM-THRID";
    Label:
        GmailLabel "X-GM-LABELS";
    Uids:
        Uid "UID";
    Key:
        Fuzzy "FUZZY"
        Not "NOT";
    Keys:
        Or "OR";
}

impl SearchKey {
    /// Returns the key of this name, ignoring case, without its argument.
    ///
    /// ```
    /// use imapclient_codec::command::{SearchKey, SearchTerm};
    ///
    /// let Some(SearchTerm::Text(key)) = SearchKey::named("from") else { panic!() };
    /// assert_eq!(key("alice".into()), SearchKey::From("alice".into()));
    /// assert!(SearchKey::named("unread").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static SearchTerm> {
        let mut terms = TERMS.iter();
        let found = terms.find(|(wire, _)| wire.eq_ignore_ascii_case(name));
        found.map(|(_, term)| term)
    }
}
