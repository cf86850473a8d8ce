//! UIDs and sequence numbers: results by the kind of number in the call, the commands by sequence
//! number, single messages, changes of flags by their own methods, and saved results.

use std::collections::BTreeMap;

use imapclient::{
    Error, Fetch, FetchItems, Flag, FlagChange, Flags, Found, LabelChange, MailboxName, Outcome,
    Removed, Saved, SearchKey, SearchQuery, SearchReturn, Seq, SeqSet, SortKey, Stored, Thread,
    ThreadAlgorithm, Uid, UidSet, Update,
};
use imapclient_test_macros::faces;

use crate::common::{pairs, reader, seq, uid};

fn seen() -> FlagChange {
    FlagChange::add([Flag::Seen])
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn uids_may_be_written_in_many_ways() {
        let script: String = ["5", "5", "5:7", "5:*", "5,7", "5,7", "5,7", "5,7", "5,7", "5:7", "5,7", "9,5"]
            .iter()
            .chain(&["5", "5:7", "5:*", "5,7", "5,7", "5,7", "5,7", "5,7", "5,*", "5,7", "5,7"])
            .map(|set| format!("C: <a> UID FETCH {set} (UID FLAGS)\nS: <a> OK\n"))
            .collect();
        let search = "C: <s> UID SEARCH ALL\nS: * SEARCH 9 5\nS: <s> OK\n";
        let peer = reader("", &format!("{search}{script}"));
        let mut client = open(&peer).await;
        let found = client.search("ALL").await.unwrap();
        let two = || vec![uid(5), uid(7)];
        let messages = &SeqSet::new();
        assert!(client.flags(messages).await.unwrap().is_empty(), "nothing is sent");
        for flags in [
            client.flags(uid(5)).await,
            client.flags([uid(5)]).await,
            client.flags(uid(5)..=uid(7)).await,
            client.flags(uid(5)..).await,
            client.flags([uid(7), uid(5)]).await,
            client.flags(&[uid(7), uid(5)]).await,
            client.flags(&two()[..]).await,
            client.flags(two()).await,
            client.flags(&two()).await,
            client.flags("5:7").await,
            client.flags(&"7,5".to_owned()).await,
            client.flags("9,5".parse::<UidSet>().unwrap()).await,
            client.flags(5).await,
            client.flags(5..=7).await,
            client.flags(5..).await,
            client.flags([7, 5]).await,
            client.flags(&[7, 5]).await,
            client.flags(&[7, 5][..]).await,
            client.flags(vec![7, 5]).await,
            client.flags(&vec![7, 5]).await,
            client.flags("5,*").await,
            client.flags(UidSet::from([5, 7])).await,
            client.flags(&UidSet::from([5, 7])).await,
        ] {
            assert!(flags.unwrap().is_empty());
        }
        assert_eq!(found, [9, 5]);
        leave(client, peer).await;
    }

    #[case]
    async fn results_have_the_kind_of_number_of_the_call() {
        let peer = reader(
            " X-GM-EXT-1",
            r"C: <a> FETCH 1:3 (UID RFC822.SIZE)
              S: * 3 FETCH (UID 73 RFC822.SIZE 9)
              S: * 1 FETCH (RFC822.SIZE 7)
              S: <a> OK
              C: <b> FETCH 1,3 (UID FLAGS)
              S: * 1 FETCH (UID 71 FLAGS (\Seen))
              S: * 2 FETCH (UID 72 FLAGS (\Draft))
              S: * 3 FETCH (FLAGS ())
              S: <b> OK
              C: <c> FETCH * (UID X-GM-LABELS)
              S: * 3 FETCH (UID 73 X-GM-LABELS (\Important))
              S: <c> OK
              C: <d> STORE 2:3 +X-GM-LABELS (\Important)
              S: * 2 FETCH (X-GM-LABELS (\Important))
              S: * 3 FETCH (UID 73 X-GM-LABELS (\Important \Sent))
              S: <d> OK",
        );
        let mut client = open(&peer).await;
        let fetched: BTreeMap<Seq, Fetch> =
            client.fetch(SeqSet::from(1..=3), FetchItems::new().size()).await.unwrap();
        assert_eq!(fetched.keys().copied().collect::<Vec<_>>(), [seq(1), seq(3)]);
        assert_eq!((fetched[&seq(1)].uid(), fetched[&seq(1)].size()), (None, Some(7)));
        assert_eq!((fetched[&seq(3)].uid(), fetched[&seq(3)].size()), (Some(uid(73)), Some(9)));

        let flags: BTreeMap<Seq, Flags> = client.flags(&SeqSet::from([3, 1])).await.unwrap();
        assert_eq!(flags.keys().copied().collect::<Vec<_>>(), [seq(1), seq(3)]);
        assert_eq!(flags[&seq(1)], Flags::from(Flag::Seen));
        let updates: Vec<_> = client.updates().collect();
        assert!(matches!(&updates[..], [Update::Fetch(it)] if it.seq() == Some(seq(2))), "{updates:?}");

        let labels: BTreeMap<Seq, Vec<MailboxName>> = client.labels(SeqSet::last()).await.unwrap();
        assert_eq!(labels[&seq(3)], ["\\Important"].map(MailboxName::from));
        let change = LabelChange::add(["\\Important"]);
        let stored: Stored<Vec<MailboxName>, Seq> =
            client.store_labels(SeqSet::from(2..=3), change).await.unwrap();
        assert_eq!(stored.len(), 2);
        assert_eq!(stored.get(seq(3)).unwrap()[..], ["\\Important", "\\Sent"].map(MailboxName::from));
        leave(client, peer).await;
    }

    #[case]
    async fn a_change_by_sequence_number_is_told_by_sequence_number() {
        let peer = reader(
            " CONDSTORE",
            r"C: <a> STORE 1:3 (UNCHANGEDSINCE 9) +FLAGS (\Seen)
              S: * 1 FETCH (FLAGS (\Seen) MODSEQ (12))
              S: * 2 FETCH (UID 72 FLAGS (\Seen \Draft) MODSEQ (13))
              S: <a> OK [MODIFIED 3] done",
        );
        let mut client = open(&peer).await;
        let change = seen().unchanged_since(9);
        let stored: Stored<Flags, Seq> = client.store(SeqSet::from(1..=3), change).await.unwrap();
        let numbers: Vec<Seq> = stored.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 2]);
        assert_eq!((stored.modseq(seq(1)), stored.modseq(seq(2))), (Some(12), Some(13)));
        assert_eq!((stored.get(seq(3)), stored.modseq(seq(3))), (None, None));
        assert_eq!(*stored.unchanged(), SeqSet::from(3));
        let flags = stored.into_map();
        assert_eq!(flags[&seq(2)], Flags::from([Flag::Seen, Flag::Draft]));
        leave(client, peer).await;
    }

    #[case]
    async fn searches_for_sequence_numbers() {
        let peer = reader(
            " ESEARCH SORT ESORT THREAD=REFERENCES",
            r#"C: <a> SEARCH UNSEEN
               S: * SEARCH 3 1
               S: <a> OK
               C: <b> FETCH 1,3 (UID FLAGS)
               S: * 1 FETCH (UID 71 FLAGS ())
               S: <b> OK
               C: <c> SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN
               S: * ESEARCH (TAG "<c>") MIN 1 MAX 3 COUNT 2 ALL 1,3
               S: <c> OK
               C: <d> SORT (DATE) UTF-8 UNSEEN
               S: * SORT 3 1
               S: <d> OK
               C: <e> STORE 1,3 +FLAGS.SILENT (\Seen)
               S: <e> OK
               C: <f> SORT RETURN (MIN COUNT) (DATE) UTF-8 UNSEEN
               S: * ESEARCH (TAG "<f>") MIN 3 COUNT 2
               S: <f> OK
               C: <g> THREAD REFERENCES UTF-8 UNSEEN
               S: * THREAD (3 1)(2)
               S: <g> OK"#,
        );
        let mut client = open(&peer).await;
        let found: Found<Seq> = client.search_seq("UNSEEN").await.unwrap();
        assert_eq!(found, [seq(3), seq(1)]);
        assert_eq!((found.first(), found.last()), (Some(seq(3)), Some(seq(1))));
        let flags = client.flags(&found).await.unwrap();
        assert_eq!(flags.keys().copied().collect::<Vec<_>>(), [seq(1)]);
        let options = [SearchReturn::Min, SearchReturn::Max, SearchReturn::Count, SearchReturn::All];
        let query = SearchQuery::new("UNSEEN").returning(options);
        let found = client.search_seq(query).await.unwrap();
        assert_eq!((found.min(), found.max(), found.count()), (Some(seq(1)), Some(seq(3)), Some(2)));
        assert_eq!(found, [1, 3]);

        let sorted: Found<Seq> = client.sort_seq([SortKey::Date], "UNSEEN").await.unwrap();
        assert_eq!(sorted, [3, 1]);
        assert!(client.store(sorted, seen().silent()).await.unwrap().is_empty());
        let query = SearchQuery::new("UNSEEN").returning([SearchReturn::Min, SearchReturn::Count]);
        let sorted = client.sort_seq([SortKey::Date], query).await.unwrap();
        assert_eq!((sorted.min(), sorted.count()), (Some(seq(3)), Some(2)));

        let threads: Thread<Seq> =
            client.thread_seq(ThreadAlgorithm::References, "UNSEEN").await.unwrap();
        let roots: Vec<_> = threads.roots().filter_map(|node| node.number()).collect();
        assert_eq!(roots, [seq(3), seq(2)]);
        assert_eq!(threads.numbers().collect::<Vec<_>>(), [3, 1, 2]);
        leave(client, peer).await;
    }

    #[case]
    async fn searches_for_sequence_numbers_need_the_same_as_those_for_uids() {
        let peer = reader("", "C: <a> SEARCH X\nS: <a> BAD what is X?");
        let mut client = open(&peer).await;
        for (error, needed) in [
            (client.sort_seq([SortKey::Date], "ALL").await.map(drop), "SORT"),
            (client.thread_seq(ThreadAlgorithm::Refs, "ALL").await.map(drop), "THREAD=REFS"),
            (
                client.search_seq(SearchQuery::new("ALL").returning([SearchReturn::All])).await.map(drop),
                "ESEARCH",
            ),
        ] {
            let error = error.unwrap_err();
            assert_eq!(error.to_string(), format!("the server does not offer {needed}"));
        }
        let error = client.search_seq("X").await.unwrap_err();
        assert_eq!(error.to_string(), "SEARCH refused: BAD what is X?");
        leave(client, peer).await;
    }

    #[case]
    async fn one_message() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 5 (UID RFC822.SIZE)
              S: * 2 FETCH (UID 5 RFC822.SIZE 9)
              S: <a> OK
              C: <b> UID FETCH 6 (UID RFC822.SIZE)
              S: <b> OK
              C: <c> UID FETCH 7 (UID FLAGS)
              S: * 1 FETCH (UID 3 FLAGS (\Seen))
              S: * 4 FETCH (UID 7 FLAGS (\Draft))
              S: * 9 FETCH (UID 9 FLAGS ())
              S: <c> OK
              C: <d> UID FETCH 8 (UID FLAGS)
              S: * 1 FETCH (UID 3 FLAGS ())
              S: <d> OK
              C: <e> UID FETCH 8 (UID FLAGS)
              S: <e> NO not now",
        );
        let mut client = open(&peer).await;
        let message: Option<Fetch> = client.fetch_one(5, FetchItems::new().size()).await.unwrap();
        let message = message.unwrap();
        assert_eq!((message.uid(), message.size()), (Some(uid(5)), Some(9)));
        assert_eq!(client.fetch_one(uid(6), FetchItems::new().size()).await.unwrap(), None);
        assert_eq!(client.updates().count(), 0);

        // Other messages are updates, with lower and with higher UIDs.
        let message = client.fetch_one(uid(7), "FLAGS").await.unwrap().unwrap();
        assert_eq!((message.uid(), message.flags()), (Some(uid(7)), Some(&Flags::from(Flag::Draft))));
        assert_eq!(client.fetch_one(8, "FLAGS").await.unwrap(), None);
        let others: Vec<_> = client
            .updates()
            .map(|update| match update {
                Update::Fetch(fetch) => fetch.uid().unwrap(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(others, [3, 9, 3]);
        let error = client.fetch_one(8, "FLAGS").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn flags_are_changed_by_a_method_for_each_change() {
        let peer = reader(
            "",
            r"C: <a> UID STORE 3:5 +FLAGS (\Seen $Work)
              S: * 1 FETCH (UID 3 FLAGS (\Seen $Work))
              S: * 2 FETCH (UID 5 FLAGS (\Seen \Draft $Work))
              S: <a> OK
              C: <b> UID STORE 1:9 -FLAGS (\Flagged)
              S: * 1 FETCH (UID 3 FLAGS (\Seen))
              S: <b> OK
              C: <c> UID STORE 3 FLAGS (\Seen)
              S: * 1 FETCH (UID 3 FLAGS (\Seen))
              S: <c> OK
              C: <d> UID STORE 3 FLAGS ()
              S: * 1 FETCH (UID 3 FLAGS ())
              S: <d> OK
              C: <e> UID STORE 3,5 +FLAGS (\Deleted)
              S: * 1 FETCH (UID 3 FLAGS (\Deleted))
              S: * 2 FETCH (UID 5 FLAGS (\Deleted))
              S: <e> OK
              C: <f> UID STORE 9 +FLAGS (\Deleted)
              S: <f> NO [READ-ONLY] no",
        );
        let mut client = open(&peer).await;
        let stored = client.add_flags(3..=5, [Flag::Seen, "$Work".into()]).await.unwrap();
        assert_eq!(stored.get(uid(3)), Some(&Flags::from(["\\Seen", "$Work"])));
        assert_eq!(stored.get(uid(5)), Some(&Flags::from(["\\Seen", "\\Draft", "$Work"])));
        let stored = client.remove_flags("1:9", Flag::Flagged).await.unwrap();
        assert_eq!(stored.into_map(), BTreeMap::from([(uid(3), Flags::from(Flag::Seen))]));
        let stored = client.set_flags(uid(3), "\\Seen").await.unwrap();
        assert_eq!(stored.get(uid(3)), Some(&Flags::from(Flag::Seen)));
        let stored = client.set_flags(3, Flags::new()).await.unwrap();
        assert_eq!(stored.get(uid(3)), Some(&Flags::new()));
        let stored = client.mark_deleted([5, 3]).await.unwrap();
        let uids: Vec<Uid> = stored.iter().map(|(uid, _)| *uid).collect();
        assert_eq!(uids, [3, 5]);
        let error = client.mark_deleted(9).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotDone, "{error:?}");
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn flags_are_changed_by_sequence_number() {
        let peer = reader(
            "",
            r"C: <a> STORE 1 +FLAGS (\Seen)
              S: * 1 FETCH (FLAGS (\Seen))
              S: <a> OK
              C: <b> STORE 1 -FLAGS (\Seen)
              S: * 1 FETCH (UID 71 FLAGS ())
              S: <b> OK
              C: <c> STORE 1 FLAGS (\Draft)
              S: * 1 FETCH (FLAGS (\Draft))
              S: <c> OK
              C: <d> STORE 1 +FLAGS (\Deleted)
              S: * 1 FETCH (FLAGS (\Draft \Deleted))
              S: <d> OK",
        );
        let mut client = open(&peer).await;
        let first = || SeqSet::from(seq(1));
        let stored: Stored<Flags, Seq> = client.add_flags(first(), Flag::Seen).await.unwrap();
        assert_eq!(stored.get(seq(1)), Some(&Flags::from(Flag::Seen)));
        let stored: Stored<Flags, Seq> = client.remove_flags(first(), Flag::Seen).await.unwrap();
        assert_eq!(stored.get(seq(1)), Some(&Flags::new()));
        let stored: Stored<Flags, Seq> = client.set_flags(first(), Flag::Draft).await.unwrap();
        assert_eq!(stored.get(seq(1)), Some(&Flags::from(Flag::Draft)));
        let stored: Stored<Flags, Seq> = client.mark_deleted(first()).await.unwrap();
        assert_eq!(stored.get(seq(1)), Some(&Flags::from([Flag::Draft, Flag::Deleted])));
        leave(client, peer).await;
    }

    #[case]
    async fn what_a_search_has_saved_is_named_by_uid() {
        let peer = reader(
            " ESEARCH SEARCHRES MOVE",
            r#"C: <a> SEARCH RETURN (SAVE) FLAGGED
               S: <a> OK
               C: <b> UID FETCH $ (UID FLAGS)
               S: * 1 FETCH (UID 71 FLAGS (\Flagged))
               S: * 3 FETCH (UID 73 FLAGS (\Flagged))
               S: <b> OK
               C: <c> UID STORE $ +FLAGS (\Seen)
               S: * 1 FETCH (UID 71 FLAGS (\Flagged \Seen))
               S: * 3 FETCH (UID 73 FLAGS (\Flagged \Seen))
               S: <c> OK
               C: <d> UID COPY $ "Box"
               S: <d> OK [COPYUID 9 71,73 1:2] done
               C: <e> UID SEARCH $ UNSEEN
               S: * SEARCH
               S: <e> OK
               C: <f> UID MOVE $ "Box"
               S: * OK [COPYUID 9 71,73 3:4] done
               S: * 1 EXPUNGE
               S: * 2 EXPUNGE
               S: <f> OK"#,
        );
        let mut client = open(&peer).await;
        // The results are by UID though the search was by sequence number.
        let save = SearchQuery::new("FLAGGED").returning([SearchReturn::Save]);
        assert!(client.search_seq(save).await.unwrap().is_empty());
        let flags: BTreeMap<Uid, Flags> = client.flags(Saved).await.unwrap();
        assert_eq!(flags.keys().copied().collect::<Vec<_>>(), [uid(71), uid(73)]);
        let stored: Stored<Flags> = client.add_flags(Saved, Flag::Seen).await.unwrap();
        assert_eq!(stored.get(uid(73)), Some(&Flags::from([Flag::Flagged, Flag::Seen])));
        let copied = client.copy(Saved, "Box").await.unwrap();
        assert_eq!(pairs(copied.uids().unwrap()), [(71, 1), (73, 2)]);
        let found = client.search(SearchKey::Saved & SearchKey::Unseen).await.unwrap();
        assert!(found.is_empty());
        let moved = client.move_to(Saved, "Box").await.unwrap();
        assert_eq!(pairs(moved.copied.uids().unwrap()), [(71, 3), (73, 4)]);
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_expunged_is_named_by_uid_and_in_order() {
        let peer = reader(
            " UIDPLUS QRESYNC ENABLE",
            "C: <a> UID EXPUNGE 5,7,9:*
             S: * 1 EXPUNGE
             S: <a> OK
             C: <s> UID SEARCH UID 5,7,9:*
             S: * SEARCH 7
             S: <s> OK
             C: <b> UID EXPUNGE 7
             S: * VANISHED 7
             S: <b> OK",
        );
        let mut client = open(&peer).await;
        let uids: UidSet = "9:*,7,5,7".parse().unwrap();
        let removed: Removed = client.uid_expunge(uids).await.unwrap();
        assert_eq!(removed.seqs, [seq(1)]);
        assert_eq!((removed.uids, removed.left), (UidSet::new(), UidSet::from(7)));
        let removed = client.uid_expunge(uid(7)).await.unwrap();
        assert_eq!((removed.named(), removed.uids), (1, UidSet::from(uid(7))));
        assert!(removed.seqs.is_empty() && removed.left.is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn the_number_0_is_invalid_however_it_is_written() {
        let peer = reader(" UIDPLUS MOVE X-GM-EXT-1", "");
        let mut client = open(&peer).await;
        for flags in [
            client.flags(0).await,
            client.flags([0]).await,
            client.flags([3, 0]).await,
            client.flags(&[0]).await,
            client.flags(&[0, 3][..]).await,
            client.flags(vec![0]).await,
            client.flags(&vec![0]).await,
            client.flags(0..=0).await,
            client.flags(0..=3).await,
            client.flags(0..).await,
            client.flags("0").await,
            client.flags("0:3").await,
            client.flags("3:0").await,
            client.flags("0:*").await,
            client.flags("1,0").await,
            client.flags(&"0".to_owned()).await,
            client.flags(UidSet::from(0)).await,
            client.flags(&UidSet::from_iter([1, 0])).await,
        ] {
            refused(flags);
        }
        for flags in [
            client.flags(SeqSet::from(0)).await,
            client.flags(SeqSet::from([0, 1])).await,
            client.flags(SeqSet::from(0..=3)).await,
            client.flags(SeqSet::from(0..)).await,
            client.flags(&SeqSet::from_iter([1, 0])).await,
        ] {
            refused(flags);
        }
        refused(client.fetch_one(0, "FLAGS").await);
        refused(client.add_flags(0, Flag::Seen).await);
        refused(client.remove_flags([0], Flag::Seen).await);
        refused(client.set_flags(0..=3, Flag::Seen).await);
        refused(client.mark_deleted(0..).await);
        refused(client.mark_deleted("0").await);
        refused(client.mark_deleted(SeqSet::from(0)).await);
        for removed in [
            client.uid_expunge(0).await,
            client.uid_expunge([0]).await,
            client.uid_expunge(0..=3).await,
            client.uid_expunge(0..).await,
        ] {
            refused(removed);
        }
        for key in [SearchKey::Uid(0.into()), SearchKey::Seq(SeqSet::from(0..=3))] {
            refused(client.search_seq(key.clone()).await);
            refused(client.search(!key).await);
        }
        assert!(matches!("0".parse::<UidSet>().map_err(Error::from), Err(Error::Invalid(_))));
        leave(client, peer).await;
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: imapclient::Result<T>) {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(error.to_string().contains("number 0"), "{error}");
}
