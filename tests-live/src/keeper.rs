//! Keeps the mailboxes that several trials share.

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    rc::Rc,
    sync::atomic::{AtomicU32, Ordering},
};

use imapclient::{Append, Attribute, Code, Error, FlagChange, ListedMailbox, blocking::Client};

use crate::{Target, one_line};

/// The number of messages that are appended to a shared mailbox and removed before the first trial
/// opens it. As a result, no message has a UID that equals its sequence number.
const GONE: usize = 5;

/// Creates, empties and removes the mailboxes of the trials, on a connection of its own.
///
/// Servers may take seconds to create or to remove a mailbox. Therefore trials that only need an
/// empty mailbox use the same ones, one trial after the other.
#[derive(Debug)]
pub(crate) struct Keeper {
    target: Rc<Target>,
    /// The connection, opened when it is first needed.
    client: RefCell<Option<Client>>,
    /// The shared mailboxes, indexed by their place, created when they are first requested.
    shared: RefCell<[Option<String>; 2]>,
    /// The shared mailboxes that the current trial has requested.
    in_use: Cell<[bool; 2]>,
}

/// One of the shared mailboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    First = 0,
    Second = 1,
}

impl Keeper {
    pub(crate) fn new(target: Rc<Target>) -> Self {
        Self {
            target,
            client: RefCell::new(None),
            shared: RefCell::default(),
            in_use: Cell::default(),
        }
    }

    /// Returns the name of a shared mailbox, which is empty.
    pub(crate) fn shared(&self, place: Place) -> Result<String, String> {
        /// Numbers the mailboxes of all labs, since labs of several accounts may share one root.
        static NUMBER: AtomicU32 = AtomicU32::new(1);

        let mut in_use = self.in_use.get();
        in_use[place as usize] = true;
        self.in_use.set(in_use);
        if let Some(name) = &self.shared.borrow()[place as usize] {
            return Ok(name.clone());
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = self
            .target
            .child(&self.target.root, &format!("shared-{number}"));
        self.remove(&name)?;
        if let Err(why) = self.run(|client| make(client, &name)) {
            let rest = self.remove(&name).err();
            let rest = rest.map(|why| format!("; nor can it be removed: {why}"));
            return Err(why + &rest.unwrap_or_default());
        }
        self.shared.borrow_mut()[place as usize] = Some(name.clone());
        Ok(name)
    }

    /// Empties the shared mailboxes that the last trial used. A mailbox that cannot be emptied is
    /// removed, and replaced when it is next requested.
    pub(crate) fn tidy(&self) -> Result<(), String> {
        let in_use = self.in_use.take();
        for (place, _) in in_use.into_iter().enumerate().filter(|(_, used)| *used) {
            let Some(name) = self.shared.borrow_mut()[place].take() else {
                continue;
            };
            match self.run(|client| empty(client, &name)) {
                Ok(()) => self.shared.borrow_mut()[place] = Some(name),
                Err(_) => self.remove(&name)?,
            }
        }
        Ok(())
    }

    /// Removes a mailbox and all mailboxes below it.
    pub(crate) fn remove(&self, folder: &str) -> Result<(), String> {
        self.run(|client| remove(client, &self.target, folder))
    }

    /// Runs `work` on the connection, and once more on a new one if the server has closed it, as it
    /// may after a long time without commands.
    fn run(&self, work: impl Fn(&mut Client) -> Result<(), Error>) -> Result<(), String> {
        let text = |error: &dyn std::error::Error| one_line(error);
        let mut slot = self.client.borrow_mut();
        if let Some(client) = slot.as_mut() {
            match work(client) {
                Err(error) if error.is_closed() => *slot = None,
                other => return other.map_err(|error| text(&error)),
            }
        }
        let builder = self.target.builder::<Client>();
        let builder = builder.map_err(|error| text(&error))?;
        builder
            .connect()
            .and_then(|client| work(slot.insert(client)))
            .map_err(|error| text(&error))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        for name in self.shared.take().into_iter().flatten() {
            report(self.remove(&name));
        }
        let Some(mut client) = self.client.take() else {
            return;
        };
        // Some servers keep the common parent. No trial depends on its removal, so errors do not
        // matter.
        let root = &self.target.root;
        let left = mailboxes(&mut client, &self.target, root).unwrap_or_default();
        if let [mailbox] = &left[..]
            && mailbox.name == root.as_str()
        {
            let _ = client.delete(&mailbox.name);
        }
        let _ = client.logout();
    }
}

/// Prints a warning for an error after the last trial, when no result can show it.
fn report<E: Display>(result: Result<(), E>) {
    if let Err(why) = result {
        eprintln!("warning: a mailbox of the trials cannot be removed: {why}");
    }
}

/// Creates a shared mailbox.
fn make(client: &mut Client, name: &str) -> Result<(), Error> {
    client.create(name)?;
    for number in 0..GONE {
        let text = format!("Subject: gone {number}\r\n\r\n");
        client.append(name, Append::from(text))?;
    }
    empty(client, name)
}

/// Removes all messages of a mailbox.
fn empty(client: &mut Client, name: &str) -> Result<(), Error> {
    if client.select(name)?.exists > 0 {
        client.store("1:*", FlagChange::add("\\Deleted").silent())?;
    }
    client.close()
}

fn remove(client: &mut Client, target: &Target, folder: &str) -> Result<(), Error> {
    for mailbox in mailboxes(client, target, folder)? {
        match client.delete(mailbox.name) {
            // Some servers list a deleted mailbox as long as there are mailboxes below it.
            Err(error) if error.code() == Some(&Code::NonExistent) => {}
            result => result?,
        }
    }
    Ok(())
}

/// Returns a mailbox and all mailboxes below it that can be removed, children before their parents.
fn mailboxes(
    client: &mut Client,
    target: &Target,
    folder: &str,
) -> Result<Vec<ListedMailbox>, Error> {
    let mut found = client.list("", &format!("{folder}*"))?;
    found.retain(|mailbox| {
        target.is_within(mailbox.name.as_str(), folder)
            && !mailbox.has(&Attribute::NoSelect)
            && !mailbox.has(&Attribute::NonExistent)
    });
    found.sort_by(|one, other| other.name.cmp(&one.name));
    Ok(found)
}
