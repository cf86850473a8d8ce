//! Scripts of the lines that a server sends and expects.

use std::{collections::HashMap, io, sync::Arc};

use imapclient_loopback::Connection;
use rustls::ServerConfig;

/// The lines that a server sends and expects.
///
/// | line | meaning |
/// | --- | --- |
/// | `S: text` | sends the text and CRLF |
/// | `S+: n` | sends n bytes `x` |
/// | `C: text` | expects exactly this line |
/// | `C: <tag> text` | expects any first word, and this text after it; in later `S:` lines the word replaces `<tag>`. Any name is possible |
/// | `TLS` | upgrades to TLS, with the settings from [`with_tls`](Self::with_tls) |
/// | `CLOSE` | stops sending, in order, and ends the script |
///
/// Leading spaces, empty lines and lines with `#` are ignored. At its end a script closes the
/// connection in order.
#[derive(Clone, Debug)]
pub struct Script {
    steps: Vec<(usize, Step)>,
    tls: Option<Arc<ServerConfig>>,
}

#[derive(Clone, Debug)]
enum Step {
    Send(String),
    Fill(usize),
    Expect(String),
    Tls,
    Close,
}

impl Script {
    /// Parses a script.
    ///
    /// # Panics
    /// Panics with the line if one is invalid.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim_start).zip(1..);
        let steps = lines
            .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
            .map(|(line, number)| {
                let step = step(line);
                let step = step.unwrap_or_else(|| panic!("line {number} of the script: {line:?}"));
                (number, step)
            })
            .collect();
        Self { steps, tls: None }
    }

    /// Sets the settings for the lines `TLS`.
    #[must_use]
    pub fn with_tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }

    /// Runs the script.
    ///
    /// # Errors
    /// Fails if the connection does, and with [`io::ErrorKind::InvalidData`] if the client sends
    /// another line. The text names the line of the script.
    pub fn run(&self, mut connection: Connection) -> io::Result<()> {
        let mut words = HashMap::new();
        for (number, step) in &self.steps {
            self.perform(step, &mut connection, &mut words)
                .map_err(|error| {
                    io::Error::new(
                        error.kind(),
                        format!("line {number} of the script: {error}"),
                    )
                })?;
            if matches!(step, Step::Close) {
                return Ok(());
            }
        }
        connection.close()
    }

    fn perform(
        &self,
        step: &Step,
        connection: &mut Connection,
        words: &mut HashMap<String, String>,
    ) -> io::Result<()> {
        match step {
            Step::Send(text) => {
                let mut line = text.clone();
                for (name, word) in words {
                    line = line.replace(name.as_str(), word);
                }
                connection.send(&line)
            }
            Step::Fill(count) => connection.send_bytes(&vec![b'x'; *count]),
            Step::Expect(text) => match placeholder(text) {
                Some((name, rest)) => {
                    let line = connection.read_line()?;
                    let (word, got) = line.split_once(' ').unwrap_or((&line, ""));
                    if word.is_empty() || got != rest {
                        return Err(invalid(format!("expected {text:?}, got {line:?}")));
                    }
                    words.insert(name.to_owned(), word.to_owned());
                    Ok(())
                }
                None => connection.expect(text),
            },
            Step::Tls => match &self.tls {
                Some(config) => connection.start_tls(Arc::clone(config)),
                None => Err(invalid("no settings for TLS".to_owned())),
            },
            Step::Close => connection.close(),
        }
    }
}

fn step(line: &str) -> Option<Step> {
    let after = |prefix| line.strip_prefix(prefix);
    Some(match line.trim_end() {
        "TLS" => Step::Tls,
        "CLOSE" => Step::Close,
        // An empty line to send or expect.
        "S:" => Step::Send(String::new()),
        "C:" => Step::Expect(String::new()),
        _ => {
            if let Some(text) = after("S: ") {
                Step::Send(text.to_owned())
            } else if let Some(text) = after("C: ") {
                Step::Expect(text.to_owned())
            } else {
                Step::Fill(after("S+: ")?.trim().parse().ok()?)
            }
        }
    })
}

/// Splits an expected line into its leading `<name>` and the rest.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    (name.len() > 2 && name.starts_with('<') && name.ends_with('>')).then_some((name, rest))
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}
