//! Moves on servers without MOVE: no step is made that the one before does not justify.

use std::fmt::Write as _;

use imapclient::{Copied, Done, Error, MoveSteps, MoveWay, Moved, Outcome, Saved, SeqSet, UidSet};
use imapclient_test_macros::faces;
use imapclient_testkit::{Mail, Peer, Server};

use crate::common::{member, pairs, plain, text};

/// Starts a peer that expects SELECT of INBOX, which has a UIDVALIDITY, first.
fn mover(capabilities: &str, script: &str) -> Peer {
    member(capabilities, &format!("{}{script}", select(3)))
}

/// Returns the part of a script in which INBOX is opened.
fn select(uid_validity: u32) -> String {
    format!(
        "C: <s> SELECT \"INBOX\"
         S: * 3 EXISTS
         S: * OK [UIDVALIDITY {uid_validity}] valid
         S: <s> OK [READ-WRITE] opened\n"
    )
}

/// Returns the part of a script in which the target is asked for its state, and messages 5 and 7
/// are copied.
fn copied(code: &str) -> String {
    format!(
        "C: <st> STATUS \"Archive\" (UIDVALIDITY UIDNEXT)
         S: * STATUS \"Archive\" (UIDVALIDITY 9 UIDNEXT 20)
         S: <st> OK done
         C: <c> UID COPY 5,7 \"Archive\"
         S: <c> OK {code}copied\n"
    )
}

/// Returns the part of a script in which messages are searched for by their UIDs.
fn searched(uids: &str, found: &str) -> String {
    format!(
        "C: <se> UID SEARCH UID {uids}
         S: * SEARCH{found}
         S: <se> OK done\n"
    )
}

/// Returns the part of a script in which sizes and Message-IDs of messages are fetched.
fn described(uids: &str, messages: &[(u32, u32, &str)]) -> String {
    let mut script = format!(
        "C: <d> UID FETCH {uids} (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])\n"
    );
    for (seq, (uid, size, field)) in messages.iter().enumerate() {
        let seq = seq + 1;
        writeln!(
            script,
            "S: * {seq} FETCH (UID {uid} RFC822.SIZE {size} \
             BODY[HEADER.FIELDS (MESSAGE-ID)] \"{field}\")"
        )
        .unwrap();
    }
    script + "S: <d> OK done\n"
}

/// Returns the part of a script in which whole messages are fetched.
fn read(uids: &str, messages: &[(u32, &str)]) -> String {
    let mut script = format!("C: <r> UID FETCH {uids} (UID BODY.PEEK[])\n");
    for (seq, (uid, body)) in messages.iter().enumerate() {
        let seq = seq + 1;
        writeln!(script, "S: * {seq} FETCH (UID {uid} BODY[] \"{body}\")").unwrap();
    }
    script + "S: <r> OK done\n"
}

/// Returns the part of a script in which the target is opened.
fn examine(uid_validity: u32) -> String {
    format!(
        "C: <e> EXAMINE \"Archive\"
         S: * 30 EXISTS
         S: * OK [UIDVALIDITY {uid_validity}] valid
         S: <e> OK [READ-ONLY] opened\n"
    )
}

/// Returns the part of a script in which messages are marked as deleted.
fn marked(uids: &str) -> String {
    format!(
        "C: <m> UID STORE {uids} +FLAGS.SILENT (\\Deleted)
         S: <m> OK done\n"
    )
}

/// Returns the part of a script in which messages are removed, and it is checked whether they are.
fn removed(uids: &str, left: &str) -> String {
    format!(
        "C: <x> UID EXPUNGE {uids}
         S: <x> OK done\n{}",
        searched(uids, left)
    )
}

fn uids(set: &str) -> UidSet {
    match set {
        "" => UidSet::new(),
        set => set.parse().unwrap(),
    }
}

/// Returns the steps that were done before an error.
fn steps(error: &Error) -> MoveSteps {
    match error.done() {
        Some(Done::MovedBySteps(steps)) => *steps.clone(),
        other => panic!("{other:?} of {error:?}"),
    }
}

fn check(moved: &Moved, expected: &[(u32, u32)], left: &str, unproved: &str) {
    assert_eq!(moved.way, MoveWay::Emulated);
    let told = moved.copied.uids().map(pairs).unwrap_or_default();
    assert_eq!(told, expected);
    assert_eq!(
        (moved.left.to_string(), moved.unproved.to_string()),
        (left.into(), unproved.into())
    );
}

/// The Message-IDs of the messages with UIDs 5 and 7, by which their copies are found.
const OURS: [(u32, u32, &str); 2] = [(5, 100, "Message-ID: <a@x>"), (7, 90, "Message-ID: <b@x>")];

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn the_new_uids_prove_the_copies() {
        let script = copied("[COPYUID 9 5,7 20:21] ") + &marked("5,7") + &removed("5,7", "");
        let peer = mover(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([7, 5], "Archive").await.unwrap();
        check(&moved, &[(5, 20), (7, 21)], "", "");
        leave(client, peer).await;
    }

    #[case]
    async fn without_uidplus_the_messages_stay_and_are_marked() {
        let script = copied("[COPYUID 9 5,7 20:21] ") + &marked("5,7");
        let peer = mover("", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(5, 20), (7, 21)], "5,7", "");
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_left_is_told() {
        let script = copied("[COPYUID 9 5,7 20:21] ") + &marked("5,7") + &removed("5,7", " 7 8");
        let peer = mover(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(5, 20), (7, 21)], "7", "");
        leave(client, peer).await;
    }

    #[case]
    async fn copies_that_are_not_told_are_looked_for() {
        // The search returns the last message even if it is an old one, and another client has
        // added a message.
        let theirs = [
            (20, 90, "Message-ID: <b@x>"),
            (21, 90, "Message-ID: <c@x>"),
            (22, 100, "Message-ID: <a@x>"),
        ];
        let script = copied("")
            + &searched("5,7", " 5 7")
            + &described("5,7", &OURS)
            + &examine(9)
            + &searched("20:*", " 19 20 21 22")
            + &described("20:22", &theirs)
            + &select(3)
            + &marked("5,7")
            + &removed("5,7", "");
        let peer = mover(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(7, 20), (5, 22)], "", "");
        assert_eq!(client.state().selected().unwrap().name, "INBOX");
        leave(client, peer).await;
    }

    #[case]
    async fn a_message_without_a_copy_is_left_alone() {
        let script = copied("")
            + &searched("5,7", " 5 7")
            + &described("5,7", &OURS)
            + &examine(9)
            + &searched("20:*", " 20 21")
            + &described("20:21", &[
                (20, 100, "Message-ID: <a@x>"),
                // It has another size, so it is another message.
                (21, 91, "Message-ID: <b@x>"),
            ])
            + &select(3)
            + &marked("5")
            + &removed("5", "");
        let peer = mover(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(5, 20)], "", "7");
        leave(client, peer).await;
    }

    #[case]
    async fn only_those_that_are_not_told_are_looked_for() {
        let script = copied("[COPYUID 9 5 20] ")
            + &searched("5,7", " 5 7")
            + &described("7", &OURS[1..])
            + &examine(9)
            + &searched("20:*", " 20 21")
            + &described("21", &[(21, 90, "Message-ID: <b@x>")])
            + &select(3)
            + &marked("5,7");
        let peer = mover("", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(5, 20), (7, 21)], "5,7", "");
        leave(client, peer).await;
    }

    #[case]
    async fn messages_that_do_not_exist_are_not_looked_for() {
        let script = copied("[COPYUID 9 5 20] ") + &searched("5,7", " 5") + &marked("5");
        let peer = mover("", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(5, 20)], "5", "");
        leave(client, peer).await;
    }

    #[case]
    async fn messages_that_only_their_contents_tell_apart() {
        let same = "Message-ID: <a@x>";
        let script = copied("")
            + &searched("5,7", " 5 7")
            + &described("5,7", &[(5, 4, same), (7, 4, same)])
            + &read("5,7", &[(5, "five"), (7, "sevn")])
            + &examine(9)
            + &searched("20:*", " 20 21 22")
            + &described("20:22", &[(20, 4, same), (21, 4, ""), (22, 5, "")])
            // One of them has another size.
            + &read("20:21", &[(20, "sevn"), (21, "othr")])
            + &select(3)
            + &marked("7");
        let peer = mover("", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(7, 20)], "7", "5");
        leave(client, peer).await;
    }

    #[case]
    async fn each_of_two_equal_messages_needs_a_copy_of_its_own() {
        for (theirs, expected, left, unproved) in [
            (&[(20, "same")][..], &[(5, 20)][..], "5", "7"),
            (&[(20, "same"), (21, "same")], &[(5, 20), (7, 21)], "5,7", ""),
        ] {
            let found = theirs.iter().map(|(uid, _)| format!(" {uid}")).collect::<String>();
            let set = if theirs.len() == 1 { "20" } else { "20:21" };
            let described_there: Vec<_> = theirs.iter().map(|(uid, _)| (*uid, 4, "")).collect();
            let script = copied("")
                + &searched("5,7", " 5 7")
                + &described("5,7", &[(5, 4, ""), (7, 4, "")])
                + &read("5,7", &[(5, "same"), (7, "same")])
                + &examine(9)
                + &searched("20:*", &found)
                + &described(set, &described_there)
                + &read(set, theirs)
                + &select(3)
                + &marked(left);
            let peer = mover("", &script);
            let mut client = open(&peer).await;
            let moved = client.move_to([5, 7], "Archive").await.unwrap();
            check(&moved, expected, left, unproved);
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_target_that_was_replaced_proves_nothing() {
        let script = copied("")
            + &searched("5,7", " 5 7")
            + &described("5,7", &OURS)
            + &examine(10)
            + &select(3);
        let peer = mover(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[], "", "5,7");
        assert_eq!(moved.copied, Copied::Untold);
        leave(client, peer).await;
    }

    #[case]
    async fn new_uids_that_are_old_prove_nothing() {
        for code in ["[COPYUID 9 5,7 19:20] ", "[COPYUID 8 5,7 20:21] "] {
            let script = copied(code)
                + &searched("5,7", " 5 7")
                + &described("5,7", &OURS)
                + &examine(9)
                + &searched("20:*", " 19")
                + &select(3);
            let peer = mover(" UIDPLUS", &script);
            let mut client = open(&peer).await;
            let moved = client.move_to([5, 7], "Archive").await.unwrap();
            check(&moved, &[], "", "5,7");
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_target_that_cannot_be_read_proves_nothing() {
        let refusals = "C: <e> EXAMINE \"Archive\"\nS: <e> NO [NOPERM] not yours\n";
        let script = copied("")
            + &searched("5,7", " 5 7")
            + &described("5,7", &OURS)
            + refusals
            + &select(3);
        let peer = mover(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[], "", "5,7");
        leave(client, peer).await;
    }

    #[case]
    async fn a_status_without_the_next_uid_is_made_up_for() {
        let script = "C: <a> STATUS \"Archive\" (UIDVALIDITY UIDNEXT)
             S: * STATUS \"Archive\" (UIDVALIDITY 9)
             S: <a> OK done\n"
            .to_owned()
            + &examine(9)
            + &searched("*", " 19")
            + &select(3)
            + "C: <c> UID COPY 5,7 \"Archive\"
               S: <c> OK [COPYUID 9 5,7 20:21] copied\n"
            + &marked("5,7");
        let peer = mover("", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[(5, 20), (7, 21)], "5,7", "");
        leave(client, peer).await;
    }

    #[case]
    async fn a_mailbox_without_uidvalidity_is_never_left() {
        let peer = member("", &format!(
            "C: <s> SELECT \"INBOX\"
             S: * 3 EXISTS
             S: <s> OK [READ-WRITE] opened
             {}{}", copied(""), searched("5,7", " 5 7"),
        ));
        let mut client = open(&peer).await;
        let moved = client.move_to([5, 7], "Archive").await.unwrap();
        check(&moved, &[], "", "5,7");
        leave(client, peer).await;
    }

    #[case]
    async fn other_uids_in_the_mailbox_end_the_move() {
        let theirs = [(20, 100, "Message-ID: <a@x>"), (21, 90, "Message-ID: <b@x>")];
        let script = copied("")
            + &searched("5,7", " 5 7")
            + &described("5,7", &OURS)
            + &examine(9)
            + &searched("20:*", " 20 21")
            + &described("20:21", &theirs)
            + &select(4);
        let peer = mover(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let error = client.move_to([5, 7], "Archive").await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
        assert_eq!(steps(&error).copied, uids("5,7"));
        assert!(text(&error).contains("has changed from 3 to 4"), "{}", text(&error));
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal_ends_the_move() {
        let copies = copied("[COPYUID 9 5,7 20:21] ");
        let refused = |what: &str| format!("C: <n> {what}\nS: <n> NO [OVERQUOTA] full\n");
        let in_target = "C: <st> STATUS \"Archive\" (UIDVALIDITY UIDNEXT)
             S: <st> NO no such mailbox
             C: <c> UID COPY 5,7 \"Archive\"
             S: <c> NO [TRYCREATE] create it first\n";
        for (script, copied, marked_then) in [
            (in_target.to_owned(), "", ""),
            (copies.clone() + &refused("UID STORE 5,7 +FLAGS.SILENT (\\Deleted)"), "5,7", ""),
            (copies + &marked("5,7") + &refused("UID EXPUNGE 5,7"), "5,7", "5,7"),
        ] {
            let peer = mover(" UIDPLUS", &script);
            let mut client = open(&peer).await;
            let error = client.move_to([5, 7], "Archive").await.unwrap_err();
            assert_eq!(error.outcome(), Outcome::NotDone, "{error:?}");
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
            if copied.is_empty() {
                assert_eq!(error.done(), None);
            } else {
                let steps = steps(&error);
                assert_eq!((steps.copied, steps.marked), (uids(copied), uids(marked_then)));
                assert_eq!(pairs(&steps.uids.unwrap()), [(5, 20), (7, 21)]);
                assert!(steps.removed.is_empty());
            }
            leave(client, peer).await;
        }
    }

    #[case]
    async fn an_end_of_the_connection_tells_the_steps_before() {
        let copies = copied("[COPYUID 9 5,7 20:21] ");
        let cut = |what: &str| format!("{}C: <n> {what}\nS: * BYE going down\n", select(3));
        let hello = "S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] hello\n";
        for (command, before, words) in [
            ("UID STORE 5,7 +FLAGS.SILENT (\\Deleted)", String::new(), "UID 5,7 was copied as UID 20:21 before"),
            (
                "UID EXPUNGE 5,7",
                marked("5,7"),
                "UID 5,7 was copied as UID 20:21, UID 5,7 was marked as deleted before",
            ),
        ] {
            let script = hello.to_owned()
                + &cut(command).replacen("C: <n>", &format!("{copies}{before}C: <n>"), 1);
            let peer = crate::common::scripted(&script);
            let mut client = open(&peer).await;
            let error = client.move_to([5, 7], "Archive").await.unwrap_err();
            assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
            assert!(error.to_string().starts_with(words), "{error}");
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn numbers_that_may_change_are_resolved_first() {
        let all = |search: &str| format!(
            "C: <n> UID SEARCH {search}
             S: * SEARCH 7 5
             S: <n> OK done\n"
        );
        let rest = copied("[COPYUID 9 5,7 20:21] ") + &marked("5,7");
        let script = all("2:3") + &rest + &all("UID 5:*") + &rest + &all("$") + &rest;
        let peer = mover(" SEARCHRES", &script);
        let mut client = open(&peer).await;
        let expected = [(5, 20), (7, 21)];
        let moved = client.move_to(SeqSet::from(2..=3), "Archive").await.unwrap();
        check(&moved, &expected, "5,7", "");
        let moved = client.move_to("5:*", "Archive").await.unwrap();
        check(&moved, &expected, "5,7", "");
        let moved = client.move_to(Saved, "Archive").await.unwrap();
        check(&moved, &expected, "5,7", "");
        leave(client, peer).await;
    }

    #[case]
    async fn a_read_only_mailbox_is_refused_before_anything_is_sent() {
        let peer = member(
            " UIDPLUS",
            "C: <s> EXAMINE \"INBOX\"
             S: * 3 EXISTS
             S: <s> OK [READ-ONLY] opened",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.examine("INBOX").await.unwrap();
        let error = client.move_to(5, "Archive").await.unwrap_err();
        assert!(matches!(&error, Error::State { command, .. } if command == "MOVE"), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn ranges_of_uids_are_not_counted_out() {
        let all = "1:4294967295";
        let script = format!(
            "C: <st> STATUS \"Archive\" (UIDVALIDITY UIDNEXT)
             S: * STATUS \"Archive\" (UIDVALIDITY 9 UIDNEXT 1)
             S: <st> OK done
             C: <c> UID COPY {all} \"Archive\"
             S: <c> OK [COPYUID 9 {all} {all}] copied\n"
        ) + &marked(all);
        let peer = mover("", &script);
        let mut client = open(&peer).await;
        let moved = client.move_to(all, "Archive").await.unwrap();
        assert_eq!((moved.left.to_string(), moved.unproved.is_empty()), (all.to_owned(), true));
        leave(client, peer).await;
    }

    #[case]
    async fn many_messages_on_servers_that_lack_more_and_more() {
        let lacks = ["MOVE", "UIDPLUS"];
        for lacking in 1..=lacks.len() {
            let mut builder = Server::builder().user("bob", "sekret");
            for capability in lacks.iter().take(lacking) {
                builder = builder.forget_capability(capability);
            }
            let message = |n| Mail::from(format!("Message-ID: <{n}@x>\r\n\r\n{n}\r\n").into_bytes());
            let server = builder
                .mailbox("INBOX", |inbox| inbox.messages((1..=700).map(message)))
                .mailbox("Archive", |archive| archive.message(message(0)))
                .start();
            let mut client = imapclient::Builder::<Client>::new("127.0.0.1")
                .port(server.addr().port())
                .dangerous_plaintext()
                .login("bob", "sekret".to_owned())
                .connect()
                .await
                .unwrap();
            client.select("INBOX").await.unwrap();
            let odd: UidSet = (1..=700).step_by(2).collect();
            let moved = client.move_to(&odd, "Archive").await.unwrap();
            assert_eq!(moved.way, MoveWay::Emulated);
            assert!(moved.unproved.is_empty(), "{moved:?}");
            assert_eq!(moved.copied.uids().map(|uids| uids.source.len()), Some(Some(350)));
            let left = if lacking == 1 { UidSet::new() } else { odd.clone() };
            assert_eq!(moved.left, left);
            let marked = client.search("DELETED").await.unwrap();
            assert_eq!(marked.len() as u64, left.len().unwrap());
            let there = client.search("ALL").await.unwrap();
            assert_eq!(there.len(), if lacking == 1 { 350 } else { 700 });
            assert_eq!(client.examine("Archive").await.unwrap().exists, 351);
            client.logout().await.unwrap();
        }
    }
}
