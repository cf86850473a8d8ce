//! Suggests names for misspelt words.

/// Upper bound on the length of a word that may be a misspelt name, in characters.
const LONGEST: usize = 40;

/// Returns ` (did you mean "from"?)`, or an empty text.
pub(crate) fn hint<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let length = word.chars().count();
    // A text of that length is not a misspelt name.
    if length > LONGEST {
        return String::new();
    }
    let word = word.to_ascii_lowercase();
    let most = (length / 3 + 1).min(2);
    let close = names.into_iter().map(|name| {
        let far = strsim::osa_distance(&word, &name.to_ascii_lowercase());
        (far, name)
    });
    match close.filter(|(far, _)| *far <= most).min() {
        Some((_, name)) => format!(" (did you mean {name:?}?)"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_found() {
        let names = ["from", "to", "subject", "unseen"];
        assert_eq!(hint("form", names), " (did you mean \"from\"?)");
        assert_eq!(hint("UNSEN", names), " (did you mean \"unseen\"?)");
        assert_eq!(hint("subjcet", names), " (did you mean \"subject\"?)");
        assert_eq!(hint("xyzzy", names), "");
        assert_eq!(hint(&"from".repeat(1 << 18), names), "");
    }
}
