//! Commands that open or leave a mailbox.

use clap::Args;
use imapclient::{
    Flags, Known, Mailbox, ResyncWay, SearchKey, SelectOptions, UidSet, codec::SetError,
};
use serde_json::json;

use crate::{
    arguments::messages::count,
    failure::{Failure, Result},
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
        /// Opens a mailbox, and shows its changes.
        ///
        /// They are those since an earlier `resync`, by its UIDVALIDITY, UIDS and HIGHESTMODSEQ.
        /// Without these all messages have arrived.
        #[command(after_help = "RFC 7162 (CONDSTORE, QRESYNC)\n\nExamples:\n  resync INBOX\n  resync INBOX --uidvalidity 9 --uids 1:40 --modseq 41")]
        Resync(Resync),
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
    /// Also asks for modification sequences.
    #[arg(long)]
    condstore: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Examine {
    /// The mailbox.
    #[arg(value_name = "MAILBOX", default_value = "INBOX")]
    mailbox: String,
    /// Also asks for modification sequences.
    #[arg(long)]
    condstore: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resync {
    /// The mailbox.
    #[arg(value_name = "MAILBOX", default_value = "INBOX")]
    mailbox: String,
    /// The UIDVALIDITY of the earlier state.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    uidvalidity: u32,
    /// The UIDs of all messages of the earlier state.
    #[arg(long, value_name = "SET")]
    uids: Option<String>,
    /// The highest modification sequence of the earlier state.
    #[arg(long, value_name = "NUMBER")]
    modseq: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Unselect {}

#[derive(Debug, Args)]
pub(crate) struct Close {}

impl Select {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        let options = options(self.condstore);
        let selected = session.client().await?.select_with(name, options).await?;
        Ok(opened(&selected.mailbox))
    }
}

impl Examine {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        let options = options(self.condstore).read_only();
        let selected = session.client().await?.select_with(name, options).await?;
        Ok(opened(&selected.mailbox))
    }
}

/// Returns the options of SELECT.
fn options(condstore: bool) -> SelectOptions {
    match condstore {
        true => SelectOptions::new().condstore(),
        false => SelectOptions::new(),
    }
}

impl Resync {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let uids: UidSet = match &self.uids {
            Some(text) => text.parse().map_err(|error: SetError| {
                Failure::Usage(format!("--uids: {error}; write a set such as 1:5,9"))
            })?,
            None => UidSet::new(),
        };
        let known = Known::new(self.uidvalidity, uids).modseq(self.modseq);
        let name = session.mailbox_name(&self.mailbox).await?;
        let resync = session.client().await?.resync(name, &known).await?;
        let way = match resync.way {
            ResyncWay::Qresync => "QRESYNC",
            ResyncWay::Condstore => "CONDSTORE",
            _ => "all messages",
        };
        let mailbox = &resync.mailbox;
        let mut fields = vec![
            Field::new("FOUND BY", way),
            Field::new("VANISHED", resync.vanished.to_string()),
            Field::new("ARRIVED", resync.arrived.to_string()),
            Field::new("UIDVALIDITY", mailbox.uid_validity),
            Field::new("UIDS", resync.uids.to_string()),
            Field::new(
                "HIGHESTMODSEQ",
                mailbox.highest_modseq.map(|n| n.to_string()),
            ),
        ];
        if resync.invalidated {
            let text = "the UIDVALIDITY is another one: no earlier UID is valid";
            fields.push(Field::new("INVALID", text));
        }
        let flags = resync.flags.iter();
        fields.extend(
            flags.map(|(uid, flags)| Field::new("FLAGS", format!("{uid}: {}", shown(flags)))),
        );
        Ok(Reply::new(&resync, fields))
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
