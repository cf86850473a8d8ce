//! Describes updates from the server.

use imapclient::{Attribute, Update};

/// Upper bound on the warnings, and on the notes, shown after a command.
const MOST: usize = 20;

/// The messages about the updates during a command.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Messages that the user has to see.
    pub(crate) warnings: Vec<String>,
    pub(crate) notes: Vec<String>,
}

/// Describes the updates during a command in a few lines: a server may send any number of them, and
/// a hundred removed messages need only one line.
pub(crate) fn told(updates: impl Iterator<Item = Update>) -> Told {
    let mut told = Told::default();
    let mut exists = None;
    let mut gone = Vec::new();
    let mut untold: u64 = 0;
    for update in updates {
        let lines = match update {
            Update::Exists(_) => {
                exists = note(&update);
                continue;
            }
            Update::Expunge(_) => {
                gone.push(update);
                continue;
            }
            Update::Alert(_) | Update::Bye(_) => &mut told.warnings,
            _ => &mut told.notes,
        };
        match note(&update) {
            Some(line) if lines.len() < MOST => lines.push(line),
            Some(_) => untold += 1,
            None => {}
        }
    }
    if untold > 0 {
        told.notes.push(format!("and {untold} more updates"));
    }
    told.notes.extend(match gone.as_slice() {
        [] => None,
        [one] => note(one),
        several => Some(format!("{} messages are gone", several.len())),
    });
    told.notes.extend(exists);
    told
}

/// Describes an update, or returns `None` if it does not concern the user.
pub(crate) fn note(update: &Update) -> Option<String> {
    let raw = |raw: &[u8]| String::from_utf8_lossy(raw).trim_end().to_owned();
    Some(match update {
        Update::Exists(messages) => format!("{messages} messages now"),
        Update::Expunge(number) => format!("message #{number} is gone"),
        Update::Vanished(uids) => format!("messages {uids} are gone"),
        Update::Fetch(fetch) => {
            let which = match fetch.uid() {
                Some(uid) => uid.to_string(),
                None => fetch
                    .seq()
                    .map_or_else(|| "?".to_owned(), |seq| format!("#{seq}")),
            };
            let flags = fetch.flags()?;
            match flags.is_empty() {
                true => format!("message {which} has no flags now"),
                false => format!("message {which} has the flags {flags} now"),
            }
        }
        Update::Alert(text) => format!("the server alerts: {text}"),
        Update::Bye(text) => format!("the server ends the connection: {text}"),
        Update::Lagged(missed) => format!("{missed} updates were missed"),
        Update::Malformed(malformed) => format!(
            "the server sent something that cannot be read, {}: {}",
            malformed.why,
            raw(&malformed.raw)
        ),
        Update::Unknown(unknown) => {
            format!("the server sent something unknown: {}", raw(&unknown.raw))
        }
        // Repeated at each SELECT, NOOP and CAPABILITY.
        _ => return None,
    })
}

/// Describes an update for a user who waits for changes in several mailboxes.
pub(crate) fn report(update: &Update) -> Option<String> {
    Some(match update {
        Update::MailboxStatus(status) => {
            let counts = [
                (status.messages, "messages"),
                (status.recent, "recent"),
                (status.unseen, "unseen"),
                (status.deleted, "deleted"),
            ];
            let counts = counts
                .into_iter()
                .filter_map(|(count, what)| Some(format!("{} {what}", count?)))
                .collect::<Vec<_>>();
            match counts.is_empty() {
                true => format!("{} has changed", status.name.as_str()),
                false => format!("{}: {}", status.name.as_str(), counts.join(", ")),
            }
        }
        Update::Listed(mailbox) => {
            let name = mailbox.name.as_str();
            match mailbox.old_name() {
                Some(old) => format!("{} is now called {name}", old.as_str()),
                None if mailbox.has(&Attribute::NonExistent) => format!("{name} is gone"),
                None if mailbox.has(&Attribute::from("\\NoAccess")) => {
                    format!("{name} can no longer be accessed")
                }
                None if mailbox.has(&Attribute::Subscribed) => {
                    format!("{name} exists and is subscribed")
                }
                None => format!("{name} exists"),
            }
        }
        Update::Metadata(metadata) => {
            let of = metadata.mailbox.as_ref();
            let of = of.map_or_else(|| "the server".to_owned(), |name| name.as_str().to_owned());
            format!(
                "annotations of {of} have changed: {}",
                metadata.changed.join(", ")
            )
        }
        other => note(other)?,
    })
}

#[cfg(test)]
mod tests {
    use imapclient::{ListedMailbox, MailboxStatus, MessageCount, Seq};

    use super::*;

    #[test]
    fn a_flood_of_news_is_told_in_a_few_lines() {
        let alerts = (0..5000).map(|n| Update::Alert(format!("alarm {n}")));
        let gone = (0..300).map(|_| Update::Expunge(Seq::MIN));
        let exists = (0..100).map(|n| Update::Exists(MessageCount::from(n)));
        let flood = told(alerts.chain(gone).chain(exists));
        assert_eq!(flood.warnings.len(), MOST);
        assert_eq!(flood.warnings[19], "the server alerts: alarm 19");
        assert_eq!(
            flood.notes,
            [
                "and 4980 more updates",
                "300 messages are gone",
                "99 messages now"
            ]
        );
        let few = [Update::Expunge(Seq::MIN), Update::Exists(3.into())];
        let few = told(few.into_iter());
        assert_eq!(few.notes, ["message #1 is gone", "3 messages now"]);
    }

    #[test]
    fn changes_of_other_mailboxes_are_told_to_those_who_wait_for_them() {
        let mut status = MailboxStatus::new("Archive");
        let listed = |attributes: &[Attribute]| {
            let mut mailbox = ListedMailbox::new("Lists");
            mailbox.attributes = attributes.iter().cloned().collect();
            Update::Listed(mailbox)
        };
        let unknown = Update::MailboxStatus(Box::new(status.clone()));
        status.messages = Some(12.into());
        status.unseen = Some(3.into());
        for (update, expected) in [
            (unknown, "Archive has changed"),
            (
                Update::MailboxStatus(Box::new(status)),
                "Archive: 12 messages, 3 unseen",
            ),
            (listed(&[]), "Lists exists"),
            (
                listed(&[Attribute::Subscribed]),
                "Lists exists and is subscribed",
            ),
            (listed(&[Attribute::NonExistent]), "Lists is gone"),
            (
                listed(&["\\NoAccess".into()]),
                "Lists can no longer be accessed",
            ),
            (Update::Exists(3.into()), "3 messages now"),
        ] {
            assert_eq!(report(&update).as_deref(), Some(expected));
            // After other commands they would be noise.
            let is_noise = !matches!(update, Update::Exists(_));
            assert_eq!(note(&update).is_none(), is_noise, "{update:?}");
        }
    }
}
