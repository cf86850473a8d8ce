//! VANISHED: messages that are gone (RFC 7162 §3.2.10).

use crate::{
    UidSet,
    token::{Fault, Read, trim},
};

use super::decoder::Reader;

/// Messages that are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Vanished {
    /// They were gone before: this answers SELECT with QRESYNC, or UID FETCH with VANISHED, and no
    /// sequence number changes by it.
    pub earlier: bool,
    /// Their UIDs. Servers may name some that never were.
    pub uids: UidSet,
}

impl Vanished {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let cursor = &mut reader.cursor;
        cursor.blanks();
        let earlier = cursor.eat(b'(');
        if earlier {
            cursor.blanks();
            if !cursor.atom().eq_ignore_ascii_case(b"EARLIER") {
                return cursor.fault("EARLIER was expected");
            }
            cursor.blanks();
            cursor.expect(b')', "a list does not end")?;
            cursor.blanks();
        }
        let at = cursor.at();
        let wire = trim(cursor.rest());
        // Nothing at all is no set, but clear.
        let uids = if wire.is_empty() && earlier {
            UidSet::new()
        } else {
            UidSet::read(wire).map_err(|why| Fault { at, why })?
        };
        if uids.has_star() {
            return Err(Fault {
                at,
                why: "a `*` among UIDs that are gone",
            });
        }
        Ok(Self { earlier, uids })
    }
}
