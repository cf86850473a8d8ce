//! Reads an envelope onto a tape.

use super::super::fetch::{Scan, Span};
use super::{DATE, ENDS, FIXED, IN_REPLY_TO, LISTS, MESSAGE_ID, SUBJECT};

impl Scan<'_, '_> {
    /// Reads an envelope. NIL and `()` leave nothing on the tape.
    pub(in crate::response) fn envelope_or_nil(&mut self) {
        if !self.nothing() {
            self.envelope();
        }
    }

    /// Reads NIL or an empty list.
    #[cold]
    fn nothing_unusual(&mut self) -> bool {
        let start = self.cursor.at();
        if self.cursor.nil() {
            return true;
        }
        let listed = self.cursor.eat(b'(');
        self.cursor.whitespace();
        if listed && self.cursor.eat(b')') {
            return true;
        }
        self.cursor.seek(start);
        false
    }

    #[inline]
    pub(in crate::response) fn nothing(&mut self) -> bool {
        !matches!(self.cursor.rest(), [b'(', b'"' | b'(', ..]) && self.nothing_unusual()
    }

    /// Reads an envelope, from its opening parenthesis.
    pub(in crate::response) fn envelope(&mut self) {
        if !self.cursor.eat(b'(') {
            return self.fail("an envelope is missing");
        }
        let begun = self.tape.words.len();
        self.tape
            .words
            .extend_from_slice(&[Span::NIL.word(); FIXED]);
        let mut fixed = [0; FIXED];
        fixed[DATE] = self.string().word();
        fixed[SUBJECT] = self.next_string().word();
        let mut addresses = 0;
        for end in &mut fixed[ENDS..ENDS + LISTS] {
            addresses += self.addresses();
            *end = addresses;
        }
        fixed[IN_REPLY_TO] = self.next_string().word();
        fixed[MESSAGE_ID] = self.next_string().word();
        self.close();
        if let Some(words) = self.tape.words.get_mut(begun..begun + FIXED) {
            words.copy_from_slice(&fixed);
        }
    }

    /// Reads a space and a list of addresses, or NIL. Returns the number of addresses.
    fn addresses(&mut self) -> u64 {
        if !self.next_list().unwrap_or_else(|| self.late_addresses()) {
            return 0;
        }
        let mut count = 0;
        loop {
            match self.cursor.peek() {
                Some(b'(') => {
                    self.address();
                    count += 1;
                }
                Some(b')') => {
                    self.cursor.skip(1);
                    return count;
                }
                Some(b' ') => self.cursor.skip(1),
                _ => {
                    self.between_addresses();
                    if self.has_failed() {
                        return 0;
                    }
                }
            }
        }
    }

    #[inline]
    fn address(&mut self) {
        self.count();
        self.cursor.skip(1);
        let name = self.string();
        let route = self.next_string();
        let mut mailbox = self.next_string();
        let mut host = self.next_string();
        let mut route = route;
        if self.is_loose() && host.is_nil() && !route.is_nil() && !mailbox.is_nil() {
            // Only three strings: routes are obsolete, so the route is missing.
            (route, mailbox, host) = (Span::NIL, route, mailbox);
        }
        self.close();
        let words = [name.word(), route.word(), mailbox.word(), host.word()];
        self.tape.words.extend_from_slice(&words);
    }

    /// Moves to the list of addresses where it begins late. Returns false if an empty string is in
    /// its place, or nothing.
    #[cold]
    fn late_addresses(&mut self) -> bool {
        self.blank();
        self.cursor.whitespace();
        match self.cursor.peek() {
            Some(b'(') => {
                self.cursor.skip(1);
                return true;
            }
            Some(b')') if self.is_loose() => {}
            Some(b'"') if self.cursor.rest().starts_with(b"\"\"") => self.cursor.skip(2),
            _ if self.cursor.nil() => {}
            _ if self.is_loose() => self.skip_value(),
            _ => self.fail("a list of addresses is missing"),
        }
        false
    }

    /// Skips NIL and line ends among addresses.
    #[cold]
    fn between_addresses(&mut self) {
        self.cursor.whitespace();
        if self.cursor.nil() || matches!(self.cursor.peek(), Some(b'(' | b')')) {
            return;
        }
        if self.is_loose() && self.cursor.peek().is_some() {
            self.skip_value();
        } else {
            self.fail("an address is missing");
        }
    }
}
