//! The messages that `append` uploads: small ones together, large ones in pieces from their files.

use std::{
    fs::File,
    io::{self, Read, Seek},
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
/// Upper bound on a message that is not a file, in bytes: its size is only known when all of it is
/// in memory.
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

/// A file, which can be opened several times.
pub(super) enum Source {
    Path(PathBuf),
    Input,
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
        let (file, size) = source.open().map_err(Failure::file(&named(path)))?;
        files.push((path, source, size));
        drop(file);
    }
    let total: u64 = files.iter().filter_map(|(.., size)| *size).sum();
    let mut messages = Vec::new();
    for (path, source, size) in files {
        let message = match size {
            Some(_) if total > SMALL => source.measured(),
            _ => source.read_all().map(Message::Small),
        };
        messages.push(message.map_err(Failure::file(&named(path)))?);
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

    /// Opens the file. Returns its size too if it can be read again from its beginning.
    fn open(&self) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
        let mut file = match self {
            Self::Path(path) => File::open(path)?,
            Self::Input => match input()? {
                Some(file) => file,
                None => return Ok((Box::new(io::stdin()), None)),
            },
        };
        let properties = file.metadata()?;
        if !properties.is_file() {
            return Ok((Box::new(file), None));
        }
        // Standard input is one open file, however often it is opened.
        file.rewind()?;
        Ok((Box::new(file), Some(properties.len())))
    }

    fn read_all(&self) -> io::Result<Vec<u8>> {
        let mut message = Vec::new();
        let (file, _) = self.open()?;
        file.take(LARGEST + 1).read_to_end(&mut message)?;
        if message.len() as u64 > LARGEST {
            return Err(io::Error::other(
                "a message that is not in a file cannot be larger than 1 GiB",
            ));
        }
        Ok(LineEnds::default().convert(&message))
    }

    /// Determines the size that the message will have.
    fn measured(self) -> io::Result<Message> {
        let mut ends = LineEnds::default();
        let (mut size, mut has_nul) = (0, false);
        self.each_piece(|piece| {
            has_nul |= piece.contains(&0);
            size += ends.convert(piece).len() as u64;
            true
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
            let mut ends = LineEnds::default();
            // Sending fails if the command was cancelled, or has all that it needs.
            let read = self.each_piece(|piece| to.blocking_send(Ok(ends.convert(piece))).is_ok());
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
    fn each_piece(&self, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
        let (mut file, _) = self.open()?;
        let mut buffer = vec![0; PIECE];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) if take(&buffer[..count]) => {}
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
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
