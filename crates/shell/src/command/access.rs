//! Commands about access rights and quotas.

use clap::Args;
use imapclient::{MailboxName, Quota as Limits, Rights, RightsChange};
use serde_json::json;

use crate::{
    arguments::dates,
    failure::{Failure, Result},
    reply::{Cell, Field, Reply, Table, View},
    session::Session,
};

commands! {
    Access {
        /// Shows the access rights on a mailbox.
        #[command(visible_alias = "getacl", after_help = "RFC 4314 §3.3 (GETACL)\n\nExamples:\n  acl\n  acl Team")]
        Acl(Acl),
        /// Sets the rights of a user on a mailbox.
        ///
        /// Rights are letters: l look up, r read, s keep \Seen, w write flags, i insert, p post,
        /// k create below, x delete it, t mark as deleted, e expunge, a administer. With + before
        /// them they are added, with - removed; otherwise they replace the user's rights.
        #[command(after_help = "RFC 4314 §3.1 (SETACL)\n\nExamples:\n  setacl Team alice lrs\n  setacl Team alice +w")]
        Setacl(Setacl),
        /// Removes all rights of a user on a mailbox.
        #[command(after_help = "RFC 4314 §3.2 (DELETEACL)\n\nExamples:\n  deleteacl Team alice")]
        Deleteacl(Deleteacl),
        /// Shows the rights that a user can be given.
        #[command(after_help = "RFC 4314 §3.4 (LISTRIGHTS)\n\nExamples:\n  listrights Team alice")]
        Listrights(Listrights),
        /// Shows your own rights on a mailbox.
        #[command(visible_alias = "rights", after_help = "RFC 4314 §3.5 (MYRIGHTS)\n\nExamples:\n  myrights\n  myrights Team")]
        Myrights(Myrights),
        /// Shows the usage and the limits of quotas.
        #[command(
            visible_alias = "getquotaroot",
            after_help = "RFC 9208 §4.1 (GETQUOTA, GETQUOTAROOT)\n\nExamples:\n  quota\n  quota Archive\n  quota --root user.bob"
        )]
        Quota(Quota),
        /// Sets the limits of a quota.
        ///
        /// STORAGE is in units of 1024 bytes.
        #[command(after_help = "RFC 9208 §4.1.3 (SETQUOTA)\n\nExamples:\n  setquota \"User quota\" STORAGE=100000 MESSAGE=5000")]
        Setquota(Setquota),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Acl {
    /// The mailbox; the selected one if none is named, or INBOX.
    #[arg(value_name = "MAILBOX")]
    mailbox: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Setacl {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
    /// The user.
    #[arg(value_name = "WHO", allow_hyphen_values = true)]
    who: String,
    /// The rights.
    #[arg(value_name = "RIGHTS", allow_hyphen_values = true)]
    rights: String,
}

#[derive(Debug, Args)]
pub(crate) struct Deleteacl {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
    /// The user.
    #[arg(value_name = "WHO", allow_hyphen_values = true)]
    who: String,
}

#[derive(Debug, Args)]
pub(crate) struct Listrights {
    /// The mailbox.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
    /// The user.
    #[arg(value_name = "WHO", allow_hyphen_values = true)]
    who: String,
}

#[derive(Debug, Args)]
pub(crate) struct Myrights {
    /// The mailbox; the selected one if none is named, or INBOX.
    #[arg(value_name = "MAILBOX")]
    mailbox: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Quota {
    /// The mailbox whose quotas are shown; the selected one if none is named, or INBOX.
    #[arg(value_name = "MAILBOX", conflicts_with = "root")]
    mailbox: Option<String>,
    /// The quota root itself.
    #[arg(long, value_name = "ROOT")]
    root: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Setquota {
    /// The quota root.
    #[arg(value_name = "ROOT")]
    root: String,
    /// Limits, as in STORAGE=100000; without any, all limits are removed.
    #[arg(value_name = "RESOURCE=LIMIT")]
    limits: Vec<String>,
}

impl Acl {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let mailbox = or_selected(self.mailbox, session).await?;
        let acl = session.client().await?.get_acl(mailbox).await?;
        let mut table = Table::new(&["WHO", "RIGHTS"], "no user has any rights");
        for (who, rights) in &acl.entries {
            table.row([Cell::strong(who), rights.to_string().into()]);
        }
        Ok(Reply::new(&acl, View::from(table)))
    }
}

impl Setacl {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let rights = |letters: &str| {
            let rights = letters.parse::<Rights>();
            rights
                .map_err(|error| Failure::Usage(format!("{error}; `help setacl` has the letters")))
        };
        let change = match self.rights.split_at_checked(1) {
            Some(("+", letters)) => RightsChange::Add(rights(letters)?),
            Some(("-", letters)) => RightsChange::Remove(rights(letters)?),
            _ => RightsChange::Replace(rights(&self.rights)?),
        };
        let name = session.mailbox_name(&self.mailbox).await?;
        session
            .client()
            .await?
            .set_acl(name, &self.who, change)
            .await?;
        let json = json!({ "mailbox": self.mailbox, "who": self.who, "rights": self.rights });
        Ok(Reply::done(
            json,
            format!("{} has {} on {}", self.who, self.rights, self.mailbox),
        ))
    }
}

impl Deleteacl {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        session.client().await?.delete_acl(name, &self.who).await?;
        let json = json!({ "mailbox": self.mailbox, "who": self.who, "rights": null });
        Ok(Reply::done(
            json,
            format!("removed all rights of {} on {}", self.who, self.mailbox),
        ))
    }
}

impl Listrights {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let name = session.mailbox_name(&self.mailbox).await?;
        let rights = session.client().await?.list_rights(name, &self.who).await?;
        let optional: Vec<_> = rights.optional.iter().map(ToString::to_string).collect();
        let fields = vec![
            Field::new("ALWAYS", rights.required.to_string()),
            Field::new("POSSIBLE", optional.join(" ")),
        ];
        Ok(Reply::new(&rights, fields))
    }
}

impl Myrights {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let mailbox = or_selected(self.mailbox, session).await?;
        let rights = session.client().await?.my_rights(mailbox).await?;
        Ok(Reply::done(rights.to_string(), rights.to_string()))
    }
}

impl Quota {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let quotas = match self.root {
            Some(root) => vec![session.client().await?.quota(&root).await?],
            None => {
                let mailbox = or_selected(self.mailbox, session).await?;
                session.client().await?.quota_root(mailbox).await?.quotas
            }
        };
        Ok(limits(&quotas))
    }
}

impl Setquota {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let limit = |word: &String| {
            let pair = word.split_once('=');
            let limit =
                pair.and_then(|(name, limit)| Some((name.to_owned(), limit.parse::<u64>().ok()?)));
            limit.ok_or_else(|| {
                Failure::Usage(format!(
                    "{word:?} is not a limit; write it as in STORAGE=100000"
                ))
            })
        };
        let told: Vec<(String, u64)> = self.limits.iter().map(limit).collect::<Result<_>>()?;
        let quota = session.client().await?.set_quota(&self.root, told).await?;
        Ok(match quota {
            Some(quota) => limits(&[quota]),
            None => Reply::nothing(),
        })
    }
}

fn limits(quotas: &[Limits]) -> Reply {
    let mut table = Table::new(
        &["ROOT", "RESOURCE", ">USED", ">LIMIT", ">SHARE"],
        "no quota",
    );
    for quota in quotas {
        for resource in &quota.resources {
            // STORAGE is in units of 1024 bytes (RFC 9208 §5.1).
            let shown = |n: u64| match resource.name.eq_ignore_ascii_case("STORAGE") {
                true => dates::shown_size(n.saturating_mul(1024)),
                false => n.to_string(),
            };
            let share = resource
                .limit
                .filter(|limit| *limit > 0)
                .map(|limit| format!("{}%", u128::from(resource.usage) * 100 / u128::from(limit)));
            table.row([
                match quota.root.as_str() {
                    // The name of a root may be empty, and usually is.
                    "" => Cell::faint("\"\""),
                    root => Cell::from(root),
                },
                resource.name.as_str().into(),
                shown(resource.usage).into(),
                resource.limit.map(shown).into(),
                share.into(),
            ]);
        }
    }
    Reply::new(quotas, View::from(table))
}

async fn or_selected(named: Option<String>, session: &mut Session) -> Result<MailboxName> {
    match (named, session.mailbox()) {
        (Some(typed), _) => session.mailbox_name(&typed).await,
        (None, Some(selected)) => Ok(selected.clone()),
        (None, None) => Ok("INBOX".into()),
    }
}
