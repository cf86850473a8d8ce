//! Messages that are bigger than other literals may be.

use imapclient::{Items, codec::Limits};
use imapclient_test_macros::faces;

use crate::common::{plain, reader};

/// Fewer bytes than the bodies here have.
fn small() -> Limits {
    Limits {
        literal: 10,
        ..Limits::default()
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn a_body_may_be_as_big_as_an_answer() {
        let peer = reader(
            "",
            "C: <a> UID FETCH 1 (UID BODY.PEEK[])
             S: * 1 FETCH (UID 1 BODY[] {16}
             S: a large message.)
             S: <a> OK done
             C: <b> UID FETCH 2 (UID ENVELOPE)
             S: * 2 FETCH (UID 2 BODY[] {16}
             S: a large message.)
             S: <b> OK done",
        );
        let builder = plain::<Client>(&peer).limits(small());
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let found = client.fetch(1, Items::new().body()).await.unwrap();
        assert_eq!(found[&1].body(), Some(&b"a large message."[..]));
        // Nobody has asked for this one.
        let found = client.fetch(2, Items::new().envelope()).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }
}
