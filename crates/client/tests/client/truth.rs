//! Impossible reports of a server are not believed.

use imapclient::{Append, AppendUid, Copied, Done, Error, Flag, FlagChange, SeqSet, UidSet};
use imapclient_test_macros::faces;

use crate::common::{reader, scripted, text};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn a_copyuid_of_other_messages_is_not_believed() {
        let peer = reader(
            " MOVE UIDPLUS",
            "C: <a> UID COPY 1:2 \"Archive\"
             S: <a> OK [COPYUID 7 1:4294967295 1:4294967295] done
             C: <b> UID COPY 1:2 \"Archive\"
             S: <b> OK [COPYUID 7 3:4 1:2] done
             C: <c> UID COPY 1:2 \"Archive\"
             S: <c> OK [COPYUID 7 1:2 1:3] done
             C: <d> COPY 1:2 \"Archive\"
             S: <d> OK [COPYUID 7 1:3 1:3] done
             C: <e> UID MOVE 1:2 \"Archive\"
             S: * OK [COPYUID 7 1:2 5:6] half
             S: * OK [COPYUID 7 1:2 5:6] half
             S: <e> OK done
             C: <f> UID COPY 1:* \"Archive\"
             S: * 5 EXISTS
             S: <f> OK [COPYUID 7 11:15 1:5] two had come
             C: <g> UID COPY 1:* \"Archive\"
             S: <g> OK [COPYUID 7 11:16 1:6] done",
        );
        let mut client = open(&peer).await;
        for _ in 0..3 {
            assert_eq!(client.copy(1..=2, "Archive").await.unwrap(), Copied::Untold);
        }
        let seqs = SeqSet::from(1..=2);
        assert_eq!(client.copy(seqs, "Archive").await.unwrap(), Copied::Untold);
        assert_eq!(client.move_to(1..=2, "Archive").await.unwrap().copied, Copied::Untold);
        let copied = client.copy("1:*", "Archive").await.unwrap();
        assert_eq!(copied.into_uids().unwrap().source, UidSet::from(11..=15));
        assert_eq!(client.copy("1:*", "Archive").await.unwrap(), Copied::Untold);
        leave(client, peer).await;
    }

    #[case]
    async fn an_appenduid_that_cannot_be_true_is_not_believed() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS] hello
             C: <open> SELECT \"INBOX\"
             S: * 3 EXISTS
             S: * OK [UIDVALIDITY 9] as ever
             S: <open> OK [READ-WRITE] opened
             C: <a> APPEND \"INBOX\" {1+}
             C: x
             S: <a> OK [APPENDUID 8 4] of another mailbox
             C: <b> APPEND \"INBOX\" {1+}
             C: x
             S: <b> OK [APPENDUID 9 4] done
             C: <c> APPEND \"Sent\" {1+}
             C: x {1+}
             C: y
             S: <c> OK [APPENDUID 8 4,4] one for two
             C: <bye> LOGOUT
             S: * BYE
             S: <bye> OK",
        );
        let mut client = open(&peer).await;
        assert_eq!(client.append("INBOX", "x").await.unwrap(), None);
        let told = AppendUid {
            uid_validity: 9,
            uids: UidSet::from([4]),
        };
        assert_eq!(client.append("INBOX", "x").await.unwrap(), Some(told));
        let both = ["x", "y"].map(Append::from);
        assert_eq!(client.append_all("Sent", both).await.unwrap(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_left_is_looked_up_unless_its_uids_were_named() {
        let peer = reader(
            " UIDPLUS",
            "C: <a> UID EXPUNGE 5:6
             S: * VANISHED 4:6
             S: <a> OK all of them
             C: <b> UID EXPUNGE 7:8
             S: * VANISHED 7
             S: <b> OK one of them
             C: <c> UID SEARCH UID 7:8
             S: * SEARCH 8
             S: <c> OK
             C: <d> UID EXPUNGE 7:8
             S: <d> OK not done
             C: <e> UID SEARCH UID 7:8
             S: * SEARCH 7 8
             S: <e> OK",
        );
        let mut client = open(&peer).await;
        let gone = client.uid_expunge(5..=6).await.unwrap();
        assert_eq!((gone.uids, gone.left), (UidSet::from(4..=6), UidSet::new()));
        let gone = client.uid_expunge(7..=8).await.unwrap();
        assert_eq!((gone.uids, gone.left), (UidSet::from([7]), UidSet::from([8])));
        let gone = client.uid_expunge(7..=8).await.unwrap();
        assert_eq!((gone.named(), gone.left), (0, UidSet::from(7..=8)));
        assert_eq!(client.updates().count(), 0, "they were answers");
        leave(client, peer).await;
    }

    #[case]
    async fn steps_before_a_failure_are_told() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS CONDSTORE] hello
             C: <open> SELECT \"INBOX\"
             S: * 3 EXISTS
             S: <open> OK [READ-WRITE] opened
             C: <a> UID EXPUNGE 5
             S: * 1 EXPUNGE
             S: <a> OK done
             C: <b> UID SEARCH UID 5
             S: <b> NO not now
             C: <c> UID STORE 5 (UNCHANGEDSINCE 9) +FLAGS (\\Seen)
             S: * 1 FETCH (UID 5 FLAGS (\\Seen))
             S: <c> OK done
             C: <d> UID FETCH 5 (UID FLAGS MODSEQ)
             CLOSE",
        );
        let mut client = open(&peer).await;
        let error = client.uid_expunge(5).await.unwrap_err();
        let five = UidSet::from([5]);
        let done = Done::Expunged { messages: five.clone() };
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert_eq!(error.done(), Some(&done));
        assert_eq!(
            text(&error),
            "UID SEARCH refused: NO not now; the messages of 5 marked as deleted were removed \
             before that"
        );
        let change = FlagChange::add(Flag::Seen).unchanged_since(9);
        let error = client.store(5, change).await.unwrap_err();
        assert_eq!(error.done(), Some(&Done::Stored { messages: five }));
        assert!(error.is_closed());
        peer.finish().unwrap();
    }
}
