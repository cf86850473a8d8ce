//! A client that does the least: it sends the commands of a workload and reads to the tagged line,
//! without looking at what it reads. If messages are to be written to files, it copies them.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::ExitCode,
};

use imapclient_bench_task::{
    Done, METADATA, PASSWORD, Result, Task, USER, Workload, maildir::Maildir, memory, run, tls,
};
use rustls::{ClientConnection, StreamOwned};

/// The size of the buffer.
const BUFFER: usize = 64 * 1024;
/// The longest tagged line.
const TAIL: usize = 256;
/// The tag of the last command.
const LAST: &str = "Z";

trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// A connection.
struct Null {
    stream: BufReader<Box<dyn Stream>>,
    buffer: Vec<u8>,
}

fn main() -> ExitCode {
    run(work)
}

fn work(task: &Task) -> Result<Done> {
    let mut done = Done::default();
    if task.workload == Workload::Idle {
        return idle(task);
    }
    if task.workload == Workload::First {
        for _ in 0..task.count {
            let mut null = Null::open(task, 0)?;
            null.ask("UID FETCH 1 (UID FLAGS)")?;
            done.add(1);
        }
        return Ok(done);
    }
    let mut null = Null::open(task, 0)?;
    let all = task.all();
    match task.workload {
        Workload::Flags => done.sum = null.ask(&format!("UID FETCH {all} (UID FLAGS)"))?,
        Workload::Metadata => done.sum = null.ask(&format!("UID FETCH {all} {METADATA}"))?,
        Workload::Bodies => done.sum = null.ask(&format!("UID FETCH {all} (UID BODY.PEEK[])"))?,
        Workload::Search => done.sum = null.ask("UID SEARCH ALL")?,
        Workload::Save => {
            let mut file = File::create(task.file())?;
            null.copy("UID FETCH 1 (UID BODY.PEEK[])", |null, _, size| {
                done.add(size);
                null.copy_literal(size, &mut file)
            })?;
        }
        Workload::Pull => {
            let maildir = Maildir::make(task.maildir())?;
            let command = format!("UID FETCH {all} (UID BODY.PEEK[])");
            null.copy(&command, |null, uid, size| {
                done.add(size);
                let mut message = maildir.begin(uid)?;
                null.copy_literal(size, &mut message)?;
                Ok(message.finish()?)
            })?;
        }
        Workload::Append => {
            let message = task.message();
            let head = format!("APPEND INBOX {{{}+}}\r\n", message.len());
            null.many(task.count, |_, line| {
                line.extend_from_slice(head.as_bytes());
                line.extend_from_slice(&message);
                done.add(message.len() as u64);
            })?;
        }
        Workload::Upload => {
            let mut file = File::open(task.file())?;
            let size = file.metadata()?.len();
            let stream = null.stream.get_mut();
            write!(stream, "{LAST} APPEND INBOX {{{size}+}}\r\n")?;
            loop {
                let count = file.read(&mut null.buffer)?;
                if count == 0 {
                    break;
                }
                stream.write_all(&null.buffer[..count])?;
            }
            stream.write_all(b"\r\n")?;
            null.read_to_end()?;
            done.add(size);
        }
        Workload::Singles => null.many(task.count, |number, line| {
            line.extend_from_slice(format!("UID FETCH {} (UID FLAGS)", number + 1).as_bytes());
            done.add(0);
        })?,
        Workload::Unread => null.many(task.count, |number, line| {
            let name = Task::mailbox(number);
            line.extend_from_slice(format!("STATUS {name} (UNSEEN)").as_bytes());
            done.add(0);
        })?,
        Workload::Idle | Workload::First => {}
    }
    null.ask("LOGOUT")?;
    Ok(done)
}

fn idle(task: &Task) -> Result<Done> {
    let before = memory::resident()?;
    let open = (0..task.count).map(|number| Null::open(task, number));
    let open = open.collect::<Result<Vec<_>>>()?;
    let resident = Some((before, memory::resident()?));
    let items = open.len() as u64;
    Ok(Done {
        items,
        sum: 0,
        resident,
    })
}

impl Null {
    /// Connects, logs in and selects INBOX.
    fn open(task: &Task, number: usize) -> Result<Self> {
        let socket = TcpStream::connect(task.addr(number))?;
        socket.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match &task.ca {
            None => Box::new(socket),
            Some(ca) => {
                let connection = ClientConnection::new(tls::config(ca)?, tls::name())?;
                Box::new(StreamOwned::new(connection, socket))
            }
        };
        // An idle connection needs no more than a line.
        let capacity = match task.workload {
            Workload::Idle => TAIL,
            _ => BUFFER,
        };
        let mut null = Self {
            stream: BufReader::with_capacity(capacity, stream),
            buffer: vec![0; TAIL + capacity],
        };
        null.line()?;
        null.ask(&format!("LOGIN {USER} {PASSWORD}"))?;
        null.ask("SELECT INBOX")?;
        Ok(null)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line)? {
            0 => Err("the server is gone".into()),
            _ => Ok(line),
        }
    }

    /// Sends a command, and returns the number of bytes up to the tagged line.
    fn ask(&mut self, command: &str) -> Result<u64> {
        let stream = self.stream.get_mut();
        stream.write_all(format!("{LAST} {command}\r\n").as_bytes())?;
        stream.flush()?;
        self.read_to_end()
    }

    /// Sends many commands, and reads to the tagged line of the last.
    fn many(&mut self, count: usize, mut write: impl FnMut(usize, &mut Vec<u8>)) -> Result<()> {
        let mut lines = Vec::new();
        for number in 0..count {
            let last = number + 1 == count;
            let tag = if last {
                LAST.to_owned()
            } else {
                format!("A{number}")
            };
            lines.extend_from_slice(tag.as_bytes());
            lines.push(b' ');
            write(number, &mut lines);
            lines.extend_from_slice(b"\r\n");
            if last || lines.len() > BUFFER {
                self.stream.get_mut().write_all(&lines)?;
                lines.clear();
            }
        }
        if count == 0 {
            return Ok(());
        }
        self.stream.get_mut().flush()?;
        self.read_to_end()?;
        Ok(())
    }

    /// Reads until the last bytes are a tagged line. Returns the number of bytes.
    fn read_to_end(&mut self) -> Result<u64> {
        let mut total = 0;
        // The last bytes before those of the next read.
        let mut kept = 0;
        loop {
            let count = self.stream.read(&mut self.buffer[TAIL..])?;
            if count == 0 {
                return Err("the server is gone".into());
            }
            total += count as u64;
            let end = TAIL + count;
            let read = &self.buffer[TAIL - kept..end];
            if let Some(line) = read.strip_suffix(b"\r\n") {
                let start = line.iter().rposition(|&byte| byte == b'\n');
                let last = &line[start.map_or(0, |at| at + 1)..];
                if last.starts_with(b"Z OK") {
                    return Ok(total);
                }
                if last.starts_with(b"Z ") {
                    return Err(String::from_utf8_lossy(last).into());
                }
            }
            kept = read.len().min(TAIL);
            self.buffer.copy_within(end - kept..end, TAIL - kept);
        }
    }

    /// Sends a FETCH of bodies, and calls `take` where each one begins.
    fn copy(
        &mut self,
        command: &str,
        mut take: impl FnMut(&mut Self, u32, u64) -> Result<()>,
    ) -> Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(format!("{LAST} {command}\r\n").as_bytes())?;
        stream.flush()?;
        loop {
            let line = self.line()?;
            if line.starts_with("Z ") {
                return if line.starts_with("Z OK") {
                    Ok(())
                } else {
                    Err(line.into())
                };
            }
            let Some((start, size)) = line.trim_end().rsplit_once('{') else {
                continue;
            };
            let size = size.trim_end_matches('}').parse()?;
            let uid = start
                .split_once("UID ")
                .and_then(|(_, rest)| rest.split(' ').next());
            take(self, uid.ok_or("a body without a UID")?.parse()?, size)?;
        }
    }

    fn copy_literal(&mut self, size: u64, to: &mut impl Write) -> Result<()> {
        let mut left = size;
        while left > 0 {
            let piece = self.stream.fill_buf()?;
            let count = piece.len().min(usize::try_from(left)?);
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            to.write_all(&piece[..count])?;
            self.stream.consume(count);
            left -= count as u64;
        }
        Ok(())
    }
}
