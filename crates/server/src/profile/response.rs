//! Changes of responses, which have no CRLF at their end.

use std::borrow::Cow;

/// An item of a FETCH response: its name and its value in their form on the wire.
pub(super) struct Item<'a> {
    pub(super) name: Cow<'a, [u8]>,
    pub(super) value: Option<Cow<'a, [u8]>>,
}

impl Item<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Returns the value as a number.
    pub(super) fn number(&self) -> Option<u64> {
        let value = self.value.as_deref()?;
        std::str::from_utf8(value).ok()?.parse().ok()
    }
}

/// Changes the items of a FETCH response, which is omitted if no items are left. Any other response
/// is returned unchanged.
pub(super) fn of_fetch(response: &[u8], change: impl FnOnce(&mut Vec<Item<'_>>)) -> Vec<u8> {
    let Some((head, mut items)) = read(response) else {
        return response.to_vec();
    };
    change(&mut items);
    if items.is_empty() {
        return Vec::new();
    }
    let mut changed = head.to_vec();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            changed.push(b' ');
        }
        changed.extend_from_slice(&item.name);
        if let Some(value) = &item.value {
            changed.push(b' ');
            changed.extend_from_slice(value);
        }
    }
    changed.push(b')');
    changed
}

/// Returns the text before the first item of a FETCH response, and its items.
fn read(response: &[u8]) -> Option<(&[u8], Vec<Item<'_>>)> {
    let number = response.strip_prefix(b"* ")?;
    let digits = number
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let start = 2 + digits + b" FETCH (".len();
    if digits == 0 || !number[digits..].starts_with(b" FETCH (") {
        return None;
    }
    let mut items = Vec::new();
    let mut at = start;
    while response.get(at) != Some(&b')') {
        let end = name(response, at)?;
        let after = value(response, end + 1)?;
        items.push(Item {
            name: response[at..end].into(),
            value: Some(response[end + 1..after].into()),
        });
        at = after + usize::from(response.get(after) == Some(&b' '));
    }
    (at + 1 == response.len()).then_some((&response[..start], items))
}

/// Returns the end of the name that begins at `at`: a space outside of brackets.
fn name(text: &[u8], at: usize) -> Option<usize> {
    let mut brackets = 0_u32;
    let rest = text.get(at..)?.iter();
    let length = rest.take_while(|byte| {
        match byte {
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        **byte != b' ' || brackets > 0
    });
    let end = at + length.count();
    (end < text.len()).then_some(end)
}

/// Returns the end of the value that begins at `at`.
fn value(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'(' => {
            let mut at = at + 1;
            while *text.get(at)? != b')' {
                at = value(text, at)?;
                at += usize::from(text.get(at) == Some(&b' '));
            }
            Some(at + 1)
        }
        b'"' => {
            let mut at = at + 1;
            while *text.get(at)? != b'"' {
                at += 1 + usize::from(text[at] == b'\\');
            }
            Some(at + 1)
        }
        b'{' | b'~' => {
            let open = at + usize::from(text[at] == b'~');
            let close = open + text.get(open..)?.iter().position(|&byte| byte == b'}')?;
            let length = std::str::from_utf8(text.get(open + 1..close)?).ok()?;
            let end = close + b"}\r\n".len() + length.parse::<usize>().ok()?;
            (end <= text.len()).then_some(end)
        }
        _ => {
            let rest = text[at..].iter();
            let length = rest.take_while(|byte| !b" ()".contains(byte)).count();
            (length > 0).then_some(at + length)
        }
    }
}

/// Omits responses that begin with `head`.
pub(super) fn without(response: &[u8], head: &str) -> Vec<u8> {
    if response.starts_with(head.as_bytes()) {
        return Vec::new();
    }
    response.to_vec()
}

/// Removes all results from an ESEARCH response.
pub(super) fn empty_esearch(response: &[u8]) -> Vec<u8> {
    let end = response.iter().position(|&byte| byte == b')');
    match end {
        Some(end) if response.starts_with(b"* ESEARCH (TAG ") => response[..=end].to_vec(),
        _ => response.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_items_of_a_fetch_whatever_their_values_are() {
        let response = b"* 7 FETCH (UID 9 FLAGS (\\Seen) BODY[HEADER.FIELDS (TO)]<0> {8}\r\n(\") x y] ENVELOPE (\"a \\\" )\" NIL ((NIL NIL)(\"b\" {2}\r\n))))) BODY[] NIL BINARY[1] ~{1}\r\n()";
        let mut names = Vec::new();
        let same = of_fetch(response, |items| {
            names = items
                .iter()
                .map(|item| String::from_utf8_lossy(&item.name).into_owned())
                .collect();
        });
        assert_eq!(
            same.escape_ascii().to_string(),
            response.escape_ascii().to_string()
        );
        assert_eq!(
            names,
            [
                "UID",
                "FLAGS",
                "BODY[HEADER.FIELDS (TO)]<0>",
                "ENVELOPE",
                "BODY[]",
                "BINARY[1]"
            ]
        );
    }

    #[test]
    fn what_is_no_fetch_stays() {
        for other in [
            "* 7 EXISTS",
            "* OK FETCH (x",
            "* 1 FETCH (UID",
            "t1 OK * 1 FETCH (UID 1)",
            "",
            "* 1 FETCH (BODY[] {99}\r\n)",
        ] {
            assert_eq!(
                of_fetch(other.as_bytes(), |items| items.clear()),
                other.as_bytes(),
                "{other}"
            );
        }
        assert_eq!(of_fetch(b"* 1 FETCH (UID 1)", |items| items.clear()), b"");
    }

    #[test]
    fn nothing_found() {
        let found = empty_esearch(b"* ESEARCH (TAG \"a1\") UID ALL 1:3");
        assert_eq!(found, b"* ESEARCH (TAG \"a1\")");
        assert_eq!(empty_esearch(b"a1 OK (x)"), b"a1 OK (x)");
    }
}
