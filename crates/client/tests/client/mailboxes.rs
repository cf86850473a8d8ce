//! Commands about mailboxes, and their names on the wire.

use imapclient::{
    Attribute, Code, Error, Flag, Flags, Phase,
    StatusItem::{self, HighestModSeq, Messages, Size, UidNext, UidValidity, Unseen},
};
use imapclient_test_macros::faces;

use crate::common::{member, reader, seq, uid};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn list() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST (\HasNoChildren) "/" INBOX
               S: * LIST (\Noselect \X-Odd) "/" "Tom &- Jerry"
               S: * LIST (\Drafts) NIL Entw&APw-rfe
               S: <a> OK done
               C: <b> LIST "Tom &- Jerry/" "%/a b"
               S: <b> OK done"#,
        );
        let mut client = connect(&peer).await;
        let mailboxes = client.list("", "*").await.unwrap();
        let names: Vec<_> = mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, ["INBOX", "Tom & Jerry", "Entwürfe"]);
        assert_eq!(mailboxes[0].delimiter, Some('/'));
        assert!(mailboxes[1].has(&Attribute::from("\\Noselect")));
        assert_eq!(mailboxes[2].delimiter, None);
        assert_eq!(client.list("Tom & Jerry/", "%/a b").await.unwrap(), []);
        assert_eq!(client.updates().count(), 0);
        leave(client, peer).await;
    }

    #[case]
    async fn the_inbox_exists_however_it_is_spelt() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "INBOX"
               S: * LIST (\HasNoChildren) "/" INBOX
               S: <a> OK done"#,
        );
        let mut client = connect(&peer).await;
        assert!(client.mailbox_exists("inBox").await.unwrap());
        leave(client, peer).await;
    }

    #[case]
    async fn a_name_from_the_server_goes_back_as_it_came() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" {7}
               S: b&ad"\x
               S: <a> OK done
               C: <b> SELECT "b&ad\"\\x"
               S: <b> OK done"#,
        );
        let mut client = connect(&peer).await;
        let mailboxes = client.list("", "*").await.unwrap();
        client.select(&mailboxes[0].name).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn create_and_delete() {
        let peer = member(
            "",
            r#"C: <a> CREATE "Entw&APw-rfe"
               S: <a> OK done
               C: <b> DELETE "Old stuff"
               S: <b> NO [HASCHILDREN] not empty"#,
        );
        let mut client = connect(&peer).await;
        client.create("Entwürfe").await.unwrap();
        let error = client.delete("Old stuff").await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::HasChildren));
        leave(client, peer).await;
    }

    #[case]
    async fn names_are_written_so_that_they_cannot_end_the_line() {
        for (name, wire) in [
            ("plain", "\"plain\""),
            ("two words", "\"two words\""),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("100%", "\"100%\""),
            ("Q&A", "\"Q&-A\""),
            ("日本", "\"&ZeVnLA-\""),
            ("😀", "\"&2D3eAA-\""),
            ("x\r\na2 DELETE y", "\"x&AA0ACg-a2 DELETE y\""),
            ("x\0y", "\"x&AAA-y\""),
            ("{5+}", "\"{5+}\""),
            ("NIL", "\"NIL\""),
        ] {
            let peer = member("", &format!("C: <a> CREATE {wire}\nS: <a> OK done"));
            let mut client = connect(&peer).await;
            client.create(name).await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn an_empty_name_is_refused_and_nothing_sent() {
        let peer = member("", "");
        let mut client = connect(&peer).await;
        for error in [
            client.create("").await.unwrap_err(),
            client.delete("").await.unwrap_err(),
            client.mailbox_exists("").await.unwrap_err(),
            client.select("").await.unwrap_err(),
            client.status("", [Messages]).await.unwrap_err(),
            client.append("", "x").await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn select_tells_all_of_the_mailbox() {
        let peer = member(
            "",
            r#"C: <a> SELECT "INBOX"
              S: * FLAGS (\Seen \Answered $Junk)
              S: * 172 EXISTS
              S: * 1 RECENT
              S: * OK [UNSEEN 12] first unseen
              S: * OK [UIDVALIDITY 3857529045] valid
              S: * OK [UIDNEXT 4392] next
              S: * OK [PERMANENTFLAGS (\Seen \*)] limited
              S: * OK [HIGHESTMODSEQ 715194045007] modseq
              S: * OK [MAILBOXID (F2212ea87)] id
              S: <a> OK [READ-WRITE] done"#,
        );
        let mut client = connect(&peer).await;
        let inbox = client.select("INBOX").await.unwrap();
        assert_eq!(inbox.name, "INBOX");
        assert!(!inbox.read_only);
        assert_eq!((inbox.exists, inbox.recent, inbox.unseen), (172.into(), 1.into(), Some(seq(12))));
        assert_eq!(inbox.flags, Flags::from(["\\Seen", "\\Answered", "$Junk"]));
        assert_eq!(inbox.permanent_flags, Some(Flags::from([Flag::Seen, Flag::Any])));
        assert_eq!(inbox.uid_validity, Some(3_857_529_045));
        assert_eq!(inbox.uid_next, Some(uid(4392)));
        assert_eq!(inbox.highest_modseq, Some(715_194_045_007));
        assert_eq!(inbox.mailbox_id.as_deref(), Some("F2212ea87"));
        assert_eq!(client.state().selected(), Some(&inbox));
        assert_eq!(client.state().phase(), Phase::Selected);
        assert_eq!(client.updates().count(), 0, "all of it was an answer");
        leave(client, peer).await;
    }

    #[case]
    async fn examine_is_read_only() {
        let peer = member(
            "",
            "C: <a> EXAMINE \"Archive\"
             S: * 2 EXISTS
             S: <a> OK [READ-ONLY] done
             C: <b> SELECT \"Public\"
             S: * 5 EXISTS
             S: <b> OK [READ-ONLY] you may not write here",
        );
        let mut client = connect(&peer).await;
        let archive = client.examine("Archive").await.unwrap();
        assert!(archive.read_only);
        assert_eq!(archive.exists, 2);
        assert!(client.select("Public").await.unwrap().read_only);
        leave(client, peer).await;
    }

    #[case]
    async fn a_failed_select_leaves_the_mailbox_before() {
        let peer = reader("", "C: <a> SELECT \"nowhere\"\nS: <a> NO [NONEXISTENT] no such mailbox");
        let mut client = connect(&peer).await;
        assert_eq!(client.select("INBOX").await.unwrap().exists, 3);
        let error = client.select("nowhere").await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::NonExistent));
        assert_eq!(client.state().phase(), Phase::Authenticated);
        assert_eq!(client.state().selected(), None);
        let error = client.expunge().await.unwrap_err();
        assert!(matches!(error, Error::State { .. }), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn what_comes_before_closed_is_about_the_mailbox_before() {
        let peer = reader(
            "",
            "C: <a> SELECT \"Work\"
             S: * 4 EXISTS
             S: * OK [CLOSED] of the old one
             S: * 70 EXISTS
             S: * OK [UIDNEXT 9] next
             S: <a> OK done",
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let work = client.select("Work").await.unwrap();
        assert_eq!((work.exists, work.uid_next, work.uid_validity), (70.into(), Some(uid(9)), None));
        leave(client, peer).await;
    }

    #[case]
    async fn closed_by_the_server() {
        let peer = reader("", "C: <a> NOOP\nS: * OK [CLOSED] removed\nS: <a> OK");
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        client.noop().await.unwrap();
        assert_eq!(client.state().selected(), None);
        assert_eq!(client.state().phase(), Phase::Authenticated);
        leave(client, peer).await;
    }

    #[case]
    async fn status() {
        let peer = member(
            "",
            r#"C: <a> STATUS "Old stuff" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE HIGHESTMODSEQ)
               S: * STATUS Other (MESSAGES 1)
               S: * STATUS "Old stuff" (MESSAGES 231 UNSEEN 3 UIDNEXT 44292 UIDVALIDITY 7 SIZE 8000000000 HIGHESTMODSEQ 12)
               S: <a> OK done"#,
        );
        let mut client = connect(&peer).await;
        let items = [Messages, Unseen, UidNext, UidValidity, Size, HighestModSeq];
        let status = client.status("Old stuff", &items).await.unwrap();
        assert_eq!((status.messages, status.unseen), (Some(231.into()), Some(3.into())));
        assert_eq!((status.uid_next, status.uid_validity), (Some(uid(44292)), Some(7)));
        assert_eq!((status.size, status.highest_modseq), (Some(8_000_000_000), Some(12)));
        assert_eq!(status.recent, None);
        // The status of another mailbox was not asked for.
        assert_eq!(client.updates().count(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn status_without_an_answer() {
        let peer = member(
            "",
            "C: <a> STATUS \"Gone\" (RECENT DELETED)
             S: <a> OK done
             C: <b> STATUS \"Gone\" (RECENT)
             S: <b> OK done
             C: <c> STATUS \"Gone\" (DELETED)
             S: <c> OK done",
        );
        let mut client = connect(&peer).await;
        let items = [StatusItem::Recent, StatusItem::Deleted];
        let error = client.status("Gone", &items).await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { command: "STATUS" }), "{error:?}");
        let error = client.status("Gone", [Messages; 0]).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn unselect_and_close() {
        let peer = reader(
            " UNSELECT",
            "C: <a> UNSELECT
             S: <a> OK done
             C: <b> EXAMINE \"INBOX\"
             S: <b> OK done
             C: <c> CLOSE
             S: <c> OK done",
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        client.unselect().await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.examine("INBOX").await.unwrap();
        client.close().await.unwrap();
        assert_eq!(client.state().selected(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn without_unselect_a_mailbox_is_closed_when_it_can_only_be_read() {
        let peer = reader(
            "",
            "C: <a> EXAMINE \"INBOX\"
             S: * 2 EXISTS
             S: <a> OK [READ-ONLY] done
             C: <b> CLOSE
             S: <b> OK done
             C: <c> EXAMINE \"INBOX\"
             S: <c> OK [READ-ONLY] done
             C: <d> CLOSE
             S: <d> OK done",
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        client.unselect().await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.examine("INBOX").await.unwrap();
        client.unselect().await.unwrap();
        assert_eq!(client.state().selected(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn without_unselect_nothing_is_closed_that_can_be_written() {
        let peer = reader(
            "",
            "C: <a> EXAMINE \"INBOX\"
             S: <a> OK [READ-WRITE] done
             C: <b> EXAMINE \"INBOX\"
             S: <b> NO not now",
        );
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let error = client.unselect().await.unwrap_err();
        assert!(matches!(&error, Error::Missing { capability, .. } if capability == "UNSELECT"));
        // An EXAMINE that fails leaves the mailbox as well (RFC 9051 §6.3.2).
        client.unselect().await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        leave(client, peer).await;
    }

    #[case]
    async fn rev2_has_unselect_built_in() {
        let peer = reader(" IMAP4rev2", "C: <a> UNSELECT\nS: <a> BAD no");
        let mut client = connect(&peer).await;
        client.select("INBOX").await.unwrap();
        let error = client.unselect().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert_eq!(client.state().phase(), Phase::Selected, "nothing has changed");
        leave(client, peer).await;
    }
}
