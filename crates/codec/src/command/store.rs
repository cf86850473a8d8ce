//! STORE and the change of flags it makes.

use super::messages::Set;
use crate::{
    flag::{Flag, Flags},
    outgoing::{InvalidArgument, Outgoing},
};

/// A change of flags (RFC 9051 §6.4.6).
///
/// ```
/// use imapclient_codec::{Flag, command::FlagChange};
///
/// let change = FlagChange::add([Flag::Seen, Flag::Other("$Junk".into())]);
/// let quiet = FlagChange::remove(Flag::Seen).silent();
/// # let _ = (change, quiet);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FlagChange {
    verb: &'static str,
    flags: Flags,
    silent: bool,
}

impl FlagChange {
    /// Sets these flags, whatever else is set.
    #[must_use]
    pub fn add(flags: impl Into<Flags>) -> Self {
        Self {
            verb: "+FLAGS",
            flags: flags.into(),
            silent: false,
        }
    }

    /// Clears these flags, whatever else is set.
    #[must_use]
    pub fn remove(flags: impl Into<Flags>) -> Self {
        Self {
            verb: "-FLAGS",
            flags: flags.into(),
            silent: false,
        }
    }

    /// Sets these flags and clears all others.
    #[must_use]
    pub fn replace(flags: impl Into<Flags>) -> Self {
        Self {
            verb: "FLAGS",
            flags: flags.into(),
            silent: false,
        }
    }

    /// Asks the server not to report the flags that result.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }
}

/// `STORE` (RFC 9051 §6.4.6).
///
/// # Errors
/// If the set is empty, or a flag cannot be stored.
pub fn store(set: &Set, change: &FlagChange) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = set.command("UID STORE", "STORE")?;
    let silent = if change.silent { ".SILENT" } else { "" };
    outgoing.push(" ").push(change.verb).push(silent).push(" ");
    write_flags(&mut outgoing, &change.flags)?;
    Ok(outgoing)
}

/// A parenthesised list of flags that a client may set.
pub(super) fn write_flags(outgoing: &mut Outgoing, flags: &Flags) -> Result<(), InvalidArgument> {
    outgoing.push("(");
    for (index, flag) in flags.iter().enumerate() {
        if index > 0 {
            outgoing.push(" ");
        }
        outgoing.push(&wire_flag(&flag)?);
    }
    outgoing.push(")");
    Ok(())
}

/// The flag as it is written.
pub(super) fn wire_flag(flag: &Flag) -> Result<String, InvalidArgument> {
    if matches!(flag, Flag::Recent | Flag::Any) {
        return Err(InvalidArgument::new(
            "flag",
            format!("{flag} is set by servers only"),
        ));
    }
    let text = flag.to_string();
    let word = text.strip_prefix('\\').unwrap_or(&text);
    // `]` is no part of a keyword by the grammar, but there are keywords with it.
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"(){%*\"\\".contains(&byte);
    if word.is_empty() || !word.bytes().all(plain) {
        return Err(InvalidArgument::new(
            "flag",
            format!("{text:?} has to be an ASCII word without blanks, quotes or parentheses"),
        ));
    }
    Ok(text)
}
