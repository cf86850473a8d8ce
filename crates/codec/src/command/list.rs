//! LIST and related commands (RFC 9051 §6.3.9, RFC 5258).

use super::metadata::write_entries;
use crate::{
    concurrency::Concurrency,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
    response::StatusItem,
};

/// A LIST with options (RFC 5258).
///
/// ```
/// use imapclient_codec::command::{self, ListQuery, ListReturn, ListSelect, StatusItem};
///
/// let query = ListQuery::new("", "*")
///     .select([ListSelect::Subscribed])
///     .returning([ListReturn::Children, ListReturn::Status(vec![StatusItem::Unseen])]);
/// let outgoing = command::list_extended(&query)?;
/// let shown = format!("{outgoing:?}");
/// assert!(shown.contains(r#"\"*\" RETURN (CHILDREN STATUS (UNSEEN))"#));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    reference: String,
    patterns: Vec<String>,
    select: Vec<ListSelect>,
    returning: Vec<ListReturn>,
}

/// A selection option: restricts or extends the mailboxes that LIST returns (RFC 5258 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListSelect {
    /// Only subscribed mailboxes, including those that do not exist any more.
    Subscribed,
    /// Also mailboxes on other servers.
    Remote,
    /// Also mailboxes of which only a descendant matches. Requires another option.
    RecursiveMatch,
    /// Only mailboxes with a special use (RFC 6154).
    SpecialUse,
}

/// A return option: data that LIST returns for each mailbox (RFC 5258 §3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListReturn {
    /// The subscription state.
    Subscribed,
    /// The presence of child mailboxes.
    Children,
    /// Its special use (RFC 6154).
    SpecialUse,
    /// The answer to STATUS (RFC 5819).
    Status(Vec<StatusItem>),
    /// The rights of the user (RFC 8440).
    MyRights,
    /// These annotations (RFC 9590).
    Metadata(Vec<String>),
}

impl ListQuery {
    /// Creates a LIST of the mailboxes whose names match a pattern. `*` matches anything, and `%`
    /// anything except a hierarchy delimiter.
    #[must_use]
    pub fn new(reference: impl Into<String>, pattern: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            patterns: vec![pattern.into()],
            select: Vec::new(),
            returning: Vec::new(),
        }
    }

    /// Adds the mailboxes whose names match another pattern.
    #[must_use]
    pub fn pattern(mut self, pattern: impl Into<String>) -> Self {
        self.patterns.push(pattern.into());
        self
    }

    /// Adds selection options.
    #[must_use]
    pub fn select(mut self, options: impl IntoIterator<Item = ListSelect>) -> Self {
        self.select.extend(options);
        self
    }

    /// Adds return options.
    #[must_use]
    pub fn returning(mut self, options: impl IntoIterator<Item = ListReturn>) -> Self {
        self.returning.extend(options);
        self
    }
}

/// Encodes `LIST` (RFC 9051 §6.3.9). In `pattern`, `*` matches anything, and `%` anything except a
/// hierarchy delimiter; all other characters match themselves.
#[must_use]
pub fn list(reference: &str, pattern: &str) -> Outgoing {
    plain("LIST ", reference, pattern)
}

/// Encodes `LIST` of one mailbox, by the bytes of its name. A name that came from the server is
/// sent back unchanged. The server interprets wildcards in the name.
///
/// # Errors
/// Fails if the name cannot be sent.
pub fn list_name(name: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("LIST \"\" ").needing(Needs::login());
    outgoing.wire_name("pattern", name)?;
    Ok(outgoing.beside(Concurrency::Kind("LIST")))
}

/// Encodes `LSUB` (RFC 3501 §6.3.9), which lists subscribed mailboxes, for servers without
/// RFC 5258.
#[must_use]
pub fn lsub(reference: &str, pattern: &str) -> Outgoing {
    plain("LSUB ", reference, pattern)
}

/// Encodes `XLIST`, a LIST with special uses that predates RFC 6154.
#[must_use]
pub fn xlist(reference: &str, pattern: &str) -> Outgoing {
    let needs = Needs::login().capability("XLIST");
    plain("XLIST ", reference, pattern).needing(needs)
}

/// Encodes `LIST` with options or several patterns (RFC 5258).
///
/// # Errors
/// Fails if a STATUS has no item, the name of an annotation is not valid, or
/// [`ListSelect::RecursiveMatch`] has no option to go with.
pub fn list_extended(query: &ListQuery) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("LIST ").needing(query.needs());
    if !query.select.is_empty() {
        let base =
            |option: &ListSelect| matches!(option, ListSelect::Subscribed | ListSelect::SpecialUse);
        if query.select.contains(&ListSelect::RecursiveMatch) && !query.select.iter().any(base) {
            let why = "RECURSIVEMATCH needs SUBSCRIBED or SPECIAL-USE beside it";
            return Err(InvalidArgument::new("selection options", why));
        }
        outgoing.list(&query.select, |outgoing, option| {
            outgoing.push(option.name());
            Ok(())
        })?;
        outgoing.push(" ");
    }
    outgoing.pattern("reference", &query.reference).push(" ");
    match query.patterns.as_slice() {
        [one] => outgoing.pattern("pattern", one),
        all => outgoing.list(all, |outgoing, pattern| {
            outgoing.pattern("pattern", pattern);
            Ok(())
        })?,
    };
    if !query.returning.is_empty() {
        outgoing
            .push(" RETURN ")
            .list(&query.returning, |outgoing, option| option.write(outgoing))?;
    }
    Ok(outgoing)
}

impl ListQuery {
    fn needs(&self) -> Needs {
        let mut needs = Needs::login();
        if !self.select.is_empty() || !self.returning.is_empty() || self.patterns.len() > 1 {
            needs = needs.capability("LIST-EXTENDED");
        }
        if self.select.contains(&ListSelect::SpecialUse) {
            needs = needs.capability("SPECIAL-USE");
        }
        for option in &self.returning {
            needs = match option {
                ListReturn::Subscribed | ListReturn::Children => needs,
                ListReturn::SpecialUse => needs.capability("SPECIAL-USE"),
                ListReturn::Status(_) => needs.capability("LIST-STATUS"),
                ListReturn::MyRights => needs.capability("LIST-MYRIGHTS"),
                ListReturn::Metadata(_) => needs.capability("LIST-METADATA"),
            };
        }
        needs
    }
}

impl ListSelect {
    fn name(self) -> &'static str {
        match self {
            Self::Subscribed => "SUBSCRIBED",
            Self::Remote => "REMOTE",
            Self::RecursiveMatch => "RECURSIVEMATCH",
            Self::SpecialUse => "SPECIAL-USE",
        }
    }
}

impl ListReturn {
    fn write(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        outgoing.push(match self {
            Self::Subscribed => "SUBSCRIBED",
            Self::Children => "CHILDREN",
            Self::SpecialUse => "SPECIAL-USE",
            Self::MyRights => "MYRIGHTS",
            Self::Status(items) => {
                outgoing.push("STATUS ");
                return StatusItem::write(outgoing, items);
            }
            Self::Metadata(entries) => {
                outgoing.push("METADATA ");
                return write_entries(outgoing, entries);
            }
        });
        Ok(())
    }
}

fn plain(verb: &'static str, reference: &str, pattern: &str) -> Outgoing {
    let mut outgoing = Outgoing::new(verb).needing(Needs::login());
    outgoing
        .pattern("reference", reference)
        .push(" ")
        .pattern("pattern", pattern);
    outgoing.beside(Concurrency::Kind("LIST"))
}
