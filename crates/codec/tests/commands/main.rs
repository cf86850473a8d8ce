//! The exact bytes of commands. imap-codec parses them as an independent judge of form and meaning,
//! and an independent reader of lines splits them into words.

use imap_codec::{
    CommandCodec,
    decode::Decoder,
    imap_types::{
        IntoStatic,
        command::{Command, CommandBody},
    },
};
use imapclient_codec::{
    InvalidArgument, NameEncoding, Outgoing, Part, UidSet, command::MessageSet,
};

mod access;
mod append;
mod fetch;
mod injection;
mod list;
mod mailboxes;
mod nasty;
mod news;
mod original;
mod properties;
mod results;
mod search;
mod sessions;
mod sort;
mod store;
mod words;

/// Returns the bytes of a command with names in modified UTF-7.
#[track_caller]
fn wire(outgoing: Outgoing) -> Vec<u8> {
    wire_in(NameEncoding::Utf7, outgoing).unwrap()
}

/// Returns the bytes of a command, with literals sent without waiting.
fn wire_in(names: NameEncoding, outgoing: Outgoing) -> Result<Vec<u8>, InvalidArgument> {
    let mut out = b"A1 ".to_vec();
    let literal = |out: &mut Vec<u8>, sign: &str, data: &[u8]| {
        out.extend(format!("{sign}{{{}+}}\r\n", data.len()).into_bytes());
        out.extend_from_slice(data);
    };
    for part in outgoing.into_parts(names)?.0 {
        match part {
            Part::Text(text) => out.extend(text),
            Part::Secret(text) => out.extend_from_slice(&text),
            Part::Literal { data, binary } => {
                literal(&mut out, if binary { "~" } else { "" }, &data);
            }
            // Its bytes are not in the command.
            Part::Announced { size, binary } => {
                let sign = if binary { "~" } else { "" };
                out.extend(format!("{sign}{{{size}+}}\r\n").into_bytes());
            }
            Part::SecretLiteral(data) => literal(&mut out, "", &data),
        }
    }
    out.extend_from_slice(b"\r\n");
    Ok(out)
}

/// Returns the same without tag and line end, with invalid UTF-8 escaped.
fn text(outgoing: Outgoing) -> String {
    shown(&wire(outgoing))
}

fn shown(wire: &[u8]) -> String {
    let text = wire.strip_prefix(b"A1 ").unwrap();
    let text = text.strip_suffix(b"\r\n").unwrap();
    match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => text.escape_ascii().to_string(),
    }
}

/// Compares commands with their expected text.
#[track_caller]
fn written<const N: usize>(table: [(Result<Outgoing, InvalidArgument>, &str); N]) {
    for (outgoing, expected) in table {
        match outgoing {
            Ok(outgoing) => assert_eq!(text(outgoing), expected),
            Err(error) => panic!("{error} in place of {expected}"),
        }
    }
}

/// Compares commands with their expected text after `ENABLE UTF8=ACCEPT`.
#[track_caller]
fn written_in_utf8<const N: usize>(table: [(Result<Outgoing, InvalidArgument>, &str); N]) {
    for (outgoing, expected) in table {
        let wire = wire_in(NameEncoding::Utf8, outgoing.unwrap()).unwrap();
        assert_eq!(shown(&wire), expected);
    }
}

/// Checks that each command can be sent in modified UTF-7 only, since it contains NUL.
#[track_caller]
fn not_in_utf8<const N: usize>(table: [Result<Outgoing, InvalidArgument>; N]) {
    for outgoing in table {
        let outgoing = outgoing.unwrap();
        wire(outgoing.clone());
        let error = wire_in(NameEncoding::Utf8, outgoing.clone()).unwrap_err();
        let why = "it must not contain NUL while names are sent in UTF-8";
        assert!(error.to_string().ends_with(why), "{error}: {outgoing:?}");
    }
}

/// Checks that each command is refused, and that the error contains the reason.
#[track_caller]
fn refused<const N: usize>(table: [(Result<Outgoing, InvalidArgument>, &str); N]) {
    for (outgoing, why) in table {
        match outgoing {
            Ok(outgoing) => panic!("{outgoing:?} in place of {why:?}"),
            Err(error) => assert!(error.to_string().contains(why), "{error} lacks {why:?}"),
        }
    }
}

/// Parses a command with imap-codec.
#[track_caller]
fn read(outgoing: Outgoing) -> CommandBody<'static> {
    read_in(NameEncoding::Utf7, outgoing)
}

#[track_caller]
fn read_in(names: NameEncoding, outgoing: Outgoing) -> CommandBody<'static> {
    let wire = wire_in(names, outgoing).unwrap();
    match CommandCodec::new().decode(&wire) {
        Ok((rest, Command { tag, body })) => {
            assert!(rest.is_empty(), "left over: {}", rest.escape_ascii());
            assert_eq!(tag.as_ref(), "A1");
            body.into_static()
        }
        Err(error) => panic!("{error:?}: {}", wire.escape_ascii()),
    }
}

/// Checks that imap-codec reads each command as the expected value.
#[track_caller]
fn understood<const N: usize>(
    table: [(Result<Outgoing, InvalidArgument>, CommandBody<'static>); N],
) {
    for (outgoing, expected) in table {
        assert_eq!(read(outgoing.unwrap()), expected);
    }
}

fn uids(text: &str) -> MessageSet {
    let mut uids: UidSet = text.parse().unwrap();
    // Some servers refuse sets that do not ascend.
    uids.compact();
    uids.into()
}

fn seqs(text: &str) -> MessageSet {
    MessageSet::Seqs(text.parse().unwrap())
}
