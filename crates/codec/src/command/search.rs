//! SEARCH and the tree of keys it takes.

use chrono::NaiveDate;

use super::{messages::Set, store::wire_flag};
use crate::{
    flag::Flag,
    outgoing::{InvalidArgument, Outgoing},
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
    /// Larger than so many bytes.
    Larger(u32),
    /// Smaller than so many bytes.
    Smaller(u32),
    /// One of these UIDs.
    Uid(UidSet),
    /// One of these sequence numbers.
    Seq(SeqSet),
    /// Not that.
    Not(Box<Self>),
    /// This or that.
    Or(Box<Self>, Box<Self>),
    /// All of these.
    And(Vec<Self>),
    /// Keys spelled as on the wire, in ASCII and without literals.
    Raw(String),
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

/// `UID SEARCH` (RFC 9051 §6.4.4).
///
/// # Errors
/// If a key cannot be sent: empty sets, NUL in text, raw text that is not plain ASCII, keys
/// nested over 100 levels deep.
pub fn search(key: &SearchKey) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("UID SEARCH ");
    if needs_charset(key, 0)? {
        outgoing.push("CHARSET UTF-8 ");
    }
    match key {
        // The list of keys at the top needs no parentheses.
        SearchKey::And(keys) if !keys.is_empty() => write_keys(&mut outgoing, keys)?,
        SearchKey::Raw(text) => write_raw(&mut outgoing, text)?,
        key => write_key(&mut outgoing, key)?,
    }
    Ok(outgoing)
}

/// Recursion is bounded here, before anything is written.
fn needs_charset(key: &SearchKey, depth: usize) -> Result<bool, InvalidArgument> {
    use SearchKey::{And, Bcc, Body, Cc, From, Header, Not, Or, Subject, Text, To};
    if depth > 100 {
        return Err(InvalidArgument::new(
            "search key",
            "keys may be nested 100 levels deep",
        ));
    }
    Ok(match key {
        Bcc(text)
        | Body(text)
        | Cc(text)
        | From(text)
        | Header(_, text)
        | Subject(text)
        | Text(text)
        | To(text) => !text.is_ascii(),
        Not(key) => needs_charset(key, depth + 1)?,
        Or(one, other) => needs_charset(one, depth + 1)? | needs_charset(other, depth + 1)?,
        And(keys) => {
            let mut any = false;
            for key in keys {
                any |= needs_charset(key, depth + 1)?;
            }
            any
        }
        _ => false,
    })
}

fn write_keys(outgoing: &mut Outgoing, keys: &[SearchKey]) -> Result<(), InvalidArgument> {
    for (index, key) in keys.iter().enumerate() {
        if index > 0 {
            outgoing.push(" ");
        }
        write_key(outgoing, key)?;
    }
    Ok(())
}

fn write_key(outgoing: &mut Outgoing, key: &SearchKey) -> Result<(), InvalidArgument> {
    use SearchKey as Key;
    match key {
        Key::All => outgoing.push("ALL"),
        Key::Answered => outgoing.push("ANSWERED"),
        Key::Deleted => outgoing.push("DELETED"),
        Key::Draft => outgoing.push("DRAFT"),
        Key::Flagged => outgoing.push("FLAGGED"),
        Key::Seen => outgoing.push("SEEN"),
        Key::Unanswered => outgoing.push("UNANSWERED"),
        Key::Undeleted => outgoing.push("UNDELETED"),
        Key::Undraft => outgoing.push("UNDRAFT"),
        Key::Unflagged => outgoing.push("UNFLAGGED"),
        Key::Unseen => outgoing.push("UNSEEN"),
        Key::Keyword(flag) => outgoing.push("KEYWORD ").push(&wire_flag(flag)?),
        Key::Unkeyword(flag) => outgoing.push("UNKEYWORD ").push(&wire_flag(flag)?),
        Key::Bcc(text) => write_text(outgoing, "BCC ", text)?,
        Key::Body(text) => write_text(outgoing, "BODY ", text)?,
        Key::Cc(text) => write_text(outgoing, "CC ", text)?,
        Key::From(text) => write_text(outgoing, "FROM ", text)?,
        Key::Header(name, text) => {
            outgoing
                .push("HEADER ")
                .astring("header field name", name.as_bytes())?;
            write_text(outgoing, " ", text)?
        }
        Key::Subject(text) => write_text(outgoing, "SUBJECT ", text)?,
        Key::Text(text) => write_text(outgoing, "TEXT ", text)?,
        Key::To(text) => write_text(outgoing, "TO ", text)?,
        Key::Before(date) => write_date(outgoing, "BEFORE ", *date)?,
        Key::On(date) => write_date(outgoing, "ON ", *date)?,
        Key::Since(date) => write_date(outgoing, "SINCE ", *date)?,
        Key::SentBefore(date) => write_date(outgoing, "SENTBEFORE ", *date)?,
        Key::SentOn(date) => write_date(outgoing, "SENTON ", *date)?,
        Key::SentSince(date) => write_date(outgoing, "SENTSINCE ", *date)?,
        Key::Larger(size) => outgoing.push(&format!("LARGER {size}")),
        Key::Smaller(size) => outgoing.push(&format!("SMALLER {size}")),
        Key::Uid(uids) => write_set(outgoing, "UID ", &Set::Uids(uids.clone()))?,
        Key::Seq(seqs) => write_set(outgoing, "", &Set::Seqs(seqs.clone()))?,
        Key::Not(key) => {
            outgoing.push("NOT ");
            return write_key(outgoing, key);
        }
        Key::Or(one, other) => {
            outgoing.push("OR ");
            write_key(outgoing, one)?;
            outgoing.push(" ");
            return write_key(outgoing, other);
        }
        Key::And(keys) if keys.is_empty() => outgoing.push("ALL"),
        Key::And(keys) => {
            outgoing.push("(");
            write_keys(outgoing, keys)?;
            outgoing.push(")")
        }
        Key::Raw(text) => {
            // In parentheses, so that NOT and OR take all of it.
            outgoing.push("(");
            write_raw(outgoing, text)?;
            outgoing.push(")")
        }
    };
    Ok(())
}

fn write_raw(outgoing: &mut Outgoing, text: &str) -> Result<(), InvalidArgument> {
    if text.trim().is_empty() {
        return Err(InvalidArgument::new("search key", "it must not be empty"));
    }
    outgoing.checked("search key", text)?;
    Ok(())
}

fn write_text<'a>(
    outgoing: &'a mut Outgoing,
    key: &str,
    text: &str,
) -> Result<&'a mut Outgoing, InvalidArgument> {
    outgoing.push(key).string("search text", text.as_bytes())
}

/// RFC 9051's `date`: `1-Feb-1994`.
fn write_date<'a>(
    outgoing: &'a mut Outgoing,
    key: &str,
    date: NaiveDate,
) -> Result<&'a mut Outgoing, InvalidArgument> {
    use chrono::Datelike;
    if !(0..=9999).contains(&date.year()) {
        return Err(InvalidArgument::new(
            "search date",
            format!("{date} needs a year of 4 digits"),
        ));
    }
    Ok(outgoing
        .push(key)
        .push(&date.format("%-d-%b-%Y").to_string()))
}

fn write_set<'a>(
    outgoing: &'a mut Outgoing,
    key: &str,
    set: &Set,
) -> Result<&'a mut Outgoing, InvalidArgument> {
    if set.is_empty() {
        return Err(InvalidArgument::new("search key", "a set in it is empty"));
    }
    let text = match set {
        Set::Uids(uids) => uids.to_string(),
        Set::Seqs(seqs) => seqs.to_string(),
    };
    Ok(outgoing.push(key).push(&text))
}
