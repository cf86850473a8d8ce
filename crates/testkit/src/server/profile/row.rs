use super::{Profile, Trouble};
use crate::server::{Rule, SpecialUse};

/// What is known of a provider.
pub(in crate::server) struct Row {
    pub(in crate::server) profile: Profile,
    pub(in crate::server) name: &'static str,
    pub(in crate::server) about: &'static str,
    /// What the server says first, without `* ` and CRLF.
    pub(in crate::server) greeting: &'static str,
    /// The capabilities before the login.
    pub(in crate::server) before: &'static str,
    /// The capabilities after it.
    pub(in crate::server) after: &'static str,
    /// How the capabilities come with a login.
    pub(in crate::server) tells: Tells,
    /// The text of a login's OK; `{user}` in it becomes the user's name.
    pub(in crate::server) welcome: &'static str,
    /// The text of a login's NO, with its code.
    pub(in crate::server) refusal: &'static str,
    /// The mailboxes that every user has, besides INBOX, with what they are for.
    pub(in crate::server) mailboxes: &'static [(&'static str, SpecialUse)],
    /// What separates the levels of a name.
    pub(in crate::server) delimiter: char,
    /// Whether LIST tells what mailboxes are for though SPECIAL-USE is not announced (RFC 6154, section 2, allows it).
    pub(in crate::server) lists_special_use: bool,
    /// Whether other clients' changes of flags are told amid the answer to a FETCH, and not only at its end.
    pub(in crate::server) updates_within_fetch: bool,
    /// The longest line in bytes, where it is known.
    pub(in crate::server) line: Option<usize>,
    /// The longest message in bytes; otherwise it is what APPENDLIMIT says.
    pub(in crate::server) append: Option<usize>,
    /// Whether it takes nothing that the RFCs do not have.
    pub(in crate::server) strict: bool,
    /// What it does otherwise, all the time.
    pub(in crate::server) rules: fn() -> Vec<Rule>,
    /// What it does otherwise now and then.
    pub(in crate::server) troubles: &'static [Trouble],
    /// Where all that comes from, and what of it is assumed.
    pub(in crate::server) sources: &'static str,
}

/// How the capabilities come with a login.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Tells {
    /// As a code of its OK.
    Code,
    /// In an untagged response before its OK.
    Untagged,
    /// They have to be asked for.
    Nothing,
}

impl Row {
    /// The longest message that is taken, in bytes.
    pub(in crate::server) fn append_limit(&self) -> Option<usize> {
        let announced = self
            .after
            .split(' ')
            .find_map(|name| name.strip_prefix("APPENDLIMIT="));
        let announced = announced.and_then(|bytes| bytes.parse().ok());
        self.append.or(announced)
    }
}
