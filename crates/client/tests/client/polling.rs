//! Updates without IDLE, and waits that another thread ends.

use std::time::Duration;

use imapclient::{Error, Update};
use imapclient_test_macros::faces;

use crate::common::{LONG, member, plain};

const SHORT: Duration = Duration::from_millis(20);

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn without_idle_the_server_is_asked() {
        let peer = member(
            "",
            "C: <a> NOOP
             S: <a> OK
             C: <b> NOOP
             S: * 4 EXISTS
             S: <b> OK
             C: <c> NOOP
             S: <c> OK
             S: * 5 EXISTS",
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle_or_poll(SHORT).await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        // Unsolicited responses are returned at once.
        assert_eq!(idle.next_timeout(LONG).await.unwrap(), Some(Update::Exists(5.into())));
        idle.done().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn with_idle_the_server_is_not_asked() {
        let peer = member(
            " IDLE",
            "C: <a> IDLE
             S: + idling
             S: * 4 EXISTS
             C: DONE
             S: <a> OK",
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle_or_poll(SHORT).await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        idle.done().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_server_that_refuses_to_be_asked_says_so() {
        let peer = member(
            "",
            "C: <a> NOOP
             S: <a> NO too often",
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle_or_poll(SHORT).await.unwrap();
        let error = idle.next().await.unwrap_err();
        assert_eq!(error.to_string(), "NOOP refused: NO too often");
        drop(idle);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }
}

#[test]
fn a_blocking_wait_is_ended_from_another_thread() {
    let peer = member(
        " IDLE",
        "C: <a> IDLE
         S: + idling
         C: DONE
         S: <a> OK",
    );
    let mut client = plain::<imapclient::blocking::Client>(&peer)
        .connect()
        .unwrap();
    let interrupter = client.interrupter();
    let mut idle = client.idle().unwrap();
    let thread = std::thread::spawn(move || interrupter.interrupt());
    let error = idle.next().unwrap_err();
    assert!(matches!(error, Error::Interrupted) && !error.is_closed());
    thread.join().unwrap();
    // The connection can be used further.
    idle.done().unwrap();
    client.logout().unwrap();
    peer.finish().unwrap();
}
