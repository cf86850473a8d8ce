//! The capabilities of the server, and the commands that they allow.

use std::collections::BTreeSet;

/// Capabilities before and after the login.
const ALWAYS: [&str; 5] = ["IMAP4REV1", "LITERAL+", "SASL-IR", "ID", "ENABLE"];

/// Capabilities before the login, if a login is allowed.
const MECHANISMS: [&str; 2] = ["AUTH=PLAIN", "AUTH=LOGIN"];

/// Capabilities after the login.
const LATER: [&str; 30] = [
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
    "COMPRESS=DEFLATE",
    "XLIST",
    "X-GM-EXT-1",
];

/// Capabilities that only Gmail has.
pub(super) const GMAIL: [&str; 2] = ["XLIST", "X-GM-EXT-1"];

/// Capabilities that are implemented only if they are announced. A name that ends in `=` is a
/// prefix.
const ON_REQUEST: [&str; 16] = [
    "QRESYNC",
    "NOTIFY",
    "METADATA",
    "METADATA-SERVER",
    "LIST-METADATA",
    "LITERAL-",
    "APPENDLIMIT",
    "APPENDLIMIT=",
    "UTF8=ACCEPT",
    "AUTH=CRAM-MD5",
    "AUTH=SCRAM-SHA-1",
    "AUTH=SCRAM-SHA-1-PLUS",
    "AUTH=SCRAM-SHA-256",
    "AUTH=SCRAM-SHA-256-PLUS",
    "AUTH=XOAUTH2",
    "AUTH=OAUTHBEARER",
];

/// Capabilities without commands of their own, so that announcing them is sufficient.
const NOMINAL: [&str; 5] = [
    "IMAP4",
    "CLIENTACCESSRULES",
    "CLIENTNETWORKPRESENCELOCATION",
    "BACKENDAUTHENTICATE",
    "XYZZY",
];

/// The capabilities that commands need; other commands need none.
const NEEDED: [(&str, &str); 20] = [
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
    ("COMPRESS", "COMPRESS=DEFLATE"),
    ("XLIST", "XLIST"),
];

/// The capabilities, without the removed ones, and with additional announcements.
#[derive(Default)]
pub(super) struct Capabilities {
    forgotten: BTreeSet<String>,
    said: Vec<String>,
    /// The announcements of a provider before and after the login, which replace the server's own.
    announced: Option<[Vec<&'static str>; 2]>,
}

/// The state of the connection to which they are announced.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    pub(super) logged_in: bool,
    pub(super) may_log_in: bool,
    pub(super) may_start_tls: bool,
}

impl Capabilities {
    /// Announces the capabilities of a provider, and removes all others.
    pub(super) fn announce(&mut self, before: &'static str, after: &'static str) {
        let [before, after] = [before, after].map(|list| list.split(' ').collect::<Vec<_>>());
        let own = ALWAYS.iter().chain(&MECHANISMS).chain(&LATER);
        let announced = |name: &&&str| {
            let mut both = before.iter().chain(&after);
            both.any(|announced| announced.eq_ignore_ascii_case(name))
        };
        for name in own.filter(|name| !announced(name)) {
            self.forget(name);
        }
        self.announced = Some([before, after]);
    }

    /// Returns all capabilities that the server implements after a login or before it, without
    /// prefixes.
    #[cfg(test)]
    pub(super) fn all() -> impl Iterator<Item = &'static str> {
        let own = ALWAYS.iter().chain(&MECHANISMS).chain(&LATER);
        let all = own.chain(&ON_REQUEST).copied();
        all.filter(|name| !name.ends_with('='))
    }

    /// Returns whether the server implements this capability.
    pub(super) fn implements(name: &str) -> bool {
        let own = ALWAYS.iter().chain(&MECHANISMS).chain(&LATER);
        let mut exact = own.chain(&NOMINAL).chain(&ON_REQUEST).chain(&["STARTTLS"]);
        let begins = |known: &&str| {
            let head = name.get(..known.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(known)) && known.ends_with('=')
        };
        exact.any(|known| known.eq_ignore_ascii_case(name)) || ON_REQUEST.iter().any(begins)
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.forgotten.insert(name.to_ascii_uppercase());
        self.said.retain(|said| !said.eq_ignore_ascii_case(name));
    }

    pub(super) fn say(&mut self, name: &str) {
        if !self.forgotten.remove(&name.to_ascii_uppercase()) {
            self.said.push(name.to_owned());
        }
    }

    /// Returns whether the capability was not removed.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.forgotten.contains(&name.to_ascii_uppercase())
    }

    /// Returns whether the profile or the user of this crate announces the capability.
    pub(super) fn says(&self, name: &str) -> bool {
        let announced = self.announced.iter().flatten().flatten().copied();
        let mut said = announced.chain(self.said.iter().map(String::as_str));
        said.any(|said| said.eq_ignore_ascii_case(name)) && self.has(name)
    }

    /// Returns whether the limit on the size of messages is announced, by its capability or in
    /// STATUS (RFC 7889).
    pub(super) fn tells_append_limit(&self) -> bool {
        let announced = self.announced.iter().flatten().flatten().copied();
        let mut said = announced.chain(self.said.iter().map(String::as_str));
        said.any(|said| {
            let (name, _) = said.split_once('=').unwrap_or((said, ""));
            name.eq_ignore_ascii_case("APPENDLIMIT") && self.has(said)
        })
    }

    /// Returns whether the capabilities allow the command, whose name is in capitals.
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

    /// Returns the capabilities for the response, separated by spaces; at least one.
    pub(super) fn list(&self, stage: Stage) -> String {
        let mut names = match &self.announced {
            Some([before, after]) => announced(if stage.logged_in { after } else { before }, stage),
            None => own(stage),
        };
        names.retain(|name| self.has(name));
        names.extend(self.said.iter().map(String::as_str));
        if names.is_empty() {
            names.push(ALWAYS[0]);
        }
        names.join(" ")
    }
}

/// Returns the server's own list.
fn own(stage: Stage) -> Vec<&'static str> {
    let mut names = ALWAYS.to_vec();
    if stage.logged_in {
        names.extend(LATER);
        return names;
    }
    if stage.may_start_tls {
        names.push("STARTTLS");
    }
    if stage.may_log_in {
        names.extend(MECHANISMS);
    } else {
        names.push("LOGINDISABLED");
    }
    names
}

/// Returns the list of a provider, with STARTTLS added: most providers support implicit TLS only,
/// but this server also has a port without it.
fn announced(list: &[&'static str], stage: Stage) -> Vec<&'static str> {
    let mut names = list.to_vec();
    if stage.logged_in {
        return names;
    }
    names.retain(|name| *name != "STARTTLS");
    if stage.may_start_tls {
        names.push("STARTTLS");
    }
    if !stage.may_log_in {
        names.retain(|name| !name.starts_with("AUTH="));
        names.push("LOGINDISABLED");
    }
    names
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
        list.split(' ').map(ToOwned::to_owned).collect()
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
