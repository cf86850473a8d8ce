//! Commands about mailboxes as such.

use clap::{Args, Subcommand};
use imapclient::{List, MailboxName};

use crate::{
    failure::Result,
    reply::{Cell, Field, Reply, Table, View},
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Mailboxes {
    /// Lists mailboxes.
    ///
    /// `*` in a pattern stands for anything, `%` for anything within a level.
    #[command(
        visible_alias = "list",
        after_help = "RFC 9051 §6.3.9 (LIST)\n\nExamples:\n  ls\n  ls Archive/%\n  list \"\" *"
    )]
    Ls(Ls),
    /// Opens a mailbox.
    #[command(
        visible_alias = "select",
        after_help = "RFC 9051 §6.3.2 (SELECT)\n\nExamples:\n  cd Archive\n  select INBOX"
    )]
    Cd(Open),
    /// Opens a mailbox to read only.
    #[command(after_help = "RFC 9051 §6.3.3 (EXAMINE)\n\nExamples:\n  examine INBOX")]
    Examine(Open),
}

#[derive(Debug, Args)]
pub(crate) struct Ls {
    /// What to list; with two words, where to begin and what to list, as LIST has it.
    #[arg(value_name = "PATTERN", num_args = 0..=2)]
    patterns: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The mailbox.
    #[arg(value_name = "MAILBOX", default_value = "INBOX")]
    mailbox: String,
}

impl Mailboxes {
    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        match self {
            Self::Ls(ls) => ls.run(session).await,
            Self::Cd(open) => open.run(session, false).await,
            Self::Examine(open) => open.run(session, true).await,
        }
    }
}

impl Ls {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let (reference, pattern) = match self.patterns.as_slice() {
            [] => ("", "*"),
            [pattern] => ("", pattern.as_str()),
            [reference, pattern, ..] => (reference.as_str(), pattern.as_str()),
        };
        let mailboxes = session.client().await?.list(reference, pattern).await?;
        Ok(Reply::new(&mailboxes, listed(&mailboxes)))
    }
}

impl Open {
    async fn run(self, session: &mut Session, read_only: bool) -> Result<Reply> {
        let client = session.client().await?;
        let name = MailboxName::from(self.mailbox.as_str());
        let mailbox = match read_only {
            true => client.examine(name).await?,
            false => client.select(name).await?,
        };
        let access = if mailbox.read_only {
            "READ-ONLY"
        } else {
            "READ-WRITE"
        };
        let permanent = match &mailbox.permanent_flags {
            Some(flags) => flags.to_string(),
            None => "all (the server does not say)".to_owned(),
        };
        let json = serde_json::json!({
            "mailbox": mailbox.name,
            "EXISTS": mailbox.exists,
            "RECENT": mailbox.recent,
            "UNSEEN": mailbox.unseen,
            "FLAGS": mailbox.flags.iter().map(|flag| flag.to_string()).collect::<Vec<_>>(),
            "PERMANENTFLAGS": mailbox.permanent_flags.as_ref().map(|flags| {
                flags.iter().map(|flag| flag.to_string()).collect::<Vec<_>>()
            }),
            "access": access,
            "UIDNEXT": mailbox.uid_next,
            "UIDVALIDITY": mailbox.uid_validity,
            "HIGHESTMODSEQ": mailbox.highest_modseq,
            "MAILBOXID": mailbox.mailbox_id,
        });
        let mut fields = vec![
            Field::new("EXISTS", Cell::strong(mailbox.exists.to_string())),
            Field::new("RECENT", mailbox.recent),
            Field::new("FLAGS", mailbox.flags.to_string()),
            Field::new("PERMANENTFLAGS", permanent),
            Field::new(access, ""),
            Field::new("UIDNEXT", mailbox.uid_next),
            Field::new("UIDVALIDITY", mailbox.uid_validity),
        ];
        let optional = [
            (
                "UNSEEN",
                mailbox.unseen.map(|n| format!("#{n} is the first")),
            ),
            (
                "HIGHESTMODSEQ",
                mailbox.highest_modseq.map(|n| n.to_string()),
            ),
            ("MAILBOXID", mailbox.mailbox_id.clone()),
        ];
        fields.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some(Field::new(name, value?))),
        );
        Ok(Reply::new(json, fields))
    }
}

fn listed(mailboxes: &[List]) -> View {
    let mut table = Table::new(&["MAILBOX", "ATTRIBUTES"], "no mailboxes");
    for mailbox in mailboxes {
        let attributes: Vec<_> = mailbox
            .attributes
            .iter()
            .map(|one| one.to_string())
            .collect();
        table.row([
            Cell::from(mailbox.name.to_string()),
            Cell::faint(attributes.join(" ")),
        ]);
    }
    table.into()
}
