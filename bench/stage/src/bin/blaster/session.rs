//! The conversation with one client.

use std::{
    error::Error,
    fmt,
    io::{Read, Write},
    ops::RangeInclusive,
};

use imapclient_bench_task::{Result, Task};
use memchr::memchr;

use crate::store::{MAILBOXES, Store};

/// The size of the buffers.
const BUFFER: usize = 64 * 1024;
const CAPABILITIES: &str = "IMAP4rev1 SASL-IR AUTH=PLAIN UIDPLUS IDLE UNSELECT CHILDREN";
const BOX: &str = "* LIST (\\HasNoChildren) \"/\" ";

/// The end of a connection by the client.
#[derive(Debug)]
pub(crate) struct Gone;

/// A connection.
pub(crate) struct Session<'a, S> {
    stream: S,
    store: &'a Store,
    input: Vec<u8>,
    /// The bytes of `input` that have been read and not used.
    unused: std::ops::Range<usize>,
    output: Vec<u8>,
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client is gone")
    }
}

impl Error for Gone {}

impl<'a, S: Read + Write> Session<'a, S> {
    pub(crate) fn new(stream: S, store: &'a Store) -> Self {
        Self {
            stream,
            store,
            input: vec![0; BUFFER],
            unused: 0..0,
            output: Vec::new(),
        }
    }

    pub(crate) fn run(mut self) -> Result<()> {
        let capabilities = self.capabilities();
        self.say(&format!("* OK [CAPABILITY {capabilities}] ready\r\n"))?;
        loop {
            let line = self.line()?;
            let Some((tag, command)) = line.split_once(' ') else {
                return Err(format!("not a command: {line:?}").into());
            };
            let upper = command.to_ascii_uppercase();
            let done = self.answer(command, &upper)?;
            self.say(&format!("{tag} OK {done}\r\n"))?;
            if upper == "LOGOUT" {
                return self.flush();
            }
        }
    }

    /// Sends the untagged responses to a command, and returns the text of the tagged one.
    fn answer(&mut self, command: &str, upper: &str) -> Result<String> {
        let verb = upper.strip_prefix("UID ").unwrap_or(upper);
        let verb = verb.split(' ').next().unwrap_or_default();
        match verb {
            "FETCH" => self.fetch(upper)?,
            "SEARCH" => self.send(self.store.search())?,
            "APPEND" => return self.append(command),
            "STATUS" => {
                let (name, items) = command["STATUS ".len()..]
                    .split_once(" (")
                    .unwrap_or_default();
                self.status(name, items)?;
            }
            "LIST" | "LSUB" => self.list(verb, upper)?,
            "SELECT" | "EXAMINE" => {
                let count = self.store.messages;
                let next = count + 1;
                self.say(&format!(
                    "* FLAGS (\\Seen \\Deleted)\r\n* {count} EXISTS\r\n* 0 RECENT\r\n\
                     * OK [PERMANENTFLAGS (\\Seen \\Deleted)] Flags\r\n\
                     * OK [UIDVALIDITY 1] UIDs\r\n* OK [UIDNEXT {next}] Next\r\n"
                ))?;
                return Ok("[READ-WRITE] opened".into());
            }
            "LOGIN" => return Ok(format!("[CAPABILITY {}] in", self.capabilities())),
            "AUTHENTICATE" => {
                if upper.split(' ').count() < 3 {
                    self.say("+ \r\n")?;
                    self.line()?;
                }
                return Ok(format!("[CAPABILITY {}] in", self.capabilities()));
            }
            "CAPABILITY" => self.say(&format!("* CAPABILITY {}\r\n", self.capabilities()))?,
            "IDLE" => {
                self.say("+ idling\r\n")?;
                self.line()?;
            }
            "LOGOUT" => self.say("* BYE see you\r\n")?,
            "NOOP" | "CLOSE" | "UNSELECT" | "CHECK" | "ID" | "ENABLE" => {}
            _ => return Err(format!("an unknown command: {command:?}").into()),
        }
        Ok("done".into())
    }

    fn capabilities(&self) -> String {
        format!("{CAPABILITIES} {}", self.store.capabilities)
    }

    fn fetch(&mut self, upper: &str) -> Result<()> {
        let (_, rest) = upper.split_once("FETCH ").unwrap_or_default();
        let (set, items) = rest.split_once(' ').unwrap_or_default();
        let store = self.store;
        for messages in set.split(',') {
            let messages = self.messages(messages)?;
            if items.contains("BODY[") || items.contains("BODY.PEEK[") {
                self.bodies(messages)?;
            } else if items.contains("ENVELOPE") {
                self.send(store.metadata(&messages))?;
            } else {
                self.send(store.flags(&messages))?;
            }
        }
        Ok(())
    }

    fn bodies(&mut self, messages: RangeInclusive<usize>) -> Result<()> {
        let store = self.store;
        for message in messages {
            let size = store.size;
            self.say(&format!(
                "* {message} FETCH (UID {message} BODY[] {{{size}}}\r\n"
            ))?;
            for piece in store.body() {
                self.send(piece)?;
            }
            self.say(")\r\n")?;
        }
        Ok(())
    }

    /// Reads a part of a set.
    fn messages(&self, text: &str) -> Result<RangeInclusive<usize>> {
        let number = |text: &str| match text {
            "*" => Ok(self.store.messages),
            text => text.parse(),
        };
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (first, last) = (number(first)?, number(last)?.min(self.store.messages));
        if first == 0 {
            return Err(format!("there is no message {text:?}").into());
        }
        // Beyond the last message, a range is empty.
        Ok(first.min(last + 1)..=last)
    }

    fn append(&mut self, command: &str) -> Result<String> {
        let mut line = command.to_owned();
        let mut uids = Vec::new();
        loop {
            let literal = line.rsplit_once('{').map(|(_, literal)| literal);
            let Some(literal) = literal.and_then(|literal| literal.strip_suffix('}')) else {
                break;
            };
            let size = match literal.strip_suffix('+') {
                Some(size) => size,
                None => {
                    self.say("+ go on\r\n")?;
                    literal
                }
            };
            let size = size.parse()?;
            self.skip(size)?;
            uids.push(self.store.append(size));
            line = self.line()?;
        }
        let first = uids.first().ok_or("an upload without a message")?;
        let uids = match &uids[..] {
            [uid] => uid.to_string(),
            _ => format!("{first}:{}", uids[uids.len() - 1]),
        };
        Ok(format!("[APPENDUID 1 {uids}] stored"))
    }

    fn list(&mut self, verb: &str, upper: &str) -> Result<()> {
        if upper.ends_with("\"\" \"\"") {
            return self.say("* LIST (\\Noselect) \"/\" \"\"\r\n");
        }
        let items = upper.split_once("RETURN (STATUS (").map(|(_, items)| items);
        let names = (0..MAILBOXES).map(Task::mailbox);
        for name in names.chain(["INBOX".to_owned()]) {
            self.say(&format!("{}{name}\r\n", BOX.replace("LIST", verb)))?;
            if let Some(items) = items {
                self.status(&name, items)?;
            }
        }
        Ok(())
    }

    fn status(&mut self, name: &str, items: &str) -> Result<()> {
        let items = items.trim_end_matches(')').split(' ');
        let item = |item: &str| match item {
            "UNSEEN" => "UNSEEN 7".to_owned(),
            "MESSAGES" => format!("MESSAGES {}", self.store.messages),
            other => format!("{other} 1"),
        };
        let items: Vec<_> = items.map(|name| item(&name.to_ascii_uppercase())).collect();
        self.say(&format!("* STATUS {name} ({})\r\n", items.join(" ")))
    }

    /// Queues text for sending.
    fn say(&mut self, text: &str) -> Result<()> {
        self.send(text.as_bytes())
    }

    /// Sends bytes, together with those before them if they are few.
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        if self.output.len() + bytes.len() < BUFFER {
            self.output.extend_from_slice(bytes);
            return Ok(());
        }
        self.flush()?;
        self.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        let mut output = std::mem::take(&mut self.output);
        self.write(&output)?;
        self.stream.flush()?;
        output.clear();
        self.output = output;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let piece = match self.store.piece {
            0 => bytes.len().max(1),
            piece => piece,
        };
        for piece in bytes.chunks(piece) {
            self.stream.write_all(piece)?;
        }
        Ok(())
    }

    /// Reads a line, without its end.
    fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        loop {
            let unused = &self.input[self.unused.clone()];
            if let Some(end) = memchr(b'\n', unused) {
                line.extend_from_slice(&unused[..end]);
                self.unused.start += end + 1;
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(String::from_utf8(line)?);
            }
            line.extend_from_slice(unused);
            self.read()?;
        }
    }

    /// Skips the bytes of a literal.
    fn skip(&mut self, mut count: usize) -> Result<()> {
        loop {
            let here = count.min(self.unused.len());
            self.unused.start += here;
            count -= here;
            if count == 0 {
                return Ok(());
            }
            self.read()?;
        }
    }

    /// Sends everything, and waits for more input, which replaces the old one.
    fn read(&mut self) -> Result<()> {
        self.flush()?;
        let count = self.stream.read(&mut self.input)?;
        if count == 0 {
            return Err(Gone.into());
        }
        self.unused = 0..count;
        Ok(())
    }
}
