//! The commands of a session.

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};

use crate::{
    arguments::nearest,
    failure::{Failure, Result},
    reply::{Reply, View},
    session::Session,
};

/// Defines a clap enum of related commands. Each variant holds the arguments of one command, which
/// have a method `run`.
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
mod encoding;
mod fetched;
mod find;
mod help;
mod idle;
mod kept;
mod labels;
mod list;
mod mailboxes;
mod open;
mod part;
mod raw;
mod read;
mod save;
mod section;
mod server;
mod settings;
mod show;
mod streamed;
mod transfer;
mod tree;
mod unfinished;
mod upload;

/// A line, as clap parses it.
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

/// Defines the groups of commands, in the order of the overview.
macro_rules! groups {
    ($($variant:ident($group:ty) $title:literal,)+) => {
        /// Any command that can be typed.
        #[derive(Debug, Subcommand)]
        pub(crate) enum Command {
            $(#[command(flatten)] $variant($group),)+
        }

        /// Returns the groups of commands, in the order of the overview, with their titles.
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
    /// Parses the words of a command.
    ///
    /// # Errors
    /// Returns [`Failure::Usage`] with a suggestion.
    pub(crate) fn parse(mut words: Vec<String>) -> Result<Self> {
        // In IMAP, the prefix UID selects the meaning of numbers. Here they are UIDs anyway.
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

/// Returns all commands, for help and completion.
pub(crate) fn all() -> clap::Command {
    Line::command()
}

/// Converts clap's error, without the parts that apply only to a program's command line.
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

/// Returns a reply that is only a text.
fn text(text: String) -> Reply {
    Reply::new(text.clone(), View::Text(text))
}
