//! Commands that read messages.

use std::collections::BTreeMap;

use clap::Args;
use imapclient::{FetchItems, SearchKey, Uid, UidSet, tokio::Client};
use serde_json::json;

use super::{fetched, kept::Kept, save, show, streamed};
use crate::{
    arguments::{
        flags, items,
        messages::{self, MessageSet, Named, Number, by_kind},
    },
    failure::Result,
    reply::{self, Cell, Json, Reply, Rows},
    session::Session,
};

commands! {
    Read {
        /// Fetches data of messages, or their contents.
        ///
        /// Items are flags, date, size, envelope, structure, header, text, message, modseq, labels,
        /// preview, or those of IMAP. The friendly ones leave messages unseen. In JSON, bytes that
        /// are not UTF-8 become `hex:` and digits; `save` writes them unchanged.
        #[command(
            after_help = "RFC 9051 §6.4.5 (FETCH)\n\nExamples:\n  fetch 1:10\n  fetch 1:10 envelope\n  fetch $ flags size\n  fetch 42 (BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)])"
        )]
        Fetch(Fetch),
        /// Shows a message for reading; it stays unseen.
        #[command(visible_alias = "cat", after_help = "RFC 9051 §6.4.5 (FETCH)\n\nExamples:\n  show 42\n  show *")]
        Show(show::Show),
        /// Saves a message, or a part of it, to a file.
        ///
        /// `show` lists the numbers of the parts. Without a file, the part's own name is used.
        /// Sections such as HEADER, TEXT and 1.MIME are saved as they are.
        #[command(after_help = "RFC 9051 §6.4.5 (FETCH)\n\nExamples:\n  save 42\n  save 42 2\n  save 42 2 file.pdf\n  save 42 HEADER -")]
        Save(save::Save),
        /// Shows flags.
        #[command(after_help = "RFC 9051 §2.3.2\n\nExamples:\n  flags 1:10")]
        Flags(Flags),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Fetch {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
    /// The items to fetch; by default flags, date, size and envelope.
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    /// Only messages that have changed since this modification sequence.
    #[arg(long, value_name = "MODSEQ")]
    changed_since: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Flags {
    #[arg(value_name = "MESSAGES", help = messages::HELP)]
    messages: MessageSet,
}

impl Fetch {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let set = self.messages.resolve(session).await?;
        let mut items = items::items(&self.items);
        if let Some(modseq) = self.changed_since {
            items = items.changed_since(modseq);
        }
        // Messages of `$` stay in the order in which they were found.
        let order = match (&self.messages, session.found()) {
            (MessageSet::Found, Some(found)) => found.to_vec(),
            _ => Vec::new(),
        };
        // A program gets one JSON value, which must be complete.
        if !session.screen.json && set.len() == Some(1) && streamed::has_bodies(&items) {
            let (set, items) = (set.clone(), items.clone());
            let reply = by_kind!(set, |message| streamed::fetch(session, message, items)
                .await?);
            if let Some(reply) = reply {
                return Ok(reply);
            }
        }
        match set {
            Named::Uids(uids) => Ok(reply(&order, fetch(session, uids, items).await?)),
            Named::Seqs(seqs) => {
                let mut kept = Kept::default();
                kept.add(session.client().await?.fetch(seqs, items).await)?;
                Ok(reply(&[], kept))
            }
        }
    }
}

fn reply<N: Number>(order: &[N], mut kept: Kept<N>) -> Reply {
    let found = std::mem::take(&mut kept.found);
    fetched::reply(order, found).but(kept.failure())
}

/// The number of messages fetched at once; several steps allow progress to be shown.
const AT_ONCE: usize = 200;
/// Upper bound on the numbers of a set that are expanded.
const WRITTEN_OUT: u64 = 1_000_000;

/// Fetches messages and shows the progress.
async fn fetch(session: &mut Session, set: UidSet, items: FetchItems) -> Result<Kept<Uid>> {
    let progress = session.progress.clone();
    let client = session.client().await?;
    let uids = several(client, &set).await?;
    let mut kept = Kept::default();
    if uids.len() <= AT_ONCE {
        kept.add(client.fetch(set, items).await)?;
        return Ok(kept);
    }
    for (number, some) in uids.chunks(AT_ONCE).enumerate() {
        progress.set((number * AT_ONCE) as u64, uids.len() as u64);
        kept.add(client.fetch(some, items.clone()).await)?;
        if kept.is_refused() {
            break;
        }
    }
    Ok(kept)
}

/// Returns the messages of a set if they may be more than are fetched at once.
async fn several(client: &mut Client, uids: &UidSet) -> Result<Vec<Uid>> {
    let exists = client.state().selected();
    let exists = exists.map_or(0, |mailbox| u64::from(mailbox.exists));
    if exists <= AT_ONCE as u64 || uids.len().is_some_and(|n| n <= AT_ONCE as u64) {
        return Ok(Vec::new());
    }
    match (uids.len(), uids.iter()) {
        (Some(n), Some(numbers)) if n <= exists.min(WRITTEN_OUT) => Ok(numbers.collect()),
        // Most UIDs of a long range do not exist, and fetching the range in steps would take much
        // longer.
        _ => Ok(client
            .search(SearchKey::Uid(uids.clone()))
            .await?
            .into_vec()),
    }
}

impl Flags {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let set = self.messages.resolve(session).await?;
        by_kind!(set, |messages| {
            let mut kept = Kept::default();
            let found = match session.client().await?.flags(messages).await {
                Ok(found) => found,
                Err(error) => {
                    kept = Kept::of(error)?;
                    kept.values(|fetch| fetch.flags().cloned())
                }
            };
            let reply = flag_table(found, "no messages");
            Ok(reply.but(kept.failure()))
        })
    }
}

/// Returns a table of messages and their flags.
pub(super) fn flag_table<N: Number>(
    found: BTreeMap<N, imapclient::Flags>,
    empty: &'static str,
) -> Reply {
    let member = |(number, flags): &(N, imapclient::Flags)| {
        let names: Vec<_> = flags.iter().map(|flag| flag.to_string()).collect();
        (number.to_string(), json!(names))
    };
    let row = |(number, flags): &(N, imapclient::Flags)| {
        vec![Cell::strong(number.to_string()), flags::shown(flags).into()]
    };
    let (json, rows) = reply::both(found.into_iter().collect(), member, row);
    let table = Rows::new(&[N::COLUMN, "FLAGS"], rows, empty);
    Reply::long(Json::Object(json), table)
}
