//! The reply of a command, in one form for people and one for programs.
//!
//! Its texts are as received; the code that prints them escapes them.

use std::{fmt, rc::Rc};

use serde::Serialize;
use serde_json::Value;

use crate::{failure::Failure, layout::Gives};

/// The reply of a command.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The form for programs; `None` if they get no reply either.
    pub(crate) json: Option<Json>,
    /// The form for people.
    pub(crate) view: View,
    /// The failure of the command, if the reply is not all of what was asked for.
    pub(crate) failure: Option<Failure>,
}

/// The form of a reply that programs get.
#[derive(Debug)]
pub(crate) enum Json {
    Value(Value),
    /// An array.
    Array(Each<Value>),
    /// An object.
    Object(Each<(String, Value)>),
}

/// A sequence that may be long. Its elements are made while they are written, so that the data they
/// come from are the only thing that is in memory as a whole.
pub(crate) struct Each<T> {
    count: usize,
    make: Box<dyn Fn(usize) -> T>,
}

/// The form of a reply that people see.
#[derive(Debug)]
pub(crate) enum View {
    /// Nothing.
    Nothing,
    /// Lines, each of which is cut to the terminal.
    Lines(Vec<Line>),
    /// Lines whose last cell is wrapped below itself.
    Wrapped(Vec<Line>),
    /// Names and values, one pair per line.
    Fields(Vec<Field>),
    /// Rows and columns.
    Table(Rows),
    /// Literal text: a long line takes several lines of the terminal.
    Text(String),
    /// Text for reading: lines are broken at spaces to fit the terminal.
    Prose(String),
    /// Several views, with an empty line in between.
    All(Vec<Self>),
    /// The same for a long sequence.
    Each(Each<Self>),
}

/// A line made of cells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(pub(crate) Vec<Cell>);

/// A name and its value.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: Cell,
}

/// A table that is complete.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Each<Vec<Cell>>,
    /// The text shown instead of a table without rows.
    pub(crate) empty: &'static str,
}

/// A small table to which rows are added.
#[derive(Debug, Default)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    empty: &'static str,
}

/// The name of a column, and its layout.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// `true` for numbers, which are aligned to the right.
    pub(crate) right: bool,
    /// The order in which it shrinks.
    pub(crate) gives: Gives,
}

/// A text with a style.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// The meaning of a text, which determines its colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Style {
    #[default]
    Plain,
    /// The most important text.
    Strong,
    /// Text of little importance.
    Faint,
    Good,
    Warning,
    Bad,
}

impl Reply {
    /// Creates the reply of a command that only did something: `null` in JSON, nothing for people.
    pub(crate) fn nothing() -> Self {
        Self {
            json: Some(Json::Value(Value::Null)),
            view: View::Nothing,
            failure: None,
        }
    }

    /// Creates the empty reply of a command about the session, or of one that has already shown
    /// everything.
    pub(crate) fn silent() -> Self {
        Self {
            json: None,
            view: View::Nothing,
            failure: None,
        }
    }

    /// Creates the reply of a command that did something, which `text` describes.
    pub(crate) fn done(json: impl Serialize, text: impl Into<String>) -> Self {
        Self::new(json, View::Lines(vec![Line::from(text.into())]))
    }

    pub(crate) fn new(json: impl Serialize, view: impl Into<View>) -> Self {
        Self {
            json: Some(Json::Value(value(json))),
            view: view.into(),
            failure: None,
        }
    }

    /// Creates a reply that may be long.
    pub(crate) fn long(json: Json, view: impl Into<View>) -> Self {
        Self {
            json: Some(json),
            view: view.into(),
            failure: None,
        }
    }

    /// Adds the failure of a command whose reply is not complete. It is reported after the reply.
    pub(crate) fn but(self, failure: Option<Failure>) -> Self {
        Self { failure, ..self }
    }
}

/// Returns a part of a reply as JSON.
pub(crate) fn value(json: impl Serialize) -> Value {
    // Our replies have text keys, and writing to memory does not fail.
    serde_json::to_value(json).unwrap_or_else(|error| {
        unreachable!("a reply that is not JSON: {error}");
    })
}

/// Returns two sequences about the same items, which are kept once.
pub(crate) fn both<T: 'static, A, B>(
    items: Vec<T>,
    one: impl Fn(&T) -> A + 'static,
    other: impl Fn(&T) -> B + 'static,
) -> (Each<A>, Each<B>) {
    let items = Rc::new(items);
    (Each::of(Rc::clone(&items), one), Each::of(items, other))
}

impl<T> Each<T> {
    fn of<I: 'static>(items: Rc<Vec<I>>, make: impl Fn(&I) -> T + 'static) -> Self {
        // The index is always less than the count.
        Self::new(items.len(), move |at| make(&items[at]))
    }

    /// Creates a sequence of this many elements from a function of their index.
    pub(crate) fn new(count: usize, make: impl Fn(usize) -> T + 'static) -> Self {
        Self {
            count,
            make: Box::new(make),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> {
        (0..self.count).map(&self.make)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<T> fmt::Debug for Each<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Each")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl Rows {
    /// Creates a table with columns in the notation of [`Column::new`].
    pub(crate) fn new(
        columns: &[&'static str],
        rows: Each<Vec<Cell>>,
        empty: &'static str,
    ) -> Self {
        Self {
            columns: columns.iter().map(|name| Column::new(name)).collect(),
            rows,
            empty,
        }
    }
}

impl Table {
    /// Creates a table with columns in the notation of [`Column::new`].
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
    /// Creates a column from its name, after a prefix: `>` for numbers, which are aligned to the
    /// right; `=` for columns that shrink last; `<` for those that shrink first.
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

/// A missing value is an empty cell.
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map(Into::into).unwrap_or_default()
    }
}

impl From<Table> for View {
    fn from(table: Table) -> Self {
        let Table {
            columns,
            rows,
            empty,
        } = table;
        let rows = Each::new(rows.len(), move |at| {
            rows.get(at).cloned().unwrap_or_default()
        });
        Self::Table(Rows {
            columns,
            rows,
            empty,
        })
    }
}

impl From<Rows> for View {
    fn from(rows: Rows) -> Self {
        Self::Table(rows)
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
