//! Writes JSON for programs in a form that is also safe for a terminal.

use std::{
    io::{self, Write},
    iter,
};

use serde::Serialize;
use serde_json::{
    Serializer, Value,
    ser::{CompactFormatter, Formatter},
};

use crate::{escape, reply::Json, screen::Pieces};

/// Returns a reply as one line, in parts, without any character that a terminal would interpret.
pub(crate) fn pieces(json: &Json) -> Pieces<'_> {
    match json {
        Json::Value(value) => Box::new(iter::once_with(|| format!("{}\n", text(value)))),
        Json::Array(values) => within("[", values.iter().map(|value| text(&value)), "]\n"),
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}:{}", text(&Value::String(name)), text(&value)));
            within("{", members, "}\n")
        }
    }
}

/// Puts commas between elements, and brackets around them.
fn within<'e>(
    open: &'static str,
    elements: impl Iterator<Item = String> + 'e,
    close: &'static str,
) -> Pieces<'e> {
    let elements = elements.enumerate().map(|(at, mut text)| {
        if at > 0 {
            text.insert(0, ',');
        }
        text
    });
    let (open, close) = (iter::once(open.to_owned()), iter::once(close.to_owned()));
    Box::new(open.chain(elements).chain(close))
}

fn text(value: &Value) -> String {
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
        let line = text(&value);
        assert_eq!(line, r#""\u001b[2J \u009b \u202ex\udb40\udc41 Zürich""#);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
