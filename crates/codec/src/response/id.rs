//! ID: the identification of the server (RFC 2971).

use crate::token::{Read, lossy};

use super::reader::Reader;

/// The identification of a server or client. It is meant for logs and users; do not base decisions
/// on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Id {
    /// Names and values, in the order of the server. The case of names is kept.
    pub fields: Vec<(String, Option<String>)>,
}

impl Id {
    /// Returns the value of a field such as `name` or `version`, ignoring case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let same = |(field, _): &&(String, Option<String>)| field.eq_ignore_ascii_case(name);
        self.fields.iter().find(same)?.1.as_deref()
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut id = Self::default();
        reader.cursor.blanks();
        if !reader.cursor.nil() {
            reader.cursor.expect(b'(', "a list is missing")?;
            let mut open = 0;
            while reader.next_in_list(&mut open)? {
                reader.room(id.fields.len())?;
                let name = reader.text()?;
                reader.cursor.whitespace();
                let start = reader.cursor.at();
                let value = match reader.cursor.peek() {
                    Some(b')') => None,
                    Some(b'(') => match reader.cursor.listed_nstring() {
                        Ok(value) => value.map(|text| lossy(&text.bytes())),
                        // The value is missing, and the next field is in parentheses.
                        Err(_) => {
                            reader.cursor.seek(start);
                            None
                        }
                    },
                    _ => reader.optional_text()?,
                };
                id.fields.push((name, value));
            }
        }
        reader.end()?;
        Ok(id)
    }
}

impl<N: Into<String>, V: Into<String>, const K: usize> From<[(N, V); K]> for Id {
    fn from(fields: [(N, V); K]) -> Self {
        fields.into_iter().collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Id {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let field = |(name, value): (N, V)| (name.into(), Some(value.into()));
        Self {
            fields: fields.into_iter().map(field).collect(),
        }
    }
}
