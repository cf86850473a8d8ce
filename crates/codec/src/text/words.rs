//! Encoded words (RFC 2047): `=?utf-8?q?gr=C3=BC=C3=9Fe?=`.

use std::borrow::Cow;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use memchr::{memchr, memchr2, memmem};

use super::charset;

/// Decodes the text of a header field: decodes encoded words, undoes folding, and reads raw 8-bit
/// bytes as UTF-8 or else as Windows-1252. Invalid encoded words are kept unchanged.
///
/// ```
/// use imapclient_codec::text::decode_words;
///
/// assert_eq!(decode_words(b"=?utf-8?q?gr=C3=BC?= =?utf-8?b?w59l?= you"), "grüße you");
/// assert_eq!(decode_words(b"plain =? text"), "plain =? text");
/// ```
#[must_use]
pub fn decode_words(raw: &[u8]) -> Cow<'_, str> {
    let Some(first) = memmem::find(raw, b"=?") else {
        return raw_text(raw);
    };
    let mut text = Decoded::default();
    let (plain, mut left) = raw.split_at_checked(first).unwrap_or_default();
    text.plain(plain);
    while !left.is_empty() {
        if let Some((word, after)) = word(left) {
            text.word(word);
            left = after;
            continue;
        }
        let next = memmem::find(left.get(1..).unwrap_or_default(), b"=?");
        let length = next.map_or(left.len(), |next| next + 1);
        let (plain, after) = left.split_at_checked(length).unwrap_or_default();
        text.plain(plain);
        left = after;
    }
    Cow::Owned(text.finish())
}

/// Decodes text without encoded words.
pub(crate) fn raw_text(raw: &[u8]) -> Cow<'_, str> {
    let text = charset::guess(raw);
    if text.contains(['\r', '\n']) {
        Cow::Owned(text.replace(['\r', '\n'], ""))
    } else {
        text
    }
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Parses the encoded word at the beginning of `raw`, and returns it with the bytes after it. Never
/// looks past the first question mark that could end the word.
fn word(raw: &[u8]) -> Option<(Word<'_>, &[u8])> {
    let inside = raw.strip_prefix(b"=?")?;
    let is_token = |byte: &u8| byte.is_ascii_graphic() && *byte != b'?';
    let length = inside
        .iter()
        .take(MOST_CHARSET)
        .position(|b| !is_token(b))?;
    let (name, rest) = inside.split_at_checked(length)?;
    let [b'?', encoding, b'?', encoded @ ..] = rest else {
        return None;
    };
    let (encoded, after) = encoded.split_at_checked(memchr(b'?', encoded)?)?;
    let after = after.strip_prefix(b"?=")?;
    let charset = std::str::from_utf8(name).ok()?;
    if memchr2(b'\r', b'\n', encoded).is_some() || !charset::is_known(charset) {
        return None;
    }
    let bytes = match encoding {
        b'Q' | b'q' => quoted(encoded),
        b'B' | b'b' => base64(encoded)?,
        _ => return None,
    };
    Some((Word { charset, bytes }, after))
}

/// Upper bound on the length of a charset name.
const MOST_CHARSET: usize = 64;

/// RFC 2047 §4.2. Equal signs that encode nothing are kept.
fn quoted(encoded: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut left = encoded;
    while let Some((&byte, rest)) = left.split_first() {
        left = rest;
        bytes.push(match (byte, rest) {
            (b'_', _) => b' ',
            (b'=', [a, b, after @ ..]) => match (hex(*a), hex(*b)) {
                (Some(high), Some(low)) => {
                    left = after;
                    high << 4 | low
                }
                _ => byte,
            },
            _ => byte,
        });
    }
    bytes
}

pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Decodes base64 as mail programs write it: with or without padding, with spaces inside, with
/// stray bits at the end.
fn base64(encoded: &[u8]) -> Option<Vec<u8>> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let mut bytes = Vec::with_capacity(encoded.len() / 4 * 3 + 3);
    // Some mail programs put several pieces, each with its padding, into one word.
    for piece in encoded.split(|&byte| byte == b'=') {
        let digits = piece
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b' ' | b'\t'));
        let digits: Vec<u8> = digits.collect();
        // A single leftover digit does not make a byte: the word has been truncated.
        let whole = digits.len() - usize::from(digits.len() % 4 == 1);
        ENGINE.decode_vec(digits.get(..whole)?, &mut bytes).ok()?;
    }
    Some(bytes)
}

/// Text under construction.
#[derive(Default)]
struct Decoded<'a> {
    text: String,
    /// Bytes of adjacent words in one charset, since some mail programs split characters.
    pending: Option<Word<'a>>,
    /// Spaces after a word, which are dropped if another word follows.
    blanks: &'a [u8],
}

impl<'a> Decoded<'a> {
    fn word(&mut self, word: Word<'a>) {
        self.blanks = b"";
        match &mut self.pending {
            Some(pending) if charset::same(pending.charset, word.charset) => {
                pending.bytes.extend_from_slice(&word.bytes);
            }
            _ => {
                self.flush();
                self.pending = Some(word);
            }
        }
    }

    fn plain(&mut self, raw: &'a [u8]) {
        if raw.is_empty() {
            return;
        }
        if self.pending.is_some() && self.blanks.is_empty() && raw.trim_ascii().is_empty() {
            self.blanks = raw;
            return;
        }
        self.flush();
        self.text.push_str(&raw_text(raw));
    }

    fn flush(&mut self) {
        if let Some(Word { charset, bytes }) = self.pending.take()
            && let Some(text) = charset::decode_charset(charset, &bytes)
        {
            self.text.push_str(&text);
        }
        let blanks = std::mem::take(&mut self.blanks);
        self.text.push_str(&raw_text(blanks));
    }

    fn finish(mut self) -> String {
        self.flush();
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        let rows: [(&str, &[u8], &str); 34] = [
            ("nothing to do", b"plain", "plain"),
            ("empty", b"", ""),
            ("q", b"=?utf-8?q?gr=C3=BC=C3=9Fe?=", "grüße"),
            ("q, upper case", b"=?UTF-8?Q?gr=c3=bc=C3=9fe_x?=", "grüße x"),
            ("b", b"=?utf-8?B?Z3LDvMOfZQ==?=", "grüße"),
            ("b without padding", b"=?utf-8?b?Z3LDvMOfZQ?=", "grüße"),
            ("b with blanks", b"=?utf-8?b?Z3LD vMOfZQ?=", "grüße"),
            (
                "b, one digit too many",
                b"=?utf-8?b?Z3LDvMOfZQ==Z?=",
                "grüße",
            ),
            ("b in pieces", b"=?utf-8?b?Z3LDvA==w59l?=", "grüße"),
            ("latin", b"=?iso-8859-1?q?caf=E9?=", "café"),
            ("ascii", b"=?us-ascii?q?cafe?=", "cafe"),
            ("windows", b"=?windows-1252?q?=80?=", "€"),
            ("koi8", b"=?koi8-r?b?8NLJ18XU?=", "Привет"),
            ("japanese", b"=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
            ("chinese", b"=?GB2312?B?xOO6ww==?=", "你好"),
            ("with a language", b"=?utf-8*de?q?gr=C3=BC?=", "grü"),
            ("text before and after", b"a =?utf-8?q?b?= c", "a b c"),
            ("adjacent", b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
            ("adjacent, folded", b"=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
            ("adjacent, no blank", b"=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
            (
                "adjacent, two charsets",
                b"=?utf-8?q?a=C3=BC?= =?latin1?q?=FC?=",
                "aüü",
            ),
            (
                "a character cut in two",
                b"=?utf-8?q?gr=C3?= =?utf-8?q?=BC?=",
                "grü",
            ),
            (
                "three words",
                b"=?utf-8?q?a?= =?utf-8?q?b?= =?utf-8?q?c?=",
                "abc",
            ),
            ("no text", b"=?utf-8?q??= x", " x"),
            ("blank at the end", b"=?utf-8?q?a?= ", "a "),
            ("unknown charset", b"=?x-odd?q?a?= b", "=?x-odd?q?a?= b"),
            (
                "refused charset",
                b"=?iso-2022-kr?q?a?=",
                "=?iso-2022-kr?q?a?=",
            ),
            ("unknown encoding", b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
            ("broken base64", b"=?utf-8?b?!!!!?=", "=?utf-8?b?!!!!?="),
            ("no end", b"=?utf-8?q?a", "=?utf-8?q?a"),
            ("stray equals sign", b"=?utf-8?q?a=b=?=", "a=b="),
            ("raw utf-8", "grüße =?utf-8?q?a?=".as_bytes(), "grüße a"),
            ("raw latin", b"caf\xe9", "café"),
            ("folded", b"a\r\n b", "a b"),
        ];
        for (name, raw, expected) in rows {
            assert_eq!(decode_words(raw), expected, "{name}");
        }
    }

    #[test]
    fn many_broken_words_cost_linear_time() {
        let rows = ["=?utf-8?q?", "=?", "=?utf-8?b?!?=", "=?utf-8?q?a?= "];
        for raw in rows {
            // In quadratic time this would not finish.
            drop(decode_words(raw.repeat(200_000).as_bytes()));
        }
    }
}
