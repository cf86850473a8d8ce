//! Answers to commands by UID that lack the UID.

use imapclient::{Error, FetchItems, Flag, FlagChange, Flags, Incomplete, Uid, Update, Workaround};
use imapclient_test_macros::faces;

use crate::common::{plain, reader, seq, uid};

/// Returns the UIDs of the messages that were kept.
fn kept(incomplete: &Incomplete) -> Vec<Uid> {
    let kept = incomplete.kept.iter();
    kept.map(|fetch| fetch.uid().unwrap()).collect()
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn what_another_response_names_is_joined() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5:7 (UID FLAGS BODY.PEEK[])
              S: * 1 FETCH (BODY[] {2}
              S: hi)
              S: * 1 FETCH (UID 5 FLAGS (\Seen))
              S: * 2 FETCH (UID 6 FLAGS ())
              S: * 2 FETCH (BODY[] {3}
              S: you)
              S: * 2 FETCH (FLAGS (\Draft))
              S: * 3 FETCH (UID 7 FLAGS () BODY[] {1}
              S: x)
              S: <a> OK",
        );
        let mut client = open(&peer).await;
        let found = client.fetch(5..=7, FetchItems::new().flags().body()).await.unwrap();
        let bodies: Vec<_> = found.values().map(|fetch| fetch.body().unwrap()).collect();
        assert_eq!(bodies, [&b"hi"[..], b"you", b"x"]);
        assert_eq!(found[&uid(5)].flags(), Some(&Flags::from(Flag::Seen)));
        // Its flags had come before, so this is a change.
        assert_eq!(found[&uid(6)].flags(), Some(&Flags::new()));
        assert!(client.workarounds().is_empty());
        let updates: Vec<_> = client.updates().collect();
        assert!(matches!(&updates[..], [Update::Fetch(it)] if it.seq() == Some(seq(2))), "{updates:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_no_answer_may_name_one() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5 (UID BODY.PEEK[])
              S: * 1 FETCH (BODY[] {2}
              S: hi)
              S: * 1 FETCH (UID 5 FLAGS (\Seen))
              S: <a> OK",
        );
        let mut client = open(&peer).await;
        let found = client.fetch(5, FetchItems::new().body()).await.unwrap();
        assert_eq!((found[&uid(5)].uid(), found[&uid(5)].body()), (Some(uid(5)), Some(&b"hi"[..])));
        assert_eq!(found[&uid(5)].flags(), None);
        assert_eq!(client.updates().count(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn what_nothing_names_is_asked_for_once_more() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 3:9 (UID BODY.PEEK[])
             S: * 1 FETCH (UID 3 BODY[] {1}
             S: a)
             S: * 2 FETCH (BODY[] {1}
             S: b)
             S: * 3 FETCH (BODY[] {1}
             S: c)
             S: <a> OK
             C: <b> UID FETCH 4:9 (UID BODY.PEEK[])
             S: * 2 FETCH (UID 5 BODY[] {1}
             S: b)
             S: * 3 FETCH (BODY[] {1}
             S: c)
             S: <b> OK
             C: <c> UID FETCH 4,6:9 (UID BODY.PEEK[])
             S: * 3 FETCH (UID 8 BODY[] {1}
             S: c)
             S: <c> OK",
        );
        let mut client = open(&peer).await;
        let found = client.fetch(3..=9, FetchItems::new().body()).await.unwrap();
        let bodies: Vec<_> = found.iter().map(|(uid, fetch)| (uid.get(), fetch.body().unwrap())).collect();
        assert_eq!(bodies, [(3, &b"a"[..]), (5, b"b"), (8, b"c")]);
        assert_eq!(client.workarounds().iter().copied().collect::<Vec<_>>(), [Workaround::FetchWithoutUid]);
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn what_stays_without_a_name_is_an_error_that_has_the_others() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 3:5 (UID BODY.PEEK[])
             S: * 1 FETCH (UID 3 BODY[] {1}
             S: a)
             S: * 2 FETCH (BODY[] {2}
             S: bb)
             S: <a> OK
             C: <b> UID FETCH 4:5 (UID BODY.PEEK[])
             S: * 2 FETCH (BODY[] {2}
             S: bb)
             S: <b> OK",
        );
        let mut client = open(&peer).await;
        let error = client.fetch(3..=5, FetchItems::new().body()).await.unwrap_err();
        assert!(!error.is_closed());
        assert_eq!(
            error.to_string(),
            "UID FETCH was answered without the UID: message number 2 (2 bytes)"
        );
        let Error::Unnamed(incomplete) = error else { panic!("{error:?}") };
        assert_eq!(kept(&incomplete), [3]);
        let [missing] = &incomplete.missing[..] else { panic!("{incomplete:?}") };
        assert_eq!((missing.uid, missing.seq, missing.size), (None, Some(seq(2)), 2));
        leave(client, peer).await;
    }

    #[case]
    async fn numbers_name_nothing_once_a_message_is_gone() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5:7 (UID FLAGS BODY.PEEK[])
              S: * 1 FETCH (UID 5 FLAGS ())
              S: * 2 FETCH (UID 6 FLAGS ())
              S: * 3 FETCH (UID 7 FLAGS () BODY[] {1}
              S: c)
              S: * 1 FETCH (BODY[] {1}
              S: a)
              S: * 1 EXPUNGE
              S: * 1 FETCH (BODY[] {1}
              S: b)
              S: <a> OK
              C: <b> UID FETCH 5:7 (UID FLAGS BODY.PEEK[])
              S: * 1 FETCH (UID 6 FLAGS () BODY[] {1}
              S: b)
              S: * 2 FETCH (UID 7 FLAGS () BODY[] {1}
              S: c)
              S: <b> OK",
        );
        let mut client = open(&peer).await;
        let items = FetchItems::new().flags().body();
        // For 6, one part had come, and no other part is known to belong to it.
        let found = client.fetch(5..=7, items).await.unwrap();
        let bodies: Vec<_> = found.iter().map(|(uid, fetch)| (uid.get(), fetch.body())).collect();
        assert_eq!(bodies, [(5, Some(&b"a"[..])), (6, Some(b"b")), (7, Some(b"c"))]);
        leave(client, peer).await;
    }

    #[case]
    async fn flags_of_other_messages_are_news() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5 (UID FLAGS)
              S: * 1 FETCH (FLAGS (\Seen))
              S: * 2 FETCH (UID 5 FLAGS ())
              S: <a> OK
              C: <b> UID FETCH 5,9 (UID FLAGS)
              S: * 1 FETCH (FLAGS (\Seen))
              S: * 2 FETCH (UID 5 FLAGS ())
              S: <b> OK
              C: <c> UID FETCH 9 (UID FLAGS)
              S: <c> OK",
        );
        let mut client = open(&peer).await;
        for set in [&[5][..], &[5, 9]] {
            // Message 9 does not exist, which is known after it was fetched separately.
            let found = client.fetch(set, FetchItems::new().flags()).await.unwrap();
            assert_eq!(found.keys().copied().collect::<Vec<_>>(), [5]);
            let updates: Vec<_> = client.updates().collect();
            assert!(matches!(&updates[..], [Update::Fetch(it)] if it.seq() == Some(seq(1))), "{updates:?}");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn a_message_that_is_too_big_gets_the_name_that_is_told_elsewhere() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 5:6 (UID FLAGS BODY.PEEK[])
             S: * 1 FETCH (BODY[] {3000}
             S+: 3000
             S: )
             S: * 1 FETCH (UID 5 FLAGS ())
             S: * 2 FETCH (BODY[] {1}
             S: b)
             S: <a> OK
             C: <b> UID FETCH 6 (UID FLAGS BODY.PEEK[])
             S: * 2 FETCH (BODY[] {1}
             S: b)
             S: <b> OK",
        );
        let builder = plain::<Client>(&peer).answer_limit(2000);
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.fetch(5..=6, FetchItems::new().flags().body()).await.unwrap_err();
        let Error::TooLarge(incomplete) = error else { panic!("{error:?}") };
        let named: Vec<_> = incomplete.missing.iter().map(|it| (it.uid, it.seq)).collect();
        assert_eq!(named, [(Some(uid(5)), Some(seq(1))), (None, Some(seq(2)))]);
        assert!(incomplete.kept.is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn a_store_whose_answers_have_no_uid_asks_for_the_flags() {
        let peer = reader(
            "",
            r"C: <a> UID STORE 5:7 +FLAGS (\Seen)
              S: * 1 FETCH (UID 5 FLAGS (\Seen))
              S: * 2 FETCH (FLAGS (\Seen \Draft))
              S: <a> OK
              C: <b> UID FETCH 6:7 (UID FLAGS)
              S: * 2 FETCH (UID 6 FLAGS (\Seen \Draft))
              S: <b> OK
              C: <c> UID STORE 5:6 +FLAGS.SILENT (\Seen)
              S: * 2 FETCH (FLAGS (\Seen \Draft))
              S: <c> OK
              C: <d> UID STORE 5 +FLAGS (\Seen)
              S: * 1 FETCH (FLAGS (\Seen))
              S: <d> OK
              C: <e> UID FETCH 5 (UID FLAGS)
              S: <e> NO not now",
        );
        let mut client = open(&peer).await;
        let seen = || FlagChange::add(Flag::Seen);
        let stored = client.store(5..=7, seen()).await.unwrap();
        assert_eq!(stored.get(uid(5)), Some(&Flags::from(Flag::Seen)));
        assert_eq!(stored.get(uid(6)), Some(&Flags::from([Flag::Seen, Flag::Draft])));
        assert_eq!(stored.len(), 2);
        assert_eq!(client.workarounds().iter().copied().collect::<Vec<_>>(), [Workaround::FetchWithoutUid]);
        assert!(client.store(5..=6, seen().silent()).await.unwrap().is_empty());
        // The change was made, whether the server sends the flags or not.
        assert!(client.store(5, seen()).await.unwrap().is_empty());
        leave(client, peer).await;
    }
}
