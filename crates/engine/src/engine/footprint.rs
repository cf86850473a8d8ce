//! Estimates the memory that a response takes if it has many values in few bytes.

use imapclient_codec::Response;

/// Returns approximately how many bytes of memory the values in a response take. Each value follows
/// a separator: a flag of one letter has two bytes on the wire and takes dozens in memory.
pub(super) fn footprint(message: &[u8], response: &Response) -> u64 {
    let each = match response {
        Response::Search(_) | Response::Sort(_) => 8,
        Response::Esearch(_) | Response::Vanished(_) => 16,
        // A single number is included in the overhead of every response.
        Response::Exists(_) | Response::Recent(_) | Response::Expunge(_) => return 0,
        // These are kept as text: each has an allocation or two, however short it is.
        Response::Unknown(_) | Response::Malformed(_) => return 2 * VALUE,
        Response::Continue(_) => return VALUE,
        Response::Status(status) | Response::Tagged(_, status) if status.code.is_none() => {
            return VALUE;
        }
        _ => VALUE,
    };
    each * separators(message).saturating_sub(USUAL)
}

/// The number of separators in a response of one or two values.
const USUAL: u64 = 4;

/// The memory that a value takes, including its share of the collection that holds it.
const VALUE: u64 = 40;

/// Counts the bytes that may precede a value in the text of a response, outside its literals.
fn separators(message: &[u8]) -> u64 {
    let mut count = 0;
    let mut rest = message;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest);
        let (line, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        count += count_in(line);
        rest = after.get(announced(line)..).unwrap_or_default();
    }
    count
}

/// Counts the separators in a line. Because this runs for each response, it has a form that the
/// compiler turns into vector instructions: chunks of 255 bytes, whose sum fits into a byte.
fn count_in(line: &[u8]) -> u64 {
    let is_separator = |byte: &u8| u8::from(matches!(byte, b' ' | b'(' | b','));
    let in_chunk = |chunk: &[u8]| u64::from(chunk.iter().map(is_separator).sum::<u8>());
    line.chunks(usize::from(u8::MAX)).map(in_chunk).sum()
}

/// Returns the number of bytes of the literal that follows a line.
fn announced(line: &[u8]) -> usize {
    let text = line.trim_ascii_end();
    let digits = text
        .strip_suffix(b"}")
        .and_then(|text| text.rsplit(|&byte| byte == b'{').next());
    let digits = digits.and_then(|digits| str::from_utf8(digits).ok());
    let size = digits.and_then(|digits| digits.trim_end_matches('+').parse().ok());
    size.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_those_of_the_text() {
        let dense = [b"* SEARCH".as_slice(), &b" (,".repeat(1000), b"\r\n"].concat();
        let literal = b"* 1 FETCH (BODY[] {9}\r\n((( ,\n (( FLAGS ())\r\n";
        for (message, expected) in [
            (dense.as_slice(), 3001),
            (literal, 8),
            (b"", 0),
            (b"* OK", 1),
            (&[b'('; 255], 255),
            (&[b'('; 256], 256),
        ] {
            assert_eq!(separators(message), expected, "{}", message.escape_ascii());
        }
    }
}
