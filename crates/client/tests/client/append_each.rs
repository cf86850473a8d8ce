//! Many messages, sent without waiting for the results of earlier ones.

use std::io;

use imapclient::{Append, Code, Error, Outcome, UidSet};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{expect, goodbye, greet, member};

/// The size of the messages that are counted.
const SIZE: usize = 20 * 1024;

/// Reads an APPEND to the mailbox `Sent`, and returns its tag and the message.
fn read(connection: &mut Connection) -> io::Result<(String, Vec<u8>)> {
    let line = connection.read_line()?;
    let (tag, command) = line.split_once(' ').unwrap_or_default();
    let size = command.strip_prefix("APPEND \"Sent\" {");
    let size = size.and_then(|size| size.strip_suffix("+}"));
    let size = size.and_then(|size| size.parse().ok());
    let message = connection.read_exact(size.ok_or_else(|| io::Error::other(line.clone()))?)?;
    connection.expect("")?;
    Ok((tag.to_owned(), message))
}

/// Reads this many APPENDs before it answers any of them, so that each batch is a round trip.
fn take(connection: &mut Connection, batches: &[usize]) -> io::Result<()> {
    let mut uid = 0;
    for batch in batches {
        let mut tags = Vec::new();
        for _ in 0..*batch {
            let (tag, message) = read(connection)?;
            assert_eq!(message.len(), SIZE);
            tags.push(tag);
        }
        for tag in tags {
            uid += 1;
            connection.send(&format!("{tag} OK [APPENDUID 9 {uid}] done"))?;
        }
    }
    Ok(())
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn hundreds_of_messages_take_three_round_trips() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+ UIDPLUS")?;
            take(&mut connection, &[250, 250])?;
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        let messages = (0..500).map(|_| vec![b'm'; SIZE]);
        let mut uploads = client.append_each("Sent", messages).await.unwrap();
        for uid in 1..=500 {
            let told = uploads.next().await.unwrap().unwrap().unwrap();
            assert_eq!((told.uid_validity, told.uids), (9, UidSet::from(uid)));
        }
        assert!(uploads.next().await.is_none());
        assert!(uploads.next().await.is_none());
        drop(uploads);
        leave(client, peer).await;
    }

    #[case]
    async fn no_more_are_taken_than_may_be_under_way() {
        const LARGE: usize = 1 << 20;
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+")?;
            for _ in 0..40 {
                let (tag, _) = read(&mut connection)?;
                connection.send(&format!("{tag} OK done"))?;
            }
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        let taken = std::sync::atomic::AtomicUsize::new(0);
        let messages = (0..40).map(|_| {
            taken.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            vec![b'm'; LARGE]
        });
        let mut uploads = client.append_each("Sent", messages).await.unwrap();
        for done in 1..=40 {
            assert_eq!(uploads.next().await.unwrap().unwrap(), None);
            let taken = taken.load(std::sync::atomic::Ordering::SeqCst);
            assert!(taken < done + 16, "{taken} after {done}");
        }
        assert!(uploads.next().await.is_none());
        drop(uploads);
        leave(client, peer).await;
    }

    #[case]
    async fn each_message_has_its_own_result() {
        let peer = member(
            " LITERAL+ APPENDLIMIT=9",
            "C: <a> APPEND \"Sent\" {1+}
             C: a
             C: <b> APPEND \"Sent\" {1+}
             C: b
             C: <c> APPEND \"Sent\" (\\Seen) {1+}
             C: c
             S: <c> OK [APPENDUID 9 8] done
             S: <b> NO [OVERQUOTA] full
             S: <a> OK [APPENDUID 9 7] done",
        );
        let mut client = connect(&peer).await;
        let messages = [
            Append::from("a"),
            Append::from("b"),
            Append::from("too large!"),
            Append::from("\0"),
            Append::from("c").flags("\\Seen"),
        ];
        let mut uploads = client.append_each("Sent", messages).await.unwrap();
        assert_eq!(uploads.next().await.unwrap().unwrap().unwrap().uids, UidSet::from(7));
        let error = uploads.next().await.unwrap().unwrap_err();
        assert_eq!(error.code(), Some(&Code::OverQuota));
        assert_eq!(error.outcome(), Outcome::NotDone);
        let error = uploads.next().await.unwrap().unwrap_err();
        assert!(
            matches!(error, Error::AppendLimit { index: 2, size: 10, limit: 9, .. }),
            "{error:?}"
        );
        let error = uploads.next().await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert_eq!(uploads.next().await.unwrap().unwrap().unwrap().uids, UidSet::from(8));
        assert!(uploads.next().await.is_none());
        drop(uploads);
        let mut none = client.append_each("Sent", [""; 0]).await.unwrap();
        assert!(none.next().await.is_none());
        drop(none);
        leave(client, peer).await;
    }

    #[case]
    async fn without_literal_plus_each_waits_for_the_server() {
        let peer = member(
            "",
            "C: <a> APPEND \"Sent\" {1}
             S: + go on
             C: a
             C: <b> APPEND \"Sent\" {1}
             S: <a> OK done
             S: <b> NO [OVERQUOTA] full
             C: <c> APPEND \"Sent\" {1}
             S: + go on
             C: c
             S: <c> OK done",
        );
        let mut client = connect(&peer).await;
        let mut uploads = client.append_each("Sent", ["a", "b", "c"]).await.unwrap();
        assert_eq!(uploads.next().await.unwrap().unwrap(), None);
        let error = uploads.next().await.unwrap().unwrap_err();
        assert_eq!(error.code(), Some(&Code::OverQuota));
        assert_eq!(uploads.next().await.unwrap().unwrap(), None);
        assert!(uploads.next().await.is_none());
        drop(uploads);
        leave(client, peer).await;
    }

    #[case]
    async fn after_a_cut_each_message_has_its_outcome() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+")?;
            let (first, _) = read(&mut connection)?;
            read(&mut connection)?;
            connection.send(&format!("{first} OK done"))
        });
        let mut client = connect(&peer).await;
        // No end, so that it must not be taken to its end.
        let messages = std::iter::repeat_with(|| vec![b'm'; SIZE]);
        let mut uploads = client.append_each("Sent", messages).await.unwrap();
        let mut results = Vec::new();
        while let Some(result) = uploads.next().await {
            results.push(result);
        }
        drop(uploads);
        assert!(results.len() > 2);
        for (number, result) in results.into_iter().enumerate() {
            let outcome = result.as_ref().map_or_else(|error| error.outcome(), |_| Outcome::Done);
            match number {
                // The answer may be lost with the connection.
                0 => assert!(matches!(outcome, Outcome::Done | Outcome::Unknown), "{result:?}"),
                // All of it has arrived, although messages behind it have not been sent.
                1 => assert_eq!(outcome, Outcome::Unknown, "{result:?}"),
                _ => assert_ne!(outcome, Outcome::Done, "{result:?}"),
            }
            if let Err(error) = result {
                assert!(error.is_closed(), "{error:?}");
            }
        }
        assert!(matches!(client.noop().await, Err(Error::GivenUp | Error::Closed { .. })));
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn dropped_uploads_are_waited_for() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+")?;
            let mut tags = Vec::new();
            for _ in 0..3 {
                tags.push(read(&mut connection)?.0);
            }
            for tag in tags {
                connection.send(&format!("{tag} OK done"))?;
            }
            let tag = expect(&mut connection, "NOOP")?;
            connection.send(&format!("{tag} OK"))?;
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        let mut uploads = client.append_each("Sent", ["a", "b", "c"]).await.unwrap();
        assert!(uploads.next().await.unwrap().is_ok());
        drop(uploads);
        client.noop().await.unwrap();
        leave(client, peer).await;
    }
}
