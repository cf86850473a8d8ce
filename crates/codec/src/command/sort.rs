//! SORT and THREAD (RFC 5256).

use super::search::SearchQuery;
use crate::{
    mailbox::NameEncoding,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

/// A sort criterion (RFC 5256 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SortKey {
    /// The time at which the server received the message.
    Arrival,
    /// The mailbox of the first Cc address.
    Cc,
    /// The Date field, or else the time at which the server received the message.
    Date,
    /// The mailbox of the first From address.
    From,
    /// The size of the message.
    Size,
    /// The subject without `Re:` and similar prefixes.
    Subject,
    /// The mailbox of the first To address.
    To,
    /// The display name of the first From address (RFC 5957).
    DisplayFrom,
    /// The display name of the first To address (RFC 5957).
    DisplayTo,
    /// The relevancy score (RFC 6203 §4).
    Relevancy,
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

    fn name(self) -> &'static str {
        match self {
            Self::Arrival => "ARRIVAL",
            Self::Cc => "CC",
            Self::Date => "DATE",
            Self::From => "FROM",
            Self::Size => "SIZE",
            Self::Subject => "SUBJECT",
            Self::To => "TO",
            Self::DisplayFrom => "DISPLAYFROM",
            Self::DisplayTo => "DISPLAYTO",
            Self::Relevancy => "RELEVANCY",
        }
    }
}

impl ThreadAlgorithm {
    /// Returns its name, as in the server's `THREAD=` capability.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::OrderedSubject => "ORDEREDSUBJECT",
            Self::References => "REFERENCES",
            Self::Refs => "REFS",
            Self::Other(name) => name,
        }
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

/// Encodes `UID SORT`, or `SORT` (RFC 5256 §3; return options by RFC 5267 §3).
///
/// ```
/// use imapclient_codec::{NameEncoding, command::{self, SearchKey, SortKey}};
///
/// let outgoing = command::sort(
///     [SortKey::Date.reverse(), SortKey::Subject.into()],
///     SearchKey::Unseen,
///     NameEncoding::Utf7,
/// )?;
/// assert!(format!("{outgoing:?}").contains("UID SORT (REVERSE DATE SUBJECT) UTF-8 UNSEEN"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if there is no sort criterion, or if a search key cannot be sent.
pub fn sort<O: Into<SortOrder>>(
    by: impl IntoIterator<Item = O>,
    query: impl Into<SearchQuery>,
    names: NameEncoding,
) -> Result<Outgoing, InvalidArgument> {
    let query = query.into();
    let by: Vec<SortOrder> = by.into_iter().map(Into::into).collect();
    if by.is_empty() {
        return Err(InvalidArgument::new("sort keys", "name at least one"));
    }
    let mut needs = Needs::mailbox().capability("SORT");
    if query.has_return_options() {
        needs = needs.capability("ESORT");
    }
    let mut outgoing = query.command("UID SORT", "SORT").needing(needs);
    query.write_options(&mut outgoing)?;
    outgoing.push(" ").list(by, |outgoing, order| {
        let reverse = if order.reverse { "REVERSE " } else { "" };
        outgoing.push(reverse).push(order.key.name());
        Ok(())
    })?;
    query.write_criteria(&mut outgoing, names)?;
    Ok(outgoing)
}

/// Encodes `UID THREAD`, or `THREAD` (RFC 5256 §3).
///
/// # Errors
/// Fails if the name of the algorithm is not a word, a search key cannot be sent, or the query has
/// result options, which THREAD does not support.
pub fn thread(
    algorithm: &ThreadAlgorithm,
    query: impl Into<SearchQuery>,
    names: NameEncoding,
) -> Result<Outgoing, InvalidArgument> {
    let query = query.into();
    if query.has_return_options() {
        let why = "THREAD does not support them";
        return Err(InvalidArgument::new("return options", why));
    }
    let needs = Needs::mailbox().capability(format!("THREAD={}", algorithm.name()));
    let mut outgoing = query.command("UID THREAD ", "THREAD ").needing(needs);
    outgoing.atom("thread algorithm", algorithm.name())?;
    query.write_criteria(&mut outgoing, names)?;
    Ok(outgoing)
}
