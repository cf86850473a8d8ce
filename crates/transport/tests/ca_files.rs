//! Tests of certificates that are given or come with the system.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod common;

use imapclient_testkit::{Authority, Certificate, Identity};
use imapclient_transport::{CertificateProblem, Error};

use common::{greeting_now, options, problem, text};

#[test]
fn a_self_signed_certificate_in_the_ca_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.pem");
    for is_ca in [true, false] {
        let identity = Identity::self_signed(&["localhost"], is_ca, false);
        std::fs::write(&file, &identity.cert_pem).unwrap();
        let trusting = options().ca_file(&file);
        greeting_now(&identity, trusting.clone(), "localhost").unwrap();

        // Exactly this certificate is trusted, for exactly its names.
        let named = problem(greeting_now(&identity, trusting.clone(), "other.test"));
        assert!(
            matches!(named, CertificateProblem::WrongName { .. }),
            "{named}"
        );
        let twin = Identity::self_signed(&["localhost"], is_ca, false);
        problem(greeting_now(&twin, trusting, "localhost"));
        problem(greeting_now(
            &identity,
            options().ca_pem(twin.cert_pem),
            "localhost",
        ));

        let expired = Identity::self_signed(&["localhost"], is_ca, true);
        std::fs::write(&file, &expired.cert_pem).unwrap();
        let over = problem(greeting_now(
            &expired,
            options().ca_file(&file),
            "localhost",
        ));
        assert!(matches!(over, CertificateProblem::Expired { .. }), "{over}");
    }
}

#[test]
fn an_authority_as_a_server_is_not_trusted_without_its_certificate() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]).authority());
    // A trusted authority has signed it, but it is still not a server's certificate.
    let result = greeting_now(&identity, options().ca_pem(authority.pem()), "localhost");
    assert_eq!(problem(result), CertificateProblem::Authority);
    let both = options()
        .ca_pem(authority.pem())
        .ca_pem(identity.cert_pem.clone());
    greeting_now(&identity, both, "localhost").unwrap();
}

#[test]
fn a_servers_own_certificate_in_the_ca_file_without_its_authority() {
    let identity = Authority::new().issue(Certificate::new(&["localhost"]));
    let options = options().ca_pem(identity.cert_pem.clone());
    greeting_now(&identity, options, "localhost").unwrap();
}

#[test]
fn ca_files_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let refused = |file: &std::path::Path| match options().ca_file(file).build() {
        Err(error @ Error::CaFile { .. }) => text(&error),
        other => panic!("{other:?}"),
    };
    let missing = refused(&file);
    assert!(
        missing.starts_with("could not use the certificates in \""),
        "{missing}"
    );
    assert!(
        missing.contains("ca.pem") && missing.contains("No such file"),
        "{missing}"
    );
    let key = Authority::new()
        .issue(Certificate::new(&["a.test"]))
        .key_pem;
    let long = "-----BEGIN CERTIFICATE-----\nMIIB";
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let bad = "-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n";
    for (content, why) in [
        ("", "there is no certificate in it"),
        ("not PEM at all", "there is no certificate in it"),
        (&key, "there is no certificate in it"),
        (long, "a PEM section has no end line"),
        (bad, "a PEM section is not valid base64"),
        (garbage, "none of its certificates is valid"),
    ] {
        std::fs::write(&file, content).unwrap();
        let error = refused(&file);
        assert!(error.contains(why) && error.contains("ca.pem"), "{error}");
    }
    // This fails even if nothing would be checked with the file: it is a mistake all the same.
    assert!(
        options()
            .dangerous_accept_invalid_certs(true)
            .ca_file(&file)
            .build()
            .is_err()
    );
}

#[test]
fn one_bad_certificate_among_good_ones_is_left_out() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let options = options().ca_pem(format!("{garbage}{}", authority.pem()));
    greeting_now(&identity, options, "localhost").unwrap();
}
