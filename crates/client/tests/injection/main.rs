//! Checks that no text in any argument of any method changes the structure of a command: the text
//! is sent unchanged in one command, or is refused before anything is sent.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod judge;
#[path = "../../../codec/tests/commands/nasty.rs"]
mod nasty;
mod reader;
mod server;
mod table;

use std::cell::RefCell;

use imapclient::{Append, Error, MailboxName, codec};
use proptest::prelude::*;

use judge::Outcome;
use nasty::nasty;
use reader::Word;
use server::{Names, Server};
use table::{Phase, Row, table};

/// The servers, each with a client in the state that its rows need.
struct Bench {
    servers: Vec<(Phase, Server)>,
    rows: Vec<Row>,
}

impl Bench {
    fn new() -> Self {
        let servers = vec![
            (
                Phase::Stranger,
                Server::start(Phase::Stranger, "", Names::Utf7),
            ),
            (
                Phase::Stranger,
                Server::start(Phase::Stranger, " LITERAL+", Names::Utf7),
            ),
            (Phase::Member, Server::start(Phase::Member, "", Names::Utf7)),
            (Phase::Reader, Server::start(Phase::Reader, "", Names::Utf7)),
            (
                Phase::Reader,
                Server::start(Phase::Reader, " LITERAL+", Names::Utf7),
            ),
            (
                Phase::Reader,
                Server::start(Phase::Reader, " LITERAL-", Names::Utf8),
            ),
        ];
        Self {
            servers,
            rows: table(),
        }
    }

    /// Passes a text in every argument, on every server.
    fn check(&mut self, text: &str) {
        for row in &self.rows {
            outcomes(&mut self.servers, row, text);
            for (_, server) in &mut self.servers {
                server.keep_alive();
            }
        }
    }
}

/// Returns the outcome for a text in one argument, for each server of the row.
fn outcomes(servers: &mut [(Phase, Server)], row: &Row, text: &str) -> Vec<Outcome> {
    let at_home = servers.iter_mut().filter(|(phase, _)| *phase == row.phase);
    at_home
        .map(|(_, server)| {
            let result = (row.call)(&mut server.client, text);
            let (names, received) = (server.names, server.received());
            judge::judge(row, text, names, &result, &received)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_stays_in_its_place(text in nasty()) {
        thread_local!(static BENCH: RefCell<Option<Bench>> = const { RefCell::new(None) });
        BENCH.with_borrow_mut(|bench| bench.get_or_insert_with(Bench::new).check(&text));
    }

    #[test]
    fn any_bytes_stay_in_their_place(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        thread_local!(static SERVER: RefCell<Server> = RefCell::new(Server::start(Phase::Reader, "", Names::Utf7)));
        SERVER.with_borrow_mut(|server| bytes_arrive(server, &bytes));
    }
}

/// Checks values made of bytes, which need not be text: messages, and names from a server.
fn bytes_arrive(server: &mut Server, bytes: &[u8]) {
    let name = MailboxName::from_wire(bytes, codec::NameEncoding::Utf7);
    let results = [
        server.client.append("x", bytes).map(drop),
        server
            .client
            .append("x", Append::new(bytes.to_vec()).binary())
            .map(drop),
        server.client.create(name),
    ];
    let mut received = server.received().into_iter();
    let append = || vec![Word::Atom(b"APPEND".to_vec()), Word::String(b"x".to_vec())];
    let commands = [append(), append(), vec![Word::Atom(b"CREATE".to_vec())]];
    for (command, result) in commands.into_iter().zip(results) {
        let result = match result {
            Err(Error::Invalid(_)) => continue,
            other => other,
        };
        result.unwrap();
        let words = reader::words(&received.next().unwrap()).unwrap();
        let (last, first) = words.split_last().unwrap();
        assert_eq!(first, command);
        assert!(
            matches!(last, Word::String(text) if text == bytes),
            "{last:?}"
        );
    }
    assert_eq!(received.next(), None);
}

#[test]
fn bytes_of_each_kind() {
    let mut server = Server::start(Phase::Reader, " LITERAL+", Names::Utf7);
    for bytes in [
        &b""[..],
        b"\0",
        b"\xff\xfe",
        b"a\r\nA2 LOGOUT\r\n",
        b"\"\\",
        b"{5+}\r\n",
        b"&bad",
        b"Entw&APw-rfe",
    ] {
        bytes_arrive(&mut server, bytes);
    }
}

/// The other tests would prove nothing if every text were refused.
#[test]
fn every_argument_takes_some_text() {
    let mut bench = Bench::new();
    for row in &bench.rows {
        let outcomes = outcomes(&mut bench.servers, row, row.fits);
        let sent = outcomes.iter().all(|outcome| *outcome == row.usually());
        assert!(
            sent && !outcomes.is_empty(),
            "{} {}: {outcomes:?}",
            row.method,
            row.argument
        );
    }
}

/// Creates a test for each kind of text that has broken some client.
macro_rules! seeds {
    ($($name:ident: $($text:expr),+;)+) => {$(
        #[test]
        fn $name() {
            let mut bench = Bench::new();
            $(bench.check(&$text);)+
        }
    )+};
}

seeds! {
    line_ends: "x\r\nA2 LOGOUT\r\n", "\r", "\n", "x\r\n", "\"\r\nA2 LOGOUT\r\n\"";
    nul: "\0", "a\0b", "ü\0";
    quotes_and_backslashes: "\"", "\\", "a\"b", "\\\"", "\"\"", "a\\", "\" \"x";
    what_announces_literals: "{5}", "{5+}", "~{5}", "~{5+}", "x {5}", "x {5+}\r\n", "\"{5}", "{0}\r\n";
    parentheses_and_brackets: "(", ")", "()", ")(", "[", "]", "BODY[", "a (b", "a) b";
    wildcards: "*", "%", "a%b*";
    control_characters: "\u{1}", "\t", "\u{1b}[2J", "\u{7f}", "a\u{8}b";
    text_outside_ascii: "ü", "Entwürfe", "\u{80}", "\u{ff}", "日本", "😀", "\u{feff}";
    names_that_look_encoded: "&", "&-", "&AOk-", "&AAA-", "a&b", "&&", "+AOk-";
    words_that_mean_something: "NIL", "INBOX", "inbox", "ALL", "DONE", "\\Seen", "\\*", "$", "", " ";
    sets: "1:*", "*", "3,1:2", "0", "1:", "4294967295", "4294967296", "1,,2", "5:3,9:*";
    very_long_text: "a".repeat(70_000), "a ".repeat(6_000), "\"".repeat(6_000), "ü".repeat(6_000), "1,3,".repeat(3_000) + "5";
}
