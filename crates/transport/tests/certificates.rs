//! Tests every switch of the verification with real TLS servers.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod common;

use std::{io, sync::Arc};

use imapclient_testkit::{Authority, Certificate, Identity, Peer};
use imapclient_transport::{CertificateProblem, Error, Pipe, Socket, StdSocket, Want};
use rustls::ServerConfig;

use common::{connect, greet, greeting, greeting_now, long, options, problem, text};

on_both_sockets!(
    a_good_certificate,
    unknown_authority,
    wrong_name,
    a_common_name_alone,
    expired,
    tls12,
    client_certificate,
    not_tls,
    closed_in_the_handshake,
);

async fn a_good_certificate<S: Socket>() {
    let authority = Authority::new();
    let options = options().ca_pem(authority.pem());
    let identity = authority.issue(Certificate::new(&["localhost", "127.0.0.1", "*.mail.test"]));
    for name in ["localhost", "127.0.0.1", "LOCALHOST", "imap.mail.test"] {
        let (client, server) = greeting::<S>(identity.server_config(), options.clone(), name).await;
        client.unwrap();
        server.unwrap();
    }
}

async fn unknown_authority<S: Socket>() {
    let identity = Authority::new().issue(Certificate::new(&["localhost"]));
    let options = options().ca_pem(Authority::new().pem());
    let (client, server) = greeting::<S>(identity.server_config(), options, "localhost").await;
    // The other authority has the same name, so only the key distinguishes them.
    assert!(matches!(problem(client), CertificateProblem::Other(_)));
    // The alert told the server the reason.
    let server = server.unwrap_err();
    assert!(server.contains("received fatal alert"), "{server}");
}

async fn wrong_name<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["other.test", "10.0.0.1"]));
    let options = options().ca_pem(authority.pem());
    let (client, server) = greeting::<S>(identity.server_config(), options, "localhost").await;
    assert_eq!(
        text(&client.unwrap_err()),
        r#"the certificate of "localhost" is for "other.test", "10.0.0.1""#
    );
    assert!(server.unwrap_err().contains("received fatal alert"));
}

async fn a_common_name_alone<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&[]).common_name("localhost"));
    let options = options().ca_pem(authority.pem());
    let (client, server) =
        greeting::<S>(identity.server_config(), options.clone(), "localhost").await;
    assert_eq!(
        text(&client.unwrap_err()),
        r#"the certificate of "localhost" names its host only by the common name "localhost", which is no longer sufficient (replace it with one that has a subjectAltName)"#
    );
    assert!(server.unwrap_err().contains("received fatal alert"));
    // Only the name was wrong.
    let options = options.dangerous_accept_invalid_hostname(true);
    let (client, _) = greeting::<S>(identity.server_config(), options, "localhost").await;
    client.unwrap();
}

async fn expired<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]).expired());
    let options = options().ca_pem(authority.pem());
    let (client, _) = greeting::<S>(identity.server_config(), options, "localhost").await;
    assert_eq!(
        text(&client.unwrap_err()),
        r#"the certificate of "localhost" has expired on 2021-01-01"#
    );
}

async fn tls12<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    let good = options().ca_pem(authority.pem());
    let (client, server) =
        greeting::<S>(identity.server_config_tls12(), good.clone(), "localhost").await;
    client.unwrap();
    server.unwrap();
    let (client, _) = greeting::<S>(identity.server_config_tls12(), good, "other.test").await;
    assert!(matches!(
        problem(client),
        CertificateProblem::WrongName { .. }
    ));
}

async fn client_certificate<S: Socket>() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    let server = identity.server_config_for_clients_of(&authority);
    let options = options().ca_pem(authority.pem());
    let (without, _) = greeting::<S>(Arc::clone(&server), options.clone(), "localhost").await;
    assert!(matches!(without, Err(Error::Tls { .. })), "{without:?}");

    let own = authority.issue(Certificate::new(&["me.test"]));
    let options = options.client_certificate(own.cert_pem, own.key_pem);
    let (with, peer) = greeting::<S>(server, options, "localhost").await;
    with.unwrap();
    peer.unwrap();
}

async fn not_tls<S: Socket>() {
    let config = options().ca_pem(Authority::new().pem()).build().unwrap();
    let peer = Peer::start(greet);
    let mut socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, "localhost").unwrap();
    let error = socket
        .exchange(&mut pipe, Want::Input, long())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::NotTls { host, said } if host == "localhost" && said.as_deref() == Some("hello")),
        "{error}"
    );
}

async fn closed_in_the_handshake<S: Socket>() {
    let config = options().ca_pem(Authority::new().pem()).build().unwrap();
    let peer = Peer::start(|mut connection| connection.read_exact(5).map(drop));
    let mut socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, "localhost").unwrap();
    let error = socket
        .exchange(&mut pipe, Want::Input, long())
        .await
        .unwrap_err();
    // The rest of the client's hello was not read by the server, so the error may also be a reset.
    let reset = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionReset;
    match &error {
        Error::HandshakeClosed => {}
        Error::Io(source) if reset(source) => {}
        other => panic!("{}", text(other)),
    }
}

#[test]
fn an_authority_of_another_name_is_unknown() {
    let identity = Identity::self_signed(&["localhost"], false, false);
    let result = greeting_now(
        &identity,
        options().ca_pem(Authority::new().pem()),
        "localhost",
    );
    assert_eq!(
        text(&result.unwrap_err()),
        r#"the certificate of "localhost" is signed by an unknown authority (give its certificate as ssl_ca_file)"#
    );
}

#[test]
fn not_yet_valid() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]).not_yet_valid());
    let result = greeting_now(&identity, options().ca_pem(authority.pem()), "localhost");
    assert_eq!(
        text(&result.unwrap_err()),
        r#"the certificate of "localhost" is valid only from 2119-01-01"#
    );
}

/// Each case is a certificate, and whether the checks of its chain and of its name reject it.
#[test]
fn each_switch_turns_off_its_own_check_only() {
    let authority = Authority::new();
    let other = Authority::new();
    let cases = [
        (
            authority.issue(Certificate::new(&["localhost"])),
            false,
            false,
        ),
        (
            authority.issue(Certificate::new(&["other.test"])),
            false,
            true,
        ),
        (
            authority.issue(Certificate::new(&["localhost"]).expired()),
            true,
            false,
        ),
        (
            authority.issue(Certificate::new(&["localhost"]).not_yet_valid()),
            true,
            false,
        ),
        (
            authority.issue(Certificate::new(&["other.test"]).expired()),
            true,
            true,
        ),
        (other.issue(Certificate::new(&["localhost"])), true, false),
        (other.issue(Certificate::new(&["other.test"])), true, true),
        (
            Identity::self_signed(&["localhost"], true, false),
            true,
            false,
        ),
        (
            Identity::self_signed(&["other.test"], true, true),
            true,
            true,
        ),
    ];
    for (i, (identity, bad_chain, bad_name)) in cases.iter().enumerate() {
        for (any_chain, any_name) in [(false, false), (true, false), (false, true), (true, true)] {
            let options = options()
                .ca_pem(authority.pem())
                .dangerous_accept_invalid_certs(any_chain)
                .dangerous_accept_invalid_hostname(any_name);
            let result = greeting_now(identity, options, "localhost");
            let refused = (*bad_chain && !any_chain) || (*bad_name && !any_name);
            let what = format!("case {i}, any chain: {any_chain}, any name: {any_name}");
            assert_eq!(result.is_err(), refused, "{what}: {result:?}");
            if refused {
                let is_name = matches!(problem(result), CertificateProblem::WrongName { .. });
                assert_eq!(is_name, !*bad_chain || any_chain, "{what}");
            }
        }
    }
}

/// A server that does not have the key of the certificate it shows.
#[test]
fn the_handshake_signature_is_checked_with_all_switches_off() {
    let authority = Authority::new();
    let shown = authority.issue(Certificate::new(&["localhost"]));
    let owned = authority.issue(Certificate::new(&["localhost"]));
    for versions in [&[&rustls::version::TLS13], &[&rustls::version::TLS12]] {
        let server = impostor(&shown, &owned, versions);
        let options = options()
            .dangerous_accept_invalid_certs(true)
            .dangerous_accept_invalid_hostname(true);
        let (client, peer) = common::at_once(greeting::<StdSocket>(server, options, "localhost"));
        let CertificateProblem::Other(problem) = problem(client) else {
            panic!("not the signature");
        };
        assert!(problem.contains("Signature"), "{problem}");
        assert!(peer.is_err());
    }
}

fn impostor(
    shown: &Identity,
    owned: &Identity,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Arc<ServerConfig> {
    use rustls::{
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::ResolvesServerCert,
        sign::CertifiedKey,
    };
    #[derive(Debug)]
    struct Shows(Arc<CertifiedKey>);
    impl ResolvesServerCert for Shows {
        fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
            Some(Arc::clone(&self.0))
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(shown.cert_pem.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(owned.key_pem.as_bytes()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Shows(Arc::new(CertifiedKey::new(
            vec![certificate],
            key,
        )))));
    Arc::new(config)
}

#[test]
fn client_certificates_that_cannot_be_used() {
    let authority = Authority::new();
    let own = authority.issue(Certificate::new(&["me.test"]));
    let other = authority.issue(Certificate::new(&["me.test"]));
    let none = String::new();
    let broken = own.key_pem.replacen("\nM", "\n*M", 1);
    for (certificate, key) in [
        (&own.cert_pem, &other.key_pem),
        (&own.cert_pem, &none),
        (&own.cert_pem, &broken),
        (&none, &own.key_pem),
    ] {
        let options = options()
            .ca_pem(authority.pem())
            .client_certificate(certificate.clone(), key.clone());
        assert!(!format!("{options:?}").contains("BEGIN"));
        let error = options.build().unwrap_err();
        assert!(
            matches!(error, Error::ClientCertificate { .. }),
            "{error:?}"
        );
        let secret = own.key_pem.lines().nth(1).unwrap();
        assert!(!text(&error).contains(secret) && !format!("{error:?}").contains(secret));
    }
}

#[test]
fn host_names_that_no_certificate_can_be_for() {
    let config = options().ca_pem(Authority::new().pem()).build().unwrap();
    for name in [
        "",
        "a b",
        "-",
        "b\u{fc}cher.test",
        "host\u{1b}[2J",
        "host:993",
    ] {
        let error = Pipe::plain().start_tls(&config, name).unwrap_err();
        assert!(
            matches!(&error, Error::HostName(host) if host == name),
            "{error:?}"
        );
        assert!(!error.to_string().contains('\u{1b}'));
    }
}
