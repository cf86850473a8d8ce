//! Commands that change messages, or remove them.

use clap::Args;
use imapclient::{FlagChange, Flags, SearchKey, Stored, UidSet};
use serde_json::json;

use super::read::flag_table;
use crate::{
    arguments::{
        flags,
        messages::{self, MessageSet, Named, count},
    },
    failure::{Failure, Result},
    reply::Reply,
    session::Session,
};

commands! {
    Change {
        /// Adds flags to messages.
        #[command(after_help = "RFC 9051 §6.4.6 (STORE)\n\nExamples:\n  flag 42 flagged\n  flag $ \\Seen work")]
        Flag(Flag),
        /// Takes flags from messages.
        #[command(after_help = "RFC 9051 §6.4.6 (STORE)\n\nExamples:\n  unflag 42 seen")]
        Unflag(Unflag),
        /// Changes flags as IMAP has it.
        ///
        /// FLAGS sets them, +FLAGS adds some, -FLAGS takes some away.
        #[command(
            after_help = "RFC 9051 §6.4.6 (STORE)\n\nExamples:\n  store 42 +FLAGS (\\Seen \\Flagged)\n  store 1:10 FLAGS.SILENT ()"
        )]
        Store(Store),
        /// Removes messages.
        ///
        /// They are marked as deleted, and these and no others are expunged.
        #[command(visible_alias = "remove", after_help = "RFC 9051 §6.4.9 (UID EXPUNGE)\n\nExamples:\n  rm 42\n  rm $")]
        Rm(Rm),
        /// Removes deleted messages: all, or those of these UIDs.
        #[command(after_help = "RFC 9051 §6.4.3 (EXPUNGE), §6.4.9 (UID EXPUNGE)\n\nExamples:\n  expunge\n  expunge 1:10")]
        Expunge(Expunge),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Flag {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct Unflag {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Which {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
    /// The flags: seen, answered, flagged, deleted, draft, or a keyword of your own.
    #[arg(value_name = "FLAG", required = true)]
    flags: Vec<String>,
    /// Only messages that nobody has changed since this modification sequence.
    #[arg(long, value_name = "MODSEQ")]
    unchanged_since: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Store {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
    /// FLAGS, +FLAGS or -FLAGS; with .SILENT the new flags are not asked for.
    #[arg(value_name = "CHANGE", allow_hyphen_values = true)]
    change: String,
    /// The flags.
    #[arg(value_name = "FLAG", required = true)]
    flags: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Rm {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
}

#[derive(Debug, Args)]
pub(crate) struct Expunge {
    /// Only those with these UIDs.
    #[arg(value_name = "MESSAGES")]
    messages: Option<MessageSet>,
}

impl Flag {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let change = FlagChange::add(flags::flags(&self.which.flags)?);
        self.which.store(session, change).await
    }
}

impl Unflag {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let change = FlagChange::remove(flags::flags(&self.which.flags)?);
        self.which.store(session, change).await
    }
}

impl Which {
    async fn store(self, session: &mut Session, change: FlagChange) -> Result<Reply> {
        let change = match self.unchanged_since {
            Some(modseq) => change.unchanged_since(modseq),
            None => change,
        };
        store(session, &self.messages, change, false).await
    }
}

impl Store {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let upper = self.change.to_ascii_uppercase();
        let (change, silent) = match upper.strip_suffix(".SILENT") {
            Some(change) => (change, true),
            None => (upper.as_str(), false),
        };
        let flags = match self.flags.join(" ").trim() {
            // To have none at all is a change, too.
            "()" if change == "FLAGS" => Flags::new(),
            _ => flags::flags(&self.flags)?,
        };
        let change = match change {
            "FLAGS" => FlagChange::replace(flags),
            "+FLAGS" => FlagChange::add(flags),
            "-FLAGS" => FlagChange::remove(flags),
            _ => {
                let what = format!(
                    "{:?} is no change; write FLAGS, +FLAGS or -FLAGS, with .SILENT or without",
                    self.change
                );
                return Err(Failure::Usage(what));
            }
        };
        let change = if silent { change.silent() } else { change };
        store(session, &self.messages, change, silent).await
    }
}

async fn store(
    session: &mut Session,
    messages: &MessageSet,
    change: FlagChange,
    silent: bool,
) -> Result<Reply> {
    let set = messages.resolve(session).await?;
    let by_uid = set.by_uid();
    let stored = session.client().await?.store(set, change).await?;
    left_alone(session, &stored, by_uid);
    Ok(flag_table(
        stored.iter().map(|(number, flags)| (*number, flags)),
        by_uid,
        if silent { "" } else { "no message was changed" },
    ))
}

/// Says which messages somebody else has changed.
pub(super) fn left_alone<T>(session: &Session, stored: &Stored<T>, by_uid: bool) {
    let unchanged = stored.unchanged();
    if !unchanged.is_empty() {
        let mark = if by_uid { "" } else { "#" };
        session.screen.warn(&format!(
            "changed by somebody else since, and left alone: {mark}{unchanged}"
        ));
    }
}

impl Rm {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let set = self.messages.resolve(session).await?;
        let client = session.client().await?;
        // What will be removed is known before it is asked whether it should be.
        let found = client.fetch(set.clone(), "FLAGS").await?;
        let uids: UidSet = found.values().filter_map(imapclient::Fetch::uid).collect();
        if uids.is_empty() {
            return Err(Failure::Other(format!(
                "there is no message {set} in this mailbox"
            )));
        }
        let one_by_one =
            client.has_capability("UIDPLUS").await? || client.has_capability("IMAP4rev2").await?;
        let many = count(found.len() as u64);
        match one_by_one {
            true => session.confirm(&format!("{many} will be removed for good"))?,
            false => session.screen.warn(
                "the server removes only all deleted messages at once (it has no UIDPLUS): \
                 these are marked as deleted, and `expunge` removes them",
            ),
        }
        let client = session.client().await?;
        client
            .store(&uids, FlagChange::add(imapclient::Flag::Deleted).silent())
            .await?;
        if !one_by_one {
            return Ok(Reply::done(
                json!({ "marked": found.len(), "uids": uids }),
                format!("marked {many} as deleted"),
            ));
        }
        client.uid_expunge(&uids).await?;
        Ok(Reply::done(
            json!({ "removed": found.len(), "uids": uids }),
            format!("removed {many}"),
        ))
    }
}

impl Expunge {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let set = self
            .messages
            .map(|messages| messages.meaning(session))
            .transpose()?;
        let uids = match set {
            None => None,
            Some(Named::Uids(uids)) => Some(uids),
            Some(_) => return Err(Failure::usage("`expunge` takes UIDs, as in `expunge 1:10`")),
        };
        let client = session.client().await?;
        let deleted = match &uids {
            None => client.search(SearchKey::Deleted).await?,
            Some(uids) => {
                let key = SearchKey::And(vec![SearchKey::Deleted, SearchKey::Uid(uids.clone())]);
                client.search(key).await?
            }
        };
        if deleted.is_empty() {
            return Ok(Reply::done(
                json!({ "removed": 0 }),
                "no message is marked as deleted",
            ));
        }
        session.confirm(&format!(
            "{} marked as deleted will be removed for good",
            count(deleted.len() as u64)
        ))?;
        let client = session.client().await?;
        let before = client
            .state()
            .selected()
            .map_or(0, |mailbox| mailbox.exists);
        let gone = match uids {
            None => client.expunge().await?,
            Some(uids) => client.uid_expunge(uids).await?,
        };
        // A server that speaks of UIDs here (QRESYNC) tells them as news.
        let after = client
            .state()
            .selected()
            .map_or(0, |mailbox| mailbox.exists);
        let many = (gone.len() as u64).max(before.saturating_sub(after).into());
        Ok(Reply::done(
            json!({ "removed": many }),
            format!("removed {}", count(many)),
        ))
    }
}
