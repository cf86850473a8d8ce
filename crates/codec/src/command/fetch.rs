//! FETCH and what it asks for.

use super::messages::Set;
use crate::outgoing::{InvalidArgument, Outgoing, check_line};

/// What to fetch of each message (RFC 9051 §6.4.5).
///
/// Bodies are peeked at: nothing here sets `\Seen`, unless [`mark_seen`](Self::mark_seen) asks
/// for it.
///
/// ```
/// use imapclient_codec::command::Items;
///
/// let items = Items::new().flags().size().section("HEADER.FIELDS (FROM TO)");
/// assert_eq!(items.to_string(), "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO)])");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Items {
    items: Vec<Item>,
    mark_seen: bool,
    wrong: Option<InvalidArgument>,
}

#[derive(Debug, Clone, PartialEq)]
enum Item {
    Plain(String),
    Section {
        name: String,
        range: Option<(u64, u64)>,
    },
}

impl Items {
    /// Nothing but the UID, which is always asked for first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `FLAGS`.
    #[must_use]
    pub fn flags(self) -> Self {
        self.plain("FLAGS")
    }

    /// `INTERNALDATE`: when the server received the message.
    #[must_use]
    pub fn internal_date(self) -> Self {
        self.plain("INTERNALDATE")
    }

    /// `RFC822.SIZE`: the size in bytes.
    #[must_use]
    pub fn size(self) -> Self {
        self.plain("RFC822.SIZE")
    }

    /// `BODY.PEEK[]`: the whole message.
    #[must_use]
    pub fn body(self) -> Self {
        self.section("")
    }

    /// `BODY.PEEK[HEADER]`: the header of the message.
    #[must_use]
    pub fn header(self) -> Self {
        self.section("HEADER")
    }

    /// `BODY.PEEK[name]`: a section, as in `"1.2"`, `"TEXT"`, `"HEADER.FIELDS (FROM TO)"`.
    #[must_use]
    pub fn section(self, name: &str) -> Self {
        self.push_section(name, None)
    }

    /// `BODY.PEEK[name]<origin.count>`: `count` bytes of a section from byte `origin` on.
    #[must_use]
    pub fn partial(self, name: &str, origin: u64, count: u64) -> Self {
        if count == 0 || origin > u64::from(u32::MAX) {
            let why = "it needs an origin below 2^32 and a count above 0";
            return self.refuse(InvalidArgument::new("range of a section", why));
        }
        self.push_section(name, Some((origin, count)))
    }

    /// Any other item, spelled as on the wire: `"X-GM-MSGID"`.
    #[must_use]
    pub fn item(self, name: &str) -> Self {
        match check_line("fetch item", name) {
            Ok(()) if name.is_empty() => {
                self.refuse(InvalidArgument::new("fetch item", "it must not be empty"))
            }
            Ok(()) => self.plain(name),
            Err(error) => self.refuse(error),
        }
    }

    /// Lets the bodies asked for set `\Seen`: `BODY[...]` in place of `BODY.PEEK[...]`.
    #[must_use]
    pub fn mark_seen(mut self) -> Self {
        self.mark_seen = true;
        self
    }

    /// Whether nothing but the UID is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether the item of this name is asked for.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.items
            .iter()
            .any(|item| matches!(item, Item::Plain(plain) if plain.eq_ignore_ascii_case(name)))
    }

    fn plain(mut self, name: &str) -> Self {
        self.items.push(Item::Plain(name.to_owned()));
        self
    }

    fn push_section(mut self, name: &str, range: Option<(u64, u64)>) -> Self {
        if name.contains(['[', ']', '{', '<', '>'])
            || check_line("section", name).is_err()
            || name.matches('(').count() != name.matches(')').count()
        {
            return self.refuse(InvalidArgument::new(
                "section",
                format!("{name:?} has to be like \"1.2\", \"TEXT\" or \"HEADER.FIELDS (FROM)\""),
            ));
        }
        self.items.push(Item::Section {
            name: name.to_owned(),
            range,
        });
        self
    }

    /// Keeps the first thing that is wrong; [`fetch`] reports it.
    fn refuse(mut self, error: InvalidArgument) -> Self {
        self.wrong.get_or_insert(error);
        self
    }
}

impl std::fmt::Display for Items {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The UID first, so that a streamed body comes after the name of its message.
        f.write_str("(UID")?;
        for item in &self.items {
            match item {
                Item::Plain(name) => write!(f, " {name}")?,
                Item::Section { name, range } => {
                    let peek = if self.mark_seen { "" } else { ".PEEK" };
                    write!(f, " BODY{peek}[{name}]")?;
                    if let Some((origin, count)) = range {
                        write!(f, "<{origin}.{count}>")?;
                    }
                }
            }
        }
        f.write_str(")")
    }
}

/// `FETCH` (RFC 9051 §6.4.5).
///
/// # Errors
/// If the set is empty, or an item cannot be sent.
pub fn fetch(set: &Set, items: &Items) -> Result<Outgoing, InvalidArgument> {
    if let Some(wrong) = &items.wrong {
        return Err(wrong.clone());
    }
    let mut outgoing = set.command("UID FETCH", "FETCH")?;
    outgoing.push(" ").push(&items.to_string());
    Ok(outgoing)
}
