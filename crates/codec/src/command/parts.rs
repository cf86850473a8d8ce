//! Parts that several commands write: flags, labels and modification sequences.

use crate::{
    flag::Flag,
    mailbox::MailboxName,
    outgoing::{InvalidArgument, Outgoing},
};

/// Returns the flag as it is sent.
pub(super) fn wire_flag(flag: &Flag) -> Result<String, InvalidArgument> {
    if matches!(flag, Flag::Recent | Flag::Any) {
        return Err(InvalidArgument::new(
            "flag",
            format!("{flag} is set by servers only"),
        ));
    }
    let text = flag.to_string();
    let word = text.strip_prefix('\\').unwrap_or(&text);
    // By the grammar a keyword cannot contain `]`, but there are keywords that do.
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"(){%*\"\\".contains(&byte);
    if word.is_empty() || !word.bytes().all(plain) {
        return Err(InvalidArgument::new(
            "flag",
            format!("{text:?} has to be an ASCII word without blanks, quotes or parentheses"),
        ));
    }
    Ok(text)
}

/// Writes a Gmail label: a word like `\Inbox`, or the name of a mailbox.
pub(super) fn write_label(
    outgoing: &mut Outgoing,
    label: &MailboxName,
) -> Result<(), InvalidArgument> {
    let name = label.as_str();
    if name.is_empty() {
        return Err(InvalidArgument::new("label", "it must not be empty"));
    }
    match name.strip_prefix('\\') {
        Some(word) if !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            outgoing.push(name);
        }
        _ => {
            outgoing.wire_name("label", label)?;
        }
    }
    Ok(())
}

/// Checks that `modseq` has at most 63 bits (RFC 7162 §7).
pub(super) fn checked_modseq(modseq: u64) -> Result<u64, InvalidArgument> {
    match i64::try_from(modseq) {
        Ok(_) => Ok(modseq),
        Err(_) => Err(InvalidArgument::new(
            "modification sequence",
            format!("{modseq} is beyond 2^63"),
        )),
    }
}
