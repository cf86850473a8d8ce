//! Messages that are uploaded in pieces.

use std::{
    io::{self, Read},
    time::Duration,
};

use imapclient::{
    AppendStream, AppendUid, Code, Error, Flag, Misbehaviour, Outcome, UidSet, Update,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use crate::common::{expect, goodbye, greet, member, scripted, serve, text};

#[cfg(feature = "tokio")]
mod dropped;

/// A time-out that is meant to elapse.
const SHORT: Duration = Duration::from_millis(50);
/// More than the buffers of all layers take.
const HUGE: u64 = 1 << 40;

/// A reader that gives this many `m`, a few at a time, and then ends or fails.
struct Letters {
    left: usize,
    end: Option<io::ErrorKind>,
    /// The number of bytes after an interrupt.
    again: usize,
    /// The most bytes at a time.
    step: usize,
}

impl Letters {
    fn new(left: usize) -> Self {
        Self {
            left,
            end: None,
            again: 0,
            step: 1001,
        }
    }
}

impl Read for Letters {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.left).min(self.step);
        if let (0, Some(kind)) = (count, self.end) {
            if kind == io::ErrorKind::Interrupted {
                self.end = None;
                self.left = self.again;
            }
            return Err(kind.into());
        }
        buffer[..count].fill(b'm');
        self.left -= count;
        Ok(count)
    }
}

#[cfg(feature = "tokio")]
impl tokio::io::AsyncRead for Letters {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        let space = buffer.initialize_unfilled();
        let count = Read::read(self.get_mut(), space)?;
        buffer.advance(count);
        std::task::Poll::Ready(Ok(()))
    }
}

/// Reads the announcement of an upload, and answers without a byte of the message.
fn answer_at_once(mut connection: Connection, answer: &str) -> io::Result<()> {
    greet(&mut connection, " LITERAL+")?;
    let tag = expect(&mut connection, &format!("APPEND \"Sent\" {{{HUGE}+}}"))?;
    connection.send(&format!("{tag} {answer}"))?;
    // Reads on, so that the answer is not lost with the connection.
    while connection.read_exact(1024).is_ok() {}
    Ok(())
}

/// Asserts that the server did not store the message, and that the connection is gone.
#[track_caller]
fn not_done(error: &Error) {
    assert_eq!(error.outcome(), Outcome::NotDone, "{error:?}");
    assert!(error.is_closed(), "{error:?}");
    assert!(matches!(error, Error::Unfinished { .. }), "{error:?}");
}

faces! {
    #![tokio(cfg(feature = "tokio"))]
    #![with(crate::common)]

    #[case]
    async fn the_pieces_wait_for_the_server() {
        let peer = member(
            "",
            "C: <a> APPEND \"Drafts\" (\\Draft) {12}
             S: * 1 EXISTS
             S: + go on
             C: a: b
             C:
             C: hi
             C:
             S: <a> OK [APPENDUID 38505 3955] done",
        );
        let mut client = connect(&peer).await;
        let message = AppendStream::new(12).flags([Flag::Draft]);
        let mut upload = client.upload("Drafts", message).await.unwrap();
        assert_eq!((upload.sent(), upload.size()), (0, 12));
        for (piece, sent) in [("a: ", 3), ("", 3), ("b\r\n\r\nhi\r", 11), ("\n", 12)] {
            upload.write(piece.as_bytes()).await.unwrap();
            assert_eq!((upload.sent(), upload.size()), (sent, 12));
        }
        let expected = AppendUid {
            uid_validity: 38505,
            uids: UidSet::from(3955),
        };
        assert_eq!(upload.finish().await.unwrap(), Some(expected));
        assert_eq!(client.updates().collect::<Vec<_>>(), [Update::Exists(1.into())]);
        leave(client, peer).await;
    }

    #[case]
    async fn they_need_no_wait_where_a_literal_does_not() {
        for (capabilities, size, waits) in [
            (" LITERAL-", 4096, false),
            (" LITERAL-", 4097, true),
            (" LITERAL+", 4097, false),
            (" LITERAL+", 300_000, false),
            ("", 1, true),
            ("", 0, true),
            (" LITERAL+", 0, false),
        ] {
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, capabilities)?;
                let plus = if waits { "" } else { "+" };
                let tag = expect(&mut connection, &format!("APPEND \"Sent\" {{{size}{plus}}}"))?;
                if waits {
                    connection.send("+ go on")?;
                }
                let message = connection.read_exact(size)?;
                assert!(message.iter().all(|&byte| byte == b'm'));
                connection.expect("")?;
                connection.send(&format!("{tag} OK [APPENDUID 1 2] done"))?;
                goodbye(&mut connection)
            });
            let mut client = connect(&peer).await;
            // Of a reader with more bytes, these are taken.
            let reader = Letters::new(size + 5);
            let message = AppendStream::new(size as u64);
            let uid = client.append_from("Sent", message, reader).await.unwrap();
            assert_eq!(uid.unwrap().uids, UidSet::from(2));
            leave(client, peer).await;
        }
    }

    #[case]
    async fn a_reader_that_is_interrupted_goes_on() {
        let peer = member(
            " LITERAL+",
            "C: <a> APPEND \"Sent\" {10+}
             C: mmmmmmmmmm
             S: <a> OK done",
        );
        let mut client = connect(&peer).await;
        let end = Some(io::ErrorKind::Interrupted);
        let reader = Letters { end, again: 6, ..Letters::new(4) };
        let uid = client.append_from("Sent", AppendStream::new(10), reader).await.unwrap();
        assert_eq!(uid, None);
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal_before_the_message_costs_nothing() {
        let peer = member(
            "",
            "C: <a> APPEND \"nowhere\" {1099511627776}
             S: <a> NO [TRYCREATE] no
             C: <b> APPEND \"Sent\" {1}
             S: + go on
             C: x
             S: <b> NO [OVERQUOTA] full
             C: <c> NOOP
             S: <c> OK",
        );
        let mut client = connect(&peer).await;
        let error = client.upload("nowhere", AppendStream::new(HUGE)).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::TryCreate));
        assert!(matches!(error, Error::Refused(_)) && !error.is_closed());
        let error = client.append_from("Sent", AppendStream::new(1), &b"x"[..]).await.unwrap_err();
        assert_eq!(error.code(), Some(&Code::OverQuota));
        assert!(matches!(error, Error::Refused(_)) && !error.is_closed());
        client.noop().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_refusal_within_the_message_ends_the_connection() {
        for answer in ["NO [OVERQUOTA] full", "BAD no"] {
            let peer = Peer::start(move |connection| answer_at_once(connection, answer));
            let mut client = connect(&peer).await;
            let reader = Letters::new(usize::MAX);
            let error = client
                .append_from("Sent", AppendStream::new(HUGE), reader)
                .await
                .unwrap_err();
            not_done(&error);
            let expected = format!(
                "APPEND was not sent to its end, so the server did not do it: APPEND refused: {answer}"
            );
            assert_eq!(text(&error), expected);
            assert_eq!(error.code().is_some(), answer.contains('['));
            assert!(matches!(client.noop().await, Err(Error::GivenUp)));
            assert_eq!(client.unanswered(), None);
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn an_ok_within_the_message_is_not_believed() {
        let peer = Peer::start(move |connection| answer_at_once(connection, "OK [APPENDUID 1 2] hm"));
        let mut client = connect(&peer).await;
        let mut upload = client.upload("Sent", AppendStream::new(HUGE)).await.unwrap();
        let error = loop {
            if let Err(error) = upload.write(&[b'm'; 60_000]).await {
                break error;
            }
        };
        assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
        let Error::Unfinished { source, .. } = &error else {
            panic!("{error:?}")
        };
        assert!(
            matches!(&**source, Error::Protocol(it) if it.misbehaviour == Misbehaviour::EarlyAnswer),
            "{error:?}"
        );
        assert!(error.is_closed());
        assert!(matches!(upload.write(b"m").await, Err(Error::GivenUp)));
        assert!(matches!(upload.finish().await, Err(Error::GivenUp)));
        assert!(matches!(client.noop().await, Err(Error::GivenUp)));
        drop(client);
        peer.finish().unwrap();
    }

    #[case]
    async fn a_message_that_is_short_is_not_stored() {
        for (size, given, end) in [
            (20, 10, None),
            (20, 0, None),
            (300_000, 299_999, None),
            (20, 10, Some(io::ErrorKind::InvalidData)),
            (300_000, 299_999, Some(io::ErrorKind::InvalidData)),
        ] {
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, "")?;
                expect(&mut connection, &format!("APPEND \"Sent\" {{{size}}}"))?;
                connection.send("+ go on")?;
                // Neither the whole message nor the end of the command follows.
                let received = connection.read_exact(size);
                let is_cut = received.is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
                assert!(is_cut, "all of it came");
                Ok(())
            });
            let mut client = connect(&peer).await;
            let reader = Letters { end, ..Letters::new(given) };
            let message = AppendStream::new(size as u64);
            let error = client.append_from("Sent", message, reader).await.unwrap_err();
            not_done(&error);
            let Error::Unfinished { source, .. } = &error else {
                panic!("{error:?}")
            };
            let Error::MessageSource { read, size: of, source, .. } = &**source else {
                panic!("{error:?}")
            };
            assert_eq!((*read, *of), (given as u64, size as u64));
            assert_eq!(source.as_ref().map(io::Error::kind), end);
            let expected = format!(
                "APPEND was not sent to its end, so the server did not do it: \
                 the source of the message gave {given} of {size} bytes"
            );
            assert!(text(&error).starts_with(&expected), "{}", text(&error));
            assert!(!error.is_transient());
            assert!(matches!(client.noop().await, Err(Error::GivenUp)));
            assert_eq!(client.unanswered(), None);
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn an_upload_that_is_finished_early_is_short() {
        let peer = scripted(
            "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
             C: <a> APPEND \"Sent\" {3}
             S: + go on",
        );
        let mut client = connect(&peer).await;
        let mut upload = client.upload("Sent", AppendStream::new(3)).await.unwrap();
        upload.write(b"mm").await.unwrap();
        let error = upload.finish().await.unwrap_err();
        not_done(&error);
        assert!(text(&error).ends_with("gave 2 of 3 bytes"), "{}", text(&error));
        assert!(matches!(client.noop().await, Err(Error::GivenUp)));
        drop(client);
        let cut = peer.finish();
        assert!(cut.is_ok() || cut.is_err_and(|error| !error.contains("NOOP")));
    }

    #[case]
    async fn bytes_that_cannot_be_sent_are_refused_before() {
        let peer = member(
            " LITERAL+",
            "C: <a> APPEND \"Sent\" {4+}
             C: abcd
             S: <a> OK done
             C: <b> APPEND \"Sent\" ~{3+}
             C: a\u{1}b
             S: <b> OK done",
        );
        let mut client = connect(&peer).await;
        let mut upload = client.upload("Sent", AppendStream::new(4)).await.unwrap();
        upload.write(b"ab").await.unwrap();
        for (bytes, why) in [
            (&b"c\0"[..], "invalid message: it must not contain NUL"),
            (b"cde", "invalid message: it has more than the announced 4 bytes"),
        ] {
            let error = upload.write(bytes).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)), "{error:?}");
            assert_eq!(error.to_string(), why);
            assert_eq!(upload.sent(), 2);
        }
        upload.write(b"cd").await.unwrap();
        upload.finish().await.unwrap();
        let message = AppendStream::new(3).binary();
        client.append_from("Sent", message, &b"a\x01b"[..]).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_reader_with_nul_ends_the_upload() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+")?;
            expect(&mut connection, "APPEND \"Sent\" {3+}")?;
            connection.wait_eof()
        });
        let mut client = connect(&peer).await;
        let error = client
            .append_from("Sent", AppendStream::new(3), &b"a\0b"[..])
            .await
            .unwrap_err();
        assert!(error.is_closed(), "{error:?}");
        assert!(text(&error).ends_with("it must not contain NUL"), "{}", text(&error));
        assert_ne!(error.outcome(), Outcome::Unknown);
        assert!(matches!(client.noop().await, Err(Error::GivenUp)));
        drop(client);
        // If not even the announcement was sent, the peer does not get its line.
        let _ = peer.finish();
    }

    #[case]
    async fn an_upload_that_is_dropped_is_not_stored() {
        for (capabilities, given) in [("", 0), ("", 2), (" LITERAL+", 0), (" LITERAL+", 2)] {
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, capabilities)?;
                if capabilities.is_empty() {
                    expect(&mut connection, "APPEND \"Sent\" {3}")?;
                    connection.send("+ go on")?;
                    // The client sends neither the rest nor anything else.
                    assert!(connection.read_exact(3).is_err());
                }
                Ok(())
            });
            let mut client = connect(&peer).await;
            let mut upload = client.upload("Sent", AppendStream::new(3)).await.unwrap();
            upload.write(&b"mm"[..given]).await.unwrap();
            drop(upload);
            let unanswered = client.unanswered().unwrap();
            assert_eq!(unanswered.command.as_deref(), Some("APPEND"));
            assert_ne!(unanswered.outcome, Outcome::Unknown);
            for _ in 0..2 {
                assert!(matches!(client.noop().await, Err(Error::GivenUp)));
            }
            assert_ne!(client.unanswered().unwrap().outcome, Outcome::Done);
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn after_the_last_byte_it_may_be_dropped() {
        let peer = member(
            " LITERAL+",
            "C: <a> APPEND \"Sent\" {3+}
             C: abc
             S: <a> OK [APPENDUID 1 2] done
             C: <b> NOOP
             S: <b> OK",
        );
        let mut client = connect(&peer).await;
        let mut upload = client.upload("Sent", AppendStream::new(3)).await.unwrap();
        upload.write(b"abc").await.unwrap();
        drop(upload);
        client.noop().await.unwrap();
        assert_eq!(client.unanswered().unwrap().outcome, Outcome::Done);
        leave(client, peer).await;
    }

    #[case]
    async fn a_message_over_the_limit_is_not_begun() {
        let peer = member(
            " APPENDLIMIT=100 LITERAL+",
            "C: <a> APPEND \"Sent\" {0+}
             C:
             S: <a> OK done",
        );
        let mut client = connect(&peer).await;
        let error = client.upload("Sent", AppendStream::new(101)).await.unwrap_err();
        assert!(
            matches!(error, Error::AppendLimit { index: 0, size: 101, limit: 100, .. }),
            "{error:?}"
        );
        let error = client.upload("", AppendStream::new(1)).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        client.upload("Sent", AppendStream::new(0)).await.unwrap().finish().await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn a_server_that_wants_to_know_the_program_first_is_told() {
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            let tag = expect(&mut connection, "APPEND \"Sent\" {1}")?;
            connection.send(&format!("{tag} NO APPEND Unsafe Login."))?;
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').unwrap();
            assert!(command.starts_with("ID (\"name\""), "{line}");
            connection.send(&format!("{tag} OK"))?;
            let tag = expect(&mut connection, "APPEND \"Sent\" {1}")?;
            connection.send("+ go on")?;
            connection.expect("x")?;
            connection.send(&format!("{tag} OK done"))?;
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        client.append_from("Sent", AppendStream::new(1), &b"x"[..]).await.unwrap();
        leave(client, peer).await;
    }

    #[case]
    async fn wherever_the_connection_is_cut_the_outcome_is_right() {
        const SIZE: usize = 100;
        // The bytes that the server reads behind the announcement.
        for read in [0, 1, 50, 99, 100, 101, 102] {
            let peer = Peer::start(move |mut connection| {
                greet(&mut connection, "")?;
                expect(&mut connection, "APPEND \"Sent\" {100}")?;
                connection.send("+ go on")?;
                connection.read_exact(read)?;
                if read < SIZE + 2 {
                    return connection.send("* BYE going down");
                }
                Ok(())
            });
            let mut client = connect(&peer).await;
            let mut upload = client.upload("Sent", AppendStream::new(SIZE as u64)).await.unwrap();
            let mut written = Ok(());
            for _ in 0..SIZE {
                written = upload.write(b"m").await;
                if written.is_err() {
                    break;
                }
            }
            let error = match written {
                Ok(()) => upload.finish().await.unwrap_err(),
                Err(error) => error,
            };
            assert!(error.is_closed(), "{read}: {error:?}");
            // All of it may have been sent before the cut was noticed.
            let outcome = error.outcome();
            assert!(
                matches!(outcome, Outcome::Unknown | Outcome::NotDone),
                "{read}: {error:?}"
            );
            if read == SIZE + 2 {
                assert_eq!(outcome, Outcome::Unknown);
            }
            drop(client);
            peer.finish().unwrap();
        }
    }

    #[case]
    async fn a_server_that_takes_nothing_is_not_waited_for_forever() {
        // It does not let the message begin.
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, "")?;
            expect(&mut connection, "APPEND \"Sent\" {3}")?;
            connection.wait_eof()
        });
        let mut client = connect(&peer).await;
        client.set_timeout(SHORT);
        let error = client.upload("Sent", AppendStream::new(3)).await.unwrap_err();
        not_done(&error);
        assert!(error.is_timeout());
        let expected = "APPEND was not sent to its end, so the server did not do it: \
                        timed out waiting for the answer to APPEND";
        assert!(text(&error).starts_with(expected), "{}", text(&error));
        assert!(matches!(client.noop().await, Err(Error::GivenUp)));
        drop(client);
        peer.finish().unwrap();

        // It does not read the message.
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let gate = std::sync::Mutex::new(gate);
        let peer = Peer::start(move |mut connection| {
            greet(&mut connection, " LITERAL+")?;
            let _ = gate.lock().unwrap().recv();
            Ok(())
        });
        let mut client = connect(&peer).await;
        client.set_timeout(SHORT);
        let reader = Letters::new(usize::MAX);
        let error = client
            .append_from("Sent", AppendStream::new(HUGE), reader)
            .await
            .unwrap_err();
        not_done(&error);
        assert!(error.is_timeout());
        assert!(text(&error).contains("timed out sending"), "{}", text(&error));
        drop((go, client));
        peer.finish().unwrap();
    }

    #[case]
    async fn what_the_server_says_meanwhile_is_read() {
        // A server that only writes while the client only writes would stop both.
        let peer = Peer::start(|mut connection| {
            greet(&mut connection, " LITERAL+")?;
            let tag = expect(&mut connection, "APPEND \"Sent\" {2000000+}")?;
            for _ in 0..2000 {
                connection.send(&format!("* 5 EXISTS {}", " ".repeat(3000)))?;
            }
            connection.read_exact(2_000_002)?;
            connection.send(&format!("{tag} OK done"))?;
            serve(&mut connection, "NOOP")?;
            goodbye(&mut connection)
        });
        let mut client = connect(&peer).await;
        let message = AppendStream::new(2_000_000);
        client.append_from("Sent", message, Letters::new(2_000_000)).await.unwrap();
        assert!(client.updates().next().is_some());
        client.noop().await.unwrap();
        leave(client, peer).await;
    }
}
