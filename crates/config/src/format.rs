//! Makes the INI reader available as a format of the `config` crate.

use std::error::Error as StdError;
use std::sync::Arc;

use config::{FileStoredFormat, Format, Map, Value, ValueKind};

use crate::ini::Ini;
use crate::layers::Origin;

/// The key of the table of all sections. With keys of their own, `config` would split a section
/// `[imap.gmail.com]` into a path; it leaves names inside a table alone.
pub(crate) const SECTIONS: &str = "sections";

/// The key of a table from each section to the line of its header, which also determines their
/// order.
pub(crate) const HEADERS: &str = "headers";

#[derive(Debug, Clone)]
pub(crate) struct IniFormat {
    /// The name of the file in errors.
    pub(crate) file: Arc<str>,
}

impl Format for IniFormat {
    fn parse(
        &self,
        _uri: Option<&String>,
        text: &str,
    ) -> Result<Map<String, Value>, Box<dyn StdError + Send + Sync>> {
        let ini = Ini::parse(&self.file, text)?;
        let mut sections = Map::new();
        let mut headers = Map::new();
        for section in ini.sections {
            let mut table = Map::new();
            for entry in section.entries {
                let origin = Origin::File {
                    line: entry.line,
                    column: entry.column,
                };
                let value = Value::new(Some(&origin.encode()), ValueKind::String(entry.value));
                table.insert(entry.key, value);
            }
            let line = u64::try_from(section.line)?;
            headers.insert(section.name.clone(), Value::new(None, line));
            sections.insert(section.name, Value::new(None, table));
        }
        Ok(Map::from_iter([
            (SECTIONS.to_owned(), Value::new(None, sections)),
            (HEADERS.to_owned(), Value::new(None, headers)),
        ]))
    }
}

impl FileStoredFormat for IniFormat {
    fn file_extensions(&self) -> &'static [&'static str] {
        &["ini"]
    }
}
