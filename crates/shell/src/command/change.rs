//! Commands that change or remove messages.

use clap::Args;
use imapclient::{FlagChange, Flags, SearchKey, Stored, UidSet, tokio::Client};
use serde_json::json;

use super::read::flag_table;
use crate::{
    arguments::{
        flags,
        messages::{self, MessageSet, Named, Number, by_kind, count},
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
        /// Removes flags from messages.
        #[command(after_help = "RFC 9051 §6.4.6 (STORE)\n\nExamples:\n  unflag 42 seen")]
        Unflag(Unflag),
        /// Changes flags with the syntax of IMAP.
        ///
        /// FLAGS replaces all flags, +FLAGS adds some, -FLAGS removes some.
        #[command(
            after_help = "RFC 9051 §6.4.6 (STORE)\n\nExamples:\n  store 42 +FLAGS (\\Seen \\Flagged)\n  store 1:10 FLAGS.SILENT ()"
        )]
        Store(Store),
        /// Removes messages.
        ///
        /// They are marked as deleted and expunged; other deleted messages stay.
        #[command(visible_alias = "remove", after_help = "RFC 9051 §6.4.9 (UID EXPUNGE)\n\nExamples:\n  rm 42\n  rm $")]
        Rm(Rm),
        /// Removes deleted messages: all, or those of these UIDs.
        #[command(after_help = "RFC 9051 §6.4.3 (EXPUNGE), §6.4.9 (UID EXPUNGE)\n\nExamples:\n  expunge\n  expunge 1:10\n  expunge --shared 42")]
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
    /// Only messages that have not changed since this modification sequence.
    #[arg(long, value_name = "MODSEQ")]
    unchanged_since: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Store {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
    /// FLAGS, +FLAGS or -FLAGS; with .SILENT the server does not return the new flags.
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
    /// Also without UIDPLUS: takes the marks of other messages off meanwhile. Dangerous if other
    /// clients change the mailbox at the same time.
    #[arg(long, requires = "messages")]
    shared: bool,
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
            // Setting no flags at all is also a change.
            "()" if change == "FLAGS" => Flags::new(),
            _ => flags::flags(&self.flags)?,
        };
        let change = match change {
            "FLAGS" => FlagChange::replace(flags),
            "+FLAGS" => FlagChange::add(flags),
            "-FLAGS" => FlagChange::remove(flags),
            _ => {
                let what = format!(
                    "{:?} is not a change; write FLAGS, +FLAGS or -FLAGS, with .SILENT or without",
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
    let done = format!("OK to the change of {set}");
    by_kind!(set, |messages| {
        let client = session.client().await?;
        let stored = client.store(messages.clone(), change).await?;
        session.did(done);
        let modified_all = left_alone(session, &stored);
        let mut told = stored.into_map();
        // A server that reports nothing may still have changed something.
        if told.is_empty() && modified_all && !silent {
            told = session.client().await?.flags(messages).await?;
        }
        Ok(flag_table(
            told,
            if silent { "" } else { "no message was changed" },
        ))
    })
}

/// Warns about messages that another client has changed. Returns whether there are none.
pub(super) fn left_alone<T, N: Number>(session: &Session, stored: &Stored<T, N>) -> bool {
    let unchanged = stored.unchanged();
    let is_none = *unchanged == N::Set::default();
    if !is_none {
        session.screen.warn(&format!(
            "changed by another client, and therefore not modified: {}{unchanged}",
            N::MARK
        ));
    }
    is_none
}

impl Rm {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let set = self.messages.resolve(session).await?;
        let client = session.client().await?;
        // Determine the messages to be removed before asking for confirmation.
        let uids = by_kind!(&set, |messages| {
            let found = client.fetch(messages, "FLAGS").await?;
            let uids = found.values().filter_map(imapclient::Fetch::uid);
            uids.collect::<UidSet>()
        });
        if uids.is_empty() {
            return Err(Failure::Other(format!(
                "there is no message {set} in this mailbox"
            )));
        }
        let one_by_one = client.has_capability("UIDPLUS").await?;
        let many = count(uids.len().unwrap_or_default());
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
        session.did(format!("OK to marking {many} as deleted"));
        let client = session.client().await?;
        if !one_by_one {
            return marked(client, &uids).await;
        }
        let left = client.uid_expunge(&uids).await?.left;
        removed(&uids, &left)
    }
}

/// Looks up which of these messages are marked as deleted, and reports them.
async fn marked(client: &mut Client, uids: &UidSet) -> Result<Reply> {
    let flags = client.flags(uids).await?;
    let deleted = flags
        .iter()
        .filter(|(_, flags)| flags.contains(&imapclient::Flag::Deleted));
    let marked: UidSet = deleted.map(|(uid, _)| *uid).collect();
    let many = count(marked.len().unwrap_or_default());
    if (marked.len().unwrap_or_default() as usize) < flags.len() {
        let keys = flags.keys().copied();
        let others: UidSet = keys.filter(|uid| !marked.contains(*uid)).collect();
        return Err(Failure::Other(format!(
            "marked {many} as deleted; the server said OK, but {} not: UID {others}",
            are(&others)
        )));
    }
    Ok(Reply::done(
        json!({ "marked": marked.len(), "uids": marked }),
        format!("marked {many} as deleted"),
    ))
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
        let deleted: UidSet = match &uids {
            None => client.search(SearchKey::Deleted).await?,
            Some(uids) => {
                let key = SearchKey::And(vec![SearchKey::Deleted, SearchKey::Uid(uids.clone())]);
                client.search(key).await?
            }
        }
        .iter()
        .copied()
        .collect();
        if deleted.is_empty() {
            return Ok(Reply::done(
                json!({ "removed": 0 }),
                "no message is marked as deleted",
            ));
        }
        let many = count(deleted.len().unwrap_or_default());
        let client = session.client().await?;
        let is_alone = !self.shared || client.has_capability("UIDPLUS").await?;
        session.confirm(&match is_alone {
            true => format!("{many} marked as deleted will be removed for good"),
            false => format!(
                "{many} marked as deleted will be removed for good, and with them those that other \
                 clients mark at the same time (the server has no UIDPLUS); if the connection \
                 ends, the marks of other messages are missing"
            ),
        })?;
        let client = session.client().await?;
        let left = match uids {
            None => {
                client.expunge().await?;
                session.did("OK to EXPUNGE, looking up what is left".to_owned());
                remaining(session.client().await?, &deleted).await?
            }
            Some(_) if self.shared => {
                let gone = client.dangerous_expunge_shared(&deleted).await?;
                if !gone.put_back.is_empty() {
                    session.screen.note(&format!(
                        "other deleted messages are marked again: UID {}",
                        gone.put_back
                    ));
                }
                if !gone.unmarked.is_empty() {
                    session.screen.warn(&format!(
                        "other messages were marked as deleted and are not any more: UID {}",
                        gone.unmarked
                    ));
                }
                gone.removed.left
            }
            Some(_) => client.uid_expunge(&deleted).await?.left,
        };
        removed(&deleted, &left)
    }
}

/// Upper bound on the part of a set in one search, in bytes: some servers refuse long lines.
const SEARCHED: usize = 900;

/// Formats a number of messages with a verb, for example `1 message is` and `3 messages are`.
pub(super) fn are(uids: &UidSet) -> String {
    let many = uids.len().unwrap_or_default();
    let verb = if many == 1 { "is" } else { "are" };
    format!("{} {verb}", count(many))
}

/// Looks up which of these messages are still in the mailbox.
pub(super) async fn remaining(client: &mut Client, uids: &UidSet) -> Result<UidSet> {
    let mut left = UidSet::new();
    for some in uids.split(SEARCHED) {
        let found = client.search(SearchKey::Uid(some.clone())).await?;
        let found = found.iter().copied();
        left.append(found.filter(|uid| some.may_contain(*uid)).collect());
    }
    left.compact();
    Ok(left)
}

/// Reports which of these messages are gone, according to what is left: other clients may have
/// removed those that the server names, and a command with the response OK may have removed
/// nothing.
fn removed(asked: &UidSet, left: &UidSet) -> Result<Reply> {
    let gone: UidSet = asked
        .iter()
        .into_iter()
        .flatten()
        .filter(|uid| !left.contains(*uid))
        .collect();
    let many = gone.len().unwrap_or_default();
    if !left.is_empty() {
        return Err(Failure::Other(format!(
            "removed {}; the server said OK, but {} still there: UID {left}",
            count(many),
            are(left)
        )));
    }
    Ok(Reply::done(
        json!({ "removed": many, "uids": gone }),
        format!("removed {}", count(many)),
    ))
}
