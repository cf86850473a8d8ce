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
        while !self.cursor.is_done() {
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
        while !self.list_ends()? {
            self.room(texts.len())?;
            texts.push(self.text()?);
        }
        Ok(texts)
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

fn to_text(text: Text<'_>) -> String {
    lossy(&text.bytes())
}
