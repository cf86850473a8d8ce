//! What hostile servers send costs neither memory nor time.

use imapclient_codec::{Decoder, Limits, Message, Response};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&Message::from(wire))
}

#[test]
fn limits_hold() {
    let limits = Limits {
        depth: 3,
        items: 4,
        ..Limits::default()
    };
    let decode = |wire: &[u8]| Decoder::new(limits).decode(&Message::from(wire));
    let Response::Fetch(deep) = decode(b"* 7 FETCH (UID 5 X ((((a)))) FLAGS (x))\r\n") else {
        panic!()
    };
    assert_eq!(
        (deep.uid(), deep.malformed()[0].why.as_str()),
        (Some(5), "lists are nested too deep")
    );
    let Response::Fetch(long) = decode(b"* 7 FETCH (UID 5 A 1 B 2 C 3 D 4)\r\n") else {
        panic!()
    };
    assert_eq!(
        (long.unknown().len(), long.malformed()[0].why.as_str()),
        (3, "too many items")
    );
    assert!(matches!(
        decode(b"* FLAGS (a b c d e)\r\n"),
        Response::Malformed(_)
    ));
    assert!(matches!(
        decode(b"* LIST (a b c d e) NIL x\r\n"),
        Response::Malformed(_)
    ));
    assert!(matches!(
        decode(b"* STATUS x (A 1 B 2 C 3 D 4 E 5)\r\n"),
        Response::Malformed(_)
    ));
    let many = "(".repeat(1_000_000);
    let bomb = format!("* 7 FETCH (UID 5 X {many})\r\n");
    let Response::Fetch(fetch) = decode(bomb.as_bytes()) else {
        panic!()
    };
    assert_eq!(fetch.uid(), Some(5));
}

#[test]
fn hostile_lines_cost_linear_time() {
    // Each of these once looked like a case for a scan per item.
    let filled = |unit: &str| unit.repeat(1_000_000 / unit.len());
    for line in [
        format!("* 1 FETCH ({})\r\n", filled("X[(] ")),
        format!("* 1 FETCH ({})\r\n", filled("X \"")),
        format!("* 1 FETCH ({})\r\n", filled("BODY[] {1 ")),
        format!("* 1 FETCH ({})\r\n", filled("UID 0 ")),
        format!("* 1 FETCH (FLAGS ({}))\r\n", filled("a ")),
        format!(
            "* FLAGS ({})\r\n",
            (0..90_000).map(|n| format!("k{n} ")).collect::<String>()
        ),
        format!("* LIST () NIL {}\r\n", filled(" (a")),
        format!("* STATUS {}\r\n", filled(" (a) ")),
        format!("* OK {}\r\n", filled("[\"(")),
        format!("* CAPABILITY {}\r\n", filled("LITERAL + ")),
        format!("* SEARCH {}\r\n", filled(" ")),
        format!("* OK [COPYUID 1 {} 1]\r\n", filled("3,1,")),
    ] {
        // Were any of these read in quadratic time, this would not come back.
        drop(decode(line.as_bytes()));
    }
}
