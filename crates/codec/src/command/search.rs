//! SEARCH: search queries and their result options.

use crate::{
    concurrency::{self, Concurrency},
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
    response::Tag,
};

mod charset;
mod key;
mod term;
mod window;
mod write;

pub use charset::Charset;
pub use key::{EntryType, SearchKey};
pub use term::SearchTerm;
pub use window::PartialRange;
use write::{Writer, has_other_text};

/// A search: its keys, and the form of the answer.
///
/// Created from a [`SearchKey`], or from text that spells one, it asks for an untagged SEARCH
/// response.
///
/// ```
/// use imapclient_codec::command::{self, SearchReturn, SearchKey, SearchQuery};
///
/// let options = [SearchReturn::Count, SearchReturn::Max];
/// let query = SearchQuery::new(SearchKey::Unseen).returning(options);
/// let outgoing = command::search(query)?;
/// assert!(format!("{outgoing:?}").contains("UID SEARCH RETURN (COUNT MAX) UNSEEN"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    key: SearchKey,
    charset: Charset,
    returning: Option<Vec<SearchReturn>>,
}

/// A result option: asks for data in an ESEARCH response (RFC 4731 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchReturn {
    /// The lowest number.
    Min,
    /// The highest number.
    Max,
    /// All numbers, as a set.
    All,
    /// The number of messages.
    Count,
    /// No data: the server saves the result as `$` (RFC 5182).
    Save,
    /// The numbers at these positions of the result (RFC 9394 §3.1, RFC 5267 §4.4).
    Partial(PartialRange),
    /// Notifications of messages that join or leave the result, until `CANCELUPDATE`
    /// (RFC 5267 §4.3).
    Update,
    /// A hint to the server that more searches like this one will follow (RFC 5267 §4.2).
    Context,
    /// The relevancy score of each message (RFC 6203 §4).
    Relevancy,
}

impl SearchQuery {
    /// Creates a search for `key`.
    #[must_use]
    pub fn new(key: impl Into<SearchKey>) -> Self {
        Self {
            key: key.into(),
            charset: Charset::Auto,
            returning: None,
        }
    }

    /// Sets the charset in which text is written.
    #[must_use]
    pub fn charset(mut self, charset: Charset) -> Self {
        self.charset = charset;
        self
    }

    /// Asks for an ESEARCH response with these data; an empty list means [`SearchReturn::All`].
    #[must_use]
    pub fn returning(mut self, options: impl IntoIterator<Item = SearchReturn>) -> Self {
        self.returning = Some(options.into_iter().collect());
        self
    }

    /// Removes the effect of [`returning`](Self::returning): asks for an untagged SEARCH response.
    #[must_use]
    pub fn without_returning(mut self) -> Self {
        self.returning = None;
        self
    }

    /// Returns whether it asks for an ESEARCH response by [`returning`](Self::returning).
    #[must_use]
    pub fn has_return_options(&self) -> bool {
        self.returning.is_some()
    }

    /// Returns the result options, as set by [`returning`](Self::returning), in the order of the
    /// calls.
    #[must_use]
    pub fn return_options(&self) -> Option<&[SearchReturn]> {
        self.returning.as_deref()
    }

    /// Returns the charset in which text is written, as set by [`charset`](Self::charset).
    #[must_use]
    pub fn text_charset(&self) -> &Charset {
        &self.charset
    }

    /// Returns whether all text in it is ASCII, so that it reads the same in any charset.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        // Keys that are nested too deeply to be examined cannot be sent either.
        !has_other_text(&self.key).unwrap_or(true)
    }

    /// Writes ` RETURN (...)` if there are result options.
    pub(super) fn write_options(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        if let Some(options) = &self.returning {
            outgoing
                .push(" RETURN ")
                .list(options, |outgoing, option| option.write(outgoing))?;
        }
        Ok(())
    }

    /// Writes the charset if one is needed, and the keys, each after a space.
    pub(super) fn write_program(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        let needed = has_other_text(&self.key)?;
        if self.charset != Charset::Auto {
            outgoing
                .push(" CHARSET ")
                .atom("charset", self.charset.name())?;
        } else if needed {
            outgoing.charset();
        }
        self.write_keys(outgoing)
    }

    /// Writes ` UTF-8 ALL`: the charset, which SORT and THREAD always require, and the keys.
    pub(super) fn write_criteria(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        has_other_text(&self.key)?;
        outgoing.push(" ").atom("charset", self.charset.name())?;
        self.write_keys(outgoing)
    }

    fn write_keys(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        outgoing.push(" ");
        let mut writer = Writer {
            outgoing,
            charset: &self.charset,
        };
        writer.top(&self.key)
    }
}

impl SearchReturn {
    fn write(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        outgoing.push(match self {
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::All => "ALL",
            Self::Count => "COUNT",
            Self::Save => "SAVE",
            Self::Update => "UPDATE",
            Self::Context => "CONTEXT",
            Self::Relevancy => "RELEVANCY",
            Self::Partial(window) => return window.write(outgoing),
        });
        Ok(())
    }
}

impl<K: Into<SearchKey>> From<K> for SearchQuery {
    fn from(key: K) -> Self {
        Self::new(key)
    }
}

impl From<&Self> for SearchQuery {
    fn from(query: &Self) -> Self {
        query.clone()
    }
}

/// Encodes `UID SEARCH` (RFC 9051 §6.4.9), which finds UIDs.
///
/// ```
/// use imapclient_codec::command::{self, SearchKey};
///
/// let outgoing = command::search(SearchKey::Unseen & SearchKey::Larger(1 << 20))?;
/// assert!(format!("{outgoing:?}").contains("UID SEARCH UNSEEN LARGER 1048576"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if a key cannot be sent: empty sets, NUL in text, text that the charset cannot represent,
/// raw text that is not plain ASCII, keys nested over 100 levels deep.
pub fn search(query: impl Into<SearchQuery>) -> Result<Outgoing, InvalidArgument> {
    search_by("UID SEARCH", &query.into())
}

/// Encodes `SEARCH` (RFC 9051 §6.4.4), which finds sequence numbers.
///
/// ```
/// use imapclient_codec::command::{self, SearchKey};
///
/// let outgoing = command::search_seq(SearchKey::Unseen)?;
/// assert!(format!("{outgoing:?}").contains("SEARCH UNSEEN"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Those of [`search`].
pub fn search_seq(query: impl Into<SearchQuery>) -> Result<Outgoing, InvalidArgument> {
    search_by("SEARCH", &query.into())
}

impl SearchQuery {
    /// Returns the concurrency of a command with this query. Sequence numbers may change while
    /// other commands are under way, and a saved result is used by a later one.
    pub(super) fn concurrency(&self, verb: &str) -> Concurrency {
        let saves = self
            .return_options()
            .is_some_and(|options| options.contains(&SearchReturn::Save));
        match (verb.starts_with("UID "), self.has_return_options()) {
            (false, _) => Concurrency::Alone,
            _ if saves => Concurrency::Alone,
            (true, true) => Concurrency::Correlated,
            (true, false) => Concurrency::Kind(concurrency::SEARCH),
        }
    }
}

fn search_by(verb: &'static str, query: &SearchQuery) -> Result<Outgoing, InvalidArgument> {
    let needs = match query.has_return_options() {
        true => Needs::mailbox().capability("ESEARCH"),
        false => Needs::mailbox(),
    };
    let mut outgoing = Outgoing::new(verb).needing(needs);
    query.write_options(&mut outgoing)?;
    query.write_program(&mut outgoing)?;
    Ok(outgoing.beside(query.concurrency(verb)))
}

/// Encodes `CANCELUPDATE`, which ends the notifications that [`SearchReturn::Update`] began in the
/// commands with these tags (RFC 5267 §4.3).
///
/// # Errors
/// Fails if there is no tag, or if one is not a word.
pub fn cancel_update<'t>(
    tags: impl IntoIterator<Item = &'t Tag>,
) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::mailbox().one_of(&["CONTEXT=SEARCH", "CONTEXT=SORT"]);
    let mut outgoing = Outgoing::new("CANCELUPDATE").needing(needs);
    let mut any = false;
    for tag in tags {
        any = true;
        if !tag.as_str().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidArgument::new(
                "tag",
                format!("{tag:?} is not a word"),
            ));
        }
        outgoing.push(" ").string("tag", tag.as_str().as_bytes())?;
    }
    if !any {
        return Err(InvalidArgument::new("tags", "name at least one"));
    }
    Ok(outgoing)
}
