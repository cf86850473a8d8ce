//! Pieces that many responses are made of.

use std::ops::Range;

use crate::{
    MailboxName,
    token::{Cursor, Fault, Read, Text, lossy},
};

use super::{Malformed, Unknown, decoder::Reader};

impl Reader<'_, '_, '_> {
    /// The name of a mailbox that is one token.
    pub(super) fn mailbox(&mut self) -> Read<MailboxName> {
        let name = word(&mut self.cursor)?;
        Ok(MailboxName::from_wire(&name.bytes(), self.names))
    }

    /// A string in any form, as text.
    pub(super) fn text(&mut self) -> Read<String> {
        word(&mut self.cursor).map(to_text)
    }

    /// A string in any form, as text, or NIL.
    pub(super) fn optional_text(&mut self) -> Read<Option<String>> {
        self.cursor.blanks();
        Ok(self.cursor.nstring()?.map(to_text))
    }

    /// Strings up to the end of the line.
    pub(super) fn texts(&mut self) -> Read<Vec<String>> {
        let mut texts = Vec::new();
        let mut open = 0;
        while self.next_on_line(&mut open)? {
            self.room(texts.len())?;
            texts.push(self.text()?);
        }
        Ok(texts)
    }

    /// `(string string ...)`, or NIL.
    pub(super) fn listed_texts(&mut self) -> Read<Vec<String>> {
        let mut texts = Vec::new();
        self.cursor.whitespace();
        if self.cursor.nil() {
            return Ok(texts);
        }
        self.cursor.expect(b'(', "a list is missing")?;
        let mut open = 0;
        while self.next_in_list(&mut open)? {
            self.room(texts.len())?;
            texts.push(self.text()?);
        }
        Ok(texts)
    }

    /// Inside a list: goes to its next item, through the parentheses that may stand around items of
    /// it, of which so many are `open`. False behind the end of the list.
    pub(super) fn next_in_list(&mut self, open: &mut usize) -> Read<bool> {
        loop {
            self.cursor.whitespace();
            match self.cursor.peek() {
                None => return self.cursor.fault("a list does not end"),
                Some(b'(') => *open += 1,
                Some(b')') if *open > 0 => *open -= 1,
                Some(b')') => {
                    self.cursor.skip(1);
                    return Ok(false);
                }
                Some(_) => return Ok(true),
            }
            self.cursor.skip(1);
        }
    }

    /// The same for items up to the end of the line.
    pub(super) fn next_on_line(&mut self, open: &mut usize) -> Read<bool> {
        loop {
            self.cursor.whitespace();
            match self.cursor.peek() {
                Some(b'(') => *open += 1,
                Some(b')') if *open > 0 => *open -= 1,
                // No item begins with it, so a reader of items would stay where it is.
                Some(b')') => return self.cursor.fault("nothing is open here"),
                _ if !self.cursor.is_done() => return Ok(true),
                _ if *open > 0 => return self.cursor.fault("a list does not end"),
                _ => return Ok(false),
            }
            self.cursor.skip(1);
        }
    }

    /// Inside a list: takes its end if that comes next.
    pub(super) fn list_ends(&mut self) -> Read<bool> {
        self.cursor.whitespace();
        match self.cursor.peek() {
            None => self.cursor.fault("a list does not end"),
            _ => Ok(self.cursor.eat(b')')),
        }
    }

    /// Whether there may be one more item after so many.
    pub(super) fn room(&self, items: usize) -> Read<()> {
        if items < self.limits.items {
            Ok(())
        } else {
            self.cursor.fault("too many items")
        }
    }

    /// Whether the response ends here.
    pub(super) fn end(&mut self) -> Read<()> {
        self.cursor.blanks();
        if self.cursor.is_done() {
            Ok(())
        } else {
            self.cursor.fault("something follows the response")
        }
    }

    /// The value that comes next, as it was sent; empty at the end of the line.
    pub(super) fn unknown_value(&mut self, name: &[u8]) -> Read<Unknown> {
        self.cursor.blanks();
        let range = self.any_value()?;
        Ok(self.source.unknown(name, range))
    }

    /// The value at `start`, which is not as it should be, so that reading can go on after it.
    pub(super) fn bad_value(&mut self, name: &[u8], start: usize, fault: Fault) -> Read<Malformed> {
        self.cursor.seek(start);
        self.cursor.blanks();
        let range = self.any_value()?;
        Ok(self.source.malformed(name, range, fault))
    }

    /// Notes that the item `name` has no value where one should be.
    pub(super) fn missing_value(&mut self, name: &[u8]) -> Malformed {
        let at = self.cursor.at();
        let why = "a value is missing";
        self.source.malformed(name, at..at, Fault { at, why })
    }

    fn any_value(&mut self) -> Read<Range<usize>> {
        let at = self.cursor.at();
        if self.cursor.peek() == Some(b')') || self.cursor.is_done() {
            Ok(at..at)
        } else {
            self.cursor.value(self.limits.depth)
        }
    }
}

/// A string in any form, with the blanks before it.
pub(super) fn word<'m>(cursor: &mut Cursor<'m>) -> Read<Text<'m>> {
    cursor.whitespace();
    cursor.astring()
}

/// Whether one of these items stands where a value should be, be it in parentheses. At the end of a
/// list it could be a word of a value that nobody knows.
pub(super) fn begins_item(rest: &[u8], names: &[&str], may_be_last: bool) -> bool {
    let letters = rest.iter().position(|byte| !matches!(byte, b' ' | b'('));
    let rest = rest.get(letters.unwrap_or_default()..).unwrap_or_default();
    let ends = |byte: &u8| *byte <= b' ' || matches!(byte, b'(' | b')');
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let (word, after) = rest.split_at_checked(length).unwrap_or_default();
    let follows = match after.first() {
        Some(b' ' | b'(') => true,
        _ => may_be_last,
    };
    let is = |name: &&str| word.eq_ignore_ascii_case(name.as_bytes());
    follows && names.iter().any(is)
}

fn to_text(text: Text<'_>) -> String {
    lossy(&text.bytes())
}
