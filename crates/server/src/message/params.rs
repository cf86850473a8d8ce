//! Content-Type and Content-Disposition: `value; name=value; name="value"` (RFC 2045 §5.1).

use super::address;

/// A value and its parameters. Names encoded by RFC 2231 are not decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameterised {
    pub(super) value: Vec<u8>,
    pub(super) params: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Parameterised {
    /// Parses an unfolded field. Invalid text is skipped up to the next `;`.
    pub(super) fn parse(field: &[u8]) -> Self {
        let mut scan = Scan { rest: field };
        let mut value = Vec::new();
        while let Some(token) = scan.token(b";") {
            value.extend_from_slice(&token);
        }
        let mut params = Vec::new();
        while scan.take(b';') {
            let name = scan.token(b";=").unwrap_or_default();
            if !scan.take(b'=') {
                while scan.token(b";").is_some() {}
                continue;
            }
            let mut value = Vec::new();
            while let Some(token) = scan.token(b";") {
                value.extend_from_slice(&token);
            }
            if !name.is_empty() {
                params.push((name, value));
            }
        }
        Self { value, params }
    }

    /// Returns the value of the parameter of that name.
    pub(super) fn param(&self, name: &str) -> Option<&[u8]> {
        self.params
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
    }
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    /// Parses a quoted string, or text up to a blank or one of `stops`. Returns `None` at a stop or
    /// the end.
    fn token(&mut self, stops: &[u8]) -> Option<Vec<u8>> {
        self.skip();
        let mut token = Vec::new();
        match self.rest.first()? {
            b'"' => {
                let (length, content) = address::quoted(self.rest);
                token = content;
                self.rest = &self.rest[length..];
            }
            first if stops.contains(first) => return None,
            _ => {
                let ends = |b: &u8| stops.contains(b) || matches!(b, b' ' | b'\t' | b'"' | b'(');
                let length = self.rest.iter().position(ends).unwrap_or(self.rest.len());
                token.extend_from_slice(&self.rest[..length]);
                self.rest = &self.rest[length..];
            }
        }
        Some(token)
    }

    fn take(&mut self, byte: u8) -> bool {
        self.skip();
        match self.rest.strip_prefix(&[byte]) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_ascii_start();
            if self.rest.first() != Some(&b'(') {
                return;
            }
            self.rest = &self.rest[address::comment(self.rest)..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_values_and_parameters() {
        for (field, value, params) in [
            ("text/plain", "text/plain", vec![]),
            (
                "text/plain; charset=utf-8 (a comment) ; format = flowed",
                "text/plain",
                vec![("charset", "utf-8"), ("format", "flowed")],
            ),
            (
                r#"Attachment; filename="a \"b\"; c.txt"; x"#,
                "Attachment",
                vec![("filename", "a \"b\"; c.txt")],
            ),
            (
                "multipart/mixed;boundary==_x;;",
                "multipart/mixed",
                vec![("boundary", "=_x")],
            ),
            ("; a=b", "", vec![("a", "b")]),
            (
                "text / html;name*0*=utf-8''%e2;",
                "text/html",
                vec![("name*0*", "utf-8''%e2")],
            ),
            ("a; b=\"open", "a", vec![("b", "open")]),
        ] {
            let expected = Parameterised {
                value: value.into(),
                params: params
                    .iter()
                    .map(|(n, v)| ((*n).into(), (*v).into()))
                    .collect(),
            };
            assert_eq!(Parameterised::parse(field.as_bytes()), expected, "{field}");
        }
    }
}
