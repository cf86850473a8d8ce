//! Commands that copy, move and upload messages.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    thread,
};

use clap::Args;
use imapclient::{
    Append as Upload, AppendUid, Copied, Done, Error, SearchKey, UidSet,
    chrono::{DateTime, FixedOffset},
    tokio::Client,
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::change::{are, remaining};
use crate::{
    arguments::{
        dates, flags,
        messages::{self, MessageSet, Named, by_kind, count},
    },
    failure::{Failure, Result},
    reply::Reply,
    session::Session,
};

/// Upper bound on a message, in bytes; no server accepts more.
const LARGEST: u64 = 1024 * 1024 * 1024;

commands! {
    Transfer {
        /// Copies messages to another mailbox.
        #[command(visible_alias = "cp", after_help = "RFC 9051 §6.4.7 (COPY)\n\nExamples:\n  copy 1:10 Archive\n  cp $ \"Tom & Jerry\"")]
        Copy(Copy),
        /// Moves messages to another mailbox.
        #[command(
            name = "move",
            visible_alias = "mv",
            after_help = "RFC 9051 §6.4.8 (MOVE)\n\nExamples:\n  move 42 Archive\n  mv $ Trash"
        )]
        Move(Move),
        /// Uploads messages from files to a mailbox.
        ///
        /// Each file contains one message; its line ends become CR LF. - is standard input, unless
        /// that supplies the commands.
        #[command(
            visible_alias = "put",
            after_help = "RFC 9051 §6.3.12 (APPEND)\n\nExamples:\n  append letter.eml\n  append --to Drafts --flag draft one.eml two.eml\n  append --date 2026-01-31T12:00:00+01:00 letter.eml"
        )]
        Append(Append),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Copy {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
    /// The target mailbox.
    #[arg(value_name = "MAILBOX")]
    to: String,
}

#[derive(Debug, Args)]
pub(crate) struct Move {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
    /// The target mailbox.
    #[arg(value_name = "MAILBOX")]
    to: String,
}

#[derive(Debug, Args)]
pub(crate) struct Append {
    /// Files with one message each.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The mailbox; the selected one if none is named.
    #[arg(long, value_name = "MAILBOX")]
    to: Option<String>,
    /// A flag for the messages; can be repeated.
    #[arg(long = "flag", value_name = "FLAG")]
    flags: Vec<String>,
    /// Allows any bytes in the messages; needs a server with BINARY.
    #[arg(long)]
    binary: bool,
    /// The date of receipt: 2026-01-31T12:00:00+01:00, or in the format of INTERNALDATE.
    #[arg(long, value_name = "TIME", value_parser = dates::time)]
    date: Option<DateTime<FixedOffset>>,
}

impl Copy {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let to = session.mailbox_name(&self.to).await?;
        let set = self.messages.resolve(session).await?;
        let client = session.client().await?;
        let copied = by_kind!(&set, |messages| client.copy(messages, to).await?);
        let (text, json) = done("copied", &set, &self.to, &copied);
        Ok(Reply::done(json, text))
    }
}

impl Move {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let to = session.mailbox_name(&self.to).await?;
        let set = self.messages.resolve(session).await?;
        let client = session.client().await?;
        let messages = messages_of(client, &set).await?;
        let moved = by_kind!(&set, |messages| client.move_to(messages, to).await?);
        let step = match moved.uids() {
            Some(_) => done("moving", &set, &self.to, &moved).0,
            None => format!("moving {set} to {}", self.to),
        };
        session.did(format!("OK to {step}, looking up what is left"));
        let client = session.client().await?;
        let left = match &moved {
            Copied::Told(uids) => remaining(client, &uids.source).await?,
            Copied::Untold => remaining(client, &messages).await?,
            Copied::Nothing => UidSet::new(),
        };
        if !left.is_empty() {
            let text = match moved.uids() {
                Some(_) => done("copied", &set, &self.to, &moved).0,
                None => format!("moving {set} to {}", self.to),
            };
            return Err(Failure::Other(format!(
                "{text}: the server said OK, but {} still here: UID {left}",
                are(&left)
            )));
        }
        let (text, json) = done("moved", &set, &self.to, &moved);
        Ok(Reply::done(json, text))
    }
}

/// Returns the UIDs of the messages in a set, so that they can be looked up later. A set of UIDs
/// without `*` is used as it is.
async fn messages_of(client: &mut Client, set: &Named) -> Result<UidSet> {
    let key = match set {
        Named::Uids(uids) if !uids.has_star() => return Ok(uids.clone()),
        Named::Uids(uids) => SearchKey::Uid(uids.clone()),
        Named::Seqs(seqs) => SearchKey::Seq(seqs.clone()),
    };
    Ok(client.search(key).await?.iter().copied().collect())
}

/// Describes what was done, as far as the server reports it. Missing UIDs do not mean that nothing
/// was done; if they were reported like that, the user might repeat the command.
fn done(what: &str, set: &Named, to: &str, copied: &Copied) -> (String, Value) {
    let uids = copied.uids();
    let text = match copied {
        Copied::Told(uids) => {
            let many = count(uids.source.len().unwrap_or_default());
            format!("{what} {many} to {to}, as UID {}", uids.destination)
        }
        // Messages that are gone were moved; the caller has looked that up. For a copy only the
        // server knows.
        Copied::Untold if what == "moved" => {
            format!("moved those of {set} that existed to {to}; the server reports no UIDs")
        }
        Copied::Untold => {
            format!("the server said OK to copying {set} to {to}, and reports no UIDs")
        }
        Copied::Nothing => format!("no message was {what}: none was named"),
    };
    let told = (*copied != Copied::Nothing).then(|| {
        json!({
            "asked": set.to_string(),
            "messages": uids.and_then(|uids| uids.source.len()),
            "uid_validity": uids.map(|uids| uids.uid_validity),
            "source": uids.map(|uids| &uids.source),
            "destination": uids.map(|uids| &uids.destination),
        })
    });
    (text, json!({ what: told, "to": to }))
}

impl Append {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let to = match (&self.to, session.mailbox()) {
            (Some(name), _) => session.mailbox_name(name).await?,
            (None, Some(selected)) => selected.clone(),
            (None, None) => {
                return Err(Failure::usage(
                    "no mailbox is given; open one, or use `--to MAILBOX`",
                ));
            }
        };
        let mut uploads = Vec::new();
        for path in &self.files {
            let message = with_mail_line_ends(read(path, session).await?);
            if message.contains(&0) && !self.binary {
                return Err(Failure::Usage(format!(
                    "{}: a message with NUL in it needs --binary, and a server with BINARY",
                    path.display()
                )));
            }
            let mut upload = Upload::new(message);
            if self.binary {
                upload = upload.binary();
            }
            if !self.flags.is_empty() {
                upload = upload.flags(flags::flags(&self.flags)?);
            }
            if let Some(date) = self.date {
                upload = upload.internal_date(date);
            }
            uploads.push(upload);
        }
        let many = count(uploads.len() as u64);
        let client = session.client().await?;
        let told: Option<AppendUid> = match client.append_all(&to, uploads).await {
            Ok(told) => told,
            Err(error) => return Err(self.failure(error)),
        };
        let text = match &told {
            Some(told) => format!("appended {many} to {to}, as UID {}", told.uids),
            None => {
                format!("uploaded {many} to {to}: the server said OK, and reports no UIDs")
            }
        };
        Ok(Reply::done(json!({ "appended": told, "to": to }), text))
    }

    /// Adds the name of the file that an error is about, if known.
    fn failure(&self, error: Error) -> Failure {
        let index = match &error {
            Error::AppendLimit { index, .. } => Some(*index),
            error => match error.done() {
                Some(Done::Appended { messages, .. }) => Some(*messages),
                _ => None,
            },
        };
        match index.and_then(|index| self.files.get(index)) {
            Some(file) => Failure::from(error).at(file.display().to_string()),
            None => error.into(),
        }
    }
}

/// Reads a whole file on a thread of its own: it may be a pipe that nobody writes to, and Ctrl-C
/// must not wait for it.
async fn read(path: &Path, session: &Session) -> Result<Vec<u8>> {
    let is_input = path == Path::new("-");
    if is_input && session.input_is_taken() {
        return Err(Failure::usage(
            "`-` is standard input, which supplies the commands; name a file",
        ));
    }
    let named = if is_input {
        Path::new("standard input")
    } else {
        path
    };
    let (tell, told) = oneshot::channel();
    let from = path.to_owned();
    thread::Builder::new().spawn(move || {
        // This fails if the command was cancelled.
        let _ = tell.send(read_all(&from));
    })?;
    match told.await {
        Ok(read) => read.map_err(Failure::file(named)),
        Err(_) => Err(Failure::Other("reading has ended early".to_owned())),
    }
}

fn read_all(path: &Path) -> io::Result<Vec<u8>> {
    let from: Box<dyn Read> = match path == Path::new("-") {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(path)?),
    };
    let mut message = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut message)?;
    match message.len() as u64 > LARGEST {
        true => Err(io::Error::other("a message cannot be larger than 1 GiB")),
        false => Ok(message),
    }
}

/// Converts line ends to CR LF, as mail requires.
fn with_mail_line_ends(text: Vec<u8>) -> Vec<u8> {
    let mut mail = Vec::with_capacity(text.len() + text.len() / 32);
    let mut before = 0;
    for byte in text {
        if byte == b'\n' && before != b'\r' {
            mail.push(b'\r');
        }
        mail.push(byte);
        before = byte;
    }
    mail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_those_of_mail() {
        let mail = |text: &str| String::from_utf8(with_mail_line_ends(text.into())).unwrap();
        assert_eq!(mail("a\nb\n\n"), "a\r\nb\r\n\r\n");
        assert_eq!(mail("a\r\nb\n"), "a\r\nb\r\n");
        assert_eq!(mail(""), "");
    }
}
