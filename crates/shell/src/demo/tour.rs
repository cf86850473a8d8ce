//! Shows a tour if there is no terminal: commands as they would be typed, and the replies.
//!
//! Every command is run and shown like one that is typed.

use std::thread;

use imapclient::Error;
use imapclient_server::Server;
use tokio::runtime::Runtime;

use super::USER;
use crate::{
    failure::{Failure, Result},
    interactive,
    reply::{Cell, Line, Reply},
    session::Session,
};

/// A command, and a sentence about it.
struct Step {
    says: &'static str,
    command: &'static str,
    /// The message that arrives while the command waits.
    mail: Option<&'static str>,
}

const STEPS: [Step; 7] = [
    step("The mailboxes at the top, and what they are for:", "ls %"),
    step(
        "Opening one shows the number of messages, and what can be changed:",
        "select INBOX",
    ),
    step(
        "Searches use the syntax of IMAP, with some extensions:",
        "search unseen from smith",
    ),
    step(
        "$ stands for the messages found. Names and subjects are decoded from any charset:",
        "fetch $ envelope",
    ),
    step(
        "Conversations are shown as trees:",
        "thread subject zaproszenie",
    ),
    Step {
        mail: Some(NEWS),
        ..step(
            "The server reports changes as they happen: here, a message arrives.",
            "idle --count 1",
        )
    },
    step("Leaving logs out.", "logout"),
];

/// Replaces `idle` on a server without IDLE, once a message has arrived.
const ASK: Step = step(
    "The server has no IDLE and reports changes when asked: a message has arrived.",
    "noop",
);

const NEWS: &str = "From: Alice Archer <alice@example.org>\n\
                    To: bob@example.org\n\
                    Subject: The tour is nearly over\n\n\
                    This came while you were waiting.\n";

const fn step(says: &'static str, command: &'static str) -> Step {
    Step {
        says,
        command,
        mail: None,
    }
}

/// Commands to try next, and their purpose.
const NEXT: [(&str, &str); 3] = [
    ("cargo run -- demo", "the same at a terminal, with a prompt"),
    (
        "imapclient -H imap.example.org -u bob",
        "a session on your own server",
    ),
    ("imapclient --help", "all options and commands"),
];

/// Plays the whole tour.
pub(super) fn play(server: &Server, mut session: Session, runtime: &Runtime) -> Result<()> {
    announce(
        &session,
        Vec::new(),
        "A mail server runs in this program. A session connects by TLS and logs in:",
        "$ ",
        "imapclient demo",
    )?;
    let has_idle = runtime.block_on(async {
        let client = session.client().await?;
        Ok::<_, Failure>(client.has_capability("IDLE").await?)
    })?;
    for step in STEPS {
        let (step, mail) = match step.mail {
            Some(mail) if !has_idle => {
                server.deliver(USER, "INBOX", mail);
                (ASK, None)
            }
            mail => (step, mail),
        };
        let (prompt, _) = interactive::prompt(&session);
        announce(
            &session,
            vec![Line::default()],
            step.says,
            &prompt,
            step.command,
        )?;
        let run = |session: &mut Session| interactive::run_line(session, runtime, step.command);
        let done = match mail {
            Some(mail) => with_news(server, mail, &mut session, runtime, run),
            None => run(&mut session),
        };
        match done.as_ref().map_err(Failure::client) {
            Err(Some(Error::Missing { capability, .. })) => {
                session.screen.reply(&left_out(step.command, capability))?;
            }
            _ => done?,
        }
    }
    session.screen.reply(&next())?;
    Ok(())
}

/// Returns a reply that the server lacks the capability for a command.
fn left_out(command: &str, capability: &str) -> Reply {
    let text = format!("# This server has no {capability}: this step is left out.");
    let json = serde_json::json!({ "left_out": command, "lacks": capability });
    Reply::new(json, vec![Line::from(Cell::faint(text))])
}

fn next() -> Reply {
    let json: Vec<_> = NEXT
        .iter()
        .map(|(command, what)| serde_json::json!({ "command": command, "what": what }))
        .collect();
    let mut lines = vec![Line::default(), Cell::faint("# What to try next:").into()];
    lines.extend(NEXT.iter().map(|(command, what)| {
        let command = Cell::strong(format!("{command:<38}"));
        Line(vec!["$ ".into(), command, Cell::faint(format!("# {what}"))])
    }));
    Reply::new(serde_json::json!({ "next": json }), lines)
}

/// Delivers a message while `idle` waits for it.
fn with_news(
    server: &Server,
    mail: &str,
    session: &mut Session,
    runtime: &Runtime,
    idle: impl FnOnce(&mut Session) -> Result<()>,
) -> Result<()> {
    thread::scope(|scope| {
        let postman = scope.spawn(|| {
            let begins = |name| move |line: &str| line.to_ascii_uppercase().starts_with(name);
            let sent = server.wait_until(|sent| {
                let command = sent.command();
                begins("IDLE")(&command) || begins("LOGOUT")(&command)
            });
            if begins("IDLE")(&sent.command()) {
                server.deliver(USER, "INBOX", mail);
            }
        });
        let done = idle(session);
        // If there was no IDLE, leaving ends the wait of the thread.
        let left = match done {
            Ok(()) => Ok(()),
            Err(_) => runtime.block_on(session.leave()),
        };
        let came = postman
            .join()
            .map_err(|_| Failure::Other("the client did not wait for the message".to_owned()));
        done.and(left).and(came)
    })
}

/// Shows these lines, and below them the next command as it would be typed.
fn announce(
    session: &Session,
    mut lines: Vec<Line>,
    says: &str,
    prompt: &str,
    command: &str,
) -> Result<()> {
    lines.push(Cell::faint(format!("# {says}")).into());
    lines.push(Line(vec![prompt.into(), Cell::strong(command)]));
    let json = serde_json::json!({ "says": says, "command": command });
    Ok(session.screen.reply(&Reply::new(json, lines))?)
}
