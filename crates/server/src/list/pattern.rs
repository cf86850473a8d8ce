//! Matches the names of mailboxes with the patterns of LIST.

use crate::store::name;

/// A pattern and its reference. In the pattern, `*` matches any text and `%` any text without the
/// delimiter.
pub(crate) struct Pattern {
    whole: Vec<char>,
    /// `true` if the pattern is compared with the encoded form of names.
    of_wire: bool,
    is_empty: bool,
}

impl Pattern {
    /// Returns a pattern from text in UTF-8.
    pub(crate) fn new(reference: &str, pattern: &str) -> Self {
        // INBOX is not case-sensitive, alone and as the parent of others.
        let whole = format!("{reference}{pattern}");
        let end = whole.find(name::DELIMITER).unwrap_or(whole.len());
        let (root, rest) = whole.split_at(end);
        let root = name::normal(root);
        Self {
            whole: root.chars().chain(rest.chars()).collect(),
            of_wire: false,
            is_empty: pattern.is_empty(),
        }
    }

    /// Returns a pattern from its form on the wire. A wildcard may be inside a shift sequence, as
    /// in `&*`; such a pattern cannot be decoded, and is compared with the encoded form of names.
    pub(crate) fn read(reference: &[u8], pattern: &[u8]) -> Self {
        if let (Ok(reference), Ok(pattern)) = (name::decode(reference), name::decode(pattern)) {
            return Self::new(&reference, &pattern);
        }
        let [reference, pattern] = [reference, pattern].map(String::from_utf8_lossy);
        Self {
            of_wire: true,
            ..Self::new(&reference, &pattern)
        }
    }

    /// Returns whether the pattern is empty, regardless of the reference.
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Returns whether the pattern ends in `%`.
    pub(super) fn stops(&self) -> bool {
        self.whole.last() == Some(&'%')
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        if self.of_wire {
            return self.matches_text(&name::encode(name));
        }
        self.matches_text(name)
    }

    /// Scans the name once, and keeps all positions in the pattern that match so far.
    fn matches_text(&self, name: &str) -> bool {
        let pattern = &self.whole;
        let mut here = vec![false; pattern.len() + 1];
        here[0] = true;
        self.pass_wildcards(&mut here);
        for c in name.chars() {
            let mut next = vec![false; pattern.len() + 1];
            for (at, &p) in pattern.iter().enumerate().filter(|&(at, _)| here[at]) {
                match p {
                    '*' => next[at] = true,
                    '%' => next[at] |= c != name::DELIMITER,
                    p if p == c => next[at + 1] = true,
                    _ => {}
                }
            }
            self.pass_wildcards(&mut next);
            here = next;
        }
        here[pattern.len()]
    }

    /// Adds the positions after wildcards, which may match nothing.
    fn pass_wildcards(&self, here: &mut [bool]) {
        for (at, p) in self.whole.iter().enumerate() {
            if here[at] && matches!(p, '*' | '%') {
                here[at + 1] = true;
            }
        }
    }
}
