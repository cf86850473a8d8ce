//! What goes wrong in a session.

use std::{error::Error as _, io, path::PathBuf, process::ExitCode};

/// Why a command, or the whole session, has failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The client says so: the server refuses, the connection is lost, an argument cannot be sent.
    #[error(transparent)]
    Client(#[from] imapclient::Error),
    /// The file, or an option, is wrong.
    #[error(transparent)]
    Config(#[from] imapclient_config::Error),
    /// A provider of OAuth 2.0 gives no token.
    #[error(transparent)]
    Token(#[from] imapclient::auth::TokenError),
    /// What was typed cannot be understood; the text says what would be right.
    #[error("{0}")]
    Usage(String),
    /// A file of the user's.
    #[error("{}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// The terminal, or what stands in for it.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It would have to be asked whether that is meant, and there is nobody to ask.
    #[error("{0}; add --yes to do it without being asked")]
    Unconfirmed(String),
    /// It is in the answer already.
    #[error("something is wrong")]
    Told,
    /// Ctrl-C.
    #[error("cancelled")]
    Cancelled,
    /// Any of these, at a place of a script.
    #[error("{place}: {}", failure.text())]
    At { place: String, failure: Box<Self> },
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

/// What most things here return.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// The text and that of its causes, in one line.
    pub(crate) fn text(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// With the place where it is. What is not about that place goes without: Ctrl-C, and output
    /// that nobody takes.
    pub(crate) fn at(self, place: String) -> Self {
        match self {
            Self::Cancelled => self,
            Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => Self::Io(error),
            failure => Self::At {
                place,
                failure: Box::new(failure),
            },
        }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::File { path, source }
    }

    /// 1 if something failed, 2 if it could not be understood, 130 after Ctrl-C.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self {
            // An argument that cannot be sent was not understood by us, not by the server.
            Self::Usage(_) | Self::Config(_) | Self::Client(imapclient::Error::Invalid(_)) => 2,
            Self::Cancelled => 130,
            Self::At { failure, .. } => failure.status(),
            _ => 1,
        }
    }
}
