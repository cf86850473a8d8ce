//! A server that accepts every command, stores it unchanged, and answers OK.

use std::{
    io::{self, ErrorKind},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use imapclient::{Builder, blocking::Client};
use imapclient_testkit::{Connection, Peer};

use crate::table::Phase;

/// The encoding of mailbox names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Names {
    Utf7,
    Utf8,
}

/// The capabilities for all logins, and for all methods.
const STRANGER: &str = "IMAP4rev1 AUTH=PLAIN SASL-IR ID";
const MEMBER: &str = "IMAP4rev1 ACL ENABLE ESEARCH ID LIST-EXTENDED LIST-METADATA MOVE MULTIAPPEND \
                      NOTIFY QUOTA SORT THREAD=REFERENCES THREAD=abc UIDPLUS UTF8=ACCEPT X-GM-EXT-1 XLIST";

/// The server and its client.
pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) names: Names,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
    used: Instant,
    _peer: Peer,
}

impl Server {
    pub(crate) fn start(phase: Phase, literals: &str, names: Names) -> Self {
        let greeting = match phase {
            Phase::Stranger => format!("* OK [CAPABILITY {STRANGER}{literals}] hello"),
            Phase::Member | Phase::Reader => {
                format!("* PREAUTH [CAPABILITY {MEMBER}{literals}] hello")
            }
        };
        let received = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&received);
        let peer = Peer::start(move |mut connection| {
            connection.send(&greeting)?;
            while let Some((tag, command)) = read(&mut connection)? {
                let answer = answer(&tag, &command);
                record.lock().unwrap().push(command);
                connection.send(&answer)?;
            }
            Ok(())
        });
        let builder: Builder<Client> = Builder::new("127.0.0.1").port(peer.port());
        let mut client = builder.dangerous_plaintext().connect().unwrap();
        if names == Names::Utf8 {
            client.enable(["UTF8=ACCEPT"]).unwrap();
        }
        if phase == Phase::Reader {
            client.select("Box").unwrap();
        }
        received.lock().unwrap().clear();
        Self {
            client,
            names,
            received,
            used: Instant::now(),
            _peer: peer,
        }
    }

    /// Returns the commands received since the last call, without their tags.
    pub(crate) fn received(&mut self) -> Vec<Vec<u8>> {
        // All earlier commands have been received when this is answered.
        self.client.noop().unwrap();
        let mut received = std::mem::take(&mut *self.received.lock().unwrap());
        assert_eq!(received.pop().as_deref(), Some(&b"NOOP"[..]));
        self.used = Instant::now();
        received
    }

    /// Sends a command if there was none for a while. A peer gives up after ten seconds of silence,
    /// which is not enough for long texts in the arguments of the others on a busy machine.
    pub(crate) fn keep_alive(&mut self) {
        if self.used.elapsed() > Duration::from_secs(1) {
            assert!(self.received().is_empty());
        }
    }
}

/// Reads a tag and its command with all literals; `None` at the end.
fn read(connection: &mut Connection) -> io::Result<Option<(String, Vec<u8>)>> {
    let line = match connection.read_line() {
        Ok(line) => line,
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some((tag, command)) = line.split_once(' ') else {
        return Err(io::Error::other(format!("no command: {line:?}")));
    };
    let mut command = command.as_bytes().to_vec();
    let mut line = command.clone();
    while let Some((size, waits)) = announced(&line) {
        if waits {
            connection.send("+ go on")?;
        }
        command.extend_from_slice(b"\r\n");
        command.extend(connection.read_exact(size)?);
        line = connection.read_line()?.into_bytes();
        command.extend_from_slice(&line);
    }
    Ok(Some((tag.to_owned(), command)))
}

/// Returns the size of the literal that a line announces, and whether the client waits.
fn announced(line: &[u8]) -> Option<(usize, bool)> {
    let inside = line.strip_suffix(b"}")?;
    let start = inside.iter().rposition(|byte| *byte == b'{')? + 1;
    let size = std::str::from_utf8(&inside[start..]).ok()?;
    let waits = !size.ends_with('+');
    let size = size.strip_suffix('+').unwrap_or(size);
    Some((size.parse().ok()?, waits))
}

/// Returns the answer to a command. No login succeeds, so that more can be tried.
fn answer(tag: &str, command: &[u8]) -> String {
    match command.split(|byte| *byte == b' ').next() {
        Some(b"LOGIN" | b"AUTHENTICATE") => format!("{tag} NO not you"),
        _ if command == b"ENABLE UTF8=ACCEPT" => {
            format!("* ENABLED UTF8=ACCEPT\r\n{tag} OK done")
        }
        // If nothing is returned, the client asks again in another form.
        Some(b"XLIST") => format!("* XLIST () \"/\" INBOX\r\n{tag} OK done"),
        _ if is_extended_search(command) => {
            format!("* ESEARCH (TAG \"{tag}\") COUNT 0\r\n{tag} OK done")
        }
        // The methods after this one change messages, which takes a mailbox that can be written.
        Some(b"EXAMINE") => format!("{tag} OK [READ-WRITE] done"),
        _ => format!("{tag} OK done"),
    }
}

/// Returns whether a command is a SEARCH or SORT with RETURN.
fn is_extended_search(command: &[u8]) -> bool {
    let mut words = command.split(|byte| *byte == b' ').peekable();
    words.next_if_eq(&&b"UID"[..]);
    matches!(words.next(), Some(b"SEARCH" | b"SORT")) && words.next() == Some(b"RETURN")
}
