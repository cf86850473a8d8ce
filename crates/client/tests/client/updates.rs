//! Unsolicited responses at any time.

use imapclient::{Error, FetchItems, Flag, Flags, Limits, Update, codec::Response};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{member, plain, reader, scripted, seq, uid};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn news_in_the_middle_of_commands() {
        let peer = reader(
            "",
            r#"C: <a> UID FETCH 9 (UID BODY.PEEK[])
              S: * 5 EXISTS
              S: * 1 FETCH (FLAGS (\Seen))
              S: * 2 FETCH (UID 9 BODY[] {2}
              S: hi)
              S: * 1 RECENT
              S: <a> OK done
              C: <b> UID SEARCH ALL
              S: * SEARCH 7 9
              S: * 4 EXPUNGE
              S: <b> OK done
              C: <c> STATUS "Other" (MESSAGES)
              S: * 1 EXPUNGE
              S: * STATUS Other (MESSAGES 1)
              S: <c> OK done"#,
        );
        let mut client = open(&peer).await;
        let found = client.fetch(9, FetchItems::new().body()).await.unwrap();
        assert_eq!(found[&uid(9)].body(), Some(&b"hi"[..]));
        assert_eq!(client.state().selected().unwrap().exists, 5);
        assert_eq!(client.search("ALL").await.unwrap(), [7, 9]);
        assert_eq!(client.state().selected().unwrap().exists, 4);
        client.status("Other", [imapclient::StatusItem::Messages]).await.unwrap();
        assert_eq!(client.state().selected().unwrap().exists, 3);
        assert_eq!(client.state().selected().unwrap().recent, 1);

        let mut updates = client.updates();
        assert_eq!(updates.next(), Some(Update::Exists(5.into())));
        match updates.next() {
            Some(Update::Fetch(fetch)) => {
                assert_eq!((fetch.seq(), fetch.uid()), (Some(seq(1)), None));
                assert!(fetch.flags().unwrap().contains(&Flag::Seen));
            }
            other => panic!("{other:?}"),
        }
        let rest: Vec<_> = updates.collect();
        assert_eq!(rest, [Update::Recent(1.into()), Update::Expunge(seq(4)), Update::Expunge(seq(1))]);
        assert_eq!(client.updates().count(), 0, "each is told once");
        leave(client, peer).await;
    }

    #[case]
    async fn alerts_reach_the_user_whatever_they_come_with() {
        let peer = scripted(
            "S: * PREAUTH [ALERT] in the greeting
             C: <a> SELECT \"INBOX\"
             S: * OK [ALERT] untagged
             S: <a> OK [ALERT] tagged
             C: <b> CREATE \"x\"
             S: <b> NO [ALERT] refused
             C: <c> NOOP
             S: * BYE [ALERT] going down
             CLOSE",
        );
        let mut client = open(&peer).await;
        client.create("x").await.unwrap_err();
        client.noop().await.unwrap_err();
        let updates: Vec<_> = client.updates().collect();
        let alert = |text: &str| Update::Alert(text.into());
        assert_eq!(
            updates,
            [
                alert("in the greeting"),
                alert("untagged"),
                alert("tagged"),
                alert("refused"),
                alert("going down"),
                Update::Bye("going down".into()),
            ]
        );
        assert_eq!(client.state().bye(), Some("going down"));
        peer.finish().unwrap();
    }

    #[case]
    async fn what_nobody_knows_reaches_the_user() {
        let peer = reader(
            "",
            "C: <a> NOOP
             S: * XNEW (1 2) {3}
             S: a)b
             S: * 7 XNUMBER
             S: nonsense
             S: * OK [X-CODE] text
             S: <a> OK",
        );
        let mut client = open(&peer).await;
        client.noop().await.unwrap();
        let updates: Vec<_> = client.updates().collect();
        let raws: Vec<_> = updates
            .iter()
            .filter_map(|update| match update {
                Update::Unknown(unknown) => Some(unknown.raw.as_ref()),
                _ => None,
            })
            .collect();
        let expected: [&[u8]; 3] = [
            b"* XNEW (1 2) {3}\r\na)b\r\n",
            b"* 7 XNUMBER\r\n",
            b"nonsense\r\n",
        ];
        assert_eq!(raws, expected);
        assert!(matches!(&updates[3], Update::Other(Response::Status(_))), "{updates:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_broken_reaches_the_user_and_the_session_goes_on() {
        let peer = reader(
            "",
            r#"C: <a> UID FETCH 1:* (UID FLAGS)
               S: * 1 FETCH (UID 1 FLAGS (\Seen
               S: * 0 EXPUNGE
               S: * 99999999999 EXISTS
               S: * LIST (\Noselect "/" x
               S: * 2 FETCH (UID 2 FLAGS ())
               S: <a> OK done"#,
        );
        let mut client = open(&peer).await;
        let found = client.fetch("1:*", FetchItems::new().flags()).await.unwrap();
        // The valid parts of the first answer are kept.
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(found[&uid(1)].malformed()[0].item, "FLAGS");
        assert_eq!(found[&uid(2)].flags(), Some(&Flags::new()));
        let raws: Vec<_> = client
            .updates()
            .map(|update| match update {
                Update::Malformed(malformed) => malformed.raw,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            raws,
            [
                &b"* 0 EXPUNGE\r\n"[..],
                b"* 99999999999 EXISTS\r\n",
                b"* LIST (\\Noselect \"/\" x\r\n",
            ]
        );
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_too_long_reaches_the_user_and_the_session_goes_on() {
        let peer = reader(
            "",
            &format!(
                "C: <a> UID FETCH 1:2 (UID BODY.PEEK[])
                 S: * 1 FETCH (UID 1 BODY[] {{3000}}
                 S+: 3000
                 S: )
                 S: * 2 FETCH (UID 2 BODY[] {{3}}
                 S: abc)
                 S: * XLONG {}
                 S: <a> OK done",
                "x".repeat(5000)
            ),
        );
        let limits = Limits {
            line: 4000,
            ..Limits::default()
        };
        let builder = plain::<Client>(&peer).limits(limits).answer_limit(1000);
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.fetch([1, 2], FetchItems::new().body()).await.unwrap_err();
        let Error::TooLarge(incomplete) = error else { panic!("{error:?}") };
        let kept: Vec<_> = incomplete.kept.iter().map(|fetch| fetch.uid().unwrap()).collect();
        assert_eq!(kept, [2]);
        // The error has the messages that were asked for, and the others are updates.
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(updates.len(), 1, "{updates:?}");
        assert!(
            matches!(&updates[0], Update::Malformed(it) if it.raw.starts_with(b"* XLONG xxx")),
            "{updates:?}"
        );
        leave(client, peer).await;
    }

    #[case]
    async fn text_that_looks_like_a_literal_announces_nothing() {
        let peer = member(
            "",
            "C: <a> NOOP
             S: * OK still here {5}
             S: * 3 EXISTS
             S: <a> OK done ~{5}
             C: <b> CREATE \"x\"
             S: <b> NO not {7+}",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.noop().await.unwrap();
        assert!(client.updates().any(|update| update == Update::Exists(3.into())));
        assert!(client.create("x").await.is_err());
        leave(client, peer).await;
    }

    #[case]
    async fn many_updates_are_cut_off_at_the_old_end() {
        let peer = Peer::start(|mut connection| {
            crate::common::greet(&mut connection, "")?;
            let tag = crate::common::expect(&mut connection, "NOOP")?;
            let mut text = String::new();
            for n in 1..=10_010 {
                text += &format!("* {n} EXISTS\r\n");
            }
            connection.send_bytes(text.as_bytes())?;
            connection.send(&format!("{tag} OK"))?;
            crate::common::goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.noop().await.unwrap();
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(updates[0], Update::Lagged(10));
        assert_eq!(updates[1], Update::Exists(11.into()));
        assert_eq!(updates.last(), Some(&Update::Exists(10_010.into())));
        leave(client, peer).await;
    }

    #[case]
    async fn news_of_a_mailbox_go_with_it() {
        let peer = reader(
            "",
            "C: <a> NOOP
             S: * 2 EXPUNGE
             S: * 9 EXISTS
             S: * OK [ALERT] careful
             S: <a> OK
             C: <b> SELECT \"Other\"
             S: * 1 EXISTS
             S: <b> OK",
        );
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        client.noop().await.unwrap();
        client.select("Other").await.unwrap();
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::Alert("careful".into())]);
        leave(client, peer).await;
    }
}
