//! Foreign mail programs on the embedded server.
//!
//! ```text
//!  install below target ──▶ our script drives the program ──▶ a line for each step
//!                                     │
//!                             embedded server ──▶ does its store have the expected contents?
//! ```

mod imap_tools;
mod imapflow;
mod mbsync;

use std::{
    io,
    process::{Command, Stdio},
};

use imapclient_testkit::Server;

use crate::{
    failure::{Failure, Result},
    process,
    signals::Signals,
};

pub(crate) use imapflow::PACKAGE as IMAPFLOW;

/// The user name of the account that the programs use.
const USER: &str = "bob";
/// A password with a blank and a quotation mark, which some programs fail to quote.
const PASSWORD: &str = "se kr\"et";

/// The ways to connect.
const WAYS: [&str; 3] = ["plain", "starttls", "tls"];

/// A mail program.
trait Client {
    fn name(&self) -> &'static str;
    /// Returns one line with the reason why the program can neither run nor be installed here, and
    /// with a remedy; `None` if it can.
    fn obstacle(&self) -> Option<String>;
    /// Installs the program if it is missing, and returns its version.
    fn install(&self, signals: &Signals) -> Result<String>;
    /// Runs the program and checks the outcome. Returns the number of steps.
    fn work(&self, signals: &Signals) -> Result<usize>;
}

const CLIENTS: &[&dyn Client] = &[&imap_tools::ImapTools, &imapflow::ImapFlow, &mbsync::Mbsync];

/// Runs all programs. Fails if one of them fails or cannot run.
pub(super) fn run(signals: &Signals) -> Result<String> {
    let mut counts = Vec::new();
    let mut failures = Vec::new();
    for client in CLIENTS {
        signals.check()?;
        let name = client.name();
        match try_out(*client, signals) {
            Ok((version, steps)) => {
                println!("{name} {version}: {steps} steps");
                counts.push(format!("{name} {steps}"));
            }
            Err(failure) => failures.push(format!("{name}: {failure}")),
        }
    }
    if failures.is_empty() {
        return Ok(format!("steps: {}", counts.join(", ")));
    }
    Err(Failure::new(failures.join("\n")))
}

fn try_out(client: &dyn Client, signals: &Signals) -> Result<(String, usize)> {
    if let Some(why) = client.obstacle() {
        return Err(Failure::set_up(why));
    }
    let version = client.install(signals)?;
    Ok((version, client.work(signals)?))
}

/// Runs a script, which prints a line `ok NAME` for each step, and `done` after the last. Returns
/// the number of steps.
fn steps(command: &mut Command, server: &Server, signals: &Signals) -> Result<usize> {
    command.stdin(Stdio::null());
    let (status, output) = process::capture(command, signals, io::sink())?;
    signals.check()?;
    let output = String::from_utf8_lossy(&output);
    let steps = output
        .lines()
        .filter(|line| line.starts_with("ok "))
        .count();
    if status.success() && output.lines().last() == Some("done") && steps > 0 {
        return Ok(steps);
    }
    let sent: Vec<_> = server.received().iter().map(|sent| sent.text()).collect();
    let last = &sent[sent.len().saturating_sub(5)..];
    let (code, last) = (process::status_code(status), last.join("\n  "));
    Err(Failure::new(format!(
        "ended with {code} after\n{output}the last commands it sent:\n  {last}"
    )))
}

/// Adds the arguments that a script needs to connect and log in.
fn connect_by<'a>(way: &str, command: &'a mut Command, server: &Server) -> &'a mut Command {
    let port = match way {
        "tls" => server.tls_addr().port(),
        _ => server.addr().port(),
    };
    command
        .args([way, server.host(), &port.to_string(), USER, PASSWORD])
        .arg(server.ca_file())
}

/// Returns the messages of a mailbox as their subjects and flags, system flags first.
fn subjects(server: &Server, mailbox: &str) -> Vec<String> {
    let messages = server.messages(USER, mailbox).into_iter();
    messages
        .map(|message| {
            let text = String::from_utf8_lossy(&message.bytes);
            let subject = text.lines().find_map(|line| line.strip_prefix("Subject: "));
            let subject = subject.unwrap_or_default();
            format!("{subject}: {}", message.flags.join(" "))
        })
        .collect()
}

/// Fails if `found` differs from `wanted`; `what` names the value.
fn expect(what: &str, found: &[String], wanted: &[&str]) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{what} has to be {wanted:?} and is {found:?}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Result<usize> {
        let (_sender, signals) = Signals::channel();
        let server = Server::builder().user(USER, PASSWORD).start();
        steps(Command::new("sh").args(["-c", script]), &server, &signals)
    }

    #[test]
    fn steps_count_only_if_the_script_came_to_its_end() {
        assert_eq!(sh("echo ok a; echo note; echo ok b; echo done").unwrap(), 2);
        for script in [
            "echo ok a; echo ok b",
            "echo ok a; echo done; exit 1",
            "echo done",
            "exit 0",
        ] {
            assert!(sh(script).is_err(), "{script}");
        }
        let failure = sh("echo ok a; exit 3").unwrap_err().to_string();
        assert!(
            failure.starts_with("ended with 3 after\nok a\n"),
            "{failure}"
        );
    }
}
