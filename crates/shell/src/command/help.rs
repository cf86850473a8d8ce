//! The command `help`.

use clap::Args;

use super::{Command, all, groups, settings::Settings, text};
use crate::{
    arguments::nearest,
    failure::{Failure, Result},
    reply::{Cell, Line, Reply, View},
    session::Session,
};

/// The hints below the overview.
const MORE: [&str; 2] = [
    "`help search` explains `search`, and so on. A `;` separates commands. Words",
    "with spaces need quotes, in which \\u{e9} is the character of that number.",
];

#[derive(Debug, Args)]
pub(crate) struct Help {
    /// The command to explain.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

impl Help {
    pub(super) fn of(command: Option<String>) -> Self {
        Self { command }
    }

    pub(super) async fn run(self, session: &Session) -> Result<Reply> {
        match self.command {
            Some(name) => explain(&name, session.screen.width()),
            None => Ok(overview()),
        }
    }
}

impl From<Help> for Command {
    fn from(help: Help) -> Self {
        Self::Settings(Settings::Help(help))
    }
}

fn explain(name: &str, width: Option<usize>) -> Result<Reply> {
    let all = all();
    let names: Vec<String> = all
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    let Some(command) = all.find_subcommand(name.to_lowercase()) else {
        let hint = nearest::hint(name, names.iter().map(String::as_str));
        return Err(Failure::Usage(format!(
            "there is no command {name:?}{hint}; `help` lists them"
        )));
    };
    // As a command of its own, not as a part of a program.
    let mut command = command
        .clone()
        .disable_help_flag(true)
        .term_width(width.unwrap_or(100));
    let aliases: Vec<_> = command
        .get_visible_aliases()
        .map(ToOwned::to_owned)
        .collect();
    let explained = command.render_long_help().to_string();
    let mut explained: Vec<&str> = explained.lines().map(str::trim_end).collect();
    let also = format!("Also: {}", aliases.join(", "));
    if !aliases.is_empty() {
        let usage = explained.iter().position(|line| line.starts_with("Usage:"));
        explained.insert(usage.map_or(explained.len(), |usage| usage + 1), &also);
    }
    Ok(text(explained.join("\n")))
}

fn overview() -> Reply {
    let mut json = Vec::new();
    let mut lines = Vec::new();
    for (title, group) in groups() {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::from(Cell::strong(title)));
        for command in group.get_subcommands() {
            let aliases: Vec<_> = command.get_visible_aliases().collect();
            let about = command
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            let names = [&[command.get_name()], aliases.as_slice()].concat();
            json.push(serde_json::json!({ "group": title, "names": names, "about": about }));
            lines.push(Line(vec![
                format!("  {:<21}  ", names.join(", ")).into(),
                Cell::faint(about),
            ]));
        }
    }
    lines.push(Line::default());
    lines.extend(MORE.map(|line| Line::from(Cell::faint(line))));
    Reply::new(json, View::Lines(lines))
}
