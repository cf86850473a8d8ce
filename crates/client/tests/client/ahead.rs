//! Changes of long sets, whose commands are sent without waiting for the answer to each.

use std::{
    io,
    sync::{
        Mutex,
        mpsc::{self, Receiver},
    },
    time::Duration,
};

use imapclient::{
    Code, Copied, Done, Error, FetchItems, Flag, FlagChange, Id, MailboxName, Outcome, UidSet,
    codec::{
        Outgoing,
        command::{self, MessageSet},
    },
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{LONG, expect_start, goodbye, greet, pairs, plain, seq, serve, text, uid};

/// A time-out that is meant to elapse.
const SHORT: Duration = Duration::from_millis(50);

/// Returns UIDs that take three commands.
fn many() -> UidSet {
    (1..=450).map(|n| 1000 + 2 * n).collect()
}

/// A message of each of these commands.
const ONES: [u32; 3] = [1002, 1500, 1900];

/// A command for a part of the messages.
struct Piece {
    tag: String,
    set: UidSet,
}

impl Piece {
    /// Returns that one of [`ONES`] that is in the set.
    fn one(&self) -> u32 {
        let mut ones = ONES.into_iter().filter(|one| has(&self.set, *one));
        ones.next().expect("each piece has one of them")
    }
}

/// Greets and opens INBOX, and then reads the commands for all of [`many`], none of which is
/// answered before all of them have arrived.
fn receive(connection: &mut Connection, verb: &str) -> io::Result<Vec<Piece>> {
    greet(connection, " MOVE UIDPLUS")?;
    serve(connection, "SELECT \"INBOX\"")?;
    pieces(connection, verb)
}

fn pieces(connection: &mut Connection, verb: &str) -> io::Result<Vec<Piece>> {
    let mut left = many();
    let mut pieces = Vec::new();
    while !left.is_empty() {
        let (tag, rest) = expect_start(connection, verb)?;
        let set: UidSet = rest.split(' ').next().unwrap_or_default().parse().unwrap();
        left = left
            .iter()
            .unwrap()
            .filter(|uid| !set.contains(*uid))
            .collect();
        pieces.push(Piece { tag, set });
    }
    match pieces.len() {
        3 => Ok(pieces),
        other => Err(io::Error::other(format!("{other} commands"))),
    }
}

fn answer(connection: &mut Connection, piece: &Piece, answer: &str) -> io::Result<()> {
    connection.send(&format!("{} {answer}", piece.tag))
}

fn has(all: &UidSet, number: u32) -> bool {
    all.contains(uid(number))
}

fn seen() -> FlagChange {
    FlagChange::add(Flag::Seen)
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn flags_are_changed_together() {
        let peer = Peer::start(|mut connection| {
            let pieces = receive(&mut connection, "UID STORE")?;
            assert_eq!(pieces.iter().map(Piece::one).collect::<Vec<_>>(), ONES);
            // The answers may come in any order.
            for piece in pieces.iter().rev() {
                let first = piece.one();
                connection.send(&format!("* 1 FETCH (UID {first} FLAGS (\\Seen $n{first}))"))?;
                answer(&mut connection, piece, "OK done")?;
            }
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let stored = client.store(many(), seen()).await.unwrap();
        let flags = stored.iter().map(|(uid, flags)| (uid.get(), flags.clone()));
        for ((uid, flags), first) in flags.zip(ONES) {
            assert_eq!(uid, first);
            assert!(flags.contains(&Flag::from(format!("$n{first}").as_str())), "{flags}");
        }
        assert_eq!(stored.len(), 3);
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn flags_without_uids_are_asked_for_together() {
        let peer = Peer::start(|mut connection| {
            for piece in receive(&mut connection, "UID STORE")? {
                connection.send("* 1 FETCH (FLAGS (\\Seen))")?;
                answer(&mut connection, &piece, "OK done")?;
            }
            for piece in pieces(&mut connection, "UID FETCH")? {
                let first = piece.one();
                connection.send(&format!("* 1 FETCH (UID {first} FLAGS (\\Seen))"))?;
                answer(&mut connection, &piece, "OK done")?;
            }
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let stored = client.store(many(), seen()).await.unwrap();
        assert!(stored.iter().map(|(uid, _)| uid.get()).eq(ONES));
        leave(client, peer).await;
    }

    #[case]
    async fn copies_and_moves_are_made_together() {
        for verb in ["UID COPY", "UID MOVE"] {
            let peer = Peer::start(move |mut connection| {
                let pieces = receive(&mut connection, verb)?;
                for (piece, new) in pieces.iter().zip(1..) {
                    let code = format!("[COPYUID 7 {} {new}]", piece.one());
                    if verb == "UID COPY" {
                        answer(&mut connection, piece, &format!("OK {code} done"))?;
                        continue;
                    }
                    connection.send(&format!("* OK {code} moved\r\n* 1 EXPUNGE"))?;
                    if new > 1 {
                        answer(&mut connection, piece, "OK done")?;
                    }
                }
                if verb == "UID MOVE" {
                    answer(&mut connection, &pieces[0], "OK done")?;
                }
                goodbye(&mut connection)
            });
            let mut client = open(&peer).await;
            let copied = match verb {
                "UID COPY" => client.copy(many(), "x").await,
                _ => client.move_to(many(), "x").await.map(|moved| moved.copied),
            };
            let Copied::Told(uids) = copied.unwrap() else { panic!("{verb}") };
            let expected: Vec<(u32, u32)> = ONES.into_iter().zip(1..).collect();
            assert_eq!(pairs(&uids), expected, "{verb}");
            assert_eq!(client.updates().count(), if verb == "UID MOVE" { 3 } else { 0 });
            leave(client, peer).await;
        }
    }

    #[case]
    async fn messages_are_expunged_together() {
        for refuses in [false, true] {
            let peer = Peer::start(move |mut connection| {
                for (piece, vanishes) in receive(&mut connection, "UID EXPUNGE")?.iter().zip([true, false, false]) {
                    match vanishes {
                        true => connection.send(&format!("* VANISHED {}", piece.set))?,
                        false => connection.send("* 1 EXPUNGE")?,
                    }
                    answer(&mut connection, piece, "OK done")?;
                }
                let verb = if refuses { "UID SEARCH UID" } else { "UID FETCH" };
                if refuses {
                    for _ in 0..2 {
                        let (tag, _) = expect_start(&mut connection, "UID FETCH")?;
                        connection.send(&format!("{tag} NO nothing there"))?;
                    }
                }
                for first in ONES.into_iter().skip(1) {
                    let (tag, set) = expect_start(&mut connection, verb)?;
                    let set = set.split(' ').next().unwrap();
                    assert!(has(&set.parse().unwrap(), first), "{set}");
                    connection.send(&match refuses {
                        true => format!("* SEARCH {first}"),
                        false => format!("* 9 FETCH (UID {first})"),
                    })?;
                    connection.send(&format!("{tag} OK"))?;
                }
                goodbye(&mut connection)
            });
            let mut client = open(&peer).await;
            let gone = client.uid_expunge(many()).await.unwrap();
            assert_eq!(gone.seqs, [1, 1].map(seq));
            assert!(has(&gone.uids, ONES[0]) && !has(&gone.uids, ONES[1]));
            assert_eq!(gone.left, UidSet::from([ONES[1], ONES[2]]));
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_refused_piece_does_not_hide_what_the_others_did() {
        let peer = Peer::start(|mut connection| {
            let pieces = receive(&mut connection, "UID MOVE")?;
            let code = format!("[COPYUID 7 {} 1]", pieces[0].one());
            connection.send(&format!("* OK {code} moved\r\n* 1 EXPUNGE"))?;
            answer(&mut connection, &pieces[0], "OK done")?;
            answer(&mut connection, &pieces[1], "NO [OVERQUOTA] full")?;
            let code = format!("[COPYUID 7 {} 2]", pieces[2].one());
            connection.send(&format!("* OK {code} moved\r\n* 1 EXPUNGE"))?;
            answer(&mut connection, &pieces[2], "OK done")?;
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let error = client.move_to(many(), "x").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert_eq!((error.code(), error.outcome()), (Some(&Code::OverQuota), Outcome::NotDone));
        let Some(Done::Moved { messages, uids: Some(uids) }) = error.done() else {
            panic!("{error:?}")
        };
        assert_eq!(ONES.map(|first| has(messages, first)), [true, false, true]);
        assert_eq!(pairs(uids), [(ONES[0], 1), (ONES[2], 2)]);
        assert_eq!(client.unanswered(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn the_first_refusal_is_the_error_if_all_are_refused() {
        let peer = Peer::start(|mut connection| {
            for (piece, code) in receive(&mut connection, "UID COPY")?.iter().zip(["TRYCREATE", "INUSE", "LIMIT"]) {
                answer(&mut connection, piece, &format!("NO [{code}] no"))?;
            }
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let error = client.copy(many(), "x").await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (Some(&Code::TryCreate), Outcome::NotDone));
        assert_eq!(error.done(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn a_cut_leaves_open_what_was_not_answered() {
        for (second, end) in [("OK done", ""), ("NO no", ""), ("OK done", "* BYE going down")] {
            let peer = Peer::start(move |mut connection| {
                let pieces = receive(&mut connection, "UID STORE")?;
                answer(&mut connection, &pieces[0], "OK done")?;
                answer(&mut connection, &pieces[1], second)?;
                match end {
                    "" => Ok(()),
                    end => connection.send(end),
                }
            });
            let mut client = open(&peer).await;
            let error = client.store(many(), seen().silent()).await.unwrap_err();
            assert!(error.is_closed() && matches!(error, Error::Partly { .. }), "{error:?}");
            assert_eq!(error.outcome(), Outcome::Unknown);
            let Some(Done::Stored { messages }) = error.done() else { panic!("{error:?}") };
            assert_eq!(ONES.map(|first| has(messages, first)), [true, second == "OK done", false]);
            let expected = "UID STORE: it is unknown whether the server changed them: \
                the server closed the connection";
            assert!(text(&error).contains(expected), "{}", text(&error));
            let unanswered = client.unanswered().unwrap();
            assert_eq!(unanswered.command.as_deref(), Some("UID STORE"));
            assert_eq!(unanswered.outcome, Outcome::Unknown);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn late_answers_tell_what_became_of_each_piece() {
        let (go, gate) = mpsc::channel();
        let gate: Mutex<Receiver<()>> = Mutex::new(gate);
        let peer = Peer::start(move |mut connection| {
            let pieces = receive(&mut connection, "UID COPY")?;
            answer(&mut connection, &pieces[0], "OK done")?;
            gate.lock().unwrap().recv().unwrap();
            answer(&mut connection, &pieces[1], "NO full")?;
            answer(&mut connection, &pieces[2], "OK done")?;
            serve(&mut connection, "NOOP")?;
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        client.set_timeout(SHORT);
        let error = client.copy(many(), "x").await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(client.unanswered().unwrap().outcome, Outcome::Unknown);
        client.set_timeout(LONG);
        go.send(()).unwrap();
        client.noop().await.unwrap();
        let unanswered = client.unanswered().unwrap();
        assert_eq!(unanswered.command.as_deref(), Some("UID COPY"));
        assert_eq!(unanswered.outcome, Outcome::NotDone);
        let Some(Done::Copied { messages, .. }) = &unanswered.done else { panic!("{unanswered:?}") };
        assert!(!has(messages, ONES[1]) && has(messages, ONES[2]), "{messages}");
        assert_eq!(client.unanswered(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn without_pipelining_a_failing_piece_is_the_last() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            serve(&mut connection, "SELECT \"INBOX\"")?;
            for answer in ["OK done", "NO [OVERQUOTA] full"] {
                let (tag, _) = expect_start(&mut connection, "UID COPY")?;
                assert!(connection.unread().is_empty());
                connection.send(&format!("{tag} {answer}"))?;
            }
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).pipelining(false).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.copy(many(), "x").await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (Some(&Code::OverQuota), Outcome::NotDone));
        let Some(Done::Copied { messages, .. }) = error.done() else { panic!("{error:?}") };
        assert_eq!(ONES.map(|first| has(messages, first)), [true, false, false]);
        leave(client, peer).await;
    }

    #[case]
    async fn changes_of_the_same_messages_wait() {
        let uids = |set: &str| MessageSet::Uids(set.parse().unwrap());
        let store = |set: &str| command::store(&uids(set), &seen().silent()).unwrap();
        let to = MailboxName::from("x");
        let copy = |set: &str| command::copy(&uids(set), &to).unwrap();
        let remove = |set: &str| command::move_to(&uids(set), &to).unwrap();
        let fetch = |set: &str| command::fetch(&uids(set), &FetchItems::new().flags()).unwrap();
        let expunge = |set: &str| command::uid_expunge(&set.parse().unwrap()).unwrap();
        for (first, second, go_together) in [
            (store("1:4"), store("5:9"), true),
            (store("1:4"), store("4:9"), false),
            (store("1:4"), fetch("4:9"), false),
            (fetch("1:4"), store("4:9"), false),
            (copy("1:4"), copy("5:9"), true),
            (copy("1:4"), copy("4"), false),
            (remove("1:4"), remove("5:9"), true),
            (remove("1:4"), remove("3:9"), false),
            (remove("1:4"), copy("5:9"), false),
            (expunge("1:4"), expunge("5:9"), true),
            (expunge("1:4"), expunge("4:9"), false),
        ] {
            together(true, first, second, go_together).await;
        }
    }

    #[case]
    async fn a_mailbox_is_opened_behind_extensions_that_do_not_matter() {
        let enable = |names: &[&str]| command::enable(names).unwrap();
        let select = |name: &str| command::select(&name.into(), false).unwrap();
        let id = || command::id(&Id::from_iter([("name", "tool")])).unwrap();
        for (first, second, go_together) in [
            (enable(&["CONDSTORE"]), select("INBOX"), true),
            (id(), select("INBOX"), true),
            (id(), enable(&["CONDSTORE"]), true),
            (enable(&["CONDSTORE", "QRESYNC"]), select("INBOX"), false),
            (enable(&["utf8=accept"]), select("INBOX"), false),
            (enable(&["IMAP4rev2"]), select("INBOX"), false),
            (enable(&["CONDSTORE"]), select("Gr\u{fc}n"), false),
            (enable(&["CONDSTORE"]), command::noop(), false),
            (select("INBOX"), command::noop(), false),
            (select("INBOX"), select("x"), false),
            (command::noop(), select("INBOX"), false),
        ] {
            together(false, first, second, go_together).await;
        }
    }

    /// Submits two commands, and checks whether the second is sent before the first is answered.
    async fn together(selected: bool, first: Outgoing, second: Outgoing, go_together: bool) {
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, " MOVE UIDPLUS ENABLE ID")?;
            if selected {
                serve(&mut connection, "SELECT \"INBOX\"")?;
            }
            let line = connection.read_line()?;
            // Commands that are sent together arrive together.
            assert_eq!(!connection.unread().is_empty(), go_together, "behind {line}");
            let (tag, _) = line.split_once(' ').unwrap_or_default();
            connection.send(&format!("{tag} OK"))?;
            let (tag, _) = expect_start(&mut connection, "")?;
            connection.send(&format!("{tag} OK"))?;
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        if selected {
            client.select("INBOX").await.unwrap();
        }
        let mut pipeline = client.pipeline();
        let answers = [pipeline.submit(first), pipeline.submit(second)];
        for answer in answers {
            pipeline.answer(answer).await.unwrap();
        }
        leave(client, peer).await;
    }

    #[case]
    async fn the_answers_to_the_pieces_of_a_fetch_share_one_limit() {
        let peer = Peer::start(|mut connection| {
            for piece in receive(&mut connection, "UID FETCH")? {
                let (first, body) = (piece.one(), "x".repeat(3000));
                connection.send(&format!("* 1 FETCH (UID {first} BODY[] {{3000}}\r\n{body})"))?;
                answer(&mut connection, &piece, "OK done")?;
            }
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).answer_limit(8000).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.fetch(many(), FetchItems::new().body()).await.unwrap_err();
        let Error::TooLarge(incomplete) = &error else { panic!("{error:?}") };
        let kept = incomplete.kept.iter().filter_map(imapclient::Fetch::uid);
        assert!(kept.map(|uid| uid.get()).eq(ONES.into_iter().take(2)), "{error}");
        assert_eq!(incomplete.missing[0].uid.map(|uid| uid.get()), Some(ONES[2]));
        leave(client, peer).await;
    }
}
