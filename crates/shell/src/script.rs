//! Runs commands from the command line, a file, or standard input.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    thread,
};

use tokio::{
    runtime::Runtime,
    sync::mpsc::{self, Receiver},
};

use crate::{
    args::Run,
    command::Command,
    failure::{Failure, Result},
    session::{Session, interrupted},
    words,
};

/// Runs commands until one fails, and then logs out in either case.
pub(crate) fn run(session: &mut Session, runtime: &Runtime, from: &Run) -> Result<()> {
    let done = run_from(session, runtime, from);
    runtime.block_on(session.leave_after(done))
}

fn run_from(session: &mut Session, runtime: &Runtime, from: &Run) -> Result<()> {
    match (&from.commands, &from.script) {
        (Some(commands), _) => {
            // All commands are parsed before any is run.
            let commands = parse(commands)?;
            runtime.block_on(run_all(session, commands))
        }
        (None, Some(path)) if path != Path::new("-") => {
            let file = File::open(path).map_err(Failure::file(path))?;
            let lines = lines(BufReader::new(file))?;
            runtime.block_on(run_lines(session, lines, &path.display().to_string()))
        }
        _ => {
            session.commands_come_by_standard_input();
            let lines = lines(BufReader::new(io::stdin()))?;
            runtime.block_on(run_lines(session, lines, "standard input"))
        }
    }
}

/// Reads the lines of a script on a thread of its own, which may block for ever without delaying
/// Ctrl-C.
fn lines(from: impl BufRead + Send + 'static) -> Result<Receiver<io::Result<String>>> {
    let (give, lines) = mpsc::channel(1);
    thread::Builder::new().spawn(move || {
        for line in from.lines() {
            let is_last = line.is_err();
            // This fails if the receiver was dropped after a failure.
            if give.blocking_send(line).is_err() || is_last {
                break;
            }
        }
    })?;
    Ok(lines)
}

async fn run_lines(
    session: &mut Session,
    mut lines: Receiver<io::Result<String>>,
    name: &str,
) -> Result<()> {
    for number in 1_u64.. {
        let line = tokio::select! {
            biased;
            failure = interrupted() => return Err(failure),
            line = lines.recv() => line,
        };
        let Some(line) = line else { break };
        let place = |failure: Failure| failure.at(format!("{name}:{number}"));
        let line = line.map_err(Failure::Io).map_err(place)?;
        // Some editors begin a file with a byte order mark.
        let line = match number {
            1 => line.strip_prefix('\u{feff}').unwrap_or(&line),
            _ => &line,
        };
        let commands = parse(line).map_err(place)?;
        run_all(session, commands).await.map_err(place)?;
        if session.is_left() {
            break;
        }
    }
    Ok(())
}

async fn run_all(session: &mut Session, commands: Vec<Command>) -> Result<()> {
    for command in commands {
        let reply = session
            .run(async |session| command.run(session).await)
            .await?;
        session.show(reply).await?;
        if session.is_left() {
            break;
        }
    }
    Ok(())
}

fn parse(line: &str) -> Result<Vec<Command>> {
    words::commands(line)?
        .into_iter()
        .map(Command::parse)
        .collect()
}
