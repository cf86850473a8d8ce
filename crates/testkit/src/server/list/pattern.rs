use crate::server::store::name;

/// A name in which `*` stands for any text and `%` for any without the delimiter.
pub(super) struct Pattern(Vec<char>);

impl Pattern {
    pub(super) fn new(reference: &str, pattern: &str) -> Self {
        // INBOX may be asked for in any case, alone and as the root of others.
        let whole = format!("{reference}{pattern}");
        let end = whole.find(name::DELIMITER).unwrap_or(whole.len());
        let (root, rest) = whole.split_at(end);
        let root = name::normal(root);
        Self(root.chars().chain(rest.chars()).collect())
    }

    /// Goes through the name once and keeps all places in the pattern that it may have come to.
    pub(super) fn matches(&self, name: &str) -> bool {
        let pattern = &self.0;
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
        for (at, p) in self.0.iter().enumerate() {
            if here[at] && matches!(p, '*' | '%') {
                here[at + 1] = true;
            }
        }
    }
}
