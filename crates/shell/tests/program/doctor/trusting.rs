//! Tests of untrusted certificates: they are shown, and no password is sent.

use imapclient_testkit::{Authority, Certificate, Identity};
use serde_json::Value;

use super::common::{Listening, account, file, ill, ini, path, screens, step, text};

/// Checks the report about a server with this certificate while this authority is trusted, and that
/// the server receives nothing.
#[track_caller]
fn untrusted(identity: &Identity, ca_pem: &str, cause: &str, advice: &str) -> Value {
    let server = Listening::start(identity);
    let ca_file = file(ca_pem);
    let port = server.port().to_string();
    let options = account(&port, &["--ca-file", path(&ca_file)]);
    let json = ill(&options, cause, advice);
    let tls = step(&json, "tls");
    assert_eq!(tls["outcome"], "bad");
    assert!(!text(&tls["sha256"]).is_empty(), "{tls}");
    assert_eq!(server.heard(), [""; 0]);
    tls.clone()
}

#[test]
fn expired() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["127.0.0.1"]).expired());
    let cause = "the certificate of 127.0.0.1 has expired on 2021-01-01";
    let tls = untrusted(&identity, &authority.pem(), cause, "renew it on the server");
    assert_eq!(tls["valid_until"], "2021-01-01");
    assert_eq!(tls["issuer"], "CN=Testkit Authority");
}

#[test]
fn expired_on_the_screen() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["127.0.0.1"]).expired());
    let server = Listening::start(&identity);
    let ca_file = file(&authority.pem());
    let port = server.port().to_string();
    let options = account(&port, &["--ca-file", path(&ca_file)]);
    screens("expired", &options);
}

#[test]
fn not_valid_yet() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["127.0.0.1"]).not_yet_valid());
    let cause = "the certificate of 127.0.0.1 is not valid before 2119-01-01";
    let tls = untrusted(
        &identity,
        &authority.pem(),
        cause,
        "check this machine's clock",
    );
    assert_eq!(tls["valid_from"], "2119-01-01");
}

#[test]
fn for_another_host() {
    let authority = Authority::new();
    let names = ["imap.example.org", "mail.example.org"];
    let identity = authority.issue(Certificate::new(&names));
    let cause =
        "the certificate is for imap.example.org and mail.example.org, and not for 127.0.0.1";
    let tls = untrusted(
        &identity,
        &authority.pem(),
        cause,
        "use one of its names as the host",
    );
    assert_eq!(tls["names"], serde_json::json!(names));
}

#[test]
fn for_another_host_on_the_screen() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["imap.example.org", "mail.example.org"]));
    let server = Listening::start(&identity);
    let ca_file = file(&authority.pem());
    let port = server.port().to_string();
    let options = account(&port, &["--ca-file", path(&ca_file)]);
    screens("wrong_name", &options);
}

#[test]
fn self_signed() {
    // As made by `openssl req -x509`, and by other tools.
    for is_ca in [true, false] {
        let identity = Identity::self_signed(&["127.0.0.1"], is_ca, false);
        let cause = "the certificate of 127.0.0.1 is self-signed";
        let tls = untrusted(
            &identity,
            &Authority::new().pem(),
            cause,
            "trust it with --ca-file",
        );
        assert_eq!(tls["self_signed"], true);
    }
}

#[test]
fn self_signed_and_for_another_host() {
    let identity = Identity::self_signed(&["imap.example.org"], true, false);
    let cause = "the certificate of 127.0.0.1 is self-signed";
    let tls = untrusted(
        &identity,
        &Authority::new().pem(),
        cause,
        "trust it with --ca-file",
    );
    assert_eq!(tls["also_wrong"], "it is not for 127.0.0.1 either");
}

#[test]
fn self_signed_on_the_screen() {
    let server = Listening::start(&Identity::self_signed(&["127.0.0.1"], true, false));
    let ca_file = file(&Authority::new().pem());
    let port = server.port().to_string();
    let options = account(&port, &["--ca-file", path(&ca_file)]);
    screens("self_signed", &options);
}

#[test]
fn of_an_unknown_issuer() {
    let identity = Authority::new().issue(Certificate::new(&["127.0.0.1"]));
    // Its name differs from that of the testkit's authorities.
    let other = Identity::self_signed(&["authority.test"], true, false);
    let cause = "the certificate of 127.0.0.1 is signed by an unknown issuer, CN=Testkit Authority";
    untrusted(
        &identity,
        &other.cert_pem,
        cause,
        "give the certificate of this authority with --ca-file",
    );
}

#[test]
fn signed_by_who_only_calls_himself_so() {
    let identity = Authority::new().issue(Certificate::new(&["127.0.0.1"]));
    let cause = "the certificate of 127.0.0.1 is not accepted: ";
    untrusted(
        &identity,
        &Authority::new().pem(),
        cause,
        "install a valid one",
    );
}

#[test]
fn an_account_that_checks_nothing_is_no_consent() {
    let server = Listening::start(&Identity::self_signed(&["127.0.0.1"], true, false));
    let lines = "ssl_verify_cert = false\nssl_check_hostname = false";
    let ca_file = file(&Authority::new().pem());
    let file = ini(
        server.port(),
        &format!("{lines}\nssl_ca_file = {}", path(&ca_file)),
    );
    let cause = "the certificate of 127.0.0.1 is self-signed";
    let json = ill(&["-f", path(&file)], cause, "trust it with --ca-file");
    assert!(text(&step(&json, "tls")["checks"]).starts_with("the account turns them off"));
    assert_eq!(server.heard(), [""; 0]);
}

#[test]
fn after_starttls_too() {
    let server = super::common::server();
    let ca_file = file(&Identity::self_signed(&["authority.test"], true, false).cert_pem);
    let lines = format!(
        "ssl = false\nstarttls = true\nssl_ca_file = {}",
        path(&ca_file)
    );
    let file = ini(server.addr().port(), &lines);
    let cause = "the certificate of 127.0.0.1 is signed by an unknown issuer";
    let json = ill(&["-f", path(&file)], cause, "--ca-file");
    assert_eq!(step(&json, "tls")["subject"], "CN=Testkit Server");
    super::common::no_password_came(&server);
}

#[test]
fn a_machine_without_authorities() {
    let server = super::common::server();
    let none = file("");
    let port = server.tls_addr().port().to_string();
    let output = crate::start::program()
        .env("SSL_CERT_FILE", path(&none))
        .args(account(&port, &["doctor"]))
        .output()
        .unwrap();
    let (text, _) = crate::start::printed(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.starts_with("There is no certificate authority to trust"),
        "{text}"
    );
    assert!(
        text.lines().next().unwrap().contains("ca-certificates"),
        "{text}"
    );
    super::common::no_password_came(&server);
}

#[test]
fn a_certificate_of_ones_own_that_is_not_there() {
    let server = super::common::server();
    let file = ini(
        server.tls_addr().port(),
        "ssl_client_cert = /nonexistent.pem",
    );
    let told = super::common::doctor(&["-f", path(&file)]);
    assert_eq!(told.code, 1, "{}", told.text);
    let first = told.first();
    assert!(first.contains("/nonexistent.pem"), "{first}");
    assert!(
        first.ends_with("; correct the account's settings."),
        "{first}"
    );
}

#[test]
fn a_file_of_authorities_that_is_none() {
    let server = super::common::server();
    let port = server.tls_addr().port().to_string();
    let options = account(&port, &[]);
    let options = [&options[..], &["--ca-file", "/nonexistent.pem"]].concat();
    let cause = "could not use the certificates in \"/nonexistent.pem\"";
    ill(&options, cause, "give a PEM file");
    super::common::no_password_came(&server);
}
