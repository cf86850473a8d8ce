//! Commands that copy, move and upload messages.

use std::path::{Path, PathBuf};

use clap::Args;
use imapclient::{
    AppendUid, Copied, Done, Error, Flags, MailboxName, MoveWay, Moved, SearchKey, UidSet,
    chrono::{DateTime, FixedOffset},
    tokio::Client,
};
use serde_json::{Value, json};

use super::{
    change::{are, remaining},
    upload::{Message, Properties, named, prepare},
};
use crate::{
    arguments::{
        dates, flags,
        messages::{self, MessageSet, Named, by_kind, count},
    },
    failure::{Failure, Result},
    reply::Reply,
    session::Session,
};

commands! {
    Transfer {
        /// Copies messages to another mailbox.
        #[command(visible_alias = "cp", after_help = "RFC 9051 §6.4.7 (COPY)\n\nExamples:\n  copy 1:10 Archive\n  cp $ \"Tom & Jerry\"")]
        Copy(Copy),
        /// Moves messages to another mailbox.
        ///
        /// Without MOVE, they are copied, the copies are checked, and the originals are removed; a
        /// server without UIDPLUS can only mark them as deleted.
        #[command(
            name = "move",
            visible_alias = "mv",
            after_help = "RFC 9051 §6.4.8 (MOVE)\n\nExamples:\n  move 42 Archive\n  mv $ Trash"
        )]
        Move(Move),
        /// Uploads messages from files to a mailbox.
        ///
        /// Each file contains one message; its line ends become CR LF. - is standard input, unless
        /// that supplies the commands. Files of more than 1 MiB in total are uploaded one by one.
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
        // Without MOVE, the target may be opened to look for the copies.
        session.keep_selected();
        let client = session.client().await?;
        let moved = by_kind!(&set, |messages| client.move_to(messages, to).await?);
        match moved.way {
            MoveWay::Native => self.told(session, &set, messages, &moved).await,
            MoveWay::Emulated => self.told_by_steps(session, &set, &moved).await,
        }
    }

    /// Describes the result of MOVE, after a look at what is left.
    async fn told(
        &self,
        session: &mut Session,
        set: &Named,
        messages: UidSet,
        moved: &Moved,
    ) -> Result<Reply> {
        let copied = &moved.copied;
        let what = match copied.uids() {
            Some(_) => done("moving", set, &self.to, copied).0,
            None => format!("moving {set} to {}", self.to),
        };
        session.did(format!("OK to {what}, looking up what is left"));
        let client = session.client().await?;
        let left = match copied {
            Copied::Told(uids) => remaining(client, &uids.source).await?,
            Copied::Untold => remaining(client, &messages).await?,
            Copied::Nothing => UidSet::new(),
        };
        if !left.is_empty() {
            return Err(self.not_removed(set, copied, &left));
        }
        let (text, mut json) = done("moved", set, &self.to, copied);
        add_way(&mut json, moved);
        Ok(Reply::done(json, text))
    }

    /// Describes the result of a move by copying. The library has looked at what is left.
    async fn told_by_steps(
        &self,
        session: &mut Session,
        set: &Named,
        moved: &Moved,
    ) -> Result<Reply> {
        let Moved {
            copied,
            left,
            unproved,
            ..
        } = moved;
        if !unproved.is_empty() {
            let text = match copied.uids() {
                Some(_) => done("copied", set, &self.to, copied).0,
                None => format!("the server said OK to copying {set}"),
            };
            return Err(Failure::Other(format!(
                "{text}; no copy was found in {} of UID {unproved}, which was not touched",
                self.to,
            )));
        }
        let client = session.client().await?;
        let removes = client.has_capability("UIDPLUS").await?;
        if removes && !left.is_empty() {
            let text = done("copied", set, &self.to, copied).0;
            return Err(Failure::Other(format!(
                "{text}, but {} still here: UID {left}",
                are(left)
            )));
        }
        let (mut text, mut json) = done(
            if removes { "moved" } else { "copied" },
            set,
            &self.to,
            copied,
        );
        if !left.is_empty() {
            session.screen.warn(
                "the server removes only all deleted messages at once (it has neither MOVE nor \
                 UIDPLUS): these are copied and marked as deleted, and `expunge` removes them",
            );
            text.push_str(", and marked them as deleted here");
        }
        add_way(&mut json, moved);
        Ok(Reply::done(json, text))
    }

    /// Returns the failure about messages that were copied and are still there.
    fn not_removed(&self, set: &Named, copied: &Copied, left: &UidSet) -> Failure {
        let text = match copied.uids() {
            Some(_) => done("copied", set, &self.to, copied).0,
            None => format!("moving {set} to {}", self.to),
        };
        Failure::Other(format!(
            "{text}: the server said OK, but {} still here: UID {left}",
            are(left)
        ))
    }
}

/// Adds the way in which messages were moved, and what is left of them.
fn add_way(json: &mut Value, moved: &Moved) {
    let way = match moved.way {
        MoveWay::Native => "native",
        MoveWay::Emulated => "emulated",
    };
    json["way"] = json!(way);
    json["left"] = json!((!moved.left.is_empty()).then_some(&moved.left));
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
        if session.input_is_taken() && self.files.iter().any(|path| path == Path::new("-")) {
            return Err(Failure::usage(
                "`-` is standard input, which supplies the commands; name a file",
            ));
        }
        let messages = prepare(&self.files).await?;
        for (path, message) in self.files.iter().zip(&messages) {
            if message.has_nul() && !self.binary {
                return Err(Failure::Usage(format!(
                    "{}: a message with NUL in it needs --binary, and a server with BINARY",
                    path.display()
                )));
            }
        }
        let properties = Properties {
            flags: match self.flags.is_empty() {
                true => Flags::new(),
                false => flags::flags(&self.flags)?,
            },
            date: self.date,
            binary: self.binary,
        };
        let many = count(messages.len() as u64);
        let told = if messages.iter().all(Message::is_small) {
            let uploads = messages.into_iter().filter_map(|message| match message {
                Message::Small(bytes) => Some(properties.append(bytes)),
                Message::Large { .. } => None,
            });
            let client = session.client().await?;
            let told = client.append_all(&to, uploads).await;
            told.map_err(|error| self.failure(error))?
        } else {
            self.one_by_one(session, &to, messages, &properties).await?
        };
        let text = match &told {
            Some(told) => format!("appended {many} to {to}, as UID {}", told.uids),
            None => {
                format!("uploaded {many} to {to}: the server said OK, and reports no UIDs")
            }
        };
        Ok(Reply::done(json!({ "appended": told, "to": to }), text))
    }

    /// Uploads messages of any size. Returns their UIDs if the server reports all of them.
    async fn one_by_one(
        &self,
        session: &mut Session,
        to: &MailboxName,
        messages: Vec<Message>,
        properties: &Properties,
    ) -> Result<Option<AppendUid>> {
        let total = messages.iter().map(Message::size).sum();
        let progress = session.progress.clone();
        let mut all: Option<AppendUid> = None;
        let (mut before, mut is_whole) = (0, true);
        for (index, (path, message)) in self.files.iter().zip(messages).enumerate() {
            let size = message.size();
            let client = session.client().await?;
            let told = message
                .upload(client, to, properties, &progress, (before, total))
                .await
                .map_err(|error| Failure::from(error).at(named(path).display().to_string()))?;
            before += size;
            progress.set(before, total);
            is_whole &= told.is_some();
            match (&mut all, told) {
                (Some(all), Some(told)) if all.uid_validity == told.uid_validity => {
                    all.uids.append(told.uids);
                }
                (None, told) => all = told,
                (Some(_), _) => is_whole = false,
            }
            let known = all.as_ref().filter(|_| is_whole);
            let uids = known.map_or_else(String::new, |all| format!(", as UID {}", all.uids));
            let many = count(index as u64 + 1);
            session.did(format!("uploading {many} to {to}{uids}"));
        }
        let mut all = all.filter(|_| is_whole);
        if let Some(told) = &mut all
            && told.uids.iter().is_some_and(|uids| uids.is_sorted())
        {
            told.uids.compact();
        }
        Ok(all)
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
