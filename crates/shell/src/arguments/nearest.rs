//! What somebody may have meant.

/// ` (did you mean "from"?)` or nothing.
pub(crate) fn hint<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let word = word.to_ascii_lowercase();
    let most = word.chars().count() / 3 + 1;
    let close = names
        .into_iter()
        .map(|name| (distance(&word, &name.to_ascii_lowercase()), name));
    match close.filter(|(far, _)| *far <= most.min(2)).min() {
        Some((_, name)) => format!(" (did you mean {name:?}?)"),
        None => String::new(),
    }
}

/// Characters to add, take away, or change, to get from one to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    // Nobody means a name of ours by a text of that length.
    for (i, a) in one.chars().take(40).enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
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
    }
}
