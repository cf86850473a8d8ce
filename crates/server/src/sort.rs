//! SORT (RFC 5256; the DISPLAY keys of RFC 5957).

mod subject;

#[cfg(test)]
mod tests;

pub(super) use self::subject::BaseSubject;

use std::cmp::Ordering;

use imap_codec::imap_types::{
    core::NString,
    envelope::Address,
    extensions::sort::{SortCriterion, SortKey},
};

use super::{
    casemap::fold,
    message::{Message, decode},
    search::{Found, Key as SearchFor},
    store::{BadSequence, Entry, Store, View},
};

impl Store {
    /// Returns the result of [`search`](Self::search), sorted. Equal messages stay in the order of
    /// the mailbox.
    ///
    /// # Errors
    /// Fails for a sequence number that does not exist.
    pub(crate) fn sort(
        &self,
        view: &View,
        criteria: &[SortCriterion],
        keys: &[SearchFor],
    ) -> Result<Found, BadSequence> {
        let found = self.search(view, keys)?;
        let mut keyed: Vec<_> = found
            .hits
            .iter()
            .filter_map(|&hit| {
                let entry = self.entry(view, hit)?;
                let keys: Vec<_> = criteria.iter().map(|c| Key::new(&c.key, entry)).collect();
                Some((keys, hit))
            })
            .collect();
        keyed.sort_by(|(a, _), (b, _)| {
            let mut orders = criteria.iter().zip(a.iter().zip(b)).map(|(c, (a, b))| {
                let order = a.cmp(b);
                if c.reverse { order.reverse() } else { order }
            });
            orders
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        Ok(Found {
            hits: keyed.into_iter().map(|(_, hit)| hit).collect(),
            ..found
        })
    }
}

/// Returns the date of the header, in seconds since 1970, or else the internal date (RFC 5256
/// §2.2).
pub(super) fn sent(entry: &Entry) -> i64 {
    match entry.message.sent() {
        Some(date) => date.to_timestamp(),
        None => entry.date.timestamp(),
    }
}

/// A key for comparison. All keys of a criterion are of the same variant.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    fn new(key: &SortKey, entry: &Entry) -> Self {
        let message = &entry.message;
        match key {
            SortKey::Arrival => Self::Number(entry.date.timestamp()),
            SortKey::Date => Self::Number(sent(entry)),
            SortKey::Size => Self::Number(i64::from(message.size())),
            SortKey::Subject => Self::Text(BaseSubject::of(message).text),
            SortKey::From => Self::Text(local(&message.envelope().from)),
            SortKey::To => Self::Text(local(&message.envelope().to)),
            SortKey::Cc => Self::Text(local(&message.envelope().cc)),
            SortKey::DisplayFrom => Self::Text(display(&message.envelope().from)),
            SortKey::DisplayTo => Self::Text(display(&message.envelope().to)),
        }
    }
}

/// Returns the local part of the first address.
fn local(list: &[Address<'_>]) -> String {
    list.first()
        .map(|address| fold(&text(&address.mailbox)))
        .unwrap_or_default()
}

/// Returns the decoded name in the first address, or the address (RFC 5957 §2).
fn display(list: &[Address<'_>]) -> String {
    let Some(address) = list.first() else {
        return String::new();
    };
    let name = decode(text(&address.name).as_bytes());
    let shown = if !name.is_empty() {
        name
    } else if address.host.0.is_none() {
        text(&address.mailbox)
    } else {
        format!("{}@{}", text(&address.mailbox), text(&address.host))
    };
    fold(&shown)
}

fn text(text: &NString<'_>) -> String {
    match &text.0 {
        Some(text) => String::from_utf8_lossy(text.as_ref()).into_owned(),
        None => String::new(),
    }
}

impl BaseSubject {
    /// Returns the base subject of a message; empty if it has no subject.
    pub(super) fn of(message: &Message) -> Self {
        let subject = message.field("Subject").unwrap_or_default();
        Self::new(&decode(&subject))
    }
}
