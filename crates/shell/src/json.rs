//! Writes JSON for programs in a form that is also safe for a terminal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{
    Serializer, Value,
    ser::{CompactFormatter, Formatter},
};

use crate::escape;

/// Returns a value as one line without any character that a terminal would interpret.
pub(crate) fn line(value: &Value) -> String {
    let mut bytes = Vec::new();
    let mut to = Serializer::with_formatter(&mut bytes, Harmless(CompactFormatter));
    // Neither writing to memory nor serializing a `Value` fails.
    let written = value.serialize(&mut to);
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Escapes characters that are valid in JSON but not harmless for a terminal.
struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| !escape::is_harmless(*c)) {
            let (before, after) = rest.split_at(at);
            self.0.write_string_fragment(to, before)?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = after.get(c.len_utf8()..).unwrap_or_default();
        }
        self.0.write_string_fragment(to, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_something_is_escaped_and_read_back() {
        let value = Value::from("\u{1b}[2J \u{9b} \u{202e}x\u{e0041} Zürich");
        let line = line(&value);
        assert_eq!(line, r#""\u001b[2J \u009b \u202ex\udb40\udc41 Zürich""#);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
