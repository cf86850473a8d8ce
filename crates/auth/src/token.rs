//! The interface of sources of access tokens.

use std::{error::Error, sync::Arc, time::Duration};

use imapclient_escape::escaped;
use secrecy::SecretString;

use crate::{CommandError, SecretCommand};

/// Supplies access tokens of OAuth 2.0.
///
/// It may block, for example on the network; the client calls it where that holds up no other task.
/// A token that is valid for more than one login may be kept and returned again.
///
/// ```
/// use imapclient_auth::{Token, TokenError, TokenSource};
///
/// /// Reads the token that another program has written to a file.
/// struct TokenFile(std::path::PathBuf);
///
/// impl TokenSource for TokenFile {
///     fn token(&self, _refused: Option<&Token>) -> Result<Token, TokenError> {
///         let text = std::fs::read_to_string(&self.0).map_err(TokenError::other)?;
///         Ok(Token::fresh(text.trim_end().into()))
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync {
    /// Returns a token to log in with. `refused` is an earlier one of this source that the server
    /// did not accept; a different one is needed then.
    ///
    /// # Errors
    /// See [`TokenError`].
    fn token(&self, refused: Option<&Token>) -> Result<Token, TokenError>;
}

/// An access token of OAuth 2.0.
#[derive(Debug, Clone)]
pub struct Token {
    secret: SecretString,
    fresh: bool,
}

impl Token {
    /// Wraps a newly obtained token. If the server refuses it, another one would not help.
    #[must_use]
    pub fn fresh(secret: SecretString) -> Self {
        Self {
            secret,
            fresh: true,
        }
    }

    /// Wraps a token that was kept. If the server refuses it, a fresh one may work.
    #[must_use]
    pub fn kept(secret: SecretString) -> Self {
        Self {
            secret,
            fresh: false,
        }
    }

    /// Returns the token itself.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Returns whether the token is newly obtained.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }
}

/// An error of obtaining an access token. It contains no secrets; its text escapes what the
/// provider said.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The refresh token or the authorization code is not valid any more (`invalid_grant`, RFC 6749
    /// §5.2): the user has to log in at the provider again.
    #[error(
        "the provider does not accept the grant any more; log in there again{}",
        told(description.as_deref())
    )]
    InvalidGrant {
        /// The provider's description.
        description: Option<String>,
    },
    /// The provider refused for another reason (RFC 6749 §5.2).
    #[error(
        "the provider refused: {}{}",
        escaped(code),
        told(description.as_deref())
    )]
    Refused {
        /// The provider's code, such as `invalid_client`.
        code: String,
        /// The provider's description.
        description: Option<String>,
    },
    /// The provider did not answer in time.
    #[error("{host} did not answer within {limit:?}")]
    Timeout {
        /// The provider's host.
        host: String,
        /// The time limit.
        limit: Duration,
    },
    /// The provider could not be reached, or not over a trusted connection.
    #[error("could not send the request to {host}")]
    Connection {
        /// The provider's host.
        host: String,
        /// The cause.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The provider answered with an HTTP status that OAuth 2.0 does not use, such as 503.
    #[error("{host} answered with the HTTP status {status}")]
    Status {
        /// The provider's host.
        host: String,
        /// The status.
        status: u16,
    },
    /// The provider redirected the request, which is not followed because the request contains
    /// secrets.
    #[error("{host} answered with a redirect (HTTP status {status}), which is not followed")]
    Redirect {
        /// The provider's host.
        host: String,
        /// The status.
        status: u16,
    },
    /// The provider answered with something other than JSON.
    #[error("{host} answered with {:?} in place of JSON", content_type.as_deref().unwrap_or(""))]
    ContentType {
        /// The provider's host.
        host: String,
        /// The content type that it declared.
        content_type: Option<String>,
    },
    /// The provider's answer does not conform to OAuth 2.0.
    #[error("the answer of {host} cannot be used: {why}")]
    BadAnswer {
        /// The provider's host.
        host: String,
        /// The reason.
        why: String,
    },
    /// The user denied access at the provider, or did not answer in time.
    #[error(
        "access was not granted: {}{}",
        escaped(why),
        told(description.as_deref())
    )]
    NotGranted {
        /// The provider's code, such as `access_denied` or `expired_token`.
        why: String,
        /// The provider's description.
        description: Option<String>,
    },
    /// The answer from the provider's page belongs to another request.
    #[error("the answer does not belong to this request for access")]
    Mismatch,
    /// An address is invalid, or not safe for secrets.
    #[error("{address:?} is not an address for getting tokens; it has to begin with https://")]
    Address {
        /// The address as given.
        address: String,
    },
    /// The command that prints the token failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A custom source failed.
    #[error("no access token")]
    Other {
        /// The cause.
        source: Arc<dyn Error + Send + Sync>,
    },
}

impl TokenError {
    /// Wraps the error of a custom source.
    pub fn other(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Other {
            source: Arc::new(error),
        }
    }

    /// Returns whether a time limit was reached.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::Timeout { .. } | Self::Command(CommandError::Timeout(_))
        )
    }

    /// Returns whether a later attempt may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Connection { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}

/// Runs the command, which prints a fresh token each time.
impl TokenSource for SecretCommand {
    fn token(&self, _refused: Option<&Token>) -> Result<Token, TokenError> {
        Ok(Token::fresh(self.run()?))
    }
}

impl<T: TokenSource + ?Sized> TokenSource for Box<T> {
    fn token(&self, refused: Option<&Token>) -> Result<Token, TokenError> {
        (**self).token(refused)
    }
}

impl<T: TokenSource + ?Sized> TokenSource for Arc<T> {
    fn token(&self, refused: Option<&Token>) -> Result<Token, TokenError> {
        (**self).token(refused)
    }
}

fn told(description: Option<&str>) -> String {
    match description {
        Some(text) => format!(" ({})", escaped(text)),
        None => String::new(),
    }
}
