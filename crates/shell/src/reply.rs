//! What a command answers: once for people, once for programs.
//!
//! Texts in it are as they came; whoever shows them escapes them.

use serde::Serialize;
use serde_json::Value;

use crate::layout::Gives;

/// The answer of a command.
#[derive(Debug)]
pub(crate) struct Reply {
    /// For programs; `None` for what is no answer to them either.
    pub(crate) json: Option<Value>,
    /// For people.
    pub(crate) view: View,
}

/// What people see.
#[derive(Debug)]
pub(crate) enum View {
    /// Nothing.
    Nothing,
    /// Lines, each of which is cut to the terminal.
    Lines(Vec<Line>),
    /// Lines whose last piece goes on below itself where the terminal ends.
    Wrapped(Vec<Line>),
    /// Names and values, one below the other.
    Fields(Vec<Field>),
    /// Rows and columns.
    Table(Table),
    /// Text as it is: a line may take several of the terminal.
    Text(String),
    /// Text for reading: lines are broken at blanks where the terminal ends.
    Prose(String),
    /// Several of these, with an empty line in between.
    All(Vec<Self>),
}

/// A line made of pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(pub(crate) Vec<Cell>);

/// A name and its value.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: Cell,
}

/// Rows and columns.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What is said in place of a table without rows.
    pub(crate) empty: &'static str,
}

/// What a column is called, and how it behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Numbers stand to the right.
    pub(crate) right: bool,
    /// When it is cut.
    pub(crate) gives: Gives,
}

/// A piece of text and what it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// What a piece of text is; colours follow from that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Style {
    #[default]
    Plain,
    /// What the eye should find first.
    Strong,
    /// What it may pass over.
    Faint,
    Good,
    Warning,
    Bad,
}

impl Reply {
    /// Nothing to show; a command that just did what it was told says so in JSON by `null`.
    pub(crate) fn nothing() -> Self {
        Self {
            json: Some(Value::Null),
            view: View::Nothing,
        }
    }

    /// Nothing at all: a command about the session, or one that has shown all there is.
    pub(crate) fn silent() -> Self {
        Self {
            json: None,
            view: View::Nothing,
        }
    }

    /// Something was done; `text` says what.
    pub(crate) fn done(json: impl Serialize, text: impl Into<String>) -> Self {
        Self::new(json, View::Lines(vec![Line::from(text.into())]))
    }

    pub(crate) fn new(json: impl Serialize, view: impl Into<View>) -> Self {
        // What we serialise has text for keys, and no I/O that could fail.
        let json = serde_json::to_value(json).unwrap_or_else(|error| {
            unreachable!("a reply that is no JSON: {error}");
        });
        Self {
            json: Some(json),
            view: view.into(),
        }
    }
}

impl Table {
    /// Columns by name, as [`Column::new`] reads them.
    pub(crate) fn new(columns: &[&'static str], empty: &'static str) -> Self {
        Self {
            columns: columns.iter().map(|name| Column::new(name)).collect(),
            rows: Vec::new(),
            empty,
        }
    }

    pub(crate) fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }
}

impl Column {
    /// A column by its name. Before it, `>` is for numbers, which stand to the right; `=` for what is
    /// kept as long as it can be; `<` for what is cut first.
    pub(crate) fn new(name: &'static str) -> Self {
        let (right, gives) = match name.chars().next() {
            Some('>') => (true, Gives::Last),
            Some('=') => (false, Gives::Last),
            Some('<') => (false, Gives::First),
            _ => (false, Gives::Usual),
        };
        Self {
            name: name.trim_start_matches(['>', '=', '<']),
            right,
            gives,
        }
    }
}

impl Cell {
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }

    pub(crate) fn strong(text: impl Into<String>) -> Self {
        Self::styled(text, Style::Strong)
    }

    pub(crate) fn faint(text: impl Into<String>) -> Self {
        Self::styled(text, Style::Faint)
    }
}

impl Field {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<Cell>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

impl<T: Into<Cell>> From<T> for Line {
    fn from(cell: T) -> Self {
        Self(vec![cell.into()])
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::styled(text, Style::Plain)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        number.to_string().into()
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        number.to_string().into()
    }
}

/// What is not told is left empty.
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map(Into::into).unwrap_or_default()
    }
}

impl From<Table> for View {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Vec<Field>> for View {
    fn from(fields: Vec<Field>) -> Self {
        Self::Fields(fields)
    }
}

impl From<Vec<Line>> for View {
    fn from(lines: Vec<Line>) -> Self {
        Self::Lines(lines)
    }
}
