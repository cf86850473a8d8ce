//! Commands that open or leave a mailbox.

use clap::Args;
use imapclient::{Flags, Mailbox, SearchKey};
use serde_json::json;

use crate::{
    arguments::messages::count,
    failure::Result,
    reply::{Cell, Field, Reply},
    session::Session,
};

commands! {
    Open {
        /// Opens a mailbox.
        #[command(
            visible_alias = "select",
            after_help = "RFC 9051 §6.3.2 (SELECT)\n\nExamples:\n  cd Archive\n  select INBOX"
        )]
        Cd(Select),
        /// Opens a mailbox read-only.
        #[command(after_help = "RFC 9051 §6.3.3 (EXAMINE)\n\nExamples:\n  examine INBOX")]
        Examine(Examine),
        /// Leaves the mailbox; deleted messages stay.
        #[command(after_help = "RFC 9051 §6.4.2 (UNSELECT)")]
        Unselect(Unselect),
        /// Leaves the mailbox; deleted messages are removed.
        #[command(after_help = "RFC 9051 §6.4.1 (CLOSE)")]
        Close(Close),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Select {
    /// The mailbox.
    #[arg(value_name = "MAILBOX", default_value = "INBOX")]
    mailbox: String,
}

#[derive(Debug, Args)]
pub(crate) struct Examine {
    /// The mailbox.
    #[arg(value_name = "MAILBOX", default_value = "INBOX")]
    mailbox: String,
}

#[derive(Debug, Args)]
pub(crate) struct Unselect {}

#[derive(Debug, Args)]
pub(crate) struct Close {}

impl Select {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        let mailbox = session.client().await?.select(name).await?;
        Ok(opened(&mailbox))
    }
}

impl Examine {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        let mailbox = session.client().await?.examine(name).await?;
        Ok(opened(&mailbox))
    }
}

impl Unselect {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.client().await?.unselect().await?;
        Ok(Reply::nothing())
    }
}

impl Close {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let client = session.client().await?;
        // CLOSE removes messages only if the mailbox is writable.
        let writable = client
            .state()
            .selected()
            .is_some_and(|mailbox| !mailbox.read_only);
        let deleted = match writable {
            true => client.search(SearchKey::Deleted).await?.len(),
            false => 0,
        };
        if deleted > 0 {
            session.confirm(&format!(
                "{} marked as deleted will be removed for good",
                count(deleted as u64)
            ))?;
        }
        session.client().await?.close().await?;
        Ok(Reply::nothing())
    }
}

fn opened(mailbox: &Mailbox) -> Reply {
    let access = if mailbox.read_only {
        "READ-ONLY"
    } else {
        "READ-WRITE"
    };
    let permanent = match &mailbox.permanent_flags {
        Some(flags) => shown(flags),
        None => "all (the server does not list them)".to_owned(),
    };
    let json = json!({
        "mailbox": mailbox.name,
        "access": access,
        "EXISTS": mailbox.exists,
        "RECENT": mailbox.recent,
        "UNSEEN": mailbox.unseen,
        "FLAGS": names(&mailbox.flags),
        "PERMANENTFLAGS": mailbox.permanent_flags.as_ref().map(names),
        "UIDNEXT": mailbox.uid_next,
        "UIDVALIDITY": mailbox.uid_validity,
        "HIGHESTMODSEQ": mailbox.highest_modseq,
        "MAILBOXID": mailbox.mailbox_id,
    });
    let mut fields = vec![
        Field::new("EXISTS", Cell::strong(mailbox.exists.to_string())),
        Field::new("RECENT", mailbox.recent.get()),
        Field::new("FLAGS", shown(&mailbox.flags)),
        Field::new("PERMANENTFLAGS", permanent),
        Field::new(access, ""),
        Field::new("UIDNEXT", mailbox.uid_next.map(imapclient::Uid::get)),
        Field::new("UIDVALIDITY", mailbox.uid_validity),
    ];
    let told = [
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
    let told = told.into_iter();
    fields.extend(told.filter_map(|(name, value)| Some(Field::new(name, value?))));
    Reply::new(json, fields)
}

fn names(flags: &Flags) -> Vec<String> {
    flags.iter().map(|flag| flag.to_string()).collect()
}

fn shown(flags: &Flags) -> String {
    names(flags).join(" ")
}
