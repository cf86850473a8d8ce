//! Runs the example `decode` as in its documentation.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::{Value, json};

/// Passes `stream` to `cargo run -q -p imapclient-codec --example decode`.
fn decode(arguments: &[&str], stream: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO"))
        .args(["run", "-q", "-p", "imapclient-codec", "--example", "decode"])
        .arg("--")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let stream = stream.to_vec();
    // In a separate thread, since pipes have a limited capacity. The reader may close its end
    // early.
    let writer = thread::spawn(move || drop(stdin.write_all(&stream)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(output: &Output) -> String {
    assert!(
        output.stderr.is_empty(),
        "{:?}",
        output.stderr.escape_ascii()
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_good_stream() {
    let stream = "* OK [CAPABILITY IMAP4rev1] Привет\r\n\
         * 23 EXISTS\r\n\
         * 7 FETCH (UID 42 BODY[] {8}\r\n* 1 X\r\n\r FLAGS (\\Seen))\r\n\
         + go on\r\n\
         * XGURU (bytes {3}\r\n)\r\n)\r\n\
         my.own-Tag7 OK done {5}\r\n\
         * VANISHED (EARLIER) 3:5\r\n";
    let output = decode(&[], stream.as_bytes());
    assert_eq!(
        text(&output),
        "ok OK\n\
         ok EXISTS\n\
         ok FETCH\n\
         ok +\n\
         unknown XGURU\n\
         ok OK\n\
         ok VANISHED\n\
         7 responses, 6 ok, 1 unknown, 0 malformed\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_bad_stream() {
    let good = "* 1 EXISTS\r\n";
    // One malformed item among valid ones.
    let bad = "* 7 FETCH (UID 42 RFC822.SIZE -1 FLAGS (\\Seen))\r\n";
    let odd = "* X\u{9b}2JY\r\n";
    let short = "* 8 FETCH (BODY[] {99}\r\nabc";
    let stream = [good, bad, odd, "* SEARCH 1 x\r\n", good, short].concat();
    let output = decode(&[], stream.as_bytes());
    let at = |text: &str| stream.find(text).unwrap();
    assert_eq!(
        text(&output),
        format!(
            "ok EXISTS\n\
             malformed a number is missing at {}\n\
             unknown X\\u{{9b}}2JY\n\
             malformed a number was expected at {}\n\
             ok EXISTS\n\
             malformed the stream ends within a response at {}\n\
             6 responses, 2 ok, 1 unknown, 3 malformed\n",
            at("-1"),
            at("x\r\n"),
            at("* 8 FETCH"),
        )
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn nothing_and_too_much() {
    let output = decode(&[], b"");
    assert_eq!(text(&output), "0 responses, 0 ok, 0 unknown, 0 malformed\n");
    assert_eq!(output.status.code(), Some(0));

    let long = format!("* LIST () NIL {}\r\n* 1 EXISTS\r\n", "x".repeat(1_100_000));
    let output = decode(&[], long.as_bytes());
    let text = text(&output);
    assert!(text.starts_with("malformed over the limit: "), "{text}");
    assert!(
        text.ends_with(
            " bytes of text at 0\nok EXISTS\n2 responses, 1 ok, 0 unknown, 1 malformed\n"
        ),
        "{text}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn values_as_json() {
    let stream = "* 23 EXISTS\r\n* XFOO \u{9b}2J\r\n* SEARCH x\r\n* 7 FETCH (UID 42)\r\n";
    let output = decode(&["--json"], stream.as_bytes());
    let text = text(&output);
    assert!(!text.contains('\u{9b}'), "{text:?}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [exists, unknown, malformed, fetch, totals] = &lines[..] else {
        panic!("{text}")
    };
    assert_eq!(
        exists,
        &json!({ "ok": "EXISTS", "value": { "Exists": 23 } })
    );
    assert_eq!(unknown["unknown"], "XFOO");
    assert_eq!(unknown["value"]["Unknown"]["raw"], "* XFOO \u{9b}2J\r\n");
    assert_eq!(malformed["malformed"], "a number was expected");
    assert_eq!(malformed["at"], stream.find("x\r\n").unwrap());
    assert_eq!(fetch["value"]["Fetch"]["uid"], 42);
    assert_eq!(
        totals,
        &json!({ "responses": 4, "ok": 2, "unknown": 1, "malformed": 1 })
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_wrong_argument() {
    let output = decode(&["--yaml"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("usage: "));
}
