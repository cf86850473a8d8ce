//! Other responses.

use super::*;

quirks! {
    // All: an unknown response.
    unknown_response:
        b"* XFOO (bar {3}\r\n)(\" baz)\r\n",
        Response::Unknown(u) => u.name.as_str(), "XFOO";
    // Several: `()` for the resources.
    quota_empty:
        b"* QUOTA \"\" ()\r\n",
        Response::Quota(q) => q.resources.len(), 0;
    // Courier: no list for a root without limits.
    quota_without_resources:
        b"* QUOTA \"ROOT\"\r\n",
        Response::Quota(q) => (q.root, q.resources.len(), q.malformed.len()), ("ROOT".to_owned(), 0, 0);
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

    // By kind: additional parentheses in QUOTA.
    quota_in_parentheses:
        b"* QUOTA \"\" ((STORAGE 10 512) (MESSAGE (1 (2))))\r\n",
        Response::Quota(q) => (q.resources.iter().map(|r| (r.usage, r.limit)).collect::<Vec<_>>(), q.malformed.len()), (vec![(10, Some(512)), (1, Some(2))], 0);
    // By kind: resources without one number, or both.
    quota_values_missing:
        b"* QUOTA \"\" (STORAGE MESSAGE 1 MAILBOX 3 4)\r\n",
        Response::Quota(q) => (q.resources.len(), q.resource("MAILBOX").map(|r| r.limit), bad(&q.malformed)),
        (1, Some(Some(4)), ["STORAGE: ", "MESSAGE: 1"].map(ToOwned::to_owned).to_vec());
    // By kind: a limit below -1, and a fraction.
    quota_numbers_that_are_none:
        b"* QUOTA \"\" (STORAGE 10 -15 MESSAGE 1.5 2 MAILBOX 3 -1)\r\n",
        Response::Quota(q) => (q.resources.len(), q.resource("MAILBOX").map(|r| r.limit), bad(&q.malformed)),
        (1, Some(None), ["STORAGE: 10 -15", "MESSAGE: 1.5 2"].map(ToOwned::to_owned).to_vec());
    // By kind: quota roots in parentheses.
    quotaroot_in_parentheses:
        b"* QUOTAROOT INBOX (\"\" x)\r\n",
        Response::QuotaRoot(q) => q.roots, ["", "x"];
    // By kind: namespaces in additional parentheses.
    namespace_in_parentheses:
        b"* NAMESPACE (((\"\" \"/\"))(\"a\" \".\")) NIL ((((\"b\" \"/\"))))\r\n",
        Response::Namespace(n) => (n.personal.len(), n.other_users.len(), n.shared.len(), n.malformed.len()), (2, 0, 1, 0);
    // By kind: the first kind alone, and an empty namespace in it.
    namespace_values_missing:
        b"* NAMESPACE ((\"\" \"/\")())\r\n",
        Response::Namespace(n) => (n.personal.len(), n.other_users.len(), n.shared.len(), n.malformed.len()), (1, 0, 0, 3);
    // By kind: additional parentheses in ID.
    id_in_parentheses:
        b"* ID ((\"name\" (\"x\")) (\"version\" \"1\") \"os\" (\"vendor\" \"y\"))\r\n",
        Response::Id(i) => (i.get("name").map(ToOwned::to_owned), i.get("version").map(ToOwned::to_owned), i.get("os").is_some(), i.get("vendor").map(ToOwned::to_owned)),
        (Some("x".to_owned()), Some("1".to_owned()), false, Some("y".to_owned()));
    // By kind: additional parentheses in METADATA.
    metadata_in_parentheses:
        b"* METADATA \"\" ((/a \"x\") (/b (\"y\")))\r\n",
        Response::Metadata(m) => (m.get("/a").map(<[u8]>::to_vec), m.get("/b").map(<[u8]>::to_vec), m.malformed.len()), (Some(b"x".to_vec()), Some(b"y".to_vec()), 0);
    // By kind: entries without a value.
    metadata_values_missing:
        b"* METADATA \"\" (/a /b \"y\" /c (/d NIL) /e)\r\n",
        Response::Metadata(m) => (m.entries.len(), m.get("/b").map(<[u8]>::to_vec), bad(&m.malformed)),
        (2, Some(b"y".to_vec()), ["/A: ", "/C: ", "/E: "].map(ToOwned::to_owned).to_vec());
    // By kind: rights in parentheses.
    myrights_in_parentheses:
        b"* MYRIGHTS INBOX ((lr))\r\n",
        Response::MyRights(m) => m.rights.to_string(), "lr".to_owned();
    // By kind: rights in parentheses, one by one.
    listrights_in_parentheses:
        b"* LISTRIGHTS INBOX me (la) (r (s w))\r\n",
        Response::ListRights(l) => (l.required.to_string(), l.optional.len()), ("al".to_owned(), 3);
    // By kind: entries in parentheses, some of them without rights.
    acl_entries_that_are_none:
        b"* ACL INBOX (a lr) (b -5) (c rs) d\r\n",
        Response::Acl(a) => (a.entries.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), bad(&a.malformed)),
        (vec!["a".to_owned(), "c".to_owned()], ["ACL: b -5", "ACL: d"].map(ToOwned::to_owned).to_vec());
    // By kind: 0, negative numbers and fractions in VANISHED.
    vanished_numbers_that_are_none:
        b"* VANISHED (EARLIER) 1,-2,0,5.5,7\r\n",
        Response::Vanished(v) => (v.earlier, v.uids.to_string(), bad(&v.malformed)), (true, "1,7".to_owned(), ["VANISHED: -2", "VANISHED: 0", "VANISHED: 5.5"].map(ToOwned::to_owned).to_vec());
    // By kind: additional parentheses in VANISHED.
    vanished_in_parentheses:
        b"* VANISHED ((EARLIER)) (5:7)\r\n",
        Response::Vanished(v) => (v.earlier, v.uids.to_string()), (true, "5:7".to_owned());
    // By kind: a closing parenthesis without a counterpart, where no list of items can continue.
    vanished_with_a_lone_parenthesis:
        b"* VANISHED (EARLIER) 300:31)0,40\r\n",
        Response::Malformed(m) => (m.item.as_str(), m.why.as_str(), m.at), ("VANISHED", "no parenthesis is open here", 27);
    esearch_with_a_lone_parenthesis:
        b"* ESEARCH (TAG \"A1\") UID) ALL 1:3\r\n",
        Response::Malformed(m) => (m.item.as_str(), m.why.as_str()), ("ESEARCH", "no parenthesis is open here");
}
