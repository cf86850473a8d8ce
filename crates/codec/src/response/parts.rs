//! Building blocks of many responses.

use std::ops::Range;

use crate::{
    MailboxName,
    token::{Cursor, Fault, Read, Text, lossy},
};

use super::{Malformed, Unknown, reader::Reader};

impl Reader<'_, '_, '_> {
    /// Reads the name of a mailbox that is one token.
    pub(super) fn mailbox(&mut self) -> Read<MailboxName> {
        let name = word(&mut self.cursor)?;
        Ok(MailboxName::from_wire(&name.bytes(), self.names))
    }

    /// Reads a string in any form, as text.
    pub(super) fn text(&mut self) -> Read<String> {
        word(&mut self.cursor).map(to_text)
    }

    /// Reads a string in any form, as text, or NIL.
    pub(super) fn optional_text(&mut self) -> Read<Option<String>> {
        self.cursor.blanks();
        Ok(self.cursor.nstring()?.map(to_text))
    }

    /// Reads strings up to the end of the line.
    pub(super) fn texts(&mut self) -> Read<Vec<String>> {
        let mut texts = Vec::new();
        let mut open = 0;
        while self.next_on_line(&mut open)? {
            self.room(texts.len())?;
            texts.push(self.text()?);
        }
        Ok(texts)
    }

    /// Reads `(string string ...)`, or NIL.
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

    /// Moves to the next item of a list, through additional parentheses around items, of which
    /// `open` counts those that are open. Returns false after the end of the list.
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

    /// Does the same for items up to the end of the line.
    pub(super) fn next_on_line(&mut self, open: &mut usize) -> Read<bool> {
        loop {
            self.cursor.whitespace();
            match self.cursor.peek() {
                Some(b'(') => *open += 1,
                Some(b')') if *open > 0 => *open -= 1,
                // No item begins with it, so a reader of items would not advance.
                Some(b')') => return self.cursor.fault("no parenthesis is open here"),
                _ if !self.cursor.is_done() => return Ok(true),
                _ if *open > 0 => return self.cursor.fault("a list does not end"),
                _ => return Ok(false),
            }
            self.cursor.skip(1);
        }
    }

    /// Reads the end of a list. Returns false if another item is next.
    pub(super) fn list_ends(&mut self) -> Read<bool> {
        self.cursor.whitespace();
        match self.cursor.peek() {
            None => self.cursor.fault("a list does not end"),
            _ => Ok(self.cursor.eat(b')')),
        }
    }

    /// Fails if the limit allows no further item after `items` of them.
    pub(super) fn room(&self, items: usize) -> Read<()> {
        if items < self.limits.items {
            Ok(())
        } else {
            self.cursor.fault("too many items")
        }
    }

    /// Fails unless the response ends here.
    pub(super) fn end(&mut self) -> Read<()> {
        self.cursor.blanks();
        if self.cursor.is_done() {
            Ok(())
        } else {
            self.cursor.fault("something follows the response")
        }
    }

    /// Reads the next value as sent; empty at the end of the line.
    pub(super) fn unknown_value(&mut self, name: &[u8]) -> Read<Unknown> {
        self.cursor.blanks();
        let range = self.any_value()?;
        Ok(self.source.unknown(name, range))
    }

    /// Skips the malformed value at `start` and returns it, so that reading can continue after it.
    pub(super) fn bad_value(&mut self, name: &[u8], start: usize, fault: Fault) -> Read<Malformed> {
        self.cursor.seek(start);
        self.cursor.blanks();
        let range = self.any_value()?;
        Ok(self.source.malformed(name, range, fault))
    }

    /// Returns the error for the item `name`, whose value is missing.
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

/// Reads a string in any form, after any spaces.
pub(super) fn word<'m>(cursor: &mut Cursor<'m>) -> Read<Text<'m>> {
    cursor.whitespace();
    cursor.astring()
}

/// Returns whether one of these items, possibly in parentheses, is in place of a value. At the end
/// of a list it could also be a word of an unknown value.
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
