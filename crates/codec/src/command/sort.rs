//! SORT and THREAD (RFC 5256).

use std::{convert::Infallible, fmt, str::FromStr};

use super::search::SearchQuery;
use crate::{
    concurrency::Concurrency,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

words! {
    /// A sort criterion (RFC 5256 §3).
    #[non_exhaustive]
    pub enum SortKey is "sort key" {
        /// The time at which the server received the message.
        Arrival "ARRIVAL",
        /// The mailbox of the first Cc address.
        Cc "CC",
        /// The Date field, or else the time at which the server received the message.
        Date "DATE",
        /// The mailbox of the first From address.
        From "FROM",
        /// The size of the message.
        Size "SIZE",
        /// The subject without `Re:` and similar prefixes.
        Subject "SUBJECT",
        /// The mailbox of the first To address.
        To "TO",
        /// The display name of the first From address (RFC 5957).
        DisplayFrom "DISPLAYFROM",
        /// The display name of the first To address (RFC 5957).
        DisplayTo "DISPLAYTO",
        /// The relevancy score (RFC 6203 §4).
        Relevancy "RELEVANCY",
    }
}

/// A sort criterion and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortOrder {
    key: SortKey,
    reverse: bool,
}

/// A threading algorithm (RFC 5256 §3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThreadAlgorithm {
    /// By subject and date.
    OrderedSubject,
    /// By Message-ID, References and In-Reply-To, and by subject.
    References,
    /// By References and In-Reply-To alone: `REFS`, which some servers support.
    Refs,
    /// Any other algorithm, by its name in the server's `THREAD=` capability.
    Other(String),
}

impl SortKey {
    /// Reverses the direction: from the last to the first, from the largest to the smallest.
    #[must_use]
    pub fn reverse(self) -> SortOrder {
        SortOrder {
            key: self,
            reverse: true,
        }
    }
}

impl ThreadAlgorithm {
    /// The algorithms that have a variant, from the best one on.
    pub const KNOWN: &'static [Self] = &[Self::References, Self::Refs, Self::OrderedSubject];

    /// Returns its name, as in the server's `THREAD=` capability.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::OrderedSubject => "ORDEREDSUBJECT",
            Self::References => "REFERENCES",
            Self::Refs => "REFS",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for ThreadAlgorithm {
    /// Parses a name, ignoring case.
    fn from(name: &str) -> Self {
        let mut known = Self::KNOWN.iter();
        let known = known.find(|one| one.as_str().eq_ignore_ascii_case(name));
        known
            .cloned()
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

impl FromStr for ThreadAlgorithm {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(name.into())
    }
}

impl fmt::Display for ThreadAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<SortKey> for SortOrder {
    fn from(key: SortKey) -> Self {
        Self {
            key,
            reverse: false,
        }
    }
}

/// Encodes `UID SORT`, which finds UIDs (RFC 5256 §3; return options by RFC 5267 §3).
///
/// ```
/// use imapclient_codec::command::{self, SearchKey, SortKey};
///
/// let outgoing = command::sort(
///     [SortKey::Date.reverse(), SortKey::Subject.into()],
///     SearchKey::Unseen,
/// )?;
/// assert!(format!("{outgoing:?}").contains("UID SORT (REVERSE DATE SUBJECT) UTF-8 UNSEEN"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if there is no sort criterion, or if a search key cannot be sent.
pub fn sort(
    by: impl IntoIterator<Item = impl Into<SortOrder>>,
    query: impl Into<SearchQuery>,
) -> Result<Outgoing, InvalidArgument> {
    sort_by("UID SORT", by, &query.into())
}

/// Encodes `SORT`, which finds sequence numbers (RFC 5256 §3).
///
/// # Errors
/// Those of [`sort`].
pub fn sort_seq<O: Into<SortOrder>>(
    by: impl IntoIterator<Item = O>,
    query: impl Into<SearchQuery>,
) -> Result<Outgoing, InvalidArgument> {
    sort_by("SORT", by, &query.into())
}

fn sort_by<O: Into<SortOrder>>(
    verb: &'static str,
    by: impl IntoIterator<Item = O>,
    query: &SearchQuery,
) -> Result<Outgoing, InvalidArgument> {
    let by: Vec<SortOrder> = by.into_iter().map(Into::into).collect();
    if by.is_empty() {
        return Err(InvalidArgument::new("sort keys", "name at least one"));
    }
    let mut needs = Needs::mailbox().capability("SORT");
    if query.has_return_options() {
        needs = needs.capability("ESORT");
    }
    let mut outgoing = Outgoing::new(verb).needing(needs);
    query.write_options(&mut outgoing)?;
    outgoing.push(" ").list(by, |outgoing, order| {
        let reverse = if order.reverse { "REVERSE " } else { "" };
        outgoing.push(reverse).push(order.key.as_str());
        Ok(())
    })?;
    query.write_criteria(&mut outgoing)?;
    Ok(outgoing.beside(query.concurrency(verb)))
}

/// Encodes `UID THREAD`, which finds UIDs (RFC 5256 §3).
///
/// # Errors
/// Fails if the name of the algorithm is not a word, a search key cannot be sent, or the query has
/// result options, which THREAD does not support.
pub fn thread(
    algorithm: &ThreadAlgorithm,
    query: impl Into<SearchQuery>,
) -> Result<Outgoing, InvalidArgument> {
    thread_by("UID THREAD ", algorithm, &query.into())
}

/// Encodes `THREAD`, which finds sequence numbers (RFC 5256 §3).
///
/// # Errors
/// Those of [`thread`].
pub fn thread_seq(
    algorithm: &ThreadAlgorithm,
    query: impl Into<SearchQuery>,
) -> Result<Outgoing, InvalidArgument> {
    thread_by("THREAD ", algorithm, &query.into())
}

fn thread_by(
    verb: &'static str,
    algorithm: &ThreadAlgorithm,
    query: &SearchQuery,
) -> Result<Outgoing, InvalidArgument> {
    if query.has_return_options() {
        let why = "THREAD does not support them";
        return Err(InvalidArgument::new("return options", why));
    }
    let needs = Needs::mailbox().capability(format!("THREAD={}", algorithm.as_str()));
    let mut outgoing = Outgoing::new(verb).needing(needs);
    outgoing.atom("thread algorithm", algorithm.as_str())?;
    query.write_criteria(&mut outgoing)?;
    Ok(outgoing.beside(match verb.starts_with("UID ") {
        true => Concurrency::Kind("THREAD"),
        false => Concurrency::Alone,
    }))
}
