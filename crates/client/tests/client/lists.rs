//! LIST with options, and lists with the status of each mailbox.

use std::io;

use imapclient::{
    Error, ListOptions, ListedMailbox, Listing, MailboxStatus, Result, Rights, StatusItem, Update,
    Workaround,
};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{expect, greet, member};

const STATUS: &str = " LIST-EXTENDED LIST-STATUS";

/// The numbers of unseen messages, or the texts of errors.
type Counts = Vec<(String, std::result::Result<Option<u32>, String>)>;

fn counts(all: Vec<(ListedMailbox, Result<Option<MailboxStatus>>)>) -> Counts {
    let counts = all.into_iter().map(|(mailbox, status)| {
        let status = status
            .map(|status| status.map(|status| status.unseen.unwrap().get()))
            .map_err(|error| error.to_string());
        (mailbox.name.as_str().to_owned(), status)
    });
    counts.collect()
}

fn told(name: &str, unseen: u32) -> (String, std::result::Result<Option<u32>, String>) {
    (name.to_owned(), Ok(Some(unseen)))
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn data_are_joined_with_their_mailboxes_in_any_order() {
        let peer = member(
            " LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS LIST-METADATA SPECIAL-USE",
            r#"C: <a> LIST (SUBSCRIBED RECURSIVEMATCH) "" ("*" "Entw&APw-rfe") RETURN (CHILDREN STATUS (UNSEEN) MYRIGHTS METADATA (/private/comment))
               S: * STATUS "b" (UNSEEN 2)
               S: * LIST (\Subscribed) "/" a
               S: * MYRIGHTS a lr
               S: * METADATA a (/private/comment "one")
               S: * STATUS inbox (UNSEEN 5)
               S: * METADATA a (/shared/comment NIL)
               S: * LIST () "/" "b" (CHILDINFO ("SUBSCRIBED"))
               S: * STATUS a (UNSEEN 1)
               S: * LIST (\NonExistent) "/" c
               S: * STATUS "a" (MESSAGES 7)
               S: * METADATA "" /shared/comment
               S: * STATUS other (UNSEEN 9)
               S: * LIST () "/" INBOX
               S: <a> OK"#,
        );
        let mut client = connect(&peer).await;
        let options = ListOptions::new("", "*")
            .pattern("Entwürfe")
            .only_subscribed()
            .include_parents()
            .with_children()
            .with_status([StatusItem::Unseen])
            .with_my_rights()
            .with_metadata(["/private/comment"]);
        let [a, b, c, inbox]: [Listing; 4] =
            client.list_with(options).await.unwrap().try_into().unwrap();
        let status = a.status.unwrap();
        assert_eq!((status.unseen, status.messages), (Some(1.into()), Some(7.into())));
        assert_eq!(a.rights, Some(Rights::LOOKUP | Rights::READ));
        let metadata = a.metadata.unwrap();
        assert_eq!(metadata.get("/private/comment"), Some(&b"one"[..]));
        assert_eq!(metadata.entries.len(), 2);
        assert_eq!(b.status.unwrap().unseen, Some(2.into()));
        assert_eq!(b.mailbox.child_info(), Some(&["SUBSCRIBED".to_owned()][..]));
        assert!(b.rights.is_none() && b.metadata.is_none());
        assert!(c.status.is_none(), "{c:?}");
        assert_eq!(inbox.status.unwrap().unseen, Some(5.into()));
        // A STATUS of a mailbox that is not listed at that time is kept.
        let news: Vec<_> = client.updates().collect();
        let names = news.iter().map(|update| match update {
            Update::MailboxStatus(status) => status.name.as_str(),
            Update::Metadata(told) => told.changed[0].as_str(),
            other => panic!("{other:?}"),
        });
        assert_eq!(names.collect::<Vec<_>>(), ["b", "inbox", "/shared/comment", "other"]);
        leave(client, peer).await;
    }

    #[case]
    async fn each_option_needs_its_capability() {
        let peer = member(" LIST-EXTENDED", "");
        let mut client = connect(&peer).await;
        let all = || ListOptions::new("", "*");
        for (options, lacks) in [
            (all().only_special_use(), "SPECIAL-USE"),
            (all().with_special_use(), "SPECIAL-USE"),
            (all().with_status([StatusItem::Unseen]), "LIST-STATUS"),
            (all().with_my_rights(), "LIST-MYRIGHTS"),
            (all().with_metadata(["/private/comment"]), "LIST-METADATA"),
        ] {
            let error = client.list_with(options).await.unwrap_err();
            let Error::Missing { capability, .. } = &error else {
                panic!("{error:?}");
            };
            assert_eq!(capability, lacks);
        }
        for invalid in [all().include_parents(), all().with_status([StatusItem::Unseen; 0])] {
            let error = client.list_with(invalid).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        }
        let error = client.list_status("", "*", [StatusItem::Unseen; 0]).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn without_options_it_is_a_plain_list() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" a
               S: * STATUS a (UNSEEN 1)
               S: <a> OK"#,
        );
        let mut client = connect(&peer).await;
        let error = client.list_with(ListOptions::new("", "*").with_children()).await.unwrap_err();
        assert!(matches!(error, Error::Missing { .. }), "{error:?}");
        let all = client.list_with(ListOptions::new("", "*")).await.unwrap();
        assert_eq!(all, [Listing::new("a")].map(|mut a| { a.mailbox.delimiter = Some('/'); a }));
        // Nobody has asked for it.
        assert_eq!(client.updates().count(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn counts_come_in_one_round_trip() {
        let peer = member(
            " LIST-EXTENDED LIST-STATUS SPECIAL-USE",
            r#"C: <a> LIST "" "*" RETURN (CHILDREN SPECIAL-USE STATUS (UNSEEN))
               S: * LIST (\Sent) "/" a
               S: * STATUS a (UNSEEN 1)
               S: * LIST (\NoSelect) "/" b
               S: * LIST (\NonExistent) "/" c
               S: <a> OK"#,
        );
        let mut client = connect(&peer).await;
        let all = client.list_status("", "*", [StatusItem::Unseen]).await.unwrap();
        let none = |name: &str| (name.to_owned(), Ok(None));
        assert_eq!(counts(all), [told("a", 1), none("b"), none("c")]);
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn without_list_status_each_mailbox_is_asked() {
        // One of the two extensions is not enough.
        for capabilities in ["", " LIST-STATUS", " LIST-EXTENDED"] {
            let peer = member(
                capabilities,
                r#"C: <a> LIST "x" "%"
                   S: * LIST () "/" a
                   S: * LIST (\NoSelect) "/" b
                   S: * LIST () "/" c
                   S: * LIST () "/" ""
                   S: * LIST () "/" d
                   S: <a> OK
                   C: <b> STATUS "a" (UNSEEN)
                   C: <c> STATUS "c" (UNSEEN)
                   C: <d> STATUS "d" (UNSEEN)
                   S: * STATUS a (UNSEEN 1)
                   S: <b> OK
                   S: <c> NO [NOPERM] not yours
                   S: * STATUS d (UNSEEN 4)
                   S: <d> OK"#,
            );
            let mut client = connect(&peer).await;
            let all = client.list_status("x", "%", [StatusItem::Unseen]).await.unwrap();
            let [a, b, c, nameless, d] = <[_; 5]>::try_from(counts(all)).unwrap();
            assert_eq!((a, d), (told("a", 1), told("d", 4)));
            assert_eq!(b.1, Ok(None));
            assert_eq!(c.1.unwrap_err(), "STATUS refused: NO [NOPERM] not yours");
            let error = nameless.1.unwrap_err();
            assert!(error.contains("must not be empty"), "{error}");
            leave_with(client, peer, &[]).await;
        }
    }

    #[case]
    async fn a_refusal_is_remembered() {
        let peer = member(
            STATUS,
            r#"C: <a> LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN))
               S: <a> BAD what?
               C: <b> LIST "" "*"
               S: * LIST () "/" a
               S: <b> OK
               C: <c> STATUS "a" (UNSEEN)
               S: * STATUS a (UNSEEN 1)
               S: <c> OK
               C: <d> LIST "" "a"
               S: * LIST () "/" a
               S: <d> OK
               C: <e> STATUS "a" (UNSEEN)
               S: * STATUS a (UNSEEN 2)
               S: <e> OK"#,
        );
        let mut client = connect(&peer).await;
        for (pattern, unseen) in [("*", 1), ("a", 2)] {
            let all = client.list_status("", pattern, [StatusItem::Unseen]).await.unwrap();
            assert_eq!(counts(all), [told("a", unseen)]);
        }
        leave_with(client, peer, &[Workaround::ListStatusUseless]).await;
    }

    #[case]
    async fn an_answer_without_data_is_as_good_as_a_refusal() {
        for answer in [
            r#"S: <a> OK
               C: <b> LIST "" "*"
               S: * LIST () "/" a
               S: <b> OK"#,
            r#"S: * LIST () "/" a
               S: <a> OK"#,
        ] {
            let peer = member(
                STATUS,
                &format!(
                    r#"C: <a> LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN))
                       {answer}
                       C: <c> STATUS "a" (UNSEEN)
                       S: * STATUS a (UNSEEN 1)
                       S: <c> OK"#
                ),
            );
            let mut client = connect(&peer).await;
            let all = client.list_status("", "*", [StatusItem::Unseen]).await.unwrap();
            assert_eq!(counts(all), [told("a", 1)]);
            leave_with(client, peer, &[Workaround::ListStatusUseless]).await;
        }
    }

    #[case]
    async fn nothing_is_noted_where_there_is_nothing_to_count() {
        let peer = member(
            STATUS,
            r#"C: <a> LIST "" "x" RETURN (CHILDREN STATUS (UNSEEN))
               S: <a> OK
               C: <b> LIST "" "x"
               S: <b> OK
               C: <c> LIST "" "y" RETURN (CHILDREN STATUS (UNSEEN))
               S: * LIST (\NoSelect) "/" y
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        let all = client.list_status("", "x", [StatusItem::Unseen]).await.unwrap();
        assert_eq!(counts(all), []);
        let all = client.list_status("", "y", [StatusItem::Unseen]).await.unwrap();
        assert_eq!(counts(all), [("y".to_owned(), Ok(None))]);
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn a_mailbox_that_is_left_out_is_asked_for_the_reason() {
        let peer = member(
            STATUS,
            r#"C: <a> LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN))
               S: * LIST () "/" a
               S: * STATUS a ()
               S: * LIST () "/" b
               S: * STATUS b (UNSEEN 2)
               S: <a> OK
               C: <b> STATUS "a" (UNSEEN)
               S: <b> NO [INUSE] in a minute"#,
        );
        let mut client = connect(&peer).await;
        let all = client.list_status("", "*", [StatusItem::Unseen]).await.unwrap();
        let [a, b] = <[_; 2]>::try_from(counts(all)).unwrap();
        assert_eq!(a.1.unwrap_err(), "STATUS refused: NO [INUSE] in a minute");
        assert_eq!(b, told("b", 2));
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_item_that_is_refused_is_no_reason_to_do_without_the_extension() {
        let peer = member(
            STATUS,
            r#"C: <a> LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN SIZE))
               S: <a> BAD no SIZE here
               C: <b> LIST "" "*"
               S: * LIST () "/" a
               S: <b> OK
               C: <c> STATUS "a" (UNSEEN SIZE)
               S: <c> BAD no SIZE here
               C: <d> STATUS "a" (UNSEEN)
               S: * STATUS a (UNSEEN 1)
               S: <d> OK
               C: <e> LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN))
               S: * LIST () "/" a
               S: * STATUS a (UNSEEN 3)
               S: <e> OK"#,
        );
        let mut client = connect(&peer).await;
        for unseen in [1, 3] {
            let items = [StatusItem::Unseen, StatusItem::Size];
            let all = client.list_status("", "*", items).await.unwrap();
            assert_eq!(counts(all), [told("a", unseen)]);
        }
        leave_with(client, peer, &[Workaround::StatusItemRefused]).await;
    }

    #[case]
    async fn a_transient_refusal_is_an_error_and_not_remembered() {
        let peer = member(
            STATUS,
            r#"C: <a> LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN))
               S: <a> NO [UNAVAILABLE] in a minute
               C: <b> LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN))
               S: <b> BAD what?
               C: <c> LIST "" "*"
               S: <c> NO your account is locked"#,
        );
        let mut client = connect(&peer).await;
        let error = client.list_status("", "*", [StatusItem::Unseen]).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
        let error = client.list_status("", "*", [StatusItem::Unseen]).await.unwrap_err();
        assert!(error.to_string().contains("locked"), "{error}");
        leave_with(client, peer, &[]).await;
    }

    #[case]
    async fn an_answer_that_is_cut_anywhere_is_an_error() {
        const COMMAND: &str = r#"LIST "" "*" RETURN (CHILDREN STATUS (UNSEEN))"#;
        let answer = |tag: &str| {
            format!(
                "* LIST () \"/\" a\r\n* STATUS a (UNSEEN 1)\r\n* LIST () \"/\" {{1}}\r\nb\r\n{tag} OK\r\n"
            )
        };
        // Tags have the same length.
        for cut in 0..answer("A0001").len() {
            let peer = Peer::start(move |mut connection| -> io::Result<()> {
                greet(&mut connection, STATUS)?;
                let tag = expect(&mut connection, COMMAND)?;
                let answer = answer(&tag);
                connection.send_bytes(&answer.as_bytes()[..cut])?;
                Ok(())
            });
            let mut client = connect(&peer).await;
            let error = client.list_status("", "*", [StatusItem::Unseen]).await.unwrap_err();
            assert!(error.is_closed(), "after {cut} bytes: {error:?}");
            drop(client);
            peer.finish().unwrap();
        }
    }
}
