//! Passwords, by LOGIN and PLAIN.

use std::time::Duration;

use std::sync::{Arc, Mutex};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient::{Builder, Login, auth::Plain};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::{
    common::{self, expect, plain, scripted, secure, stranger},
    log::{all_clean, capture, clean, error_clean, logged, shown_error_clean},
};

/// The server's answer to a login command.
#[derive(Debug, Clone, Copy)]
enum Answer {
    No,
    Bad,
    /// It sends a challenge, and then NO or BAD.
    AskAndNo,
    AskAndBad,
    Leave,
}

const ANSWERS: [Answer; 5] = [
    Answer::No,
    Answer::Bad,
    Answer::AskAndNo,
    Answer::AskAndBad,
    Answer::Leave,
];

/// The counts of commands that carried the password, and of failed logins.
#[derive(Debug, Default)]
struct Got {
    passwords: usize,
    failures: usize,
    commands: usize,
}

/// Returns whether a line contains the password, plain or in base64.
fn holds_password(line: &str) -> bool {
    line.split(' ').any(|word| {
        let decoded = BASE64_STANDARD.decode(word).unwrap_or_default();
        word.contains("hunter2") || String::from_utf8_lossy(&decoded).contains("hunter2")
    })
}

/// Returns all combinations of answers to the first three commands.
fn all_answers() -> impl Iterator<Item = [Answer; 3]> {
    ANSWERS.into_iter().flat_map(|first| {
        ANSWERS.into_iter().flat_map(move |second| {
            let third = [Answer::No, Answer::Bad, Answer::AskAndBad];
            third.into_iter().map(move |third| [first, second, third])
        })
    })
}

/// Sends the prepared answers, and NO after them.
fn answer(
    connection: &mut Connection,
    offers: &str,
    script: &Mutex<(Vec<Answer>, Got)>,
) -> std::io::Result<()> {
    connection.send(&format!("* OK [CAPABILITY IMAP4rev1 {offers}] hi"))?;
    let answers = std::mem::take(&mut script.lock().unwrap().0);
    let mut answers = answers.into_iter();
    loop {
        let line = match connection.read_line() {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            line => line?,
        };
        let tag = line.split(' ').next().unwrap_or_default();
        let mut with_password = holds_password(&line);
        let answer = answers.next().unwrap_or(Answer::No);
        let (asks, word) = match answer {
            Answer::No => (false, "NO"),
            Answer::Bad => (false, "BAD"),
            Answer::AskAndNo => (true, "NO"),
            Answer::AskAndBad => (true, "BAD"),
            Answer::Leave => return connection.close(),
        };
        if asks && line.contains("AUTHENTICATE") {
            // LOGIN asks for the name and the password separately.
            for _ in 0..if line.contains("AUTHENTICATE LOGIN") {
                2
            } else {
                1
            } {
                connection.send("+ ")?;
                with_password |= holds_password(&connection.read_line()?);
            }
        }
        let mut script = script.lock().unwrap();
        script.1.commands += 1;
        script.1.passwords += usize::from(with_password);
        script.1.failures += usize::from(word == "NO");
        drop(script);
        connection.send(&format!("{tag} {word} no"))?;
    }
}

fn builder<C>(peer: &Peer) -> Builder<C> {
    capture();
    let builder = plain::<C>(peer).login("bob", "hunter2");
    clean(&format!("{builder:?} {builder:#?}"));
    let builder = builder.login_with(Login::mechanism(|| Plain::new("bob", "hunter2".into())));
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
        client.login_command("bob", "hunter\"2").await.unwrap();
        all_clean(&client, client.wire_log(), "LOGIN \"bob\" <secret, 11 bytes>");
        leave(client, peer).await;
    }

    #[case]
    async fn a_password_in_a_literal() {
        for (capabilities, plus, go) in [("", "", "\nS: + go on"), (" LITERAL+", "+", "")] {
            let script = format!("C: <a> LOGIN \"bob\" {{8{plus}}}{go}\nC: hunterß\nS: <a> OK in");
            let peer = stranger(capabilities, &script);
            let mut client = builder::<Client>(&peer).connect().await.unwrap();
            client.login_command("bob", "hunterß").await.unwrap();
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
        let builder = builder::<Client>(&peer).login_with(Login::mechanism(|| Plain::new("bob", "hunter2".into())));
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
        let builder = builder::<Client>(&peer).login_with(Login::mechanism(|| Plain::new("bob", "hunter2".into())));
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
        error_clean(&client.login_command("bob", "hunter2").await.unwrap_err());
        let bob = Plain::new("bob", "hunter2".into());
        error_clean(&client.authenticate(bob).await.unwrap_err());
        leave(client, peer).await;
    }

    #[case]
    async fn at_most_two_commands_carry_it_whatever_the_server_says() {
        capture();
        let mut most = Got::default();
        for offers in [
            "SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN",
            "SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN",
            "SASL-IR AUTH=SCRAM-SHA-256",
            "SASL-IR AUTH=PLAIN AUTH=LOGIN",
            "AUTH=LOGIN",
        ] {
            let script = Arc::new(Mutex::new((Vec::new(), Got::default())));
            let (peer, builder) = secure::<Client>({
                let (script, offers) = (Arc::clone(&script), offers.to_owned());
                move |connection| answer(connection, &offers, &script)
            });
            for answers in all_answers() {
                *script.lock().unwrap() = (answers.to_vec(), Got::default());
                // A clone of the login would remember what worked.
                let builder = builder.clone().login("bob", "hunter2");
                shown_error_clean(&builder.connect().await.unwrap_err());
                let got = std::mem::take(&mut script.lock().unwrap().1);
                assert!(got.passwords <= 2 && got.failures <= 2, "{offers} {answers:?} {got:?}");
                most.passwords = most.passwords.max(got.passwords);
                most.failures = most.failures.max(got.failures);
                most.commands = most.commands.max(got.commands);
            }
            peer.finish().unwrap();
        }
        assert_eq!((most.passwords, most.failures), (2, 2));
        assert!(most.commands > 2, "{most:?}");
        clean(&logged());
    }

    #[case]
    async fn unfit_to_be_sent() {
        let peer = stranger(" SASL-IR", "");
        let mut client = builder::<Client>(&peer).connect().await.unwrap();
        error_clean(&client.login_command("bob", "hunter\0").await.unwrap_err());
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
        client.set_timeout(Duration::from_millis(20));
        error_clean(&client.login_command("bob", "hunter2").await.unwrap_err());
        all_clean(&client, client.wire_log(), "LOGIN \"bob\" <secret, 9 bytes>");
        drop(client);
        peer.finish().unwrap();
    }
}
