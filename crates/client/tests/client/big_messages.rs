//! Messages that exceed the limit for other literals, and messages that are too big to be kept.

use std::fmt::Write as _;

use imapclient::{
    Error, FetchItems, Flag, FlagChange, Incomplete, LimitedBy, Seq, SeqSet, Setting, Uid, Update,
    codec::Limits,
};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{expect_start, goodbye, greet, member, plain, reader, serve, uid};

/// Returns a limit that is smaller than the bodies here.
fn small() -> Limits {
    Limits {
        literal: 10,
        ..Limits::default()
    }
}

/// Returns the details of an error for an answer that could not be kept.
fn incomplete(error: Error) -> Incomplete {
    assert!(!error.is_closed() && !error.is_transient(), "{error:?}");
    match error {
        Error::TooLarge(incomplete) => *incomplete,
        other => panic!("{other:?}"),
    }
}

/// Returns UID, sequence number and size of each missing message.
fn missing(incomplete: &Incomplete) -> Vec<(Option<u32>, Option<u32>, u64)> {
    let missing = incomplete.missing.iter();
    missing
        .map(|it| (it.uid.map(Uid::get), it.seq.map(Seq::get), it.size))
        .collect()
}

/// Returns the UIDs of the messages that were kept.
fn kept(incomplete: &Incomplete) -> Vec<u32> {
    let kept = incomplete.kept.iter();
    kept.map(|fetch| fetch.uid().unwrap().get()).collect()
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    async fn open(peer: &Peer, answer_limit: u64) -> Client {
        let builder = plain::<Client>(peer).answer_limit(answer_limit);
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        client
    }

    #[case]
    async fn a_body_may_be_as_big_as_an_answer() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1 (UID BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[] {16}
             S: a large message.)
             S: <a> OK done
             C: <b> UID FETCH 2 (UID ENVELOPE)
             S: * 2 FETCH (UID 2 BODY[] {16}
             S: a large message.)
             S: <b> OK done",
        );
        let builder = plain::<Client>(&peer).limits(small());
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let found = client.fetch(1, FetchItems::new().body()).await.unwrap();
        assert_eq!(found[&uid(1)].body(), Some(&b"a large message."[..]));
        // No body was asked for, so another limit applies.
        let error = client.fetch(2, FetchItems::new().envelope()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "UID FETCH gave more than can be kept: UID 2 (16 bytes); of one answer, 10 bytes are \
             kept at most"
        );
        assert_eq!(error.limited_by(), Some(LimitedBy::Limits));
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_too_big_is_named_and_the_rest_is_kept() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:6 (UID FLAGS BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[] {3000}
             S+: 3000
             S: )
             S: * 2 FETCH (BODY[] {2}
             S: hi UID 2 FLAGS ())
             S: * 3 FETCH (BODY[] {3001}
             S+: 3001
             S:  UID 3)
             S: * 4 FETCH (UID 4 FLAGS ())
             S: * 4 FETCH (BODY[] {3002}
             S+: 3002
             S: )
             S: * 1 FETCH (UID 1 FLAGS ())
             S: * 5 FETCH (BODY[] {3003}
             S+: 3003
             S: )
             S: * 9 FETCH (UID 9 BODY[] {3000}
             S+: 3000
             S: )
             S: <a> OK done
             C: <b> FETCH 1:2 (UID FLAGS BODY.PEEK[])
             S: * 1 FETCH (BODY[] {3000}
             S+: 3000
             S:  FLAGS ())
             S: * 2 FETCH (BODY[] {2}
             S: hi FLAGS ())
             S: <b> OK done",
        );
        let mut client = open(&peer, 2000).await;
        let error = client.fetch("1:6", FetchItems::new().flags().body()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "UID FETCH gave more than can be kept: UID 1 (3000 bytes), UID 3 (3001 bytes), UID 4 \
             (3002 bytes) and 1 more; of one answer, 2000 bytes are kept at most"
        );
        assert_eq!(error.limited_by(), Some(LimitedBy::AnswerLimit));
        let lost = incomplete(error);
        // UID 6 does not exist, which is not an error; parts of 1 and 4 do not count as messages.
        assert_eq!(kept(&lost), [2]);
        assert_eq!(lost.kept[0].body(), Some(&b"hi"[..]));
        assert_eq!(
            missing(&lost),
            [
                (Some(1), Some(1), 3000),
                (Some(3), Some(3), 3001),
                (Some(4), Some(4), 3002),
                (None, Some(5), 3003),
            ]
        );
        assert_eq!((lost.limit, lost.setting), (Some(2000), Some(Setting::Answer)));
        // This one was not asked for.
        let updates: Vec<_> = client.updates().collect();
        assert!(
            matches!(&updates[..], [Update::Malformed(it)] if it.raw.starts_with(b"* 9 FETCH")),
            "{updates:?}"
        );
        let seqs = SeqSet::from([1, 2]);
        let error = client.fetch(seqs, FetchItems::new().flags().body()).await.unwrap_err();
        let lost = incomplete(error);
        let seqs: Vec<_> = lost.kept.iter().map(|fetch| fetch.seq().unwrap()).collect();
        assert_eq!(seqs, [2]);
        assert_eq!(missing(&lost), [(None, Some(1), 3000)]);
        leave(client, peer).await;
    }

    #[case]
    async fn all_messages_together_may_be_too_big_over_several_commands() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            serve(&mut connection, "SELECT \"INBOX\"")?;
            let mut number = 0;
            while number < 300 {
                let (tag, set) = expect_start(&mut connection, "UID FETCH")?;
                let uids = set.split(' ').next().unwrap().split(',').count();
                assert!(uids < 300, "no more than one command");
                let mut answer = String::new();
                for _ in 0..uids {
                    number += 1;
                    let body = "x".repeat(1000);
                    let uid = 1000 + 2 * number;
                    write!(answer, "* {number} FETCH (UID {uid} BODY[] {{1000}}\r\n{body})\r\n")
                        .unwrap();
                }
                connection.send(&format!("{answer}{tag} OK done"))?;
            }
            serve(&mut connection, "NOOP")?;
            goodbye(&mut connection)
        });
        let mut client = open(&peer, 200_000).await;
        let uids: Vec<u32> = (1..=300).map(|n| 1000 + 2 * n).collect();
        let error = client.fetch(&uids, FetchItems::new().body()).await.unwrap_err();
        let lost = incomplete(error);
        let (kept, named) = (kept(&lost), missing(&lost));
        assert!((150..200).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept, uids[..kept.len()]);
        assert!(named.iter().map(|it| it.0.unwrap()).eq(uids[kept.len()..].iter().copied()));
        assert_eq!(lost.limit, Some(200_000));
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_server_that_never_ends_is_given_up_all_the_same() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            serve(&mut connection, "SELECT \"INBOX\"")?;
            expect_start(&mut connection, "UID FETCH")?;
            let body = "x".repeat(1000);
            let mut number = 0;
            // This ends when the client closes the connection.
            loop {
                number += 1;
                let text = format!("* {number} FETCH (UID {number} BODY[] {{1000}}\r\n{body})");
                if connection.send(&text).is_err() {
                    return Ok(());
                }
            }
        });
        let mut client = open(&peer, 900).await;
        let error = client.fetch("1:*", FetchItems::new().body()).await.unwrap_err();
        assert!(matches!(error, Error::Limit(_)) && error.is_closed(), "{error:?}");
        assert_eq!(
            error.to_string(),
            "the server exceeded a limit during UID FETCH: \
             its answer has more than 900 bytes"
        );
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn no_command_takes_an_answer_that_is_too_long_for_none() {
        let long = "x".repeat(5000);
        let numbers = "1 ".repeat(5000);
        let cases = [
            ("ENABLE X", format!("ENABLED {long}")),
            ("SELECT \"b\"", format!("FLAGS ({long})")),
            ("LIST \"\" \"*\"", format!("LIST () \"/\" \"{long}\"")),
            ("LIST \"\" \"*\"", format!("LIST ({long}")),
            ("LSUB \"\" \"*\"", format!("LSUB () \"/\" \"{long}\"")),
            ("XLIST \"\" \"*\"", format!("XLIST () \"/\" \"{long}\"")),
            ("STATUS \"a\" (MESSAGES)", format!("STATUS \"{long}\" (MESSAGES 1)")),
            ("UID SEARCH ALL", format!("SEARCH {numbers}")),
            ("UID SEARCH ALL", format!("ESEARCH UID ALL {}", numbers.replace(' ', ","))),
            ("UID SORT (SIZE) UTF-8 ALL", format!("SORT {numbers}")),
            ("UID THREAD ORDEREDSUBJECT UTF-8 ALL", format!("THREAD {}", "(1)(".repeat(2000))),
            ("NAMESPACE", format!("NAMESPACE ((\"{long}\" NIL)) NIL NIL")),
            ("ID NIL", format!("ID (\"name\" \"{long}\")")),
            ("GETACL \"a\"", format!("ACL a {long} lr")),
            ("LISTRIGHTS \"a\" bob", format!("LISTRIGHTS a bob \"\" {long}")),
            ("MYRIGHTS \"a\"", format!("MYRIGHTS a {long}")),
            ("GETQUOTA \"\"", format!("QUOTA \"\" ({long} 1 2")),
            ("GETQUOTAROOT \"a\"", format!("QUOTAROOT a {long}")),
            ("UID STORE 1 +FLAGS (\\Seen)", format!("1 FETCH (UID 1 FLAGS ({long}))")),
            ("X", format!("XANY {long}")),
            ("CAPABILITY", format!("CAPABILITY IMAP4rev1 {long}")),
        ];
        let all = "NAMESPACE ID ACL QUOTA SORT THREAD=ORDEREDSUBJECT ENABLE XLIST";
        let mut script = String::new();
        for (index, (command, answer)) in cases.iter().enumerate() {
            writeln!(script, "C: <c{index}> {command}\nS: * {answer}\nS: <c{index}> OK done").unwrap();
        }
        let peer = member(&format!(" {all}"), &script);
        let limits = Limits { line: 4000, search_line: 4000, ..Limits::default() };
        let builder = plain::<Client>(&peer).limits(limits);
        let mut client = builder.connect().await.unwrap();
        let errors = [
            client.enable(["X"]).await.map(drop),
            client.select("b").await.map(drop),
            client.list("", "*").await.map(drop),
            client.list("", "*").await.map(drop),
            client.lsub("", "*").await.map(drop),
            client.xlist("", "*").await.map(drop),
            client.status("a", [imapclient::StatusItem::Messages]).await.map(drop),
            client.search("ALL").await.map(drop),
            client.search("ALL").await.map(drop),
            client.sort([imapclient::SortKey::Size], "ALL").await.map(drop),
            client.thread(imapclient::ThreadAlgorithm::OrderedSubject, "ALL").await.map(drop),
            client.namespace().await.map(drop),
            client.id(imapclient::Id::default()).await.map(drop),
            client.get_acl("a").await.map(drop),
            client.list_rights("a", "bob").await.map(drop),
            client.my_rights("a").await.map(drop),
            client.quota("").await.map(drop),
            client.quota_root("a").await.map(drop),
            client.store(1, FlagChange::add(Flag::Seen)).await.map(drop),
            client.raw("X").await.map(drop),
            client.raw("CAPABILITY").await.map(drop),
        ];
        assert_eq!(errors.len(), cases.len());
        for (error, (command, answer)) in errors.into_iter().zip(&cases) {
            let error = match error.expect_err(command) {
                // The flags were changed all the same, which the error reports.
                Error::Partly { source, .. } if command.contains("STORE") => *source,
                error => error,
            };
            assert_eq!(error.limited_by(), Some(LimitedBy::Limits), "{command}: {error:?}");
            let lost = incomplete(error);
            let about = answer.trim_start_matches("1 ").split(' ').next().unwrap();
            assert_eq!(lost.response, about, "{command}");
            assert!(command.starts_with(&lost.command), "{command}: {}", lost.command);
            let [missing] = &lost.missing[..] else { panic!("{lost:?}") };
            assert_eq!(missing.size, format!("* {answer}\r\n").len() as u64, "{command}");
        }
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal_says_more_than_an_answer_that_is_none() {
        let peer = reader(
            "",
            &format!("C: <a> LIST \"\" \"*\"\nS: * LIST () NIL {}\nS: <a> NO no", "x".repeat(5000)),
        );
        let limits = Limits { line: 4000, ..Limits::default() };
        let builder = plain::<Client>(&peer).limits(limits);
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.list("", "*").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        leave(client, peer).await;
    }
}
