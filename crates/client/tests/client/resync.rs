//! SELECT with CONDSTORE and QRESYNC, and the changes since a known state.

use imapclient::{Error, Known, Qresync, Resync, ResyncWay, SelectOptions, UidSet, Workaround};
use imapclient_test_macros::faces;

use crate::common::{member, uid};

/// The capabilities of a server with QRESYNC.
const ALL: &str = " ENABLE CONDSTORE QRESYNC UNSELECT ESEARCH";

/// Messages 1 to 3 of UIDVALIDITY 7, as of modification sequence 10.
fn known() -> Known {
    Known::new(7, 1..=3).modseq(10)
}

/// Returns the parts of a result: vanished, arrived, all UIDs, and the UIDs of the flags.
fn parts(resync: &Resync) -> [String; 4] {
    let flags: UidSet = resync.flags.keys().copied().collect();
    [
        resync.vanished.to_string(),
        resync.arrived.to_string(),
        resync.uids.to_string(),
        flags.to_string(),
    ]
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn select_with_options() {
        let peer = member(
            ALL,
            r#"C: <a> SELECT "INBOX" (CONDSTORE)
               S: * 3 EXISTS
               S: * OK [NOMODSEQ] none here
               S: <a> OK [READ-WRITE] opened
               C: <b> EXAMINE "Archive"
               S: * OK [CLOSED]
               S: * OK [HIGHESTMODSEQ 5]
               S: <b> OK [READ-ONLY] opened
               C: <c> UNSELECT
               S: <c> OK
               C: <d> ENABLE QRESYNC
               S: * ENABLED QRESYNC
               S: <d> OK
               C: <e> SELECT "INBOX" (QRESYNC (7 10 1:3 (1,3 1,3)))
               S: * 2 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 12]
               S: * VANISHED (EARLIER) 2,9:10
               S: * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (12))
               S: <e> OK [READ-WRITE] opened
               C: <f> EXAMINE "Archive" (QRESYNC (8 10))
               S: * 1 FETCH (UID 1 FLAGS (\Answered))
               S: * OK [CLOSED]
               S: * 0 EXISTS
               S: * OK [UIDVALIDITY 9]
               S: <f> OK [READ-ONLY] opened"#,
        );
        let mut client = connect(&peer).await;
        let options = SelectOptions::new().condstore();
        let selected = client.select_with("INBOX", options).await.unwrap();
        assert!(selected.mailbox.no_modseq && selected.mailbox.highest_modseq.is_none());
        assert!(!selected.mailbox.read_only && selected.changes.is_none());
        let options = SelectOptions::new().read_only();
        let selected = client.select_with("Archive", options).await.unwrap();
        assert!(!selected.mailbox.no_modseq && selected.mailbox.highest_modseq == Some(5));
        assert!(selected.mailbox.read_only);

        // The mailbox is left, since ENABLE needs none.
        let since = Qresync::new(7, 10).known_uids(1..=3).matching("1,3".parse::<imapclient::SeqSet>().unwrap(), [1, 3]);
        let options = SelectOptions::new().qresync(since);
        let selected = client.select_with("INBOX", options).await.unwrap();
        let changes = selected.changes.unwrap();
        assert_eq!(changes.vanished.to_string(), "2,9:10");
        let [changed] = changes.changed.try_into().unwrap();
        assert_eq!((changed.uid(), changed.modseq()), (Some(uid(1)), Some(12)));
        assert_eq!(client.updates().count(), 0);

        // QRESYNC is enabled already. Another UIDVALIDITY leaves nothing of what was known, and
        // the flags that came before CLOSED were those of the other mailbox.
        let options = SelectOptions::new().read_only().qresync(Qresync::new(8, 10));
        let selected = client.select_with("Archive", options).await.unwrap();
        assert_eq!(selected.changes, None);
        assert_eq!(client.state().selected().unwrap().uid_validity, Some(9));
        leave(client, peer).await;
    }

    #[case]
    async fn options_that_cannot_be_had_are_not_sent() {
        let peer = member(" ENABLE QRESYNC", "");
        let mut client = connect(&peer).await;
        for bad in [Qresync::new(0, 1), Qresync::new(1, 0), Qresync::new(1, 1).known_uids(1..)] {
            let options = SelectOptions::new().qresync(bad);
            let error = client.select_with("INBOX", options).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        }
        leave(client, peer).await;

        let peer = member(" ENABLE", "");
        let mut client = connect(&peer).await;
        for (options, lacks) in [
            (SelectOptions::new().condstore(), "CONDSTORE or QRESYNC"),
            (SelectOptions::new().qresync(Qresync::new(7, 1)), "QRESYNC"),
        ] {
            let error = client.select_with("INBOX", options).await.unwrap_err();
            assert!(
                matches!(&error, Error::Missing { capability, .. } if capability == lacks),
                "{error:?}"
            );
        }
        leave(client, peer).await;
    }

    #[case]
    async fn an_enable_without_an_answer_enables_nothing() {
        let peer = member(
            ALL,
            r#"C: <a> ENABLE QRESYNC
               S: <a> OK done
               C: <b> SELECT "INBOX" (CONDSTORE)
               S: * 3 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 10]
               S: <b> OK"#,
        );
        let mut client = connect(&peer).await;
        let options = || SelectOptions::new().qresync(Qresync::new(7, 10));
        for _ in 0..2 {
            let error = client.select_with("INBOX", options()).await.unwrap_err();
            assert!(matches!(error, Error::NoAnswer { command: "ENABLE" }), "{error:?}");
        }
        assert!(client.workarounds().contains(&Workaround::EnableUnanswered));
        // Nothing has changed, which takes one command.
        let resync = client.resync("INBOX", &known()).await.unwrap();
        assert_eq!(resync.way, ResyncWay::Condstore);
        assert_eq!(parts(&resync), ["", "", "1:3", ""]);
        leave(client, peer).await;
    }

    #[case]
    async fn changes_by_qresync() {
        let peer = member(
            ALL,
            r#"C: <a> ENABLE QRESYNC
               S: * ENABLED QRESYNC
               S: <a> OK
               C: <b> SELECT "INBOX" (QRESYNC (7 10))
               S: * 3 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 15]
               S: * VANISHED (EARLIER) 2,5:7
               S: * 2 FETCH (UID 3 FLAGS (\Seen) MODSEQ (13))
               S: * 3 FETCH (UID 8 FLAGS () MODSEQ (15))
               S: <b> OK [READ-WRITE] opened"#,
        );
        let mut client = connect(&peer).await;
        let resync = client.resync("INBOX", &known()).await.unwrap();
        assert_eq!(resync.way, ResyncWay::Qresync);
        assert_eq!(parts(&resync), ["2", "8", "1,3,8", "3,8"]);
        assert_eq!(resync.known(), Some(Known::new(7, [1, 3, 8]).modseq(15)));
        leave(client, peer).await;
    }

    #[case]
    async fn changes_that_do_not_fit_are_not_believed() {
        // Two messages have gone, of which only one is reported.
        let peer = member(
            ALL,
            r#"C: <a> ENABLE QRESYNC
               S: * ENABLED QRESYNC
               S: <a> OK
               C: <b> SELECT "INBOX" (QRESYNC (7 10))
               S: * 1 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 15]
               S: * VANISHED (EARLIER) 2
               S: <b> OK [READ-WRITE] opened
               C: <c> UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 10)
               S: <c> OK
               C: <d> UID SEARCH RETURN (ALL) ALL
               S: * ESEARCH (TAG "<d>") UID ALL 1
               S: <d> OK"#,
        );
        let mut client = connect(&peer).await;
        let resync = client.resync("INBOX", &known()).await.unwrap();
        assert_eq!(resync.way, ResyncWay::Condstore);
        assert_eq!(parts(&resync), ["2:3", "", "1", ""]);
        leave(client, peer).await;
    }

    #[case]
    async fn changes_by_condstore() {
        let peer = member(
            " CONDSTORE",
            r#"C: <a> SELECT "INBOX" (CONDSTORE)
               S: * 4 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 15]
               S: <a> OK [READ-WRITE] opened
               C: <b> UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 10)
               S: * 4 FETCH (UID 9 FLAGS (\Seen) MODSEQ (15))
               S: <b> OK
               C: <c> SELECT "INBOX" (CONDSTORE)
               S: * 2 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 16]
               S: <c> OK [READ-WRITE] opened
               C: <d> UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 15)
               S: <d> OK
               C: <e> UID SEARCH ALL
               S: * SEARCH 3 9
               S: <e> OK
               C: <f> SELECT "INBOX" (CONDSTORE)
               S: * 0 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 17]
               S: <f> OK [READ-WRITE] opened"#,
        );
        let mut client = connect(&peer).await;
        let arrived = client.resync("INBOX", &known()).await.unwrap();
        assert_eq!(arrived.way, ResyncWay::Condstore);
        assert_eq!(parts(&arrived), ["", "9", "1:3,9", "9"]);
        let gone = client.resync("INBOX", &arrived.known().unwrap()).await.unwrap();
        assert_eq!(parts(&gone), ["1:2", "", "3,9", ""]);
        let empty = client.resync("INBOX", &gone.known().unwrap()).await.unwrap();
        assert_eq!(parts(&empty), ["3,9", "", "", ""]);
        leave(client, peer).await;
    }

    #[case]
    async fn everything_is_looked_at_where_changes_cannot_be_had() {
        for (capabilities, options, told) in [
            ("", "", ""),
            // The mailbox keeps no modification sequences.
            (" CONDSTORE", " (CONDSTORE)", "* OK [NOMODSEQ] none"),
            // It was restored from a backup: what was known is from the future.
            (" CONDSTORE", " (CONDSTORE)", "* OK [HIGHESTMODSEQ 9] less"),
        ] {
            let peer = member(
                capabilities,
                &format!(
                    r#"C: <a> SELECT "INBOX"{options}
                       S: * 2 EXISTS
                       S: * OK [UIDVALIDITY 7]
                       S: {}
                       S: <a> OK [READ-WRITE] opened
                       C: <b> UID FETCH 1:* (UID FLAGS)
                       S: * 1 FETCH (UID 2 FLAGS ())
                       S: * 2 FETCH (UID 4 FLAGS (\Seen))
                       S: <b> OK"#,
                    if told.is_empty() { "* OK hello" } else { told },
                ),
            );
            let mut client = connect(&peer).await;
            let resync = client.resync("INBOX", &known()).await.unwrap();
            assert_eq!(resync.way, ResyncWay::Whole);
            assert_eq!(parts(&resync), ["1,3", "4", "2,4", "2,4"]);
            assert!(!resync.invalidated);
            leave(client, peer).await;
        }
    }

    #[case]
    async fn another_uidvalidity_leaves_nothing() {
        let peer = member(
            " CONDSTORE",
            r#"C: <a> SELECT "INBOX" (CONDSTORE)
               S: * 1 EXISTS
               S: * OK [UIDVALIDITY 8]
               S: * OK [HIGHESTMODSEQ 10]
               S: <a> OK [READ-WRITE] opened
               C: <b> UID FETCH 1:* (UID FLAGS)
               S: * 1 FETCH (UID 2 FLAGS ())
               S: <b> OK
               C: <c> SELECT "INBOX" (CONDSTORE)
               S: * 0 EXISTS
               S: <c> OK [READ-WRITE] opened"#,
        );
        let mut client = connect(&peer).await;
        let resync = client.resync("INBOX", &known()).await.unwrap();
        assert!(resync.invalidated && resync.way == ResyncWay::Whole);
        assert_eq!(parts(&resync), ["1:3", "2", "2", "2"]);
        // Without a UIDVALIDITY, nothing can be kept.
        let resync = client.resync("INBOX", &resync.known().unwrap()).await.unwrap();
        assert!(resync.invalidated && resync.known().is_none());
        leave(client, peer).await;
    }

    #[case]
    async fn parameters_that_are_refused_are_left_out() {
        let peer = member(
            ALL,
            r#"C: <a> ENABLE QRESYNC
               S: * ENABLED QRESYNC
               S: <a> OK
               C: <b> SELECT "INBOX" (QRESYNC (7 10))
               S: <b> BAD no
               C: <c> SELECT "INBOX" (CONDSTORE)
               S: <c> NO not that either
               C: <d> SELECT "INBOX"
               S: * 0 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: <d> OK
               C: <e> SELECT "Gone" (QRESYNC (7 10))
               S: <e> NO [NONEXISTENT] there is none"#,
        );
        let mut client = connect(&peer).await;
        let resync = client.resync("INBOX", &known()).await.unwrap();
        assert_eq!(resync.way, ResyncWay::Whole);
        assert_eq!(parts(&resync), ["1:3", "", "", ""]);
        // A refusal that is about the mailbox is not about the parameters.
        let error = client.resync("Gone", &known()).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        let error = client.resync("INBOX", &Known::new(7, 1..)).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn a_server_that_reports_four_billion_messages_as_gone() {
        let peer = member(
            ALL,
            r#"C: <a> ENABLE QRESYNC
               S: * ENABLED QRESYNC
               S: <a> OK
               C: <b> SELECT "INBOX" (QRESYNC (7 10))
               S: * 0 EXISTS
               S: * OK [UIDVALIDITY 7]
               S: * OK [HIGHESTMODSEQ 15]
               S: * VANISHED (EARLIER) 1:4294967295
               S: <b> OK"#,
        );
        let mut client = connect(&peer).await;
        let resync = client.resync("INBOX", &known()).await.unwrap();
        assert_eq!(parts(&resync), ["1:3", "", "", ""]);
        leave(client, peer).await;
    }
}
