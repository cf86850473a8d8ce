//! The result of a search.

use std::{fmt, ops::Deref};

use imapclient_codec::{
    Esearch, Partial, Response, Search, SeqSet, Tag, UidSet,
    command::{Messages, SearchReturn},
};

/// The result of SEARCH or SORT: a slice of numbers in the order of the server.
///
/// The numbers are UIDs, unless the search asked for sequence numbers. The result remembers which,
/// so it can be passed to another command as it is.
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
#[derive(Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Found {
    numbers: Vec<u32>,
    by_sequence: bool,
    modseq: Option<u64>,
    summary: Option<Box<Esearch>>,
}

impl Found {
    pub(crate) fn new(by_sequence: bool) -> Self {
        Self {
            by_sequence,
            ..Self::default()
        }
    }

    /// Returns whether the numbers are sequence numbers instead of UIDs.
    #[must_use]
    pub fn by_sequence(&self) -> bool {
        self.by_sequence
    }

    /// Returns the highest modification sequence of the messages found, if the search had a key
    /// about modification sequences (RFC 7162 §3.1.5).
    #[must_use]
    pub fn modseq(&self) -> Option<u64> {
        self.modseq
    }

    /// Returns the lowest number, if the search asked for it by `SearchReturn::Min`.
    #[must_use]
    pub fn min(&self) -> Option<u32> {
        self.summary.as_ref()?.min
    }

    /// Returns the highest number, if the search asked for it by `SearchReturn::Max`.
    #[must_use]
    pub fn max(&self) -> Option<u32> {
        self.summary.as_ref()?.max
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
    pub fn partial(&self) -> Option<&Partial> {
        self.summary.as_ref()?.partial.as_ref()
    }

    /// Returns the whole ESEARCH response (RFC 4731), if the server sent one.
    #[must_use]
    pub fn summary(&self) -> Option<&Esearch> {
        self.summary.as_deref()
    }

    /// Returns the numbers.
    #[must_use]
    pub fn into_vec(self) -> Vec<u32> {
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
            let has_numbers = told.min.is_some() || told.max.is_some() || told.all.is_some();
            !has_numbers || told.uid != self.by_sequence
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
        summary.uid = !self.by_sequence;
        summary.min = min.copied().filter(|_| asked(SearchReturn::Min));
        summary.max = max.copied().filter(|_| asked(SearchReturn::Max));
        summary.count = asked(SearchReturn::Count).then_some(numbers.len() as u64);
        summary.modseq = self.modseq;
        if options.is_empty() || asked(SearchReturn::All) {
            summary.all = (!numbers.is_empty()).then(|| UidSet::from(numbers));
        } else {
            self.numbers.clear();
        }
        self.summary = Some(Box::new(summary));
    }

    fn add(&mut self, mut search: Search) {
        self.modseq = self.modseq.max(search.modseq);
        if self.numbers.is_empty() {
            self.numbers = search.numbers;
        } else {
            self.numbers.append(&mut search.numbers);
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
                self.numbers.extend(numbers);
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

impl Deref for Found {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.numbers
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numbers.fmt(f)
    }
}

impl IntoIterator for Found {
    type Item = u32;
    type IntoIter = std::vec::IntoIter<u32>;

    fn into_iter(self) -> Self::IntoIter {
        self.numbers.into_iter()
    }
}

impl<'a> IntoIterator for &'a Found {
    type Item = &'a u32;
    type IntoIter = std::slice::Iter<'a, u32>;

    fn into_iter(self) -> Self::IntoIter {
        self.numbers.iter()
    }
}

impl<T: AsRef<[u32]> + ?Sized> PartialEq<T> for Found {
    fn eq(&self, other: &T) -> bool {
        self.numbers == other.as_ref()
    }
}

impl From<&Found> for Messages {
    fn from(found: &Found) -> Self {
        if found.by_sequence {
            SeqSet::from(&found.numbers).into()
        } else {
            UidSet::from(&found.numbers).into()
        }
    }
}

impl From<Found> for Messages {
    fn from(found: Found) -> Self {
        (&found).into()
    }
}

#[cfg(test)]
mod tests {
    use imapclient_codec::{Decoder, Limits, RawResponse};

    use super::*;

    fn found(by_sequence: bool, lines: &[&str]) -> (Found, Vec<Response>) {
        let mut found = Found::new(by_sequence);
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
        let (found, rest) = found(false, &["* SEARCH 1 2 (MODSEQ 7)", "* SEARCH 9 (MODSEQ 5)"]);
        assert_eq!(found, [1, 2, 9]);
        assert_eq!((found.modseq(), found.count()), (Some(7), Some(3)));
        assert!(rest.is_empty());
    }

    #[test]
    fn an_esearch_goes_by_its_tag() {
        let (mut found, rest) = found(
            false,
            &[
                "* ESEARCH (TAG \"A7\") UID REMOVEFROM (0 2)",
                "* ESEARCH (TAG \"A1\") UID MIN 2 MAX 9 COUNT 3 ALL 2:3,9",
            ],
        );
        assert!(matches!(&rest[..], [Response::Esearch(_)]));
        assert!(found.expand(3));
        assert_eq!(found, [2, 3, 9]);
        assert_eq!((found.min(), found.max()), (Some(2), Some(9)));
        assert_eq!(found.count(), Some(3));
    }

    #[test]
    fn more_than_there_is_is_never_written_out() {
        let (mut found, _) = found(false, &["* ESEARCH (TAG \"A1\") UID ALL 1:4294967295"]);
        assert!(!found.expand(4_000_000));
        assert!(found.is_empty());
    }

    #[test]
    fn it_is_taken_for_what_it_is() {
        let (uids, _) = found(false, &["* SEARCH 5 6"]);
        let (seqs, _) = found(true, &["* SEARCH 5 6"]);
        assert_eq!(Messages::from(&uids).to_string(), "UID 5:6");
        assert_eq!(Messages::from(seqs).to_string(), "5:6");
    }
}
