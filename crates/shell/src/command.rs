//! The commands of a session.

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};

use crate::{
    arguments::nearest,
    failure::{Failure, Result},
    reply::{Reply, View},
    session::Session,
};

/// Makes an enum for clap of commands that belong together. Each variant holds the arguments of one,
/// and these know how to `run`.
macro_rules! commands {
    ($name:ident { $($(#[$attribute:meta])* $variant:ident($arguments:ty),)+ }) => {
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum $name {
            $($(#[$attribute])* $variant($arguments),)+
        }

        impl $name {
            pub(super) async fn run(
                self,
                session: &mut crate::session::Session,
            ) -> crate::failure::Result<crate::reply::Reply> {
                match self {
                    $(Self::$variant(arguments) => arguments.run(session).await,)+
                }
            }
        }
    };
}

mod access;
mod change;
mod fetched;
mod find;
mod help;
mod idle;
mod labels;
mod mailboxes;
mod open;
mod part;
mod raw;
mod read;
mod server;
mod settings;
mod show;
mod transfer;
mod tree;

pub(crate) use mailboxes::status_items;

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

/// The groups of commands, in the order of the overview.
macro_rules! groups {
    ($($variant:ident($group:ty) $title:literal,)+) => {
        /// Anything that can be typed.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $(#[command(flatten)] $variant($group),)+
        }

        /// The groups of commands, in the order of the overview: their titles, and what is in them.
        pub(crate) fn groups() -> Vec<(&'static str, clap::Command)> {
            vec![$(($title, <$group>::augment_subcommands(clap::Command::new($title))),)+]
        }

        impl Command {
            pub(crate) async fn run(self, session: &mut Session) -> Result<Reply> {
                match self {
                    $(Self::$variant(command) => command.run(session).await,)+
                }
            }
        }
    };
}

groups! {
    Mailboxes(mailboxes::Mailboxes) "Mailboxes",
    Open(open::Open) "Open a mailbox",
    Find(find::Find) "Find messages",
    Read(read::Read) "Read messages",
    Change(change::Change) "Change messages",
    Gmail(labels::Gmail) "Gmail's labels",
    Transfer(transfer::Transfer) "Move messages",
    Access(access::Access) "Rights and quotas",
    Server(server::Server) "The server",
    Settings(settings::Settings) "This session",
}

impl Command {
    /// Reads the words of a command.
    ///
    /// # Errors
    /// [`Failure::Usage`], which says what would be right.
    pub(crate) fn parse(mut words: Vec<String>) -> Result<Self> {
        // In IMAP, what numbers mean is said before the command. Here they are UIDs.
        if words.len() > 1 && words[0].eq_ignore_ascii_case("uid") {
            words.remove(0);
        }
        if let Some(name) = words.first_mut() {
            *name = name.to_lowercase();
        }
        match Line::try_parse_from(&words) {
            Ok(line) => Ok(line.command),
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                Ok(help::Help::of(words.into_iter().next()).into())
            }
            Err(error) => Err(misunderstood(
                &error,
                words.first().map_or("", String::as_str),
            )),
        }
    }
}

/// All commands, for help and completion.
pub(crate) fn all() -> clap::Command {
    Line::command()
}

/// What clap says, without what is about programs and not about a prompt.
fn misunderstood(error: &clap::Error, name: &str) -> Failure {
    let all = all();
    if all.find_subcommand(name).is_none() {
        let names = all.get_subcommands().flat_map(|command| {
            std::iter::once(command.get_name()).chain(command.get_visible_aliases())
        });
        let hint = nearest::hint(name, names);
        return Failure::Usage(format!(
            "there is no command {name:?}{hint}; `help` lists them"
        ));
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.retain(|line| !line.is_empty() && !line.starts_with("For more information"));
    let help = format!("`help {name}` explains it");
    lines.push(&help);
    Failure::Usage(lines.join("\n"))
}

/// A text that is an answer.
fn text(text: String) -> Reply {
    Reply::new(text.clone(), View::Text(text))
}
