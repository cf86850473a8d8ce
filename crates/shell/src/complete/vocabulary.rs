//! Words of the protocol.

/// The flags that every server knows.
pub(super) const FLAGS: &[&str] = &[r"\Answered", r"\Deleted", r"\Draft", r"\Flagged", r"\Seen"];

/// What can be searched for: RFC 9051 §6.4.4, RFC 3501 §6.4.4, RFC 5032, RFC 7162 §3.1.5.
pub(super) const SEARCH_KEYS: &[&str] = &[
    "all",
    "answered",
    "bcc",
    "before",
    "body",
    "cc",
    "deleted",
    "draft",
    "flagged",
    "from",
    "header",
    "keyword",
    "larger",
    "modseq",
    "new",
    "not",
    "old",
    "older",
    "on",
    "or",
    "recent",
    "seen",
    "sentbefore",
    "senton",
    "sentsince",
    "since",
    "smaller",
    "subject",
    "text",
    "to",
    "uid",
    "unanswered",
    "undeleted",
    "undraft",
    "unflagged",
    "unkeyword",
    "unseen",
    "younger",
];

/// What can be fetched: RFC 9051 §6.4.5, RFC 3501 §6.4.5, RFC 7162, RFC 8474.
pub(super) const FETCH_ITEMS: &[&str] = &[
    "all",
    "binary.peek[]",
    "binary.size[]",
    "body",
    "body.peek[]",
    "body.peek[header]",
    "body.peek[text]",
    "body[]",
    "bodystructure",
    "emailid",
    "envelope",
    "fast",
    "flags",
    "full",
    "internaldate",
    "modseq",
    "rfc822",
    "rfc822.header",
    "rfc822.size",
    "rfc822.text",
    "threadid",
    "uid",
];

/// What can be sorted by: RFC 5256 §3, RFC 5957.
pub(super) const SORT_KEYS: &[&str] = &[
    "arrival",
    "cc",
    "date",
    "displayfrom",
    "displayto",
    "from",
    "reverse",
    "size",
    "subject",
    "to",
];

/// What STATUS tells: RFC 9051 §6.3.11, RFC 3501 §6.3.10, RFC 7162, RFC 8474.
pub(super) const STATUS_ITEMS: &[&str] = &[
    "deleted",
    "highestmodseq",
    "mailboxid",
    "messages",
    "recent",
    "size",
    "uidnext",
    "uidvalidity",
    "unseen",
];
