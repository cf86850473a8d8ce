//! The result of a search.

use std::{fmt, num::NonZeroU32, slice, vec};

use imapclient_codec::{
    Esearch, MessageNumber, NumberSet, Response, Search, Seq, SeqSet, Tag, Uid, UidSet,
    command::SearchReturn,
};

use crate::selection::MessageId;

/// The result of a search or a sort: numbers in the order of the server.
///
/// They are UIDs, or sequence numbers after [`search_seq`](crate::Client::search_seq) and
/// [`sort_seq`](crate::Client::sort_seq). The result can be passed to another command as it is.
///
/// ```
/// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
/// use imapclient::FetchItems;
///
/// let found = client.search("FLAGGED").await?;
/// println!("{} flagged, the first is {:?}", found.len(), found.first());
/// for (uid, message) in client.fetch(&found, FetchItems::new().envelope()).await? {
///     println!("{uid}: {:?}", message.envelope());
/// }
/// # Ok(()) });
/// ```
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Found<Id = Uid> {
    numbers: Vec<Id>,
    modseq: Option<u64>,
    summary: Option<Box<Esearch>>,
}

impl<Id: MessageId> Found<Id> {
    pub(crate) fn new() -> Self {
        Self {
            numbers: Vec::new(),
            modseq: None,
            summary: None,
        }
    }

    /// Returns the number of messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Returns whether no message was found, or only a summary was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Returns the first number, in the order of the server.
    #[must_use]
    pub fn first(&self) -> Option<Id> {
        self.numbers.first().copied()
    }

    /// Returns the last number, in the order of the server.
    #[must_use]
    pub fn last(&self) -> Option<Id> {
        self.numbers.last().copied()
    }

    /// Returns the numbers one by one.
    pub fn iter(&self) -> slice::Iter<'_, Id> {
        self.numbers.iter()
    }

    /// Returns the numbers as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[Id] {
        &self.numbers
    }

    /// Returns the highest modification sequence of the messages found, if the search had a key
    /// about modification sequences (RFC 7162 §3.1.5).
    #[must_use]
    pub fn modseq(&self) -> Option<u64> {
        self.modseq
    }

    /// Returns the lowest number, if the search asked for it by `SearchReturn::Min`.
    #[must_use]
    pub fn min(&self) -> Option<Id> {
        self.summary.as_ref()?.min.map(typed)
    }

    /// Returns the highest number, if the search asked for it by `SearchReturn::Max`.
    #[must_use]
    pub fn max(&self) -> Option<Id> {
        self.summary.as_ref()?.max.map(typed)
    }

    /// Returns the number of messages found, if the search asked for it by `SearchReturn::Count`,
    /// or for all messages.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        match &self.summary {
            Some(summary) => summary
                .count
                .or_else(|| Some(summary.all.as_ref()?.len().unwrap_or_default())),
            None => Some(self.numbers.len() as u64),
        }
    }

    /// Returns a page of the result, if the search asked for it by `SearchReturn::Partial`.
    #[must_use]
    pub fn partial(&self) -> Option<Id::Set> {
        let page = self.summary.as_ref()?.partial.as_ref()?;
        Some(Id::set(page.found.clone()))
    }

    /// Returns the whole ESEARCH response (RFC 4731), if the server sent one.
    #[must_use]
    pub fn summary(&self) -> Option<&Esearch> {
        self.summary.as_deref()
    }

    /// Returns the numbers.
    #[must_use]
    pub fn into_vec(self) -> Vec<Id> {
        self.numbers
    }

    /// Accepts a response that answers the search with this tag. Returns any other response.
    pub(crate) fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        match response {
            // A long answer may come in several responses.
            Response::Search(search) | Response::Sort(search) => self.add(search),
            Response::Esearch(found) if found.tag.as_ref().is_none_or(|its| its == tag) => {
                self.modseq = self.modseq.max(found.modseq);
                match &mut self.summary {
                    None => self.summary = Some(Box::new(*found)),
                    Some(summary) => merge(summary, *found),
                }
            }
            other => return Some(other),
        }
        None
    }

    /// Returns whether the server answered with an empty ESEARCH.
    pub(crate) fn tells_nothing(&self) -> bool {
        self.numbers.is_empty()
            && self.summary.as_ref().is_some_and(|told| {
                let numbers = told.min.is_none() && told.max.is_none() && told.count.is_none();
                numbers
                    && told.all.is_none()
                    && told.modseq.is_none()
                    && told.partial.is_none()
                    && told.relevancy.is_empty()
                    && told.unknown.is_empty()
                    && told.malformed.is_empty()
            })
    }

    /// Returns whether the server answered with an ESEARCH whose result cannot be decoded.
    pub(crate) fn is_unread(&self) -> bool {
        let items = ["ALL", "COUNT", "MIN", "MAX"];
        self.summary.as_ref().is_some_and(|told| {
            let mut malformed = told.malformed.iter();
            malformed.any(|bad| items.contains(&bad.item.as_str()))
        })
    }

    /// Returns whether the numbers in an ESEARCH are of the requested kind: it states whether they
    /// are UIDs (RFC 4731 §3.1). If not, they may belong to other messages.
    pub(crate) fn is_of_its_kind(&self) -> bool {
        self.summary.as_ref().is_none_or(|told| {
            let has_numbers = told.min.is_some()
                || told.max.is_some()
                || told.all.is_some()
                || told.partial.is_some();
            !has_numbers || told.uid == Id::BY_UID
        })
    }

    /// Computes the requested result options, as ESEARCH would have returned them, and discards the
    /// rest. In a sorted answer, the first number counts as the minimum and the last as the maximum
    /// (RFC 5267 §3).
    pub(crate) fn summarise(&mut self, options: &[SearchReturn], sorted: bool) {
        let numbers = &self.numbers;
        let (min, max) = match sorted {
            true => (numbers.first(), numbers.last()),
            false => (numbers.iter().min(), numbers.iter().max()),
        };
        let asked = |option| options.contains(&option);
        let mut summary = Esearch::default();
        summary.uid = Id::BY_UID;
        summary.min = min.filter(|_| asked(SearchReturn::Min)).map(untyped);
        summary.max = max.filter(|_| asked(SearchReturn::Max)).map(untyped);
        summary.count = asked(SearchReturn::Count).then_some(numbers.len() as u64);
        summary.modseq = self.modseq;
        if options.is_empty() || asked(SearchReturn::All) {
            summary.all =
                (!numbers.is_empty()).then(|| numbers.iter().map(untyped).collect::<NumberSet>());
        } else {
            self.numbers.clear();
        }
        self.summary = Some(Box::new(summary));
    }

    fn add(&mut self, search: Search) {
        self.modseq = self.modseq.max(search.modseq);
        let numbers = search.numbers.into_iter().map(typed);
        if self.numbers.is_empty() {
            self.numbers = numbers.collect();
        } else {
            self.numbers.extend(numbers);
        }
    }

    /// Expands the ranges of an ESEARCH into numbers. Returns false if they have more than
    /// `messages` numbers: `1:4294967295` from a server is no reason to allocate as many.
    pub(crate) fn expand(&mut self, messages: u64) -> bool {
        let Some(all) = self.summary.as_ref().and_then(|found| found.all.as_ref()) else {
            return true;
        };
        match (all.len(), all.iter()) {
            (Some(length), Some(numbers)) if length <= messages => {
                self.numbers.extend(numbers.map(typed::<Id>));
                true
            }
            _ => false,
        }
    }
}

/// Merges two responses, because some servers split their answer.
fn merge(summary: &mut Esearch, later: Esearch) {
    match (&mut summary.all, later.all) {
        (Some(all), Some(more)) => all.append(more),
        (all @ None, more) => *all = more,
        (Some(_), None) => {}
    }
    summary.min = summary.min.or(later.min);
    summary.max = summary.max.or(later.max);
    summary.count = summary.count.or(later.count);
    summary.modseq = summary.modseq.max(later.modseq);
    summary.partial = summary.partial.take().or(later.partial);
    summary.relevancy.extend(later.relevancy);
    summary.unknown.extend(later.unknown);
    summary.malformed.extend(later.malformed);
}

/// Returns the number in the response to a command by this kind of number.
fn typed<Id: MessageId>(number: MessageNumber) -> Id {
    Id::from(NonZeroU32::from(number))
}

fn untyped<Id: MessageId>(id: &Id) -> MessageNumber {
    let number: NonZeroU32 = (*id).into();
    number.into()
}

impl<Id: fmt::Debug> fmt::Debug for Found<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numbers.fmt(f)
    }
}

impl<Id> AsRef<[Id]> for Found<Id> {
    fn as_ref(&self) -> &[Id] {
        &self.numbers
    }
}

impl<Id> IntoIterator for Found<Id> {
    type Item = Id;
    type IntoIter = vec::IntoIter<Id>;

    fn into_iter(self) -> Self::IntoIter {
        self.numbers.into_iter()
    }
}

impl<'a, Id> IntoIterator for &'a Found<Id> {
    type Item = &'a Id;
    type IntoIter = slice::Iter<'a, Id>;

    fn into_iter(self) -> Self::IntoIter {
        self.numbers.iter()
    }
}

impl<Id: PartialEq<T>, T, const N: usize> PartialEq<[T; N]> for Found<Id> {
    fn eq(&self, other: &[T; N]) -> bool {
        self.numbers == other
    }
}

impl<Id: PartialEq<T>, T> PartialEq<[T]> for Found<Id> {
    fn eq(&self, other: &[T]) -> bool {
        self.numbers == other
    }
}

impl<Id: PartialEq<T>, T> PartialEq<Vec<T>> for Found<Id> {
    fn eq(&self, other: &Vec<T>) -> bool {
        self.numbers == *other
    }
}

impl From<&Found<Uid>> for UidSet {
    fn from(found: &Found<Uid>) -> Self {
        found.numbers.as_slice().into()
    }
}

impl From<Found<Uid>> for UidSet {
    fn from(found: Found<Uid>) -> Self {
        (&found).into()
    }
}

impl From<&Found<Seq>> for SeqSet {
    fn from(found: &Found<Seq>) -> Self {
        found.numbers.as_slice().into()
    }
}

impl From<Found<Seq>> for SeqSet {
    fn from(found: Found<Seq>) -> Self {
        (&found).into()
    }
}

#[cfg(test)]
mod tests {
    use imapclient_codec::{Decoder, Limits, RawResponse};

    use super::*;

    fn found(lines: &[&str]) -> (Found, Vec<Response>) {
        let mut found = Found::new();
        let tag = Tag::new("A1");
        let mut decoder = Decoder::new(Limits::default());
        let rest = lines
            .iter()
            .filter_map(|line| {
                let line = format!("{line}\r\n");
                found.accept(&tag, decoder.decode(&RawResponse::from(line.as_bytes())))
            })
            .collect();
        (found, rest)
    }

    #[test]
    fn several_lines_are_one_answer() {
        let (found, rest) = found(&["* SEARCH 1 2 (MODSEQ 7)", "* SEARCH 9 (MODSEQ 5)"]);
        assert_eq!(found, [1, 2, 9]);
        assert_eq!((found.modseq(), found.count()), (Some(7), Some(3)));
        assert!(rest.is_empty());
    }

    #[test]
    fn an_esearch_goes_by_its_tag() {
        let (mut found, rest) = found(&[
            "* ESEARCH (TAG \"A7\") UID REMOVEFROM (0 2)",
            "* ESEARCH (TAG \"A1\") UID MIN 2 MAX 9 COUNT 3 ALL 2:3,9",
        ]);
        assert!(matches!(&rest[..], [Response::Esearch(_)]));
        assert!(found.expand(3));
        assert_eq!(found, [2, 3, 9]);
        assert_eq!((found.min(), found.max()), (Uid::new(2), Uid::new(9)));
        assert_eq!(found.count(), Some(3));
    }

    #[test]
    fn more_than_there_is_is_never_written_out() {
        let (mut found, _) = found(&["* ESEARCH (TAG \"A1\") UID ALL 1:4294967295"]);
        assert!(!found.expand(4_000_000));
        assert!(found.is_empty());
    }
}
