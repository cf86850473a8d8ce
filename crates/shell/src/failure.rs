//! The errors of a session.

use std::{error::Error as _, fmt, io, path::PathBuf, process::ExitCode, time::Duration};

/// An error of a command or of the whole session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The client failed: the server refused, the connection was lost, or an argument cannot be
    /// sent.
    #[error(transparent)]
    Client(#[from] imapclient::Error),
    /// The INI file or an option is wrong.
    #[error(transparent)]
    Config(#[from] imapclient_config::Error),
    /// An OAuth 2.0 provider issued no token.
    #[error(transparent)]
    Token(#[from] imapclient::auth::TokenError),
    /// The input cannot be understood; the text suggests a correction.
    #[error("{0}")]
    Usage(String),
    /// A file of the user could not be read or written.
    #[error("{}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// Reading from or writing to the terminal failed, or to what replaces it.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The command needs a confirmation, and there is no terminal to ask at.
    #[error("{0}; add --yes to do it without being asked")]
    Unconfirmed(String),
    /// The reply has already reported it.
    #[error("something is wrong")]
    Told,
    /// Ctrl-C.
    #[error("cancelled")]
    Cancelled,
    /// An error with its place in a script, or with the name of a file.
    #[error("{place}: {}", failure.text())]
    At { place: String, failure: Box<Self> },
    /// Any other error.
    #[error("{0}")]
    Other(String),
}

/// The result of most functions here.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// Returns the text and that of all causes in one line, and what to do about it if that is
    /// known.
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

    /// Adds the place of the error, except to those that have none: Ctrl-C, and closed output.
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

    /// Returns the client's error, if it is one.
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

    /// Returns the exit status: 1 for a failure, 2 for input that was not understood, 130 for
    /// Ctrl-C.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self {
            // An argument that cannot be sent was rejected by this program, not by the server.
            Self::Usage(_) | Self::Config(_) | Self::Client(imapclient::Error::Invalid(_)) => 2,
            Self::Cancelled => 130,
            Self::At { failure, .. } => failure.status(),
            _ => 1,
        }
    }
}

/// Returns what to do about an error: when to try again after a temporary refusal, for example "try
/// again in 30 s", or which option of the INI file to change. Returns `None` if nothing is known.
fn hint(error: &imapclient::Error) -> Option<String> {
    use imapclient::Error;
    if let Some(delay) = error.retry_after() {
        return Some(format!("try again in {}", Delay(delay)));
    }
    match error {
        Error::Refused(_) | Error::Login { .. } | Error::Protocol(_) if error.is_transient() => {
            Some("try again later".to_owned())
        }
        Error::Login {
            instead: Some(instead),
            ..
        } => Some(format!(
            "to take another way, name it, as in `auth = {}`",
            imapclient_config::auth_for(*instead)
        )),
        error => {
            let option = imapclient_config::option_for(error.limited_by()?)?;
            Some(format!("the option `{option}` sets this limit"))
        }
    }
}

/// A time to wait, rounded up: in seconds, or in minutes from two on.
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
    fn limits_name_their_option() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let error = imapclient::blocking::Client::builder("127.0.0.1")
            .dangerous_plaintext()
            .port(silent.local_addr().unwrap().port())
            .connect_timeout(Duration::from_millis(100))
            .connect()
            .unwrap_err();
        assert_eq!(
            Failure::Client(error).text(),
            "timed out waiting for the greeting after 100ms (the option `timeout` sets this limit)"
        );
    }

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
