//! The workloads of the benchmarks of whole clients: their arguments, their results, and what all
//! clients in Rust share.
//!
//! A client is a process. It is told what to do by its arguments, and prints a line with what it
//! has received, so that nobody is fast by leaving something out:
//!
//! ```text
//!  CLIENT WORKLOAD PORT CA COUNT SIZE FOLDER     CA: path of the certificate, or - without TLS
//!  items=100000 bytes=0
//! ```

pub mod allocator;
pub mod maildir;
pub mod memory;
pub mod tls;

use std::{
    env,
    error::Error,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
};

/// The name in the server's certificate.
pub const HOST: &str = "localhost";
/// The user name that all servers accept.
pub const USER: &str = "user1";
/// The password of that user.
pub const PASSWORD: &str = "pass";
/// The data items of the workload with metadata.
pub const METADATA: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)";

/// Any error of a client, which ends it.
pub type Failure = Box<dyn Error + Send + Sync>;
/// The result of a client.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// The task of a client after it has connected, logged in and, mostly, selected INBOX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// Fetches UID and FLAGS of all messages, and counts the seen ones.
    Flags,
    /// Fetches the metadata of all messages, and adds up their sizes.
    Metadata,
    /// Fetches all messages, and adds up their lengths.
    Bodies,
    /// Fetches one message, and writes it to a file.
    Save,
    /// Uploads messages.
    Append,
    /// Uploads one message from a file.
    Upload,
    /// Searches for all messages, and adds up their UIDs.
    Search,
    /// Fetches UID and FLAGS of messages, each by a command of its own.
    Singles,
    /// Opens connections, which then do nothing, and reports the memory.
    Idle,
    /// Connects and fetches the flags of one message, several times one after the other.
    First,
    /// Writes all messages to a Maildir.
    Pull,
    /// Counts the unread messages of all mailboxes below `box`.
    Unread,
}

/// The arguments of a client.
#[derive(Clone, Debug)]
pub struct Task {
    /// The task itself.
    pub workload: Workload,
    /// The port of the server on 127.0.0.1.
    pub port: u16,
    /// The certificate of the server, if it is to be reached over TLS.
    pub ca: Option<PathBuf>,
    /// The number of messages, mailboxes or connections.
    pub count: usize,
    /// The size of a message in bytes.
    pub size: usize,
    /// The folder for files.
    pub folder: PathBuf,
}

/// The messages and bytes that a client has received or sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The number of messages, mailboxes or connections.
    pub items: u64,
    /// A sum that depends on the content: of seen messages, sizes, bytes or UIDs.
    pub sum: u64,
    /// The resident memory in bytes before and after connections were opened.
    pub resident: Option<(u64, u64)>,
}

impl Done {
    /// Notes one item.
    pub fn add(&mut self, sum: u64) {
        self.items += 1;
        self.sum += sum;
    }
}

impl FromStr for Workload {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "flags" => Self::Flags,
            "metadata" => Self::Metadata,
            "bodies" => Self::Bodies,
            "save" => Self::Save,
            "append" => Self::Append,
            "upload" => Self::Upload,
            "search" => Self::Search,
            "singles" => Self::Singles,
            "idle" => Self::Idle,
            "first" => Self::First,
            "pull" => Self::Pull,
            "unread" => Self::Unread,
            _ => return Err(format!("there is no workload {name:?}").into()),
        })
    }
}

impl Task {
    /// Reads the arguments of this process.
    pub fn read() -> Result<Self> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let [workload, port, ca, count, size, folder] = &arguments[..] else {
            return Err("the arguments are WORKLOAD PORT CA COUNT SIZE FOLDER".into());
        };
        Ok(Self {
            workload: workload.parse()?,
            port: port.parse()?,
            ca: (ca != "-").then(|| ca.into()),
            count: count.parse()?,
            size: size.parse()?,
            folder: folder.into(),
        })
    }

    /// Returns the address of the server. The addresses of many connections differ, since there are
    /// only so many ports.
    pub fn addr(&self, connection: usize) -> SocketAddr {
        let last = u8::try_from(1 + connection / 5000 % 200).unwrap_or(1);
        SocketAddr::from(([127, 0, 0, last], self.port))
    }

    /// Returns the path of the file that is written or uploaded.
    pub fn file(&self) -> PathBuf {
        self.folder.join("message")
    }

    /// Returns the folder of the Maildir.
    pub fn maildir(&self) -> &Path {
        &self.folder
    }

    /// Returns a message to upload: lines of text.
    pub fn message(&self) -> Vec<u8> {
        message(self.size)
    }

    /// Returns the set of all messages.
    pub fn all(&self) -> &'static str {
        "1:*"
    }

    /// Returns the name of a mailbox for [`Workload::Unread`].
    pub fn mailbox(number: usize) -> String {
        format!("box{number:03}")
    }
}

/// Returns a message of `size` bytes: a header, and lines of text.
pub fn message(size: usize) -> Vec<u8> {
    let mut message = b"From: ann@example.org\r\nSubject: hi\r\n\r\n".to_vec();
    let line = b"All work and no play makes Jack a dull boy, and all play makes him a mere toy\r\n";
    while message.len() < size {
        message.extend_from_slice(line);
    }
    message.truncate(size.saturating_sub(2));
    message.extend_from_slice(b"\r\n");
    message.truncate(size);
    message
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "items={} sum={}", self.items, self.sum)?;
        if let Some((before, after)) = self.resident {
            write!(f, " before={before} after={after}")?;
        }
        if allocator::is_on() {
            let (count, bytes, peak) = allocator::counts();
            write!(f, " allocations={count} allocated={bytes} heap={peak}")?;
        }
        Ok(())
    }
}

/// Runs a client and prints its result.
pub fn run(work: impl FnOnce(&Task) -> Result<Done>) -> ExitCode {
    allocator::start_if_asked();
    match Task::read().and_then(|task| work(&task)) {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
