//! Builds the messages of the sample mail.

use super::encode::base64_lines;

/// A message under construction.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    /// Its subject, decoded.
    pub(super) subject: String,
    /// Its Message-ID, with brackets.
    pub(super) id: String,
    /// The Message-IDs of its ancestors, oldest first.
    pub(super) references: Vec<String>,
    head: Vec<(String, String)>,
    entity: Entity,
}

/// A part, or the content of a message.
#[derive(Debug, Clone, Default)]
pub(super) struct Entity {
    head: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Mail {
    pub(super) fn new(subject: &str, id: String, entity: Entity) -> Self {
        Self {
            subject: subject.to_owned(),
            id,
            references: Vec::new(),
            head: Vec::new(),
            entity,
        }
    }

    /// Adds a field at the end of its header. The caller must fold it.
    pub(super) fn put(&mut self, name: &str, value: impl Into<String>) {
        self.head.push((name.to_owned(), value.into()));
    }

    /// Removes the fields of that name.
    pub(super) fn remove(&mut self, name: &str) {
        self.head.retain(|(n, _)| n != name);
    }

    /// Returns the bytes of the message, with CRLF as line ends.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, value) in &self.head {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        self.entity.write(&mut bytes);
        bytes
    }
}

impl Entity {
    /// Returns an entity with a Content-Type and an encoded body, without other fields: 7bit.
    pub(super) fn new(content_type: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            head: vec![("Content-Type", content_type.into())],
            body: body.into(),
        }
    }

    /// Returns an entity without fields.
    pub(super) fn bare(body: Vec<u8>) -> Self {
        Self {
            head: Vec::new(),
            body,
        }
    }

    /// Returns an entity with bytes in base64.
    pub(super) fn base64(content_type: impl Into<String>, content: &[u8]) -> Self {
        Self::new(content_type, base64_lines(content)).with("Content-Transfer-Encoding", "base64")
    }

    /// Returns a multipart of these parts.
    pub(super) fn multipart(subtype: &str, boundary: &str, parts: &[Self]) -> Self {
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            part.write(&mut body);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/{subtype};\r\n boundary=\"{boundary}\"");
        Self::new(content_type, body)
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.head.push((name, value.into()));
        self
    }

    /// Adds a text before the first boundary.
    pub(super) fn with_preamble(mut self, text: &str) -> Self {
        self.body = [text.as_bytes(), &self.body].concat();
        self
    }

    /// Writes the header, a blank line and the body.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        for (name, value) in &self.head {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
    }
}
