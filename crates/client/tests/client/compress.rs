//! COMPRESS=DEFLATE (RFC 4978): when it is sent, what is refused after it, and servers whose
//! compressed data are hostile, damaged or cut off.

use std::{
    io,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver},
    },
    time::Duration,
};

use imapclient::{
    Builder, Compress, CompressionProblem, Error, FetchItems, LimitedBy, Login, Outcome, Phase,
    Unrunnable, Update, codec::command as wire, transport::Endpoint,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{LONG, expect, goodbye, greet, member, plain, secure, serve, stranger, text};

const CAPABILITY: &str = " COMPRESS=DEFLATE UNAUTHENTICATE IDLE";

/// Returns bytes as stored blocks, the simplest form of compressed data.
fn stored(bytes: &[u8], is_last: bool) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let [low, high] = length.to_le_bytes();
    [&[u8::from(is_last), low, high, !low, !high], bytes].concat()
}

/// Answers COMPRESS, and continues compressed.
fn deflate(connection: &mut Connection) -> io::Result<()> {
    serve(connection, "COMPRESS DEFLATE")?;
    connection.start_deflate()
}

/// Starts a peer that compresses the connection, and then runs `act`.
fn compressed(act: impl Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static) -> Peer {
    Peer::start(move |mut connection| {
        greet(&mut connection, CAPABILITY)?;
        deflate(&mut connection)?;
        act(&mut connection)
    })
}

/// Starts a peer that sends `bytes`, which it does not compress, in answer to a NOOP.
fn sending(bytes: &'static [u8]) -> Peer {
    compressed(move |connection| {
        expect(connection, "NOOP")?;
        connection.send_packed(bytes)?;
        connection.close()
    })
}

/// Returns the text of the command for a connection whose server says this.
#[cfg(unix)]
fn command(answer: &str) -> Endpoint {
    let greeting = "* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello";
    Endpoint::Command(format!(
        "printf '{greeting}\\r\\n'; read tag rest; printf \"$tag {answer}\"; cat >/dev/null"
    ))
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    /// Connects to a peer that compresses.
    async fn connect_compressed(peer: &Peer) -> Client {
        let builder = plain::<Client>(peer).compress(Compress::Always);
        let client = builder.connect().await.unwrap();
        assert!(client.state().is_compressed());
        client
    }

    #[case]
    async fn everything_after_the_login_is_compressed() {
        let (peer, builder) = secure::<Client>(|connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello")?;
            expect(connection, "LOGIN \"bob\" \"sekret\"")?;
            connection.send("A0001 OK [CAPABILITY IMAP4rev1 ID IDLE COMPRESS=DEFLATE] in")?;
            let tag = expect(connection, "ID (\"name\" \"test\")")?;
            connection.send(&format!("* ID NIL\r\n{tag} OK"))?;
            deflate(connection)?;
            let tag = expect(connection, "SELECT \"INBOX\"")?;
            connection.send(&format!("* 3 EXISTS\r\n{tag} OK [READ-WRITE] opened"))?;
            // A literal that waits: its announcement must not stay behind in the compressor.
            let tag = expect(connection, "APPEND \"INBOX\" {200000}")?;
            connection.send("+ go on")?;
            let message = connection.read_exact(200_002)?;
            assert!(message[..200_000].iter().all(|byte| *byte == b'x'));
            connection.send(&format!("{tag} OK stored"))?;
            let tag = expect(connection, "IDLE")?;
            connection.send("+ idling\r\n* 4 EXISTS")?;
            connection.expect("DONE")?;
            connection.send(&format!("{tag} OK idled"))?;
            goodbye(connection)
        });
        let login = Login::command("bob", "sekret");
        let builder = builder
            .login_with(login)
            .id([("name", "test")])
            .compress(Compress::Always);
        let mut client = builder.connect().await.unwrap();
        assert!(client.state().is_compressed() && client.tls().is_some());
        client.select("INBOX").await.unwrap();
        client.append("INBOX", vec![b'x'; 200_000]).await.unwrap();
        let mut idle = client.idle().await.unwrap();
        assert_eq!(idle.next().await.unwrap(), Update::Exists(4.into()));
        idle.done().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn it_is_not_sent_unless_it_is_asked_for_and_of_use() {
        // All peers are on this machine.
        for compress in [Compress::Never, Compress::Auto] {
            let peer = member(CAPABILITY, "");
            let builder = plain::<Client>(&peer).compress(compress);
            let client = builder.connect().await.unwrap();
            assert!(!client.state().is_compressed());
            leave(client, peer).await;
        }
    }

    #[cfg(unix)]
    #[case]
    async fn a_server_elsewhere_is_asked_and_may_refuse() {
        for (answer, expected) in [
            ("OK done\\r\\n\\000\\014\\000\\363\\377* 4 EXISTS\\r\\n", true),
            ("NO not now\\r\\n", false),
            ("BAD what?\\r\\n", false),
        ] {
            let builder = Builder::<Client>::new("elsewhere")
                .dangerous_plaintext()
                .endpoint(command(answer))
                .timeout(LONG);
            let client = builder.clone().compress(Compress::Auto).connect().await.unwrap();
            assert_eq!(client.state().is_compressed(), expected, "{answer}");
            let result = builder.compress(Compress::Always).connect().await;
            assert_eq!(result.is_ok(), expected, "{answer}");
            if let Err(error) = result {
                assert!(matches!(error, Error::Refused(_)), "{error:?}");
            }
        }
    }

    #[case]
    async fn a_server_without_it_is_an_error_if_it_must_be() {
        let peer = member("", "");
        let builder = plain::<Client>(&peer);
        let error = builder.compress(Compress::Always).connect().await.unwrap_err();
        assert!(
            matches!(&error, Error::Missing { capability, .. } if capability == "COMPRESS=DEFLATE"),
            "{error:?}"
        );
        assert_eq!(text(&error), "the server does not offer COMPRESS=DEFLATE");
    }

    #[case]
    async fn compression_that_is_active_already_is_good_enough() {
        let peer = member(
            CAPABILITY,
            "C: <a> COMPRESS DEFLATE
             S: <a> NO [COMPRESSIONACTIVE] by TLS",
        );
        let builder = plain::<Client>(&peer).compress(Compress::Always);
        let client = builder.connect().await.unwrap();
        assert!(!client.state().is_compressed());
        leave(client, peer).await;
    }

    #[case]
    async fn a_login_on_an_open_connection_is_followed_by_it() {
        let peer = Peer::start(|mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello")?;
            serve(&mut connection, "LOGIN \"bob\" \"sekret\"")?;
            // The login may have changed them.
            let tag = expect(&mut connection, "CAPABILITY")?;
            connection.send(&format!("* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE\r\n{tag} OK"))?;
            deflate(&mut connection)?;
            goodbye(&mut connection)
        });
        let builder = plain::<Client>(&peer).compress(Compress::Always);
        let mut client = builder.connect().await.unwrap();
        assert!(!client.state().is_compressed());
        client.login_command("bob", "sekret").await.unwrap();
        assert!(client.state().is_compressed());
        leave(client, peer).await;
    }

    #[case]
    async fn a_given_command_compresses_too_and_only_once() {
        let peer = compressed(goodbye);
        let mut client = connect(&peer).await;
        client.run(wire::compress()).await.unwrap();
        assert!(client.state().is_compressed());
        for again in [wire::compress(), wire::unauthenticate()] {
            let error = client.run(again).await.unwrap_err();
            assert!(
                matches!(error, Error::Unrunnable(Unrunnable::Compressed)),
                "{error:?}"
            );
            assert!(!error.is_closed() && error.outcome() == Outcome::NotSent);
        }
        let error = client.login("bob", "sekret").await.unwrap_err();
        assert!(matches!(error, Error::State { .. }), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn bytes_behind_the_ok_are_inflated_wherever_they_are_split() {
        let answer = [b"A0001 OK go\r\n", &stored(b"* 4 EXISTS\r\n", false)[..]].concat();
        for first in 0..answer.len() {
            let answer = answer.clone();
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, CAPABILITY)?;
                expect(&mut connection, "COMPRESS DEFLATE")?;
                connection.send_packed(&answer[..first])?;
                connection.send_packed(&answer[first..])?;
                connection.start_deflate()?;
                let tag = expect(&mut connection, "NOOP")?;
                let line = format!("{tag} OK done\r\n");
                for byte in stored(line.as_bytes(), false) {
                    connection.send_packed(&[byte])?;
                }
                goodbye(&mut connection)
            });
            let mut client = connect_compressed(&peer).await;
            client.noop().await.unwrap();
            let updates: Vec<_> = client.updates().collect();
            assert_eq!(updates, [Update::Exists(4.into())], "{first}");
            leave(client, peer).await;
        }
    }

    #[case]
    async fn an_abandoned_one_takes_effect_when_it_is_answered() {
        let (go, gate) = mpsc::channel();
        let gate: Arc<Mutex<Receiver<()>>> = Arc::new(Mutex::new(gate));
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, CAPABILITY)?;
            let tag = expect(&mut connection, "COMPRESS DEFLATE")?;
            gate.lock().unwrap().recv_timeout(LONG).map_err(io::Error::other)?;
            let behind = stored(b"* 4 EXISTS\r\n", false);
            connection.send_packed(&[format!("{tag} OK go\r\n").as_bytes(), &behind].concat())?;
            connection.start_deflate()?;
            serve(&mut connection, "NOOP")?;
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        client.set_timeout(Duration::from_millis(50));
        let error = client.run(wire::compress()).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert!(!client.state().is_compressed());
        client.set_timeout(LONG);
        go.send(()).unwrap();
        client.noop().await.unwrap();
        assert!(client.state().is_compressed());
        assert!(client.updates().any(|update| update == Update::Exists(4.into())));
        leave(client, peer).await;
    }

    #[case]
    async fn inflated_bytes_count_against_every_limit() {
        let peer = compressed(|connection| {
            let tag = expect(connection, "NOOP")?;
            // Far less than a megabyte on the wire.
            for _ in 0..100 {
                if connection.send_bytes(&b"* 1 EXISTS\r\n".repeat(10_000)).is_err() {
                    return Ok(());
                }
            }
            connection.send(&format!("{tag} OK"))
        });
        let builder = plain::<Client>(&peer)
            .compress(Compress::Always)
            .unsolicited_bytes(1024 * 1024);
        let mut client = builder.connect().await.unwrap();
        let error = client.noop().await.unwrap_err();
        assert_eq!(error.limited_by(), Some(LimitedBy::UnsolicitedBytes), "{error:?}");

        let peer = compressed(|connection| {
            let tag = expect(connection, "SELECT \"INBOX\"")?;
            connection.send(&format!("* 1 EXISTS\r\n{tag} OK [READ-WRITE] opened"))?;
            let tag = expect(connection, "UID FETCH 1 (UID BODY.PEEK[])")?;
            connection.send_bytes(b"* 1 FETCH (UID 1 BODY[] {33554432}\r\n")?;
            for _ in 0..32 {
                connection.send_bytes(&vec![0; 1024 * 1024])?;
            }
            connection.send(&format!(")\r\n{tag} OK"))?;
            goodbye(connection)
        });
        let builder = plain::<Client>(&peer)
            .compress(Compress::Always)
            .answer_limit(1024 * 1024);
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let error = client.fetch(1, FetchItems::new().body()).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge(_)), "{error:?}");
        leave(client, peer).await;
    }

    #[case]
    async fn damaged_data_are_an_error_that_says_so() {
        // A block of a type that does not exist, alone and behind a response.
        let behind = stored(b"* 4 EXISTS\r\n", false);
        for before in [&[][..], &behind] {
            let peer = sending([before, &[6, 1, 2, 3]].concat().leak());
            let mut client = connect_compressed(&peer).await;
            let error = client.noop().await.unwrap_err();
            assert!(matches!(error, Error::Compression(CompressionProblem::Damaged)), "{error:?}");
            assert_eq!(text(&error), "the compressed data from the server are damaged");
            assert!(error.is_closed());
            let error = client.noop().await.unwrap_err();
            assert!(matches!(error, Error::GivenUp), "{error:?}");
            assert_eq!(client.updates().count(), usize::from(!before.is_empty()));
        }
    }

    #[case]
    async fn a_change_whose_answer_is_damaged_may_have_been_made() {
        let peer = compressed(|connection| {
            expect(connection, "DELETE \"x\"")?;
            connection.send_packed(&[6])?;
            connection.close()
        });
        let mut client = connect_compressed(&peer).await;
        let error = client.delete("x").await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
        assert!(error.is_closed(), "{error:?}");
    }

    #[case]
    async fn data_that_end_too_early_are_an_error() {
        // The server closes the connection: at the end of a block, and within one.
        for bytes in [&stored(b"* 4 EXISTS\r\n", false)[..], &stored(b"* 4 EXISTS\r\n", false)[..9], b""] {
            let peer = sending(bytes.to_vec().leak());
            let mut client = connect_compressed(&peer).await;
            let error = client.noop().await.unwrap_err();
            assert!(matches!(error, Error::Closed { .. }), "{error:?}");
        }
        // It ends the data themselves, and may send more after that.
        let end = stored(b"* 4 EXISTS\r\n", true);
        for rest in [&[][..], b"A0002 OK\r\n"] {
            let peer = sending([&end[..], rest].concat().leak());
            let mut client = connect_compressed(&peer).await;
            let error = client.noop().await.unwrap_err();
            assert!(
                matches!(error, Error::Compression(CompressionProblem::Ended)),
                "{error:?}"
            );
            assert_eq!(text(&error), "the server has ended its compressed data");
            assert!(error.is_closed());
        }
    }

    #[case]
    async fn a_server_may_end_its_data_after_bye() {
        for answer in [&b"* BYE bye\r\nA0002 OK\r\n"[..], b"* BYE bye\r\n"] {
            let peer = compressed(move |connection| {
                expect(connection, "LOGOUT")?;
                connection.send_packed(&stored(answer, true))?;
                connection.close()
            });
            let client = connect_compressed(&peer).await;
            client.logout().await.unwrap();
        }
        let peer = compressed(move |connection| {
            expect(connection, "NOOP")?;
            connection.send_packed(&stored(b"* BYE maintenance\r\n", true))?;
            connection.close()
        });
        let mut client = connect_compressed(&peer).await;
        let error = client.noop().await.unwrap_err();
        assert_eq!(error.to_string(), "the server closed the connection: maintenance");
        assert_eq!(client.state().phase(), Phase::Logout);
    }
}

/// Any answer to a stranger is sent without compression.
#[test]
fn a_stranger_is_not_compressed() {
    let peer = stranger(CAPABILITY, "");
    let builder = plain::<imapclient::blocking::Client>(&peer).compress(Compress::Always);
    let client = builder.connect().unwrap();
    assert!(!client.state().is_compressed());
    client.logout().unwrap();
    peer.finish().unwrap();
}
