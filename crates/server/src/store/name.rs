//! Mailbox names: UTF-8 in memory, modified UTF-7 on the wire (RFC 3501 §5.1.3).

use thiserror::Error;

/// The hierarchy delimiter.
pub(crate) const DELIMITER: char = '/';

/// The mailbox that each account has.
pub(crate) const INBOX: &str = "INBOX";

/// The limit on a name, in bytes of UTF-8.
const LONGEST: usize = 1000;

/// The error for invalid modified UTF-7, which is answered with a tagged BAD or NO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the mailbox name is not modified UTF-7")]
pub(crate) struct BadName;

/// Decodes a name (or a LIST pattern).
pub(crate) fn decode(wire: &[u8]) -> Result<String, BadName> {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'&' => {
                let end = rest.iter().position(|&b| b == b'-').ok_or(BadName)?;
                if end == 0 {
                    name.push('&');
                } else {
                    shifted(&rest[..end], &mut name)?;
                }
                rest = &rest[end + 1..];
            }
            0x20..=0x7e => name.push(char::from(byte)),
            _ => return Err(BadName),
        }
    }
    Ok(name)
}

/// Encodes a name.
pub(crate) fn encode(name: &str) -> String {
    let mut wire = String::new();
    let mut shift: Vec<u16> = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            unshift(&mut shift, &mut wire);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            shift.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    unshift(&mut shift, &mut wire);
    wire
}

/// Returns the normal form of a name: INBOX in capitals, also as the first level of a longer name,
/// and without a delimiter at the end.
pub(crate) fn normal(name: &str) -> String {
    let name = name.strip_suffix(DELIMITER).unwrap_or(name);
    match name.get(..INBOX.len()) {
        Some(head)
            if head.eq_ignore_ascii_case(INBOX)
                && matches!(name[head.len()..].chars().next(), None | Some(DELIMITER)) =>
        {
            format!("{INBOX}{}", &name[head.len()..])
        }
        _ => name.to_owned(),
    }
}

/// Returns whether a mailbox of that (normal) name may be created.
pub(crate) fn is_valid(name: &str) -> bool {
    !name.is_empty()
        && is_short(name.len())
        && name.split(DELIMITER).all(|level| !level.is_empty())
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '*' | '%'))
}

/// Returns whether a name of `len` bytes is within the limit.
pub(crate) fn is_short(len: usize) -> bool {
    len <= LONGEST
}

/// Returns the parents of a name, from the root down: `a/b/c` has `a` and `a/b`.
pub(crate) fn parents(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices(DELIMITER).map(|(at, _)| &name[..at])
}

/// Returns the rest of `name` after `parent/`, if it is below `parent`.
pub(crate) fn below<'a>(name: &'a str, parent: &str) -> Option<&'a str> {
    name.strip_prefix(parent)?.strip_prefix(DELIMITER)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// Decodes the text between `&` and `-`: UTF-16 in base64.
fn shifted(text: &[u8], name: &mut String) -> Result<(), BadName> {
    let mut units = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for &byte in text {
        let value = ALPHABET.iter().position(|&a| a == byte).ok_or(BadName)?;
        bits = bits << 6 | u32::try_from(value).map_err(|_| BadName)?;
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push((bits >> held) as u16);
            bits &= (1 << held) - 1;
        }
    }
    if held >= 6 || bits != 0 {
        return Err(BadName);
    }
    for c in char::decode_utf16(units) {
        match c {
            // Printable ASCII must not be shifted, since otherwise a mailbox would have two names.
            Ok(' '..='~') | Err(_) => return Err(BadName),
            Ok(c) => name.push(c),
        }
    }
    Ok(())
}

/// Writes the held characters as a shift sequence, and clears them.
fn unshift(held: &mut Vec<u16>, wire: &mut String) {
    if held.is_empty() {
        return;
    }
    wire.push('&');
    let (mut bits, mut count) = (0_u32, 0);
    let mut push = |value: u32| wire.push(char::from(ALPHABET[(value & 63) as usize]));
    for unit in held.drain(..) {
        bits = bits << 16 | u32::from(unit);
        count += 16;
        while count >= 6 {
            count -= 6;
            push(bits >> count);
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        push(bits << (6 - count));
    }
    wire.push('-');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_modified_utf7() {
        for (name, wire) in [
            ("Entwürfe", "Entw&APw-rfe"),
            ("台北", "&U,BTFw-"),
            ("日本語", "&ZeVnLIqe-"),
            ("a&b", "a&-b"),
            ("😀", "&2D3eAA-"),
            ("plain/name", "plain/name"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire.as_bytes()).as_deref(), Ok(name));
        }
    }

    #[test]
    fn refuses_what_is_not_utf7() {
        for wire in [
            "&", "&U,BTFw", "&!!-", "&2D0-", "&A-", "\u{fc}", "a\u{1}", "&AGE-",
        ] {
            assert_eq!(decode(wire.as_bytes()), Err(BadName), "{wire:?}");
        }
    }

    #[test]
    fn inbox_has_one_spelling() {
        for (given, expected) in [
            ("inbox", "INBOX"),
            ("Inbox/a", "INBOX/a"),
            ("inboxes", "inboxes"),
            ("a/", "a"),
            ("inbø", "inbø"),
        ] {
            assert_eq!(normal(given), expected);
        }
    }

    proptest! {
        #[test]
        fn any_name_survives(name in "\\PC{0,20}") {
            prop_assert_eq!(decode(encode(&name).as_bytes()), Ok(name));
        }
    }
}
