//! The end of the response to a command.

use std::{borrow::Cow, io};

use imap_codec::imap_types::{
    core::{Tag, Text},
    response::{Bye, Code, CodeOther, Response, Status, StatusBody, StatusKind, Tagged},
};

use super::request::BadRequest;
use super::session::Flow;
use super::store::{BadSequence, StoreError, name::BadName};

/// A tagged response without its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) kind: StatusKind,
    pub(super) code: Option<Code<'static>>,
    pub(super) text: Cow<'static, str>,
}

/// The reason why a command was not executed completely.
#[derive(Debug)]
pub(super) enum Stop {
    /// The command is answered with NO or BAD.
    Refused(Reply),
    /// A rule has answered the command.
    Answered(Flow),
    /// The selected mailbox was deleted, so the session ends with a BYE.
    Gone,
    /// The connection has failed.
    Io(io::Error),
}

/// The result of a command after which the session continues.
pub(super) type Outcome<T = Reply> = Result<T, Stop>;

impl Reply {
    pub(super) fn ok(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusKind::Ok, text)
    }

    pub(super) fn no(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusKind::No, text)
    }

    pub(super) fn bad(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusKind::Bad, text)
    }

    pub(super) fn with(mut self, code: Code<'static>) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds a response code that consists of a word.
    pub(super) fn with_word(self, word: &'static str) -> Self {
        self.with(word_code(word))
    }

    /// Returns whether the command was valid, but could not be executed.
    pub(super) fn is_no(&self) -> bool {
        self.kind == StatusKind::No
    }

    /// Returns the response with this tag, or an untagged one.
    pub(super) fn response(self, tag: Option<Tag<'static>>) -> Response<'static> {
        let body = StatusBody {
            kind: self.kind,
            code: self.code,
            text: text(self.text),
        };
        Response::Status(match tag {
            Some(tag) => Status::Tagged(Tagged { tag, body }),
            None => Status::Untagged(body),
        })
    }

    fn new(kind: StatusKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code: None,
            text: text.into(),
        }
    }
}

/// Returns a BYE.
pub(super) fn bye(text: &'static str) -> Response<'static> {
    Response::Status(Status::Bye(Bye {
        code: None,
        text: self::text(text.into()),
    }))
}

/// Returns an untagged OK with a code.
pub(super) fn note(code: Code<'static>, text: &'static str) -> Response<'static> {
    Reply::ok(text).with(code).response(None)
}

/// Returns a response code of RFC 5530, which consists of a word, or any other code that imap-codec
/// does not know.
pub(super) fn word_code(word: impl Into<Cow<'static, str>>) -> Code<'static> {
    Code::Other(CodeOther::unvalidated(
        word.into().into_owned().into_bytes(),
    ))
}

fn text(text: Cow<'static, str>) -> Text<'static> {
    Text::try_from(text.into_owned()).unwrap_or_else(|_| Text::unvalidated("..."))
}

impl From<Reply> for Stop {
    fn from(reply: Reply) -> Self {
        Self::Refused(reply)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        if error == StoreError::Gone {
            return Self::Gone;
        }
        Self::Refused(Reply {
            kind: StatusKind::No,
            code: error.code().map(word_code),
            text: error.to_string().into(),
        })
    }
}

impl From<BadRequest> for Stop {
    fn from(_: BadRequest) -> Self {
        Reply::bad("That is no command.").into()
    }
}

impl From<BadSequence> for Stop {
    fn from(error: BadSequence) -> Self {
        Self::Refused(Reply {
            kind: StatusKind::Bad,
            code: None,
            text: error.to_string().into(),
        })
    }
}

impl From<BadName> for Stop {
    fn from(error: BadName) -> Self {
        Self::Refused(Reply {
            kind: StatusKind::No,
            code: Some(word_code("CANNOT")),
            text: error.to_string().into(),
        })
    }
}
