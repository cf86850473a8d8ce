//! Accounts that cannot be used: the server is missing, is a different one, or refuses the client.

use std::{fs, net::TcpListener};

use imapclient_testkit::{Authority, Certificate, Identity, Peer, Script};
use tempfile::TempDir;

use crate::{
    server::{Mailboxes, PASSWORD, Server, USER},
    way::{Ran, assert_refused, assert_set_up_fails, never, run},
};

/// Returns the INI file of an account on a server of this machine.
fn account(host: &str, port: u16, more: &str) -> String {
    format!(
        "[DEFAULT]\nhost = {host}\nport = {port}\nusername = {USER}\npassword = {PASSWORD}\n\
         timeout = 10\n{more}"
    )
}

/// A server with TLS, and the folder with the certificate of its authority.
struct Tls {
    peer: Peer,
    folder: TempDir,
}

impl Tls {
    fn start(identity: &Identity, authority: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), authority).unwrap();
        let mailboxes = Mailboxes::none();
        let peer = Peer::start_tls(identity.server_config(), move |connection| {
            mailboxes.serve(connection)
        });
        Self { peer, folder }
    }

    fn account(&self) -> String {
        let file = self.folder.path().join("ca.pem");
        let more = format!("ssl_ca_file = {}\n", file.display());
        account("127.0.0.1", self.peer.port(), &more)
    }
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_set_up_fails(
        &account("127.0.0.1", port, ""),
        &[
            "[DEFAULT] ",
            "could not connect",
            &port.to_string(),
            "refused",
        ],
    );
}

#[test]
fn the_host_is_unknown() {
    // An invalid name, so that no name server is asked.
    assert_set_up_fails(
        &account("no..host", 993, ""),
        &["could not find the address of \"no..host\": "],
    );
}

#[test]
fn the_server_says_nothing() {
    let peer = Peer::start(|mut connection| connection.wait_eof());
    let ini = account("127.0.0.1", peer.port(), "starttls = true\n");
    let ini = ini.replace("timeout = 10", "timeout = 0.2");
    assert_set_up_fails(&ini, &["timed out"]);
}

#[test]
fn the_server_does_not_want_us() {
    let script = Script::parse("S: * BYE Closed on \u{7}Sundays");
    let peer = Peer::start(move |connection| script.run(connection));
    let ini = account("127.0.0.1", peer.port(), "starttls = true\n");
    assert_set_up_fails(&ini, &["closed the connection: Closed on \\u{7}Sundays"]);
}

#[test]
fn the_server_does_not_speak_tls() {
    let script = Script::parse("S: * OK in clear");
    let peer = Peer::start(move |connection| script.run(connection));
    assert_set_up_fails(
        &account("127.0.0.1", peer.port(), ""),
        &["does not speak TLS"],
    );
}

#[test]
fn starttls_is_not_offered() {
    // Otherwise the next line of the client would be the password, in clear.
    let peer = Peer::start(|mut connection| {
        connection.send("* OK [CAPABILITY IMAP4rev1] no TLS here")?;
        connection.wait_eof()
    });
    let ini = account("127.0.0.1", peer.port(), "starttls = true\n");
    assert_set_up_fails(&ini, &["does not offer STARTTLS"]);
    peer.finish().unwrap();
}

#[test]
fn the_authority_is_another() {
    let identity = Authority::new().issue(Certificate::new(&["127.0.0.1"]));
    let other = Identity::self_signed(&["another authority"], true, false);
    let tls = Tls::start(&identity, &other.cert_pem);
    let parts = [
        "[DEFAULT] the certificate of \"127.0.0.1\" ",
        "unknown authority",
    ];
    assert_set_up_fails(&tls.account(), &parts);
}

#[test]
fn the_authority_is_another_of_the_same_name() {
    let identity = Authority::new().issue(Certificate::new(&["127.0.0.1"]));
    let tls = Tls::start(&identity, &Authority::new().pem());
    assert_set_up_fails(
        &tls.account(),
        &["the certificate of \"127.0.0.1\" is not accepted"],
    );
}

#[test]
fn the_certificate_is_nobodys() {
    let identity = Identity::self_signed(&["127.0.0.1"], true, false);
    let tls = Tls::start(&identity, &Authority::new().pem());
    assert_set_up_fails(&tls.account(), &["the certificate of \"127.0.0.1\" "]);
}

#[test]
fn the_certificate_is_for_another_host() {
    let own = Authority::new();
    let identity = own.issue(Certificate::new(&["imap.example.org"]));
    let tls = Tls::start(&identity, &own.pem());
    let parts = ["the certificate of \"127.0.0.1\" ", "imap.example.org"];
    assert_set_up_fails(&tls.account(), &parts);
}

#[test]
fn the_certificate_has_expired() {
    let own = Authority::new();
    let identity = own.issue(Certificate::new(&["127.0.0.1"]).expired());
    let tls = Tls::start(&identity, &own.pem());
    assert_set_up_fails(&tls.account(), &["has expired on 2021-01-01"]);
}

#[test]
fn the_file_of_certificates_is_missing() {
    let more = "ssl_ca_file = /no/such/ca.pem\n";
    assert_set_up_fails(
        &account("127.0.0.1", 1, more),
        &["\"/no/such/ca.pem\"", "No such file"],
    );
}

#[test]
fn the_password_is_wrong() {
    let own = Authority::new();
    let identity = own.issue(Certificate::new(&["127.0.0.1"]));
    let tls = Tls::start(&identity, &own.pem());
    let wrong = format!("{PASSWORD}-not");
    // Control characters of the server must not reach the terminal.
    assert_set_up_fails(
        &tls.account().replace(PASSWORD, &wrong),
        &[
            "[DEFAULT] LOGIN refused: NO [AUTHENTICATIONFAILED] ",
            "\\u{1b}[31muser",
        ],
    );
}

#[test]
fn the_password_is_wrong_for_plain() {
    let script = Script::parse(
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR STARTTLS] hello
         C: <tag> STARTTLS
         S: <tag> OK go on
         TLS
         C: <tag> CAPABILITY
         S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
         S: <tag> OK
         C: <tag> AUTHENTICATE PLAIN
         S: + 
         C: AGJvYgBodW50ZXIyLWlzLXNlY3JldA==
         S: <tag> NO you said AGJvYgBodW50ZXIyLWlzLXNlY3JldA==",
    );
    let own = Authority::new();
    let identity = own.issue(Certificate::new(&["127.0.0.1"]));
    let script = script.with_tls(identity.server_config());
    let peer = Peer::start(move |connection| script.run(connection));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    fs::write(&file, own.pem()).unwrap();
    let more = format!(
        "starttls = true\nauth = plain\nssl_ca_file = {}\n",
        file.display()
    );
    let ini = account("127.0.0.1", peer.port(), &more);
    assert_set_up_fails(&ini, &["AUTHENTICATE refused: NO "]);
    peer.finish().unwrap();
}

#[test]
fn no_mailbox_can_be_made() {
    let server = Server::strict(&["INBOX"], |word, _| word == "CREATE");
    let ran = run(&server.ini(), vec![never()]);
    let (warning, error) = ran.err.split_once('\n').unwrap_or_default();
    assert!(warning.starts_with("warning: "), "{warning}");
    assert_refused(
        Ran {
            err: error.to_owned(),
            ..ran
        },
        &["[DEFAULT] CREATE refused: NO not so"],
    );
}
