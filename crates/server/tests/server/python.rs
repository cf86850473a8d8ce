//! Foreign clients: `imaplib` from Python's standard library, and IMAPClient.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, Stdio},
};

use imapclient_server::{Server, SpecialUse};

#[test]
fn pythons_imaplib_works_with_it() {
    if let Some(python) = python() {
        works_with_it(python.as_ref(), include_str!("imaplib_session.py"));
    }
}

#[test]
fn pythons_imapclient_works_with_it() {
    if let Some(python) = python_with_imapclient() {
        works_with_it(&python, include_str!("imapclient_session.py"));
    }
}

#[test]
fn a_client_with_pythons_zlib_can_compress() {
    if let Some(python) = python() {
        works_with_it(python.as_ref(), include_str!("zlib_session.py"));
    }
}

fn works_with_it(python: &OsStr, program: &str) {
    for way in ["plain", "starttls", "tls"] {
        let server = server();
        let port = match way {
            "tls" => server.tls_addr().port(),
            _ => server.addr().port(),
        };
        let output = Command::new(python)
            .args(["-c", program, way, server.host(), &port.to_string()])
            .arg(server.ca_file())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{way}: {}\n{:?}",
            String::from_utf8_lossy(&output.stderr),
            server.received(),
        );
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "all done");
        assert!(server.received().iter().any(|r| r.command() == "IDLE"));
        server.finish().unwrap();
    }
}

fn server() -> Server {
    Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message(
                "From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\nTo: bob@example.org\n\
                 Subject: Hello\nMessage-ID: <1@example.org>\n\
                 Date: Mon, 1 Jan 2024 10:00:00 +0000\nMIME-Version: 1.0\n\
                 Content-Type: multipart/mixed; boundary=b\n\n\
                 --b\nContent-Type: text/plain; charset=utf-8\n\nText.\n\
                 --b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\
                 Content-Disposition: attachment; filename=a.png\n\nAAAA\n--b--\n",
            )
        })
        .mailbox("Archive", |m| m.special_use(SpecialUse::Archive))
        .quota(Some(1024), None)
        .start()
}

/// Returns a Python with IMAPClient, which `cargo xtask test` names. Without one the test prints
/// that it is skipped.
fn python_with_imapclient() -> Option<OsString> {
    let python = env::var_os("IMAPCLIENT_PYTHON");
    if python.is_none() {
        println!("skipped: IMAPCLIENT_PYTHON names no Python that has IMAPClient");
    }
    python
}

/// Returns the interpreter. Without one the test prints that it is skipped, or fails in CI.
fn python() -> Option<&'static str> {
    let name = "python3";
    let found = Command::new(name)
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        assert!(env::var_os("CI").is_none(), "there is no {name}");
        println!("skipped: there is no {name}");
    }
    found.then_some(name)
}
