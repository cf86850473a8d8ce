//! Parses the extended LIST (RFC 5258).

use std::borrow::Cow;

use imap_codec::imap_types::{command::CommandBody, status::StatusDataItemName};

use super::{Arguments, BadRequest, decoded, metadata};
use crate::{list::Select, store::SpecialUse};

/// LIST with options or several patterns (RFC 5258).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ListExtended<'a> {
    pub(crate) select: Select,
    pub(crate) reference: Cow<'a, [u8]>,
    pub(crate) patterns: Vec<Cow<'a, [u8]>>,
    pub(crate) returns: ListReturn,
}

/// The return options of LIST.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ListReturn {
    pub(crate) subscribed: bool,
    pub(crate) children: bool,
    pub(crate) special_use: bool,
    /// MYRIGHTS (RFC 8440).
    pub(crate) my_rights: bool,
    /// STATUS (RFC 5819).
    pub(crate) status: Vec<StatusDataItemName>,
    /// METADATA (RFC 9590).
    pub(crate) metadata: Vec<String>,
}

impl<'a> ListExtended<'a> {
    pub(super) fn parse(command: &'a [u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        let mut select = Select::default();
        if arguments.peek() == Some(b'(') {
            select = self::select(&mut arguments)?;
            arguments.space()?;
        }
        let reference = arguments.astring()?;
        arguments.space()?;
        let patterns = match arguments.peek() {
            Some(b'(') => arguments.list(Arguments::pattern)?,
            _ => vec![arguments.pattern()?],
        };
        let mut returns = ListReturn::default();
        if arguments.passes(b' ') {
            if !arguments.keyword("RETURN") {
                return Err(BadRequest::Wrong);
            }
            arguments.space()?;
            arguments.list(|arguments| returns.add(arguments))?;
        }
        arguments.end()?;
        // The selection options imply the return options.
        returns.subscribed |= select.subscribed;
        returns.special_use |= select.special_use;
        if patterns.is_empty() {
            return Err(BadRequest::Wrong);
        }
        Ok(Self {
            select,
            reference,
            patterns,
            returns,
        })
    }
}

fn select(arguments: &mut Arguments<'_>) -> Result<Select, BadRequest> {
    let mut select = Select::default();
    for option in arguments.list(Arguments::word)? {
        match option.to_ascii_uppercase().as_str() {
            "SUBSCRIBED" => select.subscribed = true,
            "SPECIAL-USE" => select.special_use = true,
            "RECURSIVEMATCH" => select.recursive = true,
            // There are no mailboxes on other servers.
            "REMOTE" => {}
            _ => return Err(BadRequest::Wrong),
        }
    }
    if select.recursive && !select.subscribed {
        return Err(BadRequest::Wrong);
    }
    Ok(select)
}

impl ListReturn {
    fn add(&mut self, arguments: &mut Arguments<'_>) -> Result<(), BadRequest> {
        match arguments.word()?.to_ascii_uppercase().as_str() {
            "SUBSCRIBED" => self.subscribed = true,
            "SPECIAL-USE" => self.special_use = true,
            "MYRIGHTS" => self.my_rights = true,
            "CHILDREN" => self.children = true,
            "METADATA" => {
                arguments.space()?;
                self.metadata = metadata::entries(arguments)?;
            }
            "STATUS" => {
                arguments.space()?;
                let items = arguments.slice(|items| items.list(Arguments::word).map(drop))?;
                match decoded(&[b"x STATUS x ", items, b"\r\n"].concat())? {
                    CommandBody::Status { item_names, .. } if !item_names.is_empty() => {
                        self.status = item_names.into_owned();
                    }
                    _ => return Err(BadRequest::Wrong),
                }
            }
            _ => return Err(BadRequest::Wrong),
        }
        Ok(())
    }
}

/// CREATE of a special-use mailbox (RFC 6154 §3).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CreateFor<'a> {
    pub(crate) mailbox: Cow<'a, [u8]>,
    /// The special uses; `None` for an unknown one.
    pub(crate) special_use: Vec<Option<SpecialUse>>,
}

impl<'a> CreateFor<'a> {
    pub(super) fn parse(command: &'a [u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        let mailbox = arguments.astring()?;
        arguments.space()?;
        arguments.expect(b'(')?;
        if !arguments.keyword("USE") {
            return Err(BadRequest::Wrong);
        }
        arguments.space()?;
        let special_use = arguments.list(special_use)?;
        arguments.expect(b')')?;
        arguments.end()?;
        Ok(Self {
            mailbox,
            special_use,
        })
    }
}

fn special_use(arguments: &mut Arguments<'_>) -> Result<Option<SpecialUse>, BadRequest> {
    let word = arguments.word()?;
    if !word.starts_with('\\') {
        return Err(BadRequest::Wrong);
    }
    let is_meant = |purpose: &SpecialUse| {
        let attribute = purpose.attribute().to_string();
        attribute.eq_ignore_ascii_case(word)
    };
    Ok(SpecialUse::EVERY.into_iter().find(is_meant))
}

/// XLIST, Gmail's predecessor of RFC 6154.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Xlist<'a> {
    pub(crate) reference: Cow<'a, [u8]>,
    pub(crate) pattern: Cow<'a, [u8]>,
}

impl<'a> Xlist<'a> {
    pub(super) fn parse(command: &'a [u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        let reference = arguments.astring()?;
        arguments.space()?;
        let pattern = arguments.pattern()?;
        arguments.end()?;
        Ok(Self { reference, pattern })
    }
}
