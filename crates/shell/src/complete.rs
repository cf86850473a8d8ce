//! Completes a line at Tab.
//!
//! ```text
//!  line ─▶ words::typed ─▶ expected: which argument of which command      (the clap tree)
//!                              │
//!                              ▼
//!                          choices: words of the protocol | files | mailboxes, from the server
//!                              │
//!                              ▼
//!                          candidates: the choices that extend what is typed, quoted if necessary
//! ```

mod expected;
mod files;

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use imapclient::{Flag, SortKey};
use rustyline::{
    Context, Helper, completion::Completer, completion::Pair, highlight::Highlighter, hint::Hinter,
    validate::Validator,
};
use tokio::runtime::Runtime;

use self::expected::Expected;
use crate::{
    escape,
    session::Session,
    words::{self, Typed},
};

/// Upper bound on the number of candidates.
const MOST: usize = 1000;
/// Upper bound on the number of mailboxes whose names are cached.
const MAILBOXES: usize = 100_000;
/// Upper bound on the length of a candidate, in characters; longer text is not useful in a line.
const LONGEST: usize = 500;
/// Upper bound on its length in the displayed list, in characters.
const SHOWN: usize = 60;

/// The time for which the names of mailboxes are cached, since other clients may create some.
const KEPT: Duration = Duration::from_secs(60);

/// The session while a line is being typed.
pub(crate) struct Shell {
    pub(crate) session: Session,
    pub(crate) runtime: Rc<Runtime>,
    /// The names of the mailboxes, once they were listed.
    mailboxes: Option<Mailboxes>,
    /// The previous lines of a command whose quote is still open.
    pub(crate) before: String,
}

/// A cached list of all mailboxes.
struct Mailboxes {
    names: Vec<String>,
    /// The time of the list, and the number of changes made by this session before it.
    since: Instant,
    changes: u64,
}

/// Completes lines for a session.
pub(crate) struct Completion(pub(crate) Rc<RefCell<Shell>>);

/// A possible completion of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    text: String,
    /// `true` if more may follow in the same word, as after a directory.
    open: bool,
}

impl Shell {
    pub(crate) fn new(session: Session, runtime: Rc<Runtime>) -> Self {
        Self {
            session,
            runtime,
            mailboxes: None,
            before: String::new(),
        }
    }

    /// Returns the names of all mailboxes, or none if the server does not answer.
    fn mailboxes(&mut self) -> &[String] {
        let changes = self.session.mailboxes_changes();
        let good = |kept: &Mailboxes| kept.changes == changes && kept.since.elapsed() < KEPT;
        if !self.mailboxes.as_ref().is_some_and(good) {
            let list = self
                .session
                .ask_aside(async |client| client.list("", "*").await);
            self.mailboxes = self.runtime.block_on(list).map(|list| Mailboxes {
                names: list
                    .into_iter()
                    .take(MAILBOXES)
                    .map(|one| one.name.to_string())
                    .collect(),
                since: Instant::now(),
                changes,
            });
        }
        self.mailboxes
            .as_ref()
            .map_or(&[], |kept| kept.names.as_slice())
    }

    /// Returns the flags that messages in the selected mailbox may have.
    fn flags(&self) -> Vec<String> {
        let mut flags: Vec<_> = Flag::SYSTEM.iter().map(ToString::to_string).collect();
        if let Some(mailbox) = self.session.selected() {
            let permanent = mailbox
                .permanent_flags
                .iter()
                .flat_map(|flags| flags.iter());
            for flag in mailbox.flags.iter().chain(permanent) {
                let flag = flag.to_string();
                if flag != r"\*" && !flags.contains(&flag) && flags.len() < MOST {
                    flags.push(flag);
                }
            }
        }
        flags
    }

    fn choices(&mut self, expected: &Expected, word: &str) -> Vec<Choice> {
        let known = |words: &[String]| {
            // Protocol words may be typed in either case.
            let upper = word.contains(|c: char| c.is_ascii_uppercase());
            let words = words.iter().map(|word| match upper {
                true => word.to_uppercase(),
                false => word.to_lowercase(),
            });
            words.map(Choice::from).collect()
        };
        match expected {
            Expected::Nothing => Vec::new(),
            Expected::OneOf(words) => words.iter().cloned().map(Choice::from).collect(),
            Expected::Mailbox => self.mailboxes().iter().cloned().map(Choice::from).collect(),
            Expected::Flag => self.flags().into_iter().map(Choice::from).collect(),
            Expected::Protocol(words) => known(words),
            Expected::SortKey => {
                let keys: Vec<_> = SortKey::ALL.iter().map(ToString::to_string).collect();
                known(&keys)
            }
            Expected::File => files::beginning_with(word),
        }
    }

    fn complete(&mut self, line: &str, after: &str) -> (usize, Vec<Pair>) {
        let whole = format!("{}{line}", self.before);
        let Some(mut typed) = words::typed(&whole) else {
            return (line.len(), Vec::new());
        };
        let expected = Expected::after(&typed.words, &typed.word);
        if !typed.quoted {
            let part = expected.part(&typed.word);
            typed.start += typed.word.len() - part.len();
            typed.word = part.to_owned();
        }
        // A word that began on an earlier line cannot be changed any more.
        let Some(start) = typed.start.checked_sub(self.before.len()) else {
            return (line.len(), Vec::new());
        };
        let choices = self.choices(&expected, &typed.word);
        let ends = after.is_empty();
        (start, candidates(choices, &typed, ends))
    }
}

/// Returns the completions of the word as they have to be typed, followed by a space if there is
/// only one and the word `ends` the line.
fn candidates(choices: Vec<Choice>, typed: &Typed, ends: bool) -> Vec<Pair> {
    let short = |choice: &&Choice| choice.text.chars().nth(LONGEST).is_none();
    let choices: Vec<_> = choices.iter().filter(short).collect();
    let exactly = |choice: &&Choice| choice.text.starts_with(&typed.word);
    let mut fitting: Vec<_> = choices.iter().copied().filter(exactly).collect();
    if fitting.is_empty() {
        let word = typed.word.to_lowercase();
        let loosely = |choice: &&Choice| choice.text.to_lowercase().starts_with(&word);
        fitting = choices.into_iter().filter(loosely).collect();
    }
    // Their common prefix is visible only if all are quoted alike.
    let quotes = typed.quoted || fitting.iter().any(|one| words::needs_quotes(&one.text));
    let mut pairs: Vec<_> = fitting
        .iter()
        .map(|choice| Pair {
            display: escape::cut(&escape::line(&choice.text), SHOWN).into_owned(),
            replacement: choice.typed(quotes),
        })
        .collect();
    pairs.sort_by(|one, other| one.replacement.cmp(&other.replacement));
    pairs.dedup_by(|one, other| one.replacement == other.replacement);
    if pairs.len() > MOST {
        // The first and the last in order have the same common prefix as all.
        pairs.drain(MOST - 1..pairs.len() - 1);
    }
    if let [only] = pairs.as_mut_slice()
        && ends
        && !fitting.iter().any(|choice| choice.open)
    {
        only.replacement.push(' ');
    }
    pairs
}

impl Choice {
    /// Returns the text as it has to be typed.
    fn typed(&self, quotes: bool) -> String {
        if !quotes {
            return words::quoted(&self.text);
        }
        let mut typed = words::in_quotes(&self.text);
        if self.open {
            typed.pop();
        }
        typed
    }
}

impl From<String> for Choice {
    fn from(text: String) -> Self {
        Self { text, open: false }
    }
}

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (before, after) = line.split_at(at);
        Ok(self.0.borrow_mut().complete(before, after))
    }
}

impl Helper for Completion {}

impl Hinter for Completion {
    type Hint = String;
}

impl Highlighter for Completion {}

impl Validator for Completion {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the completions of a word after `cd `, and their displayed form.
    fn offered(choices: &[&str], word: &str) -> Vec<(String, String)> {
        let choices = choices.iter().map(|text| Choice::from((*text).to_owned()));
        let typed = words::typed(&format!("cd {word}")).unwrap();
        candidates(choices.collect(), &typed, true)
            .into_iter()
            .map(|pair| (pair.replacement, pair.display))
            .collect()
    }

    #[test]
    fn names_are_quoted_where_they_have_to_be() {
        let names = ["Tom & Jerry", "Tomatoes", "Zürich", "日本語", "zebra"];
        let replaced = |word: &str| {
            let offered = offered(&names, word).into_iter();
            offered
                .map(|(replacement, _)| replacement)
                .collect::<Vec<_>>()
        };
        assert_eq!(replaced("Toma"), ["Tomatoes "]);
        assert_eq!(replaced("Tom"), ["\"Tom & Jerry\"", "\"Tomatoes\""]);
        assert_eq!(replaced("\"Tom &"), ["\"Tom & Jerry\" "]);
        assert_eq!(replaced("'Zü"), ["\"Zürich\" "]);
        assert_eq!(replaced("Z"), ["Zürich "]);
        assert_eq!(replaced("tomatoe"), ["Tomatoes "]);
        assert_eq!(replaced("日"), ["日本語 "]);
        assert_eq!(replaced("x"), [""; 0]);
    }

    #[test]
    fn hostile_names_are_typed_by_number_and_shown_escaped_and_cut() {
        let long = "x".repeat(1 << 20);
        let hostile = "evil\u{1b}[2J\u{202e}";
        assert_eq!(
            offered(&[hostile, &long], "e"),
            [(
                "\"evil\\u{1b}[2J\\u{202e}\" ".to_owned(),
                "evil\\u{1b}[2J\\u{202e}".to_owned()
            )]
        );
        assert_eq!(offered(&[&long], "x"), []);
        let offered = offered(&[&"y".repeat(300)], "y");
        assert_eq!(offered[0].1, format!("{}… (240 more)", "y".repeat(60)));
    }

    #[test]
    fn many_names_are_cut_to_so_many_that_begin_as_all_do() {
        let names: Vec<_> = (0..3000).map(|n| format!("list-{n:04}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let offered = offered(&names, "l");
        assert_eq!(offered.len(), MOST);
        assert_eq!(offered[0].1, "list-0000");
        assert_eq!(offered[MOST - 1].1, "list-2999");
    }
}
