//! The program `mbsync` (Debian's isync), with Cyrus SASL.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Command, Stdio},
};

use imapclient_testkit::{Mail, Server};
use tempfile::TempDir;

use super::{Client, PASSWORD, USER};
use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    servers::{apt, find_program},
    signals::Signals,
};

/// The Debian packages; the second contains the mechanisms of Cyrus SASL.
const PACKAGES: &[&str] = &["isync", "libsasl2-modules"];
/// The ways to log in: SASL mechanisms, and the command LOGIN.
const LOGINS: [&str; 5] = ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"];

pub(super) struct Mbsync;

impl Client for Mbsync {
    fn name(&self) -> &'static str {
        "mbsync"
    }

    fn obstacle(&self) -> Option<String> {
        let possible = is_installed() || apt::may_install();
        (!possible).then(|| apt::how_to("mbsync", PACKAGES))
    }

    fn install(&self, signals: &Signals) -> Result<String> {
        if !is_installed() {
            apt::install(PACKAGES, signals)?;
        }
        Ok(apt::version(PACKAGES[0]).unwrap_or_default())
    }

    fn work(&self, signals: &Signals) -> Result<usize> {
        let mut count = 0;
        for login in LOGINS {
            for ssl in ["None", "STARTTLS", "IMAPS"] {
                let mut sync = Sync::new(login, ssl)?;
                sync.both_ways(signals).map_err(|failure| {
                    Failure::new(format!(
                        "{login}, SSLType {ssl}: {failure}\n{}",
                        sync.last()
                    ))
                })?;
                count += sync.steps;
            }
        }
        Ok(count)
    }
}

fn is_installed() -> bool {
    PACKAGES
        .iter()
        .all(|package| apt::version(package).is_some())
}

/// A server and a local folder that the program synchronises.
struct Sync {
    server: Server,
    folder: TempDir,
    login: &'static str,
    steps: usize,
}

impl Sync {
    fn new(login: &'static str, ssl: &str) -> Result<Self> {
        let server = Server::builder()
            .say_capability("AUTH=SCRAM-SHA-1")
            .say_capability("AUTH=SCRAM-SHA-256")
            .say_capability("AUTH=CRAM-MD5")
            .user(USER, PASSWORD)
            .mailbox("INBOX", |m| {
                m.messages((1..=30).map(|n| letter(&format!("far {n}"), "")))
                    .message(
                        Mail::from(letter("flagged", ""))
                            .flag("\\Flagged")
                            .flag("\\Seen"),
                    )
                    .message(letter("long", &"A line of text.\n".repeat(20_000)))
            })
            .mailbox("Arbeit/Entwürfe", |m| {
                m.message(letter("draft", "Grüße\n"))
            })
            .mailbox("Leer", |m| m)
            .start();
        let folder = tempfile::tempdir().doing(|| "make a folder".into())?;
        let port = if ssl == "IMAPS" {
            server.tls_addr().port()
        } else {
            server.addr().port()
        };
        let here = folder.path().display();
        let conf = format!(
            "SyncState *\n\n\
             IMAPAccount far\nHost {}\nPort {port}\nUser {USER}\nPassCmd \"cat {here}/password\"\n\
             SSLType {ssl}\nCertificateFile {here}/ca.pem\nAuthMechs {login}\n\n\
             IMAPStore far\nAccount far\n\n\
             MaildirStore near\nPath {here}/mail/\nInbox {here}/mail/INBOX\nSubFolders Verbatim\n\n\
             Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nCopyArrivalDate yes\n",
            server.host(),
        );
        for (name, text) in [
            ("mbsyncrc", conf.as_str()),
            ("password", PASSWORD),
            ("ca.pem", server.ca_pem()),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, text).doing(|| format!("write {}", path.display()))?;
        }
        fs::create_dir(folder.path().join("mail")).doing(|| "make a folder".into())?;
        Ok(Self {
            server,
            folder,
            login,
            steps: 0,
        })
    }

    /// Synchronises all kinds of changes on both sides.
    fn both_ways(&mut self, signals: &Signals) -> Result<()> {
        self.run(signals)?;
        let by = self.server.received();
        let wanted = match self.login {
            "LOGIN" => "LOGIN ".to_owned(),
            mechanism => format!("AUTHENTICATE {mechanism}"),
        };
        let logged_in = by.iter().any(|sent| sent.command().starts_with(&wanted));
        self.step(logged_in, "logs in as it was told")?;
        self.alike("INBOX", "INBOX")?;
        self.alike("Arbeit/Entwürfe", "Arbeit/Entw&APw-rfe")?;
        self.alike("Leer", "Leer")?;
        self.step(self.near("INBOX")?.len() == 32, "fetches all messages")?;

        // Without changes no change is sent.
        self.server.clear_received();
        self.run(signals)?;
        let sent = self.server.received();
        let writes = sent.iter().find(|sent| {
            let command = sent.command();
            let writes = [
                "APPEND",
                "UID STORE",
                "UID COPY",
                "UID MOVE",
                "CREATE",
                "EXPUNGE",
            ];
            writes.iter().any(|name| command.starts_with(name))
        });
        self.step(writes.is_none(), "leaves alone what is alike")?;

        // Messages are added, changed and removed on the server.
        self.server.deliver(USER, "INBOX", letter("news", ""));
        self.server.deliver(USER, "Leer", letter("not empty", ""));
        self.on_server(&[
            "SELECT INBOX",
            "UID STORE 2 +FLAGS.SILENT (\\Answered)",
            "UID STORE 3 +FLAGS.SILENT (\\Deleted)",
            "EXPUNGE",
            "CREATE Neu",
            "CREATE Fern/tief",
        ])?;
        // The same changes are made in the local folder.
        let inbox = self.near("INBOX")?;
        self.add("INBOX", "mine", "")?;
        self.add(
            "INBOX",
            "mine, and long",
            &"Another line of text.\n".repeat(10_000),
        )?;
        self.flag(&inbox, "far 5", "FS")?;
        self.flag(&inbox, "far 6", "T")?;
        self.run(signals)?;
        self.alike("INBOX", "INBOX")?;
        self.alike("Leer", "Leer")?;
        let far = self.far("INBOX");
        for (step, wanted) in [
            (
                "brings what is new",
                &["news: ", "mine: ", "mine, and long: "][..],
            ),
            ("brings flags to the server", &["far 5: FS"]),
            ("brings flags from the server", &["far 2: R"]),
        ] {
            let all = wanted
                .iter()
                .all(|one| far.iter().any(|there| there == one));
            self.step(all, step)?;
        }
        let gone = ["far 3: ", "far 6: "];
        let is_gone = |there: &String| !gone.iter().any(|one| there.starts_with(one));
        self.step(
            far.len() == 33 && far.iter().all(is_gone),
            "removes what is gone",
        )?;
        let made = ["Neu", "Fern/tief"]
            .iter()
            .all(|name| self.mailbox(name).is_dir());
        self.step(made, "makes mailboxes")?;

        // A new local folder becomes a mailbox on the server.
        for part in ["cur", "new", "tmp"] {
            let path = self.mailbox("Nah").join(part);
            fs::create_dir_all(&path).doing(|| format!("make {}", path.display()))?;
        }
        self.add("Nah", "near only", "Grüße\n")?;
        self.run(signals)?;
        self.alike("Nah", "Nah")?;
        self.step(
            self.far("Nah") == ["near only: "],
            "brings a folder to the server",
        )
    }

    fn run(&mut self, signals: &Signals) -> Result<()> {
        let program = find_program("mbsync").ok_or_else(|| Failure::set_up("mbsync is missing"))?;
        let mut command = Command::new(program);
        command
            .args(["--quiet", "--all", "--config"])
            .arg(self.folder.path().join("mbsyncrc"))
            .env("HOME", self.folder.path())
            .stdin(Stdio::null());
        let (status, _) = process::capture(&mut command, signals, io::stderr())?;
        signals.check()?;
        self.step(status.success(), "ends well")
    }

    fn step(&mut self, holds: bool, what: &str) -> Result<()> {
        self.steps += 1;
        if holds {
            return Ok(());
        }
        Err(Failure::new(format!(
            "step {} does not hold: it {what}",
            self.steps
        )))
    }

    /// Returns the last commands that the program sent.
    fn last(&self) -> String {
        let sent: Vec<_> = self
            .server
            .received()
            .iter()
            .map(|sent| sent.text())
            .collect();
        let last = &sent[sent.len().saturating_sub(5)..];
        let cut = last
            .iter()
            .map(|text| text.chars().take(200).collect::<String>());
        format!(
            "the last commands it sent:\n  {}",
            cut.collect::<Vec<_>>().join("\n  ")
        )
    }

    /// Fails unless both sides have the same messages with the same flags.
    fn alike(&mut self, far: &str, near: &str) -> Result<()> {
        let far_side = self.far(far);
        let mut near_side: Vec<_> = self
            .near(near)?
            .into_iter()
            .map(|one| one.shown())
            .collect();
        near_side.sort();
        let holds = far_side == near_side;
        if !holds {
            eprintln!("{far}: there {far_side:?}, here {near_side:?}");
        }
        self.step(holds, "makes both sides alike")
    }

    /// Returns the messages on the server as subject and letters of the flags, sorted.
    fn far(&self, mailbox: &str) -> Vec<String> {
        let messages = self.server.messages(USER, mailbox).into_iter();
        let mut all: Vec<_> = messages
            .map(|message| {
                let letters = [
                    ("\\Draft", 'D'),
                    ("\\Flagged", 'F'),
                    ("\\Answered", 'R'),
                    ("\\Seen", 'S'),
                    ("\\Deleted", 'T'),
                ];
                let flags = letters.iter().filter_map(|(flag, letter)| {
                    message
                        .flags
                        .iter()
                        .any(|has| has == flag)
                        .then_some(letter)
                });
                format!("{}: {}", subject(&message.bytes), flags.collect::<String>())
            })
            .collect();
        all.sort();
        all
    }

    /// Returns the messages in a local folder.
    fn near(&self, name: &str) -> Result<Vec<Near>> {
        let mut all = Vec::new();
        for part in ["cur", "new"] {
            let folder = self.mailbox(name).join(part);
            let what = || format!("read {}", folder.display());
            for entry in fs::read_dir(&folder).doing(what)? {
                let path = entry.doing(what)?.path();
                let bytes = fs::read(&path).doing(what)?;
                let subject = subject(&bytes);
                all.push(Near { path, subject });
            }
        }
        Ok(all)
    }

    /// Adds a new message to a local folder.
    fn add(&self, name: &str, subject: &str, body: &str) -> Result<()> {
        let file = format!("{}.{}.here", self.steps, subject.len());
        let path = self.mailbox(name).join("new").join(file);
        fs::write(&path, letter(subject, body)).doing(|| format!("write {}", path.display()))
    }

    /// Sets the flags of a local message.
    fn flag(&self, all: &[Near], subject: &str, flags: &str) -> Result<()> {
        let message = all.iter().find(|message| message.subject == subject);
        let message = message
            .ok_or_else(|| Failure::new(format!("{subject:?} is not in the local folder")))?;
        let name = message.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        let name = name.split(":2,").next().unwrap_or_default();
        let to = self
            .mailbox("INBOX")
            .join("cur")
            .join(format!("{name}:2,{flags}"));
        fs::rename(&message.path, &to).doing(|| format!("rename to {}", to.display()))
    }

    fn mailbox(&self, name: &str) -> PathBuf {
        self.folder.path().join("mail").join(name)
    }

    /// Sends commands as another client.
    fn on_server(&self, commands: &[&str]) -> Result<()> {
        let talk = || -> io::Result<()> {
            let stream = TcpStream::connect(self.server.addr())?;
            let mut stream = BufReader::new(stream);
            let login = format!("LOGIN {USER} \"{}\"", PASSWORD.replace('"', "\\\""));
            for command in [login.as_str()].iter().chain(commands).chain(&["LOGOUT"]) {
                stream
                    .get_mut()
                    .write_all(format!("x {command}\r\n").as_bytes())?;
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line)? == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    if line.starts_with("x OK") {
                        break;
                    }
                    if line.starts_with("x ") {
                        return Err(io::Error::other(line));
                    }
                }
            }
            Ok(())
        };
        talk().doing(|| "change what is on the server".into())
    }
}

/// A message in a local folder.
struct Near {
    path: PathBuf,
    subject: String,
}

impl Near {
    /// Returns the message in the form in which it is compared: its subject and the letters of its
    /// flags.
    fn shown(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let flags = name.split_once(":2,").map_or("", |(_, flags)| flags);
        format!("{}: {flags}", self.subject)
    }
}

fn letter(subject: &str, body: &str) -> String {
    format!(
        "From: ann@example.org\nTo: bob@example.org\nSubject: {subject}\n\
         Message-ID: <{}@example.org>\nContent-Type: text/plain; charset=utf-8\n\n{body}Text.\n",
        subject.replace([' ', ','], "-")
    )
}

/// Returns the subject of a message, and its length if the message is incomplete.
fn subject(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let subject = text.lines().find_map(|line| line.strip_prefix("Subject: "));
    let subject = subject.unwrap_or_default();
    if text.lines().last() == Some("Text.") {
        return subject.to_owned();
    }
    format!("{subject} (cut after {} bytes)", bytes.len())
}
