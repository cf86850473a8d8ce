//! What the server says it can do, and what it does because of it.

use imap_codec::imap_types::{core::Vec1, response::Capability};
use std::collections::BTreeSet;

/// What is offered to everybody.
const ALWAYS: [&str; 5] = ["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "ENABLE"];

/// What is offered to those who have not logged in, where they may.
const MECHANISMS: [&str; 2] = ["AUTH=PLAIN", "AUTH=LOGIN"];

/// What is offered to those who have logged in.
const LATER: [&str; 29] = [
    "IDLE",
    "UIDPLUS",
    "MULTIAPPEND",
    "MOVE",
    "UNSELECT",
    "NAMESPACE",
    "CHILDREN",
    "SPECIAL-USE",
    "CREATE-SPECIAL-USE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "LIST-MYRIGHTS",
    "CONDSTORE",
    "ACL",
    "RIGHTS=texk",
    "QUOTA",
    "QUOTA=RES-STORAGE",
    "QUOTA=RES-MESSAGE",
    "QUOTASET",
    "SORT",
    "THREAD=REFERENCES",
    "THREAD=ORDEREDSUBJECT",
    "STATUS=SIZE",
    "WITHIN",
    "BINARY",
    "ESEARCH",
    "SEARCHRES",
    "XLIST",
    "X-GM-EXT-1",
];

/// Those of them that only Gmail has.
pub(super) const GMAIL: [&str; 2] = ["XLIST", "X-GM-EXT-1"];

/// Which capability a command needs; those that are not here need none.
const NEEDED: [(&str, &str); 19] = [
    ("STARTTLS", "STARTTLS"),
    ("ID", "ID"),
    ("ENABLE", "ENABLE"),
    ("IDLE", "IDLE"),
    ("UID EXPUNGE", "UIDPLUS"),
    ("MOVE", "MOVE"),
    ("UNSELECT", "UNSELECT"),
    ("NAMESPACE", "NAMESPACE"),
    ("SETACL", "ACL"),
    ("DELETEACL", "ACL"),
    ("GETACL", "ACL"),
    ("LISTRIGHTS", "ACL"),
    ("MYRIGHTS", "ACL"),
    ("GETQUOTA", "QUOTA"),
    ("GETQUOTAROOT", "QUOTA"),
    ("SETQUOTA", "QUOTA"),
    ("SETQUOTA", "QUOTASET"),
    ("SORT", "SORT"),
    ("XLIST", "XLIST"),
];

/// The capabilities, less those that were forgotten and with those that are only said.
#[derive(Default)]
pub(super) struct Capabilities {
    forgotten: BTreeSet<String>,
    said: Vec<String>,
}

/// To whom they are told.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    pub(super) logged_in: bool,
    pub(super) may_log_in: bool,
    pub(super) may_start_tls: bool,
}

impl Capabilities {
    pub(super) fn forget(&mut self, name: &str) {
        self.forgotten.insert(name.to_ascii_uppercase());
        self.said.retain(|said| !said.eq_ignore_ascii_case(name));
    }

    pub(super) fn say(&mut self, name: &str) {
        if !self.forgotten.remove(&name.to_ascii_uppercase()) {
            self.said.push(name.to_owned());
        }
    }

    /// Whether the server still knows it.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.forgotten.contains(&name.to_ascii_uppercase())
    }

    /// Whether somebody wants the server to say it.
    pub(super) fn says(&self, name: &str) -> bool {
        self.said.iter().any(|said| said.eq_ignore_ascii_case(name))
    }

    /// Whether the server still knows the command, by its name in capitals.
    pub(super) fn allow(&self, command: &str) -> bool {
        let command = match command.strip_prefix("UID ") {
            Some(rest) if rest != "EXPUNGE" => rest,
            _ => command,
        };
        if command == "THREAD" {
            return self.has("THREAD=REFERENCES") || self.has("THREAD=ORDEREDSUBJECT");
        }
        NEEDED
            .iter()
            .all(|(needs, capability)| *needs != command || self.has(capability))
    }

    /// What CAPABILITY lists.
    pub(super) fn list(&self, stage: Stage) -> Vec1<Capability<'static>> {
        let mut names = ALWAYS.to_vec();
        if stage.logged_in {
            names.extend(LATER);
        } else {
            if stage.may_start_tls {
                names.push("STARTTLS");
            }
            if stage.may_log_in {
                names.extend(MECHANISMS);
            } else {
                names.push("LOGINDISABLED");
            }
        }
        names.retain(|name| self.has(name));
        let said = self.said.iter().map(String::as_str);
        let list: Vec<_> = names
            .into_iter()
            .chain(said)
            .filter_map(|name| Capability::try_from(name.to_owned()).ok())
            .collect();
        Vec1::try_from(list).unwrap_or_else(|_| Capability::Imap4Rev1.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(capabilities: &Capabilities, logged_in: bool) -> Vec<String> {
        let stage = Stage {
            logged_in,
            may_log_in: true,
            may_start_tls: true,
        };
        let list = capabilities.list(stage);
        list.as_ref().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_forgotten_is_neither_said_nor_done() {
        let mut capabilities = Capabilities::default();
        assert!(names(&capabilities, true).contains(&"IDLE".to_owned()));
        for name in ["idle", "UIDPLUS", "THREAD=REFERENCES"] {
            capabilities.forget(name);
        }
        capabilities.say("XYZZY");
        let names = names(&capabilities, true);
        assert!(!names.contains(&"IDLE".to_owned()), "{names:?}");
        assert!(names.contains(&"XYZZY".to_owned()), "{names:?}");
        for gone in ["IDLE", "UID EXPUNGE"] {
            assert!(!capabilities.allow(gone), "{gone}");
        }
        for there in ["EXPUNGE", "UID FETCH", "UID THREAD", "UID SORT", "NOOP"] {
            assert!(capabilities.allow(there), "{there}");
        }
        capabilities.forget("THREAD=ORDEREDSUBJECT");
        assert!(!capabilities.allow("UID THREAD"));
        capabilities.say("idle");
        assert!(capabilities.allow("IDLE"));
    }

    #[test]
    fn there_is_always_one() {
        let mut capabilities = Capabilities::default();
        for name in ALWAYS.iter().chain(&LATER) {
            capabilities.forget(name);
        }
        assert_eq!(names(&capabilities, true), ["IMAP4REV1"]);
    }
}
