//! Finds mailboxes for special uses, by their attributes or usual names.

use std::collections::HashSet;

use imapclient_codec::{
    Attribute, ListedMailbox, MailboxName, Namespace, Needs,
    command::{self as wire, ListOptions},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Ask, each},
    error::Result,
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// Finds the mailbox for a special use by its attribute, or else by the usual names.
    pub(crate) async fn special(&mut self, special: Attribute) -> Result<Option<MailboxName>> {
        self.meet("LIST", &Needs::login()).await?;
        let all = self.list_with_uses().await?;
        let openable = |list: &&ListedMailbox| {
            !list.has(&Attribute::NoSelect) && !list.has(&Attribute::NonExistent)
        };
        let mut told = all.iter().filter(openable);
        if let Some(found) = told.find(|mailbox| mailbox.has(&special)) {
            return Ok(Some(found.name.clone()));
        }
        let personal = self.personal_namespaces().await?;
        let candidates = usual_names(&special, &personal);
        // A server can make both lists very long: each name is looked up only once, in a hash set.
        let names: HashSet<&MailboxName> = all
            .iter()
            .filter(openable)
            .map(|mailbox| &mailbox.name)
            .collect();
        // Return the name as the server sent it, because its encoding may differ from ours.
        let found = candidates.iter().find_map(|name| names.get(name).copied());
        Ok(found.cloned())
    }

    /// Lists all mailboxes, with their special uses if the server reports them.
    async fn list_with_uses(&mut self) -> Result<Vec<ListedMailbox>> {
        let capabilities = self.capabilities().await?;
        let (asked, workaround) =
            if capabilities.has("SPECIAL-USE") && capabilities.has("LIST-EXTENDED") {
                let workaround = Workaround::ListReturnUseless;
                if self.works_around(workaround) {
                    return self.list("", "*").await;
                }
                // Some servers report special uses only if they are asked for.
                let query = ListOptions::new("", "*").with_special_use();
                let list = Ask::for_answer(wire::list_extended(&query)?, each!(List));
                (self.run(list).await, workaround)
            } else if capabilities.has("XLIST") && !capabilities.has("SPECIAL-USE") {
                let workaround = Workaround::XlistUseless;
                if self.works_around(workaround) {
                    return self.list("", "*").await;
                }
                (self.xlist("", "*").await, workaround)
            } else {
                return self.list("", "*").await;
            };
        let was_refused = match asked {
            Ok(all) if !all.is_empty() => return Ok(all),
            Ok(_) => false,
            Err(error) if error.is_unsupported() => true,
            Err(error) => return Err(error),
        };
        // Every account has an INBOX, so an empty list is not an answer.
        let all = self.list("", "*").await?;
        if was_refused || !all.is_empty() {
            self.note(workaround);
        }
        Ok(all)
    }

    /// Returns the namespaces of the user's own mailboxes; empty if the server does not report
    /// them.
    async fn personal_namespaces(&mut self) -> Result<Vec<Namespace>> {
        if self.works_around(Workaround::NamespaceRefused)
            || !self.capabilities().await?.has("NAMESPACE")
        {
            return Ok(Vec::new());
        }
        match self.namespace().await {
            Ok(namespaces) => Ok(namespaces.personal),
            // The namespaces are not essential, so a refusal is not an error.
            Err(error) if error.is_unsupported() => {
                self.note(Workaround::NamespaceRefused);
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }
}

/// Returns the usual names for a special use in each of the namespaces, most likely first.
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
