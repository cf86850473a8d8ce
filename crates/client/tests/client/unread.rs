//! Answers that cannot be decoded: the call fails instead of returning an empty result.

use imapclient::{Error, Flag, FlagChange, Outcome, SortKey, StatusItem, ThreadAlgorithm, Update};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{greet, plain};

const CAPABILITIES: &str = " ACL ID NAMESPACE QUOTA SORT THREAD=REFERENCES XLIST";

/// A command, an answer to it that cannot be decoded, and one that can.
const TABLE: &[(&str, &str, &str)] = &[
    ("GETACL", "ACL \"a", "ACL a bob lr"),
    (
        "GETQUOTA",
        "QUOTA \"\" (STORAGE",
        "QUOTA \"\" (STORAGE 1 2)",
    ),
    (
        "GETQUOTAROOT",
        "QUOTA \"\" (STORAGE",
        "QUOTA \"\" (STORAGE 1 2)",
    ),
    ("ID", "ID (\"name", "ID (\"name\" \"x\")"),
    ("LIST", "LIST ()", "LIST () \"/\" a"),
    ("LISTRIGHTS", "LISTRIGHTS \"a", "LISTRIGHTS a bob lr"),
    ("LSUB", "LSUB ()", "LSUB () \"/\" a"),
    ("MYRIGHTS", "MYRIGHTS \"a", "MYRIGHTS a lr"),
    (
        "NAMESPACE",
        "NAMESPACE ((\"",
        "NAMESPACE ((\"\" \"/\")) NIL NIL",
    ),
    (
        "SETQUOTA",
        "QUOTA \"\" (STORAGE",
        "QUOTA \"\" (STORAGE 1 9)",
    ),
    ("STATUS", "STATUS \"a", "STATUS a (MESSAGES 3)"),
    ("XLIST", "XLIST ()", "XLIST () \"/\" a"),
    ("XLIST", "LIST ()", "XLIST () \"/\" a"),
    ("SELECT", "EXISTS", "3 EXISTS"),
    ("EXAMINE", "EXISTS", "3 EXISTS"),
];

/// The same for commands in a mailbox.
const WITHIN: &[(&str, &str, &str)] = &[
    (
        "UID FETCH",
        "FETCH (UID 7 FLAGS ())",
        "1 FETCH (UID 7 FLAGS ())",
    ),
    ("UID SEARCH", "SEARCH 4 8x", ""),
    ("UID SORT", "SORT 4 8x", ""),
    (
        "UID STORE",
        "FETCH (UID 7 FLAGS (\\Seen))",
        "1 FETCH (UID 7 FLAGS (\\Seen))",
    ),
    ("UID THREAD", "THREAD (4 x)", ""),
];

/// Starts a peer that sends these answers to a command with this name.
fn peer(command: &str, answers: &[&str]) -> Peer {
    let name = command.to_owned();
    let answers: Vec<String> = answers.iter().map(|line| format!("* {line}")).collect();
    Peer::start(move |mut connection| {
        greet(&mut connection, CAPABILITIES)?;
        loop {
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').unwrap_or_default();
            if command == "LOGOUT" {
                connection.send("* BYE")?;
            }
            if command == "SELECT \"INBOX\"" {
                connection.send("* 3 EXISTS")?;
            }
            if command.starts_with("GETQUOTAROOT") {
                connection.send("* QUOTAROOT a \"\"")?;
            }
            if command.starts_with(&format!("{name} ")) || command == name {
                connection.send(&answers.join("\r\n"))?;
            }
            connection.send(&format!("{tag} OK done"))?;
            if command == "LOGOUT" {
                return connection.wait_eof();
            }
        }
    })
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn open(peer: &Peer, command: &str) -> Client {
        let mut client = plain::<Client>(peer).connect().await.unwrap();
        if command.starts_with("UID") {
            client.select("INBOX").await.unwrap();
        }
        client
    }

    /// Calls the method that sends this command.
    async fn run(client: &mut Client, command: &str) -> Result<(), Error> {
        match command.trim_start_matches("UID ") {
            "GETACL" => client.get_acl("a").await.map(drop),
            "GETQUOTA" => client.quota("").await.map(drop),
            "GETQUOTAROOT" => client.quota_root("a").await.map(drop),
            "ID" => client.id(imapclient::Id::default()).await.map(drop),
            "LIST" => client.list("", "*").await.map(drop),
            "LISTRIGHTS" => client.list_rights("a", "bob").await.map(drop),
            "LSUB" => client.lsub("", "*").await.map(drop),
            "MYRIGHTS" => client.my_rights("a").await.map(drop),
            "NAMESPACE" => client.namespace().await.map(drop),
            "SETQUOTA" => client.set_quota("", [("STORAGE", 9)]).await.map(drop),
            "STATUS" => client.status("a", [StatusItem::Messages]).await.map(drop),
            "XLIST" => client.xlist("", "*").await.map(drop),
            "SELECT" => client.select("a").await.map(drop),
            "EXAMINE" => client.examine("a").await.map(drop),
            "FETCH" => client.fetch(7, "FLAGS").await.map(drop),
            "SEARCH" => client.search("ALL").await.map(drop),
            "SORT" => client.sort([SortKey::Size], "ALL").await.map(drop),
            "STORE" => client.store(7, FlagChange::add([Flag::Seen])).await.map(drop),
            "THREAD" => client.thread(ThreadAlgorithm::References, "ALL").await.map(drop),
            other => panic!("{other}"),
        }
    }

    /// Runs a command on a peer with these answers. Returns the result, and the number of responses
    /// that could not be decoded.
    async fn answered(command: &str, answers: &[&str]) -> (Result<(), Error>, usize) {
        let peer = peer(command, answers);
        let mut client = open(&peer, command).await;
        let result = run(&mut client, command).await;
        // The connection can be used further.
        client.noop().await.unwrap();
        let malformed = |update: &Update| matches!(update, Update::Malformed(_));
        let malformed = client.updates().filter(malformed).count();
        client.logout().await.unwrap();
        peer.finish().unwrap();
        (result, malformed)
    }

    #[case]
    async fn it_is_an_error_for_every_command() {
        for (command, bad, _) in TABLE.iter().chain(WITHIN) {
            let (result, malformed) = answered(command, &[bad]).await;
            let error = result.expect_err(command);
            let unread = match &error {
                // The OK proves the change.
                Error::Partly { source, .. } if *command == "UID STORE" => source.as_ref(),
                error => error,
            };
            let Error::Unreadable { command: name, line, .. } = unread else {
                panic!("{command}: {error:?}");
            };
            assert_eq!(name, command);
            assert_eq!(*line, format!("* {bad}"), "{command}");
            assert_eq!(error.outcome(), Outcome::Unknown, "{command}");
            assert!(!error.is_closed(), "{command}");
            assert_eq!(malformed, 1, "{command}");
        }
    }

    #[case]
    async fn what_can_be_read_beside_it_is_the_answer_but_of_a_search() {
        for (command, bad, good) in TABLE.iter().chain(WITHIN) {
            let readable = if good.is_empty() { "SEARCH 1" } else { good };
            let (result, malformed) = answered(command, &[readable, bad]).await;
            assert_eq!(result.is_err(), good.is_empty(), "{command}: {result:?}");
            assert_eq!(malformed, 1, "{command}");
        }
    }

    #[case]
    async fn what_answers_another_command_costs_nothing() {
        for (command, _, good) in TABLE.iter().chain(WITHIN) {
            let news = ["LANGUAGE (\"", "METADATA \"a"];
            let answers = [news[0], good, news[1]];
            let answers: Vec<_> = answers.into_iter().filter(|line| !line.is_empty()).collect();
            let (result, _) = answered(command, &answers).await;
            assert!(result.is_ok(), "{command}: {result:?}");
        }
    }
}
