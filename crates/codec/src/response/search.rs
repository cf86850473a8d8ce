//! SEARCH: the numbers of the messages that were found (RFC 3501 §7.2.5, RFC 7162 §3.1.5).

use memchr::memchr_iter;

use crate::token::{Cursor, Fault, Read};

/// What SEARCH found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// UIDs after UID SEARCH, sequence numbers otherwise, in the order of the server.
    pub numbers: Vec<u32>,
    /// The highest modification sequence of all that was found (RFC 7162).
    pub modseq: Option<u64>,
}

impl Search {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        // Pages of this that stay unused, as with blanks only, are never touched.
        let most = memchr_iter(b' ', cursor.rest())
            .count()
            .min(cursor.rest().len() / 2 + 1);
        let mut search = Self {
            numbers: Vec::with_capacity(most),
            modseq: None,
        };
        loop {
            match cursor.peek() {
                Some(b'0'..=b'9') => search.numbers.push(message(cursor)?),
                Some(b' ' | b'\t' | b'\r' | b'\n' | 0) => cursor.skip(1),
                Some(b'(') => search.modseq = Some(modseq(cursor)?),
                Some(_) => return cursor.fault("a number was expected"),
                None => break,
            }
        }
        if search.numbers.capacity() / 2 > search.numbers.len() {
            search.numbers.shrink_to_fit();
        }
        Ok(search)
    }
}

#[inline]
fn message(cursor: &mut Cursor<'_>) -> Read<u32> {
    let at = cursor.at();
    let number = match short_number(cursor.rest()) {
        Some((number, digits)) => {
            cursor.skip(digits);
            number
        }
        None => cursor.number32()?,
    };
    if number == 0 {
        Err(Fault {
            at,
            why: "there is no message 0",
        })
    } else {
        Ok(number)
    }
}

/// A number of one to seven digits that has something after it, and how many digits: eight bytes
/// in one go.
#[inline]
fn short_number(bytes: &[u8]) -> Option<(u32, usize)> {
    let word = u64::from_le_bytes(*bytes.first_chunk::<8>()?);
    // Digits become 0 to 9; the high bit of each byte then tells what is none, up to the first.
    let values = word ^ 0x3030_3030_3030_3030;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    let digits = others.trailing_zeros() >> 3;
    if digits == 0 || digits == 8 {
        return None;
    }
    // Zeros in front instead of the rest behind, then tens, hundreds and ten thousands at once.
    let values = values << (64 - 8 * digits);
    let tens = values.wrapping_mul(10).wrapping_add(values >> 8);
    let pairs = 0x0000_00ff_0000_00ff;
    let low = (tens & pairs).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((tens >> 16) & pairs).wrapping_mul(0x0000_2710_0000_0001);
    Some(((low.wrapping_add(high) >> 32) as u32, digits as usize))
}

/// `(MODSEQ n)`, at the parenthesis.
fn modseq(cursor: &mut Cursor<'_>) -> Read<u64> {
    cursor.expect(b'(', "a list is missing")?;
    cursor.blanks();
    if !cursor.atom().eq_ignore_ascii_case(b"MODSEQ") {
        return cursor.fault("MODSEQ was expected");
    }
    cursor.blanks();
    let modseq = cursor.number()?;
    cursor.blanks();
    cursor.expect(b')', "a list does not end")?;
    Ok(modseq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_of_every_length() {
        for digits in 1..=9_usize {
            for sample in ["123456789", "999999999", "100000000", "000000007"] {
                let text = &sample[..digits];
                let line = format!("{text} 87654321");
                let expected = (digits < 8).then(|| (text.parse().unwrap(), digits));
                assert_eq!(short_number(line.as_bytes()), expected, "{line}");
            }
        }
        for bytes in [&b"12\xff\xff\xff\xff\xff\xff"[..], b"12/99999", b"12:99999"] {
            assert_eq!(short_number(bytes), Some((12, 2)));
        }
        assert_eq!(short_number(b"1234567"), None);
        assert_eq!(short_number(b"x2345678"), None);
    }
}
