//! Functions for raw responses.

/// Returns text in its shortest form on the wire: an atom, a quoted string or a literal.
pub(super) fn astring(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    let is_atom = |byte: &u8| matches!(byte, b'!'..=b'~') && !b"(){%*\"\\".contains(byte);
    let is_nil = text.eq_ignore_ascii_case(b"NIL");
    if !text.is_empty() && !is_nil && text.iter().all(is_atom) {
        return text.to_vec();
    }
    string(text)
}

/// Returns text as a quoted string, or as a literal if it cannot be quoted.
pub(super) fn string(text: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(text.len() + 2);
    if text.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        wire.push(b'"');
        for &byte in text {
            if b"\"\\".contains(&byte) {
                wire.push(b'\\');
            }
            wire.push(byte);
        }
        wire.push(b'"');
    } else {
        wire.extend_from_slice(format!("{{{}}}\r\n", text.len()).as_bytes());
        wire.extend_from_slice(text);
    }
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_its_shortest_form() {
        for (text, wire) in [
            ("a]b", "a]b"),
            ("", "\"\""),
            ("nil", "\"nil\""),
            ("a b", "\"a b\""),
            ("\"\\", r#""\"\\""#),
            ("a\r\n", "{3}\r\na\r\n"),
            ("ü", "{2}\r\nü"),
        ] {
            assert_eq!(astring(text), wire.as_bytes());
        }
    }
}
