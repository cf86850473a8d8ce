//! Where our reader rightly does not say what imap-codec says.

use imap_codec::imap_types::response::{Code, CommandContinuationRequest, Response};
use imapclient_codec::{Fetch, Response as Ours};

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
/// * A zone of `-0796` is 8 hours and 36 minutes to imap-codec. It is `hhmm` (RFC 9051 §9, `zone`),
///   and no hour has 96 minutes: ours keeps such a date as it was sent.
/// * The name of a section is kept as it was sent, with its literals and escapes, and with part
///   numbers that begin with zeros, which RFC 9051 §9 (`section-part`) does not allow.
/// * `*` in VANISHED is malformed: known UIDs have none (RFC 7162 §7).
pub(super) fn justified(ours: &Ours, theirs: &Response<'_>) -> bool {
    match ours {
        Ours::Fetch(fetch) if has_odd_date(fetch) || has_odd_section(fetch) => return true,
        Ours::Malformed(bad) if bad.item == "VANISHED" && bad.raw.contains(&b'*') => return true,
        _ => {}
    }
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

fn has_odd_date(fetch: &Fetch) -> bool {
    fetch.internal_date().is_some_and(|date| {
        let minutes = date.raw().trim_end().get(24..);
        date.date().is_none() && minutes.is_some_and(|minutes| minutes > "59")
    })
}

fn has_odd_section(fetch: &Fetch) -> bool {
    let begins_with_zero = |part: &str| part.starts_with('0');
    let has_zero = |name: &str| name.split(['.', '[']).any(begins_with_zero);
    fetch.binary_sizes().any(|(name, _)| has_zero(name))
        || fetch.sections().any(|section| {
            let name = section.name.split('(').next().unwrap_or_default();
            section.name.contains(['{', '\\']) || has_zero(name)
        })
}

/// Capabilities in lower case, as both readers can be expected to hold them:
///
/// * Of `QUOTA=` imap-codec keeps what follows the first `RES-` (RFC 9208 §5), whatever stands
///   before that. Ours keeps all of it.
/// * `LITERAL +`, which some servers send, is `LITERAL+` to ours.
pub(super) fn capabilities(names: &str) -> String {
    let mut all = Vec::<String>::new();
    for name in names.to_lowercase().split(' ') {
        let quota = name.strip_prefix("quota=");
        match (
            all.last_mut(),
            quota.and_then(|quota| quota.split_once("res-")),
        ) {
            (_, Some((_, resource))) if !resource.is_empty() => {
                all.push(format!("quota=res-{resource}"));
            }
            (Some(last), _) if last == "literal" && matches!(name, "+" | "-") => {
                last.push_str(name);
            }
            _ => all.push(name.to_owned()),
        }
    }
    all.join(" ")
}

/// A word, and words after it.
fn is_plain(code: &[u8]) -> bool {
    code.first().is_some_and(u8::is_ascii_alphanumeric)
        && code
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~') && !b"()[]{}\"\\%*".contains(byte))
}
