//! `save`: writes a message, or a part of it, to a file.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{
    part::{self, Raw},
    section::Section,
    unfinished::Unfinished,
};
use crate::{
    arguments::messages::MessageSet, failure::Result, reply::Reply, screen::Screen,
    session::Session,
};

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
    /// The file, once there is something to write.
    file: Option<Unfinished>,
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
        let target = |number: u32, own_name: Option<String>| {
            let (path, force) = match (file, own_name) {
                (Some(path), _) => (path, self.force),
                // The sender of a message must not choose which file is overwritten.
                (None, Some(name)) => (PathBuf::from(name), false),
                (None, None) => {
                    let name = match &part {
                        None => format!("{number}.eml"),
                        Some(part) => format!("{number}-{part}.bin"),
                    };
                    (PathBuf::from(name), self.force)
                }
            };
            Target {
                screen,
                path,
                force,
                file: None,
            }
        };
        match &part {
            // The transfer encoding is decoded, for which the whole part is needed.
            Some(section) if section.piece.is_none() => {
                let (number, bytes, own_name) = part::of(client, set, section).await?;
                let mut target = target(number, own_name);
                target.open()?;
                target.write(&bytes)?;
                target.finish(bytes.len() as u64)
            }
            section => {
                let raw = match section {
                    None => Raw::whole(client, set).await?,
                    Some(section) => Raw::section(client, set, section).await?,
                };
                let mut target = target(raw.number, None);
                let size = raw.copy(client, &progress, &mut target).await?;
                target.finish(size)
            }
        }
    }
}

impl Target {
    /// Creates the file, unless it is standard output.
    pub(super) fn open(&mut self) -> Result<()> {
        if !self.is_output() {
            self.file = Some(Unfinished::create(&self.path, self.force)?);
        }
        Ok(())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => self.screen.bytes(bytes),
        }
    }

    /// Gives the file its name, now that all `size` bytes are written.
    fn finish(self, size: u64) -> Result<Reply> {
        let Some(file) = self.file else {
            return Ok(Reply::silent());
        };
        file.finish()?;
        let shown = self.path.display().to_string();
        Ok(Reply::done(
            json!({ "file": shown, "bytes": size }),
            format!("saved {size} bytes to {shown}"),
        ))
    }

    fn is_output(&self) -> bool {
        self.path == Path::new("-")
    }
}
