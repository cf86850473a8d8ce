//! Undoes the encodings in which a text may be written.

use zeroize::Zeroizing;

type Form = Zeroizing<Vec<u8>>;

/// Returns a text as it is, and decoded from each kind of escape that it contains: backslashes
/// (quoted strings of IMAP, strings of JSON), and percent signs with and without `+` for a space.
pub(crate) fn of(text: &[u8]) -> Vec<Form> {
    let mut forms = vec![Zeroizing::new(text.to_vec())];
    if text.contains(&b'\\') {
        forms.push(without_backslashes(text));
    }
    if text.contains(&b'%') {
        forms.push(without_percent_signs(text));
    }
    if text.contains(&b'+') {
        let blanks = text.iter().map(|byte| match byte {
            b'+' => b' ',
            byte => *byte,
        });
        forms.push(without_percent_signs(&Zeroizing::new(
            blanks.collect::<Vec<_>>(),
        )));
    }
    forms
}

/// Returns a text without an escape at its end, which may be truncated.
pub(crate) fn before_last_escape(text: &[u8]) -> &[u8] {
    let is_escape = |byte: &u8| matches!(byte, b'\\' | b'%');
    match text.iter().rposition(is_escape) {
        Some(at) if text.len() - at < r"\u0000".len() => text.get(..at).unwrap_or(text),
        _ => text,
    }
}

/// Normalises base64: to the usual alphabet, without line breaks.
pub(crate) fn base64(text: &[u8]) -> Form {
    let letters = text.iter().filter_map(|byte| match byte {
        b'\r' | b'\n' => None,
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        byte => Some(*byte),
    });
    // Allocated at full size, since growing would leave copies behind.
    let mut form = Zeroizing::new(Vec::with_capacity(text.len()));
    form.extend(letters);
    form
}

fn without_backslashes(text: &[u8]) -> Form {
    let mut form = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'\\', [b'u', digits @ ..]) => match letter(digits) {
                Some(letter) => {
                    let mut bytes = [0; 4];
                    form.extend_from_slice(letter.encode_utf8(&mut bytes).as_bytes());
                    rest = digits.get(4..).unwrap_or_default();
                }
                None => {
                    form.push(b'u');
                    rest = digits;
                }
            },
            (b'\\', [escaped, after @ ..]) => {
                form.push(*escaped);
                rest = after;
            }
            _ => form.push(*byte),
        }
    }
    form
}

/// Returns the character that four hexadecimal digits denote.
fn letter(digits: &[u8]) -> Option<char> {
    let [a, b, c, d, ..] = digits else {
        return None;
    };
    let code = [a, b, c, d].into_iter().try_fold(0, |code, digit| {
        Some(code * 16 + char::from(*digit).to_digit(16)?)
    })?;
    char::from_u32(code)
}

fn without_percent_signs(text: &[u8]) -> Form {
    let mut form = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        let digit = |byte: &u8| {
            let digit = char::from(*byte).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        match (byte, after) {
            (b'%', [high, low, after @ ..]) if digit(high).is_some() && digit(low).is_some() => {
                form.push(digit(high).unwrap_or_default() * 16 + digit(low).unwrap_or_default());
                rest = after;
            }
            _ => form.push(*byte),
        }
    }
    form
}
