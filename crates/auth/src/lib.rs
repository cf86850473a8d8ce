//! SASL mechanisms for mail protocols (RFC 4422), and the tokens that some of them take. Knows no
//! IMAP.
//!
//! ```
//! use imapclient_auth::{Mechanism, Plain};
//!
//! let mut plain = Plain::new("bob", "sekret".into());
//! assert_eq!(plain.name(), "PLAIN");
//! assert_eq!(plain.initial()?.unwrap().as_slice(), b"\0bob\0sekret");
//! # Ok::<(), imapclient_auth::Error>(())
//! ```
//!
//! # Which mechanism when
//!
//! | you have | use | what the server learns | does the server prove itself |
//! | --- | --- | --- | --- |
//! | a password | [`Scram::sha256_plus`], else [`Scram::sha256`], else [`Scram::sha1`] | nothing that logs anybody in | yes; `-PLUS` also that nobody stands in between |
//! | a password, and a server without SCRAM | [`Plain`], else [`Login`]: within TLS only | the password | no |
//! | a token of Google, Microsoft, Yahoo or the like | [`OAuthBearer`], else [`XOAuth2`]: within TLS only | the token | no |
//! | a certificate that TLS has shown | [`External`] | who we are | in TLS |
//! | nothing | [`Anonymous`] | nothing | no |
//! | an old server without TLS | [`CramMd5`], if it has to be | what the password can be guessed from | no |
//!
//! The IMAP client chooses among those for passwords by itself, from the best the server offers
//! downwards, and never tries a weaker one after a stronger one has failed: that is what an
//! attacker would wait for. `CRAM-MD5` it takes only by name.
//!
//! What is not here: `DIGEST-MD5` (given up by RFC 6331), `NTLM` (broken, and no standard) and
//! `GSSAPI` (it takes a library of the system). What you need can be added: [`Mechanism`] is four
//! functions.
//!
//! # Access tokens
//!
//! A [`TokenSource`] gives them: a command ([`SecretCommand`]), one of your own, or with the feature
//! `oauth2` a `RefreshToken`, which asks the provider when it has to and keeps what it got.
//! `AuthorizationCode` and `DeviceCode` get the refresh token at first. The provider is asked over
//! TLS with checked certificates, in bounded time, and is not followed elsewhere. These functions
//! wait; the IMAP client lets them do so where nobody else is held up.
//!
//! # An exchange
//!
//! ```text
//!   bind(what the connection can be bound to)
//!   initial()  ──▶ first message      ──▶ server
//!   respond()  ◀── challenge          ◀── server      again for each challenge;
//!              ──▶ response           ──▶ server      an error cancels the exchange
//!   finish()   ◀── "you are in"       ◀── server      an error: do not believe it
//!   failure()  ◀── "you are not"      ◀── server      what it said before that
//! ```
//!
//! Messages are wiped from memory when they are dropped, secrets are
//! [`SecretString`](secrecy::SecretString)s, and neither is in the `Debug` form or in an error.
//! Names and passwords of SCRAM are prepared by SASLprep (RFC 4013), so that `ä` is the same
//! letter however it was typed.

mod anonymous;
#[cfg(feature = "oauth2")]
mod app;
mod command;
mod cram_md5;
#[cfg(feature = "oauth2")]
mod device;
mod error;
mod external;
#[cfg(feature = "oauth2")]
mod grant;
#[cfg(feature = "oauth2")]
mod http;
mod login;
mod mechanism;
mod message;
mod oauth;
mod plain;
#[cfg(feature = "oauth2")]
mod provider;
#[cfg(feature = "oauth2")]
mod refresh;
mod saslprep;
mod scram;
mod token;

pub use anonymous::Anonymous;
#[cfg(feature = "oauth2")]
pub use app::{App, Grant};
pub use command::{CommandError, SecretCommand};
pub use cram_md5::CramMd5;
#[cfg(feature = "oauth2")]
pub use device::DeviceCode;
pub use error::Error;
pub use external::External;
#[cfg(feature = "oauth2")]
pub use grant::AuthorizationCode;
#[cfg(feature = "oauth2")]
pub use http::Http;
pub use login::Login;
pub use mechanism::{ChannelBinding, Mechanism};
pub use oauth::{OAuthBearer, XOAuth2};
pub use plain::Plain;
#[cfg(feature = "oauth2")]
pub use provider::Provider;
#[cfg(feature = "oauth2")]
pub use refresh::RefreshToken;
pub use scram::Scram;
pub use secrecy;
pub use token::{Token, TokenError, TokenSource};

/// What the `Debug` form of a mechanism shows.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let secret = || "sekret".into();
        let all: [&dyn std::fmt::Debug; 8] = [
            &Plain::new("bob", secret()),
            &Login::new("bob", secret()),
            &CramMd5::new("bob", secret()),
            &Scram::sha256_plus("bob", secret()),
            &OAuthBearer::new("bob", secret()),
            &XOAuth2::new("bob", secret()).vendor("us"),
            &External::new().authorization("bob"),
            &ChannelBinding::TlsExporter(*b"sekretsekretsekretsekretsekretse"),
        ];
        for one in all {
            let text = format!("{one:?} {one:#?}");
            assert!(!text.contains("sekret"), "{text}");
            assert!(!text.contains("115, 101"), "{text}");
        }
    }
}
