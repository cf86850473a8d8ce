//! A UIDVALIDITY that changes while a mailbox is selected.

use imapclient::{Error, Outcome, SearchKey, SearchQuery, SeqSet, StatusItem};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{member, text};

/// The script that opens a mailbox with UIDVALIDITY 1.
const OPENED: &str = "
    C: <open> SELECT \"INBOX\"
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 1] valid
    S: <open> OK [READ-WRITE] opened
    ";

fn reader(script: &str) -> Peer {
    member(" UIDPLUS MOVE IDLE ESEARCH", &format!("{OPENED}{script}"))
}

#[track_caller]
fn assert_changed(error: &Error, is: u32) {
    let Error::UidValidity {
        mailbox,
        was,
        is: now,
        ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((mailbox.as_str(), *was, *now), ("INBOX", 1, is));
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(!error.is_closed() && !error.is_transient());
    let text = error.to_string();
    assert!(text.contains("\"INBOX\" has changed from 1 to"), "{text}");
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn a_renamed_mailbox_is_not_taken_for_one_that_gets_its_old_name() {
        let peer = member(
            "",
            "C: <l> LIST \"\" \"*\"
             S: * LIST () \"/\" \"work/now\"
             S: <l> OK listed
             C: <a> SELECT \"work/now\"
             S: * 3 EXISTS
             S: * OK [UIDVALIDITY 1] valid
             S: <a> OK opened
             C: <b> RENAME \"work\" \"old\"
             S: <b> OK renamed
             C: <c> CREATE \"work/now\"
             S: <c> OK created
             C: <d> STATUS \"work/now\" (UIDVALIDITY)
             S: * STATUS \"work/now\" (UIDVALIDITY 2)
             S: <d> OK done
             C: <e> UID FETCH 7 (UID FLAGS)
             S: * 1 FETCH (UID 7 FLAGS ())
             S: <e> OK done
             C: <f> STATUS \"old/now\" (UIDVALIDITY)
             S: * STATUS \"old/now\" (UIDVALIDITY 3)
             S: <f> OK done",
        );
        let mut client = connect(&peer).await;
        client.list("", "*").await.unwrap();
        client.select("work/now").await.unwrap();
        client.rename("work", "old").await.unwrap();
        assert_eq!(client.state().selected().unwrap().name, "old/now");
        client.create("work/now").await.unwrap();
        client.status("work/now", [StatusItem::UidValidity]).await.unwrap();
        assert_eq!(client.flags(7).await.unwrap().len(), 1);
        // The UIDVALIDITY of the mailbox itself is still noticed.
        client.status("old/now", [StatusItem::UidValidity]).await.unwrap();
        assert!(matches!(client.flags(7).await, Err(Error::UidValidity { is: 3, .. })));
        leave(client, peer).await;
    }

    #[case]
    async fn no_later_command_by_uid_is_sent_until_the_mailbox_is_selected_anew() {
        let peer = reader(
            "C: <a> NOOP
             S: * OK [UIDVALIDITY 2] changed
             S: <a> OK done
             C: <b> FETCH 1 (UID FLAGS)
             S: * 1 FETCH (FLAGS (\\Seen))
             S: <b> OK by number
             C: <c> SELECT \"INBOX\"
             S: * 3 EXISTS
             S: * OK [UIDVALIDITY 2] valid
             S: <c> OK opened
             C: <d> UID FETCH 7 (UID FLAGS)
             S: * 1 FETCH (UID 7 FLAGS ())
             S: <d> OK done",
        );
        let mut client = open(&peer).await;
        client.noop().await.unwrap();
        let mailbox = client.state().selected().unwrap();
        assert_eq!((mailbox.uid_validity, mailbox.new_uid_validity), (Some(1), Some(2)));
        assert_changed(&client.fetch(7, "FLAGS").await.unwrap_err(), 2);
        assert_changed(&client.search("UNSEEN").await.unwrap_err(), 2);
        assert_changed(&client.copy(7, "Archive").await.unwrap_err(), 2);
        assert_changed(&client.move_to(7, "Archive").await.unwrap_err(), 2);
        assert_changed(&client.uid_expunge(7).await.unwrap_err(), 2);
        let query = SearchQuery::from(SearchKey::Uid(7.into()));
        assert_changed(&client.search_seq(query).await.unwrap_err(), 2);
        let raw = client.raw("uid fetch 7 flags").await.unwrap_err();
        assert_changed(&raw, 2);
        assert_eq!(client.fetch(SeqSet::from([1]), "FLAGS").await.unwrap().len(), 1);
        client.select("INBOX").await.unwrap();
        assert_eq!(client.fetch(7, "FLAGS").await.unwrap().len(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn a_command_under_way_ends_by_it() {
        let peer = reader(
            "C: <a> UID FETCH 7 (UID FLAGS)
             S: * 1 FETCH (UID 7 FLAGS ())
             S: * OK [UIDVALIDITY 3] changed
             S: <a> OK done",
        );
        let mut client = open(&peer).await;
        let error = client.fetch(7, "FLAGS").await.unwrap_err();
        assert_changed(&error, 3);
        leave(client, peer).await;
    }

    #[case]
    async fn of_a_change_under_way_it_is_unknown_what_was_changed() {
        let peer = reader(
            "C: <a> UID MOVE 7 \"Archive\"
             S: * OK [UIDVALIDITY 3] changed
             S: * OK [COPYUID 9 7 1] moved
             S: * 1 EXPUNGE
             S: <a> OK done",
        );
        let mut client = open(&peer).await;
        let error = client.move_to(7, "Archive").await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
        let Error::Unfinished { command, source, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(command, "UID MOVE");
        assert_changed(source, 3);
        assert!(!error.is_closed());
        let text = text(&error);
        assert!(text.starts_with("UID MOVE: it is unknown whether the server moved them: "), "{text}");
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal_stays_one() {
        let peer = reader(
            "C: <a> UID COPY 7 \"Archive\"
             S: * OK [UIDVALIDITY 3] changed
             S: <a> NO no such message",
        );
        let mut client = open(&peer).await;
        let error = client.copy(7, "Archive").await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotDone, "{error:?}");
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert_changed(&client.copy(7, "Archive").await.unwrap_err(), 3);
        leave(client, peer).await;
    }

    #[case]
    async fn idle_and_status_tell_it_too() {
        for told in [
            "C: <a> IDLE
             S: + idling
             S: * OK [UIDVALIDITY 4] changed
             C: DONE
             S: <a> OK done",
            "C: <a> STATUS \"INBOX\" (UIDVALIDITY)
             S: * STATUS inbox (UIDVALIDITY 4)
             S: <a> OK done",
        ] {
            let peer = reader(told);
            let mut client = open(&peer).await;
            if told.contains("IDLE") {
                let mut idle = client.idle().await.unwrap();
                idle.next().await.unwrap();
                idle.done().await.unwrap();
            } else {
                client.status("INBOX", [StatusItem::UidValidity]).await.unwrap();
            }
            assert_changed(&client.fetch(7, "FLAGS").await.unwrap_err(), 4);
            leave(client, peer).await;
        }
    }

    #[case]
    async fn what_tells_of_no_change_ends_nothing() {
        let peer = reader(
            "C: <a> STATUS \"Sent\" (UIDVALIDITY)
             S: * STATUS Sent (UIDVALIDITY 4)
             S: * STATUS INBOX (UIDVALIDITY 0)
             S: * OK [UIDVALIDITY 1] as ever
             S: <a> OK done
             C: <b> UID FETCH 7 (UID FLAGS)
             S: * 1 FETCH (UID 7 FLAGS ())
             S: <b> OK done",
        );
        let mut client = open(&peer).await;
        client.status("Sent", [StatusItem::UidValidity]).await.unwrap();
        assert_eq!(client.fetch(7, "FLAGS").await.unwrap().len(), 1);
        leave(client, peer).await;
    }
}
