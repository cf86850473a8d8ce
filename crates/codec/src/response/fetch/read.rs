//! Reads FETCH item by item: a bad one is put aside, and those before and after it survive.

use crate::{
    Flags, InternalDate,
    response::decoder::Reader,
    token::{Cursor, Fault, Read, lossy, trim},
};

use super::{Fetch, Section};

impl Fetch {
    /// Reads the items, after the opening parenthesis.
    #[inline]
    pub(in crate::response) fn read(reader: &mut Reader<'_, '_, '_>, seq: u32) -> Self {
        let mut fetch = Self::new(seq);
        fetch.read_items(reader);
        fetch
    }

    fn read_items(&mut self, reader: &mut Reader<'_, '_, '_>) {
        let mut left = reader.limits.items;
        loop {
            let cursor = &mut reader.cursor;
            match cursor.peek() {
                Some(b')') => {
                    cursor.skip(1);
                    if !cursor.is_done() {
                        self.lose_rest(reader, "something follows the list of items");
                    }
                    return;
                }
                // Line ends too: some servers break the list.
                Some(b' ' | b'\t' | b'\r' | b'\n') => cursor.skip(1),
                None => return self.lose_rest(reader, "the list of items does not end"),
                Some(_) if left == 0 => return self.lose_rest(reader, "too many items"),
                Some(_) => {
                    left -= 1;
                    if !self.read_usual(reader) && !self.read_item(reader) {
                        return;
                    }
                }
            }
        }
    }

    /// The two items that make most of all traffic, in their exact spelling; false if that is not
    /// what comes.
    #[inline]
    fn read_usual(&mut self, reader: &mut Reader<'_, '_, '_>) -> bool {
        let cursor = &mut reader.cursor;
        let start = cursor.at();
        match cursor.rest() {
            [b'U', b'I', b'D', b' ', b'0'..=b'9', ..] => {
                cursor.skip(b"UID ".len());
                if let Ok(uid) = uid(cursor) {
                    self.uid = Some(uid);
                    return true;
                }
            }
            [b'F', b'L', b'A', b'G', b'S', b' ', b'(', ..] => {
                cursor.skip(b"FLAGS ".len());
                if let Ok(flags) = Flags::read(cursor, reader.limits.items) {
                    self.flags = Some(flags);
                    return true;
                }
            }
            _ => {}
        }
        cursor.seek(start);
        false
    }

    /// Reads one item; false if the rest of the response cannot be read either.
    fn read_item(&mut self, reader: &mut Reader<'_, '_, '_>) -> bool {
        let cursor = &mut reader.cursor;
        let start = cursor.at();
        let mut name =
            cursor.until(|byte| byte <= b' ' || matches!(byte, b'(' | b')' | b'[' | b'<' | b'"'));
        let brackets = match cursor.peek() {
            Some(b'[') => match cursor.bracketed() {
                Ok(inside) => Some(inside),
                Err(fault) => {
                    self.lose(reader, name, start, fault);
                    return false;
                }
            },
            _ => None,
        };
        let origin = origin(cursor);
        if brackets.is_some() {
            name = cursor.since(start);
        }
        cursor.blanks();
        let value = cursor.at();
        let read = match brackets {
            Some(inside) => {
                let inside = cursor.get(inside);
                self.read_section(reader, name, inside, origin)
            }
            None => self.read_value(reader, name),
        };
        let Err(fault) = read else { return true };
        // Put the value aside and go on after it.
        let cursor = &mut reader.cursor;
        cursor.seek(value);
        let range = match cursor.peek() {
            Some(b')') => value..value,
            _ => match cursor.value(reader.limits.depth) {
                Ok(range) => range,
                Err(_) => {
                    self.lose(reader, name, value, fault);
                    return false;
                }
            },
        };
        self.malformed
            .push(reader.source.malformed(name, range, fault));
        true
    }

    #[inline]
    fn read_value(&mut self, reader: &mut Reader<'_, '_, '_>, name: &[u8]) -> Read<()> {
        let cursor = &mut reader.cursor;
        let is = |wire: &str| name.eq_ignore_ascii_case(wire.as_bytes());
        if is("UID") {
            self.uid = Some(uid(cursor)?);
        } else if is("FLAGS") {
            self.flags = Some(Flags::read(cursor, reader.limits.items)?);
        } else if is("MODSEQ") {
            self.modseq = Some(modseq(cursor)?);
        } else if is("RFC822.SIZE") {
            self.size = Some(size(cursor)?);
        } else if is("INTERNALDATE") {
            let date = cursor
                .nstring()?
                .map(|text| InternalDate::from_wire(&text.bytes()));
            self.internal_date = Some(date.unwrap_or_else(|| InternalDate::from_wire(b"NIL")));
        } else if is("RFC822") {
            self.push_section(reader, String::new(), None)?;
        } else if is("RFC822.HEADER") {
            self.push_section(reader, "HEADER".to_owned(), None)?;
        } else if is("RFC822.TEXT") {
            self.push_section(reader, "TEXT".to_owned(), None)?;
        } else if name.is_empty() {
            return cursor.fault("the name of an item is missing");
        } else {
            let range = cursor.value(reader.limits.depth)?;
            self.unknown.push(reader.source.unknown(name, range));
        }
        Ok(())
    }

    /// An item with something in brackets.
    fn read_section(
        &mut self,
        reader: &mut Reader<'_, '_, '_>,
        name: &[u8],
        inside: &[u8],
        origin: Option<u64>,
    ) -> Read<()> {
        let before = |wire: &str| {
            name.split_at_checked(wire.len())
                .is_some_and(|(head, tail)| {
                    head.eq_ignore_ascii_case(wire.as_bytes()) && tail.first() == Some(&b'[')
                })
        };
        if before("BODY") || before("BODY.PEEK") {
            self.push_section(reader, lossy(trim(inside)), origin)
        } else if before("BINARY") {
            self.push_section(reader, format!("BINARY[{}]", lossy(trim(inside))), origin)
        } else {
            let range = reader.cursor.value(reader.limits.depth)?;
            self.unknown.push(reader.source.unknown(name, range));
            Ok(())
        }
    }

    fn push_section(
        &mut self,
        reader: &mut Reader<'_, '_, '_>,
        name: String,
        origin: Option<u64>,
    ) -> Read<()> {
        let text = reader.cursor.nstring()?;
        let data = text.map(|text| reader.source.text(text));
        self.sections.push(Section { name, origin, data });
        Ok(())
    }

    #[cold]
    fn lose_rest(&mut self, reader: &mut Reader<'_, '_, '_>, why: &'static str) {
        let at = reader.cursor.at();
        self.lose(reader, b"FETCH", at, Fault { at, why });
    }

    /// Puts all from `start` on aside.
    #[cold]
    fn lose(&mut self, reader: &mut Reader<'_, '_, '_>, name: &[u8], start: usize, fault: Fault) {
        let range = start..reader.source.whole().end;
        self.malformed
            .push(reader.source.malformed(name, range, fault));
    }
}

fn uid(cursor: &mut Cursor<'_>) -> Read<u32> {
    let at = cursor.at();
    match cursor.number32()? {
        0 => Err(Fault {
            at,
            why: "there is no UID 0",
        }),
        uid => Ok(uid),
    }
}

/// `(n)`, or bare.
fn modseq(cursor: &mut Cursor<'_>) -> Read<u64> {
    let listed = cursor.eat(b'(');
    cursor.blanks();
    let modseq = cursor.number()?;
    if listed {
        cursor.blanks();
        cursor.expect(b')', "a list does not end")?;
    }
    Ok(modseq)
}

/// A number of bytes, which some servers write as `9.3736e+06`.
fn size(cursor: &mut Cursor<'_>) -> Read<u64> {
    let start = cursor.at();
    let fault = match cursor.number() {
        Ok(size) => return Ok(size),
        Err(fault) => fault,
    };
    cursor.seek(start);
    let text = std::str::from_utf8(cursor.atom()).unwrap_or_default();
    if !text.starts_with(|c: char| c.is_ascii_digit()) || !text.contains(['.', 'e', 'E']) {
        return Err(fault);
    }
    let size = text
        .parse::<f64>()
        .ok()
        .filter(|size| (0.0..=MOST_EXACT).contains(size));
    size.map(|size| size as u64).ok_or(fault)
}

/// Up to here every whole number is a different `f64`: 2^53.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// `<n>` after a section.
fn origin(cursor: &mut Cursor<'_>) -> Option<u64> {
    if cursor.peek() != Some(b'<') {
        return None;
    }
    let start = cursor.at();
    cursor.skip(1);
    let digits = std::str::from_utf8(cursor.until(|byte| !byte.is_ascii_digit()));
    cursor.until(|byte| byte <= b' ' || byte == b'>');
    if !cursor.eat(b'>') {
        cursor.seek(start);
        return None;
    }
    digits.ok()?.parse().ok()
}
