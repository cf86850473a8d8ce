//! NOTIFY (RFC 5465).

use std::{
    collections::{BTreeMap, HashSet},
    io,
    sync::Arc,
};

use imap_codec::imap_types::{
    fetch::MessageDataItemName,
    flag::FlagNameAttribute,
    response::Data,
    status::{StatusDataItem, StatusDataItemName},
};
use imapclient_loopback::lock;

use super::{Flow, Session};
use crate::{
    list::extension,
    reply::{Outcome, Reply, Stop, bye, note, word_code},
    request::{Events, Filter, NotifyRequest},
    store::{
        AccountId, Annotated, Changes, MailboxId, NamesThen, Renewed, Rights, Status, Store,
        WatchId, name,
    },
    wire::{astring, string},
};

/// The events that the server supports.
const EVENTS: &str = "MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange";

/// The events that the server supports with METADATA.
const EVENTS_OF_METADATA: &str = " MailboxMetadataChange ServerMetadataChange";

/// The name attribute of a mailbox that may not be read (RFC 5465 §3.1).
const NO_ACCESS: &str = "NoAccess";

/// The events that a client wants, and what it knows.
pub(super) struct Notify {
    groups: Vec<(Filter<String>, Events)>,
    watch: WatchId,
    changes: Arc<Changes>,
    names: NamesThen,
    /// The state of each mailbox when the client could last know it.
    states: BTreeMap<MailboxId, Status>,
    /// The UIDs of messages that this client has added to the selected mailbox.
    pub(super) own: HashSet<u32>,
}

/// The reports that a client wants about the selected mailbox.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Heed {
    /// NOTIFY is not in use: reports at the end of commands.
    Usual,
    /// No reports.
    Nothing,
    /// Reports at any time.
    Events {
        /// `true` if removals may be reported at any time, too.
        at_once: bool,
        /// `true` for changes of flags.
        flags: bool,
    },
}

/// A change to report.
enum News {
    Status(String, Vec<StatusDataItem>),
    Renewed(Renewed),
    /// The name, empty for the server, and the entries.
    Annotated(String, Vec<String>),
}

impl Session<'_> {
    /// NOTIFY (RFC 5465 §3.1). NONE also ends the silence about the selected mailbox that SET
    /// without it has begun; Dovecot is silent about it after NONE.
    pub(super) fn set_notify(&mut self, request: NotifyRequest) -> Outcome {
        self.need_said("NOTIFY")?;
        let NotifyRequest::Set { status, groups } = request else {
            self.end_notify();
            return Ok(Reply::ok("Nothing is notified."));
        };
        let metadata = self.says("METADATA");
        if groups.iter().any(|group| !group.events.are_known(metadata)) {
            let more = if metadata { EVENTS_OF_METADATA } else { "" };
            let code = word_code(format!("BADEVENT ({EVENTS}{more})"));
            let reply = Reply::no("Some of these events are not known here.");
            return Err(reply.with(code).into());
        }
        let mut items = groups
            .iter()
            .flat_map(|group| group.events.items.iter().flatten());
        let is_binary = |item: &MessageDataItemName<'_>| {
            matches!(
                item,
                MessageDataItemName::Binary { .. } | MessageDataItemName::BinarySize { .. }
            )
        };
        if items.clone().any(is_binary) {
            return Err(Reply::no("New messages cannot be notified with these items.").into());
        }
        if items.any(|item| *item == MessageDataItemName::ModSeq) {
            self.enable_condstore()?;
        }
        let groups = groups.into_iter().map(|group| {
            let filter = self.named(group.filter)?;
            Ok((filter, group.events))
        });
        let groups = groups.collect::<Outcome<Vec<_>>>()?;
        // The changes so far are reported as for NOOP.
        self.report(true, true)?;
        self.end_notify();
        let id = self.account_id()?;
        let remote = Arc::clone(&self.remote);
        let mut store = lock(&self.shared.store);
        let (watch, changes) = store.watch_all(move || remote.wake.wake());
        let names = store.names(id);
        let notify = Notify {
            groups,
            watch,
            changes,
            states: states(&store, &names),
            names,
            own: HashSet::new(),
        };
        drop(store);
        let inaccessible = notify.inaccessible(&lock(&self.shared.store), id);
        for name in &inaccessible {
            self.tell_name(name, &[extension(NO_ACCESS)], None)?;
        }
        if status {
            let selected = self
                .selected
                .as_ref()
                .map(|selected| selected.view.mailbox());
            for (mailbox, name) in notify.names.mailboxes() {
                let events = notify.events(name);
                let is_read = !inaccessible.iter().any(|other| other == name);
                if events.new && is_read && Some(mailbox) != selected {
                    self.tell_status(name, notify.items(mailbox, &events, self.condstore))?;
                }
            }
        }
        self.notify = Some(notify);
        Ok(Reply::ok("That is notified."))
    }

    /// Ends the notifications.
    pub(super) fn end_notify(&mut self) {
        if let Some(notify) = self.notify.take() {
            lock(&self.shared.store).unwatch(notify.watch);
        }
    }

    /// Ends the notifications because there are too many (RFC 5465 §5.8).
    pub(super) fn overflow(&mut self) -> io::Result<()> {
        if self.notify.is_none() {
            return Ok(());
        }
        self.end_notify();
        let code = word_code("NOTIFICATIONOVERFLOW");
        self.out.response(note(code, "There are too many changes."))
    }

    /// Returns the reports that the client wants about the selected mailbox.
    pub(super) fn heed(&self) -> Heed {
        let Some(notify) = &self.notify else {
            return Heed::Usual;
        };
        match notify.of_selected() {
            Some((filter, events)) if events.new => Heed::Events {
                at_once: *filter == Filter::Selected,
                flags: events.flags,
            },
            _ => Heed::Nothing,
        }
    }

    /// Returns the items that the client wants of new messages in the selected mailbox.
    pub(super) fn wanted_items(&self) -> Vec<MessageDataItemName<'static>> {
        let events = self.notify.as_ref().and_then(Notify::of_selected);
        let items = events.and_then(|(_, events)| events.items.clone());
        items.unwrap_or_default()
    }

    /// Reports all that has happened, between commands.
    pub(super) fn tell_at_once(&mut self) -> io::Result<Flow> {
        if self.notify.is_none() {
            return Ok(Flow::On);
        }
        let told = match self.heed() {
            Heed::Events { at_once, .. } => self.sync(at_once, true),
            Heed::Usual | Heed::Nothing => Ok(()),
        };
        let told = told.and_then(|()| self.tell_news());
        let flow = match told {
            Ok(()) => Flow::On,
            Err(Stop::Gone) => {
                self.out
                    .response(bye("The selected mailbox was deleted."))?;
                Flow::End
            }
            Err(Stop::Io(error)) => return Err(error),
            Err(Stop::Answered(flow)) => flow,
            Err(Stop::Refused(reply)) => return Err(io::Error::other(reply.text)),
        };
        self.out.flush()?;
        Ok(flow)
    }

    /// Reports what has happened outside of the selected mailbox.
    pub(super) fn tell_news(&mut self) -> Outcome<()> {
        if self.notify.is_none() {
            return Ok(());
        }
        let id = self.account_id()?;
        let selected = self.selected.as_ref();
        let selected = selected.map(|selected| selected.view.mailbox());
        let condstore = self.condstore;
        let Some(notify) = &mut self.notify else {
            return Ok(());
        };
        let news = notify.news(&lock(&self.shared.store), id, selected, condstore);
        for news in news {
            match news {
                News::Status(name, items) => self.tell_status(&name, items)?,
                News::Annotated(name, entries) => self.tell_annotated(&name, &entries)?,
                News::Renewed(renewed) => {
                    let old = renewed.old.as_deref();
                    self.tell_name(&renewed.name, &renewed.attributes, old)?;
                }
            }
        }
        Ok(())
    }

    fn tell_status(&mut self, name: &str, items: Vec<StatusDataItem>) -> Outcome<()> {
        let (mailbox, items) = (self.encode(name)?, items.into());
        Ok(self.out.data(Data::Status { mailbox, items })?)
    }

    fn tell_name(
        &mut self,
        name: &str,
        attributes: &[FlagNameAttribute<'static>],
        old: Option<&str>,
    ) -> Outcome<()> {
        let data = Data::List {
            items: attributes.to_vec(),
            delimiter: self.delimiter(),
            mailbox: self.encode(name)?,
        };
        let more = match old {
            Some(old) => {
                let old = astring(self.told(old));
                [b" (", &string(b"OLDNAME")[..], b" (", &old, b"))"].concat()
            }
            None => Vec::new(),
        };
        Ok(self.out.data_and(data, &more)?)
    }

    /// Decodes the names of a filter.
    fn named(&self, filter: Filter) -> Outcome<Filter<String>> {
        let decoded = |names: Vec<Vec<u8>>| -> Outcome<Vec<String>> {
            let names = names.iter().map(|wire| {
                let decoded = self.decode_bytes(wire)?;
                Ok(name::normal(&decoded))
            });
            names.collect()
        };
        Ok(match filter {
            Filter::Selected => Filter::Selected,
            Filter::SelectedDelayed => Filter::SelectedDelayed,
            Filter::Inboxes => Filter::Inboxes,
            Filter::Personal => Filter::Personal,
            Filter::Subscribed => Filter::Subscribed,
            Filter::Subtree(names) => Filter::Subtree(decoded(names)?),
            Filter::Mailboxes(names) => Filter::Mailboxes(decoded(names)?),
        })
    }
}

impl Notify {
    /// Returns the group of the selected mailbox.
    fn of_selected(&self) -> Option<&(Filter<String>, Events)> {
        self.groups.iter().find(|(filter, _)| filter.is_selected())
    }

    /// Returns the events of a name, of all groups to which it belongs.
    fn events(&self, name: &str) -> Events {
        let mut events = Events::default();
        let is_below = |top: &String| name == top || name::below(name, top).is_some();
        for (filter, group) in &self.groups {
            let applies = match filter {
                Filter::Selected | Filter::SelectedDelayed => false,
                // Mail can be delivered to INBOX only.
                Filter::Inboxes => name == name::INBOX,
                Filter::Personal => true,
                Filter::Subscribed => self.names.subscribes(name),
                Filter::Subtree(tops) => tops.iter().any(is_below),
                Filter::Mailboxes(names) => names.iter().any(|other| other == name),
            };
            if applies {
                events.join(group);
            }
        }
        events
    }

    /// Returns the named mailboxes that the client may list, but not read.
    fn inaccessible(&self, store: &Store, id: AccountId) -> Vec<String> {
        let names = self.names.mailboxes().map(|(_, name)| name);
        let observed = names.filter(|name| self.events(name).new);
        let refused = observed.filter(|name| store.permitted(id, name, Rights::READ).is_err());
        refused.map(ToOwned::to_owned).collect()
    }

    /// Returns the changes to report, and notes that the client knows them.
    ///
    /// The client's own changes are not reported (RFC 5465 §5), unless others have changed the same
    /// mailbox at the same time.
    fn news(
        &mut self,
        store: &Store,
        id: AccountId,
        selected: Option<MailboxId>,
        condstore: bool,
    ) -> Vec<News> {
        let noted = self.changes.take();
        let mut news = Vec::new();
        if let Some(by_other) = noted.tree {
            let now = store.names(id);
            let before = std::mem::replace(&mut self.names, now);
            let differences = before.differences(&self.names);
            for renewed in differences.into_iter().filter(|_| by_other) {
                let mut events = self.events(&renewed.name);
                if before.subscribes(&renewed.name) {
                    // It belonged to the subscribed ones.
                    let ended = self.groups.iter();
                    let ended = ended.filter(|(filter, _)| *filter == Filter::Subscribed);
                    ended.for_each(|(_, group)| events.join(group));
                }
                if renewed.named && events.names || renewed.subscribed && events.subscriptions {
                    news.push(News::Renewed(renewed));
                }
            }
        }
        let named: Vec<_> = self.names.mailboxes().collect();
        for (mailbox, by_other) in noted.mailboxes {
            let Some((_, name)) = named.iter().find(|(there, _)| *there == mailbox) else {
                self.states.remove(&mailbox);
                continue;
            };
            let Some(now) = store.state(mailbox) else {
                continue;
            };
            let before = self.states.insert(mailbox, now);
            let events = self.events(name);
            let readable = store.permitted(id, name, Rights::READ).is_ok();
            let other = Some(mailbox) != selected;
            if by_other && other && readable && is_news(before, now, &events, condstore) {
                news.push(News::Status(
                    (*name).to_owned(),
                    items(now, &events, condstore),
                ));
            }
        }
        let of_server = self.groups.iter().any(|(_, events)| events.server_metadata);
        for (subject, entry) in noted.annotations {
            let name = match subject {
                Annotated::Server(of) => (of == id && of_server).then_some(""),
                Annotated::Mailbox(id) => {
                    let name = named.iter().find(|(there, _)| *there == id);
                    let name = name.map(|(_, name)| *name);
                    name.filter(|name| self.events(name).mailbox_metadata)
                }
            };
            let Some(name) = name else {
                continue;
            };
            match news.last_mut() {
                Some(News::Annotated(last, entries)) if last == name => entries.push(entry),
                _ => news.push(News::Annotated(name.to_owned(), vec![entry])),
            }
        }
        news
    }

    /// Returns the items of STATUS for a mailbox.
    fn items(&self, mailbox: MailboxId, events: &Events, condstore: bool) -> Vec<StatusDataItem> {
        let state = self.states.get(&mailbox);
        state.map_or_else(Vec::new, |state| items(*state, events, condstore))
    }
}

/// Returns whether the difference of two states is one of these events.
fn is_news(before: Option<Status>, now: Status, events: &Events, condstore: bool) -> bool {
    let Some(before) = before else {
        return events.new && now.messages > 0;
    };
    let counts = |status: &Status| (status.messages, status.uid_next, status.uid_validity);
    if counts(&before) != counts(&now) {
        return events.new;
    }
    let changed = match condstore {
        true => before.highest_modseq != now.highest_modseq,
        false => before.unseen != now.unseen,
    };
    events.flags && changed
}

fn items(status: Status, events: &Events, condstore: bool) -> Vec<StatusDataItem> {
    let mut names = vec![
        StatusDataItemName::Messages,
        StatusDataItemName::UidNext,
        StatusDataItemName::UidValidity,
    ];
    if events.flags {
        names.push(StatusDataItemName::Unseen);
    }
    if condstore {
        names.push(StatusDataItemName::HighestModSeq);
    }
    names.iter().map(|name| status.item(name)).collect()
}

/// Returns the states of all mailboxes.
fn states(store: &Store, names: &NamesThen) -> BTreeMap<MailboxId, Status> {
    let all = names.mailboxes();
    all.filter_map(|(mailbox, _)| Some((mailbox, store.state(mailbox)?)))
        .collect()
}
