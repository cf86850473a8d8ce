//! Sets of messages: empty, long and too long ones, and invalid text.

use std::{
    fmt::Write as _,
    io, iter,
    sync::{Arc, Mutex},
};

use imapclient::{
    Code, Copied, Done, Error, FetchItems, Flag, FlagChange, Flags, LabelChange, MailboxName,
    Moved, Removed, SearchKey, SeqSet, Uid, UidSet, codec::NameEncoding,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{
    expect, expect_start, goodbye, greet, pairs, reader, scripted, serve, text, uid,
};

/// The length of a line that each server accepts.
const LINE: usize = 1000;

/// The length of a line that a server with CONDSTORE accepts.
const LONG_LINE: usize = 8000;

/// Returns UIDs with gaps, whose text is long.
fn many() -> UidSet {
    (1..=5000).map(|n| 1000 + 2 * n).collect()
}

#[test]
fn a_set_that_is_read_from_text_fails_as_an_argument_does() {
    let read = |text: &str| -> imapclient::Result<SeqSet> { Ok(text.parse()?) };
    assert_eq!(read("1:*").unwrap(), SeqSet::all());
    let error = read("1:x").unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(error.to_string().contains("\"1:x\""), "{error}");
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn no_messages_need_no_command() {
        // Not even CAPABILITY is sent.
        let peer = scripted(
            "S: * PREAUTH hello
             C: <a> SELECT \"INBOX\"
             S: <a> OK
             C: <b> LOGOUT
             S: * BYE
             S: <b> OK",
        );
        let mut client = open(&peer).await;
        let none = UidSet::new;
        assert!(client.fetch(none(), FetchItems::new().body()).await.unwrap().is_empty());
        assert!(client.fetch(SeqSet::new(), FetchItems::new().body()).await.unwrap().is_empty());
        let change = || FlagChange::add(Flag::Seen);
        assert!(client.store(none(), change()).await.unwrap().is_empty());
        assert_eq!(client.copy(none(), "Archive").await.unwrap(), Copied::Nothing);
        assert_eq!(client.move_to(Vec::<Uid>::new(), "Archive").await.unwrap(), Moved::default());
        assert_eq!(client.uid_expunge(none()).await.unwrap(), Removed::default());
        leave(client, peer).await;
    }

    #[case]
    async fn the_number_0_is_refused_before_a_byte_is_sent() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE CONDSTORE X-GM-EXT-1] hello
             C: <a> SELECT \"INBOX\"
             S: <a> OK
             C: <b> LOGOUT
             S: * BYE
             S: <b> OK",
        );
        let mut client = open(&peer).await;
        let told = |error: Error| {
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
            assert!(error.to_string().contains("no message has the number 0"), "{error}");
        };
        let change = || FlagChange::add(Flag::Seen);
        let items = || FetchItems::new().flags();
        told(client.fetch(0, items()).await.unwrap_err());
        told(client.fetch([3, 0], items()).await.unwrap_err());
        told(client.fetch(vec![0], items()).await.unwrap_err());
        told(client.fetch(&[0_u32][..], items()).await.unwrap_err());
        told(client.fetch(0..=3, items()).await.unwrap_err());
        told(client.fetch(0.., items()).await.unwrap_err());
        told(client.fetch(UidSet::from(0), items()).await.unwrap_err());
        told(client.fetch(SeqSet::from(0), items()).await.unwrap_err());
        told(client.flags(0).await.unwrap_err());
        told(client.labels(0).await.unwrap_err());
        told(client.store_labels(0, LabelChange::add(["x"])).await.unwrap_err());
        told(client.store(0, change()).await.unwrap_err());
        told(client.copy(0, "Archive").await.unwrap_err());
        told(client.move_to(0, "Archive").await.unwrap_err());
        told(client.uid_expunge(0).await.unwrap_err());
        told(client.search(SearchKey::Uid(UidSet::from(0))).await.unwrap_err());
        told(client.search(SearchKey::Seq(SeqSet::from([1, 0]))).await.unwrap_err());
        leave(client, peer).await;
    }

    #[case]
    async fn long_sets_of_uids_are_split() {
        for (capability, least, most) in [("", 0, LINE), (" CONDSTORE", LINE, LONG_LINE)] {
            let peer = Peer::start(move |mut connection| {
                let mut seen = UidSet::new();
                let longest = in_pieces_with(&mut connection, capability, "UID FETCH", |tag, set| {
                    seen.extend([set.clone()]);
                    let mut answer = String::new();
                    for (n, uid) in set.iter().unwrap().enumerate() {
                        write!(answer, "* {} FETCH (UID {uid} RFC822.SIZE {uid})\r\n", n + 1).unwrap();
                    }
                    answer + &format!("{tag} OK done")
                })?;
                assert!(longest > least && longest <= most, "{longest}");
                assert_eq!(seen, many());
                goodbye(&mut connection)
            });
            let mut client = open(&peer).await;
            let found = client.fetch(many(), FetchItems::new().size()).await.unwrap();
            assert!(found.keys().copied().eq(many().iter().unwrap()));
            assert!(found.iter().all(|(uid, fetch)| fetch.size() == Some(u64::from(uid.get()))));
            leave(client, peer).await;
        }
    }

    #[case]
    async fn what_stands_beside_the_set_counts() {
        // The items and the name leave little room for UIDs.
        let (fields, name) = ("X-A-LONG-NAME ".repeat(50), "ü".repeat(330));
        // It is counted as it is sent.
        let to = MailboxName::from(&name).wire(NameEncoding::Utf7).into_owned();
        let to = String::from_utf8(to).unwrap();
        assert_eq!(to.len(), 882);
        let peer = Peer::start(move |mut connection| {
            let longest = in_pieces(&mut connection, "UID FETCH", |tag, set| {
                let uid = set.iter().unwrap().next().unwrap();
                format!("* 1 FETCH (UID {uid} BODY[HEADER.FIELDS (X)] NIL)\r\n{tag} OK done")
            })?;
            assert!(longest > 900 && longest <= LINE, "{longest}");
            let mut left = many().len().unwrap();
            while left > 0 {
                let line = connection.read_line()?;
                assert!(line.len() <= LINE && line.ends_with(&format!(" \"{to}\"")), "{line}");
                let mut words = line.split(' ');
                let (tag, set) = (words.next().unwrap(), words.nth(2).unwrap());
                left -= set.parse::<UidSet>().unwrap().len().unwrap();
                connection.send(&format!("{tag} OK done"))?;
            }
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let section = format!("HEADER.FIELDS ({})", fields.trim_end());
        let items = FetchItems::new().section(&section);
        client.fetch(many(), items).await.unwrap();
        assert_eq!(client.copy(many(), name).await.unwrap(), Copied::Untold);
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_too_long_in_any_case_is_not_cut_to_pieces() {
        let fields = "X-A-LONG-NAME ".repeat(80);
        let peer = Peer::start(|mut connection| {
            let mut commands = 0;
            in_pieces_with(&mut connection, "", "UID FETCH", |tag, _| {
                commands += 1;
                format!("{tag} OK done")
            })?;
            assert!((2..50).contains(&commands), "{commands} commands");
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let items = FetchItems::new().section(&format!("HEADER.FIELDS ({})", fields.trim_end()));
        client.fetch(many(), items).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn flags_of_many_messages() {
        let peer = Peer::start(|mut connection| {
            in_pieces(&mut connection, "UID STORE", |tag, set| {
                let uid = set.iter().unwrap().next().unwrap();
                format!("* 1 FETCH (UID {uid} FLAGS (\\Seen))\r\n{tag} OK done")
            })?;
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let changed = client.store(many(), FlagChange::add(Flag::Seen)).await.unwrap();
        assert!(changed.len() > 1);
        assert!(changed.iter().all(|(_, flags)| *flags == Flags::from(Flag::Seen)));
        leave(client, peer).await;
    }

    #[case]
    async fn what_many_messages_became_is_told_in_order() {
        for verb in ["UID COPY", "UID MOVE"] {
            let expected = Arc::new(Mutex::new(Vec::new()));
            let made = Arc::clone(&expected);
            let peer = Peer::start(move |mut connection| {
                let mut next = 70_000;
                in_pieces(&mut connection, verb, |tag, set| {
                    let last = next - 1;
                    // The new UIDs of each piece are below those of the previous one, so sorting
                    // them would break the pairs.
                    next -= u32::try_from(set.len().unwrap()).unwrap();
                    made.lock().unwrap().extend(set.iter().unwrap().map(Uid::get).zip(next..));
                    let code = format!("[COPYUID 7 {set} {next}:{last}]");
                    if verb == "UID MOVE" {
                        return format!("* OK {code}\r\n{tag} OK done");
                    }
                    format!("{tag} OK {code} done")
                })?;
                goodbye(&mut connection)
            });
            let mut client = open(&peer).await;
            let copied = if verb == "UID MOVE" {
                client.move_to(many(), "Archive").await.map(|moved| moved.copied)
            } else {
                client.copy(many(), "Archive").await
            };
            let copied = copied.unwrap().into_uids().unwrap();
            leave(client, peer).await;
            assert_eq!(copied.uid_validity, 7);
            let expected = expected.lock().unwrap();
            assert_eq!(expected.len(), 5000);
            assert!(pairs(&copied) == *expected, "{verb}");
        }
    }

    #[case]
    async fn a_failing_piece_does_not_hide_what_was_done() {
        let peer = Peer::start(|mut connection| {
            let mut answers = iter::once("OK done").chain(iter::repeat("NO [OVERQUOTA] full"));
            in_pieces(&mut connection, "UID COPY", |tag, _| {
                format!("{tag} {}", answers.next().unwrap())
            })?;
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let error = client.copy(many(), "Archive").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert_eq!(error.code(), Some(&Code::OverQuota));
        let Some(Done::Copied { messages, uids: None }) = error.done() else {
            panic!("{error:?}")
        };
        assert!(messages.contains(uid(1002)) && !messages.contains(uid(11_000)), "{messages}");
        assert!(
            error.to_string().starts_with(
                "UID COPY refused: NO [OVERQUOTA] full; the messages of 1002,1004,1006,"
            ),
            "{error}"
        );
        assert!(error.to_string().ends_with(",... that exist were copied before that"), "{error}");
        assert!(error.to_string().len() < 250, "{error}");
        leave(client, peer).await;
    }

    #[case]
    async fn what_was_moved_before_the_connection_was_lost_is_told() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " MOVE")?;
            serve(&mut connection, "SELECT \"INBOX\"")?;
            let tag = copy_tag(&mut connection, "UID MOVE")?;
            while !connection.read_line()?.contains("11000") {}
            connection.send(&format!("{tag} OK [COPYUID 7 1002,1004 1:2] done"))?;
            connection.send("* OK [COPYUID 7 1500 3] one of them")?;
            connection.send("* BYE going down")
        });
        let mut client = open(&peer).await;
        let error = client.move_to(many(), "Archive").await.unwrap_err();
        assert!(error.is_closed() && matches!(error, Error::Partly { .. }), "{error:?}");
        let Some(Done::Moved { messages, uids: Some(uids) }) = error.done() else {
            panic!("{error:?}")
        };
        assert!(messages.contains(uid(1002)) && !messages.contains(uid(11_000)), "{messages}");
        assert_eq!(pairs(uids), [(1002, 1), (1004, 2), (1500, 3)]);
        assert_eq!(
            text(&error),
            "UID 1002,1004,1500 was moved as UID 1:2,3 before this failed: \
             UID MOVE: it is unknown whether the server moved them: \
             the server closed the connection: going down"
        );
        peer.finish().unwrap();
    }

    #[case]
    async fn many_messages_are_expunged() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " UIDPLUS")?;
            serve(&mut connection, "SELECT \"INBOX\"")?;
            for verb in ["UID EXPUNGE", "UID FETCH"] {
                let mut left = many().len().unwrap();
                while left > 0 {
                    let (tag, rest) = expect_start(&mut connection, verb)?;
                    let set = rest.split(' ').next().unwrap();
                    left -= set.parse::<UidSet>().unwrap().len().unwrap();
                    let last = set.split(',').next_back().unwrap();
                    connection.send(&match verb {
                        "UID EXPUNGE" => "* 1 EXPUNGE".to_owned(),
                        _ => format!("* 1 FETCH (UID {last})"),
                    })?;
                    connection.send(&format!("{tag} OK done"))?;
                }
            }
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let gone = client.uid_expunge(many()).await.unwrap();
        assert!(gone.seqs.len() > 1 && gone.seqs.iter().all(|seq| *seq == 1), "{gone:?}");
        assert_eq!(gone.left.len(), Some(gone.seqs.len() as u64), "one of each piece");
        leave(client, peer).await;
    }

    #[case]
    async fn a_star_in_a_long_set_is_the_last_message_of_before() {
        // The highest UID is 11000. After that message was moved, `*` would stand for another one.
        for (star, last) in [("*", Some(20_000)), ("30000:*", Some(20_000)), ("30000:*", None)] {
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, " MOVE")?;
                let tag = expect(&mut connection, "SELECT \"INBOX\"")?;
                connection.send(&format!("* {} EXISTS", if last.is_some() { 9 } else { 0 }))?;
                connection.send(&format!("{tag} OK"))?;
                let tag = expect(&mut connection, "UID SEARCH UID *")?;
                let found = last.map(|last| format!(" {last}")).unwrap_or_default();
                connection.send(&format!("* SEARCH{found}\r\n{tag} OK"))?;
                let mut left = if last == Some(20_000) { 5001 } else { 5000 };
                // A range includes UIDs above that of the last message.
                if star != "*" && last.is_some() {
                    left += 10_000;
                }
                while left > 0 {
                    let (tag, rest) = expect_start(&mut connection, "UID MOVE")?;
                    let set: UidSet = rest.split(' ').next().unwrap().parse().unwrap();
                    left -= set.len().expect("no star");
                    connection.send(&format!("{tag} OK"))?;
                }
                goodbye(&mut connection)
            });
            let mut client = open(&peer).await;
            let set: UidSet = format!("{},{star}", many()).parse().unwrap();
            client.move_to(set, "Archive").await.unwrap();
            leave(client, peer).await;
        }
        let peer = reader(" MOVE", "C: <a> UID SEARCH UID *\nS: <a> OK done");
        let mut client = open(&peer).await;
        let set: UidSet = format!("{},*", many()).parse().unwrap();
        let error = client.move_to(set, "Archive").await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { .. }), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn a_message_that_is_named_twice_is_copied_once() {
        let peer = Peer::start(|mut connection| {
            let mut seen = UidSet::new();
            in_pieces(&mut connection, "UID COPY", |tag, set| {
                assert!(set.iter().unwrap().all(|uid| !seen.contains(uid)), "{set}");
                seen.extend([set.clone()]);
                format!("{tag} OK done")
            })?;
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let mut twice = many();
        twice.append(many());
        client.copy(twice, "Archive").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn long_sets_of_sequence_numbers_are_refused() {
        let peer = reader(" MOVE", "");
        let mut client = open(&peer).await;
        let many = || (1..=5000).map(|n| 2 * n).collect::<SeqSet>();
        let seen = FlagChange::add(Flag::Seen);
        for error in [
            client.fetch(many(), FetchItems::new()).await.unwrap_err(),
            client.store(many(), seen).await.unwrap_err(),
            client.copy(many(), "Archive").await.unwrap_err(),
            client.move_to(many(), "Archive").await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
            assert!(error.to_string().contains("use UIDs"), "{error}");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn text_that_could_end_the_line_is_refused() {
        let peer = reader("", "");
        let mut client = open(&peer).await;
        for text in ["", "0", "1,,2", "1 2", "1\r\nA9 NOOP", "a", "1:2:3", "4294967296"] {
            let error = client.fetch(text, FetchItems::new()).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{text:?}: {error:?}");
        }
        for items in [
            FetchItems::new().item("FLAGS\r\nA9 NOOP"),
            FetchItems::new().item("X {3}"),
            FetchItems::new().item(""),
            FetchItems::new().section("TEXT] FLAGS"),
            FetchItems::new().section("TE\0XT"),
            FetchItems::new().partial("", 0, 0),
        ] {
            let error = client.fetch(1, items).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        }
        for key in ["", "ALL\r\nA9 NOOP", "SUBJECT {3}", "SUBJECT {3+}", "SUBJECT Grüße", "A\0"] {
            let error = client.search(key).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{key:?}: {error:?}");
        }
        let keys = [
            SearchKey::Uid(UidSet::new()),
            SearchKey::Keyword("a b".into()),
            SearchKey::Header("X\0".into(), String::new()),
            SearchKey::Body("a\0b".into()),
        ];
        for key in keys {
            let error = client.search(key.clone()).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{key:?}: {error:?}");
        }
        for flag in ["", "a b", "a\r\nb", "\\Recent", "a(b", "größe"] {
            let error = client.store(1, FlagChange::add(flag)).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{flag:?}: {error:?}");
        }
        leave(client, peer).await;
    }
}

/// Expects a copy or a move, and returns its tag.
fn copy_tag(connection: &mut Connection, verb: &str) -> io::Result<String> {
    let line = connection.read_line()?;
    let (tag, _) = line.split_once(&format!(" {verb} ")).expect(verb);
    Ok(tag.to_owned())
}

/// Answers the commands for the messages of [`many`], until all were named. Returns the length of
/// the longest line.
fn in_pieces(
    connection: &mut Connection,
    verb: &str,
    answer: impl FnMut(&str, &UidSet) -> String,
) -> io::Result<usize> {
    let longest = in_pieces_with(connection, "", verb, answer)?;
    assert!(longest <= LINE, "a line of {longest} bytes");
    Ok(longest)
}

/// Does the same on a server with one more capability, whose lines may be longer.
fn in_pieces_with(
    connection: &mut Connection,
    capability: &str,
    verb: &str,
    mut answer: impl FnMut(&str, &UidSet) -> String,
) -> io::Result<usize> {
    greet(connection, &format!(" MOVE UIDPLUS{capability}"))?;
    serve(connection, "SELECT \"INBOX\"")?;
    let mut left = many().len().unwrap();
    let mut longest = 0;
    while left > 0 {
        let line = connection.read_line()?;
        // The length includes CRLF.
        longest = longest.max(line.len() + 2);
        let (tag, rest) = line.split_once(' ').unwrap();
        let rest = rest.strip_prefix(verb).expect(verb).trim_start();
        let set: UidSet = rest.split(' ').next().unwrap().parse().unwrap();
        left -= set.len().unwrap();
        connection.send(&answer(tag, &set))?;
    }
    Ok(longest)
}
