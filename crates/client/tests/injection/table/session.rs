//! The session and logging in.

use imapclient::{
    Id, Login,
    auth::{self, Mechanism, Plain, Token, TokenError, TokenSource, secrecy::zeroize::Zeroizing},
};

use super::{
    Expected::{Nothing, Sasl, Spelled, Words},
    Phase, Row, row,
};

pub(super) fn session() -> Vec<Row> {
    vec![
        row("has_capability", "name", Nothing, |client, text| {
            client.has_capability(text).map(drop)
        }),
        row(
            "enable",
            "extensions",
            Words("ENABLE <text>"),
            |client, text| client.enable([text]).map(drop),
        )
        .at(Phase::Member),
        row("id", "ours", Words("ID (<text> <x>)"), |client, text| {
            client.id([(text, "x")]).map(drop)
        }),
        row("id", "ours", Words("ID (<x> <text>)"), |client, text| {
            client.id(Id::from_iter([("x", text)])).map(drop)
        })
        .at(Phase::Stranger),
        row(
            "login",
            "username",
            Sasl("PLAIN", "\0{}\0x"),
            |client, text| client.login(text, "x"),
        )
        .at(Phase::Stranger),
        row(
            "login",
            "password",
            Sasl("PLAIN", "\0x\0{}"),
            |client, text| client.login("x", text),
        )
        .at(Phase::Stranger),
        row(
            "login_command",
            "username",
            Words("LOGIN <text> <x>"),
            |client, text| client.login_command(text, "x"),
        )
        .at(Phase::Stranger),
        row(
            "login_command",
            "password",
            Words("LOGIN <x> <text>"),
            |client, text| client.login_command("x", text),
        )
        .at(Phase::Stranger),
        row(
            "authenticate",
            "mechanism",
            Spelled("AUTHENTICATE {}"),
            |client, text| client.authenticate(Named(text.to_owned())),
        )
        .at(Phase::Stranger),
        row(
            "authenticate",
            "mechanism",
            Sasl("PLAIN", "{}\0x\0y"),
            |client, text| client.authenticate(Plain::new("x", "y".into()).authorization(text)),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("PLAIN", "\0{}\0x"),
            |client, text| client.login_with(Login::auto(text, "x")),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("PLAIN", "\0x\0{}"),
            |client, text| client.login_with(Login::auto("x", text)),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Words("LOGIN <text> <x>"),
            |client, text| client.login_with(Login::command(text, "x")),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("XOAUTH2", "user={}\x01auth=Bearer x\x01\x01"),
            |client, text| client.login_with(Login::xoauth2(text, Known("x".to_owned()))),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("XOAUTH2", "user=x\x01auth=Bearer {}\x01\x01"),
            |client, text| client.login_with(Login::xoauth2("x", Known(text.to_owned()))),
        )
        .at(Phase::Stranger),
        row("raw", "command", Spelled("{}"), |client, text| {
            client.raw(text).map(drop)
        }),
    ]
}

/// A mechanism with this name whose server begins.
struct Named(String);

impl Mechanism for Named {
    fn name(&self) -> &str {
        &self.0
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, auth::Error> {
        Ok(None)
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, auth::Error> {
        Ok(challenge.to_vec().into())
    }

    fn finish(&mut self) -> Result<(), auth::Error> {
        Ok(())
    }
}

/// A source with a known token.
struct Known(String);

impl TokenSource for Known {
    fn token(&self, _refused: Option<&Token>) -> Result<Token, TokenError> {
        Ok(Token::fresh(self.0.clone().into()))
    }
}
