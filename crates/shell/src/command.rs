//! The commands of a session.

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};

use crate::{
    failure::{Failure, Result},
    reply::{Reply, View},
    session::Session,
};

mod help;
mod mailboxes;
mod server;

/// A line, as clap reads it.
#[derive(Debug, Parser)]
#[command(
    name = "imapclient",
    no_binary_name = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    help_template = "{all-args}"
)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// Anything that can be typed.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Mailboxes(mailboxes::Mailboxes),
    #[command(flatten)]
    Server(server::Server),
    #[command(flatten)]
    Help(help::Help),
}

/// The groups of commands, in the order of the overview: a title, and one for the names of each.
pub(crate) fn groups() -> Vec<(&'static str, clap::Command)> {
    fn group<G: Subcommand>(title: &'static str) -> (&'static str, clap::Command) {
        (title, G::augment_subcommands(clap::Command::new(title)))
    }
    vec![
        group::<mailboxes::Mailboxes>("Mailboxes"),
        group::<server::Server>("Server and session"),
        group::<help::Help>("Help"),
    ]
}

/// All commands, for help and completion.
pub(crate) fn all() -> clap::Command {
    Line::command()
}

impl Command {
    /// Reads the words of a command.
    ///
    /// # Errors
    /// [`Failure::Usage`], which says what would be right.
    pub(crate) fn parse(mut words: Vec<String>) -> Result<Self> {
        // In IMAP, what numbers mean is said before the command. Here UIDs are usual.
        if words.len() > 1 && words[0].eq_ignore_ascii_case("uid") {
            words.remove(0);
        }
        if let Some(name) = words.first_mut() {
            *name = name.to_lowercase();
        }
        match Line::try_parse_from(&words) {
            Ok(line) => Ok(line.command),
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                Ok(Self::Help(help::Help::of(words.into_iter().next())))
            }
            Err(error) => {
                let text = error.render().to_string();
                let text = text.strip_prefix("error: ").unwrap_or(&text);
                Err(Failure::Usage(text.trim_end().to_owned()))
            }
        }
    }

    pub(crate) async fn run(self, session: &mut Session) -> Result<Reply> {
        match self {
            Self::Mailboxes(command) => command.run(session).await,
            Self::Server(command) => command.run(session).await,
            Self::Help(command) => command.run(session),
        }
    }
}

/// A text that is an answer.
fn text(text: String) -> Reply {
    Reply::new(text.clone(), View::Text(text))
}
