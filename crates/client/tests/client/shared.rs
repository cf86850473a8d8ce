//! Removing messages on servers without UIDPLUS: those that others have marked stay.

use imapclient::{Done, Error, ExpungeWay, Outcome, UidSet};
use imapclient_test_macros::faces;

use crate::common::{reader, scripted};

/// Returns the part of a script in which messages are searched for.
fn searched(key: &str, found: &str) -> String {
    format!("C: <s> UID SEARCH {key}\nS: * SEARCH{found}\nS: <s> OK done\n")
}

/// Returns the part of a script in which the mark of messages is changed.
fn stored(uids: &str, change: &str) -> String {
    format!("C: <m> UID STORE {uids} {change}FLAGS.SILENT (\\Deleted)\nS: <m> OK done\n")
}

const EXPUNGE: &str = "C: <x> EXPUNGE\nS: * 1 EXPUNGE\nS: <x> OK done\n";

fn uids(set: &str) -> UidSet {
    set.parse().unwrap()
}

fn unmarked(error: &Error) -> String {
    match error.done() {
        Some(Done::ExpungedShared { removed, unmarked }) => {
            assert!(removed.is_empty(), "{removed}");
            unmarked.to_string()
        }
        other => panic!("{other:?} of {error:?}"),
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn marks_of_others_are_taken_off_and_put_back() {
        // Another client marks message 8 meanwhile, and 7 stays although the server says OK.
        let script = searched("UID 5,7", " 5 7")
            + &stored("5,7", "+")
            + &searched("DELETED", " 5 6 7")
            + &stored("6", "-")
            + &searched("DELETED", " 5 7 8")
            + &stored("8", "-")
            + &searched("DELETED", " 5 7")
            + EXPUNGE
            + &stored("6,8", "+")
            + &searched("UID 5,7", " 7")
            + &searched("DELETED", " 6 7");
        let peer = reader("", &script);
        let mut client = open(&peer).await;
        let gone = client.dangerous_expunge_shared([7, 5]).await.unwrap();
        assert_eq!((gone.way, gone.put_back), (ExpungeWay::Shared, uids("6")));
        assert_eq!(gone.unmarked, uids("8"));
        assert_eq!((gone.removed.named(), gone.removed.left), (1, uids("7")));
        leave(client, peer).await;
    }

    #[case]
    async fn nothing_is_removed_if_others_mark_messages_all_the_time() {
        let script = searched("UID 5", " 5")
            + &stored("5", "+")
            + &searched("DELETED", " 5 6")
            + &stored("6", "-")
            + &searched("DELETED", " 5 6")
            + &stored("6", "-")
            + &searched("DELETED", " 5 6")
            + &stored("6", "-")
            + &stored("6", "+")
            + &searched("UID 5", " 5")
            + &searched("DELETED", " 5 6");
        let peer = reader("", &script);
        let mut client = open(&peer).await;
        let gone = client.dangerous_expunge_shared(5).await.unwrap();
        assert_eq!((gone.removed.named(), gone.removed.left), (0, uids("5")));
        leave(client, peer).await;
    }

    #[case]
    async fn an_answer_without_the_own_messages_is_not_believed() {
        let script = searched("UID 5", " 5")
            + &stored("5", "+")
            + &searched("DELETED", "")
            + &searched("UID 5", " 5");
        let peer = reader("", &script);
        let mut client = open(&peer).await;
        let gone = client.dangerous_expunge_shared(5).await.unwrap();
        assert_eq!((gone.removed.named(), gone.removed.left), (0, uids("5")));
        leave(client, peer).await;
    }

    #[case]
    async fn with_uidplus_no_mark_is_taken_off() {
        let script = searched("UID 5,7", " 5")
            + &stored("5", "+")
            + "C: <x> UID EXPUNGE 5\nS: * 1 EXPUNGE\nS: <x> OK done\n"
            + &searched("UID 5", "")
            + &searched("UID 9", "");
        let peer = reader(" UIDPLUS", &script);
        let mut client = open(&peer).await;
        let gone = client.dangerous_expunge_shared([5, 7]).await.unwrap();
        assert_eq!((gone.way, gone.removed.left), (ExpungeWay::ByUid, UidSet::new()));
        // Nothing is marked if none of the messages exists.
        let gone = client.dangerous_expunge_shared(9).await.unwrap();
        assert_eq!(gone, imapclient::SharedExpunge::default());
        leave(client, peer).await;
    }

    #[case]
    async fn marks_are_put_back_after_a_refusal() {
        let begin = searched("UID 5", " 5")
            + &stored("5", "+")
            + &searched("DELETED", " 5 6")
            + &stored("6", "-")
            + &searched("DELETED", " 5")
            + "C: <x> EXPUNGE\nS: <x> NO not now\n";
        let refused = "C: <m> UID STORE 6 +FLAGS.SILENT (\\Deleted)\nS: <m> NO not now\n";
        let peer = reader("", &(begin.clone() + &stored("6", "+") + &begin + refused));
        let mut client = open(&peer).await;
        let error = client.dangerous_expunge_shared(5).await.unwrap_err();
        assert_eq!((error.outcome(), error.done()), (Outcome::NotDone, None));
        let error = client.dangerous_expunge_shared(5).await.unwrap_err();
        assert_eq!(unmarked(&error), "6");
        leave(client, peer).await;
    }

    #[case]
    async fn an_end_of_the_connection_tells_whose_marks_are_missing() {
        let begin = "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
             C: <o> SELECT \"INBOX\"
             S: * 3 EXISTS
             S: <o> OK [READ-WRITE] opened\n"
            .to_owned()
            + &searched("UID 5", " 5")
            + &stored("5", "+")
            + &searched("DELETED", " 5 6");
        for rest in [
            "C: <m> UID STORE 6 -FLAGS.SILENT (\\Deleted)\n".to_owned(),
            stored("6", "-") + &searched("DELETED", " 5") + "C: <x> EXPUNGE\n",
        ] {
            let peer = scripted(&(begin.clone() + &rest));
            let mut client = open(&peer).await;
            let error = client.dangerous_expunge_shared(5).await.unwrap_err();
            assert_eq!((error.outcome(), unmarked(&error)), (Outcome::Unknown, "6".to_owned()));
            let text = "the mark as deleted of UID 6 was taken off, which belongs to others and has \
                        to be put back, before this failed";
            assert_eq!(error.to_string(), text);
            drop(client);
            peer.finish().unwrap();
        }
    }
}
