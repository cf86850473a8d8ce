//! Messages and updates as streams.

use std::{future::poll_fn, pin::Pin};

use futures_core::Stream;
use imapclient::{Error, Notify, NotifyEvent, Scope, Uid, Update};

use crate::common::{member, plain, reader, tokio_face::*};

async fn next<T>(stream: &mut (impl Stream<Item = T> + Unpin)) -> Option<T> {
    poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

#[tokio::test]
async fn messages_are_a_stream() {
    let peer = reader(
        "",
        "C: <a> UID FETCH 1:4 (UID BODY.PEEK[])
         S: * 1 FETCH (UID 1 BODY[] {5}
         S: hello)
         S: * 2 FETCH (UID 2 BODY[] {70000}
         S+: 70000
         S: )
         S: * 3 FETCH (UID 3 BODY[] {5}
         S: world)
         S: <a> NO [UNAVAILABLE] the disk is gone",
    );
    let builder = plain::<imapclient::tokio::Client>(&peer).answer_limit(65_536);
    let mut client = builder.connect().await.unwrap();
    client.select("INBOX").await.unwrap();
    let mut messages = client.fetch_each("1:4", "BODY.PEEK[]").await.unwrap();
    let mut stream = messages.stream();
    let first = next(&mut stream).await.unwrap().unwrap();
    assert_eq!(first.body(), Some(&b"hello"[..]));
    assert!(matches!(
        next(&mut stream).await,
        Some(Err(Error::TooLarge(_)))
    ));
    let third = next(&mut stream).await.unwrap().unwrap();
    assert_eq!(third.uid().map(Uid::get), Some(3));
    assert!(matches!(
        next(&mut stream).await,
        Some(Err(Error::Refused(_)))
    ));
    assert!(next(&mut stream).await.is_none());
    assert!(next(&mut stream).await.is_none());
    drop(stream);
    leave(client, peer).await;
}

#[tokio::test]
async fn a_stream_can_be_dropped_and_another_goes_on() {
    let peer = reader("", crate::each::readers::ANSWER);
    let mut client = open(&peer).await;
    let mut messages = client.fetch_each("1:2", "BODY.PEEK[]").await.unwrap();
    for uid in [1, 2] {
        let mut stream = messages.stream();
        let fetch = next(&mut stream).await.unwrap().unwrap();
        assert_eq!(fetch.uid().map(Uid::get), Some(uid));
    }
    assert!(next(&mut messages.stream()).await.is_none());
    leave(client, peer).await;
}

#[tokio::test]
async fn updates_are_a_stream() {
    let peer = member(
        " IDLE",
        "C: <a> IDLE
         S: + idling
         S: * 4 EXISTS
         S: * 2 EXPUNGE
         C: DONE
         S: <a> OK done",
    );
    let mut client = connect(&peer).await;
    let mut idle = client.idle().await.unwrap();
    let mut updates = idle.stream();
    assert!(matches!(
        next(&mut updates).await,
        Some(Ok(Update::Exists(_)))
    ));
    drop(updates);
    let mut updates = idle.stream();
    assert!(matches!(
        next(&mut updates).await,
        Some(Ok(Update::Expunge(_)))
    ));
    drop(updates);
    idle.done().await.unwrap();
    leave(client, peer).await;
}

#[tokio::test]
async fn updates_of_several_mailboxes_are_a_stream() {
    let usual = "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange))";
    let peer = member(
        " IDLE NOTIFY",
        &format!(
            "C: <a> {usual} (PERSONAL (MailboxName))
             S: <a> OK
             C: <b> IDLE
             S: + idling
             S: * STATUS a (MESSAGES 1)
             S: * OK [NOTIFICATIONOVERFLOW] too many
             C: DONE
             S: <b> OK done
             C: <c> {usual}
             S: <c> OK"
        ),
    );
    let mut client = connect(&peer).await;
    let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
    let mut watch = client.notify(&news).await.unwrap();
    let mut updates = watch.stream();
    assert!(matches!(
        next(&mut updates).await,
        Some(Ok(Update::MailboxStatus(_)))
    ));
    drop(updates);
    let mut updates = watch.stream();
    assert!(matches!(
        next(&mut updates).await,
        Some(Err(Error::NotificationOverflow))
    ));
    assert!(next(&mut updates).await.is_none());
    drop(updates);
    watch.done().await.unwrap();
    leave(client, peer).await;
}
