//! Justified differences between our reader and imap-codec.

use imap_codec::imap_types::response::{Code, CommandContinuationRequest, Response};
use imapclient_codec::{Fetch, Response as Ours};

use super::status::{their_code_of, their_text_of};

/// Returns whether one of these is known to be read differently:
///
/// * imap-codec takes everything up to the next `]` as a response code that it does not know. Ours
///   begins with a word (RFC 9051 §9, `resp-text-code`), and brackets within quotes or parentheses
///   do not end it.
/// * imap-codec takes a response code after several spaces for text. Some servers send them (RFC
///   9051 §9 allows one), and a code is more useful than text.
/// * The text of a continuation request may begin with a response code. Ours leaves it in the text:
///   no server sends one, and a challenge that looks like one must stay whole.
/// * imap-codec reads a zone of `-0796` as 8 hours and 36 minutes. It is `hhmm` (RFC 9051 §9,
///   `zone`), and no hour has 96 minutes: ours keeps such a date as sent.
/// * The name of a section is kept as sent, with its literals and escapes, and with part numbers
///   that begin with zeros, which RFC 9051 §9 (`section-part`) does not allow.
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

/// Returns capabilities in lower case and in a form that both readers preserve:
///
/// * Of `QUOTA=` imap-codec keeps the text after the first `RES-` (RFC 9208 §5), whatever comes
///   before that. Ours keeps all of it.
/// * `LITERAL +`, which some servers send, is `LITERAL+` in ours.
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

/// Returns whether it is one or several words.
fn is_plain(code: &[u8]) -> bool {
    code.first().is_some_and(u8::is_ascii_alphanumeric)
        && code
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~') && !b"()[]{}\"\\%*".contains(byte))
}
