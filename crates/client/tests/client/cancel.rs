//! Drops futures at every point where they wait. The peers send one byte at a time to create as
//! many such points as possible.

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

/// The greeting of a peer that needs no login.
const MEMBER: &str = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi";

/// Answers one command. The arguments are the connection, the tag, the command, and a channel that
/// releases one byte.
type Answer = dyn Fn(&mut Connection, &str, &str, &Receiver<()>) -> io::Result<()> + Send + Sync;

/// Runs `first` repeatedly on new connections, and drops it after 0 polls, 1 poll, and so on until
/// it completes. Each time, `rest` checks that the connection can be used; it gets whether `first`
/// has begun, which takes one poll. Returns the number of polls to completion.
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
        // After this the peer sends without waiting.
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

/// Drops a future after `polls` polls. Before each further one the peer may send one more byte.
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
                // This fails if the peer has ended.
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

/// Returns a peer that answers commands until LOGOUT, and the channel that releases its bytes.
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
        // An error means that the bytes are no longer held back.
        let _ = gate.recv();
        connection.send_bytes(&[byte])?;
    }
    Ok(())
}
