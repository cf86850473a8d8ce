//! The comparison of text by `i;unicode-casemap` (RFC 5051), which SORT and THREAD must use and
//! SEARCH may use.

use unicode_normalization::UnicodeNormalization as _;

/// Returns a form that is the same for all equal spellings: in capitals and decomposed.
pub(super) fn fold(text: &str) -> String {
    text.chars().map(capital).nfkd().collect()
}

/// Returns the capital of a letter if it is a single letter; `ß` stays.
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
