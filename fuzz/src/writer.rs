//! The arguments of a command are read back unchanged, and nothing else is.

use imap_codec::{
    CommandCodec,
    decode::Decoder as _,
    imap_types::{
        IntoStatic as _,
        command::{Command, CommandBody},
        core::{AString, IString, NString},
        mailbox::Mailbox,
        sequence::{SeqOrUid, Sequence, SequenceSet},
    },
};
use imapclient_codec::{
    Flag, InvalidArgument, MailboxName, NameEncoding, Outgoing, Part, UidSet, command::MessageSet,
};

#[path = "writer/commands.rs"]
mod commands;
#[path = "writer/keys.rs"]
mod keys;

/// The first byte chooses a command; the others are its arguments.
///
/// # Panics
/// Panics if imap-codec reads something different from the intended command.
pub fn writer(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else {
        return;
    };
    let mut source = Source(rest);
    let all = commands::ALL;
    all[usize::from(*choice) % all.len()](&mut source);
}

/// Parses a command with imap-codec.
fn read(outgoing: Outgoing) -> CommandBody<'static> {
    parse(&wire(outgoing))
}

/// Parses a command with names in this encoding; `None` if an argument cannot be sent.
fn read_in(
    names: NameEncoding,
    outgoing: Result<Outgoing, InvalidArgument>,
) -> Option<CommandBody<'static>> {
    Some(parse(&wire_in(names, outgoing.ok()?)?))
}

fn parse(wire: &[u8]) -> CommandBody<'static> {
    match CommandCodec::new().decode(wire) {
        Ok(([], Command { tag, body })) if tag.as_ref() == "A1" => body.into_static(),
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

/// Returns the bytes of a command with names in modified UTF-7, which expresses all of them.
fn wire(outgoing: Outgoing) -> Vec<u8> {
    wire_in(NameEncoding::Utf7, outgoing).unwrap()
}

/// Returns the bytes of a command, with literals sent without waiting, after checking that its line
/// ends only inside of literals; `None` if a name cannot be sent in UTF-8.
fn wire_in(names: NameEncoding, outgoing: Outgoing) -> Option<Vec<u8>> {
    let parts = match outgoing.into_parts(names) {
        Ok((parts, _)) => parts,
        Err(error) => {
            assert_eq!(names, NameEncoding::Utf8, "{error}");
            return None;
        }
    };
    let mut wire = b"A1 ".to_vec();
    let check = |text: &[u8]| {
        let wrong = text.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        assert!(!wrong && !announces(text), "{}", text.escape_ascii());
    };
    for part in parts {
        match part {
            Part::Text(text) => {
                check(&text);
                wire.extend(text);
            }
            Part::Secret(text) => {
                check(&text);
                wire.extend_from_slice(&text);
            }
            Part::Literal { data, binary } => {
                let sign = if binary { "~" } else { "" };
                wire.extend(format!("{sign}{{{}+}}\r\n", data.len()).into_bytes());
                wire.extend_from_slice(&data);
            }
            Part::Announced { size, .. } => panic!("no command here announces {size} bytes"),
            Part::SecretLiteral(data) => {
                wire.extend(format!("{{{}+}}\r\n", data.len()).into_bytes());
                wire.extend_from_slice(&data);
            }
        }
    }
    wire.extend_from_slice(b"\r\n");
    Some(wire)
}

/// Returns whether a server would take the end of the text for the announcement of a literal.
fn announces(text: &[u8]) -> bool {
    let Some(text) = text.strip_suffix(b"}") else {
        return false;
    };
    let brace = text.iter().rposition(|byte| *byte == b'{');
    brace.is_some_and(|brace| {
        let size = &text[brace + 1..];
        size.iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'+')
    })
}

fn name_of(mailbox: &Mailbox<'_>, names: NameEncoding) -> MailboxName {
    match mailbox {
        Mailbox::Inbox => MailboxName::from("INBOX"),
        Mailbox::Other(other) => MailboxName::from_wire(other.as_ref(), names),
    }
}

fn set_of(set: &SequenceSet) -> String {
    let end = |end: &SeqOrUid| match end {
        SeqOrUid::Value(n) => n.to_string(),
        SeqOrUid::Asterisk => "*".to_owned(),
    };
    let member = |member: &Sequence| match member {
        Sequence::Single(one) => end(one),
        Sequence::Range(a, b) => format!("{}:{}", end(a), end(b)),
    };
    let members: Vec<_> = set.0.as_ref().iter().map(member).collect();
    members.join(",")
}

fn astring(string: &AString<'_>) -> String {
    String::from_utf8_lossy(string.as_ref()).into_owned()
}

fn string(string: &IString<'_>) -> String {
    String::from_utf8_lossy(string.as_ref()).into_owned()
}

fn nstring(string: &NString<'_>) -> Option<String> {
    let string = string.0.as_ref()?;
    Some(String::from_utf8_lossy(string.as_ref()).into_owned())
}

/// Generates arguments from bytes.
struct Source<'a>(&'a [u8]);

impl Source<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn is(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    /// Takes the bytes up to the next 0xff, which does not occur in UTF-8.
    fn bytes(&mut self) -> &[u8] {
        let end = self.0.iter().position(|byte| *byte == 0xff);
        let (bytes, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        bytes
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    /// Takes the name of a flag, without brackets, which imap-codec does not read.
    fn flag(&mut self) -> Flag {
        Flag::from(self.text().replace(']', "_").as_str())
    }

    fn number(&mut self) -> u32 {
        u32::from_be_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    fn names(&mut self) -> NameEncoding {
        if self.is() {
            NameEncoding::Utf8
        } else {
            NameEncoding::Utf7
        }
    }

    fn mailbox(&mut self) -> MailboxName {
        MailboxName::from(self.text().as_str())
    }

    fn uids(&mut self) -> UidSet {
        match self.byte() % 4 {
            0 => UidSet::all(),
            1 => UidSet::last(),
            2 => UidSet::from(self.number()..),
            _ => {
                let count = self.byte() % 8;
                (0..count).map(|_| self.number()).collect()
            }
        }
    }

    /// Takes a set. Returns it with its text, and whether it contains UIDs.
    fn messages(&mut self) -> (MessageSet, String, bool) {
        let uids = self.uids();
        let text = uids.to_string();
        match (self.is(), text.parse()) {
            (true, Ok(seqs)) => (MessageSet::Seqs(seqs), text, false),
            _ => (MessageSet::Uids(uids), text, true),
        }
    }
}
