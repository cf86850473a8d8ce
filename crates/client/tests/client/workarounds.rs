//! Servers that announce an extension and do not support it: the older form is used and remembered.

use std::time::Duration;

use imapclient::{Attribute, Error, Flag, FlagChange, MailboxName, SeqSet, StatusItem, Workaround};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{member, plain, reader, seq, uid};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    async fn connect(peer: &Peer) -> Client {
        let client = plain::<Client>(peer).connect().await.unwrap();
        assert!(client.workarounds().is_empty());
        client
    }

    #[case]
    async fn namespaces_that_are_refused_are_not_asked_for_again() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> LIST "" "*"
               S: * LIST () "." INBOX
               S: * LIST () "." INBOX.Trash
               S: <a> OK
               C: <b> NAMESPACE
               S: <b> BAD command syntax error
               C: <c> LIST "" "*"
               S: * LIST () "." INBOX
               S: * LIST () "." Sent
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap();
        assert_eq!(trash, Some(MailboxName::from("INBOX.Trash")));
        let sent = client.find_special_mailbox(Attribute::Sent).await.unwrap();
        assert_eq!(sent, Some(MailboxName::from("Sent")));
        leave_with(client, peer, &[Workaround::NamespaceRefused]).await;
    }

    #[case]
    async fn namespaces_that_are_not_told_are_as_good_as_refused() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" Trash
               S: <a> OK
               C: <b> NAMESPACE
               S: <b> OK done"#,
        );
        let mut client = connect(&peer).await;
        let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap();
        assert_eq!(trash, Some(MailboxName::from("Trash")));
        leave_with(client, peer, &[Workaround::NamespaceRefused]).await;
    }

    #[case]
    async fn a_passing_trouble_is_no_refusal() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" Trash
               S: <a> OK
               C: <b> NAMESPACE
               S: <b> NO [UNAVAILABLE] in a minute
               C: <c> NAMESPACE
               S: <c> BAD what?"#,
        );
        let mut client = connect(&peer).await;
        let error = client.find_special_mailbox(Attribute::Trash).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        // A caller that asks for the namespaces gets the error.
        let error = client.namespace().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn a_list_with_return_that_gives_nothing_is_no_answer() {
        let peer = member(
            " SPECIAL-USE LIST-EXTENDED",
            r#"C: <a> LIST "" "*" RETURN (SPECIAL-USE)
               S: <a> OK LIST completed
               C: <b> LIST "" "*"
               S: * LIST () "/" INBOX
               S: * LIST (\Trash) "/" Papierkorb
               S: <b> OK
               C: <c> LIST "" "*"
               S: * LIST () "/" INBOX
               S: * LIST (\Sent) "/" Gesendet
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap();
        assert_eq!(trash, Some(MailboxName::from("Papierkorb")));
        let sent = client.find_special_mailbox(Attribute::Sent).await.unwrap();
        assert_eq!(sent, Some(MailboxName::from("Gesendet")));
        leave_with(client, peer, &[Workaround::ListReturnUseless]).await;
    }

    #[case]
    async fn a_list_with_return_that_is_refused_is_sent_without() {
        let peer = member(
            " SPECIAL-USE LIST-EXTENDED",
            r#"C: <a> LIST "" "*" RETURN (SPECIAL-USE)
               S: <a> BAD LIST failed. Illegal arguments.
               C: <b> LIST "" "*"
               S: * LIST (\Trash) "/" Papierkorb
               S: <b> OK"#,
        );
        let mut client = connect(&peer).await;
        let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap();
        assert_eq!(trash, Some(MailboxName::from("Papierkorb")));
        leave_with(client, peer, &[Workaround::ListReturnUseless]).await;
    }

    #[case]
    async fn where_the_older_form_is_refused_too_it_was_not_the_form() {
        let peer = member(
            " SPECIAL-USE LIST-EXTENDED",
            r#"C: <a> LIST "" "*" RETURN (SPECIAL-USE)
               S: <a> NO your account is locked
               C: <b> LIST "" "*"
               S: <b> NO your account is locked"#,
        );
        let mut client = connect(&peer).await;
        let error = client.find_special_mailbox(Attribute::Trash).await.unwrap_err();
        assert!(error.to_string().contains("locked"), "{error}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_xlist_that_is_refused_is_a_list() {
        let peer = member(
            " XLIST",
            r#"C: <a> XLIST "" "*"
               S: <a> BAD unknown command
               C: <b> LIST "" "*"
               S: * LIST () "/" Trash
               S: <b> OK
               C: <c> LIST "" "*"
               S: * LIST () "/" Trash
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        for _ in 0..2 {
            let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap();
            assert_eq!(trash, Some(MailboxName::from("Trash")));
        }
        leave_with(client, peer, &[Workaround::XlistUseless]).await;
    }

    #[case]
    async fn a_name_goes_back_as_it_came_also_if_it_was_looked_for() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" "&AFQAcgBhAHM-h"
               S: <a> OK
               C: <b> LIST "" "&AFQAcgBhAHM-h"
               S: * LIST () "/" "&AFQAcgBhAHM-h"
               S: <b> OK"#,
        );
        let mut client = connect(&peer).await;
        let trash = client.find_special_mailbox(Attribute::Trash).await.unwrap().unwrap();
        assert_eq!(trash, "Trash");
        assert!(client.mailbox_exists(&trash).await.unwrap());
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn the_item_of_status_that_is_refused_is_found_out() {
        use StatusItem::{Deleted, MailboxId, Messages, Size, Unseen};
        let peer = member(
            "",
            r#"C: <a> STATUS "Work" (MESSAGES SIZE MAILBOXID UNSEEN)
               S: <a> BAD Unknown STATUS item
               C: <b> STATUS "Work" (MESSAGES UNSEEN)
               S: * STATUS Work (MESSAGES 3 UNSEEN 1)
               S: <b> OK
               C: <c> STATUS "Work" (SIZE)
               S: <c> BAD Unknown STATUS item
               C: <d> STATUS "Work" (MAILBOXID)
               S: * STATUS Work (MAILBOXID (F1))
               S: <d> OK
               C: <e> STATUS "Work" (MESSAGES MAILBOXID)
               S: * STATUS Work (MESSAGES 3 MAILBOXID (F1))
               S: <e> OK
               C: <f> STATUS "Work" (MESSAGES DELETED)
               S: * STATUS Work ()
               S: <f> OK
               C: <g> STATUS "Work" (MESSAGES)
               S: * STATUS Work (MESSAGES 3)
               S: <g> OK
               C: <h> STATUS "Work" (DELETED)
               S: <h> NO there is no such item"#,
        );
        let mut client = connect(&peer).await;
        let items = [Messages, Size, MailboxId, Unseen];
        let status = client.status("Work", &items).await.unwrap();
        assert_eq!((status.messages, status.unseen, status.size), (Some(3.into()), Some(1.into()), None));
        assert_eq!(status.mailbox_id.as_deref(), Some("F1"));
        let status = client.status("Work", [Messages, Size, MailboxId]).await.unwrap();
        assert_eq!((status.messages, status.size), (Some(3.into()), None));
        // An empty list is treated like a refusal.
        let status = client.status("Work", [Messages, Deleted]).await.unwrap();
        assert_eq!((status.messages, status.deleted), (Some(3.into()), None));
        // If nothing else is asked for, the server's refusal is the result.
        assert!(client.status("Work", [Deleted]).await.is_err());
        leave_with(client, peer, &[Workaround::StatusItemRefused]).await;
    }

    #[case]
    async fn a_no_that_was_about_the_moment_costs_no_item() {
        use StatusItem::{Messages, Size};
        let peer = member(
            "",
            r#"C: <a> STATUS "Work" (MESSAGES SIZE)
               S: <a> NO somebody else writes there
               C: <b> STATUS "Work" (MESSAGES)
               S: * STATUS Work (MESSAGES 3)
               S: <b> OK
               C: <c> STATUS "Work" (SIZE)
               S: * STATUS Work (SIZE 700)
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        let status = client.status("Work", [Messages, Size]).await.unwrap();
        assert_eq!((status.messages, status.size), (Some(3.into()), Some(700)));
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn a_mailbox_that_is_not_there_is_no_matter_of_items() {
        use StatusItem::{Messages, Size};
        let peer = member(
            "",
            r#"C: <a> STATUS "Gone" (MESSAGES SIZE)
               S: <a> NO [NONEXISTENT] no such mailbox
               C: <b> STATUS "Gone" (MESSAGES SIZE)
               S: <b> NO what is that?
               C: <c> STATUS "Gone" (MESSAGES)
               S: <c> NO what is that?
               C: <d> STATUS "Odd" (MESSAGES)
               S: * STATUS Odd ()
               S: <d> OK"#,
        );
        let mut client = connect(&peer).await;
        for _ in 0..2 {
            let error = client.status("Gone", [Messages, Size]).await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{error}");
        }
        let error = client.status("Odd", [Messages]).await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn what_enable_does_not_name_is_not_enabled() {
        let peer = member(
            " ENABLE UTF8=ACCEPT CONDSTORE",
            r#"C: <a> ENABLE UTF8=ACCEPT
               S: <a> OK done
               C: <b> CREATE "Entw&APw-rfe"
               S: <b> OK
               C: <c> ENABLE CONDSTORE
               S: * ENABLED
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        assert!(client.enable(["UTF8=ACCEPT"]).await.unwrap().is_empty());
        client.create("Entwürfe").await.unwrap();
        assert!(client.enable(["CONDSTORE"]).await.unwrap().is_empty());
        leave_with(client, peer, &[Workaround::EnableUnanswered]).await;
    }

    #[case]
    async fn a_conditional_change_is_never_made_without_its_condition() {
        let peer = reader("", "");
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let change = FlagChange::add([Flag::Seen]).unchanged_since(7);
        let error = client.store([5], change).await.unwrap_err();
        assert_eq!(error.to_string(), "the server does not offer CONDSTORE");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn sequences_that_a_conditional_change_does_not_tell_are_asked_for() {
        let peer = reader(
            " CONDSTORE",
            r#"C: <a> UID STORE 5:7 (UNCHANGEDSINCE 9) +FLAGS (\Seen)
               S: * 1 FETCH (UID 5 FLAGS (\Seen))
               S: * 2 FETCH (UID 6 FLAGS (\Seen) MODSEQ (11))
               S: <a> OK [MODIFIED 7] done
               C: <b> UID FETCH 5 (UID FLAGS MODSEQ)
               S: * 1 FETCH (UID 5 FLAGS (\Seen \Flagged) MODSEQ (12))
               S: <b> OK"#,
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let change = FlagChange::add([Flag::Seen]).unchanged_since(9);
        let stored = client.store("5:7", change).await.unwrap();
        assert_eq!((stored.modseq(uid(5)), stored.modseq(uid(6))), (Some(12), Some(11)));
        // The flags belong to that modification sequence.
        assert!(stored.get(uid(5)).unwrap().contains(&Flag::Flagged));
        assert_eq!(stored.unchanged().to_string(), "7");
        leave_with(client, peer, &[Workaround::StoreWithoutModSeq]).await;
    }

    #[case]
    async fn a_conditional_change_is_made_though_no_sequences_are_told() {
        let peer = reader(
            " CONDSTORE",
            r#"C: <a> UID STORE 5 (UNCHANGEDSINCE 9) +FLAGS (\Seen)
               S: * 1 FETCH (UID 5 FLAGS (\Seen))
               S: <a> OK
               C: <b> UID FETCH 5 (UID FLAGS MODSEQ)
               S: <b> BAD what is MODSEQ?"#,
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let change = FlagChange::add([Flag::Seen]).unchanged_since(9);
        let stored = client.store(5, change).await.unwrap();
        assert!(stored.get(uid(5)).unwrap().contains(&Flag::Seen) && stored.modseq(uid(5)).is_none(), "{stored:?}");
        leave_with(client, peer, &[Workaround::StoreWithoutModSeq]).await;
    }

    #[case]
    async fn sequences_are_not_asked_for_by_numbers_that_may_have_changed() {
        let peer = reader(
            " CONDSTORE",
            r#"C: <a> STORE 2 (UNCHANGEDSINCE 9) +FLAGS (\Seen)
               S: * 2 FETCH (FLAGS (\Seen))
               S: <a> OK
               S: * 1 EXPUNGE"#,
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let change = FlagChange::add([Flag::Seen]).unchanged_since(9);
        let stored = client.store(SeqSet::from(2), change).await.unwrap();
        assert!(stored.get(seq(2)).unwrap().contains(&Flag::Seen) && stored.modseq(seq(2)).is_none(), "{stored:?}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_idle_that_is_refused_is_polling() {
        let peer = reader(
            " IDLE",
            r#"C: <a> IDLE
               S: <a> BAD command not supported
               C: <b> NOOP
               S: * 4 EXISTS
               S: <b> OK
               C: <c> NOOP
               S: * 5 EXISTS
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        for expected in [4, 5] {
            let mut idle = client.idle_or_poll(Duration::from_secs(3600)).await.unwrap();
            let update = idle.next().await.unwrap();
            assert_eq!(update, imapclient::Update::Exists(expected.into()));
            idle.done().await.unwrap();
        }
        leave_with(client, peer, &[Workaround::IdleRefused]).await;
    }
}
