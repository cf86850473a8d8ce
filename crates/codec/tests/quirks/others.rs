//! Everything else.

use super::*;

quirks! {
    // All: a response nobody knows.
    unknown_response:
        b"* XFOO (bar {3}\r\n)(\" baz)\r\n",
        Response::Unknown(u) => u.name.as_str(), "XFOO";
    // Several: `()` for the resources.
    quota_empty:
        b"* QUOTA \"\" ()\r\n",
        Response::Quota(q) => q.resources.len(), 0;
    // Several: a limit of -1.
    quota_minus_1:
        b"* QUOTA \"\" (STORAGE 10 -1)\r\n",
        Response::Quota(q) => (q.resources[0].usage, q.resources[0].limit), (10, None);
    // Gmail: numbers over 32 bits.
    quota_large:
        b"* QUOTA \"\" (STORAGE 5 15728640000)\r\n",
        Response::Quota(q) => q.resources[0].limit, Some(15_728_640_000);
    // Several (mbsync): NIL for the delimiter.
    namespace_delimiter_nil:
        b"* NAMESPACE ((\"\" NIL)) NIL NIL\r\n",
        Response::Namespace(n) => n.personal[0].delimiter, None;
    // Several: a blank at the end.
    id_with_a_blank:
        b"* ID (\"name\" \"x\" ) \r\n",
        Response::Id(i) => i.get("name").map(ToOwned::to_owned), Some("x".to_owned());
    // Several: `()` for NIL.
    id_empty:
        b"* ID ()\r\n",
        Response::Id(i) => i.fields.len(), 0;
    // Cyrus: entries that do not exist, as NIL.
    metadata_nil:
        b"* METADATA \"\" (/shared/vendor/x NIL)\r\n",
        Response::Metadata(m) => m.entries[0].value, None;
    // All with ACL: the responses of RFC 4314.
    myrights:
        b"* MYRIGHTS INBOX rwiptsldaex\r\n",
        Response::MyRights(_) => (), ();
    // Dovecot, Cyrus (QRESYNC): VANISHED in place of EXPUNGE.
    vanished_unasked:
        b"* VANISHED 5:7\r\n",
        Response::Vanished(v) => (v.earlier, v.uids.to_string()), (false, "5:7".to_owned());
    // Several: EXISTS before the `+` of IDLE.
    exists_before_continue:
        b"* 4 EXISTS\r\n",
        Response::Exists(n) => n, 4;
}
