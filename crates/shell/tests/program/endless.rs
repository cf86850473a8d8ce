//! Tests of servers that keep a command from ending. The library's tests cover all commands; these
//! are a few.

use std::{io, process::Output};

use imapclient_testkit::{Connection, Peer};

use crate::start::{printed, program};

/// The server's behaviour at the command with this name, until the client has gone: it sends the
/// first text once and the second for ever.
type Attack = (&'static str, &'static str, String);

/// Runs a command of the program with further options of the INI file.
fn run(options: &str, command: &str, attack: Attack) -> Output {
    let peer = Peer::start(move |mut connection| {
        let greeting = if attack.0 == "AUTHENTICATE" {
            "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready"
        } else {
            "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready"
        };
        connection.send(greeting)?;
        serve(&mut connection, &attack)
    });
    let folder = tempfile::tempdir().unwrap();
    let conf = folder.path().join("conf.ini");
    let port = peer.port();
    crate::start::write_private(
        &conf,
        format!(
            "[DEFAULT]\nhost = 127.0.0.1\nport = {port}\nssl = no\nusername = bob\n\
             password = sekret\n{options}"
        ),
    )
    .unwrap();
    let output = program()
        .arg("-f")
        .arg(&conf)
        .args(["-c", command])
        .output()
        .unwrap();
    peer.finish().unwrap();
    output
}

fn serve(connection: &mut Connection, (command, first, rest): &Attack) -> io::Result<()> {
    loop {
        let line = connection.read_line()?;
        let (tag, said) = line.split_once(' ').unwrap_or_default();
        if said.starts_with(command) {
            connection.send_bytes(first.as_bytes())?;
            while !rest.is_empty() && connection.send_bytes(rest.as_bytes()).is_ok() {}
            while connection.read_exact(1).is_ok() {}
            return Ok(());
        }
        connection.send(&format!("* 3 EXISTS\r\n{tag} OK done"))?;
    }
}

/// Returns the error: the last line of standard error.
fn fault(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let (_, said) = printed(output);
    said.lines().last().unwrap_or_default().to_owned()
}

const COMMANDS: [(&str, &str); 6] = [
    ("noop", "NOOP"),
    ("ls", "LIST"),
    ("cd", "SELECT"),
    ("cd; search all", "UID SEARCH"),
    ("cd; fetch 1 flags", "UID FETCH"),
    ("cd; mkdir x", "CREATE"),
];

#[test]
fn a_flood_by_default() {
    let output = run("", "noop", ("NOOP", "", "* 1 EXISTS\r\n".repeat(1000)));
    let fault = fault(&output);
    assert!(fault.contains("exceeded a limit during NOOP"), "{fault}");
    assert!(
        fault.contains("more than 100000 unsolicited responses"),
        "{fault}"
    );
    assert!(fault.contains("`unsolicited_limit`"), "{fault}");
}

#[test]
fn floods_and_go_aheads_without_end() {
    let options = "unsolicited_limit = 500\nanswer_limit = 65536\n";
    for (command, sent) in COMMANDS {
        for line in ["* NO way\r\n", "+ go on\r\n"] {
            let output = run(options, command, (sent, "", line.repeat(100)));
            let fault = fault(&output);
            assert!(
                fault.contains("more than 500 unsolicited responses"),
                "{command}: {fault}"
            );
        }
    }
}

#[test]
fn lines_without_end() {
    // The limit on a line includes that on kept bytes and literals.
    let options = "response_limit = 65536\nanswer_limit = 65536\n";
    let output = run(options, "noop", ("NOOP", "* ", "x".repeat(1 << 20)));
    let fault = fault(&output);
    assert!(fault.contains("did not end within"), "{fault}");
    assert!(fault.contains("`response_limit`"), "{fault}");
}

#[test]
fn next_to_nothing() {
    let options = "min_speed = 1000000\nspeed_window = 0.05\n";
    for (command, sent) in COMMANDS {
        let output = run(options, command, (sent, "* 1 EXI", String::new()));
        let fault = fault(&output);
        assert!(
            fault.contains("per second are required (the option `min_speed` sets this limit)"),
            "{command}: {fault}"
        );
    }
}

#[test]
fn logins_that_go_on_asking() {
    let output = run("", "noop", ("AUTHENTICATE", "", "+ \r\n".repeat(100)));
    let fault = fault(&output);
    assert!(!fault.is_empty(), "{fault}");
}
