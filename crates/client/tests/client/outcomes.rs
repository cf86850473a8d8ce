//! The outcome of a change whose command ends without an answer.

use std::{
    sync::{
        Mutex,
        mpsc::{self, Receiver},
    },
    time::Duration,
};

use imapclient::{Done, Drained, Error, Flag, FlagChange, Outcome, Rights, RightsChange};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{expect, goodbye, greet, plain, scripted, serve, text};

/// A time-out that is meant to elapse.
const SHORT: Duration = Duration::from_millis(50);

/// Starts a peer that accepts a message of three bytes and answers only when it is released.
fn late(answer: &'static str) -> (Peer, mpsc::Sender<()>) {
    let (go, gate) = mpsc::channel();
    let gate: Mutex<Receiver<()>> = Mutex::new(gate);
    let peer = Peer::start(move |mut connection| {
        greet(&mut connection, " LITERAL+")?;
        let tag = expect(&mut connection, "APPEND \"Sent\" {3+}")?;
        assert_eq!(connection.read_line()?, "one");
        gate.lock().unwrap().recv().unwrap();
        connection.send(&format!("{tag} {answer}"))?;
        serve(&mut connection, "NOOP")?;
        goodbye(&mut connection)
    });
    (peer, go)
}

/// Asserts the outcome of an error and the beginning of its text.
#[track_caller]
fn assert_outcome(error: &Error, outcome: Outcome, expected: &str) {
    assert_eq!(error.outcome(), outcome, "{error:?}");
    let text = text(error);
    assert!(text.starts_with(expected), "{text}");
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn an_upload_that_the_server_does_not_let_begin_is_not_done() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
             C: <a> APPEND \"Sent\" {3}
             CLOSE",
        );
        let mut client = connect(&peer).await;
        let error = client.append("Sent", "one").await.unwrap_err();
        assert_outcome(
            &error,
            Outcome::NotDone,
            "APPEND was not sent to its end, so the server did not do it: the server closed",
        );
        assert!(error.is_closed() && error.is_transient());
        assert!(matches!(error, Error::Unfinished { .. }), "{error:?}");
        peer.finish().unwrap();
    }

    #[case]
    async fn what_is_told_as_not_done_is_not_done_later() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            expect(&mut connection, "APPEND \"Sent\" {3}")?;
            // The client sends neither the message nor anything else.
            connection.wait_eof()
        });
        let mut client = connect(&peer).await;
        client.set_timeout(SHORT);
        let error = client.append("Sent", "one").await.unwrap_err();
        assert_outcome(&error, Outcome::NotDone, "APPEND was not sent to its end");
        assert!(error.is_timeout() && error.is_closed());
        assert!(matches!(client.noop().await, Err(Error::GivenUp)));
        assert_eq!(client.unanswered(), None);
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn an_upload_without_an_answer_is_unknown() {
        for end in ["CLOSE", "S: * BYE going down\n CLOSE"] {
            let peer = scripted(&format!(
                "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hello
                 C: <a> APPEND \"Sent\" {{3+}}
                 C: one
                 S: <a> OK done
                 C: <b> APPEND \"Sent\" {{3+}}
                 C: two
                 {end}"
            ));
            let mut client = connect(&peer).await;
            let error = client.append_all("Sent", ["one", "two"]).await.unwrap_err();
            assert_outcome(
                &error,
                Outcome::Unknown,
                "1 message was stored before this failed: \
                 APPEND: it is unknown whether the server stored it: the server closed",
            );
            assert!(error.is_closed() && !error.is_transient());
            let done = Done::Appended { messages: 1, uids: None };
            assert_eq!(error.done(), Some(&done));
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn an_answer_that_comes_later_tells_what_became_of_it() {
        for (answer, outcome) in [("OK done", Outcome::Done), ("NO full", Outcome::NotDone)] {
            let (peer, go) = late(answer);
            let mut client = connect(&peer).await;
            client.set_timeout(SHORT);
            let error = client.append("Sent", "one").await.unwrap_err();
            assert_outcome(
                &error,
                Outcome::Unknown,
                "APPEND: it is unknown whether the server stored it: timed out",
            );
            assert!(error.is_timeout() && !error.is_closed() && !error.is_transient());
            assert_eq!(client.unanswered().unwrap().outcome, Outcome::Unknown);
            client.set_timeout(None);
            go.send(()).unwrap();
            client.noop().await.unwrap();
            let unanswered = client.unanswered().unwrap();
            assert_eq!(unanswered.command.as_deref(), Some("APPEND"));
            assert_eq!((unanswered.outcome, unanswered.done), (outcome, None));
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn a_refusal_is_not_done_unless_the_server_tells_of_changes() {
        let peer = scripted(
            r#"S: * PREAUTH [CAPABILITY IMAP4rev1 MOVE UIDPLUS CONDSTORE] hello
             C: <open> SELECT "INBOX"
             S: * 3 EXISTS
             S: <open> OK [READ-WRITE] opened
             C: <a> UID STORE 1:2 +FLAGS (\Seen)
             S: <a> NO not allowed
             C: <b> UID STORE 1:2 +FLAGS (\Seen)
             S: * 1 FETCH (UID 1 FLAGS (\Seen))
             S: <b> NO not the second
             C: <c> UID MOVE 1:2 "x"
             S: <c> BAD what?
             C: <d> UID MOVE 1:2 "x"
             S: * 1 EXPUNGE
             S: <d> NO not the second
             C: <e> UID EXPUNGE 1:2
             S: * 1 EXPUNGE
             S: <e> NO not the second
             C: <f> UID COPY 1:2 "x"
             S: * 1 EXPUNGE
             S: <f> NO another client was that
             C: <bye> LOGOUT
             S: * BYE
             S: <bye> OK"#,
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let seen = || FlagChange::add(Flag::Seen);
        for (error, outcome) in [
            (client.store(1..=2, seen()).await.unwrap_err(), Outcome::NotDone),
            (client.store(1..=2, seen()).await.unwrap_err(), Outcome::Unknown),
            (client.move_to(1..=2, "x").await.unwrap_err(), Outcome::NotDone),
            (client.move_to(1..=2, "x").await.unwrap_err(), Outcome::Unknown),
            (client.uid_expunge(1..=2).await.unwrap_err(), Outcome::Unknown),
            (client.copy(1..=2, "x").await.unwrap_err(), Outcome::NotDone),
        ] {
            assert_eq!(error.outcome(), outcome, "{error:?}");
            let is_part = error.to_string().ends_with("; a part of it may be done");
            assert_eq!(is_part, outcome == Outcome::Unknown, "{error}");
        }
        assert_eq!(client.unanswered(), None);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn every_command_that_changes_something_says_so() {
        for command in [
            "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "SETACL", "CLOSE", "EXPUNGE",
            "COPY", "STORE", "SETQUOTA", "XTUNE",
        ] {
            let peer = Peer::start(|mut connection| {
                greet(&mut connection, " ACL QUOTA UIDPLUS")?;
                serve(&mut connection, "SELECT \"INBOX\"")?;
                connection.read_line()?;
                connection.send("* BYE")
            });
            let mut client = connect(&peer).await;
            client.select("INBOX").await.unwrap();
            let error = match command {
                "CREATE" => client.create("x").await.unwrap_err(),
                "DELETE" => client.delete("x").await.unwrap_err(),
                "RENAME" => client.rename("x", "y").await.unwrap_err(),
                "SUBSCRIBE" => client.subscribe("x").await.unwrap_err(),
                "UNSUBSCRIBE" => client.unsubscribe("x").await.unwrap_err(),
                "SETACL" => client.set_acl("x", "bob", RightsChange::Add(Rights::READ)).await.unwrap_err(),
                "CLOSE" => client.close().await.unwrap_err(),
                "EXPUNGE" => client.expunge().await.map(drop).unwrap_err(),
                "COPY" => client.copy(1, "x").await.map(drop).unwrap_err(),
                "STORE" => {
                    let deleted = FlagChange::add(Flag::Deleted);
                    client.store(1, deleted).await.map(drop).unwrap_err()
                }
                "SETQUOTA" => client.set_quota("", [("STORAGE", 1)]).await.map(drop).unwrap_err(),
                raw => client.raw(raw).await.map(drop).unwrap_err(),
            };
            assert_eq!(error.outcome(), Outcome::Unknown, "{command}: {error:?}");
            let Error::Unfinished { command: named, .. } = &error else {
                panic!("{command}: {error:?}")
            };
            assert!(named.ends_with(command), "{named}");
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn reading_changes_nothing() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
             C: <open> SELECT \"INBOX\"
             S: <open> OK [READ-WRITE] opened
             C: <a> UID SEARCH ALL
             CLOSE",
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let error = client.search("ALL").await.unwrap_err();
        assert!(matches!(error, Error::Closed { .. }), "{error:?}");
        assert_eq!((error.outcome(), error.is_transient()), (Outcome::NotSent, true));
        assert_eq!(client.unanswered(), None);
        peer.finish().unwrap();
    }
}

#[cfg(feature = "tokio")]
mod dropped {
    use std::{
        future::poll_fn,
        pin::pin,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        task::Poll,
    };

    use imapclient::{AppendUid, UidSet, tokio::Client};

    use super::*;

    /// Polls a future until it has been pending `polls` times, and drops it.
    async fn cut<F: Future>(future: F, polls: usize) {
        let mut future = pin!(future);
        let mut left = polls;
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            assert!(future.as_mut().poll(context).is_pending());
            if left == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_dropped_upload_tells_later_what_became_of_it() {
        for (answer, outcome) in [("OK done", Outcome::Done), ("NO full", Outcome::NotDone)] {
            let (peer, go) = late(answer);
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            cut(client.append("Sent", "one"), 0).await;
            assert_eq!(client.unanswered(), None, "it has not begun");
            cut(client.append("Sent", "one"), 1).await;
            assert_eq!(client.unanswered().unwrap().outcome, Outcome::Unknown);
            go.send(()).unwrap();
            client.noop().await.unwrap();
            let unanswered = client.unanswered().unwrap();
            assert_eq!(unanswered.command.as_deref(), Some("APPEND"));
            assert_eq!(unanswered.outcome, outcome);
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }

    #[tokio::test]
    async fn the_rest_of_a_dropped_upload_goes_out_with_the_next_call() {
        let (go, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "APPEND \"Sent\" {3}")?;
            gate.lock().unwrap().recv().unwrap();
            connection.send("+ go on")?;
            connection.expect("one")?;
            connection.send(&format!("{tag} OK done"))?;
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        cut(client.append("Sent", "one"), 1).await;
        let unanswered = client.unanswered().unwrap();
        assert_eq!(unanswered.outcome, Outcome::NotDone);
        assert_eq!(unanswered.to_string(), "the server did not do APPEND");
        go.send(()).unwrap();
        assert_eq!(client.drain(u64::MAX).await.unwrap(), Drained::All);
        let unanswered = client.unanswered().unwrap();
        assert_eq!(unanswered.outcome, Outcome::Done);
        assert_eq!(unanswered.to_string(), "the server said OK to APPEND");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[tokio::test]
    async fn the_steps_of_a_dropped_call_are_told() {
        let third = Arc::new(AtomicBool::new(false));
        let reached = Arc::clone(&third);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, " LITERAL+ UIDPLUS")?;
            for uid in [7, 8] {
                let tag = expect(&mut connection, "APPEND \"Sent\" {1+}")?;
                connection.read_line()?;
                connection.send(&format!("{tag} OK [APPENDUID 9 {uid}] done"))?;
            }
            expect(&mut connection, "APPEND \"Sent\" {1+}")?;
            connection.read_line()?;
            reached.store(true, Ordering::SeqCst);
            connection.wait_eof()
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        {
            let mut append = pin!(client.append_all("Sent", ["a", "b", "c"]));
            while !third.load(Ordering::SeqCst) {
                let waited = tokio::time::timeout(SHORT, append.as_mut()).await;
                assert!(waited.is_err(), "{waited:?}");
            }
        }
        let unanswered = client.unanswered().unwrap();
        let uids = AppendUid {
            uid_validity: 9,
            uids: UidSet::from(7..=8),
        };
        let done = Done::Appended {
            messages: 2,
            uids: Some(uids),
        };
        assert_eq!(unanswered.outcome, Outcome::Unknown);
        assert_eq!(unanswered.done, Some(done));
        assert_eq!(
            unanswered.to_string(),
            "APPEND: it is unknown whether the server stored it; \
             2 messages were stored as UID 7:8 before that"
        );
        drop(client);
        peer.finish().unwrap();
    }
}
