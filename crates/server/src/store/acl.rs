//! Access rights of mailboxes (RFC 4314).

use std::{
    collections::BTreeMap,
    fmt,
    ops::{BitAnd, BitOr, Not},
};

use imap_codec::imap_types::flag::Flag;

use super::{AccountId, MailboxId, Store, StoreError, name};

/// All rights, in the order of responses, without `c` and `d`.
const LETTERS: &str = "lrswipkxtea";

/// The rights that `c` (create) and `d` (delete) of RFC 2086 represent (section 2.1.1).
const VIRTUAL: [(char, Rights); 2] = [
    ('c', Rights(1 << 6 | 1 << 7)),
    ('d', Rights(1 << 8 | 1 << 9)),
];

/// The identifier of all users.
const ANYONE: &str = "anyone";

/// A set of rights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rights(u16);

/// The error for a letter that is not a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRight;

/// A change of the rights of an identifier by SETACL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RightsChange {
    Replace(Rights),
    Add(Rights),
    Remove(Rights),
}

/// The rights of each identifier. Those of an identifier that begins with `-` are denied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Acl(BTreeMap<String, Rights>);

impl Rights {
    pub(crate) const LOOKUP: Self = Self(1);
    pub(crate) const READ: Self = Self(1 << 1);
    pub(crate) const SEEN: Self = Self(1 << 2);
    pub(crate) const WRITE: Self = Self(1 << 3);
    pub(crate) const INSERT: Self = Self(1 << 4);
    pub(crate) const POST: Self = Self(1 << 5);
    pub(crate) const CREATE: Self = Self(1 << 6);
    pub(crate) const DELETE_MAILBOX: Self = Self(1 << 7);
    pub(crate) const DELETE_MESSAGES: Self = Self(1 << 8);
    pub(crate) const EXPUNGE: Self = Self(1 << 9);
    pub(crate) const ADMINISTER: Self = Self(1 << 10);
    pub(crate) const ALL: Self = Self((1 << LETTERS.len()) - 1);

    /// Parses letters, each of which represents a right.
    pub(crate) fn parse(letters: &str) -> Result<Self, NoRight> {
        letters.chars().try_fold(Self::default(), |rights, letter| {
            Ok(rights | Self::of(letter)?)
        })
    }

    /// Returns whether the set contains all of `rights`.
    pub(crate) fn contains(self, rights: Self) -> bool {
        self & rights == rights
    }

    /// Returns whether the set contains any of `rights`.
    pub(crate) fn intersects(self, rights: Self) -> bool {
        self & rights != Self::default()
    }

    /// Returns the right that is necessary to change a flag.
    pub(super) fn for_flag(flag: &Flag<'_>) -> Self {
        match flag {
            Flag::Seen => Self::SEEN,
            Flag::Deleted => Self::DELETE_MESSAGES,
            _ => Self::WRITE,
        }
    }

    fn of(letter: char) -> Result<Self, NoRight> {
        if let Some(at) = LETTERS.find(letter) {
            return Ok(Self(1 << at));
        }
        let found = VIRTUAL.iter().find(|(virtual_, _)| *virtual_ == letter);
        found.map(|(_, rights)| *rights).ok_or(NoRight)
    }
}

impl RightsChange {
    fn of(self, rights: Rights) -> Rights {
        match self {
            Self::Replace(by) => by,
            Self::Add(by) => rights | by,
            Self::Remove(by) => rights & !by,
        }
    }
}

impl Acl {
    /// Returns an ACL with all rights for the owner, and none for others.
    pub(super) fn of_owner(user: &str) -> Self {
        Self(BTreeMap::from([(user.to_owned(), Rights::ALL)]))
    }

    /// Returns the rights of a user: those granted to the user and to `anyone`, without the denied
    /// ones.
    pub(super) fn of(&self, user: &str) -> Rights {
        let of = |identifier: &str| self.0.get(identifier).copied().unwrap_or_default();
        let denied = |identifier: &str| of(&format!("-{identifier}"));
        (of(user) | of(ANYONE)) & !(denied(user) | denied(ANYONE))
    }

    /// Changes the rights of an identifier, which stays even without rights, until it is deleted.
    fn change(&mut self, identifier: &str, change: RightsChange) {
        let rights = self.0.entry(identifier.to_owned()).or_default();
        *rights = change.of(*rights);
    }
}

impl Store {
    /// SETACL.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`], [`StoreError::NoPermission`]
    pub(crate) fn set_acl(
        &mut self,
        account: AccountId,
        name: &str,
        identifier: &str,
        change: RightsChange,
    ) -> Result<(), StoreError> {
        let id = self.permitted(account, name, Rights::ADMINISTER)?;
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        mailbox.acl.change(identifier, change);
        self.watchers.tree_changed();
        Ok(())
    }

    /// DELETEACL. A missing identifier is not an error.
    ///
    /// # Errors
    /// Fails for the same reasons as [`set_acl`](Self::set_acl).
    pub(crate) fn delete_acl(
        &mut self,
        account: AccountId,
        name: &str,
        identifier: &str,
    ) -> Result<(), StoreError> {
        let id = self.permitted(account, name, Rights::ADMINISTER)?;
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        mailbox.acl.0.remove(identifier);
        self.watchers.tree_changed();
        Ok(())
    }

    /// GETACL: returns each identifier with its rights.
    ///
    /// # Errors
    /// Fails for the same reasons as [`set_acl`](Self::set_acl).
    pub(crate) fn acl(
        &self,
        account: AccountId,
        name: &str,
    ) -> Result<Vec<(String, Rights)>, StoreError> {
        let id = self.permitted(account, name, Rights::ADMINISTER)?;
        let mailbox = self.mailbox(id).ok_or(StoreError::Gone)?;
        Ok(mailbox.acl.0.clone().into_iter().collect())
    }

    /// MYRIGHTS.
    ///
    /// # Errors
    /// Fails for the same reasons as [`set_acl`](Self::set_acl). One of the rights that reveal a
    /// mailbox is necessary (section 4).
    pub(crate) fn my_rights(&self, account: AccountId, name: &str) -> Result<Rights, StoreError> {
        let known = Rights::LOOKUP
            | Rights::READ
            | Rights::INSERT
            | Rights::CREATE
            | Rights::DELETE_MAILBOX
            | Rights::ADMINISTER;
        let rights = self.rights(self.of(account).mailbox(&name::normal(name))?);
        if !rights.intersects(known) {
            return Err(StoreError::NonExistent);
        }
        Ok(rights)
    }

    /// Returns the mailbox of that name, for which the account needs rights. A mailbox that the
    /// account may not see is treated as nonexistent (section 6).
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`], [`StoreError::NoPermission`]
    pub(crate) fn permitted(
        &self,
        account: AccountId,
        name: &str,
        needed: Rights,
    ) -> Result<MailboxId, StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        self.check_rights(id, needed).map(|()| id)
    }

    /// Checks whether a mailbox of that name may be removed or renamed.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NoPermission`]
    pub(crate) fn check_removal(&self, account: AccountId, name: &str) -> Result<(), StoreError> {
        match self.permitted(account, name, Rights::DELETE_MAILBOX) {
            // A `\Noselect` name has no rights of its own.
            Ok(_) | Err(StoreError::NotSelectable) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Checks whether a mailbox of that name may be created, which depends on the nearest mailbox
    /// above it.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NoPermission`]
    pub(crate) fn check_parent(&self, account: AccountId, name: &str) -> Result<(), StoreError> {
        match self.parent(account, &name::normal(name)) {
            Some(parent) => self.check_rights(parent, Rights::CREATE),
            None => Ok(()),
        }
    }

    /// Returns the initial rights of a new mailbox of that (normal) name.
    pub(super) fn inherited(&self, account: AccountId, name: &str) -> Acl {
        let parent = self.parent(account, name).and_then(|id| self.mailbox(id));
        match parent {
            Some(parent) => parent.acl.clone(),
            None => Acl::of_owner(self.of(account).user()),
        }
    }

    /// Returns the nearest mailbox above a (normal) name.
    fn parent(&self, account: AccountId, name: &str) -> Option<MailboxId> {
        let mailbox = |name| self.of(account).mailbox(name).ok();
        name::parents(name).filter_map(mailbox).last()
    }

    fn check_rights(&self, id: MailboxId, needed: Rights) -> Result<(), StoreError> {
        let rights = self.rights(id);
        match rights.contains(needed) {
            true => Ok(()),
            false if rights.contains(Rights::LOOKUP) => Err(StoreError::NoPermission),
            false => Err(StoreError::NonExistent),
        }
    }

    /// Returns the rights of the owner of a mailbox.
    pub(crate) fn rights(&self, id: MailboxId) -> Rights {
        let mailbox = self.mailbox(id);
        let rights = mailbox.map(|mailbox| mailbox.acl.of(self.of(mailbox.account).user()));
        rights.unwrap_or_default()
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let real = LETTERS.chars().enumerate();
        let real = real.map(|(at, letter)| (letter, Self(1 << at)));
        for (letter, rights) in real.chain(VIRTUAL) {
            if self.intersects(rights) {
                write!(f, "{letter}")?;
            }
        }
        Ok(())
    }
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Rights {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Rights {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(letters: &str) -> Rights {
        Rights::parse(letters).unwrap()
    }

    #[test]
    fn letters_and_what_they_stand_for() {
        for (letters, told) in [
            ("", ""),
            ("rl", "lr"),
            ("lrswipkxtea", "lrswipkxteacd"),
            ("c", "kxc"),
            ("d", "ted"),
            ("k", "kc"),
            ("e", "ed"),
        ] {
            assert_eq!(rights(letters).to_string(), told, "{letters}");
        }
        for wrong in ["q", "L", "l r", "0"] {
            assert_eq!(Rights::parse(wrong), Err(NoRight), "{wrong}");
        }
        for (letter, right) in [
            ("l", Rights::LOOKUP),
            ("r", Rights::READ),
            ("s", Rights::SEEN),
            ("w", Rights::WRITE),
            ("i", Rights::INSERT),
            ("k", Rights::CREATE),
            ("x", Rights::DELETE_MAILBOX),
            ("t", Rights::DELETE_MESSAGES),
            ("e", Rights::EXPUNGE),
            ("a", Rights::ADMINISTER),
        ] {
            assert_eq!(rights(letter), right, "{letter}");
        }
    }

    #[test]
    fn rights_are_given_and_denied() {
        let mut acl = Acl::of_owner("bob");
        acl.change("anyone", RightsChange::Add(rights("lr")));
        acl.change("-ann", RightsChange::Replace(rights("r")));
        acl.change("ann", RightsChange::Add(rights("wi")));
        acl.change("ann", RightsChange::Remove(rights("i")));
        assert_eq!(acl.of("ann"), rights("lw"));
        assert_eq!(acl.of("carl"), rights("lr"));
        assert_eq!(acl.of("bob"), Rights::ALL);
        acl.change("ann", RightsChange::Replace(rights("")));
        assert_eq!(acl.of("ann"), rights("l"));
        assert_eq!(acl.0["ann"], Rights::default());
    }
}
