//! Several commands under way at once.

use std::io;

use imapclient::{
    Append, Error, FetchItems, FlagChange, MailboxName, MessageCount, Outcome, Response,
    SearchQuery, SearchReturn, StatusItem, UidSet, Unrunnable,
    codec::{
        Outgoing,
        command::{self, MessageSet},
    },
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{expect, goodbye, greet, member, plain, reader};

/// Expects a command behind which no other one was sent, and returns its tag. Commands that are
/// sent together arrive together.
fn alone(connection: &mut Connection, command: &str) -> io::Result<String> {
    let tag = expect(connection, command)?;
    match connection.unread() {
        [] => Ok(tag),
        more => Err(io::Error::other(format!(
            "behind {command:?} came {:?}",
            String::from_utf8_lossy(more)
        ))),
    }
}

/// Expects these commands one at a time, and answers OK to each.
fn one_by_one(commands: &'static [&'static str]) -> Peer {
    Peer::start(move |mut connection| {
        greet(&mut connection, " ESEARCH UIDPLUS")?;
        for command in commands {
            let tag = alone(&mut connection, command)?;
            if command.starts_with("SELECT") {
                connection.send("* 9 EXISTS")?;
            }
            connection.send(&format!("{tag} OK done"))?;
        }
        goodbye(&mut connection)
    })
}

fn fetch(set: &str) -> Outgoing {
    let uids: UidSet = set.parse().unwrap();
    command::fetch(&MessageSet::Uids(uids), &FetchItems::new().flags()).unwrap()
}

fn sizes(set: &str) -> Outgoing {
    let uids: UidSet = set.parse().unwrap();
    command::fetch(&MessageSet::Uids(uids), &FetchItems::new().size()).unwrap()
}

fn status(name: &str) -> Outgoing {
    command::status(&name.into(), [StatusItem::Unseen]).unwrap()
}

fn select(name: &str) -> Outgoing {
    command::select(&name.into(), false).unwrap()
}

fn store(set: &str) -> Outgoing {
    let uids: UidSet = set.parse().unwrap();
    let change = FlagChange::add([imapclient::Flag::Seen]).silent();
    command::store(&MessageSet::Uids(uids), &change).unwrap()
}

/// Returns the UIDs of the FETCH responses.
fn uids(responses: &[Response]) -> Vec<u32> {
    let uids = responses.iter().map(|response| match response {
        Response::Fetch(fetch) => fetch.uid().unwrap().get(),
        other => panic!("{other:?}"),
    });
    uids.collect()
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn answers_find_their_commands_in_any_order() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:2 (UID FLAGS)
             C: <b> UID FETCH 3 (UID FLAGS)
             C: <c> STATUS \"Drafts\" (UNSEEN)
             C: <d> STATUS \"Sent\" (UNSEEN)
             C: <e> CREATE \"new\"
             S: * 3 FETCH (UID 3 FLAGS ())
             S: * STATUS \"Sent\" (UNSEEN 2)
             S: <d> OK fetched
             S: * 1 FETCH (UID 1 FLAGS ())
             S: * 4 EXISTS
             S: <b> OK fetched
             S: * STATUS \"Drafts\" (UNSEEN 1)
             S: * 2 FETCH (UID 2 FLAGS ())
             S: <e> NO exists
             S: <c> OK told
             S: <a> OK told",
        );
        let mut client = open(&peer).await;
        client.updates().for_each(drop);
        let mut pipeline = client.pipeline();
        let first = pipeline.submit(fetch("1:2"));
        let second = pipeline.submit(fetch("3"));
        let drafts = pipeline.submit(status("Drafts"));
        let sent = pipeline.submit(status("Sent"));
        let created = pipeline.submit(command::create(&"new".into()).unwrap());
        assert_eq!(uids(&pipeline.answer(first).await.unwrap().responses), [1, 2]);
        assert_eq!(uids(&pipeline.answer(second).await.unwrap().responses), [3]);
        for (pending, name, unseen) in [(sent, "Sent", 2), (drafts, "Drafts", 1)] {
            match pipeline.answer(pending).await.unwrap().responses.as_slice() {
                [Response::MailboxStatus(status)] => {
                    assert_eq!((status.name.as_str(), status.unseen), (name, Some(MessageCount::from(unseen))));
                }
                other => panic!("{other:?}"),
            }
        }
        let error = pipeline.answer(created).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert_eq!(client.updates().count(), 1);
        assert_eq!(client.state().selected().unwrap().exists, 4);
        leave(client, peer).await;
    }

    #[case]
    async fn what_could_be_confused_is_sent_one_after_the_other() {
        let peer = one_by_one(&[
            "SELECT \"INBOX\"",
            "UID FETCH 1:3 (UID FLAGS)",
            "UID FETCH 3:5 (UID FLAGS)",
            "UID STORE 7 +FLAGS.SILENT (\\Seen)",
            "UID FETCH 8 (UID FLAGS)",
            "UID SEARCH UNSEEN",
            "UID SEARCH SEEN",
            "STATUS \"a\" (UNSEEN)",
            "STATUS \"A\" (UNSEEN)",
            "FETCH 1 (UID FLAGS)",
            "XTUNE up",
            "NOOP",
        ]);
        let mut client = connect(&peer).await;
        let mut pipeline = client.pipeline();
        let sequence = command::fetch(&MessageSet::Seqs([1].into()), &FetchItems::new().flags());
        for command in [
            select("INBOX"),
            fetch("1:3"),
            fetch("3:5"),
            store("7"),
            fetch("8"),
        ] {
            let _dropped = pipeline.submit(command);
        }
        pipeline.finish().await.unwrap();
        for command in [command::search("UNSEEN").unwrap(), command::search("SEEN").unwrap()] {
            let _dropped = pipeline.submit(command);
        }
        pipeline.finish().await.unwrap();
        for command in [
            status("a"),
            status("A"),
            sequence.unwrap(),
            Outgoing::raw("XTUNE up").unwrap(),
            command::noop(),
        ] {
            let _dropped = pipeline.submit(command);
        }
        pipeline.finish().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn searches_that_name_their_command_go_together() {
        let peer = reader(
            " ESEARCH",
            "C: <a> UID SEARCH RETURN (COUNT) UNSEEN
             C: <b> UID SEARCH RETURN (COUNT) SEEN
             S: * ESEARCH (TAG \"<b>\") UID COUNT 2
             S: * ESEARCH (TAG \"<a>\") UID COUNT 1
             S: <a> OK
             S: <b> OK",
        );
        let mut client = open(&peer).await;
        let count = |keys: &str| {
            let query = SearchQuery::from(keys).returning([SearchReturn::Count]);
            command::search(query).unwrap()
        };
        let mut pipeline = client.pipeline();
        let unseen = pipeline.submit(count("UNSEEN"));
        let seen = pipeline.submit(count("SEEN"));
        for (pending, count) in [(unseen, 1), (seen, 2)] {
            match pipeline.answer(pending).await.unwrap().responses.as_slice() {
                [Response::Esearch(found)] => assert_eq!(found.count, Some(count)),
                other => panic!("{other:?}"),
            }
        }
        leave(client, peer).await;
    }

    #[case]
    async fn nothing_is_sent_behind_a_select_that_fails() {
        let peer = reader(
            "",
            "C: <a> SELECT \"gone\"
             S: <a> NO there is none
             C: <b> NOOP
             S: <b> OK",
        );
        let mut client = open(&peer).await;
        let mut pipeline = client.pipeline();
        let selected = pipeline.submit(select("gone"));
        let fetched = pipeline.submit(fetch("1"));
        let stored = pipeline.submit(store("1"));
        let noop = pipeline.submit(command::noop());
        pipeline.answer(noop).await.unwrap();
        let error = pipeline.answer(selected).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        for pending in [fetched, stored] {
            let error = pipeline.answer(pending).await.unwrap_err();
            assert!(matches!(error, Error::State { .. }), "{error:?}");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn each_command_has_its_outcome_when_the_connection_is_cut() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let append = expect(&mut connection, "APPEND \"a\" {3}")?;
            connection.send("+ go on")?;
            assert_eq!(connection.read_line()?, "one");
            expect(&mut connection, "APPEND \"a\" {3}")?;
            connection.send(&format!("{append} OK stored"))?;
            connection.close()
        });
        let mut client = connect(&peer).await;
        let append = |text: &'static str| command::append(&"a".into(), &Append::from(text)).unwrap();
        let mut pipeline = client.pipeline();
        let stored = pipeline.submit(append("one"));
        let begun = pipeline.submit(append("two"));
        let unsent = pipeline.submit(append("too"));
        let noop = pipeline.submit(command::noop());
        pipeline.answer(stored).await.unwrap();
        let error = pipeline.answer(begun).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotDone);
        assert!(matches!(error, Error::Unfinished { ref source, .. }
            if matches!(**source, Error::Closed { .. })), "{error:?}");
        let error = pipeline.answer(unsent).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotSent);
        assert!(error.is_closed(), "{error:?}");
        let error = pipeline.answer(noop).await.unwrap_err();
        assert!(matches!(error, Error::GivenUp), "{error:?}");
        assert!(matches!(client.noop().await.unwrap_err(), Error::GivenUp | Error::Closed { .. }));
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_change_whose_answer_is_lost_may_be_done() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            expect(&mut connection, "SUBSCRIBE \"a\"")?;
            expect(&mut connection, "SUBSCRIBE \"b\"")?;
            connection.close()
        });
        let mut client = connect(&peer).await;
        let subscribe = |name: &str| command::subscribe(&name.into()).unwrap();
        let mut pipeline = client.pipeline();
        let one = pipeline.submit(subscribe("a"));
        let other = pipeline.submit(subscribe("b"));
        for pending in [other, one] {
            let error = pipeline.answer(pending).await.unwrap_err();
            assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
        }
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn dropped_answers_are_discarded_and_dropped_pipelines_settled() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1 (UID RFC822.SIZE)
             C: <b> UID FETCH 2 (UID RFC822.SIZE)
             C: <c> UID FETCH 3 (UID RFC822.SIZE)
             S: * 1 FETCH (UID 1 RFC822.SIZE 10)
             S: <a> OK
             S: * 2 FETCH (UID 2 RFC822.SIZE 10)
             S: <b> OK
             S: * 3 FETCH (UID 3 RFC822.SIZE 10)
             S: <c> OK
             C: <d> UID FETCH 9 (UID FLAGS)
             S: <d> OK",
        );
        let mut client = open(&peer).await;
        client.updates().for_each(drop);
        let mut pipeline = client.pipeline();
        drop(pipeline.submit(sizes("1")));
        let second = pipeline.submit(sizes("2"));
        let _third = pipeline.submit(sizes("3"));
        assert_eq!(uids(&pipeline.answer(second).await.unwrap().responses), [2]);
        // It is submitted too late to be sent.
        let _fourth = pipeline.submit(sizes("4"));
        drop(pipeline);
        assert!(client.flags(9).await.unwrap().is_empty());
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn pipelining_can_be_switched_off_and_ends_when_the_server_asks_for_less() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            for name in ["a", "b"] {
                let tag = alone(&mut connection, &format!("SUBSCRIBE \"{name}\""))?;
                connection.send(&format!("{tag} OK done"))?;
            }
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).pipelining(false).connect().await.unwrap();
        let mut pipeline = client.pipeline();
        for name in ["a", "b"] {
            let _dropped = pipeline.submit(command::subscribe(&name.into()).unwrap());
        }
        pipeline.finish().await.unwrap();
        leave(client, peer).await;

        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let first = expect(&mut connection, "SUBSCRIBE \"a\"")?;
            let second = expect(&mut connection, "SUBSCRIBE \"b\"")?;
            connection.send(&format!("{first} NO [LIMIT] not so many at once"))?;
            connection.send(&format!("{second} OK done"))?;
            for name in ["c", "d"] {
                let tag = alone(&mut connection, &format!("SUBSCRIBE \"{name}\""))?;
                connection.send(&format!("{tag} OK done"))?;
            }
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        let mut pipeline = client.pipeline();
        for name in ["a", "b", "c", "d"] {
            let _dropped = pipeline.submit(command::subscribe(&name.into()).unwrap());
            if name == "b" {
                pipeline.finish().await.unwrap();
            }
        }
        pipeline.finish().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn commands_refused_before_id_are_sent_again() {
        let peer = member(
            "",
            "C: <a> STATUS \"a\" (UNSEEN)
             C: <b> STATUS \"b\" (UNSEEN)
             S: <a> NO STATUS Unsafe Login. Please contact us
             S: <b> NO STATUS Unsafe Login. Please contact us
             C: <id> ID (\"name\" \"imapclient\" \"version\" \"0.1.0\")
             S: <id> OK
             C: <c> STATUS \"a\" (UNSEEN)
             C: <d> STATUS \"b\" (UNSEEN)
             S: * STATUS \"a\" (UNSEEN 1)
             S: * STATUS \"b\" (UNSEEN 2)
             S: <c> OK
             S: <d> OK",
        );
        let mut client = connect(&peer).await;
        let all = client.status_all(["a", "b"], [StatusItem::Unseen]).await.unwrap();
        let unseen: Vec<_> = all.iter().map(|(_, one)| one.as_ref().unwrap().unseen).collect();
        assert_eq!(unseen, [1, 2].map(|count| Some(MessageCount::from(count))));
        let expected = [imapclient::Workaround::IdBeforeSelect];
        leave_with(client, peer, &expected).await;
    }

    #[case]
    async fn a_pending_answer_belongs_to_its_pipeline() {
        let peer = member("", "C: <a> NOOP\nS: <a> OK");
        let mut client = connect(&peer).await;
        let foreign = client.pipeline().submit(command::noop());
        let mut pipeline = client.pipeline();
        let own = pipeline.submit(command::noop());
        let error = pipeline.answer(foreign).await.unwrap_err();
        assert!(matches!(error, Error::Unrunnable(Unrunnable::OtherPipeline)), "{error:?}");
        pipeline.answer(own).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_command_follows_an_upload_that_was_refused_before_it_was_read() {
        const SIZE: usize = 24 * 1024 * 1024;
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+")?;
            let tag = expect(&mut connection, &format!("APPEND \"a\" {{{SIZE}+}}"))?;
            connection.send(&format!("{tag} NO [OVERQUOTA] there is no room"))?;
            connection.read_exact(SIZE)?;
            assert_eq!(connection.read_line()?, "");
            let tag = expect(&mut connection, "NOOP")?;
            connection.send(&format!("{tag} OK done"))?;
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        let message = Append::from(vec![b'x'; SIZE]);
        let mut pipeline = client.pipeline();
        let upload = pipeline.submit(command::append(&"a".into(), &message).unwrap());
        let noop = pipeline.submit(command::noop());
        let error = pipeline.answer(upload).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        pipeline.answer(noop).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn the_pieces_of_a_long_set_are_sent_ahead() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "SELECT \"INBOX\"")?;
            connection.send("* 9 EXISTS")?;
            connection.send(&format!("{tag} OK opened"))?;
            let lines: Vec<String> =
                (0..5).map(|_| connection.read_line()).collect::<Result<_, _>>()?;
            for line in &lines {
                assert!(line.len() <= 998, "{line}");
                let mut words = line.split(' ').skip(3);
                let set: UidSet = words.next().unwrap().parse().unwrap();
                for (seq, uid) in set.iter().unwrap().enumerate() {
                    connection.send(&format!("* {} FETCH (UID {uid} FLAGS ())", seq + 1))?;
                }
            }
            for line in lines.iter().rev() {
                let tag = line.split(' ').next().unwrap();
                connection.send(&format!("{tag} OK fetched"))?;
            }
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let uids: UidSet = (1..=1000).map(|n| imapclient::Uid::new(n * 2).unwrap()).collect();
        let flags = client.flags(uids).await.unwrap();
        assert_eq!(flags.len(), 1000);
        leave(client, peer).await;
    }

    #[case]
    async fn fetch_many_keeps_the_requests_apart() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1 (UID FLAGS)
             C: <b> UID FETCH 2 (UID RFC822.SIZE)
             S: * 2 FETCH (UID 2 RFC822.SIZE 20)
             S: <b> OK
             S: * 1 FETCH (UID 1 FLAGS ())
             S: <a> NO later
             C: <c> UID FETCH 1 (UID FLAGS)
             S: * 1 FETCH (UID 1 FLAGS ())
             S: <c> OK",
        );
        let mut client = open(&peer).await;
        let flags = FetchItems::new().flags();
        let requests = [(1, flags.clone()), (2, FetchItems::new().size()), (1, flags)];
        let fetched = client.fetch_many(requests).await.unwrap();
        let [refused, size, flags] = <[_; 3]>::try_from(fetched).unwrap();
        let error = refused.unwrap_err();
        assert!(matches!(&error, Error::Refused(refused) if refused.kept.len() == 1), "{error:?}");
        assert_eq!(size.unwrap().values().next().unwrap().size(), Some(20));
        assert_eq!(flags.unwrap().len(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn status_all_tells_mailboxes_apart_and_works_around_refused_items() {
        let peer = member(
            "",
            "C: <a> STATUS \"a\" (UNSEEN SIZE)
             C: <b> STATUS \"b\" (UNSEEN SIZE)
             S: <a> BAD no SIZE here
             S: <b> NO [NONEXISTENT] there is none
             C: <c> STATUS \"a\" (UNSEEN)
             S: * STATUS \"a\" (UNSEEN 3)
             S: <c> OK",
        );
        let mut client = connect(&peer).await;
        let items = [StatusItem::Unseen, StatusItem::Size];
        let all = client.status_all(["a", "b"], items).await.unwrap();
        let [(one, told), (other, refused)] = <[_; 2]>::try_from(all).unwrap();
        assert_eq!((one, other), (MailboxName::from("a"), MailboxName::from("b")));
        assert_eq!(told.unwrap().unseen, Some(3.into()));
        assert!(matches!(refused.unwrap_err(), Error::Refused(_)));
        let expected = [imapclient::Workaround::StatusItemRefused];
        leave_with(client, peer, &expected).await;
    }
}
