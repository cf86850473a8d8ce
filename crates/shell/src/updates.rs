//! What the server says unasked, in words.

use imapclient::Update;

/// A line about it; `None` for what is of no interest to people.
pub(crate) fn note(update: &Update) -> Option<String> {
    Some(match update {
        Update::Exists(messages) => format!("{messages} messages now"),
        Update::Expunge(number) => format!("message #{number} is gone"),
        Update::Vanished(uids) => format!("messages {uids} are gone"),
        Update::Fetch(fetch) => {
            let which = match fetch.uid() {
                Some(uid) => uid.to_string(),
                None => format!("#{}", fetch.seq()),
            };
            let flags = fetch.flags()?;
            match flags.is_empty() {
                true => format!("message {which} has no flags now"),
                false => format!("message {which} has the flags {flags} now"),
            }
        }
        Update::Alert(text) => format!("the server alerts: {text}"),
        Update::Bye(text) => format!("the server ends the connection: {text}"),
        Update::Lagged(missed) => format!("{missed} pieces of news were missed"),
        Update::Malformed(malformed) => {
            format!("the server sent something that cannot be read: {malformed:?}")
        }
        Update::Unknown(unknown) => format!("the server sent something unknown: {unknown:?}"),
        // Repeated at each SELECT, NOOP and CAPABILITY.
        _ => return None,
    })
}
