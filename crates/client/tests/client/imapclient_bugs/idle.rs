//! IDLE.

use std::io;

use imapclient::{Flag, Update};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{expect, goodbye, greet, member};

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn lines_may_come_in_pieces() {
        let peer = Peer::start(in_pieces);
        let mut client = connect(&peer).await;
        let mut idle = client.idle().await.unwrap();
        // Updates that arrived together with the continuation request are available at once.
        assert_eq!(idle.next().await.unwrap(), Update::Exists(6.into()));
        assert_eq!(idle.next().await.unwrap(), Update::Exists(7.into()));
        idle.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn literals_within_idle() {
        let peer = member(
            " IDLE",
            r#"C: <a> IDLE
               S: + idling
               S: * 1 FETCH (FLAGS (\Seen) X-NOTE {3}
               S: a)b)
               S: * 2 EXISTS
               C: DONE
               S: <a> OK"#,
        );
        let mut client = connect(&peer).await;
        let mut idle = client.idle().await.unwrap();
        let Update::Fetch(fetch) = idle.next().await.unwrap() else { panic!() };
        assert!(fetch.flags().unwrap().contains(&Flag::Seen));
        assert_eq!(idle.next().await.unwrap(), Update::Exists(2.into()));
        idle.done().await.unwrap();
        leave(client, peer).await;
    }
}

/// Sends each piece only after the previous one was sent.
fn in_pieces(mut connection: Connection) -> io::Result<()> {
    greet(&mut connection, " IDLE")?;
    let tag = expect(&mut connection, "IDLE")?;
    for piece in ["+ idl", "ing\r\n* 6 EXI", "STS\r", "\n* 7 ", "EXISTS\r\n"] {
        connection.send_bytes(piece.as_bytes())?;
    }
    connection.expect("DONE")?;
    connection.send(&format!("{tag} OK"))?;
    goodbye(&mut connection)
}
