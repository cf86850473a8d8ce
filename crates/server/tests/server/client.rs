//! A raw client, and the server that most tests talk to.

use std::{
    io::{self, BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use imapclient_server::Server;

/// A client that only handles lines and literals.
pub(crate) struct Client<S: Read + Write = TcpStream> {
    pub(crate) stream: BufReader<S>,
    tag: u32,
}

impl Client {
    /// Connects and reads the greeting.
    pub(crate) fn connect(addr: SocketAddr) -> Self {
        let mut client = Self::open(addr);
        let greeting = client.line();
        assert!(greeting.starts_with("* OK [CAPABILITY "), "{greeting}");
        client
    }

    /// Connects without reading.
    pub(crate) fn open(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.set_nodelay(true).unwrap();
        Self::on(stream)
    }

    /// Connects and logs in.
    pub(crate) fn login(server: &Server) -> Self {
        let mut client = Self::connect(server.addr());
        client.ok("LOGIN bob sekret");
        client
    }

    /// Connects, logs in and selects INBOX.
    pub(crate) fn inbox(server: &Server) -> Self {
        let mut client = Self::login(server);
        client.ok("SELECT INBOX");
        client
    }
}

impl<S: Read + Write> Client<S> {
    pub(crate) fn on(stream: S) -> Self {
        Self {
            stream: BufReader::new(stream),
            tag: 0,
        }
    }

    /// Sends bytes.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let stream = self.stream.get_mut();
        stream.write_all(bytes.as_ref()).unwrap();
        stream.flush().unwrap();
    }

    /// Reads a response with its literals, without its CRLF.
    pub(crate) fn line(&mut self) -> String {
        self.try_line().unwrap()
    }

    pub(crate) fn try_line(&mut self) -> io::Result<String> {
        let mut text = Vec::new();
        loop {
            if self.stream.read_until(b'\n', &mut text)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(line) = text.strip_suffix(b"\r\n") else {
                return Err(io::Error::other(format!(
                    "{:?}",
                    text.escape_ascii().to_string()
                )));
            };
            let Some(length) = literal(line) else {
                return Ok(String::from_utf8_lossy(line).into_owned());
            };
            let at = text.len();
            text.resize(at + length, 0);
            self.stream.read_exact(&mut text[at..])?;
        }
    }

    /// Sends a command. Returns its responses, the tagged one last and without its tag.
    pub(crate) fn run(&mut self, command: &str) -> Vec<String> {
        let tag = self.start(command);
        self.finish(&tag)
    }

    /// Sends a command. Returns its tag.
    pub(crate) fn start(&mut self, command: &str) -> String {
        self.tag += 1;
        let tag = format!("t{}", self.tag);
        self.send(format!("{tag} {command}\r\n"));
        tag
    }

    /// Reads up to the tagged response.
    pub(crate) fn finish(&mut self, tag: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            let end = line
                .strip_prefix(tag)
                .and_then(|rest| rest.strip_prefix(' '));
            if let Some(end) = end {
                lines.push(end.to_owned());
                return lines;
            }
            lines.push(line);
        }
    }

    /// Sends a command, which must succeed. Returns the untagged responses without their `* `.
    pub(crate) fn ok(&mut self, command: &str) -> Vec<String> {
        let mut lines = self.run(command);
        let last = lines.pop().unwrap();
        assert!(last.starts_with("OK "), "{command}: {last}");
        let untagged = |line: String| line.strip_prefix("* ").map(ToOwned::to_owned);
        lines.into_iter().filter_map(untagged).collect()
    }

    /// Sends a command. Returns its tagged response.
    pub(crate) fn end(&mut self, command: &str) -> String {
        self.run(command).pop().unwrap()
    }

    /// Asserts that the server has closed the connection.
    pub(crate) fn assert_closed(&mut self) {
        match self.try_line() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => {}
            other => panic!("not closed, but {other:?}"),
        }
    }
}

/// Returns a server with two messages in bob's INBOX and an empty Trash.
pub(crate) fn server() -> Server {
    Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message("From: ann@example.org\nSubject: one\n\nFirst.\n")
                .message("From: ben@example.org\nSubject: two\n\nSecond.\n")
        })
        .mailbox("Trash", |m| m)
        .start()
}

fn literal(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"}")?;
    let open = line.iter().rposition(|&byte| byte == b'{')?;
    std::str::from_utf8(&line[open + 1..]).ok()?.parse().ok()
}
