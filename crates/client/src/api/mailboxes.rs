//! Mailboxes.

use imapclient_codec::{List, MailboxName, MailboxStatus, command::StatusItem};
use imapclient_engine::{Mailbox, Phase};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command,
    command::{Select, Simple, StatusOf, need_mailbox},
    error::{Error, Result, phase_text},
};

impl<S: Socket> Client<S> {
    /// The mailboxes whose name, after `reference`, matches `pattern`: `*` stands for anything,
    /// `%` for anything within one level. `LIST`, RFC 9051 §6.3.9.
    ///
    /// Needs a login.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// for mailbox in client.list("", "*").await? {
    ///     println!("{}", mailbox.name);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    #[doc(alias = "list_folders")]
    pub async fn list(&mut self, reference: &str, pattern: &str) -> Result<Vec<List>> {
        self.run(command::List {
            reference,
            pattern,
            found: Vec::new(),
        })
        .await
    }

    /// Makes a mailbox. `CREATE`, RFC 9051 §6.3.4.
    ///
    /// Needs a login.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.create("Entwürfe").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `ALREADYEXISTS` if the server
    /// says so.
    #[doc(alias = "create_folder")]
    pub async fn create(&mut self, mailbox: impl Into<MailboxName>) -> Result<()> {
        self.run(Simple::Create(mailbox.into())).await
    }

    /// Removes a mailbox and the messages in it. `DELETE`, RFC 9051 §6.3.5.
    ///
    /// Needs a login.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.delete("Old stuff").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` or `HASCHILDREN`
    /// if the server says so.
    #[doc(alias = "delete_folder")]
    pub async fn delete(&mut self, mailbox: impl Into<MailboxName>) -> Result<()> {
        self.run(Simple::Delete(mailbox.into())).await
    }

    /// Opens a mailbox for reading and writing. `SELECT`, RFC 9051 §6.3.2.
    ///
    /// Needs a login. Another mailbox that is open is left, even if this fails.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// let inbox = client.select("INBOX").await?;
    /// println!("{} messages", inbox.exists);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` if the server says
    /// so.
    #[doc(alias = "select_folder")]
    pub async fn select(&mut self, mailbox: impl Into<MailboxName>) -> Result<Mailbox> {
        let name = mailbox.into();
        self.run(Select {
            name,
            read_only: false,
        })
        .await?;
        self.opened("SELECT")
    }

    /// Opens a mailbox for reading: nothing done in it changes it. `EXAMINE`, RFC 9051 §6.3.3.
    ///
    /// Needs a login. Another mailbox that is open is left, even if this fails.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// let archive = client.examine("Archive").await?;
    /// assert!(archive.read_only);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` if the server says
    /// so.
    #[doc(alias = "select_folder")]
    pub async fn examine(&mut self, mailbox: impl Into<MailboxName>) -> Result<Mailbox> {
        let name = mailbox.into();
        self.run(Select {
            name,
            read_only: true,
        })
        .await?;
        self.opened("EXAMINE")
    }

    /// Asks about a mailbox without opening it. `STATUS`, RFC 9051 §6.3.11.
    ///
    /// Needs a login. Not for the mailbox that is open: [`state`](Self::state) knows that one.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// use imapclient::StatusItem::{Messages, Unseen};
    ///
    /// let status = client.status("Archive", &[Messages, Unseen]).await?;
    /// println!("{:?} of {:?} unread", status.unseen, status.messages);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) if there is no such mailbox.
    #[doc(alias = "folder_status")]
    pub async fn status(
        &mut self,
        mailbox: impl Into<MailboxName>,
        items: &[StatusItem],
    ) -> Result<MailboxStatus> {
        self.run(StatusOf {
            name: mailbox.into(),
            items,
            answer: None,
        })
        .await
    }

    /// Leaves the mailbox without removing anything. `UNSELECT`, RFC 3691.
    ///
    /// Needs a selected mailbox and the capability `UNSELECT`.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.unselect().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    #[doc(alias = "unselect_folder")]
    pub async fn unselect(&mut self) -> Result<()> {
        self.ready("UNSELECT", need_mailbox).await?;
        if !self.capabilities().await?.has("IMAP4rev2") {
            self.require("UNSELECT").await?;
        }
        self.run(Simple::Unselect).await
    }

    /// Removes the messages with `\Deleted` and leaves the mailbox. `CLOSE`, RFC 9051 §6.4.1.
    ///
    /// Needs a selected mailbox.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.close().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    #[doc(alias = "close_folder")]
    pub async fn close(&mut self) -> Result<()> {
        self.run(Simple::Close).await
    }

    fn opened(&self, command: &'static str) -> Result<Mailbox> {
        let state = self.state();
        state.selected().cloned().ok_or_else(|| {
            // The server said BYE right behind its OK.
            let is = phase_text(state.phase());
            debug_assert_eq!(state.phase(), Phase::Logout);
            Error::State {
                command,
                needs: "an open connection",
                is,
            }
        })
    }
}
