//! Servers that announce SASL-IR or AUTHENTICATE and do not support it.

use imapclient::{
    Builder, Error, Login, Workaround,
    auth::{External, OAuthBearer, Plain, Scram, SecretCommand},
};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{expect_start, plain, scripted, stranger, text};

/// `PLAIN` as bob, with `sekret`.
const BOB: &str = "AGJvYgBzZWtyZXQ=";

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    /// Logs in as bob by the best method, on a peer with this script.
    async fn log_in(capabilities: &str, script: &str) -> Result<Client, Error> {
        let peer = scripted(&format!("S: * OK [CAPABILITY IMAP4rev1{capabilities}] hi\n{script}"));
        let result = plain::<Client>(&peer).login("bob", "sekret").connect().await;
        peer.finish().unwrap();
        result
    }

    #[case]
    async fn what_is_refused_with_the_command_goes_out_when_asked_for() {
        let peer = stranger(
            " SASL-IR AUTH=PLAIN",
            &format!(
                "C: <a> AUTHENTICATE PLAIN {BOB}
                 S: <a> BAD Parse command error
                 C: <b> AUTHENTICATE PLAIN
                 S: +
                 C: {BOB}
                 S: <b> OK in"
            ),
        );
        let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
        assert!(client.workarounds().contains(&Workaround::SaslIrRefused));
        leave(client, peer).await;
    }

    #[case]
    async fn it_is_a_part_of_imap4rev2() {
        let peer = scripted(&format!(
            "S: * OK [CAPABILITY IMAP4rev2 AUTH=PLAIN] hi
             C: <a> AUTHENTICATE PLAIN {BOB}
             S: <a> OK in"
        ));
        let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
        assert!(!client.workarounds().contains(&Workaround::SaslIrRefused));
        peer.finish().unwrap();
    }

    #[case]
    async fn so_it_is_for_every_mechanism() {
        for (login, initial) in [
            (Login::mechanism(|| Plain::new("bob", "sekret".into())), BOB),
            (Login::mechanism(External::new), ""),
            (
                Login::mechanism(|| OAuthBearer::new("bob", "t".into())),
                "bixhPWJvYiwBYXV0aD1CZWFyZXIgdAEB",
            ),
            (
                Login::token("bob", SecretCommand::new("echo t")),
                "dXNlcj1ib2IBYXV0aD1CZWFyZXIgdAEB",
            ),
        ] {
            let peer = Peer::start(move |mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi")?;
                let (tag, first) = expect_start(&mut connection, "AUTHENTICATE ")?;
                let (mechanism, said) = first.split_once(' ').unwrap();
                assert_eq!(said, if initial.is_empty() { "=" } else { initial });
                connection.send(&format!("{tag} BAD what?"))?;
                let (tag, again) = expect_start(&mut connection, "AUTHENTICATE ")?;
                assert_eq!(again, mechanism);
                connection.send("+ ")?;
                connection.expect(initial)?;
                connection.send(&format!("{tag} OK in"))?;
                connection.wait_eof()
            });
            plain::<Client>(&peer).login_with(login).connect().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn scram_says_the_same_again() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR] hi")?;
            let (tag, first) = expect_start(&mut connection, "AUTHENTICATE SCRAM-SHA-256 ")?;
            connection.send(&format!("{tag} BAD what?"))?;
            let (tag, rest) = expect_start(&mut connection, "AUTHENTICATE SCRAM-SHA-256")?;
            assert_eq!(rest, "");
            connection.send("+ ")?;
            connection.expect(&first)?;
            connection.send(&format!("{tag} NO no"))?;
            connection.wait_eof()
        });
        let login = Login::mechanism(|| Scram::sha256("bob", "sekret".into()));
        let error = plain::<Client>(&peer).login_with(login).connect().await.unwrap_err();
        assert_eq!(text(&error), "AUTHENTICATE refused: NO no");
        peer.finish().unwrap();
    }

    #[case]
    async fn the_connection_and_the_settings_remember_it() {
        let once_more = format!("C: <c> AUTHENTICATE PLAIN\nS: +\nC: {BOB}\nS: <c> NO no");
        let peer = stranger(
            " SASL-IR AUTH=PLAIN",
            &format!(
                "C: <a> AUTHENTICATE PLAIN {BOB}
                 S: <a> BAD what?
                 C: <b> AUTHENTICATE PLAIN
                 S: +
                 C: {BOB}
                 S: <b> NO no
                 {once_more}"
            ),
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let login = Login::auto("bob", "sekret");
        let error = client.login_with(login.clone()).await.unwrap_err();
        assert_eq!(text(&error), "AUTHENTICATE refused: NO no");
        let bob = Plain::new("bob", "sekret".into());
        client.authenticate(bob).await.unwrap_err();
        leave(client, peer).await;

        // A server at another port is a different one; the same server is recognised.
        let known = Builder::<Client>::new("127.0.0.1").login_with(login);
        let peer = Peer::start(move |mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi")?;
            let (tag, said) = expect_start(&mut connection, "AUTHENTICATE PLAIN")?;
            if !said.is_empty() {
                connection.send(&format!("{tag} BAD what?"))?;
                let (tag, _) = expect_start(&mut connection, "AUTHENTICATE PLAIN")?;
                connection.send("+")?;
                connection.expect(BOB)?;
                connection.send(&format!("{tag} OK first"))?;
                return connection.wait_eof();
            }
            connection.send("+")?;
            connection.expect(BOB)?;
            connection.send(&format!("{tag} OK at once"))?;
            connection.wait_eof()
        });
        let known = known.port(peer.port()).dangerous_plaintext();
        for words in ["OK first", "OK at once", "OK at once"] {
            let client = known.clone().connect().await.unwrap();
            let log: Vec<_> = client.wire_log().map(ToString::to_string).collect();
            assert!(log.last().unwrap().ends_with(words), "{log:?}");
        }
        peer.finish().unwrap();
    }

    #[case]
    async fn it_can_be_left_out_from_the_start() {
        let peer = stranger(
            " SASL-IR AUTH=PLAIN",
            &format!("C: <a> AUTHENTICATE PLAIN\nS: +\nC: {BOB}\nS: <a> OK in"),
        );
        let builder = plain::<Client>(&peer).sasl_ir(false).login("bob", "sekret");
        let client = builder.connect().await.unwrap();
        assert!(client.workarounds().is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn a_mechanism_that_was_named_is_tried_twice_and_no_more() {
        let peer = stranger(
            " SASL-IR AUTH=PLAIN",
            &format!(
                "C: <a> AUTHENTICATE PLAIN {BOB}
                 S: <a> BAD what?
                 C: <b> AUTHENTICATE PLAIN
                 S: <b> BAD what now?"
            ),
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let bob = Plain::new("bob", "sekret".into());
        let error = client.authenticate(bob).await.unwrap_err();
        assert_eq!(text(&error), "AUTHENTICATE refused: BAD what now?");
        // The initial response was not the reason.
        assert!(client.workarounds().is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn only_bad_without_another_reason_is_about_the_initial_response() {
        for answer in ["NO no", "BAD Request is throttled.", "BAD [UNAVAILABLE] later", "BAD [AUTHENTICATIONFAILED] wrong"] {
            let script = format!("C: <a> AUTHENTICATE PLAIN {BOB}\nS: <a> {answer}");
            log_in(" SASL-IR AUTH=PLAIN", &script).await.unwrap_err();
        }
        // A BAD after a challenge is not about the initial response either.
        let script = format!("C: <a> AUTHENTICATE PLAIN {BOB}\nS: + bW9yZQ==\nC: *\nS: <a> BAD what?");
        log_in(" SASL-IR AUTH=PLAIN", &script).await.unwrap_err();
    }

    #[case]
    async fn a_server_that_hangs_up_for_it_is_told_with_its_words() {
        let script = format!("C: <a> AUTHENTICATE PLAIN {BOB}\nS: <a> BAD too long\nCLOSE");
        let error = log_in(" SASL-IR AUTH=PLAIN", &script).await.unwrap_err();
        let told = text(&error);
        let start = "logging in failed by PLAIN with an initial response (BAD too long) and then by \
                     PLAIN: the server closed the connection";
        assert!(told.starts_with(start), "{told}");
        assert!(error.is_closed(), "{error:?}");
    }

    #[case]
    async fn where_authenticate_is_not_understood_the_command_is_tried() {
        for (offers, mechanism) in [(" AUTH=PLAIN", "PLAIN"), (" AUTH=LOGIN", "LOGIN")] {
            let peer = stranger(
                offers,
                &format!(
                    "C: <a> AUTHENTICATE {mechanism}
                     S: <a> BAD Error in IMAP command
                     C: <b> LOGIN \"bob\" \"sekret\"
                     S: <b> OK in"
                ),
            );
            let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
            assert!(client.workarounds().contains(&Workaround::AuthenticateRefused));
            leave(client, peer).await;
        }
    }

    #[case]
    async fn what_neither_way_brings_is_told() {
        let script = "C: <a> AUTHENTICATE PLAIN
                      S: <a> BAD Error in IMAP command
                      C: <b> LOGIN \"bob\" \"sekret\"
                      S: <b> NO [AUTHENTICATIONFAILED] wrong";
        let error = log_in(" AUTH=PLAIN", script).await.unwrap_err();
        assert_eq!(
            text(&error),
            "logging in failed by PLAIN (BAD Error in IMAP command) and then by the LOGIN command: \
             LOGIN refused: NO [AUTHENTICATIONFAILED] wrong"
        );
        let script = "C: <a> AUTHENTICATE PLAIN\nS: <a> BAD what?";
        let error = log_in(" AUTH=PLAIN LOGINDISABLED", script).await.unwrap_err();
        assert_eq!(text(&error), "AUTHENTICATE refused: BAD what?");
    }

    #[case]
    async fn two_commands_carry_the_password_and_no_more() {
        // It is sent with the command and after a challenge, but not a third time.
        let script = format!(
            "C: <a> AUTHENTICATE PLAIN {BOB}
             S: <a> BAD what?
             C: <b> AUTHENTICATE PLAIN
             S: +
             C: {BOB}
             S: <b> BAD what?"
        );
        log_in(" SASL-IR AUTH=PLAIN", &script).await.unwrap_err();
        // The second command did not send it, so LOGIN may.
        let script = format!(
            "C: <a> AUTHENTICATE PLAIN {BOB}
             S: <a> BAD what?
             C: <b> AUTHENTICATE PLAIN
             S: <b> BAD what?
             C: <c> LOGIN \"bob\" \"sekret\"
             S: <c> OK in"
        );
        log_in(" SASL-IR AUTH=PLAIN", &script).await.unwrap();
        let script = format!(
            "C: <a> AUTHENTICATE PLAIN
             S: +
             C: {BOB}
             S: <a> BAD what?
             C: <b> LOGIN \"bob\" \"sekret\"
             S: <b> OK in"
        );
        log_in(" AUTH=PLAIN", &script).await.unwrap();
    }

    #[case]
    async fn the_command_is_remembered_by_the_settings() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi")?;
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').unwrap();
            if command == "AUTHENTICATE PLAIN" {
                connection.send(&format!("{tag} BAD what?"))?;
                let (tag, _) = expect_start(&mut connection, "LOGIN \"bob\" \"sekret\"")?;
                connection.send(&format!("{tag} OK second"))?;
            } else {
                assert_eq!(command, "LOGIN \"bob\" \"sekret\"");
                connection.send(&format!("{tag} OK at once"))?;
            }
            connection.wait_eof()
        });
        let builder = plain::<Client>(&peer).login("bob", "sekret");
        for words in ["OK second", "OK at once"] {
            let client = builder.clone().connect().await.unwrap();
            let log: Vec<_> = client.wire_log().map(ToString::to_string).collect();
            assert!(log.last().unwrap().ends_with(words), "{log:?}");
            assert!(client.workarounds().contains(&Workaround::AuthenticateRefused));
        }
        peer.finish().unwrap();
    }

    #[case]
    async fn the_reason_for_refusing_a_token_is_told_all_the_same() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=PLAIN] hi")?;
            let (tag, _) = expect_start(&mut connection, "AUTHENTICATE XOAUTH2 ")?;
            connection.send(&format!("{tag} BAD what?"))?;
            let (tag, _) = expect_start(&mut connection, "AUTHENTICATE XOAUTH2")?;
            connection.send("+ ")?;
            connection.expect("dXNlcj1ib2IBYXV0aD1CZWFyZXIgYS10b2tlbgEB")?;
            connection.send("+ eyJzdGF0dXMiOiI0MDEifQ==")?;
            connection.expect("")?;
            connection.send(&format!("{tag} NO no"))?;
            connection.wait_eof()
        });
        let login = Login::token("bob", SecretCommand::new("echo a-token"));
        let error = plain::<Client>(&peer).login_with(login).connect().await.unwrap_err();
        assert_eq!(text(&error), "AUTHENTICATE refused: NO no ({\"status\":\"401\"})");
        peer.finish().unwrap();
    }
}
