//! Reads items with one or two values, and sections.

use std::ops::Range;

use crate::{
    NameEncoding,
    token::{Fault, Read, lossy, trim},
};

use super::{
    has,
    read::Items,
    tape::{Kind, NONE, Span},
    value::{Item, object_id, size, usual_date},
};

impl Items<'_, '_> {
    pub(super) fn read_plain(&mut self, item: Item) -> Read<()> {
        let scan = &mut self.scan;
        let cursor = &mut scan.cursor;
        match item {
            Item::Size => {
                self.size = size(cursor)?;
                self.has |= has::SIZE;
            }
            Item::ModSeq => {
                self.modseq = cursor.listed_number()?;
                self.has |= has::MODSEQ;
            }
            Item::InternalDate => match usual_date(cursor) {
                Some(date) => {
                    self.date = date;
                    self.has |= has::DATE;
                }
                None => {
                    self.has &= !has::DATE;
                    self.push_string(Kind::InternalDate)?;
                }
            },
            Item::SaveDate => self.push_string(Kind::SaveDate)?,
            Item::Preview => self.push_string(Kind::Preview)?,
            Item::Rfc822 => self.push_section(Span::new(0, 0), None)?,
            // The name of the section is the end of the name of the item.
            Item::Rfc822Header | Item::Rfc822Text => {
                let skip = "RFC822.".len();
                let name = Span::new(self.name.start + skip, self.name.len() - skip);
                self.push_section(name, None)?;
            }
            Item::EmailId | Item::ThreadId => {
                let id = object_id(scan)?;
                let email = item == Item::EmailId;
                let kind = if email { Kind::EmailId } else { Kind::ThreadId };
                scan.tape.push(kind, &[id.word()]);
            }
            Item::GmailMessageId | Item::GmailThreadId => {
                let number = cursor.listed_number()?;
                let message = item == Item::GmailMessageId;
                let kind = if message {
                    Kind::GmailMessageId
                } else {
                    Kind::GmailThreadId
                };
                scan.tape.push(kind, &[number]);
            }
            Item::GmailLabels => {
                let mark = scan.tape.mark();
                if let Err(fault) = self.read_labels() {
                    self.scan.tape.rewind(mark);
                    return Err(fault);
                }
            }
            // Read elsewhere.
            Item::Uid | Item::Flags | Item::Envelope | Item::Body | Item::BodyStructure => {}
        }
        Ok(())
    }

    fn push_string(&mut self, kind: Kind) -> Read<()> {
        let text = self.scan.cursor.listed_nstring()?;
        let span = text.map_or(Span::NIL, |text| self.scan.span(text));
        self.scan.tape.push(kind, &[span.word()]);
        Ok(())
    }

    /// Reads an item with text in brackets.
    pub(super) fn read_section(
        &mut self,
        word: &[u8],
        inside: Range<usize>,
        origin: Option<u64>,
    ) -> Option<Fault> {
        let is = |wire: &str| word.eq_ignore_ascii_case(wire.as_bytes());
        let start = inside.start;
        let bytes = self.scan.cursor.get(inside);
        let part = trim(bytes);
        let at = start + (bytes.len() - bytes.trim_ascii_start().len());
        let read = if is("BODY") || is("BODY.PEEK") {
            let name = match std::str::from_utf8(part) {
                Ok(_) => Span::new(at, part.len()),
                Err(_) => self.scan.spare(lossy(part).as_bytes()),
            };
            self.push_section(name, origin)
        } else if is("BINARY") && std::str::from_utf8(bytes).is_ok() {
            // The brackets belong to the name.
            let length = word.len() + bytes.len() + 2;
            self.push_section(Span::new(self.name.start, length), origin)
        } else if is("BINARY") || is("BINARY.PEEK") {
            let name = format!("BINARY[{}]", lossy(part));
            let name = self.scan.spare(name.as_bytes());
            self.push_section(name, origin)
        } else if is("BINARY.SIZE") {
            let number = self.scan.cursor.listed_number();
            number.map(|number| {
                let part = Span::new(at, part.len());
                self.scan
                    .tape
                    .push(Kind::BinarySize, &[part.word(), number]);
            })
        } else {
            return self.read_unknown();
        };
        read.err()
    }

    fn push_section(&mut self, name: Span, origin: Option<u64>) -> Read<()> {
        let text = self.scan.cursor.listed_nstring()?;
        let data = text.map_or(Span::NIL, |text| self.scan.span(text));
        let origin = origin.unwrap_or(NONE);
        let words = [name.word(), origin, data.word()];
        self.scan.tape.push(Kind::Section, &words);
        Ok(())
    }

    fn read_labels(&mut self) -> Read<()> {
        let scan = &mut self.scan;
        let begun = scan.tape.begin(Kind::GmailLabels);
        scan.tape
            .words
            .push(u64::from(self.names == NameEncoding::Utf8));
        let cursor = &mut scan.cursor;
        if !cursor.nil() {
            cursor.expect(b'(', "a list of labels is missing")?;
            // The number of open parentheses around labels.
            let mut open = 0_usize;
            loop {
                scan.cursor.whitespace();
                if scan.cursor.eat(b'(') {
                    open += 1;
                    continue;
                }
                if scan.cursor.eat(b')') {
                    match open.checked_sub(1) {
                        Some(left) => open = left,
                        None => break,
                    }
                    continue;
                }
                let Some(left) = scan.left.checked_sub(1) else {
                    return scan.cursor.fault("too many items");
                };
                scan.left = left;
                if let Some(label) = scan.cursor.nstring()? {
                    let span = scan.span(label);
                    scan.tape.words.push(span.word());
                }
            }
        }
        scan.tape.end(begun);
        Ok(())
    }
}
