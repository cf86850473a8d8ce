//! Reads a body structure onto a tape, part by part, without recursion.
//!
//! Where servers break the grammar, the shape of a part is more reliable than its type: a
//! parenthesis after the first one means a multipart, one after the size means an envelope, and so
//! on.

use super::super::fetch::{NONE, Open, Scan, Span, pair, unpair};
use super::{
    DESCRIPTION, ENCODING, EXTENSION, FIXED, ID, LINES, LINKS, MULTIPART, NEXT, PARAMETERS, SIZE,
    SUBTYPE, TYPE, extension::Field, is_multipart,
};

/// The result of one step of the reader.
enum Next {
    /// A part has begun, and its first child follows.
    Child,
    /// A part is complete.
    End,
}

impl Scan<'_, '_> {
    /// Reads a body structure. NIL and `()` leave nothing on the tape.
    pub(in crate::response) fn body_or_nil(&mut self) {
        if self.nothing() {
            return;
        }
        self.tape.open.clear();
        let base = self.tape.words.len();
        self.tape.words.push(0);
        let mut body = Body { scan: self, base };
        loop {
            if let Next::End = body.part()
                && body.climb()
            {
                return;
            }
        }
    }
}

pub(super) struct Body<'a, 'm, 's> {
    pub(super) scan: &'a mut Scan<'m, 's>,
    /// The start of the record, from which indices count.
    base: usize,
}

impl Body<'_, '_, '_> {
    /// Reads a part from its opening parenthesis, up to its end or to its first child.
    fn part(&mut self) -> Next {
        self.scan.count();
        if !self.scan.cursor.eat(b'(') {
            self.scan.fail("a part is missing");
        } else if self.another_child() {
            let mut node = [NONE; FIXED];
            node[SIZE] = MULTIPART;
            let index = self.push(&mut node);
            self.open(index, false);
            return Next::Child;
        } else {
            return self.single();
        }
        Next::End
    }

    /// Completes the parts that end here. Returns true at the end of the structure, false if
    /// another child follows.
    fn climb(&mut self) -> bool {
        while let Some(&open) = self.scan.tape.open.last() {
            if self.scan.has_failed() {
                return true;
            }
            if open.is_message {
                self.end_message(open.node);
            } else if self.another_child() {
                return false;
            } else {
                self.end_multipart(open);
            }
            self.scan.tape.open.pop();
        }
        true
    }

    #[inline]
    fn another_child(&mut self) -> bool {
        match self.scan.cursor.rest() {
            [b'(', ..] => true,
            [b' ', b'"', ..] => false,
            _ => {
                let start = self.scan.cursor.at();
                self.scan.cursor.whitespace();
                let found = self.scan.cursor.peek() == Some(b'(');
                if !found {
                    self.scan.cursor.seek(start);
                }
                found
            }
        }
    }

    /// Reads a part after its parenthesis: one that is not a multipart, or a multipart without
    /// children.
    fn single(&mut self) -> Next {
        let first = self.scan.string();
        if !self.scan.cursor.rest().starts_with(b" \"") && self.ends_early() {
            return self.childless(first);
        }
        let subtype = self.scan.next_string();
        if first.is_nil() && is_multipart(self.scan.bytes(subtype)) {
            return self.childless(subtype);
        }
        let mut node = [NONE; FIXED];
        node[TYPE] = first.word();
        node[SUBTYPE] = subtype.word();
        node[PARAMETERS] = self.parameters();
        node[ID] = self.scan.next_string().word();
        node[DESCRIPTION] = self.scan.next_string().word();
        node[ENCODING] = self.scan.next_string().word();
        node[SIZE] = self.scan.next_size();
        if !first.is_nil()
            && first.range().len() == "message".len()
            && self.has_message(first, subtype)
        {
            return self.message(&mut node);
        }
        node[LINES] = self.lines();
        node[EXTENSION] = pair(self.extension(Field::Md5), 0);
        self.scan.close();
        self.push(&mut node);
        Next::End
    }

    /// Returns whether the bytes after the first string, parameters or the end, can only belong to
    /// a multipart whose children are missing.
    #[cold]
    fn ends_early(&self) -> bool {
        let rest = self.scan.cursor.rest().trim_ascii_start();
        matches!(rest.first(), Some(b'(' | b')'))
    }

    /// Reads a multipart without children, after its subtype.
    #[cold]
    fn childless(&mut self, subtype: Span) -> Next {
        let mut node = [NONE; FIXED];
        node[SIZE] = MULTIPART;
        let index = self.push(&mut node);
        self.end_of_multipart(index, subtype);
        Next::End
    }

    /// Returns whether an envelope and a part follow the size. Some servers send NIL for either,
    /// and some the fields of an ordinary part.
    #[cold]
    fn has_message(&self, first: Span, subtype: Span) -> bool {
        let scan = &self.scan;
        if !scan.is(first, "message") || !(scan.is(subtype, "rfc822") || scan.is(subtype, "global"))
        {
            return false;
        }
        let mut ahead = scan.cursor.clone();
        ahead.whitespace();
        if ahead.nil() {
            ahead.whitespace();
            if ahead.nil() {
                ahead.whitespace();
                return matches!(ahead.peek(), Some(b'0'..=b'9'));
            }
        }
        ahead.peek() == Some(b'(') && !super::extension::is_disposition(ahead)
    }

    /// Reads a nested message after its size, up to the part in it.
    #[cold]
    fn message(&mut self, node: &mut [u64; FIXED]) -> Next {
        self.scan.blank();
        self.scan.cursor.whitespace();
        let index = self.push(node);
        if !self.scan.nothing() {
            let envelope = self.scan.tape.words.len() - self.base;
            self.scan.envelope();
            self.set(index, EXTENSION, pair(0, envelope));
        }
        self.scan.blank();
        self.scan.cursor.whitespace();
        if self.scan.nothing() {
            self.end_message(index);
            return Next::End;
        }
        self.open(index, true);
        Next::Child
    }

    #[cold]
    fn end_message(&mut self, node: usize) {
        let lines = self.lines();
        self.set(node, LINES, lines);
        let (_, envelope) = unpair(self.get(node, EXTENSION));
        let extension = self.extension(Field::Md5);
        self.set(node, EXTENSION, pair(extension, envelope));
        self.scan.close();
    }

    fn end_multipart(&mut self, open: Open) {
        if !self.scan.cursor.rest().starts_with(b" \"") && self.lacks_subtype() {
            self.scan.cursor.skip(1);
            if open.children == 1 {
                self.collapse(open);
            } else {
                self.set(open.node, PARAMETERS, 0);
                self.set(open.node, EXTENSION, 0);
            }
            return;
        }
        let subtype = self.scan.next_string();
        self.end_of_multipart(open.node, subtype);
    }

    #[cold]
    fn lacks_subtype(&mut self) -> bool {
        let start = self.scan.cursor.at();
        self.scan.cursor.whitespace();
        let lacks = self.scan.cursor.peek() == Some(b')');
        if !lacks {
            self.scan.cursor.seek(start);
        }
        lacks
    }

    /// Reads the rest of a multipart, after its subtype.
    fn end_of_multipart(&mut self, node: usize, subtype: Span) {
        let mut parameters = 0;
        let mut extension = 0;
        if self.scan.cursor.peek() != Some(b')') {
            parameters = self.parameters();
            extension = self.extension(Field::Disposition);
        }
        self.scan.close();
        self.set(node, SUBTYPE, subtype.word());
        self.set(node, PARAMETERS, parameters);
        self.set(node, EXTENSION, pair(extension, 0));
    }

    /// Reads a space and a number of lines, if there is one.
    #[inline]
    fn lines(&mut self) -> u64 {
        match self.scan.cursor.rest() {
            [b' ', b'0'..=b'9' | b'-', ..] => self.scan.next_size(),
            _ => NONE,
        }
    }

    /// Reads a space and a list of parameters, or NIL. Returns the position and the number of them.
    pub(super) fn parameters(&mut self) -> u64 {
        let listed = self.scan.next_list();
        if !listed.unwrap_or_else(|| self.late_parameters()) {
            return 0;
        }
        let begun = self.here();
        let mut count = 0;
        loop {
            match self.scan.cursor.peek() {
                Some(b')') => {
                    self.scan.cursor.skip(1);
                    return pair(begun, count);
                }
                Some(b' ') => self.scan.cursor.skip(1),
                _ => {
                    self.scan.count();
                    let name = self.scan.string();
                    let value = self.scan.next_string();
                    if !matches!(self.scan.cursor.peek(), Some(b' ' | b')' | b'\r' | b'\t')) {
                        self.scan.fail("a blank is missing");
                        return 0;
                    }
                    let words = [name.word(), value.word()];
                    self.scan.tape.words.extend_from_slice(&words);
                    count += 1;
                }
            }
        }
    }

    /// Moves to the list of parameters where it begins late. Returns false if something else is
    /// there.
    #[cold]
    fn late_parameters(&mut self) -> bool {
        let scan = &mut self.scan;
        scan.blank();
        scan.cursor.whitespace();
        match scan.cursor.peek() {
            Some(b'(') => {
                scan.cursor.skip(1);
                return true;
            }
            Some(b')') => {}
            _ if scan.cursor.nil() => {}
            Some(_) if scan.is_loose() => drop(scan.string()),
            _ => scan.fail("a list of parameters is missing"),
        }
        false
    }

    /// Returns the position of the next word.
    pub(super) fn here(&self) -> usize {
        self.scan.tape.words.len() - self.base
    }

    /// Appends a part to the tape, as the next child of the open part.
    fn push(&mut self, node: &mut [u64; FIXED]) -> usize {
        let index = self.here();
        let (parent, number) = match self.scan.tape.open.last_mut() {
            Some(open) => {
                let before = std::mem::replace(&mut open.last_child, index);
                open.children += 1;
                let (parent, number) = (open.node, open.children);
                if before == 0 {
                    self.set(parent, NEXT, pair(0, index));
                } else {
                    let (_, child) = unpair(self.get(before, NEXT));
                    self.set(before, NEXT, pair(index, child));
                }
                (parent, number)
            }
            None => {
                self.set(0, 0, index as u64);
                (0, 1)
            }
        };
        node[LINKS] = pair(parent, number);
        node[NEXT] = 0;
        if node[EXTENSION] == NONE {
            node[EXTENSION] = 0;
        }
        self.scan.tape.words.extend_from_slice(&*node);
        index
    }

    fn open(&mut self, node: usize, is_message: bool) {
        if self.scan.tape.open.len() >= self.scan.depth {
            return self.scan.fail("lists are nested too deep");
        }
        self.scan.tape.open.push(Open {
            node,
            last_child: 0,
            children: 0,
            is_message,
        });
    }

    /// Replaces parentheses around a single part by that part.
    #[cold]
    fn collapse(&mut self, open: Open) {
        let links = self.get(open.node, LINKS);
        for word in 0..FIXED {
            self.set(open.node, word, self.get(open.last_child, word));
        }
        self.set(open.node, LINKS, links);
        let (_, mut child) = unpair(self.get(open.node, NEXT));
        while child > 0 {
            let (_, number) = unpair(self.get(child, LINKS));
            self.set(child, LINKS, pair(open.node, number));
            (child, _) = unpair(self.get(child, NEXT));
        }
    }

    fn get(&self, node: usize, word: usize) -> u64 {
        let index = self.base + node + word;
        self.scan.tape.words.get(index).copied().unwrap_or_default()
    }

    fn set(&mut self, node: usize, word: usize, value: u64) {
        if let Some(place) = self.scan.tape.words.get_mut(self.base + node + word) {
            *place = value;
        }
    }
}
