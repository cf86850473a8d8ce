use std::{error::Error, sync::Arc, time::Duration};

use imapclient_escape::escaped;
use secrecy::SecretString;

use crate::{CommandError, SecretCommand};

/// Where access tokens of OAuth 2.0 come from.
///
/// It may wait, as for an answer over the network; the client lets it do so where it holds up
/// nobody else. A token that is good for more than one login may be kept and given again.
///
/// ```
/// use imapclient_auth::{Token, TokenError, TokenSource};
///
/// /// Reads what another program has put into a file.
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
    /// A token to log in with. `refused` is one this source gave before and the server did not
    /// take: then another one is needed.
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
    /// A token just got: if the server refuses it, another one would not help.
    #[must_use]
    pub fn fresh(secret: SecretString) -> Self {
        Self {
            secret,
            fresh: true,
        }
    }

    /// A token that was kept: if the server refuses it, a fresh one may do.
    #[must_use]
    pub fn kept(secret: SecretString) -> Self {
        Self {
            secret,
            fresh: false,
        }
    }

    /// The token itself.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Whether it was just got.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }
}

/// Why there is no access token. Secrets are never in it; what the endpoint said is escaped.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The refresh token is not good any more, or the authorization code (`invalid_grant`,
    /// RFC 6749 §5.2): somebody has to log in at the provider again.
    #[error(
        "the provider does not accept the grant any more; log in there again{}",
        told(description.as_deref())
    )]
    InvalidGrant {
        /// What the provider says about it.
        description: Option<String>,
    },
    /// The provider refused for another reason (RFC 6749 §5.2).
    #[error(
        "the provider refused: {}{}",
        escaped(code),
        told(description.as_deref())
    )]
    Refused {
        /// Its code, as in `invalid_client`.
        code: String,
        /// What it says about it.
        description: Option<String>,
    },
    /// The endpoint did not answer in time.
    #[error("{host} did not answer within {limit:?}")]
    Timeout {
        /// Its host.
        host: String,
        /// How long it had.
        limit: Duration,
    },
    /// The endpoint could not be reached, or not in a way that can be trusted.
    #[error("{host} could not be asked")]
    Connection {
        /// Its host.
        host: String,
        /// What happened.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The endpoint answered with an HTTP status that is none of OAuth 2.0, as 503.
    #[error("{host} answered with the HTTP status {status}")]
    Status {
        /// Its host.
        host: String,
        /// The status.
        status: u16,
    },
    /// The endpoint wanted the request to go elsewhere. It holds secrets, so it does not.
    #[error("{host} answered with a redirect (HTTP status {status}), which is not followed")]
    Redirect {
        /// Its host.
        host: String,
        /// The status.
        status: u16,
    },
    /// The endpoint answered with something else than JSON.
    #[error("{host} answered with {:?} in place of JSON", content_type.as_deref().unwrap_or(""))]
    ContentType {
        /// Its host.
        host: String,
        /// What it says that it is.
        content_type: Option<String>,
    },
    /// The endpoint's answer is no answer of OAuth 2.0.
    #[error("the answer of {host} cannot be used: {why}")]
    BadAnswer {
        /// Its host.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody said no, or let the time run out, when asked for access at the provider.
    #[error(
        "access was not granted: {}{}",
        escaped(why),
        told(description.as_deref())
    )]
    NotGranted {
        /// The provider's code, as in `access_denied` or `expired_token`.
        why: String,
        /// What it says about it.
        description: Option<String>,
    },
    /// The answer that came back from the provider's page is not one to what was asked.
    #[error("the answer does not belong to this request for access")]
    Mismatch,
    /// An address is none.
    #[error("{address:?} is no address that a token can be got from; it begins with https://")]
    Address {
        /// What was given.
        address: String,
    },
    /// The command that prints the token failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A source of one's own failed.
    #[error("no access token")]
    Other {
        /// Why.
        source: Arc<dyn Error + Send + Sync>,
    },
}

impl TokenError {
    /// The failure of a source of one's own.
    pub fn other(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Other {
            source: Arc::new(error),
        }
    }

    /// Whether it took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::Timeout { .. } | Self::Command(CommandError::Timeout(_))
        )
    }

    /// Whether asking again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Connection { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}

/// The command prints the token, a fresh one each time.
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
