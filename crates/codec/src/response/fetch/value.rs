//! The items of a FETCH by name, and the values of small items.

use crate::token::{Cursor, Fault, Read};

use super::{
    UsualDate,
    scan::{Scan, from_float},
    tape::Span,
};

/// Items whose name has no brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Uid,
    Flags,
    Size,
    ModSeq,
    InternalDate,
    SaveDate,
    Envelope,
    Body,
    BodyStructure,
    Rfc822,
    Rfc822Header,
    Rfc822Text,
    Preview,
    EmailId,
    ThreadId,
    GmailMessageId,
    GmailThreadId,
    GmailLabels,
}

impl Item {
    /// Returns the next item and the length of its name, in the spelling of most servers.
    #[inline]
    pub(super) fn usual(rest: &[u8]) -> Option<(Self, usize)> {
        const USUAL: [(&[u8], Item); 5] = [
            (b"INTERNALDATE ", Item::InternalDate),
            (b"RFC822.SIZE ", Item::Size),
            (b"ENVELOPE ", Item::Envelope),
            (b"BODYSTRUCTURE ", Item::BodyStructure),
            (b"BODY ", Item::Body),
        ];
        let found = USUAL.iter().find(|(head, _)| rest.starts_with(head));
        found.map(|(head, item)| (*item, head.len() - 1))
    }

    #[inline]
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        Self::in_upper_case(name).or_else(|| Self::in_any_case(name))
    }

    #[inline]
    fn in_upper_case(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"ENVELOPE" => Self::Envelope,
            b"BODYSTRUCTURE" => Self::BodyStructure,
            b"RFC822.SIZE" => Self::Size,
            b"INTERNALDATE" => Self::InternalDate,
            b"MODSEQ" => Self::ModSeq,
            b"UID" => Self::Uid,
            b"FLAGS" => Self::Flags,
            b"BODY" => Self::Body,
            b"RFC822" => Self::Rfc822,
            b"RFC822.HEADER" => Self::Rfc822Header,
            b"RFC822.TEXT" => Self::Rfc822Text,
            b"SAVEDATE" => Self::SaveDate,
            b"PREVIEW" => Self::Preview,
            b"EMAILID" => Self::EmailId,
            b"THREADID" => Self::ThreadId,
            b"X-GM-MSGID" => Self::GmailMessageId,
            b"X-GM-THRID" => Self::GmailThreadId,
            b"X-GM-LABELS" => Self::GmailLabels,
            _ => return None,
        })
    }

    #[cold]
    fn in_any_case(name: &[u8]) -> Option<Self> {
        let mut upper = [0; 16];
        let upper = upper.get_mut(..name.len())?;
        upper.copy_from_slice(name);
        upper.make_ascii_uppercase();
        Self::in_upper_case(upper)
    }
}

/// Returns whether a list of flags surely ends at a closing parenthesis that is followed by these
/// bytes: the next item, possibly in parentheses, or the end of the list of items.
#[cold]
pub(super) fn ends_flags(after: &[u8]) -> bool {
    let next = after.trim_ascii_start();
    match next {
        [] => true,
        [b')', rest @ ..] => Cursor::new(rest).is_done(),
        _ => {
            let opening = next.iter().take_while(|&&byte| byte == b'(').count();
            let item = next.get(opening..).unwrap_or_default();
            next.len() < after.len() && begins_item(item, false)
        }
    }
}

/// Returns whether `rest` begins with the name of a known item that is followed by something. At
/// the end of a list it could also be a word of an unknown value.
#[cold]
pub(super) fn begins_item(rest: &[u8], may_be_last: bool) -> bool {
    let ends = |byte: &u8| *byte <= b' ' || matches!(byte, b'(' | b')' | b'[' | b'<' | b'"');
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let (word, after) = rest.split_at_checked(length).unwrap_or_default();
    let is = |names: &[&str]| {
        let mut names = names.iter();
        names.any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
    };
    match after.first() {
        Some(b' ' | b'(') => Item::named(word).is_some(),
        Some(b')') => may_be_last && Item::named(word).is_some(),
        Some(b'[') => is(&["BODY", "BINARY", "BODY.PEEK", "BINARY.PEEK", "BINARY.SIZE"]),
        _ => false,
    }
}

#[inline]
pub(super) fn uid(cursor: &mut Cursor<'_>) -> Read<u32> {
    let at = cursor.at();
    match listed(cursor, Cursor::number32)? {
        0 => Err(Fault {
            at,
            why: "there is no UID 0",
        }),
        uid => Ok(uid),
    }
}

/// Reads a value that may be in parentheses but usually is not.
#[inline]
fn listed<'a, T>(cursor: &mut Cursor<'a>, read: fn(&mut Cursor<'a>) -> Read<T>) -> Read<T> {
    match cursor.peek() {
        Some(b'(') => cursor.in_parentheses(read),
        _ => read(cursor),
    }
}

/// Reads a number of bytes, which some servers write as `9.3736e+06`.
pub(super) fn size(cursor: &mut Cursor<'_>) -> Read<u64> {
    let start = cursor.at();
    let fault = match listed(cursor, Cursor::number) {
        Ok(size) => return Ok(size),
        Err(fault) => fault,
    };
    cursor.seek(start);
    cursor.in_parentheses(|cursor| {
        let text = std::str::from_utf8(cursor.atom()).unwrap_or_default();
        from_float(text).ok_or(fault)
    })
}

/// Reads a date of the usual length, which can be stored without a frame.
pub(super) fn usual_date(cursor: &mut Cursor<'_>) -> Option<UsualDate> {
    let inside = cursor.rest().strip_prefix(b"\"")?;
    let (date, after) = inside.split_first_chunk::<{ UsualDate::LENGTH }>()?;
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if after.first() != Some(&b'"') || !date.iter().all(plain) {
        return None;
    }
    cursor.skip(UsualDate::LENGTH + 2);
    Some(UsualDate(*date))
}

/// Reads `(id)`, the same without parentheses, or NIL.
pub(super) fn object_id(scan: &mut Scan<'_, '_>) -> Read<Span> {
    let cursor = &mut scan.cursor;
    let at = cursor.at();
    let Some(text) = cursor.in_parentheses(Cursor::nstring)? else {
        return Ok(Span::NIL);
    };
    if std::str::from_utf8(text.raw).is_err() {
        let why = "an identifier is not UTF-8";
        return Err(Fault { at, why });
    }
    Ok(scan.span(text))
}

/// Reads `<n>` after a section.
pub(super) fn origin(cursor: &mut Cursor<'_>) -> Option<u64> {
    if cursor.peek() != Some(b'<') {
        return None;
    }
    let start = cursor.at();
    cursor.skip(1);
    let digits = std::str::from_utf8(cursor.until(|byte| !byte.is_ascii_digit()));
    cursor.until(|byte| byte <= b' ' || byte == b'>');
    if !cursor.eat(b'>') {
        cursor.seek(start);
        return None;
    }
    digits.ok()?.parse().ok()
}
