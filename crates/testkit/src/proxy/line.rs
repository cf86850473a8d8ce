//! The way of bytes from one side to the other, which may take time.

use std::{
    io::{ErrorKind, Read as _},
    net::TcpStream,
    sync::{
        Condvar, Mutex, PoisonError,
        mpsc::{self, Receiver, SyncSender},
    },
    time::{Duration, Instant},
};

use imapclient_loopback::lock;

use super::rounds::{Rounds, Side};

/// The most bytes that are read at once.
const PIECE: usize = 16 * 1024;
/// The most pieces that are on their way at the same time.
const PIECES: usize = 1024;

/// The time that the data of one direction take.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// The time between the sending and the delivery of a byte.
    pub(super) delay: Duration,
    /// The most bytes per second.
    pub(super) bandwidth: Option<u64>,
}

/// The reason why a direction has ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Over {
    /// The sender has ended it.
    End,
    /// The receiver sees an end, and further data are discarded.
    Discarding,
    /// The connection is reset.
    Reset,
    /// One of the two sides has failed, so the other one must be closed.
    Broken,
}

/// The place from which bytes are taken.
pub(super) enum Source<'a> {
    /// The sender itself.
    Socket {
        from: &'a TcpStream,
        rounds: &'a Rounds,
        side: Side,
        buffer: Vec<u8>,
    },
    /// A line, at whose other end [`read`] puts bytes in.
    Line {
        pieces: Receiver<Piece>,
        stop: &'a Stop,
        /// The last piece.
        piece: Vec<u8>,
    },
}

/// Bytes on their way, or the end behind all bytes.
pub(super) struct Piece {
    due: Instant,
    round: u64,
    bytes: Result<Vec<u8>, Over>,
}

/// Ends all waiting for bytes that are not yet due.
#[derive(Default)]
pub(super) struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Pace {
    /// Returns `true` if bytes are delivered as soon as they have been read.
    pub(super) fn is_immediate(&self) -> bool {
        self.delay.is_zero() && self.bandwidth.is_none()
    }

    /// Returns the most bytes to deliver at once: those of 10 ms.
    fn piece(&self) -> usize {
        let piece = self.bandwidth.map_or(u64::MAX, |bytes| bytes / 100);
        usize::try_from(piece).map_or(PIECE, |piece| piece.clamp(1, PIECE))
    }

    /// Returns how long the bandwidth is occupied by `bytes` bytes.
    fn time(&self, bytes: usize) -> Duration {
        self.bandwidth.map_or(Duration::ZERO, |bandwidth| {
            let nanoseconds = bytes as u128 * 1_000_000_000 / u128::from(bandwidth);
            Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
        })
    }
}

impl<'a> Source<'a> {
    /// Returns a source that reads from a socket.
    pub(super) fn socket(from: &'a TcpStream, rounds: &'a Rounds, side: Side) -> Self {
        Self::Socket {
            from,
            rounds,
            side,
            buffer: vec![0; PIECE],
        }
    }

    /// Returns both ends of a line.
    pub(super) fn line(stop: &'a Stop) -> (SyncSender<Piece>, Self) {
        let (sender, pieces) = mpsc::sync_channel(PIECES);
        let piece = Vec::new();
        (
            sender,
            Self::Line {
                pieces,
                stop,
                piece,
            },
        )
    }

    /// Waits for the next bytes, which are never empty, and returns them with their round trip.
    pub(super) fn next(&mut self) -> Result<(&[u8], u64), Over> {
        match self {
            Self::Socket {
                from,
                rounds,
                side,
                buffer,
            } => {
                let count = read_some(from, buffer)?;
                Ok((&buffer[..count], rounds.send(*side)))
            }
            Self::Line {
                pieces,
                stop,
                piece,
            } => {
                // The sender is dropped only after it has put in the end.
                let next = pieces.recv().map_err(|_| Over::Broken)?;
                stop.wait_until(next.due);
                *piece = next.bytes?;
                Ok((piece, next.round))
            }
        }
    }
}

/// Puts what a side sends into a line, until its end or until the other end of the line is gone.
pub(super) fn read(
    from: &TcpStream,
    pace: Pace,
    shaken: Instant,
    rounds: &Rounds,
    side: Side,
    line: &SyncSender<Piece>,
) {
    let mut buffer = vec![0; pace.piece()];
    // The moment at which all bytes so far have left.
    let mut free = shaken;
    loop {
        let bytes = read_some(from, &mut buffer).map(|count| buffer[..count].to_vec());
        let over = bytes.is_err();
        free = free.max(Instant::now()) + pace.time(bytes.as_ref().map_or(0, Vec::len));
        let piece = Piece {
            due: free + pace.delay,
            round: rounds.send(side),
            bytes,
        };
        if line.send(piece).is_err() || over {
            return;
        }
    }
}

fn read_some(mut from: &TcpStream, buffer: &mut [u8]) -> Result<usize, Over> {
    loop {
        match from.read(buffer) {
            Ok(0) => return Err(Over::End),
            Ok(count) => return Ok(count),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(Over::Broken),
        }
    }
}

impl Stop {
    /// Ends all waiting, also in the future.
    pub(super) fn stop(&self) {
        *lock(&self.stopped) = true;
        self.changed.notify_all();
    }

    fn wait_until(&self, due: Instant) {
        let mut stopped = lock(&self.stopped);
        while !*stopped {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(stopped, left);
            stopped = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
