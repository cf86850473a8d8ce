//! Checks text that is spelled as on the wire before it becomes a part of a command.

use super::InvalidArgument;

/// Rejects text that could end or extend its line.
pub(crate) fn check_line(what: &'static str, text: &str) -> Result<(), InvalidArgument> {
    if let Some(at) = text.bytes().position(|byte| !(0x20..0x7f).contains(&byte)) {
        return Err(InvalidArgument::new(
            what,
            format!("byte {at} of {text:?} is not printable ASCII; use the typed form"),
        ));
    }
    if text.ends_with('}') {
        return Err(InvalidArgument::new(
            what,
            format!("{text:?} ends like a literal"),
        ));
    }
    // An unclosed quoted string would swallow what follows.
    if Outside::of(text).is_none() {
        return Err(InvalidArgument::new(
            what,
            format!("a quoted string in {text:?} does not end"),
        ));
    }
    Ok(())
}

/// Rejects in addition text that could affect what follows it.
pub(crate) fn check_fragment(what: &'static str, text: &str) -> Result<(), InvalidArgument> {
    check_line(what, text)?;
    let why = match Outside::of(text) {
        Some(Outside { matched: false, .. }) => "parentheses that do not match",
        Some(Outside { braces: true, .. }) => "a brace outside of quotes, where literals begin",
        _ => return Ok(()),
    };
    Err(InvalidArgument::new(what, format!("{text:?} has {why}")))
}

/// The contents of a text outside of its quoted strings.
struct Outside {
    /// Set if each parenthesis has its counterpart.
    matched: bool,
    /// Set if there is an opening brace.
    braces: bool,
}

impl Outside {
    /// Scans `text`. Returns `None` if a quoted string does not end.
    fn of(text: &str) -> Option<Self> {
        let mut outside = Self {
            matched: true,
            braces: false,
        };
        let mut open = 0_usize;
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => skip_quoted(&mut bytes)?,
                b'{' => outside.braces = true,
                b'(' => open += 1,
                b')' => match open.checked_sub(1) {
                    Some(left) => open = left,
                    None => outside.matched = false,
                },
                _ => {}
            }
        }
        outside.matched &= open == 0;
        Some(outside)
    }
}

/// Skips the rest of a quoted string. Returns `None` if it does not end.
fn skip_quoted(bytes: &mut impl Iterator<Item = u8>) -> Option<()> {
    loop {
        match bytes.next()? {
            b'"' => return Some(()),
            b'\\' => {
                bytes.next()?;
            }
            _ => {}
        }
    }
}
