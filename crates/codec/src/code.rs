//! Response codes: the machine-readable part of a status line (RFC 9051 §7.1, RFC 5530).

use std::fmt;

use bytes::Bytes;

use crate::{
    Capabilities, Flags, UidSet,
    limits::Limits,
    set::SetRange,
    token::{Cursor, lossy, trim},
};

/// A response code.
///
/// A known code whose arguments are not as they should be is [`Other`](Self::Other) with what was
/// sent: nothing is lost, and nothing is guessed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Code {
    /// The text is for the user, now.
    Alert,
    /// What should be made is there already.
    AlreadyExists,
    /// Where APPEND put the message (RFC 4315).
    AppendUid(AppendUid),
    /// Wrong user or password.
    AuthenticationFailed,
    /// The user may not act for the one who was named.
    AuthorizationFailed,
    /// The charset of a search is not known; those that are, if the server says so.
    BadCharset(Vec<String>),
    /// Never possible, for a reason of the server.
    Cannot,
    /// What the server can do.
    Capability(Capabilities),
    /// The server thinks the client is wrong.
    ClientBug,
    /// The mailbox selected until here is closed (RFC 7162).
    Closed,
    /// Only the administrator can help.
    ContactAdmin,
    /// Where COPY or MOVE put the messages (RFC 4315).
    CopyUid(CopyUid),
    /// Data on the server are damaged.
    Corruption,
    /// The password has expired.
    Expired,
    /// Another session removed messages this command asked for.
    ExpungeIssued,
    /// The mailbox has children and cannot be deleted.
    HasChildren,
    /// The highest modification sequence of the mailbox (RFC 7162).
    HighestModSeq(u64),
    /// Something is locked; trying again may help.
    InUse,
    /// A limit of the server is reached.
    Limit,
    /// The mailbox keeps no modification sequences (RFC 7162).
    NoModSeq,
    /// The mailbox does not exist.
    NonExistent,
    /// No permission.
    NoPerm,
    /// Too much mail.
    OverQuota,
    /// The server cannot parse a message.
    Parse,
    /// The flags that can be changed for good.
    PermanentFlags(Flags),
    /// Only possible with encryption.
    PrivacyRequired,
    /// The mailbox is open for reading only.
    ReadOnly,
    /// The mailbox is open for changes.
    ReadWrite,
    /// The server knows itself to be wrong.
    ServerBug,
    /// The mailbox does not exist, and creating it would help.
    TryCreate,
    /// The UID the next message will get at the least. Some servers send 0.
    UidNext(u32),
    /// UIDs of this mailbox do not last (RFC 4315).
    UidNotSticky,
    /// The validity of UIDs: when it changes, all of them have. Some servers send 0.
    UidValidity(u32),
    /// A part of the server is down; trying again later may help.
    Unavailable,
    /// A transfer encoding is not known (RFC 3516).
    UnknownCte,
    /// The sequence number of the first unseen message (`IMAP4rev1`). Some servers send 0.
    Unseen(u32),
    /// The messages a conditional STORE left alone (RFC 7162). UIDs if the STORE had them,
    /// sequence numbers otherwise.
    Modified(UidSet),
    /// The permanent identifier of a mailbox (RFC 8474).
    MailboxId(String),
    /// The message is too big (RFC 7889, RFC 4469).
    TooBig,
    /// Any other, and broken ones.
    Other {
        /// In upper case.
        name: String,
        /// What follows the name, without the blank; `None` if nothing does.
        arguments: Option<Bytes>,
    },
}

/// Where APPEND put a message (RFC 4315 §3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendUid {
    /// UIDVALIDITY of the mailbox.
    pub uid_validity: u32,
    /// The new UID; several after a MULTIAPPEND.
    pub uids: UidSet,
}

/// Where COPY or MOVE put messages (RFC 4315 §3).
///
/// ```
/// use imapclient_codec::CopyUid;
///
/// let copied = CopyUid {
///     uid_validity: 1,
///     source: "7,3:4".parse()?,
///     destination: "100:102".parse()?,
/// };
/// assert_eq!(copied.pairs().collect::<Vec<_>>(), [(7, 100), (3, 101), (4, 102)]);
/// # Ok::<(), imapclient_codec::SetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyUid {
    /// UIDVALIDITY of the target mailbox.
    pub uid_validity: u32,
    /// The UIDs of the messages that were copied.
    pub source: UidSet,
    /// Their new UIDs, in the same order.
    pub destination: UidSet,
}

impl CopyUid {
    /// Old and new UID of each message, in the order of the server; as many as both sets have.
    /// A wrong server can make that four thousand million.
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.source
            .iter()
            .into_iter()
            .flatten()
            .zip(self.destination.iter().into_iter().flatten())
    }
}

macro_rules! plain_codes {
    ($($wire:literal => $variant:ident),+ $(,)?) => {
        fn plain(name: &str) -> Option<Code> {
            Some(match name {
                $($wire => Code::$variant,)+
                _ => return None,
            })
        }

        fn plain_name(code: &Code) -> Option<&'static str> {
            Some(match code {
                $(Code::$variant => $wire,)+
                _ => return None,
            })
        }
    };
}

plain_codes! {
    "ALERT" => Alert,
    "ALREADYEXISTS" => AlreadyExists,
    "AUTHENTICATIONFAILED" => AuthenticationFailed,
    "AUTHORIZATIONFAILED" => AuthorizationFailed,
    "CANNOT" => Cannot,
    "CLIENTBUG" => ClientBug,
    "CLOSED" => Closed,
    "CONTACTADMIN" => ContactAdmin,
    "CORRUPTION" => Corruption,
    "EXPIRED" => Expired,
    "EXPUNGEISSUED" => ExpungeIssued,
    "HASCHILDREN" => HasChildren,
    "INUSE" => InUse,
    "LIMIT" => Limit,
    "NOMODSEQ" => NoModSeq,
    "NONEXISTENT" => NonExistent,
    "NOPERM" => NoPerm,
    "OVERQUOTA" => OverQuota,
    "PARSE" => Parse,
    "PRIVACYREQUIRED" => PrivacyRequired,
    "READ-ONLY" => ReadOnly,
    "READ-WRITE" => ReadWrite,
    "SERVERBUG" => ServerBug,
    "TRYCREATE" => TryCreate,
    "UIDNOTSTICKY" => UidNotSticky,
    "UNAVAILABLE" => Unavailable,
    "UNKNOWN-CTE" => UnknownCte,
    "TOOBIG" => TooBig,
}

impl Code {
    /// Its name on the wire, in upper case: `TRYCREATE`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::AppendUid(_) => "APPENDUID",
            Self::BadCharset(_) => "BADCHARSET",
            Self::Capability(_) => "CAPABILITY",
            Self::CopyUid(_) => "COPYUID",
            Self::HighestModSeq(_) => "HIGHESTMODSEQ",
            Self::PermanentFlags(_) => "PERMANENTFLAGS",
            Self::UidNext(_) => "UIDNEXT",
            Self::UidValidity(_) => "UIDVALIDITY",
            Self::Unseen(_) => "UNSEEN",
            Self::Modified(_) => "MODIFIED",
            Self::MailboxId(_) => "MAILBOXID",
            Self::Other { name, .. } => name,
            code => plain_name(code).unwrap_or_default(),
        }
    }

    /// Reads what stands between the brackets; `None` if that does not begin with a name.
    pub(crate) fn read(inside: &[u8], limits: &Limits) -> Option<Self> {
        let mut cursor = Cursor::new(inside);
        cursor.blanks();
        let name = cursor.atom();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let name = String::from_utf8_lossy(name).to_ascii_uppercase();
        let arguments = trim(cursor.rest());
        Some(if arguments.is_empty() {
            match name.as_str() {
                "BADCHARSET" => Self::BadCharset(Vec::new()),
                _ => plain(&name).unwrap_or(Self::Other {
                    name,
                    arguments: None,
                }),
            }
        } else {
            with_arguments(&name, arguments, limits).unwrap_or_else(|| Self::Other {
                name,
                arguments: Some(Bytes::copy_from_slice(arguments)),
            })
        })
    }
}

impl fmt::Display for Code {
    /// Its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn with_arguments(name: &str, arguments: &[u8], limits: &Limits) -> Option<Code> {
    let mut cursor = Cursor::new(arguments);
    let code = match name {
        "CAPABILITY" => return Some(Code::Capability(Capabilities::read(arguments))),
        "APPENDUID" => Code::AppendUid(AppendUid {
            uid_validity: cursor.number32().ok()?,
            uids: uids(&mut cursor)?,
        }),
        "COPYUID" => Code::CopyUid(CopyUid {
            uid_validity: cursor.number32().ok()?,
            source: uids(&mut cursor)?,
            destination: uids(&mut cursor)?,
        }),
        "BADCHARSET" => Code::BadCharset(charsets(&mut cursor, limits)?),
        "HIGHESTMODSEQ" => Code::HighestModSeq(cursor.number().ok()?),
        "PERMANENTFLAGS" => Code::PermanentFlags(Flags::read(&mut cursor, limits.items).ok()?),
        "UIDNEXT" => Code::UidNext(cursor.number32().ok()?),
        "UIDVALIDITY" => Code::UidValidity(cursor.number32().ok()?),
        "UNSEEN" => Code::Unseen(cursor.number32().ok()?),
        "MODIFIED" => Code::Modified(set(&mut cursor)?),
        "MAILBOXID" => {
            let listed = cursor.eat(b'(');
            cursor.blanks();
            let id = cursor.astring().ok()?;
            cursor.blanks();
            if listed {
                cursor.expect(b')', "").ok()?;
            }
            Code::MailboxId(lossy(&id.bytes()))
        }
        _ => return None,
    };
    cursor.is_done().then_some(code)
}

fn set(cursor: &mut Cursor<'_>) -> Option<UidSet> {
    cursor.blanks();
    UidSet::read(cursor.atom()).ok()
}

/// UIDs that were given out, so that a `*` makes no sense.
fn uids(cursor: &mut Cursor<'_>) -> Option<UidSet> {
    set(cursor).filter(|set| {
        set.ranges()
            .all(|range| matches!(range, SetRange::Numbers(..)))
    })
}

fn charsets(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<Vec<String>> {
    cursor.expect(b'(', "").ok()?;
    let mut names = Vec::new();
    loop {
        cursor.blanks();
        if cursor.eat(b')') {
            return Some(names);
        }
        if names.len() == limits.items {
            return None;
        }
        names.push(lossy(&cursor.astring().ok()?.bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inside: &str) -> Option<Code> {
        Code::read(inside.as_bytes(), &Limits::default())
    }

    fn other(name: &str, arguments: Option<&'static str>) -> Code {
        let arguments = arguments.map(|text| Bytes::from_static(text.as_bytes()));
        Code::Other {
            name: name.to_owned(),
            arguments,
        }
    }

    fn set(text: &str) -> UidSet {
        text.parse().unwrap()
    }

    #[test]
    fn codes_with_arguments() {
        for (inside, expected) in [
            (
                "APPENDUID 38505 3955",
                Code::AppendUid(AppendUid {
                    uid_validity: 38505,
                    uids: set("3955"),
                }),
            ),
            (
                "appenduid  1  2:4 ",
                Code::AppendUid(AppendUid {
                    uid_validity: 1,
                    uids: set("2:4"),
                }),
            ),
            (
                "COPYUID 9 304,319:320 3956:3958",
                Code::CopyUid(CopyUid {
                    uid_validity: 9,
                    source: set("304,319:320"),
                    destination: set("3956:3958"),
                }),
            ),
            ("BADCHARSET", Code::BadCharset(Vec::new())),
            (
                "BADCHARSET (UTF-8 \"US-ASCII\")",
                Code::BadCharset(vec!["UTF-8".to_owned(), "US-ASCII".to_owned()]),
            ),
            (
                "HIGHESTMODSEQ 9223372036854775807",
                Code::HighestModSeq(9_223_372_036_854_775_807),
            ),
            ("UIDNEXT 0", Code::UidNext(0)),
            ("UidValidity 4294967295", Code::UidValidity(u32::MAX)),
            ("UNSEEN 0", Code::Unseen(0)),
            ("MODIFIED 7,9", Code::Modified(set("7,9"))),
            (
                "MAILBOXID (F2212ea87-6097)",
                Code::MailboxId("F2212ea87-6097".to_owned()),
            ),
            ("PERMANENTFLAGS ()", Code::PermanentFlags(Flags::new())),
            (
                r"PERMANENTFLAGS (\Flagged abc [foo]/bar \*)",
                Code::PermanentFlags(Flags::from(["\\Flagged", "abc", "[foo]/bar", "\\*"])),
            ),
            (
                "CAPABILITY IMAP4rev1  IDLE ",
                Code::Capability(Capabilities::from_iter(["IMAP4rev1", "IDLE"])),
            ),
            ("READ-WRITE ", Code::ReadWrite),
        ] {
            let code = read(inside).unwrap();
            assert_eq!(code, expected);
            assert_eq!(
                code.name(),
                inside.split(' ').next().unwrap().to_ascii_uppercase()
            );
        }
    }

    #[test]
    fn broken_and_unknown_codes_are_kept_as_sent() {
        for (inside, expected) in [
            ("X-Odd", other("X-ODD", None)),
            ("X-Odd  a (b ", other("X-ODD", Some("a (b"))),
            ("UIDNEXT", other("UIDNEXT", None)),
            ("UIDNEXT x", other("UIDNEXT", Some("x"))),
            (
                "UIDVALIDITY 99999999999",
                other("UIDVALIDITY", Some("99999999999")),
            ),
            ("COPYUID 1", other("COPYUID", Some("1"))),
            ("COPYUID 1 2 0", other("COPYUID", Some("1 2 0"))),
            ("COPYUID 1 2:* 3:*", other("COPYUID", Some("1 2:* 3:*"))),
            ("APPENDUID 1 2 3", other("APPENDUID", Some("1 2 3"))),
            ("MODIFIED 1,x", other("MODIFIED", Some("1,x"))),
            ("BADCHARSET (a", other("BADCHARSET", Some("(a"))),
            ("ALERT now", other("ALERT", Some("now"))),
        ] {
            assert_eq!(read(inside), Some(expected), "{inside}");
        }
        for inside in ["", " ", "(a)", "\"a\"", "Готов"] {
            assert_eq!(read(inside), None, "{inside}");
        }
    }

    #[test]
    fn pairs_are_bounded_and_lazy() {
        let huge = CopyUid {
            uid_validity: 1,
            source: set("1:4294967295"),
            destination: set("5:6"),
        };
        assert_eq!(huge.pairs().collect::<Vec<_>>(), [(1, 5), (2, 6)]);
        let both = CopyUid {
            destination: set("1:4294967295"),
            ..huge
        };
        assert_eq!(both.pairs().nth(2), Some((3, 3)));
    }
}
