//! Opens mailboxes with knowledge of their earlier state.

use imapclient_codec::{MailboxName, command::SelectOptions};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    error::Result,
    resync::{Known, Resync, Selected},
};

impl<S: Socket> Client<S> {
    /// Opens a mailbox with options: read-only, with modification sequences, or with the changes
    /// since an earlier state. `SELECT` and `EXAMINE` with `CONDSTORE` and `QRESYNC`, RFC 7162
    /// §3.1.8, §3.2.5.
    ///
    /// Needs a login, and for each option the capability that its method of [`SelectOptions`]
    /// names. A mailbox that is already selected is left, even if this fails. For
    /// [`SelectOptions::qresync`] the extension is enabled first, which also needs the capability
    /// `ENABLE`; from then on the server reports removed messages by UID
    /// ([`Vanished`](crate::Update::Vanished)). [`resync`](Self::resync) does all this
    /// where it is supported, and finds the changes in other ways elsewhere.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::SelectOptions;
    ///
    /// let options = SelectOptions::new().read_only().condstore();
    /// let selected = client.select_with("INBOX", options).await?;
    /// println!("{:?}", selected.mailbox.highest_modseq);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing) for an option that the server does not offer, and
    /// [`Error::Invalid`](crate::Error::Invalid) for one that cannot be sent, before anything is
    /// sent; [`Error::NoAnswer`](crate::Error::NoAnswer) if the server says OK to ENABLE without
    /// having enabled QRESYNC, as iCloud does; [`Error::Refused`](crate::Error::Refused).
    pub async fn select_with(
        &mut self,
        mailbox: impl Into<MailboxName>,
        options: SelectOptions,
    ) -> Result<Selected> {
        self.open_with(&mailbox.into(), &options).await
    }

    /// Opens a mailbox, and returns its differences from a state that the caller has kept: the
    /// messages that have vanished, those that have arrived, and the flags of those that have
    /// changed.
    ///
    /// Needs a login. A mailbox that is already selected is left, even if this fails. With
    /// `QRESYNC` (RFC 7162) it takes one round trip, with `CONDSTORE` the changes of flags are
    /// fetched, and otherwise the UIDs and flags of all messages are. The result is the same,
    /// except for [`Resync::flags`] and the time that it takes. The number of messages is checked,
    /// so that all messages are looked at if the server reports too few changes.
    ///
    /// Changes that other clients make meanwhile are in [`updates`](Self::updates), and also found
    /// by the next call.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Known, UidSet};
    ///
    /// // No message is known yet.
    /// let mut known = Known::new(1, UidSet::new());
    /// let news = client.resync("INBOX", &known).await?;
    /// println!("arrived: {}, vanished: {}", news.arrived, news.vanished);
    /// if let Some(now) = news.known() {
    ///     known = now;
    /// }
    /// # drop(known);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `NONEXISTENT` if the server says
    /// so; [`Error::Invalid`](crate::Error::Invalid) for known UIDs with a `*`; those of
    /// [`fetch`](Self::fetch).
    pub async fn resync(
        &mut self,
        mailbox: impl Into<MailboxName>,
        known: &Known,
    ) -> Result<Resync> {
        self.resynchronise(&mailbox.into(), known).await
    }
}
