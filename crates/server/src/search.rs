//! SEARCH (RFC 3501 §6.4.4; MODSEQ of RFC 7162; OLDER and YOUNGER of RFC 5032).

#[cfg(test)]
pub(super) mod tests;

use std::{cell::OnceCell, collections::HashSet};

use chrono::{DateTime, FixedOffset, NaiveDate};
use imap_codec::imap_types::{
    core::{AString, Charset},
    flag::Flag,
    search::SearchKey,
    sequence::SequenceSet,
};

use super::{
    casemap::fold,
    store::{BadSequence, Entry, Hit, Store, View},
};

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The messages, in the order of the mailbox or of SORT.
    pub(crate) hits: Vec<Hit>,
    /// The highest mod-sequence among them, if MODSEQ was among the criteria and there are
    /// messages.
    pub(crate) modseq: Option<u64>,
}

/// Returns whether a charset is supported, which are US-ASCII and UTF-8. Others are answered with
/// NO and BADCHARSET.
pub(crate) fn knows(charset: Option<&Charset<'_>>) -> bool {
    charset.is_none_or(|charset| {
        let name = match charset {
            Charset::Atom(name) => name.as_ref(),
            Charset::Quoted(name) => name.as_ref(),
        };
        ["US-ASCII", "ASCII", "UTF-8", "UTF8"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    })
}

/// A criterion of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// A key that imap-codec supports.
    Plain(SearchKey<'static>),
    And(Vec<Self>),
    Or(Box<[Self; 2]>),
    Not(Box<Self>),
    /// `$` (RFC 5182).
    Saved,
    /// X-GM-MSGID.
    MessageId(u64),
    /// X-GM-THRID.
    ThreadId(u64),
    /// X-GM-LABELS, in UTF-8.
    Label(String),
    /// X-GM-RAW, as the conjunction of these.
    Raw(Vec<Self>),
    /// `has:attachment` in X-GM-RAW.
    Attachment,
}

impl Key {
    /// Returns whether the key contains MODSEQ.
    pub(crate) fn is_modseq(&self) -> bool {
        self.any(&|key| matches!(key, Self::Plain(SearchKey::ModSequence { .. })))
    }

    /// Returns whether the key contains `$`.
    pub(crate) fn is_saved(&self) -> bool {
        self.any(&|key| matches!(key, Self::Saved))
    }

    /// Returns whether the key contains sequence numbers.
    pub(crate) fn has_numbers(&self) -> bool {
        self.any(&|key| matches!(key, Self::Plain(SearchKey::SequenceSet(_))))
    }

    /// Returns whether the key contains an extension of Gmail.
    pub(crate) fn is_gmail(&self) -> bool {
        self.any(&|key| {
            matches!(
                key,
                Self::MessageId(_) | Self::ThreadId(_) | Self::Label(_) | Self::Raw(_)
            )
        })
    }

    /// Returns whether `wanted` returns true for the key or a nested one.
    pub(crate) fn any(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        let inside: &[Self] = match self {
            Self::And(keys) => keys,
            Self::Or(keys) => &keys[..],
            Self::Not(key) => std::slice::from_ref(key),
            _ => &[],
        };
        wanted(self) || inside.iter().any(|key| key.any(wanted))
    }
}

impl Store {
    /// Returns the messages of the view that match all keys. Strings are compared decoded and
    /// without regard to case.
    ///
    /// # Errors
    /// Fails for a sequence number that does not exist, if the view is strict.
    pub(crate) fn search(&self, view: &View, keys: &[Key]) -> Result<Found, BadSequence> {
        let tests = keys
            .iter()
            .map(|key| Test::new(key, view))
            .collect::<Result<Vec<_>, _>>()?;
        let now = self.now();
        let mut hits = Vec::new();
        let mut highest = 0;
        for hit in view.hits() {
            let Some(entry) = self.entry(view, hit) else {
                continue;
            };
            let candidate = Candidate {
                hit,
                entry,
                recent: self.is_recent(view, hit),
                now,
                header: OnceCell::new(),
                body: OnceCell::new(),
            };
            if tests.iter().all(|test| candidate.passes(test)) {
                hits.push(hit);
                highest = highest.max(entry.modseq);
            }
        }
        let wants_modseq = tests.iter().any(Test::has_modseq);
        Ok(Found {
            modseq: (wants_modseq && !hits.is_empty()).then_some(highest),
            hits,
        })
    }
}

/// A key with resolved sets and folded texts.
enum Test {
    All(Vec<Self>),
    Not(Box<Self>),
    Or(Box<[Self; 2]>),
    Among(HashSet<u32>),
    Flag(Flag<'static>),
    Keyword(String),
    Recent,
    Larger(u32),
    Smaller(u32),
    /// A condition on the internal date: before that day, on it, or since.
    Received(Day, NaiveDate),
    /// A condition on the date of the header.
    Sent(Day, NaiveDate),
    /// The number of seconds before now.
    Younger(u32),
    Older(u32),
    Field(Vec<u8>, String),
    Body(String),
    Text(String),
    ModSeq(u64),
    MessageId(u64),
    ThreadId(u64),
    Label(String),
    Attachment,
}

#[derive(Clone, Copy)]
enum Day {
    Before,
    On,
    Since,
}

impl Test {
    fn new(key: &Key, view: &View) -> Result<Self, BadSequence> {
        Ok(match key {
            Key::Plain(key) => Self::plain(key, view)?,
            Key::And(keys) | Key::Raw(keys) => Self::All(
                keys.iter()
                    .map(|key| Self::new(key, view))
                    .collect::<Result<_, _>>()?,
            ),
            Key::Or(keys) => {
                let [one, other] = &**keys;
                Self::Or(Box::new([Self::new(one, view)?, Self::new(other, view)?]))
            }
            Key::Not(key) => Self::new(key, view)?.negated(),
            Key::Saved => Self::Among(view.saved.clone()),
            Key::MessageId(id) => Self::MessageId(*id),
            Key::ThreadId(id) => Self::ThreadId(*id),
            Key::Label(label) => Self::Label(label.clone()),
            Key::Attachment => Self::Attachment,
        })
    }

    fn plain(key: &SearchKey<'_>, view: &View) -> Result<Self, BadSequence> {
        let among = |set: &SequenceSet, uid| -> Result<Self, BadSequence> {
            let hits = view.criterion(set, uid)?;
            Ok(Self::Among(hits.iter().map(|hit| hit.uid).collect()))
        };
        let field = |name: &str, text| Self::Field(name.as_bytes().to_vec(), folded(text));
        Ok(match key {
            SearchKey::And(keys) => Self::All(
                keys.as_ref()
                    .iter()
                    .map(|key| Self::plain(key, view))
                    .collect::<Result<_, _>>()?,
            ),
            SearchKey::Or(a, b) => {
                Self::Or(Box::new([Self::plain(a, view)?, Self::plain(b, view)?]))
            }
            SearchKey::Not(key) => Self::plain(key, view)?.negated(),
            SearchKey::All => Self::All(Vec::new()),
            SearchKey::SequenceSet(set) => among(set, false)?,
            SearchKey::Uid(set) => among(set, true)?,
            SearchKey::Answered => Self::Flag(Flag::Answered),
            SearchKey::Deleted => Self::Flag(Flag::Deleted),
            SearchKey::Draft => Self::Flag(Flag::Draft),
            SearchKey::Flagged => Self::Flag(Flag::Flagged),
            SearchKey::Seen => Self::Flag(Flag::Seen),
            SearchKey::Keyword(keyword) => Self::Keyword(keyword.as_ref().to_owned()),
            SearchKey::Unanswered => Self::Flag(Flag::Answered).negated(),
            SearchKey::Undeleted => Self::Flag(Flag::Deleted).negated(),
            SearchKey::Undraft => Self::Flag(Flag::Draft).negated(),
            SearchKey::Unflagged => Self::Flag(Flag::Flagged).negated(),
            SearchKey::Unseen => Self::Flag(Flag::Seen).negated(),
            SearchKey::Unkeyword(keyword) => Self::Keyword(keyword.as_ref().to_owned()).negated(),
            SearchKey::Recent => Self::Recent,
            SearchKey::Old => Self::Recent.negated(),
            SearchKey::New => Self::All(vec![Self::Recent, Self::Flag(Flag::Seen).negated()]),
            SearchKey::Larger(size) => Self::Larger(*size),
            SearchKey::Smaller(size) => Self::Smaller(*size),
            SearchKey::Before(day) => Self::Received(Day::Before, *day.as_ref()),
            SearchKey::On(day) => Self::Received(Day::On, *day.as_ref()),
            SearchKey::Since(day) => Self::Received(Day::Since, *day.as_ref()),
            SearchKey::SentBefore(day) => Self::Sent(Day::Before, *day.as_ref()),
            SearchKey::SentOn(day) => Self::Sent(Day::On, *day.as_ref()),
            SearchKey::SentSince(day) => Self::Sent(Day::Since, *day.as_ref()),
            SearchKey::Older(seconds) => Self::Older(seconds.get()),
            SearchKey::Younger(seconds) => Self::Younger(seconds.get()),
            SearchKey::Bcc(text) => field("Bcc", text),
            SearchKey::Cc(text) => field("Cc", text),
            SearchKey::From(text) => field("From", text),
            SearchKey::Subject(text) => field("Subject", text),
            SearchKey::To(text) => field("To", text),
            SearchKey::Header(name, text) => Self::Field(name.as_ref().to_vec(), folded(text)),
            SearchKey::Body(text) => Self::Body(folded(text)),
            SearchKey::Text(text) => Self::Text(folded(text)),
            SearchKey::ModSequence { modseq, .. } => Self::ModSeq(*modseq),
        })
    }

    fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    fn has_modseq(&self) -> bool {
        match self {
            Self::ModSeq(_) => true,
            Self::Not(test) => test.has_modseq(),
            Self::All(tests) => tests.iter().any(Self::has_modseq),
            Self::Or(tests) => tests.iter().any(Self::has_modseq),
            _ => false,
        }
    }
}

/// A message that is compared with the keys.
struct Candidate<'a> {
    hit: Hit,
    entry: &'a Entry,
    recent: bool,
    now: DateTime<FixedOffset>,
    /// The header, decoded and folded when it is first needed.
    header: OnceCell<String>,
    body: OnceCell<String>,
}

impl Candidate<'_> {
    fn passes(&self, test: &Test) -> bool {
        let Entry { message, flags, .. } = self.entry;
        match test {
            Test::All(tests) => tests.iter().all(|test| self.passes(test)),
            Test::Or(tests) => tests.iter().any(|test| self.passes(test)),
            Test::Not(test) => !self.passes(test),
            Test::Among(uids) => uids.contains(&self.hit.uid),
            Test::Flag(flag) => flags.contains(flag),
            Test::Keyword(keyword) => flags.has_keyword(keyword),
            Test::Recent => self.recent,
            Test::Larger(size) => message.size() > *size,
            Test::Smaller(size) => message.size() < *size,
            Test::Received(when, day) => when.holds(self.entry.date.date_naive(), *day),
            Test::Sent(when, day) => message
                .sent()
                .and_then(|date| {
                    let (month, day) = (u32::from(date.month), u32::from(date.day));
                    NaiveDate::from_ymd_opt(i32::from(date.year), month, day)
                })
                .is_some_and(|date| when.holds(date, *day)),
            Test::Younger(seconds) => self.age() <= i64::from(*seconds),
            Test::Older(seconds) => self.age() >= i64::from(*seconds),
            Test::Field(name, text) => message
                .fields(name)
                .iter()
                .any(|value| fold(value).contains(text)),
            Test::Body(text) => self.body().contains(text),
            Test::Text(text) => {
                let header = self.header.get_or_init(|| fold(&message.header_text()));
                header.contains(text) || self.body().contains(text)
            }
            Test::ModSeq(modseq) => self.entry.modseq >= *modseq,
            Test::MessageId(id) => self.entry.gmail.message_id == *id,
            Test::ThreadId(id) => self.entry.gmail.thread_id == *id,
            Test::Label(label) => self.entry.gmail.labels.has(label),
            Test::Attachment => message.has_attachment(),
        }
    }

    fn body(&self) -> &str {
        self.body
            .get_or_init(|| fold(&self.entry.message.body_text()))
    }

    fn age(&self) -> i64 {
        (self.now - self.entry.date).num_seconds()
    }
}

impl Day {
    fn holds(self, date: NaiveDate, day: NaiveDate) -> bool {
        match self {
            Self::Before => date < day,
            Self::On => date == day,
            Self::Since => date >= day,
        }
    }
}

/// Folds a text of a command for comparison.
fn folded(text: &AString<'_>) -> String {
    fold(&String::from_utf8_lossy(text.as_ref()))
}
