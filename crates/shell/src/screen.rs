//! Writes replies: the only place that writes, so the only one that escapes, cuts and colours.

use std::{
    io::{self, IsTerminal, Write},
    sync::Arc,
};

use unicode_width::UnicodeWidthStr;

use crate::{
    escape,
    failure::{Failure, Result},
    json,
    layout::{self, fit, wrap},
    reply::{Cell, Field, Line, Reply, Style, Table, View},
};

/// Upper bound on a text in a table or line without a terminal, in characters.
const LONGEST: usize = 2000;
/// Upper bound on the padding of cells without a terminal, in columns: one long name must not make
/// every line that long.
const ALIGNED: usize = 100;
/// Upper bound on the width of a name beside its value, in columns.
const LONGEST_NAME: usize = 40;
/// The number of bytes that are written at once.
const AT_ONCE: usize = 16 * 1024;
/// Upper bound on a line of a message, in characters.
const LONGEST_LINE: usize = 10_000;

/// Standard output and standard error, with their settings.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    /// `true` for one JSON value per reply instead of text.
    pub(crate) json: bool,
    settings: Arc<Settings>,
}

#[derive(Debug)]
struct Settings {
    /// `true` if standard output is coloured.
    colour: bool,
    /// `true` if standard error is coloured.
    error_colour: bool,
}

impl Screen {
    /// Creates a screen with the settings of the terminal and the environment (`NO_COLOR`,
    /// `COLUMNS`).
    pub(crate) fn new(json: bool) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let colour = |terminal: bool| terminal && !no_colour && !dumb;
        Self {
            json,
            settings: Arc::new(Settings {
                colour: colour(io::stdout().is_terminal()),
                error_colour: colour(io::stderr().is_terminal()),
            }),
        }
    }

    /// Returns the current number of columns, if it is limited. It is read each time, since windows
    /// are resized.
    pub(crate) fn width(&self) -> Option<usize> {
        let told = std::env::var("COLUMNS").ok();
        let told = told.and_then(|columns| columns.parse().ok());
        told.filter(|&columns| columns > 0).or_else(|| {
            let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
            Some(usize::from(width.0)).filter(|&columns| columns > 0)
        })
    }

    /// Returns whether progress is shown on standard error.
    pub(crate) fn progress(&self) -> bool {
        io::stderr().is_terminal() && !self.json
    }

    /// Writes a reply.
    pub(crate) fn reply(&self, reply: &Reply) -> io::Result<()> {
        write(&self.text(reply))
    }

    /// Writes a reply that may be long. The future may be dropped between two lines.
    pub(crate) async fn show(&self, reply: &Reply) -> io::Result<()> {
        let text = self.text(reply);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let later = rest.bytes().skip(AT_ONCE).position(|byte| byte == b'\n');
            let end = later.map_or(rest.len(), |at| AT_ONCE + at + 1);
            let (now, later) = rest.split_at(end);
            write(now)?;
            rest = later;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Formats a reply, with a line end; returns an empty text if there is nothing to show.
    fn text(&self, reply: &Reply) -> String {
        let mut text = match (self.json, &reply.json) {
            (true, Some(value)) => json::line(value),
            (true, None) => String::new(),
            (false, _) => self.draw(&reply.view),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// Writes a generated text for another program unchanged.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        write(text)
    }

    /// Writes an instruction to the user to standard error.
    pub(crate) fn instruct(&self, text: &str) {
        self.tell(&Cell::strong(text));
    }

    /// Returns the prompt, without and with colours. It leaves at least half of the line free.
    pub(crate) fn prompt(&self, account: &str, mailbox: &str) -> (String, String) {
        let room = (self.width().unwrap_or(80) / 2).max(20);
        let mailbox = fit(&safe(mailbox), room / 2);
        let account = fit(&safe(account), room.saturating_sub(mailbox.width() + 1));
        let blank = if mailbox.is_empty() { "" } else { " " };
        let prompt = |account: &str, mailbox: &str| format!("{account}{blank}{mailbox}> ");
        let painted = |text, style| paint(text, style, self.settings.colour);
        (
            prompt(&account, &mailbox),
            prompt(
                &painted(&account, Style::Good),
                &painted(&mailbox, Style::Strong),
            ),
        )
    }

    /// Writes bytes unchanged, for a file or a program. Fails if standard output is a terminal.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        if io::stdout().is_terminal() {
            return Err(Failure::usage(
                "raw bytes are not written to a terminal; name a file, or use `show`",
            ));
        }
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// Writes a note that is not a reply to standard error: what is being done, or a message of the
    /// server.
    pub(crate) fn note(&self, text: &str) {
        self.tell(&Cell::faint(text));
    }

    /// Writes a warning to standard error.
    pub(crate) fn warn(&self, text: &str) {
        self.tell(&Cell::styled(format!("warning: {text}"), Style::Warning));
    }

    /// Writes an error to standard error.
    pub(crate) fn error(&self, text: &str) {
        self.tell(&Cell::styled(format!("error: {text}"), Style::Bad));
    }

    fn tell(&self, cell: &Cell) {
        // Break lines between words, which a terminal does not do. Programs get whole lines.
        let room = match io::stderr().is_terminal() {
            true => self.width().unwrap_or(usize::MAX),
            false => usize::MAX,
        };
        let mut told = String::new();
        for line in cell.text.lines() {
            for line in wrap(&safe(line), room) {
                told.push_str(&paint(
                    line.trim_end(),
                    cell.style,
                    self.settings.error_colour,
                ));
                told.push('\n');
            }
        }
        // If standard error cannot be written, there is no other place to report it.
        let _ = io::stderr().lock().write_all(told.as_bytes());
    }

    fn draw(&self, view: &View) -> String {
        match view {
            View::Nothing => String::new(),
            View::Lines(lines) => lines.iter().map(|line| self.line(line)).collect(),
            View::Wrapped(lines) => lines.iter().map(|line| self.wrapped(line)).collect(),
            View::Fields(fields) => self.fields(fields),
            View::Table(table) => self.table(table),
            View::Text(text) => escape::lines(text)
                .map(|line| format!("{}\n", escape::cut(&line, LONGEST_LINE)))
                .collect(),
            View::Prose(text) => {
                let room = self.width().unwrap_or(usize::MAX);
                let lines = escape::lines(text).flat_map(|line| wrap(&line, room));
                lines.map(|line| format!("{}\n", line.trim_end())).collect()
            }
            View::All(views) => {
                let drawn = views.iter().map(|view| self.draw(view));
                let drawn: Vec<String> = drawn.filter(|text| !text.is_empty()).collect();
                drawn.join("\n")
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

    fn table(&self, table: &Table) -> String {
        if table.rows.is_empty() {
            return match table.empty {
                "" => String::new(),
                empty => self.line(&Line::from(Cell::faint(empty))),
            };
        }
        let rows: Vec<Vec<String>> = table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| safe(&cell.text)).collect())
            .collect();
        let wanted: Vec<_> = table
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let cells = rows.iter().filter_map(|row| Some(row.get(at)?.width()));
                let widest = cells.chain([column.name.width()]).max();
                (widest.unwrap_or_default(), column.gives)
            })
            .collect();
        let room = self.width();
        let widths = layout::widths(&wanted, room.unwrap_or(usize::MAX));
        let heads = table
            .columns
            .iter()
            .map(|column| (column.name.to_owned(), Style::Faint));
        let heads = vec![heads.collect::<Vec<_>>()];
        let rows = rows.into_iter().zip(&table.rows).map(|(texts, cells)| {
            let styles = cells.iter().map(|cell| cell.style);
            texts.into_iter().zip(styles).collect::<Vec<_>>()
        });
        let mut drawn = String::new();
        for row in heads.into_iter().chain(rows) {
            let mut line = String::new();
            for (((text, style), column), width) in row.iter().zip(&table.columns).zip(&widths) {
                let text = fit(text, *width);
                let filled = match room {
                    Some(_) => *width,
                    None => (*width).min(ALIGNED),
                };
                let blanks = " ".repeat(filled.saturating_sub(text.width()));
                let text = paint(&text, *style, self.settings.colour);
                match column.right {
                    true => line.extend([&blanks, &text, "  "]),
                    false => line.extend([&text, &blanks, "  "]),
                }
            }
            drawn.push_str(line.trim_end());
            drawn.push('\n');
        }
        drawn
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Escapes a text, and cuts one that is longer than any terminal.
fn safe(text: &str) -> String {
    escape::line(&escape::cut(text, LONGEST)).into_owned()
}

fn paint(text: &str, style: Style, colour: bool) -> String {
    let code = match style {
        _ if !colour || text.is_empty() => return text.to_owned(),
        Style::Plain => return text.to_owned(),
        Style::Strong => "1",
        Style::Faint => "2",
        Style::Good => "32",
        Style::Warning => "33",
        Style::Bad => "31",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
