//! BODY and BODYSTRUCTURE, as real servers send them.

use imapclient_codec::{BodyPart, Decoder, Fetch, Limits, RawResponse, Response, Uid};

fn decode(wire: &[u8]) -> Fetch {
    match Decoder::new(Limits::default()).decode(&RawResponse::from(wire)) {
        Response::Fetch(fetch) => fetch,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

/// `value` is the text after `BODYSTRUCTURE`.
fn fetch(value: &[u8]) -> Fetch {
    let fetch = decode(&[b"* 7 FETCH (UID 1 BODYSTRUCTURE", value, b" FLAGS (x))\r\n"].concat());
    assert_eq!(
        (fetch.uid(), fetch.flags().map(|f| f.len())),
        (Uid::new(1), Some(1)),
        "{fetch:?}"
    );
    fetch
}

/// Formats the values that are present in a part in one line.
fn line(part: BodyPart<'_>) -> String {
    let mut words = vec![format!("{}:{}", part.number(), part.media_type())];
    let lossy = |raw: &[u8]| String::from_utf8_lossy(raw).into_owned();
    for (name, value) in part.parameters() {
        words.push(format!("{}={}", lossy(name), lossy(value)));
    }
    words.extend(part.id().map(|id| format!("id:{id}")));
    words.extend(part.description().map(|text| format!("description:{text}")));
    words.extend(part.encoding().map(std::borrow::Cow::into_owned));
    words.extend(part.size().map(|n| format!("{n}B")));
    words.extend(part.lines().map(|n| format!("{n}L")));
    words.extend(part.md5().map(|md5| format!("md5:{md5}")));
    words.extend(part.disposition().map(|kind| format!("disposition:{kind}")));
    for (name, value) in part.disposition_parameters() {
        words.push(format!("/{}={}", lossy(name), lossy(value)));
    }
    words.extend(
        part.languages()
            .map(|language| format!("language:{language}")),
    );
    words.extend(part.location().map(|uri| format!("location:{uri}")));
    words.extend(
        part.envelope()
            .map(|e| format!("subject:{}", e.subject().unwrap_or_default())),
    );
    words.join(" ")
}

fn lines(fetch: &Fetch) -> Vec<String> {
    assert!(fetch.malformed().is_empty(), "{fetch:?}");
    fetch
        .body_structure()
        .map(|structure| structure.walk().map(line).collect())
        .unwrap_or_default()
}

#[test]
fn quirks() {
    let rows: [(&str, &[u8], &[&str]); 56] = [
        (
            "RFC 9051",
            b" (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92)",
            &["1:text/plain CHARSET=US-ASCII 7BIT 3028B 92L"],
        ),
        (
            "multipart",
            b" ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL NIL NIL NIL)\
              (\"image\" \"png\" (\"name\" \"a.png\") \"<i>\" \"d\" \"base64\" 2 \"md5\" \
              (\"inline\" (\"filename\" \"b.png\")) (\"de\" \"en\") \"http://x\") \
              \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)",
            &[
                ":multipart/mixed boundary=b",
                "1:text/plain 7bit 1B 1L",
                "2:image/png name=a.png id:<i> description:d base64 2B md5:md5 disposition:inline \
                 /filename=b.png language:de language:en location:http://x",
            ],
        ),
        (
            "BODY form",
            b" ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 2 1) \"mixed\")",
            &[":multipart/mixed", "1:text/plain 7bit 1B 1L", "2:text/html 7bit 2B 1L"],
        ),
        (
            "IMAPClient: no blank before the parenthesis",
            b"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "nested",
            b" (((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 2 1) \
              \"alternative\")(\"image\" \"png\" NIL NIL NIL \"base64\" 3) \"mixed\")",
            &[
                ":multipart/mixed",
                "1:multipart/alternative",
                "1.1:text/plain 7bit 1B 1L",
                "1.2:text/html 7bit 2B 1L",
                "2:image/png base64 3B",
            ],
        ),
        (
            "message in a message",
            b" ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 \
              (NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL) \
              ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 2 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 3 1) \"mixed\") \
              12 NIL (\"attachment\" NIL) NIL NIL) \"mixed\")",
            &[
                ":multipart/mixed",
                "1:text/plain 7bit 1B 1L",
                "2:message/rfc822 7bit 99B 12L disposition:attachment subject:inner",
                "2:multipart/mixed",
                "2.1:text/plain 7bit 2B 1L",
                "2.2:text/html 7bit 3B 1L",
            ],
        ),
        (
            "message with a single part, alone",
            b" (\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"8bit\" 99 (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) \
              (\"text\" \"plain\" NIL NIL NIL \"7bit\" 2 1) 12)",
            &["1:message/global 8bit 99B 12L subject:s", "1.1:text/plain 7bit 2B 1L"],
        ),
        (
            "message with a NIL envelope",
            b" (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 NIL (\"text\" \"plain\" NIL NIL NIL \"7bit\" 2 1) 12)",
            &["1:message/rfc822 7bit 99B 12L", "1.1:text/plain 7bit 2B 1L"],
        ),
        (
            "message with NIL for both",
            b" (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 NIL NIL 12 NIL NIL NIL NIL)",
            &["1:message/rfc822 7bit 99B 12L"],
        ),
        (
            "() for a body",
            b" (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) () 12)",
            &["1:message/rfc822 7bit 99B 12L subject:s"],
        ),
        (
            "Gmail: an encoded message like any other part",
            b" (\"message\" \"rfc822\" (\"name\" \"x.eml\") NIL NIL \"base64\" 99 NIL \
              (\"attachment\" (\"filename\" \"x.eml\")) NIL NIL)",
            &["1:message/rfc822 name=x.eml base64 99B disposition:attachment /filename=x.eml"],
        ),
        (
            "the same without a checksum",
            b" (\"message\" \"rfc822\" NIL NIL NIL \"base64\" 99 (\"attachment\" (\"filename\" \"x.eml\")))",
            &["1:message/rfc822 base64 99B disposition:attachment /filename=x.eml"],
        ),
        (
            "message/delivery-status",
            b" (\"message\" \"delivery-status\" NIL NIL NIL \"7bit\" 99 NIL NIL NIL NIL)",
            &["1:message/delivery-status 7bit 99B"],
        ),
        (
            "Yandex, QQ, Gmail: no children, only the subtype",
            b" ((\"ALTERNATIVE\")(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) \"mixed\")",
            &[":multipart/mixed", "1:multipart/alternative", "2:text/plain 7bit 1B 1L"],
        ),
        (
            "the same with parameters",
            b" (\"MIXED\" (\"boundary\" \"b\") NIL NIL)",
            &[":multipart/mixed boundary=b"],
        ),
        (
            "Dovecot: the same with a NIL type",
            b" (NIL \"alternative\" (\"boundary\" \"b\") NIL NIL)",
            &[":multipart/alternative boundary=b"],
        ),
        (
            "Yandex: ( ) for a multipart without children",
            b" (( )(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) \"mixed\")",
            &[":multipart/mixed", "1:multipart/mixed", "2:text/plain 7bit 1B 1L"],
        ),
        (
            "Exchange: a part of NILs",
            b" ((NIL NIL NIL NIL NIL NIL NIL NIL)(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) \"mixed\")",
            &[":multipart/mixed", "1:application/octet-stream", "2:text/plain 7bit 1B 1L"],
        ),
        (
            "empty media type",
            b" (\"\" \"\" NIL NIL NIL \"7bit\" 1 NIL NIL NIL NIL)",
            &["1:application/octet-stream 7bit 1B"],
        ),
        (
            "NIL subtype",
            b" (\"text\" NIL NIL NIL NIL \"7bit\" 1 1)",
            &["1:text/octet-stream 7bit 1B 1L"],
        ),
        (
            "subtype as a literal",
            b" (\"text\" {5}\r\nplain NIL NIL NIL \"7bit\" 1 1)",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "GMX: a multipart like any other part",
            b" (\"multipart\" \"mixed\" (\"boundary\" \"b\") NIL NIL \"7bit\" 99 NIL NIL NIL NIL)",
            &["1:multipart/mixed boundary=b 7bit 99B"],
        ),
        (
            "Domino: parentheses too many",
            b" (((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)))",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "Domino: parentheses too many around a multipart",
            b" (((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 2 1) \"mixed\"))",
            &[":multipart/mixed", "1:text/plain 7bit 1B 1L", "2:text/html 7bit 2B 1L"],
        ),
        (
            "no subtype",
            b" ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 2 1))",
            &[":multipart/mixed", "1:text/plain 7bit 1B 1L", "2:text/html 7bit 2B 1L"],
        ),
        (
            "no blank before the subtype",
            b" ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)\"mixed\" (\"boundary\" \"b\") NIL NIL)",
            &[":multipart/mixed boundary=b", "1:text/plain 7bit 1B 1L"],
        ),
        (
            "blanks and line ends between parts",
            b" ( (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) \r\n (\"text\" \"html\" NIL NIL NIL \"7bit\" 2 1) \"mixed\" )",
            &[":multipart/mixed", "1:text/plain 7bit 1B 1L", "2:text/html 7bit 2B 1L"],
        ),
        (
            "Exchange: disposition as a string",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL \"inline\" NIL NIL)",
            &["1:text/plain 7bit 1B 1L disposition:inline"],
        ),
        (
            "pymap: disposition as a header",
            b" (\"a\" \"b\" NIL NIL NIL \"7bit\" 1 NIL \"attachment; filename=\\\"a \\\\\\\"b\\\\\\\";c.txt\\\"; size = 7 ;x\" NIL NIL)",
            &["1:a/b 7bit 1B disposition:attachment /filename=a \"b\";c.txt /size=7"],
        ),
        (
            "disposition without parameters",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL (\"attachment\") NIL NIL)",
            &["1:text/plain 7bit 1B 1L disposition:attachment"],
        ),
        (
            "Exchange: (NIL NIL) for a disposition",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL (NIL NIL) NIL NIL)",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "() for a disposition, a language and a location",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL () () ())",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "NIL among languages",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL NIL (NIL \"de\" NIL) NIL)",
            &["1:text/plain 7bit 1B 1L language:de"],
        ),
        (
            "a single language",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL NIL \"de\" NIL)",
            &["1:text/plain 7bit 1B 1L language:de"],
        ),
        (
            "fields of the future",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL NIL NIL NIL 7 (\"x\" (8)) \"y\")",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "some of the last fields",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 \"md5\")",
            &["1:text/plain 7bit 1B 1L md5:md5"],
        ),
        (
            "checksum left out",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 (\"attachment\" (\"filename\" \"x\")) NIL NIL)",
            &["1:text/plain 7bit 1B 1L disposition:attachment /filename=x"],
        ),
        (
            "Bluemind: text without lines",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 NIL (\"inline\" NIL) NIL NIL)",
            &["1:text/plain 7bit 1B disposition:inline"],
        ),
        (
            "text with NIL lines",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 NIL NIL (\"inline\" (\"filename\" \"x\")) NIL NIL)",
            &["1:text/plain 7bit 1B disposition:inline /filename=x"],
        ),
        (
            "lines and bytes below zero",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" -1 -1 NIL NIL NIL NIL)",
            &["1:text/plain 7bit"],
        ),
        (
            "mail.ru: numbers with exponents",
            b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 9.3736e+06 1e3 NIL NIL NIL NIL)",
            &["1:text/plain 7bit 9373600B 1000L"],
        ),
        (
            "sizes over 32 bits, in quotes, NIL",
            b" ((\"a\" \"b\" NIL NIL NIL \"7bit\" 99999999999)(\"a\" \"b\" NIL NIL NIL \"7bit\" \"12\")\
              (\"a\" \"b\" NIL NIL NIL \"7bit\" NIL) \"mixed\")",
            &[":multipart/mixed", "1:a/b 7bit 99999999999B", "2:a/b 7bit 12B", "3:a/b 7bit"],
        ),
        (
            "iCloud, maddy: NIL encoding",
            b" (\"text\" \"plain\" NIL NIL NIL NIL 1 1)",
            &["1:text/plain 1B 1L"],
        ),
        (
            "mail.ru: NIL for the value of a parameter",
            b" ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) \"mixed\" (\"boundary\" NIL) NIL NIL)",
            &[":multipart/mixed boundary=", "1:text/plain 7bit 1B 1L"],
        ),
        (
            "a parameter without a value",
            b" (\"text\" \"plain\" (\"charset\" \"utf-8\" \"format\") NIL NIL \"7bit\" 1 1)",
            &["1:text/plain charset=utf-8 format= 7bit 1B 1L"],
        ),
        (
            "() for parameters",
            b" (\"text\" \"plain\" () NIL NIL \"7bit\" 1 1)",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "Yandex: * for parameters",
            b" (\"text\" \"plain\" * NIL NIL \"7bit\" 1 1 NIL NIL NIL NIL)",
            &["1:text/plain 7bit 1B 1L"],
        ),
        (
            "blanks in the list of parameters",
            b" (\"text\" \"plain\" ( \"charset\"  \"utf-8\" ) NIL NIL \"7bit\" 1 1)",
            &["1:text/plain charset=utf-8 7bit 1B 1L"],
        ),
        (
            "Exchange: a description of a multipart",
            b" ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL \"text\")",
            &[":multipart/mixed boundary=b", "1:text/plain 7bit 1B 1L"],
        ),
        (
            "8-bit names",
            b" (\"a\" \"b\" (\"name\" \"caf\xe9.txt\") NIL \"gr\xc3\xbc\" \"7bit\" 1)",
            &["1:a/b name=caf\u{fffd}.txt description:grü 7bit 1B"],
        ),
        (
            "quotation marks inside quotes",
            b" (\"a\" \"b\" (\"name\" \"a \"b\" c.txt\") NIL NIL \"7bit\" 1 NIL NIL NIL NIL)",
            &["1:a/b name=a \"b\" c.txt 7bit 1B"],
        ),
        (
            "escapes",
            b" (\"a\" \"b\" (\"name\" \"a \\\"b\\\".txt\") NIL NIL \"7bit\" 1 NIL NIL NIL NIL)",
            &["1:a/b name=a \"b\".txt 7bit 1B"],
        ),
        ("a part that ends early", b" (\"a\" \"b\" NIL NIL)", &["1:a/b"]),
        ("NIL", b" NIL", &[]),
        ("()", b" ()", &[]),
        (
            "bare words",
            b" (text plain (charset utf-8) NIL NIL 7bit 1 1)",
            &["1:text/plain charset=utf-8 7bit 1B 1L"],
        ),
    ];
    for (name, value, expected) in rows {
        assert_eq!(lines(&fetch(value)), expected, "{name}");
    }
}

#[test]
fn a_bad_one_does_not_hurt_others() {
    for (value, why) in [
        (&b"x"[..], "a part is missing"),
        (
            b"(\"a\" \"b\" NIL NIL NIL \"7bit\" (1))",
            "a string is missing",
        ),
        (
            b"(\"a\" \"b\" NIL NIL NIL \"7bit\" x)",
            "a number is missing",
        ),
        (
            b"((\"a\" \"b\" NIL NIL NIL \"7bit\" 1) (x) 5 \"c\" ((d)",
            "",
        ),
    ] {
        let wire = [
            b"* 7 FETCH (UID 1 BODYSTRUCTURE ",
            value,
            b" FLAGS (x))\r\n",
        ]
        .concat();
        let fetch = decode(&wire);
        let [malformed] = fetch.malformed() else {
            panic!("{fetch:?}")
        };
        assert_eq!(
            (fetch.uid(), malformed.item.as_str()),
            (Uid::new(1), "BODYSTRUCTURE")
        );
        assert!(fetch.body_structure().is_none());
        if !why.is_empty() {
            assert_eq!((malformed.why.as_str(), &*malformed.raw), (why, value));
            assert!(fetch.flags().is_some());
        }
    }
}

#[test]
fn body_is_what_there_is_without_bodystructure() {
    let both = decode(
        b"* 1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"7bit\" 1 \"md5\") BODY (\"a\" \"b\" NIL NIL NIL \"7bit\" 1))\r\n",
    );
    assert_eq!(lines(&both), ["1:a/b 7bit 1B md5:md5"]);
    let body = decode(b"* 1 FETCH (BODY (\"a\" \"b\" NIL NIL NIL \"7bit\" 1) BODY[1] \"x\")\r\n");
    assert_eq!(
        (lines(&body), body.section("1")),
        (vec!["1:a/b 7bit 1B".to_owned()], Some(&b"x"[..]))
    );
}

/// A mail with parts of all kinds: two texts, an inline image, a forwarded message, two files.
const FULL: &[u8] = b" ((((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 10 1 NIL NIL NIL NIL)\
    ((\"TEXT\" \"HTML\" NIL NIL NIL \"7bit\" 20 1 NIL NIL NIL NIL)\
    (\"image\" \"png\" (\"name\" \"logo.png\") \"<logo>\" NIL \"base64\" 30 NIL (\"INLINE\" NIL) NIL NIL) \
    \"related\" NIL NIL NIL NIL) \"alternative\" NIL NIL NIL NIL)\
    (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL (\"attachment\" (\"filename*0*\" \"utf-8''gr%C3\" \
    \"filename*1*\" \"%BC.txt\")) NIL NIL) \"mixed\" NIL NIL NIL NIL)\
    (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 (NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL) \
    ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 2 1)(\"a\" \"b\" NIL NIL NIL \"7bit\" 2) \"mixed\") 12)\
    (\"application\" \"pdf\" (\"name\" \"=?utf-8?q?gr=C3=BC.pdf?=\") NIL NIL \"base64\" 40) \"mixed\")";

#[test]
fn parts_are_found() {
    let fetch = fetch(FULL);
    let structure = fetch.body_structure().unwrap();
    let numbers: Vec<_> = structure.walk().map(|part| part.number()).collect();
    assert_eq!(
        numbers,
        [
            "", "1", "1.1", "1.1.1", "1.1.2", "1.1.2.1", "1.1.2.2", "1.2", "2", "2", "2.1", "2.2",
            "3"
        ]
    );
    assert_eq!(structure.find_text().unwrap().number(), "1.1.1");
    assert_eq!(structure.find_html().unwrap().number(), "1.1.2.1");
    let attachments: Vec<_> = structure
        .attachments()
        .map(|part| (part.number(), part.filename()))
        .collect();
    assert_eq!(
        attachments,
        [
            ("1.2".to_owned(), Some("grü.txt".to_owned())),
            ("2".to_owned(), None),
            ("3".to_owned(), Some("grü.pdf".to_owned())),
        ]
    );
    assert_eq!(
        structure.part("1.1.2.2").unwrap().id().as_deref(),
        Some("<logo>")
    );
    assert_eq!(structure.part("2.2").unwrap().media_type(), "a/b");
    assert!(structure.part("2").unwrap().is_message());
    assert!(structure.part("").unwrap().is_multipart());
    for wrong in ["1.3", "0", "1.1.1.1", "x", "2.x", "4294967297"] {
        assert!(structure.part(wrong).is_none(), "{wrong}");
    }
    let message = structure.part("2").unwrap();
    assert_eq!(message.body().unwrap().children().count(), 2);
    assert_eq!(
        message.envelope().unwrap().subject().as_deref(),
        Some("inner")
    );
    assert_eq!(message.walk().count(), 4);
    assert_eq!(message.body().unwrap().parent(), Some(message));
    assert_eq!(structure.root().children().count(), 3);
    assert_eq!(
        structure
            .find_text()
            .unwrap()
            .parameter("CHARSET")
            .as_deref(),
        Some("utf-8")
    );
}

#[test]
fn texts_are_chosen() {
    let rows: [(&[u8], Option<&str>); 5] = [
        (b" (\"text\" \"html\" NIL NIL NIL \"7bit\" 1 1)", Some("1")),
        (b" (\"text\" \"calendar\" NIL NIL NIL \"7bit\" 1 1)", Some("1")),
        (b" (\"image\" \"png\" NIL NIL NIL \"7bit\" 1)", None),
        (b" (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL (\"attachment\" NIL) NIL NIL)", None),
        (
            b" ((\"text\" \"plain\" (\"name\" \"a.txt\") NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 1 1) \"mixed\")",
            Some("2"),
        ),
    ];
    for (value, expected) in rows {
        let fetch = fetch(value);
        let text = fetch
            .body_structure()
            .unwrap()
            .find_text()
            .map(|part| part.number());
        assert_eq!(text.as_deref(), expected, "{}", value.escape_ascii());
    }
}

#[test]
fn depth_has_a_limit() {
    let leaf = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)";
    let nested = |depth: usize| {
        let (open, close) = ("(".repeat(depth), " \"mixed\")".repeat(depth));
        format!(" {open}{leaf}{close}")
    };
    let messages = |depth: usize| {
        let open = "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 NIL ".repeat(depth);
        format!(" {open}{leaf}{}", " 1)".repeat(depth))
    };
    for wire in [nested(100), messages(100)] {
        let fetch = fetch(wire.as_bytes());
        assert_eq!(lines(&fetch).len(), 101);
        let structure = fetch.body_structure().unwrap();
        let deepest = structure.walk().last().unwrap();
        assert_eq!(deepest.media_type(), "text/plain");
        assert_eq!(structure.part(&deepest.number()), Some(deepest));
        // None of these recurses.
        assert_eq!(structure, fetch.clone().body_structure().unwrap());
        assert!(format!("{fetch:?}").len() > 101);
    }
    for wire in [
        nested(101),
        messages(101),
        nested(100_000),
        messages(100_000),
    ] {
        let fetch = fetch(wire.as_bytes());
        assert_eq!(fetch.malformed()[0].why, "lists are nested too deep");
        assert!(fetch.body_structure().is_none());
    }
    let bomb = format!(
        "* 1 FETCH (UID 5 BODYSTRUCTURE {})\r\n",
        "(".repeat(1_000_000)
    );
    let fetch = decode(bomb.as_bytes());
    assert_eq!((fetch.uid(), fetch.malformed().len()), (Uid::new(5), 1));
}
