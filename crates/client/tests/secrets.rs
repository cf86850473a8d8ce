//! Passwords are in nothing that is shown or logged. A program of its own, since all of its
//! threads write one log.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use std::{
    fmt::{Debug, Write as _},
    sync::{Mutex, Once},
    time::Duration,
};

use imapclient::{Builder, Error, Login, auth::Plain};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

#[path = "client/common.rs"]
#[allow(dead_code, reason = "made for more tests than these")]
mod common;

use common::{expect, plain, scripted, stranger, text};

/// Part of all passwords here, and what base64 makes of it after any number of bytes.
const SECRETS: [&str; 4] = ["hunter", "aHVudGVy", "h1bnRlc", "odW50ZX"];

static LOG: Mutex<String> = Mutex::new(String::new());

/// Writes down all there is, at every level.
struct Capture;

struct Fields<'a>(&'a mut String);

impl Subscriber for Capture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut Fields(&mut LOG.lock().unwrap()));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Fields(&mut LOG.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Fields(&mut LOG.lock().unwrap()));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}={value:?}").unwrap();
    }
}

fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Capture).unwrap());
}

#[track_caller]
fn clean(shown: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret:?} in {shown}");
    }
}

/// Looks at all that is shown of a connection, and that the login was logged as this.
#[track_caller]
fn all_clean<'a>(
    client: &impl Debug,
    wire_log: impl Iterator<Item = &'a imapclient::WireLine>,
    line: &str,
) {
    clean(&format!("{client:?} {client:#?}"));
    let said = common::lines(wire_log);
    clean(&said.join("\n"));
    let said = said.iter().filter_map(|line| line.split_once(" A000"));
    let said: Vec<_> = said.filter_map(|(_, said)| said.get(2..)).collect();
    assert!(said.contains(&line), "{line:?} in {said:?}");
    let log = LOG.lock().unwrap().clone();
    clean(&log);
    assert!(log.contains(line), "{line:?} in {log}");
}

#[track_caller]
fn error_clean(error: &Error) {
    clean(&format!("{error} {error:?} {error:#?} {}", text(error)));
    clean(&common::lines(error.wire_log().iter()).join("\n"));
    clean(&LOG.lock().unwrap().clone());
}

fn builder<C>(peer: &Peer) -> Builder<C> {
    capture();
    let builder = plain::<C>(peer).login("bob", "hunter2");
    clean(&format!("{builder:?} {builder:#?}"));
    let builder = builder.login_with(Login::mechanism(Plain::new("bob", "hunter2".into())));
    clean(&format!("{builder:?}"));
    plain(peer)
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn leave(client: Client, peer: Peer) {
        client.logout().await.unwrap();
        peer.finish().unwrap();
        clean(&LOG.lock().unwrap().clone());
    }

    #[case]
    async fn a_quoted_password() {
        let peer = stranger("", "C: <a> LOGIN bob \"hunter\\\"2\"\nS: <a> OK in");
        let mut client = builder::<Client>(&peer).connect().await.unwrap();
        client.login("bob", "hunter\"2").await.unwrap();
        all_clean(&client, client.wire_log(), "LOGIN bob <secret, 11 bytes>");
        leave(client, peer).await;
    }

    #[case]
    async fn a_password_in_a_literal() {
        for (capabilities, plus, go) in [("", "", "\nS: + go on"), (" LITERAL+", "+", "")] {
            let script = format!("C: <a> LOGIN bob {{8{plus}}}{go}\nC: hunterß\nS: <a> OK in");
            let peer = stranger(capabilities, &script);
            let mut client = builder::<Client>(&peer).connect().await.unwrap();
            client.login("bob", "hunterß").await.unwrap();
            all_clean(&client, client.wire_log(), "LOGIN bob <secret, 8 bytes>");
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_password_in_an_initial_response() {
        let peer = stranger(
            " SASL-IR",
            "C: <a> AUTHENTICATE PLAIN AGJvYgBodW50ZXIy\nS: <a> OK in",
        );
        let builder = builder::<Client>(&peer).login_with(Login::mechanism(Plain::new("bob", "hunter2".into())));
        let client = builder.connect().await.unwrap();
        all_clean(&client, client.wire_log(), "AUTHENTICATE PLAIN <secret, 16 bytes>");
        leave(client, peer).await;
    }

    #[case]
    async fn a_password_after_a_challenge() {
        let peer = stranger(
            "",
            "C: <a> AUTHENTICATE PLAIN\nS: +\nC: AGJvYgBodW50ZXIy\nS: <a> OK in",
        );
        let builder = builder::<Client>(&peer).login_with(Login::mechanism(Plain::new("bob", "hunter2".into())));
        let client = builder.connect().await.unwrap();
        all_clean(&client, client.wire_log(), "AUTHENTICATE PLAIN");
        assert!(common::lines(client.wire_log()).contains(&"C: <secret, 16 bytes>".to_owned()));
        leave(client, peer).await;
    }

    #[case]
    async fn refused() {
        let peer = stranger(
            " SASL-IR",
            "C: <a> LOGIN bob \"hunter2\"
             S: <a> NO [AUTHENTICATIONFAILED] no
             C: <b> AUTHENTICATE PLAIN AGJvYgBodW50ZXIy
             S: <b> NO no",
        );
        let mut client = builder::<Client>(&peer).connect().await.unwrap();
        error_clean(&client.login("bob", "hunter2").await.unwrap_err());
        let bob = Plain::new("bob", "hunter2".into());
        error_clean(&client.authenticate(bob).await.unwrap_err());
        leave(client, peer).await;
    }

    #[case]
    async fn unfit_to_be_sent() {
        let peer = stranger(" SASL-IR", "");
        let mut client = builder::<Client>(&peer).connect().await.unwrap();
        error_clean(&client.login("bob", "hunter\0").await.unwrap_err());
        let bob = Plain::new("bob", "hunter\0".into());
        error_clean(&client.authenticate(bob).await.unwrap_err());
        leave(client, peer).await;
    }

    #[case]
    async fn broken_off() {
        for (capabilities, last) in [("", "hunter2"), (" SASL-IR LOGINDISABLED AUTH=PLAIN", "IR")] {
            let greeting = format!("S: * OK [CAPABILITY IMAP4rev1{capabilities}] hi");
            let command = match last {
                "IR" => "AUTHENTICATE PLAIN AGJvYgBodW50ZXIy",
                password => &format!("LOGIN bob \"{password}\""),
            };
            let peer = scripted(&format!("{greeting}\nC: <a> {command}\nS: X9 OK what\nCLOSE"));
            let builder = builder::<Client>(&peer).login("bob", "hunter2");
            let error = builder.connect().await.unwrap_err();
            assert!(!error.wire_log().is_empty(), "{error:?}");
            error_clean(&error);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn never_answered() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1] hi")?;
            expect(&mut connection, "LOGIN bob \"hunter2\"")?;
            connection.wait_eof()
        });
        let mut client = builder::<Client>(&peer).connect().await.unwrap();
        client.set_timeout(Some(Duration::from_millis(20)));
        error_clean(&client.login("bob", "hunter2").await.unwrap_err());
        all_clean(&client, client.wire_log(), "LOGIN bob <secret, 9 bytes>");
        drop(client);
        peer.finish().unwrap();
    }
}
