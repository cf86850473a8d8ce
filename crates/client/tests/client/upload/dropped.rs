//! Uploads whose future is dropped.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Mutex,
        mpsc::{self, Sender},
    },
    task::Poll,
};

use imapclient::{AppendStream, Error, Outcome, tokio::Client};
use imapclient_testkit::Peer;

use super::Letters;
use crate::common::{expect, greet, plain};

/// More than the buffers of the system take.
const SIZE: usize = 16 << 20;
/// The number of bytes that the server reads at once.
const STEP: usize = 1 << 18;

/// Starts a server that reads a step of an upload each time it is told to, and at the end all.
fn slow() -> (Peer, Sender<()>) {
    let (go, gate) = mpsc::channel();
    let gate = Mutex::new(gate);
    let peer = Peer::start(move |mut connection| {
        greet(&mut connection, "")?;
        let tag = expect(&mut connection, &format!("APPEND \"Sent\" {{{SIZE}}}"))?;
        connection.send("+ go on")?;
        for _ in 0..SIZE / STEP {
            // An error means that nothing is held back any more.
            let _ = gate.lock().unwrap().recv();
            connection.read_exact(STEP)?;
        }
        connection.expect("")?;
        connection.send(&format!("{tag} OK done"))?;
        let tag = expect(&mut connection, "NOOP")?;
        connection.send(&format!("{tag} OK"))
    });
    (peer, go)
}

/// The future is dropped after some number of polls: either everything was on its way, or the
/// message is not stored and the connection is gone.
#[tokio::test]
async fn a_future_that_is_dropped_stores_nothing() {
    let (mut polls, mut cut) = (1, 0);
    loop {
        let (peer, go) = slow();
        let mut client = plain::<Client>(&peer).connect().await.unwrap();
        let message = AppendStream::new(SIZE as u64);
        let reader = Letters {
            step: 1 << 20,
            ..Letters::new(SIZE)
        };
        let done = after(polls, &go, client.append_from("Sent", message, reader)).await;
        drop(go);
        let is_done = done.is_some();
        if let Some(result) = done {
            assert_eq!(result.unwrap(), None);
        }
        match client.noop().await {
            Err(Error::GivenUp) => {
                assert!(!is_done);
                cut += 1;
                assert_ne!(client.unanswered().unwrap().outcome, Outcome::Done);
                drop(client);
                let end = peer.finish().unwrap_err();
                assert!(!end.contains("panicked"), "{end}");
            }
            other => {
                other.unwrap();
                let outcome = client.unanswered().map(|call| call.outcome);
                assert_eq!(outcome, (!is_done).then_some(Outcome::Done));
                peer.finish().unwrap();
                if is_done {
                    break;
                }
            }
        }
        polls += 1 + polls / 2;
    }
    assert!(cut > 4, "{cut}");
}

/// Polls a future this many times. Before each further one the peer reads on.
async fn after<F: Future>(polls: usize, go: &Sender<()>, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => {
                // This fails if the peer has ended.
                let _ = go.send(());
                // The peer may wait for the next step when nothing wakes this future.
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_can_be_spawned() {
    let peer = Peer::start(|mut connection| {
        greet(&mut connection, " LITERAL+")?;
        let tag = expect(&mut connection, "APPEND \"Sent\" {9+}")?;
        connection.expect("mmmmmmmmm")?;
        connection.send(&format!("{tag} OK done"))
    });
    let mut client = plain::<Client>(&peer).connect().await.unwrap();
    let work = tokio::spawn(async move {
        let message = AppendStream::new(9);
        client.append_from("Sent", message, Letters::new(9)).await
    });
    assert_eq!(work.await.unwrap().unwrap(), None);
    peer.finish().unwrap();
}
