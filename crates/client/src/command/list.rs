//! LIST with the data about each mailbox that are asked for with it (RFC 5258).

use std::collections::HashMap;

use imapclient_codec::{
    ListedMailbox, MailboxName, Needs, Outgoing, Response, Status, Tag,
    command::{self as wire, ListOptions},
};
use imapclient_engine::State;

use super::Command;
use crate::{error::Result, listing::Listing, status};

/// LIST with options.
///
/// The data about a mailbox are responses of their own, which name it. They usually follow its LIST
/// response, and may precede it.
pub(crate) struct List {
    outgoing: Outgoing,
    asks: Asks,
    found: Vec<Listing>,
    /// The positions of the mailboxes in `found`, if there may be data about them.
    places: HashMap<MailboxName, usize>,
    /// The data about mailboxes that are not listed yet.
    early: HashMap<MailboxName, Listing>,
}

/// The data that are asked for.
struct Asks {
    status: bool,
    rights: bool,
    metadata: bool,
}

impl List {
    /// Creates the command. Fails if its options cannot be sent.
    pub(crate) fn new(options: &ListOptions) -> Result<Self> {
        Ok(Self {
            outgoing: wire::list_extended(options)?,
            asks: Asks {
                status: options.asks_for_status(),
                rights: options.asks_for_my_rights(),
                metadata: options.asks_for_metadata(),
            },
            found: Vec::new(),
            places: HashMap::new(),
            early: HashMap::new(),
        })
    }

    fn add(&mut self, mailbox: ListedMailbox) {
        if self.asks.anything() {
            let place = self.found.len();
            self.places.entry(mailbox.name.clone()).or_insert(place);
        }
        let listing = match self.early.remove(&mailbox.name) {
            Some(early) => Listing { mailbox, ..early },
            None => Listing::of(mailbox),
        };
        self.found.push(listing);
    }

    /// Returns the data about a mailbox.
    fn about(&mut self, name: &MailboxName) -> &mut Listing {
        let place = self.places.get(name);
        match place.and_then(|place| self.found.get_mut(*place)) {
            Some(listing) => listing,
            None => self
                .early
                .entry(name.clone())
                .or_insert_with(|| Listing::new(name.clone())),
        }
    }
}

impl Asks {
    fn anything(&self) -> bool {
        self.status || self.rights || self.metadata
    }

    /// Returns the mailbox that a response is about, if it has data that are asked for.
    fn subject<'r>(&self, response: &'r Response) -> Option<&'r MailboxName> {
        match response {
            Response::MailboxStatus(status) if self.status => Some(&status.name),
            Response::MyRights(rights) if self.rights => Some(&rights.mailbox),
            // A notification has no values (RFC 5464 §4.4.2).
            Response::Metadata(told) if self.metadata && told.changed.is_empty() => {
                told.mailbox.as_ref()
            }
            _ => None,
        }
    }
}

impl Command for List {
    type Output = Vec<Listing>;

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing.clone())
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        if let Response::List(mailbox) = response {
            self.add(mailbox);
            return None;
        }
        let Some(name) = self.asks.subject(&response).cloned() else {
            return Some(response);
        };
        let listing = self.about(&name);
        match response {
            Response::MailboxStatus(mut told) => {
                // The server may report a change of the mailbox in between (RFC 5465).
                if let Some(before) = listing.status.take() {
                    status::merge(&mut told, *before);
                }
                listing.status = Some(told);
            }
            Response::MyRights(told) => listing.rights = Some(told.rights),
            Response::Metadata(told) => match &mut listing.metadata {
                Some(all) => {
                    all.entries.extend(told.entries);
                    all.malformed.extend(told.malformed);
                }
                None => listing.metadata = Some(Box::new(told)),
            },
            other => return Some(other),
        }
        None
    }

    /// A mailbox that is not listed yet may never be.
    fn is_news(&self, response: &Response) -> bool {
        let subject = self.asks.subject(response);
        subject.is_some_and(|name| !self.places.contains_key(name))
    }

    fn finish(self, _done: Status) -> Result<Self::Output> {
        Ok(self.found)
    }
}
