//! NOTIFY.

use std::time::Duration;

use imapclient::{
    Code, Error, FetchItems, Notify, NotifyEvent, Scope, StatusItem, Unrunnable, Update,
    Workaround,
    codec::command::{notify, notify_none},
};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{LONG, expect, greet, member, plain, reader, scripted, seq, uid};

mod cut;

/// A time after which the connection is tested.
const SHORT: Duration = Duration::from_millis(30);
/// The time within which a peer that answers at once does so.
const SECOND: Duration = Duration::from_secs(1);

/// The command that ends a watch.
const USUAL: &str = "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange))";
/// The command for [`personal`].
const PERSONAL: &str = "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) \
                        (PERSONAL (MessageNew MessageExpunge))";

/// Asks for the messages in all mailboxes of the user.
fn personal() -> Notify {
    let events = [NotifyEvent::new_messages(), NotifyEvent::MessageExpunge];
    Notify::new().on(Scope::Personal, events)
}

/// Describes the updates about mailboxes that are not selected.
fn described(update: Update) -> String {
    match update {
        Update::MailboxStatus(status) => {
            let messages = status.messages.unwrap_or_default();
            format!("{}: {messages}", status.name.as_str())
        }
        Update::Listed(mailbox) => {
            let old = mailbox
                .old_name()
                .map(|old| format!(", was {}", old.as_str()));
            let attributes = mailbox.attributes.iter().map(|one| one.as_str().to_owned());
            let attributes: Vec<_> = attributes.collect();
            let old = old.unwrap_or_default();
            format!("{} [{}]{old}", mailbox.name.as_str(), attributes.join(" "))
        }
        Update::Metadata(metadata) => format!("changed: {}", metadata.changed.join(" ")),
        other => format!("{other:?}"),
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn changes_in_several_mailboxes() {
        let peer = reader(
            " IDLE NOTIFY",
            &format!(
                "C: <a> NOTIFY SET STATUS (SELECTED-DELAYED (MessageNew (UID FLAGS) MessageExpunge \
                 FlagChange)) (MAILBOXES (\"Archive\" \"Entw&APw-rfe\") (MessageNew MessageExpunge)) \
                 (PERSONAL (MailboxName SubscriptionChange))
                 S: * STATUS \"Archive\" (MESSAGES 4)
                 S: <a> OK
                 C: <b> IDLE
                 S: + idling
                 S: * STATUS {{9}}
                 S: Entwürfe (MESSAGES 1)
                 S: * 4 EXISTS
                 S: * 4 FETCH (UID 9 FLAGS ())
                 S: * 1 EXPUNGE
                 S: * LIST () \"/\" New (\"OLDNAME\" (Old))
                 S: * LIST (\\NonExistent) \"/\" Gone
                 S: * LIST (\\Subscribed) \"/\" Lists
                 S: * METADATA \"\" /shared/comment
                 C: DONE
                 S: * STATUS \"Archive\" (MESSAGES 5)
                 S: <b> OK
                 C: <c> {USUAL}
                 S: * STATUS \"Archive\" (MESSAGES 6)
                 S: <c> OK
                 C: <d> NOOP
                 S: <d> OK"
            ),
        );
        let mut client = open(&peer).await;
        let data = NotifyEvent::MessageNew(Some(FetchItems::new().flags()));
        let events = [NotifyEvent::new_messages(), NotifyEvent::MessageExpunge];
        let news = Notify::new()
            .status()
            .on(Scope::Mailboxes(vec!["Archive".into(), "Entwürfe".into()]), events)
            .on(Scope::Personal, [NotifyEvent::MailboxName, NotifyEvent::SubscriptionChange])
            .on(Scope::Selected, [data, NotifyEvent::MessageExpunge]);
        let mut watch = client.notify(&news).await.unwrap();
        for expected in ["Archive: 4", "Entwürfe: 1"] {
            assert_eq!(described(watch.next().await.unwrap()), expected);
        }
        assert_eq!(watch.next_timeout(LONG).await.unwrap(), Some(Update::Exists(4.into())));
        match watch.next().await.unwrap() {
            Update::Fetch(fetch) => assert_eq!((fetch.seq(), fetch.uid()), (Some(seq(4)), Some(uid(9)))),
            other => panic!("{other:?}"),
        }
        assert_eq!(watch.next().await.unwrap(), Update::Expunge(seq(1)));
        for expected in [
            "New [], was Old",
            "Gone [\\NonExistent]",
            "Lists [\\Subscribed]",
            "changed: /shared/comment",
        ] {
            assert_eq!(described(watch.next().await.unwrap()), expected);
        }
        watch.done().await.unwrap();
        // The last updates are not lost, and nothing more is sent to end the watch.
        let last: Vec<_> = client.updates().map(described).collect();
        assert_eq!(last, ["Archive: 5", "Archive: 6"]);
        assert_eq!(client.state().selected().unwrap().exists, 3);
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn without_idle_noop_keeps_it_alive() {
        let peer = member(
            " NOTIFY",
            &format!(
                "C: <a> {PERSONAL}
                 S: <a> OK
                 S: * STATUS \"a\" (MESSAGES 1)
                 C: <b> NOOP
                 S: * STATUS \"a\" (MESSAGES 2)
                 S: <b> OK
                 C: <c> {USUAL}
                 S: <c> OK"
            ),
        );
        let mut client = plain::<Client>(&peer).idle_renewal(SHORT).connect().await.unwrap();
        let mut watch = client.notify(&personal()).await.unwrap();
        for expected in ["a: 1", "a: 2"] {
            assert_eq!(described(watch.next().await.unwrap()), expected);
        }
        watch.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn what_is_disabled_is_not_used() {
        let peer = member(
            " IDLE NOTIFY",
            &format!(
                "C: <a> {PERSONAL}
                 S: <a> OK
                 C: <b> NOOP
                 S: * STATUS \"a\" (MESSAGES 1)
                 S: <b> OK
                 C: <c> {USUAL}
                 S: <c> OK"
            ),
        );
        let builder = plain::<Client>(&peer).idle_renewal(SHORT).disable(["IDLE"]);
        let mut client = builder.connect().await.unwrap();
        let mut watch = client.notify(&personal()).await.unwrap();
        assert_eq!(described(watch.next().await.unwrap()), "a: 1");
        watch.done().await.unwrap();
        leave(client, peer).await;

        let peer = member(" IDLE NOTIFY", "");
        let builder = plain::<Client>(&peer).disable(["NOTIFY"]);
        let mut client = builder.connect().await.unwrap();
        let error = client.notify(&personal()).await.map(drop).unwrap_err();
        assert_eq!(error.to_string(), "NOTIFY is disabled, though the server offers it");
        leave(client, peer).await;
    }

    #[case]
    async fn idle_is_begun_anew_and_the_watch_goes_on() {
        let peer = member(
            " IDLE NOTIFY",
            &format!(
                "C: <a> {PERSONAL}
                 S: <a> OK
                 C: <b> IDLE
                 S: + idling
                 C: DONE
                 S: * STATUS \"a\" (MESSAGES 1)
                 S: <b> OK
                 C: <c> IDLE
                 S: + idling
                 C: DONE
                 S: <c> OK
                 C: <d> {USUAL}
                 S: <d> OK"
            ),
        );
        let mut client = plain::<Client>(&peer).idle_renewal(SHORT).connect().await.unwrap();
        let mut watch = client.notify(&personal()).await.unwrap();
        assert_eq!(described(watch.next().await.unwrap()), "a: 1");
        assert_eq!(watch.next_timeout(SHORT / 3).await.unwrap(), None);
        watch.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn idle_that_is_refused_is_replaced() {
        for answer in ["NO not now", "BAD what", "OK done"] {
            let peer = member(
                " IDLE NOTIFY",
                &format!(
                    "C: <a> {PERSONAL}
                     S: <a> OK
                     C: <b> IDLE
                     S: <b> {answer}
                     C: <c> NOOP
                     S: * STATUS \"a\" (MESSAGES 2)
                     S: <c> OK
                     C: <d> {USUAL}
                     S: <d> OK"
                ),
            );
            let mut client = plain::<Client>(&peer).idle_renewal(SHORT).connect().await.unwrap();
            let mut watch = client.notify(&personal()).await.unwrap();
            assert_eq!(described(watch.next().await.unwrap()), "a: 2");
            watch.done().await.unwrap();
            leave_with(client, peer, &[Workaround::IdleRefused]).await;
        }
    }

    #[case]
    async fn a_refusal_says_why_and_nothing_is_watched() {
        let known = || vec!["MessageNew".to_owned(), "MessageExpunge".to_owned()];
        for (answer, code, text) in [
            (
                "NO [BADEVENT (MessageNew MessageExpunge)] some are not known",
                Some(Code::BadEvent(known())),
                "NOTIFY refused: NO [BADEVENT (MessageNew MessageExpunge)] some are not known",
            ),
            (
                "NO [NOTIFICATIONOVERFLOW] too many mailboxes",
                Some(Code::NotificationOverflow),
                "NOTIFY refused: NO [NOTIFICATIONOVERFLOW] too many mailboxes",
            ),
            ("BAD what", None, "NOTIFY refused: BAD what"),
        ] {
            let script = format!("C: <a> {PERSONAL}\nS: <a> {answer}\nC: <b> NOOP\nS: <b> OK");
            let peer = member(" NOTIFY", &script);
            let mut client = connect(&peer).await;
            let error = client.notify(&personal()).await.map(drop).unwrap_err();
            assert_eq!((error.code(), error.to_string().as_str()), (code.as_ref(), text));
            client.noop().await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn what_cannot_be_sent_is_not_sent() {
        let peer = member("", "");
        let mut client = connect(&peer).await;
        let error = client.notify(&personal()).await.map(drop).unwrap_err();
        assert!(matches!(&error, Error::Missing { capability, .. } if capability == "NOTIFY"), "{error:?}");
        let alone = Notify::new().on(Scope::Personal, [NotifyEvent::FlagChange]);
        let error = client.notify(&alone).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;

        // Nothing would end these.
        let peer = member(" NOTIFY", "");
        let mut client = connect(&peer).await;
        for command in [notify(&personal()).unwrap(), notify_none()] {
            let error = client.run(command).await.unwrap_err();
            assert!(matches!(error, Error::Unrunnable(Unrunnable::Notify)), "{error:?}");
        }
        let error = client.raw("NOTIFY NONE").await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn an_overflow_ends_it() {
        let peer = member(
            " IDLE NOTIFY",
            &format!(
                "C: <a> {PERSONAL}
                 S: <a> OK
                 C: <b> IDLE
                 S: + idling
                 S: * STATUS \"a\" (MESSAGES 1)
                 S: * OK [NOTIFICATIONOVERFLOW] too many
                 C: DONE
                 S: <b> OK
                 C: <c> {USUAL}
                 S: <c> OK
                 C: <d> {PERSONAL}
                 S: <d> OK
                 C: <e> IDLE
                 S: + idling
                 S: * STATUS \"a\" (MESSAGES 2)
                 C: DONE
                 S: * NO [NOTIFICATIONOVERFLOW] again
                 S: <e> OK
                 C: <f> {USUAL}
                 S: <f> OK
                 C: <g> NOOP
                 S: <g> OK"
            ),
        );
        let mut client = connect(&peer).await;
        let mut watch = client.notify(&personal()).await.unwrap();
        assert_eq!(described(watch.next().await.unwrap()), "a: 1");
        // It is not waited for what will not come.
        for _ in 0..3 {
            let error = watch.next().await.unwrap_err();
            assert!(matches!(error, Error::NotificationOverflow) && !error.is_closed(), "{error:?}");
            assert!(error.to_string().contains("look at the mailboxes anew"), "{error}");
        }
        assert!(watch.next_timeout(LONG).await.is_err());
        watch.done().await.unwrap();
        // The mailboxes can be watched again.
        let mut watch = client.notify(&personal()).await.unwrap();
        assert_eq!(described(watch.next().await.unwrap()), "a: 2");
        drop(watch);
        client.noop().await.unwrap();
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::NotificationOverflow]);
        leave(client, peer).await;
    }

    #[case]
    async fn dropped_it_is_ended_by_the_next_command() {
        let peer = member(
            " IDLE NOTIFY",
            &format!(
                "C: <a> {PERSONAL}
                 S: <a> OK
                 C: <b> IDLE
                 S: + idling
                 S: * STATUS \"a\" (MESSAGES 6)
                 C: DONE
                 S: * STATUS \"a\" (MESSAGES 7)
                 S: <b> OK
                 C: <c> {USUAL}
                 S: * STATUS \"a\" (MESSAGES 8)
                 S: <c> OK
                 C: <d> STATUS \"a\" (MESSAGES)
                 S: * STATUS \"a\" (MESSAGES 9)
                 S: <d> OK
                 C: <e> {PERSONAL}
                 S: <e> OK
                 C: <f> {USUAL}
                 S: <f> OK
                 C: <g> IDLE
                 S: + idling
                 C: DONE
                 S: <g> OK"
            ),
        );
        let mut client = connect(&peer).await;
        let mut watch = client.notify(&personal()).await.unwrap();
        assert_eq!(described(watch.next().await.unwrap()), "a: 6");
        drop(watch);
        // Its reports are not taken for the answer.
        let status = client.status("a", [StatusItem::Messages]).await.unwrap();
        assert_eq!(status.messages, Some(9.into()));
        let updates: Vec<_> = client.updates().map(described).collect();
        assert_eq!(updates, ["a: 7", "a: 8"]);
        // An IDLE ends it like any command.
        drop(client.notify(&personal()).await.unwrap());
        client.idle().await.unwrap().done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_server_that_does_not_end_it() {
        let peer = member(
            " NOTIFY",
            &format!(
                "C: <a> {PERSONAL}
                 S: <a> OK
                 C: <b> {USUAL}
                 S: <b> NO never
                 C: <c> {USUAL}
                 S: <c> OK
                 C: <d> NOOP
                 S: <d> OK"
            ),
        );
        let mut client = connect(&peer).await;
        let watch = client.notify(&personal()).await.unwrap();
        let error = watch.done().await.unwrap_err();
        assert_eq!(error.to_string(), "NOTIFY refused: NO never");
        // Every command needs its end.
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn silence_closes_the_connection() {
        for capabilities in [" NOTIFY", " IDLE NOTIFY"] {
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, capabilities)?;
                let tag = expect(&mut connection, PERSONAL)?;
                connection.send(&format!("{tag} OK"))?;
                if capabilities.contains("IDLE") {
                    expect(&mut connection, "IDLE")?;
                    connection.send("+ idling")?;
                    connection.expect("DONE")?;
                } else {
                    expect(&mut connection, "NOOP")?;
                }
                connection.wait_eof()
            });
            let mut client = plain::<Client>(&peer).idle_renewal(SHORT).connect().await.unwrap();
            client.set_timeout(SECOND);
            let mut watch = client.notify(&personal()).await.unwrap();
            let error = watch.next().await.unwrap_err();
            assert!(error.is_timeout(), "{error:?}");
            assert!(client.noop().await.unwrap_err().is_closed());
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn a_flood_between_two_commands_has_an_end() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " NOTIFY")?;
            let tag = expect(&mut connection, PERSONAL)?;
            connection.send(&format!("{tag} OK"))?;
            while connection.send("* STATUS a (MESSAGES 1)").is_ok() {}
            Ok(())
        });
        let builder = plain::<Client>(&peer).unsolicited_limit(1000);
        let mut client = builder.connect().await.unwrap();
        let mut watch = client.notify(&personal()).await.unwrap();
        let error = loop {
            match watch.next().await {
                Ok(Update::MailboxStatus(_)) => {}
                Ok(other) => panic!("{other:?}"),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, Error::Limit(_)), "{error:?}");
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn bye_and_a_cut() {
        for (last, text) in [
            ("S: * BYE timeout", "the server closed the connection: timeout"),
            ("S: * STATUS \"a\" (MESS", "the server closed the connection"),
        ] {
            let peer = scripted(&format!(
                "S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE NOTIFY] hi
                 C: <a> {PERSONAL}
                 S: <a> OK
                 C: <b> IDLE
                 S: + idling
                 S: * STATUS \"a\" (MESSAGES 1)
                 {last}
                 CLOSE"
            ));
            let mut client = connect(&peer).await;
            let mut watch = client.notify(&personal()).await.unwrap();
            assert_eq!(described(watch.next().await.unwrap()), "a: 1");
            let error = loop {
                match watch.next().await {
                    Ok(Update::Bye(_) | Update::Malformed(_)) => {}
                    Ok(other) => panic!("{other:?}"),
                    Err(error) => break error,
                }
            };
            assert!(error.to_string().starts_with(text), "{error}");
            assert!(watch.next_timeout(LONG).await.unwrap_err().is_closed());
            assert!(watch.done().await.unwrap_err().is_closed());
            drop(client);
            peer.finish().unwrap();
        }
    }
}

#[test]
fn a_blocking_wait_is_ended_from_another_thread() {
    let peer = member(
        " IDLE NOTIFY",
        &format!(
            "C: <a> {PERSONAL}
             S: <a> OK
             C: <b> IDLE
             S: + idling
             S: * STATUS \"a\" (MESSAGES 1)
             C: DONE
             S: <b> OK
             C: <c> {USUAL}
             S: <c> OK"
        ),
    );
    let builder = plain::<imapclient::blocking::Client>(&peer);
    let mut client = builder.connect().unwrap();
    let interrupter = client.interrupter();
    let mut watch = client.notify(&personal()).unwrap();
    assert_eq!(described(watch.next().unwrap()), "a: 1");
    let thread = std::thread::spawn(move || interrupter.interrupt());
    let error = watch.next().unwrap_err();
    assert!(
        matches!(error, Error::Interrupted) && !error.is_closed(),
        "{error:?}"
    );
    thread.join().unwrap();
    // The watch and the connection can be used further.
    watch.done().unwrap();
    client.logout().unwrap();
    peer.finish().unwrap();
}

/// Iterators are for the blocking face alone.
#[test]
fn news_are_iterated_over() {
    let peer = member(
        " IDLE NOTIFY",
        &format!(
            "C: <a> {PERSONAL}
             S: <a> OK
             C: <b> IDLE
             S: + idling
             S: * STATUS \"a\" (MESSAGES 1)
             S: * STATUS \"b\" (MESSAGES 2)
             S: * OK [NOTIFICATIONOVERFLOW] too many
             C: DONE
             S: <b> OK
             C: <c> {USUAL}
             S: <c> OK"
        ),
    );
    let builder = plain::<imapclient::blocking::Client>(&peer);
    let mut client = builder.connect().unwrap();
    let mut watch = client.notify(&personal()).unwrap();
    let first = watch.timeout_iter(LONG).next().unwrap().unwrap();
    assert_eq!(described(first), "a: 1");
    let mut rest = watch.iter();
    assert_eq!(described(rest.next().unwrap().unwrap()), "b: 2");
    let error = rest.next().unwrap().unwrap_err();
    assert!(matches!(error, Error::NotificationOverflow), "{error:?}");
    // After the error it has ended.
    assert!(rest.next().is_none());
    drop(rest);
    watch.done().unwrap();
    client.logout().unwrap();
    peer.finish().unwrap();
}
