//! The keywords of a message in a single string: most messages have none, the others few.

use std::{borrow::Cow, cmp::Ordering};

use super::order;

/// A set of keywords.
#[derive(Debug, Clone, Default)]
pub(super) struct Keywords {
    /// Each keyword with a [`MARK`] after it; sorted and without duplicates, ignoring case.
    all: String,
}

/// Terminates a keyword. Neither side can send a keyword with a line end.
const MARK: char = '\n';

/// The initial capacity, enough for most messages.
const FIRST: usize = 32;

/// The length in bytes up to which new keywords are inserted in order at once.
const SHORT: usize = 256;

impl Keywords {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.split_terminator(MARK)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn contains(&self, keyword: &str) -> bool {
        self.find(&plain(keyword)).is_ok()
    }

    /// Adds a keyword. Returns whether it was new.
    pub(super) fn insert(&mut self, keyword: &str) -> bool {
        self.insert_plain(&plain(keyword))
    }

    fn insert_plain(&mut self, keyword: &str) -> bool {
        let Err(place) = self.find(keyword) else {
            return false;
        };
        if place == self.all.len() {
            self.append(keyword);
        } else {
            self.all.insert(place, MARK);
            self.all.insert_str(place, keyword);
        }
        true
    }

    #[inline]
    fn append(&mut self, keyword: &str) {
        if self.all.is_empty() {
            self.all.reserve_exact(FIRST.max(keyword.len() + 1));
        }
        self.all.push_str(keyword);
        self.all.push(MARK);
    }

    /// Removes a keyword. Returns whether it was there.
    pub(super) fn remove(&mut self, keyword: &str) -> bool {
        let keyword = plain(keyword);
        let Ok(place) = self.find(&keyword) else {
            return false;
        };
        self.all.replace_range(place..place + keyword.len() + 1, "");
        true
    }

    /// Returns the position of a keyword, or the position where it belongs.
    fn find(&self, keyword: &str) -> Result<usize, usize> {
        let mut place = 0;
        let mut left = self.all.as_str();
        while let Some(length) = left.bytes().position(|byte| byte == MARK as u8) {
            let (known, rest) = left.split_at(length);
            match order(known, keyword) {
                Ordering::Less => place += length + 1,
                Ordering::Equal => return Ok(place),
                Ordering::Greater => break,
            }
            left = rest.get(1..).unwrap_or_default();
        }
        Err(place)
    }

    /// Returns a reader into an empty set that accepts at most `most` keywords.
    #[inline]
    pub(super) fn reader<'a>(most: usize) -> Reader<'a> {
        Self::default().extend(most)
    }

    /// Returns a reader that adds at most `most` keywords to this set.
    #[inline]
    pub(super) fn extend<'a>(self, most: usize) -> Reader<'a> {
        Reader {
            keywords: self,
            last: None,
            left: most,
            unsorted: false,
        }
    }
}

/// A set of keywords under construction.
pub(super) struct Reader<'a> {
    keywords: Keywords,
    /// The keyword at the end, if it was the last one pushed.
    last: Option<&'a str>,
    left: usize,
    unsorted: bool,
}

impl<'a> Reader<'a> {
    /// Adds a keyword. Returns false if there are too many.
    pub(super) fn push(&mut self, keyword: &str) -> bool {
        self.last = None;
        self.push_plain(&plain(keyword))
    }

    /// Adds a keyword without line ends. Returns false if there are too many.
    #[inline]
    pub(super) fn push_atom(&mut self, keyword: &'a str) -> bool {
        let in_order = match self.last {
            None => self.keywords.is_empty(),
            Some(last) => order(last, keyword) == Ordering::Less,
        };
        if !in_order || self.left == 0 {
            self.last = None;
            return self.push_plain(keyword);
        }
        self.left -= 1;
        self.last = Some(keyword);
        self.keywords.append(keyword);
        true
    }

    fn push_plain(&mut self, keyword: &str) -> bool {
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        self.left = left;
        if self.keywords.all.len() < SHORT {
            self.keywords.insert_plain(keyword);
        } else {
            self.keywords.append(keyword);
            self.unsorted = true;
        }
        true
    }

    #[inline]
    pub(super) fn finish(mut self) -> Keywords {
        if self.unsorted {
            self.sort();
        }
        self.keywords
    }

    #[cold]
    fn sort(&mut self) {
        let mut keywords: Vec<&str> = self.keywords.iter().collect();
        keywords.sort_by(|a, b| order(a, b));
        keywords.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        let mut all = String::with_capacity(self.keywords.all.len());
        for keyword in keywords {
            all.push_str(keyword);
            all.push(MARK);
        }
        self.keywords.all = all;
    }
}

impl PartialEq for Keywords {
    fn eq(&self, other: &Self) -> bool {
        self.all.eq_ignore_ascii_case(&other.all)
    }
}

/// Returns a keyword without line ends, which only a literal can contain.
fn plain(keyword: &str) -> Cow<'_, str> {
    if keyword.contains(MARK) {
        keyword.replace(MARK, " ").into()
    } else {
        keyword.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(keywords: &[&str]) -> Vec<String> {
        let joined = keywords.join(" ");
        let mut atoms = Keywords::reader(usize::MAX);
        let mut others = Keywords::reader(usize::MAX);
        for keyword in joined.split(' ') {
            assert!(atoms.push_atom(keyword) && others.push(keyword));
        }
        let (atoms, others) = (atoms.finish(), others.finish());
        assert_eq!(atoms, others);
        assert!(keywords.iter().all(|keyword| atoms.contains(keyword)));
        atoms.iter().map(str::to_owned).collect()
    }

    #[test]
    fn keywords_are_sorted() {
        assert_eq!(read(&["a", "b", "c"]), ["a", "b", "c"]);
        assert_eq!(read(&["c", "a", "B", "b", "A", "d"]), ["a", "B", "c", "d"]);
        assert_eq!(
            read(&["a", "c", "b", "d", "bb"]),
            ["a", "b", "bb", "c", "d"]
        );
    }

    #[test]
    fn many_keywords_are_sorted() {
        let names: Vec<String> = (0..500)
            .rev()
            .map(|n| format!("key{:03}", n % 250))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let sorted = read(&names);
        assert!(sorted.len() == 250 && sorted.is_sorted());
    }

    #[test]
    fn there_can_be_too_many() {
        let mut reader = Keywords::reader(2);
        assert!(reader.push_atom("a") && reader.push("b"));
        assert!(!reader.push_atom("c") && !reader.push("d"));
    }

    #[test]
    fn line_ends_do_not_make_two() {
        let mut keywords = Keywords::default();
        assert!(keywords.insert("a\nb") && !keywords.insert("a b"));
        assert!(keywords.contains("a\nb") && !keywords.contains("a"));
        assert!(keywords.remove("a\nb") && keywords.is_empty());
    }
}
