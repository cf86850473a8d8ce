//! Sends commands to a server and reads its responses.

use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use super::{
    Answer, PASSWORD, USER,
    normal::normal,
    script::{Part, Script, Step},
};
use crate::{
    failure::{Doing as _, Result},
    signals::Signals,
};

/// The longest time to wait for a response.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs all steps. Returns the responses to each, in normal form.
pub(super) fn run(script: &Script, port: u16, signals: &Signals) -> Result<Vec<Answer>> {
    let mut connections = BTreeMap::new();
    let mut answers = Vec::with_capacity(script.steps.len());
    for step in &script.steps {
        signals.check()?;
        let what = || format!("line {} of the script, {:?}", step.line, step.text);
        let connection = match connections.entry(step.connection) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(Connection::open(port).doing(what)?)
            }
        };
        let lines = connection.step(step).doing(what)?;
        answers.push(normal(&lines));
        if lines
            .iter()
            .any(|line| line.starts_with(b"* BYE") || line == b"(closed)")
        {
            connections.remove(&step.connection);
        }
    }
    Ok(answers)
}

struct Connection {
    stream: BufReader<TcpStream>,
    tag: usize,
    /// The last HIGHESTMODSEQ that was received.
    modseq: String,
}

impl Connection {
    fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut connection = Self {
            stream: BufReader::new(stream),
            tag: 0,
            modseq: "1".into(),
        };
        connection.response()?;
        Ok(connection)
    }

    /// Sends a command. Returns its responses; the tag of the tagged one is replaced with `TAG`.
    fn step(&mut self, step: &Step) -> io::Result<Vec<Vec<u8>>> {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        let mut responses = Vec::new();
        let mut sent = format!("{tag} ").into_bytes();
        for part in &step.parts {
            match part {
                Part::Text(text) => sent.extend_from_slice(self.fill(text).as_bytes()),
                Part::Literal {
                    bytes,
                    synchronising,
                } => {
                    let plus = if *synchronising { "" } else { "+" };
                    sent.extend_from_slice(format!("{{{}{plus}}}\r\n", bytes.len()).as_bytes());
                    if *synchronising {
                        self.send(&sent)?;
                        sent.clear();
                        if !self.read_until(&tag, &mut responses)? {
                            return Ok(responses);
                        }
                    }
                    sent.extend_from_slice(bytes);
                }
            }
        }
        sent.extend_from_slice(b"\r\n");
        self.send(&sent)?;
        while self.read_until(&tag, &mut responses)? {
            self.send(b"DONE\r\n")?;
        }
        Ok(responses)
    }

    /// Reads up to the tagged response or a continuation request. Returns whether it is the latter.
    fn read_until(&mut self, tag: &str, responses: &mut Vec<Vec<u8>>) -> io::Result<bool> {
        loop {
            let response = match self.response() {
                // The end of the connection counts as a response.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    responses.push(b"(closed)".to_vec());
                    return Ok(false);
                }
                other => other?,
            };
            if response.starts_with(b"+") {
                return Ok(true);
            }
            self.learn(&response);
            let tagged = response
                .strip_prefix(tag.as_bytes())
                .filter(|rest| rest.starts_with(b" "));
            if let Some(rest) = tagged {
                responses.push([b"TAG", rest].concat());
                return Ok(false);
            }
            let correlated = format!("* ESEARCH (TAG \"{tag}\")");
            responses.push(match response.strip_prefix(correlated.as_bytes()) {
                Some(rest) => [b"* ESEARCH (TAG \"TAG\")", rest].concat(),
                None => response,
            });
        }
    }

    /// Reads a response with its literals, without its CRLF.
    fn response(&mut self) -> io::Result<Vec<u8>> {
        let mut response = Vec::new();
        loop {
            if self.stream.read_until(b'\n', &mut response)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let end = response.strip_suffix(b"\r\n").unwrap_or(&response).len();
            let Some(length) = literal(&response[..end]) else {
                response.truncate(end);
                return Ok(response);
            };
            let taken = self
                .stream
                .by_ref()
                .take(length)
                .read_to_end(&mut response)?;
            if taken as u64 != length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    fn fill(&self, text: &str) -> String {
        text.replace("<modseq>", &self.modseq)
            .replace("<user>", USER)
            .replace("<password>", PASSWORD)
    }

    fn learn(&mut self, response: &[u8]) {
        let text = String::from_utf8_lossy(response);
        if let Some((_, rest)) = text.split_once("HIGHESTMODSEQ ") {
            let digits = rest.chars().take_while(char::is_ascii_digit);
            self.modseq = digits.collect();
        }
    }
}

/// Returns the length of the literal that a line announces, if it does.
fn literal(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"}")?;
    let open = line.iter().rposition(|&byte| byte == b'{')?;
    std::str::from_utf8(&line[open + 1..]).ok()?.parse().ok()
}
