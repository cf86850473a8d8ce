//! Tests of rounds and clocks, without a network.

use std::{collections::VecDeque, io};

use super::*;

/// A stream that returns the given results, call by call, and after them `WouldBlock`.
#[derive(Default)]
struct Told {
    reads: VecDeque<io::Result<Vec<u8>>>,
    writes: VecDeque<io::Result<usize>>,
    written: Vec<u8>,
}

impl Read for Told {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.reads.pop_front() {
            Some(read) => {
                let bytes = read?;
                buf[..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
            None => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl Write for Told {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self.writes.pop_front() {
            Some(write) => {
                let count = write?.min(buf.len());
                self.written.extend_from_slice(&buf[..count]);
                Ok(count)
            }
            None => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A sink that lends room of 8 bytes.
#[derive(Default)]
struct Bytes {
    room: [u8; 8],
    all: Vec<u8>,
    rests: usize,
}

impl Sink for Bytes {
    fn space(&mut self) -> &mut [u8] {
        &mut self.room
    }

    fn filled(&mut self, count: usize) {
        self.all.extend_from_slice(&self.room[..count]);
    }

    fn rest(&mut self) {
        self.rests += 1;
    }
}

fn broken() -> io::Result<usize> {
    Err(io::ErrorKind::BrokenPipe.into())
}

fn io_kind(result: Result<Round, Error>) -> io::ErrorKind {
    match result {
        Err(Error::Io(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn why_the_peer_closed_is_read_before_the_failed_write_is_told() {
    let mut pipe = Pipe::plain();
    pipe.write(b"A1 NOOP\r\n").unwrap();
    let mut stream = Told::default();
    stream
        .writes
        .extend([broken(), broken(), broken(), broken()]);
    stream.reads.push_back(Ok(b"* BYE\r\n".to_vec()));
    let first = round(&mut pipe, Want::Input, &mut stream);
    assert!(matches!(first, Ok(Round::Done)), "{first:?}");
    let mut bytes = [0; 16];
    assert_eq!(pipe.read(&mut bytes).unwrap(), 7);
    let second = round(&mut pipe, Want::Input, &mut stream);
    assert_eq!(io_kind(second), io::ErrorKind::BrokenPipe);
}

#[test]
fn only_what_was_written_leaves_the_pipe() {
    let mut pipe = Pipe::plain();
    pipe.write(b"0123456789").unwrap();
    let mut stream = Told::default();
    stream
        .writes
        .extend([Ok(4), Err(io::ErrorKind::Interrupted.into()), Ok(3)]);
    let first = round(&mut pipe, Want::Flushed, &mut stream);
    assert!(
        matches!(first, Ok(Round::Wait { moved: Moved::Data })),
        "{first:?}"
    );
    let second = round(&mut pipe, Want::Flushed, &mut stream);
    assert!(
        matches!(
            second,
            Ok(Round::Wait {
                moved: Moved::Nothing
            })
        ),
        "{second:?}"
    );
    assert!(pipe.wants_transmit());
    stream.writes.push_back(Ok(99));
    let third = round(&mut pipe, Want::Flushed, &mut stream);
    assert!(matches!(third, Ok(Round::Done)), "{third:?}");
    assert_eq!(stream.written, b"0123456789");
}

#[test]
fn a_writer_that_takes_nothing_is_an_error_and_no_endless_loop() {
    let mut pipe = Pipe::plain();
    pipe.write(b"x").unwrap();
    let mut stream = Told::default();
    stream.writes.extend([Ok(0), Ok(0)]);
    let result = round(&mut pipe, Want::Flushed, &mut stream);
    assert_eq!(io_kind(result), io::ErrorKind::WriteZero);
}

#[test]
fn a_pipe_full_of_input_ends_a_want_for_room() {
    let mut pipe = Pipe::plain();
    while pipe.write(&[0; 1000]).unwrap() > 0 {}
    let mut stream = Told::default();
    while pipe.wants_receive() {
        stream.reads.push_back(Ok(vec![1; 1024]));
        let result = round(&mut pipe, Want::Room(1), &mut stream);
        let expected = if pipe.wants_receive() {
            "Wait { moved: Data }"
        } else {
            "Done"
        };
        assert_eq!(format!("{:?}", result.unwrap()), expected);
    }
    // Another exchange without reading first ends at once too.
    let again = round(&mut pipe, Want::Flushed, &mut stream);
    assert!(matches!(again, Ok(Round::Done)), "{again:?}");
    assert!(!pipe.meets(Want::Room(1)) && !pipe.meets(Want::Flushed));
}

#[test]
fn a_reset_is_told_once_nothing_is_left_to_read() {
    let mut pipe = Pipe::plain();
    let mut stream = Told::default();
    stream.reads.push_back(Ok(b"last".to_vec()));
    stream
        .reads
        .push_back(Err(io::ErrorKind::ConnectionReset.into()));
    for _ in 0..2 {
        let result = round(&mut pipe, Want::Input, &mut stream);
        assert!(matches!(result, Ok(Round::Done)), "{result:?}");
    }
    assert_eq!(pipe.read(&mut [0; 9]).unwrap(), 4);
    let result = round(&mut pipe, Want::Input, &mut stream);
    assert_eq!(io_kind(result), io::ErrorKind::ConnectionReset);
}

#[test]
fn the_end_of_input_satisfies_and_lets_write() {
    let mut pipe = Pipe::plain();
    let mut stream = Told::default();
    stream.reads.push_back(Ok(Vec::new()));
    assert!(matches!(
        round(&mut pipe, Want::Input, &mut stream),
        Ok(Round::Done)
    ));
    assert!(pipe.eof() && !pipe.wants_receive());
    pipe.write(b"bye").unwrap();
    stream.writes.push_back(Ok(3));
    assert!(matches!(
        round(&mut pipe, Want::Flushed, &mut stream),
        Ok(Round::Done)
    ));
}

#[test]
fn idle_begins_anew_and_until_does_not() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let (idle, until) = (Some(Duration::from_secs(5)), Some(at(12)));
    let wait = Wait {
        idle,
        until,
        most: None,
    };
    let mut clock = Clock::new(wait, start);
    let pipe = Pipe::plain();
    let check = |clock: &Clock, seconds| clock.check(at(seconds), &pipe, Want::Input).is_ok();
    assert_eq!(clock.end(), Some(at(5)));
    assert!(check(&clock, 4) && !check(&clock, 5));
    clock.moved(Moved::Data, at(4));
    assert_eq!(clock.end(), Some(at(9)));
    assert!(check(&clock, 8) && !check(&clock, 9));
    clock.moved(Moved::Data, at(8));
    assert_eq!(clock.end(), Some(at(12)));
    assert!(check(&clock, 11) && !check(&clock, 12));
}

#[test]
fn compressed_bytes_without_data_are_no_progress() {
    let mut pipe = Pipe::plain();
    pipe.start_compression(&[]).unwrap();
    let mut stream = Told::default();
    // An empty block, the beginning of one with a byte of data, and its rest.
    for (bytes, expected) in [
        (&[0, 0, 0, 0xff, 0xff][..], Some(Moved::Overhead)),
        (&[0, 1, 0, 0xfe], Some(Moved::Overhead)),
        (&[0xff, b'x'], None),
    ] {
        stream.reads.push_back(Ok(bytes.to_vec()));
        let moved = match round(&mut pipe, Want::Input, &mut stream).unwrap() {
            Round::Wait { moved } => Some(moved),
            Round::Done => None,
        };
        assert_eq!(moved, expected, "{bytes:?}");
    }
    let mut byte = [0; 2];
    assert_eq!(pipe.read(&mut byte).unwrap(), 1);
    assert!(!pipe.eof());
}

#[test]
fn bytes_in_the_pipe_may_be_those_of_later_writes_only() {
    let mut pipe = Pipe::plain();
    pipe.write(b"first").unwrap();
    pipe.write(b"second").unwrap();
    assert!(pipe.holds(0) && pipe.holds(6));
    let mut stream = Told::default();
    stream.writes.push_back(Ok(5));
    assert_eq!(pipe.transmit(&mut stream).unwrap(), 5);
    assert!(pipe.holds(0) && pipe.holds(5) && !pipe.holds(6));
    assert!(pipe.holds_end());
}

#[test]
fn compressed_output_is_complete_after_a_flush() {
    let mut pipe = Pipe::plain();
    pipe.start_compression(&[]).unwrap();
    assert!(matches!(
        pipe.start_compression(&[]),
        Err(Error::AlreadyCompressed)
    ));
    assert!(pipe.meets(Want::Flushed));
    pipe.write(b"A1 NOOP\r\n").unwrap();
    assert!(!pipe.meets(Want::Flushed) && pipe.holds_end());
    pipe.flush().unwrap();
    let mut stream = Told::default();
    stream.writes.extend([Ok(3), Ok(usize::MAX)]);
    round(&mut pipe, Want::Flushed, &mut stream).unwrap();
    assert!(pipe.meets(Want::Flushed) && !pipe.holds_end());
    let mut peer = Pipe::plain();
    peer.start_compression(&stream.written[..4]).unwrap();
    peer.receive(&mut &stream.written[4..]).unwrap();
    let mut bytes = [0; 20];
    let count = peer.read(&mut bytes).unwrap();
    assert_eq!(&bytes[..count], b"A1 NOOP\r\n");
}

#[test]
fn bytes_without_data_count_for_a_minute_or_the_limit() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    for (idle, end) in [(5, 3 + 60), (30, 3 + 60), (100, 3 + 100)] {
        let mut clock = Clock::new(Wait::idle(Duration::from_secs(idle)), start);
        for now in 3..200 {
            clock.moved(Moved::Overhead, at(now));
            clock.moved(Moved::Nothing, at(now));
            assert_eq!(clock.end(), Some(at((now + idle).min(end))), "{idle}");
        }
        // With data, all begins anew.
        clock.moved(Moved::Data, at(300));
        assert_eq!(clock.end(), Some(at(300 + idle)));
        clock.moved(Moved::Overhead, at(301));
        assert_eq!(clock.end(), Some(at(301 + idle)));
    }
}

/// A peer in memory that speaks TLS.
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod tls {
    use super::*;
    use crate::TlsOptions;
    use imapclient_testkit::{Authority, Certificate};
    use rustls::ServerConnection;

    struct Tls {
        pipe: Pipe,
        server: ServerConnection,
    }

    impl Tls {
        /// After the handshake. Session tickets are on their way.
        fn new() -> Self {
            let authority = Authority::new();
            let identity = authority.issue(Certificate::new(&["localhost"]));
            let options = TlsOptions::new()
                .without_native_roots()
                .ca_pem(authority.pem());
            let mut pipe = Pipe::plain();
            pipe.start_tls(&options.build().unwrap(), "localhost")
                .unwrap();
            let server = ServerConnection::new(identity.server_config()).unwrap();
            let mut tls = Self { pipe, server };
            while tls.pipe.is_handshaking() {
                assert!(!matches!(tls.round(Want::Input), Moved::Nothing));
            }
            tls
        }

        /// One round of what the server has to say, whose answer it reads.
        fn round(&mut self, want: Want) -> Moved {
            let mut said = Vec::new();
            while self.server.wants_write() {
                self.server.write_tls(&mut said).unwrap();
            }
            let mut stream = Told::default();
            if !said.is_empty() {
                stream.reads.push_back(Ok(said));
            }
            stream.writes.extend([Ok(usize::MAX), Ok(usize::MAX)]);
            let result = round(&mut self.pipe, want, &mut stream).unwrap();
            let mut sent = stream.written.as_slice();
            while !sent.is_empty() {
                self.server.read_tls(&mut sent).unwrap();
                self.server.process_new_packets().unwrap();
            }
            match result {
                Round::Wait { moved } => moved,
                Round::Done => Moved::Data,
            }
        }
    }

    #[test]
    fn records_without_data_are_no_progress() {
        let mut tls = Tls::new();
        // The end of the handshake, and the tickets after it.
        assert_eq!(tls.round(Want::Input), Moved::Data);
        assert_eq!(tls.round(Want::Input), Moved::Overhead);
        assert_eq!(tls.round(Want::Input), Moved::Nothing);
        for _ in 0..20 {
            tls.server.refresh_traffic_keys().unwrap();
            assert_eq!(tls.round(Want::Input), Moved::Overhead);
        }
        // Data that are sent meanwhile count as progress.
        tls.server.refresh_traffic_keys().unwrap();
        tls.pipe.write(b"A1 NOOP\r\n").unwrap();
        assert_eq!(tls.round(Want::Input), Moved::Data);
        tls.server.writer().write_all(b"A1 OK\r\n").unwrap();
        assert_eq!(tls.round(Want::Input), Moved::Data);
        assert!(tls.pipe.has_input());
    }
}

#[test]
fn no_limit_never_runs_out() {
    let start = Instant::now();
    assert_eq!(Clock::new(Wait::default(), start).end(), None);
    assert_eq!(Clock::new(Wait::idle(Duration::MAX), start).end(), None);
}

#[test]
fn what_is_waited_is_counted_up_to_its_limit() {
    let start = Instant::now();
    let at = |tenths: u64| start + Duration::from_millis(100 * tenths);
    let wait = Wait {
        most: Some(Duration::from_millis(2500)),
        ..Wait::default()
    };
    let pipe = Pipe::plain();
    let mut clock = Clock::new(wait, start);
    assert_eq!(clock.sleep(at(0)), Some(at(10)));
    clock.wake(at(4));
    assert_eq!(clock.waited(), Duration::from_millis(400));
    // The time between waits does not count, nor does an hour without polling.
    assert_eq!(clock.sleep(at(9)), Some(at(19)));
    clock.wake(at(36_000));
    assert_eq!(clock.waited(), Duration::from_millis(1400));
    assert_eq!(clock.sleep(at(36_000)), Some(at(36_010)));
    clock.wake(at(36_010));
    assert!(!clock.is_over(&pipe, Want::Input));
    assert_eq!(clock.sleep(at(36_010)), Some(at(36_011)));
    clock.wake(at(36_011));
    assert!(clock.is_over(&pipe, Want::Input));
    // A client that sends and has nothing to read continues.
    assert!(!clock.is_over(&pipe, Want::Room(1)));
    assert_eq!(clock.sleep(at(36_011)), Some(at(36_021)));
}

#[test]
fn without_a_limit_a_wait_is_counted_in_full() {
    let start = Instant::now();
    let mut clock = Clock::new(Wait::default(), start);
    assert_eq!(clock.sleep(start), None);
    clock.wake(start + Duration::from_secs(3600));
    assert_eq!(clock.waited(), Duration::from_secs(3600));
}

#[test]
fn plaintext_goes_into_the_sink_behind_what_the_pipe_has() {
    let mut pipe = Pipe::plain();
    let (mut stream, mut sink) = (Told::default(), Bytes::default());
    let mut round = |pipe: &mut Pipe, want, stream: &mut Told| {
        let result = round_into(pipe, Some(&mut sink), want, stream);
        (format!("{:?}", result.unwrap()), sink.all.clone())
    };
    pipe.receive(&mut &b"one"[..]).unwrap();
    // The bytes in the pipe come first. The reader has to take them.
    let (ended, got) = round(&mut pipe, Want::Input, &mut stream);
    assert_eq!((ended.as_str(), got.as_slice()), ("Done", &b""[..]));
    pipe.write(b"x").unwrap();
    stream.reads.push_back(Ok(b" two".to_vec()));
    let (ended, got) = round(&mut pipe, Want::Flushed, &mut stream);
    assert_eq!(
        (ended.as_str(), got.as_slice()),
        ("Wait { moved: Data }", &b""[..])
    );
    let mut bytes = [0; 9];
    assert_eq!(pipe.read(&mut bytes).unwrap(), 7);
    assert_eq!(&bytes[..7], b"one two");
    for (want, more, expected) in [
        (Want::Input, "three", &b"three"[..]),
        (Want::Flushed, "four", b"threefour"),
    ] {
        stream.reads.push_back(Ok(more.into()));
        // The reader gets them at once, whatever it wants.
        let (ended, got) = round(&mut pipe, want, &mut stream);
        assert_eq!((ended.as_str(), got.as_slice()), ("Done", expected));
        assert!(!pipe.has_input() && pipe.wants_transmit());
    }
}

#[test]
fn the_end_behind_the_bytes_in_the_sink_is_the_end_of_the_pipe() {
    let (mut pipe, mut sink) = (Pipe::plain(), Bytes::default());
    let mut stream = Told::default();
    stream
        .writes
        .extend([broken(), broken(), broken(), broken()]);
    stream
        .reads
        .extend([Ok(b"* BYE\r\n".to_vec()), Ok(Vec::new())]);
    pipe.write(b"A1 NOOP\r\n").unwrap();
    for _ in 0..2 {
        let result = round_into(&mut pipe, Some(&mut sink), Want::Input, &mut stream);
        assert!(matches!(result, Ok(Round::Done)), "{result:?}");
    }
    assert_eq!(sink.all, b"* BYE\r\n");
    assert!(pipe.eof());
}

#[test]
fn a_reader_that_lies_about_its_bytes_does_not_lead_outside_the_sink() {
    struct Liar;
    impl Read for Liar {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            Ok(buf.len() + 1)
        }
    }
    let mut sink = Bytes::default();
    let received = Pipe::plain().receive_into(&mut Liar, &mut sink).unwrap();
    assert_eq!(received, Received::There(8));
    assert_eq!(sink.all.len(), 8);
}

#[test]
fn only_a_wait_on_a_quiet_connection_is_a_rest() {
    let (mut pipe, mut sink) = (Pipe::plain(), Bytes::default());
    pipe.rest(Some(&mut sink));
    assert_eq!(sink.rests, 1);
    pipe.receive(&mut &[0; 5000][..]).unwrap();
    pipe.rest(Some(&mut sink));
    assert_eq!(sink.rests, 1);
    pipe.rest(Some(&mut sink));
    assert_eq!(sink.rests, 2);
}
