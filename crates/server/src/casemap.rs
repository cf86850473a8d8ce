//! What text is compared as: `i;unicode-casemap` (RFC 5051), which SORT and THREAD are to use and SEARCH may.

use unicode_normalization::UnicodeNormalization as _;

/// The same for all spellings that are equal: in capitals, and letters apart from their marks.
pub(super) fn fold(text: &str) -> String {
    text.chars().map(capital).nfkd().collect()
}

/// A letter's capital if that is one letter: `ß` stays.
fn capital(c: char) -> char {
    let mut capitals = c.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) => capital,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_equal() {
        for (one, other) in [
            ("Hello", "hELLO"),
            ("Ü", "u\u{308}"),
            ("ПРИВЕТ", "привет"),
            ("ς", "Σ"),
            ("ｗｉｄｅ", "wide"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("ü"), fold("u"));
        assert_ne!(fold("ß"), fold("ss"));
        let mut words = ["Zebra", "Ärger", "Apfel", "b"];
        words.sort_by_key(|word| fold(word));
        assert_eq!(words, ["Apfel", "Ärger", "b", "Zebra"]);
    }
}
