//! The commands of clients.
//!
//! imap-codec parses the commands that it supports. The others are parsed here, down to the parts
//! that it supports.

mod acl;
mod append;
mod arguments;
mod gmail;
mod list;
mod metadata;
mod notify;
mod search;
mod status;
mod strict;
mod tidy;

pub(crate) use self::{
    acl::{AclKind, AclRequest},
    append::{Append, Appendix},
    gmail::{GmailFetch, GmailItem, StoreLabels},
    list::{CreateFor, ListExtended, Xlist},
    metadata::{Depth, MetadataKind, MetadataRequest, Wanted},
    notify::{Events, Filter, NotifyRequest},
    search::{Return, Search, SearchKind},
    status::StatusLimit,
    strict::texts,
    tidy::{Lenience, tidy},
};

use imap_codec::{
    CommandCodec,
    decode::{CommandDecodeError, Decoder as _},
    imap_types::{
        IntoStatic as _,
        command::{Command, CommandBody},
        fetch::MacroOrMessageDataItemNames,
    },
};

use self::arguments::Arguments;

/// A command of a client.
#[derive(Debug)]
pub(crate) enum Request<'a> {
    /// A command that imap-codec supports.
    Plain(CommandBody<'a>),
    Append(Append),
    Acl(AclRequest<'a>),
    Search(Search),
    List(ListExtended<'a>),
    Create(CreateFor<'a>),
    Xlist(Xlist<'a>),
    StatusLimit(StatusLimit),
    GmailFetch(GmailFetch),
    StoreLabels(StoreLabels),
    Notify(NotifyRequest),
    Metadata(MetadataRequest<'a>),
    /// A command on `$`, the messages that SEARCH has saved (RFC 5182). Its set is a placeholder.
    OfSaved(Box<Request<'static>>),
}

/// The error for bytes that are not a valid command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadRequest {
    /// The command is invalid, and is answered with a tagged BAD.
    Wrong,
    /// A literal was announced in a valid place, and has not arrived yet.
    Incomplete,
}

impl<'a> Request<'a> {
    /// Parses a command; `name` is its name in capitals.
    pub(crate) fn parse(name: &str, command: &'a [u8]) -> Result<Self, BadRequest> {
        let (word, uid) = match name.strip_prefix("UID ") {
            Some(word) => (word, true),
            None => (name, false),
        };
        let set = match word {
            "FETCH" | "STORE" | "COPY" | "MOVE" | "EXPUNGE" => set(uid, command),
            _ => None,
        };
        if set.is_some_and(has_leading_zero) {
            return Err(BadRequest::Wrong);
        }
        if set == Some("$") {
            let replaced = without_saved(uid, command)?;
            let request = match Request::parse(name, &replaced)? {
                Request::Plain(body) => Request::Plain(body.into_static()),
                Request::GmailFetch(fetch) => Request::GmailFetch(fetch),
                Request::StoreLabels(store) => Request::StoreLabels(store),
                _ => return Err(BadRequest::Wrong),
            };
            return Ok(Self::OfSaved(Box::new(request)));
        }
        Ok(match word {
            "APPEND" => Self::Append(Append::parse(command)?),
            "SETACL" | "DELETEACL" | "GETACL" | "LISTRIGHTS" | "MYRIGHTS" => {
                Self::Acl(AclRequest::parse(name, command)?)
            }
            "SEARCH" | "SORT" | "THREAD" => Self::Search(Search::parse(word, uid, command)?),
            "GETMETADATA" | "SETMETADATA" => Self::Metadata(MetadataRequest::parse(name, command)?),
            "NOTIFY" => Self::Notify(NotifyRequest::parse(command)?),
            "XLIST" => Self::Xlist(Xlist::parse(command)?),
            "FETCH" if gmail::is_meant(command) => {
                Self::GmailFetch(GmailFetch::parse(uid, command)?)
            }
            "STORE" if gmail::is_meant(command) => {
                Self::StoreLabels(StoreLabels::parse(uid, command)?)
            }
            _ => match (Self::plain(command), word) {
                (Err(BadRequest::Wrong), "LIST") => Self::List(ListExtended::parse(command)?),
                (Err(BadRequest::Wrong), "CREATE") => Self::Create(CreateFor::parse(command)?),
                (Err(BadRequest::Wrong), "STATUS") => {
                    Self::StatusLimit(StatusLimit::parse(command)?)
                }
                (plain, _) => plain?,
            },
        })
    }

    fn plain(command: &'a [u8]) -> Result<Self, BadRequest> {
        match CommandCodec::default().decode(command) {
            // An empty list of items is invalid.
            Ok((
                _,
                Command {
                    body:
                        CommandBody::Fetch {
                            macro_or_item_names:
                                MacroOrMessageDataItemNames::MessageDataItemNames(items),
                            ..
                        },
                    ..
                },
            )) if items.is_empty() => Err(BadRequest::Wrong),
            Ok((b"", Command { body, .. })) => Ok(Self::Plain(body)),
            Ok(_) => Err(BadRequest::Wrong),
            Err(CommandDecodeError::Failed) => Err(BadRequest::Wrong),
            Err(_) => Err(BadRequest::Incomplete),
        }
    }
}

/// Returns the set that is the first argument of a command.
fn set(uid: bool, command: &[u8]) -> Option<&str> {
    let mut arguments = Arguments::after(command, 1 + usize::from(uid)).ok()?;
    arguments.space().ok()?;
    arguments.word().ok()
}

/// Returns whether a number in a set begins with 0, which is invalid (RFC 3501 §9,
/// `nz-number`).
fn has_leading_zero(set: &str) -> bool {
    set.split([',', ':']).any(|number| number.starts_with('0'))
}

/// Replaces the `$` that is the set of the command with a number.
fn without_saved(uid: bool, command: &[u8]) -> Result<Vec<u8>, BadRequest> {
    let mut arguments = Arguments::after(command, 1 + usize::from(uid))?;
    arguments.space()?;
    let head = arguments.taken();
    arguments.word()?;
    Ok([head, b"1", arguments.rest()].concat())
}

/// Parses a command with imap-codec.
fn decoded(command: &[u8]) -> Result<CommandBody<'static>, BadRequest> {
    match CommandCodec::default().decode(command) {
        Ok((b"", Command { body, .. })) => Ok(body.into_static()),
        _ => Err(BadRequest::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn where_a_literal_may_come() {
        for (name, so_far, expected) in [
            ("NOOP", "a NOOP {1}\r\n", BadRequest::Wrong),
            ("LOGIN", "a LOGIN {1}\r\n", BadRequest::Incomplete),
            ("LOGIN", "a LOGIN {0}\r\n", BadRequest::Incomplete),
            ("APPEND", "a APPEND {1}\r\n", BadRequest::Incomplete),
            (
                "APPEND",
                "a APPEND x (\\Seen) {1}\r\n",
                BadRequest::Incomplete,
            ),
            (
                "APPEND",
                "a APPEND x {1}\r\nx ~{1}\r\n",
                BadRequest::Incomplete,
            ),
            ("APPEND", "a APPEND x (\\Seen {1}\r\n", BadRequest::Wrong),
            ("SETACL", "a SETACL x {0}\r\n", BadRequest::Incomplete),
            ("SETACL", "a SETACL x y z {1}\r\n", BadRequest::Wrong),
            (
                "SEARCH",
                "a SEARCH NOT (SUBJECT {0}\r\n",
                BadRequest::Incomplete,
            ),
            (
                "UID SEARCH",
                "a UID SEARCH X-GM-RAW {1}\r\n",
                BadRequest::Incomplete,
            ),
            ("SEARCH", "a SEARCH SEEN {1}\r\n", BadRequest::Wrong),
            ("SORT", "a SORT (DATE) {1}\r\n", BadRequest::Incomplete),
            (
                "FETCH",
                "a FETCH 1 (X-GM-MSGID BODY[HEADER.FIELDS ({1}\r\n",
                BadRequest::Incomplete,
            ),
        ] {
            let read = Request::parse(name, so_far.as_bytes());
            assert_eq!(read.err(), Some(expected), "{so_far:?}");
        }
    }

    #[test]
    fn keys_do_not_lie_too_deep() {
        let search = |depth: usize| {
            let (open, close) = ("(".repeat(depth), ")".repeat(depth));
            let command = format!("a SEARCH {open}NOT ALL{close}\r\n");
            Request::parse("SEARCH", command.as_bytes()).is_ok()
        };
        assert!(search(40));
        assert!(!search(60));
        assert!(!search(30_000));
    }

    proptest! {
        #[test]
        fn nothing_is_too_odd(
            name in prop::sample::select(vec!["APPEND", "SETACL", "SEARCH", "SORT", "THREAD", "XLIST", "FETCH", "UID STORE", "LIST", "NOTIFY", "GETMETADATA", "SETMETADATA"]),
            arguments in "( |\\(|\\)|\"|\\\\|x|1|:|\\*|\\{1\\+?\\}\r\n|X-GM-LABELS|X-GM-RAW|MODSEQ|NOT|OR|\\[|\\]|\\$|RETURN){0,30}",
        ) {
            for end in ["\r\n", "", "{0}\r\n"] {
                drop(Request::parse(name, format!("a {name} {arguments}{end}").as_bytes()));
            }
        }
    }
}
