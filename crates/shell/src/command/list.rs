//! The command that lists mailboxes, with data about each.

use clap::Args;
use imapclient::{Error, ListOptions, Listing, MailboxStatus, StatusItem, codec::MetadataEntry};
use serde_json::{Map, Value, json};

use crate::{
    failure::Result,
    reply::{self, Cell, Json, Reply, Rows},
    session::Session,
};

use super::mailboxes::{listed, range};

#[derive(Debug, Args)]
pub(crate) struct Ls {
    /// The pattern.
    #[arg(value_name = "MAILBOX", num_args = 0..=2)]
    patterns: Vec<String>,
    /// Counts the messages of each mailbox.
    #[arg(long)]
    status: bool,
    /// Shows your rights on each mailbox (LIST-MYRIGHTS).
    #[arg(long)]
    rights: bool,
    /// Shows an annotation of each mailbox, such as /private/comment (LIST-METADATA).
    #[arg(long, value_name = "ENTRY")]
    metadata: Vec<String>,
    /// Lists only mailboxes that are subscribed to (LIST-EXTENDED).
    #[arg(long)]
    subscribed: bool,
    /// Lists only mailboxes with a special use (LIST-EXTENDED, SPECIAL-USE).
    #[arg(long)]
    special_use: bool,
    /// Lists mailboxes on other servers too (LIST-EXTENDED).
    #[arg(long)]
    remote: bool,
    /// Lists mailboxes too of which only one below is meant (LIST-EXTENDED).
    #[arg(long)]
    parents: bool,
    /// Lists the mailboxes of another pattern too (LIST-EXTENDED).
    #[arg(long, value_name = "PATTERN")]
    also: Vec<String>,
}

/// A mailbox, and the error in place of its status.
type Shown = (Listing, Option<Error>);

/// The data that are shown of each mailbox.
#[derive(Clone)]
struct Columns {
    status: bool,
    rights: bool,
    metadata: Vec<String>,
    problems: bool,
}

impl Ls {
    const COUNTS: [StatusItem; 2] = [StatusItem::Messages, StatusItem::Unseen];

    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        if !self.status && !self.has_options() {
            let (reference, pattern) = range(&self.patterns);
            let found = session.client().await?.list(reference, pattern).await?;
            session.note_names(&found);
            return Ok(listed(found));
        }
        let mut found = self.find(session).await?;
        session.note_names(found.iter().map(|(listing, _)| &listing.mailbox));
        let columns = Columns {
            status: self.status,
            rights: self.rights,
            metadata: self.metadata,
            problems: found.iter().any(|(_, error)| error.is_some()),
        };
        let texts = found
            .iter()
            .map(|(_, error)| error.as_ref().map(Error::to_string));
        let texts: Vec<Option<String>> = texts.collect();
        let failure = found.iter_mut().find_map(|(_, error)| error.take());
        let listings = found.into_iter().map(|(listing, _)| listing);
        let items: Vec<_> = listings.zip(texts).collect();
        let names = columns.names();
        let (of_json, of_rows) = (columns.clone(), columns);
        let (json, rows) = reply::both(
            items,
            move |(listing, error)| of_json.json(listing, error.as_deref()),
            move |(listing, error)| of_rows.row(listing, error.as_deref()),
        );
        let table = Rows::new(&names, rows, "no mailboxes");
        Ok(Reply::long(Json::Array(json), table).but(failure.map(Into::into)))
    }

    async fn find(&self, session: &mut Session) -> Result<Vec<Shown>> {
        let (reference, pattern) = range(&self.patterns);
        let client = session.client().await?;
        if self.has_options() {
            let has_uses = client.capabilities().await?.has("SPECIAL-USE");
            let found = client.list_with(self.options(has_uses)).await?;
            return Ok(found.into_iter().map(|listing| (listing, None)).collect());
        }
        let listing = |mailbox: imapclient::ListedMailbox| {
            let mut listing = Listing::new("");
            listing.mailbox = mailbox;
            listing
        };
        let found = client.list_status(reference, pattern, Self::COUNTS).await?;
        let shown = found.into_iter().map(|(mailbox, status)| {
            let mut listing = listing(mailbox);
            let error = status
                .map(|status| listing.status = status.map(Box::new))
                .err();
            (listing, error)
        });
        Ok(shown.collect())
    }

    /// Returns whether the list needs extensions of the server.
    fn has_options(&self) -> bool {
        self.rights
            || !self.metadata.is_empty()
            || self.subscribed
            || self.special_use
            || self.remote
            || self.parents
            || !self.also.is_empty()
    }

    fn options(&self, has_uses: bool) -> ListOptions {
        let (reference, pattern) = range(&self.patterns);
        let also = self.also.iter();
        let mut options = also.fold(ListOptions::new(reference, pattern), |options, pattern| {
            options.pattern(pattern)
        });
        type Change = fn(ListOptions) -> ListOptions;
        let changes: [(bool, Change); 8] = [
            (self.subscribed, ListOptions::only_subscribed),
            (self.special_use, ListOptions::only_special_use),
            (self.remote, ListOptions::include_remote),
            (self.parents, ListOptions::include_parents),
            // Without options, the server returns these by itself.
            (true, ListOptions::with_children),
            (has_uses, ListOptions::with_special_use),
            (self.status, |options| options.with_status(Self::COUNTS)),
            (self.rights, ListOptions::with_my_rights),
        ];
        for (is_wanted, change) in changes {
            if is_wanted {
                options = change(options);
            }
        }
        match self.metadata.is_empty() {
            true => options,
            false => options.with_metadata(&self.metadata),
        }
    }
}

impl Columns {
    fn names(&self) -> Vec<&'static str> {
        let columns = [
            (true, "MAILBOX"),
            (self.status, ">MESSAGES"),
            (self.status, ">UNSEEN"),
            (self.rights, "RIGHTS"),
            (!self.metadata.is_empty(), "METADATA"),
            (true, "ATTRIBUTES"),
            (self.problems, "PROBLEM"),
        ];
        let shown = columns.into_iter().filter(|(is_shown, _)| *is_shown);
        shown.map(|(_, name)| name).collect()
    }

    fn row(&self, listing: &Listing, error: Option<&str>) -> Vec<Cell> {
        let attributes = listing.mailbox.attributes.iter();
        let attributes: Vec<_> = attributes.map(|one| one.to_string()).collect();
        let mut cells = vec![Cell::from(listing.mailbox.name.as_str())];
        if self.status {
            let status = listing.status.as_deref();
            let count = |of: fn(&MailboxStatus) -> Option<imapclient::MessageCount>| {
                Cell::from(status.and_then(of).map(|count| count.get()))
            };
            cells.extend([
                count(|status| status.messages),
                count(|status| status.unseen),
            ]);
        }
        if self.rights {
            cells.push(listing.rights.map(|rights| rights.to_string()).into());
        }
        if !self.metadata.is_empty() {
            cells.push(annotations(listing).into());
        }
        cells.push(Cell::faint(attributes.join(" ")));
        if self.problems {
            cells.push(error.map(str::to_owned).into());
        }
        cells
    }

    /// Returns the mailbox as in a list without options, with the further data.
    fn json(&self, listing: &Listing, error: Option<&str>) -> Value {
        let mut mailbox = match reply::value(&listing.mailbox) {
            Value::Object(mailbox) => mailbox,
            _ => Map::new(),
        };
        let data = [
            (self.status, "status", json!(listing.status)),
            (self.rights, "rights", json!(listing.rights)),
            (
                !self.metadata.is_empty(),
                "metadata",
                json!(listing.metadata),
            ),
            (error.is_some(), "error", json!(error)),
        ];
        let data = data.into_iter().filter(|(is_shown, ..)| *is_shown);
        mailbox.extend(data.map(|(_, name, value)| (name.to_owned(), value)));
        Value::Object(mailbox)
    }
}

/// Returns the annotations that have a value, as `name=value`.
fn annotations(listing: &Listing) -> String {
    let entries = listing.metadata.iter().flat_map(|told| &told.entries);
    let shown = entries.filter_map(|entry: &MetadataEntry| {
        let value = entry.value.as_ref()?;
        Some(format!("{}={}", entry.name, String::from_utf8_lossy(value)))
    });
    shown.collect::<Vec<_>>().join(" ")
}
