//! Mailboxes with the data about them that one LIST returns, or several commands.

use imapclient_codec::{
    Attribute, ListedMailbox, MailboxName, MailboxStatus, Metadata, Needs, Rights,
    command::{self as wire, ListOptions, StatusItem},
};
use imapclient_transport::Socket;

use crate::{
    client::Client, command::List, error::Result, status::tells_something, workaround::Workaround,
};

/// A mailbox, and the data about it that were asked for:
/// [`Client::list_with`](crate::Client::list_with).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Listing {
    /// The mailbox.
    pub mailbox: ListedMailbox,
    /// Its status. `None` if it was not asked for, the mailbox cannot be opened, or the server left
    /// it out.
    pub status: Option<Box<MailboxStatus>>,
    /// The rights of the user. `None` if they were not asked for, the mailbox does not exist, or
    /// the server left them out.
    pub rights: Option<Rights>,
    /// Its annotations. `None` if they were not asked for, or the server left them out.
    pub metadata: Option<Box<Metadata>>,
}

/// A mailbox with its status, or the reason why there is none; see
/// [`Client::list_status`](crate::Client::list_status).
pub(crate) type Counted = (ListedMailbox, Result<Option<MailboxStatus>>);

impl Listing {
    /// Creates a mailbox without any data, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient::{Listing, MailboxStatus};
    ///
    /// fn is_empty(listing: &Listing) -> bool {
    ///     let status = listing.status.as_ref();
    ///     status.is_some_and(|status| status.messages == Some(0.into()))
    /// }
    ///
    /// let mut listing = Listing::new("Archive");
    /// assert!(!is_empty(&listing));
    /// let mut status = MailboxStatus::new("Archive");
    /// status.messages = Some(0.into());
    /// listing.status = Some(status.into());
    /// assert!(is_empty(&listing));
    /// ```
    #[must_use]
    pub fn new(name: impl Into<MailboxName>) -> Self {
        Self::of(ListedMailbox::new(name))
    }

    pub(crate) fn of(mailbox: ListedMailbox) -> Self {
        Self {
            mailbox,
            status: None,
            rights: None,
            metadata: None,
        }
    }

    /// Returns whether the mailbox can have a status that is not known.
    fn lacks_status(&self) -> bool {
        let cannot = [Attribute::NoSelect, Attribute::NonExistent];
        self.status.is_none() && !cannot.iter().any(|attribute| self.mailbox.has(attribute))
    }
}

impl<S: Socket> Client<S> {
    /// Lists mailboxes with their status, by one LIST if the server is able to return it, and else
    /// by a STATUS for each mailbox.
    pub(crate) async fn list_counted(
        &mut self,
        reference: &str,
        pattern: &str,
        items: &[StatusItem],
    ) -> Result<Vec<Counted>> {
        self.meet("LIST", &Needs::login()).await?;
        let asked = self.supported(items);
        let mut is_doubtful = false;
        let mut found = Vec::new();
        if self.lists_status().await? {
            // With options, a server returns only the attributes that are asked for.
            let mut options = ListOptions::new(reference, pattern).with_children();
            if self.capabilities().await?.has("SPECIAL-USE") {
                options = options.with_special_use();
            }
            let options = options.with_status(asked.iter().copied());
            match self.run(List::new(&options)?).await {
                Ok(all) => found = all,
                Err(error) if error.is_unsupported() => {}
                Err(error) => return Err(error),
            }
            for listing in &mut found {
                let told = listing.status.take();
                listing.status = told.filter(|status| tells_something(status, &asked));
            }
            // An answer without any mailbox may be that of a server that ignores the command.
            is_doubtful = !found.iter().any(|listing| listing.status.is_some());
        }
        if found.is_empty() {
            let all = self.list(reference, pattern).await?;
            found = all.into_iter().map(Listing::of).collect();
        }
        let counted = self.count_rest(found, items).await?;
        let is_counted = counted
            .iter()
            .any(|(_, status)| matches!(status, Ok(Some(_))));
        // If an item was the reason, the server may return the others.
        if is_doubtful && is_counted && self.supported(items) == asked {
            self.note(Workaround::ListStatusUseless);
        }
        Ok(counted)
    }

    /// Returns whether LIST may return the status of the mailboxes.
    async fn lists_status(&mut self) -> Result<bool> {
        let useless = [Workaround::ListStatusUseless, Workaround::ListReturnUseless];
        if useless.into_iter().any(|one| self.works_around(one)) {
            return Ok(false);
        }
        let capabilities = self.capabilities().await?;
        Ok(capabilities.has("LIST-STATUS") && capabilities.has("LIST-EXTENDED"))
    }

    /// Asks for the status of each mailbox that can be opened and whose status is not known.
    async fn count_rest(
        &mut self,
        found: Vec<Listing>,
        items: &[StatusItem],
    ) -> Result<Vec<Counted>> {
        let mut counted = Vec::new();
        let (mut names, mut places) = (Vec::new(), Vec::new());
        for listing in found {
            let lacks_status = listing.lacks_status();
            let Listing {
                mailbox, status, ..
            } = listing;
            let mut status = Ok(status.map(|status| *status));
            if lacks_status {
                // A server can list a name that it could not be sent.
                match wire::status(&mailbox.name, items.iter().copied()) {
                    Ok(_) => {
                        places.push(counted.len());
                        names.push(mailbox.name.clone());
                    }
                    Err(error) => status = Err(error.into()),
                }
            }
            counted.push((mailbox, status));
        }
        let told = self.status_all(names, items.iter().copied()).await?;
        for (place, (_, status)) in places.into_iter().zip(told) {
            if let Some((_, counted)) = counted.get_mut(place) {
                *counted = status.map(Some);
            }
        }
        Ok(counted)
    }
}
