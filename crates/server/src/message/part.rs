//! Parses the parts of MIME messages.

use std::ops::Range;

use super::{header, params::Parameterised};

/// The maximum depth of nested parts; deeper ones are not parsed.
const DEEPEST: usize = 50;

/// The ranges of a part of a message, or of the message.
#[derive(Debug)]
pub(super) struct Part {
    /// The header with its blank line.
    pub(super) header: Range<usize>,
    /// The body, up to the line end before the next boundary.
    pub(super) body: Range<usize>,
    /// The type and subtype as written, without parameters.
    pub(super) media: (Vec<u8>, Vec<u8>),
    /// The parameters of the type as written.
    pub(super) params: Vec<(Vec<u8>, Vec<u8>)>,
    /// The content.
    pub(super) kind: Kind,
}

/// The content of a part.
#[derive(Debug)]
pub(super) enum Kind {
    /// Neither parts nor a message.
    Leaf,
    /// At least one part.
    Multipart(Vec<Part>),
    /// A nested message (`message/rfc822`).
    Message(Box<Part>),
}

impl Part {
    /// Parses a whole message.
    pub(super) fn message(raw: &[u8]) -> Self {
        Self::read(raw, 0..raw.len(), &TEXT, 0)
    }

    /// Returns the part with these numbers (from 1), as in `BODY[1.2]`. A message without parts is
    /// its own part 1, and the numbers continue inside `message/rfc822`.
    pub(super) fn at(&self, numbers: impl IntoIterator<Item = u32>) -> Option<&Self> {
        let mut part = self;
        for (depth, number) in numbers.into_iter().enumerate() {
            let at = usize::try_from(number).ok()?.checked_sub(1)?;
            let inside = match &part.kind {
                Kind::Message(message) if depth > 0 => message,
                _ => part,
            };
            part = match &inside.kind {
                Kind::Multipart(parts) => parts.get(at)?,
                // Only a message is its own part 1; a part without parts has none.
                _ if at == 0 && (depth == 0 || matches!(part.kind, Kind::Message(_))) => inside,
                _ => return None,
            };
        }
        Some(part)
    }

    /// Returns whether the type is `text`.
    pub(super) fn is_text(&self) -> bool {
        self.media.0.eq_ignore_ascii_case(b"text")
    }

    /// Returns the value of a parameter of the type.
    pub(super) fn param(&self, name: &str) -> Option<&[u8]> {
        let mut params = self.params.iter();
        params
            .find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
    }

    /// Returns the part and all parts in it, outermost first.
    pub(super) fn walk(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let mut at = 0;
        while let Some(part) = all.get(at) {
            at += 1;
            match &part.kind {
                Kind::Leaf => {}
                Kind::Multipart(parts) => all.extend(parts),
                Kind::Message(message) => all.push(message),
            }
        }
        all
    }

    /// Returns the bodies of all parts without nested parts, sorted.
    #[cfg(test)]
    pub(super) fn leaves(&self) -> Vec<Range<usize>> {
        let leaves = self.walk().into_iter();
        let mut leaves: Vec<_> = leaves
            .filter(|part| matches!(part.kind, Kind::Leaf))
            .map(|part| part.body.clone())
            .collect();
        leaves.sort_by_key(|range| (range.start, range.end));
        leaves
    }

    fn read(raw: &[u8], range: Range<usize>, default: &Media, depth: usize) -> Self {
        let start = header::end(raw, range.clone());
        let mut part = Self {
            header: range.start..start,
            body: start..range.end,
            media: (default.0.into(), default.1.into()),
            params: Vec::new(),
            kind: Kind::Leaf,
        };
        if let Some(field) = header::value(&raw[part.header.clone()], "Content-Type") {
            part.declare(Parameterised::parse(&field));
        }
        if depth < DEEPEST {
            part.look_inside(raw, depth);
        } else if part.is_composite() {
            part.media = (b"application".into(), b"octet-stream".into());
        }
        part
    }

    /// Sets the type from the Content-Type. With an invalid one the part stays a text (RFC 2045
    /// §5.2).
    fn declare(&mut self, content_type: Parameterised) {
        let value = &content_type.value;
        let Some(slash) = value.iter().position(|&b| b == b'/') else {
            return;
        };
        let (kind, subtype) = (&value[..slash], &value[slash + 1..]);
        let is_multipart = kind.eq_ignore_ascii_case(b"multipart");
        if kind.is_empty()
            || subtype.is_empty()
            || is_multipart && content_type.param("boundary").is_none_or(<[u8]>::is_empty)
        {
            self.media = (TEXT.0.into(), TEXT.1.into());
            return;
        }
        self.media = (kind.into(), subtype.into());
        self.params = content_type.params;
    }

    fn is_composite(&self) -> bool {
        self.media.0.eq_ignore_ascii_case(b"multipart") || self.is_message()
    }

    fn is_message(&self) -> bool {
        self.media.0.eq_ignore_ascii_case(b"message")
            && self.media.1.eq_ignore_ascii_case(b"rfc822")
    }

    fn look_inside(&mut self, raw: &[u8], depth: usize) {
        if self.is_message() {
            let message = Self::read(raw, self.body.clone(), &TEXT, depth + 1);
            self.kind = Kind::Message(Box::new(message));
        } else if self.is_composite() {
            let digest = self.media.1.eq_ignore_ascii_case(b"digest");
            let default = if digest { &MESSAGE } else { &TEXT };
            let boundary = self.param("boundary").unwrap_or_default();
            let mut parts: Vec<_> = split(raw, self.body.clone(), boundary)
                .into_iter()
                .map(|range| Self::read(raw, range, default, depth + 1))
                .collect();
            if parts.is_empty() {
                // A multipart has at least one part, which is an empty text here.
                let end = self.body.end;
                parts.push(Self::read(raw, end..end, &TEXT, depth + 1));
            }
            self.kind = Kind::Multipart(parts);
        }
    }
}

/// A type and subtype.
type Media = (&'static [u8], &'static [u8]);

const TEXT: Media = (b"text", b"plain");
const MESSAGE: Media = (b"message", b"rfc822");

/// Returns the ranges between the lines of a boundary (RFC 2046 §5.1.1), including a last
/// one that is not closed.
fn split(raw: &[u8], body: Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = body.start;
    while let Some(length) = header::line(&raw[at..body.end]) {
        let line = &raw[at..at + length];
        if let Some(closes) = delimits(line, boundary) {
            if let Some(start) = start {
                parts.push(start..before_line_end(raw, start, at));
            }
            start = (!closes).then_some(at + length);
            if closes {
                return parts;
            }
        }
        at += length;
    }
    parts.extend(start.map(|start| start..body.end));
    parts
}

/// Returns whether a line with the boundary is the last one; `None` for other lines.
fn delimits(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let rest = rest.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// Returns the end of the line before `at`, without its line end but not before `start`.
fn before_line_end(raw: &[u8], start: usize, at: usize) -> usize {
    let text = &raw[start..at];
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    start + text.strip_suffix(b"\r").unwrap_or(text).len()
}
