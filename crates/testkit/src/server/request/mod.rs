//! What a client asks for.
//!
//! imap-codec reads what it can. What it has no form for is read here, down to the parts that it knows.

mod acl;
mod append;
mod arguments;

pub(crate) use self::{
    acl::{AclKind, AclRequest},
    append::{Append, Appendix},
};

use self::arguments::Arguments;
use imap_codec::{
    CommandCodec,
    decode::{CommandDecodeError, Decoder as _},
    imap_types::{
        IntoStatic as _,
        command::{Command, CommandBody},
    },
};

/// What a client asks for.
#[derive(Debug)]
pub(crate) enum Request<'a> {
    /// What imap-codec has a form for.
    Plain(CommandBody<'a>),
    Append(Append),
    Acl(AclRequest<'a>),
}

/// The commands of RFC 4314.
const ACL: [&str; 5] = ["SETACL", "DELETEACL", "GETACL", "LISTRIGHTS", "MYRIGHTS"];

/// It is no command: a tagged BAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadRequest;

impl<'a> Request<'a> {
    /// Reads a whole command; `name` is its name in capitals.
    pub(crate) fn parse(name: &str, command: &'a [u8]) -> Result<Self, BadRequest> {
        Ok(match name {
            "APPEND" => Self::Append(Append::parse(command)?),
            _ if ACL.contains(&name) => Self::Acl(AclRequest::parse(name, command)?),
            _ => {
                let decoded = CommandCodec::default().decode(command);
                let (_, Command { body, .. }) = decoded.map_err(|_| BadRequest)?;
                Self::Plain(body)
            }
        })
    }
}

/// Whether a command that has come up to the announcement of a literal may go on with it.
pub(crate) fn may_go_on(name: &str, so_far: &[u8]) -> bool {
    match name {
        "APPEND" => append::may_go_on(so_far),
        _ if ACL.contains(&name) => true,
        _ => !is_hopeless(so_far),
    }
}

/// Whether imap-codec knows already that this will be no command.
fn is_hopeless(so_far: &[u8]) -> bool {
    let decoded = CommandCodec::default().decode(so_far);
    matches!(decoded, Err(CommandDecodeError::Failed))
}

/// What imap-codec makes of a command.
fn decoded(command: &[u8]) -> Result<CommandBody<'static>, BadRequest> {
    match CommandCodec::default().decode(command) {
        Ok((b"", Command { body, .. })) => Ok(body.into_static()),
        _ => Err(BadRequest),
    }
}
