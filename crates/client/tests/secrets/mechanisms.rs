//! Every mechanism, with every way in which it can fail.

use std::{
    fmt::{Debug, Write as _},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient::{
    Login,
    auth::{Mechanism, Plain, Scram, SecretCommand},
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer, Server};

use crate::{
    common::{at_port, goodbye, lines, plain},
    log::{capture, clean, error_clean, logged, shown_error_clean},
    ways::{WAYS, Way},
};

const PASSWORD: &str = "hunter2";
const SCRAM: [&str; 4] = [
    "SCRAM-SHA-1",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
];

/// The ways that run a command for the secret, in addition to [`WAYS`].
const BY_COMMAND: [Way; 3] = [
    ("token", |password| Login::token("bob", command(password))),
    ("command", |password| Login::auto("bob", command(password))),
    ("made", |password| {
        let command = command(password);
        Login::mechanism(move || command.run().map(|password| Plain::new("bob", password)))
    }),
];

/// The behaviour of the server.
#[derive(Debug, Clone, Copy)]
enum Conduct {
    /// Accepts everything.
    Agrees,
    Refuses,
    /// Sends the reason in a challenge, as with tokens.
    Explains,
    /// Accepts too early.
    Hurries,
    /// Sends a challenge that is not base64.
    Babbles,
    /// Asks for one iteration.
    Weakens,
    /// Runs SCRAM without proving its identity.
    Pretends,
    /// Sends challenges without end.
    Insists,
    /// Sends an answer to another command.
    Breaks,
    /// Closes the connection.
    Leaves,
    /// Sends nothing more.
    Sleeps,
}

const CONDUCTS: [Conduct; 11] = [
    Conduct::Agrees,
    Conduct::Refuses,
    Conduct::Explains,
    Conduct::Hurries,
    Conduct::Babbles,
    Conduct::Weakens,
    Conduct::Pretends,
    Conduct::Insists,
    Conduct::Breaks,
    Conduct::Leaves,
    Conduct::Sleeps,
];

fn command(password: &str) -> SecretCommand {
    SecretCommand::new(format!("echo {password}"))
}

fn encode(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

/// Starts a server that offers all mechanisms, with or without initial responses.
fn peer(server: Conduct, ir: bool) -> Peer {
    Peer::start(move |mut connection| {
        let ir = if ir { " SASL-IR" } else { "" };
        connection.send(&format!(
            "* OK [CAPABILITY IMAP4rev1{ir} AUTH=SCRAM-SHA-256 AUTH=XOAUTH2] hi"
        ))?;
        let line = connection.read_line()?;
        let tag = line.split(' ').next().unwrap_or_default().to_owned();
        // The only possible failure is that the client has closed the connection.
        let _ = act(server, &mut connection, &line, &tag);
        Ok(())
    })
}

fn act(server: Conduct, connection: &mut Connection, line: &str, tag: &str) -> std::io::Result<()> {
    let asked = |connection: &mut Connection, challenge: &str| {
        connection.send(&format!("+ {challenge}"))?;
        connection.read_line()
    };
    let is_sasl = line.contains("AUTHENTICATE");
    let server = match server {
        // A LOGIN has no challenges.
        Conduct::Explains
        | Conduct::Babbles
        | Conduct::Weakens
        | Conduct::Pretends
        | Conduct::Insists
            if !is_sasl =>
        {
            Conduct::Refuses
        }
        other => other,
    };
    // This is the initial response of the client.
    let mut first = line.split(' ').nth(3).unwrap_or_default().to_owned();
    if is_sasl && first.is_empty() && !matches!(server, Conduct::Hurries | Conduct::Refuses) {
        first = asked(connection, &encode("<1@example.org>"))?;
    }
    let first = BASE64_STANDARD.decode(first).unwrap_or_default();
    let first = String::from_utf8_lossy(&first).into_owned();
    let nonce = first.split_once(",r=").map_or("x", |(_, nonce)| nonce);
    match server {
        Conduct::Agrees => connection.send(&format!("{tag} OK in"))?,
        Conduct::Hurries => connection.send(&format!("{tag} OK [CAPABILITY X] in"))?,
        Conduct::Refuses => {}
        Conduct::Explains => drop(asked(connection, &encode(r#"{"status":"401"}"#))?),
        Conduct::Babbles => drop(asked(connection, "?")?),
        Conduct::Weakens => {
            drop(asked(
                connection,
                &encode(&format!("r={nonce}y,s=c2FsdA==,i=1")),
            )?);
        }
        Conduct::Pretends => {
            let first = encode(&format!("r={nonce}y,s=c2FsdA==,i=4096"));
            asked(connection, &first)?;
            asked(connection, &encode("v=AAAA"))?;
        }
        Conduct::Insists => while asked(connection, "")? != "*" {},
        Conduct::Breaks => return connection.send("X9 OK what"),
        Conduct::Leaves => return Ok(()),
        Conduct::Sleeps => return connection.wait_eof(),
    }
    if !matches!(server, Conduct::Agrees | Conduct::Hurries) {
        connection.send(&format!("{tag} NO [AUTHENTICATIONFAILED] no"))?;
    }
    goodbye(connection)
}

/// Checks that the conversation was logged with the lengths of the secrets.
#[track_caller]
fn tells_lengths(what: &str, said: &[String]) {
    let secrets = said.iter().filter(|line| line.contains("<secret, "));
    assert!(secrets.count() > 0, "{what}: {said:#?}");
    clean(&said.join("\n"));
}

#[track_caller]
fn shown_clean(shown: &impl Debug) {
    clean(&format!("{shown:?} {shown:#?}"));
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn every_way_on_every_server() {
        capture();
        for server in CONDUCTS {
            for (name, way) in WAYS.iter().chain(&BY_COMMAND) {
                for ir in [true, false] {
                    let what = format!("{name}, {server:?}, SASL-IR {ir}");
                    shown_clean(&way(PASSWORD));
                    let peer = peer(server, ir);
                    let mut client = plain::<Client>(&peer).connect().await.unwrap();
                    if matches!(server, Conduct::Sleeps) {
                        client.set_timeout(Duration::from_millis(5));
                    }
                    if let Err(error) = client.login_with(way(PASSWORD)).await {
                        shown_error_clean(&error);
                    } else {
                        assert!(matches!(server, Conduct::Agrees | Conduct::Hurries), "{what}");
                    }
                    shown_clean(&client);
                    clean(&lines(client.wire_log()).join("\n"));
                }
            }
        }
        // The log must not be empty.
        let log = logged();
        for line in ["AUTHENTICATE PLAIN <secret, 16 bytes>", "LOGIN \"bob\" <secret, 9 bytes>"] {
            assert!(log.contains(line), "{line}");
        }
        clean(&log);
    }

    #[case]
    async fn scram_to_its_end_and_the_lengths_of_secrets() {
        capture();
        let mut builder = Server::builder().user("bob", PASSWORD);
        for mechanism in SCRAM {
            builder = builder.say_capability(&format!("AUTH={mechanism}"));
        }
        let server = builder.start();
        let options = imapclient::transport::TlsOptions::new()
            .without_native_roots()
            .ca_pem(server.ca_pem());
        let connect = || {
            at_port::<Client>(server.tls_addr().port()).tls_options(options.clone()).connect()
        };
        for mechanism in SCRAM {
            for (password, works) in [(PASSWORD, true), ("hunter3", false)] {
                let mut client = connect().await.unwrap();
                let result = client.authenticate(scram(mechanism, password)).await;
                assert_eq!(result.is_ok(), works, "{mechanism}");
                if let Err(error) = result {
                    error_clean(&error);
                }
                shown_clean(&client);
                let said = lines(client.wire_log());
                tells_lengths(mechanism, &said);
                // These are the first message, the proof, and the empty response at the end.
                let secrets = said.iter().filter(|line| line.contains("<secret, ")).count();
                assert_eq!(secrets, if works { 3 } else { 2 }, "{said:#?}");
                client.logout().await.unwrap();
            }
        }
        clean(&logged());
    }
}

fn scram(name: &str, password: &str) -> Box<dyn Mechanism> {
    Box::new(match name {
        "SCRAM-SHA-1" => Scram::sha1("bob", password.into()),
        "SCRAM-SHA-1-PLUS" => Scram::sha1_plus("bob", password.into()),
        "SCRAM-SHA-256" => Scram::sha256("bob", password.into()),
        _ => Scram::sha256_plus("bob", password.into()),
    })
}

#[test]
fn secrets_of_every_base64_are_found() {
    for before in ["", "a", "ab", "abc"] {
        let mut text = String::new();
        write!(text, "{before}\0hunter2\0").unwrap();
        let encoded = encode(&text);
        let found = std::panic::catch_unwind(|| clean(&encoded));
        assert!(found.is_err(), "{encoded}");
    }
}
