//! Passwords, by LOGIN and PLAIN.

use std::time::Duration;

use imapclient::{Builder, Login, auth::Plain};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::{
    common::{self, expect, plain, scripted, stranger},
    log::{all_clean, capture, clean, error_clean, logged},
};

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
        clean(&logged());
    }

    #[case]
    async fn a_quoted_password() {
        let peer = stranger("", "C: <a> LOGIN \"bob\" \"hunter\\\"2\"\nS: <a> OK in");
        let mut client = builder::<Client>(&peer).connect().await.unwrap();
        client.login("bob", "hunter\"2").await.unwrap();
        all_clean(&client, client.wire_log(), "LOGIN \"bob\" <secret, 11 bytes>");
        leave(client, peer).await;
    }

    #[case]
    async fn a_password_in_a_literal() {
        for (capabilities, plus, go) in [("", "", "\nS: + go on"), (" LITERAL+", "+", "")] {
            let script = format!("C: <a> LOGIN \"bob\" {{8{plus}}}{go}\nC: hunterß\nS: <a> OK in");
            let peer = stranger(capabilities, &script);
            let mut client = builder::<Client>(&peer).connect().await.unwrap();
            client.login("bob", "hunterß").await.unwrap();
            all_clean(&client, client.wire_log(), "LOGIN \"bob\" <secret, 8 bytes>");
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
            "C: <a> LOGIN \"bob\" \"hunter2\"
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
                password => &format!("LOGIN \"bob\" \"{password}\""),
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
            expect(&mut connection, "LOGIN \"bob\" \"hunter2\"")?;
            connection.wait_eof()
        });
        let mut client = builder::<Client>(&peer).connect().await.unwrap();
        client.set_timeout(Some(Duration::from_millis(20)));
        error_clean(&client.login("bob", "hunter2").await.unwrap_err());
        all_clean(&client, client.wire_log(), "LOGIN \"bob\" <secret, 9 bytes>");
        drop(client);
        peer.finish().unwrap();
    }
}
