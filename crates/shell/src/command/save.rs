//! `save`: writes a message, or a part of it, to a file.

use std::{
    env,
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;
use tempfile::SpooledTempFile;

use super::{encoding::Encoding, part::Contents, section::Section, unfinished::Unfinished};
use crate::{
    arguments::messages::MessageSet,
    failure::{Failure, Result},
    reply::Reply,
    screen::Screen,
    session::Session,
};

/// The most bytes that wait in memory for the end of the contents; more wait in a temporary file.
const SPOOLED: usize = 1024 * 1024;
/// The number of bytes that are copied at once.
const PIECE: usize = 64 * 1024;

#[derive(Debug, Args)]
pub(crate) struct Save {
    /// The message, by its UID or by # and its sequence number.
    #[arg(value_name = "MESSAGES")]
    message: MessageSet,
    /// The number of the part, or a section as in HEADER, TEXT, 1.MIME, 2.HEADER or 2.TEXT; by
    /// default the whole message.
    #[arg(value_name = "PART")]
    part: Option<String>,
    /// The file; - is standard output.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Replaces an existing file, unless its name came with the message.
    #[arg(long)]
    force: bool,
}

/// The place to which the contents are written, as they arrive.
pub(super) struct Target {
    screen: Screen,
    path: PathBuf,
    force: bool,
    /// `true` if the contents may have to be written once more, from their beginning.
    may_begin_again: bool,
    /// `None` until there is something to write.
    to: Option<Place>,
}

enum Place {
    File(Unfinished),
    Output,
    /// Standard output, which gets all bytes at the end, since none can be taken back.
    OutputAtEnd(SpooledTempFile),
}

impl Save {
    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        let (part, file) = match (self.part, self.file) {
            // The single argument is a file, unless it is the name of a section.
            (Some(word), None) => match word.parse::<Section>() {
                Ok(section) => (Some(section), None),
                Err(_) => (None, Some(PathBuf::from(word))),
            },
            (Some(word), file) => (Some(word.parse()?), file),
            (None, file) => (None, file),
        };
        let set = self.message.resolve(session).await?;
        let (screen, progress) = (session.screen.clone(), session.progress.clone());
        let client = session.client().await?;
        let mut contents = match &part {
            None => Contents::whole(client, set).await?,
            Some(section) => Contents::section(client, set, section).await?,
        };
        let (path, force) = match (file, contents.own_name.take()) {
            (Some(path), _) => (path, self.force),
            // The sender of a message must not choose which file is overwritten.
            (None, Some(name)) => (PathBuf::from(name), false),
            (None, None) => {
                let number = contents.number;
                let name = match &part {
                    None => format!("{number}.eml"),
                    Some(part) => format!("{number}-{part}.bin"),
                };
                (PathBuf::from(name), self.force)
            }
        };
        let mut target = Target {
            screen,
            path,
            force,
            may_begin_again: contents.encoding != Encoding::Identity,
            to: None,
        };
        let size = contents.copy(client, &progress, &mut target).await?;
        target.finish(size)
    }
}

impl Target {
    /// Creates the file, unless it is standard output.
    pub(super) fn open(&mut self) -> Result<()> {
        self.to = Some(if self.path != Path::new("-") {
            Place::File(Unfinished::create(&self.path, self.force)?)
        } else if self.may_begin_again {
            // Fails at once if it cannot take bytes.
            self.screen.bytes(b"")?;
            Place::OutputAtEnd(SpooledTempFile::new(SPOOLED))
        } else {
            Place::Output
        });
        Ok(())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.to {
            Some(Place::File(file)) => file.write(bytes),
            Some(Place::OutputAtEnd(spool)) => {
                let written = spool.write_all(bytes);
                written.map_err(Failure::file(env::temp_dir()))
            }
            Some(Place::Output) | None => self.screen.bytes(bytes),
        }
    }

    /// Takes back everything that was written. After that, bytes are written as they come.
    pub(super) fn begin_again(&mut self) {
        self.to = None;
        self.may_begin_again = false;
    }

    /// Renames the file to the name that the user chose, now that all `size` bytes are written.
    fn finish(self, size: u64) -> Result<Reply> {
        match self.to {
            Some(Place::File(file)) => {
                file.finish()?;
                let shown = self.path.display().to_string();
                Ok(Reply::done(
                    json!({ "file": shown, "bytes": size }),
                    format!("saved {size} bytes to {shown}"),
                ))
            }
            Some(Place::OutputAtEnd(mut spool)) => {
                copy_all(&mut spool, &self.screen)?;
                Ok(Reply::silent())
            }
            Some(Place::Output) | None => Ok(Reply::silent()),
        }
    }
}

/// Copies a temporary file to standard output.
fn copy_all(spool: &mut SpooledTempFile, screen: &Screen) -> Result<()> {
    let temporary = || Failure::file(env::temp_dir());
    spool.rewind().map_err(temporary())?;
    let mut piece = vec![0; PIECE];
    loop {
        match spool.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(count) => screen.bytes(&piece[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(temporary()(error)),
        }
    }
}
