//! Determines the kind of a word from the words before it.

use clap::{Arg, ArgAction};
use imapclient::{StatusItem, ThreadAlgorithm};

use crate::{
    arguments::{criteria, items},
    command,
};

/// The kind of a word.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// Unknown.
    Nothing,
    /// One of these names.
    OneOf(Vec<String>),
    /// One of these protocol words, in either case.
    Protocol(Vec<String>),
    /// A sort key.
    SortKey,
    Flag,
    Mailbox,
    File,
}

/// The items that have no friendly name: RFC 9051 §6.4.5, RFC 3501 §6.4.5.
const FETCHED: [&str; 15] = [
    "all",
    "binary.peek[]",
    "binary.size[]",
    "body",
    "body.peek[]",
    "body.peek[header]",
    "body.peek[text]",
    "body[]",
    "bodystructure",
    "fast",
    "full",
    "internaldate",
    "rfc822.header",
    "rfc822.size",
    "rfc822.text",
];

impl Expected {
    /// Returns the kind of the word after `words`. Of `word` itself, it matters only whether it is
    /// an option.
    pub(super) fn after(words: &[String], word: &str) -> Self {
        let mut all = command::all();
        all.build();
        let mut words = words;
        // As the commands do, skip a leading `uid`.
        if words
            .first()
            .is_some_and(|word| word.eq_ignore_ascii_case("uid"))
        {
            words = &words[1..];
        }
        let Some((name, words)) = words.split_first() else {
            return Self::OneOf(names_of_commands());
        };
        let Some(command) = all.find_subcommand(name.to_lowercase()) else {
            return Self::Nothing;
        };
        let (value, positionals) = options(command, words);
        if let Some(option) = value {
            return Self::of(option, 0, command, words);
        }
        if word.starts_with("--") {
            return Self::OneOf(option_names(command));
        }
        match positional(command, positionals) {
            Some((argument, nth)) => Self::of(argument, nth, command, words),
            None => Self::Nothing,
        }
    }

    /// Returns the kind of the value at position `nth` of an argument.
    fn of(argument: &Arg, nth: usize, command: &clap::Command, words: &[String]) -> Self {
        let values = argument.get_possible_values();
        if !values.is_empty() {
            let names = values.iter().map(|value| value.get_name().to_owned());
            return Self::OneOf(names.collect());
        }
        let names = argument.get_value_names().unwrap_or_default();
        let name = names.get(nth).or_else(|| names.last());
        match (name.map_or("", |name| name.as_str()), nth) {
            // For `raw` it would be an IMAP command.
            ("COMMAND", _) if command.get_name() == "help" => Self::OneOf(names_of_commands()),
            ("MAILBOX", _) => Self::Mailbox,
            ("FLAG", _) => Self::Flag,
            ("SORTKEY", 0) => Self::SortKey,
            ("KEY" | "SORTKEY", _) if words.last().is_some_and(|word| is_keyword(word)) => {
                Self::Flag
            }
            ("KEY", 0) if command.get_name() == "thread" => {
                let algorithms = ThreadAlgorithm::KNOWN.iter().map(ToString::to_string);
                Self::Protocol(criteria::names().chain(algorithms).collect())
            }
            ("KEY" | "SORTKEY", _) => Self::Protocol(criteria::names().collect()),
            ("ITEM", _) => {
                let friendly = items::NAMES.iter().map(|(name, _)| *name);
                Self::Protocol(friendly.chain(FETCHED).map(str::to_owned).collect())
            }
            ("STATUSITEM", _) => {
                Self::Protocol(StatusItem::ALL.iter().map(ToString::to_string).collect())
            }
            ("FILE", _) => Self::File,
            _ => Self::Nothing,
        }
    }

    /// Returns the part of a word to complete: IMAP has lists in parentheses, and several sort keys
    /// form one word.
    pub(super) fn part<'w>(&self, word: &'w str) -> &'w str {
        match self {
            Self::Protocol(_) | Self::Flag => word.trim_start_matches('('),
            Self::SortKey => {
                let from = word.rfind(['(', ',', '-']).map_or(0, |at| at + 1);
                word.get(from..).unwrap_or_default()
            }
            _ => word,
        }
    }
}

fn is_keyword(word: &str) -> bool {
    ["keyword", "unkeyword"].contains(&word.to_lowercase().as_str())
}

/// Returns the names of all commands.
fn names_of_commands() -> Vec<String> {
    let all = command::all();
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

/// Returns the option whose value comes next, and the number of positional words.
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

/// Returns whether the value of an option is the next word rather than part of this one.
fn takes_value(option: &Arg, word: &str) -> bool {
    let within = match word.starts_with("--") {
        true => word.contains('='),
        false => word.chars().nth(2).is_some(),
    };
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append) && !within
}

/// Returns the argument for the positional word after `words` others, and its position in that
/// argument.
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
        assert_eq!(expected("copy 1:10 "), Expected::Mailbox);
        assert!(offers("trace ", "off"));
    }

    #[test]
    fn words_of_the_protocol_go_by_their_place() {
        let protocol = |line: &str, word: &str| match expected(line) {
            Expected::Protocol(words) => words.iter().any(|one| one.eq_ignore_ascii_case(word)),
            _ => false,
        };
        assert!(protocol("search from alice ", "unseen"));
        assert!(protocol("SEARCH NOT (s", "seen"));
        assert!(protocol("thread ", "references") && !protocol("thread refs ", "refs"));
        assert!(protocol("fetch 1:10 (flags env", "envelope"));
        assert!(protocol("fetch 1 ", "body.peek[]"));
        assert!(protocol("status INBOX ", "UNSEEN"));
        assert!(protocol("sort -date ", "unseen"));
        assert_eq!(expected("sort from,-d"), Expected::SortKey);
        assert_eq!(expected("search keyword "), Expected::Flag);
        assert_eq!(expected("flag 1:10 seen "), Expected::Flag);
        assert_eq!(expected("move 1 "), Expected::Mailbox);
        assert_eq!(expected("append "), Expected::File);
        assert_eq!(expected("append --to "), Expected::Mailbox);
        assert_eq!(expected("append --flag seen "), Expected::File);
        assert_eq!(expected("raw "), Expected::Nothing);
        let part = |line: &str| {
            let typed = words::typed(line).unwrap();
            expected(line).part(&typed.word).to_owned()
        };
        assert_eq!(part("fetch 1 (fl"), "fl");
        assert_eq!(part("sort from,-da"), "da");
    }

    #[test]
    fn options_are_offered_at_a_dash() {
        assert!(offers("cd --", "--help"));
    }
}
