//! Parses GETMETADATA and SETMETADATA (RFC 5464).

use std::borrow::Cow;

use super::{Arguments, BadRequest};

/// GETMETADATA or SETMETADATA.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MetadataRequest<'a> {
    /// The mailbox; empty for the server.
    pub(crate) mailbox: Cow<'a, [u8]>,
    pub(crate) kind: MetadataKind,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MetadataKind {
    Get(Wanted),
    /// Entries with their values; `None` removes an entry.
    Set(Vec<(String, Option<Vec<u8>>)>),
}

/// The entries that a client wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Their names, in lower case.
    pub(crate) entries: Vec<String>,
    /// The maximum size of a value.
    pub(crate) max_size: Option<usize>,
    pub(crate) depth: Depth,
}

/// The depth of entries below the named ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Depth {
    #[default]
    Zero,
    One,
    Infinity,
}

impl<'a> MetadataRequest<'a> {
    /// Parses a command; `name` is its name in capitals.
    pub(super) fn parse(name: &str, command: &'a [u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        if name == "SETMETADATA" {
            let mailbox = arguments.astring()?;
            arguments.space()?;
            let values = arguments.list(value)?;
            arguments.end()?;
            let kind = MetadataKind::Set(some(values)?);
            return Ok(Self { mailbox, kind });
        }
        let mut wanted = Wanted::default();
        // The grammar has the options before the mailbox, the examples of the RFC behind it.
        if arguments.peek() == Some(b'(') {
            arguments.list(|arguments| wanted.option(arguments))?;
            arguments.space()?;
        }
        let mailbox = arguments.astring()?;
        arguments.space()?;
        if arguments.rest().starts_with(b"(") && !arguments.rest().starts_with(b"(/") {
            arguments.list(|arguments| wanted.option(arguments))?;
            arguments.space()?;
        }
        wanted.entries = entries(&mut arguments)?;
        arguments.end()?;
        let kind = MetadataKind::Get(wanted);
        Ok(Self { mailbox, kind })
    }
}

impl Wanted {
    fn option(&mut self, arguments: &mut Arguments<'_>) -> Result<(), BadRequest> {
        let option = arguments.word()?.to_ascii_uppercase();
        arguments.space()?;
        match option.as_str() {
            "MAXSIZE" => self.max_size = Some(arguments.number()?),
            "DEPTH" => {
                self.depth = match arguments.word()?.to_ascii_lowercase().as_str() {
                    "0" => Depth::Zero,
                    "1" => Depth::One,
                    "infinity" => Depth::Infinity,
                    _ => return Err(BadRequest::Wrong),
                }
            }
            _ => return Err(BadRequest::Wrong),
        }
        Ok(())
    }
}

/// Parses an entry or a list of entries.
pub(super) fn entries(arguments: &mut Arguments<'_>) -> Result<Vec<String>, BadRequest> {
    match arguments.peek() {
        Some(b'(') => some(arguments.list(entry)?),
        _ => Ok(vec![entry(arguments)?]),
    }
}

/// Parses the name of an entry, which ignores case (RFC 5464 §3.2).
fn entry(arguments: &mut Arguments<'_>) -> Result<String, BadRequest> {
    let name = arguments.astring()?;
    let name = std::str::from_utf8(&name).map_err(|_| BadRequest::Wrong)?;
    let name = name.to_ascii_lowercase();
    let is_valid = name.is_ascii()
        && (name.starts_with("/private/") || name.starts_with("/shared/"))
        && !name.ends_with('/')
        && !name.contains("//")
        && !name.contains(|c: char| "*%".contains(c) || c.is_ascii_control());
    is_valid.then_some(name).ok_or(BadRequest::Wrong)
}

/// Parses an entry with its value.
fn value(arguments: &mut Arguments<'_>) -> Result<(String, Option<Vec<u8>>), BadRequest> {
    let name = entry(arguments)?;
    arguments.space()?;
    let value = if arguments.passes(b'~') {
        // A literal8 may contain NUL.
        Some(arguments.literal()?.to_vec())
    } else if matches!(arguments.peek(), Some(b'"' | b'{')) {
        Some(arguments.string()?.into_owned())
    } else if arguments.keyword("NIL") {
        None
    } else {
        return Err(BadRequest::Wrong);
    };
    Ok((name, value))
}

fn some<T>(list: Vec<T>) -> Result<Vec<T>, BadRequest> {
    if list.is_empty() {
        return Err(BadRequest::Wrong);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(command: &str) -> Result<MetadataKind, BadRequest> {
        let (name, _) = command.split_once(' ').unwrap();
        let command = format!("a {command}\r\n");
        let request = MetadataRequest::parse(name, command.as_bytes())?;
        Ok(request.kind)
    }

    #[test]
    fn options_on_both_sides_of_the_mailbox() {
        let wanted = Wanted {
            entries: vec!["/shared/comment".to_owned()],
            max_size: Some(5),
            depth: Depth::One,
        };
        for command in [
            "GETMETADATA (MAXSIZE 5 DEPTH 1) INBOX /shared/comment",
            "GETMETADATA \"\" (depth 1 maxsize 5) (/Shared/Comment)",
        ] {
            let expected = Ok(MetadataKind::Get(wanted.clone()));
            assert_eq!(parse(command), expected, "{command}");
        }
    }

    #[test]
    fn values_of_all_forms() {
        let set = parse(
            "SETMETADATA x (/private/a \"b\" /private/c {1+}\r\nd /private/e ~{1+}\r\n\0 /private/f NIL)",
        );
        let value = |name: &str, value: Option<&str>| {
            let bytes = value.map(|value| value.as_bytes().to_vec());
            (name.to_owned(), bytes)
        };
        let expected = vec![
            value("/private/a", Some("b")),
            value("/private/c", Some("d")),
            value("/private/e", Some("\0")),
            value("/private/f", None),
        ];
        assert_eq!(set, Ok(MetadataKind::Set(expected)));
    }

    #[test]
    fn what_is_wrong() {
        for command in [
            "GETMETADATA INBOX ()",
            "GETMETADATA INBOX /comment",
            "GETMETADATA INBOX /shared/",
            "GETMETADATA INBOX /shared//x",
            "GETMETADATA INBOX \"/shared/*\"",
            "GETMETADATA (DEPTH 2) INBOX /shared/x",
            "SETMETADATA INBOX ()",
            "SETMETADATA INBOX (/shared/x)",
            "SETMETADATA INBOX (/shared/x atom)",
            "SETMETADATA INBOX /shared/x \"y\"",
        ] {
            assert_eq!(parse(command), Err(BadRequest::Wrong), "{command}");
        }
    }
}
