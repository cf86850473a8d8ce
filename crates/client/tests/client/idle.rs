//! IDLE.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use imapclient::{Error, Phase, Update};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{LONG, expect, goodbye, greet, member, plain, scripted, seq};

const SHORT: Duration = Duration::from_millis(30);

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn news_one_by_one() {
        let peer = member(
            " IDLE",
            "C: <a> IDLE
             S: + idling
             S: * 4 EXISTS
             S: * OK [ALERT] careful
             S: * 1 EXPUNGE
             C: DONE
             S: * 9 EXISTS
             S: <a> OK done",
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        assert_eq!(idle.next_timeout(LONG).await.unwrap(), Some(Update::Alert("careful".into())));
        assert_eq!(idle.next().await.unwrap(), Update::Expunge(seq(1)));
        idle.done().await.unwrap();
        // The last update is not lost.
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::Exists(9.into())]);
        leave(client, peer).await;
    }

    #[case]
    async fn news_from_before_come_first() {
        let peer = member(
            " IDLE",
            "C: <a> NOOP
             S: * 1 EXISTS
             S: <a> OK
             C: <b> IDLE
             S: * 2 EXISTS
             S: + idling
             S: * 3 EXISTS
             C: DONE
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        client.noop().await.unwrap();
        let mut idle = client.idle().await.unwrap();
        for n in 1..=3 {
            assert_eq!(idle.next().await.unwrap(), Update::Exists(n.into()));
        }
        idle.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn nothing_in_time_is_no_error() {
        let (go, wait) = mpsc::channel();
        let wait = std::sync::Mutex::new(wait);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, " IDLE")?;
            let tag = expect(&mut connection, "IDLE")?;
            connection.send("+ idling")?;
            wait.lock().unwrap().recv().map_err(std::io::Error::other)?;
            connection.send("* 4 EXISTS")?;
            connection.expect("DONE")?;
            connection.send(&format!("{tag} OK"))?;
            goodbye(&mut connection)
        });
        // The time-out of commands does not apply to the silence of IDLE.
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        // The answer to IDLE has to come within it, also on a machine that is busy.
        let timeout = Duration::from_secs(1);
        client.set_timeout(timeout);
        let mut idle = client.idle().await.unwrap();
        let (start, silence) = (Instant::now(), timeout + SHORT);
        assert_eq!(idle.next_timeout(silence).await.unwrap(), None);
        assert!(start.elapsed() >= silence);
        assert_eq!(idle.next_timeout(Duration::ZERO).await.unwrap(), None);
        go.send(()).unwrap();
        assert_eq!(idle.next_timeout(Duration::MAX).await.unwrap(), Some(Update::Exists(4.into())));
        drop(idle);
        client.set_timeout(LONG);
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn dropped_it_is_ended_by_the_next_command() {
        let peer = member(
            " IDLE",
            "C: <a> IDLE
             S: + idling
             C: DONE
             S: * 4 EXISTS
             S: <a> OK
             C: <b> NOOP
             S: <b> OK
             C: <c> IDLE
             S: + idling
             C: DONE
             S: <c> BAD what a pity
             C: <d> IDLE
             S: + idling
             C: DONE
             S: <d> OK",
        );
        let mut client = connect(&peer).await;
        drop(client.idle().await.unwrap());
        client.noop().await.unwrap();
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::Exists(4.into())]);
        // Another IDLE waits for the dropped one like any command, and ignores how that ended.
        drop(client.idle().await.unwrap());
        drop(client.idle().await.unwrap());
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal() {
        for answer in ["NO not now", "BAD what"] {
            let peer = member(
                " IDLE",
                &format!("C: <a> IDLE\nS: <a> {answer}\nC: <b> NOOP\nS: <b> OK"),
            );
            let mut client = connect(&peer).await;
            let error = client.idle().await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
            assert!(error.to_string().starts_with("IDLE refused"), "{error}");
            client.noop().await.unwrap();
            leave(client, peer).await;
        }
    }

    #[case]
    async fn it_is_begun_anew_now_and_then() {
        let peer = member(
            " IDLE",
            "C: <a> IDLE
             S: + idling
             C: DONE
             S: <a> OK done
             C: <b> IDLE
             S: + idling
             C: DONE
             S: * 3 EXISTS
             S: <b> OK done
             C: <c> IDLE
             S: + idling
             S: * 4 EXISTS
             C: DONE
             S: <c> OK",
        );
        let mut client = plain::<Client>(&peer).idle_renewal(SHORT).connect().await.unwrap();
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(3.into()));
        assert_eq!(idle.next_timeout(LONG).await.unwrap(), Some(Update::Exists(4.into())));
        idle.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_renewal_that_is_refused() {
        let peer = member(
            " IDLE",
            "C: <a> IDLE
             S: + idling
             C: DONE
             S: <a> OK done
             C: <b> IDLE
             S: <b> NO enough",
        );
        let mut client = plain::<Client>(&peer).idle_renewal(SHORT).connect().await.unwrap();
        let mut idle = client.idle().await.unwrap();
        let error = idle.next().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        // Nothing is left under way.
        idle.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn no_renewal_within_a_life_time() {
        let peer = member(
            " IDLE",
            "C: <a> IDLE
             S: + idling
             S: * 4 EXISTS
             C: DONE
             S: <a> OK",
        );
        let builder = plain::<Client>(&peer).idle_renewal(Duration::MAX);
        let mut client = builder.timeout(Duration::MAX).connect().await.unwrap();
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        idle.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_server_that_ends_it_by_itself() {
        let peer = member(
            " IDLE",
            "C: <a> IDLE
             S: + idling
             S: * 1 EXISTS
             S: <a> OK enough for now
             C: <b> IDLE
             S: + idling
             S: * 2 EXISTS
             C: DONE
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(1.into()));
        assert_eq!(idle.next().await.unwrap(), Update::Exists(2.into()));
        idle.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn an_ok_that_comes_at_once_is_no_idle() {
        let peer = member(" IDLE", "C: <a> IDLE\nS: <a> OK done\nC: <b> NOOP\nS: <b> OK");
        let mut client = connect(&peer).await;
        let error = client.idle().await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { command: "IDLE" }), "{error:?}");
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn done_without_an_answer_closes_the_connection() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " IDLE")?;
            expect(&mut connection, "IDLE")?;
            connection.send("+ idling")?;
            connection.expect("DONE")?;
            connection.wait_eof()
        });
        let mut client = connect(&peer).await;
        client.set_timeout(SHORT);
        let error = client.idle().await.unwrap().done().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        let error = client.noop().await.unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_renewal_without_an_answer_closes_the_connection() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " IDLE")?;
            expect(&mut connection, "IDLE")?;
            connection.send("+ idling")?;
            connection.expect("DONE")?;
            connection.wait_eof()
        });
        let mut client = plain::<Client>(&peer).idle_renewal(SHORT).connect().await.unwrap();
        client.set_timeout(SHORT);
        let mut idle = client.idle().await.unwrap();
        // A caller that polls learns of it as well.
        let error = loop {
            match idle.next_timeout(SHORT / 10).await {
                Ok(None) => {}
                Ok(update) => panic!("{update:?}"),
                Err(error) => break error,
            }
        };
        assert!(error.is_timeout(), "{error:?}");
        assert!(client.noop().await.unwrap_err().is_closed());
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn idle_without_an_answer_closes_the_connection() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " IDLE")?;
            expect(&mut connection, "IDLE")?;
            connection.wait_eof()
        });
        let mut client = connect(&peer).await;
        client.set_timeout(SHORT);
        let error = client.idle().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert!(client.noop().await.unwrap_err().is_closed());
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn bye() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi
             C: <a> IDLE
             S: + idling
             S: * BYE timeout
             CLOSE",
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Bye("timeout".into()));
        let error = idle.next().await.unwrap_err();
        assert_eq!(error.to_string(), "the server closed the connection: timeout");
        assert!(idle.next_timeout(LONG).await.unwrap_err().is_closed());
        assert!(idle.done().await.unwrap_err().is_closed());
        assert_eq!(client.state().phase(), Phase::Logout);
        peer.finish().unwrap();
    }

    #[case]
    async fn the_end_of_the_connection_is_an_error_at_once() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi
             C: <a> IDLE
             S: + idling
             S: * 4 EXISTS
             CLOSE",
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        let start = Instant::now();
        for _ in 0..3 {
            let error = idle.next().await.unwrap_err();
            assert!(error.is_closed() && error.is_transient(), "{error:?}");
        }
        assert!(start.elapsed() < LONG);
        drop(idle);
        assert!(client.logout().await.unwrap_err().is_closed());
        peer.finish().unwrap();
    }
}

/// Iterators are for the blocking face alone.
#[test]
fn news_are_iterated_over() {
    let peer = member(
        " IDLE",
        "C: <a> IDLE
         S: + idling
         S: * 4 EXISTS
         S: * 5 EXISTS
         S: * 6 EXISTS
         C: DONE
         S: <a> OK done
         C: <b> IDLE
         S: + idling
         C: DONE
         S: <b> OK done
         C: <c> IDLE
         S: + idling
         S: * 7 EXISTS
         S: * BYE enough",
    );
    let mut client = plain::<imapclient::blocking::Client>(&peer)
        .connect()
        .unwrap();
    let mut idle = client.idle().unwrap();
    let two: Vec<_> = idle.iter().take(2).map(Result::unwrap).collect();
    assert_eq!(two, [Update::Exists(4.into()), Update::Exists(5.into())]);
    // The third one is still there for the next iterator.
    let one = idle.timeout_iter(LONG).next().unwrap();
    assert_eq!(one.unwrap(), Update::Exists(6.into()));
    idle.done().unwrap();

    let mut idle = client.idle().unwrap();
    assert_eq!(idle.timeout_iter(SHORT).count(), 0);
    idle.done().unwrap();

    let mut idle = client.idle().unwrap();
    let mut all = idle.iter();
    assert_eq!(all.next().unwrap().unwrap(), Update::Exists(7.into()));
    let end = all.find(Result::is_err).unwrap();
    assert!(end.unwrap_err().to_string().contains("enough"));
    // After the error it has ended, rather than to repeat it for ever.
    assert!(all.next().is_none());
}
