//! Commands in which client and server take turns.

use std::{
    future::poll_fn,
    io,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{self, Receiver},
    },
    task::Poll,
    time::Duration,
};

use imapclient::{Error, Notify, NotifyEvent, Phase, Scope, Update, auth::Plain, tokio::Client};
use imapclient_testkit::{Connection, Peer};

use super::{Answer, MEMBER, at_every_point, connect, cut, drip, slowly};
use crate::common::{LONG, goodbye, lines, plain};

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn an_append_that_waits_for_its_go_ahead() {
    const MESSAGE: &str = "Subject: hi\r\n\r\nA9 NOOP\r\n";
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let polls = at_every_point(
        MEMBER,
        move |connection, tag, command, gate| {
            assert_eq!(command, format!("APPEND \"INBOX\" {{{}}}", MESSAGE.len()));
            slowly(connection, gate, "* 4 EXISTS\r\n+ go on\r\n")?;
            assert_eq!(connection.read_exact(MESSAGE.len())?, MESSAGE.as_bytes());
            connection.expect("")?;
            count.fetch_add(1, SeqCst);
            slowly(
                connection,
                gate,
                &format!("{tag} OK [APPENDUID 1 2] done\r\n"),
            )
        },
        async |client| {
            assert!(client.append("INBOX", MESSAGE).await?.is_some());
            Ok(())
        },
        async |client, begun| {
            client.noop().await.unwrap();
            // A command that has begun is completed: either all of it is done or nothing.
            assert_eq!(taken.swap(0, SeqCst), usize::from(begun));
            assert!(client.append("INBOX", MESSAGE).await.unwrap().is_some());
            assert_eq!(taken.swap(0, SeqCst), 1);
        },
    )
    .await;
    assert!(polls > 40, "{polls}");
}

#[tokio::test]
async fn an_append_in_the_middle_of_its_message() {
    // This is more than the system buffers.
    const SIZE: usize = 8 << 20;
    let message = bytes::Bytes::from(vec![b'm'; SIZE]);
    let polls = at_every_point(
        "* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi",
        |connection, tag, command, gate| {
            assert_eq!(command, format!("APPEND \"INBOX\" {{{SIZE}+}}"));
            // Waits for the first poll to end, because the message may otherwise be read as fast as
            // it is written.
            let _ = gate.recv();
            connection.read_exact(SIZE)?;
            connection.expect("")?;
            connection.send(&format!("{tag} OK done"))
        },
        async |client| client.append("INBOX", message.clone()).await.map(drop),
        async |client, _| client.noop().await.unwrap(),
    )
    .await;
    assert!(polls >= 2, "{polls}");
}

#[tokio::test]
async fn an_authenticate_at_its_challenge() {
    let outcome = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&outcome);
    let cancelled = AtomicUsize::new(0);
    at_every_point(
        "* OK [CAPABILITY IMAP4rev1] hi",
        move |connection, tag, command, gate| {
            assert_eq!(command, "AUTHENTICATE PLAIN");
            slowly(connection, gate, "+ \r\n")?;
            let (kind, phase) = match connection.read_line()?.as_str() {
                "AGJvYgBzZWtyZXQ=" => ("OK", Phase::Authenticated),
                "*" => ("BAD", Phase::NotAuthenticated),
                other => return Err(io::Error::other(format!("unexpected: {other:?}"))),
            };
            *seen.lock().unwrap() = Some(phase);
            slowly(connection, gate, &format!("{tag} {kind} done\r\n"))
        },
        async |client| {
            client
                .authenticate(Plain::new("bob", "sekret".into()))
                .await
        },
        async |client, begun| {
            client.noop().await.unwrap();
            let phase = outcome.lock().unwrap().take();
            assert_eq!(phase.is_some(), begun);
            let phase = phase.unwrap_or(Phase::NotAuthenticated);
            assert_eq!(client.state().phase(), phase);
            if phase == Phase::NotAuthenticated {
                cancelled.fetch_add(usize::from(begun), SeqCst);
                // An abandoned login does not take effect later.
                let bob = Plain::new("bob", "sekret".into());
                client.authenticate(bob).await.unwrap();
                outcome.lock().unwrap().take();
            }
        },
    )
    .await;
    assert!(cancelled.into_inner() > 0);
}

/// Reports 5 messages in each IDLE whose number is a multiple of `number`.
fn idling(number: usize) -> impl Fn(&mut Connection, &str, &str, &Receiver<()>) -> io::Result<()> {
    let count = AtomicUsize::new(0);
    move |connection, tag, command, gate| {
        assert_eq!(command, "IDLE");
        let told = (count.fetch_add(1, SeqCst) + 1).is_multiple_of(number);
        let news = if told { "* 5 EXISTS\r\n" } else { "" };
        slowly(
            connection,
            gate,
            &format!("* 4 EXISTS\r\n+ idling\r\n{news}"),
        )?;
        connection.expect("DONE")?;
        slowly(connection, gate, &format!("{tag} OK done\r\n"))
    }
}

async fn idle_until_5(client: &mut Client) -> Result<(), Error> {
    let mut idle = client.idle().await?;
    while idle.next().await? != Update::Exists(5.into()) {}
    idle.done().await
}

/// Asserts that DONE is sent after the continuation request of its IDLE and before that of the next
/// one.
fn done_comes_after_the_go_ahead(client: &Client) {
    let mut idling = false;
    for line in lines(client.wire_log()) {
        match line.as_str() {
            "S: + idling" => {
                assert!(!idling, "two IDLEs without DONE in between");
                idling = true;
            }
            "C: DONE" => {
                assert!(idling, "DONE without an IDLE that has begun");
                idling = false;
            }
            _ => {}
        }
    }
    assert!(!idling, "an IDLE without DONE");
}

#[tokio::test]
async fn an_idle() {
    let polls = at_every_point(MEMBER, idling(1), idle_until_5, async |client, begun| {
        client.noop().await.unwrap();
        done_comes_after_the_go_ahead(client);
        let said = lines(client.wire_log());
        let done = said.iter().filter(|line| *line == "C: DONE").count();
        assert_eq!(done, usize::from(begun));
    })
    .await;
    assert!(polls > 40, "{polls}");
}

#[tokio::test]
async fn a_notify() {
    const GREETING: &str = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE NOTIFY] hi";
    let in_force = Arc::new(AtomicUsize::new(0));
    let watched = Arc::clone(&in_force);
    let polls = at_every_point(
        GREETING,
        move |connection, tag, command, gate| {
            if command == "IDLE" {
                slowly(connection, gate, "+ idling\r\n* STATUS a (MESSAGES 5)\r\n")?;
                connection.expect("DONE")?;
            } else {
                assert!(
                    command.starts_with("NOTIFY SET (SELECTED-DELAYED"),
                    "{command}"
                );
                watched.store(usize::from(command.contains("PERSONAL")), SeqCst);
                slowly(connection, gate, "* STATUS a (MESSAGES 4)\r\n")?;
            }
            slowly(connection, gate, &format!("{tag} OK done\r\n"))
        },
        async |client| {
            let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
            let mut watch = client.notify(&news).await?;
            for _ in 0..2 {
                let update = watch.next().await?;
                assert!(matches!(update, Update::MailboxStatus(_)), "{update:?}");
            }
            watch.done().await
        },
        async |client, begun| {
            client.noop().await.unwrap();
            // It is not in force while another command is under way, and no report is lost.
            assert_eq!(in_force.load(SeqCst), 0);
            done_comes_after_the_go_ahead(client);
            let told = client.updates().count();
            assert!(!begun || told > 0, "{told}");
        },
    )
    .await;
    assert!(polls > 100, "{polls}");
}

#[tokio::test]
async fn an_idle_that_is_begun_anew_all_the_time() {
    for polls in 0.. {
        let answer: Arc<Answer> = Arc::new(idling(3));
        let (peer, go) = drip(MEMBER, &answer);
        let builder = plain::<Client>(&peer).idle_renewal(Duration::ZERO);
        let mut client = builder.connect().await.unwrap();
        let done = cut(polls, &go, idle_until_5(&mut client)).await;
        drop(go);
        client.noop().await.unwrap();
        done_comes_after_the_go_ahead(&client);
        client.logout().await.unwrap();
        peer.finish().unwrap();
        if let Some(result) = done {
            result.unwrap();
            assert!(polls > 100, "{polls}");
            return;
        }
    }
}

#[tokio::test]
async fn a_guard_that_is_asked_again_and_again() {
    let answer: Arc<Answer> = Arc::new(idling(1));
    let (peer, go) = drip(MEMBER, &answer);
    // No bytes are held back.
    drop(go);
    let mut client = connect(&peer).await;
    let mut idle = client.idle().await.unwrap();
    let mut seen = Vec::new();
    while seen.last() != Some(&Update::Exists(5.into())) {
        // Each future is dropped after one poll, which must not lose updates.
        let next = poll_fn(|context| Poll::Ready(pin!(idle.next()).poll(context))).await;
        match next {
            Poll::Ready(update) => seen.push(update.unwrap()),
            Poll::Pending => tokio::task::yield_now().await,
        }
    }
    assert_eq!(seen, [Update::Exists(4.into()), Update::Exists(5.into())]);
    idle.done().await.unwrap();
    client.logout().await.unwrap();
    peer.finish().unwrap();
}

/// A connection that is abandoned while it is made is closed, and no password is sent.
#[tokio::test]
async fn a_connection_in_the_making() {
    for polls in 0.. {
        let (go, gate) = mpsc::channel();
        let gate = Mutex::new(gate);
        let peer = Peer::start(move |mut connection| {
            let gate = gate.lock().unwrap();
            slowly(&mut connection, &gate, "* OK [CAPABILITY IMAP4rev1] hi\r\n")?;
            let line = match connection.read_line() {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                line => line?,
            };
            let tag = line
                .strip_suffix(" LOGIN \"bob\" \"sekret\"")
                .expect("a LOGIN");
            slowly(&mut connection, &gate, &format!("{tag} OK in\r\n"))?;
            match goodbye(&mut connection) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
                other => other,
            }
        });
        let builder = plain::<Client>(&peer).login("bob", "sekret");
        let done = cut(polls, &go, builder.connect()).await;
        drop(go);
        if let Some(client) = done {
            client.unwrap().logout().await.unwrap();
            peer.finish().unwrap();
            assert!(polls > 30, "{polls}");
            return;
        }
        // The peer may fail to send to a client that is gone.
        drop(peer);
    }
}

/// Starts a peer that answers a login by SCRAM without its proof, once it is told to.
fn without_proof(answer: &'static str) -> (Peer, mpsc::Sender<()>) {
    let (go, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let peer = Peer::start(move |mut connection| {
        connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hi")?;
        let line = connection.read_line()?;
        let tag = line.split(' ').next().unwrap_or_default();
        gate.lock().unwrap().recv().map_err(io::Error::other)?;
        connection.send(&format!("{tag} {answer}"))?;
        while let Ok(line) = connection.read_line() {
            let tag = line.split(' ').next().unwrap_or_default();
            connection.send(&format!("{tag} OK"))?;
        }
        Ok(())
    });
    (peer, go)
}

fn scram() -> imapclient::auth::Scram {
    imapclient::auth::Scram::sha256("bob", "sekret".into())
}

/// An abandoned login has not verified the server, so the connection must not be used.
#[tokio::test]
async fn a_scram_login_that_the_server_ends_without_its_proof() {
    let (peer, go) = without_proof("OK in");
    let mut client = plain::<Client>(&peer).connect().await.unwrap();
    {
        let mut login = pin!(client.authenticate(scram()));
        let first = poll_fn(|context| Poll::Ready(login.as_mut().poll(context))).await;
        assert!(first.is_pending());
    }
    go.send(()).unwrap();
    assert!(matches!(client.noop().await, Err(Error::GivenUp)));
    drop(client);
    peer.finish().unwrap();
}

/// The same holds for a login that a time-out has ended.
#[tokio::test]
async fn a_scram_login_that_times_out_and_succeeds_without_its_proof() {
    let (peer, go) = without_proof("OK in");
    let mut client = plain::<Client>(&peer).connect().await.unwrap();
    client.set_timeout(SHORT);
    let error = client.authenticate(scram()).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    go.send(()).unwrap();
    client.set_timeout(LONG);
    assert!(matches!(client.noop().await, Err(Error::GivenUp)));
    drop(client);
    peer.finish().unwrap();
}

/// A login that was refused after its time-out leaves a connection that can be used.
#[tokio::test]
async fn a_scram_login_that_times_out_and_is_refused() {
    let (peer, go) = without_proof("NO wrong");
    let mut client = plain::<Client>(&peer).connect().await.unwrap();
    client.set_timeout(SHORT);
    let error = client.authenticate(scram()).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    go.send(()).unwrap();
    client.set_timeout(LONG);
    client.noop().await.unwrap();
    client.login_command("bob", "sekret").await.unwrap();
    client.noop().await.unwrap();
    drop(client);
    peer.finish().unwrap();
}
