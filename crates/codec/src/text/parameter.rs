//! Parameters of media types and dispositions (RFC 2231): `filename*0*=utf-8''gr%C3%BC`.

use std::collections::BTreeMap;

use super::{
    charset,
    words::{decode_words, hex},
};

/// Returns the value of a parameter, assembled from its pieces and decoded. An encoded form
/// (`name*`) takes precedence over a plain one. Encoded words are decoded as well, although they
/// are not allowed here.
pub(crate) fn parameter<'a>(
    parameters: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    wanted: &str,
) -> Option<String> {
    let mut plain = None;
    let mut pieces = BTreeMap::new();
    for (name, value) in parameters {
        let Some((head, tail)) = name.split_at_checked(wanted.len()) else {
            continue;
        };
        if !head.eq_ignore_ascii_case(wanted.as_bytes()) {
            continue;
        }
        if tail.is_empty() {
            plain.get_or_insert(value);
        } else if let Some((number, encoded)) = piece(tail) {
            pieces.entry(number).or_insert((value, encoded));
        }
    }
    assemble(&pieces).or_else(|| plain.map(|value| decode_words(value).into_owned()))
}

/// Parses the suffix `*`, `*1` or `*1*`. Returns the number of the piece, and whether it is
/// encoded.
fn piece(tail: &[u8]) -> Option<(u32, bool)> {
    let tail = tail.strip_prefix(b"*")?;
    let (digits, encoded) = match tail {
        [] => return Some((0, true)),
        [digits @ .., b'*'] => (digits, true),
        digits => (digits, false),
    };
    let digits = std::str::from_utf8(digits).ok()?;
    Some((digits.parse().ok()?, encoded))
}

fn assemble(pieces: &BTreeMap<u32, (&[u8], bool)>) -> Option<String> {
    let (first, encoded) = *pieces.get(&0)?;
    let (charset, first) = match encoded.then(|| extended(first)) {
        Some(Some((charset, rest))) => (charset, rest),
        _ => ("", first),
    };
    let mut bytes = Vec::new();
    // A missing piece ends the value.
    for (expected, (&number, &(piece, encoded))) in (0..).zip(pieces) {
        if number != expected {
            break;
        }
        let value = if number == 0 { first } else { piece };
        if encoded {
            percent(value, &mut bytes);
        } else {
            bytes.extend_from_slice(value);
        }
    }
    let known = charset::decode_charset(charset, &bytes);
    Some(known.unwrap_or_else(|| charset::guess(&bytes)).into_owned())
}

/// Splits `charset'language'rest`.
fn extended(value: &[u8]) -> Option<(&str, &[u8])> {
    let mut parts = value.splitn(3, |&byte| byte == b'\'');
    let (charset, _language, rest) = (parts.next()?, parts.next()?, parts.next()?);
    Some((std::str::from_utf8(charset).ok()?, rest))
}

/// Decodes `%C3%BC`. Percent signs that encode nothing are kept.
fn percent(value: &[u8], bytes: &mut Vec<u8>) {
    let mut left = value;
    while let Some((&byte, rest)) = left.split_first() {
        left = rest;
        if byte == b'%'
            && let [a, b, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*a), hex(*b))
        {
            bytes.push(high << 4 | low);
            left = after;
        } else {
            bytes.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parameters: &[(&str, &str)]) -> Option<String> {
        let bytes = parameters.iter();
        parameter(
            bytes.map(|(name, value)| (name.as_bytes(), value.as_bytes())),
            "filename",
        )
    }

    #[test]
    fn values_are_put_together() {
        type Row = (
            &'static [(&'static str, &'static str)],
            Option<&'static str>,
        );
        let rows: [Row; 16] = [
            (&[("filename", "a.txt")], Some("a.txt")),
            (&[("FileName", "a.txt")], Some("a.txt")),
            (&[("filename", "=?utf-8?q?gr=C3=BC.txt?=")], Some("grü.txt")),
            (&[("filename*", "utf-8'de'gr%C3%BC%.txt")], Some("grü%.txt")),
            (&[("filename*", "iso-8859-1''caf%E9")], Some("café")),
            (&[("filename*", "''caf%E9")], Some("café")),
            (&[("filename*", "x-odd''a")], Some("a")),
            (&[("filename*", "no quotes%20")], Some("no quotes ")),
            (
                &[("filename", "plain"), ("filename*", "utf-8''better")],
                Some("better"),
            ),
            (
                &[("filename*0", "a"), ("filename*1", "b.txt")],
                Some("ab.txt"),
            ),
            (
                &[("filename*1", "b.txt"), ("filename*0", "a")],
                Some("ab.txt"),
            ),
            (
                &[
                    ("filename*0*", "utf-8''%C3"),
                    ("filename*1*", "%BC%20"),
                    ("filename*2", "%20"),
                ],
                Some("ü %20"),
            ),
            (&[("filename*0", "a"), ("filename*2", "c")], Some("a")),
            (&[("filename*1", "b")], None),
            (&[("filename*x", "b"), ("filenames", "c")], None),
            (&[("name", "b")], None),
        ];
        for (parameters, expected) in rows {
            assert_eq!(read(parameters).as_deref(), expected, "{parameters:?}");
        }
    }
}
