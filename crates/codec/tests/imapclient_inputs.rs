//! The inputs of the tests of `IMAPClient`, in Python, and our results. Rows 76 to 80 concern
//! writing and are in `commands/original.rs`. `docs/imapclient-parser-inputs.md` lists all of them.

use imapclient_codec::{
    Code, Decoder, Fetch, Flag, Flags, Frame, Framer, Limits, MessageNumber, NameEncoding,
    RawResponse, Response, Seq, Uid,
};

/// `bytes, pattern => value, expected;`: the bytes are a response that matches the pattern, and the
/// value is as expected.
macro_rules! inputs {
    ($($row:ident { $($wire:expr, $pattern:pat => $value:expr, $expected:expr;)+ })+) => {
        $(
            #[test]
            fn $row() {
                $(
                    let wire: &[u8] = $wire;
                    match decode(wire) {
                        $pattern => assert_eq!($value, $expected, "{}", wire.escape_ascii()),
                        other => panic!("{}: {other:?}", wire.escape_ascii()),
                    }
                )+
            }
        )+

        const ROWS: &[&str] = &[$(stringify!($row)),+];
    };
}

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

/// Returns the frames of a stream.
fn frames(stream: &[u8]) -> Vec<String> {
    let mut framer = Framer::new(Limits::default());
    framer.feed(stream);
    let mut frames = Vec::new();
    while let Some(frame) = framer.next_frame().unwrap() {
        let Frame::Response(message) = frame else {
            panic!("{frame:?}")
        };
        frames.push(String::from_utf8_lossy(&message).into_owned());
    }
    frames
}

/// Returns the values of message numbers.
fn values(numbers: impl IntoIterator<Item = MessageNumber>) -> Vec<u32> {
    numbers.into_iter().map(MessageNumber::get).collect()
}

/// Returns the media types of all parts.
fn types(fetch: &Fetch) -> String {
    let structure = fetch.body_structure().unwrap();
    let types: Vec<_> = structure.walk().map(|part| part.media_type()).collect();
    types.join(" ")
}

/// Returns the number of flags and the MODSEQ after merging a later response.
fn merged(mut fetch: Fetch, later: &[u8]) -> (Option<usize>, Option<u64>) {
    let Response::Fetch(later) = decode(later) else {
        panic!("no FETCH")
    };
    fetch.merge(later);
    (fetch.flags().map(Flags::len), fetch.modseq())
}

inputs! {
    row_01 {
        b"* 7 FETCH (X F.O:-O_0; FLAGS (\\Seen) UID 42)\r\n",
            Response::Fetch(f) => (&*f.unknown()[0].raw, f.flags().is_some_and(|flags| flags.contains(&Flag::Seen))), (&b"F.O:-O_0;"[..], true);
    }
    row_02 {
        b"* 7 FETCH (BODY[1] \"TEST\" BODY[2] \"\" UID 42)\r\n",
            Response::Fetch(f) => (f.section("1"), f.section("2")), (Some(&b"TEST"[..]), Some(&b""[..]));
    }
    row_03 {
        b"* 7 FETCH (RFC822.SIZE 45 UID 42)\r\n",
            Response::Fetch(f) => f.size(), Some(45);
        b"* 7 FETCH (RFC822.SIZE 0 UID 42)\r\n",
            Response::Fetch(f) => f.size(), Some(0);
    }
    row_04 {
        b"* 7 FETCH (RFC822.SIZE 0123 UID 42)\r\n",
            Response::Fetch(f) => f.size(), Some(123);
        b"* 7 FETCH (BODY[1] \"123\" UID 42)\r\n",
            Response::Fetch(f) => f.section("1"), Some(&b"123"[..]);
        b"* 7 FETCH (RFC822.SIZE -1 UID 42)\r\n",
            Response::Fetch(f) => (f.size(), f.malformed().len(), f.uid()), (None, 1, Uid::new(42));
        b"* 7 FETCH (RFC822.SIZE 12345678901234567890123 UID 42)\r\n",
            Response::Fetch(f) => (f.size(), f.malformed().len(), f.uid()), (None, 1, Uid::new(42));
    }
    row_05 {
        b"* 7 FETCH (BODY[1] NIL UID 42)\r\n",
            Response::Fetch(f) => (f.section("1"), f.sections().count()), (None, 1);
        b"* 7 FETCH (BODY[1] \"NIL\" UID 42)\r\n",
            Response::Fetch(f) => f.section("1"), Some(&b"NIL"[..]);
        b"* 7 FETCH (BODY[1] nil UID 42)\r\n",
            Response::Fetch(f) => (f.section("1"), f.sections().count()), (None, 1);
    }
    row_06 {
        b"* 7 FETCH (FLAGS () UID 42)\r\n",
            Response::Fetch(f) => f.flags().map(Flags::len), Some(0);
    }
    row_07 {
        b"* 7 FETCH (X (123 \"foo\" GeE) UID 42)\r\n",
            Response::Fetch(f) => &*f.unknown()[0].raw, br#"(123 "foo" GeE)"#;
    }
    row_08 {
        b"* 7 FETCH (X (123 \"foo\" ((0 1 2) \"more\" NIL) 66) UID 42)\r\n",
            Response::Fetch(f) => &*f.unknown()[0].raw, br#"(123 "foo" ((0 1 2) "more" NIL) 66)"#;
    }
    row_09 {
        b"* THREAD (1)(2 3)((4)(5))\r\n",
            Response::Thread(t) => t.numbers().collect::<Vec<_>>(), [1, 2, 3, 4, 5];
    }
    row_10 {
        b"* 7 FETCH ( FLAGS \t (\\Seen)\r\n  UID  42 )\r\n",
            Response::Fetch(f) => (f.uid(), f.flags().is_some()), (Uid::new(42), true);
    }
    row_11 {
        b"* 7 FETCH (UID 42)\r\n",
            Response::Fetch(f) => (f.seq(), frames(b"* 1 EXISTS\r\n* 2 EXISTS\r\n")), (Seq::new(7), vec!["* 1 EXISTS\r\n".to_owned(), "* 2 EXISTS\r\n".to_owned()]);
    }
    row_12 {
        b"* 7 FETCH (BODY[1] \"\\\"foo bar\\\"\" BODY[2] \"foo\\\\bar\" UID 42)\r\n",
            Response::Fetch(f) => (f.section("1"), f.section("2")), (Some(&b"\"foo bar\""[..]), Some(&b"foo\\bar"[..]));
    }
    row_13 {
        b"* 7 FETCH (BODY[1] \"aaa\\Zbbb\" UID 42)\r\n",
            Response::Fetch(f) => f.section("1"), Some(&b"aaa\\Zbbb"[..]);
    }
    row_14 {
        b"* 7 FETCH (UID 42 BODY[1] \"abc next\r\n",
            Response::Fetch(f) => (f.uid(), f.malformed()[0].item.as_str()), (Uid::new(42), "BODY[1]");
        b"* LIST () NIL \"\r\n",
            Response::List(l) => l.name.as_str(), "\"";
    }
    row_15 {
        b"* 7 FETCH (X foo\"bar\" UID 42)\r\n",
            Response::Fetch(f) => (f.uid(), f.unknown().len() + f.malformed().len() > 0), (Uid::new(42), true);
    }
    row_16 {
        b"* 7 FETCH (BODY[1] \"\xfc\" UID 42)\r\n",
            Response::Fetch(f) => f.section("1"), Some(&b"\xfc"[..]);
    }
    row_17 {
        b"* 7 FETCH (UID 42 BODY[1] \"a\r\n",
            Response::Fetch(f) => (f.uid(), f.malformed().len()), (Uid::new(42), 1);
    }
    row_18 {
        b"* 7 FETCH (BODY[HEADER.FIELDS (a b)] \"x\" UID 42)\r\n",
            Response::Fetch(f) => f.section("HEADER.FIELDS (A B)"), Some(&b"x"[..]);
    }
    row_19 {
        b"* 7 FETCH (UID 42 BODY[1 \"x\")\r\n",
            Response::Fetch(f) => (f.uid(), f.malformed()[0].why.as_str()), (Uid::new(42), "a bracket is not closed");
    }
    row_20 {
        b"* 7 FETCH (BODY[HEADER.FIELDS (X[Y])] 5 UID 42)\r\n",
            Response::Fetch(f) => f.section("HEADER.FIELDS (X[Y])"), Some(&b"5"[..]);
        b"* 7 FETCH (BODY[HEADER.FIELDS (\"a]b\")] \"x\" UID 42)\r\n",
            Response::Fetch(f) => f.sections().map(|s| (s.name.to_owned(), s.data.map(<[u8]>::to_vec))).collect::<Vec<_>>(), [("HEADER.FIELDS (\"a]b\")".to_owned(), Some(b"x".to_vec()))];
    }
    row_21 {
        b"* 7 FETCH (FLAGS (a]b) UID 42)\r\n",
            Response::Fetch(f) => f.flags().map(ToString::to_string), Some("(a]b)".to_owned());
    }
    row_22 {
        b"* 7 FETCH (UID 42 X (1 2\r\n",
            Response::Fetch(f) => (f.uid(), f.malformed()[0].why.as_str()), (Uid::new(42), "a list does not end");
    }
    row_23 {
        b"* 7 FETCH (UID 42 BODY[] {99}\r\nabc",
            Response::Fetch(f) => (f.uid(), f.malformed()[0].why.as_str(), frames(b"* 7 FETCH (UID 42 BODY[] {99}\r\nabc").len()), (Uid::new(42), "a literal is broken", 0);
    }
    row_24 {
        b"* 7 FETCH (BODY[] {3+}\r\nabc UID 42)\r\n",
            Response::Fetch(f) => f.body(), Some(&b"abc"[..]);
        b"* LIST () NIL {abc}\r\n",
            Response::List(l) => l.name.as_str(), "{abc}";
        b"* LIST () NIL {\r\n",
            Response::List(l) => l.name.as_str(), "{";
    }
    row_25 {
        b"* 7 FETCH (UID 42))\r\n",
            Response::Fetch(f) => (f.uid(), f.malformed()[0].why.as_str()), (Uid::new(42), "something follows the list of items");
    }
    row_26 {
        b"* LIST () NIL a%b\r\n",
            Response::List(l) => l.name.as_str(), "a%b";
        b"* LIST () NIL \"a\x01b\"\r\n",
            Response::List(l) => l.name.as_str(), "a\u{1}b";
    }
    row_27 {
        b"* 7 FETCH (BODY[] {18}\r\na\r\n\r\nbc) {5}\r\nxyz\r UID 42)\r\n",
            Response::Fetch(f) => f.body().map(<[u8]>::len), Some(18);
    }
    row_28 {
        b"* 7 FETCH (X (12 \"foo\" {3}\r\n)(\") UID 42)\r\n",
            Response::Fetch(f) => &*f.unknown()[0].raw, b"(12 \"foo\" {3}\r\n)(\")";
    }
    row_29 {
        b"* 7 FETCH (RFC822.TEXT {4}\r\nbody RFC822.HEADER {3}\r\na:b UID 42)\r\n",
            Response::Fetch(f) => (f.section("TEXT"), f.section("HEADER")), (Some(&b"body"[..]), Some(&b"a:b"[..]));
    }
    row_30 {
        b"* 7 FETCH (BODY[] {0}\r\n UID 42)\r\n",
            Response::Fetch(f) => f.body(), Some(&b""[..]);
    }
    row_31 {
        b"* 7 FETCH (BINARY[1] ~{3}\r\na\0b UID 42)\r\n",
            Response::Fetch(f) => f.binary("1"), Some(&b"a\0b"[..]);
    }
    row_32 {
        b"* 4 FETCH ()\r\n",
            Response::Fetch(f) => (f.seq(), f.has_only_flags(), f.flags()), (Seq::new(4), true, None);
    }
    row_33 {
        b"* 4 FETCH ()\r\n",
            Response::Fetch(f) => (f.seq(), frames(b"").len()), (Seq::new(4), 0);
    }
    row_34 {
        b"* abc FETCH ()\r\n",
            Response::Unknown(u) => u.name.as_str(), "ABC";
        b"* 2 FETCH WHAT\r\n",
            Response::Malformed(m) => m.why.as_str(), "a list of items is missing";
        b"* 2 FETCH\r\n",
            Response::Malformed(m) => m.why.as_str(), "a list of items is missing";
        b"* 2 FETCH (ONE)\r\n",
            Response::Fetch(f) => (f.seq(), f.malformed().len() + f.unknown().len()), (Seq::new(2), 1);
        b"* 2 FETCH (UID X FLAGS (a))\r\n",
            Response::Fetch(f) => (f.uid(), f.malformed().len(), f.flags().map(Flags::len)), (None, 1, Some(1));
    }
    row_35 {
        b"* 23 FETCH (ABC 123 StUfF \"hello\")\r\n",
            Response::Fetch(f) => f.unknown().iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["ABC", "STUFF"];
    }
    row_36 {
        b"* 23 FETCH (uiD 76)\r\n",
            Response::Fetch(f) => (f.seq(), f.uid()), (Seq::new(23), Uid::new(76));
    }
    row_37 {
        b"* 7 FETCH (FLAGS (\\Seen Stuff) UID 42)\r\n",
            Response::Fetch(f) => f.flags().map(ToString::to_string), Some("(\\Seen Stuff)".to_owned());
    }
    row_38 {
        b"* 2 FETCH (FLAGS (Foo))\r\n",
            Response::Fetch(f) => merged(f, b"* 2 FETCH (MODSEQ (4))\r\n"), (Some(1), Some(4));
    }
    row_39 {
        b"* 1 FETCH (FLAGS (x))\r\n",
            Response::Fetch(f) => (f.seq(), f.uid()), (Seq::new(1), None);
    }
    row_40 {
        b"* 7 FETCH (BODY[TEXT] {5}\r\nhello UID 42)\r\n",
            Response::Fetch(f) => f.section("text"), Some(&b"hello"[..]);
    }
    row_41 {
        b"* 7 FETCH (BODY[HEADER.FIELDS (from subject)] {1}\r\nx UID 42)\r\n",
            Response::Fetch(f) => f.section("HEADER.FIELDS (From Subject)"), Some(&b"x"[..]);
    }
    row_42 {
        b"* 7 FETCH (BODY[]<0> {1}\r\nx UID 42)\r\n",
            Response::Fetch(f) => (f.partial("", 0), f.body()), (Some(&b"x"[..]), None);
    }
    row_43 {
        b"* 7 FETCH (RFC822.HEADER NIL RFC822.SIZE 1 RFC822.SIZE 99999999999 FLAGS (123 007) UID 42)\r\n",
            Response::Fetch(f) => (f.section("HEADER"), f.size(), f.flags().map(ToString::to_string)), (None, Some(99_999_999_999), Some("(007 123)".to_owned()));
    }
    row_44 {
        b"* 7 FETCH (BODY(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1) UID 42)\r\n",
            Response::Fetch(f) => types(&f), "text/plain";
    }
    row_45 {
        b"* 7 FETCH (BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 5 1) \"MIXED\") UID 42)\r\n",
            Response::Fetch(f) => types(&f), "multipart/mixed text/plain text/html";
    }
    row_46 {
        b"* 7 FETCH (BODY (((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) \"alternative\") \"mixed\") UID 42)\r\n",
            Response::Fetch(f) => types(&f), "multipart/mixed multipart/alternative text/plain";
    }
    row_47 {
        b"* 7 FETCH (BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) {5}\r\nmixed) UID 42)\r\n",
            Response::Fetch(f) => types(&f), "multipart/mixed text/plain";
        b"* 7 FETCH (BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) NIL) UID 42)\r\n",
            Response::Fetch(f) => types(&f), "multipart/mixed text/plain";
        b"* 7 FETCH (BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 5 1)) UID 42)\r\n",
            Response::Fetch(f) => types(&f), "multipart/mixed text/plain text/html";
        b"* 7 FETCH (BODY () UID 42)\r\n",
            Response::Fetch(f) => (f.body_structure().is_none(), f.uid()), (true, Uid::new(42));
    }
    row_48 {
        b"* 7 FETCH (ENVELOPE (\"Sun, 24 Mar 2013 22:06:10 +0200\" \"s\" ((\"Mary Jane\" NIL \"mary\" \"jane.org\")) NIL (NIL (NIL NIL \"a\" \"d\")) NIL((NIL NIL \"c\" \"d\")) NIL NIL \"<m@x>\") UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| (e.date().unwrap().timestamp(), e.from().to_string(), e.reply_to().to_string(), e.cc().to_string(), e.message_id().unwrap().into_owned())), Some((1_364_155_570, "Mary Jane <mary@jane.org>".to_owned(), "a@d".to_owned(), "c@d".to_owned(), "<m@x>".to_owned()));
    }
    row_49 {
        b"* 7 FETCH (ENVELOPE (\"wtf\" \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| (e.date(), e.date_raw(), e.subject().unwrap().into_owned())), Some((None, Some(&b"wtf"[..]), "s".to_owned()));
    }
    row_50 {
        b"* 7 FETCH (ENVELOPE (NIL NIL (NIL (NIL NIL \"a\" \"d\")) NIL \"\" NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| (e.from().count(), e.sender().count(), e.reply_to().count())), Some((1, 0, 0));
    }
    row_51 {
        b"* 7 FETCH (ENVELOPE (NIL NIL NIL NIL NIL ((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| (e.to().count(), e.to().to_string())), Some((0, "undisclosed-recipients:;".to_owned()));
    }
    row_52 {
        b"* 7 FETCH (ENVELOPE (NIL \"s\" ((\"n\" NIL \"a\" \"b\" \"c\")) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => (f.uid(), f.envelope().is_some() || f.malformed().len() == 1), (Uid::new(42), true);
        b"* 7 FETCH (ENVELOPE (NIL \"s\" ((\"n\" NIL \"a\")) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => (f.uid(), f.envelope().is_some() || f.malformed().len() == 1), (Uid::new(42), true);
        b"* 7 FETCH (ENVELOPE (NIL \"s\") UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| e.subject().unwrap().into_owned()), Some("s".to_owned());
        b"* 7 FETCH (ENVELOPE NIL UID 42)\r\n",
            Response::Fetch(f) => (f.uid(), f.envelope().is_none()), (Uid::new(42), true);
        b"* 7 FETCH (ENVELOPE (NIL 123 NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| e.subject().unwrap().into_owned()), Some("123".to_owned());
    }
    row_53 {
        b"* 7 FETCH (ENVELOPE (NIL NIL ((\"Mary Jane\" NIL \"mary\" \"jane.org\")(\"Anonymous\" NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL \"host\")(\"J\xc3\xbcrgen\" NIL \"j\" \"x.de\")(\"Doe, Jane\" NIL \"jane\" \"x.de\")) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| e.from().map(|a| a.to_string()).collect::<Vec<_>>()), Some(vec!["Mary Jane <mary@jane.org>".to_owned(), "Anonymous <undisclosed-recipients>".to_owned(), "host".to_owned(), "Jürgen <j@x.de>".to_owned(), "\"Doe, Jane\" <jane@x.de>".to_owned()]);
    }
    row_54 {
        b"* 7 FETCH (INTERNALDATE \" 9-Feb-2007 17:08:08 -0430\" UID 42)\r\n",
            Response::Fetch(f) => f.internal_date().and_then(|d| d.date()).map(|d| d.to_rfc3339()), Some("2007-02-09T17:08:08-04:30".to_owned());
        b"* 7 FETCH (INTERNALDATE NIL UID 42)\r\n",
            Response::Fetch(f) => f.internal_date().and_then(|d| d.date()), None;
    }
    row_55 {
        b"* 7 FETCH (INTERNALDATE \"19-Feb-2007 17:08:08 0400\" UID 42)\r\n",
            Response::Fetch(f) => f.internal_date().and_then(|d| d.date()).map(|d| d.to_rfc3339()), Some("2007-02-19T17:08:08+04:00".to_owned());
    }
    row_56 {
        b"* 7 FETCH (ENVELOPE (\"Sat, 8 May 2010 16.03.09 +0200\" NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().and_then(|e| e.date()).map(|d| d.to_rfc3339()), Some("2010-05-08T16:03:09+02:00".to_owned());
        b"* 7 FETCH (ENVELOPE (\"Wednesday,18 August 2010 16.03.09 -0200\" NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().and_then(|e| e.date()).map(|d| d.to_rfc3339()), Some("2010-08-18T16:03:09-02:00".to_owned());
    }
    row_57 {
        b"* 7 FETCH (ENVELOPE (\"ABC\" NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().map(|e| (e.date(), e.date_raw())), Some((None, Some(&b"ABC"[..])));
        b"* 7 FETCH (ENVELOPE (\"8 May 10 16:03:09 EST\" NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().and_then(|e| e.date()).map(|d| d.to_rfc3339()), Some("2010-05-08T16:03:09-05:00".to_owned());
        b"* 7 FETCH (ENVELOPE (\"Sat, 8 May 2010 16:03:09 -0000 (UTC)\" NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().and_then(|e| e.date()).map(|d| d.to_rfc3339()), Some("2010-05-08T16:03:09+00:00".to_owned());
        b"* 7 FETCH (ENVELOPE (\"30 Feb 2010 16:03:09 +0000\" NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
            Response::Fetch(f) => f.envelope().and_then(|e| e.date()), None;
    }
    row_58 {
        b"* 7 FETCH (INTERNALDATE \"02-Jan-2009 03:04:05 +0230\" UID 42)\r\n",
            Response::Fetch(f) => f.internal_date().and_then(|d| d.date()).map(|d| d.to_rfc3339()), Some("2009-01-02T03:04:05+02:30".to_owned());
    }
    row_59 {
        b"* SEARCH 1 2 3 (modseq 999)\r\n",
            Response::Search(s) => (values(s.numbers), s.modseq), (vec![1, 2, 3], Some(999));
        b"* SEARCH 1 2 3(modseq 999)\r\n",
            Response::Search(s) => (values(s.numbers), s.modseq), (vec![1, 2, 3], Some(999));
        b"* SEARCH 1 2 (modseq 9) 3 4\r\n",
            Response::Search(s) => (values(s.numbers), s.modseq), (vec![1, 2, 3, 4], Some(9));
    }
    row_60 {
        b"* SEARCH\r\n",
            Response::Search(s) => s.numbers.len(), 0;
        b"* SEARCH   1  2 \r\n",
            Response::Search(s) => s.numbers, [1, 2];
        b"* SEARCH (MODSEQ 5)\r\n",
            Response::Search(s) => (s.numbers.len(), s.modseq), (0, Some(5));
        b"* SEARCH 1 2 foo\r\n",
            Response::Malformed(m) => m.why.as_str(), "a number was expected";
    }
    row_61 {
        b"* LIST (\\HasNoChildren) \"/\" 123\r\n",
            Response::List(l) => l.name.as_str(), "123";
    }
    row_62 {
        b"* LIST () \"/\" {5}\r\na b\"c\r\n",
            Response::List(l) => l.name.as_str(), "a b\"c";
    }
    row_63 {
        b"* LIST () \"/\" \"Test \\\"Folder\\\"\"\r\n",
            Response::List(l) => l.name.as_str(), "Test \"Folder\"";
        b"* LIST () \"/\" \"\\\"Left\\\\Right\\\"\"\r\n",
            Response::List(l) => l.name.as_str(), "\"Left\\Right\"";
    }
    row_64 {
        b"* LIST () \"/\" \"Hello&AP8-world\"\r\n",
            Response::List(l) => (l.name.as_str().to_owned(), l.name.wire(NameEncoding::Utf7).into_owned()), ("Hello\u{ff}world".to_owned(), b"Hello&AP8-world".to_vec());
    }
    row_65 {
        b"* LIST () \"/\" x\r\n",
            Response::List(l) => (l.name.as_str(), frames(b"").len()), ("x", 0);
    }
    row_66 {
        b"* LIST () NIL x\r\n",
            Response::List(l) => l.delimiter, None;
        b"* LIST () \"\\\\\" x\r\n",
            Response::List(l) => l.delimiter, Some('\\');
    }
    row_67 {
        b"* OK [PERMANENTFLAGS (\\Flagged abc [foo]/bar def \\*)] Flags permitted\r\n",
            Response::Status(s) => s.code, Some(Code::PermanentFlags(Flags::from(["\\Flagged", "abc", "[foo]/bar", "def", "\\*"])));
        b"* 3 exists\r\n",
            Response::Exists(n) => n, 3;
        b"* OK [FOO a b] x\r\n",
            Response::Status(s) => matches!(s.code, Some(Code::Other { name, .. }) if name == "FOO"), true;
    }
    row_68 {
        b"* STATUS {3}\r\nfoo (UIDNEXT 4)\r\n",
            Response::MailboxStatus(m) => (m.name.as_str().to_owned(), m.uid_next), ("foo".to_owned(), Uid::new(4));
        b"* STATUS My files (UIDNEXT 24369)\r\n",
            Response::MailboxStatus(m) => (m.name.as_str().to_owned(), m.uid_next), ("My files".to_owned(), Uid::new(24369));
    }
    row_69 {
        b"* ACL INBOX Fred rwipslda Sally rwip\r\n",
            Response::Acl(a) => a.entries.iter().map(|(who, rights)| format!("{who}={rights}")).collect::<Vec<_>>(), ["Fred=adilprsw", "Sally=iprw"];
    }
    row_70 {
        b"* QUOTA \"\" (STORAGE 10 512 MESSAGE 1 2)\r\n",
            Response::Quota(q) => q.resources.len(), 2;
        b"* QUOTAROOT INBOX a b\r\n",
            Response::QuotaRoot(q) => q.roots, ["a", "b"];
    }
    row_71 {
        b"* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\")) ((\"#shared/\" \"/\") (\"#public/\" \"/\")(\"#ftp/\" \"/\")(\"#news.\" \".\"))\r\n",
            Response::Namespace(n) => (n.personal.len(), n.other_users.len(), n.shared.len()), (1, 1, 4);
        b"* NAMESPACE NIL NIL ((\"&AP8-/\" \"/\"))\r\n",
            Response::Namespace(n) => (n.personal.len(), n.shared[0].prefix.as_str().to_owned()), (0, "\u{ff}/".to_owned());
    }
    row_72 {
        b"* THREAD (1 2)(3)(4 5 6)\r\n",
            Response::Thread(t) => t.walk().map(|(depth, node)| (depth, node.number().map(MessageNumber::get))).collect::<Vec<_>>(), [(0, Some(1)), (1, Some(2)), (0, Some(3)), (0, Some(4)), (1, Some(5)), (2, Some(6))];
    }
    row_73 {
        b"* ENABLED\r\n",
            Response::Enabled(c) => c.iter().count(), 0;
    }
    row_74 {
        b"* 1 FETCH (FLAGS (Foo) UID 1)\r\n",
            Response::Fetch(f) => merged(f, b"* 1 FETCH (UID 1 OTHER (x) MODSEQ (4))\r\n"), (Some(1), Some(4));
    }
    row_75 {
        br#"* LIST () NIL "Stuff &- Things""#,
            Response::List(l) => l.name.as_str(), "Stuff & Things";
        br#"* LIST () NIL "Hello&AP8-world""#,
            Response::List(l) => l.name.as_str(), "Hello\u{ff}world";
        br#"* LIST () NIL "&AP8A,gD9APw-""#,
            Response::List(l) => l.name.as_str(), "\u{ff}\u{fe}\u{fd}\u{fc}";
        br#"* LIST () NIL "~peter/mail/&ZeVnLIqe-/&U,BTFw-""#,
            Response::List(l) => l.name.as_str(), "~peter/mail/日本語/台北";
        br#"* LIST () NIL "&AAA-foo""#,
            Response::List(l) => l.name.as_str(), "\0foo";
        br#"* LIST () NIL "foo&AA0ACgAK-bar&AAo-""#,
            Response::List(l) => l.name.as_str(), "foo\r\n\nbar\n";
        br#"* LIST () NIL "&AP8""#,
            Response::List(l) => l.name.as_str(), "\u{ff}";
        br#"* LIST () NIL "&AGE-""#,
            Response::List(l) => l.name.as_str(), "a";
        br#"* LIST () NIL "&2D3eAA-""#,
            Response::List(l) => l.name.as_str(), "😀";
        br#"* LIST () NIL "&""#,
            Response::List(l) => l.name.as_str(), "&";
        br#"* LIST () NIL "+AP8-""#,
            Response::List(l) => l.name.as_str(), "+AP8-";
        br#"* LIST () NIL "&ZeVnLIqe /x""#,
            Response::List(l) => l.name.as_str(), "&ZeVnLIqe /x";
        br#"* LIST () NIL "&&-""#,
            Response::List(l) => l.name.as_str(), "&&-";
        br#"* LIST () NIL "&!!!-""#,
            Response::List(l) => l.name.as_str(), "&!!!-";
        br#"* LIST () NIL "&AA-""#,
            Response::List(l) => l.name.as_str(), "&AA-";
        br#"* LIST () NIL "&,,,-""#,
            Response::List(l) => l.name.as_str(), "\u{ffff}";
    }
}

/// The page has every row once, and names the existing tests.
#[test]
fn the_page_is_complete() {
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/imapclient-parser-inputs.md"
    );
    let page = std::fs::read_to_string(page).unwrap();
    let numbers: Vec<u32> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    assert_eq!(numbers, (1..=80).collect::<Vec<_>>());
    let tests: Vec<_> = (1..=75).map(|row| format!("row_{row:02}")).collect();
    assert_eq!(ROWS, tests);
}
