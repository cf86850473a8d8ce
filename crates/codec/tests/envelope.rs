//! ENVELOPE, as real servers send it.

use imapclient_codec::{
    Address, Decoder, Envelope, Fetch, Limits, OwnedEnvelope, RawResponse, Recipient, Response, Uid,
};

fn fetch(item: &[u8]) -> Fetch {
    let wire = [b"* 7 FETCH (UID 1 ", item, b" FLAGS (x))\r\n"].concat();
    match Decoder::new(Limits::default()).decode(&RawResponse::from(&wire[..])) {
        Response::Fetch(fetch) => {
            // A malformed item does not affect its neighbours.
            let flags = fetch.flags().map(imapclient_codec::Flags::len);
            assert_eq!((fetch.uid(), flags), (Uid::new(1), Some(1)), "{fetch:?}");
            fetch
        }
        other => panic!("{}: {other:?}", item.escape_ascii()),
    }
}

/// `value` is the text after `ENVELOPE`.
fn envelope(value: &[u8]) -> OwnedEnvelope {
    let fetch = fetch(&[b"ENVELOPE", value].concat());
    assert!(fetch.malformed().is_empty(), "{fetch:?}");
    fetch
        .into_envelope()
        .unwrap_or_else(|| panic!("{}", value.escape_ascii()))
}

/// Formats the values that are present in one line: date, subject, lists, In-Reply-To, Message-ID.
fn line(envelope: Envelope<'_>) -> String {
    let lossy = |raw: Option<&[u8]>| raw.map(|raw| String::from_utf8_lossy(raw).into_owned());
    let lists = [
        ("from", envelope.from()),
        ("sender", envelope.sender()),
        ("reply-to", envelope.reply_to()),
        ("to", envelope.to()),
        ("cc", envelope.cc()),
        ("bcc", envelope.bcc()),
    ];
    let mut words = Vec::new();
    words.extend(lossy(envelope.date_raw()).map(|date| format!("date={date}")));
    words.extend(lossy(envelope.subject_raw()).map(|subject| format!("subject={subject}")));
    for (name, list) in lists {
        if !list.is_empty() {
            words.push(format!("{name}={list}"));
        }
    }
    words.extend(envelope.in_reply_to().map(|id| format!("answers={id}")));
    words.extend(envelope.message_id().map(|id| format!("id={id}")));
    words.join("|")
}

#[test]
fn quirks() {
    let rows: [(&str, &[u8], &str); 38] = [
        (
            "RFC 9051",
            b" (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev2 WG mtg summary and minutes\" \
              ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
              ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
              ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
              ((NIL NIL \"imap\" \"cac.washington.edu\")) \
              ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) \
              NIL NIL \"<B27397-0100000@cac.washington.ed>\")",
            "date=Wed, 17 Jul 1996 02:23:25 -0700 (PDT)|subject=IMAP4rev2 WG mtg summary and minutes|\
             from=Terry Gray <gray@cac.washington.edu>|sender=Terry Gray <gray@cac.washington.edu>|\
             reply-to=Terry Gray <gray@cac.washington.edu>|to=imap@cac.washington.edu|\
             cc=minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>|\
             id=<B27397-0100000@cac.washington.ed>",
        ),
        ("all NIL", b" (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", ""),
        (
            "lower-case nil",
            b" (nil \"s\" nil nil nil nil nil nil nil nil)",
            "subject=s",
        ),
        (
            "pymap: literals, empty name",
            b" ({1}\r\nd {2}\r\ns) ((\"\" NIL {1}\r\na \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "date=d|subject=s)|from=a@d",
        ),
        (
            "bare words and numbers",
            b" (NIL 123 ((x NIL a d)) NIL NIL NIL NIL NIL NIL <a@b>)",
            "subject=123|from=x <a@d>|id=<a@b>",
        ),
        (
            "escapes",
            b" (NIL \"a \\\"b\\\" \\\\ c\" NIL NIL NIL NIL NIL NIL NIL \"\\\"\")",
            "subject=a \"b\" \\ c|id=\"",
        ),
        (
            "Dovecot, Cyrus, Outlook: 8-bit in quoted strings",
            "(NIL \"grüße\" ((\"Zoë\" NIL \"z\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)".as_bytes(),
            "subject=grüße|from=Zoë <z@d>",
        ),
        (
            "IMAPClient: no blank before a list",
            b" (\"d\" \"s\" NIL((NIL NIL \"a\" \"d\")) NIL NIL NIL NIL NIL NIL)",
            "date=d|subject=s|sender=a@d",
        ),
        (
            "no blank before the value",
            b"(\"d\" NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
            "date=d",
        ),
        (
            "double blanks everywhere (DavMail)",
            b"  ( \"d\"  \"s\"  ( ( \"n\"  NIL  \"a\"  \"d\" )  )  NIL NIL NIL NIL NIL  NIL  \"i\"  )",
            "date=d|subject=s|from=n <a@d>|id=i",
        ),
        (
            "line ends inside",
            b" (\"d\"\r\n \"s\" ((NIL NIL \"a\" \"d\")\r\n (NIL NIL \"b\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "date=d|subject=s|from=a@d, b@d",
        ),
        (
            "blanks between addresses",
            b" (NIL NIL ((NIL NIL \"a\" \"d\") (NIL NIL \"b\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "from=a@d, b@d",
        ),
        (
            "SmarterMail: NIL among addresses",
            b" (NIL NIL (NIL (NIL NIL \"a\" \"d\") NIL) NIL NIL NIL NIL NIL NIL NIL)",
            "from=a@d",
        ),
        (
            "nothing but NIL among addresses",
            b" (NIL \"s\" (NIL) NIL NIL NIL NIL NIL NIL NIL)",
            "subject=s",
        ),
        ("empty list", b" (NIL \"s\" () NIL NIL () NIL NIL NIL \"i\")", "subject=s|id=i"),
        ("empty string", b" (NIL \"s\" \"\" NIL \"\" NIL NIL NIL NIL \"i\")", "subject=s|id=i"),
        (
            "date that is none",
            b" (\"wtf\" \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)",
            "date=wtf|subject=s",
        ),
        (
            "group",
            b" (NIL NIL NIL NIL NIL ((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL)) \
              NIL NIL NIL NIL)",
            "to=undisclosed-recipients:;",
        ),
        (
            "group with members",
            b" (NIL NIL NIL NIL NIL ((NIL NIL \"A Group\" NIL)(\"E\" NIL \"e\" \"d\")(NIL NIL \"f\" \"d\")\
              (NIL NIL NIL NIL)(NIL NIL \"g\" \"d\")) NIL NIL NIL NIL)",
            "to=A Group: E <e@d>, f@d;, g@d",
        ),
        (
            "group without an end: a mailbox without a host",
            b" (NIL NIL ((NIL NIL \"root\" NIL)(NIL NIL \"a\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "from=root, a@d",
        ),
        (
            "end of a group that did not begin",
            b" (NIL NIL ((NIL NIL NIL NIL)(NIL NIL \"a\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "from=a@d",
        ),
        (
            "IMAPClient: mailbox without a host",
            b" (NIL NIL ((\"Anonymous\" NIL \"undisclosed-recipients\" NIL)) NIL NIL NIL NIL NIL NIL NIL)",
            "from=Anonymous <undisclosed-recipients>",
        ),
        (
            "Exchange: host without a mailbox",
            b" (NIL NIL ((\"Microsoft Exchange Server\" NIL NIL \".MISSING-HOST-NAME.\")) NIL NIL NIL NIL \
              NIL NIL NIL)",
            "from=Microsoft Exchange Server <.MISSING-HOST-NAME.>",
        ),
        (
            "Dovecot: MISSING_MAILBOX",
            b" (NIL NIL ((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")) NIL NIL NIL NIL NIL NIL NIL)",
            "from=MISSING_MAILBOX@MISSING_DOMAIN",
        ),
        (
            "Gmail: name and address swapped",
            b" (NIL NIL ((\"a@d\" NIL \"Mary Jane\" NIL)) NIL NIL NIL NIL NIL NIL NIL)",
            "from=\"a@d\" <\"Mary Jane\">",
        ),
        (
            "QQ: no Message-ID",
            b" (\"d\" \"s\" NIL NIL NIL NIL NIL NIL \"<r>\")",
            "date=d|subject=s|answers=<r>",
        ),
        (
            "QQ: no In-Reply-To and Message-ID",
            b" (\"d\" \"s\" ((NIL NIL \"a\" \"d\")) NIL NIL NIL NIL NIL)",
            "date=d|subject=s|from=a@d",
        ),
        ("two fields", b" (\"d\" \"s\")", "date=d|subject=s"),
        (
            "a field too many",
            b" (\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL \"<i>\" NIL (x))",
            "date=d|subject=s|id=<i>",
        ),
        (
            "addresses of three fields",
            b" (NIL NIL ((\"n\" \"a\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "from=n <a@d>",
        ),
        (
            "addresses of five fields",
            b" (NIL NIL ((\"n\" NIL \"a\" \"d\" \"x\")) NIL NIL NIL NIL NIL NIL NIL)",
            "from=n <a@d>",
        ),
        (
            "a list for a subject",
            b" (NIL (x y) NIL NIL NIL NIL NIL NIL NIL \"<i>\")",
            "id=<i>",
        ),
        (
            "quotation marks inside quotes",
            b" (\"d\" \"say \"hi\" to \"all\"\" ((\"M \"J\" x\" NIL \"a\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "date=d|subject=say \"hi\" to \"all\"|from=\"M \\\"J\\\" x\" <a@d>",
        ),
        (
            "QQ: backslash before the closing mark",
            b" (\"d\" \"s\\\" ((NIL NIL \"a\\\" \"d\")) NIL NIL NIL NIL NIL NIL \"<i>\")",
            "date=d|subject=s\\|from=\"a\\\\\"@d|id=<i>",
        ),
        (
            "backslashes that escape nothing",
            b" (NIL \"C:\\Temp \\[x\\]\" NIL NIL NIL NIL NIL NIL NIL NIL)",
            "subject=C:\\Temp \\[x\\]",
        ),
        (
            "NUL and control characters",
            b" (NIL \"a\0b\x01c\" NIL NIL NIL NIL NIL NIL NIL NIL)",
            "subject=a\0b\x01c",
        ),
        (
            "source route",
            b" (NIL NIL ((NIL \"@x,@y\" \"a\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)",
            "from=a@d",
        ),
        (
            "folded subject",
            b" (NIL {6}\r\na\r\n  b NIL NIL NIL NIL NIL NIL NIL NIL)",
            "subject=a\r\n  b",
        ),
    ];
    for (name, value, expected) in rows {
        let owned = envelope(value);
        assert_eq!(line(owned.view()), expected, "{name}");
    }
}

#[test]
fn what_is_no_envelope() {
    for value in [&b" NIL"[..], b" nil", b" ()", b" ( )"] {
        let fetch = fetch(&[b"ENVELOPE", value].concat());
        assert!(
            fetch.envelope().is_none() && fetch.malformed().is_empty(),
            "{fetch:?}"
        );
        // It counts as an answer nevertheless.
        assert!(!fetch.has_only_flags());
    }
    for (value, why) in [
        (&b"\"x\""[..], "an envelope is missing"),
        (b"x", "an envelope is missing"),
        // The length of the literal is wrong.
        (
            b"(NIL {2}\r\nsubject NIL NIL NIL NIL NIL NIL NIL NIL)",
            "a blank is missing",
        ),
        (b"(NIL \"s\" x NIL NIL NIL NIL NIL NIL NIL (((\x01)", ""),
    ] {
        let item = [b"ENVELOPE ", value].concat();
        let wire = [b"* 7 FETCH (UID 1 ", &item[..], b" FLAGS (x))\r\n"].concat();
        let Response::Fetch(fetch) =
            Decoder::new(Limits::default()).decode(&RawResponse::from(&wire[..]))
        else {
            panic!()
        };
        let [malformed] = fetch.malformed() else {
            panic!("{fetch:?}")
        };
        assert_eq!(
            (fetch.uid(), malformed.item.as_str()),
            (Uid::new(1), "ENVELOPE")
        );
        assert!(fetch.envelope().is_none());
        if !why.is_empty() {
            assert_eq!((malformed.why.as_str(), &*malformed.raw), (why, value));
            assert!(fetch.flags().is_some());
        }
    }
}

#[test]
fn text_is_decoded() {
    let owned = envelope(
        b" (\"Sun, 24 Mar 2013 22:06:10 +0200\" \"=?utf-8?q?gr=C3=BC?= =?utf-8?b?w59l?=\" \
          ((\"=?iso-8859-1?q?Doe,_Jos=E9?=\" NIL \"jose\" \"d.org\")(\"caf\xe9\" NIL \"x y\" \"d\")) \
          NIL NIL ((NIL NIL \"=?utf-8?q?Freunde_=C3=BC?=\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL \"<i>\\r\\n\")",
    );
    let envelope = owned.view();
    assert_eq!(envelope.subject().as_deref(), Some("grüße"));
    assert_eq!(
        envelope.date().unwrap().to_rfc3339(),
        "2013-03-24T22:06:10+02:00"
    );
    let from: Vec<Address<'_>> = envelope.from().collect();
    assert_eq!(from[0].name().as_deref(), Some("Doe, José"));
    assert_eq!(
        from[0].name_raw(),
        Some(&b"=?iso-8859-1?q?Doe,_Jos=E9?="[..])
    );
    assert_eq!(from[0].to_string(), "\"Doe, José\" <jose@d.org>");
    assert_eq!(from[0].email(), "jose@d.org");
    assert_eq!(from[1].to_string(), "café <\"x y\"@d>");
    let to: Vec<_> = envelope.to().recipients().collect();
    let [Recipient::Group { name, members }] = &to[..] else {
        panic!("{to:?}")
    };
    assert_eq!((&**name, members.count()), ("Freunde ü", 0));
    assert_eq!(envelope.to().count(), 0);
}

#[test]
fn addresses_cannot_end_their_header() {
    let owned = envelope(
        b" (NIL NIL (({12}\r\nx\r\nBcc: y@z! NIL {5}\r\na\r\nb) {4}\r\nd\r\nX)) NIL NIL NIL NIL NIL NIL NIL)",
    );
    let text = owned.view().from().to_string();
    assert!(!text.contains(['\r', '\n']), "{text:?}");
}

#[test]
fn owned_envelopes_hold_their_own_bytes() {
    let wire = b"* 7 FETCH (BODY[] {5}\r\nhello ENVELOPE (\"d\" \"a \\\"b\\\"\" \
        ((\"n\" NIL \"m\" \"h\")) NIL NIL NIL NIL NIL NIL \"<i>\"))\r\n";
    let Response::Fetch(fetch) =
        Decoder::new(Limits::default()).decode(&RawResponse::from(&wire[..]))
    else {
        panic!()
    };
    let owned = fetch.envelope().unwrap().into_owned();
    assert_eq!(owned.view(), fetch.envelope().unwrap());
    assert_eq!(
        line(owned.view()),
        "date=d|subject=a \"b\"|from=n <m@h>|id=<i>"
    );
    let other = envelope(b" (\"d\" {5}\r\na \"b\" ((n NIL m h)) () () NIL NIL NIL NIL \"<i>\")");
    assert_eq!(owned, other, "spelling does not matter");
    assert_eq!(format!("{owned:?}"), format!("{other:?}"));
    assert_eq!(fetch.into_envelope(), Some(owned));
}
