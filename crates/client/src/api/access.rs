//! Access control lists and quotas.

use imapclient_codec::{
    Acl, ListRights, MailboxName, MyRights, Quota, Response, Rights,
    command::{self as wire, RightsChange},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Ask, about, given},
    error::Result,
    quotas::MailboxQuotas,
};

impl<S: Socket> Client<S> {
    /// Returns the access control list of a mailbox: the rights of each user. `GETACL`, RFC 4314
    /// §3.3.
    ///
    /// Needs a login, the capability `ACL`, and the right to administer the mailbox.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// for (who, rights) in client.get_acl("Archive").await?.entries {
    ///     println!("{who}: {rights}");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    #[doc(alias = "getacl")]
    pub async fn get_acl(&mut self, mailbox: impl Into<MailboxName>) -> Result<Acl> {
        let name = mailbox.into();
        let answer = self
            .run(Ask::for_answer(
                wire::get_acl(&name)?,
                about!(Acl, mailbox == name),
            ))
            .await?;
        given("GETACL", answer)
    }

    /// Grants a user rights in a mailbox, or removes some. `SETACL`, RFC 4314 §3.1.
    ///
    /// Needs a login, the capability `ACL`, and the right to administer the mailbox. The rights of
    /// an identifier that begins with `-` are denied.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Rights, RightsChange};
    ///
    /// let change = RightsChange::Add(Rights::LOOKUP | Rights::READ);
    /// client.set_acl("Archive", "fred", change).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    #[doc(alias = "setacl")]
    pub async fn set_acl(
        &mut self,
        mailbox: impl Into<MailboxName>,
        identifier: &str,
        change: RightsChange,
    ) -> Result<()> {
        let name = mailbox.into();
        self.run(Ask::to(wire::set_acl(&name, identifier, change)?))
            .await
    }

    /// Removes the entry of a user from the access control list of a mailbox. `DELETEACL`, RFC 4314
    /// §3.2.
    ///
    /// Needs a login, the capability `ACL`, and the right to administer the mailbox.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # use imapclient::{Rights, RightsChange};
    /// # client.set_acl("Archive", "fred", RightsChange::Add(Rights::READ)).await?;
    /// client.delete_acl("Archive", "fred").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    pub async fn delete_acl(
        &mut self,
        mailbox: impl Into<MailboxName>,
        identifier: &str,
    ) -> Result<()> {
        let name = mailbox.into();
        self.run(Ask::to(wire::delete_acl(&name, identifier)?))
            .await
    }

    /// Returns the rights that a user can be granted in a mailbox. `LISTRIGHTS`, RFC 4314 §3.4.
    ///
    /// Needs a login, the capability `ACL`, and the right to administer the mailbox.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let rights = client.list_rights("Archive", "fred").await?;
    /// println!("always {}, and any of {:?}", rights.required, rights.optional);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    pub async fn list_rights(
        &mut self,
        mailbox: impl Into<MailboxName>,
        identifier: &str,
    ) -> Result<ListRights> {
        let name = mailbox.into();
        let answer = self
            .run(Ask::for_answer(
                wire::list_rights(&name, identifier)?,
                about!(ListRights, mailbox == name),
            ))
            .await?;
        given("LISTRIGHTS", answer)
    }

    /// Returns the rights of the logged-in user in a mailbox. `MYRIGHTS`, RFC 4314 §3.5.
    ///
    /// Needs a login and the capability `ACL`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Rights;
    ///
    /// if client.my_rights("Archive").await?.contains(Rights::INSERT) {
    ///     println!("messages can be put there");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    pub async fn my_rights(&mut self, mailbox: impl Into<MailboxName>) -> Result<Rights> {
        let name = mailbox.into();
        let answer: Option<MyRights> = self
            .run(Ask::for_answer(
                wire::my_rights(&name)?,
                about!(MyRights, mailbox == name),
            ))
            .await?;
        Ok(given("MYRIGHTS", answer)?.rights)
    }

    /// Returns the usage and the limits of a quota root. `GETQUOTA`, RFC 9208 §4.1.1.
    ///
    /// Needs a login and the capability `QUOTA`. [`quota_root`](Self::quota_root) returns the roots
    /// of a mailbox.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # let root = client.quota_root("INBOX").await?.roots.remove(0);
    /// # let root = root.as_str();
    /// let quota = client.quota(root).await?;
    /// if let Some(storage) = quota.resource("STORAGE") {
    ///     println!("{} KiB of {:?}", storage.usage, storage.limit);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    #[doc(alias = "get_quota")]
    pub async fn quota(&mut self, root: &str) -> Result<Quota> {
        let answer = self
            .run(Ask::for_answer(
                wire::get_quota(root)?,
                about!(Quota, root == root),
            ))
            .await?;
        given("GETQUOTA", answer)
    }

    /// Returns the quota roots of a mailbox, and their quotas. `GETQUOTAROOT`, RFC 9208 §4.1.2.
    ///
    /// Needs a login and the capability `QUOTA`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let found = client.quota_root("INBOX").await?;
    /// println!("{:?}: {:?}", found.roots, found.quotas);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    #[doc(alias = "get_quota")]
    #[doc(alias = "get_quota_root")]
    pub async fn quota_root(&mut self, mailbox: impl Into<MailboxName>) -> Result<MailboxQuotas> {
        let name = mailbox.into();
        let outgoing = wire::get_quota_root(&name)?;
        let accept = |(roots, quotas): &mut (Option<_>, Vec<_>), response| {
            match response {
                Response::QuotaRoot(answer) => *roots = Some(answer),
                Response::Quota(quota) => quotas.push(quota),
                other => return Some(other),
            }
            None
        };
        let (roots, quotas) = self.run(Ask::for_answer(outgoing, accept)).await?;
        Ok(MailboxQuotas::of(given("GETQUOTAROOT", roots)?, quotas))
    }

    /// Sets these limits of a quota root and removes all others. Returns the resulting quota, if
    /// the server sends it. `SETQUOTA`, RFC 9208 §4.1.3.
    ///
    /// Needs a login, the capability `QUOTA`, and usually the rights of an administrator. Limits of
    /// `STORAGE` are in KiB (1024 bytes).
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # let root = client.quota_root("INBOX").await?.roots.remove(0);
    /// # let root = root.as_str();
    /// client.set_quota(root, [("STORAGE", 1_000_000)]).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused),
    /// [`Error::Invalid`](crate::Error::Invalid) for limits beyond 2^63.
    pub async fn set_quota(
        &mut self,
        root: &str,
        limits: impl IntoIterator<Item = (impl AsRef<str>, u64)>,
    ) -> Result<Option<Quota>> {
        let limits = limits.into_iter();
        let limits: Vec<_> = limits
            .map(|(name, limit)| (name.as_ref().to_owned(), limit))
            .collect();
        let limits = limits.iter().map(|(name, limit)| (name.as_str(), *limit));
        let outgoing = wire::set_quota(root, limits)?;
        self.run(Ask::for_answer(outgoing, about!(Quota, root == root)))
            .await
    }
}
