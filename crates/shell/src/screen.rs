//! Writes replies: the only place that writes, so the only one that escapes, cuts and colours.

mod draw;

use std::{
    io::{self, IsTerminal, Write},
    iter,
    sync::Arc,
};

use unicode_width::UnicodeWidthStr;

use crate::{
    escape,
    failure::{Failure, Result},
    json,
    layout::{fit, wrap},
    reply::{Cell, Reply, Style},
};
pub(crate) use draw::Pieces;

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
        write(&self.pieces(reply).collect::<String>())
    }

    /// Writes a reply that may be long. The future may be dropped between two lines.
    pub(crate) async fn show(&self, reply: &Reply) -> io::Result<()> {
        let mut waiting = String::new();
        for piece in self.pieces(reply) {
            waiting.push_str(&piece);
            if waiting.len() >= AT_ONCE {
                self.write_lines(&waiting).await?;
                waiting.clear();
            }
        }
        self.write_lines(&waiting).await
    }

    async fn write_lines(&self, text: &str) -> io::Result<()> {
        let mut rest = text;
        while !rest.is_empty() {
            let later = rest.bytes().skip(AT_ONCE).position(|byte| byte == b'\n');
            let end = later.map_or(rest.len(), |at| AT_ONCE + at + 1);
            let (now, later) = rest.split_at(end);
            write(now)?;
            rest = later;
            // JSON is one line.
            if !self.json {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    /// Formats a reply, as whole lines in text and as parts of a line in JSON.
    fn pieces<'r>(&'r self, reply: &'r Reply) -> Pieces<'r> {
        match (self.json, &reply.json) {
            (true, Some(value)) => json::pieces(value),
            (true, None) => Box::new(iter::empty()),
            (false, _) => self.draw(&reply.view),
        }
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
