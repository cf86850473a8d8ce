//! Commands that nobody types: from the command line, a file, or standard input.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use tokio::runtime::Runtime;

use crate::{
    args::Run,
    command::Command,
    failure::{Failure, Result},
    session::Session,
    words,
};

/// Runs all commands; the first that fails is the last. The session is left in either case.
pub(crate) fn run(session: &mut Session, runtime: &Runtime, from: &Run) -> Result<()> {
    let done = run_from(session, runtime, from);
    let left = runtime.block_on(session.leave());
    // That a broken connection cannot be left is no news.
    done.and(left)
}

fn run_from(session: &mut Session, runtime: &Runtime, from: &Run) -> Result<()> {
    match (&from.commands, &from.script) {
        (Some(commands), _) => {
            // All of it is read before any of it is done.
            let commands = parse(commands)?;
            run_all(session, runtime, commands)?;
        }
        (None, Some(path)) if path != Path::new("-") => {
            let file = File::open(path).map_err(Failure::file(path))?;
            run_lines(
                session,
                runtime,
                BufReader::new(file),
                &path.display().to_string(),
            )?;
        }
        _ => run_lines(session, runtime, io::stdin().lock(), "standard input")?,
    }
    Ok(())
}

fn run_lines(
    session: &mut Session,
    runtime: &Runtime,
    lines: impl BufRead,
    name: &str,
) -> Result<()> {
    for (number, line) in lines.lines().enumerate() {
        let place = |failure: Failure| match failure {
            Failure::Usage(text) => Failure::Usage(format!("{name}:{}: {text}", number + 1)),
            other => other,
        };
        let commands = parse(&line.map_err(Failure::file(name))?).map_err(place)?;
        run_all(session, runtime, commands)?;
        if session.is_left() {
            break;
        }
    }
    Ok(())
}

fn run_all(session: &mut Session, runtime: &Runtime, commands: Vec<Command>) -> Result<()> {
    for command in commands {
        let reply = runtime.block_on(session.run(async |session| command.run(session).await))?;
        runtime.block_on(session.show(&reply))?;
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
