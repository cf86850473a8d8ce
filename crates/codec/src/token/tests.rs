//! Tests of tokens.

use super::*;

fn cursor(bytes: &[u8]) -> Cursor<'_> {
    Cursor::new(bytes)
}

#[test]
fn strings_in_every_form() {
    for (wire, expected) in [
        (&b"atom rest"[..], &b"atom"[..]),
        (b"\"\"", b""),
        (b"\"plain\" rest", b"plain"),
        (br#""a \"b\" \\c""#, br#"a "b" \c"#),
        (
            br#""eight by\\te boundary \" crossed""#,
            br#"eight by\te boundary " crossed"#,
        ),
        (br#""aaa\Zbbb""#, br"aaa\Zbbb"),
        (b"{5}\r\nhello)", b"hello"),
        (b"{5+}\r\nhello)", b"hello"),
        (b"~{5}\r\nhe\0lo)", b"he\0lo"),
        (b"{3}\nabc", b"abc"),
        (b"{0}\r\n)", b""),
    ] {
        let text = cursor(wire).astring().unwrap();
        assert_eq!(*text.bytes(), *expected, "{}", wire.escape_ascii());
    }
}

#[test]
fn broken_tokens_say_where() {
    for (wire, at, why) in [
        (&b"\"no end"[..], 0, "a quoted string does not end"),
        (br#""no end\""#, 0, "a quoted string does not end"),
        (b")", 0, "a string is missing"),
        (b"{9}\r\nshort", 0, "a literal is broken"),
        (b"{odd}", 0, "a literal is broken"),
    ] {
        assert_eq!(cursor(wire).astring().unwrap_err(), Fault { at, why });
    }
    for (wire, at, why) in [
        (&b"(a (b)"[..], 6, "a list does not end"),
        (b"((((a))))", 3, "lists are nested too deep"),
        (b")", 0, "a value is missing"),
    ] {
        assert_eq!(cursor(wire).value(3).unwrap_err(), Fault { at, why });
    }
    for (wire, why) in [
        (&b"x"[..], "a number is missing"),
        (b"-1", "a number is missing"),
        (b"1x", "a number does not end here"),
        (b"18446744073709551616 ", "a number is too large"),
    ] {
        assert_eq!(cursor(wire).number().unwrap_err(), Fault { at: 0, why });
    }
    assert_eq!(cursor(b"18446744073709551615)").number(), Ok(u64::MAX));
    assert!(cursor(b"4294967296").number32().is_err());
}

#[test]
fn literals_must_be_complete() {
    for wire in [
        &b"{5}\r\nhell"[..],
        b"{99999999999999999999}\r\nx",
        b"{}\r\n",
        b"{1}x",
    ] {
        assert!(cursor(wire).literal().is_err(), "{}", wire.escape_ascii());
    }
}

#[test]
fn values_are_skipped_whole() {
    for wire in [
        &b"(a \"b)\" ({3}\r\n))) NIL) d)"[..],
        b"(\\Seen  foo[bar] ~{1}\r\n\0 )",
        b"(a\r\n b)",
        b"(\x01 a)",
    ] {
        let mut cursor = cursor(wire);
        assert_eq!(
            cursor.value(10),
            Ok(0..wire.len()),
            "{}",
            wire.escape_ascii()
        );
    }
}

#[test]
fn brackets_inside_lists_and_quotes_do_not_close() {
    for (wire, inside) in [
        (
            &b"[HEADER.FIELDS (X[Y])] {3}"[..],
            &b"HEADER.FIELDS (X[Y])"[..],
        ),
        (br#"[F ("a]b")]"#, br#"F ("a]b")"#),
        (b"[F ({3}\r\na]b)]", b"F ({3}\r\na]b)"),
        (b"[] x", b""),
    ] {
        let range = cursor(wire).bracketed().unwrap();
        assert_eq!(&wire[range], inside);
    }
    for wire in [
        &b"[ALERT\r\n]"[..],
        b"[it's \"odd]",
        b"[X (unbalanced]",
        b"[X )]",
    ] {
        assert!(cursor(wire).bracketed().is_err(), "{}", wire.escape_ascii());
    }
}

#[test]
fn no_byte_is_overlooked() {
    for length in 0..60 {
        let mut bytes = vec![b'x'; length];
        assert!(all(&bytes, |byte| byte == b'x'));
        for place in 0..length {
            bytes[place] = b'y';
            assert!(!all(&bytes, |byte| byte == b'x'), "{place} of {length}");
            bytes[place] = b'x';
        }
    }
}
