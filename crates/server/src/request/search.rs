//! Parses SEARCH with its keys and result options.

use imap_codec::imap_types::{
    IntoStatic as _,
    command::CommandBody,
    core::Charset,
    extensions::{sort::SortCriterion, thread::ThreadingAlgorithm},
};

use super::{Arguments, BadRequest, decoded, gmail, has_leading_zero};
use crate::search::Key;

/// The maximum depth of nested keys.
const DEEPEST: usize = 50;

/// The keys without an argument. Keys that are neither here nor below have one.
const BARE: [&str; 14] = [
    "ALL",
    "ANSWERED",
    "DELETED",
    "DRAFT",
    "FLAGGED",
    "NEW",
    "OLD",
    "RECENT",
    "SEEN",
    "UNANSWERED",
    "UNDELETED",
    "UNDRAFT",
    "UNFLAGGED",
    "UNSEEN",
];

/// SEARCH, SORT or THREAD.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) kind: SearchKind,
    /// The options of RETURN; if `None`, the result is a SEARCH response.
    pub(crate) returns: Option<Return>,
    pub(crate) uid: bool,
    pub(crate) charset: Option<Charset<'static>>,
    pub(crate) keys: Vec<Key>,
}

/// The use of the messages that are found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SearchKind {
    Search,
    Sort(Vec<SortCriterion>),
    Thread(ThreadingAlgorithm<'static>),
}

/// The return options of SEARCH (RFC 4731), including SAVE (RFC 5182).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Return {
    pub(crate) min: bool,
    pub(crate) max: bool,
    pub(crate) all: bool,
    pub(crate) count: bool,
    pub(crate) save: bool,
}

impl Search {
    /// Parses a command, whose name without UID is `name`.
    pub(super) fn parse(name: &str, uid: bool, command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1 + usize::from(uid))?;
        arguments.space()?;
        let (kind, returns, charset) = match name {
            "SEARCH" => {
                let returns = returns(&mut arguments)?;
                (SearchKind::Search, returns, charset(&mut arguments)?)
            }
            _ => {
                let (kind, charset) = head(name, &mut arguments)?;
                (kind, None, Some(charset))
            }
        };
        let mut keys = vec![key(&mut arguments, 0)?];
        while arguments.passes(b' ') {
            keys.push(key(&mut arguments, 0)?);
        }
        arguments.end()?;
        Ok(Self {
            kind,
            returns,
            uid,
            charset,
            keys,
        })
    }
}

/// Parses RETURN of SEARCH.
fn returns(arguments: &mut Arguments<'_>) -> Result<Option<Return>, BadRequest> {
    if !arguments.keyword("RETURN") {
        return Ok(None);
    }
    arguments.space()?;
    let mut returns = Return::default();
    let options = arguments.list(Arguments::word)?;
    for option in &options {
        match option.to_ascii_uppercase().as_str() {
            "MIN" => returns.min = true,
            "MAX" => returns.max = true,
            "ALL" => returns.all = true,
            "COUNT" => returns.count = true,
            "SAVE" => returns.save = true,
            _ => return Err(BadRequest::Wrong),
        }
    }
    returns.all |= options.is_empty();
    arguments.space()?;
    Ok(Some(returns))
}

/// Parses CHARSET of SEARCH.
fn charset(arguments: &mut Arguments<'_>) -> Result<Option<Charset<'static>>, BadRequest> {
    if !arguments.keyword("CHARSET") {
        return Ok(None);
    }
    arguments.space()?;
    let charset = arguments.astring()?.into_owned();
    arguments.space()?;
    let charset = String::from_utf8(charset).map_err(|_| BadRequest::Wrong)?;
    Charset::try_from(charset)
        .map(Some)
        .map_err(|_| BadRequest::Wrong)
}

/// Parses the arguments before the keys of SORT and THREAD, including the charset.
fn head(
    name: &str,
    arguments: &mut Arguments<'_>,
) -> Result<(SearchKind, Charset<'static>), BadRequest> {
    let head = arguments.slice(|arguments| {
        match arguments.peek() {
            Some(b'(') => drop(arguments.list(Arguments::word)?),
            _ => drop(arguments.word()?),
        }
        arguments.space()?;
        arguments.astring()?;
        arguments.space()
    })?;
    match decoded(&[b"x ", name.as_bytes(), b" ", head, b"ALL\r\n"].concat())? {
        CommandBody::Sort {
            sort_criteria,
            charset,
            ..
        } => Ok((SearchKind::Sort(sort_criteria.into_inner()), charset)),
        CommandBody::Thread {
            algorithm, charset, ..
        } => Ok((SearchKind::Thread(algorithm), charset)),
        _ => Err(BadRequest::Wrong),
    }
}

fn key(arguments: &mut Arguments<'_>, depth: usize) -> Result<Key, BadRequest> {
    if depth > DEEPEST {
        return Err(BadRequest::Wrong);
    }
    if arguments.peek() == Some(b'(') {
        let keys = arguments.list(|arguments| key(arguments, depth + 1))?;
        return match keys.is_empty() {
            true => Err(BadRequest::Wrong),
            false => Ok(Key::And(keys)),
        };
    }
    let mut after = *arguments;
    let name = after.word()?.to_ascii_uppercase();
    let mut next = || {
        after.space()?;
        key(&mut after, depth + 1)
    };
    let key = match name.as_str() {
        "NOT" => Key::Not(Box::new(next()?)),
        "OR" => Key::Or(Box::new([next()?, next()?])),
        "$" => Key::Saved,
        "UID" if is_saved(after) => {
            after.space()?;
            after.word()?;
            Key::Saved
        }
        _ if name.starts_with("X-GM-") => gmail::key(&name, &mut after)?,
        _ => return plain(arguments),
    };
    *arguments = after;
    Ok(key)
}

/// Returns whether `$` is next.
fn is_saved(mut arguments: Arguments<'_>) -> bool {
    arguments.space().is_ok() && arguments.word() == Ok("$")
}

/// Parses a key that imap-codec supports.
fn plain(arguments: &mut Arguments<'_>) -> Result<Key, BadRequest> {
    let key = arguments.slice(|arguments| {
        let name = arguments.word()?.to_ascii_uppercase();
        let is_set = name.starts_with(|c: char| c.is_ascii_digit() || c == '*');
        if is_set && has_leading_zero(&name) {
            return Err(BadRequest::Wrong);
        }
        let mut count = match name.as_str() {
            "HEADER" => 2,
            name if is_set || BARE.contains(&name) => 0,
            _ => 1,
        };
        // The name and kind of an entry may precede the number (RFC 7162 §3.1.5).
        if name == "MODSEQ" && arguments.rest().starts_with(b" \"") {
            count = 3;
        }
        for _ in 0..count {
            arguments.space()?;
            match arguments.peek() {
                Some(b'"' | b'{') => drop(arguments.string()?),
                _ => {
                    let word = arguments.word()?;
                    if name == "UID" && has_leading_zero(word) {
                        return Err(BadRequest::Wrong);
                    }
                }
            }
        }
        Ok(())
    })?;
    match decoded(&[b"x SEARCH ", key, b"\r\n"].concat())? {
        CommandBody::Search { criteria, .. } => match criteria.into_inner().pop() {
            Some(key) => Ok(Key::Plain(key.into_static())),
            None => Err(BadRequest::Wrong),
        },
        _ => Err(BadRequest::Wrong),
    }
}
