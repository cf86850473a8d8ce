//! Finding mailboxes for special uses, and testing whether a mailbox exists.

use imapclient::{Attribute, MailboxName};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::member;

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    async fn find(peer: Peer, special: Attribute, expected: Option<&str>) {
        let mut client = connect(&peer).await;
        let found = client.find_special_mailbox(special).await.unwrap();
        assert_eq!(found, expected.map(MailboxName::from));
        leave(client, peer).await;
    }

    #[case]
    async fn by_attribute_where_it_has_to_be_asked_for() {
        let peer = member(
            " SPECIAL-USE LIST-EXTENDED",
            r#"C: <a> LIST "" "*" RETURN (SPECIAL-USE)
               S: * LIST () "/" Sent
               S: * LIST (\sent) "/" Gesendet
               S: <a> OK"#,
        );
        find(peer, Attribute::Sent, Some("Gesendet")).await;
    }

    #[case]
    async fn one_that_cannot_be_opened_is_of_no_use() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST (\NonExistent \Trash) "/" Gone
               S: * LIST (\Noselect \Trash) "/" Bins
               S: * LIST (\Trash) "/" Bins/Papierkorb
               S: <a> OK"#,
        );
        find(peer, Attribute::Trash, Some("Bins/Papierkorb")).await;
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST (\NonExistent \Trash) "/" Gone
               S: * LIST () "/" "Deleted Items"
               S: <a> OK"#,
        );
        find(peer, Attribute::Trash, Some("Deleted Items")).await;
    }

    #[case]
    async fn by_the_old_list_of_gmail() {
        let peer = member(
            " XLIST",
            r#"C: <a> XLIST "" "*"
               S: * XLIST (\HasNoChildren \Trash) "/" "[Gmail]/Papierkorb"
               S: <a> OK"#,
        );
        find(peer, Attribute::Trash, Some("[Gmail]/Papierkorb")).await;
    }

    #[case]
    async fn by_a_usual_name_below_the_personal_namespace() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> LIST "" "*"
               S: * LIST (\Noselect) "." "INBOX.Trash"
               S: * LIST () "." "INBOX.Deleted Messages"
               S: * LIST () "." "Trash"
               S: <a> OK
               C: <b> NAMESPACE
               S: * NAMESPACE (("INBOX." ".")) NIL NIL
               S: <b> OK"#,
        );
        find(peer, Attribute::Trash, Some("INBOX.Deleted Messages")).await;
    }

    #[case]
    async fn nothing_is_guessed_where_nothing_fits() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" "Sentiments"
               S: <a> OK"#,
        );
        find(peer, Attribute::Sent, None).await;
    }

    #[case]
    async fn wildcards_in_a_name_stand_for_themselves() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "%"
               S: * LIST () "/" INBOX
               S: * LIST () "/" Sent
               S: <a> OK
               C: <b> LIST "" "a*"
               S: * LIST () "/" "abc"
               S: * LIST () "/" "a*"
               S: <b> OK
               C: <c> LIST "" "gone"
               S: * LIST (\NonExistent) "/" gone
               S: <c> OK
               C: <d> LIST "" "INBOX"
               S: * LIST () "/" INBOX
               S: <d> OK"#,
        );
        let mut client = connect(&peer).await;
        assert!(!client.mailbox_exists("%").await.unwrap());
        assert!(client.mailbox_exists("a*").await.unwrap());
        assert!(!client.mailbox_exists("gone").await.unwrap());
        assert!(client.mailbox_exists("inbox").await.unwrap());
        leave(client, peer).await;
    }
}
