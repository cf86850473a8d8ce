//! Draws views as text.

use std::iter;

use unicode_width::UnicodeWidthStr;

use super::{ALIGNED, LONGEST_LINE, LONGEST_NAME, Screen, paint, safe};
use crate::{
    escape,
    layout::{self, fit, wrap},
    reply::{Cell, Column, Field, Line, Rows, Style, View},
};

/// A text in parts, which are made while they are written.
pub(crate) type Pieces<'p> = Box<dyn Iterator<Item = String> + 'p>;

impl Screen {
    /// Draws a view, a number of whole lines at a time.
    pub(super) fn draw<'v>(&'v self, view: &'v View) -> Pieces<'v> {
        match view {
            View::Nothing => Box::new(iter::empty()),
            View::Lines(lines) => Box::new(lines.iter().map(|line| self.line(line))),
            View::Wrapped(lines) => Box::new(lines.iter().map(|line| self.wrapped(line))),
            View::Fields(fields) => Box::new(iter::once_with(|| self.fields(fields))),
            View::Table(table) => self.table(table),
            View::Text(text) => Box::new(
                escape::lines(text).map(|line| format!("{}\n", escape::cut(&line, LONGEST_LINE))),
            ),
            View::Prose(text) => {
                let room = self.width().unwrap_or(usize::MAX);
                let lines = escape::lines(text).flat_map(move |line| wrap(&line, room));
                Box::new(lines.map(|line| format!("{}\n", line.trim_end())))
            }
            View::All(views) => separated(views.iter().map(|view| self.draw(view))),
            View::Each(views) => {
                let drawn = |view: View| self.draw(&view).collect::<String>();
                separated(views.iter().map(move |view| {
                    let piece: Pieces<'_> = Box::new(iter::once(drawn(view)));
                    piece
                }))
            }
        }
    }

    fn line(&self, line: &Line) -> String {
        let mut room = self.width().unwrap_or(usize::MAX);
        let mut drawn = String::new();
        for cell in &line.0 {
            let shown = safe(&cell.text);
            let fits = shown.width() <= room;
            let shown = fit(&shown, room);
            room = room.saturating_sub(shown.width());
            drawn.push_str(&paint(&shown, cell.style, self.settings.colour));
            if !fits {
                break;
            }
        }
        drawn.push('\n');
        drawn
    }

    /// Draws a line whose last cell is wrapped below itself.
    fn wrapped(&self, line: &Line) -> String {
        let mut drawn = String::new();
        let mut indent = 0;
        let Some((last, before)) = line.0.split_last() else {
            return "\n".to_owned();
        };
        for cell in before {
            let shown = safe(&cell.text);
            indent += shown.width();
            drawn.push_str(&paint(&shown, cell.style, self.settings.colour));
        }
        let room = self
            .width()
            .map_or(usize::MAX, |width| width.saturating_sub(indent).max(20));
        for (number, part) in wrap(&safe(&last.text), room).iter().enumerate() {
            if number > 0 {
                drawn.push('\n');
                drawn.push_str(&" ".repeat(indent));
            }
            drawn.push_str(&paint(part.trim_end(), last.style, self.settings.colour));
        }
        drawn.push('\n');
        drawn
    }

    /// Draws fields. Long values are wrapped rather than cut, since they are few and were asked
    /// for.
    fn fields(&self, fields: &[Field]) -> String {
        // Most names are ours, but those of ID come from the server.
        let names = fields
            .iter()
            .map(|field| fit(&safe(&field.name), LONGEST_NAME));
        let names: Vec<String> = names.collect();
        let widest = names.iter().map(|name| name.width()).max();
        let indent = widest.unwrap_or_default() + layout::GAP;
        let width = self.width();
        let mut drawn = String::new();
        for (field, name) in fields.iter().zip(&names) {
            let blanks = " ".repeat(indent.saturating_sub(name.width()));
            drawn.push_str(&paint(name, Style::Faint, self.settings.colour));
            drawn.push_str(&blanks);
            let value = safe(&field.value.text);
            let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(20));
            for (number, line) in wrap(&value, room).iter().enumerate() {
                if number > 0 {
                    drawn.push('\n');
                    drawn.push_str(&" ".repeat(indent));
                }
                drawn.push_str(&paint(
                    line.trim_end(),
                    field.value.style,
                    self.settings.colour,
                ));
            }
            while drawn.ends_with(' ') {
                drawn.pop();
            }
            drawn.push('\n');
        }
        drawn
    }

    fn table<'t>(&'t self, table: &'t Rows) -> Pieces<'t> {
        if table.rows.is_empty() {
            return match table.empty {
                "" => Box::new(iter::empty()),
                empty => Box::new(iter::once_with(move || {
                    self.line(&Line::from(Cell::faint(empty)))
                })),
            };
        }
        let columns = &table.columns;
        // The rows are made twice, since all of them decide about the widths.
        let mut wanted: Vec<_> = columns
            .iter()
            .map(|column| (column.name.width(), column.gives))
            .collect();
        for row in table.rows.iter() {
            for ((widest, _), cell) in wanted.iter_mut().zip(&row) {
                *widest = safe(&cell.text).width().max(*widest);
            }
        }
        let room = self.width();
        let widths = layout::widths(&wanted, room.unwrap_or(usize::MAX));
        let heads = columns.iter().map(|column| Cell::faint(column.name));
        let rows = iter::once(heads.collect::<Vec<_>>()).chain(table.rows.iter());
        Box::new(rows.map(move |row| self.row(&row, columns, &widths, room)))
    }

    /// Draws a row of a table.
    fn row(
        &self,
        row: &[Cell],
        columns: &[Column],
        widths: &[usize],
        room: Option<usize>,
    ) -> String {
        let mut line = String::new();
        for ((cell, column), width) in row.iter().zip(columns).zip(widths) {
            let text = fit(&safe(&cell.text), *width);
            let filled = match room {
                Some(_) => *width,
                None => (*width).min(ALIGNED),
            };
            let blanks = " ".repeat(filled.saturating_sub(text.width()));
            let text = paint(&text, cell.style, self.settings.colour);
            match column.right {
                true => line.extend([&blanks, &text, "  "]),
                false => line.extend([&text, &blanks, "  "]),
            }
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    }
}

/// Puts an empty line between views, except for those that are empty.
fn separated<'v>(views: impl Iterator<Item = Pieces<'v>> + 'v) -> Pieces<'v> {
    let mut is_first = true;
    Box::new(views.flat_map(move |view| {
        let mut pieces = view.filter(|piece| !piece.is_empty()).peekable();
        let is_empty = pieces.peek().is_none();
        let gap = (!is_empty && !is_first).then(|| "\n".to_owned());
        is_first &= is_empty;
        gap.into_iter().chain(pieces)
    }))
}
