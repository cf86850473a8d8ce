//! FETCH and its data items.

use std::fmt;

use super::{messages::MessageSet, parts::checked_modseq, search::PartialRange};
use crate::needs::Needs;
use crate::outgoing::{InvalidArgument, Outgoing, check_fragment};

/// The data items to fetch for each message (RFC 9051 §6.4.5).
///
/// Bodies are fetched with `PEEK`, so that nothing here sets `\Seen`, except
/// [`mark_seen`](Self::mark_seen), [`rfc822`](Self::rfc822) and [`rfc822_text`](Self::rfc822_text).
///
/// ```
/// use imapclient_codec::command::FetchItems;
///
/// let items = FetchItems::new().flags().size().section("HEADER.FIELDS (FROM TO)");
/// assert_eq!(items.to_string(), "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO)])");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FetchItems {
    items: Vec<Item>,
    mark_seen: bool,
    changed_since: Option<u64>,
    vanished: bool,
    window: Option<PartialRange>,
    wrong: Option<InvalidArgument>,
}

#[derive(Debug, Clone, PartialEq)]
enum Item {
    Plain(String),
    /// `BODY[...]` or `BINARY[...]`.
    Section {
        of: &'static str,
        name: String,
        range: Option<(u64, u64)>,
    },
}

/// Defines methods without arguments that add an item by its name.
macro_rules! plain_items {
    ($($(#[$doc:meta])* $method:ident $wire:literal)+) => {
        impl FetchItems {$(
            $(#[$doc])*
            #[must_use]
            pub fn $method(self) -> Self {
                self.plain($wire)
            }
        )+}
    };
}

plain_items! {
    /// Adds `FLAGS`.
    flags "FLAGS"
    /// Adds `INTERNALDATE`: the time at which the server received the message.
    internal_date "INTERNALDATE"
    /// Adds `RFC822.SIZE`: the size in bytes.
    size "RFC822.SIZE"
    /// Adds `ENVELOPE`: the addresses, the subject and other header fields, as parsed by the
    /// server.
    envelope "ENVELOPE"
    /// Adds `BODYSTRUCTURE`: the MIME structure with its extension data.
    structure "BODYSTRUCTURE"
    /// Adds `BODY`: the MIME structure without extension data.
    basic_structure "BODY"
    /// Adds `MODSEQ`: the modification sequence (RFC 7162 §3.1.4).
    modseq "MODSEQ"
    /// Adds `EMAILID`: the identifier of the message (RFC 8474).
    email_id "EMAILID"
    /// Adds `THREADID`: the identifier of the message's thread (RFC 8474).
    thread_id "THREADID"
    /// Adds `PREVIEW`: the beginning of the message's text (RFC 8970).
    preview "PREVIEW"
    /// Adds `PREVIEW (LAZY)`: the same, if the server has it available without further work
    /// (RFC 8970).
    lazy_preview "PREVIEW (LAZY)"
    /// Adds `SAVEDATE`: the time at which the message was put into the mailbox (RFC 8514).
    save_date "SAVEDATE"
    /// Adds `X-GM-MSGID`: Gmail's identifier of the message.
    gmail_message_id "X-GM-MSGID"
    /// Adds `X-GM-THRID`: Gmail's identifier of the message's thread.
    gmail_thread_id "X-GM-THRID"
    /// Adds `X-GM-LABELS`: Gmail's labels.
    gmail_labels "X-GM-LABELS"
    /// Adds `RFC822`: the whole message (RFC 3501 §6.4.5). It sets `\Seen`; [`body`](Self::body)
    /// does not.
    rfc822 "RFC822"
    /// Adds `RFC822.HEADER`: the header of the message (RFC 3501 §6.4.5).
    rfc822_header "RFC822.HEADER"
    /// Adds `RFC822.TEXT`: the message without its header (RFC 3501 §6.4.5). It sets `\Seen`.
    rfc822_text "RFC822.TEXT"
}

impl FetchItems {
    /// Creates a list of the UID alone, which is always asked for first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the items of the macro `FAST`: flags, internal date and size.
    #[must_use]
    pub fn fast(self) -> Self {
        self.flags().internal_date().size()
    }

    /// Adds the items of the macro `ALL`: those of [`fast`](Self::fast), and the envelope.
    #[must_use]
    pub fn all(self) -> Self {
        self.fast().envelope()
    }

    /// Adds the items of the macro `FULL`: those of [`all`](Self::all), and the basic MIME
    /// structure.
    #[must_use]
    pub fn full(self) -> Self {
        self.all().basic_structure()
    }

    /// Adds `BODY.PEEK[]`: the whole message.
    #[must_use]
    pub fn body(self) -> Self {
        self.section("")
    }

    /// Adds `BODY.PEEK[HEADER]`: the header of the message.
    #[must_use]
    pub fn header(self) -> Self {
        self.section("HEADER")
    }

    /// Adds `BODY.PEEK[name]`: a section, as in `"1.2"`, `"TEXT"`, `"HEADER.FIELDS (FROM TO)"`.
    #[must_use]
    pub fn section(self, name: &str) -> Self {
        self.push_section("BODY", name, None)
    }

    /// Adds `BODY.PEEK[name]<origin.count>`: `count` bytes of a section, starting at byte `origin`.
    #[must_use]
    pub fn partial(self, name: &str, origin: u64, count: u64) -> Self {
        self.push_section("BODY", name, Some((origin, count)))
    }

    /// Adds `BINARY.PEEK[part]`: a part with its transfer encoding removed, as in `"1.2"`; `""` is
    /// the whole message (RFC 3516 §4.2).
    #[must_use]
    pub fn binary(self, part: &str) -> Self {
        self.push_part(part, None)
    }

    /// Adds `BINARY.PEEK[part]<origin.count>`: `count` bytes of such a part, starting at byte
    /// `origin` (RFC 3516 §4.2).
    #[must_use]
    pub fn binary_partial(self, part: &str, origin: u64, count: u64) -> Self {
        self.push_part(part, Some((origin, count)))
    }

    /// Adds `BINARY.SIZE[part]`: the size in bytes of a part with its transfer encoding removed
    /// (RFC 3516 §4.3).
    #[must_use]
    pub fn binary_size(self, part: &str) -> Self {
        if !is_part(part) {
            return self.refuse(wrong_part(part));
        }
        self.plain(&format!("BINARY.SIZE[{part}]"))
    }

    /// Any other item, spelled as on the wire, as in `"X-MAILBOX"`.
    #[must_use]
    pub fn item(self, name: &str) -> Self {
        match check_fragment("fetch item", name) {
            Ok(()) if name.is_empty() => {
                self.refuse(InvalidArgument::new("fetch item", "it must not be empty"))
            }
            Ok(()) => self.plain(name),
            Err(error) => self.refuse(error),
        }
    }

    /// Lets the requested bodies set `\Seen`: sends `BODY[...]` in place of `BODY.PEEK[...]`.
    #[must_use]
    pub fn mark_seen(mut self) -> Self {
        self.mark_seen = true;
        self
    }

    /// Restricts the answer to messages that changed after this modification sequence:
    /// `CHANGEDSINCE` (RFC 7162 §3.1.4.1). The server then also sends the modification sequence of
    /// each. Needs the capability `CONDSTORE`, or `QRESYNC`, which includes it.
    #[must_use]
    pub fn changed_since(mut self, modseq: u64) -> Self {
        self.changed_since = Some(modseq);
        self
    }

    /// Asks also for the UIDs of the set that have been removed since then: `VANISHED`
    /// (RFC 7162 §3.2.6). Requires [`changed_since`](Self::changed_since), a set of UIDs, and the
    /// capability `QRESYNC`, which must be enabled.
    #[must_use]
    pub fn vanished(mut self) -> Self {
        self.vanished = true;
        self
    }

    /// Restricts the answer to the messages at these positions of the set: `PARTIAL`
    /// (RFC 9394 §3.3). Requires a set of UIDs.
    #[must_use]
    pub fn window(mut self, window: PartialRange) -> Self {
        self.window = Some(window);
        self
    }

    /// Returns whether only the UID is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns whether the item of this name is asked for.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.items
            .iter()
            .any(|item| matches!(item, Item::Plain(plain) if plain.eq_ignore_ascii_case(name)))
    }

    fn plain(mut self, name: &str) -> Self {
        if !self.has(name) {
            self.items.push(Item::Plain(name.to_owned()));
        }
        self
    }

    fn push_section(self, of: &'static str, name: &str, range: Option<(u64, u64)>) -> Self {
        if name.contains(['[', ']', '{', '<', '>', '"']) || check_fragment("section", name).is_err()
        {
            return self.refuse(InvalidArgument::new(
                "section",
                format!("{name:?} has to be like \"1.2\", \"TEXT\" or \"HEADER.FIELDS (FROM)\""),
            ));
        }
        self.push_range(of, name, range)
    }

    fn push_part(self, part: &str, range: Option<(u64, u64)>) -> Self {
        if !part.is_empty() && !is_part(part) {
            return self.refuse(wrong_part(part));
        }
        self.push_range("BINARY", part, range)
    }

    fn push_range(mut self, of: &'static str, name: &str, range: Option<(u64, u64)>) -> Self {
        if range.is_some_and(|(origin, count)| count == 0 || u32::try_from(origin).is_err()) {
            let why = "it needs an origin below 2^32 and a count above 0";
            return self.refuse(InvalidArgument::new("range of a section", why));
        }
        self.items.push(Item::Section {
            of,
            name: name.to_owned(),
            range,
        });
        self
    }

    /// Keeps the first error, which [`fetch`] returns.
    fn refuse(mut self, error: InvalidArgument) -> Self {
        self.wrong.get_or_insert(error);
        self
    }

    /// Writes the items in parentheses, without modifiers.
    pub(super) fn write(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        if let Some(wrong) = &self.wrong {
            return Err(wrong.clone());
        }
        outgoing.push(&self.to_string());
        Ok(())
    }

    fn write_modifiers(
        &self,
        outgoing: &mut Outgoing,
        by_uid: bool,
    ) -> Result<(), InvalidArgument> {
        let wrong = |why: &'static str| Err(InvalidArgument::new("fetch modifiers", why));
        if self.changed_since.is_none() && self.window.is_none() && !self.vanished {
            return Ok(());
        }
        let mut blank = "";
        outgoing.push(" (");
        if let Some(modseq) = self.changed_since {
            if modseq == 0 {
                return wrong("CHANGEDSINCE needs a modification sequence above 0");
            }
            outgoing.push(&format!("CHANGEDSINCE {}", checked_modseq(modseq)?));
            blank = " ";
        }
        if self.vanished {
            if self.changed_since.is_none() || !by_uid {
                return wrong("VANISHED needs CHANGEDSINCE and a set of UIDs");
            }
            outgoing.push(" VANISHED");
        }
        if let Some(window) = self.window {
            if !by_uid {
                return wrong("PARTIAL needs a set of UIDs");
            }
            window.write(outgoing.push(blank))?;
        }
        outgoing.push(")");
        Ok(())
    }
}

/// Parses one or several items as they stand on the wire, as in `"FLAGS BODY.PEEK[HEADER]"`. They
/// are sent as they are, so that `BODY[]` sets `\\Seen`.
impl From<&str> for FetchItems {
    fn from(text: &str) -> Self {
        let text = text.trim_matches(' ');
        let inner = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        words(inner.unwrap_or(text)).fold(Self::new(), |items, word| {
            match word.to_ascii_uppercase().as_str() {
                // The macros are expanded, since they are valid only outside a list.
                "FAST" => items.fast(),
                "ALL" => items.all(),
                "FULL" => items.full(),
                // The UID is always asked for.
                "UID" => items,
                _ => items.item(word),
            }
        })
    }
}

/// Splits a text at spaces outside of brackets and parentheses.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |c| {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ => {}
        }
        c == ' ' && depth == 0
    })
    .filter(|word| !word.is_empty())
}

impl fmt::Display for FetchItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The UID comes first, so that it precedes a streamed body.
        f.write_str("(UID")?;
        for item in &self.items {
            match item {
                Item::Plain(name) => write!(f, " {name}")?,
                Item::Section { of, name, range } => {
                    let peek = if self.mark_seen { "" } else { ".PEEK" };
                    write!(f, " {of}{peek}[{name}]")?;
                    if let Some((origin, count)) = range {
                        write!(f, "<{origin}.{count}>")?;
                    }
                }
            }
        }
        f.write_str(")")
    }
}

/// Encodes `FETCH` (RFC 9051 §6.4.5).
///
/// # Errors
/// Fails if the set is empty, or if an item or a modifier cannot be sent.
pub fn fetch(set: &MessageSet, items: &FetchItems) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = set.command("UID FETCH", "FETCH")?;
    items.write(outgoing.push(" "))?;
    items.write_modifiers(&mut outgoing, !matches!(set, MessageSet::Seqs(_)))?;
    let outgoing = match (items.vanished, items.changed_since) {
        (true, _) => outgoing.needing(Needs::mailbox().capability("QRESYNC")),
        (false, Some(_)) => outgoing.needing(Needs::mailbox().one_of(&["CONDSTORE", "QRESYNC"])),
        (false, None) => outgoing,
    };
    Ok(outgoing.beside(set.concurrency()))
}

/// Returns whether `part` is like `1.2`: numbers above 0, separated by dots.
fn is_part(part: &str) -> bool {
    let is_number = |number: &str| {
        !number.starts_with('0')
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && number.parse::<u32>().is_ok()
    };
    part.split('.').all(is_number)
}

fn wrong_part(part: &str) -> InvalidArgument {
    InvalidArgument::new("part", format!("{part:?} has to be like \"1.2\""))
}
