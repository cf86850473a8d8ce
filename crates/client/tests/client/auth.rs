//! Mechanisms on the wire, and the choice between them.

use std::io;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient::{
    Builder, Code, Error, Login, Password, Phase,
    auth::{
        self, Anonymous, CramMd5, External, OAuthBearer, Plain, Scram, SecretCommand, Token,
        TokenError, TokenSource, XOAuth2, secrecy::zeroize::Zeroizing,
    },
    transport::TlsOptions,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer, Server};

use crate::common::{self, at_port, expect, goodbye, plain, stranger, text, trusted};

const SCRAM: [&str; 4] = [
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
];

/// Starts a server with the user bob that offers these mechanisms in addition to PLAIN and LOGIN.
fn server(mechanisms: &[&str]) -> Server {
    let mut builder = Server::builder()
        .user("bob", "sekret")
        .user("zoë", "pässwörd");
    for mechanism in mechanisms {
        builder = builder.say_capability(&format!("AUTH={mechanism}"));
    }
    builder.start()
}

/// Returns settings for a connection to the server with TLS.
fn secure<C>(server: &Server) -> Builder<C> {
    let options = TlsOptions::new()
        .without_native_roots()
        .ca_pem(server.ca_pem());
    at_port(server.tls_addr().port()).tls_options(options)
}

fn scram(mechanism: &str, username: &str, password: &str) -> Scram {
    let password = password.into();
    match mechanism {
        "SCRAM-SHA-1" => Scram::sha1(username, password),
        "SCRAM-SHA-1-PLUS" => Scram::sha1_plus(username, password),
        "SCRAM-SHA-256" => Scram::sha256(username, password),
        "SCRAM-SHA-256-PLUS" => Scram::sha256_plus(username, password),
        other => panic!("{other}"),
    }
}

/// Returns the commands that the server received, without their secrets.
fn commands(server: &Server) -> Vec<String> {
    let received = server.received();
    received
        .iter()
        .map(|received| {
            let words: Vec<_> = received
                .command()
                .split(' ')
                .take(2)
                .map(ToOwned::to_owned)
                .collect();
            words.join(" ")
        })
        .filter(|command| command.starts_with("AUTHENTICATE") || command.starts_with("LOGIN"))
        .collect()
}

/// Starts a server with SCRAM-SHA-256 and a valid certificate that continues with `act`, which gets
/// the tag and the initial response of the client.
fn hostile<C>(
    act: impl Fn(&mut Connection, &str, &str) -> io::Result<()> + Send + Sync + 'static,
) -> (Peer, Builder<C>) {
    common::secure(move |connection| {
        connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN] hi")?;
        let line = connection.read_line()?;
        let mut words = line.split(' ');
        let (tag, said) = (words.next().unwrap(), words.nth(2).unwrap());
        assert!(line.contains("AUTHENTICATE SCRAM-SHA-256 "), "{line}");
        act(connection, tag, &decode(said))?;
        // No other method is tried, in particular not PLAIN.
        connection.wait_eof()
    })
}

/// Sends a challenge and expects that the client cancels the exchange.
fn cancelled(connection: &mut Connection, tag: &str, challenge: &str) -> io::Result<()> {
    connection.send(&format!("+ {}", encode(challenge)))?;
    connection.expect("*")?;
    connection.send(&format!("{tag} BAD cancelled"))
}

/// Returns the server's first message in answer to that of the client.
fn server_first(said: &str, iterations: &str) -> String {
    let (_, nonce) = said.split_once(",r=").unwrap();
    format!("r={nonce}server,s=c2FsdA==,i={iterations}")
}

/// A source that returns its tokens one after the other, all but the last as cached ones.
struct Tokens(std::sync::Mutex<Vec<&'static str>>);

impl Tokens {
    fn new(tokens: &[&'static str]) -> Self {
        Self(std::sync::Mutex::new(
            tokens.iter().rev().copied().collect(),
        ))
    }
}

impl TokenSource for Tokens {
    fn token(&self, _refused: Option<&Token>) -> Result<Token, TokenError> {
        let mut left = self.0.lock().unwrap();
        let token = left.pop().ok_or(TokenError::Mismatch)?;
        Ok(match left.is_empty() {
            true => Token::fresh(token.into()),
            false => Token::kept(token.into()),
        })
    }
}

const BAD_TOKEN: &str = r#"{"status":"401","schemes":"bearer"}"#;

faces! {
    #![tokio(cfg(feature = "tokio"))]

    /// Fails to log in by the best method on a hostile server. Returns the text of the error.
    async fn fail_on((peer, builder): (Peer, Builder<Client>)) -> String {
        let error = builder.login("bob", "sekret").connect().await.unwrap_err();
        assert!(!error.is_closed(), "{error:?}");
        peer.finish().unwrap();
        text(&error)
    }

    #[case]
    async fn scram_against_a_server_that_knows_it() {
        let server = server(&SCRAM);
        for mechanism in SCRAM {
            for (username, password) in [("bob", "sekret"), ("zoë", "pässwörd")] {
                let login = Login::mechanism(move || scram(mechanism, username, password));
                let client = secure::<Client>(&server).login_with(login).connect().await.unwrap();
                assert_eq!(client.state().phase(), Phase::Authenticated, "{mechanism}");
                client.logout().await.unwrap();
            }
            for (username, password) in [("bob", "sekre"), ("bob", ""), ("zoe", "pässwörd")] {
                let login = Login::mechanism(move || scram(mechanism, username, password));
                let error = secure::<Client>(&server).login_with(login).connect().await.unwrap_err();
                assert_eq!(error.code(), Some(&Code::AuthenticationFailed), "{mechanism} {error}");
            }
        }
    }

    #[case]
    async fn the_best_way_is_chosen() {
        for (offered, command) in [
            (&SCRAM[..], "AUTHENTICATE SCRAM-SHA-256-PLUS"),
            (&SCRAM[..3], "AUTHENTICATE SCRAM-SHA-1-PLUS"),
            (&["SCRAM-SHA-1", "SCRAM-SHA-256"], "AUTHENTICATE SCRAM-SHA-256"),
            (&["SCRAM-SHA-1", "CRAM-MD5"], "AUTHENTICATE SCRAM-SHA-1"),
            (&["CRAM-MD5"], "AUTHENTICATE PLAIN"),
        ] {
            let server = server(offered);
            let client = secure::<Client>(&server).login("bob", "sekret").connect().await.unwrap();
            client.logout().await.unwrap();
            assert_eq!(commands(&server), [command]);
        }
        let server = server(&[]);
        server.forget_capability("AUTH=PLAIN");
        let client = secure::<Client>(&server).login("bob", "sekret").connect().await.unwrap();
        client.logout().await.unwrap();
        server.forget_capability("AUTH=LOGIN");
        let mut client = secure::<Client>(&server).connect().await.unwrap();
        client.login_with(Login::auto("bob", "sekret")).await.unwrap();
        client.logout().await.unwrap();
        assert_eq!(commands(&server), ["AUTHENTICATE LOGIN", "LOGIN \"bob\""]);
    }

    #[case]
    async fn without_tls_1_3_nothing_can_be_bound_to() {
        let server = server(&SCRAM);
        let in_clear = || at_port::<Client>(server.addr().port()).dangerous_plaintext();
        let client = in_clear().login("bob", "sekret").connect().await.unwrap();
        client.logout().await.unwrap();
        assert_eq!(commands(&server), ["AUTHENTICATE SCRAM-SHA-256"]);
        let login = Login::mechanism(|| Scram::sha256_plus("bob", "sekret".into()));
        let error = in_clear().login_with(login).connect().await.unwrap_err();
        assert!(matches!(error, Error::Auth(auth::Error::NoChannelBinding { .. })), "{error:?}");
        assert_eq!(commands(&server).len(), 1);
    }

    #[case]
    async fn an_offer_that_somebody_has_changed_is_noticed() {
        // The client sees no -PLUS, while the server knows that it offered it.
        let (identity, options) = trusted();
        let config = identity.server_config();
        let peer = Peer::start_tls(config, |mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hi")?;
            let line = connection.read_line()?;
            let said = decode(line.split(' ').nth(3).unwrap());
            assert!(said.starts_with("y,,n=bob,r="), "{said}");
            cancelled(
                &mut connection,
                line.split(' ').next().unwrap(),
                "e=server-does-support-channel-binding",
            )?;
            connection.wait_eof()
        });
        let builder = at_port::<Client>(peer.port()).tls_options(options);
        builder.login("bob", "sekret").connect().await.unwrap_err();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_wrong_password_by_scram_is_two_attempts_at_most() {
        let server = server(&SCRAM);
        let error = secure::<Client>(&server).login("bob", "another").connect().await.unwrap_err();
        let Error::Login { mechanism, first: Some(first), .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!((&**mechanism, &*first.mechanism), ("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"));
        assert_eq!(first.refused.code, Some(Code::AuthenticationFailed));
        assert_eq!(error.code(), Some(&Code::AuthenticationFailed));
        assert!(!error.is_closed() && !error.is_transient());
        assert_eq!(
            text(&error),
            "logging in failed by SCRAM-SHA-256-PLUS (NO [AUTHENTICATIONFAILED] Authentication \
             failed.) and then by SCRAM-SHA-256: \
             AUTHENTICATE refused: NO [AUTHENTICATIONFAILED] Authentication failed."
        );
        // The password itself is not sent after both have failed.
        let expected = ["AUTHENTICATE SCRAM-SHA-256-PLUS", "AUTHENTICATE SCRAM-SHA-256"];
        assert_eq!(commands(&server), expected);
    }

    #[case]
    async fn where_there_is_no_way_nothing_is_sent() {
        let peer = stranger(" LOGINDISABLED AUTH=GSSAPI AUTH=CRAM-MD5", "");
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let error = client.login_with(Login::auto("bob", "sekret")).await.unwrap_err();
        assert!(error.to_string().ends_with("it offers GSSAPI, CRAM-MD5"), "{error}");
        let error = client.login_with(Login::command("bob", "sekret")).await.unwrap_err();
        assert!(matches!(error, Error::LoginDisabled), "{error:?}");
        let tokens = || Tokens::new(&["t"]);
        let error = client.login_with(Login::token("bob", tokens())).await.unwrap_err();
        assert!(matches!(error, Error::Missing { .. }), "{error:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn iterations_to_wear_us_out_or_to_weaken_the_hash() {
        for iterations in ["1", "2147483648"] {
            let error = fail_on(hostile(move |connection, tag, said| {
                cancelled(connection, tag, &server_first(said, iterations))
            }));
            let error = error.await;
            assert!(error.contains("iterations"), "{error}");
        }
    }

    #[case]
    async fn a_nonce_of_another_exchange() {
        let error = fail_on(hostile(|connection, tag, _| {
            cancelled(connection, tag, "r=othernonce,s=c2FsdA==,i=4096")
        }));
        let error = error.await;
        assert!(error.contains("does not belong to this exchange"), "{error}");
    }

    #[case]
    async fn a_server_that_does_not_know_the_password() {
        let error = fail_on(hostile(|connection, tag, said| {
            connection.send(&format!("+ {}", encode(&server_first(said, "4096"))))?;
            assert!(decode(&connection.read_line()?).contains(",p="));
            cancelled(connection, tag, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        }));
        let error = error.await;
        assert!(error.contains("failed to prove"), "{error}");
    }

    #[case]
    async fn an_ok_before_the_end() {
        for rounds in [0, 1] {
            let peer = hostile(move |connection, tag, said| {
                if rounds > 0 {
                    connection.send(&format!("+ {}", encode(&server_first(said, "4096"))))?;
                    connection.read_line()?;
                }
                connection.send(&format!("{tag} OK you are in"))
            });
            let error = fail_on(peer).await;
            assert!(error.contains("before its last message"), "{error}");
        }
    }

    #[case]
    async fn rounds_that_are_no_part_of_it() {
        let error = fail_on(hostile(|connection, tag, said| {
            connection.send(&format!("+ {}", encode(&server_first(said, "4096"))))?;
            connection.read_line()?;
            connection.send(&format!("+ {}", encode(&server_first(said, "4096"))))?;
            connection.expect("*")?;
            connection.send(&format!("{tag} NO"))
        }));
        let error = error.await;
        assert!(error.contains("holds no proof"), "{error}");
    }

    #[case]
    async fn challenges_without_end() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1] hi")?;
            let tag = expect(&mut connection, "AUTHENTICATE X-PATIENT")?;
            for _ in 0..16 {
                connection.send("+ ")?;
                connection.expect("")?;
            }
            connection.send("+ ")?;
            connection.expect("*")?;
            connection.send(&format!("{tag} BAD cancelled"))?;
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let error = client.authenticate(Patient).await.unwrap_err();
        assert!(matches!(error, Error::EndlessChallenges { limit: 16, .. }), "{error:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn mechanisms_of_one_message() {
        for (login, lines) in [
            (Login::mechanism(External::new), "EXTERNAL ="),
            (Login::mechanism(|| External::new().authorization("zoë")), "EXTERNAL em/Dqw=="),
            (Login::mechanism(|| Anonymous::new().trace("guest")), "ANONYMOUS Z3Vlc3Q="),
            (
                Login::mechanism(|| XOAuth2::new("bob", "t".into()).vendor("us")),
                "XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgdAF2ZW5kb3I9dXMBAQ==",
            ),
            (
                Login::mechanism(|| OAuthBearer::new("bob", "t".into())),
                "OAUTHBEARER bixhPWJvYiwBYXV0aD1CZWFyZXIgdAEB",
            ),
        ] {
            let script = format!("C: <a> AUTHENTICATE {lines}\nS: <a> OK in");
            let peer = stranger(" SASL-IR", &script);
            let client = plain::<Client>(&peer).login_with(login).connect().await.unwrap();
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn mechanisms_in_which_the_server_begins() {
        // This is the example of RFC 2195.
        let peer = stranger(
            " SASL-IR AUTH=CRAM-MD5",
            "C: <a> AUTHENTICATE CRAM-MD5
             S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
             C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
             S: <a> OK in",
        );
        let login = Login::mechanism(|| CramMd5::new("tim", "tanstaaftanstaaf".into()));
        let client = plain::<Client>(&peer).login_with(login).connect().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();

        let peer = stranger(
            " AUTH=LOGIN",
            "C: <a> AUTHENTICATE LOGIN
             S: + VXNlcm5hbWU6
             C: em/Dqw==
             S: + UGFzc3dvcmQ6
             C: cMOkc3M=
             S: <a> OK in",
        );
        let client = plain::<Client>(&peer).login("zoë", "päss").connect().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_token_that_is_refused_is_acknowledged_and_told() {
        for (login, acknowledged) in [
            (Login::xoauth2("bob", Tokens::new(&["a-token"])), ""),
            (Login::oauthbearer("bob", Tokens::new(&["a-token"])), "AQ=="),
        ] {
            let said = encode(BAD_TOKEN);
            let peer = Peer::start(move |mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR] hi")?;
                let line = connection.read_line()?;
                let tag = line.split(' ').next().unwrap();
                connection.send(&format!("+ {said}"))?;
                connection.expect(acknowledged)?;
                connection.send(&format!("{tag} NO [AUTHENTICATIONFAILED] Invalid credentials"))?;
                connection.wait_eof()
            });
            let error = plain::<Client>(&peer).login_with(login).connect().await.unwrap_err();
            let Error::Refused(refused) = &error else {
                panic!("{error:?}");
            };
            assert_eq!(refused.detail.as_deref(), Some(BAD_TOKEN));
            assert_eq!(
                error.to_string(),
                format!(
                    "AUTHENTICATE refused: NO [AUTHENTICATIONFAILED] Invalid credentials ({BAD_TOKEN})"
                )
            );
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn a_kept_token_is_replaced_once() {
        for (tokens, answers, works) in [
            (&["old-token", "new-token"][..], &["NO", "OK"][..], true),
            (&["old-token", "older-token", "new-token"], &["NO", "NO"], false),
            (&["new-token"], &["NO"], false),
            // These refusals are not about the token.
            (&["old-token", "new-token"], &["NO [UNAVAILABLE]"], false),
            (&["old-token", "new-token"], &["BAD [LIMIT]"], false),
            (&["old-token", "new-token"], &["NO Request is throttled. Suggested Backoff Time: 9 milliseconds."], false),
        ] {
            let peer = Peer::start(move |mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi")?;
                for (token, answer) in tokens.iter().zip(answers) {
                    let message = format!("user=bob\x01auth=Bearer {token}\x01\x01");
                    let command = format!("AUTHENTICATE XOAUTH2 {}", encode(&message));
                    let tag = expect(&mut connection, &command)?;
                    connection.send(&format!("{tag} {answer} so"))?;
                }
                connection.wait_eof()
            });
            let login = Login::token("bob", Tokens::new(tokens));
            let result = plain::<Client>(&peer).login_with(login).connect().await;
            assert_eq!(result.is_ok(), works, "{tokens:?} {answers:?}");
            drop(result);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn oauthbearer_names_the_server_and_is_preferred() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER] hi")?;
            let line = connection.read_line()?;
            let said = decode(line.strip_prefix("A0001 AUTHENTICATE OAUTHBEARER ").unwrap());
            let (start, port) = said.split_once("\x01port=").unwrap();
            assert_eq!(start, "n,a=bob,\x01host=127.0.0.1");
            assert!(port.ends_with("\x01auth=Bearer t\x01\x01"), "{said:?}");
            connection.send("A0001 OK in")?;
            goodbye(&mut connection)
        });
        let login = Login::token("bob", SecretCommand::new("echo t"));
        let client = plain::<Client>(&peer).login_with(login).connect().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn there_may_be_no_token() {
        let peer = stranger(" AUTH=XOAUTH2", "");
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let login = Login::token("bob", Tokens::new(&[]));
        let error = client.login_with(login).await.unwrap_err();
        assert!(matches!(error, Error::Token(TokenError::Mismatch)), "{error:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn passwords_that_a_command_prints() {
        let server = server(&["SCRAM-SHA-256"]);
        let command = || SecretCommand::new("echo sekret; echo user: bob");
        for login in [
            Login::auto("bob", command()),
            Login::command("bob", command()),
            Login::mechanism(move || command().run().map(|password| Plain::new("bob", password))),
            Login::mechanism(|| {
                let password = Password::Known("sekret".into()).get();
                password.map(|password| auth::Login::new("bob", password))
            }),
        ] {
            let client = secure::<Client>(&server).login_with(login).connect().await.unwrap();
            client.logout().await.unwrap();
        }
        let expected =
            ["AUTHENTICATE SCRAM-SHA-256", "LOGIN \"bob\"", "AUTHENTICATE PLAIN", "AUTHENTICATE LOGIN"];
        assert_eq!(commands(&server), expected);
        let broken = SecretCommand::new("exit 1");
        for login in [
            Login::auto("bob", broken.clone()),
            Login::mechanism(move || broken.run().map(|password| Plain::new("bob", password))),
        ] {
            let error = secure::<Client>(&server).login_with(login).connect().await.unwrap_err();
            assert!(matches!(error, Error::Password(_)), "{error:?}");
        }
        assert_eq!(commands(&server).len(), 4);
    }
}

/// A mechanism that answers every challenge with an empty response.
struct Patient;

impl auth::Mechanism for Patient {
    fn name(&self) -> &str {
        "X-PATIENT"
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, auth::Error> {
        Ok(None)
    }

    fn respond(&mut self, _challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, auth::Error> {
        Ok(Zeroizing::default())
    }

    fn finish(&mut self) -> Result<(), auth::Error> {
        Ok(())
    }
}

fn encode(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

fn decode(text: &str) -> String {
    String::from_utf8(BASE64_STANDARD.decode(text).unwrap()).unwrap()
}
