//! `help`.

use clap::{Args, Subcommand};

use super::{all, groups, text};
use crate::{
    failure::{Failure, Result},
    reply::{Cell, Line, Reply, View},
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Help {
    /// Lists the commands, or explains one.
    #[command(visible_alias = "?", after_help = "Examples:\n  help\n  help search")]
    Help(One),
}

#[derive(Debug, Args)]
pub(crate) struct One {
    /// The command to explain.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

impl Help {
    pub(super) fn of(command: Option<String>) -> Self {
        Self::Help(One { command })
    }

    pub(super) fn run(self, session: &Session) -> Result<Reply> {
        let Self::Help(One { command }) = self;
        match command {
            Some(name) => explain(&name, session.screen.width()),
            None => Ok(overview()),
        }
    }
}

fn explain(name: &str, width: Option<usize>) -> Result<Reply> {
    let mut all = all().term_width(width.unwrap_or(100));
    let Some(command) = all.find_subcommand_mut(name.to_lowercase()) else {
        return Err(Failure::Usage(format!(
            "there is no command {name:?}; `help` lists them"
        )));
    };
    Ok(text(command.render_long_help().to_string()))
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
                format!("  {:<24} ", names.join(", ")).into(),
                Cell::faint(about),
            ]));
        }
    }
    Reply::new(json, View::Lines(lines))
}
