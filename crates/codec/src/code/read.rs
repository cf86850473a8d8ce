//! Parses response codes.

use bytes::Bytes;

use crate::{
    Capabilities, Flags, NumberSet, Seq, Tag, Uid, UidSet,
    limits::Limits,
    token::{Cursor, counts_nothing, lossy, trim},
};

use super::{Annotations, AppendUid, Code, CopyUid, MetadataCode, Progress, plain};

impl Code {
    /// Parses the text between the brackets. Returns `None` if it does not begin with a name.
    pub(crate) fn read(inside: &[u8], limits: &Limits) -> Option<Self> {
        let mut cursor = Cursor::new(inside);
        cursor.blanks();
        let name = cursor.atom();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let name = String::from_utf8_lossy(name).to_ascii_uppercase();
        let arguments = trim(cursor.rest());
        Some(if arguments.is_empty() {
            match name.as_str() {
                "BADCHARSET" => Self::BadCharset(Vec::new()),
                "INPROGRESS" => Self::InProgress(Progress::default()),
                _ => plain::read(&name).unwrap_or(Self::Other {
                    name,
                    arguments: None,
                }),
            }
        } else {
            with_arguments(&name, arguments, limits).unwrap_or_else(|| Self::Other {
                name,
                arguments: Some(Bytes::copy_from_slice(arguments)),
            })
        })
    }
}

fn with_arguments(name: &str, arguments: &[u8], limits: &Limits) -> Option<Code> {
    let mut cursor = Cursor::new(without_parentheses(name, arguments, limits));
    let cursor = &mut cursor;
    let code = match name {
        "CAPABILITY" => return Some(Code::Capability(Capabilities::read(arguments))),
        // Free text by its grammar.
        "BADURL" => return Some(Code::BadUrl(whole(arguments))),
        "WEBALERT" => return Some(Code::WebAlert(whole(arguments))),
        "ANNOTATE" => match string(cursor)?.to_ascii_uppercase().as_str() {
            "TOOBIG" => Code::AnnotateTooBig,
            "TOOMANY" => Code::AnnotateTooMany,
            _ => return None,
        },
        "ANNOTATIONS" => Code::Annotations(annotations(cursor)?),
        "APPENDUID" => Code::AppendUid(AppendUid {
            uid_validity: cursor.number32().ok()?,
            uids: uids(cursor)?,
        }),
        "BADCHARSET" => Code::BadCharset(strings(cursor, limits)?),
        "BADEVENT" => Code::BadEvent(strings(cursor, limits)?),
        "COPYUID" => Code::CopyUid(CopyUid {
            uid_validity: cursor.number32().ok()?,
            source: uids(cursor)?,
            destination: uids(cursor)?,
        }),
        "HIGHESTMODSEQ" => Code::HighestModSeq(cursor.number().ok()?),
        "INPROGRESS" => Code::InProgress(progress(cursor)?),
        "MAILBOXID" => Code::MailboxId(object_id(cursor)?),
        "MAXCONVERTMESSAGES" => Code::MaxConvertMessages(cursor.number32().ok()?),
        "MAXCONVERTPARTS" => Code::MaxConvertParts(cursor.number32().ok()?),
        "MESSAGELIMIT" => Code::MessageLimit {
            limit: cursor.number32().ok()?,
            lowest: if cursor.is_done() {
                None
            } else {
                cursor.blanks();
                Some(Uid::new(cursor.number32().ok()?)?)
            },
        },
        "METADATA" => Code::Metadata(metadata(cursor)?),
        "MODIFIED" => Code::Modified(set(cursor)?),
        "NEWNAME" => Code::NewName(string(cursor)?, string(cursor)?),
        "NOUPDATE" => Code::NoUpdate(Tag::read(string(cursor)?.as_bytes())?),
        "PERMANENTFLAGS" => Code::PermanentFlags(Flags::read_line(cursor, limits.items).ok()?),
        "REFERRAL" => Code::Referral(strings(cursor, limits)?),
        "UIDNEXT" => Code::UidNext(Uid::new(cursor.number32().ok()?)?),
        "UIDVALIDITY" => Code::UidValidity(cursor.number32().ok()?),
        "UNDEFINED-FILTER" => Code::UndefinedFilter(string(cursor)?),
        "UNSEEN" => Code::Unseen(Seq::new(cursor.number32().ok()?)?),
        "URLMECH" => Code::UrlMech(strings(cursor, limits)?),
        _ => return None,
    };
    cursor.is_done().then_some(code)
}

/// Returns the arguments without the parentheses that some servers add around them: all of them, or
/// all but the pair that belongs to the code.
fn without_parentheses<'a>(name: &str, mut arguments: &'a [u8], limits: &Limits) -> &'a [u8] {
    let is_list = matches!(
        name,
        "PERMANENTFLAGS" | "BADCHARSET" | "BADEVENT" | "INPROGRESS" | "REFERRAL" | "URLMECH"
    );
    while let Some(inside) = in_parentheses(arguments, limits) {
        if is_list && in_parentheses(inside, limits).is_none() {
            break;
        }
        arguments = inside;
    }
    arguments
}

/// Returns the text inside the parentheses if a single pair encloses all of `bytes`.
fn in_parentheses<'a>(bytes: &'a [u8], limits: &Limits) -> Option<&'a [u8]> {
    let inside = bytes.strip_prefix(b"(")?.strip_suffix(b")")?;
    let mut cursor = Cursor::new(bytes);
    let range = cursor.value(limits.depth).ok()?;
    (range.end == bytes.len()).then(|| trim(inside))
}

fn set(cursor: &mut Cursor<'_>) -> Option<NumberSet> {
    cursor.blanks();
    NumberSet::read(cursor.atom()).ok()
}

/// Parses a set of assigned UIDs, in which a `*` would be meaningless.
fn uids(cursor: &mut Cursor<'_>) -> Option<UidSet> {
    let set = set(cursor).filter(|set| !set.has_star());
    set.map(NumberSet::into_uids)
}

fn whole(arguments: &[u8]) -> String {
    match arguments {
        [b'"', inside @ .., b'"'] => lossy(inside),
        _ => lossy(arguments),
    }
}

fn string(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.blanks();
    Some(lossy(&cursor.astring().ok()?.bytes()))
}

/// Parses `(a "b" c)`, or the same without parentheses.
fn strings(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<Vec<String>> {
    let listed = cursor.eat(b'(');
    let mut all = Vec::new();
    loop {
        cursor.blanks();
        let ends = if listed {
            cursor.eat(b')')
        } else {
            cursor.is_done()
        };
        if ends {
            return Some(all);
        }
        if all.len() == limits.items {
            return None;
        }
        all.push(string(cursor)?);
    }
}

/// Parses `(F2212ea87-6097)`, or the same without parentheses.
fn object_id(cursor: &mut Cursor<'_>) -> Option<String> {
    let listed = cursor.eat(b'(');
    let id = string(cursor)?;
    cursor.blanks();
    if listed {
        cursor.expect(b')', "").ok()?;
    }
    Some(id)
}

/// Parses `("A001" 454 1000)`, where each member can be NIL.
fn progress(cursor: &mut Cursor<'_>) -> Option<Progress> {
    cursor.expect(b'(', "").ok()?;
    cursor.blanks();
    let tag = match cursor.nstring().ok()? {
        Some(tag) => Some(Tag::read(&tag.bytes())?),
        None => None,
    };
    let progress = Progress {
        tag,
        done: optional_number(cursor)?,
        goal: optional_number(cursor)?,
    };
    cursor.blanks();
    cursor.expect(b')', "").ok()?;
    Some(progress)
}

fn optional_number(cursor: &mut Cursor<'_>) -> Option<Option<u64>> {
    cursor.blanks();
    // An unknown number is NIL or negative.
    if cursor.nil() {
        return Some(None);
    }
    let start = cursor.at();
    match cursor.number() {
        Ok(number) => Some(Some(number)),
        Err(_) => {
            cursor.seek(start);
            counts_nothing(cursor.atom()).then_some(None)
        }
    }
}

fn metadata(cursor: &mut Cursor<'_>) -> Option<MetadataCode> {
    let word = cursor.atom();
    let is = |wire: &str| word.eq_ignore_ascii_case(wire.as_bytes());
    cursor.blanks();
    Some(if is("LONGENTRIES") {
        MetadataCode::LongEntries(cursor.number().ok()?)
    } else if is("MAXSIZE") {
        MetadataCode::MaxSize(cursor.number().ok()?)
    } else if is("TOOMANY") {
        MetadataCode::TooMany
    } else if is("NOPRIVATE") {
        MetadataCode::NoPrivate
    } else {
        return None;
    })
}

/// Parses `NONE`, `READ-ONLY` or a number, and an optional `NOPRIVATE`.
fn annotations(cursor: &mut Cursor<'_>) -> Option<Annotations> {
    let mut annotations = Annotations {
        most: None,
        read_only: false,
        no_private: false,
    };
    if let Some(b'0'..=b'9') = cursor.peek() {
        annotations.most = Some(cursor.number().ok()?);
    } else {
        let word = cursor.atom();
        annotations.read_only = word.eq_ignore_ascii_case(b"READ-ONLY");
        if !annotations.read_only && !word.eq_ignore_ascii_case(b"NONE") {
            return None;
        }
    }
    cursor.blanks();
    annotations.no_private = match cursor.atom() {
        b"" => false,
        word if word.eq_ignore_ascii_case(b"NOPRIVATE") => true,
        _ => return None,
    };
    Some(annotations)
}
