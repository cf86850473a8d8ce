use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    rc::Rc,
    sync::atomic::{AtomicU32, Ordering},
};

use imapclient::{Append, Attribute, Code, Error, FlagChange, List, blocking::Client};

use crate::{Target, one_line};

/// How many messages have come and gone in a shared mailbox before the first trial opens it. With
/// them gone, no message has its UID for its sequence number.
const GONE: usize = 5;

/// Makes, empties and removes the mailboxes that trials work in, on a connection of its own.
///
/// Servers may take seconds to make a mailbox or to remove one. So trials that ask no more of a
/// mailbox than to be empty get the same ones, each for as long as it lasts.
#[derive(Debug)]
pub(crate) struct Keeper {
    target: Rc<Target>,
    /// The connection, once there is one.
    client: RefCell<Option<Client>>,
    /// The mailboxes that trials share, by their place; made when they are first asked for.
    shared: RefCell<[Option<String>; 2]>,
    /// Those of them that the trial at work has asked for.
    in_use: Cell<[bool; 2]>,
}

/// Which of the shared mailboxes.
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

    /// The name of a shared mailbox, which is empty.
    pub(crate) fn shared(&self, place: Place) -> Result<String, String> {
        /// Labs of several accounts may share one root.
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

    /// Has the shared mailboxes that the last trial used ready for the next one. Those that cannot be
    /// emptied are removed, and others take their place.
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

    /// Removes a mailbox and all below it.
    pub(crate) fn remove(&self, folder: &str) -> Result<(), String> {
        self.run(|client| remove(client, &self.target, folder))
    }

    /// Does `work` on the connection; anew where the server has closed it, as it may when nobody
    /// speaks for long.
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
        // Some servers keep the mailbox above all. Whether it goes is nobody's result.
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

/// All trials are over: who runs them can only be told.
fn report<E: Display>(result: Result<(), E>) {
    if let Err(why) = result {
        eprintln!("warning: a mailbox of the trials cannot be removed: {why}");
    }
}

/// Makes a shared mailbox.
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
            // Some servers list what has gone, as long as there is something below it.
            Err(error) if error.code() == Some(&Code::NonExistent) => {}
            result => result?,
        }
    }
    Ok(())
}

/// A mailbox and all below it, as far as they can be removed, children before their parents.
fn mailboxes(client: &mut Client, target: &Target, folder: &str) -> Result<Vec<List>, Error> {
    let mut found = client.list("", &format!("{folder}*"))?;
    found.retain(|mailbox| {
        target.is_within(mailbox.name.as_str(), folder)
            && !mailbox.has(&Attribute::NoSelect)
            && !mailbox.has(&Attribute::NonExistent)
    });
    found.sort_by(|one, other| other.name.cmp(&one.name));
    Ok(found)
}
