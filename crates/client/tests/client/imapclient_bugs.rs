//! Problems of users of Python's IMAPClient that do not exist here: the connection, mailboxes, and
//! access control. `docs/coming-from-imapclient.md` names these tests.

use imapclient::{
    Attribute, Error, MailboxName, Phase, Response, Rights, RightsChange, StatusItem, StatusKind,
    Update, transport::Endpoint,
};
use imapclient_test_macros::faces;

use crate::common::{member, reader, scripted, seq, stranger};

mod idle;
mod messages;

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn a_server_of_imap4rev2_alone() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev2] hello there
             C: <bye> LOGOUT
             S: * BYE
             S: <bye> OK",
        );
        let mut client = connect(&peer).await;
        assert_eq!(client.greeting().kind, StatusKind::PreAuth);
        assert_eq!(client.greeting().text, "hello there");
        assert!(client.has_capability("imap4REV2").await.unwrap());
        assert!(client.has_capability("NAMESPACE").await.unwrap());
        leave(client, peer).await;
    }

    #[cfg(unix)]
    #[case]
    async fn a_command_as_server() {
        let command = "printf '* PREAUTH [CAPABILITY IMAP4rev1] hello\\r\\n'
            while read tag command; do printf '%s OK done\\r\\n' \"$tag\"; done";
        let builder = imapclient::Builder::<Client>::new("localhost");
        let builder = builder.endpoint(Endpoint::Command(command.to_owned()));
        let mut client = builder.dangerous_plaintext().connect().await.unwrap();
        client.noop().await.unwrap();
        client.logout().await.unwrap();
    }

    #[case]
    async fn logout_without_a_bye() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
             C: <a> LOGOUT
             S: <a> OK",
        );
        leave(connect(&peer).await, peer).await;
    }

    #[case]
    async fn capabilities_that_come_unasked_count() {
        let peer = member(
            "",
            "C: <a> NOOP
             S: * CAPABILITY IMAP4rev1 XNEW
             S: <a> OK",
        );
        let mut client = connect(&peer).await;
        assert!(!client.has_capability("XNEW").await.unwrap());
        client.noop().await.unwrap();
        assert!(client.has_capability("XNEW").await.unwrap());
        leave(client, peer).await;
    }

    #[case]
    async fn names_are_in_utf_8_once_that_is_enabled() {
        let peer = member(
            " ENABLE UTF8=ACCEPT LITERAL+",
            "C: <a> CREATE \"Entw&APw-rfe\"
             S: <a> OK
             C: <b> ENABLE UTF8=ACCEPT CONDSTORE
             S: * ENABLED UTF8=ACCEPT
             S: <b> OK
             C: <c> CREATE {9+}
             C: Entwürfe
             S: <c> OK",
        );
        let mut client = connect(&peer).await;
        client.create("Entwürfe").await.unwrap();
        let enabled = client.enable(["UTF8=ACCEPT", "CONDSTORE"]).await.unwrap();
        assert_eq!(enabled.iter().collect::<Vec<_>>(), ["UTF8=ACCEPT"]);
        client.create("Entwürfe").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn an_id_is_looked_up_by_name() {
        let peer = member(
            " ID",
            r#"C: <a> ID ("name" "mail-tool")
               S: * ID ("name" "Some server" "support-url" NIL)
               S: <a> OK
               C: <b> ID NIL
               S: * ID nil
               S: <b> OK
               C: <c> ID NIL
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        let server = client.id([("name", "mail-tool")]).await.unwrap();
        assert_eq!((server.get("NAME"), server.get("support-url")), (Some("Some server"), None));
        for _ in ["NIL", "no answer"] {
            assert!(client.id(imapclient::Id::default()).await.unwrap().fields.is_empty());
        }
        leave(client, peer).await;
    }

    #[case]
    async fn namespaces_with_extensions_and_without_delimiters() {
        let peer = member(
            " NAMESPACE",
            r#"C: <a> NAMESPACE
               S: * NAMESPACE (("" "/" "X-PARAM" ("one" "two")) ("M&APw-ll." NIL)) nil NIL
               S: <a> OK"#,
        );
        let mut client = connect(&peer).await;
        let namespaces = client.namespace().await.unwrap();
        let prefixes: Vec<_> = namespaces.personal.iter().map(|one| one.prefix.as_str()).collect();
        assert_eq!(prefixes, ["", "Müll."]);
        assert_eq!(namespaces.personal[1].delimiter, None);
        assert!(namespaces.other_users.is_empty() && namespaces.shared.is_empty());
        leave(client, peer).await;
    }

    #[case]
    async fn an_odd_line_does_not_spoil_a_list() {
        let peer = member(
            "",
            r#"C: <a> LIST "" "*"
               S: * LIST () "/" 2024
               S: * LIST () "/" &bad
               S: * LIST () "/" Two words
               S: * LIST () "/" "Entwürfe"
               S: * list (\Noselect) nil "x" ("CHILDINFO" ("SUBSCRIBED"))
               S: * LIST () "/" INBOX
               S: <a> OK"#,
        );
        let mut client = connect(&peer).await;
        let list = client.list("", "*").await.unwrap();
        let names: Vec<_> = list.iter().map(|mailbox| mailbox.name.as_str()).collect();
        for name in ["2024", "&bad", "Entwürfe", "x", "INBOX"] {
            assert!(names.contains(&name), "{names:?}");
        }
        let odd = list.iter().find(|mailbox| mailbox.name.as_str() == "x").unwrap();
        assert!(odd.has(&Attribute::NoSelect) && odd.delimiter.is_none());
        assert_eq!(odd.child_info(), Some(&["SUBSCRIBED".to_owned()][..]));
        leave(client, peer).await;
    }

    #[case]
    async fn subscriptions_and_other_lists() {
        let peer = member(
            " XLIST",
            r#"C: <a> SUBSCRIBE "a \"b\""
               S: <a> OK
               C: <b> LSUB "" "*"
               S: * LIST () "/" "not asked for"
               S: * LSUB () "/" "a \"b\""
               S: <b> OK
               C: <c> UNSUBSCRIBE "a \"b\""
               S: <c> OK
               C: <d> RENAME "a \"b\"" "2024"
               S: <d> OK
               C: <e> XLIST "" "%"
               S: * XLIST (\Inbox) "/" Posteingang
               S: <e> OK"#,
        );
        let mut client = connect(&peer).await;
        let name = MailboxName::from("a \"b\"");
        client.subscribe(&name).await.unwrap();
        let subscribed = client.lsub("", "*").await.unwrap();
        assert_eq!(subscribed.iter().map(|one| &one.name).collect::<Vec<_>>(), [&name]);
        client.unsubscribe(&name).await.unwrap();
        client.rename(&name, "2024").await.unwrap();
        assert_eq!(client.xlist("", "%").await.unwrap()[0].name.as_str(), "Posteingang");
        leave(client, peer).await;
    }

    #[case]
    async fn select_of_what_can_only_be_read() {
        let peer = member(
            "",
            r#"C: <a> SELECT "INBOX"
               S: * 9 EXISTS
               S: * 3 exists
               S: * OK [PERMANENTFLAGS (\Seen [odd]/flag \*)] these
               S: * OK [UNSEEN 2] that
               S: * LIST () "/" elsewhere
               S: <a> OK [READ-ONLY] done"#,
        );
        let mut client = connect(&peer).await;
        let inbox = client.select("INBOX").await.unwrap();
        assert!(inbox.read_only);
        assert_eq!((inbox.exists, inbox.unseen), (3.into(), Some(seq(2))));
        let flags = inbox.permanent_flags.unwrap();
        assert!(flags.contains(&"[odd]/flag".into()) && flags.contains(&"\\*".into()));
        assert!(matches!(client.updates().next(), Some(Update::Listed(_))));
        leave(client, peer).await;
    }

    #[case]
    async fn a_refused_unselect_or_close_leaves_the_mailbox_open() {
        let peer = reader(
            " UNSELECT",
            "C: <a> UNSELECT
             S: <a> NO stay
             C: <b> CLOSE
             S: <b> NO stay
             C: <c> UNSELECT
             S: <c> OK",
        );
        let mut client = open(&peer).await;
        for error in [client.unselect().await.unwrap_err(), client.close().await.unwrap_err()] {
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
            assert_eq!(client.state().phase(), Phase::Selected);
        }
        client.unselect().await.unwrap();
        assert_eq!(client.state().phase(), Phase::Authenticated);
        leave(client, peer).await;
    }

    #[case]
    async fn a_status_of_another_mailbox_is_no_answer() {
        let peer = member(
            "",
            r#"C: <a> STATUS "My files" (MESSAGES)
               S: * STATUS "My files" (messages 7)
               S: * STATUS other (MESSAGES 9)
               S: <a> OK"#,
        );
        let mut client = connect(&peer).await;
        let status = client.status("My files", [StatusItem::Messages]).await.unwrap();
        assert_eq!(status.messages, Some(7.into()));
        assert_eq!(client.updates().count(), 1);
        leave(client, peer).await;
    }

    #[case]
    async fn identifiers_and_rights_are_quoted_as_they_need() {
        let peer = member(
            " ACL",
            r#"C: <a> SETACL "A b" "fred smith" +lr
               S: <a> OK
               C: <b> SETACL "A b" anyone ""
               S: <b> OK
               C: <c> GETACL "A b"
               S: * ACL "A b" "fred smith" lr {4}
               S: anna "rs"
               S: <c> OK
               C: <d> DELETEACL "A b" "fred smith"
               S: <d> OK
               C: <e> LISTRIGHTS "A b" "fred smith"
               S: * LISTRIGHTS "A b" "fred smith" l r s
               S: <e> OK
               C: <f> MYRIGHTS "A b"
               S: * MYRIGHTS "A b" lrs
               S: <f> OK"#,
        );
        let mut client = connect(&peer).await;
        let read = Rights::LOOKUP | Rights::READ;
        client.set_acl("A b", "fred smith", RightsChange::Add(read)).await.unwrap();
        client.set_acl("A b", "anyone", RightsChange::Replace(Rights::default())).await.unwrap();
        let acl = client.get_acl("A b").await.unwrap();
        assert_eq!(acl.entries[0], ("fred smith".to_owned(), read));
        assert_eq!(acl.entries[1].0, "anna");
        client.delete_acl("A b", "fred smith").await.unwrap();
        let rights = client.list_rights("A b", "fred smith").await.unwrap();
        assert_eq!((rights.required, rights.optional.len()), (Rights::LOOKUP, 2));
        assert!(client.my_rights("A b").await.unwrap().contains(read));
        leave(client, peer).await;
    }

    #[case]
    async fn quotas_of_mailboxes_with_blanks_in_their_names() {
        let peer = member(
            " QUOTA",
            r#"C: <a> GETQUOTAROOT "A b"
               S: * QUOTAROOT "A b" "User quota" ""
               S: * QUOTA "User quota" (STORAGE 10 512)
               S: * QUOTA "" ()
               S: <a> OK
               C: <b> GETQUOTA ""
               S: * QUOTA "" (MESSAGE 1 5)
               S: <b> OK
               C: <c> SETQUOTA "User quota" (STORAGE 1024)
               S: * QUOTA "User quota" (STORAGE 10 1024)
               S: <c> OK"#,
        );
        let mut client = connect(&peer).await;
        let found = client.quota_root("A b").await.unwrap();
        assert_eq!(found.mailbox, "A b");
        assert_eq!(found.roots, ["User quota", ""]);
        assert_eq!(found.quotas[0].resource("storage").unwrap().limit, Some(512));
        assert_eq!(client.quota("").await.unwrap().resources[0].usage, 1);
        let quota = client.set_quota("User quota", [("STORAGE", 1024)]).await.unwrap().unwrap();
        assert_eq!(quota.resources[0].limit, Some(1024));
        leave(client, peer).await;
    }

    #[case]
    async fn a_raw_command_keeps_what_came_for_it() {
        let peer = member(
            "",
            "C: <a> XTUNE \"up\"
             S: * XTUNE (1 2)
             S: * 4 EXISTS
             S: <a> OK [XCODE 7] tuned",
        );
        let mut client = connect(&peer).await;
        let answer = client.raw("XTUNE \"up\"").await.unwrap();
        assert!(
            matches!(&answer.responses[..], [Response::Unknown(_), Response::Exists(it)] if *it == 4)
        );
        assert_eq!(answer.status.text, "tuned");
        leave(client, peer).await;
    }

    #[case]
    async fn a_refused_login_says_why_in_a_form_for_programs() {
        let peer = stranger(
            "",
            "C: <a> LOGIN \"bob\" \"another\"
             S: <a> NO [AUTHENTICATIONFAILED] Invalid creds",
        );
        let mut client = connect(&peer).await;
        let error = client.login_command("bob", "another").await.unwrap_err();
        assert_eq!(error.code(), Some(&imapclient::Code::AuthenticationFailed));
        assert_eq!(error.to_string(), "LOGIN refused: NO [AUTHENTICATIONFAILED] Invalid creds");
        leave(client, peer).await;
    }

    #[case]
    async fn case_blanks_and_missing_texts_of_responses() {
        let peer = member(
            "",
            "C: <a> NOOP
             S: * 5 exists
             S: 
             S: *  6 EXISTS
             S: * ok
             S: <a> ok
             C: <b> NOOP
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        client.noop().await.unwrap();
        assert!(client.updates().any(|update| update == Update::Exists(5.into())));
        client.noop().await.unwrap();
        leave(client, peer).await;
    }
}
