//! Files of a Maildir, which all clients write in the same way.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// A Maildir.
#[derive(Debug)]
pub struct Maildir(PathBuf);

/// A message that is being written.
#[derive(Debug)]
pub struct Message {
    file: File,
    from: PathBuf,
    to: PathBuf,
}

impl Maildir {
    /// Makes the folders of a Maildir.
    pub fn make(folder: &Path) -> io::Result<Self> {
        for name in ["cur", "new", "tmp"] {
            fs::create_dir_all(folder.join(name))?;
        }
        Ok(Self(folder.into()))
    }

    /// Begins a message.
    pub fn begin(&self, uid: u32) -> io::Result<Message> {
        let from = self.0.join(format!("tmp/{uid}"));
        Ok(Message {
            file: File::create(&from)?,
            from,
            to: self.0.join(format!("cur/{uid}:2,")),
        })
    }

    /// Writes a whole message.
    pub fn write(&self, uid: u32, body: &[u8]) -> io::Result<()> {
        let mut message = self.begin(uid)?;
        message.write_all(body)?;
        message.finish()
    }
}

impl Message {
    /// Moves the message to its place.
    pub fn finish(self) -> io::Result<()> {
        drop(self.file);
        fs::rename(self.from, self.to)
    }
}

impl io::Write for Message {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
