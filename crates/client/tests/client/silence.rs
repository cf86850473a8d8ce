//! Ports that should begin unencrypted and are silent, which may expect TLS.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use imapclient::{Error, Security, TlsProblem, transport};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{LONG, at_port, goodbye, trusted};

/// A time-out long enough to try TLS after half of it.
const LIMIT: Duration = Duration::from_secs(2);
/// The error after that time.
const NO_GREETING: &str = "timed out waiting for the greeting after 2s";

/// Counts a connection and returns its index.
fn count(connections: &'static AtomicUsize) -> usize {
    connections.fetch_add(1, Ordering::SeqCst)
}

/// Creates a counter that lives as long as the peers of a test.
fn counter() -> &'static AtomicUsize {
    Box::leak(Box::default())
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn a_port_that_waits_for_tls() {
        for security in [Security::Plain, Security::StartTls] {
            let (identity, _) = trusted();
            let connections = counter();
            let config = identity.server_config();
            let peer = Peer::start(move |mut connection| {
                if count(connections) == 0 {
                    // It receives no data until the client has closed the connection.
                    return connection.wait_eof();
                }
                connection.start_tls(config.clone())?;
                // No data are sent on it, and it does not stay open.
                match connection.read_exact(1) {
                    Ok(said) => Err(io::Error::other(format!("{said:?} was said"))),
                    Err(_closed) => Ok(()),
                }
            });
            // This does not take the whole time limit.
            let error = at_port::<Client>(peer.port())
                .security(security)
                .connect_timeout(LONG)
                .timeout(LIMIT)
                .login("bob", "sekret")
                .connect()
                .await
                .unwrap_err();
            assert!(
                matches!(&error, Error::Tls(tls) if tls.problem == TlsProblem::ExpectsTls),
                "{error:?}"
            );
            assert!(error.is_closed() && !error.is_transient(), "{error}");
            assert!(error.to_string().starts_with("\"127.0.0.1\" speaks TLS from the first byte"), "{error}");
            peer.finish().unwrap();
            assert_eq!(connections.load(Ordering::SeqCst), 2);
        }
    }

    #[case]
    async fn a_port_that_answers_with_an_alert_speaks_tls_too() {
        let connections = counter();
        let peer = Peer::start(move |mut connection| {
            if count(connections) > 0 {
                connection.read_exact(5)?;
                connection.send_bytes(&[21, 3, 1, 0, 2, 2, 70])?;
            }
            while connection.read_exact(1).is_ok() {}
            Ok(())
        });
        let builder = at_port::<Client>(peer.port()).dangerous_plaintext().connect_timeout(LIMIT);
        let error = builder.connect().await.unwrap_err();
        assert!(
            matches!(&error, Error::Tls(tls) if tls.problem == TlsProblem::ExpectsTls),
            "{error:?}"
        );
        drop(peer);
    }

    #[case]
    async fn a_slow_server_is_left_alone() {
        let connections = counter();
        let peer = Peer::start(move |mut connection| {
            if count(connections) > 0 {
                // This one sends a greeting at once, and does not support TLS.
                connection.send("* OK hello")?;
                while connection.read_exact(1).is_ok() {}
                return Ok(());
            }
            // It is silent until the second connection was made, and beyond that.
            while connections.load(Ordering::SeqCst) < 2 {
                std::thread::yield_now();
            }
            connection.send("* PREAUTH [CAPABILITY IMAP4rev1] at last")?;
            goodbye(&mut connection)
        });
        let builder = at_port::<Client>(peer.port()).dangerous_plaintext().timeout(LONG);
        let client = builder.connect_timeout(LIMIT).connect().await.unwrap();
        assert_eq!(client.greeting().text, "at last");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_port_that_is_silent_in_both_ways_runs_out_the_time() {
        let connections = counter();
        let peer = Peer::start(move |mut connection| {
            count(connections);
            while connection.read_exact(1).is_ok() {}
            Ok(())
        });
        let builder = at_port::<Client>(peer.port()).dangerous_plaintext().connect_timeout(LIMIT);
        let error = builder.connect().await.unwrap_err();
        assert_eq!(error.to_string(), NO_GREETING);
        peer.finish().unwrap();
        assert_eq!(connections.load(Ordering::SeqCst), 2);
    }

    #[case]
    async fn half_a_greeting_is_no_silence() {
        let connections = counter();
        let peer = Peer::start(move |mut connection| {
            count(connections);
            connection.send_bytes(b"* OK hel")?;
            connection.wait_eof()
        });
        let builder = at_port::<Client>(peer.port()).dangerous_plaintext().connect_timeout(LIMIT);
        let error = builder.connect().await.unwrap_err();
        assert_eq!(error.to_string(), NO_GREETING);
        peer.finish().unwrap();
        assert_eq!(connections.load(Ordering::SeqCst), 1);
    }

    #[case]
    async fn words_that_come_while_tls_is_asked_for_are_heard_at_once() {
        let connections = counter();
        let peer = Peer::start(move |mut connection| {
            if count(connections) > 0 {
                while connection.read_exact(1).is_ok() {}
                return Ok(());
            }
            while connections.load(Ordering::SeqCst) < 2 {
                std::thread::yield_now();
            }
            connection.send("421 Server is busy, try again later.")
        });
        let builder = at_port::<Client>(peer.port()).dangerous_plaintext();
        let error = builder
            .connect_timeout(LIMIT)
            .connect()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("421 Server is busy"), "{error}");
        peer.finish().unwrap();
    }

    #[case]
    async fn what_is_no_port_is_not_asked_for_tls() {
        #[cfg(unix)]
        {
            let endpoint = transport::Endpoint::Command("exec cat".to_owned());
            let builder = at_port::<Client>(1).dangerous_plaintext().endpoint(endpoint);
            let error = builder.connect_timeout(LIMIT).connect().await.unwrap_err();
            assert_eq!(error.to_string(), NO_GREETING);
        }
    }
}
