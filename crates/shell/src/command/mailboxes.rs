//! Commands about mailboxes.

use clap::Args;
use imapclient::{Attribute, Code, Error, ListedMailbox, MailboxName, MailboxStatus, StatusItem};
use serde_json::json;

use crate::{
    arguments::{bare, dates, messages::count, nearest},
    failure::{Failure, Result},
    reply::{self, Cell, Field, Json, Reply, Rows, Table},
    session::Session,
};

use super::list::Ls;

commands! {
    Mailboxes {
        /// Lists mailboxes.
        ///
        /// In a pattern `*` stands for any text, `%` for any text within a level. With two words
        /// the first is the reference name of LIST.
        #[command(
            visible_alias = "list",
            after_help = "RFC 9051 §6.3.9 (LIST); RFC 5258, 5819, 6154, 8440, 9590\n\nExamples:\n  ls\n  ls Archive/%\n  ls --status\n  list \"\" * --subscribed"
        )]
        Ls(Ls),
        /// Lists the mailboxes that are subscribed to.
        #[command(after_help = "RFC 3501 §6.3.9 (LSUB)\n\nExamples:\n  lsub")]
        Lsub(Lsub),
        /// Lists mailboxes and their uses with Gmail's old command.
        #[command(after_help = "XLIST, a capability of Gmail's\n\nExamples:\n  xlist")]
        Xlist(Xlist),
        /// Finds the mailboxes for sent mail, drafts and so on.
        ///
        /// Uses what the server reports; if it reports nothing, their usual names.
        #[command(after_help = "RFC 6154\n\nExamples:\n  special\n  special trash")]
        Special(Special),
        /// Shows whether a mailbox exists.
        #[command(after_help = "RFC 9051 §6.3.9 (LIST)\n\nExamples:\n  exists Archive/2026")]
        Exists(Exists),
        /// Counts messages, without opening the mailbox.
        #[command(
            visible_alias = "stat",
            after_help = "RFC 9051 §6.3.11 (STATUS)\n\nExamples:\n  status INBOX\n  status INBOX (MESSAGES UNSEEN SIZE)"
        )]
        Status(Status),
        /// Creates a mailbox.
        #[command(visible_alias = "create", after_help = "RFC 9051 §6.3.4 (CREATE)\n\nExamples:\n  mkdir Archive/2026")]
        Mkdir(Mkdir),
        /// Deletes a mailbox and its messages.
        #[command(visible_alias = "delete", after_help = "RFC 9051 §6.3.5 (DELETE)\n\nExamples:\n  rmdir Archive/2019")]
        Rmdir(Rmdir),
        /// Renames a mailbox and those below it.
        #[command(after_help = "RFC 9051 §6.3.6 (RENAME)\n\nExamples:\n  rename Archive/2025 Old/2025")]
        Rename(Rename),
        /// Subscribes to a mailbox.
        #[command(after_help = "RFC 9051 §6.3.7 (SUBSCRIBE)\n\nExamples:\n  subscribe Lists/mail-dev")]
        Subscribe(Subscribe),
        /// Removes a subscription.
        #[command(after_help = "RFC 9051 §6.3.8 (UNSUBSCRIBE)\n\nExamples:\n  unsubscribe Lists/mail-dev")]
        Unsubscribe(Unsubscribe),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Lsub {
    /// The pattern.
    #[arg(value_name = "MAILBOX", num_args = 0..=2)]
    patterns: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Xlist {
    /// The pattern.
    #[arg(value_name = "MAILBOX", num_args = 0..=2)]
    patterns: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Special {
    /// One of all, archive, drafts, flagged, important, junk, sent, trash; each if none is given.
    #[arg(value_name = "USE")]
    special: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Exists {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
    /// Any of MESSAGES, UNSEEN, UIDNEXT, UIDVALIDITY, RECENT, DELETED, SIZE, HIGHESTMODSEQ,
    /// MAILBOXID, APPENDLIMIT, DELETED-STORAGE; by default the first five.
    #[arg(value_name = "STATUSITEM")]
    items: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Mkdir {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rmdir {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// Its name.
    #[arg(value_name = "MAILBOX")]
    from: String,
    /// Its new name.
    #[arg(value_name = "NAME")]
    to: String,
}

#[derive(Debug, Args)]
pub(crate) struct Subscribe {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
}

#[derive(Debug, Args)]
pub(crate) struct Unsubscribe {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
}

impl Lsub {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let (reference, pattern) = range(&self.patterns);
        let found = session.client().await?.lsub(reference, pattern).await?;
        session.note_names(&found);
        Ok(listed(found))
    }
}

impl Xlist {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let (reference, pattern) = range(&self.patterns);
        let found = session.client().await?.xlist(reference, pattern).await?;
        session.note_names(&found);
        Ok(listed(found))
    }
}

impl Special {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let uses: Vec<_> = match &self.special {
            Some(name) => vec![Self::named(name)?],
            None => Attribute::SPECIAL_USES.iter().collect(),
        };
        let mut table = Table::new(
            &["USE", "MAILBOX"],
            "the server has no mailboxes with special uses",
        );
        let mut found = serde_json::Map::new();
        for special in uses {
            let mailbox = session
                .client()
                .await?
                .find_special_mailbox(special.clone())
                .await?;
            if let Some(mailbox) = mailbox {
                table.row([Cell::from(special.as_str()), mailbox.as_str().into()]);
                found.insert(Self::word(special), json!(mailbox));
            }
        }
        Ok(Reply::new(found, table))
    }

    /// Returns the special use with this name, with or without its backslash.
    fn named(name: &str) -> Result<&'static Attribute> {
        let name = name.trim_start_matches('\\').to_lowercase();
        let mut uses = Attribute::SPECIAL_USES.iter();
        uses.find(|one| Self::word(one) == name).ok_or_else(|| {
            let names: Vec<_> = Attribute::SPECIAL_USES.iter().map(Self::word).collect();
            let hint = nearest::hint(&name, names.iter().map(String::as_str));
            Failure::Usage(format!(
                "{name:?} is not a special use; use one of {}{hint}",
                names.join(", ")
            ))
        })
    }

    /// Returns the name of a special use, such as `sent`.
    fn word(special: &Attribute) -> String {
        special.as_str().trim_start_matches('\\').to_lowercase()
    }
}

impl Exists {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        let exists = session.client().await?.mailbox_exists(name).await?;
        Ok(Reply::done(exists, if exists { "yes" } else { "no" }))
    }
}

impl Status {
    const USUAL: [StatusItem; 5] = [
        StatusItem::Messages,
        StatusItem::Unseen,
        StatusItem::UidNext,
        StatusItem::UidValidity,
        StatusItem::Recent,
    ];

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let items = bare(&self.items).into_iter().map(Self::item);
        let mut items: Vec<_> = items.collect::<Result<_>>()?;
        if items.is_empty() {
            items.extend(Self::USUAL);
        }
        let name = session.mailbox_name(&self.mailbox).await?;
        let status = session.client().await?.status(name, items).await?;
        Ok(Reply::new(&status, status_fields(&status)))
    }

    fn item(word: &str) -> Result<StatusItem> {
        word.parse().map_err(|_| {
            let names: Vec<_> = StatusItem::ALL.iter().map(|item| item.as_str()).collect();
            let hint = nearest::hint(word, names.iter().copied());
            Failure::Usage(format!(
                "STATUS has no item {word:?}; use one of {}{hint}",
                names.join(", ")
            ))
        })
    }
}

fn status_fields(status: &MailboxStatus) -> Vec<Field> {
    let limit = status.append_limit.as_ref().map(|limit| match limit {
        imapclient::codec::AppendLimit::Bytes(bytes) => bytes.to_string(),
        other => format!("{other:?}").to_lowercase(),
    });
    let size = |bytes: u64| format!("{bytes} ({})", dates::shown_size(bytes));
    let fields = [
        ("MESSAGES", status.messages.map(|n| n.to_string())),
        ("UNSEEN", status.unseen.map(|n| n.to_string())),
        ("UIDNEXT", status.uid_next.map(|n| n.to_string())),
        ("UIDVALIDITY", status.uid_validity.map(|n| n.to_string())),
        ("RECENT", status.recent.map(|n| n.to_string())),
        ("DELETED", status.deleted.map(|n| n.to_string())),
        ("SIZE", status.size.map(size)),
        (
            "HIGHESTMODSEQ",
            status.highest_modseq.map(|n| n.to_string()),
        ),
        ("MAILBOXID", status.mailbox_id.clone()),
        ("APPENDLIMIT", limit),
        ("DELETED-STORAGE", status.deleted_storage.map(size)),
    ];
    let known = fields
        .into_iter()
        .filter_map(|(name, value)| Some(Field::new(name, value?)));
    known.collect()
}

impl Mkdir {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.new_mailbox_name(&self.mailbox).await?;
        session.client().await?.create(name).await?;
        session.mailboxes_changed();
        Ok(done("created", &self.mailbox))
    }
}

impl Rmdir {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        let client = session.client().await?;
        let messages = match client.status(&name, [StatusItem::Messages]).await {
            Ok(status) => status.messages,
            // A mailbox that only contains others has no messages to count, and can be deleted.
            Err(Error::Refused(refused)) if refused.code != Some(Code::NonExistent) => None,
            Err(error) => return Err(error.into()),
        };
        let with = messages
            .map(|n| format!(" with {}", count(n.into())))
            .unwrap_or_default();
        session.confirm(&format!(
            "The mailbox {}{with} will be deleted",
            self.mailbox
        ))?;
        session.client().await?.delete(name).await?;
        session.mailboxes_changed();
        Ok(done("deleted", &self.mailbox))
    }
}

impl Rename {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let from = session.mailbox_name(&self.from).await?;
        let to = session.new_mailbox_name(&self.to).await?;
        session.client().await?.rename(from, to).await?;
        session.mailboxes_changed();
        let json = json!({ "renamed": self.from, "to": self.to });
        Ok(Reply::done(
            json,
            format!("renamed {} to {}", self.from, self.to),
        ))
    }
}

impl Subscribe {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        session.client().await?.subscribe(name).await?;
        Ok(done("subscribed", &self.mailbox))
    }
}

impl Unsubscribe {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        session.client().await?.unsubscribe(name).await?;
        Ok(done("unsubscribed", &self.mailbox))
    }
}

fn done(what: &str, mailbox: &str) -> Reply {
    Reply::done(
        json!({ what: MailboxName::from(mailbox) }),
        format!("{what} {mailbox}"),
    )
}

pub(super) fn range(patterns: &[String]) -> (&str, &str) {
    match patterns {
        [] => ("", "*"),
        [pattern] => ("", pattern),
        [reference, pattern, ..] => (reference, pattern),
    }
}

pub(super) fn listed(mailboxes: Vec<ListedMailbox>) -> Reply {
    let row = |mailbox: &ListedMailbox| {
        let attributes = mailbox.attributes.iter();
        let attributes: Vec<_> = attributes.map(|one| one.to_string()).collect();
        vec![
            Cell::from(mailbox.name.as_str()),
            Cell::faint(attributes.join(" ")),
        ]
    };
    let (json, rows) = reply::both(mailboxes, |mailbox| reply::value(mailbox), row);
    let table = Rows::new(&["MAILBOX", "ATTRIBUTES"], rows, "no mailboxes");
    Reply::long(Json::Array(json), table)
}
