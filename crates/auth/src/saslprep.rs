//! Prepares names and passwords for comparison (SASLprep, RFC 4013).

use stringprep::tables;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Prepares the text as a query: characters that are not in Unicode 3.2, such as emoji, are
/// allowed, as RFC 5802 §5.1 requires.
///
/// # Errors
/// Returns the reason why the text cannot be used.
pub(crate) fn saslprep(text: &str) -> Result<Zeroizing<String>, &'static str> {
    let mapped = text
        .chars()
        .map(|c| match tables::non_ascii_space_character(c) {
            true => ' ',
            false => c,
        })
        .filter(|c| !tables::commonly_mapped_to_nothing(*c));
    // Sized beforehand, since growing would leave a copy behind.
    let size = mapped.clone().nfkc().map(char::len_utf8).sum();
    let mut prepared = Zeroizing::new(String::with_capacity(size));
    prepared.extend(mapped.nfkc());
    if prepared.chars().any(is_prohibited) {
        return Err("it contains a control character, or one that has no meaning as text");
    }
    if mixes_directions(&prepared) {
        return Err("it mixes left-to-right and right-to-left text");
    }
    Ok(prepared)
}

/// RFC 4013 §2.3.
fn is_prohibited(c: char) -> bool {
    tables::non_ascii_space_character(c)
        || tables::ascii_control_character(c)
        || tables::non_ascii_control_character(c)
        || tables::private_use(c)
        || tables::non_character_code_point(c)
        || tables::inappropriate_for_plain_text(c)
        || tables::inappropriate_for_canonical_representation(c)
        || tables::change_display_properties_or_deprecated(c)
        || tables::tagging_character(c)
}

/// RFC 3454 §6: text with right-to-left characters contains no left-to-right ones, and begins and
/// ends with right-to-left ones.
fn mixes_directions(text: &str) -> bool {
    let from_right = |c: Option<char>| c.is_some_and(tables::bidi_r_or_al);
    text.contains(tables::bidi_r_or_al)
        && (text.contains(tables::bidi_l)
            || !from_right(text.chars().next())
            || !from_right(text.chars().next_back()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_rfc_4013() {
        for (text, prepared) in [
            ("I\u{ad}X", Some("IX")),
            ("user", Some("user")),
            ("USER", Some("USER")),
            ("\u{aa}", Some("a")),
            ("\u{2168}", Some("IX")),
            ("\u{7}", None),
            ("\u{627}1", None),
        ] {
            let found = saslprep(text).ok();
            assert_eq!(found.as_deref().map(String::as_str), prepared, "{text:?}");
        }
    }

    #[test]
    fn what_people_use() {
        for (text, prepared) in [
            ("", ""),
            ("pässwörd", "pässwörd"),
            // The same letters, composed and decomposed.
            ("pa\u{308}ss", "päss"),
            ("a\u{a0}b", "a b"),
            ("ﬃ ①", "ffi 1"),
            // Not in Unicode 3.2.
            ("🔑", "🔑"),
            ("שלום", "שלום"),
        ] {
            let found = saslprep(text).unwrap();
            assert_eq!(found.as_str(), prepared, "{text:?}");
            assert_eq!(found.capacity(), found.len(), "{text:?}");
        }
        for text in ["a\nb", "a\0", "שלוםa", "\u{e000}", "\u{200e}", "\u{fffd}"] {
            assert!(saslprep(text).is_err(), "{text:?}");
        }
    }
}
