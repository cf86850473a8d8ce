//! The names of responses.

use super::{Response, StatusKind};

impl Response {
    /// Returns the name on the wire in upper case, as in `FETCH`, `OK` or `EXISTS`; `+` for a
    /// continuation request.
    ///
    /// ```
    /// use imapclient_codec::{Decoder, Limits, RawResponse};
    ///
    /// let wire: &[u8] = b"* 23 exists\r\n";
    /// assert_eq!(Decoder::new(Limits::default()).decode(&RawResponse::from(wire)).name(), "EXISTS");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Tagged(_, status) | Self::Status(status) => match status.kind {
                StatusKind::Ok => "OK",
                StatusKind::No => "NO",
                StatusKind::Bad => "BAD",
                StatusKind::Bye => "BYE",
                StatusKind::PreAuth => "PREAUTH",
            },
            Self::Continue(_) => "+",
            Self::Capability(_) => "CAPABILITY",
            Self::Flags(_) => "FLAGS",
            Self::Exists(_) => "EXISTS",
            Self::Recent(_) => "RECENT",
            Self::Expunge(_) => "EXPUNGE",
            Self::List(_) => "LIST",
            Self::Lsub(_) => "LSUB",
            Self::MailboxStatus(_) => "STATUS",
            Self::Search(_) => "SEARCH",
            Self::Sort(_) => "SORT",
            Self::Esearch(_) => "ESEARCH",
            Self::Thread(_) => "THREAD",
            Self::Fetch(_) => "FETCH",
            Self::Vanished(_) => "VANISHED",
            Self::Enabled(_) => "ENABLED",
            Self::Namespace(_) => "NAMESPACE",
            Self::Id(_) => "ID",
            Self::Quota(_) => "QUOTA",
            Self::QuotaRoot(_) => "QUOTAROOT",
            Self::Metadata(_) => "METADATA",
            Self::Acl(_) => "ACL",
            Self::ListRights(_) => "LISTRIGHTS",
            Self::MyRights(_) => "MYRIGHTS",
            Self::GenUrlAuth(_) => "GENURLAUTH",
            Self::UrlFetch(_) => "URLFETCH",
            Self::Language(_) => "LANGUAGE",
            Self::Comparator(_) => "COMPARATOR",
            Self::JmapAccess(_) => "JMAPACCESS",
            Self::Unknown(unknown) => &unknown.name,
            Self::Malformed(malformed) => &malformed.item,
        }
    }
}
