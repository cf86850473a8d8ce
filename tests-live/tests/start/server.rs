//! A server that keeps only the names of mailboxes and the numbers of their messages, and reports
//! these numbers at SELECT and NOOP only.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use imapclient_testkit::{Connection, Peer};

pub(crate) const USER: &str = "bob";
pub(crate) const PASSWORD: &str = "hunter2-is-secret";

/// A server without TLS.
pub(crate) struct Server {
    peer: Peer,
    mailboxes: Mailboxes,
}

#[derive(Clone)]
pub(crate) struct Mailboxes {
    /// The messages of each mailbox, by its name.
    messages: Arc<Mutex<BTreeMap<String, Messages>>>,
    /// Returns whether the server refuses a command, given its word and its other arguments.
    refuses: fn(&str, &str) -> bool,
}

#[derive(Clone, Copy, Default)]
struct Messages {
    /// The number of messages that were ever appended.
    had: usize,
    /// The number of messages that have not been removed.
    left: usize,
}

impl Server {
    pub(crate) fn start(names: &[&str]) -> Self {
        Self::strict(names, |_, _| false)
    }

    /// Starts a server that refuses some commands, by their word and the mailbox.
    pub(crate) fn strict(names: &[&str], refuses: fn(&str, &str) -> bool) -> Self {
        let names = names.iter().map(|&name| name.to_owned());
        let messages = names.map(|name| (name, Messages::default())).collect();
        let mailboxes = Mailboxes {
            messages: Arc::new(Mutex::new(messages)),
            refuses,
        };
        let own = mailboxes.clone();
        Self {
            peer: Peer::start(move |connection| own.serve(connection)),
            mailboxes,
        }
    }

    /// Returns the names of the mailboxes.
    pub(crate) fn mailboxes(&self) -> Vec<String> {
        self.mailboxes.messages().keys().cloned().collect()
    }

    /// Returns the INI file of an account on this server.
    pub(crate) fn ini(&self) -> String {
        let port = self.peer.port();
        format!(
            "[DEFAULT]\nhost = 127.0.0.1\nport = {port}\nssl = false\n\
             username = {USER}\npassword = {PASSWORD}\n"
        )
    }
}

impl Mailboxes {
    pub(crate) fn none() -> Self {
        Self {
            messages: Arc::default(),
            refuses: |_, _| false,
        }
    }

    fn messages(&self) -> MutexGuard<'_, BTreeMap<String, Messages>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves one client until it disconnects.
    pub(crate) fn serve(&self, mut connection: Connection) -> io::Result<()> {
        connection.send("* OK [CAPABILITY IMAP4rev1] hello")?;
        let mut selected = None;
        loop {
            let line = match connection.read_line() {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                line => line?,
            };
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
            // No argument of the tests contains blanks, so the quotes can be dropped.
            let answer =
                self.answer(&mut connection, &mut selected, word, &rest.replace('"', ""))?;
            connection.send(&format!("{tag} {answer}"))?;
            if word == "LOGOUT" {
                return connection.close();
            }
        }
    }

    fn answer(
        &self,
        connection: &mut Connection,
        selected: &mut Option<String>,
        word: &str,
        rest: &str,
    ) -> io::Result<&'static str> {
        let done = match word {
            _ if (self.refuses)(word, rest) => false,
            "LOGIN" => {
                if rest != format!("{USER} {PASSWORD}") {
                    return Ok("NO [AUTHENTICATIONFAILED] No such \u{1b}[31muser");
                }
                true
            }
            "CREATE" => {
                let none = Messages::default();
                self.messages().insert(rest.to_owned(), none).is_none()
            }
            "DELETE" => self.messages().remove(rest).is_some(),
            "SELECT" => {
                *selected = Some(rest.to_owned());
                self.tell(connection, selected)?
            }
            "NOOP" => {
                self.tell(connection, selected)?;
                true
            }
            "APPEND" => {
                let (name, size) = rest.split_once(" {").unwrap_or((rest, ""));
                let size = size.trim_end_matches('}').parse::<usize>();
                connection.send("+ go on")?;
                connection.read_exact(size.map_err(io::Error::other)?)?;
                connection.expect("")?;
                let mut messages = self.messages();
                let mailbox = messages.entry(name.to_owned()).or_default();
                mailbox.had += 1;
                mailbox.left += 1;
                true
            }
            "UID" if rest.starts_with("STORE") => true,
            // A STORE marks all messages, since the client sends no other.
            "CLOSE" => {
                let name = selected.take().unwrap_or_default();
                let mut messages = self.messages();
                messages.entry(name).or_default().left = 0;
                true
            }
            "UID" if rest.starts_with("SEARCH") => {
                let name = selected.as_deref().unwrap_or_default();
                let Messages { had, left } = self.messages().get(name).copied().unwrap_or_default();
                let uids: String = (had - left + 1..=had)
                    .map(|uid| format!(" {uid}"))
                    .collect();
                connection.send(&format!("* SEARCH{uids}"))?;
                true
            }
            "LIST" if rest.trim().is_empty() => {
                connection.send(r#"* LIST (\Noselect) "/" """#)?;
                true
            }
            "LIST" => {
                let start = rest.trim().trim_end_matches(['*', '%']);
                let messages = self.messages();
                for name in messages.keys().filter(|name| name.starts_with(start)) {
                    connection.send(&format!(r#"* LIST () "/" {name}"#))?;
                }
                true
            }
            "CAPABILITY" => {
                connection.send("* CAPABILITY IMAP4rev1")?;
                true
            }
            "LOGOUT" => {
                connection.send("* BYE")?;
                true
            }
            _ => return Ok("BAD What?"),
        };
        Ok(if done { "OK done" } else { "NO not so" })
    }

    /// Reports the number of messages. Returns whether the mailbox exists.
    fn tell(&self, connection: &mut Connection, selected: &Option<String>) -> io::Result<bool> {
        let name = selected.as_deref().unwrap_or_default();
        let Some(mailbox) = self.messages().get(name).copied() else {
            return Ok(false);
        };
        connection.send(&format!("* {} EXISTS", mailbox.left))?;
        Ok(true)
    }
}
