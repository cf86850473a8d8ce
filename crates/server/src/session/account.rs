//! Commands about the whole account.

use std::io;

use imap_codec::imap_types::{
    ToStatic as _,
    core::{AString, IString, Vec1},
    extensions::{
        enable::CapabilityEnable,
        namespace::Namespace,
        quota::{QuotaGet, QuotaSet, Resource},
        utf8::Utf8Kind,
    },
    mailbox::Mailbox,
    response::Data,
};
use imapclient_loopback::lock;

use super::Session;
use crate::{
    reply::{Outcome, Reply},
    store::StoreError,
};

/// The only quota root, which applies to all mailboxes of an account.
const ROOT: &str = "";

impl Session<'_> {
    /// ENABLE (RFC 5161).
    pub(super) fn enable(&mut self, wanted: &[CapabilityEnable<'_>]) -> Outcome {
        let mut capabilities = Vec::new();
        if wanted.contains(&CapabilityEnable::CondStore) && self.has("CONDSTORE") {
            self.enable_condstore()?;
            capabilities.push(CapabilityEnable::CondStore);
        }
        let qresync = |wanted: &&CapabilityEnable<'_>| {
            let name = wanted.to_string();
            name.eq_ignore_ascii_case("QRESYNC")
        };
        if let Some(qresync) = wanted.iter().find(qresync)
            && self.says("QRESYNC")
            && self.has("CONDSTORE")
        {
            // It includes CONDSTORE (RFC 7162 §3.2.3).
            self.enable_condstore()?;
            self.qresync = true;
            capabilities.push(qresync.to_static());
        }
        let utf8 = CapabilityEnable::Utf8(Utf8Kind::Accept);
        if wanted.contains(&utf8) && self.says("UTF8=ACCEPT") {
            self.names.utf8 = true;
            self.out.utf8 = true;
            capabilities.push(utf8);
        }
        self.out.data(Data::Enabled { capabilities })?;
        Ok(Reply::ok("Enabled what there is."))
    }

    /// NAMESPACE (RFC 2342). All mailboxes are personal.
    pub(super) fn namespace(&mut self) -> Outcome {
        let prefix = IString::try_from("").map_err(io::Error::other)?;
        let delimiter = self.delimiter();
        self.out.data(Data::Namespace {
            personal: vec![Namespace::new(prefix, delimiter)],
            other: Vec::new(),
            shared: Vec::new(),
        })?;
        Ok(Reply::ok("That is it."))
    }

    /// GETQUOTA (RFC 9208 §4.2).
    pub(super) fn get_quota(&mut self, root: &[u8]) -> Outcome {
        check_root(root)?;
        self.tell_quota()?;
        Ok(Reply::ok("That is it."))
    }

    /// GETQUOTAROOT (RFC 9208 §4.3).
    pub(super) fn get_quota_root(&mut self, mailbox: &Mailbox<'_>) -> Outcome {
        let name = self.decode(mailbox)?;
        let status = lock(&self.shared.store).status(self.account_id()?, &name);
        match status {
            Ok(_) | Err(StoreError::NotSelectable) => {}
            Err(error) => return Err(error.into()),
        }
        let root = AString::try_from(ROOT).map_err(io::Error::other)?;
        let mailbox = self.encode(&name)?;
        self.out.data(Data::QuotaRoot {
            mailbox,
            roots: vec![root],
        })?;
        self.tell_quota()?;
        Ok(Reply::ok("That is it."))
    }

    /// SETQUOTA (RFC 9208 §4.4). Users may set their own quota here.
    pub(super) fn set_quota(&mut self, root: &[u8], quotas: &[QuotaSet<'_>]) -> Outcome {
        check_root(root)?;
        let id = self.account_id()?;
        let mut store = lock(&self.shared.store);
        let mut quota = super::super::store::Quota::default();
        for QuotaSet { resource, limit } in quotas {
            match resource {
                Resource::Storage => quota.storage = Some(*limit),
                Resource::Message => quota.messages = Some(*limit),
                _ => return Err(Reply::no("That cannot be limited.").into()),
            }
        }
        store.set_quota(id, quota);
        drop(store);
        self.tell_quota()?;
        Ok(Reply::ok("Set."))
    }

    fn tell_quota(&mut self) -> Outcome<()> {
        let id = self.account_id()?;
        let store = lock(&self.shared.store);
        let (quota, usage) = (store.quota(id), store.usage(id));
        drop(store);
        let storage = quota
            .storage
            .map(|limit| QuotaGet::new(Resource::Storage, usage.storage(), limit));
        let messages = quota
            .messages
            .map(|limit| QuotaGet::new(Resource::Message, usage.messages, limit));
        let quotas: Vec<_> = storage.into_iter().chain(messages).collect();
        match Vec1::try_from(quotas) {
            Ok(quotas) => {
                let root = AString::try_from(ROOT).map_err(io::Error::other)?;
                self.out.data(Data::Quota { root, quotas })?;
            }
            // imap-codec cannot write a response without limits.
            Err(_) => self.out.line(b"* QUOTA \"\" ()")?,
        }
        Ok(())
    }
}

fn check_root(root: &[u8]) -> Outcome<()> {
    if root == ROOT.as_bytes() {
        return Ok(());
    }
    Err(StoreError::NonExistent.into())
}
