//! The memory that a response takes, whose bytes may be few and its values many.

use imapclient_codec::Response;

/// Returns about how many bytes of memory the values in a response take. Each of them stands behind
/// a separator: a flag of one letter has two bytes on the way, and takes dozens here.
pub(super) fn footprint(message: &[u8], response: &Response) -> u64 {
    let each = match response {
        Response::Search(_) | Response::Sort(_) => 8,
        Response::Esearch(_) | Response::Vanished(_) => 16,
        // These are kept as text.
        Response::Continue(_) | Response::Unknown(_) | Response::Malformed(_) => return 0,
        Response::Status(status) | Response::Tagged(_, status) if status.code.is_none() => {
            return 0;
        }
        _ => VALUE,
    };
    each * separators(message).saturating_sub(USUAL)
}

/// The separators that a response of one value or two has.
const USUAL: u64 = 4;

/// The memory that a value takes, with the collection that holds it.
const VALUE: u64 = 40;

/// Counts what may stand before a value in the text of a response. Its literals have none.
fn separators(message: &[u8]) -> u64 {
    let mut count = 0;
    let mut rest = message;
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| byte == b'\n');
        let (line, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        let separators = line
            .iter()
            .filter(|byte| matches!(byte, b' ' | b'(' | b','));
        count += separators.count() as u64;
        rest = after.get(announced(line)..).unwrap_or_default();
    }
    count
}

/// Returns how many bytes of a literal follow a line.
fn announced(line: &[u8]) -> usize {
    let text = line.trim_ascii_end();
    let digits = text
        .strip_suffix(b"}")
        .and_then(|text| text.rsplit(|&byte| byte == b'{').next());
    let digits = digits.and_then(|digits| str::from_utf8(digits).ok());
    let size = digits.and_then(|digits| digits.trim_end_matches('+').parse().ok());
    size.unwrap_or(0)
}
