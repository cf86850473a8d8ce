//! STORE of flags and labels: the resulting values, and the messages that were not changed.

use imapclient::{Flag, FlagChange, LabelChange, MailboxName, UidSet};
use imapclient_test_macros::faces;

use crate::common::{pairs, reader, uid};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn what_had_changed_meanwhile_is_told() {
        let peer = reader(
            " CONDSTORE",
            r"C: <a> UID STORE 5,7,9 (UNCHANGEDSINCE 12) +FLAGS (\Deleted)
              S: * 1 FETCH (UID 5 MODSEQ (13) FLAGS (\Deleted))
              S: <a> OK [MODIFIED 7,9] conditional STORE failed
              C: <b> UID STORE 5 (UNCHANGEDSINCE 13) +FLAGS.SILENT (\Seen)
              S: * 1 FETCH (UID 5 MODSEQ (14))
              S: <b> OK",
        );
        let mut client = open(&peer).await;
        let change = FlagChange::add([Flag::Deleted]).unchanged_since(12);
        let stored = client.store([5, 7, 9], change).await.unwrap();
        assert_eq!(stored.len(), 1);
        assert!(stored.get(uid(5)).unwrap().contains(&Flag::Deleted));
        assert_eq!(stored.modseq(uid(5)), Some(13));
        assert_eq!(*stored.unchanged(), UidSet::from([7, 9]));
        let change = FlagChange::add([Flag::Seen]).silent().unchanged_since(13);
        let stored = client.store(5, change).await.unwrap();
        assert!(stored.is_empty() && stored.unchanged().is_empty());
        assert_eq!(stored.modseq(uid(5)), Some(14));
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn labels_are_names() {
        let peer = reader(
            " X-GM-EXT-1",
            r#"C: <a> UID STORE 5 +X-GM-LABELS ("Rechnungen &AP8-" \Important)
               S: * 1 FETCH (UID 5 X-GM-LABELS ("Rechnungen &AP8-" \Important 2024))
               S: <a> OK
               C: <b> UID FETCH 5 (UID X-GM-LABELS)
               S: * 1 FETCH (UID 5 X-GM-LABELS ())
               S: <b> OK"#,
        );
        let mut client = open(&peer).await;
        let change = LabelChange::add(["Rechnungen ÿ", "\\Important"]);
        let stored = client.store_labels(5, change).await.unwrap();
        let expected = ["Rechnungen ÿ", "\\Important", "2024"].map(MailboxName::from);
        assert_eq!(stored.get(uid(5)).unwrap()[..], expected);
        assert!(client.labels(5).await.unwrap()[&uid(5)].is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn labels_need_gmail() {
        let peer = reader("", "");
        let mut client = open(&peer).await;
        for error in [
            client.labels(1).await.unwrap_err(),
            client.store_labels(1, LabelChange::add(["x"])).await.unwrap_err(),
            client.gmail_search("in:anywhere").await.unwrap_err(),
        ] {
            assert_eq!(error.to_string(), "the server does not offer X-GM-EXT-1");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn flags_of_messages() {
        let peer = reader(
            "",
            r"C: <a> UID FETCH 1:2 (UID FLAGS)
              S: * 1 FETCH (UID 1 FLAGS (\Seen 007))
              S: * 3 FETCH (UID 9 FLAGS (\Draft))
              S: * 2 FETCH (UID 2 FLAGS ())
              S: <a> OK",
        );
        let mut client = open(&peer).await;
        let flags = client.flags([1, 2]).await.unwrap();
        assert_eq!(flags.keys().copied().collect::<Vec<_>>(), [1, 2]);
        assert!(flags[&uid(1)].contains(&Flag::from("007")) && flags[&uid(2)].is_empty());
        // The other one was not asked for, so it is an update.
        assert_eq!(client.updates().count(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn what_was_left_alone_is_never_lost() {
        let peer = reader(
            " CONDSTORE",
            r"C: <a> UID STORE 5 (UNCHANGEDSINCE 12) +FLAGS (\Deleted)
              S: <a> OK [MODIFIED 0,*:] done",
        );
        let mut client = open(&peer).await;
        let change = FlagChange::add([Flag::Deleted]).unchanged_since(12);
        let error = client.store(5, change).await.unwrap_err();
        assert!(matches!(error, imapclient::Error::NoAnswer { command: "STORE" }), "{error:?}");
        assert_eq!(error.outcome(), imapclient::Outcome::Unknown);
        leave(client, peer).await;
    }

    #[case]
    async fn a_refused_move_tells_what_it_has_done() {
        let peer = reader(
            " MOVE UIDPLUS",
            "C: <a> UID MOVE 5,7 \"Archive\"
             S: * OK [COPYUID 9 5 21] moved
             S: * 1 EXPUNGE
             S: <a> NO [OVERQUOTA] full",
        );
        let mut client = open(&peer).await;
        let error = client.move_to([5, 7], "Archive").await.unwrap_err();
        let imapclient::Error::Refused(refused) = error else {
            panic!("{error:?}");
        };
        let Some(imapclient::Done::Moved { messages, uids: Some(copied) }) = refused.done else {
            panic!("{refused:?}")
        };
        assert!(messages.is_empty(), "the server said OK to none of the commands");
        assert_eq!(pairs(&copied), [(5, 21)]);
        leave(client, peer).await;
    }
}
