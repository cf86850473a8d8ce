//! Checks that failed connections leave no descriptor open. This is a program of its own, since
//! descriptors belong to the process.
#![cfg(all(target_os = "linux", any(feature = "ring", feature = "aws-lc-rs")))]

mod common;

use std::net::TcpListener;

use imapclient_testkit::{Authority, Identity, Peer};
use imapclient_transport::{Endpoint, Pipe, Socket, StdSocket, TlsOptions, Want};

use common::{LONG, at_once};

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

async fn fail<S: Socket>(refusing: u16, untrusted: u16) {
    let refused = S::connect(&Endpoint::tcp("127.0.0.1", refusing), Some(LONG)).await;
    assert!(refused.is_err());
    let missing = Endpoint::Unix("/does/not/exist.sock".into());
    assert!(S::connect(&missing, Some(LONG)).await.is_err());

    let options = TlsOptions::new()
        .without_native_roots()
        .ca_pem(Authority::new().pem());
    let mut pipe = Pipe::plain();
    pipe.start_tls(&options.build().unwrap(), "localhost")
        .unwrap();
    let endpoint = Endpoint::tcp("127.0.0.1", untrusted);
    let mut socket = S::connect(&endpoint, Some(LONG)).await.unwrap();
    assert!(
        socket
            .exchange(&mut pipe, Want::Input, common::long())
            .await
            .is_err()
    );
}

fn peer() -> (u16, Peer) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let identity = Identity::self_signed(&["localhost"], false, false);
    let peer = Peer::start_tls(identity.server_config(), |mut connection| {
        connection.wait_eof()
    });
    (listener.local_addr().unwrap().port(), peer)
}

#[test]
fn two_hundred_failures_leave_none() {
    let before = open_descriptors();
    let (refusing, server) = peer();
    for _ in 0..200 {
        at_once(fail::<StdSocket>(refusing, server.port()));
    }
    drop(server);
    assert_eq!(open_descriptors(), before);

    #[cfg(feature = "tokio")]
    {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
        };
        // The first runtime of a process opens what all of them share, if tokio is built with
        // signals.
        drop(runtime());
        let before = open_descriptors();
        let (refusing, server) = peer();
        let runtime = runtime();
        runtime.block_on(async {
            for _ in 0..200 {
                fail::<imapclient_transport::TokioSocket>(refusing, server.port()).await;
            }
        });
        drop(runtime);
        drop(server);
        assert_eq!(open_descriptors(), before);
    }
}
