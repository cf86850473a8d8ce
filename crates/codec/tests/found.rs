//! ESEARCH, SORT and THREAD, as real servers send them.

use imapclient_codec::{
    ContextUpdate, Decoder, Esearch, Limits, MessageNumber, RawResponse, Response, Tag, Thread,
};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

fn esearch(wire: &[u8]) -> Esearch {
    match decode(wire) {
        Response::Esearch(found) => *found,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

/// Formats the values that are present, in the order of the fields.
fn words(found: &Esearch) -> String {
    let mut words = Vec::new();
    let mut word = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| format!("{name}={value}")));
    };
    word("tag", found.tag.as_ref().map(Tag::to_string));
    word("mailbox", found.mailbox.as_ref().map(ToString::to_string));
    word("uidvalidity", found.uid_validity.map(|n| n.to_string()));
    word("uid", found.uid.then(|| "yes".to_owned()));
    word("min", found.min.map(|n| n.to_string()));
    word("max", found.max.map(|n| n.to_string()));
    word("count", found.count.map(|n| n.to_string()));
    word("all", found.all.as_ref().map(ToString::to_string));
    word("modseq", found.modseq.map(|n| n.to_string()));
    let page = found.partial.as_ref();
    word(
        "page",
        page.map(|p| format!("{}:{}={}", p.first, p.last, p.found)),
    );
    let updates = |all: &[ContextUpdate]| -> Option<String> {
        let words: Vec<_> = all
            .iter()
            .map(|u| format!("{}@{}", u.messages, u.position))
            .collect();
        (!all.is_empty()).then(|| words.join("+"))
    };
    word("added", updates(&found.added));
    word("removed", updates(&found.removed));
    word(
        "relevancy",
        (!found.relevancy.is_empty()).then(|| format!("{:?}", found.relevancy)),
    );
    for item in &found.unknown {
        word(
            &item.name,
            Some(String::from_utf8_lossy(&item.raw).into_owned()),
        );
    }
    for bad in &found.malformed {
        let raw = String::from_utf8_lossy(&bad.raw);
        word(
            &format!("!{}", bad.item),
            Some(format!("{raw} ({})", bad.why)),
        );
    }
    words.join(" ")
}

#[test]
fn esearches() {
    let rows: [(&str, &[u8], &str); 31] = [
        (
            "RFC 4731",
            b"* ESEARCH (TAG \"A282\") MIN 2 COUNT 3\r\n",
            "tag=A282 min=2 count=3",
        ),
        (
            "RFC 9051",
            b"* ESEARCH (TAG \"A283\") ALL 2,10:11\r\n",
            "tag=A283 all=2,10:11",
        ),
        ("UIDs", b"* ESEARCH (TAG \"A285\") UID MIN 7 MAX 3800\r\n", "tag=A285 uid=yes min=7 max=3800"),
        ("nothing found", b"* ESEARCH (TAG \"A284\")\r\n", "tag=A284"),
        ("Exchange, RETURN ()", b"* ESEARCH\r\n", ""),
        ("Exchange, RETURN (), blank", b"* ESEARCH (TAG \"A\") UID \r\n", "tag=A uid=yes"),
        ("count of nothing", b"* ESEARCH (TAG \"A\") COUNT 0\r\n", "tag=A count=0"),
        ("no tag", b"* ESEARCH UID COUNT 17 ALL 4:18,21,28\r\n", "uid=yes count=17 all=4:18,21,28"),
        ("bare tag, lower case", b"* esearch (tag A1) uid all 5\r\n", "tag=A1 uid=yes all=5"),
        (
            "Cyrus, after SORT",
            b"* ESEARCH (TAG \"a\") UID ALL 7,1:6\r\n",
            "tag=a uid=yes all=7,1:6",
        ),
        (
            "RFC 7162",
            b"* ESEARCH (TAG \"a\") ALL 1:3,5 MODSEQ 1236\r\n",
            "tag=a all=1:3,5 modseq=1236",
        ),
        ("MODSEQ in parentheses", b"* ESEARCH ALL 1 MODSEQ (5)\r\n", "all=1 modseq=5"),
        (
            "RFC 5267, page",
            b"* ESEARCH (TAG \"A01\") UID PARTIAL (-1:-100 200:250,252:300)\r\n",
            "tag=A01 uid=yes page=-1:-100=200:250,252:300",
        ),
        (
            "RFC 9394, page of nothing",
            b"* ESEARCH (TAG \"B\") PARTIAL (24000:24500 NIL)\r\n",
            "tag=B page=24000:24500=",
        ),
        (
            "page, odd spacing",
            b"* ESEARCH PARTIAL ( 1:2  7,5 ) COUNT 2\r\n",
            "count=2 page=1:2=7,5",
        ),
        (
            "RFC 5267, updates",
            b"* ESEARCH (TAG \"C01\") UID ADDTO (1 2733 1 2732) REMOVEFROM (0 32768)\r\n",
            "tag=C01 uid=yes added=2733@1+2732@1 removed=32768@0",
        ),
        (
            "Dovecot, in the middle of another command",
            b"* ESEARCH (TAG \"a50\") UID REMOVEFROM (0 2)\r\n",
            "tag=a50 uid=yes removed=2@0",
        ),
        (
            "several updates of one kind",
            b"* ESEARCH ADDTO (1 5:7) ADDTO (2 9)\r\n",
            "added=5:7@1+9@2",
        ),
        (
            "RFC 7377",
            b"* ESEARCH (TAG \"tag1\" MAILBOX \"folder1\" UIDVALIDITY 1) UID ALL 4001,4003,4005\r\n",
            "tag=tag1 mailbox=folder1 uidvalidity=1 uid=yes all=4001,4003,4005",
        ),
        (
            "RFC 7377, literal name",
            b"* ESEARCH (MAILBOX {3}\r\na b TAG x) COUNT 1\r\n",
            "tag=x mailbox=a b count=1",
        ),
        (
            "RFC 6203",
            b"* ESEARCH (TAG \"a\") ALL 1,5,10 RELEVANCY (4 99 42)\r\n",
            "tag=a all=1,5,10 relevancy=[4, 99, 42]",
        ),
        (
            "items of tomorrow",
            b"* ESEARCH (TAG \"a\" X-NEW y) X-LIST (1 (2)) X-SET 1:5 COUNT 1\r\n",
            "tag=a count=1 X-NEW=y X-LIST=(1 (2)) X-SET=1:5",
        ),
        ("an item of tomorrow without a value", b"* ESEARCH COUNT 1 X-NEW \r\n", "count=1 X-NEW="),
        (
            "two lists of all",
            b"* ESEARCH ALL 5:7 ALL 1\r\n",
            "all=5:7,1",
        ),
        (
            "one broken, others good",
            b"* ESEARCH (TAG \"a\") MIN 0 MAX 4294967296 ALL 1:* COUNT 3\r\n",
            "tag=a count=3 !MIN=0 (there is no message 0) !MAX=4294967296 (a number is too large) \
             !ALL=1:* (a `*` among messages that were found)",
        ),
        (
            "broken lists",
            b"* ESEARCH PARTIAL (x 1) ADDTO (1 2 x) RELEVANCY (1 101) COUNT 3\r\n",
            "count=3 !PARTIAL=(x 1) (a range of places is missing) \
             !ADDTO=(1 2 x) (a number is missing) !RELEVANCY=(1 101) (a score over 100)",
        ),
        (
            "broken correlator",
            b"* ESEARCH (TAG \"a b\" UIDVALIDITY x MAILBOX y) COUNT 3\r\n",
            "mailbox=y count=3 !TAG=\"a b\" (not a tag) !UIDVALIDITY=x (a number is missing)",
        ),
        ("ALL of nothing", b"* ESEARCH (TAG \"a\") ALL\r\n", "tag=a !ALL= (the set is empty)"),
        ("no blanks", b"* ESEARCH(TAG \"a\")UID COUNT 1\r\n", "tag=a uid=yes count=1"),
        ("double blanks", b"* ESEARCH  (TAG  \"a\" )  UID  COUNT  1  \r\n", "tag=a uid=yes count=1"),
        ("huge ranges", b"* ESEARCH ALL 1:4294967295 COUNT 4294967296\r\n", "count=4294967296 all=1:4294967295"),
    ];
    for (name, wire, expected) in rows {
        assert_eq!(words(&esearch(wire)), expected, "{name}");
    }
    for wire in [
        &b"* ESEARCH (TAG \"a\r\n"[..],
        b"* ESEARCH (TAG \"a\" \r\n",
        b"* ESEARCH COUNT 1 )\r\n",
        b"* ESEARCH ALL (1\r\n",
    ] {
        assert!(
            matches!(decode(wire), Response::Malformed(_)),
            "{}: {:?}",
            wire.escape_ascii(),
            decode(wire)
        );
    }
}

#[test]
fn sorts() {
    type Row = (&'static str, &'static [u8], &'static [u32], Option<u64>);
    let rows: [Row; 6] = [
        ("RFC 5256", b"* SORT 2 84 882\r\n", &[2, 84, 882], None),
        ("nothing found", b"* SORT\r\n", &[], None),
        ("trailing blank", b"* SORT 1 2 \r\n", &[1, 2], None),
        (
            "order is kept",
            b"* sort 5 3 4 1 2\r\n",
            &[5, 3, 4, 1, 2],
            None,
        ),
        (
            "RFC 7162",
            b"* SORT 2 84 (MODSEQ 917162500)\r\n",
            &[2, 84],
            Some(917_162_500),
        ),
        ("lone LF", b"* SORT 9\n", &[9], None),
    ];
    for (name, wire, numbers, modseq) in rows {
        let Response::Sort(sorted) = decode(wire) else {
            panic!("{name}")
        };
        assert_eq!(sorted.numbers, numbers, "{name}");
        assert_eq!(sorted.modseq, modseq, "{name}");
    }
    assert!(matches!(decode(b"* SORT 1 x\r\n"), Response::Malformed(_)));
}

fn thread(wire: &[u8]) -> Thread {
    match decode(wire) {
        Response::Thread(thread) => thread,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

/// Formats a forest as in `3(4 5(6))`: each message with its replies.
fn forest(thread: &Thread) -> String {
    let mut text = String::new();
    let mut last = None;
    for (depth, node) in thread.walk() {
        match last {
            Some(last) if depth > last => text.push('('),
            Some(last) => {
                text.push_str(&")".repeat(last - depth));
                text.push(' ');
            }
            None => {}
        }
        text += &node
            .number()
            .map_or_else(|| "?".to_owned(), |number| number.to_string());
        last = Some(depth);
    }
    text + &")".repeat(last.unwrap_or(0))
}

#[test]
fn threads() {
    let rows: [(&str, &[u8], &str); 14] = [
        (
            "IMAPClient",
            b"* THREAD (1 2)(3)(4 5 6)\r\n",
            "1(2) 3 4(5(6))",
        ),
        (
            "RFC 5256",
            b"* THREAD (2)(3 6 (4 23)(44 7 96))\r\n",
            "2 3(6(4(23) 44(7(96))))",
        ),
        ("missing root", b"* THREAD ((3)(5))\r\n", "?(3 5)"),
        (
            "missing in the middle",
            b"* THREAD (1 ((3)(5))(7))\r\n",
            "1(?(3 5) 7)",
        ),
        (
            "missing twice",
            b"* THREAD (((3)(4))(5))\r\n",
            "?(?(3 4) 5)",
        ),
        ("nothing found", b"* THREAD\r\n", ""),
        ("nothing found, blank", b"* THREAD \r\n", ""),
        (
            "blanks between",
            b"* THREAD (1) (2)  ( 3 4 ) \r\n",
            "1 2 3(4)",
        ),
        ("no blank", b"* THREAD(166)(167)(168)\r\n", "166 167 168"),
        ("one answer in a list", b"* THREAD (1 (2))\r\n", "1(2)"),
        (
            "blank before a list",
            b"* thread (1 2(3)(4))\n",
            "1(2(3 4))",
        ),
        ("an empty list", b"* THREAD ()(1)\r\n", "1"),
        ("an empty list in a list", b"* THREAD (1 ())\r\n", "1"),
        (
            "the highest number",
            b"* THREAD (4294967295 1)\r\n",
            "4294967295(1)",
        ),
    ];
    for (name, wire, expected) in rows {
        assert_eq!(forest(&thread(wire)), expected, "{name}");
    }
    for (wire, at, why) in [
        (&b"* THREAD 1 2\r\n"[..], 9, "a list is missing"),
        (b"* THREAD (1 2\r\n", 15, "a list does not end"),
        (b"* THREAD (1))\r\n", 12, "a list is missing"),
        (b"* THREAD (1 x)\r\n", 12, "a list does not end"),
        (b"* THREAD (1 (2) 3)\r\n", 16, "a list does not end"),
        (b"* THREAD (4294967296)\r\n", 10, "a number is too large"),
    ] {
        let Response::Malformed(bad) = decode(wire) else {
            panic!("{}", wire.escape_ascii())
        };
        assert_eq!(
            (bad.at, bad.why.as_str()),
            (at, why),
            "{}",
            wire.escape_ascii()
        );
    }
}

#[test]
fn threads_are_walked_in_all_directions() {
    let thread = thread(b"* THREAD (1 2 (3)(4 5)(6))(7)((8)(9))\r\n");
    let numbers = |nodes: Vec<imapclient_codec::ThreadNode<'_>>| -> Vec<Option<u32>> {
        let numbers = nodes.into_iter().map(|node| node.number());
        numbers.map(|number| number.map(u32::from)).collect()
    };
    assert_eq!(numbers(thread.roots().collect()), [Some(1), Some(7), None]);
    assert_eq!(
        thread.numbers().collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6, 7, 8, 9]
    );
    assert_eq!((thread.len(), thread.is_empty()), (10, false));
    let two = thread.roots().next().unwrap().children().next().unwrap();
    assert_eq!(
        numbers(two.children().collect()),
        [Some(3), Some(4), Some(6)]
    );
    let parent = two.parent().and_then(|node| node.number());
    assert_eq!(parent, MessageNumber::new(1));
    for (depth, node) in thread.walk() {
        let above = std::iter::successors(node.parent(), |node| node.parent()).count();
        assert_eq!(above, depth);
        for child in node.children() {
            assert_eq!(child.parent().map(|up| up.number()), Some(node.number()));
        }
    }
}

#[test]
fn deep_and_wide_threads() {
    // A chain of replies needs no parentheses, so its depth is not limited.
    let chain: Vec<_> = (1..=200_000_u32).map(|n| n.to_string()).collect();
    let chain = thread(format!("* THREAD ({})\r\n", chain.join(" ")).as_bytes());
    assert_eq!(chain.walk().last().unwrap().0, 199_999);
    let wide: String = (2..=200_000_u32).map(|n| format!("({n})")).collect();
    let wide = thread(format!("* THREAD (1 {wide})\r\n").as_bytes());
    assert_eq!(wide.roots().next().unwrap().children().count(), 199_999);

    let nested = |depth: usize| {
        format!(
            "* THREAD {}7{}\r\n",
            "(1 ".repeat(depth - 1) + "(",
            ")".repeat(depth)
        )
    };
    for (depth, good) in [(99, true), (100, true), (101, false), (100_000, false)] {
        let response = decode(nested(depth).as_bytes());
        match response {
            Response::Thread(thread) => {
                assert!(good);
                assert_eq!(thread.len(), depth);
            }
            Response::Malformed(bad) => {
                assert!(!good);
                assert_eq!(bad.why, "lists are nested too deep");
            }
            other => panic!("{other:?}"),
        }
    }
}
