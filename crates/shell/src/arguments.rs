//! Parses the arguments of commands, in friendly form and in that of IMAP.

pub(crate) mod criteria;
pub(crate) mod dates;
pub(crate) mod flags;
pub(crate) mod items;
pub(crate) mod messages;
pub(crate) mod nearest;
pub(crate) mod sorting;

/// Removes the parentheses around words: `(\Seen \Flagged)` and `\Seen \Flagged` are the same.
pub(crate) fn bare(words: &[String]) -> Vec<&str> {
    let last = words.len().saturating_sub(1);
    let mut bare: Vec<&str> = words.iter().map(String::as_str).collect();
    let in_parentheses = bare.first().is_some_and(|word| word.starts_with('('))
        && bare.last().is_some_and(|word| word.ends_with(')'));
    if in_parentheses {
        if let Some(word) = bare.get_mut(last) {
            *word = word.strip_suffix(')').unwrap_or(word);
        }
        if let Some(word) = bare.first_mut() {
            *word = word.strip_prefix('(').unwrap_or(word);
        }
        bare.retain(|word| !word.is_empty());
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_around_all_of_it_are_none() {
        for (words, expected) in [
            (&["(a", "b)"][..], &["a", "b"][..]),
            (&["(a)"], &["a"]),
            (&["(", "a", ")"], &["a"]),
            (&["()"], &[]),
            (&["a", "b)"], &["a", "b)"]),
            (&["("], &["("]),
            (&[], &[]),
        ] {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            assert_eq!(bare(&words), expected);
        }
    }
}
