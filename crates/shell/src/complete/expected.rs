//! What a word would be, from what stands before it.

use clap::{Arg, ArgAction};

use crate::command;

/// What a word would be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// Nothing that is known.
    Nothing,
    /// One of these, in lower case.
    OneOf(Vec<String>),
    Mailbox,
    Flag,
    SearchKey,
    FetchItem,
    SortKey,
    StatusItem,
    File,
}

impl Expected {
    /// What the word after these would be. Of the word itself only counts whether it is an option.
    pub(super) fn after(words: &[String], word: &str) -> Self {
        let mut all = command::all();
        all.build();
        let mut words = words;
        // As the commands have it: what numbers mean may be said before.
        if words
            .first()
            .is_some_and(|word| word.eq_ignore_ascii_case("uid"))
        {
            words = &words[1..];
        }
        let Some((name, words)) = words.split_first() else {
            return Self::OneOf(names(&all));
        };
        let Some(command) = all.find_subcommand(name.to_lowercase()) else {
            return Self::Nothing;
        };
        let (value, positionals) = options(command, words);
        if let Some(option) = value {
            return Self::of(option, 0, words, &all);
        }
        if word.starts_with('-') {
            return Self::OneOf(option_names(command));
        }
        match positional(command, positionals) {
            Some((argument, nth)) => Self::of(argument, nth, words, &all),
            None => Self::Nothing,
        }
    }

    /// The value of an argument, which has so many already.
    fn of(argument: &Arg, nth: usize, words: &[String], all: &clap::Command) -> Self {
        let values = argument.get_possible_values();
        if !values.is_empty() {
            let names = values.iter().map(|value| value.get_name().to_owned());
            return Self::OneOf(names.collect());
        }
        let names_of = argument.get_value_names().unwrap_or_default();
        let name = names_of.get(nth).or_else(|| names_of.last());
        match name.map_or("", |name| name.as_str()) {
            "COMMAND" => Self::OneOf(names(all)),
            "MAILBOX" | "PATTERN" => Self::Mailbox,
            "FLAG" => Self::Flag,
            "KEY" if words.last().is_some_and(|word| is_keyword(word)) => Self::Flag,
            "KEY" | "CRITERIA" => Self::SearchKey,
            "ITEM" => Self::FetchItem,
            "SORTKEY" => Self::SortKey,
            "STATUSITEM" => Self::StatusItem,
            "FILE" => Self::File,
            _ => Self::Nothing,
        }
    }

    /// Whether IMAP has lists of these in parentheses.
    pub(super) fn may_be_in_parentheses(&self) -> bool {
        matches!(
            self,
            Self::Flag | Self::SearchKey | Self::FetchItem | Self::SortKey | Self::StatusItem
        )
    }
}

fn is_keyword(word: &str) -> bool {
    ["keyword", "unkeyword"].contains(&word.to_lowercase().as_str())
}

/// The names of all commands.
fn names(all: &clap::Command) -> Vec<String> {
    let shown = all
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let names = shown.flat_map(|command| {
        [command.get_name()]
            .into_iter()
            .chain(command.get_visible_aliases())
    });
    names.map(str::to_owned).collect()
}

fn option_names(command: &clap::Command) -> Vec<String> {
    let shown = command.get_arguments().filter(|one| !one.is_hide_set());
    let longs = shown.filter_map(|one| one.get_long());
    longs.map(|long| format!("--{long}")).collect()
}

/// The option whose value comes next, and how many words belong to none.
fn options<'c>(command: &'c clap::Command, words: &[String]) -> (Option<&'c Arg>, usize) {
    let mut waiting = None;
    let mut positionals = 0;
    for word in words {
        if waiting.take().is_some() {
            continue;
        }
        match option(command, word) {
            Some(option) => waiting = Some(option).filter(|one| takes_value(one, word)),
            None => positionals += 1,
        }
    }
    (waiting, positionals)
}

fn option<'c>(command: &'c clap::Command, word: &str) -> Option<&'c Arg> {
    let mut arguments = command.get_arguments();
    if let Some(long) = word.strip_prefix("--") {
        let long = long.split('=').next();
        return arguments.find(|one| one.get_long().is_some() && one.get_long() == long);
    }
    let short = word.strip_prefix('-')?.chars().next()?;
    arguments.find(|one| one.get_short() == Some(short))
}

/// Whether its value is the next word, and not in this one.
fn takes_value(option: &Arg, word: &str) -> bool {
    let within = match word.starts_with("--") {
        true => word.contains('='),
        false => word.chars().nth(2).is_some(),
    };
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append) && !within
}

/// The argument that takes the word after so many, and how many it has then.
fn positional(command: &clap::Command, words: usize) -> Option<(&Arg, usize)> {
    let mut before = words;
    for argument in command.get_positionals() {
        let most = argument
            .get_num_args()
            .map_or(1, |range| range.max_values());
        if before < most {
            return Some((argument, before));
        }
        before -= most;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    fn expected(line: &str) -> Expected {
        let typed = words::typed(line).unwrap();
        Expected::after(&typed.words, &typed.word)
    }

    fn offers(line: &str, name: &str) -> bool {
        matches!(expected(line), Expected::OneOf(names) if names.iter().any(|one| one == name))
    }

    #[test]
    fn commands_and_their_other_names_come_first() {
        for line in ["", "sel", "ls; ", "uid ", "help "] {
            assert!(offers(line, "select") && offers(line, "cd"), "{line}");
        }
        assert_eq!(expected("nonsense "), Expected::Nothing);
    }

    #[test]
    fn an_argument_goes_by_its_place() {
        assert_eq!(expected("SELECT "), Expected::Mailbox);
        assert_eq!(expected("cd INBOX "), Expected::Nothing);
        assert_eq!(expected("ls \"\" "), Expected::Mailbox);
        assert!(offers("trace ", "off"));
    }

    #[test]
    fn options_are_offered_at_a_dash() {
        assert!(offers("cd --", "--help"));
    }
}
