//! Parses the names of sections, such as `1.2`, `HEADER` and `2.TEXT`.

use std::{fmt, str::FromStr};

use imapclient::codec::BodyStructure;

use crate::failure::{Failure, Result};

/// A section of a message (RFC 9051 §6.4.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// The number of the part, as in `1.2`; empty for the message itself.
    pub(super) part: String,
    pub(super) piece: Option<Piece>,
}

/// The text of a message or a part that a section consists of, if it is not the whole part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// The header of a message.
    Header,
    /// A message without its header.
    Text,
    /// The header of a part.
    Mime,
}

impl Piece {
    const ALL: [(&str, Self); 3] = [
        ("HEADER", Self::Header),
        ("TEXT", Self::Text),
        ("MIME", Self::Mime),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Header => "HEADER",
            Self::Text => "TEXT",
            Self::Mime => "MIME",
        }
    }
}

impl FromStr for Section {
    type Err = Failure;

    fn from_str(word: &str) -> Result<Self> {
        let (before, last) = word.rsplit_once('.').unwrap_or(("", word));
        let text = Piece::ALL.into_iter().find(|(name, _)| *name == last);
        let (part, text) = match text {
            Some((_, text)) if !word.starts_with('.') => (before, Some(text)),
            _ => (word, None),
        };
        let is_number =
            |level: &str| !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit());
        match (part, text) {
            ("", Some(Piece::Header | Piece::Text)) => {}
            ("", Some(Piece::Mime)) => {
                return Err(Failure::usage(
                    "MIME is the header of a part: write its number too, as in 1.MIME, or HEADER \
                     for that of the message",
                ));
            }
            (part, _) if part.split('.').all(is_number) => {}
            _ => {
                return Err(Failure::Usage(format!(
                    "{word:?} is not a part: write its number as in 2 or 1.2, or a section as in \
                     HEADER, TEXT, 1.MIME, 2.HEADER or 2.TEXT"
                )));
            }
        }
        Ok(Self {
            part: part.to_owned(),
            piece: text,
        })
    }
}

impl Section {
    /// Checks that a message has this section. `message` is the message as the user named it.
    ///
    /// # Errors
    /// Fails with the sections that there are instead.
    pub(super) fn check(&self, structure: BodyStructure<'_>, message: &str) -> Result<()> {
        let Self {
            part: number,
            piece,
        } = self;
        if number.is_empty() {
            return Ok(());
        }
        let Some(part) = structure.part(number) else {
            let parts = structure.walk().filter(|part| !part.is_multipart());
            let known: Vec<_> = parts.map(|part| part.number()).collect();
            return Err(Failure::Usage(format!(
                "message {message} has no part {number:?}; it has {}",
                known.join(", ")
            )));
        };
        match piece {
            Some(Piece::Header | Piece::Text) if !part.is_message() => {
                Err(Failure::Usage(format!(
                    "part {number} of message {message} is not a message, so that it has no {self}; \
                     {number} is its content, and {number}.MIME its header"
                )))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.part)?;
        match self.piece {
            Some(text) if self.part.is_empty() => f.write_str(text.name()),
            Some(text) => write!(f, ".{}", text.name()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (word, part, text) in [
            ("1", "1", None),
            ("1.2.3", "1.2.3", None),
            ("HEADER", "", Some(Piece::Header)),
            ("TEXT", "", Some(Piece::Text)),
            ("1.MIME", "1", Some(Piece::Mime)),
            ("2.1.TEXT", "2.1", Some(Piece::Text)),
        ] {
            let section: Section = word.parse().unwrap();
            assert_eq!((section.part.as_str(), section.piece), (part, text));
            assert_eq!(section.to_string(), word);
        }
        for word in [
            "",
            ".",
            "1.",
            ".1",
            ".TEXT",
            "1..TEXT",
            "TEXT.1",
            "MIME",
            "text",
            "1.HEADER.MIME",
            "a.eml",
            "1.FIELDS",
            "1 2",
            "1]",
        ] {
            assert!(word.parse::<Section>().is_err(), "{word}");
        }
    }
}
