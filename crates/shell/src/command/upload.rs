//! The messages that `append` uploads: small ones together, large ones in pieces from their files.

use std::{
    env,
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll, ready},
    thread,
};

use imapclient::{
    Append, AppendStream, AppendUid, Flags, MailboxName,
    chrono::{DateTime, FixedOffset},
    tokio::Client,
};
use tempfile::{SpooledData, SpooledTempFile};
use tokio::{
    io::{AsyncRead, ReadBuf},
    sync::{mpsc, oneshot},
};

use crate::{
    failure::{Failure, Result},
    progress::Progress,
};

/// Messages of this size in total are read before they are sent, and sent together.
const SMALL: u64 = 1024 * 1024;
/// Upper bound on a message that is not a file, in bytes: it may have no end, and its size is only
/// known when all of it is in memory or in a temporary file.
const LARGEST: u64 = 1024 * 1024 * 1024;
/// The number of bytes that are read from a file at once.
const PIECE: usize = 64 * 1024;
/// The number of pieces that are read ahead.
const AHEAD: usize = 2;

/// A message to be uploaded, with the line ends of mail.
pub(super) enum Message {
    Small(Vec<u8>),
    /// A message that is read when it is sent.
    Large {
        file: Source,
        size: u64,
        has_nul: bool,
    },
}

/// A file, which can be read several times.
pub(super) enum Source {
    Path(PathBuf),
    Input,
    /// A copy of what can be read only once. It has no name, so that it is removed in any case.
    Copy(File),
}

/// The properties that all messages of one command have.
pub(super) struct Properties {
    pub(super) flags: Flags,
    pub(super) date: Option<DateTime<FixedOffset>>,
    pub(super) binary: bool,
}

impl Message {
    pub(super) fn is_small(&self) -> bool {
        matches!(self, Self::Small(_))
    }

    pub(super) fn has_nul(&self) -> bool {
        match self {
            Self::Small(bytes) => bytes.contains(&0),
            Self::Large { has_nul, .. } => *has_nul,
        }
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Small(bytes) => bytes.len() as u64,
            Self::Large { size, .. } => *size,
        }
    }

    /// Uploads the message. The progress goes on from `before`, of `total` bytes.
    pub(super) async fn upload(
        self,
        client: &mut Client,
        to: &MailboxName,
        properties: &Properties,
        progress: &Progress,
        (before, total): (u64, u64),
    ) -> imapclient::Result<Option<AppendUid>> {
        match self {
            Self::Small(bytes) => client.append(to, properties.append(bytes)).await,
            Self::Large { file, size, .. } => {
                let pieces = Pieces {
                    from: file.converted(),
                    piece: Vec::new(),
                    taken: 0,
                    done: before,
                    total,
                    progress: progress.clone(),
                };
                client
                    .append_from(to, properties.stream(size), pieces)
                    .await
            }
        }
    }
}

impl Properties {
    /// Returns a message with these properties.
    pub(super) fn append(&self, bytes: Vec<u8>) -> Append {
        let mut message = Append::new(bytes).flags(self.flags.clone());
        if self.binary {
            message = message.binary();
        }
        match self.date {
            Some(date) => message.internal_date(date),
            None => message,
        }
    }

    fn stream(&self, size: u64) -> AppendStream {
        let mut message = AppendStream::new(size).flags(self.flags.clone());
        if self.binary {
            message = message.binary();
        }
        match self.date {
            Some(date) => message.internal_date(date),
            None => message,
        }
    }
}

/// Reads small messages, and measures large ones, on a thread of its own: a file may be a pipe that
/// nobody writes to, and Ctrl-C must not wait for it.
pub(super) async fn prepare(paths: &[PathBuf]) -> Result<Vec<Message>> {
    let (tell, told) = oneshot::channel();
    let paths = paths.to_owned();
    thread::Builder::new().spawn(move || {
        // This fails if the command was cancelled.
        let _ = tell.send(prepare_all(&paths));
    })?;
    match told.await {
        Ok(messages) => messages,
        Err(_) => Err(Failure::Other("reading has ended early".to_owned())),
    }
}

fn prepare_all(paths: &[PathBuf]) -> Result<Vec<Message>> {
    let mut files = Vec::new();
    for path in paths {
        let source = Source::of(path);
        let size = source.size().map_err(Failure::file(named(path)))?;
        files.push((path, source, size));
    }
    let total: u64 = files.iter().filter_map(|(.., size)| *size).sum();
    let is_small = total <= SMALL;
    let mut left = if is_small { SMALL - total } else { SMALL };
    let mut messages = Vec::new();
    for (path, source, size) in files {
        let message = match size {
            Some(_) if is_small => source.read_all().map(Message::Small),
            Some(_) => source.measured(),
            None => source.copied(left),
        };
        let message = message.map_err(Failure::file(named(path)))?;
        if size.is_none() && message.is_small() {
            left = left.saturating_sub(message.size());
        }
        messages.push(message);
    }
    Ok(messages)
}

/// Returns the name of a file in errors.
pub(super) fn named(path: &Path) -> PathBuf {
    match path == Path::new("-") {
        true => "standard input".into(),
        false => path.to_owned(),
    }
}

impl Source {
    fn of(path: &Path) -> Self {
        match path == Path::new("-") {
            true => Self::Input,
            false => Self::Path(path.to_owned()),
        }
    }

    /// Returns the size of a file that can be read again from its beginning.
    fn size(&self) -> io::Result<Option<u64>> {
        let file = match self {
            // Opening a pipe waits for a program that writes to it.
            Self::Path(path) if !fs::metadata(path)?.is_file() => return Ok(None),
            Self::Path(path) => Some(File::open(path)?),
            Self::Input => input()?,
            Self::Copy(file) => Some(file.try_clone()?),
        };
        let properties = file.map(|file| file.metadata()).transpose()?;
        let properties = properties.filter(|properties| properties.is_file());
        Ok(properties.map(|properties| properties.len()))
    }

    /// Opens the file, at its beginning if it has one.
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let mut file = match self {
            Self::Path(path) => File::open(path)?,
            Self::Input => match input()? {
                Some(file) => file,
                None => return Ok(Box::new(io::stdin())),
            },
            Self::Copy(file) => file.try_clone()?,
        };
        if file.metadata()?.is_file() {
            // Standard input is one open file, however often it is opened.
            file.rewind()?;
        }
        Ok(Box::new(file))
    }

    fn read_all(&self) -> io::Result<Vec<u8>> {
        let (mut ends, mut message) = (LineEnds::default(), Vec::new());
        self.each_piece(|piece| {
            message.append(&mut ends.convert(piece));
            Ok(true)
        })?;
        Ok(message)
    }

    /// Reads what can be read only once. It stays in memory if it has at most `most` bytes.
    fn copied(&self, most: u64) -> io::Result<Message> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let (mut ends, mut copy) = (LineEnds::default(), SpooledTempFile::new(most));
        let (mut read, mut size, mut has_nul) = (0, 0, false);
        self.each_piece(|piece| {
            read += piece.len() as u64;
            if read > LARGEST {
                return Err(io::Error::other(
                    "a message that is not in a file cannot be larger than 1 GiB",
                ));
            }
            has_nul |= piece.contains(&0);
            let piece = ends.convert(piece);
            size += piece.len() as u64;
            copy.write_all(&piece).map_err(temporary)?;
            Ok(true)
        })?;
        Ok(match copy.into_inner() {
            SpooledData::InMemory(bytes) => Message::Small(bytes.into_inner()),
            SpooledData::OnDisk(file) => Message::Large {
                file: Self::Copy(file),
                size,
                has_nul,
            },
        })
    }

    /// Determines the size that the message will have.
    fn measured(self) -> io::Result<Message> {
        let mut ends = LineEnds::default();
        let (mut size, mut has_nul) = (0, false);
        self.each_piece(|piece| {
            has_nul |= piece.contains(&0);
            size += ends.convert(piece).len() as u64;
            Ok(true)
        })?;
        Ok(Message::Large {
            file: self,
            size,
            has_nul,
        })
    }

    /// Reads the file on a thread of its own, with the line ends of mail.
    fn converted(self) -> mpsc::Receiver<io::Result<Vec<u8>>> {
        let (to, from) = mpsc::channel(AHEAD);
        let failed = to.clone();
        let work = move || {
            // A copy has these line ends already, and stays as it is.
            let mut ends = LineEnds::default();
            // Sending fails if the command was cancelled, or has all that it needs.
            let read =
                self.each_piece(|piece| Ok(to.blocking_send(Ok(ends.convert(piece))).is_ok()));
            if let Err(error) = read {
                let _ = to.blocking_send(Err(error));
            }
        };
        if let Err(error) = thread::Builder::new().spawn(work) {
            let _ = failed.try_send(Err(error));
        }
        from
    }

    /// Reads the file from its beginning, as long as `take` returns `true`.
    fn each_piece(&self, mut take: impl FnMut(&[u8]) -> io::Result<bool>) -> io::Result<()> {
        let mut file = self.open()?;
        let mut buffer = vec![0; PIECE];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => {
                    if !take(&buffer[..count])? {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Adds its place to an error about a temporary file.
fn temporary(error: io::Error) -> io::Error {
    let folder = env::temp_dir();
    let text = format!("the temporary copy in {}: {error}", folder.display());
    io::Error::new(error.kind(), text)
}

/// Returns standard input as a file, where the system allows it.
#[cfg(unix)]
fn input() -> io::Result<Option<File>> {
    use std::os::fd::AsFd;

    Ok(Some(io::stdin().as_fd().try_clone_to_owned()?.into()))
}

#[cfg(not(unix))]
fn input() -> io::Result<Option<File>> {
    Ok(None)
}

/// Converts line ends to CR LF, as mail requires.
#[derive(Default)]
struct LineEnds {
    /// True if the last byte was a CR.
    after_cr: bool,
}

impl LineEnds {
    /// Converts the next piece of a text.
    fn convert(&mut self, text: &[u8]) -> Vec<u8> {
        let mut mail = Vec::with_capacity(text.len() + text.len() / 32);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"\n") {
                Some(rest) if !rest.last().map_or(self.after_cr, |last| *last == b'\r') => {
                    mail.extend_from_slice(rest);
                    mail.extend_from_slice(b"\r\n");
                }
                _ => mail.extend_from_slice(line),
            }
            self.after_cr = line.last() == Some(&b'\r');
        }
        mail
    }
}

/// The pieces of a file, whose upload is the progress.
struct Pieces {
    from: mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    /// The number of bytes of the piece that were taken.
    taken: usize,
    done: u64,
    total: u64,
    progress: Progress,
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.taken == self.piece.len() {
            match ready!(self.from.poll_recv(context)) {
                Some(piece) => self.piece = piece?,
                None => return Poll::Ready(Ok(())),
            }
            self.taken = 0;
        }
        let rest = &self.piece[self.taken..];
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..count]);
        self.taken += count;
        self.done += count as u64;
        self.progress.set(self.done, self.total);
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_those_of_mail() {
        for (text, expected) in [
            ("a\nb\n\n", "a\r\nb\r\n\r\n"),
            ("a\r\nb\n", "a\r\nb\r\n"),
            ("\n\r\n\r\r\n", "\r\n\r\n\r\r\n"),
            ("", ""),
        ] {
            // However the text is divided into pieces.
            for size in 1..=text.len().max(1) {
                let mut ends = LineEnds::default();
                let pieces = text.as_bytes().chunks(size);
                let mail: Vec<u8> = pieces.flat_map(|piece| ends.convert(piece)).collect();
                assert_eq!(String::from_utf8(mail).unwrap(), expected, "{size}");
            }
        }
    }
}
