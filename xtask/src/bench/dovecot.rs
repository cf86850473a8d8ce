//! Dovecot with a large mailbox, in memory.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    case::DOVECOT,
    stage::{self, Ports},
};
use crate::{
    failure::{Doing as _, Result},
    servers::{self, Running},
    signals::Signals,
};

/// A running Dovecot. Its mailbox is removed when the value is dropped.
pub(super) struct Seeded {
    running: Running,
    // Removed last.
    _folder: TempDir,
}

impl Seeded {
    /// Returns the reason why there can be no Dovecot here.
    pub(super) fn obstacle() -> Option<String> {
        servers::recipe("dovecot").ok()?.obstacle()
    }

    /// Starts Dovecot, and puts messages into its INBOX.
    pub(super) fn start(signals: &Signals) -> Result<Self> {
        eprintln!("seeding Dovecot with {DOVECOT} messages");
        let recipe = servers::recipe("dovecot")?;
        servers::ensure_installed(recipe, signals)?;
        let folder = stage::folder()?;
        let running = servers::dovecot_in(
            folder.path(),
            |mail| {
                let inbox = mail.join("user1/Maildir");
                deliver(&inbox).doing(|| format!("write messages to {inbox:?}"))
            },
            signals,
        )?;
        Ok(Self {
            running,
            _folder: folder,
        })
    }

    pub(super) fn ports(&self) -> Ports {
        Ports {
            plain: self.running.plain_port(),
            tls: 0,
            ca: PathBuf::new(),
        }
    }

    pub(super) fn stop(self) -> Result<()> {
        self.running.stop()
    }
}

/// Writes the messages as files.
fn deliver(inbox: &Path) -> io::Result<()> {
    for name in ["cur", "new", "tmp"] {
        fs::create_dir_all(inbox.join(name))?;
    }
    for number in 1..=DOVECOT {
        let text = message(number);
        // The times sort the messages, and the size saves Dovecot from reading them.
        let name = format!(
            "{}.M{number}.bench,S={}:2,{}",
            1_700_000_000 + number,
            text.len(),
            flags(number)
        );
        fs::write(inbox.join("cur").join(name), text)?;
    }
    Ok(())
}

fn flags(number: u64) -> &'static str {
    if number.is_multiple_of(3) { "" } else { "S" }
}

/// Returns a message of about 20 KiB with two parts.
fn message(number: u64) -> String {
    let line = "All work and no play makes Jack a dull boy, and all play makes him a toy.\r\n";
    let lines = 40 + usize::try_from(number % 180).unwrap_or(0);
    let (plain, html) = (line.repeat(lines), line.repeat(lines + 20));
    format!(
        "From: Ann Example <ann{number}@example.org>\r\n\
         To: Bob Example <bob@example.com>, carol@example.net\r\n\
         Subject: Re: minutes of the {number}th meeting of the committee\r\n\
         Date: Thu, 26 Nov 2026 10:{:02}:07 +0100\r\n\
         Message-ID: <{number}.1001@mail.example.org>\r\n\
         In-Reply-To: <{number}.1000@lists.example.org>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"part-{number}\"\r\n\r\n\
         --part-{number}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n\
         --part-{number}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n\
         --part-{number}--\r\n",
        number % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_about_20_kib() {
        let sizes: Vec<_> = (1..=180).map(|number| message(number).len()).collect();
        let average = sizes.iter().sum::<usize>() / sizes.len();
        assert!((20_000..25_000).contains(&average), "{average}");
    }
}
