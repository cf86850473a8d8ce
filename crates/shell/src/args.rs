//! The command line of the program.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use imapclient::SecretString;

use crate::oauth2::Oauth2;

/// Inspect, repair and script mailboxes over IMAP.
///
/// Without a command, opens a session: with a prompt at a terminal, otherwise with commands from
/// standard input. `help` lists the commands of a session.
#[derive(Debug, Parser)]
#[command(
    name = "imapclient",
    version,
    args_conflicts_with_subcommands = false,
    after_help = "Examples:
  imapclient demo                           try it on a server in memory
  imapclient -H imap.example.org -u bob     asks for the password
  imapclient -f conf.ini -m INBOX -c 'search unseen'
  imapclient -f conf.ini doctor             what is wrong with this account

Exit status: 0 on success, 1 if something failed, 2 if the input was not understood, 130 after Ctrl-C, 141 if the output was closed early."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    pub(crate) run: Run,
    #[command(subcommand)]
    pub(crate) program: Option<Program>,
}

/// The server and the user.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// The server's name or address.
    #[arg(short = 'H', long, global = true, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// The user to log in as.
    #[arg(short = 'u', long, global = true, value_name = "USER")]
    pub(crate) username: Option<String>,
    /// The password. Other users of this machine can see it here: leave it out to be asked for it.
    #[arg(short = 'p', long, global = true, value_name = "PASSWORD")]
    pub(crate) password: Option<SecretString>,
    /// The port: 993, or 143 without TLS from the first byte.
    #[arg(short = 'P', long, global = true, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// TLS from the first byte: the default.
    #[arg(short = 's', long, global = true)]
    pub(crate) ssl: bool,
    /// No TLS: anyone on the network path can read the password and the mail.
    #[arg(long, global = true)]
    pub(crate) insecure: bool,
    /// TLS with STARTTLS.
    #[arg(long, global = true)]
    pub(crate) starttls: bool,
    /// A PEM file with certificates to trust in addition to the system's.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Capabilities not to use even if the server announces them, separated by commas.
    #[arg(long, global = true, value_name = "CAPABILITY", value_delimiter = ',')]
    pub(crate) disable: Vec<String>,
    /// Capabilities to use although the server is known not to support them, separated by commas.
    #[arg(long, global = true, value_name = "CAPABILITY", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// An INI file with these settings; cannot be combined with other options of this group except
    /// --section, --disable and --allow.
    #[arg(short = 'f', long, global = true, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The section of the file, if not [DEFAULT].
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) section: Option<String>,
}

impl Connection {
    /// Returns the options that are given.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let all = [
            ("--file", self.file.is_some()),
            ("--section", self.section.is_some()),
            ("--host", self.host.is_some()),
            ("--username", self.username.is_some()),
            ("--password", self.password.is_some()),
            ("--port", self.port.is_some()),
            ("--ssl", self.ssl),
            ("--insecure", self.insecure),
            ("--starttls", self.starttls),
            ("--ca-file", self.ca_file.is_some()),
        ];
        all.iter().filter(|one| one.1).map(|one| one.0).collect()
    }

    /// Returns an error if options are given that exclude each other.
    ///
    /// clap would not detect options on both sides of a command's name.
    pub(crate) fn clash(&self) -> Option<String> {
        let mut given = self.given();
        given.retain(|option| !matches!(*option, "--file" | "--section"));
        let ways = ["--ssl", "--insecure", "--starttls"];
        let ways: Vec<_> = ways.into_iter().filter(|way| given.contains(way)).collect();
        match (&self.file, ways.as_slice(), &self.section) {
            (Some(_), _, _) if !given.is_empty() => Some(format!(
                "--file contains all settings of the connection: leave it out, or {}",
                given.join(", ")
            )),
            (None, _, Some(_)) => Some("--section needs a file: use --file FILE".to_owned()),
            (_, [one, other, ..], _) => Some(format!("{one} and {other} exclude each other")),
            _ => None,
        }
    }
}

/// The commands to run, and the form of their output.
#[derive(Debug, Args)]
#[command(next_help_heading = "Session")]
pub(crate) struct Run {
    /// Opens this mailbox first.
    #[arg(short = 'm', long, global = true, value_name = "MAILBOX")]
    pub(crate) mailbox: Option<String>,
    /// Runs these commands, separated by `;`, and stops at the first that fails.
    #[arg(
        short = 'c',
        long = "command",
        global = true,
        value_name = "COMMANDS",
        allow_hyphen_values = true
    )]
    pub(crate) commands: Option<String>,
    /// Runs the commands of a file, one per line; `#` begins a comment. `-` is standard input.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "commands")]
    pub(crate) script: Option<PathBuf>,
    /// Answers all questions with yes.
    #[arg(short = 'y', long, global = true)]
    pub(crate) yes: bool,
    /// Prints each answer as one line of JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Shows the protocol on the wire, without secrets.
    #[arg(long, global = true)]
    pub(crate) trace: bool,
}

/// The commands of the program itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Program {
    /// Opens a session on a server in memory, with several hundred messages to try things on.
    Demo(Demo),
    /// Connects step by step, and reports problems and what to do about them.
    ///
    /// No password is sent to a server whose certificate is not trusted, and none without
    /// encryption unless --insecure is given. With --json the report is one object.
    #[command(after_help = "Examples:
  imapclient -H imap.example.org -u bob doctor
  imapclient -f conf.ini --json doctor

Exit status: 0 without errors, even with warnings, 1 otherwise.")]
    Doctor,
    /// Gets tokens for logging in without a password.
    #[command(subcommand)]
    Oauth2(Oauth2),
    /// Prints a completion script for a shell.
    #[command(after_help = "Examples:
  source <(imapclient completions bash)
  imapclient completions fish > ~/.config/fish/completions/imapclient.fish")]
    Completions {
        /// The shell.
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Prints the manual page.
    #[command(after_help = "Examples:
  imapclient man | man -l -
  imapclient man > imapclient.1")]
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Makes the server support Gmail's extensions: labels, XLIST, its own search.
    #[arg(long)]
    pub(crate) gmail: bool,
    /// Makes the server behave like that of a provider: gmail, outlook, icloud, yahoo, yandex,
    /// zoho, qq, netease, proton, strato, wildduck, domino, uw; minimal for RFC 3501 alone, or
    /// full for every extension.
    #[arg(long, value_name = "NAME", conflicts_with = "gmail")]
    pub(crate) profile: Option<imapclient_server::Profile>,
}
