//! Both sides send 16 MiB at once, so neither may wait for the other to read first.

use std::io;

use imapclient::{Update, codec::Response};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{at_port, expect, goodbye, greet, plain, trusted};

const SIZE: usize = 16 << 20;
/// Long lines, so that all updates are kept until they are read.
const LINE: usize = 16 << 10;

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn in_clear() {
        let peer = Peer::start(flood);
        exchange(plain::<Client>(&peer).connect().await.unwrap()).await;
        peer.finish().unwrap();
    }

    #[case]
    async fn over_tls() {
        let (identity, options) = trusted();
        let peer = Peer::start_tls(identity.server_config(), flood);
        let builder = at_port::<Client>(peer.port()).tls_options(options);
        exchange(builder.connect().await.unwrap()).await;
        peer.finish().unwrap();
    }

    async fn exchange(mut client: Client) {
        client.append("INBOX", pattern()).await.unwrap();
        let mut lines = 0;
        for update in client.updates() {
            match update {
                Update::Other(Response::Status(status)) => {
                    assert_eq!(status.text.len() + "* OK \r\n".len(), LINE);
                }
                other => panic!("{other:?}"),
            }
            lines += 1;
        }
        assert_eq!(lines, SIZE / LINE);
        client.logout().await.unwrap();
    }
}

/// Sends everything before it reads anything.
fn flood(mut connection: Connection) -> io::Result<()> {
    greet(&mut connection, " LITERAL+")?;
    let line = format!("* OK {}\r\n", "x".repeat(LINE - "* OK \r\n".len()));
    connection.send_bytes(line.repeat(SIZE / LINE).as_bytes())?;
    let tag = expect(&mut connection, &format!("APPEND \"INBOX\" {{{SIZE}+}}"))?;
    // They are compared at once, because comparing single bytes takes long.
    assert!(
        connection.read_exact(SIZE)? == pattern(),
        "not what was sent"
    );
    connection.expect("")?;
    connection.send(&format!("{tag} OK done"))?;
    goodbye(&mut connection)
}

/// Returns a message in which missing or misplaced bytes are visible.
fn pattern() -> Vec<u8> {
    (0..SIZE as u32 / 4)
        .flat_map(|n| (n | 0x0101_0101).to_le_bytes())
        .collect()
}
