//! APPEND and how its literal goes out.

use imapclient::{Append, AppendUid, Code, Error, Flag, UidSet, Update};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};
use std::io;

use crate::common::{expect, goodbye, greet, member, plain, scripted};

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn connect(peer: &Peer) -> Client {
        plain::<Client>(peer).connect().await.unwrap()
    }

    async fn leave(client: Client, peer: Peer) {
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

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
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::Exists(1)]);
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
        // It came from the server like this, and is not ours to mend.
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
