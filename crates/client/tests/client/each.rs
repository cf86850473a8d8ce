//! Messages one at a time, and their bodies in pieces, in every form in which servers send them.

use imapclient::{Error, Fetch, Seq, SeqSet, Uid, Update};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{expect_start, goodbye, greet, member, plain, reader, serve};

#[cfg(feature = "tokio")]
mod async_readers;
mod readers;
#[cfg(all(feature = "tokio", feature = "stream"))]
mod streams;
mod unnamed;
#[cfg(feature = "tokio")]
mod writers;

/// A body as it was read: its section, its announced size and its bytes.
type Read = (String, u64, String);

/// Returns a body as it is expected.
fn body(section: &str, data: &str) -> Read {
    (section.to_owned(), data.len() as u64, data.to_owned())
}

/// Returns UID, sequence number and flags of a message.
fn numbers(fetch: &Fetch) -> (Option<u32>, Option<u32>, Option<String>) {
    let flags = fetch.flags().map(ToString::to_string);
    (fetch.uid().map(Uid::get), fetch.seq().map(Seq::get), flags)
}

/// Returns the names of the sections of a message, and their data.
fn sections(fetch: &Fetch) -> Vec<(String, Option<String>)> {
    let text = |data: &[u8]| String::from_utf8(data.to_vec()).unwrap();
    let sections = fetch.sections();
    sections
        .map(|section| (section.name.to_owned(), section.data.map(text)))
        .collect()
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    /// Reads all bodies of all messages, and then the rest of each.
    async fn read_all(client: &mut Client, set: &str, from: u64) -> Result<Vec<(Vec<Read>, Fetch)>, Error> {
        let messages = client.fetch_each(set, "(FLAGS BODY.PEEK[])").await?;
        let mut messages = messages.pieces_from(from);
        let mut all = Vec::new();
        while let Some(mut message) = messages.next().await? {
            let mut bodies = Vec::new();
            while let Some(mut body) = message.body().await? {
                let size = body.size();
                let section = match body.origin() {
                    Some(origin) => format!("{}<{origin}>", body.section()),
                    None => body.section().to_owned(),
                };
                let mut data = Vec::new();
                while let Some(chunk) = body.chunk().await? {
                    assert!(!chunk.is_empty());
                    data.extend_from_slice(chunk);
                }
                assert!(body.chunk().await?.is_none());
                bodies.push((section, size, String::from_utf8(data).unwrap()));
            }
            assert!(message.body().await?.is_none());
            all.push((bodies, message.finish().await?));
        }
        assert!(messages.next().await?.is_none());
        Ok(all)
    }

    #[case]
    async fn bodies_come_in_every_form() {
        const ANSWER: &str =
            "C: <a> UID FETCH 1:9 (UID FLAGS BODY.PEEK[])
             S: * 1 FETCH (UID 1 FLAGS () BODY[] {5}
             S: hello)
             S: * 2 FETCH (BODY[HEADER] \"a: b\" BODY[1] {11}
             S: hello world BODY[2] {2}
             S: hi BINARY[3] ~{12}
             S: not text at. UID 2 FLAGS (\\Seen))
             S: * 3 FETCH (UID 3 BODY[] NIL)
             S: * 4 FETCH (UID 4 BODY[]<10> {0}
             S: )
             S: * 5 FETCH (RFC822.HEADER {6}
             S: head.. RFC822.TEXT {6}
             S: text.. UID 5)
             S: <a> OK done";
        for from in [0, 1, 6, 11, 12, 1000] {
            let peer = reader("", ANSWER);
            let mut client = open(&peer).await;
            let all = read_all(&mut client, "1:9", from).await.unwrap();
            let bodies: Vec<_> = all.iter().map(|(bodies, _)| bodies.clone()).collect();
            assert_eq!(
                bodies,
                [
                    vec![body("", "hello")],
                    vec![
                        body("HEADER", "a: b"),
                        body("1", "hello world"),
                        body("2", "hi"),
                        body("BINARY[3]", "not text at."),
                    ],
                    vec![],
                    vec![body("<10>", "")],
                    vec![body("HEADER", "head.."), body("TEXT", "text..")],
                ],
                "from {from}"
            );
            let known: Vec<_> = all.iter().map(|(_, fetch)| numbers(fetch)).collect();
            let none = || Some("()".to_owned());
            assert_eq!(known[0], (Some(1), Some(1), none()));
            assert_eq!(known[1], (Some(2), Some(2), Some("(\\Seen)".to_owned())));
            assert_eq!(known[4].0, Some(5));
            // A section that was read in pieces has no data, and never an empty text.
            let kept = |size: u64, data: &str| (size < from).then(|| data.to_owned());
            assert_eq!(
                sections(&all[1].1),
                [
                    ("HEADER".to_owned(), Some("a: b".to_owned())),
                    ("1".to_owned(), kept(11, "hello world")),
                    ("2".to_owned(), kept(2, "hi")),
                    ("BINARY[3]".to_owned(), kept(12, "not text at.")),
                ],
                "from {from}"
            );
            assert_eq!(sections(&all[3].1), [(String::new(), kept(0, ""))]);
            leave(client, peer).await;
        }
    }

    #[case]
    async fn each_response_is_a_message() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:9 (UID FLAGS BODY.PEEK[])
             # Twice, the second time without the flags.
             S: * 1 FETCH (UID 1 FLAGS () BODY[] {5}
             S: first)
             S: * 1 FETCH (UID 1 BODY[] {6}
             S: second)
             # News: flags, a removal, and a body of another message.
             S: * 3 FETCH (FLAGS (\\Deleted))
             S: * 3 EXPUNGE
             S: * 7 FETCH (UID 99 BODY[] {9}
             S: not asked)
             S: * 5 EXISTS
             # Without its UID.
             S: * 2 FETCH (BODY[] {8}
             S: nameless)
             S: <a> OK done
             C: <b> FETCH 2 (UID)
             S: * 2 FETCH (UID 2)
             S: <b> OK done
             C: <c> UID FETCH 2 (UID FLAGS BODY.PEEK[])
             S: * 2 FETCH (UID 2 FLAGS () BODY[] {8}
             S: nameless)
             S: <c> OK done",
        );
        let mut client = open(&peer).await;
        let all = read_all(&mut client, "1:9", 5).await.unwrap();
        let seen: Vec<_> = all
            .iter()
            .map(|(bodies, fetch)| (bodies[0].2.as_str(), fetch.uid().map(Uid::get), fetch.seq()))
            .collect();
        assert_eq!(
            seen,
            [
                ("first", Some(1), Seq::new(1)),
                ("second", Some(1), Seq::new(1)),
                ("nameless", None, Seq::new(2)),
                ("nameless", Some(2), Seq::new(2)),
            ]
        );
        let updates: Vec<_> = client.updates().collect();
        assert!(
            matches!(
                updates.as_slice(),
                [Update::Fetch(flags), Update::Expunge(_), Update::Lagged(1), Update::Exists(_)]
                    if flags.has_only_flags()
            ),
            "{updates:?}"
        );
        leave(client, peer).await;
    }

    #[case]
    async fn by_sequence_number_and_without_bodies() {
        let peer = reader(
            "",
            "C: <a> FETCH 1:2 (UID FLAGS)
             S: * 1 FETCH (FLAGS (\\Seen))
             S: * 2 FETCH (FLAGS ())
             S: * 3 FETCH (FLAGS (\\Answered))
             S: <a> OK done
             C: <b> UID FETCH 9 (UID FLAGS)
             S: <b> OK there is no such message",
        );
        let mut client = open(&peer).await;
        let set: SeqSet = "1:2".parse().unwrap();
        let mut messages = client.fetch_each(set, "FLAGS").await.unwrap();
        let mut seen = Vec::new();
        while let Some(message) = messages.next().await.unwrap() {
            assert!(message.seq().is_some() && message.uid().is_none());
            seen.push(numbers(&message.finish().await.unwrap()));
        }
        assert_eq!(
            seen,
            [(None, Some(1), Some("(\\Seen)".to_owned())), (None, Some(2), Some("()".to_owned()))]
        );
        assert!(matches!(client.updates().next(), Some(Update::Fetch(_))));
        let mut messages = client.fetch_each(9, "FLAGS").await.unwrap();
        assert!(messages.next().await.unwrap().is_none());
        // An empty set sends nothing.
        let none: [u32; 0] = [];
        let mut messages = client.fetch_each(none, "FLAGS").await.unwrap();
        assert!(messages.next().await.unwrap().is_none());
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_not_read_is_skipped() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:3 (UID FLAGS BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[1] {5}
             S: first BODY[2] {6}
             S: second FLAGS (a))
             S: * 2 FETCH (UID 2 BODY[1] {5}
             S: third FLAGS (b))
             S: * 3 FETCH (UID 3 BODY[1] {6}
             S: fourth FLAGS (c))
             S: <a> OK done
             C: <b> NOOP
             S: <b> OK done",
        );
        let mut client = open(&peer).await;
        let messages = client.fetch_each("1:3", "(FLAGS BODY.PEEK[])").await.unwrap();
        let mut messages = messages.pieces_from(0);
        let mut message = messages.next().await.unwrap().unwrap();
        // The first body is not read.
        assert_eq!(message.body().await.unwrap().unwrap().section(), "1");
        let mut second = message.body().await.unwrap().unwrap();
        assert_eq!(second.chunk().await.unwrap(), Some(&b"second"[..]));
        assert_eq!(message.uid().map(Uid::get), Some(1));
        // The rest of the message is not read, and of the next one nothing but its flags.
        let message = messages.next().await.unwrap().unwrap();
        let fetch = message.finish().await.unwrap();
        assert_eq!(numbers(&fetch), (Some(2), Some(2), Some("(b)".to_owned())));
        assert_eq!(fetch.section("1"), None);
        assert!(messages.next().await.unwrap().is_some());
        assert!(messages.next().await.unwrap().is_none());
        client.noop().await.unwrap();
        assert!(client.updates().next().is_none());
        leave(client, peer).await;
    }

    #[case]
    async fn dropped_early_the_rest_is_skipped_by_the_next_command() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:3 (UID BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[] {12}
             S: hello, world)
             S: * 2 FETCH (UID 2 BODY[] {5}
             S: other)
             S: <a> OK done
             C: <b> UID FETCH 3 (UID BODY.PEEK[])
             S: * 3 FETCH (UID 3 BODY[] {5}
             S: whole)
             S: <b> OK done",
        );
        let mut client = open(&peer).await;
        let messages = client.fetch_each("1:3", "BODY.PEEK[]").await.unwrap();
        let mut messages = messages.pieces_from(0);
        let mut message = messages.next().await.unwrap().unwrap();
        assert_eq!(message.body().await.unwrap().unwrap().size(), 12);
        // Later commands do not get their bodies in pieces.
        let found = client.fetch(3, "BODY.PEEK[]").await.unwrap();
        let bodies: Vec<_> = found.values().map(Fetch::body).collect();
        assert_eq!(bodies, [Some(&b"whole"[..])]);
        assert!(client.updates().next().is_none());
        leave(client, peer).await;
    }

    #[case]
    async fn whole_messages_have_their_bodies() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:3 (UID BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[] {5}
             S: hello)
             S: * 2 FETCH (UID 2 BODY[] {70000}
             S+: 70000
             S: )
             S: * 3 FETCH (BODY[] {300}
             S+: 300
             S:  UID 3)
             S: <a> OK done",
        );
        let mut client = plain::<Client>(&peer).answer_limit(65_536).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let mut messages = client.fetch_each("1:3", "BODY.PEEK[]").await.unwrap();
        let first = messages.next_whole().await.unwrap().unwrap();
        assert_eq!(first.body(), Some(&b"hello"[..]));
        let error = messages.next_whole().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "UID FETCH gave more than can be kept: UID 2 (70000 bytes); of one answer, 65536 bytes \
             are kept at most"
        );
        let third = messages.next_whole().await.unwrap().unwrap();
        assert_eq!(third.body().map(<[u8]>::len), Some(300));
        assert!(messages.next_whole().await.unwrap().is_none());
        leave(client, peer).await;
    }

    #[case]
    async fn a_message_that_cannot_be_kept_is_an_error_and_the_next_one_follows() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:4 (UID PREVIEW BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[] {5}
             S: hello PREVIEW {70000}
             S+: 70000
             S: )
             S: * 2 FETCH (UID 2 PREVIEW {70000}
             S+: 70000
             S: )
             S: * 3 FETCH (UID 3 BODY[] {70000}
             S+: 70000
             S:  (((
             S: * 4 FETCH (UID 4 BODY[] {4}
             S: good)
             S: <a> OK done",
        );
        let mut client = plain::<Client>(&peer).answer_limit(65_536).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let messages = client.fetch_each("1:4", "(PREVIEW BODY.PEEK[])").await.unwrap();
        let mut messages = messages.pieces_from(1);
        let mut message = messages.next().await.unwrap().unwrap();
        let mut body = message.body().await.unwrap().unwrap();
        assert_eq!(body.chunk().await.unwrap(), Some(&b"hello"[..]));
        // The items behind the body are too big.
        let error = message.finish().await.unwrap_err();
        assert!(error.to_string().contains("UID 1 (70000 bytes)"), "{error}");
        // A message without anything but that.
        let error = messages.next().await.unwrap_err();
        assert!(error.to_string().contains("UID 2 (70000 bytes)"), "{error}");
        assert!(!error.is_closed());
        // A body that has any size, and garbage behind it.
        let mut message = messages.next().await.unwrap().unwrap();
        let mut body = message.body().await.unwrap().unwrap();
        let mut size = 0;
        while let Some(chunk) = body.chunk().await.unwrap() {
            size += chunk.len();
        }
        assert_eq!(size, 70_000);
        let ended = message.finish().await;
        let fourth = messages.next().await.unwrap().unwrap();
        assert_eq!(fourth.uid().map(Uid::get), Some(4));
        assert!(messages.next().await.unwrap().is_none());
        // The decoder turns the garbage into either an error with the response as an update,
        // or a message that reports it.
        match ended {
            Err(Error::Unreadable { .. }) => {
                assert!(matches!(client.updates().next(), Some(Update::Malformed(_))));
            }
            other => assert_eq!(other.unwrap().uid().map(Uid::get), Some(3)),
        }
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal_half_way_ends_it() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1:3 (UID FLAGS)
             S: * 1 FETCH (UID 1 FLAGS ())
             S: <a> NO [UNAVAILABLE] the disk is gone
             C: <b> NOOP
             S: <b> OK done",
        );
        let mut client = open(&peer).await;
        let mut messages = client.fetch_each("1:3", "FLAGS").await.unwrap();
        assert!(messages.next().await.unwrap().is_some());
        let error = messages.next().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
        assert!(messages.next().await.unwrap().is_none());
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn without_a_mailbox_nothing_is_sent() {
        let peer = member("", "");
        let mut client = connect(&peer).await;
        let error = client.fetch_each("1:3", "FLAGS").await.unwrap_err();
        assert_eq!(error.to_string(), "FETCH needs a selected mailbox, but no mailbox is selected");
        let error = client.fetch_each("0", "FLAGS").await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error}");
        leave(client, peer).await;
    }

    #[case]
    async fn a_long_set_takes_several_commands() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            serve(&mut connection, "SELECT \"INBOX\"")?;
            let mut sets = Vec::new();
            while sets.iter().map(|set: &String| set.matches(',').count() + 1).sum::<usize>() < 500 {
                let (tag, rest) = expect_start(&mut connection, "UID FETCH")?;
                let set = rest.split(' ').next().unwrap_or_default().to_owned();
                for uid in set.split(',') {
                    connection.send(&format!("* {uid} FETCH (UID {uid} BODY[] {{3}}\r\nabc)"))?;
                }
                connection.send(&format!("{tag} OK done"))?;
                sets.push(set);
            }
            assert!(sets.len() > 1);
            goodbye(&mut connection)
        });
        let mut client = open(&peer).await;
        let odd: Vec<u32> = (0..500).map(|n| 2 * n + 1).collect();
        let messages = client.fetch_each(&odd, "BODY.PEEK[]").await.unwrap();
        let mut messages = messages.pieces_from(2);
        let mut seen = Vec::new();
        while let Some(mut message) = messages.next().await.unwrap() {
            let mut body = message.body().await.unwrap().unwrap();
            assert!(body.chunk().await.unwrap().is_some());
            seen.extend(message.finish().await.unwrap().uid().map(Uid::get));
        }
        assert_eq!(seen, odd);
        leave(client, peer).await;
    }
}
