//! Lines that are not IMAP, where they are a server's only explanation of a failure.

use std::time::Duration;

use imapclient::{Error, Login, auth::Plain};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{greet, plain, scripted, text};

faces! {
    #![tokio(cfg(feature = "tokio"))]

    /// Returns the error of a login that is answered by this line.
    async fn login(capabilities: &str, login: Login, answer: &str) -> Error {
        let peer = scripted(&format!(
            "S: * OK [CAPABILITY IMAP4rev1{capabilities}] hello\n{answer}"
        ));
        let builder = plain::<Client>(&peer).login_with(login);
        let error = builder.connect().await.unwrap_err();
        peer.finish().unwrap();
        error
    }

    #[case]
    async fn in_answer_to_a_login() {
        let error = login(
            "",
            Login::command("bob b", "sekret"),
            "C: <a> LOGIN \"bob b\" \"sekret\"\nS: 421 Too many connections from 192.0.2.7",
        )
        .await;
        assert_eq!(
            error.to_string(),
            "the server violated the protocol during LOGIN: its answer is not a response of IMAP: \
             \"421 Too many connections from 192.0.2.7\""
        );
        assert!(error.is_closed() && error.is_transient(), "{error:?}");
    }

    #[case]
    async fn in_place_of_a_challenge() {
        let error = login(
            "",
            Login::mechanism(|| Plain::new("bob", "sekret".into())),
            "C: <a> AUTHENTICATE PLAIN\nS: 500 Command unrecognized",
        )
        .await;
        assert_eq!(
            error.to_string(),
            "the server violated the protocol during AUTHENTICATE: its answer is not a response of IMAP: \
             \"500 Command unrecognized\""
        );
        assert!(!error.is_transient(), "{error:?}");
    }

    #[case]
    async fn a_complaint_before_the_server_hangs_up() {
        for complaint in ["* BAD Too many protocol errors", "* NO Account is locked"] {
            let error = login(
                "",
                Login::command("bob b", "sekret"),
                &format!("C: <a> LOGIN \"bob b\" \"sekret\"\nS: {complaint}"),
            )
            .await;
            assert!(matches!(error, Error::Closed { .. }), "{error:?}");
            assert_eq!(
                error.to_string(),
                format!(
                    "the server closed the connection during LOGIN, after it had said \"{complaint}\""
                )
            );
        }
    }

    #[case]
    async fn a_complaint_before_a_reset() {
        for (words, told) in [
            ("* NO Account is locked", " during LOGIN, after it had said \"* NO Account is locked\""),
            ("* BYE [UNAVAILABLE] come back later", ": come back later"),
        ] {
            let peer = Peer::start(move |mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1] hello")?;
                // The rest of the command is not read, so the connection is reset instead of
                // closed.
                connection.read_exact(1)?;
                connection.send(words)
            });
            let error = plain::<Client>(&peer)
                .login_with(Login::command("bob b", "sekret"))
                .connect()
                .await
                .unwrap_err();
            assert_eq!(error.to_string(), format!("the server closed the connection{told}"));
            assert!(error.is_transient(), "{error:?}");
            drop(peer);
        }
    }

    #[case]
    async fn a_complaint_before_the_server_falls_silent() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1] hello")?;
            connection.expect("A0001 LOGIN \"bob b\" \"sekret\"")?;
            connection.send("* BAD I do not \u{7}understand")?;
            connection.wait_eof()
        });
        let error = plain::<Client>(&peer)
            .timeout(Duration::from_millis(100))
            .login_with(Login::command("bob b", "sekret"))
            .connect()
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "timed out waiting for the answer to LOGIN \
             (it said \"* BAD I do not \\u{7}understand\") \
             after 100ms of silence"
        );
        peer.finish().unwrap();
    }

    #[case]
    async fn the_rest_of_an_upload_is_read_as_commands() {
        // Exchange ends the literal early, and reads the rest of the message as commands.
        for answer in [
            "<body BAD Command Error. 10",
            "ETURN BAD failed",
            "Command Error. 10",
        ] {
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, "")?;
                connection.read_line()?;
                connection.send("+ go on")?;
                connection.expect("Hello body")?;
                connection.send(answer)?;
                connection.wait_eof()
            });
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            let error = client.append("Sent", "Hello body").await.unwrap_err();
            assert!(error.is_closed(), "{error:?}");
            let text = text(&error);
            let unknown = "APPEND: it is unknown whether the server stored it: ";
            assert!(
                text.starts_with(&format!("{unknown}the server violated the protocol during APPEND: "))
                    && text.ends_with(&format!(": \"{answer}\"")),
                "{text}"
            );
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn elsewhere_it_is_passed_on_and_changes_nothing() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
             C: <a> NOOP
             S: what is this
             S: <a> OK done
             C: <a> LOGOUT
             S: * BYE
             S: <a> OK",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.noop().await.unwrap();
        assert_eq!(client.updates().count(), 1);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn an_empty_line_is_no_answer() {
        let error = login(
            "",
            Login::command("bob b", "sekret"),
            "C: <a> LOGIN \"bob b\" \"sekret\"\nS: \nS: <a> NO [AUTHENTICATIONFAILED] no",
        )
        .await;
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
}
