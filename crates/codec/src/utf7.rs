//! Modified UTF-7: the encoding of mailbox names without UTF8=ACCEPT (RFC 3501 §5.1.3).
//!
//! ```
//! use imapclient_codec::utf7;
//!
//! assert_eq!(utf7::encode("Entwürfe & Co"), "Entw&APw-rfe &- Co");
//! assert_eq!(utf7::decode(b"Entw&APw-rfe &- Co")?, "Entwürfe & Co");
//! # Ok::<(), utf7::Utf7Error>(())
//! ```

use std::iter;

/// The error for bytes that are not modified UTF-7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not modified UTF-7: {why} at byte {at}")]
pub struct Utf7Error {
    at: usize,
    why: &'static str,
}

impl Utf7Error {
    /// Returns the position of the invalid part, in bytes.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// Encodes a name. Every `str` can be encoded.
#[must_use]
pub fn encode(name: &str) -> String {
    let mut wire = String::with_capacity(name.len());
    let mut left = name;
    while let Some(first) = left.chars().next() {
        let plain = is_plain(first);
        let length = left.find(|c| is_plain(c) != plain).unwrap_or(left.len());
        let (run, rest) = left.split_at(length);
        left = rest;
        if plain {
            wire.extend(
                run.split_inclusive('&')
                    .flat_map(|part| match part.strip_suffix('&') {
                        Some(before) => [before, "&-"],
                        None => [part, ""],
                    }),
            );
        } else {
            wire.push('&');
            encode_run(run, &mut wire);
            wire.push('-');
        }
    }
    wire
}

/// Decodes a name. Tolerates encoded printable ASCII, stray bits at the end of a shift, and a last
/// shift that is not closed, as long as it has no stray bits.
///
/// # Errors
/// Fails for characters that are not base64, half a character, lone surrogates, and bytes beyond
/// ASCII.
pub fn decode(wire: &[u8]) -> Result<String, Utf7Error> {
    read(wire).map(|(name, _)| name)
}

/// Decodes a name, and returns whether [`encode`] would produce exactly these bytes.
pub(crate) fn read(wire: &[u8]) -> Result<(String, bool), Utf7Error> {
    let mut name = String::with_capacity(wire.len());
    let mut usual = true;
    let mut after_shift = false;
    let mut at = 0;
    while let Some(&byte) = wire.get(at) {
        match byte {
            b'&' => {
                let inside = wire.get(at + 1..).unwrap_or_default();
                let length = inside
                    .iter()
                    .position(|&byte| byte == b'-')
                    .unwrap_or(inside.len());
                let shift = inside.get(..length).unwrap_or_default();
                let closed = length < inside.len();
                if !shift.is_empty() {
                    let as_written = decode_run(shift, closed, &mut name)
                        .map_err(|why| Utf7Error { at, why })?;
                    // Two shifts in a row would be one.
                    usual &= as_written && closed && !after_shift;
                } else if closed {
                    name.push('&');
                } else {
                    return Err(Utf7Error {
                        at,
                        why: "`&` without an end",
                    });
                }
                after_shift = !shift.is_empty();
                at += length + 2;
            }
            ..=0x7f => {
                usual &= is_plain(char::from(byte));
                after_shift = false;
                name.push(char::from(byte));
                at += 1;
            }
            _ => {
                return Err(Utf7Error {
                    at,
                    why: "a byte beyond ASCII",
                });
            }
        }
    }
    Ok((name, usual))
}

fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~')
}

fn encode_run(run: &str, wire: &mut String) {
    let mut bits = 0_u32;
    let mut count = 0;
    let push = |wire: &mut String, six: u32| {
        let byte = ALPHABET.get((six & 0x3f) as usize).copied().unwrap_or(b'A');
        wire.push(char::from(byte));
    };
    for unit in run.encode_utf16() {
        bits = (bits << 16) | u32::from(unit);
        count += 16;
        while count >= 6 {
            count -= 6;
            push(wire, bits >> count);
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        push(wire, bits << (6 - count));
    }
}

/// Returns whether `shift` is exactly as [`encode_run`] writes it.
fn decode_run(shift: &[u8], closed: bool, name: &mut String) -> Result<bool, &'static str> {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut stray = None;
    let mut digits = shift.iter();
    let units = iter::from_fn(|| {
        loop {
            let Some(&byte) = digits.next() else {
                // Stray bits without an end are more likely a plain `&`.
                stray = if count >= 6 {
                    Some("half a character")
                } else if bits != 0 && !closed {
                    Some("stray bits and no end")
                } else {
                    None
                };
                return None;
            };
            let Some(six) = value(byte) else {
                stray = Some("a character that is not base64");
                return None;
            };
            bits = (bits << 6) | six;
            count += 6;
            if count >= 16 {
                count -= 16;
                let unit = (bits >> count) as u16;
                bits &= (1 << count) - 1;
                return Some(unit);
            }
        }
    });
    let mut usual = true;
    for decoded in char::decode_utf16(units.fuse()) {
        let decoded = decoded.map_err(|_| "half a surrogate pair")?;
        usual &= !is_plain(decoded);
        name.push(decoded);
    }
    match stray {
        Some(why) => Err(why),
        None => Ok(usual && bits == 0),
    }
}

fn value(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b',' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (name, wire) in [
            ("", ""),
            ("Stuff & Things", "Stuff &- Things"),
            ("&&", "&-&-"),
            ("Hello\u{ff}world", "Hello&AP8-world"),
            ("\u{ff}\u{fe}\u{fd}\u{fc}", "&AP8A,gD9APw-"),
            ("~peter/mail/日本語/台北", "~peter/mail/&ZeVnLIqe-/&U,BTFw-"),
            ("\0foo", "&AAA-foo"),
            ("foo\r\n\nbar\n", "foo&AA0ACgAK-bar&AAo-"),
            ("\t\u{7f}", "&AAkAfw-"),
            ("😀", "&2D3eAA-"),
            ("a+b,c", "a+b,c"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire.as_bytes()).unwrap(), name, "{wire}");
        }
        let ascii: String = (' '..='~').filter(|&c| c != '&').collect();
        assert_eq!(encode(&ascii), ascii);
        assert_eq!(decode(ascii.as_bytes()).unwrap(), ascii);
    }

    #[test]
    fn tolerated() {
        for (wire, name) in [
            (&b"&AP8"[..], "\u{ff}"),
            (b"&AGE-", "a"),
            (b"&AP8-&AP8-", "\u{ff}\u{ff}"),
            (b"&AP9-", "\u{ff}"),
            (b"+AP8-", "+AP8-"),
            (b"a\tb", "a\tb"),
        ] {
            assert_eq!(decode(wire).unwrap(), name, "{}", wire.escape_ascii());
        }
    }

    #[test]
    fn refused() {
        for (wire, at) in [
            (&b"a&"[..], 1),
            (b"ab&bad", 2),
            (b"&&-", 0),
            (b"&!!!-", 0),
            (b"&AA-", 0),
            (b"&AP8A-", 0),
            (b"&2D0-", 0),
            (b"&3gA-", 0),
            (b"&ZeVnLIqe /x", 0),
            (b"ok\xff", 2),
        ] {
            assert_eq!(
                decode(wire).unwrap_err().at(),
                at,
                "{}",
                wire.escape_ascii()
            );
        }
    }
}
