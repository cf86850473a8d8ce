//! Literals that wait for a continuation request, and those that do not (RFC 9051 §4.3, RFC 7888).

mod common;

use imapclient_engine::{
    Sent,
    codec::{
        Outgoing, StatusKind,
        command::{self, AppendStream},
    },
};

use common::Talk;

fn append(size: usize) -> Outgoing {
    let message = "x".repeat(size);
    command::append(&"box".into(), &message.as_str().into()).unwrap()
}

#[test]
fn a_synchronising_literal_waits() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    let tag = talk.submit(append(5));
    talk.wrote("A0001 APPEND \"box\" {5}\r\n");
    talk.nothing();
    talk.wrote("");
    talk.server("+ go on");
    talk.nothing();
    talk.wrote("xxxxx\r\n");
    talk.server("A0001 OK done");
    talk.done(&tag);
}

#[test]
fn no_or_bad_in_place_of_the_plus_frees_the_queue() {
    for refusal in ["NO [OVERQUOTA] full", "BAD too big"] {
        let mut talk = Talk::greeted("* PREAUTH hi");
        let tag = talk.submit(append(50_000));
        let next = talk.submit(command::noop());
        talk.wrote("A0001 APPEND \"box\" {50000}\r\n");
        talk.server(&format!("A0001 {refusal}"));
        assert_ne!(talk.answered(&tag).kind, StatusKind::Ok);
        talk.wrote("A0002 NOOP\r\n");
        talk.server("A0002 OK");
        talk.done(&next);
    }
}

#[test]
fn a_command_behind_a_waiting_one_goes_out_after_it() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    let append_tag = talk.submit(append(3));
    let noop_tag = talk.submit(command::noop());
    talk.wrote("A0001 APPEND \"box\" {3}\r\n");
    talk.server("+");
    talk.nothing();
    talk.wrote("xxx\r\nA0002 NOOP\r\n");
    talk.server("A0001 OK");
    talk.server("A0002 OK");
    talk.done(&append_tag);
    talk.done(&noop_tag);
}

#[test]
fn literal_plus_never_waits() {
    let mut talk = Talk::greeted("* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi");
    talk.submit(append(50_000));
    let expected = format!(
        "A0001 APPEND \"box\" {{50000+}}\r\n{}\r\n",
        "x".repeat(50_000)
    );
    talk.wrote(&expected);
}

#[test]
fn literal_minus_waits_above_4096_bytes() {
    for (capability, size, mark) in [
        ("LITERAL-", 4096, "+"),
        ("LITERAL-", 4097, ""),
        ("IMAP4rev2", 4096, "+"),
        ("IMAP4rev2", 4097, ""),
        ("IMAP4rev1", 1, ""),
    ] {
        let mut talk = Talk::greeted(&format!("* PREAUTH [CAPABILITY {capability}] hi"));
        talk.submit(append(size));
        let line = format!("A0001 APPEND \"box\" {{{size}{mark}}}\r\n");
        assert!(talk.output().starts_with(&line), "{capability} {size}");
    }
}

#[test]
fn a_plus_before_the_announcement_is_written_releases_nothing() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    talk.submit(append(5));
    talk.engine.wrote(3);
    talk.server("+ early");
    talk.event();
    talk.wrote("01 APPEND \"box\" {5}\r\n");
    talk.wrote("");
    talk.server("+ go on");
    talk.nothing();
    talk.wrote("xxxxx\r\n");
}

#[test]
fn several_literals_wait_one_by_one() {
    let mut talk = Talk::new();
    let login = command::login("zoë", "pass wörd").unwrap();
    talk.submit(login);
    talk.wrote("A0001 LOGIN {4}\r\n");
    talk.server("+");
    talk.nothing();
    talk.wrote("zoë {10}\r\n");
    talk.server("+");
    talk.nothing();
    talk.wrote("pass wörd\r\n");
}

#[test]
fn writing_in_small_steps_loses_nothing() {
    for step in 1..7 {
        let mut talk = Talk::greeted("* PREAUTH [CAPABILITY LITERAL+] hi");
        talk.submit(append(40_000));
        talk.submit(command::noop());
        let mut all = Vec::new();
        while !talk.engine.output().is_empty() {
            let n = talk.engine.output().len().min(step * 1000 + 7);
            all.extend_from_slice(&talk.engine.output()[..n]);
            talk.engine.wrote(n);
        }
        let expected = format!(
            "A0001 APPEND \"box\" {{40000+}}\r\n{}\r\nA0002 NOOP\r\n",
            "x".repeat(40_000)
        );
        assert_eq!(String::from_utf8(all).unwrap(), expected);
    }
}

/// Returns an APPEND whose bytes are not in the command.
fn announced(size: u64) -> Outgoing {
    command::append_stream(&"box".into(), &AppendStream::new(size)).unwrap()
}

#[test]
fn bytes_that_are_not_in_the_engine_are_due_after_their_announcement() {
    let mut talk = Talk::greeted("* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi");
    let tag = talk.submit(announced(1 << 40));
    let next = talk.submit(command::noop());
    assert_eq!(talk.engine.literal_due(), 0, "the announcement comes first");
    assert_eq!(talk.engine.sent(&tag), Some(Sent::Nothing));
    talk.wrote("A0001 APPEND \"box\" {1099511627776+}\r\n");
    assert_eq!(talk.engine.literal_due(), 1 << 40);
    // A reporter that is wrong must not lead beyond the literal.
    talk.engine.wrote(7);
    talk.engine.wrote_literal((1 << 40) - 3);
    talk.wrote("");
    assert_eq!(talk.engine.literal_due(), 3);
    assert_eq!(talk.engine.sent(&tag), Some(Sent::Partly));
    talk.engine.wrote_literal(1000);
    assert_eq!(talk.engine.literal_due(), 0);
    assert_eq!(talk.engine.sent(&tag), Some(Sent::Partly));
    talk.engine.wrote(2);
    assert_eq!(talk.engine.sent(&tag), Some(Sent::All));
    talk.wrote("A0002 NOOP\r\n");
    talk.server("A0001 OK");
    talk.server("A0002 OK");
    talk.done(&tag);
    talk.done(&next);
}

#[test]
fn they_wait_for_the_server_where_a_literal_has_to() {
    for (capability, size, waits) in [
        ("IMAP4rev1", 1, true),
        ("LITERAL-", 4096, false),
        ("LITERAL-", 4097, true),
        ("LITERAL+", 4097, false),
    ] {
        let mut talk = Talk::greeted(&format!("* PREAUTH [CAPABILITY {capability}] hi"));
        let tag = talk.submit(announced(size));
        talk.output();
        assert_eq!(talk.engine.literal_due() == 0, waits, "{capability} {size}");
        talk.engine.wrote_literal(u64::from(waits));
        if waits {
            talk.server("+ go on");
            talk.nothing();
        }
        assert_eq!(talk.engine.literal_due(), size);
        talk.engine.wrote_literal(size);
        talk.wrote("\r\n");
        talk.server("A0001 OK");
        talk.done(&tag);
    }
}

#[test]
fn an_announced_literal_without_bytes() {
    let mut talk = Talk::greeted("* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi");
    talk.submit(announced(0));
    talk.wrote("A0001 APPEND \"box\" {0+}\r\n\r\n");
    let mut talk = Talk::greeted("* PREAUTH hi");
    talk.submit(announced(0));
    talk.wrote("A0001 APPEND \"box\" {0}\r\n");
    talk.server("+");
    talk.nothing();
    talk.wrote("\r\n");
}

#[test]
fn a_refusal_before_the_bytes_frees_the_queue() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    let tag = talk.submit(announced(1 << 40));
    let next = talk.submit(command::noop());
    talk.wrote("A0001 APPEND \"box\" {1099511627776}\r\n");
    talk.server("A0001 NO [OVERQUOTA] full");
    assert_eq!(talk.answered(&tag).kind, StatusKind::No);
    assert_eq!(talk.engine.literal_due(), 0);
    talk.wrote("A0002 NOOP\r\n");
    assert_eq!(talk.engine.sent(&next), Some(Sent::All));
    assert!(talk.engine.orphan_all());
}

#[test]
fn a_literal_that_has_begun_is_due_even_if_the_server_refuses() {
    for answer in ["NO [OVERQUOTA] full", "BAD too big", "OK early"] {
        let mut talk = Talk::greeted("* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi");
        let tag = talk.submit(announced(10));
        talk.output();
        talk.engine.wrote_literal(4);
        let next = talk.submit(command::noop());
        talk.server(&format!("A0001 {answer}"));
        talk.answered(&tag);
        // Otherwise the server would take the next command for a part of the message.
        talk.wrote("");
        assert_eq!(talk.engine.literal_due(), 6);
        assert_eq!(talk.engine.sent(&next), Some(Sent::Nothing));
        assert!(!talk.engine.orphan_all());
        talk.engine.wrote_literal(6);
        talk.wrote("\r\nA0002 NOOP\r\n");
    }
}

#[test]
fn an_upload_cannot_be_abandoned_while_bytes_are_missing() {
    for capability in ["LITERAL+", "IMAP4rev1"] {
        let mut talk = Talk::greeted(&format!("* PREAUTH [CAPABILITY {capability}] hi"));
        let tag = talk.submit(announced(2));
        assert!(!talk.engine.orphan_all(), "nothing is written");
        talk.output();
        assert!(!talk.engine.orphan_all(), "the announcement is written");
        talk.server("+ go on");
        while talk.engine.poll_event().unwrap().is_some() {}
        talk.engine.wrote_literal(1);
        assert!(!talk.engine.orphan_all(), "a byte is missing");
        talk.engine.wrote_literal(1);
        assert!(talk.engine.orphan_all(), "the engine has the rest");
        talk.wrote("\r\n");
        talk.server("A0001 OK");
        talk.done(&tag);
    }
}
