//! A watch whose connection is cut at any byte.

use imapclient::Error;
use imapclient_test_macros::faces;
use imapclient_testkit::Peer;

use super::{described, personal};
use crate::common::{expect_start, plain};

/// The commands that the server of a whole watch expects, and its answers.
const WHOLE: [(&str, &str); 5] = [
    ("", "* PREAUTH [CAPABILITY IMAP4rev1 IDLE NOTIFY] hi\r\n"),
    ("NOTIFY SET", "* STATUS a (MESSAGES 1)\r\n<tag> OK set\r\n"),
    ("IDLE", "+ idling\r\n* STATUS {1}\r\na (MESSAGES 2)\r\n"),
    ("", "<tag> OK idled\r\n"),
    (
        "NOTIFY SET",
        "* STATUS a (MESSAGES 3)\r\n<tag> OK as usual\r\n",
    ),
];

/// Returns a server of a whole watch that closes the connection after this number of bytes.
fn cut_after(bytes: usize) -> Peer {
    Peer::start(move |mut connection| {
        let mut left = bytes;
        let mut tag = String::new();
        for (step, (command, answer)) in WHOLE.into_iter().enumerate() {
            if step == 3 {
                connection.expect("DONE")?;
            } else if step > 0 {
                let (now, _) = expect_start(&mut connection, command)?;
                tag = now;
            }
            let answer = answer.replace("<tag>", &tag);
            let part = &answer.as_bytes()[..left.min(answer.len())];
            connection.send_bytes(part)?;
            left -= part.len();
            if left == 0 {
                break;
            }
        }
        Ok(())
    })
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn whole(peer: &Peer) -> Result<usize, Error> {
        let mut client = plain::<Client>(peer).connect().await?;
        let mut watch = client.notify(&personal()).await?;
        for expected in ["a: 1", "a: 2"] {
            assert_eq!(described(watch.next().await?), expected);
        }
        watch.done().await?;
        Ok(client.updates().count())
    }

    #[case]
    async fn a_cut_at_every_byte_is_an_error() {
        for bytes in 0.. {
            let peer = cut_after(bytes);
            let result = whole(&peer).await;
            peer.finish().unwrap();
            match result {
                Ok(updates) => {
                    assert_eq!(updates, 1);
                    assert!(bytes > 150, "{bytes}");
                    return;
                }
                Err(error) => assert!(error.is_closed(), "after {bytes} bytes: {error:?}"),
            }
        }
    }
}
