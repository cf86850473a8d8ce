//! SEARCH, as real servers send it.

use imapclient_codec::{Decoder, Limits, MessageNumber, RawResponse, Response, Search};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

#[test]
fn searches() {
    /// Name of the row, response, numbers, MODSEQ.
    type Row = (&'static str, &'static [u8], &'static [u32], Option<u64>);
    let rows: [Row; 14] = [
        ("usual", b"* SEARCH 2 3 6\r\n", &[2, 3, 6], None),
        ("empty", b"* SEARCH\r\n", &[], None),
        ("blank", b"* SEARCH \r\n", &[], None),
        ("blank at the end", b"* SEARCH 7456 \r\n", &[7456], None),
        ("double blanks", b"* SEARCH  1  2\r\n", &[1, 2], None),
        ("lower case", b"* search 1\r\n", &[1], None),
        ("lone LF", b"* SEARCH 1\n", &[1], None),
        (
            "no line end",
            b"* SEARCH 1 12345678",
            &[1, 12_345_678],
            None,
        ),
        (
            "all lengths",
            b"* SEARCH 1 22 333 4444 55555 666666 7777777 88888888 999999999 4294967295\r\n",
            {
                &[
                    1,
                    22,
                    333,
                    4444,
                    55555,
                    666_666,
                    7_777_777,
                    88_888_888,
                    999_999_999,
                    u32::MAX,
                ]
            },
            None,
        ),
        (
            "MODSEQ",
            b"* SEARCH 1 2 (MODSEQ 917162500)\r\n",
            &[1, 2],
            Some(917_162_500),
        ),
        (
            "MODSEQ without blank",
            b"* SEARCH 1 2(modseq 9)\r\n",
            &[1, 2],
            Some(9),
        ),
        ("MODSEQ alone", b"* SEARCH (MODSEQ 9)\r\n", &[], Some(9)),
        (
            "MODSEQ in the middle",
            b"* SEARCH 1 ( MODSEQ 9 ) 3\r\n",
            &[1, 3],
            Some(9),
        ),
        ("not in order", b"* SEARCH 3 1 2 1\r\n", &[3, 1, 2, 1], None),
    ];
    for (name, wire, numbers, modseq) in rows {
        let mut expected = Search::default();
        let numbers = numbers.iter().copied();
        expected.numbers = numbers.filter_map(MessageNumber::new).collect();
        expected.modseq = modseq;
        assert_eq!(decode(wire), Response::Search(expected), "{name}");
    }
    for wire in [
        &b"* SEARCH 1 x 2\r\n"[..],
        b"* SEARCH 1 4294967296\r\n",
        b"* SEARCH 12x4567 1\r\n",
        b"* SEARCH 1 (FOO 2)\r\n",
        b"* SEARCH 1 (MODSEQ\r\n",
    ] {
        assert!(
            matches!(decode(wire), Response::Malformed(_)),
            "{}",
            wire.escape_ascii()
        );
    }
}
