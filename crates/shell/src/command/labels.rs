//! Commands about Gmail's labels.

use std::collections::BTreeMap;

use clap::Args;
use imapclient::{LabelChange, MailboxName, MessageSelection};
use serde_json::json;

use super::{change::left_alone, kept::Kept};
use crate::{
    arguments::{
        bare,
        messages::{self, MessageSet, Number, by_kind},
    },
    failure::{Failure, Result},
    reply::{self, Cell, Json, Reply, Rows},
    session::Session,
};

commands! {
    Gmail {
        /// Shows labels.
        #[command(after_help = "X-GM-EXT-1, a capability of Gmail's\n\nExamples:\n  labels 1:10")]
        Labels(Show),
        /// Adds labels to messages.
        #[command(after_help = "X-GM-EXT-1, a capability of Gmail's\n\nExamples:\n  label 42 Invoices \\Starred")]
        Label(Add),
        /// Removes labels from messages.
        #[command(after_help = "X-GM-EXT-1, a capability of Gmail's\n\nExamples:\n  unlabel 42 Invoices")]
        Unlabel(Remove),
        /// Replaces the labels of messages.
        #[command(after_help = "X-GM-EXT-1, a capability of Gmail's\n\nExamples:\n  relabel 42 Invoices")]
        Relabel(Replace),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct Replace {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Which {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
    /// The labels.
    #[arg(value_name = "MAILBOX", required = true)]
    labels: Vec<String>,
}

impl Show {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let set = self.messages.resolve(session).await?;
        by_kind!(set, |messages| labels_of(session, messages).await)
    }
}

async fn labels_of<M: MessageSelection<Id: Number>>(
    session: &mut Session,
    messages: M,
) -> Result<Reply> {
    let mut kept = Kept::default();
    let found = match session.client().await?.labels(messages).await {
        Ok(found) => found,
        Err(error) => {
            kept = Kept::of(error)?;
            kept.values(imapclient::Fetch::gmail_labels)
        }
    };
    let reply = label_table(found);
    Ok(reply.but(kept.failure()))
}

impl Add {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let change = LabelChange::add(self.which.labels()?);
        self.which.store(session, change).await
    }
}

impl Remove {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let change = LabelChange::remove(self.which.labels()?);
        self.which.store(session, change).await
    }
}

impl Replace {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let change = LabelChange::replace(self.which.labels()?);
        self.which.store(session, change).await
    }
}

impl Which {
    fn labels(&self) -> Result<Vec<MailboxName>> {
        let labels: Vec<MailboxName> = bare(&self.labels)
            .into_iter()
            .map(MailboxName::from)
            .collect();
        match labels.is_empty() {
            true => Err(Failure::usage("which labels?")),
            false => Ok(labels),
        }
    }

    async fn store(self, session: &mut Session, change: LabelChange) -> Result<Reply> {
        let set = self.messages.resolve(session).await?;
        let done = format!("OK to the change of {set}");
        by_kind!(set, |messages| store(session, messages, change, done).await)
    }
}

async fn store<M: MessageSelection<Id: Number> + Clone>(
    session: &mut Session,
    messages: M,
    change: LabelChange,
    done: String,
) -> Result<Reply> {
    let client = session.client().await?;
    let stored = client.store_labels(messages.clone(), change).await?;
    session.did(done);
    let modified_all = left_alone(session, &stored);
    let mut told = stored.into_map();
    // A server that reports nothing may still have changed something.
    if told.is_empty() && modified_all {
        told = session.client().await?.labels(messages).await?;
    }
    Ok(label_table(told))
}

fn label_table<N: Number>(found: BTreeMap<N, Vec<MailboxName>>) -> Reply {
    fn names(labels: &[MailboxName]) -> Vec<&str> {
        labels.iter().map(|label| label.as_str()).collect()
    }
    let member =
        |(number, labels): &(N, Vec<MailboxName>)| (number.to_string(), json!(names(labels)));
    let row = |(number, labels): &(N, Vec<MailboxName>)| {
        vec![
            Cell::strong(number.to_string()),
            names(labels).join(", ").into(),
        ]
    };
    let (json, rows) = reply::both(found.into_iter().collect(), member, row);
    let columns = [N::COLUMN, "LABELS"];
    Reply::long(Json::Object(json), Rows::new(&columns, rows, "no messages"))
}
