//! Workarounds for capabilities that the server announces and does not support.

use std::{collections::BTreeSet, fmt};

use imapclient_codec::command::StatusItem;

use crate::{client::Client, search::Searching};

/// A deviation on this connection because the server announced a capability and then refused it, or
/// answered without data where there should be some.
///
/// A workaround is discovered by the first command that needs it and stays in force until the
/// connection ends: later commands use the older form at once.
/// [`Client::workarounds`](crate::Client::workarounds) returns those in force. The text of a
/// workaround is for people.
///
/// ```
/// use imapclient::Workaround;
///
/// let text = Workaround::NamespaceRefused.to_string();
/// assert_eq!(text, "the server refuses NAMESPACE: mailboxes are looked for in the usual places");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Workaround {
    /// The server announces `NAMESPACE` (RFC 2342) and refuses the command, or answers it without
    /// data. Mailboxes for special uses are looked for in the usual places instead.
    NamespaceRefused,
    /// The server announces `SPECIAL-USE` and `LIST-EXTENDED` (RFC 6154, RFC 5258) and refuses LIST
    /// with RETURN, or answers it without data. A plain LIST is sent instead.
    ListReturnUseless,
    /// The server announces `LIST-STATUS` (RFC 5819) and refuses LIST with STATUS, or answers it
    /// without the status of any mailbox. One STATUS for each mailbox is sent instead.
    ListStatusUseless,
    /// The server announces `XLIST` and refuses it, or answers it without data. A plain LIST is
    /// sent instead.
    XlistUseless,
    /// The server announces `ESEARCH` (RFC 4731) and refuses SEARCH with RETURN, or answers it
    /// without data where there should be some. A plain SEARCH is sent instead, and the lowest and
    /// highest number and the count are computed from its answer.
    EsearchUseless,
    /// The server announces `ESORT` (RFC 5267) and refuses SORT with RETURN, or answers it without
    /// data. A plain SORT is sent instead.
    EsortUseless,
    /// The server refuses UTF-8, or another requested charset, in searches. A charset that it
    /// accepts is named instead, or none if the text is ASCII.
    CharsetRefused,
    /// The server refuses an item of STATUS that is not universal, or answers it without data. The
    /// other items are requested without it.
    StatusItemRefused,
    /// The server answered OK to ENABLE (RFC 5161) without listing what it enabled. Nothing is
    /// assumed to be enabled.
    EnableUnanswered,
    /// The server executed a STORE with UNCHANGEDSINCE (RFC 7162) and did not send the new
    /// modification sequences of the messages. They are requested by FETCH.
    StoreWithoutModSeq,
    /// The server answers a FETCH or STORE by UID without the UID of a message (RFC 9051 §6.4.9).
    /// The client fetches that message once more.
    FetchWithoutUid,
    /// The server announces `IDLE` (RFC 2177) and refuses it.
    /// [`Client::idle_or_poll`](crate::Client::idle_or_poll) sends NOOP instead.
    IdleRefused,
    /// The server announces `SASL-IR` (RFC 4959) and answers BAD to an initial response. It is sent
    /// after the server's continuation request instead.
    SaslIrRefused,
    /// The server announces `AUTH=PLAIN` or `AUTH=LOGIN` and answers BAD to AUTHENTICATE. The LOGIN
    /// command is used instead.
    AuthenticateRefused,
    /// The server announces a SCRAM mechanism with channel binding (`-PLUS`) and refused it. The
    /// same mechanism without channel binding is used instead.
    ScramPlusRefused,
    /// The server announces a SCRAM mechanism and refused it. The password itself is sent instead,
    /// protected by TLS.
    ScramRefused,
    /// The server requires an `ID` command (RFC 2971) before it opens a mailbox. It was sent.
    IdBeforeSelect,
}

impl Workaround {
    fn text(self) -> &'static str {
        match self {
            Self::NamespaceRefused => {
                "the server refuses NAMESPACE: mailboxes are looked for in the usual places"
            }
            Self::ListReturnUseless => {
                "LIST with RETURN is refused or gives nothing: a plain LIST is sent"
            }
            Self::ListStatusUseless => {
                "LIST with STATUS is refused or gives none: each mailbox is asked for its status"
            }
            Self::XlistUseless => "XLIST is refused or gives nothing: a plain LIST is sent",
            Self::EsearchUseless => {
                "SEARCH with RETURN is refused or gives nothing: a plain SEARCH is sent"
            }
            Self::EsortUseless => {
                "SORT with RETURN is refused or gives nothing: a plain SORT is sent"
            }
            Self::CharsetRefused => {
                "the server refuses a charset in searches: another one is named, or none"
            }
            Self::StatusItemRefused => {
                "the server refuses an item of STATUS: it is asked for the others"
            }
            Self::EnableUnanswered => {
                "the server does not say what ENABLE has enabled: nothing counts as enabled"
            }
            Self::StoreWithoutModSeq => {
                "STORE tells no modification sequences: they are asked for by FETCH"
            }
            Self::FetchWithoutUid => {
                "answers lack the UID now and then: these messages are asked for once more"
            }
            Self::IdleRefused => "the server refuses IDLE: it is asked for news by NOOP",
            Self::SaslIrRefused => {
                "the server refuses an initial response (SASL-IR): it is sent when asked for"
            }
            Self::AuthenticateRefused => {
                "the server refuses AUTHENTICATE: the LOGIN command is used"
            }
            Self::ScramPlusRefused => {
                "the server refuses SCRAM with channel binding (-PLUS): SCRAM without it is used"
            }
            Self::ScramRefused => {
                "the server refuses SCRAM: the password itself is sent, protected by TLS"
            }
            Self::IdBeforeSelect => {
                "the server opens no mailbox before it knows the program: it is told by ID"
            }
        }
    }
}

impl fmt::Display for Workaround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The workarounds in force on a connection, and the details that they need.
#[derive(Debug, Default)]
pub(crate) struct Workarounds {
    pub(crate) in_force: BTreeSet<Workaround>,
    pub(crate) searching: Searching,
    /// The items that [`Workaround::StatusItemRefused`] stands for.
    pub(crate) status_items: Vec<StatusItem>,
}

impl<S> Client<S> {
    /// Puts a workaround in force for the rest of the connection.
    pub(crate) fn note(&mut self, workaround: Workaround) {
        if self.peer_mut().workarounds.in_force.insert(workaround) {
            tracing::info!(%workaround, "the server does not do what it offers");
        }
    }

    /// Returns whether a workaround is in force.
    pub(crate) fn works_around(&self, workaround: Workaround) -> bool {
        self.peer().workarounds.in_force.contains(&workaround)
    }
}
