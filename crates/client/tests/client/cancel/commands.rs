//! Commands that wait for their answers.

use std::{
    io,
    sync::{Arc, mpsc::Receiver},
};

use imapclient::{Error, FetchItems, Flag, FlagChange, Phase, Update, tokio::Client};
use imapclient_testkit::Connection;

use super::{Answer, MEMBER, at_every_point, connect, cut, drip, slowly};
use crate::common::{lines, uid};

/// Answers the commands of the tests after `SELECT INBOX`.
fn inbox(
    connection: &mut Connection,
    tag: &str,
    command: &str,
    gate: &Receiver<()>,
) -> io::Result<()> {
    let answer = match command {
        "SELECT \"INBOX\"" => "* 3 EXISTS\r\n",
        "UID FETCH 1:2 (UID RFC822.SIZE)" => {
            "* 1 FETCH (UID 1 RFC822.SIZE 11)\r\n* 2 FETCH (UID 2 RFC822.SIZE 22)\r\n"
        }
        "UID SEARCH UNSEEN" => "* SEARCH 2\r\n",
        "UID FETCH 1:2 (UID BODY.PEEK[])" => {
            let bodies = "* 1 FETCH (UID 1 BODY[] {9}\r\n) {99}\r\nx)\r\n\
                          * 9 EXISTS\r\n* 2 FETCH (BODY[] {3}\r\nabc UID 2)\r\n";
            return slowly(connection, gate, &format!("{bodies}{tag} OK done\r\n"));
        }
        "UID SEARCH ALL" => {
            return slowly(
                connection,
                gate,
                &format!("* SEARCH 1 2 7\r\n{tag} OK done\r\n"),
            );
        }
        "UID STORE 1 +FLAGS (\\Seen)" => {
            let text = format!("* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n{tag} OK done\r\n");
            return slowly(connection, gate, &text);
        }
        "LIST \"\" \"*\"" => {
            return slowly(
                connection,
                gate,
                &format!("* LIST () \"/\" x\r\n{tag} OK done\r\n"),
            );
        }
        "UID COPY 1 \"x\"" => {
            return slowly(
                connection,
                gate,
                &format!("{tag} OK [COPYUID 1 1 5] done\r\n"),
            );
        }
        other => return Err(io::Error::other(format!("unexpected: {other:?}"))),
    };
    connection.send_bytes(format!("{answer}{tag} OK done\r\n").as_bytes())
}

/// Runs a fetch of other items and a search, whose results must not contain data of the dropped
/// command.
async fn answers_are_right(client: &mut Client) {
    let found = client.fetch("1:2", FetchItems::new().size()).await.unwrap();
    let sizes: Vec<_> = found
        .iter()
        .map(|(uid, it)| (uid.get(), it.size()))
        .collect();
    assert_eq!(sizes, [(1, Some(11)), (2, Some(22))]);
    assert!(found.values().all(|fetch| fetch.body().is_none()));
    assert_eq!(client.search("UNSEEN").await.unwrap(), [2]);
}

#[tokio::test]
async fn a_fetch() {
    let polls = at_every_point(
        MEMBER,
        inbox,
        async |client| {
            client.select("INBOX").await?;
            let found = client.fetch("1:2", FetchItems::new().body()).await?;
            assert_eq!(found[&uid(1)].body(), Some(&b") {99}\r\nx"[..]));
            Ok(())
        },
        async |client, _| {
            let begun = lines(client.wire_log())
                .iter()
                .any(|line| line.contains("BODY"));
            client.noop().await.unwrap();
            // News are kept, but bodies that the dropped command asked for are not.
            let news: Vec<_> = client
                .updates()
                .filter(|update| *update != Update::Exists(3.into()))
                .collect();
            assert_eq!(news, vec![Update::Exists(9.into()); usize::from(begun)]);
            client.select("INBOX").await.unwrap();
            answers_are_right(client).await;
            assert_eq!(client.updates().count(), 0);
        },
    )
    .await;
    assert!(polls > 100, "{polls}");
}

#[tokio::test]
async fn a_select() {
    let polls = at_every_point(
        MEMBER,
        |connection, tag, command, gate| match command {
            "SELECT \"Work\"" => {
                let data = "* 7 EXISTS\r\n* OK [UIDVALIDITY 5] valid\r\n";
                slowly(
                    connection,
                    gate,
                    &format!("{data}{tag} OK [READ-ONLY] done\r\n"),
                )
            }
            other => inbox(connection, tag, other, gate),
        },
        async |client| {
            client.select("INBOX").await?;
            let work = client.select("Work").await?;
            assert_eq!(work.exists, 7);
            Ok(())
        },
        async |client, _| {
            let begun = lines(client.wire_log())
                .iter()
                .any(|line| line.contains("Work"));
            client.noop().await.unwrap();
            match client.state().selected() {
                Some(work) if work.name == "Work" => {
                    assert!(begun && work.read_only);
                    assert_eq!((work.exists, work.uid_validity), (7.into(), Some(5)));
                }
                Some(inbox) => {
                    assert!(!begun && inbox.name == "INBOX");
                    assert_eq!(inbox.exists, 3);
                }
                // Not even the first SELECT was sent.
                None => {
                    assert!(
                        lines(client.wire_log())
                            .iter()
                            .all(|line| !line.contains("SELECT"))
                    );
                    client.select("INBOX").await.unwrap();
                }
            }
            answers_are_right(client).await;
        },
    )
    .await;
    assert!(polls > 50, "{polls}");
}

#[tokio::test]
async fn a_select_that_fails() {
    at_every_point(
        MEMBER,
        |connection, tag, command, gate| match command {
            "SELECT \"nowhere\"" => {
                slowly(connection, gate, &format!("{tag} NO no such mailbox\r\n"))
            }
            other => inbox(connection, tag, other, gate),
        },
        async |client| {
            assert!(matches!(
                client.select("nowhere").await,
                Err(Error::Refused(_))
            ));
            Ok(())
        },
        async |client, begun| {
            client.noop().await.unwrap();
            assert_eq!(client.state().selected(), None);
            assert_eq!(client.state().phase(), Phase::Authenticated);
            if begun {
                let error = client.search("ALL").await.unwrap_err();
                assert!(matches!(error, Error::State { .. }), "{error:?}");
            }
            client.select("INBOX").await.unwrap();
            answers_are_right(client).await;
        },
    )
    .await;
}

#[tokio::test]
async fn commands_in_a_row() {
    let polls = at_every_point(
        MEMBER,
        inbox,
        async |client| {
            client.select("INBOX").await?;
            assert_eq!(client.search("ALL").await?, [1, 2, 7]);
            client.store(1, FlagChange::add(Flag::Seen)).await?;
            assert_eq!(client.list("", "*").await?.len(), 1);
            assert!(client.copy(1, "x").await?.uids().is_some());
            Ok(())
        },
        async |client, _| {
            client.select("INBOX").await.unwrap();
            answers_are_right(client).await;
        },
    )
    .await;
    assert!(polls > 100, "{polls}");
}

/// The second future is dropped while it waits for the end of the first command.
#[tokio::test]
async fn one_after_the_other() {
    let answer: Arc<Answer> = Arc::new(inbox);
    for polls in (0..120).step_by(7) {
        for more in (0..60).step_by(7) {
            let (peer, go) = drip(MEMBER, &answer);
            let mut client = connect(&peer).await;
            client.select("INBOX").await.unwrap();
            cut(polls, &go, client.fetch("1:2", FetchItems::new().body())).await;
            cut(more, &go, client.search("ALL")).await;
            cut(more, &go, client.store(1, FlagChange::add(Flag::Seen))).await;
            drop(go);
            answers_are_right(&mut client).await;
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
    }
}
