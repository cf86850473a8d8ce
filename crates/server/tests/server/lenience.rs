//! Deviations from the RFCs that Dovecot accepts, and the responses of a strict server to them.

use imapclient_server::{Profile, Server};

use crate::client::Client;

/// Returns a server with two messages in INBOX, of which the second has a non-ASCII subject.
fn builder() -> imapclient_server::Builder {
    Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message("Subject: one\n\nFirst.\n")
                .message("Subject: =?utf-8?q?gr=C3=BCn_=22=5C?=\n\nSecond.\n")
        })
        .mailbox("Empty", |m| m)
}

/// Deviating commands, and the responses of a lenient server.
const ODDITIES: [(&str, &[&str]); 27] = [
    ("NOOP ", &[]),
    ("SELECT  INBOX", &["2 EXISTS"]),
    ("FETCH 1  ( FLAGS  UID ) ", &["1 FETCH (FLAGS () UID 1)"]),
    ("UID FETCH  2 UID", &["2 FETCH (UID 2)"]),
    ("STORE 1  +FLAGS  ( )", &["1 FETCH (FLAGS ())"]),
    ("SEARCH  ALL", &["SEARCH 1 2"]),
    ("SEARCH ( NOT  1 )", &["SEARCH 2"]),
    ("STATUS Empty ( MESSAGES )", &["STATUS Empty (MESSAGES 0)"]),
    ("LIST  \"\"  Empty", &["LIST (\\HasNoChildren) \"/\" Empty"]),
    ("SORT  ( SUBJECT ) UTF-8 1", &["SORT 1"]),
    ("APPEND Empty  {1+}\r\nx", &[]),
    ("APPEND Empty ( \\Seen )  {1+}\r\nx", &[]),
    (
        "SEARCH CHARSET UTF-8 SUBJECT  {5+}\r\ngr\u{fc}n",
        &["SEARCH 2"],
    ),
    ("SEARCH CHARSET UTF-8 SUBJECT \"GR\u{dc}N\"", &["SEARCH 2"]),
    (
        "SEARCH CHARSET UTF-8 SUBJECT \"n \\\"\\\\\" SUBJECT \"\u{fc}\"",
        &["SEARCH 2"],
    ),
    ("SEARCH SUBJECT \"gr\u{fc}n\"", &["SEARCH 2"]),
    ("SEARCH SUBJECT {5+}\r\ngr\u{fc}n", &["SEARCH 2"]),
    (
        "UID SEARCH RETURN (ALL) CHARSET US-ASCII NOT SUBJECT \"gr\u{fc}n\"",
        &["ALL 1"],
    ),
    ("SORT (SUBJECT) UTF-8 TEXT \"\u{fc}\"", &["SORT 2"]),
    ("THREAD REFERENCES UTF-8 TEXT \"\u{fc}\"", &["THREAD (2)"]),
    ("SEARCH 3", &["SEARCH"]),
    ("SEARCH 2:9", &["SEARCH 2"]),
    ("UID SEARCH NOT 9", &["SEARCH 1 2"]),
    ("SORT (DATE) UTF-8 9", &["SORT"]),
    ("THREAD REFERENCES UTF-8 9", &["THREAD"]),
    ("SEARCH RETURN (COUNT) 9", &["COUNT 0"]),
    ("ID (\"name\" \"x\" \"name\" \"y\")", &["ID ("]),
];

#[test]
fn a_server_takes_what_dovecot_takes() {
    let server = builder().start();
    let mut client = Client::inbox(&server);
    for (command, told) in ODDITIES {
        let lines = client.run(command);
        let last = lines.last().unwrap();
        assert!(last.starts_with("OK "), "{command:?}: {last}");
        for told in told {
            assert!(
                lines
                    .iter()
                    .any(|line| line.trim_end().ends_with(told)
                        || line.contains(&format!("* {told}"))),
                "{command:?}: {lines:?}"
            );
        }
    }
    // Received commands are recorded unchanged.
    server.wait_until(|received| received.command() == "SELECT  INBOX");
}

#[test]
fn a_strict_server_takes_none_of_it() {
    let server = builder().strict(true).start();
    let mut client = Client::inbox(&server);
    for (command, _) in ODDITIES {
        let answer = client.run(command);
        assert!(
            answer.len() == 1 && answer[0].starts_with("BAD "),
            "{command:?}: {answer:?}"
        );
    }
    // Valid commands are executed.
    for command in [
        "SEARCH CHARSET UTF-8 SUBJECT {5+}\r\ngr\u{fc}n",
        "SEARCH 1:*",
        "FETCH 1 (FLAGS UID)",
        "ID (\"name\" \"a  b\" \"x\" NIL)",
        "STORE 1 +FLAGS ()",
    ] {
        client.ok(command);
    }
    client.ok("SELECT Empty");
    assert!(client.end("SEARCH *").starts_with("BAD "));
}

#[test]
fn a_literal_is_let_come_or_refused_where_it_is_announced() {
    for (strict, answer) in [(false, "+ Go on."), (true, "x BAD That is no command.")] {
        let server = builder().strict(strict).start();
        let mut client = Client::inbox(&server);
        for command in [
            "APPEND Empty  {3}",
            "APPEND Empty ( \\Seen ) {3}",
            "SEARCH CHARSET UTF-8 SUBJECT  {3}",
            "LOGIN  {3}",
        ] {
            client.send(format!("x {command}\r\n"));
            assert_eq!(client.line(), answer, "{command}");
            if !strict {
                client.send(if command.starts_with("LOGIN") {
                    "ann \"\u{fc}\"\r\n"
                } else {
                    "one\r\n"
                });
                client.finish("x");
            }
        }
    }
}

#[test]
fn both_refuse_what_dovecot_refuses() {
    for strict in [false, true] {
        let server = builder().strict(strict).start();
        let mut client = Client::inbox(&server);
        for command in [
            " NOOP",
            "UID  FETCH 1 UID",
            "FETCH 1 ()",
            "FETCH 3 UID",
            "STORE 3 FLAGS ()",
            "COPY 1:3 Empty",
            "MOVE 3 Empty",
            "FETCH 01 UID",
            "UID FETCH 1:02 UID",
            "SEARCH 01",
            "SEARCH UID 01",
            "SEARCH ()",
            "SEARCH CHARSET UTF-8 SUBJECT gr\u{fc}n",
        ] {
            let answer = client.end(command);
            assert!(answer.starts_with("BAD "), "{command:?}: {answer}");
        }
        for invalid in [
            &b"x SEARCH CHARSET UTF-8 SUBJECT \"\xfc\"\r\n"[..],
            b"x SEARCH CHARSET UTF-8 SUBJECT {1+}\r\n\xfc\r\n",
            b"x SEARCH HEADER {1+}\r\n\xfc y\r\n",
        ] {
            client.send(invalid);
            let answer = client.finish("x").pop().unwrap();
            assert!(answer.starts_with("BAD "), "{invalid:?}: {answer}");
        }
        // The name is not valid in modified UTF-7.
        let answer = client.end("CREATE \"\u{fc}\"");
        assert!(
            answer.starts_with(if strict { "BAD " } else { "NO " }),
            "{answer}"
        );
    }
}

/// RFC 6855 §3: quoted strings are in UTF-8, and CHARSET is not allowed.
#[test]
fn a_strict_server_takes_utf8_once_it_is_enabled() {
    let server = builder().say_capability("UTF8=ACCEPT").strict(true).start();
    let mut client = Client::inbox(&server);
    let search = "SEARCH SUBJECT \"gr\u{fc}n\"";
    assert!(client.end(search).starts_with("BAD "));
    client.ok("ENABLE UTF8=ACCEPT");
    assert_eq!(client.ok(search), ["SEARCH 2"]);
    assert_eq!(client.ok("SEARCH BODY {2+}\r\n\u{fc}"), ["SEARCH"]);
    client.ok("CREATE \"\u{fc}\"");
    for wrong in ["SEARCH  ALL", "SEARCH CHARSET UTF-8 ALL", "SEARCH 3"] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
}

#[test]
fn some_profiles_are_strict() {
    for (profile, strict) in [
        (Profile::Minimal, true),
        (Profile::WildDuck, true),
        (Profile::Full, true),
        (Profile::Gmail, false),
    ] {
        let server = builder().profile(profile).start();
        let mut client = Client::open(server.addr());
        client.line();
        client.ok("LOGIN bob sekret");
        let answer = client.end("SELECT  INBOX");
        assert_eq!(answer.starts_with("BAD "), strict, "{profile:?}: {answer}");
        // The builder can override the profile.
        let server = builder().profile(profile).strict(!strict).start();
        let mut client = Client::open(server.addr());
        client.line();
        client.ok("LOGIN bob sekret");
        let answer = client.end("SELECT  INBOX");
        assert_eq!(answer.starts_with("BAD "), !strict, "{profile:?}: {answer}");
    }
}
