//! Connecting again with the same settings.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient::{
    CertificateProblem, Error, Login, Phase, TlsProblem,
    auth::{Scram, Token, TokenError, TokenSource},
    transport::TlsOptions,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Authority, Certificate, Connection, Peer, Server};

use crate::common::{at_port, expect, plain, secure, serve, stranger};

/// Returns the problem with a certificate.
fn problem(error: &Error) -> Option<&CertificateProblem> {
    match error {
        Error::Tls(failure) => match &failure.problem {
            TlsProblem::Certificate(problem) => Some(problem),
            _ => None,
        },
        _ => None,
    }
}

/// Starts a server with SCRAM, with and without channel binding.
fn server() -> Server {
    Server::builder()
        .user("bob", "sekret")
        .say_capability("AUTH=SCRAM-SHA-256")
        .say_capability("AUTH=SCRAM-SHA-256-PLUS")
        .start()
}

/// Greets a client that needs no login, says whether it has resumed a TLS session, and serves its
/// LOGOUT.
fn tell(connection: &mut Connection) -> std::io::Result<()> {
    let kind = match connection.is_resumed() {
        true => "resumed",
        false => "new",
    };
    connection.send(&format!("* PREAUTH [CAPABILITY IMAP4rev1] {kind}"))?;
    let tag = expect(connection, "LOGOUT")?;
    connection.send("* BYE")?;
    connection.send(&format!("{tag} OK"))?;
    connection.wait_eof()
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn tls_sessions_are_resumed() {
        let (peer, builder) = secure::<Client>(tell);
        // A setting that is not about TLS changes nothing about it.
        let other = builder.clone().port(peer.port()).sasl_ir(false);
        for (builder, is_resumed) in [(&builder, false), (&builder, true), (&other, true)] {
            let client = builder.clone().connect().await.unwrap();
            assert_eq!(client.tls().unwrap().resumed, is_resumed);
            // The server agrees.
            let kind = if is_resumed { "resumed" } else { "new" };
            assert_eq!(client.greeting().text, kind);
            client.logout().await.unwrap();
        }
        peer.finish().unwrap();
    }

    #[case]
    async fn a_login_works_on_each_connection() {
        let server = server();
        let options = TlsOptions::new().without_native_roots().ca_pem(server.ca_pem());
        let port = |port| at_port::<Client>(port).tls_options(options.clone());
        for builder in [
            port(server.tls_addr().port()),
            port(server.addr().port()).starttls(),
        ] {
            // Channel binding is by connection, so it has to work in a resumed session too.
            let login = Login::mechanism(|| Scram::sha256_plus("bob", "sekret".into()));
            let builder = builder.login_with(login);
            let mut resumed = 0;
            for _ in 0..3 {
                let client = builder.clone().connect().await.unwrap();
                assert_eq!(client.state().phase(), Phase::Authenticated);
                resumed += usize::from(client.tls().unwrap().resumed);
                client.logout().await.unwrap();
            }
            assert!(resumed >= 2, "{resumed}");
        }
    }

    #[case]
    async fn each_login_has_a_mechanism_of_its_own() {
        // A SCRAM exchange cannot be used twice: its clone would repeat the nonce.
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let login = Login::mechanism(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Scram::sha256("bob", "sekret".into())
        });
        assert!(format!("{login:?}").contains("Scram"), "{login:?}");
        assert_eq!(made.load(Ordering::SeqCst), 0);
        let server = server();
        let options = TlsOptions::new().without_native_roots().ca_pem(server.ca_pem());
        let builder = at_port::<Client>(server.tls_addr().port()).tls_options(options);
        let builder = builder.login_with(login);
        for logins in 1..=3 {
            let client = builder.clone().connect().await.unwrap();
            client.logout().await.unwrap();
            assert_eq!(made.load(Ordering::SeqCst), logins);
        }
    }

    #[case]
    async fn clones_share_a_source_of_tokens() {
        // The source has one cached token and no other.
        struct Once(AtomicUsize);

        impl TokenSource for Once {
            fn token(&self, _refused: Option<&Token>) -> Result<Token, TokenError> {
                Ok(match self.0.fetch_add(1, Ordering::SeqCst) {
                    0 => Token::kept("stale".into()),
                    1 => Token::fresh("new".into()),
                    _ => Token::kept("new".into()),
                })
            }
        }

        let script = |token: &str| {
            let said = format!("user=bob\x01auth=Bearer {token}\x01\x01");
            format!("C: <t> AUTHENTICATE XOAUTH2 {}\n", BASE64_STANDARD.encode(said))
        };
        let (stale, new) = (script("stale"), script("new"));
        let peer = stranger(
            " SASL-IR AUTH=XOAUTH2",
            &format!("{stale}S: <t> NO [AUTHENTICATIONFAILED] expired\n{new}S: <t> OK in"),
        );
        let login = Login::token("bob", Once(AtomicUsize::new(0)));
        let client = plain::<Client>(&peer).login_with(login.clone()).connect().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
        // The next one is not asked for a token that was refused before.
        let peer = stranger(" SASL-IR AUTH=XOAUTH2", &format!("{new}S: <t> OK in"));
        let client = plain::<Client>(&peer).login_with(login).connect().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn after_the_connection_was_lost() {
        let (peer, builder) = secure::<Client>(|connection| {
            let kind = if connection.is_resumed() { "again" } else { "first" };
            connection.send(&format!("* PREAUTH [CAPABILITY IMAP4rev1] {kind}"))?;
            match kind {
                // Without BYE, in the middle of a command.
                "first" => expect(connection, "NOOP").map(drop),
                _ => serve(connection, "NOOP"),
            }
        });
        let mut client = builder.clone().connect().await.unwrap();
        let error = client.noop().await.unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        let mut client = builder.connect().await.unwrap();
        client.noop().await.unwrap();
        assert!(client.tls().unwrap().resumed);
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn dangerous_settings_concern_the_clone_alone() {
        let authority = Authority::new();
        let misnamed = authority.issue(Certificate::new(&["other.test"]));
        let peer = Peer::start_tls(misnamed.server_config(), |mut connection| {
            tell(&mut connection)
        });
        let options = TlsOptions::new().without_native_roots().ca_pem(authority.pem());
        let strict = at_port::<Client>(peer.port()).tls_options(options);
        let lax = strict.clone().dangerous_accept_invalid_hostname(true);
        let strict_again = lax.clone().dangerous_accept_invalid_hostname(false);
        for is_resumed in [false, true] {
            let client = lax.clone().connect().await.unwrap();
            assert_eq!(client.tls().unwrap().resumed, is_resumed);
            client.logout().await.unwrap();
            for strict in [&strict, &strict_again] {
                let error = strict.clone().connect().await.unwrap_err();
                let problem = problem(&error);
                assert!(matches!(problem, Some(CertificateProblem::WrongName { .. })), "{error:?}");
            }
        }
        // The refused handshakes are errors of the server.
        peer.finish().unwrap_err();

        let unknown = Authority::new().issue(Certificate::new(&["127.0.0.1"]));
        let peer = Peer::start_tls(unknown.server_config(), |mut connection| {
            tell(&mut connection)
        });
        let strict = strict.port(peer.port());
        let lax = strict.clone().dangerous_accept_invalid_certs(true);
        let strict_again = lax.clone().dangerous_accept_invalid_certs(false);
        for is_resumed in [false, true] {
            let client = lax.clone().connect().await.unwrap();
            assert_eq!(client.tls().unwrap().resumed, is_resumed);
            client.logout().await.unwrap();
            for strict in [&strict, &strict_again] {
                let error = strict.clone().connect().await.unwrap_err();
                assert!(problem(&error).is_some(), "{error:?}");
            }
        }
        peer.finish().unwrap_err();
    }
}
