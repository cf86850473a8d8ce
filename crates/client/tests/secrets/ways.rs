//! The ways to log in, each of which holds a secret.

use imapclient::{
    Login,
    auth::{self, CramMd5, OAuthBearer, Plain, Scram, XOAuth2, secrecy::SecretString},
};

/// The name of a method, and a function that creates its login from a password.
pub(crate) type Way = (&'static str, fn(&'static str) -> Login);

/// All methods without a password command. Those with channel binding need TLS and are left out.
pub(crate) const WAYS: [Way; 9] = [
    ("LOGIN", |password| Login::command("bob", password)),
    ("PLAIN", |password| {
        Login::mechanism(move || Plain::new("bob", secret(password)))
    }),
    ("LOGIN mechanism", |password| {
        Login::mechanism(move || auth::Login::new("bob", secret(password)))
    }),
    ("CRAM-MD5", |password| {
        Login::mechanism(move || CramMd5::new("bob", secret(password)))
    }),
    ("SCRAM-SHA-1", |password| {
        Login::mechanism(move || Scram::sha1("bob", secret(password)))
    }),
    ("SCRAM-SHA-256", |password| {
        Login::mechanism(move || Scram::sha256("bob", secret(password)))
    }),
    ("OAUTHBEARER", |password| {
        Login::mechanism(move || OAuthBearer::new("bob", secret(password)).server("h", 1))
    }),
    ("XOAUTH2", |password| {
        Login::mechanism(move || XOAuth2::new("bob", secret(password)).vendor("us"))
    }),
    ("auto", |password| Login::auto("bob", password)),
];

fn secret(password: &str) -> SecretString {
    password.into()
}
