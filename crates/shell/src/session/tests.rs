//! Tests of the session.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use imapclient_config::Config;
use imapclient_testkit::{Connection, Peer, Rule, Server};
use tokio::{
    runtime::Runtime,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use super::*;
use crate::{
    command::Command,
    reply::{Json, Reply},
    words,
};

/// A server that numbers its connections and records the commands.
struct Place {
    peer: Peer,
    sent: Arc<Mutex<Vec<String>>>,
    runtime: Runtime,
    session: Session,
}

impl Place {
    /// Calls `answer` with the number of the connection and each line; without an answer it sends
    /// OK.
    fn new(
        answer: impl Fn(u32, &str, &mut Connection) -> io::Result<Answer> + Send + Sync + 'static,
    ) -> Self {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let connections = AtomicU32::new(0);
        let peer = Peer::start({
            let sent = Arc::clone(&sent);
            move |mut connection| {
                let number = connections.fetch_add(1, Ordering::SeqCst) + 1;
                connection.send("* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] ready")?;
                loop {
                    let line = match connection.read_line() {
                        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                        line => line?,
                    };
                    let (tag, command) = line.split_once(' ').unwrap_or_default();
                    sent.lock().unwrap().push(format!("{number} {command}"));
                    match answer(number, command, &mut connection)? {
                        Answer::Ok => connection.send(&format!("{tag} OK done"))?,
                        Answer::Nothing => {}
                        Answer::End => return connection.close(),
                    }
                }
            }
        });
        let ini = format!(
            "[DEFAULT]\nhost = 127.0.0.1\nport = {}\nssl = false\nusername = bob\npassword = sekret\n",
            peer.port()
        );
        let section = Config::parse(&ini, "test").unwrap().default;
        let account = section.account().unwrap();
        Self {
            peer,
            sent,
            runtime: crate::runtime::runtime().unwrap(),
            session: Session::new(account, Screen::new(false), true),
        }
    }

    /// Runs a command, which has to end in time.
    fn run(&mut self, line: &str) -> Result<Reply> {
        self.runtime.block_on(async {
            let command = command(line);
            let run = self.session.run(async |session| command.run(session).await);
            tokio::time::timeout(Duration::from_secs(20), run)
                .await
                .expect("an end in time")
        })
    }

    /// Drops a running command, as Ctrl-C does, once the server signals it.
    fn cancel(&mut self, line: &str, now: &mut UnboundedReceiver<()>) {
        self.runtime.block_on(async {
            let command = command(line);
            tokio::select! {
                result = self.session.run(async |session| command.run(session).await) => panic!("it has ended: {result:?}"),
                _ = now.recv() => {}
            }
            self.session.drain().await;
        });
    }

    fn sent(&self, number: u32, begin: &str) -> bool {
        let begin = format!("{number} {begin}");
        let sent = self.sent.lock().unwrap();
        sent.iter().any(|line| line.starts_with(&begin))
    }

    fn finish(self) {
        drop(self.session);
        self.peer.finish().unwrap();
    }
}

enum Answer {
    Ok,
    Nothing,
    End,
}

fn command(line: &str) -> Command {
    let words = words::commands(line).unwrap().remove(0);
    Command::parse(words).unwrap()
}

fn signal() -> (UnboundedSender<()>, UnboundedReceiver<()>) {
    unbounded_channel()
}

/// Responds to SELECT with this UIDVALIDITY.
fn select(connection: &mut Connection, line: &str, uid_validity: u32) -> io::Result<Answer> {
    if line.starts_with("SELECT") {
        connection.send("* 5 EXISTS")?;
        connection.send(&format!("* OK [UIDVALIDITY {uid_validity}] valid"))?;
    }
    Ok(Answer::Ok)
}

#[test]
fn the_way_to_log_in_that_worked_is_taken_at_once_on_the_next_connection() {
    let server = Server::builder()
        .user("bob", "sekret")
        .say_capability("AUTH=SCRAM-SHA-256")
        .start();
    let refuse = || server.add_rule(Rule::on("AUTHENTICATE").once().no("no"));
    let tried = || {
        let received = server.received();
        let mut names = Vec::new();
        for command in received.iter().map(|one| one.command()) {
            if let Some(rest) = command.strip_prefix("AUTHENTICATE ") {
                names.push(rest.split(' ').next().unwrap_or_default().to_owned());
            }
        }
        names
    };
    let section = Config::parse(&server.ini("bob"), "test").unwrap().default;
    let account = section.account().unwrap();
    let mut session = Session::new(account.clone(), Screen::new(false), true);
    crate::runtime::runtime().unwrap().block_on(async {
        refuse();
        for _ in 0..2 {
            session.client().await.unwrap();
            session.lose_connection();
        }
        assert_eq!(tried(), ["SCRAM-SHA-256", "PLAIN", "PLAIN"]);
        // Another account starts with the first mechanism again.
        session.change_account(account).await.unwrap();
        assert_eq!(tried()[3..], ["SCRAM-SHA-256"]);
    });
}

#[test]
fn uids_of_before_are_never_used_when_they_mean_other_messages() {
    let mut place = Place::new(|number, line, connection| match line {
        "NOOP" => Ok(Answer::End),
        line => select(connection, line, number),
    });
    place.run("select INBOX").unwrap();
    assert!(place.run("noop").is_err());
    let failure = place.run("flag 3 seen").unwrap_err().text();
    assert!(failure.contains("another UIDVALIDITY"), "{failure}");
    assert!(place.sent(2, "SELECT \"INBOX\"") && !place.sent(2, "UID STORE"));
    // The next command is run, since the user has seen the error.
    place.run("flag 3 seen").unwrap();
    assert!(place.sent(2, "UID STORE 3"));
    place.finish();
}

#[test]
fn uids_that_become_invalid_end_one_command_and_not_the_session() {
    let mut place = Place::new(|_, line, connection| match line {
        "NOOP" => {
            connection.send("* OK [UIDVALIDITY 2] changed")?;
            Ok(Answer::Ok)
        }
        line => select(connection, line, 1),
    });
    place.run("examine INBOX").unwrap();
    place.run("select INBOX").unwrap();
    place.session.set_found(vec![Uid::MIN]);
    place.run("noop").unwrap();
    let failure = place.run("flag 3 seen").unwrap_err().text();
    assert!(failure.contains("changed from 1 to 2"), "{failure}");
    assert!(!place.sent(1, "UID STORE"));
    assert_eq!(place.session.found(), None);
    // The next command is run on the same connection, since the user has seen the error.
    place.run("flag 3 seen").unwrap();
    assert!(place.sent(1, "UID STORE 3") && !place.sent(2, ""));
    let sent = place.sent.lock().unwrap().join("\n");
    assert_eq!(sent.matches("SELECT \"INBOX\"").count(), 2, "{sent}");
    place.finish();
}

#[test]
fn what_was_selected_is_not_forgotten_if_connecting_again_is_cancelled() {
    let (tell, mut now) = signal();
    let mut place = Place::new(move |number, line, connection| match (number, line) {
        (1, "NOOP") => Ok(Answer::End),
        (2, line) if line.starts_with("SELECT") => {
            tell.send(()).unwrap();
            Ok(Answer::Nothing)
        }
        (_, line) => select(connection, line, 1),
    });
    place.run("select INBOX").unwrap();
    assert!(place.run("noop").is_err());
    place.cancel("search all", &mut now);
    place.run("search all").unwrap();
    assert!(place.sent(3, "SELECT \"INBOX\"") && place.sent(3, "UID SEARCH"));
    place.finish();
}

#[test]
fn a_login_is_done_or_not_whenever_it_is_cancelled() {
    let (tell, mut now) = signal();
    let mut place = Place::new(move |number, line, _| match (number, line) {
        (1, "LOGOUT") => {
            tell.send(()).unwrap();
            Ok(Answer::Nothing)
        }
        (2, "NOOP") => Ok(Answer::Nothing),
        _ => Ok(Answer::Ok),
    });
    place.run("timeout 1").unwrap();
    place.cancel("login alice other", &mut now);
    let user = place.session.account().username();
    assert_eq!(user, Some("alice"));
    // The time-out that was set before also applies to the new connection.
    let failure = place.run("noop").unwrap_err();
    assert!(
        matches!(failure, Failure::Client(imapclient::Error::Timeout { .. })),
        "{failure}"
    );
    place.finish();
}

#[test]
fn the_log_is_that_of_the_connection_that_was_lost() {
    let mut place = Place::new(|_, line, _| match line {
        "NOOP" => Ok(Answer::End),
        _ => Ok(Answer::Ok),
    });
    assert!(place.run("noop").is_err());
    let Some(Json::Value(lines)) = place.run("log").unwrap().json else {
        panic!("a value is expected");
    };
    let lines = lines.to_string();
    assert!(lines.contains("NOOP"), "{lines}");
    assert!(!place.sent(2, ""));
    place.finish();
}

#[test]
fn a_server_that_hangs_up_at_the_end_has_understood() {
    let mut place = Place::new(|_, line, _| match line {
        "LOGOUT" => Ok(Answer::End),
        _ => Ok(Answer::Ok),
    });
    place.run("noop").unwrap();
    place.run("quit").unwrap();
    place.finish();
}

#[test]
fn what_is_told_twice_is_found_once() {
    let mut place = Place::new(|_, line, connection| match line {
        line if line.starts_with("UID SEARCH") => {
            connection.send(&format!("* SEARCH 7{}", " 3".repeat(100_000)))?;
            Ok(Answer::Ok)
        }
        line => select(connection, line, 1),
    });
    place.run("select INBOX").unwrap();
    place.run("search all").unwrap();
    assert_eq!(place.session.found().unwrap(), [7, 3]);
    place.finish();
}

#[test]
fn a_server_that_does_not_answer_in_time_is_called_again() {
    let mut place = Place::new(|number, line, connection| match (number, line) {
        (1, "NOOP") => Ok(Answer::Nothing),
        (_, line) => select(connection, line, 1),
    });
    place.run("select INBOX").unwrap();
    place.run("timeout 1").unwrap();
    assert!(place.run("noop").is_err());
    place.run("noop").unwrap();
    assert!(place.sent(2, "SELECT \"INBOX\"") && place.sent(2, "NOOP"));
    place.finish();
}

#[test]
fn a_connection_that_was_lost_meanwhile_is_made_again_before_a_command_is_sent() {
    let mut place = Place::new(|number, line, connection| match (number, line) {
        (1, "NOOP") => Ok(Answer::End),
        (_, line) => select(connection, line, 1),
    });
    place.run("select INBOX").unwrap();
    place.run("flag 3 seen").unwrap();
    // As if the session had been idle for a long time.
    place.session.used = Instant::now().checked_sub(2 * connect::STALE).unwrap();
    place.run("flag 4 seen").unwrap();
    assert!(place.sent(2, "SELECT \"INBOX\"") && place.sent(2, "UID STORE 4"));
    assert!(!place.sent(1, "UID STORE 4"));
    place.finish();
}

#[test]
fn sequence_numbers_are_those_of_their_connection() {
    let mut place = Place::new(|number, line, connection| match (number, line) {
        (1, "NOOP") => Ok(Answer::End),
        (_, line) => select(connection, line, 1),
    });
    place.run("select INBOX").unwrap();
    assert!(place.run("noop").is_err());
    let failure = place.run("flag #3 seen").unwrap_err().text();
    assert!(failure.contains("the new connection"), "{failure}");
    assert!(place.sent(2, "SELECT \"INBOX\"") && !place.sent(2, "STORE"));
    // The next command is run, since the user has seen the error.
    place.run("flag #3 seen").unwrap();
    assert!(place.sent(2, "STORE 3"));
    place.finish();
}
