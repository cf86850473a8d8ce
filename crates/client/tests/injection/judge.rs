//! Compares what a server received with what it should have received.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use imap_codec::{
    CommandCodec,
    decode::Decoder,
    imap_types::{
        command::{Command, CommandBody},
        core::{AString, IString, NString},
        extensions::binary::LiteralOrLiteral8,
        mailbox::{ListMailbox, Mailbox},
        search::SearchKey,
    },
};
use imapclient::Error;

use crate::{
    reader::{Word, words},
    server::Names,
    table::{Expected, Row},
};

/// The outcome for a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Outcome {
    /// It was sent, in the expected number of commands.
    Sent,
    /// It was refused by an error that says so, and nothing was sent.
    Refused,
    /// It is only used by the client.
    Kept,
}

/// The commands that imap-codec does not support.
const UNKNOWN: [&[u8]; 8] = [
    b"XLIST",
    b"GETACL",
    b"SETACL",
    b"DELETEACL",
    b"LISTRIGHTS",
    b"MYRIGHTS",
    b"X-GM-",
    b"<one> <two>",
];

/// Examines the result of the method and the received commands.
///
/// # Panics
/// Panics if that is not one of the outcomes.
pub(crate) fn judge(
    row: &Row,
    text: &str,
    names: Names,
    result: &Result<(), Error>,
    received: &[Vec<u8>],
) -> Outcome {
    let shown = || {
        let received: Vec<_> = received
            .iter()
            .map(|one| one.escape_ascii().to_string())
            .collect();
        let text: String = text.chars().take(200).collect();
        format!(
            "{} {} of {text:?}: {result:?}, received {received:.300?}",
            row.method, row.argument
        )
    };
    match (result, received) {
        (Err(Error::Invalid(_) | Error::Auth(_) | Error::Missing { .. }), []) => Outcome::Refused,
        (Ok(()), []) if matches!(row.expected, Expected::Nothing) => Outcome::Kept,
        (Ok(()), []) if matches!(row.expected, Expected::Set(_)) && text.trim().is_empty() => {
            // An empty set is not an error.
            Outcome::Kept
        }
        (
            Ok(()) | Err(Error::Refused(_) | Error::NoAnswer { .. } | Error::Unreadable { .. }),
            [first, rest @ ..],
        ) if rest.len() == usize::from(row.then.is_some()) => {
            let expected = [&row.expected].into_iter().chain(&row.then);
            for (expected, command) in expected.zip([first].into_iter().chain(rest)) {
                if let Err(why) = is_expected(expected, text, names, command) {
                    panic!("{why}: {}", shown());
                }
            }
            Outcome::Sent
        }
        _ => panic!("{}", shown()),
    }
}

fn is_expected(
    expected: &Expected,
    text: &str,
    names: Names,
    command: &[u8],
) -> Result<(), String> {
    let matches = |template: &str| Template::new(template, text, names).compare(words(command)?);
    match expected {
        Expected::Words(template) => {
            matches(template)?;
            // Some servers have flags with a bracket, which the grammar does not allow.
            let bracket = template.contains("<flag>") && text.contains(']');
            if bracket
                || UNKNOWN
                    .iter()
                    .any(|name| contains(template.as_bytes(), name))
            {
                return Ok(());
            }
            Template::new(template, text, names).read_by_imap_codec(command)
        }
        Expected::Spelled(template) => {
            let line = template.replace("{}", text);
            let same = line.as_bytes() == command;
            same.then_some(()).ok_or_else(|| format!("not {line:?}"))
        }
        Expected::Within(template) | Expected::Set(template) => matches(template),
        Expected::Sasl(mechanism, message) => {
            let payload = STANDARD.encode(message.replace("{}", text));
            let line = format!("AUTHENTICATE {mechanism} {payload}");
            let same = line.as_bytes() == command;
            same.then_some(()).ok_or_else(|| format!("not {line:?}"))
        }
        Expected::Nothing => Err("nothing was to be sent".to_owned()),
    }
}

fn contains(command: &[u8], part: &[u8]) -> bool {
    command.windows(part.len()).any(|window| window == part)
}

/// An expected command. Each of `<name>`, `<text>`, `<flag>` and `<set>` stands for the text, as
/// the name of a mailbox and so on; `<other>` for exactly that text in any form; `(...)` for any
/// list.
struct Template<'a> {
    words: Vec<Word>,
    text: &'a str,
    names: Names,
}

impl<'a> Template<'a> {
    fn new(template: &str, text: &'a str, names: Names) -> Self {
        let words = words(template.as_bytes()).unwrap();
        Self { words, text, names }
    }

    fn compare(&self, mut received: Vec<Word>) -> Result<(), String> {
        // Text outside ASCII must be announced, unless UTF-8 is implied.
        let charset = [b"CHARSET".to_vec(), b"UTF-8".to_vec()].map(Word::Atom);
        if let Some(at) = received.windows(2).position(|pair| pair == charset) {
            if self.text.is_ascii() || self.names == Names::Utf8 {
                return Err("a charset without need".to_owned());
            }
            received.drain(at..at + 2);
        }
        self.all(&self.words, &received)
    }

    fn all(&self, expected: &[Word], received: &[Word]) -> Result<(), String> {
        if expected.len() != received.len() {
            return Err(format!("{} words are {}", expected.len(), received.len()));
        }
        let mut pairs = expected.iter().zip(received);
        pairs.try_for_each(|(expected, received)| self.one(expected, received))
    }

    fn one(&self, expected: &Word, received: &Word) -> Result<(), String> {
        match (expected, received) {
            (Word::List(expected), Word::List(_)) if expected == &[Word::Atom(b"...".to_vec())] => {
                Ok(())
            }
            (Word::List(expected), Word::List(received)) => self.all(expected, received),
            (Word::Atom(place), Word::Atom(text) | Word::String(text))
                if place.starts_with(b"<") =>
            {
                self.is_in_place(place, text)
            }
            (expected, received) if expected == received => Ok(()),
            (expected, received) => Err(format!("{received:?} in place of {expected:?}")),
        }
    }

    fn is_in_place(&self, place: &[u8], received: &[u8]) -> Result<(), String> {
        let text = self.text;
        let same = match place {
            b"<text>" => received == text.as_bytes(),
            // Case is ignored in the names of system flags.
            b"<flag>" if text.starts_with('\\') => received.eq_ignore_ascii_case(text.as_bytes()),
            b"<flag>" => received == text.as_bytes(),
            b"<set>" => set(received)? == set(text.as_bytes())? && is_well_written(received),
            b"<name>" => {
                let name = match self.names {
                    Names::Utf7 => utf7(received)?,
                    Names::Utf8 => String::from_utf8_lossy(received).into_owned(),
                };
                let is_inbox = |name: &str| name.eq_ignore_ascii_case("INBOX");
                name == text || is_inbox(&name) && is_inbox(text)
            }
            other => {
                other
                    .strip_prefix(b"<")
                    .and_then(|other| other.strip_suffix(b">"))
                    == Some(received)
            }
        };
        let place = place.escape_ascii();
        same.then_some(())
            .ok_or_else(|| format!("\"{}\" in place of {place}", received.escape_ascii()))
    }

    /// Checks the same with another parser.
    fn read_by_imap_codec(&self, command: &[u8]) -> Result<(), String> {
        let wire = [b"A1 ", command, b"\r\n"].concat();
        let (rest, Command { body, .. }) = CommandCodec::default()
            .decode(&wire)
            .map_err(|error| format!("imap-codec: {error:?}"))?;
        if !rest.is_empty() {
            return Err(format!("imap-codec leaves \"{}\"", rest.escape_ascii()));
        }
        let mut places = Vec::new();
        find_places(&self.words, &mut places);
        let texts = texts(&body);
        if places.len() != texts.len() {
            return Err(format!("imap-codec reads {} texts: {body:?}", texts.len()));
        }
        let mut pairs = places.iter().zip(&texts);
        pairs.try_for_each(|(place, text)| self.is_in_place(place, text))
    }
}

/// Collects the places for the text in order.
fn find_places(words: &[Word], places: &mut Vec<Vec<u8>>) {
    for word in words {
        match word {
            Word::List(words) => find_places(words, places),
            Word::Atom(atom) if atom.starts_with(b"<") => places.push(atom.clone()),
            _ => {}
        }
    }
}

/// Returns all texts of a command in order, as imap-codec has parsed them.
fn texts(body: &CommandBody<'_>) -> Vec<Vec<u8>> {
    use CommandBody as Body;
    let astring = |text: &AString<'_>| text.as_ref().to_vec();
    match body {
        Body::Login { username, password } => {
            vec![astring(username), astring(password.declassify())]
        }
        Body::Enable { capabilities } => {
            let names = capabilities.as_ref().iter();
            names.map(|name| name.to_string().into_bytes()).collect()
        }
        Body::Id { parameters } => {
            let pairs = parameters.iter().flatten();
            pairs
                .flat_map(|(name, value)| [istring(name), nstring(value)])
                .collect()
        }
        Body::Select { mailbox: name, .. }
        | Body::Examine { mailbox: name, .. }
        | Body::Create { mailbox: name }
        | Body::Delete { mailbox: name }
        | Body::Subscribe { mailbox: name }
        | Body::Unsubscribe { mailbox: name }
        | Body::Status { mailbox: name, .. }
        | Body::Copy { mailbox: name, .. }
        | Body::Move { mailbox: name, .. }
        | Body::GetQuotaRoot { mailbox: name } => vec![mailbox(name)],
        Body::Rename { from, to } => vec![mailbox(from), mailbox(to)],
        Body::List {
            reference,
            mailbox_wildcard: pattern,
        }
        | Body::Lsub {
            reference,
            mailbox_wildcard: pattern,
        } => {
            let pattern = match pattern {
                ListMailbox::Token(token) => token.as_ref().to_vec(),
                ListMailbox::String(string) => istring(string),
            };
            vec![mailbox(reference), pattern]
        }
        Body::Append {
            mailbox: name,
            flags,
            message,
            ..
        } => {
            let message = match message {
                LiteralOrLiteral8::Literal(literal) => literal.as_ref().to_vec(),
                LiteralOrLiteral8::Literal8(literal) => literal.data.to_vec(),
            };
            let flags = flags.iter().map(|flag| flag.to_string().into_bytes());
            [mailbox(name)]
                .into_iter()
                .chain(flags)
                .chain([message])
                .collect()
        }
        Body::Store { flags, .. } => {
            let flags = flags.iter();
            flags.map(|flag| flag.to_string().into_bytes()).collect()
        }
        Body::Search { criteria: keys, .. }
        | Body::Sort {
            search_criteria: keys,
            ..
        } => keys.as_ref().iter().flat_map(key).collect(),
        Body::Thread {
            algorithm,
            search_criteria: keys,
            ..
        } => {
            let algorithm = algorithm.to_string().into_bytes();
            [algorithm]
                .into_iter()
                .chain(keys.as_ref().iter().flat_map(key))
                .collect()
        }
        Body::GetQuota { root } => vec![astring(root)],
        Body::SetQuota { root, quotas } => {
            let resources = quotas
                .iter()
                .map(|quota| quota.resource.to_string().into_bytes());
            [astring(root)].into_iter().chain(resources).collect()
        }
        other => panic!("no method here sends {other:?}"),
    }
}

fn mailbox(name: &Mailbox<'_>) -> Vec<u8> {
    match name {
        Mailbox::Inbox => b"INBOX".to_vec(),
        Mailbox::Other(other) => other.as_ref().to_vec(),
    }
}

fn istring(text: &IString<'_>) -> Vec<u8> {
    text.as_ref().to_vec()
}

fn nstring(text: &NString<'_>) -> Vec<u8> {
    text.0.as_ref().map(istring).unwrap_or_default()
}

fn key(key: &SearchKey<'_>) -> Vec<Vec<u8>> {
    use SearchKey as Key;
    match key {
        Key::Not(key) => self::key(key),
        Key::Or(one, other) => [self::key(one), self::key(other)].concat(),
        Key::And(keys) => keys.as_ref().iter().flat_map(self::key).collect(),
        Key::Bcc(text)
        | Key::Body(text)
        | Key::Cc(text)
        | Key::From(text)
        | Key::Subject(text)
        | Key::Text(text)
        | Key::To(text) => vec![text.as_ref().to_vec()],
        Key::Header(name, text) => vec![name.as_ref().to_vec(), text.as_ref().to_vec()],
        Key::Keyword(flag) | Key::Unkeyword(flag) => vec![flag.to_string().into_bytes()],
        _ => Vec::new(),
    }
}

/// Decodes modified UTF-7 (RFC 3501 §5.1.3).
fn utf7(wire: &[u8]) -> Result<String, String> {
    let wrong = || format!("no modified UTF-7: \"{}\"", wire.escape_ascii());
    let wire_text = std::str::from_utf8(wire).map_err(|_| wrong())?;
    let mut text = String::new();
    let mut rest = wire_text;
    while let Some((plain, shifted)) = rest.split_once('&') {
        text.push_str(plain);
        let (shifted, after) = shifted.split_once('-').ok_or_else(wrong)?;
        rest = after;
        if shifted.is_empty() {
            text.push('&');
            continue;
        }
        let bytes = STANDARD_NO_PAD
            .decode(shifted.replace(',', "/"))
            .map_err(|_| wrong())?;
        let units = bytes.chunks(2).map(|pair| match *pair {
            [high, low] => Ok(u16::from_be_bytes([high, low])),
            _ => Err(wrong()),
        });
        let units: Vec<u16> = units.collect::<Result<_, _>>()?;
        text.push_str(&String::from_utf16(&units).map_err(|_| wrong())?);
    }
    text.push_str(rest);
    match text.bytes().all(|byte| byte != 0) || wire.contains(&b'&') {
        true => Ok(text),
        false => Err(wrong()),
    }
}

/// Returns whether a set has neither spaces nor numbers with leading zeros, which the grammar
/// forbids.
fn is_well_written(set: &[u8]) -> bool {
    let mut bytes = set.iter();
    let mut numbers = set.split(|byte| matches!(byte, b',' | b':'));
    bytes.all(u8::is_ascii_graphic) && numbers.all(|number| !number.starts_with(b"0"))
}

/// Returns the numbers of a set as sorted ranges that do not touch; `*` is above all numbers.
fn set(text: &[u8]) -> Result<Vec<(u64, u64)>, String> {
    let wrong = || format!("no set: \"{}\"", text.escape_ascii());
    let number = |text: &str| match text {
        "*" => Ok(u64::from(u32::MAX) + 2),
        text => match text.parse::<u32>() {
            Ok(number @ 1..) => Ok(u64::from(number)),
            _ => Err(wrong()),
        },
    };
    let mut ranges = Vec::new();
    for range in std::str::from_utf8(text).map_err(|_| wrong())?.split(',') {
        let range = range.trim();
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let (from, to) = (number(from)?, number(to)?);
        ranges.push((from.min(to), from.max(to)));
    }
    ranges.sort_unstable();
    let mut merged: Vec<(u64, u64)> = Vec::new();
    for (from, to) in ranges {
        match merged.last_mut() {
            Some((_, end)) if from <= *end + 1 => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    Ok(merged)
}
