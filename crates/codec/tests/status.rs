//! Status lines, continuations and numbered responses, as real servers send them.

use imapclient_codec::{
    Capabilities, Code, Continue, CopyUid, Decoder, Flags, Limits, RawResponse, Response, Seq,
    Status, StatusKind, Tag,
};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

fn status(kind: StatusKind, code: Option<Code>, text: &str) -> Status {
    Status {
        kind,
        code,
        text: text.to_owned(),
    }
}

fn show(wire: &[u8]) -> String {
    wire.escape_ascii().to_string()
}

#[test]
fn status_lines() {
    use StatusKind::{Bad, Bye, No, Ok, PreAuth};
    let tagged =
        |kind, code, text: &str| Response::Tagged(Tag::new("A1"), status(kind, code, text));
    let untagged = |kind, code, text: &str| Response::Status(status(kind, code, text));
    let copied = || {
        Code::CopyUid(CopyUid {
            uid_validity: 1,
            source: "2".parse().unwrap(),
            destination: "3".parse().unwrap(),
        })
    };
    let rows: [(&str, &[u8], Response); 33] = [
        ("usual", b"A1 OK done\r\n", tagged(Ok, None, "done")),
        ("tagged without text", b"A1 OK\r\n", tagged(Ok, None, "")),
        (
            "tagged with a blank only",
            b"A1 OK \r\n",
            tagged(Ok, None, ""),
        ),
        ("untagged without text", b"* OK\r\n", untagged(Ok, None, "")),
        ("BYE without text", b"* BYE\r\n", untagged(Bye, None, "")),
        ("lower case", b"a1 no [trycreate] x\r\n", {
            Response::Tagged(Tag::new("a1"), status(No, Some(Code::TryCreate), "x"))
        }),
        (
            "double blanks",
            b"A1  BAD   what  now \r\n",
            tagged(Bad, None, "what  now"),
        ),
        ("lone LF", b"A1 OK done\n", tagged(Ok, None, "done")),
        ("no line end", b"A1 OK done", tagged(Ok, None, "done")),
        (
            "UTF-8",
            "* OK Готов\r\n".as_bytes(),
            untagged(Ok, None, "Готов"),
        ),
        (
            "Latin-1",
            b"A1 OK gr\xfc\xdfe\r\n",
            tagged(Ok, None, "gr\u{fffd}\u{fffd}e"),
        ),
        ("NUL inside", b"* OK a\0b\r\n", untagged(Ok, None, "a\0b")),
        (
            "code",
            b"* OK [ALERT] look\r\n",
            untagged(Ok, Some(Code::Alert), "look"),
        ),
        (
            "code without blank",
            b"* OK [ALERT]look\r\n",
            untagged(Ok, Some(Code::Alert), "look"),
        ),
        (
            "code, blank",
            b"A1 OK [READ-ONLY] \r\n",
            tagged(Ok, Some(Code::ReadOnly), ""),
        ),
        (
            "code only",
            b"A1 OK [READ-ONLY]\r\n",
            tagged(Ok, Some(Code::ReadOnly), ""),
        ),
        ("code, no text", b"* OK [HIGHESTMODSEQ 5]\r\n", {
            untagged(Ok, Some(Code::HighestModSeq(5)), "")
        }),
        (
            "bracket that is no code",
            b"* OK [ hello\r\n",
            untagged(Ok, None, "[ hello"),
        ),
        (
            "bracket not closed",
            b"* OK [ALERT hello\r\n",
            untagged(Ok, None, "[ALERT hello"),
        ),
        (
            "nothing in brackets",
            b"* OK [] x\r\n",
            untagged(Ok, None, "[] x"),
        ),
        ("quote in a code", b"* NO [X it's \"odd] x\r\n", {
            let arguments = Some("it's \"odd".into());
            untagged(
                No,
                Some(Code::Other {
                    name: "X".into(),
                    arguments,
                }),
                "x",
            )
        }),
        ("bracket in a quote", b"* NO [X \"a]b\"] x\r\n", {
            let arguments = Some("\"a]b\"".into());
            untagged(
                No,
                Some(Code::Other {
                    name: "X".into(),
                    arguments,
                }),
                "x",
            )
        }),
        (
            "two codes",
            b"* NO [ALERT] [PARSE] x\r\n",
            untagged(No, Some(Code::Alert), "[PARSE] x"),
        ),
        (
            "literal in text",
            b"A1 OK see {5}\r\n",
            tagged(Ok, None, "see {5}"),
        ),
        (
            "code without OK",
            b"* [COPYUID 1 2 3]\r\n",
            untagged(Ok, Some(copied()), ""),
        ),
        ("greeting", b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n", {
            let capabilities = Capabilities::from_iter(["IMAP4rev1"]);
            untagged(PreAuth, Some(Code::Capability(capabilities)), "hi")
        }),
        (
            "padding before *",
            b"\0\0 * OK x\r\n",
            untagged(Ok, None, "x"),
        ),
        (
            "line end before *",
            b"\r\n* OK x\r\n",
            untagged(Ok, None, "x"),
        ),
        (
            "padding before a tag",
            b" A1 OK x\r\n",
            tagged(Ok, None, "x"),
        ),
        (
            "keyword with a bracket",
            b"* OK [PERMANENTFLAGS (OIB-Seen-[Gmail]/All \\*)] x\r\n",
            {
                let flags = Flags::from(["OIB-Seen-[Gmail]/All", "\\*"]);
                untagged(Ok, Some(Code::PermanentFlags(flags)), "x")
            },
        ),
        (
            "flags of one bracket",
            b"* OK [PERMANENTFLAGS (a])] x\r\n",
            { untagged(Ok, Some(Code::PermanentFlags(Flags::from("a]"))), "x") },
        ),
        ("UIDNEXT 0", b"* OK [UIDNEXT 0] x\r\n", {
            let name = "UIDNEXT".to_owned();
            let arguments = Some("0".into());
            untagged(Ok, Some(Code::Other { name, arguments }), "x")
        }),
        ("tab", b"A1\tOK\tdone\r\n", tagged(Ok, None, "done")),
    ];
    for (name, wire, expected) in rows {
        assert_eq!(decode(wire), expected, "{name}: {}", show(wire));
    }
}

#[test]
fn continuations() {
    let rows: [(&str, &[u8], &[u8]); 6] = [
        ("bare", b"+\r\n", b""),
        ("blank", b"+ \r\n", b""),
        ("text", b"+ idling\r\n", b"idling"),
        ("base64", b"+ YWJj==\r\n", b"YWJj=="),
        ("no blank", b"+idling\n", b"idling"),
        ("8-bit", b"+ \xff\r\n", b"\xff"),
    ];
    for (name, wire, text) in rows {
        let text = text.to_vec().into();
        assert_eq!(
            decode(wire),
            Response::Continue(Continue { text }),
            "{name}"
        );
    }
}

#[test]
fn numbers_and_lists() {
    let rows: [(&[u8], Response); 11] = [
        (b"* 23 EXISTS\r\n", Response::Exists(23.into())),
        (b"* 5 exists \r\n", Response::Exists(5.into())),
        (b"*  0  EXISTS\r\n", Response::Exists(0.into())),
        (
            b"* 4294967295 RECENT\r\n",
            Response::Recent(u32::MAX.into()),
        ),
        (b"* 44 Expunge\n", Response::Expunge(Seq::new(44).unwrap())),
        (
            b"* FLAGS (\\Seen foo \\*)\r\n",
            Response::Flags(Flags::from(["\\Seen", "foo", "\\*"])),
        ),
        (
            b"* flags  ( \\Seen )\r\n",
            Response::Flags(Flags::from("\\Seen")),
        ),
        (b"* FLAGS()\r\n", Response::Flags(Flags::new())),
        (b"* FLAGS NIL\r\n", Response::Flags(Flags::new())),
        (b"* CAPABILITY  IMAP4rev2  IDLE \r\n", {
            Response::Capability(["IMAP4rev2", "IDLE"].into_iter().collect())
        }),
        (
            b"* CAPABILITY\r\n",
            Response::Capability(Capabilities::default()),
        ),
    ];
    for (wire, expected) in rows {
        assert_eq!(decode(wire), expected, "{}", show(wire));
    }
}

#[test]
fn what_nobody_reads_is_kept() {
    let rows: [(&[u8], &str); 12] = [
        (b"* XAPPLEPUSHSERVICE \"a\" \"b\"\r\n", "XAPPLEPUSHSERVICE"),
        (b"* conversion \"a\" 1\r\n", "CONVERSION"),
        (b"* 5 FROB x\r\n", "FROB"),
        (b"* 5x FROB\r\n", "FROB"),
        (b"* 5\r\n", ""),
        (b"*\r\n", ""),
        (b"\r\n", ""),
        (b"", ""),
        (b"Server Unavailable.\r\n", "SERVER"),
        (b"A1 BYE x\r\n", "A1"),
        (b"A\xff OK x\r\n", "A\u{fffd}"),
        (b"* [not a code\r\n", ""),
    ];
    for (wire, name) in rows {
        let Response::Unknown(unknown) = decode(wire) else {
            panic!("{}", show(wire))
        };
        assert_eq!((unknown.name.as_str(), &*unknown.raw), (name, wire));
    }
}

#[test]
fn a_code_may_follow_without_a_blank() {
    for wire in [&b"* OK[ALERT] x\r\n"[..], b"* NO [ALERT]x\r\n"] {
        let Response::Status(status) = decode(wire) else {
            panic!("{}", show(wire))
        };
        assert_eq!(
            (status.code, status.text.as_str()),
            (Some(Code::Alert), "x")
        );
    }
}

#[test]
fn what_is_broken_says_where() {
    let rows: [(&[u8], &str, usize, &str); 10] = [
        (
            b"* 4294967296 EXISTS\r\n",
            "EXISTS",
            2,
            "a number is too large",
        ),
        (b"* 0 EXPUNGE\r\n", "EXPUNGE", 2, "there is no message 0"),
        (
            b"* 0 FETCH (FLAGS ())\r\n",
            "FETCH",
            2,
            "there is no message 0",
        ),
        (
            b"* 1 FETCH FLAGS\r\n",
            "FETCH",
            10,
            "a list of items is missing",
        ),
        (b"* 1 FETCH\r\n", "FETCH", 9, "a list of items is missing"),
        (
            b"* FLAGS (\\Seen\r\n",
            "FLAGS",
            16,
            "a list of flags does not end",
        ),
        (
            b"* FLAGS (a) b\r\n",
            "FLAGS",
            11,
            "something follows the list of flags",
        ),
        (b"* SEARCH 1 x\r\n", "SEARCH", 11, "a number was expected"),
        (
            b"* LIST (\\Foo \"/\" x\r\n",
            "LIST",
            18,
            "a string is missing",
        ),
        (
            b"* STATUS x\r\n",
            "STATUS",
            9,
            "a list after the name of the mailbox is missing",
        ),
    ];
    for (wire, item, at, why) in rows {
        let Response::Malformed(malformed) = decode(wire) else {
            panic!("{}", show(wire))
        };
        assert_eq!(
            (
                malformed.item.as_str(),
                malformed.at,
                malformed.why.as_str(),
                &*malformed.raw
            ),
            (item, at, why, wire)
        );
    }
}
