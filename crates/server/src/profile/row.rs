use super::{Profile, Trouble};
use crate::{Rule, SpecialUse};

/// What is known of a provider.
pub(crate) struct Row {
    pub(crate) profile: Profile,
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// What the server says first, without `* ` and CRLF.
    pub(crate) greeting: &'static str,
    /// The capabilities before the login.
    pub(crate) before: &'static str,
    /// The capabilities after it.
    pub(crate) after: &'static str,
    /// How the capabilities come with a login.
    pub(crate) tells: Tells,
    /// The text of a login's OK; `{user}` in it becomes the user's name.
    pub(crate) welcome: &'static str,
    /// The text of a login's NO, with its code.
    pub(crate) refusal: &'static str,
    /// The mailboxes that every user has, besides INBOX, with what they are for.
    pub(crate) mailboxes: &'static [(&'static str, SpecialUse)],
    /// What separates the levels of a name.
    pub(crate) delimiter: char,
    /// Whether LIST tells what mailboxes are for though SPECIAL-USE is not announced (RFC 6154, section 2, allows it).
    pub(crate) lists_special_use: bool,
    /// Whether other clients' changes of flags are told amid the answer to a FETCH, and not only at its end.
    pub(crate) updates_within_fetch: bool,
    /// The longest line in bytes, where it is known.
    pub(crate) line: Option<usize>,
    /// The longest message in bytes; otherwise it is what APPENDLIMIT says.
    pub(crate) append: Option<usize>,
    /// Whether it takes nothing that the RFCs do not have.
    pub(crate) strict: bool,
    /// What it does otherwise, all the time.
    pub(crate) rules: fn() -> Vec<Rule>,
    /// What it does otherwise now and then.
    pub(crate) troubles: &'static [Trouble],
    /// Where all that comes from, and what of it is assumed.
    pub(crate) sources: &'static str,
}

/// How the capabilities come with a login.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tells {
    /// As a code of its OK.
    Code,
    /// In an untagged response before its OK.
    Untagged,
    /// They have to be asked for.
    Nothing,
}

impl Row {
    /// The longest message that is taken, in bytes.
    pub(crate) fn append_limit(&self) -> Option<usize> {
        let announced = self
            .after
            .split(' ')
            .find_map(|name| name.strip_prefix("APPENDLIMIT="));
        let announced = announced.and_then(|bytes| bytes.parse().ok());
        self.append.or(announced)
    }
}
