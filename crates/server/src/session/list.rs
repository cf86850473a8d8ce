//! LIST and LSUB.

use std::borrow::Cow;

use imap_codec::imap_types::{
    flag::FlagNameAttribute,
    mailbox::{ListMailbox, Mailbox},
    response::Data,
    status::{StatusDataItem, StatusDataItemName},
};
use imapclient_loopback::lock;

use super::Session;
use crate::{
    list::{Listed, NON_EXISTENT, extension},
    reply::{Outcome, Reply, Stop},
    request::{ListExtended, Wanted},
    store::name,
    wire::astring,
};

impl Session<'_> {
    /// LIST and LSUB (RFC 3501 §§6.3.8 and 6.3.9).
    pub(super) fn list(
        &mut self,
        reference: &Mailbox<'_>,
        pattern: &ListMailbox<'_>,
        subscribed: bool,
    ) -> Outcome {
        let reference = match reference {
            Mailbox::Inbox => name::INBOX.as_bytes(),
            Mailbox::Other(other) => other.as_ref(),
        };
        let pattern = match pattern {
            ListMailbox::Token(token) => token.as_ref(),
            ListMailbox::String(string) => string.as_ref(),
        };
        let pattern = self.pattern(reference, pattern)?;
        let id = self.account_id()?;
        let store = lock(&self.shared.store);
        let found = if subscribed {
            store.lsub(id, &pattern)
        } else {
            store.list(id, pattern)
        };
        drop(store);
        for mut listed in found {
            listed.attributes.retain(|attribute| self.tells(attribute));
            let data = self.listed(&listed, subscribed)?;
            self.out.data(data)?;
        }
        Ok(Reply::ok("Listed."))
    }

    /// LIST with options or several patterns (RFC 5258, with RFC 5819, 6154, 8440 and 9590).
    pub(super) fn list_extended(&mut self, list: &ListExtended<'_>) -> Outcome {
        let ListExtended {
            select, returns, ..
        } = list;
        for (is_used, capability) in [
            (true, "LIST-EXTENDED"),
            (returns.special_use, "SPECIAL-USE"),
            (!returns.status.is_empty(), "LIST-STATUS"),
            (returns.my_rights, "LIST-MYRIGHTS"),
        ] {
            if is_used {
                self.need(capability)?;
            }
        }
        if !returns.metadata.is_empty() {
            self.need_said("LIST-METADATA")?;
        }
        let patterns = list.patterns.iter();
        let patterns = patterns.map(|pattern| self.pattern(&list.reference, pattern));
        let patterns = patterns.collect::<Outcome<Vec<_>>>()?;
        let id = self.account_id()?;
        let found = lock(&self.shared.store).list_some(id, &patterns, *select);
        let wanted = Wanted {
            entries: returns.metadata.clone(),
            ..Wanted::default()
        };
        for mut listed in found {
            listed
                .attributes
                .retain(|attribute| match Attribute::of(attribute) {
                    Attribute::Base => true,
                    Attribute::Subscribed => returns.subscribed,
                    Attribute::Children => returns.children,
                    Attribute::SpecialUse => returns.special_use,
                });
            let status = self.status_of(&mut listed, &returns.status)?;
            let child_info: &[u8] = if listed.child_info {
                b" (CHILDINFO (\"SUBSCRIBED\"))"
            } else {
                b""
            };
            let data = self.listed(&listed, false)?;
            self.out.data_and(data, child_info)?;
            if let Some(items) = status {
                let mailbox = self.encode(&listed.name)?;
                let items = Cow::Owned(items);
                self.out.data(Data::Status { mailbox, items })?;
            }
            if returns.my_rights && listed.is_selected {
                self.tell_my_rights(&listed.name)?;
            }
            if !returns.metadata.is_empty() && listed.is_selected {
                let subject = lock(&self.shared.store).annotated(id, &listed.name);
                if let Ok(subject) = subject {
                    self.tell_metadata(&listed.name, subject, &wanted)?;
                }
            }
        }
        Ok(Reply::ok("Listed."))
    }

    /// Returns the STATUS of a listed mailbox. If it is not permitted, the mailbox cannot be
    /// selected either (RFC 5819 §2).
    fn status_of(
        &mut self,
        listed: &mut Listed,
        names: &[StatusDataItemName],
    ) -> Outcome<Option<Vec<StatusDataItem>>> {
        if names.is_empty() || !listed.is_selected {
            return Ok(None);
        }
        match self.status_items(&listed.name, names) {
            Ok(items) => Ok(Some(items)),
            Err(Stop::Refused(reply)) if reply.is_no() => {
                if !listed.attributes.contains(&extension(NON_EXISTENT)) {
                    listed.attributes.insert(0, FlagNameAttribute::Noselect);
                }
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }

    /// Sends MYRIGHTS of a listed mailbox, unless it does not exist.
    fn tell_my_rights(&mut self, name: &str) -> Outcome<()> {
        let rights = lock(&self.shared.store).my_rights(self.account_id()?, name);
        let Ok(rights) = rights else {
            return Ok(());
        };
        let name = astring(self.told(name));
        let line = [b"* MYRIGHTS ", &name[..], format!(" {rights}").as_bytes()].concat();
        Ok(self.out.line(&line)?)
    }

    /// Returns a line of LIST or LSUB.
    fn listed(&self, listed: &Listed, subscribed: bool) -> Outcome<Data<'static>> {
        let items = listed.attributes.clone();
        let mailbox = self.encode(&listed.name)?;
        let delimiter = self.delimiter();
        Ok(if subscribed {
            Data::Lsub {
                items,
                delimiter,
                mailbox,
            }
        } else {
            Data::List {
                items,
                delimiter,
                mailbox,
            }
        })
    }

    /// Returns whether the capability of an attribute is still supported.
    fn tells(&self, attribute: &FlagNameAttribute<'_>) -> bool {
        match Attribute::of(attribute) {
            Attribute::Base | Attribute::Subscribed => true,
            Attribute::Children => self.has("CHILDREN"),
            Attribute::SpecialUse => {
                let profile = self.shared.settings.profile;
                self.has("SPECIAL-USE") || profile.is_some_and(|row| row.lists_special_use)
            }
        }
    }
}

/// The subject of an attribute.
#[derive(Clone, Copy)]
enum Attribute {
    Base,
    Subscribed,
    Children,
    SpecialUse,
}

impl Attribute {
    fn of(attribute: &FlagNameAttribute<'_>) -> Self {
        let FlagNameAttribute::Extension(_) = attribute else {
            return Self::Base;
        };
        match attribute.to_string().as_str() {
            "\\NonExistent" => Self::Base,
            "\\Subscribed" => Self::Subscribed,
            "\\HasChildren" | "\\HasNoChildren" => Self::Children,
            _ => Self::SpecialUse,
        }
    }
}
