//! The hierarchy of mailboxes: creation, renaming and deletion.

use super::{AccountId, MailboxId, SpecialUse, Store, StoreError, account::Node, name};

impl Store {
    /// CREATE: creates a mailbox, and missing parents as `\Noselect`.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], and [`StoreError::Cannot`] for an invalid name.
    pub(crate) fn create(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> Result<MailboxId, StoreError> {
        let name = name::normal(name);
        self.check_new(account, &name)?;
        let id = self.new_mailbox(account, self.inherited(account, &name));
        self.grow(account, &name);
        let node = self.of_mut(account).names.entry(name).or_default();
        node.mailbox = Some(id);
        self.watchers.tree_changed();
        Ok(id)
    }

    /// Creates a special-use mailbox and subscribes to it. An existing mailbox with this use is
    /// renamed instead.
    ///
    /// # Errors
    /// Fails for the same reasons as [`create`](Self::create) and [`rename`](Self::rename).
    pub(crate) fn furnish(
        &mut self,
        account: AccountId,
        name: &str,
        special_use: SpecialUse,
    ) -> Result<(), StoreError> {
        let mut names = self.of(account).names.iter();
        let there = names.find(|(_, node)| node.special_use.contains(&special_use));
        match there.map(|(there, _)| there.clone()) {
            Some(there) if there == name => {}
            Some(there) => {
                self.rename(account, &there, name)?;
                self.unsubscribe(account, &there);
            }
            None => {
                match self.create(account, name) {
                    Ok(_) | Err(StoreError::AlreadyExists) => {}
                    Err(error) => return Err(error),
                }
                self.set_special_use(account, name, vec![special_use])?;
            }
        }
        self.subscribe(account, name)
    }

    /// DELETE: removes a mailbox and its messages. Its name stays as `\Noselect` if there are names
    /// below it.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], and [`StoreError::Cannot`] for INBOX and for a `\Noselect` name
    /// with names below it.
    pub(crate) fn delete(&mut self, account: AccountId, name: &str) -> Result<(), StoreError> {
        let name = name::normal(name);
        if name == name::INBOX {
            return Err(StoreError::Cannot("INBOX cannot be deleted"));
        }
        let of = self.of_mut(account);
        let has_children = of.has_children(&name);
        let node = of.names.get_mut(&name).ok_or(StoreError::NonExistent)?;
        let Some(id) = node.mailbox.take() else {
            return Err(StoreError::Cannot("there are mailboxes below it"));
        };
        node.special_use.clear();
        if !has_children {
            of.names.remove(&name);
            self.prune(account, &name);
        }
        self.mailboxes.remove(&id);
        self.watchers.changed(id);
        self.watchers.tree_changed();
        Ok(())
    }

    /// RENAME: renames a name and all names below it. The messages of INBOX are moved to the new
    /// name, and INBOX stays (RFC 3501 §6.3.5).
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::AlreadyExists`], and [`StoreError::Cannot`] for
    /// an invalid name.
    pub(crate) fn rename(
        &mut self,
        account: AccountId,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        let (from, to) = (name::normal(from), name::normal(to));
        if !self.of(account).names.contains_key(&from) {
            return Err(StoreError::NonExistent);
        }
        if self.of(account).names.contains_key(&to) {
            return Err(StoreError::AlreadyExists);
        }
        self.check_new(account, &to)?;
        if from == name::INBOX {
            return self.empty_inbox(account, &to);
        }
        if name::below(&to, &from).is_some() {
            return Err(StoreError::Cannot("a mailbox cannot be moved below itself"));
        }
        let names = &mut self.of_mut(account).names;
        let moved: Vec<String> = names
            .keys()
            .filter(|name| **name == from || name::below(name, &from).is_some())
            .cloned()
            .collect();
        let longest = moved.iter().map(|name| name.len() - from.len()).max();
        if !name::is_short(longest.unwrap_or(0) + to.len()) {
            return Err(StoreError::Cannot("the name is too long"));
        }
        for old in moved {
            let node = names.remove(&old).unwrap_or_default();
            names.insert(format!("{to}{}", &old[from.len()..]), node);
        }
        self.prune(account, &from);
        self.grow(account, &to);
        self.watchers.tree_changed();
        Ok(())
    }

    /// SUBSCRIBE, which RFC 3501 §6.3.6 allows a server to restrict to existing mailboxes.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], also for a name that exists only as a parent.
    pub(crate) fn subscribe(&mut self, account: AccountId, name: &str) -> Result<(), StoreError> {
        let name = name::normal(name);
        let node = self.of(account).names.get(&name);
        if node.is_none_or(|node| node.mailbox.is_none()) {
            return Err(StoreError::NonExistent);
        }
        self.of_mut(account).subscriptions.insert(name);
        self.watchers.tree_changed();
        Ok(())
    }

    /// UNSUBSCRIBE. A name that is not subscribed is not an error.
    pub(crate) fn unsubscribe(&mut self, account: AccountId, name: &str) {
        let name = name::normal(name);
        self.of_mut(account).subscriptions.remove(&name);
        self.watchers.tree_changed();
    }

    /// Checks whether a mailbox of that (normal) name may be created.
    fn check_new(&self, account: AccountId, name: &str) -> Result<(), StoreError> {
        if !name::is_valid(name) {
            return Err(StoreError::Cannot("that cannot be the name of a mailbox"));
        }
        let node = self.of(account).names.get(name);
        if node.is_some_and(|node| node.mailbox.is_some()) {
            return Err(StoreError::AlreadyExists);
        }
        Ok(())
    }

    /// Creates the missing parents of a name.
    fn grow(&mut self, account: AccountId, name: &str) {
        for parent in name::parents(name) {
            let names = &mut self.of_mut(account).names;
            if !names.contains_key(parent) {
                names.insert(parent.to_owned(), Node::default());
            }
        }
    }

    /// Removes `\Noselect` parents of a name without names below them.
    fn prune(&mut self, account: AccountId, name: &str) {
        let of = self.of_mut(account);
        let parents: Vec<&str> = name::parents(name).collect();
        for parent in parents.into_iter().rev() {
            let is_empty = |node: &Node| node.mailbox.is_none();
            if of.names.get(parent).is_some_and(is_empty) && !of.has_children(parent) {
                of.names.remove(parent);
            }
        }
    }

    /// Moves all messages of INBOX to a new mailbox.
    fn empty_inbox(&mut self, account: AccountId, to: &str) -> Result<(), StoreError> {
        let inbox = self.of(account).mailbox(name::INBOX)?;
        let id = self.create(account, to)?;
        let Some(mailbox) = self.mailboxes.get_mut(&inbox) else {
            return Err(StoreError::Gone);
        };
        let entries = mailbox.take_all();
        // Both keep them (RFC 5464 §4.1).
        let annotations = mailbox.annotations.clone();
        if let Some(new) = self.mailboxes.get_mut(&id) {
            new.annotations = annotations;
            for entry in entries {
                new.add(entry);
            }
        }
        self.watchers.changed(inbox);
        Ok(())
    }
}
