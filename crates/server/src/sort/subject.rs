//! Base subjects, for SORT and THREAD (RFC 5256 §2.1).

use crate::casemap::fold;

/// A base subject, for comparison (RFC 5256 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseSubject {
    /// The text without `Re:` and similar prefixes, folded.
    pub(crate) text: String,
    /// `true` if there was a `Re:` or similar prefix.
    pub(crate) is_reply: bool,
}

impl BaseSubject {
    /// Extracts the base of a decoded subject.
    pub(super) fn new(subject: &str) -> Self {
        // Step 1. The removed texts are ASCII and not case-sensitive.
        let blanks = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let upper = blanks.to_ascii_uppercase();
        let mut rest = upper.as_str();
        let mut is_reply = false;
        loop {
            // Step 2.
            while let Some(shorter) = rest
                .strip_suffix("(FWD)")
                .or_else(|| rest.strip_suffix(' '))
            {
                is_reply |= rest.ends_with(')');
                rest = shorter;
            }
            // Steps 3 to 5.
            loop {
                if let Some(shorter) = rest.strip_prefix(' ') {
                    rest = shorter;
                } else if let Some(shorter) = without_refwd(rest) {
                    is_reply = true;
                    rest = shorter;
                } else if let Some(shorter) = without_blob(rest).filter(|rest| !rest.is_empty()) {
                    rest = shorter;
                } else {
                    break;
                }
            }
            // Step 6.
            let Some(inner) = rest.strip_prefix("[FWD:").and_then(|r| r.strip_suffix(']')) else {
                break;
            };
            is_reply = true;
            rest = inner;
        }
        Self {
            text: fold(rest),
            is_reply,
        }
    }
}

/// Removes blobs and the following `Re:`, `Fw:` or `Fwd:`.
fn without_refwd(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(shorter) = without_blob(rest) {
        rest = shorter;
    }
    let rest = ["RE", "FWD", "FW"]
        .iter()
        .find_map(|word| rest.strip_prefix(word))?;
    let rest = rest.trim_start_matches(' ');
    without_blob(rest).unwrap_or(rest).strip_prefix(':')
}

/// Removes the `[text]` at the beginning and the blanks after it.
fn without_blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    Some(inner[end..].strip_prefix(']')?.trim_start_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_subjects() {
        for (subject, text, is_reply) in [
            ("Hello", "HELLO", false),
            ("  Hello \t world ", "HELLO WORLD", false),
            ("Re: Hello", "HELLO", true),
            ("RE : re:FW: Fwd:  Hello", "HELLO", true),
            ("Re[2]: Hello", "HELLO", true),
            ("Re [2] : Hello", "HELLO", true),
            ("[list] Hello", "HELLO", false),
            ("[list] Re: [list] Hello", "HELLO", true),
            ("[list]", "[LIST]", false),
            ("Re: [list]", "[LIST]", true),
            ("[a][b] Re: x", "X", true),
            ("Hello (fwd)", "HELLO", true),
            ("Hello (fwd) (FWD) ", "HELLO", true),
            ("[Fwd: Re: Hello]", "HELLO", true),
            ("[Fwd: [list] Hello (fwd)]", "HELLO", true),
            ("[Fwd: Hello] x", "X", false),
            ("Hello (forward)", "HELLO (FORWARD)", false),
            ("Regarding: x", "REGARDING: X", false),
            ("Re Hello", "RE HELLO", false),
            ("Re:", "", true),
            ("", "", false),
            ("[[x]] y", "[[X]] Y", false),
            ("Aw: Grüße", "AW: GRU\u{308}ßE", false),
        ] {
            let expected = BaseSubject {
                text: text.to_owned(),
                is_reply,
            };
            assert_eq!(BaseSubject::new(subject), expected, "{subject:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_base_subject_is_its_own(subject in "(Re|Fwd|\\[|\\]|:| |\\(fwd\\)|x|\\[Fwd:){0,12}") {
            let base = BaseSubject::new(&subject);
            let again = BaseSubject::new(&base.text);
            proptest::prop_assert_eq!(&again.text, &base.text);
            proptest::prop_assert!(!again.is_reply);
        }
    }
}
