//! Parses and formats flags.

use imapclient::{Flag, Flags};

use super::bare;
use crate::failure::{Failure, Result};

/// Parses a flag: `seen` is `\Seen`, and a word that is not a system flag is a keyword.
pub(crate) fn flag(word: &str) -> Flag {
    let known = Flag::SYSTEM.iter().find(|flag| {
        let name = flag.as_str().trim_start_matches('\\');
        word.eq_ignore_ascii_case(name)
    });
    known.cloned().unwrap_or_else(|| Flag::from(word))
}

/// Parses one or more flags, with or without parentheses.
pub(crate) fn flags(words: &[String]) -> Result<Flags> {
    let mut flags = Flags::new();
    for word in bare(words) {
        flags.insert(flag(word));
    }
    match flags.is_empty() {
        true => Err(Failure::usage(
            r"no flags are given; write them as in \Seen, flagged or a keyword",
        )),
        false => Ok(flags),
    }
}

/// Formats flags, for example `\Seen $Forwarded`.
pub(crate) fn shown(flags: &Flags) -> String {
    let names: Vec<_> = flags.iter().map(|flag| flag.to_string()).collect();
    names.join(" ")
}
