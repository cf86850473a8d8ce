//! Where our reader rightly does not say what imap-codec says.

use imap_codec::imap_types::response::{Code, CommandContinuationRequest, Response};

use super::status::{their_code_of, their_text_of};

/// Whether one of these is known to be read in another way:
///
/// * A response code that imap-codec does not know is to it all up to the next `]`, whatever that
///   is. Ours begins with a word (RFC 9051 §9, `resp-text-code`), and brackets within quotes or
///   parentheses do not end it.
/// * Blanks before a response code make it text to imap-codec. Some servers send them (RFC 9051 §9
///   allows one), and a code is worth more than text.
/// * The text of a continuation request may begin with a response code. Ours leaves it in the text:
///   no server sends one, and a challenge that looks like one must stay whole.
pub(super) fn justified(theirs: &Response<'_>) -> bool {
    match theirs {
        Response::Status(status) => match their_code_of(status) {
            Some(Code::Other(code)) => !is_plain(code.inner()),
            None => their_text_of(status).trim_start().starts_with('['),
            Some(_) => false,
        },
        Response::CommandContinuationRequest(CommandContinuationRequest::Basic(basic)) => {
            basic.code().is_some()
        }
        _ => false,
    }
}

/// A word, and words after it.
fn is_plain(code: &[u8]) -> bool {
    code.first().is_some_and(u8::is_ascii_alphanumeric)
        && code
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~') && !b"()[]{}\"\\%*".contains(byte))
}
