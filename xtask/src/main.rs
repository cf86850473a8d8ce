//! The tasks of this workspace: `cargo xtask help`.

mod arrows;
mod bench;
mod codegen;
mod compare;
mod failure;
mod features;
mod fuzz;
mod lengths;
mod live_test;
mod locks;
mod npm;
mod parity;
mod process;
mod servers;
mod signals;
mod soak;
mod sources;
mod style;
mod surface;
mod test;
mod totals;
mod venv;
mod words;
mod workspace;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use failure::Result;
use signals::Signals;

/// The tasks of this workspace
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the live suite against the account in an INI file, or against a throwaway server
    LiveTest(live_test::LiveTest),
    /// Install, list or run throwaway servers
    #[command(subcommand)]
    Servers(Servers),
    /// Send the same commands to the embedded server and to another server, and compare the
    /// responses
    Compare {
        /// The other server
        #[arg(default_value = "dovecot")]
        name: String,
    },
    /// Run all checks and tests
    Test,
    /// Run the tests that are too long for `test`, or one of them
    Soak(soak::Soak),
    /// Generate the blocking face from the async one
    Codegen,
    /// Check that both faces, the guide and the tests cover all methods of IMAPClient, and that the
    /// blocking face is up to date
    Parity,
    /// Check that the listings of the public API (`api.txt`) are up to date
    Surface {
        /// Write them instead
        #[arg(long)]
        write: bool,
        /// Check instead that they have the items of the documentation (after `cargo doc`)
        #[arg(long, conflicts_with = "write")]
        documented: bool,
    },
    /// Run a fuzz target, or all of them
    Fuzz(fuzz::Fuzz),
    /// Run benchmarks that compare with other crates
    Bench(bench::Bench),
}

#[derive(Subcommand)]
enum Servers {
    /// Install a server (Debian, as root); its services do not start
    Install {
        /// The server [default: all]
        name: Option<String>,
    },
    /// List the servers
    List,
    /// Start a server and run COMMAND with the path of its INI file in `IMAPCLIENT_CONF`; without
    /// COMMAND, wait for Ctrl-C
    Run {
        /// The server
        name: String,
        /// The profile of the embedded server, such as `gmail`
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
        /// The command; its exit status becomes that of this task
        #[arg(last = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let line = Line::parse();
    match run(line.task) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn run(task: Task) -> Result<u8> {
    let signals = Signals::install()?;
    match task {
        Task::LiveTest(args) => return live_test::run(&args, &signals),
        Task::Servers(Servers::Run {
            name,
            profile,
            command,
        }) => {
            return servers::run(&name, profile.as_deref(), &command, &signals);
        }
        Task::Servers(Servers::Install { name }) => servers::install(name.as_deref(), &signals)?,
        Task::Servers(Servers::List) => servers::list()?,
        Task::Compare { name } => compare::run(&name, &signals)?,
        Task::Test => test::run(&signals)?,
        Task::Soak(args) => soak::run(&args, &signals)?,
        Task::Codegen => codegen::write()?,
        Task::Parity => parity::run()?,
        Task::Surface { write: true, .. } => surface::write()?,
        Task::Surface {
            documented: true, ..
        } => surface::check_documented()?,
        Task::Surface { .. } => surface::check()?,
        Task::Fuzz(args) => return fuzz::run(&args, &signals),
        Task::Bench(args) => return bench::run(&args, &signals),
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        <Line as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_command_and_its_flags_come_after_two_dashes() {
        let line = Line::try_parse_from([
            "xtask", "servers", "run", "dovecot", "--", "sh", "-c", "exit 3",
        ])
        .ok()
        .unwrap();
        let Task::Servers(Servers::Run { name, command, .. }) = line.task else {
            panic!("another task")
        };
        assert_eq!(name, "dovecot");
        assert_eq!(command, ["sh", "-c", "exit 3"]);
    }
}
