//! The text of a message, decoded by `mail-parser`, for SEARCH, SORT and THREAD.

use mail_parser::{
    DateTime, HeaderValue,
    decoders::{
        base64::base64_decode, charsets::map::charset_decoder,
        quoted_printable::quoted_printable_decode,
    },
    parsers::MessageStream,
};

use super::{Message, header, params::Parameterised, part::Part};

impl Message {
    /// Returns the value of the first field of that name, unfolded but not decoded.
    pub(crate) fn field(&self, name: &str) -> Option<Vec<u8>> {
        header::value(self.top(), name).map(|value| value.into_owned())
    }

    /// Returns the values of all fields of that name, decoded.
    pub(crate) fn fields(&self, name: &[u8]) -> Vec<String> {
        header::fields(self.top())
            .filter(|field| field.is(name))
            .map(|field| decode(field.value))
            .collect()
    }

    /// Returns the header with all values decoded.
    pub(crate) fn header_text(&self) -> String {
        lines(self.top())
    }

    /// Returns all texts in the body, and the headers of parts and attached messages, decoded.
    /// Other attachments are omitted.
    pub(crate) fn body_text(&self) -> String {
        let mut text = String::new();
        for part in self.root.walk() {
            if !std::ptr::eq(part, &self.root) {
                text.push_str(&lines(&self.raw[part.header.clone()]));
            }
            if part.is_text() {
                text.push_str(&self.text_of(part));
                text.push('\n');
            }
        }
        text
    }

    /// Returns whether a part has the disposition of an attachment (RFC 2183).
    pub(crate) fn has_attachment(&self) -> bool {
        self.root.walk().into_iter().any(|part| {
            let field = header::value(&self.raw[part.header.clone()], "Content-Disposition");
            field.is_some_and(|field| {
                let disposition = Parameterised::parse(&field).value;
                disposition.eq_ignore_ascii_case(b"attachment")
            })
        })
    }

    /// Returns the date of its header; `None` if it is missing or invalid.
    pub(crate) fn sent(&self) -> Option<DateTime> {
        let field = self.field("Date")?;
        DateTime::parse_rfc822(&format!("{}\n", String::from_utf8_lossy(&field)))
            .filter(DateTime::is_valid)
    }

    fn top(&self) -> &[u8] {
        &self.raw[self.root.header.clone()]
    }

    fn text_of(&self, part: &Part) -> String {
        let body = &self.raw[part.body.clone()];
        let encoding = header::value(&self.raw[part.header.clone()], "Content-Transfer-Encoding")
            .map(|field| Parameterised::parse(&field).value.to_ascii_lowercase());
        let decoded = match encoding.as_deref() {
            Some(b"base64") => base64_decode(body),
            Some(b"quoted-printable") => quoted_printable_decode(body),
            _ => None,
        };
        let bytes = decoded.as_deref().unwrap_or(body);
        match part.param("charset").and_then(charset_decoder) {
            Some(decoder) => decoder(bytes),
            None => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// Returns the value of a field in one line, with encoded words decoded (RFC 2047).
pub(crate) fn decode(value: &[u8]) -> String {
    let mut line = header::unfolded(value).into_owned();
    line.push(b'\n');
    match MessageStream::new(&line).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

/// Returns a header with all values decoded.
fn lines(header: &[u8]) -> String {
    let mut text = String::new();
    for field in header::fields(header) {
        text.push_str(&String::from_utf8_lossy(field.name));
        text.push_str(": ");
        text.push_str(&decode(field.value));
        text.push('\n');
    }
    text
}
