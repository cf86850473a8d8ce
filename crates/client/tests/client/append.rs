//! APPEND, and how its literal is sent.

use std::io;

use imapclient::{Append, AppendUid, Code, Done, Error, Flag, UidSet, Update, Workaround};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{expect, goodbye, greet, member, plain, scripted, text};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn the_literal_waits_for_the_server() {
        let peer = member(
            "",
            "C: <a> APPEND \"Drafts\" {12}
             S: * 1 EXISTS
             S: + go on
             C: a: b
             C:
             C: hi
             C:
             S: <a> OK [APPENDUID 38505 3955] done",
        );
        let mut client = connect(&peer).await;
        let appended = client.append("Drafts", "a: b\r\n\r\nhi\r\n").await.unwrap();
        let expected = AppendUid {
            uid_validity: 38505,
            uids: UidSet::from(3955),
        };
        assert_eq!(appended, Some(expected));
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::Exists(1.into())]);
        leave(client, peer).await;
    }

    #[case]
    async fn flags_and_date() {
        let peer = member(
            " LITERAL+",
            r#"C: <a> APPEND "Old stuff" (\Seen $Junk) "17-Jul-1996 02:44:25 -0700" {1+}
               C: x
               S: <a> OK done"#,
        );
        let date = chrono::DateTime::parse_from_rfc3339("1996-07-17T02:44:25-07:00").unwrap();
        let message = Append::from("x")
            .flags([Flag::Seen, Flag::from("$Junk")])
            .internal_date(date);
        let mut client = connect(&peer).await;
        assert_eq!(client.append("Old stuff", message).await.unwrap(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn what_the_server_can_do_is_asked_first() {
        let peer = scripted(
            "S: * PREAUTH hi
             C: <a> CAPABILITY
             S: * CAPABILITY IMAP4rev1 LITERAL+
             S: <a> OK
             C: <b> APPEND \"INBOX\" {1+}
             C: x
             S: <b> OK done
             C: <c> APPEND \"INBOX\" {1+}
             C: y
             S: <c> OK done
             C: <d> LOGOUT
             S: * BYE
             S: <d> OK",
        );
        let mut client = connect(&peer).await;
        client.append("INBOX", "x").await.unwrap();
        client.append("INBOX", "y").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn literals_up_to_4096_bytes_need_no_wait_with_literal_minus() {
        for (capabilities, size, waits) in [
            (" LITERAL-", 4096, false),
            (" LITERAL-", 4097, true),
            (" IMAP4rev2", 4096, false),
            (" IMAP4rev2", 4097, true),
            (" LITERAL+", 4097, false),
            (" LITERAL+ LITERAL-", 4097, false),
            (" LITERAL+", 100_000, false),
            ("", 1, true),
            ("", 0, true),
        ] {
            let peer = Peer::start(move |connection| {
                take_append(connection, capabilities, size, waits)
            });
            let mut client = connect(&peer).await;
            let message = vec![b'm'; size];
            client.append("INBOX", message).await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_refusal_in_place_of_the_go_ahead() {
        for kind in ["NO [TRYCREATE]", "BAD"] {
            let peer = member(
                "",
                &format!(
                    "C: <a> APPEND \"nowhere\" {{3}}
                     S: <a> {kind} no
                     C: <b> NOOP
                     S: <b> OK
                     C: <c> APPEND \"INBOX\" {{3}}
                     S: + go on
                     C: abc
                     S: <c> OK done"
                ),
            );
            let mut client = connect(&peer).await;
            let error = client.append("nowhere", "abc").await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
            if kind != "BAD" {
                assert_eq!(error.code(), Some(&Code::TryCreate));
            }
            client.noop().await.unwrap();
            client.append("INBOX", "abc").await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_refusal_after_the_literal() {
        let peer = member(
            " LITERAL+",
            "C: <a> APPEND \"INBOX\" {3+}
             C: abc
             S: <a> NO [OVERQUOTA] full",
        );
        let mut client = connect(&peer).await;
        let error = client.append("INBOX", "abc").await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::OverQuota));
        leave(client, peer).await;
    }

    #[case]
    async fn a_name_that_needs_a_literal_as_well() {
        // The server sent the name like this, and the client must not repair it.
        let peer = member(
            "",
            "C: <a> LIST \"\" \"*\"
             S: * LIST () NIL {4}
             S: zoë
             S: <a> OK
             C: <b> APPEND {4}
             S: + go on
             C: zoë {1}
             S: + go on
             C: x
             S: <b> OK done",
        );
        let mut client = connect(&peer).await;
        let name = client.list("", "*").await.unwrap().remove(0).name;
        client.append(name, "x").await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn messages_go_one_by_one_without_multiappend() {
        let peer = member(
            " LITERAL+ UIDPLUS",
            "C: <a> APPEND \"Sent\" {3+}
             C: one
             S: <a> OK [APPENDUID 9 7] done
             C: <b> APPEND \"Sent\" {3+}
             C: two
             S: <b> OK [APPENDUID 9 4] done
             C: <c> APPEND \"Sent\" {1+}
             C: a
             S: <c> OK [APPENDUID 9 8] done
             C: <d> APPEND \"Sent\" {1+}
             C: b
             S: <d> OK done
             C: <e> APPEND \"Sent\" {1+}
             C: a
             S: <e> OK [APPENDUID 9 10] done
             C: <f> APPEND \"Sent\" {1+}
             C: b
             S: <f> OK [APPENDUID 10 1] done
             C: <g> APPEND \"Sent\" {1+}
             C: a
             S: <g> OK [APPENDUID 9 11] done
             C: <h> APPEND \"Sent\" {1+}
             C: b
             S: <h> OK [APPENDUID 9 11] done",
        );
        let mut client = connect(&peer).await;
        let appended = client.append_all("Sent", ["one", "two"]).await.unwrap().unwrap();
        assert_eq!(appended.uids.iter().unwrap().collect::<Vec<_>>(), [7, 4], "in their order");
        // Not all UIDs are sent, or not for one mailbox, so they cannot be assigned to messages.
        assert_eq!(client.append_all("Sent", ["a", "b"]).await.unwrap(), None);
        assert_eq!(client.append_all("Sent", ["a", "b"]).await.unwrap(), None);
        // Two messages cannot have one UID.
        assert_eq!(client.append_all("Sent", ["a", "b"]).await.unwrap(), None);
        assert_eq!(client.append_all("Sent", [""; 0]).await.unwrap(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn one_message_needs_no_multiappend_and_several_use_it() {
        for capabilities in [" LITERAL+", " LITERAL+ MULTIAPPEND"] {
            let peer = member(
                capabilities,
                "C: <a> APPEND \"Sent\" {3+}
                 C: one
                 S: <a> OK [APPENDUID 9 7] done",
            );
            let mut client = connect(&peer).await;
            let appended = client.append_all("Sent", ["one"]).await.unwrap().unwrap();
            assert_eq!(appended.uids, UidSet::from(7));
            leave(client, peer).await;
        }
        let peer = member(
            " LITERAL+ MULTIAPPEND",
            "C: <a> APPEND \"Sent\" {3+}
             C: one {3+}
             C: two
             S: <a> OK [APPENDUID 9 7:8] done
             C: <b> APPEND \"Sent\" {1+}
             C: a {1+}
             C: b
             S: <b> OK [APPENDUID 9 9] done
             C: <c> APPEND \"Sent\" {1+}
             C: a {1+}
             C: b
             S: <c> OK [APPENDUID 9 9,9] done",
        );
        let mut client = connect(&peer).await;
        let appended = client.append_all("Sent", ["one", "two"]).await.unwrap().unwrap();
        assert_eq!(appended.uids, UidSet::from(7..=8));
        for _ in 0..2 {
            let told = client.append_all("Sent", ["a", "b"]).await.unwrap();
            assert_eq!(told, None, "one UID for two");
        }
        leave(client, peer).await;
    }

    #[case]
    async fn all_or_none_is_refused_without_multiappend() {
        let peer = member(" LITERAL+", "");
        let mut client = connect(&peer).await;
        let error = client.append_all_or_none("Sent", ["one", "two"]).await.unwrap_err();
        assert!(
            matches!(&error, Error::Missing { capability, .. } if capability == "MULTIAPPEND"),
            "{error:?}"
        );
        assert_eq!(client.append_all_or_none("Sent", [""; 0]).await.unwrap(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal_says_what_is_stored() {
        let peer = member(
            " LITERAL+",
            "C: <a> APPEND \"Sent\" {3+}
             C: one
             S: <a> OK [APPENDUID 9 7] done
             C: <b> APPEND \"Sent\" {3+}
             C: two
             S: <b> OK [APPENDUID 9 8] done
             C: <c> APPEND \"Sent\" {5+}
             C: three
             S: <c> NO [OVERQUOTA] full
             C: <d> APPEND \"Sent\" {3+}
             C: one
             S: <d> NO [OVERQUOTA] full",
        );
        let mut client = connect(&peer).await;
        let error = client.append_all("Sent", ["one", "two", "three"]).await.unwrap_err();
        let Error::Refused(refused) = &error else {
            panic!("{error:?}")
        };
        let uids = AppendUid {
            uid_validity: 9,
            uids: UidSet::from(7..=8),
        };
        let done = Done::Appended {
            messages: 2,
            uids: Some(uids),
        };
        assert_eq!(refused.done, Some(done));
        assert_eq!(error.code(), Some(&Code::OverQuota));
        assert!(!error.is_transient(), "the first two would be stored again");
        assert_eq!(
            error.to_string(),
            "APPEND refused: NO [OVERQUOTA] full; 2 messages were stored as UID 7:8 before that"
        );
        let error = client.append_all("Sent", ["one", "two"]).await.unwrap_err();
        assert_eq!(error.done(), None);
        leave(client, peer).await;
    }

    #[case]
    async fn a_lost_connection_says_what_is_known_to_be_stored() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hello
             C: <a> APPEND \"Sent\" {3+}
             C: one
             S: <a> OK done
             C: <b> APPEND \"Sent\" {3+}
             C: two
             CLOSE",
        );
        let mut client = connect(&peer).await;
        let error = client.append_all("Sent", ["one", "two"]).await.unwrap_err();
        assert!(error.is_closed() && !error.is_timeout() && !error.is_transient(), "{error:?}");
        let done = Done::Appended {
            messages: 1,
            uids: None,
        };
        assert_eq!(error.done(), Some(&done));
        assert!(
            text(&error).starts_with(
                "1 message was stored before this failed: \
                 APPEND: it is unknown whether the server stored it: the server closed"
            ),
            "{}",
            text(&error)
        );
        peer.finish().unwrap();
    }

    #[case]
    async fn silence_says_what_is_known_to_be_stored() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+")?;
            let tag = expect(&mut connection, "APPEND \"Sent\" {3+}")?;
            connection.expect("one")?;
            connection.send(&format!("{tag} OK [APPENDUID 9 7] done"))?;
            expect(&mut connection, "APPEND \"Sent\" {3+}")?;
            connection.expect("two")?;
            connection.wait_eof()
        });
        let builder = plain::<Client>(&peer).timeout(std::time::Duration::from_millis(300));
        let mut client = builder.connect().await.unwrap();
        let error = client.append_all("Sent", ["one", "two"]).await.unwrap_err();
        assert!(error.is_timeout() && !error.is_closed(), "{error:?}");
        assert_eq!(
            text(&error),
            "1 message was stored as UID 7 before this failed: \
             APPEND: it is unknown whether the server stored it: \
             timed out waiting for the answer to APPEND \
             after 300ms of silence"
        );
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn what_the_server_does_not_take_is_not_uploaded() {
        let peer = member(
            " LITERAL+ appendlimit=4",
            "C: <a> APPEND \"INBOX\" {4+}
             C: four
             S: <a> OK done",
        );
        let mut client = connect(&peer).await;
        client.append("INBOX", "four").await.unwrap();
        let error = client.append_all("INBOX", ["one", "two", "three"]).await.unwrap_err();
        assert!(
            matches!(error, Error::AppendLimit { index: 2, size: 5, limit: 4, .. }),
            "{error:?}"
        );
        assert_eq!(
            error.to_string(),
            "the message has 5 bytes, and the server takes 4 at most (APPENDLIMIT); \
             nothing was uploaded"
        );
        leave(client, peer).await;
    }

    #[case]
    async fn the_limit_of_a_mailbox_is_asked_for() {
        let peer = member(
            " LITERAL+ APPENDLIMIT MULTIAPPEND",
            "C: <a> STATUS \"Small\" (APPENDLIMIT)
             S: * STATUS \"Small\" (APPENDLIMIT 4)
             S: <a> OK done
             C: <b> STATUS \"Large\" (APPENDLIMIT)
             S: * STATUS \"Large\" (APPENDLIMIT NIL)
             S: <b> OK done
             C: <c> APPEND \"Large\" {5+}
             C: three
             S: <c> OK done
             C: <d> STATUS \"Nowhere\" (APPENDLIMIT)
             S: <d> NO [NONEXISTENT] none
             C: <e> APPEND \"Nowhere\" {5+}
             C: three
             S: <e> NO [TRYCREATE] none
             C: <f> STATUS \"Silent\" (APPENDLIMIT)
             S: <f> OK done
             C: <g> APPEND \"Silent\" {1+}
             C: x
             S: <g> OK done
             C: <l> APPEND \"Large\" {5+}
             C: again
             S: <l> OK done
             C: <s> APPEND \"Silent\" {1+}
             C: y
             S: <s> OK done
             C: <n> STATUS \"Nowhere\" (APPENDLIMIT)
             S: * STATUS \"Nowhere\" (APPENDLIMIT 4)
             S: <n> OK done
             C: <o> APPEND \"Nowhere\" {4+}
             C: four
             S: <o> OK done
             C: <h> STATUS \"Small\" (APPENDLIMIT)
             S: * STATUS \"Small\" (APPENDLIMIT 4)
             S: <h> OK done",
        );
        let mut client = connect(&peer).await;
        let error = client.append("Small", "three").await.unwrap_err();
        assert!(
            matches!(error, Error::AppendLimit { index: 0, size: 5, limit: 4, .. }),
            "{error:?}"
        );
        client.append("Large", "three").await.unwrap();
        let error = client.append("Nowhere", "three").await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::TryCreate));
        client.append("Silent", "x").await.unwrap();
        // The limit is asked for once, unless it could not be told or would be exceeded.
        client.append("Large", "again").await.unwrap();
        client.append("Silent", "y").await.unwrap();
        client.append("Nowhere", "four").await.unwrap();
        let error = client.append_all_or_none("Small", ["x", "three"]).await.unwrap_err();
        assert!(matches!(error, Error::AppendLimit { index: 1, .. }), "{error:?}");
        // The server is not asked about a message that cannot be sent.
        let error = client.append("Small", "a\0b").await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn a_limit_that_the_server_does_not_know_is_asked_for_once() {
        let peer = member(
            " LITERAL+ APPENDLIMIT",
            "C: <a> STATUS \"INBOX\" (APPENDLIMIT)
             S: <a> BAD Request is throttled
             C: <b> APPEND \"INBOX\" {1+}
             C: x
             S: <b> OK done
             C: <a> STATUS \"INBOX\" (APPENDLIMIT)
             S: <a> BAD what is that?
             C: <b> APPEND \"INBOX\" {1+}
             C: x
             S: <b> OK done
             C: <c> APPEND \"Sent\" {1+}
             C: x
             S: <c> OK done",
        );
        let mut client = connect(&peer).await;
        for name in ["INBOX", "INBOX", "Sent"] {
            client.append(name, "x").await.unwrap();
        }
        assert!(client.workarounds().contains(&Workaround::StatusItemRefused));
        leave(client, peer).await;
    }

    #[case]
    async fn what_cannot_be_sent_is_not() {
        let peer = member("", "");
        let mut client = connect(&peer).await;
        for message in [
            Append::from("a\0b"),
            Append::from("x").flags(Flag::Any),
            Append::from("x").flags("two words"),
            Append::from("x").flags("a\r\nb"),
        ] {
            let error = client.append("INBOX", message).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        }
        // The messages before it are not sent either.
        let error = client.append_all("INBOX", ["fine", "a\0b"]).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;
    }
}

fn take_append(
    mut connection: Connection,
    capabilities: &str,
    size: usize,
    waits: bool,
) -> io::Result<()> {
    greet(&mut connection, capabilities)?;
    let plus = if waits { "" } else { "+" };
    let tag = expect(
        &mut connection,
        &format!("APPEND \"INBOX\" {{{size}{plus}}}"),
    )?;
    if waits {
        connection.send("+ go on")?;
    }
    let message = connection.read_exact(size)?;
    assert!(message.iter().all(|&byte| byte == b'm'));
    connection.expect("")?;
    connection.send(&format!("{tag} OK done"))?;
    goodbye(&mut connection)
}
