//! SEARCH and SORT: the numbers of matching messages (RFC 3501 §7.2.5, RFC 5256 §4,
//! RFC 7162 §3.1.5).

use memchr::memchr_iter;

use crate::{
    number::MessageNumber,
    token::{Cursor, Fault, Read, counts_nothing},
};

use super::{Malformed, reader::Reader};

/// The result of SEARCH or SORT.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Search {
    /// UIDs after UID SEARCH or UID SORT, sequence numbers otherwise, in the order of the server.
    pub numbers: Vec<MessageNumber>,
    /// The highest modification sequence of all messages found (RFC 7162).
    pub modseq: Option<u64>,
    /// Numbers that no message can have (zero, negative, or with a fraction), and invalid
    /// modification sequences. Any other text that is not a number makes the whole response
    /// malformed.
    pub malformed: Vec<Malformed>,
}

impl Search {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let cursor = &mut reader.cursor;
        // Pages of it that stay unused, for example if there are only spaces, are never touched.
        let most = memchr_iter(b' ', cursor.rest())
            .count()
            .min(cursor.rest().len() / 2 + 1);
        let mut search = Self {
            numbers: Vec::with_capacity(most),
            modseq: None,
            malformed: Vec::new(),
        };
        let mut open = 0;
        loop {
            let cursor = &mut reader.cursor;
            match cursor.peek() {
                Some(b'0'..=b'9') => {
                    any_length(cursor, &mut search.numbers);
                    if let Some(b'0'..=b'9') = cursor.peek() {
                        let at = cursor.at();
                        match message(cursor) {
                            Ok(number) => search.numbers.push(number),
                            Err(fault) => search.put_aside(reader, at, fault)?,
                        }
                    }
                }
                Some(b' ' | b'\t' | b'\r' | b'\n' | 0) => cursor.skip(1),
                Some(_) => search.read_odd(reader, &mut open)?,
                None if open > 0 => return cursor.fault("a list does not end"),
                None => break,
            }
        }
        if search.numbers.capacity() / 2 > search.numbers.len() {
            search.numbers.shrink_to_fit();
        }
        Ok(search)
    }

    /// Reads `(MODSEQ n)`, from any of its tokens, and unexpected tokens.
    #[cold]
    fn read_odd(&mut self, reader: &mut Reader<'_, '_, '_>, open: &mut usize) -> Read<()> {
        let cursor = &mut reader.cursor;
        let at = cursor.at();
        match cursor.peek() {
            Some(b'(') => {
                cursor.skip(1);
                *open += 1;
            }
            Some(b')') if *open > 0 => {
                cursor.skip(1);
                *open -= 1;
            }
            _ if *open > 0 && cursor.atom().eq_ignore_ascii_case(b"MODSEQ") => {
                cursor.blanks();
                let start = cursor.at();
                match cursor.listed_number() {
                    Ok(modseq) => self.modseq = Some(modseq),
                    Err(fault) => {
                        let bad = reader.bad_value(b"MODSEQ", start, fault)?;
                        self.malformed.push(bad);
                    }
                }
            }
            _ => {
                let why = "a number was expected";
                self.put_aside(reader, at, Fault { at, why })?;
            }
        }
        Ok(())
    }

    /// Records a number that no message can have as malformed.
    #[cold]
    fn put_aside(&mut self, reader: &mut Reader<'_, '_, '_>, at: usize, fault: Fault) -> Read<()> {
        reader.cursor.seek(at);
        if !counts_nothing(reader.cursor.atom()) {
            return Err(fault);
        }
        reader.room(self.malformed.len())?;
        let range = at..reader.cursor.at();
        let bad = reader.source.malformed(b"SEARCH", range, fault);
        self.malformed.push(bad);
        Ok(())
    }
}

/// Reads one number.
fn message(cursor: &mut Cursor<'_>) -> Read<MessageNumber> {
    let at = cursor.at();
    let why = "there is no message 0";
    MessageNumber::new(cursor.number32()?).ok_or(Fault { at, why })
}

/// The number of subsequent equal lengths after which more of them are expected.
const RUN: usize = 3;

/// Reads numbers that are separated by single spaces as long as 16 bytes are left, without
/// branching on their length, since such a branch cannot be predicted.
fn any_length(cursor: &mut Cursor<'_>, numbers: &mut Vec<MessageNumber>) {
    let whole = cursor.rest();
    let mut left = whole;
    let mut last = 0;
    let mut run = 0;
    while let Some((number, digits)) = number_of_sixteen(left) {
        numbers.push(number);
        left = left.get(digits..).unwrap_or_default();
        run = if digits == last { run + 1 } else { 0 };
        last = digits;
        if run == RUN {
            left = same_length(left, digits, numbers);
            run = 0;
        }
        let [b' ', after @ ..] = left else { break };
        left = after;
    }
    cursor.skip(whole.len() - left.len());
}

/// Reads a number from 1 to `u32::MAX`, and its number of digits, if it ends within 16 bytes.
#[inline]
fn number_of_sixteen(bytes: &[u8]) -> Option<(MessageNumber, usize)> {
    let (first, rest) = bytes.split_first_chunk::<8>()?;
    let first = u64::from_le_bytes(*first) ^ ZEROS;
    let second = u64::from_le_bytes(*rest.first_chunk::<8>()?) ^ ZEROS;
    let in_first = not_digits(first).trailing_zeros();
    let in_second = not_digits(second).trailing_zeros();
    // The second counts if the first is full. A product avoids a branch.
    let digits = (in_first + in_second * (in_first >> 6)) >> 3;
    if digits == 0 || digits == 16 {
        return None;
    }
    // Shifts zeros in at the front, in place of the bytes after the number.
    let values = (u128::from(second) << 64 | u128::from(first)) << (128 - 8 * digits);
    let high = u64::from(eight_digits(values as u64));
    let low = u64::from(eight_digits((values >> 64) as u64));
    let number = u32::try_from(high * 100_000_000 + low).ok()?;
    Some((MessageNumber::new(number)?, digits as usize))
}

/// Reads numbers as long as they have this number of digits, as is usual in a large mailbox: the
/// end of each is then known before it is read.
#[inline]
fn same_length<'a>(left: &'a [u8], digits: usize, numbers: &mut Vec<MessageNumber>) -> &'a [u8] {
    match digits {
        1..=7 => {
            let shift = 64 - 8 * digits as u32;
            // The first byte that is not a digit is the one after the last digit.
            let mask = HIGHS >> (56 - 8 * digits as u32);
            let ends = 0x80 << (8 * digits);
            in_batches(left, numbers, |left| {
                let values = next_word(left)? ^ ZEROS;
                let number = MessageNumber::new(eight_digits(values << shift))?;
                let good = not_digits(values) & mask == ends;
                good.then_some((number, left.get(digits + 1..)?))
            })
        }
        8 => in_batches(left, numbers, |left| {
            let values = next_word(left)? ^ ZEROS;
            let number = MessageNumber::new(eight_digits(values))?;
            let ends = left.get(9).is_none_or(|byte| !byte.is_ascii_digit());
            let good = not_digits(values) == 0 && ends;
            good.then_some((number, left.get(9..)?))
        }),
        _ => left,
    }
}

/// Takes numbers from the front of `left` as long as `next` finds some. They are appended in
/// batches, since reserving space takes as long as reading a number.
#[inline(always)]
fn in_batches<'a>(
    mut left: &'a [u8],
    numbers: &mut Vec<MessageNumber>,
    next: impl Fn(&'a [u8]) -> Option<(MessageNumber, &'a [u8])>,
) -> &'a [u8] {
    let mut batch = [MessageNumber::MIN; 64];
    loop {
        let mut length = 0;
        for place in &mut batch {
            let Some((number, rest)) = next(left) else {
                break;
            };
            *place = number;
            left = rest;
            length += 1;
        }
        numbers.extend_from_slice(batch.get(..length).unwrap_or_default());
        if length < batch.len() {
            return left;
        }
    }
}

const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Returns the eight bytes after a space.
#[inline]
fn next_word(bytes: &[u8]) -> Option<u64> {
    let [b' ', word @ ..] = bytes.first_chunk::<9>()? else {
        return None;
    };
    Some(u64::from_le_bytes(*word.first_chunk::<8>()?))
}

/// Sets the high bit of each byte over 9, up to the first such byte.
#[inline]
fn not_digits(values: u64) -> u64 {
    (values.wrapping_add(0x7676_7676_7676_7676) | values) & HIGHS
}

/// Computes the value of eight decimal digits, the first of them in the lowest byte, by combining
/// tens, hundreds and ten thousands in parallel.
#[inline]
fn eight_digits(values: u64) -> u32 {
    let tens = values.wrapping_mul(10).wrapping_add(values >> 8);
    let pairs = 0x0000_00ff_0000_00ff;
    let low = (tens & pairs).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((tens >> 16) & pairs).wrapping_mul(0x0000_2710_0000_0001);
    (low.wrapping_add(high) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decoder, Limits, RawResponse, Response};

    /// Reads the text after `SEARCH`, or returns the reason why it is malformed.
    fn read(line: &str) -> Result<Search, String> {
        let line = format!("* SEARCH{line}");
        match Decoder::new(Limits::default()).decode(&RawResponse::from(line.as_bytes())) {
            Response::Search(search) => Ok(search),
            Response::Malformed(bad) => Err(bad.why),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_of_every_length() {
        for digits in 1..=17_usize {
            for sample in [
                "4294967295123456",
                "9999999999999999",
                "1000000000000000",
                "0000000007000000",
            ] {
                let text = sample.get(..digits).unwrap_or(sample);
                for end in [
                    " 7654321 87654321",
                    "x7654321 87654321",
                    "\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}",
                ] {
                    let line = format!("{text}{end}");
                    let number = text.parse::<MessageNumber>().ok();
                    let number = number.filter(|_| text.len() < 16);
                    let expected = number.map(|number| (number, text.len()));
                    assert_eq!(number_of_sixteen(line.as_bytes()), expected, "{line}");
                }
            }
        }
        let twelve = MessageNumber::new(12).map(|number| (number, 2));
        assert_eq!(number_of_sixteen(b"12/9999999999999"), twelve);
        assert_eq!(number_of_sixteen(b"12:9999999999999"), twelve);
        assert_eq!(number_of_sixteen(b"123456789012345"), None);
        assert_eq!(number_of_sixteen(b"x234567890123456"), None);
    }

    #[test]
    fn lengths_that_change_and_do_not() {
        let lengths = |lengths: &[usize]| -> Vec<MessageNumber> {
            let digits = "4294967295";
            let number = |&length: &usize| digits[..length].parse().unwrap();
            lengths.iter().map(number).collect()
        };
        let same = (1..=10).map(|length| lengths(&[length; 40]));
        let pairs = (1..=100).map(|n| lengths(&[n / 10 % 10 + 1, n / 10 % 10 + 1, n % 10 + 1, 3]));
        for numbers in same.chain(pairs) {
            let words: Vec<_> = numbers.iter().map(ToString::to_string).collect();
            for end in ["", "\r\n", " \r\n"] {
                let line = format!(" {}{end}", words.join(" "));
                let search = read(&line).map(|search| search.numbers);
                assert_eq!(search, Ok(numbers.clone()), "{line:?}");
            }
        }
    }

    #[test]
    fn what_follows_equal_lengths_is_seen() {
        for (line, why) in [
            (" 12 34 5x 67 89 10 11 12", "a number was expected"),
            (" 12 34 5x", "a number does not end here"),
            (" 12345678 12345678x", "a number does not end here"),
            (" 12345678 12345678x 123456", "a number was expected"),
            (" 1 2 3:4 5 6 7 8 9 10", "a number was expected"),
            (" 1234567890 4294967296 ", "a number is too large"),
            (" 1 12345678901 ", "a number is too large"),
        ] {
            assert_eq!(read(line), Err(why.to_owned()), "{line}");
        }
        for (line, numbers, aside) in [
            (" 12 34 0 56", &[12, 34, 56][..], "0"),
            (" 12 34 00 56 78 90", &[12, 34, 56, 78, 90], "00"),
            (" 12345678 00000000 ", &[12_345_678], "00000000"),
            (" 12 34 5.5 67 89 10", &[12, 34, 67, 89, 10], "5.5"),
            (
                " 12345678 12345678 1234567.5 8",
                &[12_345_678, 12_345_678, 8],
                "1234567.5",
            ),
            (
                " 1234567890 123456789012345.5 8",
                &[1_234_567_890, 8],
                "123456789012345.5",
            ),
        ] {
            let search = read(line).unwrap();
            let raw = search
                .malformed
                .iter()
                .map(|bad| &*bad.raw)
                .collect::<Vec<_>>();
            assert_eq!(search.numbers, numbers, "{line}");
            assert_eq!(raw, [aside.as_bytes()], "{line}");
        }
    }
}
