//! The form of the facts about a provider.

use super::{Profile, Trouble};
use crate::{Rule, SpecialUse};

/// The facts about a provider.
pub(crate) struct Row {
    pub(crate) profile: Profile,
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The greeting, without `* ` and CRLF.
    pub(crate) greeting: &'static str,
    /// The capabilities before the login.
    pub(crate) before: &'static str,
    /// The capabilities after the login.
    pub(crate) after: &'static str,
    /// The form in which the response to a login announces the capabilities.
    pub(crate) tells: Tells,
    /// The text of the OK to a login; `{user}` in it becomes the user's name.
    pub(crate) welcome: &'static str,
    /// The code and text of the NO to a login.
    pub(crate) refusal: &'static str,
    /// The mailboxes that every user has, besides INBOX, and their special uses.
    pub(crate) mailboxes: &'static [(&'static str, SpecialUse)],
    /// The hierarchy delimiter.
    pub(crate) delimiter: char,
    /// `true` if LIST returns special uses although SPECIAL-USE is not announced, which RFC 6154
    /// §2, allows.
    pub(crate) lists_special_use: bool,
    /// `true` if changes of flags by other clients are reported in the middle of the response to a
    /// FETCH, and not only at its end.
    pub(crate) updates_within_fetch: bool,
    /// The limit on a line in bytes, if it is known.
    pub(crate) line: Option<usize>,
    /// The limit on a message in bytes; if `None`, it is that of APPENDLIMIT.
    pub(crate) append: Option<usize>,
    /// `true` if deviations from the RFCs are rejected.
    pub(crate) strict: bool,
    /// The permanent differences.
    pub(crate) rules: fn() -> Vec<Rule>,
    /// The occasional faults.
    pub(crate) troubles: &'static [Trouble],
    /// The sources of the facts, and the assumptions.
    pub(crate) sources: &'static str,
}

/// The form in which the response to a login announces the capabilities.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tells {
    /// The code of its OK.
    Code,
    /// An untagged response before its OK.
    Untagged,
    /// No announcement, so the client must send CAPABILITY.
    Nothing,
}

impl Row {
    /// Returns the limit on a message, in bytes.
    pub(crate) fn append_limit(&self) -> Option<usize> {
        let announced = self
            .after
            .split(' ')
            .find_map(|name| name.strip_prefix("APPENDLIMIT="));
        let announced = announced.and_then(|bytes| bytes.parse().ok());
        self.append.or(announced)
    }
}
