use super::{Arguments, BadRequest, decoded, gmail};
use crate::server::search::Key;
use imap_codec::imap_types::{
    IntoStatic as _,
    command::CommandBody,
    core::Charset,
    extensions::{sort::SortCriterion, thread::ThreadingAlgorithm},
};

/// How deep keys may lie in keys.
const DEEPEST: usize = 50;

/// Keys that have no argument; those that are not here or below have one.
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
    pub(crate) uid: bool,
    pub(crate) charset: Option<Charset<'static>>,
    pub(crate) keys: Vec<Key>,
}

/// What is done with the messages that are found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SearchKind {
    Search,
    Sort(Vec<SortCriterion>),
    Thread(ThreadingAlgorithm<'static>),
}

impl Search {
    /// `name` is that of the command without UID.
    pub(super) fn parse(name: &str, uid: bool, command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1 + usize::from(uid))?;
        arguments.space()?;
        let (kind, charset) = match name {
            "SEARCH" => (SearchKind::Search, charset(&mut arguments)?),
            _ => {
                let (kind, charset) = head(name, &mut arguments)?;
                (kind, Some(charset))
            }
        };
        let mut keys = vec![key(&mut arguments, 0)?];
        while arguments.passes(b' ') {
            keys.push(key(&mut arguments, 0)?);
        }
        arguments.end()?;
        Ok(Self {
            kind,
            uid,
            charset,
            keys,
        })
    }
}

/// CHARSET of SEARCH.
fn charset(arguments: &mut Arguments<'_>) -> Result<Option<Charset<'static>>, BadRequest> {
    let mut after = *arguments;
    if !after
        .word()
        .is_ok_and(|word| word.eq_ignore_ascii_case("CHARSET"))
    {
        return Ok(None);
    }
    after.space()?;
    let charset = after.astring()?.into_owned();
    after.space()?;
    *arguments = after;
    let charset = String::from_utf8(charset).map_err(|_| BadRequest::Wrong)?;
    Charset::try_from(charset)
        .map(Some)
        .map_err(|_| BadRequest::Wrong)
}

/// What stands before the keys of SORT and THREAD, charset included.
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
        _ if name.starts_with("X-GM-") => gmail::key(&name, &mut after)?,
        _ => return plain(arguments),
    };
    *arguments = after;
    Ok(key)
}

/// A key that imap-codec knows.
fn plain(arguments: &mut Arguments<'_>) -> Result<Key, BadRequest> {
    let key = arguments.slice(|arguments| {
        let name = arguments.word()?.to_ascii_uppercase();
        let is_set = name.starts_with(|c: char| c.is_ascii_digit() || c == '*');
        let mut count = match name.as_str() {
            "HEADER" => 2,
            name if is_set || BARE.contains(&name) => 0,
            _ => 1,
        };
        // The name and kind of an entry may stand before the number (RFC 7162, section 3.1.5).
        if name == "MODSEQ" && arguments.rest().starts_with(b" \"") {
            count = 3;
        }
        for _ in 0..count {
            arguments.space()?;
            match arguments.peek() {
                Some(b'"' | b'{') => drop(arguments.string()?),
                _ => drop(arguments.word()?),
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
