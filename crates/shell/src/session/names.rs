//! Names of mailboxes as people type them, and as the server writes them.

use std::collections::HashMap;

use imapclient::{Error, List, MailboxName, codec::Names};

use super::Session;
use crate::failure::Result;

/// So many names are kept.
const MOST: usize = 10_000;

/// Names that were listed and may be written in more than one way. They go back by the bytes that
/// the server sent: some servers encode names otherwise than we would, or not at all.
#[derive(Debug, Default)]
pub(super) struct Listed(HashMap<String, MailboxName>);

impl Listed {
    /// Keeps what is needed of a list.
    pub(super) fn add(&mut self, list: &[List], names: Names) {
        for name in list.iter().map(|one| &one.name) {
            let text = name.as_str();
            let is_usual = *name.wire(names) == *MailboxName::from(text).wire(names);
            if is_usual && is_plain(text) {
                continue;
            }
            if self.0.len() >= MOST {
                self.0.clear();
            }
            // Of two that read the same, the one that is written as usual is meant.
            if is_usual || !self.0.contains_key(text) {
                self.0.insert(text.to_owned(), name.clone());
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Session {
    /// The mailbox that somebody means by this name: the one that was listed under it, by the bytes
    /// of the server. A name that can be written in more than one way and was not listed yet is
    /// looked for.
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
                let known = self.listed.0.get(typed).cloned();
                Ok(known.unwrap_or_else(|| typed.into()))
            }
            // What is done with the name may work all the same.
            Err(Error::Refused(_)) => Ok(typed.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Remembers names that the server has listed.
    pub(crate) fn note_names(&mut self, list: &[List]) {
        let names = self.client.as_ref().map(|client| client.state().names());
        self.listed.add(list, names.unwrap_or_default());
    }
}

/// Whether a name is written the same whatever the encoding.
fn is_plain(name: &str) -> bool {
    name.chars().all(is_plain_char)
}

fn is_plain_char(c: char) -> bool {
    matches!(c, ' '..='~') && c != '&'
}

/// What finds a name however the middle of it is encoded: few others fit.
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
    use imapclient::codec::{Decoder, Limits, Message, Response};

    use super::*;

    fn listed(names: &[&str]) -> Listed {
        let mut decoder = Decoder::new(Limits::default());
        let mut lists = Vec::new();
        for name in names {
            let line = format!("* LIST () \"/\" \"{name}\"\r\n");
            let Response::List(list) = decoder.decode(&Message::from(line.as_bytes())) else {
                panic!("{line:?} is no list");
            };
            lists.push(list);
        }
        let mut listed = Listed::default();
        listed.add(&lists, Names::Utf7);
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
                .map(|name| name.wire(Names::Utf7).into_owned())
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
            assert_eq!(*listed.0["Tom & Jerry"].wire(Names::Utf7), *b"Tom &- Jerry");
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
