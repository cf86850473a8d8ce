//! Commands about whole mailboxes.

use std::{borrow::Cow, sync::Arc};

use imap_codec::imap_types::{
    command::SelectParameter,
    mailbox::Mailbox,
    response::{Code, Data},
    status::{StatusDataItem, StatusDataItemName},
};
use imapclient_loopback::lock;

use super::{
    Session,
    qresync::highest,
    selected::{Selected, number},
};
use crate::{
    reply::{Outcome, Reply, note},
    request::{CreateFor, StatusLimit},
    store::{AccountId, Rights, StoreError, applicable, permanent},
};

impl Session<'_> {
    /// SELECT and EXAMINE (RFC 3501 §§6.3.1 and 6.3.2).
    pub(super) fn select(
        &mut self,
        mailbox: &Mailbox<'_>,
        parameters: &[SelectParameter],
        read_only: bool,
    ) -> Outcome {
        // The previous mailbox is deselected even if the command fails.
        if self.selected.is_some() {
            self.deselect();
            self.out
                .response(note(Code::Closed, "The last one is closed."))?;
        }
        let resync = self.select_parameters(parameters)?;
        let name = self.decode(mailbox)?;
        let id = self.account_id()?;
        let mut store = lock(&self.shared.store);
        store.permitted(id, &name, Rights::READ)?;
        let (mut view, told) = store.select(id, &name, read_only)?;
        view.condstore = self.condstore && view.has_modseqs();
        view.tells_uids = self.tells_uids();
        view.strict = self.shared.settings.strict;
        let remote = Arc::clone(&self.remote);
        let watch = store.watch(view.mailbox(), move || remote.wake.wake());
        drop(store);
        let has_modseqs = view.has_modseqs();
        let (flag_rights, may_change) = (view.flag_rights(), view.may_change());
        self.selected = Some(Selected { view, watch });

        self.out.data(Data::Flags(applicable(&told.keywords)))?;
        let flags = permanent(&told.keywords, flag_rights);
        self.out
            .response(note(Code::PermanentFlags(flags), "These stay."))?;
        self.out.data(Data::Exists(told.exists))?;
        self.out.data(Data::Recent(told.recent))?;
        if let Some(first) = told.first_unseen {
            let unseen = Code::Unseen(number(first));
            self.out.response(note(unseen, "The first without Seen."))?;
        }
        let validity = Code::UidValidity(number(told.uid_validity));
        self.out.response(note(validity, "Valid UIDs."))?;
        let next = Code::UidNext(number(told.uid_next));
        self.out.response(note(next, "The next UID."))?;
        if self.has("CONDSTORE") {
            let code = match has_modseqs {
                true => highest(told.highest_modseq),
                false => Code::NoModSeq,
            };
            self.out.response(note(code, "The highest."))?;
        }
        if let Some(resync) = resync {
            self.resync(&resync, told.uid_validity)?;
        }
        Ok(if may_change {
            Reply::ok("Selected.").with(Code::ReadWrite)
        } else {
            Reply::ok("Examined.").with(Code::ReadOnly)
        })
    }

    /// UNSELECT (RFC 3691).
    pub(super) fn unselect(&mut self) -> Outcome {
        self.selected()?;
        self.deselect();
        Ok(Reply::ok("Not selected any more."))
    }

    /// CLOSE (RFC 3501 §6.4.2).
    pub(super) fn close(&mut self) -> Outcome {
        let shared = self.shared;
        let selected = self.selected()?;
        if !selected.view.is_read_only() {
            match lock(&shared.store).expunge(&selected.view, None) {
                // There is nothing to expunge, or it is not permitted (RFC 4314 §4).
                Ok(_) | Err(StoreError::Gone | StoreError::NoPermission) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.deselect();
        Ok(Reply::ok("Closed."))
    }

    /// CREATE (RFC 3501 §6.3.3).
    pub(super) fn create(&self, mailbox: &Mailbox<'_>) -> Outcome {
        let (id, name) = (self.account_id()?, self.decode(mailbox)?);
        let mut store = lock(&self.shared.store);
        store.check_parent(id, &name)?;
        store.create(id, &name)?;
        Ok(Reply::ok("Created."))
    }

    /// CREATE of a special-use mailbox (RFC 6154 §3).
    pub(super) fn create_for(&self, create: CreateFor<'_>) -> Outcome {
        self.need("CREATE-SPECIAL-USE")?;
        let special_use: Option<Vec<_>> = create.special_use.into_iter().collect();
        let special_use = special_use
            .ok_or_else(|| Reply::no("No mailbox can be for that.").with_word("USEATTR"))?;
        let (id, name) = (self.account_id()?, self.decode_bytes(&create.mailbox)?);
        let mut store = lock(&self.shared.store);
        store.check_parent(id, &name)?;
        store.create(id, &name)?;
        store.set_special_use(id, &name, special_use)?;
        Ok(Reply::ok("Created."))
    }

    /// DELETE (RFC 3501 §6.3.4).
    pub(super) fn delete(&mut self, mailbox: &Mailbox<'_>) -> Outcome {
        let (id, name) = (self.account_id()?, self.decode(mailbox)?);
        let mut store = lock(&self.shared.store);
        store.check_removal(id, &name)?;
        store.delete(id, &name)?;
        drop(store);
        // The connection that deletes its selected mailbox knows it; others get a BYE.
        if let Some(selected) = &self.selected
            && !lock(&self.shared.store).is_there(&selected.view)
        {
            self.deselect();
        }
        Ok(Reply::ok("Deleted."))
    }

    /// RENAME (RFC 3501 §6.3.5).
    pub(super) fn rename(&self, from: &Mailbox<'_>, to: &Mailbox<'_>) -> Outcome {
        let (id, from, to) = (self.account_id()?, self.decode(from)?, self.decode(to)?);
        let mut store = lock(&self.shared.store);
        store.check_removal(id, &from)?;
        store.check_parent(id, &to)?;
        store.rename(id, &from, &to)?;
        Ok(Reply::ok("Renamed."))
    }

    /// SUBSCRIBE (RFC 3501 §6.3.6).
    pub(super) fn subscribe(&self, mailbox: &Mailbox<'_>) -> Outcome {
        lock(&self.shared.store).subscribe(self.account_id()?, &self.decode(mailbox)?)?;
        Ok(Reply::ok("Subscribed."))
    }

    /// UNSUBSCRIBE (RFC 3501 §6.3.7).
    pub(super) fn unsubscribe(&self, mailbox: &Mailbox<'_>) -> Outcome {
        lock(&self.shared.store).unsubscribe(self.account_id()?, &self.decode(mailbox)?);
        Ok(Reply::ok("Unsubscribed."))
    }

    /// STATUS (RFC 3501 §6.3.10).
    pub(super) fn status(
        &mut self,
        mailbox: &Mailbox<'_>,
        names: &[StatusDataItemName],
    ) -> Outcome {
        if names.is_empty() {
            return Err(Reply::bad("That asks for nothing.").into());
        }
        let name = self.decode(mailbox)?;
        let items = Cow::Owned(self.status_items(&name, names)?);
        // The name is encoded again, since it may have been a non-synchronising literal, which
        // servers cannot send.
        let mailbox = self.encode(&name)?;
        self.out.data(Data::Status { mailbox, items })?;
        Ok(Reply::ok("That is it."))
    }

    /// STATUS with the limit on messages of APPEND (RFC 7889).
    pub(super) fn status_limit(&mut self, status: StatusLimit) -> Outcome {
        if !lock(&self.shared.capabilities).tells_append_limit() {
            return Err(Reply::bad("APPENDLIMIT is not known here.").into());
        }
        let StatusLimit { mailbox, names } = status;
        let name = self.decode(&mailbox)?;
        let items = Cow::Owned(self.status_items(&name, &names)?);
        let mailbox = self.encode(&name)?;
        let limit = format!("APPENDLIMIT {}", self.shared.settings.limits.append);
        self.out.status(Data::Status { mailbox, items }, &limit)?;
        Ok(Reply::ok("That is it."))
    }

    /// Returns the items of STATUS (SIZE of RFC 8438, HIGHESTMODSEQ of RFC 7162, DELETED and
    /// DELETED-STORAGE of RFC 9208).
    pub(super) fn status_items(
        &mut self,
        name: &str,
        names: &[StatusDataItemName],
    ) -> Outcome<Vec<StatusDataItem>> {
        let id = self.account_id()?;
        let store = lock(&self.shared.store);
        store.permitted(id, name, Rights::READ)?;
        let status = store.status(id, name)?;
        drop(store);
        let mut items = Vec::with_capacity(names.len());
        for name in names {
            let capability = match name {
                StatusDataItemName::Deleted => Some("QUOTA=RES-MESSAGE"),
                StatusDataItemName::DeletedStorage => Some("QUOTA=RES-STORAGE"),
                StatusDataItemName::Size => Some("STATUS=SIZE"),
                StatusDataItemName::HighestModSeq => Some("CONDSTORE"),
                _ => None,
            };
            let known = capability.is_none_or(|capability| self.has(capability));
            if !known {
                return Err(Reply::bad("That item is not known here.").into());
            }
            if *name == StatusDataItemName::HighestModSeq {
                self.enable_condstore()?;
            }
            items.push(status.item(name));
        }
        Ok(items)
    }

    /// Returns the account. Fails with BAD before the login.
    pub(super) fn account_id(&self) -> Outcome<AccountId> {
        let account = self.account.as_ref();
        let account = account.ok_or_else(|| Reply::bad("Log in first."))?;
        Ok(account.id)
    }
}
