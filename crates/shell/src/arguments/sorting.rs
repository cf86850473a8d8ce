//! Parses sort orders and thread algorithms.

use imapclient::{SortKey, SortOrder, ThreadAlgorithm};

use super::nearest;
use crate::failure::{Failure, Result};

/// Takes the keys from the front: `-date,from` as one word, or `(REVERSE DATE FROM)` as in IMAP.
/// Skips a charset after them, which the library chooses.
pub(crate) fn orders(words: &[String]) -> Result<(Vec<SortOrder>, &[String])> {
    let Some((first, rest)) = words.split_first() else {
        return Err(Failure::usage(
            "no sort key is given; write one as in `sort -date` or `sort from,date unseen`",
        ));
    };
    if !first.starts_with('(') {
        let orders = first.split(',').map(|word| match word.strip_prefix('-') {
            Some(key) => Ok(named(key)?.reverse()),
            None => named(word).map(SortOrder::from),
        });
        return Ok((orders.collect::<Result<_>>()?, without_charset(rest)));
    }
    let Some(end) = words.iter().position(|word| word.ends_with(')')) else {
        return Err(Failure::usage("the keys have no closing parenthesis"));
    };
    let (keys, rest) = words.split_at(end + 1);
    let mut orders = Vec::new();
    let mut reverse = false;
    for word in super::bare(keys) {
        match word.eq_ignore_ascii_case("reverse") {
            true => reverse = true,
            false => {
                let key = named(word)?;
                orders.push(if reverse { key.reverse() } else { key.into() });
                reverse = false;
            }
        }
    }
    Ok((orders, without_charset(rest)))
}

/// Takes the algorithm from the front; `None` stands for the best available one.
pub(crate) fn algorithm(words: &[String]) -> (Option<ThreadAlgorithm>, &[String]) {
    let Some((first, rest)) = words.split_first() else {
        return (None, words);
    };
    match ThreadAlgorithm::from(first.as_str()) {
        ThreadAlgorithm::Other(_) => (None, words),
        algorithm => (Some(algorithm), without_charset(rest)),
    }
}

fn named(word: &str) -> Result<SortKey> {
    word.parse().map_err(|_| {
        let names: Vec<_> = SortKey::ALL
            .iter()
            .map(|key| key.as_str().to_lowercase())
            .collect();
        let hint = nearest::hint(word, names.iter().map(String::as_str));
        Failure::Usage(format!(
            "{word:?} is not a sort key; use one of {}{hint}",
            names.join(", ")
        ))
    })
}

fn without_charset(words: &[String]) -> &[String] {
    match words.split_first() {
        Some((word, rest))
            if word.eq_ignore_ascii_case("UTF-8") || word.eq_ignore_ascii_case("US-ASCII") =>
        {
            rest
        }
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    fn read(line: &str) -> Result<(Vec<SortOrder>, usize)> {
        let words = words::commands(line)?
            .into_iter()
            .next()
            .unwrap_or_default();
        orders(&words).map(|(orders, rest)| (orders, rest.len()))
    }

    #[test]
    fn both_forms_are_read() {
        let expected = vec![SortKey::Date.reverse(), SortKey::From.into()];
        for line in [
            "-date,from unseen",
            "(REVERSE DATE FROM) UTF-8 UNSEEN",
            "( reverse date from ) unseen",
        ] {
            assert_eq!(read(line).unwrap(), (expected.clone(), 1), "{line}");
        }
        let error = read("dat").unwrap_err().to_string();
        assert!(error.ends_with(" (did you mean \"date\"?)"), "{error}");
        assert!(read("(date").is_err() && read("").is_err());
    }
}
