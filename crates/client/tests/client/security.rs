//! Attacks by a server, or by someone who impersonates it.

use std::{io, sync::Arc};

use imapclient::{
    Builder, Error, LimitedBy, Misbehaviour, TlsProblem, Update,
    codec::{FramerError, Response},
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Identity, Peer, Script};

use crate::common::{
    at_port, expect, goodbye, greet, lines, plain, reader, scripted, text, trusted, uid,
};

/// Returns settings for STARTTLS and a login.
fn starttls<C>(peer: &Peer) -> Builder<C> {
    let (_, options) = trusted();
    at_port(peer.port())
        .starttls()
        .tls_options(options)
        .login("bob", "sekret")
}

/// Asserts that the error is this violation of the protocol.
#[track_caller]
fn broke_protocol(error: &Error, misbehaviour: Misbehaviour) {
    let Error::Protocol(violation) = error else {
        panic!("{error:?}");
    };
    assert_eq!(violation.misbehaviour, misbehaviour, "{error}");
    assert!(error.is_closed() && !error.is_transient());
    assert!(!error.wire_log().is_empty());
    assert!(!lines(error.wire_log().iter()).concat().contains("sekret"));
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn starttls_forgets_all_that_came_in_clear() {
        let (identity, options) = trusted();
        let script = Script::parse(
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN LOGINDISABLED FAKE] hello
             C: <a> STARTTLS
             S: * 5 EXISTS
             S: * OK [ALERT] call this number
             S: * CAPABILITY IMAP4rev1 FAKE
             S: <a> OK [CAPABILITY IMAP4rev1 FAKE] begin
             TLS
             C: <b> CAPABILITY
             S: * CAPABILITY IMAP4rev1 REAL
             S: <b> OK done
             C: <c> LOGIN \"bob\" \"sekret\"
             S: <c> OK [CAPABILITY IMAP4rev1 REAL] in
             C: <d> LOGOUT
             S: * BYE
             S: <d> OK",
        )
        .with_tls(identity.server_config());
        let peer = Peer::start(move |connection| script.run(connection));
        let mut client =
            starttls::<Client>(&peer).tls_options(options).connect().await.unwrap();
        assert_eq!(client.tls().unwrap().version, "TLS 1.3");
        assert!(client.state().has("REAL") && !client.state().has("FAKE"));
        assert_eq!(client.updates().count(), 0);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn starttls_with_more_behind_its_ok() {
        for extra in ["* CAPABILITY IMAP4rev1 FAKE\r\n", "A0002 OK in\r\n", "*", "\r\n"] {
            let peer = Peer::start(move |mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello")?;
                let tag = expect(&mut connection, "STARTTLS")?;
                connection.send_bytes(format!("{tag} OK begin\r\n{extra}").as_bytes())?;
                // No data follow, not even a handshake.
                connection.wait_eof()
            });
            let error = starttls::<Client>(&peer).connect().await.unwrap_err();
            broke_protocol(&error, Misbehaviour::DataBeforeTls);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn starttls_and_a_greeting_that_logs_in() {
        let peer = Peer::start(|mut connection| {
            connection.send("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome")?;
            connection.wait_eof()
        });
        let error = starttls::<Client>(&peer).connect().await.unwrap_err();
        broke_protocol(&error, Misbehaviour::PreAuthBeforeTls);
        peer.finish().unwrap();
    }

    #[case]
    async fn starttls_that_is_not_offered() {
        for greeting in [
            "S: * OK [CAPABILITY IMAP4rev1] hello",
            "S: * OK hello\nC: <a> CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: <a> OK",
            "S: * OK hello\nC: <a> CAPABILITY\nS: <a> BAD what",
        ] {
            // This succeeds only if the client sends nothing more.
            let script = Script::parse(greeting);
            let peer = Peer::start(move |connection| script.run(connection));
            let error = starttls::<Client>(&peer).connect().await.unwrap_err();
            let missing = matches!(&error, Error::Missing { capability, .. } if capability == "STARTTLS");
            assert!(missing || greeting.ends_with("BAD what"), "{error:?}");
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn starttls_that_is_refused() {
        for answer in ["NO not today", "BAD what"] {
            let peer = Peer::start(move |mut connection| {
                connection.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello")?;
                let tag = expect(&mut connection, "STARTTLS")?;
                connection.send(&format!("{tag} {answer}"))?;
                connection.wait_eof()
            });
            let error = starttls::<Client>(&peer).connect().await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn starttls_with_a_certificate_of_somebody_else() {
        let identity = Identity::self_signed(&["127.0.0.1"], false, false);
        let config = identity.server_config();
        let peer = Peer::start(move |mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello")?;
            let tag = expect(&mut connection, "STARTTLS")?;
            connection.send(&format!("{tag} OK begin"))?;
            // The client does not continue.
            let error = connection.start_tls(Arc::clone(&config)).unwrap_err();
            assert!(error.to_string().contains("alert"), "{error}");
            Ok(())
        });
        let error = starttls::<Client>(&peer).connect().await.unwrap_err();
        assert!(
            matches!(&error, Error::Tls(tls) if matches!(tls.problem, TlsProblem::Certificate(_))),
            "{error:?}"
        );
        peer.finish().unwrap();
    }

    #[case]
    async fn starttls_answered_before_it_was_sent() {
        let peer = Peer::start(|mut connection| {
            connection.send_bytes(
                b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\nA0001 OK begin\r\n",
            )?;
            connection.wait_eof()
        });
        let error = starttls::<Client>(&peer).connect().await.unwrap_err();
        broke_protocol(&error, Misbehaviour::EarlyAnswer);
        peer.finish().unwrap();
    }

    #[case]
    async fn an_answer_before_the_question() {
        let peer = Peer::start(|mut connection| {
            connection.send_bytes(
                b"* OK [CAPABILITY IMAP4rev1] hello\r\nA0001 OK [CAPABILITY X] in\r\n",
            )?;
            connection.wait_eof()
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let error = client.login_command("bob", "sekret").await.unwrap_err();
        broke_protocol(&error, Misbehaviour::EarlyAnswer);
        // The connection cannot be used after that.
        assert!(client.noop().await.unwrap_err().is_closed());
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn an_answer_to_nothing_that_was_asked() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            expect(&mut connection, "NOOP")?;
            connection.send("A9999 OK done")?;
            connection.wait_eof()
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let error = client.noop().await.unwrap_err();
        broke_protocol(&error, Misbehaviour::UnknownTag);
        let said = lines(error.wire_log().iter());
        assert_eq!(said[1..], ["C: A0001 NOOP", "S: A9999 OK done"]);
        assert!(client.noop().await.unwrap_err().is_closed());
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_second_answer() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "NOOP")?;
            connection.send_bytes(format!("{tag} OK\r\n{tag} NO\r\n").as_bytes())?;
            connection.wait_eof()
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.noop().await.unwrap();
        let error = client.noop().await.unwrap_err();
        broke_protocol(&error, Misbehaviour::UnknownTag);
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_go_ahead_that_nobody_waits_for() {
        let peer = reader(
            "",
            "C: <a> NOOP
             S: + anything?
             S: <a> OK
             C: <b> SELECT \"INBOX\"
             S: + your password?
             S: <b> OK",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        client.noop().await.unwrap();
        client.select("INBOX").await.unwrap();
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(updates.len(), 2, "{updates:?}");
        for update in updates {
            assert!(matches!(update, Update::Other(Response::Continue(_))), "{update:?}");
        }
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_go_ahead_before_the_literal_was_announced() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "NOOP")?;
            connection.send_bytes(format!("{tag} OK\r\n+ early\r\n").as_bytes())?;
            let tag = expect(&mut connection, "APPEND \"INBOX\" {6}")?;
            connection.send(&format!("{tag} NO thanks"))?;
            // The literal must not follow.
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.noop().await.unwrap();
        let error = client.append("INBOX", "secret").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn endless_challenges() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR] hello")?;
            expect(&mut connection, "AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=")?;
            connection.send("+ ")?;
            // The password is not sent again.
            connection.expect("*")?;
            connection.send("+ ")?;
            // The exchange is cancelled only once.
            connection.wait_eof()
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let bob = imapclient::auth::Plain::new("bob", "sekret".into());
        let error = client.authenticate(bob).await.unwrap_err();
        // The error has the first problem.
        assert!(matches!(error, Error::Auth(_)), "{error:?}");
        let error = client.noop().await.unwrap_err();
        assert!(matches!(error, Error::GivenUp), "{error:?}");
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_literal_longer_than_anything() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            expect(&mut connection, "NOOP")?;
            connection.send("* 1 FETCH (BODY[] {99999999999999999999999}")?;
            connection.wait_eof()
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let error = client.noop().await.unwrap_err();
        broke_protocol(&error, Misbehaviour::Unframed(FramerError::LiteralLength));
        assert!(text(&error).contains("2^64"), "{}", text(&error));
        assert!(client.noop().await.unwrap_err().is_closed());
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn plaintext_in_the_middle_of_tls() {
        let (identity, options) = trusted();
        let config = identity.server_config();
        let peer = Peer::start(move |connection| in_clear(connection, &config));
        let error = at_port::<Client>(peer.port())
            .tls_options(options)
            .login("bob", "sekret")
            .connect()
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Tls(_)) && error.is_closed(), "{error:?}");
        drop(peer);
    }

    #[case]
    async fn ranges_are_not_counted_out() {
        let peer = reader(
            " MOVE",
            "C: <a> UID MOVE 1:4294967295 \"x\"
             S: * OK [COPYUID 1 1:4294967295 1:4294967295] all of them
             S: * VANISHED 1:4294967295
             S: <a> OK done",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let moved = client.move_to("1:4294967295", "x").await.unwrap().copied.into_uids().unwrap();
        assert_eq!(moved.source.len(), Some(u64::from(u32::MAX)));
        assert_eq!(moved.pairs().next(), Some((uid(1), uid(1))));
        assert_eq!(client.updates().count(), 1);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn an_answer_without_an_end_is_given_up() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            expect(&mut connection, "LIST \"\" \"*\"")?;
            // This ends when the client closes the connection.
            while connection.send(&format!("* LIST () \"/\" \"{}\"", "x".repeat(1000))).is_ok() {}
            Ok(())
        });
        let builder = plain::<Client>(&peer).answer_limit(100_000);
        let mut client = builder.connect().await.unwrap();
        let error = client.list("", "*").await.unwrap_err();
        assert!(matches!(error, Error::Limit(_)) && error.is_closed(), "{error}");
        assert_eq!(
            error.to_string(),
            "the server exceeded a limit during LIST: \
             its answer has more than 100000 bytes"
        );
        assert_eq!(error.limited_by(), Some(LimitedBy::AnswerLimit));
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn many_short_responses_count_by_what_they_take() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "LIST \"\" \"*\"")?;
            // These do not exceed the limit by their bytes alone.
            let responses = "* LIST () NIL x\r\n".repeat(1000);
            connection.send_bytes(responses.as_bytes())?;
            // The client may have closed the connection.
            let _ = connection.send(&format!("{tag} OK"));
            Ok(())
        });
        let builder = plain::<Client>(&peer).answer_limit(100_000);
        let mut client = builder.connect().await.unwrap();
        let error = client.list("", "*").await.unwrap_err();
        assert!(matches!(error, Error::Limit(_)) && error.is_closed(), "{error}");
        assert_eq!(
            error.to_string(),
            "the server exceeded a limit during LIST: \
             its answer has more than 100000 bytes"
        );
        assert_eq!(error.limited_by(), Some(LimitedBy::AnswerLimit));
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn an_early_end_of_a_literal_is_no_message() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1] hi
             C: <a> SELECT \"INBOX\"
             S: <a> OK
             C: <b> UID FETCH 1 (UID BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[] {100}
             S: only a part
             CLOSE",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.fetch(1, imapclient::FetchItems::new().body()).await.unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        assert_eq!(client.updates().count(), 0);
        peer.finish().unwrap();
    }
}

/// Answers the TLS handshake with IMAP.
fn in_clear(mut connection: Connection, _: &Arc<impl Sized>) -> io::Result<()> {
    connection.read_exact(5)?;
    connection.send("* OK hello")
}
