//! Tests of the spellings that are recognised, and of texts that are not secrets.

use super::*;

const SECRETS: [&str; 6] = [
    "sekret",
    "hunter2hunter2",
    r#"pa"ss\word"#,
    "pässwörd",
    "a b+c/d=e%f",
    "ya29.a0ARrdaM_-x",
];

fn of(secret: &str) -> Echo {
    let mut echo = Echo::new();
    echo.add(secret.as_bytes());
    echo
}

fn percent(text: &str, all: bool, upper: bool) -> String {
    let encode = |byte: u8| match byte {
        byte if !all && byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte if upper => format!("%{byte:02X}"),
        byte => format!("%{byte:02x}"),
    };
    text.bytes().map(encode).collect()
}

/// Returns a secret in all supported encodings.
fn spellings(secret: &str) -> Vec<String> {
    let escaped = secret.replace('\\', r"\\").replace('"', r#"\""#);
    let unicode = |c: char| match c {
        'a'..='z' | 'A'..='Z' => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    let mut all = vec![
        secret.to_owned(),
        escaped,
        secret.chars().map(unicode).collect(),
        percent(secret, false, true).replace("%20", "+"),
    ];
    for (every, upper) in [(true, true), (true, false), (false, true), (false, false)] {
        all.push(percent(secret, every, upper));
    }
    // After 0 to 5 bytes and before 0 to 2.
    for before in ["", "\0", "\u{1}b", "bob", "user", "ü\0x"] {
        for after in ["", "\0", "\u{1}\u{1}"] {
            let text = format!("{before}{secret}{after}");
            let encoded = BASE64_STANDARD.encode(text);
            all.push(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(format!("{before}{secret}")));
            all.push(percent(&encoded, false, true));
            let wrapped: Vec<_> = encoded.as_bytes().chunks(4).collect();
            all.push(String::from_utf8(wrapped.join(&b"\r\n"[..])).unwrap());
            all.push(encoded);
        }
    }
    all
}

#[test]
fn every_spelling_in_any_text() {
    for secret in SECRETS {
        let echo = of(secret);
        for spelling in spellings(secret) {
            for text in [
                spelling.clone(),
                format!("A0001 NO wrong: {spelling}"),
                format!("{spelling} is wrong"),
                format!("({spelling})"),
            ] {
                assert!(echo.hides(text.as_bytes()), "{secret:?} in {text:?}");
                assert!(echo.is_in(text.as_bytes()), "{secret:?} in {text:?}");
            }
        }
        for text in [
            "",
            "wrong password",
            "AGJvYgBodW50ZXIx",
            "%41%42 \\u0041 50%",
        ] {
            assert!(!echo.hides(text.as_bytes()), "{secret:?} in {text:?}");
            assert!(
                !echo.hides_beginning(text.as_bytes()),
                "{secret:?} in {text:?}"
            );
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    let mut echo = Echo::new();
    echo.add(&[0xff, 0, 1, 2, 3, 0xfe]);
    assert!(echo.hides(&[b'x', 0xff, 0, 1, 2, 3, 0xfe]));
    assert!(!echo.hides(&[0xff, 0, 1, 2, 3]));
    for text in [
        &b"%"[..],
        b"%4",
        b"%zz",
        b"\\",
        b"\\u",
        b"\\u12",
        b"\\ud800",
    ] {
        assert!(!echo.hides(text), "{text:?}");
    }
}

#[test]
fn short_secrets_hide_every_text() {
    let echo = of("abcde");
    assert!(echo.hides(b"x") && !echo.hides(b"") && !echo.hides(b"\r\n"));
    assert!(!echo.is_in(b"x") && echo.is_in(b"* CAPABILITY abcdef"));
    assert!(!of("").hides(b"x") && !Echo::new().hides(b"x"));
}

#[test]
fn texts_that_end_within_a_secret() {
    let echo = of("hunter2hunter2");
    for (text, hidden) in [
        ("wrong: hunter2hunter", true),
        ("wrong: hunt", true),
        ("wrong: hun", false),
        ("wrong: hunter, no", false),
        ("AGJvYgBodW50ZXIyaHVu", true),
        ("%68unte", true),
        ("%68unter%", true),
        ("%68unter%3", true),
        (r"\u0068unter\u00", true),
        (r"hunter\", true),
        ("%68unter%%", false),
    ] {
        assert_eq!(echo.hides_beginning(text.as_bytes()), hidden, "{text}");
        assert!(!echo.hides(text.as_bytes()), "{text}");
    }
}

#[test]
fn nothing_is_shown() {
    let echo = of("sekret");
    assert!(!format!("{echo:?} {echo:#?}").contains("sekret"));
}

#[test]
fn chance_finds_nothing_in_base64() {
    // As long as the shortest secrets that are searched for.
    let echo = of("sekret");
    for n in 0_u32..20_000 {
        let text = BASE64_STANDARD.encode(n.wrapping_mul(2_654_435_761).to_le_bytes().repeat(9));
        assert!(!echo.hides(text.as_bytes()), "{text}");
    }
}
