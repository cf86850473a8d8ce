//! Lists of words with unexpected parentheses: inside a word, or around some of them.
//!
//! The closing parenthesis that ends the list has to be guessed from the bytes after it.

use super::{Cursor, Read, Text};

/// Returns whether the list surely ends at a closing parenthesis that is followed by these bytes.
pub(crate) type Ends = fn(&[u8]) -> bool;

/// Reads the words of a list, from after its opening parenthesis to after its closing one.
///
/// Parentheses around words are skipped if they are balanced; all others belong to the words.
#[cold]
pub(crate) fn words<'a>(
    cursor: &mut Cursor<'a>,
    ends: Ends,
    mut each: impl FnMut(Text<'a>) -> Read<()>,
) -> Read<()> {
    let Some(end) = Words::new(cursor.clone()).find_end(ends) else {
        return cursor.fault("a list does not end");
    };
    let mut inside = Cursor::new(cursor.get(0..end));
    inside.seek(cursor.at());
    let (mut opening, mut closing) = (0, 0);
    for word in Words::new(inside.clone()).filter(|word| word.is_bare) {
        let (before, behind) = around(word.text.raw);
        opening += before;
        closing += behind;
    }
    for Word { mut text, is_bare } in Words::new(inside) {
        if is_bare && opening == closing {
            let (before, behind) = around(text.raw);
            let inner = before..text.raw.len() - behind;
            text.raw = text.raw.get(inner).unwrap_or_default();
            text.at += before;
            if text.raw.is_empty() {
                continue;
            }
        }
        each(text)?;
    }
    cursor.seek(end + 1);
    Ok(())
}

/// Counts the opening parentheses before a word, and the closing ones after it in excess of those
/// that it opens.
fn around(word: &[u8]) -> (usize, usize) {
    let before = word.iter().take_while(|&&byte| byte == b'(').count();
    let rest = word.get(before..).unwrap_or_default();
    let count = |wanted: u8| rest.iter().filter(|&&byte| byte == wanted).count();
    let behind = rest.iter().rev().take_while(|&&byte| byte == b')').count();
    let excess = count(b')').saturating_sub(count(b'('));
    (before, behind.min(excess))
}

/// The words, each with all parentheses in it and around it.
struct Words<'a> {
    cursor: Cursor<'a>,
    /// True as long as quotation marks come in pairs.
    has_pairs: bool,
}

struct Word<'a> {
    text: Text<'a>,
    /// True if it is neither a quoted string nor a literal.
    is_bare: bool,
}

impl<'a> Words<'a> {
    fn new(cursor: Cursor<'a>) -> Self {
        Self {
            cursor,
            has_pairs: true,
        }
    }

    /// Returns the position of the parenthesis that ends the list: the first that surely does, or
    /// else the first.
    fn find_end(mut self, ends: Ends) -> Option<usize> {
        let mut first = None;
        loop {
            match self.cursor.peek() {
                Some(b')') => {
                    let at = self.cursor.at();
                    self.cursor.skip(1);
                    if ends(self.cursor.rest()) {
                        return Some(at);
                    }
                    first.get_or_insert(at);
                }
                Some(_) => {
                    if self.string().is_none() {
                        self.cursor.skip(1);
                    }
                }
                None => return first,
            }
        }
    }

    /// Reads a quoted string or a literal, if one is next.
    fn string(&mut self) -> Option<Text<'a>> {
        let start = self.cursor.at();
        let text = match self.cursor.peek()? {
            b'"' if self.has_pairs => {
                let text = self.cursor.quoted().ok();
                // Searching for the end of each unpaired quote would take quadratic time.
                self.has_pairs = text.is_some();
                text
            }
            b'{' | b'~' => self.cursor.literal().ok(),
            _ => None,
        };
        if text.is_none() {
            self.cursor.seek(start);
        }
        text
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        self.cursor.until(|byte| byte > b' ');
        if let Some(text) = self.string() {
            let is_bare = false;
            return Some(Word { text, is_bare });
        }
        let at = self.cursor.at();
        let raw = self.cursor.until(|byte| byte <= b' ');
        let text = Text {
            raw,
            at,
            escaped: false,
        };
        (!raw.is_empty()).then_some(Word {
            text,
            is_bare: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wire: &str, ends: Ends) -> Result<Vec<String>, &'static str> {
        let mut cursor = Cursor::new(wire.as_bytes());
        let mut all = Vec::new();
        let read = words(&mut cursor, ends, |text| {
            all.push(String::from_utf8_lossy(&text.bytes()).into_owned());
            Ok(())
        });
        read.map_err(|fault| fault.why)?;
        all.push(format!("> {}", String::from_utf8_lossy(cursor.rest())));
        Ok(all)
    }

    #[test]
    fn parentheses_belong_to_words_unless_they_stand_around_some() {
        let line_ends: Ends = |after| after.trim_ascii().is_empty();
        for (wire, words) in [
            ("a b)", "a,b,> "),
            ("a label(1) b)", "a,label(1),b,> "),
            ("a label(1 b) ", "a,label(1,b,>  "),
            ("a label(1))", "a,label(1),> "),
            ("a (b c) d)", "a,b,c,d,> "),
            ("(a) b)", "a,b,> "),
            ("((a (b)) c)", "((a,(b)),c,> "),
            ("((a (b))) c)", "a,b,c,> "),
            ("(label b)", "(label,b,> "),
            ("a :) b)", "a,:),b,> "),
            ("(a :) b) c)", "(a,:),b),c,> "),
            ("a \"(b\" c) d)", "a,(b,c),d,> "),
            ("a {3}\r\nb)  c) d)", "a,b) ,c),d,> "),
            ("a \"b c) d)", "a,\"b,c),d,> "),
            ("a) b", "a,>  b"),
            (")", "> "),
        ] {
            assert_eq!(
                read(wire, line_ends).map(|all| all.join(",")),
                Ok(words.to_owned()),
                "{wire}"
            );
        }
        assert_eq!(read("a (b", line_ends), Err("a list does not end"));
    }

    #[test]
    fn many_marks_take_no_time_each() {
        let line_ends: Ends = |after| after.trim_ascii().is_empty();
        let wire = format!("{})", " \"\\".repeat(1_000_000));
        let read = read(&wire, line_ends).map(|all| all.len());
        assert_eq!(read, Ok(1_000_001));
    }
}
