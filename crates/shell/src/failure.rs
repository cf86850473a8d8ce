//! What goes wrong in a session.

use std::{error::Error as _, fmt, io, path::PathBuf, process::ExitCode, time::Duration};

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
    /// Any of these, at a place of a script, or about a file.
    #[error("{place}: {}", failure.text())]
    At { place: String, failure: Box<Self> },
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

/// What most things here return.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// The text and that of its causes, in one line; and when to try again, if the server tells.
    pub(crate) fn text(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        if let Self::Client(error) = self
            && let Some(hint) = hint(error)
        {
            text.push_str(&format!(" ({hint})"));
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

    /// The client's error, if it is one.
    pub(crate) fn client(&self) -> Option<&imapclient::Error> {
        match self {
            Self::Client(error) => Some(error),
            Self::At { failure, .. } => failure.client(),
            _ => None,
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

/// When to try again what the server refuses only for now, as in "try again in 30 s". `None` for
/// what stays refused, and for what is no refusal.
fn hint(error: &imapclient::Error) -> Option<String> {
    use imapclient::Error;
    match (error, error.retry_after()) {
        (_, Some(delay)) => Some(format!("try again in {}", Delay(delay))),
        (Error::Refused(_) | Error::Login { .. } | Error::Protocol(_), None)
            if error.is_transient() =>
        {
            Some("try again later".to_owned())
        }
        _ => None,
    }
}

/// A time to wait: in seconds, or in minutes from two on. Rounded up.
pub(crate) struct Delay(pub(crate) Duration);

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_millis().div_ceil(1000);
        match seconds {
            0..120 => write!(f, "{seconds} s"),
            _ => write!(f, "{} min", seconds.div_ceil(60)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_rounded_up() {
        for (millis, text) in [
            (0, "0 s"),
            (1, "1 s"),
            (30_000, "30 s"),
            (119_001, "2 min"),
            (120_001, "3 min"),
            (86_400_000, "1440 min"),
        ] {
            assert_eq!(Delay(Duration::from_millis(millis)).to_string(), text);
        }
    }
}
