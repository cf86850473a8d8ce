use super::{Arguments, BadRequest, decoded};
use imap_codec::imap_types::{
    command::CommandBody, datetime::DateTime, extensions::binary::LiteralOrLiteral8, flag::Flag,
    mailbox::Mailbox,
};

/// APPEND with one message or several (RFC 3502).
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) mailbox: Mailbox<'static>,
    /// At least one.
    pub(crate) messages: Vec<Appendix>,
}

/// A message to be appended.
#[derive(Debug)]
pub(crate) struct Appendix {
    pub(crate) flags: Vec<Flag<'static>>,
    pub(crate) date: Option<DateTime>,
    pub(crate) text: LiteralOrLiteral8<'static>,
}

impl Append {
    /// Reads each message as if it were the only one.
    pub(super) fn parse(command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        arguments.astring()?;
        let head = arguments.taken();
        let mut append: Option<Self> = None;
        while arguments.rest() != b"\r\n" {
            let message = arguments.slice(one)?;
            let (mailbox, message) = alone(&[head, message, b"\r\n"].concat())?;
            let append = append.get_or_insert_with(|| Self {
                mailbox,
                messages: Vec::new(),
            });
            append.messages.push(message);
        }
        append.ok_or(BadRequest::Wrong)
    }
}

/// Passes a message with what stands before it.
fn one(arguments: &mut Arguments<'_>) -> Result<(), BadRequest> {
    loop {
        arguments.space()?;
        match arguments.peek() {
            Some(b'(') => drop(arguments.list(Arguments::word)?),
            Some(b'"') => drop(arguments.string()?),
            Some(b'~') => {
                arguments.expect(b'~')?;
                return arguments.literal().map(drop);
            }
            _ => return arguments.literal().map(drop),
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
            },
        )),
        _ => Err(BadRequest::Wrong),
    }
}
