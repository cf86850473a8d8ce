//! Parses search criteria: the grammar of IMAP (RFC 9051 §6.4.4) with some extensions. Texts need
//! no quotes beyond those of the line, dates and sizes have more forms, and numbers are UIDs.

use std::{iter::Peekable, slice};

use imapclient::{
    Flag, MailboxName, SearchKey, SearchQuery, SearchReturn, SearchTerm, chrono::NaiveDate,
};

use super::{
    dates, flags,
    messages::{MessageSet, Named},
    nearest,
};
use crate::{
    failure::{Failure, Result},
    session::Session,
};

/// Upper bound on nesting; nobody types that many levels.
const DEPTH: usize = 50;

/// The words of a search that are no keys of IMAP: `gmail` and `label` are short for keys of Gmail.
const OTHER_NAMES: [&str; 5] = ["and", "charset", "gmail", "label", "return"];

/// Returns all words with a meaning, in lower case, for completion and hints.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let names = SearchKey::NAMES.iter().copied().chain(OTHER_NAMES);
    names.map(str::to_lowercase)
}

/// Parses a search from its words; no words mean all messages.
pub(crate) fn query(words: &[String], session: &Session) -> Result<SearchQuery> {
    let mut reader = Reader {
        words: words.iter().peekable(),
        session,
        open: 0,
        pending_close: 0,
    };
    let returning = reader.returning()?;
    if reader.next_is("charset") {
        // The word is skipped, since the library chooses the charset.
        reader.words.next();
        reader.argument("charset")?;
    }
    let keys = reader.keys(0)?;
    let query = SearchQuery::new(match keys.len() {
        0 => SearchKey::All,
        _ => all_of(keys),
    });
    Ok(match returning {
        Some(options) => query.returning(options),
        None => query,
    })
}

fn all_of(mut keys: Vec<SearchKey>) -> SearchKey {
    match (keys.len(), keys.pop()) {
        (1, Some(key)) => key,
        (_, last) => {
            keys.extend(last);
            SearchKey::And(keys)
        }
    }
}

struct Reader<'a> {
    words: Peekable<slice::Iter<'a, String>>,
    session: &'a Session,
    /// The number of open parentheses.
    open: usize,
    /// The number of these that the last word has closed.
    pending_close: usize,
}

impl Reader<'_> {
    fn next_is(&mut self, name: &str) -> bool {
        self.words
            .peek()
            .is_some_and(|word| word.eq_ignore_ascii_case(name))
    }

    /// Parses `RETURN (MIN COUNT)`, RFC 4731.
    fn returning(&mut self) -> Result<Option<Vec<SearchReturn>>> {
        if !self.next_is("return") {
            return Ok(None);
        }
        self.words.next();
        let mut options = Vec::new();
        let mut first = true;
        loop {
            let Some(word) = self.words.next() else {
                return Err(Failure::usage(
                    "`return` needs a list, as in `return (min max count)`",
                ));
            };
            let mut name = word.as_str();
            if first {
                name = name.strip_prefix('(').ok_or_else(|| {
                    Failure::usage("`return` needs a list, as in `return (min max count)`")
                })?;
                first = false;
            }
            let (name, last) = match name.strip_suffix(')') {
                Some(name) => (name, true),
                None => (name, false),
            };
            match name.to_ascii_lowercase().as_str() {
                "" => {}
                "min" => options.push(SearchReturn::Min),
                "max" => options.push(SearchReturn::Max),
                "all" => options.push(SearchReturn::All),
                "count" => options.push(SearchReturn::Count),
                _ => {
                    let what = format!("{name:?} cannot be returned; use min, max, all or count");
                    return Err(Failure::Usage(what));
                }
            }
            if last {
                return Ok(Some(options));
            }
        }
    }

    /// Parses keys up to the end, or to the parenthesis that closes this group.
    fn keys(&mut self, depth: usize) -> Result<Vec<SearchKey>> {
        let mut keys = Vec::new();
        while self.pending_close == 0 {
            if self.words.peek().is_none() {
                if depth > 0 {
                    return Err(Failure::usage("a parenthesis is not closed"));
                }
                break;
            }
            if self.next_is("and") {
                self.words.next();
                continue;
            }
            keys.extend(self.key(depth)?);
        }
        if depth > 0 {
            self.pending_close -= 1;
            self.open -= 1;
        }
        Ok(keys)
    }

    /// Parses one key. Returns `None` for a word that is only a closing parenthesis.
    fn key(&mut self, depth: usize) -> Result<Option<SearchKey>> {
        let Some(word) = self.words.next() else {
            return Err(Failure::usage("a search key is missing at the end"));
        };
        self.key_of(word, depth)
    }

    fn key_of(&mut self, word: &str, depth: usize) -> Result<Option<SearchKey>> {
        if depth > DEPTH {
            return Err(Failure::usage("the search is nested too deeply"));
        }
        // An empty word does not mean all messages: in a script it may be an empty variable.
        if word.is_empty() {
            return Err(Failure::usage(
                "an empty word is not a search key; leave it out to find all messages",
            ));
        }
        if let Some(inner) = word.strip_prefix('(') {
            self.open += 1;
            let mut keys = Vec::new();
            if !inner.is_empty() {
                keys.extend(self.key_of(inner, depth + 1)?);
            }
            keys.extend(self.keys(depth + 1)?);
            return match keys.is_empty() {
                true => Err(Failure::usage("the parentheses are empty")),
                false => Ok(Some(all_of(keys))),
            };
        }
        let word = self.closing(word)?;
        if word.is_empty() {
            return Ok(None);
        }
        let name = match word.to_ascii_lowercase().as_str() {
            "gmail" => "X-GM-RAW",
            "label" => "X-GM-LABELS",
            _ => word,
        };
        match SearchKey::named(name) {
            Some(term) => Ok(Some(self.completed(term, word, depth)?)),
            None if word.starts_with(|c: char| c.is_ascii_digit() || "#*$".contains(c)) => {
                Ok(Some(match self.set(word)? {
                    Named::Uids(uids) => SearchKey::Uid(uids),
                    Named::Seqs(seqs) => SearchKey::Seq(seqs),
                }))
            }
            None => {
                let names: Vec<_> = names().collect();
                let hint = nearest::hint(word, names.iter().map(String::as_str));
                Err(Failure::Usage(format!(
                    "there is no search key {word:?}{hint}; `help search` lists them"
                )))
            }
        }
    }

    /// Completes a key with its argument, which follows `word`.
    fn completed(&mut self, term: &SearchTerm, word: &str, depth: usize) -> Result<SearchKey> {
        Ok(match term {
            SearchTerm::Plain(key) => key.clone(),
            SearchTerm::Text(key) => key(self.argument(word)?),
            SearchTerm::Header(key) => key(self.argument(word)?, self.argument(word)?),
            SearchTerm::Keyword(key) => key(self.flag(word)?),
            SearchTerm::Day(key) => key(self.day(word)?),
            SearchTerm::Size(key) => key(dates::size(&self.argument(word)?)?),
            SearchTerm::Seconds(key) => key(dates::seconds(&self.argument(word)?)?),
            SearchTerm::Number(key) => key(self.number(word)?),
            SearchTerm::Label(key) => key(MailboxName::from(self.argument(word)?.as_str())),
            SearchTerm::Uids(key) => {
                let set = self.argument(word)?;
                match self.set(&set)? {
                    Named::Uids(uids) => key(uids),
                    Named::Seqs(_) => {
                        return Err(Failure::usage("`uid` needs UIDs, as in `uid 1:10`"));
                    }
                }
            }
            SearchTerm::Key(key) => key(Box::new(self.operand(word, depth)?)),
            SearchTerm::Keys(key) => {
                let one = Box::new(self.operand(word, depth)?);
                key(one, Box::new(self.operand(word, depth)?))
            }
            _ => {
                return Err(Failure::Usage(format!(
                    "the argument of {word:?} cannot be given here"
                )));
            }
        })
    }

    fn operand(&mut self, of: &str, depth: usize) -> Result<SearchKey> {
        let missing = || Failure::Usage(format!("{of:?} needs a search key after it"));
        if self.pending_close > 0 || self.words.peek().is_none() {
            return Err(missing());
        }
        self.key(depth + 1)?.ok_or_else(missing)
    }

    /// Returns the text after a key. Inside a group, parentheses at its end close the group.
    fn argument(&mut self, of: &str) -> Result<String> {
        let missing = || Failure::Usage(format!("{of:?} needs a text after it"));
        if self.pending_close > 0 {
            return Err(missing());
        }
        let word = self.words.next().ok_or_else(missing)?;
        match self.open {
            0 => Ok(word.clone()),
            _ => Ok(self.closing(word)?.to_owned()),
        }
    }

    /// Removes closing parentheses from the end of a word.
    fn closing<'w>(&mut self, word: &'w str) -> Result<&'w str> {
        let inner = word.trim_end_matches(')');
        let closed = word.len() - inner.len();
        if closed > self.open - self.pending_close.min(self.open) {
            return Err(Failure::Usage(format!(
                "{word:?} closes a parenthesis that is not open"
            )));
        }
        self.pending_close += closed;
        Ok(inner)
    }

    fn day(&mut self, of: &str) -> Result<NaiveDate> {
        dates::day(&self.argument(of)?)
    }

    fn flag(&mut self, of: &str) -> Result<Flag> {
        Ok(flags::flag(&self.argument(of)?))
    }

    fn number(&mut self, of: &str) -> Result<u64> {
        let word = self.argument(of)?;
        word.parse()
            .map_err(|_| Failure::Usage(format!("{of:?} needs a number, not {word:?}")))
    }

    fn set(&self, word: &str) -> Result<Named> {
        let set: MessageSet = word.parse().map_err(Failure::Usage)?;
        set.meaning(self.session)
    }
}

#[cfg(test)]
mod tests {
    use imapclient::codec::command;
    use imapclient_config::{Account, Address, Credentials};

    use super::*;
    use crate::{screen::Screen, words};

    fn session() -> Session {
        let account = Account::new(Address::tls("localhost"), Credentials::None);
        Session::new(account, Screen::new(false), false)
    }

    /// Returns the command that would be sent.
    fn sent(typed: &str) -> Result<String> {
        let words = words::commands(typed)?
            .into_iter()
            .next()
            .unwrap_or_default();
        let query = query(&words, &session())?;
        let outgoing = command::search(&query).map_err(imapclient::Error::from)?;
        Ok(format!("{outgoing:?}").replace("\\\"", "\""))
    }

    #[test]
    fn what_is_typed_is_what_is_sent() {
        for (typed, expected) in [
            ("", "SEARCH ALL"),
            ("unseen", "SEARCH UNSEEN"),
            (
                "from alice since 1-Jan-2026",
                r#"FROM "alice" SINCE 1-Jan-2026"#,
            ),
            (
                "FROM alice and not subject \"hello world\"",
                r#"FROM "alice" NOT SUBJECT "hello world""#,
            ),
            (
                "or from a (to b cc c) flagged",
                r#"OR FROM "a" (TO "b" CC "c") FLAGGED"#,
            ),
            ("(or (from a) (not (to b)))", r#"OR FROM "a" NOT TO "b""#),
            (
                "larger 1M keyword work uid 1:5",
                "LARGER 1048576 KEYWORD work UID 1:5",
            ),
            ("1:5 #2:* *", "UID 1:5 2:* UID *"),
            ("charset UTF-8 text )", r#"TEXT ")""#),
            ("return (min count) seen", "RETURN (MIN COUNT) SEEN"),
            (
                "older 2h x-gm-raw \"in:inbox has:x\"",
                r#"OLDER 7200 X-GM-RAW "in:inbox has:x""#,
            ),
        ] {
            let sent = sent(typed).unwrap();
            assert!(sent.contains(expected), "{typed}: {sent}");
        }
    }

    #[test]
    fn errors_say_what_would_be_right() {
        for (typed, expected) in [
            ("form alice", "did you mean \"from\"?"),
            ("from", "\"from\" needs a text after it"),
            ("(from alice", "a parenthesis is not closed"),
            ("unseen)", "closes a parenthesis that is not open"),
            ("or seen", "\"or\" needs a search key after it"),
            ("(not )", "\"not\" needs a search key after it"),
            ("()", "the parentheses are empty"),
            ("since someday", "is not a day"),
            ("larger big", "is not a size"),
            ("0", "write UIDs as in"),
            ("$", "$ stands for the messages"),
            ("return count", "`return` needs a list"),
            ("return (some)", "cannot be returned"),
            (&"(".repeat(100), "nested too deeply"),
            (&"not ".repeat(100), "nested too deeply"),
        ] {
            let error = sent(typed).unwrap_err().to_string();
            assert!(error.contains(expected), "{typed}: {error}");
        }
    }
}
