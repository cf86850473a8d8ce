//! Describes capabilities.

/// The meaning of a capability, and its RFC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    /// For example `RFC 2177`; empty if there is none.
    pub(super) rfc: &'static str,
}

/// Returns the meaning of a capability, if it is known. `NAME=` in the table stands for all that
/// begin with it.
pub(super) fn meaning(capability: &str) -> Option<&'static Meaning> {
    let same = |known: &&Meaning| capability.eq_ignore_ascii_case(known.name);
    let begins = |known: &&Meaning| {
        let begin = capability.get(..known.name.len());
        known.name.ends_with('=') && begin.is_some_and(|it| it.eq_ignore_ascii_case(known.name))
    };
    let exact = KNOWN.iter().find(same);
    exact.or_else(|| KNOWN.iter().find(begins))
}

const fn row(name: &'static str, meaning: &'static str, rfc: &'static str) -> Meaning {
    Meaning { name, meaning, rfc }
}

/// In alphabetical order.
const KNOWN: &[Meaning] = &[
    row("ACL", "access rights on mailboxes", "RFC 4314"),
    row("ANNOTATE-EXPERIMENT-1", "notes on messages", "RFC 5257"),
    row(
        "APPENDLIMIT",
        "a size limit, reported by STATUS",
        "RFC 7889",
    ),
    row("APPENDLIMIT=", "the largest message it accepts", "RFC 7889"),
    row("AUTH=", "a mechanism for logging in", "RFC 9051"),
    row("BINARY", "attachments are sent decoded", "RFC 3516"),
    row("CATENATE", "messages made of parts of others", "RFC 4469"),
    row(
        "CHILDREN",
        "reports which mailboxes have children",
        "RFC 3348",
    ),
    row("COMPRESS=DEFLATE", "compression", "RFC 4978"),
    row("CONDSTORE", "reports and protects changes", "RFC 7162"),
    row("CONTEXT=", "results that are kept up to date", "RFC 5267"),
    row("CONVERT", "the server converts attachments", "RFC 5259"),
    row(
        "CREATE-SPECIAL-USE",
        "new mailboxes with a special use",
        "RFC 6154",
    ),
    row("ENABLE", "extensions that must be turned on", "RFC 5161"),
    row("ESEARCH", "short results of searches", "RFC 4731"),
    row("ESORT", "short results of sorting", "RFC 5267"),
    row("FILTERS", "searches stored on the server", "RFC 5466"),
    row("I18NLEVEL=", "compares text by language rules", "RFC 5255"),
    row("ID", "client and server identify themselves", "RFC 2971"),
    row("IDLE", "reports changes as they happen", "RFC 2177"),
    row("IMAP4", "the protocol of 1994", "RFC 1730"),
    row("IMAP4REV1", "the protocol", "RFC 3501"),
    row(
        "IMAP4REV2",
        "the protocol, with many extensions",
        "RFC 9051",
    ),
    row("IMAPSIEVE=", "filters run when messages change", "RFC 6785"),
    row(
        "INPROGRESS",
        "reports the progress of a command",
        "RFC 9585",
    ),
    row(
        "JMAPACCESS",
        "the same mail is available by JMAP",
        "RFC 9698",
    ),
    row("LANGUAGE", "server texts in other languages", "RFC 5255"),
    row("LIST-EXTENDED", "LIST with conditions", "RFC 5258"),
    row("LIST-METADATA", "LIST returns metadata", "RFC 9590"),
    row(
        "LIST-MYRIGHTS",
        "LIST returns the user's rights",
        "RFC 8440",
    ),
    row("LIST-STATUS", "LIST returns message counts", "RFC 5819"),
    row(
        "LITERAL+",
        "long arguments without a round trip",
        "RFC 7888",
    ),
    row(
        "LITERAL-",
        "arguments to 4 KiB without a round trip",
        "RFC 7888",
    ),
    row(
        "LOGIN-REFERRALS",
        "may send the user to another server",
        "RFC 2221",
    ),
    row("LOGINDISABLED", "no LOGIN on this connection", "RFC 9051"),
    row(
        "MAILBOX-REFERRALS",
        "mailboxes on other servers",
        "RFC 2193",
    ),
    row(
        "MESSAGELIMIT=",
        "a limit on messages per command",
        "RFC 9738",
    ),
    row("METADATA", "notes on mailboxes and the server", "RFC 5464"),
    row("METADATA-SERVER", "notes on the server", "RFC 5464"),
    row("MOVE", "moves messages in one step", "RFC 6851"),
    row("MULTIAPPEND", "stores several messages at once", "RFC 3502"),
    row("MULTISEARCH", "searches in several mailboxes", "RFC 7377"),
    row("NAMESPACE", "reports where mailboxes are", "RFC 2342"),
    row("NOTIFY", "reports changes in all mailboxes", "RFC 5465"),
    row(
        "OBJECTID",
        "permanent IDs of mailboxes, messages",
        "RFC 8474",
    ),
    row("PARTIAL", "search results in pages", "RFC 9394"),
    row("PREVIEW", "the beginning of a message's text", "RFC 8970"),
    row("PREVIEW=FUZZY", "an older form of PREVIEW", ""),
    row("QRESYNC", "quick resynchronisation", "RFC 7162"),
    row("QUOTA", "limits on the amount of mail", "RFC 9208"),
    row("QUOTA=", "a resource with a limit", "RFC 9208"),
    row("QUOTASET", "limits can be set", "RFC 9208"),
    row("REPLACE", "replaces a message in one step", "RFC 8508"),
    row("RIGHTS=", "additional rights of ACL", "RFC 4314"),
    row("SASL-IR", "logs in with one round trip less", "RFC 4959"),
    row("SAVEDATE", "the date when a message was saved", "RFC 8514"),
    row("SEARCH=FUZZY", "searches for similar text", "RFC 6203"),
    row("SEARCHRES", "refers to the result of a search", "RFC 5182"),
    row("SNIPPET=FUZZY", "an older form of PREVIEW", ""),
    row("SORT", "the server sorts", "RFC 5256"),
    row("SORT=DISPLAY", "sorts by displayed names", "RFC 5957"),
    row("SPECIAL-USE", "reports the uses of mailboxes", "RFC 6154"),
    row("STARTTLS", "TLS can be started", "RFC 9051"),
    row("STATUS=SIZE", "reports the size of a mailbox", "RFC 8438"),
    row("THREAD=", "the server groups conversations", "RFC 5256"),
    row("UIDBATCHES", "divides a mailbox into ranges of UIDs", ""),
    row("UIDONLY", "a mode without message numbers", "RFC 9586"),
    row("UIDPLUS", "reports the UIDs of new messages", "RFC 4315"),
    row(
        "UNAUTHENTICATE",
        "logs out and keeps the connection",
        "RFC 8437",
    ),
    row(
        "UNSELECT",
        "closes a mailbox and removes nothing",
        "RFC 3691",
    ),
    row("URL-PARTIAL", "parts of messages by URL", "RFC 5550"),
    row("URLAUTH", "URLs of messages for other users", "RFC 4467"),
    row("URLAUTH=BINARY", "the same, decoded", "RFC 5524"),
    row("UTF8=ACCEPT", "UTF-8 in names and headers", "RFC 6855"),
    row("UTF8=ONLY", "UTF-8 must be turned on", "RFC 6855"),
    row("WITHIN", "searches by age", "RFC 5032"),
    row("X-GM-EXT-1", "Gmail's labels, threads and search", ""),
    row("XAPPLEPUSHSERVICE", "notifications for Apple's devices", ""),
    row("XLIST", "Gmail's forerunner of SPECIAL-USE", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name_in_any_case_and_by_what_stands_before_the_sign() {
        for (capability, rfc) in [
            ("IDLE", Some("RFC 2177")),
            ("idle", Some("RFC 2177")),
            ("IMAP4rev1", Some("RFC 3501")),
            ("THREAD=REFERENCES", Some("RFC 5256")),
            ("auth=plain", Some("RFC 9051")),
            ("SORT=DISPLAY", Some("RFC 5957")),
            ("SORT=MODSEQ", None),
            ("THREAD", None),
            ("IDLER", None),
            ("AUTÄ=PLAIN", None),
            ("", None),
        ] {
            assert_eq!(
                meaning(capability).map(|known| known.rfc),
                rfc,
                "{capability}"
            );
        }
    }

    #[test]
    fn the_table_is_in_order_and_fits_the_report() {
        let names: Vec<_> = KNOWN.iter().map(|known| known.name).collect();
        assert!(names.is_sorted(), "{names:?}");
        for known in KNOWN {
            let length = known.meaning.len() + known.rfc.len() + 3;
            assert!(length <= 51, "{}: {length}", known.name);
            assert_eq!(known.name, known.name.to_uppercase());
        }
    }
}
