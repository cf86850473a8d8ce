//! Parses APPEND with one message or several (RFC 3502).

use imap_codec::imap_types::{
    command::CommandBody, datetime::DateTime, extensions::binary::LiteralOrLiteral8, flag::Flag,
    mailbox::Mailbox,
};

use super::{Arguments, BadRequest, decoded};

/// APPEND with one message or several (RFC 3502).
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) mailbox: Mailbox<'static>,
    /// The messages, at least one.
    pub(crate) messages: Vec<Appendix>,
}

/// A message to append.
#[derive(Debug)]
pub(crate) struct Appendix {
    pub(crate) flags: Vec<Flag<'static>>,
    pub(crate) date: Option<DateTime>,
    pub(crate) text: LiteralOrLiteral8<'static>,
    /// `true` if its header is in UTF-8 (RFC 6855 §4).
    pub(crate) utf8: bool,
}

impl Append {
    /// Parses each message as an APPEND of its own.
    pub(super) fn parse(command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        arguments.astring()?;
        let head = arguments.taken();
        let mut append: Option<Self> = None;
        while arguments.rest() != b"\r\n" {
            let from = arguments.taken().len();
            let mut wrapped = None;
            let message = arguments.slice(|arguments| {
                wrapped = one(arguments)?;
                Ok(())
            })?;
            let message = match wrapped {
                // imap-codec expects the literal without the parentheses of UTF8.
                Some(at) => {
                    let (before, after) = message.split_at(at - from);
                    [before, &after[UTF8.len()..after.len() - 1]].concat()
                }
                None => message.to_vec(),
            };
            let (mailbox, mut message) = alone(&[head, &message, b"\r\n"].concat())?;
            message.utf8 = wrapped.is_some();
            let append = append.get_or_insert_with(|| Self {
                mailbox,
                messages: Vec::new(),
            });
            append.messages.push(message);
        }
        append.ok_or(BadRequest::Wrong)
    }
}

/// The text before a message whose header is in UTF-8; a parenthesis follows it.
const UTF8: &[u8] = b"UTF8 (";

/// Skips a message and its flags and date. Returns the index of [`UTF8`], if it is there.
fn one(arguments: &mut Arguments<'_>) -> Result<Option<usize>, BadRequest> {
    loop {
        arguments.space()?;
        match arguments.peek() {
            Some(b'(') => drop(arguments.list(Arguments::word)?),
            Some(b'"') => drop(arguments.string()?),
            Some(b'~') => {
                arguments.expect(b'~')?;
                return arguments.literal().map(|_| None);
            }
            Some(b'U' | b'u') => {
                let at = arguments.taken().len();
                if !arguments.keyword("UTF8") {
                    return Err(BadRequest::Wrong);
                }
                for byte in *b" (~" {
                    arguments.expect(byte)?;
                }
                arguments.literal()?;
                arguments.expect(b')')?;
                return Ok(Some(at));
            }
            _ => return arguments.literal().map(|_| None),
        }
    }
}

fn alone(command: &[u8]) -> Result<(Mailbox<'static>, Appendix), BadRequest> {
    match decoded(command)? {
        CommandBody::Append {
            mailbox,
            flags,
            date,
            message,
        } => Ok((
            mailbox,
            Appendix {
                flags,
                date,
                text: message,
                utf8: false,
            },
        )),
        _ => Err(BadRequest::Wrong),
    }
}
