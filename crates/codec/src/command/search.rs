//! SEARCH: how a search is asked for, and what is to come back.

use crate::{
    mailbox::Names,
    outgoing::{InvalidArgument, Outgoing},
    response::Tag,
};

mod charset;
mod key;
mod window;
mod write;

pub use charset::Charset;
pub use key::{EntryType, SearchKey};
pub use window::Window;
pub(super) use write::checked_modseq;
use write::{Writer, has_other_text};

/// A search: its keys, and how it is to be answered.
///
/// Made from a [`SearchKey`], or from text as that is, it asks for UIDs in a plain answer.
///
/// ```
/// use imapclient_codec::{Names, command::{self, Return, SearchKey, SearchQuery}};
///
/// let query = SearchQuery::new(SearchKey::Unseen).returning([Return::Count, Return::Max]);
/// let outgoing = command::search(query, Names::Utf7)?;
/// assert!(format!("{outgoing:?}").contains("UID SEARCH RETURN (COUNT MAX) UNSEEN"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SearchQuery {
    key: SearchKey,
    sequence_numbers: bool,
    charset: Charset,
    returning: Option<Vec<Return>>,
}

/// What a search returns, in an ESEARCH response (RFC 4731 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Return {
    /// The lowest number.
    Min,
    /// The highest number.
    Max,
    /// All of them, as a set.
    All,
    /// How many.
    Count,
    /// Nothing: the server keeps what it found as `$` (RFC 5182).
    Save,
    /// Those at these places of the result (RFC 9394 §3.1, RFC 5267 §4.4).
    Partial(Window),
    /// And from now on what joins or leaves the result, until `CANCELUPDATE` (RFC 5267 §4.3).
    Update,
    /// The server may expect more searches like this one (RFC 5267 §4.2).
    Context,
    /// How well each message fits (RFC 6203 §4).
    Relevancy,
}

impl SearchQuery {
    /// A search for that.
    #[must_use]
    pub fn new(key: impl Into<SearchKey>) -> Self {
        Self {
            key: key.into(),
            sequence_numbers: false,
            charset: Charset::Auto,
            returning: None,
        }
    }

    /// Asks for sequence numbers in place of UIDs.
    #[must_use]
    pub fn sequence_numbers(mut self) -> Self {
        self.sequence_numbers = true;
        self
    }

    /// How text is written.
    #[must_use]
    pub fn charset(mut self, charset: Charset) -> Self {
        self.charset = charset;
        self
    }

    /// Asks for an ESEARCH response with these data; nothing in particular means
    /// [`Return::All`].
    #[must_use]
    pub fn returning(mut self, options: impl IntoIterator<Item = Return>) -> Self {
        self.returning = Some(options.into_iter().collect());
        self
    }

    /// The same search for a plain answer: without [`returning`](Self::returning).
    #[must_use]
    pub fn without_returning(mut self) -> Self {
        self.returning = None;
        self
    }

    /// The verb with its `UID` prefix if need be.
    pub(super) fn command(&self, uid_verb: &'static str, verb: &'static str) -> Outgoing {
        Outgoing::new(if self.sequence_numbers {
            verb
        } else {
            uid_verb
        })
    }

    /// Whether it asks for [`sequence_numbers`](Self::sequence_numbers).
    #[must_use]
    pub fn by_sequence(&self) -> bool {
        self.sequence_numbers
    }

    /// Whether it asks for an ESEARCH response by [`returning`](Self::returning).
    #[must_use]
    pub fn has_return_options(&self) -> bool {
        self.returning.is_some()
    }

    /// Returns what it asks for by [`returning`](Self::returning), in the order of the calls.
    #[must_use]
    pub fn return_options(&self) -> Option<&[Return]> {
        self.returning.as_deref()
    }

    /// Returns how text is written, as set by [`charset`](Self::charset).
    #[must_use]
    pub fn text_charset(&self) -> &Charset {
        &self.charset
    }

    /// Reports whether all text in it is ASCII, so that it reads the same in any charset.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        // Keys that are nested too deeply to be looked at cannot be sent either.
        !has_other_text(&self.key).unwrap_or(true)
    }

    /// ` RETURN (...)`, if there is something to return.
    pub(super) fn write_options(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        if let Some(options) = &self.returning {
            outgoing
                .push(" RETURN ")
                .list(options, |outgoing, option| option.write(outgoing))?;
        }
        Ok(())
    }

    /// The charset where there is one, and the keys, each with a blank before it.
    pub(super) fn write_program(
        &self,
        outgoing: &mut Outgoing,
        names: Names,
    ) -> Result<(), InvalidArgument> {
        let needed = has_other_text(&self.key)?;
        if self.charset != Charset::Auto || (needed && names == Names::Utf7) {
            outgoing
                .push(" CHARSET ")
                .atom("charset", self.charset.name())?;
        }
        self.write_keys(outgoing, names)
    }

    /// ` UTF-8 ALL`: the charset, which SORT and THREAD always take, and the keys.
    pub(super) fn write_criteria(
        &self,
        outgoing: &mut Outgoing,
        names: Names,
    ) -> Result<(), InvalidArgument> {
        has_other_text(&self.key)?;
        outgoing.push(" ").atom("charset", self.charset.name())?;
        self.write_keys(outgoing, names)
    }

    fn write_keys(&self, outgoing: &mut Outgoing, names: Names) -> Result<(), InvalidArgument> {
        outgoing.push(" ");
        let mut writer = Writer {
            outgoing,
            charset: &self.charset,
            names,
        };
        writer.top(&self.key)
    }
}

impl Return {
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

/// `UID SEARCH`, or `SEARCH` (RFC 9051 §6.4.4).
///
/// ```
/// use imapclient_codec::{Names, command::{self, SearchKey}};
///
/// let outgoing = command::search(SearchKey::Unseen & SearchKey::Larger(1 << 20), Names::Utf7)?;
/// assert!(format!("{outgoing:?}").contains("UID SEARCH UNSEEN LARGER 1048576"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// If a key cannot be sent: empty sets, NUL in text, text that the charset lacks, raw text that is
/// not plain ASCII, keys nested over 100 levels deep.
pub fn search(query: impl Into<SearchQuery>, names: Names) -> Result<Outgoing, InvalidArgument> {
    let query = query.into();
    let mut outgoing = query.command("UID SEARCH", "SEARCH");
    query.write_options(&mut outgoing)?;
    query.write_program(&mut outgoing, names)?;
    Ok(outgoing)
}

/// `CANCELUPDATE`: ends what [`Return::Update`] began in the commands of these tags
/// (RFC 5267 §4.3).
///
/// # Errors
/// If there is no tag, or one is no word.
pub fn cancel_update<'t>(
    tags: impl IntoIterator<Item = &'t Tag>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("CANCELUPDATE");
    let mut any = false;
    for tag in tags {
        any = true;
        if !tag.as_str().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidArgument::new("tag", format!("{tag:?} is no word")));
        }
        outgoing.push(" ").string("tag", tag.as_str().as_bytes())?;
    }
    if !any {
        return Err(InvalidArgument::new("tags", "name at least one"));
    }
    Ok(outgoing)
}
