//! Parses the text of an INI file by the rules of Python 3's `configparser.ConfigParser()`.
//!
//! Values stay as written: `[DEFAULT]` is not yet inherited and `%(name)s` not yet replaced.

use crate::{Error, Place};

/// The section that every other one inherits from; it is never an alternate account.
pub(crate) const DEFAULT: &str = "DEFAULT";

// These types have no `Debug`, since values may be passwords.
#[derive(Default)]
pub(crate) struct Ini {
    pub(crate) sections: Vec<Section>,
}

pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) entries: Vec<Entry>,
}

pub(crate) struct Entry {
    /// In lower case, without surrounding white space.
    pub(crate) key: String,
    /// Without surrounding white space; continuation lines are joined by `\n`.
    pub(crate) value: String,
    /// The line of the key, from 1.
    pub(crate) line: usize,
    /// The column where the value starts, in characters from 1.
    pub(crate) column: usize,
}

impl Ini {
    /// Parses `text`; `file` is its name in errors.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let mut reader = Reader {
            file,
            ini: Self::default(),
            section: None,
            entry: None,
            indent: 0,
            broken: None,
        };
        // Python leaves the byte order mark to the encoding (`utf-8-sig`). Windows editors write
        // it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, number) in lines(text).zip(1..) {
            reader.line(line, number)?;
        }
        reader.finish()
    }
}

struct Reader<'a> {
    file: &'a str,
    ini: Ini,
    /// The index of the current section.
    section: Option<usize>,
    /// The index of its entry that an indented line would continue.
    entry: Option<usize>,
    /// The indentation of the line that started the entry.
    indent: usize,
    /// The error of the first line that is neither a header nor an option. As in Python, it is
    /// reported only if no worse error follows.
    broken: Option<Error>,
}

impl Reader<'_> {
    fn line(&mut self, line: &str, number: usize) -> Result<(), Error> {
        let text = strip(line);
        if text.starts_with(['#', ';']) {
            return Ok(());
        }
        if text.is_empty() {
            // The blank line is kept, since the value may continue after it.
            if let Some(entry) = self.open_entry() {
                entry.value.push('\n');
            }
            return Ok(());
        }
        let indent = line.chars().take_while(|c| is_space(*c)).count();
        if indent > self.indent
            && let Some(entry) = self.open_entry()
        {
            entry.value.push('\n');
            entry.value.push_str(text);
            return Ok(());
        }
        self.indent = indent;
        if let Some(name) = header(text) {
            return self.start_section(name, number);
        }
        let Some(section) = self.section else {
            return Err(Error::NoSection {
                place: Place::in_file(self.file).at_line(number),
            });
        };
        self.start_entry(section, line, text, number)
    }

    fn open_entry(&mut self) -> Option<&mut Entry> {
        let section = &mut self.ini.sections[self.section?];
        section.entries.get_mut(self.entry?)
    }

    fn start_section(&mut self, name: &str, number: usize) -> Result<(), Error> {
        self.entry = None;
        let sections = &mut self.ini.sections;
        match sections.iter().position(|section| section.name == name) {
            Some(known) if name == DEFAULT => self.section = Some(known),
            Some(known) => {
                return Err(Error::DuplicateSection {
                    place: Place::in_file(self.file).at_line(number).in_section(name),
                    first: sections[known].line,
                });
            }
            None => {
                self.section = Some(sections.len());
                sections.push(Section {
                    name: name.into(),
                    line: number,
                    entries: Vec::new(),
                });
            }
        }
        Ok(())
    }

    fn start_entry(
        &mut self,
        section: usize,
        line: &str,
        text: &str,
        number: usize,
    ) -> Result<(), Error> {
        let section = &mut self.ini.sections[section];
        let place = Place::in_file(self.file)
            .at_line(number)
            .in_section(&section.name);
        let Some((key, value)) = text.split_once(['=', ':']) else {
            self.broken.get_or_insert(Error::NoDelimiter { place });
            return Ok(());
        };
        let key = strip(key).to_lowercase();
        if let Some(first) = section.entries.iter().find(|entry| entry.key == key) {
            return Err(Error::DuplicateOption {
                place: place.of_option(&key),
                first: first.line,
            });
        }
        self.entry = Some(section.entries.len());
        if key.is_empty() {
            self.broken.get_or_insert(Error::NoName { place });
            self.entry = None;
        }
        // `line` and `text` end in the same place, except for white space after `text`.
        let end = line.trim_end_matches(is_space).len();
        let start = end - value.trim_start_matches(is_space).len();
        section.entries.push(Entry {
            key,
            value: strip(value).into(),
            line: number,
            column: line[..start].chars().count() + 1,
        });
        Ok(())
    }

    fn finish(mut self) -> Result<Ini, Error> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        for section in &mut self.ini.sections {
            for entry in &mut section.entries {
                let end = entry.value.trim_end_matches(is_space).len();
                entry.value.truncate(end);
            }
        }
        Ok(self.ini)
    }
}

/// Returns the name in a header, which may contain any character: it ends at the last `]` of the
/// line, and the rest is ignored.
fn header(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

/// Splits a text into lines, which end with LF, CR LF or CR and with nothing else.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let (line, tail) = rest.split_at(end);
        let after = if tail.starts_with("\r\n") { 2 } else { 1 };
        rest = tail.get(after..).unwrap_or("");
        Some(line)
    })
}

fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Matches Python's `str.isspace`: Unicode white space and the four ASCII separators.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}
