//! Uploads messages.

use imapclient_codec::{
    AppendLimit, AppendUid, InvalidArgument, MailboxName, Needs, StatusKind, UidSet,
    command::{self as wire, Append, StatusItem},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command,
    done::{Done, distinct, in_short},
    error::{Error, Result},
    workaround::Workaround,
};

/// Upper bound on the number of mailboxes whose limits are kept.
const MOST_LIMITS: usize = 100;

impl<S: Socket> Client<S> {
    /// Uploads a message. `APPEND`, RFC 9051 §6.3.12.
    ///
    /// Needs a login and no extension. The lines of the message must end in CRLF; it is sent
    /// unchanged. Returns the UID of the new message, or `None` if the server said OK and sent no
    /// plausible UID, which requires `UIDPLUS` (RFC 4315).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Append, Flag};
    ///
    /// let draft = Append::from("Subject: hi\r\n\r\nHello\r\n").flags([Flag::Draft]);
    /// client.append("Drafts", draft).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `TRYCREATE` if the mailbox must be
    /// created first, or `OVERQUOTA`; [`Error::AppendLimit`](crate::Error::AppendLimit), before
    /// anything is uploaded, if the message has more bytes than the server accepts (RFC 7889).
    /// After any error, [`Error::outcome`](crate::Error::outcome) returns whether the server may
    /// have stored the message all the same, in which case repeating the call may store it twice.
    pub async fn append(
        &mut self,
        mailbox: impl Into<MailboxName>,
        message: impl Into<Append>,
    ) -> Result<Option<AppendUid>> {
        self.append_all(mailbox, [message]).await
    }

    /// Uploads several messages in order: by one `APPEND` if the server has `MULTIAPPEND` (RFC
    /// 3502), otherwise by one for each (RFC 9051 §6.3.12).
    ///
    /// Needs a login and no extension. Returns the UIDs of the new messages in order, or `None`
    /// unless the server sent one for each of them, which requires `UIDPLUS` (RFC 4315). If there
    /// are no messages, nothing is sent, and this is not an error.
    ///
    /// Without `MULTIAPPEND`, the first messages stay stored if a later one fails. To store all or
    /// none, use [`append_all_or_none`](Self::append_all_or_none).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Append, Flag};
    ///
    /// let messages = [
    ///     Append::from("Subject: one\r\n\r\n").flags([Flag::Seen]),
    ///     Append::from("Subject: two\r\n\r\n"),
    /// ];
    /// client.append_all("Archive", messages).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of [`append`](Self::append). If some messages were stored before,
    /// [`Error::done`](crate::Error::done) returns how many and under which UIDs; an error other
    /// than a refusal is then [`Error::Partly`](crate::Error::Partly). Sizes are checked before the
    /// first message is uploaded.
    pub async fn append_all<M: Into<Append>>(
        &mut self,
        mailbox: impl Into<MailboxName>,
        messages: impl IntoIterator<Item = M>,
    ) -> Result<Option<AppendUid>> {
        let name = mailbox.into();
        let messages: Vec<Append> = messages.into_iter().map(Into::into).collect();
        if messages.is_empty() {
            return Ok(None);
        }
        self.begin_steps();
        self.meet("APPEND", &Needs::login()).await?;
        self.check_append_limits(&name, &messages).await?;
        if messages.len() > 1 && self.capabilities().await?.has("MULTIAPPEND") {
            return self.append_at_once(&name, &messages).await;
        }
        // Find a message that cannot be sent before the ones in front of it are stored.
        wire::append_all(&name, &messages)?;
        let told = self.append_one_by_one(&name, &messages).await;
        self.end_steps(told)
    }

    /// Uploads several messages, all or none: if one cannot be stored, none is. `APPEND`, RFC 3502.
    ///
    /// Needs a login and the capability `MULTIAPPEND`, which few of the big providers have;
    /// [`append_all`](Self::append_all) works without it. Returns the UIDs of the new messages in
    /// order, or `None` if the server did not send them. If there are no messages, nothing is sent,
    /// and this is not an error.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let halves = ["Subject: 1 of 2\r\n\r\n", "Subject: 2 of 2\r\n\r\n"];
    /// client.append_all_or_none("Archive", halves).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// The errors of [`append`](Self::append), and [`Error::Missing`](crate::Error::Missing)
    /// without `MULTIAPPEND`.
    #[doc(alias = "multiappend")]
    pub async fn append_all_or_none<M: Into<Append>>(
        &mut self,
        mailbox: impl Into<MailboxName>,
        messages: impl IntoIterator<Item = M>,
    ) -> Result<Option<AppendUid>> {
        let name = mailbox.into();
        let messages: Vec<Append> = messages.into_iter().map(Into::into).collect();
        if messages.is_empty() {
            return Ok(None);
        }
        self.begin_steps();
        let needs = Needs::login().capability("MULTIAPPEND");
        self.meet("APPEND", &needs).await?;
        self.check_append_limits(&name, &messages).await?;
        self.append_at_once(&name, &messages).await
    }

    async fn append_one_by_one(
        &mut self,
        name: &MailboxName,
        messages: &[Append],
    ) -> Result<Option<AppendUid>> {
        let mut told = Vec::new();
        for message in messages.chunks(1) {
            let uids = self.append_at_once(name, message).await?;
            told.push(uids.clone());
            self.did(Done::Appended { messages: 1, uids });
        }
        Ok(joined(told))
    }

    async fn append_at_once(
        &mut self,
        name: &MailboxName,
        messages: &[Append],
    ) -> Result<Option<AppendUid>> {
        self.run(command::Append::new(name.clone(), messages)?)
            .await
    }

    async fn check_append_limits(&mut self, name: &MailboxName, messages: &[Append]) -> Result<()> {
        let sizes: Vec<u64> = messages.iter().map(Append::size).collect();
        let is_valid = || wire::append_all(name, messages).map(drop);
        self.check_append_limit(name, &sizes, &is_valid).await
    }

    /// Fails if a message has more bytes than the server accepts, so that it is not uploaded in
    /// vain. `is_valid` fails if the messages cannot be sent.
    pub(crate) async fn check_append_limit(
        &mut self,
        name: &MailboxName,
        sizes: &[u64],
        is_valid: &(impl Fn() -> Result<(), InvalidArgument> + Sync),
    ) -> Result<()> {
        let check = |limit: Option<u64>| {
            let mut all = sizes.iter().copied().enumerate();
            let too_large = limit.and_then(|limit| {
                let (index, size) = all.find(|(_, size)| *size > limit)?;
                Some(Error::AppendLimit { index, size, limit })
            });
            too_large.map_or(Ok(()), Err)
        };
        let told = self
            .peer()
            .append_limits
            .iter()
            .find(|(told, _)| told == name);
        match told {
            Some((_, limit)) if check(*limit).is_ok() => Ok(()),
            // A limit that would be exceeded may have been raised.
            _ => check(self.append_limit(name, is_valid).await?),
        }
    }

    /// Returns the server's limit on the size of a message for this mailbox, as far as it is known
    /// or can be asked for.
    pub(crate) async fn known_append_limit(&mut self, name: &MailboxName) -> Result<Option<u64>> {
        let limits = &self.peer().append_limits;
        match limits.iter().find(|(known, _)| known == name) {
            Some((_, limit)) => Ok(*limit),
            None => self.append_limit(name, &|| Ok(())).await,
        }
    }

    /// Returns the server's limit on the size of a message for this mailbox (RFC 7889), if it sends
    /// one: in its capability `APPENDLIMIT=n`, or in STATUS if the capability has no number.
    async fn append_limit(
        &mut self,
        name: &MailboxName,
        is_valid: &(impl Fn() -> Result<(), InvalidArgument> + Sync),
    ) -> Result<Option<u64>> {
        let capabilities = self.capabilities().await?;
        let announced = capabilities.iter().find_map(|capability| {
            let (announced, limit) = capability.split_once('=')?;
            let limit = announced
                .eq_ignore_ascii_case("APPENDLIMIT")
                .then_some(limit)?;
            limit.parse().ok()
        });
        let item = StatusItem::AppendLimit;
        let is_refused = self.peer().workarounds.status_items.contains(&item);
        if announced.is_some() || is_refused || !capabilities.has("APPENDLIMIT") {
            return Ok(announced);
        }
        // If a message cannot be sent, there is no need to ask the server.
        is_valid()?;
        let told = match self.status(name.clone(), &[item]).await {
            Ok(status) => match status.append_limit {
                Some(AppendLimit::Bytes(limit)) => Some(limit),
                _ => None,
            },
            // The server does not know the item that it has announced.
            Err(error) if error.is_unsupported() && is_bad(&error) => {
                self.peer_mut().workarounds.status_items.push(item);
                self.note(Workaround::StatusItemRefused);
                return Ok(None);
            }
            // All other problems, such as a missing mailbox, are left to the APPEND.
            Err(Error::Refused(_)) => return Ok(None),
            Err(Error::NoAnswer { .. } | Error::Unreadable { .. }) => None,
            Err(error) => return Err(error),
        };
        let limits = &mut self.peer_mut().append_limits;
        limits.retain(|(known, _)| known != name);
        if limits.len() >= MOST_LIMITS {
            limits.pop_front();
        }
        limits.push_back((name.clone(), told));
        Ok(told)
    }
}

/// Returns whether the server answered BAD.
fn is_bad(error: &Error) -> bool {
    matches!(error, Error::Refused(refused) if refused.kind == StatusKind::Bad)
}

/// Joins the UIDs from several APPENDs, if each of them sent another UID of the same mailbox.
fn joined(told: Vec<Option<AppendUid>>) -> Option<AppendUid> {
    let told: Vec<AppendUid> = told.into_iter().collect::<Option<_>>()?;
    let messages = told.len() as u64;
    let uid_validity = told.first()?.uid_validity;
    if told.iter().any(|one| one.uid_validity != uid_validity) {
        return None;
    }
    let uids = told.into_iter().fold(UidSet::new(), |mut all, one| {
        all.append(one.uids);
        all
    });
    let uids = in_short(uids);
    (distinct(&uids) == Some(messages)).then_some(AppendUid { uid_validity, uids })
}
