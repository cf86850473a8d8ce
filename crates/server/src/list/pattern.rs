use crate::store::name;

/// A name in which `*` stands for any text and `%` for any without the delimiter, with the reference that it came with.
pub(crate) struct Pattern {
    whole: Vec<char>,
    /// Whether names are compared as they are on the wire.
    of_wire: bool,
    is_empty: bool,
}

impl Pattern {
    /// In UTF-8.
    pub(crate) fn new(reference: &str, pattern: &str) -> Self {
        // INBOX may be asked for in any case, alone and as the root of others.
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

    /// As it came. A wildcard may stand within a shift, as in `&*`; such a pattern is no text, and names are compared with it as they are told.
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

    /// Whether there is nothing in it, whatever the reference is.
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Whether it ends in `%`.
    pub(super) fn stops(&self) -> bool {
        self.whole.last() == Some(&'%')
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        if self.of_wire {
            return self.matches_text(&name::encode(name));
        }
        self.matches_text(name)
    }

    /// Goes through the name once and keeps all places in the pattern that it may have come to.
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

    /// A wildcard may stand for nothing.
    fn pass_wildcards(&self, here: &mut [bool]) {
        for (at, p) in self.whole.iter().enumerate() {
            if here[at] && matches!(p, '*' | '%') {
                here[at + 1] = true;
            }
        }
    }
}
