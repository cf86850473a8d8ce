//! A server with mailboxes and nothing in them.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use imapclient_testkit::{Connection, Peer};

pub(crate) const USER: &str = "bob";
pub(crate) const PASSWORD: &str = "hunter2-is-secret";

/// A server in clear.
pub(crate) struct Server {
    peer: Peer,
    mailboxes: Mailboxes,
}

#[derive(Clone)]
pub(crate) struct Mailboxes {
    names: Arc<Mutex<BTreeSet<String>>>,
    /// Whether it says NO to a command about a mailbox.
    refuses: fn(&str, &str) -> bool,
}

impl Server {
    pub(crate) fn start(names: &[&str]) -> Self {
        Self::strict(names, |_, _| false)
    }

    /// One that says NO to some commands, by their word and the mailbox.
    pub(crate) fn strict(names: &[&str], refuses: fn(&str, &str) -> bool) -> Self {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        let mailboxes = Mailboxes {
            names: Arc::new(Mutex::new(names)),
            refuses,
        };
        let own = mailboxes.clone();
        Self {
            peer: Peer::start(move |connection| own.serve(connection)),
            mailboxes,
        }
    }

    /// What mailboxes there are.
    pub(crate) fn mailboxes(&self) -> Vec<String> {
        self.mailboxes.names().iter().cloned().collect()
    }

    /// The INI file of an account on it.
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
            names: Arc::default(),
            refuses: |_, _| false,
        }
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Speaks with one client until it goes.
    pub(crate) fn serve(&self, mut connection: Connection) -> io::Result<()> {
        connection.send("* OK [CAPABILITY IMAP4rev1] hello")?;
        loop {
            let line = match connection.read_line() {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                line => line?,
            };
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
            // No word here has blanks in it, so that quotes mean nothing.
            let answer = self.answer(&mut connection, word, &rest.replace('"', ""))?;
            connection.send(&format!("{tag} {answer}"))?;
            if word == "LOGOUT" {
                return connection.close();
            }
        }
    }

    fn answer(
        &self,
        connection: &mut Connection,
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
            "CREATE" => self.names().insert(rest.to_owned()),
            "DELETE" => self.names().remove(rest),
            "SELECT" => self.names().contains(rest),
            "LIST" if rest.trim().is_empty() => {
                connection.send(r#"* LIST (\Noselect) "/" """#)?;
                true
            }
            "LIST" => {
                let start = rest.trim().trim_end_matches('*');
                for name in self.names().iter().filter(|name| name.starts_with(start)) {
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
            "NOOP" => true,
            _ => return Ok("BAD What?"),
        };
        Ok(if done { "OK done" } else { "NO not so" })
    }
}
