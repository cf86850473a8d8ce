//! Lists, changes and opens mailboxes.

use imapclient_codec::{
    Attribute, InvalidArgument, ListedMailbox, MailboxName, MailboxStatus, Needs,
    command::{self as wire, ListOptions, StatusItem},
};
use imapclient_engine::Mailbox;
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Ask, List, Select, each},
    error::{Error, Result},
    listing::Listing,
};

impl<S: Socket> Client<S> {
    /// Lists the mailboxes whose name, after `reference`, matches `pattern`: `*` matches anything,
    /// `%` anything within one level. `LIST`, RFC 9051 §6.3.9.
    ///
    /// Needs a login.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// for mailbox in client.list("", "*").await? {
    ///     println!("{}", mailbox.name);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    #[doc(alias = "list_folders")]
    pub async fn list(&mut self, reference: &str, pattern: &str) -> Result<Vec<ListedMailbox>> {
        self.run(Ask::for_answer(wire::list(reference, pattern), each!(List)))
            .await
    }

    /// Lists mailboxes with options: other choices of mailboxes, several patterns, and data about
    /// each mailbox in the same round trip. `LIST`, RFC 5258.
    ///
    /// Needs a login, and for each option the capability that its method of [`ListOptions`] names.
    /// The server leaves out the data of mailboxes that cannot be opened.
    /// [`list_status`](Self::list_status) also works on servers without these capabilities.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{ListOptions, StatusItem};
    ///
    /// let options = ListOptions::new("", "*")
    ///     .only_subscribed()
    ///     .with_status([StatusItem::Unseen])
    ///     .with_my_rights();
    /// for listing in client.list_with(options).await? {
    ///     println!("{}: {:?}", listing.mailbox.name, listing.rights);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing) for an option that the server does not offer, and
    /// [`Error::Invalid`](crate::Error::Invalid) for one that cannot be sent, before anything is
    /// sent; [`Error::Refused`](crate::Error::Refused), and those of the connection.
    pub async fn list_with(&mut self, options: ListOptions) -> Result<Vec<Listing>> {
        self.run(List::new(&options)?).await
    }

    /// Lists the mailboxes whose name matches, as in [`list`](Self::list), with the status of each.
    /// `LIST` with `STATUS`, RFC 5819.
    ///
    /// Needs a login. Takes one round trip if the server offers `LIST-STATUS` and `LIST-EXTENDED`.
    /// Otherwise, and if it refuses that form, the mailboxes are listed, and then asked for as by
    /// [`status_all`](Self::status_all), as is each mailbox that the server has left out.
    ///
    /// The status of a mailbox that cannot be opened is `None`. Items that the server does not
    /// support are left out, as [`status`](Self::status) does.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::StatusItem;
    ///
    /// for (mailbox, status) in client.list_status("", "*", [StatusItem::Unseen]).await? {
    ///     match status {
    ///         Ok(Some(status)) => println!("{}: {:?} unread", mailbox.name, status.unseen),
    ///         Ok(None) => println!("{}", mailbox.name),
    ///         Err(error) => println!("{}: {error}", mailbox.name),
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) if the server refuses to list the mailboxes,
    /// [`Error::Invalid`](crate::Error::Invalid) without items, and those of the connection. The
    /// reason for which the server returns no status of a mailbox is the result of that mailbox.
    #[doc(alias = "list_folders")]
    #[doc(alias = "folder_status")]
    pub async fn list_status(
        &mut self,
        reference: &str,
        pattern: &str,
        items: impl IntoIterator<Item = impl Into<StatusItem>>,
    ) -> Result<Vec<(ListedMailbox, Result<Option<MailboxStatus>>)>> {
        let items: Vec<StatusItem> = items.into_iter().map(Into::into).collect();
        // Nothing is sent if the items are not valid.
        wire::status(&"INBOX".into(), items.iter().copied())?;
        self.list_counted(reference, pattern, &items).await
    }

    /// Lists the subscribed mailboxes whose name matches, as in [`list`](Self::list). `LSUB`, RFC
    /// 3501 §6.3.9.
    ///
    /// Needs a login. A mailbox that no longer exists may still be subscribed; one with
    /// `\\Noselect` is not subscribed itself, but has subscribed mailboxes below it.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// for mailbox in client.lsub("", "*").await? {
    ///     println!("{}", mailbox.name);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    #[doc(alias = "list_sub_folders")]
    pub async fn lsub(&mut self, reference: &str, pattern: &str) -> Result<Vec<ListedMailbox>> {
        self.run(Ask::for_answer(wire::lsub(reference, pattern), each!(Lsub)))
            .await
    }

    /// Does the same as [`list`](Self::list), with Gmail's old attributes for special uses.
    /// `XLIST`, which the special-use attributes of LIST (RFC 6154) have replaced.
    ///
    /// Needs a login and the capability `XLIST`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_gmail!(async |mut client| {
    /// for mailbox in client.xlist("", "*").await? {
    ///     println!("{}: {:?}", mailbox.name, mailbox.attributes);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    #[doc(alias = "xlist_folders")]
    pub async fn xlist(&mut self, reference: &str, pattern: &str) -> Result<Vec<ListedMailbox>> {
        self.run(Ask::for_answer(
            wire::xlist(reference, pattern),
            each!(List),
        ))
        .await
    }

    /// Finds the mailbox for a special use: `Attribute::Sent`, `Drafts`, `Trash`, `Junk`,
    /// `Archive`, `All` or `Flagged`.
    ///
    /// Needs a login. The attributes that the server reports decide (RFC 6154, or the older
    /// `XLIST`, or a plain LIST). If there are none, the first existing mailbox with a usual name
    /// is returned: `Sent`, `Sent Items`, `Trash`, `Deleted Items`, `Spam` and so on, below the
    /// personal namespaces.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Attribute;
    ///
    /// let sent = client.find_special_mailbox(Attribute::Sent).await?;
    /// assert_eq!(sent, Some("Sent".into()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    #[doc(alias = "find_special_folder")]
    pub async fn find_special_mailbox(
        &mut self,
        special: Attribute,
    ) -> Result<Option<MailboxName>> {
        self.special(special).await
    }

    /// Returns whether there is a mailbox with this name. Wildcards in the name are taken
    /// literally.
    ///
    /// Needs a login.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// assert!(client.mailbox_exists("Archive").await?);
    /// assert!(!client.mailbox_exists("Arch%").await?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), [`Error::Invalid`](crate::Error::Invalid) for an
    /// empty name, and those of the connection.
    #[doc(alias = "folder_exists")]
    pub async fn mailbox_exists(&mut self, mailbox: impl Into<MailboxName>) -> Result<bool> {
        let name = mailbox.into();
        if name.as_str().is_empty() {
            // For an empty name, servers return their root and hierarchy delimiter (RFC 9051
            // §6.3.9).
            return Err(InvalidArgument::new("mailbox name", "it must not be empty").into());
        }
        // Some servers do not find it in lower case.
        let asked = if name.is_inbox() {
            MailboxName::from("INBOX")
        } else {
            name.clone()
        };
        let list = Ask::for_answer(wire::list_name(&asked)?, each!(List));
        let found: Vec<ListedMailbox> = self.run(list).await?;
        Ok(found
            .iter()
            .any(|list| list.name == name && !list.has(&Attribute::NonExistent)))
    }

    /// Creates a mailbox. `CREATE`, RFC 9051 §6.3.4.
    ///
    /// Needs a login.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.create("Entwürfe").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `ALREADYEXISTS` if the server
    /// says so.
    #[doc(alias = "create_folder")]
    pub async fn create(&mut self, mailbox: impl Into<MailboxName>) -> Result<()> {
        let name = mailbox.into();
        self.run(Ask::to(wire::create(&name)?)).await
    }

    /// Deletes a mailbox and the messages in it. `DELETE`, RFC 9051 §6.3.5.
    ///
    /// Needs a login.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.delete("Old stuff").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` or `HASCHILDREN`
    /// if the server says so.
    #[doc(alias = "delete_folder")]
    pub async fn delete(&mut self, mailbox: impl Into<MailboxName>) -> Result<()> {
        let name = mailbox.into();
        self.run(Ask::to(wire::delete(&name)?)).await
    }

    /// Renames a mailbox, including those below it. `RENAME`, RFC 9051 §6.3.6.
    ///
    /// Needs a login. Renaming INBOX moves its messages and leaves it empty. Any other mailbox that
    /// is selected stays selected under its new name; if it is below the renamed one, its new name
    /// is known if the server has reported the hierarchy delimiter in a LIST or NAMESPACE response.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.rename("Old stuff", "Archive/Old stuff").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` or `ALREADYEXISTS`
    /// if the server says so.
    #[doc(alias = "rename_folder")]
    pub async fn rename(
        &mut self,
        from: impl Into<MailboxName>,
        to: impl Into<MailboxName>,
    ) -> Result<()> {
        let (from, to) = (from.into(), to.into());
        self.run(Ask::to(wire::rename(&from, &to)?)).await
    }

    /// Subscribes to a mailbox, which adds it to those that the user wants to see. `SUBSCRIBE`, RFC
    /// 9051 §6.3.7.
    ///
    /// Needs a login.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.subscribe("Archive").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused); some servers accept names that do not exist.
    #[doc(alias = "subscribe_folder")]
    pub async fn subscribe(&mut self, mailbox: impl Into<MailboxName>) -> Result<()> {
        let name = mailbox.into();
        self.run(Ask::to(wire::subscribe(&name)?)).await
    }

    /// Unsubscribes from a mailbox. `UNSUBSCRIBE`, RFC 9051 §6.3.8.
    ///
    /// Needs a login. The mailbox itself is not changed.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.unsubscribe("Archive").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    #[doc(alias = "unsubscribe_folder")]
    pub async fn unsubscribe(&mut self, mailbox: impl Into<MailboxName>) -> Result<()> {
        let name = mailbox.into();
        self.run(Ask::to(wire::unsubscribe(&name)?)).await
    }

    /// Opens a mailbox for reading and writing. `SELECT`, RFC 9051 §6.3.2.
    ///
    /// Needs a login. A mailbox that is already selected is left, even if this fails.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let inbox = client.select("INBOX").await?;
    /// println!("{} messages", inbox.exists);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` if the server says
    /// so.
    #[doc(alias = "select_folder")]
    pub async fn select(&mut self, mailbox: impl Into<MailboxName>) -> Result<Mailbox> {
        self.open(Select::new(wire::select(&mailbox.into(), false)?))
            .await
            .map(|(mailbox, _)| mailbox)
    }

    /// Opens a mailbox read-only, so that no command changes it. `EXAMINE`, RFC 9051 §6.3.3.
    ///
    /// Needs a login. A mailbox that is already selected is left, even if this fails.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let archive = client.examine("Archive").await?;
    /// assert!(archive.read_only);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` if the server says
    /// so.
    #[doc(alias = "select_folder")]
    pub async fn examine(&mut self, mailbox: impl Into<MailboxName>) -> Result<Mailbox> {
        self.open(Select::new(wire::select(&mailbox.into(), true)?))
            .await
            .map(|(mailbox, _)| mailbox)
    }

    /// Returns properties of a mailbox without opening it. `STATUS`, RFC 9051 §6.3.11.
    ///
    /// Needs a login. Do not use this for the selected mailbox, which is in [`state`](Self::state).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::StatusItem::{Messages, Unseen};
    ///
    /// let status = client.status("Archive", [Messages, Unseen]).await?;
    /// println!("{:?} of {:?} unread", status.unseen, status.messages);
    /// # Ok(()) });
    /// ```
    ///
    /// An item that the server does not support is `None` in the result, provided that others were
    /// requested with it: those are then requested again.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) if there is no such mailbox, or all of the items
    /// are refused; [`Error::NoAnswer`](crate::Error::NoAnswer) if the server sends none of them.
    #[doc(alias = "folder_status")]
    pub async fn status(
        &mut self,
        mailbox: impl Into<MailboxName>,
        items: impl IntoIterator<Item = impl Into<StatusItem>>,
    ) -> Result<MailboxStatus> {
        let name = mailbox.into();
        let items: Vec<_> = items.into_iter().map(Into::into).collect();
        self.status_of(&name, &items).await
    }

    /// Leaves the selected mailbox without removing messages. `UNSELECT`, RFC 3691.
    ///
    /// Needs a selected mailbox. If the server does not offer `UNSELECT`, the mailbox is reopened
    /// read-only (`EXAMINE`) and then closed, which does not remove messages either (RFC 9051
    /// §6.4.1).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.unselect().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused); [`Error::Missing`](crate::Error::Missing) if the
    /// server does not offer `UNSELECT` and opens the mailbox for writing in answer to `EXAMINE`.
    #[doc(alias = "unselect_folder")]
    pub async fn unselect(&mut self) -> Result<()> {
        self.meet("UNSELECT", &Needs::mailbox()).await?;
        if !self.capabilities().await?.has("UNSELECT") {
            return self.close_read_only().await;
        }
        self.run(Ask::to(wire::unselect())).await
    }

    /// Removes the messages with `\Deleted` and leaves the selected mailbox. `CLOSE`, RFC 9051
    /// §6.4.1.
    ///
    /// Needs a selected mailbox.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.close().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    #[doc(alias = "close_folder")]
    pub async fn close(&mut self) -> Result<()> {
        self.run(Ask::to(wire::close())).await
    }

    /// Leaves the mailbox by CLOSE after reopening it read-only, so that CLOSE removes nothing.
    async fn close_read_only(&mut self) -> Result<()> {
        if let Some(name) = self.writable() {
            match self.examine(name).await {
                // If the mailbox can no longer be opened, the attempt has left it.
                Err(Error::Refused(_)) if self.state().selected().is_none() => return Ok(()),
                other => other?,
            };
            if self.writable().is_some() {
                return Err(Error::missing(&["UNSELECT"], self.state()));
            }
        }
        self.close().await
    }

    /// Returns the name of the selected mailbox, if CLOSE may remove messages from it.
    fn writable(&self) -> Option<MailboxName> {
        let mailbox = self.state().selected()?;
        (!mailbox.read_only).then(|| mailbox.name.clone())
    }
}
