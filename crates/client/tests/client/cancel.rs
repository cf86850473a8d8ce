//! Futures dropped wherever they wait. Peers send byte by byte, so that this is everywhere.

use std::{
    future::poll_fn,
    io,
    pin::pin,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    task::Poll,
    time::Duration,
};

use imapclient::{Error, tokio::Client};
use imapclient_testkit::{Connection, Peer};

use crate::common::plain;

mod commands;
mod exchanges;

/// The greeting of a peer on which somebody is logged in.
const MEMBER: &str = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi";

/// Answers one command: connection, tag, command, and what lets a byte go.
type Answer = dyn Fn(&mut Connection, &str, &str, &Receiver<()>) -> io::Result<()> + Send + Sync;

/// Does `first` again and again on fresh connections, drops it after 0 polls, 1 poll, and so on
/// until it comes to its end, and each time lets `rest` see that the client goes on. It is told
/// whether `first` has begun, which takes one poll. Gives the number of polls to the end.
async fn at_every_point(
    greeting: &'static str,
    answer: impl Fn(&mut Connection, &str, &str, &Receiver<()>) -> io::Result<()>
    + Send
    + Sync
    + 'static,
    first: impl AsyncFn(&mut Client) -> Result<(), Error>,
    rest: impl AsyncFn(&mut Client, bool),
) -> usize {
    let answer: Arc<Answer> = Arc::new(answer);
    for polls in 0.. {
        let (peer, go) = drip(greeting, &answer);
        let mut client = connect(&peer).await;
        let done = cut(polls, &go, first(&mut client)).await;
        // From here on the peer sends as it likes.
        drop(go);
        rest(&mut client, polls > 0).await;
        client.logout().await.unwrap();
        peer.finish().unwrap();
        if let Some(result) = done {
            result.unwrap();
            return polls;
        }
    }
    unreachable!("it takes an end at some time")
}

/// Drops a future after so many polls. Before each further one the peer may send one byte more.
async fn cut<F: Future>(polls: usize, go: &Sender<()>, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    let work = poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => {
                // A peer that has ended needs no leave.
                let _ = go.send(());
                Poll::Pending
            }
        }
    });
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, work)
        .await
        .expect("it stands still")
}

async fn connect(peer: &Peer) -> Client {
    plain::<Client>(peer).connect().await.unwrap()
}

/// A peer that answers commands until LOGOUT, and what lets its bytes go one by one.
fn drip(greeting: &'static str, answer: &Arc<Answer>) -> (Peer, Sender<()>) {
    let (go, gate) = mpsc::channel();
    let (gate, answer) = (Mutex::new(gate), Arc::clone(answer));
    let peer = Peer::start(move |mut connection| {
        let gate = gate.lock().unwrap();
        connection.send(greeting)?;
        loop {
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').expect("a tag and a command");
            match command {
                "LOGOUT" => {
                    connection.send("* BYE")?;
                    connection.send(&format!("{tag} OK"))?;
                    return connection.wait_eof();
                }
                "NOOP" => connection.send(&format!("{tag} OK"))?,
                command => answer(&mut connection, tag, command, &gate)?,
            }
        }
    });
    (peer, go)
}

fn slowly(connection: &mut Connection, gate: &Receiver<()>, text: &str) -> io::Result<()> {
    for byte in text.bytes() {
        // An error means that nobody holds it back any more.
        let _ = gate.recv();
        connection.send_bytes(&[byte])?;
    }
    Ok(())
}
