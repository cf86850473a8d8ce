//! X-GM-EXT-1, Gmail's extension.

use imap_codec::imap_types::{
    command::{CommandBody, StoreModifier},
    core::AString,
    flag::StoreType,
    search::SearchKey,
    sequence::SequenceSet,
};

use super::{Arguments, BadRequest, decoded};
use crate::{search::Key, store::name};

/// FETCH with items of Gmail's extension.
#[derive(Debug)]
pub(crate) struct GmailFetch {
    /// The command without these items.
    pub(crate) plain: CommandBody<'static>,
    /// `true` if there are no other items. The plain command then has an item that was not
    /// requested.
    pub(crate) only: bool,
    pub(crate) items: Vec<GmailItem>,
}

/// The items of FETCH that only Gmail has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GmailItem {
    MessageId,
    ThreadId,
    Labels,
}

/// STORE of labels.
#[derive(Debug)]
pub(crate) struct StoreLabels {
    pub(crate) set: SequenceSet,
    pub(crate) uid: bool,
    pub(crate) modifiers: Vec<StoreModifier>,
    pub(crate) kind: StoreType,
    pub(crate) silent: bool,
    /// The labels, in UTF-8.
    pub(crate) labels: Vec<String>,
}

/// Returns whether a command uses the extension.
pub(super) fn is_meant(command: &[u8]) -> bool {
    command
        .windows(5)
        .any(|word| word.eq_ignore_ascii_case(b"X-GM-"))
}

impl GmailItem {
    pub(crate) const ALL: [Self; 3] = [Self::MessageId, Self::ThreadId, Self::Labels];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MessageId => "X-GM-MSGID",
            Self::ThreadId => "X-GM-THRID",
            Self::Labels => "X-GM-LABELS",
        }
    }
}

impl GmailFetch {
    pub(super) fn parse(uid: bool, command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1 + usize::from(uid))?;
        arguments.space()?;
        arguments.word()?;
        arguments.space()?;
        let head = arguments.taken();
        let all = match arguments.peek() {
            Some(b'(') => arguments.list(item)?,
            _ => vec![item(&mut arguments)?],
        };
        let mut plain = Vec::new();
        let mut items = Vec::new();
        for item in all {
            let name = |gmail: &GmailItem| item.eq_ignore_ascii_case(gmail.name().as_bytes());
            match GmailItem::ALL.into_iter().find(name) {
                Some(gmail) => items.push(gmail),
                None => plain.push(item),
            }
        }
        let only = plain.is_empty();
        if only {
            plain.push(b"UID");
        }
        let plain = plain.join(&b' ');
        let plain = decoded(&[head, b"(", &plain, b")", arguments.rest()].concat())?;
        Ok(Self { plain, only, items })
    }
}

/// Parses an item of FETCH, including its brackets.
pub(super) fn item<'a>(arguments: &mut Arguments<'a>) -> Result<&'a [u8], BadRequest> {
    arguments.slice(|arguments| {
        arguments.bytes(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))?;
        if arguments.passes(b'[') {
            while !arguments.passes(b']') {
                match arguments.peek() {
                    Some(b'"' | b'{') => drop(arguments.string()?),
                    _ => drop(arguments.bytes(|byte| !b"]\"{\r\n".contains(&byte))?),
                }
            }
            if arguments.peek() == Some(b'<') {
                arguments.bytes(|byte| byte.is_ascii_digit() || b"<.>".contains(&byte))?;
            }
        }
        Ok(())
    })
}

impl StoreLabels {
    pub(super) fn parse(uid: bool, command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1 + usize::from(uid))?;
        arguments.space()?;
        arguments.word()?;
        arguments.space()?;
        if arguments.peek() == Some(b'(') {
            arguments.bytes(|byte| !b")\r\n".contains(&byte))?;
            arguments.expect(b')')?;
            arguments.space()?;
        }
        let head = arguments.taken();
        let verb = arguments.word()?.to_ascii_uppercase();
        let (kind, verb) = match verb.split_at_checked(1) {
            Some(("+", verb)) => (StoreType::Add, verb),
            Some(("-", verb)) => (StoreType::Remove, verb),
            _ => (StoreType::Replace, &*verb),
        };
        let silent = match verb {
            "X-GM-LABELS" => false,
            "X-GM-LABELS.SILENT" => true,
            _ => return Err(BadRequest::Wrong),
        };
        arguments.space()?;
        let labels = match arguments.peek() {
            Some(b'(') => arguments.list(label)?,
            _ => vec![label(&mut arguments)?],
        };
        arguments.end()?;
        match decoded(&[head, b"+FLAGS ()\r\n"].concat())? {
            CommandBody::Store {
                sequence_set,
                uid,
                modifiers,
                ..
            } => Ok(Self {
                set: sequence_set,
                uid,
                modifiers,
                kind,
                silent,
                labels,
            }),
            _ => Err(BadRequest::Wrong),
        }
    }
}

/// Parses a label. System labels such as `\Inbox` need no quotes.
fn label(arguments: &mut Arguments<'_>) -> Result<String, BadRequest> {
    let label = if arguments.peek() == Some(b'\\') {
        arguments.word()?.as_bytes().into()
    } else {
        arguments.astring()?
    };
    match name::decode(&label) {
        Ok(label) if !label.is_empty() => Ok(label),
        _ => Err(BadRequest::Wrong),
    }
}

/// Parses the argument of a search key.
pub(super) fn key(name: &str, arguments: &mut Arguments<'_>) -> Result<Key, BadRequest> {
    arguments.space()?;
    match name {
        "X-GM-RAW" => query(&String::from_utf8_lossy(&arguments.astring()?)),
        "X-GM-LABELS" => label(arguments).map(Key::Label),
        "X-GM-MSGID" => arguments.number().map(Key::MessageId),
        "X-GM-THRID" => arguments.number().map(Key::ThreadId),
        _ => Err(BadRequest::Wrong),
    }
}

/// Parses a part of the syntax of Gmail's search box: words, `from:`, `to:`, `subject:`, `label:`,
/// `has:attachment`, `is:` with `read`, `unread` and `starred`; a leading `-` negates a term, and
/// terms with spaces are quoted.
fn query(text: &str) -> Result<Key, BadRequest> {
    let terms = terms(text);
    if terms.is_empty() {
        return Err(BadRequest::Wrong);
    }
    terms
        .iter()
        .map(|term| self::term(term))
        .collect::<Result<_, _>>()
        .map(Key::Raw)
}

/// Splits a text at spaces, and removes the quotes.
fn terms(text: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match (c, terms.last_mut()) {
            ('"', _) => quoted = !quoted,
            (c, _) if c.is_whitespace() && !quoted => terms.push(String::new()),
            (c, Some(last)) => last.push(c),
            (_, None) => {}
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

fn term(term: &str) -> Result<Key, BadRequest> {
    if let Some(rest) = term.strip_prefix('-').filter(|rest| !rest.is_empty()) {
        return self::term(rest).map(|key| Key::Not(Box::new(key)));
    }
    let (operator, value) = term.split_once(':').unwrap_or(("", term));
    let text =
        |text: &str| AString::try_from(text.as_bytes().to_vec()).map_err(|_| BadRequest::Wrong);
    let plain = match (operator.to_ascii_lowercase().as_str(), value) {
        ("from", value) => SearchKey::From(text(value)?),
        ("to", value) => SearchKey::To(text(value)?),
        ("subject", value) => SearchKey::Subject(text(value)?),
        ("label", value) => return Ok(Key::Label(value.to_owned())),
        ("has", "attachment") => return Ok(Key::Attachment),
        ("is", "read") => SearchKey::Seen,
        ("is", "unread") => SearchKey::Unseen,
        ("is", "starred") => SearchKey::Flagged,
        _ => SearchKey::Text(text(term)?),
    };
    Ok(Key::Plain(plain))
}
