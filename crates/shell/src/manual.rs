//! `imapclient man`: generates the manual page from clap's data about the command line and the
//! commands of a session.

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use crate::{args::Arguments, command, failure::Result, screen::Screen};

/// The environment variables.
const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "imapclient_username, imapclient_password",
        "Settings of an account that neither an option nor the file contains.",
    ),
    (
        "imapclient_oauth2_client_id, imapclient_oauth2_client_secret, imapclient_oauth2_refresh_token",
        "The same, for an account that logs in with tokens.",
    ),
    ("NO_COLOR", "Disables colours, if set and not empty."),
    (
        "COLUMNS",
        "The width of tables, instead of that of the terminal.",
    ),
    (
        "XDG_STATE_HOME",
        "The directory for the history and for refresh tokens, instead of ~/.local/state.",
    ),
    (
        "BROWSER",
        "The program that opens pages for oauth2 login --browser.",
    ),
];

/// Prints the page.
pub(crate) fn print(screen: &Screen) -> Result<()> {
    let mut page = Vec::new();
    render(&mut page)?;
    Ok(screen.print(&String::from_utf8_lossy(&page))?)
}

fn render(to: &mut Vec<u8>) -> io::Result<()> {
    let program = Arguments::command();
    let usage = "imapclient [OPTIONS]\nimapclient [OPTIONS] COMMAND";
    let man = Man::new(
        program
            .clone()
            .override_usage(usage)
            .disable_help_subcommand(true),
    );
    man.render_title(to)?;
    // Do not hyphenate names of options and variables, and do not justify lines.
    to.write_all(b".nh\n.ad l\n")?;
    man.render_name_section(to)?;
    man.render_synopsis_section(to)?;
    man.render_description_section(to)?;
    man.render_options_section(to)?;
    to.write_all(b".SH COMMANDS\n")?;
    for command in program.get_subcommands() {
        subcommand(program.get_name(), command, to)?;
    }
    session(to)?;
    environment(to)?;
    sections(&program, to)?;
    man.render_version_section(to)
}

/// Writes a command of the program, or its subcommands if it has any.
fn subcommand(above: &str, command: &Command, to: &mut Vec<u8>) -> io::Result<()> {
    let name = format!("{above} {}", command.get_name());
    if command.has_subcommands() {
        return command
            .get_subcommands()
            .try_for_each(|below| subcommand(&name, below, to));
    }
    let mut page = Roff::new();
    page.control("SS", [name.as_str()]);
    let about = command.get_long_about().or_else(|| command.get_about());
    text(
        &about.map(ToString::to_string).unwrap_or_default(),
        &mut page,
    );
    page.to_writer(to)?;
    // Options of all commands are among those of the program.
    let own = command.clone().disable_help_flag(true);
    let mut options = Vec::new();
    Man::new(own).render_options_section(&mut options)?;
    // Demotes headings to sections within one; a line of text never begins with a dot.
    let options = format!("\n{}", String::from_utf8_lossy(&options));
    let options = options.replace("\n.SH ", "\n.SS ");
    to.write_all(options.trim_start().as_bytes())?;
    let mut page = Roff::new();
    let help = command.get_after_help().map(ToString::to_string);
    for paragraph in help.unwrap_or_default().split_terminator("\n\n") {
        page.control("PP", []);
        match paragraph.starts_with("Examples:") {
            true => verbatim(paragraph, &mut page),
            false => text(paragraph, &mut page),
        }
    }
    page.to_writer(to)
}

/// Writes the commands of a session.
fn session(to: &mut Vec<u8>) -> io::Result<()> {
    let mut page = Roff::new();
    page.control("SH", ["COMMANDS OF A SESSION"]);
    text(
        "`help COMMAND` in a session explains each of them, with examples.",
        &mut page,
    );
    for (title, group) in command::groups() {
        page.control("SS", [title]);
        for command in group.get_subcommands() {
            let names: Vec<_> = std::iter::once(command.get_name())
                .chain(command.get_visible_aliases())
                .collect();
            let about = command.get_about().map(ToString::to_string);
            entry(&names.join(", "), &about.unwrap_or_default(), &mut page);
        }
    }
    page.to_writer(to)
}

fn environment(to: &mut Vec<u8>) -> io::Result<()> {
    let mut page = Roff::new();
    page.control("SH", ["ENVIRONMENT"]);
    for (names, meaning) in ENVIRONMENT {
        entry(names, meaning, &mut page);
    }
    page.to_writer(to)
}

/// Writes the paragraphs below the help, each with its title before a colon.
fn sections(program: &Command, to: &mut Vec<u8>) -> io::Result<()> {
    let help = program.get_after_help().map(ToString::to_string);
    let mut page = Roff::new();
    for paragraph in help.unwrap_or_default().split("\n\n") {
        let Some((title, rest)) = paragraph.split_once(':') else {
            continue;
        };
        page.control("SH", [title.to_uppercase().as_str()]);
        match rest.strip_prefix('\n') {
            Some(lines) => verbatim(lines, &mut page),
            None => text(rest.trim_start(), &mut page),
        }
    }
    page.to_writer(to)
}

fn entry(name: &str, meaning: &str, page: &mut Roff) {
    page.control("TP", []);
    page.text([bold(name)]);
    page.text([roman(meaning)]);
}

fn text(text: &str, page: &mut Roff) {
    for line in text.lines() {
        match line.trim() {
            "" => page.control("PP", []),
            line => page.text([roman(line)]),
        };
    }
}

/// Writes text line by line, for examples.
fn verbatim(text: &str, page: &mut Roff) {
    page.control("nf", []);
    for line in text.lines() {
        page.text([roman(line)]);
    }
    page.control("fi", []);
}
