//! VANISHED: messages that have been removed (RFC 7162 §3.2.10).

use crate::{
    UidSet,
    token::{Fault, Read, counts_nothing, trim},
};

use super::{Malformed, reader::Reader};

/// Messages that have been removed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Vanished {
    /// True if they were removed earlier: the response answers SELECT with QRESYNC or UID FETCH
    /// with VANISHED, and does not change sequence numbers.
    pub earlier: bool,
    /// The UIDs. Servers may include some that never existed.
    pub uids: UidSet,
    /// Numbers that no message can have: zero, negative, or with a fraction.
    pub malformed: Vec<Malformed>,
}

impl Vanished {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut vanished = Self {
            earlier: false,
            uids: UidSet::new(),
            malformed: Vec::new(),
        };
        let mut open = 0;
        while reader.next_on_line(&mut open)? {
            let is_word = reader
                .cursor
                .peek()
                .is_some_and(|byte| byte.is_ascii_alphabetic());
            if open > 0 && is_word {
                let at = reader.cursor.at();
                if !reader.cursor.atom().eq_ignore_ascii_case(b"EARLIER") {
                    let why = "EARLIER was expected";
                    return Err(Fault { at, why });
                }
                vanished.earlier = true;
            } else {
                vanished.read_uids(reader)?;
            }
        }
        // Nothing at all is not a set, but its meaning is clear.
        if vanished.uids.is_empty() && vanished.malformed.is_empty() && !vanished.earlier {
            return reader.cursor.fault("the set is empty");
        }
        Ok(vanished)
    }

    /// Reads a set, including spaces between its members.
    fn read_uids(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        let at = reader.cursor.at();
        let wire = reader.cursor.until(|byte| matches!(byte, b'(' | b')'));
        if let Ok(uids) = UidSet::read(trim(wire)) {
            return self.add(uids, at);
        }
        let mut start = at;
        for member in wire.split(|&byte| byte == b',') {
            let end = start + member.len();
            let word = member.trim_ascii();
            match UidSet::read(word) {
                Ok(uids) => self.add(uids, start)?,
                Err(_) if word.is_empty() => {}
                Err(why) => {
                    let fault = Fault { at: start, why };
                    if !counts_nothing(word) {
                        return Err(fault);
                    }
                    reader.room(self.malformed.len())?;
                    let bad = reader.source.malformed(b"VANISHED", start..end, fault);
                    self.malformed.push(bad);
                }
            }
            start = end + 1;
        }
        Ok(())
    }

    fn add(&mut self, uids: UidSet, at: usize) -> Read<()> {
        if uids.has_star() {
            let why = "a `*` among UIDs that are gone";
            return Err(Fault { at, why });
        }
        self.uids.append(uids);
        Ok(())
    }
}
