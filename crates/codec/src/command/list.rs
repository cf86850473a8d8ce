//! LIST and related commands (RFC 9051 §6.3.9, RFC 5258).

use super::metadata::write_entries;
use crate::{
    concurrency::Concurrency,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
    response::StatusItem,
};

/// A LIST with options or several patterns (RFC 5258).
///
/// The methods `only_` and `include_` choose mailboxes, and the methods `with_` ask for data about
/// each of them. Every option has a capability of its own, which its method names.
///
/// ```
/// use imapclient_codec::command::{self, ListOptions, StatusItem};
///
/// let options = ListOptions::new("", "*")
///     .only_subscribed()
///     .with_children()
///     .with_status([StatusItem::Unseen]);
/// let outgoing = command::list_extended(&options)?;
/// let shown = format!("{outgoing:?}");
/// assert!(shown.contains("LIST (SUBSCRIBED) "));
/// assert!(shown.contains(r#"\"*\" RETURN (CHILDREN STATUS (UNSEEN))"#));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ListOptions {
    reference: String,
    patterns: Vec<String>,
    select: Vec<Select>,
    returning: Vec<Return>,
}

/// A selection option (RFC 5258 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Select {
    Subscribed,
    Remote,
    RecursiveMatch,
    SpecialUse,
}

/// A return option (RFC 5258 §3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Return {
    Subscribed,
    Children,
    SpecialUse,
    Status(Vec<StatusItem>),
    MyRights,
    Metadata(Vec<String>),
}

impl ListOptions {
    /// Creates a LIST of the mailboxes whose names, after `reference`, match a pattern. `*` matches
    /// anything, and `%` anything except a hierarchy delimiter.
    #[must_use]
    pub fn new(reference: impl Into<String>, pattern: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            patterns: vec![pattern.into()],
            select: Vec::new(),
            returning: Vec::new(),
        }
    }

    /// Adds the mailboxes whose names match another pattern. Needs `LIST-EXTENDED`.
    #[must_use]
    pub fn pattern(mut self, pattern: impl Into<String>) -> Self {
        self.patterns.push(pattern.into());
        self
    }

    /// Excludes mailboxes that are not subscribed, and includes subscribed ones that do not exist
    /// any more, with `\NonExistent`. Needs `LIST-EXTENDED` (RFC 5258 §3.1).
    #[must_use]
    pub fn only_subscribed(self) -> Self {
        self.select(Select::Subscribed)
    }

    /// Excludes mailboxes without a special use. Needs `LIST-EXTENDED` and `SPECIAL-USE` (RFC
    /// 6154).
    #[must_use]
    pub fn only_special_use(self) -> Self {
        self.select(Select::SpecialUse)
    }

    /// Includes mailboxes on other servers. Needs `LIST-EXTENDED` (RFC 5258 §3.1).
    #[must_use]
    pub fn include_remote(self) -> Self {
        self.select(Select::Remote)
    }

    /// Includes mailboxes of which only a descendant is chosen by
    /// [`only_subscribed`](Self::only_subscribed) or [`only_special_use`](Self::only_special_use),
    /// one of which it requires: [`child_info`](crate::ListedMailbox::child_info) returns which.
    /// Needs `LIST-EXTENDED` (`RECURSIVEMATCH`, RFC 5258 §3.1).
    #[must_use]
    #[doc(alias = "recursivematch")]
    pub fn include_parents(self) -> Self {
        self.select(Select::RecursiveMatch)
    }

    /// Asks which mailboxes are subscribed: these get `\Subscribed`. Needs `LIST-EXTENDED` (RFC
    /// 5258 §3.2).
    #[must_use]
    pub fn with_subscribed(self) -> Self {
        self.returning(Return::Subscribed)
    }

    /// Asks which mailboxes have others below them: each gets `\HasChildren` or `\HasNoChildren`.
    /// Needs `LIST-EXTENDED` (RFC 5258 §4).
    #[must_use]
    pub fn with_children(self) -> Self {
        self.returning(Return::Children)
    }

    /// Asks for the special uses of the mailboxes, which are attributes such as `\Sent`. Needs
    /// `LIST-EXTENDED` and `SPECIAL-USE` (RFC 6154).
    #[must_use]
    pub fn with_special_use(self) -> Self {
        self.returning(Return::SpecialUse)
    }

    /// Asks for the status of each mailbox that can be opened. Needs `LIST-EXTENDED` and
    /// `LIST-STATUS` (RFC 5819), and the capability of each item.
    #[must_use]
    pub fn with_status(mut self, items: impl IntoIterator<Item = impl Into<StatusItem>>) -> Self {
        let items = items.into_iter().map(Into::into);
        let mut returning = self.returning.iter_mut();
        match returning.find_map(|option| match option {
            Return::Status(asked) => Some(asked),
            _ => None,
        }) {
            Some(asked) => asked.extend(items),
            None => self.returning.push(Return::Status(items.collect())),
        }
        self
    }

    /// Asks for the rights of the user on each mailbox. Needs `LIST-EXTENDED` and `LIST-MYRIGHTS`
    /// (RFC 8440).
    #[must_use]
    pub fn with_my_rights(self) -> Self {
        self.returning(Return::MyRights)
    }

    /// Asks for annotations of each mailbox, such as `/private/comment`. Needs `LIST-EXTENDED` and
    /// `LIST-METADATA` (RFC 9590).
    #[must_use]
    pub fn with_metadata(mut self, entries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let entries = entries.into_iter().map(Into::into);
        let mut returning = self.returning.iter_mut();
        match returning.find_map(|option| match option {
            Return::Metadata(asked) => Some(asked),
            _ => None,
        }) {
            Some(asked) => asked.extend(entries),
            None => self.returning.push(Return::Metadata(entries.collect())),
        }
        self
    }

    /// Reports whether the status of each mailbox is asked for.
    #[must_use]
    pub fn asks_for_status(&self) -> bool {
        let mut returning = self.returning.iter();
        returning.any(|option| matches!(option, Return::Status(_)))
    }

    /// Reports whether the rights on each mailbox are asked for.
    #[must_use]
    pub fn asks_for_my_rights(&self) -> bool {
        self.returning.contains(&Return::MyRights)
    }

    /// Reports whether annotations of each mailbox are asked for.
    #[must_use]
    pub fn asks_for_metadata(&self) -> bool {
        let mut returning = self.returning.iter();
        returning.any(|option| matches!(option, Return::Metadata(_)))
    }

    fn select(mut self, option: Select) -> Self {
        if !self.select.contains(&option) {
            self.select.push(option);
        }
        self
    }

    fn returning(mut self, option: Return) -> Self {
        if !self.returning.contains(&option) {
            self.returning.push(option);
        }
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
/// Fails if the status or the annotations are asked for without naming an item, the name of an
/// annotation is not valid, or [`include_parents`](ListOptions::include_parents) stands alone.
pub fn list_extended(options: &ListOptions) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("LIST ").needing(options.needs());
    if !options.select.is_empty() {
        let base = |option: &Select| matches!(option, Select::Subscribed | Select::SpecialUse);
        if options.select.contains(&Select::RecursiveMatch) && !options.select.iter().any(base) {
            let why = "RECURSIVEMATCH needs SUBSCRIBED or SPECIAL-USE beside it";
            return Err(InvalidArgument::new("selection options", why));
        }
        outgoing.list(&options.select, |outgoing, option| {
            outgoing.push(option.name());
            Ok(())
        })?;
        outgoing.push(" ");
    }
    outgoing.pattern("reference", &options.reference).push(" ");
    match options.patterns.as_slice() {
        [one] => outgoing.pattern("pattern", one),
        all => outgoing.list(all, |outgoing, pattern| {
            outgoing.pattern("pattern", pattern);
            Ok(())
        })?,
    };
    if !options.returning.is_empty() {
        outgoing
            .push(" RETURN ")
            .list(&options.returning, |outgoing, option| {
                option.write(outgoing)
            })?;
    }
    Ok(outgoing)
}

impl ListOptions {
    fn needs(&self) -> Needs {
        let mut needs = Needs::login();
        if !self.select.is_empty() || !self.returning.is_empty() || self.patterns.len() > 1 {
            needs = needs.capability("LIST-EXTENDED");
        }
        if self.select.contains(&Select::SpecialUse) {
            needs = needs.capability("SPECIAL-USE");
        }
        for option in &self.returning {
            needs = match option {
                Return::Subscribed | Return::Children => needs,
                Return::SpecialUse => needs.capability("SPECIAL-USE"),
                Return::Status(_) => needs.capability("LIST-STATUS"),
                Return::MyRights => needs.capability("LIST-MYRIGHTS"),
                Return::Metadata(_) => needs.capability("LIST-METADATA"),
            };
        }
        needs
    }
}

impl Select {
    fn name(self) -> &'static str {
        match self {
            Self::Subscribed => "SUBSCRIBED",
            Self::Remote => "REMOTE",
            Self::RecursiveMatch => "RECURSIVEMATCH",
            Self::SpecialUse => "SPECIAL-USE",
        }
    }
}

impl Return {
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
