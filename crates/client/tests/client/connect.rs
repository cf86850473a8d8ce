//! Connecting, and invalid greetings.

use std::{io, net::TcpListener, time::Duration};

use imapclient::{Code, Error, Misbehaviour, Phase, Security, Service, TlsProblem};
use imapclient_test_macros::faces;
use imapclient_testkit::{Authority, Identity, Peer};

use crate::common::{at_port, goodbye, greet, plain, scripted, text, trusted};

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn fail(script: &str) -> Error {
        let peer = scripted(script);
        let error = plain::<Client>(&peer).connect().await.unwrap_err();
        peer.finish().unwrap();
        error
    }

    #[case]
    async fn a_greeting_that_logs_in() {
        let peer = scripted("S: * PREAUTH hi\nC: <a> LOGOUT\nS: * BYE\nS: <a> OK");
        let client = plain::<Client>(&peer).login("bob", "sekret").connect().await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_greeting_that_turns_away() {
        let error = fail("S: * BYE too many connections").await;
        assert!(error.is_closed() && error.is_transient(), "{error:?}");
        assert_eq!(
            error.to_string(),
            "the server closed the connection: too many connections"
        );
        let error = fail("S: * BYE [UNAVAILABLE] try again in 2 minutes").await;
        assert!(matches!(error.code(), Some(Code::Unavailable)), "{error:?}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
        let error = fail("S: * BYE [CONTACTADMIN] we do not know you").await;
        assert!(error.is_closed() && !error.is_transient(), "{error:?}");
    }

    #[case]
    async fn a_greeting_that_is_none() {
        let neither = || Misbehaviour::GreetingStatus;
        let none = || Misbehaviour::NoGreeting;
        let other = Misbehaviour::OtherService;
        for (first, what) in [
            (" NO LOGOUT Intrusion prevention active for 192.0.2.7", none()),
            ("* NO LOGOUT Intrusion prevention active for 192.0.2.7", neither()),
            ("* BAD", neither()),
            ("* 1 EXISTS", none()),
            ("+ go on", none()),
            ("A0001 OK hello", none()),
            ("421 no service here", none()),
            ("220 mail.example.org ESMTP", other(Service::SmtpOrFtp)),
            ("+OK POP3 ready", other(Service::Pop3)),
            ("HTTP/1.1 400 Bad Request", other(Service::Http)),
            ("SSH-2.0-OpenSSH_9.6", other(Service::Ssh)),
            ("", none()),
        ] {
            let error = fail(&format!("S: {first}")).await;
            let Error::Protocol(violation) = &error else { panic!("{first}: {error:?}") };
            assert_eq!(violation.misbehaviour, what, "{first}");
            assert_eq!(violation.line.as_deref(), Some(first));
            assert!(error.is_closed() && !error.is_transient(), "{first}");
            let expected = format!("the server violated the protocol: {what}: \"{first}\"");
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.wire_log().len(), 1, "{first}");
        }
    }

    #[case]
    async fn a_greeting_that_is_none_is_told_without_waiting_for_more() {
        let peer = Peer::start(|mut connection| {
            connection.send("421 Server is busy, try again later.")?;
            connection.wait_eof()
        });
        let error = plain::<Client>(&peer).connect().await.unwrap_err();
        assert!(error.to_string().contains("\"421 Server is busy, try again later.\""), "{error}");
        assert!(error.is_transient() && error.retry_after().is_none(), "{error:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn the_line_of_a_hostile_greeting_is_short_and_escaped() {
        let error = fail(&format!("S: \u{1b}[2J{}", "x".repeat(10_000))).await;
        let text = error.to_string();
        assert!(text.contains("\\u{1b}[2Jxxx") && text.len() < 400, "{text}");
    }

    #[case]
    async fn no_greeting_at_all() {
        let error = fail("CLOSE").await;
        assert_eq!(error.to_string(), "the server closed the connection");
    }

    #[case]
    async fn half_a_greeting() {
        let peer = Peer::start(|mut connection| connection.send_bytes(b"* OK hel"));
        let error = plain::<Client>(&peer).connect().await.unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        assert_eq!(
            error.to_string(),
            "the server closed the connection, after it had said \"* OK hel\""
        );
        peer.finish().unwrap();
    }

    #[case]
    async fn silence_in_place_of_a_greeting() {
        let peer = Peer::start(|mut connection| {
            // The second connection tries TLS.
            while connection.read_exact(1).is_ok() {}
            Ok(())
        });
        let limit = Some(Duration::from_millis(50));
        let builder = plain::<Client>(&peer).connect_timeout(limit);
        let error = builder.connect().await.unwrap_err();
        assert!(error.is_timeout() && error.is_transient(), "{error:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn a_greeting_that_never_ends_is_cut_off_in_time() {
        let peer = Peer::start(|mut connection| {
            // This ends when the client has closed the connection.
            while connection.send_bytes(b"* OK again and again ").is_ok() {}
            Ok(())
        });
        let limit = Some(Duration::from_millis(100));
        let builder = plain::<Client>(&peer).connect_timeout(limit);
        let error = builder.connect().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn silence_in_place_of_the_handshake_after_starttls() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi")?;
            connection.expect("A0001 STARTTLS")?;
            connection.send("A0001 OK begin")?;
            while connection.read_exact(1).is_ok() {}
            Ok(())
        });
        let builder = plain::<Client>(&peer)
            .starttls()
            .connect_timeout(Duration::from_millis(100));
        let error = builder.connect().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn limits_that_are_longer_than_any_clock() {
        let peer = scripted("S: * PREAUTH hi\nC: <a> LOGOUT\nS: * BYE\nS: <a> OK");
        let client = plain::<Client>(&peer)
            .connect_timeout(Duration::MAX)
            .timeout(Duration::MAX)
            .connect()
            .await
            .unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn nobody_listens() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let builder = at_port::<Client>(port).dangerous_plaintext();
        let error = builder.connect().await.unwrap_err();
        assert!(error.is_transient() && error.is_closed() && !error.is_timeout());
        assert_eq!(
            error.to_string(),
            format!("could not connect to \"127.0.0.1\", port {port}")
        );
        assert!(text(&error).contains("refused"), "{}", text(&error));
    }

    #[case]
    async fn over_tls() {
        let (identity, options) = trusted();
        let peer = Peer::start_tls(identity.server_config(), |mut connection| {
            greet(&mut connection, "")?;
            goodbye(&mut connection)
        });
        let builder = at_port::<Client>(peer.port()).tls_options(options);
        let client = builder.connect().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_certificate_from_somebody_else() {
        let (_, options) = trusted();
        let stranger = Identity::self_signed(&["127.0.0.1"], false, false);
        let peer = Peer::start_tls(stranger.server_config(), never);
        let error = at_port::<Client>(peer.port())
            .tls_options(options)
            .login("bob", "sekret")
            .connect()
            .await
            .unwrap_err();
        assert!(
            matches!(&error, Error::Tls(tls) if matches!(tls.problem, TlsProblem::Certificate(_))),
            "{error:?}"
        );
        assert!(!error.is_transient());
        drop(peer);
    }

    #[case]
    async fn a_server_that_does_not_speak_tls() {
        let peer = scripted("S: * OK hello");
        let builder = at_port::<Client>(peer.port()).security(Security::Tls);
        let (_, options) = trusted();
        let error = builder.tls_options(options).connect().await.unwrap_err();
        assert!(
            matches!(&error, Error::Tls(tls) if matches!(tls.problem, TlsProblem::NotTls { .. })),
            "{error:?}"
        );
        assert!(error.to_string().ends_with("; it says \"* OK hello\""), "{error}");
        // The peer has received only the handshake.
        drop(peer);
    }

    #[case]
    async fn a_missing_file_of_certificates_is_told_before_anything_is_sent() {
        let peer = Peer::start(never);
        let builder = at_port::<Client>(peer.port()).ca_file("/does/not/exist.pem");
        let error = builder.connect().await.unwrap_err();
        assert!(error.to_string().contains("/does/not/exist.pem"), "{error}");
        peer.finish().unwrap();
    }

    #[case]
    async fn a_file_of_certificates() {
        let authority = Authority::new();
        let certificate = imapclient_testkit::Certificate::new(&["127.0.0.1"]);
        let identity = authority.issue(certificate);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, authority.pem()).unwrap();
        let peer = Peer::start_tls(identity.server_config(), |mut connection| {
            greet(&mut connection, "")?;
            goodbye(&mut connection)
        });
        let client = at_port::<Client>(peer.port()).ca_file(&file).connect().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }
}

/// Handles connections that must not be made.
fn never(_: imapclient_testkit::Connection) -> io::Result<()> {
    Err(io::Error::other("nobody was to connect"))
}
