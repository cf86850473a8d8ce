//! Encoding of text for headers and bodies.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes in Base64 (RFC 4648), in one line.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            if at <= chunk.len() {
                let digit = bits >> (18 - 6 * at) & 63;
                text.push(char::from(ALPHABET[digit as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Encodes in Base64 for a body, in lines of 76 characters.
pub(super) fn base64_lines(bytes: &[u8]) -> String {
    let lines = bytes.chunks(57).map(|chunk| base64(chunk) + "\r\n");
    lines.collect()
}

/// Encodes lines that end in CRLF in quoted-printable (RFC 2045 §6.7).
pub(super) fn quoted_printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    let mut width = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let rest = &bytes[at..];
        if rest.starts_with(b"\r\n") || byte == b'\n' && at > 0 && bytes[at - 1] == b'\r' {
            text.push(char::from(byte));
            width = 0;
            continue;
        }
        let ends_line = rest[1..].starts_with(b"\r\n") || rest.len() == 1;
        let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || byte == b' ' && !ends_line;
        if width + if plain { 1 } else { 3 } > 75 {
            text.push_str("=\r\n");
            width = 0;
        }
        if plain {
            text.push(char::from(byte));
            width += 1;
        } else {
            text.push_str(&format!("={byte:02X}"));
            width += 3;
        }
    }
    text
}

/// Encodes a text in ISO-8859-1, if that is possible.
pub(super) fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

/// The form of encoded words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// `=?UTF-8?B?...?=`
    Base64,
    /// `=?utf-8?q?...?=`
    Quoted,
    /// `=?iso-8859-1?Q?...?=` if possible.
    Latin1,
}

/// Encodes a text for a header. ASCII is unchanged; other text becomes encoded words (RFC 2047),
/// folded.
pub(super) fn words(text: &str, how: Words) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let latin = (how == Words::Latin1).then(|| latin1(text)).flatten();
    let is_latin = latin.is_some();
    let mut words = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        // A word has at most 75 characters, and no character is split.
        if piece.len() + c.len_utf8() > if how == Words::Base64 { 42 } else { 18 } {
            words.push(word(&piece, how, is_latin));
            piece.clear();
        }
        piece.push(c);
    }
    words.push(word(&piece, how, is_latin));
    words.join("\r\n ")
}

fn word(text: &str, how: Words, is_latin: bool) -> String {
    if how == Words::Base64 {
        return format!("=?UTF-8?B?{}?=", base64(text.as_bytes()));
    }
    let (charset, bytes) = match latin1(text) {
        Some(bytes) if is_latin => ("iso-8859-1?Q", bytes),
        _ => ("utf-8?q", text.as_bytes().to_vec()),
    };
    let mut quoted = String::new();
    for byte in bytes {
        match byte {
            b' ' => quoted.push('_'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => quoted.push(char::from(byte)),
            byte => quoted.push_str(&format!("={byte:02X}")),
        }
    }
    format!("=?{charset}?{quoted}?=")
}

/// Encodes a parameter of a MIME field: `name=value`, `name="value"`, or by RFC 2231
/// `name*=utf-8''value`.
pub(super) fn param(name: &str, value: &str) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if value.chars().all(is_token) {
        return format!("{name}={value}");
    }
    if value.is_ascii() {
        return format!("{name}=\"{value}\"");
    }
    let mut encoded = String::new();
    for &byte in value.as_bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b == b'.' => encoded.push(char::from(b)),
            b => encoded.push_str(&format!("%{b:02X}")),
        }
    }
    format!("{name}*=utf-8''{encoded}")
}
