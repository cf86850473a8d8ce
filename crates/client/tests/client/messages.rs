//! Commands about messages.

use imapclient::{
    Builder, Code, Copied, CopyUid, Error, Fetch, FetchItems, Flag, FlagChange, Flags, MoveWay,
    SearchKey, SeqSet, UidSet, Update,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Rule, Server};

use crate::common::{pairs, reader, seq, uid};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn search() {
        let peer = reader(
            "",
            r#"C: <a> UID SEARCH UNSEEN FROM "bob"
               S: * SEARCH 2 84
               S: * SEARCH 882
               S: <a> OK done
               C: <b> UID SEARCH SUBJECT "hi" NOT DELETED
               S: * SEARCH
               S: <b> OK done
               C: <c> UID SEARCH UID 1:5
               S: <c> OK done"#,
        );
        let mut client = open(&peer).await;
        assert_eq!(client.search("UNSEEN FROM \"bob\"").await.unwrap(), [2, 84, 882]);
        let key = SearchKey::Subject("hi".into()) & !SearchKey::Deleted;
        assert!(client.search(key).await.unwrap().is_empty());
        let key = SearchKey::Uid(UidSet::from(1..=5));
        assert!(client.search(key).await.unwrap().is_empty());
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn search_for_other_text_than_ascii() {
        let peer = reader(
            "",
            "C: <a> UID SEARCH CHARSET UTF-8 SUBJECT {7}
             S: + go on
             C: Grüße BODY {4}
             S: + go on
             C: a
             C: b
             S: <a> NO [BADCHARSET (US-ASCII)] no",
        );
        let mut client = open(&peer).await;
        let key = SearchKey::Subject("Grüße".into()) & SearchKey::Body("a\r\nb".into());
        let error = client.search(key).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::BadCharset(vec!["US-ASCII".into()])));
        leave(client, peer).await;
    }

    #[case]
    async fn fetch_by_uid() {
        let peer = reader(
            "",
            r#"C: <a> UID FETCH 5,7 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])
               S: * 2 FETCH (UID 5 FLAGS (\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 9 BODY[] {9}
               S: a: b
               S:
               S: x)
               S: * 3 FETCH (UID 7 BODY[] "short" X-ODD (1 2))
               S: * 3 FETCH (UID 7 FLAGS (\Draft $Junk))
               S: <a> OK done"#,
        );
        let mut client = open(&peer).await;
        let items = FetchItems::new().flags().internal_date().size().body();
        let found = client.fetch([7, 5], items).await.unwrap();
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [5, 7]);
        let five = &found[&uid(5)];
        assert_eq!((five.seq(), five.uid(), five.size()), (Some(seq(2)), Some(uid(5)), Some(9)));
        assert_eq!(five.flags(), Some(&Flags::from(Flag::Seen)));
        assert_eq!(
            five.internal_date().unwrap().to_string().trim(),
            "17-Jul-1996 02:44:25 -0700"
        );
        assert_eq!(five.body(), Some(&b"a: b\r\n\r\nx"[..]));
        // This has both responses about the message.
        let seven = &found[&uid(7)];
        assert_eq!(seven.body(), Some(&b"short"[..]));
        assert_eq!(seven.flags(), Some(&Flags::from(["\\Draft", "$Junk"])));
        assert_eq!(seven.unknown()[0].name, "X-ODD");
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn fetch_of_sections() {
        let peer = reader(
            "",
            r#"C: <a> UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (FROM TO)] BODY.PEEK[1.2]<10.5>)
               S: * 1 FETCH (UID 4 BODY[HEADER.FIELDS ("FROM" "TO")] {2}
               S:
               S:  BODY[1.2]<10> "hello")
               S: <a> OK done
               C: <b> UID FETCH 4 (UID BODY[TEXT])
               S: <b> OK done"#,
        );
        let mut client = open(&peer).await;
        let items = FetchItems::new().section("HEADER.FIELDS (FROM TO)").partial("1.2", 10, 5);
        let found = client.fetch("1:*", items).await.unwrap();
        assert_eq!(found[&uid(4)].section("header.fields (From To)"), Some(&b"\r\n"[..]));
        assert_eq!(found[&uid(4)].partial("1.2", 10), Some(&b"hello"[..]));
        let items = FetchItems::new().section("TEXT").mark_seen();
        assert!(client.fetch(4, items).await.unwrap().is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn fetch_by_sequence_number() {
        let peer = reader(
            "",
            "C: <a> FETCH 1:3 (UID RFC822.SIZE)
             S: * 1 FETCH (UID 11 RFC822.SIZE 5)
             S: * 3 FETCH (UID 13 RFC822.SIZE 6)
             S: <a> OK done",
        );
        let mut client = open(&peer).await;
        let found = client.fetch(SeqSet::from(1..=3), FetchItems::new().size()).await.unwrap();
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(found[&seq(3)].uid(), Some(uid(13)));
        leave(client, peer).await;
    }

    #[case]
    async fn two_messages_with_one_number_stay_two() {
        let peer = reader(
            "",
            "C: <a> FETCH 1:2 (UID BODY.PEEK[] RFC822.SIZE)
             S: * 1 FETCH (UID 11 BODY[] abc)
             S: * 2 FETCH (UID 12 BODY[] def)
             S: * 1 EXPUNGE
             S: * 1 FETCH (UID 12 RFC822.SIZE 3)
             S: <a> OK done",
        );
        let mut client = open(&peer).await;
        let items = FetchItems::new().body().size();
        let found = client.fetch(SeqSet::from(1..=2), items).await.unwrap();
        assert_eq!((found[&seq(1)].uid(), found[&seq(1)].body()), (Some(uid(12)), None));
        assert_eq!((found[&seq(2)].uid(), found[&seq(2)].body()), (Some(uid(12)), Some(&b"def"[..])));
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::Expunge(seq(1))]);
        leave(client, peer).await;
    }

    #[case]
    async fn fetch_answers_nobody_asked_for_are_news() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5 (UID RFC822.SIZE)
              S: * 1 FETCH (FLAGS (\Seen))
              S: * 2 FETCH (UID 5 RFC822.SIZE 9)
              S: * 3 FETCH (UID 7 FLAGS (\Seen))
              S: * 2 FETCH (UID 5 FLAGS (\Seen))
              S: <a> OK done",
        );
        let mut client = open(&peer).await;
        let found = client.fetch(5, FetchItems::new().size()).await.unwrap();
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [5]);
        assert_eq!((found[&uid(5)].size(), found[&uid(5)].flags()), (Some(9), None));
        let seqs: Vec<_> = client
            .updates()
            .map(|update| match update {
                Update::Fetch(fetch) => fetch.seq().unwrap(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(seqs, [1, 3, 2]);
        leave(client, peer).await;
    }

    #[case]
    async fn fetch_of_modification_sequences_alone() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5:6 (UID MODSEQ)
              S: * 2 FETCH (UID 5 MODSEQ (12))
              S: * 9 FETCH (FLAGS (\Seen))
              S: * 3 FETCH (UID 6 MODSEQ (13))
              S: <a> OK done",
        );
        let mut client = open(&peer).await;
        let found = client.fetch(5..=6, FetchItems::new().modseq()).await.unwrap();
        let modseqs: Vec<_> = found.iter().map(|(uid, fetch)| (uid.get(), fetch.modseq())).collect();
        assert_eq!(modseqs, [(5, Some(12)), (6, Some(13))]);
        assert_eq!(client.updates().count(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn store() {
        let peer = reader(
            "",
            r"C: <a> UID STORE 3:5 +FLAGS (\Seen $Junk)
              S: * 1 FETCH (UID 3 FLAGS (\Seen $Junk))
              S: * 2 FETCH (UID 5 FLAGS (\Seen \Draft $Junk))
              S: * 3 FETCH (UID 9 FLAGS ())
              S: <a> OK done
              C: <b> UID STORE 3 -FLAGS.SILENT (\Seen)
              S: <b> OK done
              C: <c> STORE 1 FLAGS ()
              S: * 1 FETCH (FLAGS ())
              S: <c> OK done
              C: <d> UID STORE 9 FLAGS (\Deleted)
              S: <d> NO [READ-ONLY] no",
        );
        let mut client = open(&peer).await;
        let change = FlagChange::add([Flag::Seen, Flag::from("$Junk")]);
        let changed = client.store(3..=5, change).await.unwrap();
        assert_eq!(changed.len(), 2);
        assert_eq!(changed.get(uid(5)), Some(&Flags::from(["\\Seen", "\\Draft", "$Junk"])));
        assert!(matches!(client.updates().next(), Some(Update::Fetch(fetch)) if fetch.uid() == Some(uid(9))));

        let change = FlagChange::remove(Flag::Seen).silent();
        assert!(client.store(3, change).await.unwrap().is_empty());
        let change = FlagChange::replace(Flags::new());
        let changed = client.store(SeqSet::from(1), change).await.unwrap();
        assert_eq!(changed.get(seq(1)), Some(&Flags::new()));
        let error = client.store(9, FlagChange::replace(Flag::Deleted)).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::ReadOnly));
        leave(client, peer).await;
    }

    #[case]
    async fn copy() {
        let peer = reader(
            "",
            r#"C: <a> UID COPY 304,319:320 "Old stuff"
               S: <a> OK [COPYUID 38505 304,319:320 3956:3958] done
               C: <b> COPY 2:3 "Archive"
               S: <b> OK done
               C: <c> UID COPY 9 "nowhere"
               S: <c> NO [TRYCREATE] no"#,
        );
        let mut client = open(&peer).await;
        let copied = client.copy([304, 319, 320], "Old stuff").await.unwrap();
        let copied = copied.uids().unwrap();
        assert_eq!(copied.uid_validity, 38505);
        assert_eq!(pairs(copied), [(304, 3956), (319, 3957), (320, 3958)]);
        let copied = client.copy(SeqSet::from([2, 3]), "Archive").await.unwrap();
        assert_eq!(copied, Copied::Untold);
        let error = client.copy(9, "nowhere").await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::TryCreate));
        leave(client, peer).await;
    }

    #[case]
    async fn move_to() {
        let peer = reader(
            " MOVE",
            "C: <a> UID MOVE 42:43 \"Archive\"
             S: * OK [COPYUID 432432 42:43 1202:1203] moved
             S: * 2 EXPUNGE
             S: * 2 EXPUNGE
             S: <a> OK done
             C: <b> MOVE 1 \"Archive\"
             S: * 1 EXPUNGE
             S: <b> OK [COPYUID 432432 41 1204] done",
        );
        let mut client = open(&peer).await;
        let moved = client.move_to(42..=43, "Archive").await.unwrap();
        let expected = CopyUid {
            uid_validity: 432_432,
            source: UidSet::from(42..=43),
            destination: UidSet::from(1202..=1203),
        };
        assert_eq!((moved.way, moved.copied), (MoveWay::Native, Copied::Told(expected)));
        // A caller that counts messages needs these updates.
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(updates, [Update::Expunge(seq(2)), Update::Expunge(seq(2))]);
        assert_eq!(client.state().selected().unwrap().exists, 1);
        let moved = client.move_to(SeqSet::from(1), "Archive").await.unwrap();
        assert_eq!(pairs(moved.copied.uids().unwrap()), [(41, 1204)]);
        leave(client, peer).await;
    }

    #[case]
    async fn a_move_that_is_told_step_by_step() {
        let peer = reader(
            " MOVE",
            "C: <a> UID MOVE 42:43 \"Archive\"
             S: * OK [COPYUID 432432 42 1202] moved
             S: * 2 EXPUNGE
             S: * OK [COPYUID 432432 43 1207] moved
             S: * 2 EXPUNGE
             S: <a> OK done",
        );
        let mut client = open(&peer).await;
        let moved = client.move_to(42..=43, "Archive").await.unwrap();
        assert_eq!(pairs(moved.copied.uids().unwrap()), [(42, 1202), (43, 1207)]);
        leave(client, peer).await;
    }

    #[case]
    async fn uids_that_are_not_told_do_not_mean_that_nothing_was_copied() {
        // Empty sets, no sets, one set only, or two UIDs for one do not pair the messages.
        for told in ["", "[COPYUID 124  ] ", "[COPYUID 124 5] ", "[COPYUID 124 5 6:7] ", "[COPYUID 124 5 *] "] {
            let peer = reader(
                " UIDPLUS MOVE",
                &format!(
                    "C: <a> UID COPY 5 \"Archive\"
                     S: <a> OK {told}done
                     C: <b> UID MOVE 6 \"Archive\"
                     S: * OK {told}moved
                     S: * 2 EXPUNGE
                     S: <b> OK done
                     C: <c> UID MOVE 7 \"Archive\"
                     S: [COPYUID 124 7 233]
                     S: * 2 EXPUNGE
                     S: <c> OK done"
                ),
            );
            let mut client = open(&peer).await;
            assert_eq!(client.copy(5, "Archive").await.unwrap(), Copied::Untold, "{told}");
            let moved = client.move_to(6, "Archive").await.unwrap();
            assert_eq!(moved.copied, Copied::Untold, "{told}");
            let moved = client.move_to(7, "Archive").await.unwrap();
            assert_eq!(moved.copied, Copied::Untold, "{told}");
            assert_eq!(client.state().selected().unwrap().exists, 1);
            leave(client, peer).await;
        }
    }

    #[case]
    async fn expunge() {
        let peer = reader(
            " UIDPLUS",
            "C: <a> EXPUNGE
             S: * 3 EXPUNGE
             S: * 1 EXPUNGE
             S: <a> OK done
             C: <b> UID EXPUNGE 5,9
             S: * 1 EXPUNGE
             S: <b> OK done
             C: <s> UID SEARCH UID 5,9
             S: * SEARCH 9 4
             S: <s> OK done
             C: <c> EXPUNGE
             S: <c> NO no",
        );
        let mut client = open(&peer).await;
        let gone = client.expunge().await.unwrap();
        assert_eq!(gone.seqs, [3, 1]);
        assert_eq!(gone.named(), 2);
        assert!(gone.uids.is_empty() && gone.left.is_empty());
        assert_eq!(client.state().selected().unwrap().exists, 1);
        let gone = client.uid_expunge([9, 5]).await.unwrap();
        assert_eq!(gone.seqs, [1]);
        assert_eq!(gone.left, UidSet::from([9]));
        assert_eq!(client.state().selected().unwrap().exists, 0);
        assert!(matches!(client.expunge().await, Err(Error::Refused(_))));
        assert_eq!(client.updates().count(), 0, "they were answers");
        leave(client, peer).await;
    }

    #[case]
    async fn a_fetch_that_is_refused_has_what_came_before() {
        let server = Server::builder()
            .user("bob", "sekret")
            .mailbox("INBOX", |m| m.messages((1..=5).map(|n| format!("Subject: {n}\n\n"))))
            .forget_capability("CONDSTORE")
            .start();
        let mut client = Builder::<Client>::new("127.0.0.1")
            .port(server.addr().port())
            .dangerous_plaintext()
            .login("bob", "sekret")
            .connect()
            .await
            .unwrap();
        client.select("INBOX").await.unwrap();
        server.add_rule(Rule::on("UID FETCH").skip(1).once().no("not now"));
        // It takes two commands.
        let set: UidSet = (1..=600).step_by(2).collect();
        let error = client.fetch(set, "FLAGS").await.unwrap_err();
        let Error::Refused(refused) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(refused.text, "not now");
        let uids: Vec<_> = refused.kept.iter().filter_map(Fetch::uid).collect();
        assert_eq!((uids, refused.kept.len()), (vec![uid(1), uid(3), uid(5)], 3));
        // Or one, of which a part had come.
        server.add_rule(Rule::on("FETCH").once().rewrite(|line| match line {
            [b'*', ..] if !line.starts_with(b"* 2 ") => line.to_vec(),
            [b'*', ..] => Vec::new(),
            line => String::from_utf8_lossy(line).replace(" OK ", " NO ").into_bytes(),
        }));
        let error = client.fetch(SeqSet::from(1..=3), "FLAGS").await.unwrap_err();
        let Error::Refused(refused) = &error else {
            panic!("{error:?}")
        };
        let seqs: Vec<_> = refused.kept.iter().filter_map(Fetch::seq).collect();
        assert_eq!((seqs, refused.kept.len()), (vec![seq(1), seq(3)], 2));
        client.logout().await.unwrap();
        server.finish().unwrap();
    }
}
