//! NAMESPACE, ID, ENABLED, QUOTA and QUOTAROOT.

use imapclient_codec::Response;

use super::{check, check_malformed, decode};

#[test]
fn namespaces() {
    let rows: [(&str, &[u8], &str); 13] = [
        ("Dovecot", b"* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n", "[\"\" Some('/')] [] []"),
        (
            "Dovecot, shared",
            b"* NAMESPACE ((\"\" \"/\")) ((\"shared/\" \"/\")) ((\"Public/\" \"/\"))\r\n",
            "[\"\" Some('/')] [\"shared/\" Some('/')] [\"Public/\" Some('/')]",
        ),
        (
            "RFC 2342, several",
            b"* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\")) ((\"#shared/\" \"/\") (\"#public/\" \"/\")(\"#ftp/\" \"/\")(\"#news.\" \".\"))\r\n",
            "[\"\" Some('/')] [\"~\" Some('/')] [\"#shared/\" Some('/'), \"#public/\" Some('/'), \"#ftp/\" Some('/'), \"#news.\" Some('.')]",
        ),
        (
            "Cyrus",
            b"* NAMESPACE ((\"INBOX.\" \".\")) ((\"user.\" \".\")) ((\"\" \".\"))\r\n",
            "[\"INBOX.\" Some('.')] [\"user.\" Some('.')] [\"\" Some('.')]",
        ),
        ("none of one's own", b"* NAMESPACE NIL NIL ((\"\" \".\"))\r\n", "[] [] [\"\" Some('.')]"),
        ("no levels", b"* NAMESPACE ((\"\" NIL)) NIL NIL\r\n", "[\"\" None] [] []"),
        ("lower case nil", b"* namespace ((\"\" nil)) nil nil\r\n", "[\"\" None] [] []"),
        ("no blanks", b"* NAMESPACE((\"\" \"/\"))NIL NIL\r\n", "[\"\" Some('/')] [] []"),
        ("empty lists", b"* NAMESPACE () () ()\r\n", "[] [] []"),
        (
            "blanks everywhere",
            b"* NAMESPACE  ( ( \"\"  \"/\" ) )  NIL  NIL \r\n",
            "[\"\" Some('/')] [] []",
        ),
        (
            "modified UTF-7, literal, backslash",
            b"* NAMESPACE (({8}\r\n&AOQ-/xy \"\\\\\")) NIL NIL\r\n",
            "[\"ä/xy\" Some('\\\\')] [] []",
        ),
        ("prefix NIL, no delimiter", b"* NAMESPACE ((NIL)) NIL NIL\r\n", "[\"\" None] [] []"),
        (
            "RFC 2342, extension",
            b"* NAMESPACE ((\"\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) NIL NIL\r\n",
            "[\"\" Some('/') X-PARAM=(\"FLAG1\" \"FLAG2\")] [] []",
        ),
    ];
    check(
        &rows,
        |response| match response {
            Response::Namespace(namespaces) => Some(namespaces),
            _ => None,
        },
        |found| {
            let kind = |all: &[imapclient_codec::Namespace]| {
                let words: Vec<_> = all
                    .iter()
                    .map(|space| {
                        let more: String = space
                            .extensions
                            .iter()
                            .map(|x| format!(" {}={}", x.name, String::from_utf8_lossy(&x.raw)))
                            .collect();
                        format!("{:?} {:?}{more}", space.prefix, space.delimiter)
                    })
                    .collect();
                format!("[{}]", words.join(", "))
            };
            format!(
                "{} {} {}",
                kind(&found.personal),
                kind(&found.other_users),
                kind(&found.shared)
            )
        },
    );
    check_malformed(&[
        (b"* NAMESPACE\r\n", "a list of namespaces is missing"),
        (
            b"* NAMESPACE (\"\" \"/\") NIL NIL\r\n",
            "a namespace is missing",
        ),
        (
            b"* NAMESPACE ((\"\" \"/\") NIL NIL\r\n",
            "a namespace is missing",
        ),
        (
            b"* NAMESPACE NIL NIL NIL x\r\n",
            "something follows the response",
        ),
    ]);
}

#[test]
fn ids() {
    let rows: [(&str, &[u8], &str); 12] = [
        (
            "Dovecot",
            b"* ID (\"name\" \"Dovecot\")\r\n",
            "name=Some(\"Dovecot\")",
        ),
        (
            "Cyrus",
            b"* ID (\"name\" \"Cyrus IMAP\" \"version\" \"3.6.1\" \"support-url\" NIL)\r\n",
            "name=Some(\"Cyrus IMAP\") version=Some(\"3.6.1\") support-url=None",
        ),
        ("nothing to say", b"* ID NIL\r\n", ""),
        ("nothing to say, lower case", b"* id nil\r\n", ""),
        ("empty list", b"* ID ()\r\n", ""),
        ("blank in it", b"* ID ( )\r\n", ""),
        (
            "trailing blank (defects 26)",
            b"* ID (\"a\" \"b\" ) \r\n",
            "a=Some(\"b\")",
        ),
        (
            "odd spacing",
            b"* ID  (  \"a\"   \"b\"  )\r\n",
            "a=Some(\"b\")",
        ),
        (
            "bare words",
            b"* ID (name Exchange)\r\n",
            "name=Some(\"Exchange\")",
        ),
        (
            "literal",
            b"* ID (\"a\" {3}\r\nb\"c)\r\n",
            "a=Some(\"b\\\"c\")",
        ),
        (
            "Coremail, 8-bit",
            b"* ID (\"name\" \"\xe7\xbd\x91\")\r\n",
            "name=Some(\"网\")",
        ),
        (
            "a name alone",
            b"* ID (\"a\" \"b\" \"c\")\r\n",
            "a=Some(\"b\") c=None",
        ),
    ];
    let id = |response| match response {
        Response::Id(id) => Some(id),
        _ => None,
    };
    check(&rows, id, |id| {
        let words: Vec<_> = id
            .fields
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        words.join(" ")
    });
    let id = id(decode(b"* ID (\"Name\" \"x\" \"os\" NIL)\r\n")).unwrap();
    assert_eq!(
        (id.get("name"), id.get("OS"), id.get("no")),
        (Some("x"), None, None)
    );
    check_malformed(&[
        (b"* ID\r\n", "a list is missing"),
        (b"* ID (\"a\" \"b\"\r\n", "a list does not end"),
        (
            b"* ID (\"a\" \"b\") x\r\n",
            "something follows the response",
        ),
    ]);
}

#[test]
fn enabled() {
    let rows: [(&str, &[u8], &str); 4] = [
        ("one", b"* ENABLED CONDSTORE\r\n", "CONDSTORE"),
        (
            "several",
            b"* ENABLED CONDSTORE  UTF8=ACCEPT \r\n",
            "CONDSTORE UTF8=ACCEPT",
        ),
        ("none", b"* ENABLED\r\n", ""),
        ("none, blank", b"* enabled \r\n", ""),
    ];
    check(
        &rows,
        |response| match response {
            Response::Enabled(names) => Some(names),
            _ => None,
        },
        ToString::to_string,
    );
}

#[test]
fn quotas() {
    let rows: [(&str, &[u8], &str); 15] = [
        (
            "RFC 9208",
            b"* QUOTA \"\" (STORAGE 10 512)\r\n",
            "\"\" STORAGE 10/Some(512)",
        ),
        (
            "several resources",
            b"* QUOTA \"#user/alice\" (MESSAGE 42 1000 STORAGE 54 111)\r\n",
            "\"#user/alice\" MESSAGE 42/Some(1000) STORAGE 54/Some(111)",
        ),
        (
            "Dovecot",
            b"* QUOTA \"User quota\" (STORAGE 1 1024)\r\n",
            "\"User quota\" STORAGE 1/Some(1024)",
        ),
        ("Dovecot, no limits", b"* QUOTA \"\" ()\r\n", "\"\""),
        ("no limits, NIL", b"* QUOTA \"\" NIL\r\n", "\"\""),
        (
            "Gmail, over 32 bits",
            b"* QUOTA \"\" (STORAGE 48 15728640000)\r\n",
            "\"\" STORAGE 48/Some(15728640000)",
        ),
        (
            "no limit as -1",
            b"* QUOTA \"\" (STORAGE 48 -1)\r\n",
            "\"\" STORAGE 48/None",
        ),
        (
            "no limit as NIL",
            b"* QUOTA \"\" (STORAGE 48 NIL)\r\n",
            "\"\" STORAGE 48/None",
        ),
        (
            "blanks (a quirk of imap-codec)",
            b"* QUOTA \"\"  ( STORAGE  10  512 )\r\n",
            "\"\" STORAGE 10/Some(512)",
        ),
        (
            "trailing blank",
            b"* QUOTA \"\" (STORAGE 1 2 ) \r\n",
            "\"\" STORAGE 1/Some(2)",
        ),
        (
            "bare root",
            b"* quota ROOT (storage 1 2)\r\n",
            "\"ROOT\" storage 1/Some(2)",
        ),
        (
            "no root at all",
            b"* QUOTA (STORAGE 1 2)\r\n",
            "\"\" STORAGE 1/Some(2)",
        ),
        (
            "no blank",
            b"* QUOTA \"\"(STORAGE 1 2)\r\n",
            "\"\" STORAGE 1/Some(2)",
        ),
        (
            "one broken, one good",
            b"* QUOTA \"\" (STORAGE -5 2 MESSAGE 1 2)\r\n",
            "\"\" MESSAGE 1/Some(2) !STORAGE -5 2",
        ),
        (
            "numbers missing",
            b"* QUOTA \"\" (MESSAGE 1 2 STORAGE)\r\n",
            "\"\" MESSAGE 1/Some(2) !STORAGE ",
        ),
    ];
    check(
        &rows,
        |response| match response {
            Response::Quota(quota) => Some(quota),
            _ => None,
        },
        |quota| {
            let good = quota
                .resources
                .iter()
                .map(|r| format!(" {} {}/{:?}", r.name, r.usage, r.limit));
            let bad = quota
                .malformed
                .iter()
                .map(|bad| format!(" !{} {}", bad.item, String::from_utf8_lossy(&bad.raw)));
            format!("{:?}{}", quota.root, good.chain(bad).collect::<String>())
        },
    );
    check_malformed(&[
        (b"* QUOTA \"\" x\r\n", "a list of resources is missing"),
        (b"* QUOTA \"\" (STORAGE 1 2\r\n", "a list does not end"),
        (
            b"* QUOTA \"\" (STORAGE 1 2) x\r\n",
            "something follows the response",
        ),
    ]);
    let Response::Quota(quota) = decode(b"* QUOTA x (STORAGE 1 2)\r\n") else {
        panic!()
    };
    assert!(quota.resource("storage").is_some() && quota.resource("MESSAGE").is_none());
}

#[test]
fn quota_roots() {
    let rows: [(&str, &[u8], &str); 6] = [
        (
            "none",
            b"* QUOTAROOT comp.mail.mime\r\n",
            "\"comp.mail.mime\" []",
        ),
        (
            "the empty one",
            b"* QUOTAROOT INBOX \"\"\r\n",
            "\"INBOX\" [\"\"]",
        ),
        (
            "several",
            b"* QUOTAROOT \"a b\" \"User quota\"  other \r\n",
            "\"a b\" [\"User quota\", \"other\"]",
        ),
        (
            "literal",
            b"* QUOTAROOT {3}\r\na b x\r\n",
            "\"a b\" [\"x\"]",
        ),
        (
            "modified UTF-7",
            b"* QUOTAROOT &AOQ- x\r\n",
            "\"ä\" [\"x\"]",
        ),
        ("lower case", b"* quotaroot INBOX x\n", "\"INBOX\" [\"x\"]"),
    ];
    check(
        &rows,
        |response| match response {
            Response::QuotaRoot(root) => Some(root),
            _ => None,
        },
        |root| format!("{:?} {:?}", root.mailbox, root.roots),
    );
    check_malformed(&[(b"* QUOTAROOT\r\n", "a string is missing")]);
}
