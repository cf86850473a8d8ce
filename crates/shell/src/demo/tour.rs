//! A tour for who has no terminal: what would be typed, and what the session answers.
//!
//! Every command goes the way of one that is typed, and is shown as it would be.

use std::thread;

use imapclient_testkit::Server;
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
}

const STEPS: &[Step] = &[
    Step {
        says: "The mailboxes of the account, and what they are for:",
        command: "ls",
    },
    Step {
        says: "Opening one tells how many messages there are, and what can be changed:",
        command: "select INBOX",
    },
    Step {
        says: "That is all.",
        command: "logout",
    },
];

/// What to try after it.
const NEXT: &[&str] = &[
    "cargo run -- demo                    the same at a terminal: with a prompt, Tab and `help`",
    "imapclient -H imap.example.org -u bob        a session on a server of yours",
];

/// What comes while IDLE waits.
const NEWS: &str = "From: Alice Example <alice@example.org>\n\
                    To: bob@example.org\n\
                    Subject: The tour is nearly over\n\n\
                    This came in while you were waiting.\n";

/// Shows all of it.
pub(super) fn play(server: &Server, mut session: Session, runtime: &Runtime) -> Result<()> {
    announce(
        &session,
        "A mail server runs in this program. A session connects by TLS and logs in:",
        "$ ",
        "imapclient demo",
    )?;
    runtime.block_on(session.connect())?;
    for step in STEPS {
        let (prompt, _) = interactive::prompt(&session);
        announce(&session, step.says, &prompt, step.command)?;
        if step.command.starts_with("idle") {
            with_news(server, &mut session, runtime, |session| {
                interactive::run_line(session, runtime, step.command)
            })?;
        } else {
            interactive::run_line(&mut session, runtime, step.command)?;
        }
    }
    let mut lines = vec![Line::default(), Cell::strong("What to try next:").into()];
    lines.extend(NEXT.iter().map(|line| Line::from(format!("  {line}"))));
    session
        .screen
        .reply(&Reply::new(serde_json::json!({ "next": NEXT }), lines))?;
    Ok(())
}

/// Has a message arrive while something waits for it.
fn with_news(
    server: &Server,
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
                server.deliver(USER, "INBOX", NEWS);
            }
        });
        let done = idle(session);
        // Without an IDLE, this is what the postman leaves for.
        let left = match done {
            Ok(()) => Ok(()),
            Err(_) => runtime.block_on(session.leave()),
        };
        let came = postman
            .join()
            .map_err(|_| Failure::Other("nobody waited for the message".to_owned()));
        done.and(left).and(came)
    })
}

/// Shows what is done next, as it would be typed.
fn announce(session: &Session, says: &str, prompt: &str, command: &str) -> Result<()> {
    let lines = vec![
        Line::default(),
        Cell::faint(format!("# {says}")).into(),
        Line(vec![prompt.into(), Cell::strong(command)]),
    ];
    let json = serde_json::json!({ "says": says, "command": command });
    Ok(session.screen.reply(&Reply::new(json, lines))?)
}
