//! Maps names of mailboxes as typed to those that the server sends.

use std::collections::HashMap;

use imapclient::{Error, ListedMailbox, MailboxName, codec::NameEncoding};

use super::Session;
use crate::failure::Result;

/// Upper bound on the number of names that are kept.
const MOST: usize = 10_000;

/// Listed names that can be encoded in more than one way. They are sent back in the server's bytes,
/// since some servers encode names differently than this client, or not at all.
#[derive(Debug, Default)]
pub(super) struct Listed(HashMap<String, MailboxName>);

impl Listed {
    /// Keeps the names of a list that need it.
    pub(super) fn add<'l>(
        &mut self,
        list: impl Iterator<Item = &'l ListedMailbox> + Clone,
        names: NameEncoding,
    ) {
        for name in list.clone().map(|one| &one.name) {
            let text = name.as_str();
            let is_usual = is_usual(name, names);
            if is_usual && is_plain(text) {
                continue;
            }
            if self.0.len() >= MOST {
                self.0.clear();
            }
            // If two names read the same, prefer the one in the usual encoding.
            if is_usual || !self.0.contains_key(text) {
                self.0.insert(text.to_owned(), name.clone());
            }
        }
        // A name with only one encoding need not be kept.
        for name in list.map(|one| &one.name) {
            if self.0.is_empty() {
                break;
            }
            let text = name.as_str();
            if is_plain(text) && is_usual(name, names) {
                self.0.remove(text);
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Session {
    /// Returns the mailbox for a typed name: the one that was listed under it, in the server's
    /// bytes. A name that can be encoded in more than one way and was not listed yet is looked up.
    pub(crate) async fn mailbox_name(&mut self, typed: &str) -> Result<MailboxName> {
        if let Some(known) = self.listed.0.get(typed) {
            return Ok(known.clone());
        }
        if is_plain(typed) {
            return Ok(typed.into());
        }
        let pattern = pattern(typed);
        match self.client().await?.list("", &pattern).await {
            Ok(list) => {
                self.note_names(&list);
                Ok(meant(typed, &list, self.names()).unwrap_or_else(|| typed.into()))
            }
            // The command with that name may still work.
            Err(Error::Refused(_)) => Ok(typed.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the name of a mailbox to be created. Below a parent in an unusual encoding it
    /// continues those bytes: otherwise it would be below another mailbox, which servers create as
    /// well.
    pub(crate) async fn new_mailbox_name(&mut self, typed: &str) -> Result<MailboxName> {
        let Some(first) = typed.find(|c| !is_plain_char(c)) else {
            return Ok(typed.into());
        };
        let pattern = format!("{}*", &typed[..first]);
        match self.client().await?.list("", &pattern).await {
            Ok(list) => {
                self.note_names(&list);
                Ok(below(typed, &list, self.names()).unwrap_or_else(|| typed.into()))
            }
            Err(Error::Refused(_)) => Ok(typed.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Records names that the server has listed.
    pub(crate) fn note_names<'l>(
        &mut self,
        list: impl IntoIterator<Item = &'l ListedMailbox, IntoIter: Clone>,
    ) {
        self.listed.add(list.into_iter(), self.names());
    }

    /// Returns the encoding of names on the connection.
    fn names(&self) -> NameEncoding {
        let names = self.client.as_ref().map(|client| client.state().names());
        names.unwrap_or_default()
    }
}

/// Returns the listed name that reads as typed; of several, the one in the usual encoding.
fn meant(typed: &str, list: &[ListedMailbox], names: NameEncoding) -> Option<MailboxName> {
    let fits = || {
        let all = list.iter().map(|one| &one.name);
        all.filter(|name| name.as_str() == typed)
    };
    let usual = fits().find(|name| is_usual(name, names));
    usual.or_else(|| fits().next()).cloned()
}

/// Returns the name that continues its nearest listed parent, in the bytes of the server.
fn below(typed: &str, list: &[ListedMailbox], names: NameEncoding) -> Option<MailboxName> {
    let is_parent = |one: &&ListedMailbox| {
        let rest = typed.strip_prefix(one.name.as_str());
        rest.zip(one.delimiter)
            .is_some_and(|(rest, delimiter)| rest.starts_with(delimiter))
    };
    let parents = list.iter().filter(is_parent).map(|one| one.name.as_str());
    let parent = parents.max_by_key(|name| name.len())?;
    let rest = MailboxName::from(&typed[parent.len()..]);
    let parent = meant(parent, list, names)?;
    let wire = [parent.wire(names), rest.wire(names)].concat();
    Some(MailboxName::from_wire(&wire, names))
}

/// Returns whether the server encodes a name as this client would.
fn is_usual(name: &MailboxName, names: NameEncoding) -> bool {
    *name.wire(names) == *MailboxName::from(name.as_str()).wire(names)
}

/// Returns whether a name is the same in every encoding.
fn is_plain(name: &str) -> bool {
    name.chars().all(is_plain_char)
}

fn is_plain_char(c: char) -> bool {
    matches!(c, ' '..='~') && c != '&'
}

/// Returns a pattern that finds a name in any encoding of its middle part, and few others.
fn pattern(name: &str) -> String {
    let first = name.find(|c| !is_plain_char(c)).unwrap_or(name.len());
    let (before, rest) = name.split_at(first);
    let after = rest.rfind(|c| !is_plain_char(c)).map_or("", |last| {
        let mut chars = rest[last..].chars();
        chars.next();
        chars.as_str()
    });
    format!("{before}*{after}")
}

#[cfg(test)]
mod tests {
    use imapclient::codec::{Decoder, Limits, RawResponse, Response};

    use super::*;

    fn lists(names: &[&str]) -> Vec<ListedMailbox> {
        let mut decoder = Decoder::new(Limits::default());
        let list = |name: &&str| {
            let line = format!("* LIST () \"/\" \"{name}\"\r\n");
            match decoder.decode(&RawResponse::from(line.as_bytes())) {
                Response::List(list) => list,
                other => panic!("{other:?}"),
            }
        };
        names.iter().map(list).collect()
    }

    fn listed(names: &[&str]) -> Listed {
        let mut listed = Listed::default();
        listed.add(lists(names).iter(), NameEncoding::Utf7);
        listed
    }

    #[test]
    fn only_names_that_can_be_written_otherwise_are_kept() {
        let listed = listed(&[
            "INBOX",
            "Tom & Jerry",
            "&APw-&APY-",
            "Entw&APw-rfe",
            "&AGE-",
        ]);
        let wire = |name: &str| {
            listed
                .0
                .get(name)
                .map(|name| name.wire(NameEncoding::Utf7).into_owned())
        };
        assert_eq!(wire("INBOX"), None);
        assert_eq!(wire("Tom & Jerry").as_deref(), Some(&b"Tom & Jerry"[..]));
        assert_eq!(wire("üö").as_deref(), Some(&b"&APw-&APY-"[..]));
        assert_eq!(wire("Entwürfe").as_deref(), Some(&b"Entw&APw-rfe"[..]));
        assert_eq!(wire("a").as_deref(), Some(&b"&AGE-"[..]));
    }

    #[test]
    fn the_usual_one_of_two_is_meant() {
        for names in [
            ["Tom & Jerry", "Tom &- Jerry"],
            ["Tom &- Jerry", "Tom & Jerry"],
        ] {
            let listed = listed(&names);
            assert_eq!(
                *listed.0["Tom & Jerry"].wire(NameEncoding::Utf7),
                *b"Tom &- Jerry"
            );
            let meant = meant("Tom & Jerry", &lists(&names), NameEncoding::Utf7).unwrap();
            assert_eq!(*meant.wire(NameEncoding::Utf7), *b"Tom &- Jerry");
        }
    }

    #[test]
    fn a_name_that_is_written_as_it_is_typed_is_meant() {
        for names in [["&AGE-", "a"], ["a", "&AGE-"]] {
            assert!(!listed(&names).0.contains_key("a"), "{names:?}");
        }
        let mut listed = listed(&["&AGE-"]);
        listed.add(lists(&["a", "b"]).iter(), NameEncoding::Utf7);
        assert!(listed.0.is_empty());
    }

    #[test]
    fn a_name_is_found_among_any_number_of_others() {
        let mut names: Vec<_> = (0..MOST).map(|n| format!("&{n}")).collect();
        names.insert(0, "&APw-&APY-".to_owned());
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let found = meant("üö", &lists(&names), NameEncoding::Utf7).unwrap();
        assert_eq!(*found.wire(NameEncoding::Utf7), *b"&APw-&APY-");
        assert!(meant("ü", &lists(&names), NameEncoding::Utf7).is_none());
    }

    #[test]
    fn new_names_are_below_those_that_there_are() {
        let lists = lists(&["Tom & Jerry", "Old/&APw-&APY-", "Odd &", "Odd &-"]);
        for (typed, wire) in [
            ("Tom & Jerry/2026", Some("Tom & Jerry/2026")),
            ("Tom & Jerry/ö/ü", Some("Tom & Jerry/&APY-/&APw-")),
            ("Old/üö/&", Some("Old/&APw-&APY-/&-")),
            ("Odd &/x", Some("Odd &-/x")),
            ("Tom & Jerry", None),
            ("Tom & Jerry.2026", None),
        ] {
            let name = below(typed, &lists, NameEncoding::Utf7);
            let name = name.map(|name| name.wire(NameEncoding::Utf7).into_owned());
            assert_eq!(name.as_deref(), wire.map(str::as_bytes), "{typed}");
        }
    }

    #[test]
    fn there_is_no_end_of_names() {
        let names: Vec<_> = (0..MOST + 5).map(|n| format!("&{n}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(listed(&names).0.len(), 5);
    }

    #[test]
    fn patterns_fit_the_name_in_any_encoding() {
        for (name, expected) in [
            ("Tom & Jerry", "Tom * Jerry"),
            ("üö", "*"),
            ("Archive/Entwürfe", "Archive/Entw*rfe"),
            ("ü and ö", "*"),
            ("Übung", "*bung"),
            ("&", "*"),
        ] {
            assert_eq!(pattern(name), expected);
        }
    }
}
