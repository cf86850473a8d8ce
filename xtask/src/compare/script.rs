//! Parses the script of commands.

use std::collections::BTreeMap;

/// Commands for a server, in order.
///
/// | line | meaning |
/// | --- | --- |
/// | `message NAME` | the lines after it that begin with a bar are a message |
/// | `X COMMAND` | sends a command on the connection X, which is opened when it is first used |
/// | `{NAME}` | the message, as a synchronising literal; `{NAME+}` as a non-synchronising one |
/// | `{=TEXT}` | the text, as a synchronising literal |
/// | `<modseq>` | the last HIGHESTMODSEQ that this connection has received |
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) messages: BTreeMap<String, Vec<u8>>,
}

/// A command.
#[derive(Debug)]
pub(super) struct Step {
    /// The number of its line in the script, from 1.
    pub(super) line: usize,
    /// Its line in the script.
    pub(super) text: String,
    pub(super) connection: char,
    pub(super) parts: Vec<Part>,
}

/// A piece of a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Literal { bytes: Vec<u8>, synchronising: bool },
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// Fails with the first line that is invalid.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut script = Self::default();
        let mut message = None;
        for (line, number) in text.lines().zip(1..) {
            let wrong = || format!("line {number} of the script: {line:?}");
            if let Some(text) = line.strip_prefix('|') {
                let name: &String = message.as_ref().ok_or_else(wrong)?;
                let bytes = script.messages.entry(name.clone()).or_default();
                bytes.extend_from_slice(text.strip_prefix(' ').unwrap_or(text).as_bytes());
                bytes.extend_from_slice(b"\r\n");
                continue;
            }
            message = line.strip_prefix("message ").map(ToOwned::to_owned);
            if message.is_some() || line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (connection, command) = line.split_once(' ').ok_or_else(wrong)?;
            let mut letters = connection.chars();
            let (Some(connection @ 'A'..='Z'), None) = (letters.next(), letters.next()) else {
                return Err(wrong());
            };
            script.steps.push(Step {
                line: number,
                text: line.to_owned(),
                connection,
                parts: script.parts(command).ok_or_else(wrong)?,
            });
        }
        Ok(script)
    }

    fn parts(&self, command: &str) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        let mut rest = command;
        while let Some((text, tail)) = rest.split_once('{') {
            let (name, tail) = tail.split_once('}')?;
            parts.push(Part::Text(text.to_owned()));
            let (name, synchronising) = match name.strip_suffix('+') {
                Some(name) => (name, false),
                None => (name, true),
            };
            let bytes = match name.strip_prefix('=') {
                Some(text) => text.as_bytes().to_vec(),
                None => self.messages.get(name)?.clone(),
            };
            parts.push(Part::Literal {
                bytes,
                synchronising,
            });
            rest = tail;
        }
        parts.push(Part::Text(rest.to_owned()));
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_messages_commands_and_literals() {
        let text =
            "# x\nmessage a\n| Subject: x\n|\n\nA APPEND x {a+}\nB SEARCH SUBJECT {=ü} ALL\n";
        let script = Script::parse(text).unwrap();
        assert_eq!(script.messages["a"], b"Subject: x\r\n\r\n");
        let literal = |bytes: &[u8], synchronising| Part::Literal {
            bytes: bytes.to_vec(),
            synchronising,
        };
        let text = |text: &str| Part::Text(text.to_owned());
        assert_eq!(
            script.steps[0].parts,
            [
                text("APPEND x "),
                literal(b"Subject: x\r\n\r\n", false),
                text("")
            ]
        );
        assert_eq!(
            script.steps[1].parts,
            [
                text("SEARCH SUBJECT "),
                literal("ü".as_bytes(), true),
                text(" ALL")
            ]
        );
        assert_eq!((script.steps[1].line, script.steps[1].connection), (7, 'B'));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for wrong in ["A", "a NOOP", "AB NOOP", "A X {nothing}", "A {", "| x"] {
            let error = Script::parse(&format!("\n{wrong}")).unwrap_err();
            assert_eq!(error, format!("line 2 of the script: {wrong:?}"));
        }
    }
}
