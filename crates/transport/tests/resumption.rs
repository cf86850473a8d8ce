//! Tests that connections with the same options resume TLS sessions, and that all others do not.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod common;

use std::fs;

use imapclient_testkit::{Authority, Certificate, Peer};
use imapclient_transport::{CertificateProblem, Error, Pipe, Socket, TlsOptions};

use common::{connect, options, problem, read};

on_both_sockets!(
    clones_resume_the_sessions_of_each_other,
    changed_options_have_sessions_of_their_own,
    a_lax_clone_does_not_open_the_way_for_a_strict_one,
    files_are_read_once,
);

/// Starts a server that says whether it has resumed a session.
fn server(identity: &imapclient_testkit::Identity, tls12: bool) -> Peer {
    let config = match tls12 {
        true => identity.server_config_tls12(),
        false => identity.server_config(),
    };
    Peer::start_tls(config, |mut connection| {
        connection.send(match connection.is_resumed() {
            true => "resumed",
            false => "all new",
        })?;
        connection.wait_eof()
    })
}

/// Connects to `localhost` and returns whether a session was resumed, on which both sides have to
/// agree.
async fn resumes<S: Socket>(peer: &Peer, options: &TlsOptions) -> Result<bool, Error> {
    let mut socket = connect::<S>(peer).await;
    let mut pipe = Pipe::plain();
    pipe.start_tls(&options.build()?, "localhost")?;
    // The tickets of TLS 1.3 come before it.
    let said = read(&mut socket, &mut pipe, 9).await?;
    let handshake = pipe.handshake().unwrap();
    let expected: &[u8] = match handshake.resumed {
        true => b"resumed\r\n",
        false => b"all new\r\n",
    };
    assert_eq!(said, expected);
    assert!(!handshake.certificates.is_empty());
    Ok(handshake.resumed)
}

async fn clones_resume_the_sessions_of_each_other<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    for tls12 in [false, true] {
        let peer = server(&identity, tls12);
        let first = options().ca_pem(authority.pem());
        // It was cloned before anything was built.
        let second = first.clone();
        assert!(!resumes::<S>(&peer, &first).await.unwrap());
        assert!(resumes::<S>(&peer, &second).await.unwrap());
        assert!(resumes::<S>(&peer, &first.clone()).await.unwrap());
        // Equal options that were made apart share nothing.
        let apart = options().ca_pem(authority.pem());
        assert!(!resumes::<S>(&peer, &apart).await.unwrap());
        peer.finish().unwrap();
    }
}

async fn changed_options_have_sessions_of_their_own<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    let peer = server(&identity, false);
    let own = authority.issue(Certificate::new(&["me.test"]));
    let first = options().ca_pem(authority.pem());
    assert!(!resumes::<S>(&peer, &first).await.unwrap());
    for changed in [
        first.clone().ca_pem(Authority::new().pem()),
        first.clone().without_native_roots(),
        first.clone().dangerous_accept_invalid_hostname(true),
        first.clone().dangerous_accept_invalid_certs(true),
        first
            .clone()
            .client_certificate(own.cert_pem.clone(), own.key_pem.clone()),
    ] {
        assert!(!resumes::<S>(&peer, &changed).await.unwrap(), "{changed:?}");
        assert!(resumes::<S>(&peer, &changed).await.unwrap(), "{changed:?}");
        assert!(resumes::<S>(&peer, &first).await.unwrap(), "{changed:?}");
    }
    peer.finish().unwrap();
}

async fn a_lax_clone_does_not_open_the_way_for_a_strict_one<S: Socket>() {
    let authority = Authority::new();
    let misnamed = authority.issue(Certificate::new(&["other.test"]));
    let strict = options().ca_pem(authority.pem());
    let lax = strict.clone().dangerous_accept_invalid_hostname(true);
    let strict_again = lax.clone().dangerous_accept_invalid_hostname(false);
    let peer = server(&misnamed, false);
    for _ in 0..2 {
        resumes::<S>(&peer, &lax).await.unwrap();
        for strict in [&strict, &strict_again] {
            let result = resumes::<S>(&peer, strict).await;
            let problem = problem(result.map(drop));
            assert!(
                matches!(problem, CertificateProblem::WrongName { .. }),
                "{problem:?}"
            );
        }
    }
    assert!(resumes::<S>(&peer, &lax).await.unwrap());
    // The refused handshakes are errors of the server.
    peer.finish().unwrap_err();

    let stranger = Authority::new().issue(Certificate::new(&["localhost"]));
    let lax = strict.clone().dangerous_accept_invalid_certs(true);
    let strict_again = lax.clone().dangerous_accept_invalid_certs(false);
    let peer = server(&stranger, false);
    for _ in 0..2 {
        resumes::<S>(&peer, &lax).await.unwrap();
        for strict in [&strict, &strict_again] {
            problem(resumes::<S>(&peer, strict).await.map(drop));
        }
    }
    assert!(resumes::<S>(&peer, &lax).await.unwrap());
    peer.finish().unwrap_err();
}

async fn files_are_read_once<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    let peer = server(&identity, false);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let options = options().ca_file(&path);
    let error = resumes::<S>(&peer, &options).await.unwrap_err();
    assert!(matches!(error, Error::CaFile { .. }), "{error:?}");

    // A failure is not remembered.
    fs::write(&path, authority.pem()).unwrap();
    assert!(!resumes::<S>(&peer, &options).await.unwrap());
    fs::remove_file(&path).unwrap();
    assert!(resumes::<S>(&peer, &options.clone()).await.unwrap());

    // A change reads the files again.
    let error = options
        .dangerous_accept_invalid_hostname(true)
        .build()
        .unwrap_err();
    assert!(matches!(error, Error::CaFile { .. }), "{error:?}");
    peer.finish().unwrap_err();
}
