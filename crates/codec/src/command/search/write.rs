//! Encodes search keys.

use chrono::{Datelike, NaiveDate};

use super::{Charset, EntryType, SearchKey};
use crate::{
    command::{
        messages::zero_in_set,
        parts::{checked_modseq, wire_flag, write_label},
    },
    flag::Flag,
    outgoing::{InvalidArgument, Outgoing},
};

/// The maximum depth to which keys may be nested.
const DEPTH: usize = 100;

/// Writes keys, with their text in one charset.
pub(super) struct Writer<'a> {
    pub(super) outgoing: &'a mut Outgoing,
    pub(super) charset: &'a Charset,
}

type Written = Result<(), InvalidArgument>;

/// Returns whether some text is not ASCII. Bounds the recursion, before anything is written.
pub(super) fn has_other_text(key: &SearchKey) -> Result<bool, InvalidArgument> {
    look(key, 0)
}

fn look(key: &SearchKey, depth: usize) -> Result<bool, InvalidArgument> {
    use SearchKey as Key;
    if depth > DEPTH {
        return Err(InvalidArgument::new(
            "search key",
            format!("keys may be nested {DEPTH} levels deep"),
        ));
    }
    Ok(match key {
        Key::Bcc(text)
        | Key::Body(text)
        | Key::Cc(text)
        | Key::From(text)
        | Key::Header(_, text)
        | Key::Subject(text)
        | Key::Text(text)
        | Key::To(text)
        | Key::GmailRaw(text) => !text.is_ascii(),
        Key::Not(key) | Key::Fuzzy(key) => look(key, depth + 1)?,
        Key::Or(one, other) => look(one, depth + 1)? | look(other, depth + 1)?,
        Key::And(keys) => {
            let mut any = false;
            for key in keys {
                any |= look(key, depth + 1)?;
            }
            any
        }
        _ => false,
    })
}

impl Writer<'_> {
    /// Writes the whole search. The list of keys at the top needs no parentheses.
    pub(super) fn top(&mut self, key: &SearchKey) -> Written {
        match key {
            SearchKey::And(keys) if !keys.is_empty() => self.keys(keys),
            SearchKey::Raw(text) => self.raw(text),
            key => self.key(key),
        }
    }

    fn keys(&mut self, keys: &[SearchKey]) -> Written {
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                self.outgoing.push(" ");
            }
            self.key(key)?;
        }
        Ok(())
    }

    fn key(&mut self, key: &SearchKey) -> Written {
        use SearchKey as Key;
        let name = key.name().unwrap_or_default();
        match key {
            Key::All
            | Key::Answered
            | Key::Deleted
            | Key::Draft
            | Key::Flagged
            | Key::Seen
            | Key::Unanswered
            | Key::Undeleted
            | Key::Undraft
            | Key::Unflagged
            | Key::Unseen
            | Key::New
            | Key::Old
            | Key::Recent
            | Key::SaveDateSupported => self.word(name),
            Key::Keyword(flag) | Key::Unkeyword(flag) => {
                self.word(&format!("{name} {}", keyword(flag)?))
            }
            Key::Bcc(text)
            | Key::Body(text)
            | Key::Cc(text)
            | Key::From(text)
            | Key::Subject(text)
            | Key::Text(text)
            | Key::To(text)
            | Key::GmailRaw(text) => {
                self.outgoing.push(name);
                self.text(text)
            }
            Key::Header(field, text) => self.header(name, field, text),
            Key::Before(day)
            | Key::On(day)
            | Key::Since(day)
            | Key::SentBefore(day)
            | Key::SentOn(day)
            | Key::SentSince(day)
            | Key::SavedBefore(day)
            | Key::SavedOn(day)
            | Key::SavedSince(day) => self.date(name, *day),
            Key::Older(seconds) | Key::Younger(seconds) => self.seconds(name, *seconds),
            Key::Larger(size) | Key::Smaller(size) => self.size(name, *size),
            Key::ModSeq(modseq) => self.word(&format!("{name} {}", checked_modseq(*modseq)?)),
            Key::FlagModSeq(flag, kind, modseq) => self.flag_modseq(name, flag, *kind, *modseq),
            Key::EmailId(id) | Key::ThreadId(id) => {
                self.word(&format!("{name} {}", object_id(id)?))
            }
            Key::GmailMessageId(id) | Key::GmailThreadId(id) => self.word(&format!("{name} {id}")),
            Key::GmailLabel(label) => {
                self.outgoing.push(name).push(" ");
                write_label(self.outgoing, label)
            }
            Key::Filter(filter) => {
                if filter.contains('/') {
                    let why = format!("{filter:?} must not contain a slash");
                    return Err(InvalidArgument::new("filter name", why));
                }
                let outgoing = self.outgoing.push(name).push(" ");
                outgoing.atom("filter name", filter)?;
                Ok(())
            }
            Key::Uid(uids) if uids.has_zero() => Err(zero_in_set()),
            Key::Seq(seqs) if seqs.has_zero() => Err(zero_in_set()),
            Key::Uid(uids) => {
                self.outgoing.push(name).push(" ");
                self.set(uids.is_empty(), uids)
            }
            Key::Seq(seqs) => self.set(seqs.is_empty(), seqs),
            Key::Saved => self.word("$"),
            Key::Fuzzy(key) | Key::Not(key) => {
                self.outgoing.push(name).push(" ");
                self.key(key)
            }
            Key::Or(one, other) => {
                self.outgoing.push(name).push(" ");
                self.key(one)?;
                self.outgoing.push(" ");
                self.key(other)
            }
            Key::And(keys) if keys.is_empty() => self.word("ALL"),
            Key::And(keys) => {
                self.outgoing.push("(");
                self.keys(keys)?;
                self.word(")")
            }
            Key::Raw(text) => {
                // In parentheses, so that NOT and OR apply to all of it.
                self.outgoing.push("(");
                self.raw(text)?;
                self.word(")")
            }
        }
    }

    fn word(&mut self, word: &str) -> Written {
        self.outgoing.push(word);
        Ok(())
    }

    fn raw(&mut self, text: &str) -> Written {
        if text.trim().is_empty() {
            return Err(InvalidArgument::new("search key", "it must not be empty"));
        }
        self.outgoing.fragment("search key", text)?;
        Ok(())
    }

    /// Writes a text after a space.
    fn text(&mut self, text: &str) -> Written {
        let text = self.charset.encode(text)?;
        self.outgoing.push(" ").string("search text", &text)?;
        Ok(())
    }

    fn header(&mut self, key: &str, name: &str, text: &str) -> Written {
        // RFC 5322 §2.2: printable ASCII without colons.
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
            let why = format!("{name:?} has to be like \"List-Id\"");
            return Err(InvalidArgument::new("header field name", why));
        }
        self.outgoing
            .push(key)
            .push(" ")
            .astring("header field name", name.as_bytes())?;
        self.text(text)
    }

    /// Writes a `date` of RFC 9051: `1-Feb-1994`.
    fn date(&mut self, key: &str, day: NaiveDate) -> Written {
        if !(0..=9999).contains(&day.year()) {
            let why = format!("{day} needs a year of 4 digits");
            return Err(InvalidArgument::new("search date", why));
        }
        self.word(&format!("{key} {}", day.format("%-d-%b-%Y")))
    }

    fn seconds(&mut self, key: &str, seconds: u32) -> Written {
        if seconds == 0 {
            let why = format!("{key} needs at least one second");
            return Err(InvalidArgument::new("search interval", why));
        }
        self.word(&format!("{key} {seconds}"))
    }

    /// Writes a `number64` of RFC 9051, which has 63 bits.
    fn size(&mut self, key: &str, size: u64) -> Written {
        if i64::try_from(size).is_err() {
            let why = format!("{size} is beyond 2^63");
            return Err(InvalidArgument::new("search size", why));
        }
        self.word(&format!("{key} {size}"))
    }

    fn flag_modseq(&mut self, key: &str, flag: &Flag, kind: EntryType, modseq: u64) -> Written {
        let entry = format!("/flags/{}", wire_flag(flag)?);
        let modseq = checked_modseq(modseq)?;
        self.outgoing
            .push(key)
            .push(" ")
            .string("flag", entry.as_bytes())?
            .push(&format!(" {kind} {modseq}"));
        Ok(())
    }

    fn set(&mut self, empty: bool, set: &impl ToString) -> Written {
        if empty {
            return Err(InvalidArgument::new("search key", "a set in it is empty"));
        }
        self.outgoing.push(&set.to_string());
        Ok(())
    }
}

/// Returns the text of a keyword. System flags have search keys of their own.
fn keyword(flag: &Flag) -> Result<String, InvalidArgument> {
    let wire = wire_flag(flag)?;
    if wire.starts_with('\\') {
        let why = format!("{wire} is not a keyword; it has a search key of its own");
        return Err(InvalidArgument::new("keyword", why));
    }
    Ok(wire)
}

/// Checks for up to 255 letters, digits, `_` and `-` (RFC 8474 §7).
fn object_id(id: &str) -> Result<&str, InvalidArgument> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if id.is_empty() || id.len() > 255 || !id.bytes().all(plain) {
        return Err(InvalidArgument::new(
            "object identifier",
            format!("{id:?} has to be up to 255 letters, digits, `_` and `-`"),
        ));
    }
    Ok(id)
}
