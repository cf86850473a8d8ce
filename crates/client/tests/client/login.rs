//! Logging in: quoting, literals, SASL.

use imapclient::{
    Code, Error, Login, Phase,
    auth::{self, Mechanism, Plain, SecretCommand, secrecy::zeroize::Zeroizing},
};
use imapclient_test_macros::faces;

use crate::common::{member, plain, scripted, stranger};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn names_and_passwords_are_quoted_as_they_need() {
        for (username, password, line) in [
            ("bob", "sekret", r#""bob" "sekret""#),
            ("bob@example.org", "", r#""bob@example.org" """#),
            ("", "x", r#""" "x""#),
            ("bob smith", "a b", r#""bob smith" "a b""#),
            (r#"b"o\b"#, r#""\"#, r#""b\"o\\b" "\"\\""#),
            ("(bob)", "{5}", r#""(bob)" "{5}""#),
            ("NIL", "*", r#""NIL" "*""#),
        ] {
            let peer = stranger("", &format!("C: <a> LOGIN {line}\nS: <a> OK in"));
            let mut client = connect(&peer).await;
            client.login_command(username, password).await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn the_mechanism_is_told_before_it_is_used() {
        struct NoToken;

        impl auth::TokenSource for NoToken {
            fn token(
                &self,
                _: Option<&auth::Token>,
            ) -> Result<auth::Token, auth::TokenError> {
                panic!("nobody needs a token")
            }
        }

        let offers = " LOGINDISABLED AUTH=PLAIN AUTH=SCRAM-SHA-256 AUTH=XOAUTH2";
        let peer = stranger(offers, "");
        let mut client = connect(&peer).await;
        for (login, mechanism) in [
            (Login::auto("bob", "x"), "SCRAM-SHA-256"),
            (Login::mechanism(|| Plain::new("bob", "x".into())), "PLAIN"),
            (
                Login::mechanism(|| auth::CramMd5::new("bob", "x".into())),
                "CRAM-MD5",
            ),
            (Login::token("bob", NoToken), "XOAUTH2"),
            (Login::oauthbearer("bob", NoToken), "OAUTHBEARER"),
        ] {
            let told = client.login_mechanism(&login).await.unwrap();
            assert_eq!(told.as_deref(), Some(mechanism), "{login:?}");
        }
        let command = Login::command("bob", "x");
        let error = client.login_mechanism(&command).await.unwrap_err();
        assert!(matches!(error, Error::LoginDisabled), "{error:?}");
        leave(client, peer).await;

        let peer = stranger("", "");
        let mut client = connect(&peer).await;
        for login in [Login::auto("bob", "x"), Login::command("bob", "x")] {
            assert_eq!(client.login_mechanism(&login).await.unwrap(), None);
        }
        let token = Login::token("bob", NoToken);
        let error = client.login_mechanism(&token).await.unwrap_err();
        assert!(matches!(error, Error::Missing { .. }), "{error:?}");
        leave(client, peer).await;

        let peer = member(" AUTH=PLAIN", "");
        let mut client = connect(&peer).await;
        let error = client.login_mechanism(&command).await.unwrap_err();
        assert!(matches!(error, Error::State { .. }), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn what_cannot_be_quoted_is_a_literal() {
        let peer = stranger(
            "",
            "C: <a> LOGIN {4}
             S: + go on
             C: zoë {8}
             S: + and on
             C: päßwö
             S: <a> OK in",
        );
        let mut client = connect(&peer).await;
        client.login_command("zoë", "päßwö").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn line_breaks_stay_in_literals() {
        let peer = stranger(
            "",
            "C: <a> LOGIN {14}
             S: + go on
             C: bob
             C: a2 DELETE \"x\"
             S: <a> NO
             C: <b> LOGIN \"bob\" {4}
             S: + go on
             C: a
             C: b
             S: <b> OK in",
        );
        let mut client = connect(&peer).await;
        let error = client.login_command("bob\r\na2 DELETE", "x").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        client.login_command("bob", "a\r\nb").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn nul_is_refused_and_nothing_sent() {
        let peer = stranger("", "");
        let mut client = connect(&peer).await;
        for (username, password) in [("b\0b", "x"), ("bob", "x\0")] {
            let error = client.login_command(username, password).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
            let error = client
                .authenticate(Plain::new(username, password.into()))
                .await
                .unwrap_err();
            assert!(matches!(error, Error::Auth(_)), "{error:?}");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn literal_plus_in_the_greeting_saves_the_wait() {
        for capability in ["LITERAL+", "LITERAL-"] {
            let peer = stranger(
                &format!(" {capability}"),
                "C: <a> LOGIN {4+}
                 C: zoë {8+}
                 C: päßwö
                 S: <a> OK in",
            );
            let mut client = connect(&peer).await;
            client.login_command("zoë", "päßwö").await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn login_is_not_tried_where_it_is_disabled() {
        let peer = stranger(" LOGINDISABLED", "");
        let mut client = connect(&peer).await;
        let error = client.login_command("bob", "sekret").await.unwrap_err();
        assert!(matches!(error, Error::LoginDisabled), "{error:?}");
        leave(client, peer).await;

        // This also holds if the greeting has no capabilities.
        let peer = scripted(
            "S: * OK hello
             C: <a> CAPABILITY
             S: * CAPABILITY IMAP4rev1 LOGINDISABLED
             S: <a> OK done
             C: <b> LOGOUT
             S: * BYE
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        let error = client.login_command("bob", "sekret").await.unwrap_err();
        assert!(matches!(error, Error::LoginDisabled), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn login_takes_the_best_method_on_an_open_connection() {
        // The command would be allowed, but the server has something better.
        let offers = " AUTH=PLAIN AUTH=LOGIN SASL-IR";
        let script = "C: <a> AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=\nS: <a> OK in";
        let peer = stranger(offers, script);
        let mut client = connect(&peer).await;
        client.login("bob", "sekret").await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        leave(client, peer).await;

        // SCRAM is refused without TLS: the password is not sent by PLAIN or LOGIN.
        let peer = stranger(
            " AUTH=PLAIN AUTH=SCRAM-SHA-256",
            "C: <a> AUTHENTICATE SCRAM-SHA-256\nS: <a> NO no",
        );
        let mut client = connect(&peer).await;
        let error = client.login("bob", "sekret").await.unwrap_err();
        assert!(matches!(error, Error::Login { .. }), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn login_uses_the_command_only_where_nothing_better_is_offered() {
        let peer = stranger("", "C: <a> LOGIN \"bob\" \"sekret\"\nS: <a> OK in");
        let mut client = connect(&peer).await;
        client.login("bob", "sekret").await.unwrap();
        leave(client, peer).await;

        let peer = stranger(" LOGINDISABLED AUTH=GSSAPI", "");
        let mut client = connect(&peer).await;
        let error = client.login("bob", "sekret").await.unwrap_err();
        let offered = match &error {
            Error::NoMechanism { offered, .. } => &offered[..],
            _ => panic!("{error:?}"),
        };
        assert_eq!(offered, ["GSSAPI"]);
        leave(client, peer).await;
    }

    #[case]
    async fn login_command_ignores_what_is_better() {
        let peer = stranger(
            " AUTH=PLAIN AUTH=SCRAM-SHA-256 SASL-IR",
            "C: <a> LOGIN \"bob\" \"sekret\"\nS: <a> OK in",
        );
        let mut client = connect(&peer).await;
        client.login_command("bob", "sekret").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_password_that_must_not_be_sent_is_not_asked_for() {
        let never = || -> Result<Plain, auth::CommandError> { panic!("nobody may ask") };
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("asked");
        let asks = SecretCommand::new(format!("touch '{}'; echo sekret", mark.display()));

        // A user is logged in.
        let peer = member(" AUTH=PLAIN", "");
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        for login in [
            Login::mechanism(never),
            Login::command("bob", asks.clone()),
            Login::auto("bob", asks.clone()),
        ] {
            let error = client.login_with(login).await.unwrap_err();
            assert!(matches!(error, Error::State { .. }), "{error:?}");
        }
        client.logout().await.unwrap();
        peer.finish().unwrap();

        // The command is disabled.
        let peer = stranger(" LOGINDISABLED", "");
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let error = client.login_with(Login::command("bob", asks)).await.unwrap_err();
        assert!(matches!(error, Error::LoginDisabled), "{error:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
        assert!(!mark.exists());
    }

    #[case]
    async fn the_builder_logs_in() {
        let peer = stranger("", "C: <a> LOGIN \"bob\" \"sekret\"\nS: <a> OK in");
        let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        leave(client, peer).await;
    }

    #[case]
    async fn the_builder_takes_plain_where_login_is_disabled() {
        let peer = stranger(
            " LOGINDISABLED AUTH=PLAIN SASL-IR",
            "C: <a> AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=
             S: <a> OK [CAPABILITY IMAP4rev1] in",
        );
        let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn the_builder_does_not_log_in_a_second_time() {
        let peer = member("", "");
        let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn the_builder_fails_with_the_login() {
        let peer = scripted(
            "S: * OK [CAPABILITY IMAP4rev1] hi
             C: <a> LOGIN \"bob\" \"wrong\"
             S: <a> NO [AUTHENTICATIONFAILED] no
             CLOSE",
        );
        let error = plain::<Client>(&peer).login("bob", "wrong").connect().await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::AuthenticationFailed));
        assert!(!error.is_closed() && !error.is_transient());
        peer.finish().unwrap();
    }

    #[case]
    async fn plain_in_one_round_trip() {
        let peer = stranger(
            " SASL-IR AUTH=PLAIN",
            "C: <a> AUTHENTICATE PLAIN dXJzZWwAYm9iAHNla3JldA==
             S: * CAPABILITY IMAP4rev1 AFTER
             S: <a> OK in",
        );
        let bob = Plain::new("bob", "sekret".into()).authorization("ursel");
        let mut client = plain::<Client>(&peer).login_with(Login::mechanism(move || bob.clone())).connect().await.unwrap();
        assert!(client.state().has("AFTER"));
        assert_eq!(client.updates().count(), 0, "the state has it");
        leave(client, peer).await;
    }

    #[case]
    async fn capabilities_told_by_a_login_are_no_update() {
        let peer = stranger(
            "",
            "C: <a> LOGIN \"bob\" \"sekret\"
             S: * CAPABILITY IMAP4rev1 AFTER
             S: <a> OK in",
        );
        let mut client = connect(&peer).await;
        client.login_command("bob", "sekret").await.unwrap();
        assert!(client.state().has("AFTER"));
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn plain_in_two_round_trips() {
        // Some servers put text into the empty challenge, and some leave out the space.
        for challenge in ["+ ", "+"] {
            let peer = stranger(
                " AUTH=PLAIN",
                &format!(
                    "C: <a> AUTHENTICATE PLAIN
                     S: {challenge}
                     C: AGJvYgBzZWtyZXQ=
                     S: <a> OK in"
                ),
            );
            let mut client = connect(&peer).await;
            client.authenticate(Plain::new("bob", "sekret".into())).await.unwrap();
            assert_eq!(client.state().phase(), Phase::Authenticated);
            assert_eq!(client.state().capabilities(), None);
            leave(client, peer).await;
        }
    }

    #[case]
    async fn authenticate_refused() {
        let peer = stranger(
            " SASL-IR",
            "C: <a> AUTHENTICATE PLAIN AGJvYgBhbm90aGVy
             S: <a> NO [AUTHENTICATIONFAILED] no
             C: <b> AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=
             S: <b> OK in",
        );
        let mut client = connect(&peer).await;
        let error = client
            .authenticate(Plain::new("bob", "another".into()))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(&Code::AuthenticationFailed));
        assert_eq!(error.to_string(), "AUTHENTICATE refused: NO [AUTHENTICATIONFAILED] no");
        client.authenticate(Plain::new("bob", "sekret".into())).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_second_challenge_is_no_part_of_plain() {
        let peer = stranger(
            " SASL-IR",
            "C: <a> AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=
             S: + bW9yZQ==
             C: *
             S: <a> BAD cancelled
             C: <b> NOOP
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        let error = client
            .authenticate(Plain::new("bob", "sekret".into()))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Auth(auth::Error::UnexpectedChallenge { .. })), "{error:?}");
        assert_eq!(client.state().phase(), Phase::NotAuthenticated);
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_challenge_has_to_be_base64() {
        let peer = stranger(
            "",
            "C: <a> AUTHENTICATE PLAIN
             S: + ???
             C: *
             S: <a> BAD cancelled",
        );
        let mut client = connect(&peer).await;
        let error = client
            .authenticate(Plain::new("bob", "sekret".into()))
            .await
            .unwrap_err();
        assert!(matches!(&error, Error::Challenge { text, .. } if text == "???"), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn mechanisms_of_ones_own() {
        let peer = stranger(
            " SASL-IR",
            "C: <a> AUTHENTICATE X-ECHO
             S: + aGVsbG8=
             C: aGVsbG8=
             S: +
             C:
             S: <a> OK in",
        );
        let mut client = connect(&peer).await;
        let mut challenges = Vec::new();
        client.authenticate(Echo(&mut challenges, true)).await.unwrap();
        assert_eq!(challenges, [&b"hello"[..], b""]);
        leave(client, peer).await;
    }

    #[case]
    async fn a_server_that_does_not_convince_the_mechanism_is_given_up() {
        // The OK follows at once, or after the client has cancelled because of an invalid
        // challenge.
        for script in ["S: <a> OK in", "S: + ???\nC: *\nS: <a> OK in"] {
            let peer = scripted(&format!(
                "S: * OK [CAPABILITY IMAP4rev1] hello\nC: <a> AUTHENTICATE X-ECHO\n{script}"
            ));
            let mut client = connect(&peer).await;
            let mut challenges = Vec::new();
            let error = client.authenticate(Echo(&mut challenges, false)).await.unwrap_err();
            assert!(matches!(error, Error::Auth(_) | Error::Challenge { .. }), "{error:?}");
            let error = client.append("INBOX", "a secret").await.unwrap_err();
            assert!(matches!(error, Error::GivenUp), "{error:?}");
            drop(client);
            peer.finish().unwrap();
        }
    }
}

/// Returns challenges unchanged. The second field is whether it accepts the server.
struct Echo<'a>(&'a mut Vec<Vec<u8>>, bool);

impl Mechanism for Echo<'_> {
    fn name(&self) -> &str {
        "X-ECHO"
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, auth::Error> {
        Ok(None)
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, auth::Error> {
        self.0.push(challenge.to_vec());
        Ok(Zeroizing::new(challenge.to_vec()))
    }

    fn finish(&mut self) -> Result<(), auth::Error> {
        let no = auth::Error::UnexpectedChallenge {
            mechanism: "X-ECHO",
        };
        self.1.then_some(()).ok_or(no)
    }
}
