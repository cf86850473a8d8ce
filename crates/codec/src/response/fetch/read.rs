//! Reads FETCH item by item: a malformed one is recorded, and the items before and after it
//! survive.

use std::ops::Range;

use bytes::Bytes;

use crate::{
    Flags, Limits, Malformed, NameEncoding, Seq, Uid, Unknown,
    framer::RawResponse,
    token::{Cursor, Fault, lossy, trim},
};

use super::{
    Fetch, UsualDate,
    data::Data,
    has,
    scan::{Scan, Way},
    tape::{Kept, Kind, MOST_FRAME, Odd, Scratch},
    value::{self, Item, origin},
};

/// The state that a decoder lends to the reader.
pub(in crate::response) struct Context<'d> {
    pub(in crate::response) limits: &'d Limits,
    pub(in crate::response) names: NameEncoding,
    pub(in crate::response) scratch: &'d mut Scratch,
}

/// Returns the sequence number of a FETCH in its usual spelling, and the position of its items.
#[inline]
pub(in crate::response) fn usual(message: &[u8]) -> Option<(Seq, usize)> {
    let digits = message.strip_prefix(b"* ")?;
    let mut number = 0_u64;
    let mut length = 0;
    // Numbers with more digits are left to the general reader.
    while length < 10
        && let Some(byte @ b'0'..=b'9') = digits.get(length)
    {
        number = number * 10 + u64::from(byte - b'0');
        length += 1;
    }
    let follows = digits.get(length..)?.starts_with(b" FETCH (");
    let number = Seq::new(u32::try_from(number).ok()?)?;
    follows.then_some((number, b"* ".len() + length + b" FETCH (".len()))
}

impl Fetch {
    /// Reads the items, from after the opening parenthesis.
    #[inline(never)]
    pub(in crate::response) fn read(
        number: Number,
        message: &RawResponse<'_>,
        at: usize,
        context: Context<'_>,
    ) -> Self {
        context.scratch.clear();
        let mut cursor = Cursor::new(message);
        cursor.seek(at);
        let mut items = Items {
            scan: Scan {
                cursor,
                tape: context.scratch,
                way: Way::Exact,
                fault: None,
                depth: context.limits.depth,
                left: context.limits.items,
            },
            most_flags: context.limits.items,
            names: context.names,
            retries: 12,
            open: 0,
            name: 0..0,
            has: 0,
            date: UsualDate([0; UsualDate::LENGTH]),
            size: 0,
            modseq: 0,
        };
        let (seq, mut uid) = match number {
            Number::Seq(seq) => (seq.get(), 0),
            Number::Uid(uid) => (0, uid.get()),
        };
        let mut flags = Flags::new();
        let mut has_flags = 0;
        if message.len() < MOST_FRAME {
            // These two, which make up most traffic, stay in registers.
            loop {
                let read = match items.next() {
                    Next::Uid => value::uid(&mut items.scan.cursor).map(|n| uid = n),
                    Next::Flags => {
                        let read = Flags::read(
                            &mut items.scan.cursor,
                            items.most_flags,
                            value::ends_flags,
                        );
                        read.map(|read| {
                            flags = read;
                            has_flags = has::FLAGS;
                        })
                    }
                    Next::Done => continue,
                    Next::Nothing => break,
                };
                if let Err(fault) = read
                    && !items.recover(fault)
                {
                    break;
                }
            }
        } else {
            items.lose_rest("the response is too long");
        }
        let scratch = &mut *items.scan.tape;
        let has_data = !(scratch.words.is_empty() && scratch.odd.is_empty());
        Self {
            seq,
            uid,
            has: items.has | has_flags,
            date: items.date,
            size: items.size,
            modseq: items.modseq,
            flags,
            data: has_data.then(|| keep(message, scratch)),
        }
    }
}

/// The number at the beginning of a FETCH.
#[derive(Debug, Clone, Copy)]
pub(in crate::response) enum Number {
    Seq(Seq),
    Uid(Uid),
}

/// Converts the items that were read into an owned value.
#[inline(never)]
fn keep(message: &RawResponse<'_>, scratch: &mut Scratch) -> Box<Data> {
    let frame = if scratch.spare.is_empty() {
        message.to_bytes()
    } else {
        Bytes::from([&**message, &*scratch.spare].concat())
    };
    let mut data = Box::new(Data {
        newest: Kept {
            frame,
            tape: scratch.words.as_slice().into(),
        },
        ..Data::default()
    });
    if !scratch.odd.is_empty() {
        put_aside(&mut data, &mut scratch.odd);
    }
    if data.newest.tape.is_empty() {
        data.newest.frame = Bytes::new();
    }
    data
}

#[cold]
fn put_aside(data: &mut Data, odd: &mut Vec<Odd>) {
    let frame = data.newest.frame.clone();
    for Odd { name, raw, fault } in odd.drain(..) {
        let name = lossy(frame.get(name).unwrap_or_default()).to_ascii_uppercase();
        let raw = if raw.end <= frame.len() {
            frame.slice(raw)
        } else {
            Bytes::new()
        };
        match fault {
            None => data.unknown.push(Unknown { name, raw }),
            Some(Fault { at, why }) => data.malformed.push(Malformed {
                item: name,
                raw,
                why: why.to_owned(),
                at,
            }),
        }
    }
}

impl Scan<'_, '_> {
    #[inline]
    fn record(&mut self, kind: Kind) -> Option<Fault> {
        let begun = self.tape.begin(kind);
        if kind == Kind::Envelope {
            self.envelope_or_nil();
        } else {
            self.body_or_nil();
        }
        self.tape.end(begun);
        self.fault.take()
    }
}

/// The items of one response.
pub(super) struct Items<'m, 's> {
    pub(super) scan: Scan<'m, 's>,
    pub(super) most_flags: usize,
    pub(super) names: NameEncoding,
    /// The number of times that items may still be read in another way. Bounded since a way that
    /// takes quotation marks for something else can run through the rest of the response.
    retries: usize,
    /// The number of additional parentheses that are open around the current item.
    open: usize,
    /// The range of the current item's name. The value begins after it and any spaces.
    pub(super) name: Range<usize>,
    pub(super) has: u8,
    pub(super) date: UsualDate,
    pub(super) size: u64,
    pub(super) modseq: u64,
}

/// The result of looking for the next item.
enum Next {
    /// The value of a UID.
    Uid,
    /// The value of FLAGS.
    Flags,
    /// An item that has been read.
    Done,
    /// The end, or something that cannot be parsed.
    Nothing,
}

impl Items<'_, '_> {
    #[inline]
    fn next(&mut self) -> Next {
        let cursor = &mut self.scan.cursor;
        let start = cursor.at();
        match cursor.rest() {
            [b'U', b'I', b'D', b' ', b'0'..=b'9', ..] if self.scan.left > 0 => {
                self.scan.left -= 1;
                self.name = start..start + "UID".len();
                cursor.skip("UID ".len());
                Next::Uid
            }
            [b'F', b'L', b'A', b'G', b'S', b' ', b'(', ..] if self.scan.left > 0 => {
                self.scan.left -= 1;
                self.name = start..start + "FLAGS".len();
                cursor.skip("FLAGS ".len());
                Next::Flags
            }
            [b' ', ..] => {
                cursor.skip(1);
                Next::Done
            }
            [b')', b'\r', b'\n'] if self.open == 0 => Next::Nothing,
            _ => self.next_other(),
        }
    }

    fn next_other(&mut self) -> Next {
        match self.scan.cursor.peek() {
            // Some servers put items into parentheses of their own.
            Some(b'(') if self.open < self.scan.depth => {
                self.scan.cursor.skip(1);
                self.open += 1;
                return Next::Done;
            }
            Some(b'(') => self.lose_rest("lists are nested too deep"),
            Some(b')') if self.open > 0 => {
                self.scan.cursor.skip(1);
                self.open -= 1;
                return Next::Done;
            }
            Some(b')') => {
                self.scan.cursor.skip(1);
                if self.item_follows() {
                    return Next::Done;
                }
                if !self.scan.cursor.is_done() {
                    self.lose_rest("something follows the list of items");
                }
            }
            // Line ends too, since some servers break the list.
            Some(b'\t' | b'\r' | b'\n') => {
                self.scan.cursor.skip(1);
                return Next::Done;
            }
            None => self.lose_rest("the list of items does not end"),
            Some(_) if self.scan.left == 0 => self.lose_rest("too many items"),
            Some(_) => {
                self.scan.left -= 1;
                return self.next_item();
            }
        }
        Next::Nothing
    }

    #[inline]
    fn next_item(&mut self) -> Next {
        if self.usual_modseq() {
            return Next::Done;
        }
        let start = self.scan.cursor.at();
        match Item::usual(self.scan.cursor.rest()) {
            Some((item, length)) => {
                self.name = start..start + length;
                self.seek_value();
                let fault = if self.lacks_value(true) {
                    Some(self.missing_value())
                } else {
                    self.read_value(item)
                };
                self.done(fault)
            }
            None => self.next_named(),
        }
    }

    /// Reads the third of the items that servers send without being asked, in its usual spelling.
    #[inline]
    fn usual_modseq(&mut self) -> bool {
        let cursor = &mut self.scan.cursor;
        let start = cursor.at();
        if cursor.rest().starts_with(b"MODSEQ (") {
            cursor.skip(b"MODSEQ (".len());
            if let Ok(modseq) = cursor.number()
                && cursor.eat(b')')
            {
                self.modseq = modseq;
                self.has |= has::MODSEQ;
                return true;
            }
            cursor.seek(start);
        }
        false
    }

    fn next_named(&mut self) -> Next {
        let cursor = &mut self.scan.cursor;
        let start = cursor.at();
        let word =
            cursor.until(|byte| byte <= b' ' || matches!(byte, b'(' | b')' | b'[' | b'<' | b'"'));
        self.name = start..cursor.at();
        let mut section = None;
        let mut from = None;
        if let Some(b'[' | b'<') = cursor.peek() {
            if cursor.peek() == Some(b'[') {
                section = match cursor.bracketed() {
                    Ok(inside) => Some(inside),
                    Err(fault) => {
                        self.lose(start, fault);
                        return Next::Nothing;
                    }
                };
            }
            from = origin(cursor);
            self.name.end = cursor.at();
        }
        self.seek_value();
        let item = Item::named(word);
        // The words in these lists can be anything.
        let has_words = matches!(item, Some(Item::Flags | Item::GmailLabels));
        let is_known = section.is_some() || item.is_some();
        let fault = match section {
            _ if self.lacks_value(is_known && !has_words) => Some(self.missing_value()),
            Some(inside) => self.read_section(word, inside, from),
            None => match item {
                Some(Item::Uid) => return Next::Uid,
                Some(Item::Flags) => return Next::Flags,
                Some(item) => self.read_value(item),
                None if word.is_empty() => Some(Fault {
                    at: self.scan.cursor.at(),
                    why: "the name of an item is missing",
                }),
                None => self.read_unknown(),
            },
        };
        self.done(fault)
    }

    #[inline]
    fn done(&mut self, fault: Option<Fault>) -> Next {
        match fault {
            Some(fault) if !self.recover(fault) => Next::Nothing,
            _ => Next::Done,
        }
    }

    /// Moves to the value of the current item.
    #[inline]
    fn seek_value(&mut self) {
        let cursor = &mut self.scan.cursor;
        cursor.seek(self.name.end);
        cursor.blanks();
    }

    /// Returns whether the next item is in place of the value of this one. An item in parentheses,
    /// or one at the end of the list, counts only if all possible values are `known`.
    #[inline]
    fn lacks_value(&self, known: bool) -> bool {
        match self.scan.cursor.rest() {
            rest @ [b'A'..=b'Z' | b'a'..=b'z', ..] => value::begins_item(rest, known),
            [b'(', rest @ ..] if known => self.begins_listed_item(rest),
            _ => false,
        }
    }

    #[inline]
    fn begins_listed_item(&self, inside: &[u8]) -> bool {
        // Most lists begin with a string or another list.
        match inside.first() {
            Some(b'A'..=b'Z' | b'a'..=b'z') => value::begins_item(inside, true),
            _ => false,
        }
    }

    /// Returns whether another item follows a parenthesis that should end all of them.
    #[cold]
    fn item_follows(&self) -> bool {
        value::begins_item(self.scan.cursor.rest().trim_ascii_start(), false)
    }

    #[cold]
    fn missing_value(&self) -> Fault {
        Fault {
            at: self.scan.cursor.at(),
            why: "a value is missing",
        }
    }

    fn read_value(&mut self, item: Item) -> Option<Fault> {
        match item {
            Item::Envelope => self.read_record(Kind::Envelope),
            Item::Body => self.read_record(Kind::Body),
            Item::BodyStructure => self.read_record(Kind::BodyStructure),
            item => self.read_plain(item).err(),
        }
    }

    /// Reads an item of many tokens: by the grammar, or else in the ways in which servers break it.
    fn read_record(&mut self, kind: Kind) -> Option<Fault> {
        let scan = &mut self.scan;
        let start = scan.cursor.at();
        let mark = scan.tape.mark();
        let items_left = scan.left;
        let fault = scan.record(kind)?;
        for way in [Way::Loose, Way::Quotes, Way::Unescaped] {
            let Some(left) = self.retries.checked_sub(1) else {
                break;
            };
            self.retries = left;
            scan.tape.rewind(mark);
            scan.cursor.seek(start);
            scan.left = items_left;
            scan.way = way;
            let fault = scan.record(kind);
            scan.way = Way::Exact;
            fault?;
        }
        scan.tape.rewind(mark);
        Some(fault)
    }

    pub(super) fn read_unknown(&mut self) -> Option<Fault> {
        let read = self.scan.cursor.value(self.scan.depth);
        read.map(|raw| self.put_aside(raw, None)).err()
    }

    /// Records the value of the current item and continues after it. Returns false if it has no
    /// end.
    #[cold]
    fn recover(&mut self, fault: Fault) -> bool {
        self.seek_value();
        let value = self.scan.cursor.at();
        let raw = match self.scan.cursor.peek() {
            Some(b')') => Ok(value..value),
            _ if self.lacks_value(true) => Ok(value..value),
            // At any depth, since skipping needs no memory.
            _ => self.scan.cursor.value(usize::MAX),
        };
        match raw {
            Ok(raw) => {
                self.put_aside(raw, Some(fault));
                true
            }
            Err(_) => {
                self.lose(value, fault);
                false
            }
        }
    }

    #[cold]
    fn lose_rest(&mut self, why: &'static str) {
        let at = self.scan.cursor.at();
        // The name of the response itself: the word before the list.
        let bytes = self.scan.cursor.get(0..at);
        let list = bytes.iter().position(|&byte| byte == b'(');
        let head = trim(bytes.get(..list.unwrap_or_default()).unwrap_or_default());
        let digit = head.iter().rposition(|byte| !byte.is_ascii_alphabetic());
        self.name = digit.map_or(0, |digit| digit + 1)..head.len();
        self.lose(at, Fault { at, why });
    }

    /// Records everything from `start` as malformed.
    #[cold]
    fn lose(&mut self, start: usize, fault: Fault) {
        self.put_aside(start..self.scan.cursor.end(), Some(fault));
    }

    fn put_aside(&mut self, raw: Range<usize>, fault: Option<Fault>) {
        let name = self.name.clone();
        self.scan.tape.odd.push(Odd { name, raw, fault });
    }
}
