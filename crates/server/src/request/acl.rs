//! Parses the commands of ACL (RFC 4314).

use std::borrow::Cow;

use super::{Arguments, BadRequest};

/// SETACL and similar commands (RFC 4314 §3).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AclRequest<'a> {
    pub(crate) mailbox: Cow<'a, [u8]>,
    pub(crate) kind: AclKind<'a>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AclKind<'a> {
    Set {
        identifier: Cow<'a, [u8]>,
        rights: Cow<'a, [u8]>,
    },
    Delete(Cow<'a, [u8]>),
    Get,
    List(Cow<'a, [u8]>),
    Mine,
}

impl<'a> AclRequest<'a> {
    pub(super) fn parse(name: &str, command: &'a [u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        let mut next = || {
            arguments.space()?;
            arguments.astring()
        };
        let mailbox = next()?;
        let kind = match name {
            "SETACL" => AclKind::Set {
                identifier: next()?,
                rights: next()?,
            },
            "DELETEACL" => AclKind::Delete(next()?),
            "GETACL" => AclKind::Get,
            "LISTRIGHTS" => AclKind::List(next()?),
            "MYRIGHTS" => AclKind::Mine,
            _ => return Err(BadRequest::Wrong),
        };
        arguments.end()?;
        Ok(Self { mailbox, kind })
    }
}
