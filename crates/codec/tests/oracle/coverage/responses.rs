//! Samples of server responses, by row.

type Samples = Vec<(&'static str, Vec<Vec<u8>>)>;

pub(super) fn samples() -> Samples {
    let lines = |lines: &[&str]| -> Vec<Vec<u8>> {
        let line = |line: &&str| format!("{line}\r\n").into_bytes();
        lines.iter().map(line).collect()
    };
    let mut all: Samples = vec![
        (
            "CAPABILITY, FLAGS, EXISTS, RECENT, EXPUNGE",
            lines(&[
                "* CAPABILITY IMAP4rev1 IDLE",
                "* FLAGS (\\Seen $Junk)",
                "* 23 EXISTS",
                "* 0 RECENT",
                "* 5 EXPUNGE",
            ]),
        ),
        (
            "LIST, LSUB, STATUS, SEARCH",
            lines(&[
                "* LIST (\\HasNoChildren) \"/\" Sent",
                "* LSUB () NIL INBOX",
                "* STATUS INBOX (MESSAGES 3 UIDNEXT 9 SIZE 5000000000)",
                "* SEARCH 2 4 6",
            ]),
        ),
        ("FETCH of RFC 3501, BINARY, MODSEQ", lines(&FETCHES)),
        (
            "SORT, THREAD",
            lines(&["* SORT 3 1 2", "* THREAD (2)(3 6 (4 23)(44 7 96))"]),
        ),
        (
            "VANISHED, SEARCH with MODSEQ",
            lines(&[
                "* VANISHED (EARLIER) 41,43:116",
                "* SEARCH 2 5 (MODSEQ 917162500)",
            ]),
        ),
        (
            "ENABLED, ID, NAMESPACE, QUOTA, QUOTAROOT, METADATA",
            lines(&[
                "* ENABLED CONDSTORE",
                "* ID (\"name\" \"Dovecot\")",
                "* NAMESPACE ((\"\" \"/\")) NIL NIL",
                "* QUOTA \"\" (STORAGE 10 512)",
                "* QUOTAROOT INBOX \"\"",
                "* METADATA INBOX (/private/comment \"mine\")",
            ]),
        ),
        (
            "response codes of RFC 3501, 4315, 7162",
            lines(&[
                "* OK [UIDVALIDITY 3857529045] valid",
                "* OK [PERMANENTFLAGS (\\Deleted \\*)] limited",
                "A1 NO [TRYCREATE] none",
                "A1 OK [COPYUID 38505 304,319:320 3956:3958] done",
                "* OK [HIGHESTMODSEQ 715194045007] highest",
            ]),
        ),
        (
            "response codes of RFC 5530, 9051 and others; APPENDUID with a set",
            lines(&[
                "A1 NO [AUTHENTICATIONFAILED] wrong",
                "A1 NO [INUSE] locked",
                "A1 NO [NONEXISTENT] none",
                "* OK [MAILBOXID (F2212ea87-6097-4256-9d51-71338625)] id",
                "A1 OK [APPENDUID 38505 3955:3957] done",
            ]),
        ),
    ];
    all.extend(beyond(lines));
    all
}

const FETCHES: [&str; 5] = [
    "* 12 FETCH (FLAGS (\\Seen) UID 7 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 42)",
    "* 12 FETCH (ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" \"hi\" \
     ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) NIL NIL NIL NIL NIL NIL \"<B2@cac>\"))",
    "* 12 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92))",
    "* 12 FETCH (BODY[HEADER] {5}\r\nA: b\n BODY[1]<0> \"x\" RFC822 {2}\r\nhi)",
    "* 12 FETCH (BINARY[1] ~{3}\r\nx\0y BINARY.SIZE[1] 3 MODSEQ (624140003))",
];

fn beyond(lines: impl Fn(&[&str]) -> Vec<Vec<u8>>) -> Samples {
    let part = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)";
    let nested = format!(
        "* 1 FETCH (BODY {}{part}{})",
        "(".repeat(7),
        " \"MIXED\")".repeat(7)
    );
    let thread = format!("* THREAD {}1{}", "(1 ".repeat(12), ")".repeat(12));
    let date_of_none = "* 1 FETCH (UID 7 INTERNALDATE NIL)";
    vec![
        (
            "text that is not ASCII, or missing",
            lines(&["* OK Готов", "A1 NO Доступ", "A1 OK"]),
        ),
        (
            "LIST with CHILDINFO or OLDNAME, XLIST",
            lines(&[
                "* LIST () \"/\" a (CHILDINFO (\"SUBSCRIBED\"))",
                "* LIST () \"/\" b (OLDNAME (\"a\"))",
                "* XLIST (\\HasNoChildren \\Inbox) \"/\" \"Posteingang\"",
            ]),
        ),
        (
            "STATUS with MAILBOXID or APPENDLIMIT",
            lines(&[
                "* STATUS a (MAILBOXID (F2212ea87))",
                "* STATUS a (APPENDLIMIT 257890)",
            ]),
        ),
        (
            "ESEARCH, also with PARTIAL, ADDTO, REMOVEFROM",
            lines(&[
                "* ESEARCH (TAG \"A282\") UID MIN 2 COUNT 3 ALL 2,10:11",
                "* ESEARCH (TAG \"A1\") UID PARTIAL (-1:-100 1:9)",
                "* ESEARCH (TAG \"B01\") UID ADDTO (0 32768:32769) REMOVEFROM (0 9)",
            ]),
        ),
        ("UIDFETCH", lines(&["* 25 UIDFETCH (FLAGS (\\Seen))"])),
        (
            "EMAILID, THREADID, PREVIEW, SAVEDATE",
            lines(&[
                "* 3 FETCH (EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9))",
                "* 3 FETCH (PREVIEW \"Hello\")",
                "* 3 FETCH (SAVEDATE \"17-Jul-1996 02:44:25 -0700\")",
            ]),
        ),
        (
            "X-GM-MSGID, X-GM-THRID, X-GM-LABELS",
            lines(&[
                "* 1 FETCH (X-GM-MSGID 1278455344230334865)",
                "* 1 FETCH (X-GM-THRID 1266894439832287888)",
                "* 1 FETCH (X-GM-LABELS (\\Inbox \"Very Important\"))",
            ]),
        ),
        (
            "INTERNALDATE NIL, NUL in a body, sizes over 4 GiB",
            lines(&[
                date_of_none,
                "* 1 FETCH (BODY[] {3}\r\nx\0y)",
                "* 1 FETCH (RFC822.SIZE 4294967296)",
            ]),
        ),
        (
            "parts nested more than 6 deep, threads more than 8",
            lines(&[&nested, &thread]),
        ),
        (
            "ACL, LISTRIGHTS, MYRIGHTS",
            lines(&[
                "* ACL INBOX Fred rwipslda",
                "* LISTRIGHTS INBOX smith la r swicdkxte",
                "* MYRIGHTS INBOX rwiptsldaex",
            ]),
        ),
        (
            "GENURLAUTH, URLFETCH",
            lines(&[
                "* GENURLAUTH \"imap://joe@example.com/INBOX/;uid=20:internal:91354a4\"",
                "* URLFETCH \"imap://joe@example.com/INBOX/;uid=20\" {2}\r\nhi",
            ]),
        ),
        (
            "LANGUAGE, COMPARATOR, JMAPACCESS",
            lines(&[
                "* LANGUAGE (EN DE)",
                "* COMPARATOR \"i;basic\"",
                "* JMAPACCESS \"https://example.com/.well-known/jmap\"",
            ]),
        ),
        (
            "an unknown item of a FETCH, LIST or STATUS",
            lines(&[
                "* 1 FETCH (UID 7 X-COLOUR (red))",
                "* LIST () \"/\" a (X-COLOUR (red))",
                "* STATUS a (MESSAGES 1 X-COLOUR (red))",
            ]),
        ),
        (
            "any other response",
            lines(&["* XTUNE up", "* CONVERSION 1"]),
        ),
    ]
}
