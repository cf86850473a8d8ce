//! SASL mechanisms for mail protocols (RFC 4422), and the tokens that some of them use. This crate
//! does not know IMAP.
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
//! # Choosing a mechanism
//!
//! | you have | use | the server learns | server proves itself |
//! | --- | --- | --- | --- |
//! | a password | [`Scram::sha256_plus`], else [`Scram::sha256`], else [`Scram::sha1`] | nothing that allows logging in | yes; `-PLUS` also excludes a man in the middle |
//! | a password, and a server without SCRAM | [`Plain`], else [`Login`]: within TLS only | the password | no |
//! | a token of Google, Microsoft, Yahoo or similar | [`OAuthBearer`], else [`XOAuth2`]: within TLS only | the token | no |
//! | a client certificate used in TLS | [`External`] | the certificate | in TLS |
//! | nothing | [`Anonymous`] | nothing | no |
//! | an old server without TLS | [`CramMd5`], if necessary | a digest for guessing the password | no |
//!
//! The IMAP client chooses among the password mechanisms by itself, strongest first. After a
//! refusal it makes at most one further attempt; with a weaker mechanism only over fully checked
//! TLS, since an attacker could provoke it otherwise. It uses `CRAM-MD5` only on request.
//!
//! Not included: `DIGEST-MD5` (withdrawn by RFC 6331), `NTLM` (broken, and not a standard) and
//! `GSSAPI` (requires a system library). You can add others: implementing [`Mechanism`] takes four
//! functions.
//!
//! # Access tokens
//!
//! A [`TokenSource`] supplies them: a command ([`SecretCommand`]), your own implementation, or with
//! the feature `oauth2` a `RefreshToken`, which asks the provider when necessary and keeps the
//! result. `AuthorizationCode` and `DeviceCode` obtain the first refresh token. Requests to the
//! provider use TLS with checked certificates, take bounded time, and follow no redirect. These
//! functions block; the IMAP client calls them where they hold up no other task.
//!
//! # An exchange
//!
//! ```text
//!   bind(channel binding of the connection)
//!   initial()  ──▶ first message      ──▶ server
//!   respond()  ◀── challenge          ◀── server      again for each challenge;
//!              ──▶ response           ──▶ server      an error cancels the exchange
//!   finish()   ◀── success            ◀── server      an error: do not trust it
//!   failure()  ◀── refusal            ◀── server      the reason given before that
//! ```
//!
//! Messages are wiped from memory when they are dropped, secrets are
//! [`SecretString`](secrecy::SecretString)s, and neither appears in `Debug` output or in errors.
//! Names and passwords of SCRAM are prepared with SASLprep (RFC 4013), so that `ä` is the same
//! letter in any encoding.

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
#[cfg(feature = "oauth2")]
mod store;
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
pub use mechanism::{ChannelBinding, IntoMechanism, Mechanism};
pub use oauth::{OAuthBearer, XOAuth2};
pub use plain::Plain;
#[cfg(feature = "oauth2")]
pub use provider::Provider;
#[cfg(feature = "oauth2")]
pub use refresh::RefreshToken;
pub use scram::Scram;
pub use secrecy;
#[cfg(feature = "oauth2")]
pub use store::{StoredToken, TokenStore};
pub use token::{Token, TokenError, TokenSource};

/// Tests that the `Debug` form of a mechanism shows no secret.
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
