//! What people call the mailboxes for special uses.

use imapclient_codec::{Attribute, MailboxName, Namespace};

/// The usual names for a special use, likeliest first, in each of the namespaces.
pub(crate) fn usual_names(special: &Attribute, personal: &[Namespace]) -> Vec<MailboxName> {
    let names: &[&str] = match special {
        Attribute::Sent => &["Sent", "Sent Items", "Sent items", "Sent Messages"],
        Attribute::Drafts => &["Drafts"],
        Attribute::Archive => &["Archive"],
        Attribute::Trash => &["Trash", "Deleted Items", "Deleted Messages", "Deleted"],
        Attribute::Junk => &["Junk", "Spam"],
        _ => &[],
    };
    let mut prefixes: Vec<&str> = personal
        .iter()
        .map(|namespace| namespace.prefix.as_str())
        .collect();
    if prefixes.is_empty() {
        prefixes = vec!["", "INBOX."];
    }
    prefixes
        .iter()
        .flat_map(|prefix| {
            names
                .iter()
                .map(move |name| format!("{prefix}{name}").into())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_namespaces_the_two_usual_places_are_tried() {
        let names = usual_names(&Attribute::Junk, &[]);
        assert_eq!(
            names,
            ["Junk", "Spam", "INBOX.Junk", "INBOX.Spam"].map(MailboxName::from)
        );
        assert!(usual_names(&Attribute::All, &[]).is_empty());
    }
}
