//! Watches several mailboxes by NOTIFY.

use std::time::{Duration, Instant};

use imapclient_codec::{
    Needs,
    command::{self, Notify},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::Ask,
    connection::Connection,
    error::{Error, Result},
    idle::Idle,
    kept::Kept,
    updates::Update,
};

/// A NOTIFY in force (RFC 5465), created by [`Client::notify`].
///
/// It borrows the client, so no other command can be sent meanwhile, and no sequence number can be
/// used while messages disappear. It can be dropped at any time; the next command first ends the
/// NOTIFY, so that its reports are not taken for answers.
///
/// While a caller waits, the connection is kept alive by IDLE, or by NOOP if the server does not
/// support that, at the interval of [`Builder::idle_renewal`](crate::Builder::idle_renewal). So a
/// dead connection is noticed, and the server can report removed messages of the selected mailbox.
#[derive(Debug)]
pub struct Watch<'a, S> {
    idle: Idle<'a, S>,
}

impl<S: Socket> Client<S> {
    /// Lets the server report changes in several mailboxes as they happen. `NOTIFY`, RFC 5465.
    ///
    /// Needs a login and the capability `NOTIFY`. The changes of the selected mailbox are always
    /// reported, in the form of [`Notify::selected_as_usual`]; those of others are
    /// [`Update::MailboxStatus`], [`Update::Listed`] and [`Update::Metadata`]. Changes that happen
    /// before the server has accepted the command are not reported: [`Notify::status`] asks for the
    /// state of each mailbox at that moment. Data of new messages that exceed
    /// [`Limits::literal`](crate::Limits::literal) are an [`Update::Malformed`]; fetch them instead.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Notify, NotifyEvent, Scope, Update};
    ///
    /// let events = [NotifyEvent::new_messages(), NotifyEvent::MessageExpunge];
    /// let news = Notify::new().on(Scope::Mailboxes(vec!["Archive".into()]), events);
    /// let mut watch = client.notify(&news).await?;
    /// match watch.next().await? {
    ///     Update::MailboxStatus(status) => println!("{:?}", status.messages),
    ///     other => println!("{other:?}"),
    /// }
    /// watch.done().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing); [`Error::Invalid`](crate::Error::Invalid) for
    /// events that cannot be combined and for names that cannot be sent;
    /// [`Error::Refused`](crate::Error::Refused) with the code
    /// [`BadEvent`](crate::Code::BadEvent), which has the events that the server supports, if it
    /// does not support one of these, and with
    /// [`NotificationOverflow`](crate::Code::NotificationOverflow) if it does not watch so many
    /// mailboxes. After a refusal nothing is watched; [`idle_or_poll`](Self::idle_or_poll) watches
    /// the selected mailbox.
    pub async fn notify(&mut self, events: &Notify) -> Result<Watch<'_, S>> {
        let outgoing = command::notify(&events.clone().selected_as_usual())?;
        self.meet("NOTIFY", outgoing.needs()).await?;
        let limit = self.connection().command_limit();
        self.connection_mut().allow_notify();
        // The needs are met.
        let ask = Ask::to(outgoing).needing(Needs::nothing());
        self.run_settled(&mut Kept::default(), ask, limit).await?;
        Ok(Watch {
            idle: Idle::beside_notify(self),
        })
    }
}

impl<S: Socket> Watch<'_, S> {
    /// Waits for the next update, without a time limit.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Notify, NotifyEvent, Scope};
    ///
    /// let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
    /// let mut watch = client.notify(&news).await?;
    /// println!("{:?}", watch.next().await?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection, also if it died without notice;
    /// [`Error::NotificationOverflow`] if the server has stopped to report changes: compare the
    /// mailboxes with what is known of them, and watch them again or in another way.
    pub async fn next(&mut self) -> Result<Update> {
        loop {
            if let Some(update) = self.update()? {
                return Ok(update);
            }
            self.step(None).await?;
        }
    }

    /// Waits for the next update. Returns `None` if there is none within this time.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::time::Duration;
    ///
    /// use imapclient::{Notify, NotifyEvent, Scope};
    ///
    /// let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
    /// let mut watch = client.notify(&news).await?;
    /// if let Some(update) = watch.next_timeout(Duration::from_secs(60)).await? {
    ///     println!("{update:?}");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`next`](Self::next).
    pub async fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Update>> {
        let until = Connection::<S>::from_now(timeout);
        loop {
            if let Some(update) = self.update()? {
                return Ok(Some(update));
            }
            if !self.step(until).await? {
                return Ok(None);
            }
        }
    }

    /// Ends the watch: from then on the server reports the changes of the selected mailbox, as it
    /// does without NOTIFY. The last updates are in [`Client::updates`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Notify, NotifyEvent, Scope};
    ///
    /// let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
    /// let watch = client.notify(&news).await?;
    /// watch.done().await?;
    /// println!("{} updates", client.updates().count());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection; [`Error::Refused`](crate::Error::Refused) if the
    /// server does not end its reports.
    pub async fn done(mut self) -> Result<()> {
        self.idle.finish().await?;
        let connection = self.idle.connection();
        let limit = connection.command_limit();
        connection.settle(u64::MAX, limit).await.map(drop)
    }

    /// Returns the next update that has arrived.
    fn update(&mut self) -> Result<Option<Update>> {
        let connection = self.idle.connection();
        match connection.next_update() {
            Some(Update::NotificationOverflow) => Err(Error::NotificationOverflow),
            None if connection.has_overflowed() => Err(Error::NotificationOverflow),
            update => Ok(update),
        }
    }

    /// Waits for one thing to happen. Returns `false` if nothing did before `until`.
    async fn step(&mut self, until: Option<Instant>) -> Result<bool> {
        match self.idle.step(until).await {
            Err(error) => self.idle.fall_back(error).map(|()| true),
            stepped => stepped,
        }
    }
}
