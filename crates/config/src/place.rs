//! Places in a configuration, for errors and warnings.

use std::fmt;

use imapclient_escape::escaped;

/// A place in the configuration. `Display` formats it as `conf.ini:7: [DEFAULT] port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Box<Parts>);

// Boxed, since every error contains one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    section: Option<String>,
    option: Option<String>,
}

impl Place {
    /// Returns the file as the caller named it, or `command line`, `environment variable ...`, or
    /// `account` for an account that the program created itself.
    pub fn file_name(&self) -> &str {
        &self.0.file
    }

    /// Returns the line, from 1, if the place is in a file. A missing option has the line of its
    /// section.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// Returns the column in that line, in characters from 1, if it is known.
    pub fn column(&self) -> Option<usize> {
        self.0.column
    }

    /// Returns the section of the account. An inherited option has the line in `[DEFAULT]`.
    pub fn section(&self) -> Option<&str> {
        self.0.section.as_deref()
    }

    /// Returns the option, in lower case.
    pub fn option(&self) -> Option<&str> {
        self.0.option.as_deref()
    }

    pub(crate) fn in_file(file: &str) -> Self {
        Self(Box::new(Parts {
            file: file.into(),
            line: None,
            column: None,
            section: None,
            option: None,
        }))
    }

    /// Returns the place of options that a program sets by itself.
    pub(crate) fn in_program() -> Self {
        Self::in_file("account")
    }

    pub(crate) fn at_line(mut self, line: usize) -> Self {
        self.0.line = Some(line);
        self
    }

    pub(crate) fn at_column(mut self, column: usize) -> Self {
        self.0.column = Some(column);
        self
    }

    pub(crate) fn in_section(mut self, section: &str) -> Self {
        self.0.section = Some(section.into());
        self
    }

    pub(crate) fn of_option(mut self, option: &str) -> Self {
        self.0.option = Some(option.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        write!(f, "{}", escaped(&parts.file))?;
        if let Some(line) = parts.line {
            write!(f, ":{line}")?;
        }
        if let (Some(_), Some(column)) = (parts.line, parts.column) {
            write!(f, ":{column}")?;
        }
        if let Some(section) = &parts.section {
            write!(f, ": [{}]", escaped(section))?;
        }
        // The line `= value` has an option without a name.
        let option = parts.option.as_deref().filter(|name| !name.is_empty());
        option.map_or(Ok(()), |name| write!(f, " {}", escaped(name)))
    }
}
