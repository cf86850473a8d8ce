//! Servers that are slow, silent, or do not read.

use std::{io, sync::Mutex, sync::mpsc, thread, time::Duration};

use imapclient::{Awaited, Drained, Error, FetchItems, LimitedBy, Phase, TimeLimit};
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use crate::common::{LONG, expect, goodbye, greet, plain, serve, text, uid};

const SHORT: Duration = Duration::from_millis(50);

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn a_byte_now_and_then_is_no_silence() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "NOOP")?;
            for byte in format!("* 1 EXISTS\r\n{tag} OK\r\n").bytes() {
                // The delay is the subject of this test.
                thread::sleep(Duration::from_millis(100));
                connection.send_bytes(&[byte])?;
            }
            goodbye(&mut connection)
        });
        let limit = Duration::from_millis(1000);
        let mut client = plain::<Client>(&peer).timeout(limit).connect().await.unwrap();
        let start = std::time::Instant::now();
        client.noop().await.unwrap();
        assert!(start.elapsed() > 2 * limit, "{:?}", start.elapsed());
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn after_a_time_out_the_client_can_go_on() {
        let (go, wait) = mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "SELECT \"INBOX\"")?;
            connection.send("* 3 EXISTS")?;
            wait.lock().unwrap().recv().map_err(io::Error::other)?;
            connection.send("* OK [UIDNEXT 9] next")?;
            connection.send(&format!("{tag} OK"))?;
            let tag = expect(&mut connection, "UID FETCH 1 (UID)")?;
            connection.send("* 1 FETCH (UID 1)")?;
            connection.send(&format!("{tag} OK"))?;
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.set_timeout(SHORT);
        let error = client.select("INBOX").await.unwrap_err();
        assert!(error.is_timeout() && error.is_transient() && !error.is_closed(), "{error:?}");
        assert_eq!(
            error.to_string(),
            "timed out waiting for the answer to SELECT after 50ms of silence"
        );
        let Error::Timeout { awaited, limit, .. } = &error else { panic!("{error:?}") };
        let select = Awaited::Answer { command: "SELECT".to_owned(), said: None };
        assert_eq!((awaited, *limit), (&select, Some(TimeLimit::Silence(SHORT))));
        assert_eq!(error.limited_by(), Some(LimitedBy::Timeout));
        assert_eq!(client.state().phase(), Phase::Authenticated);
        // The answer that is due has still not come.
        let error = client.noop().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");

        go.send(()).unwrap();
        client.set_timeout(None);
        // The late answer takes effect: the mailbox is selected after the next wait.
        client.fetch(1, FetchItems::new()).await.unwrap();
        assert_eq!(client.state().phase(), Phase::Selected);
        let inbox = client.state().selected().unwrap();
        assert_eq!((inbox.exists, inbox.uid_next), (3.into(), Some(uid(9))));
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn what_is_under_way_is_drained_up_to_a_limit() {
        let (go, wait) = mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "SELECT \"INBOX\"")?;
            wait.lock().unwrap().recv().map_err(io::Error::other)?;
            // A literal counts while it arrives, not when it is complete.
            connection.send("* 1 FETCH (BODY[] {4194304}")?;
            connection.send_bytes(&vec![b'x'; 4 << 20])?;
            connection.send(")")?;
            connection.send(&format!("{tag} OK"))?;
            serve(&mut connection, "NOOP")?;
            goodbye(&mut connection)
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        // No command is under way.
        assert_eq!(client.drain(0).await.unwrap(), Drained::All);
        client.set_timeout(SHORT);
        client.select("INBOX").await.unwrap_err();
        go.send(()).unwrap();
        client.set_timeout(LONG);
        assert_eq!(client.drain(1 << 20).await.unwrap(), Drained::More);
        assert_eq!(client.drain(8 << 20).await.unwrap(), Drained::All);
        assert_eq!(client.state().phase(), Phase::Selected);
        client.noop().await.unwrap();
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    #[case]
    async fn a_server_that_does_not_read() {
        let (go, wait) = mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, " LITERAL+")?;
            // Nothing is read before the client has closed the connection.
            wait.lock().unwrap().recv().map_err(io::Error::other)
        });
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        client.set_timeout(SHORT);
        let error = client.append("INBOX", vec![b'x'; 16 << 20]).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(
            text(&error),
            "APPEND was not sent to its end, so the server did not do it: \
             timed out sending data after 50ms of silence"
        );
        assert_eq!(error.limited_by(), Some(LimitedBy::Timeout));
        // To keep this outcome true, the rest is never sent.
        assert!(error.is_closed(), "{error:?}");
        assert!(matches!(client.noop().await, Err(Error::GivenUp)));
        drop(client);
        go.send(()).unwrap();
        peer.finish().unwrap();
    }
}
