//! The flags of messages.

use imap_codec::imap_types::{
    core::Atom,
    flag::{Flag, FlagFetch, FlagPerm, StoreType},
};

use super::{Rights, StoreError};

/// The system flags, in the order of responses.
const SYSTEM: [Flag<'static>; 5] = [
    Flag::Answered,
    Flag::Flagged,
    Flag::Deleted,
    Flag::Seen,
    Flag::Draft,
];

/// The system flags and keywords of a message, without `\Recent`, which depends on the connection.
///
/// Keywords are not case-sensitive; each mailbox keeps the first spelling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// One bit for each of `SYSTEM`.
    system: u8,
    /// The keywords, sorted by their lower-case form.
    keywords: Vec<Atom<'static>>,
}

impl Flags {
    /// Returns the flags of a command.
    ///
    /// # Errors
    /// Fails for `\Recent` and unknown system flags, which cannot be stored.
    pub(crate) fn new(flags: &[Flag<'_>]) -> Result<Self, StoreError> {
        let mut set = Self::default();
        for flag in flags {
            match flag {
                Flag::Keyword(keyword) => set.add_keyword(&owned(keyword)),
                flag => set.system |= bit(flag).ok_or(StoreError::BadFlag)?,
            }
        }
        Ok(set)
    }

    /// Returns whether the flag is set.
    pub(crate) fn contains(&self, flag: &Flag<'_>) -> bool {
        match flag {
            Flag::Keyword(keyword) => self.has_keyword(keyword.as_ref()),
            flag => bit(flag).is_some_and(|bit| self.system & bit != 0),
        }
    }

    /// Returns whether the keyword is set, in any spelling.
    pub(crate) fn has_keyword(&self, keyword: &str) -> bool {
        self.keywords.iter().any(|k| same(k, keyword))
    }

    /// Sets a flag. Unknown system flags are ignored.
    pub(crate) fn set(&mut self, flag: &Flag<'_>) {
        match flag {
            Flag::Keyword(keyword) => self.add_keyword(&owned(keyword)),
            flag => self.system |= bit(flag).unwrap_or(0),
        }
    }

    /// Returns the flags after a STORE.
    pub(crate) fn changed(&self, kind: StoreType, by: &Self) -> Self {
        let mut set = self.clone();
        match kind {
            StoreType::Replace => set = by.clone(),
            StoreType::Add => {
                set.system |= by.system;
                for keyword in &by.keywords {
                    set.add_keyword(keyword);
                }
            }
            StoreType::Remove => {
                set.system &= !by.system;
                set.keywords
                    .retain(|keyword| !by.has_keyword(keyword.as_ref()));
            }
        }
        set
    }

    /// Returns the flags that the rights allow to change (RFC 4314 §4).
    pub(crate) fn permitted(&self, rights: Rights) -> Self {
        let mut set = self.clone();
        for flag in &SYSTEM {
            if !rights.contains(Rights::for_flag(flag)) {
                set.system &= !bit(flag).unwrap_or(0);
            }
        }
        if !rights.contains(Rights::WRITE) {
            set.keywords.clear();
        }
        set
    }

    /// Returns the keywords, sorted.
    pub(crate) fn keywords(&self) -> &[Atom<'static>] {
        &self.keywords
    }

    /// Adopts the spelling of `known` for the keywords in it.
    pub(crate) fn respell(&mut self, known: &[Atom<'static>]) {
        for keyword in &mut self.keywords {
            if let Some(known) = known.iter().find(|k| same(k, keyword.as_ref())) {
                *keyword = known.clone();
            }
        }
    }

    /// Returns all flags in the form of FETCH.
    pub(crate) fn told(&self, recent: bool) -> Vec<FlagFetch<'static>> {
        let system = SYSTEM.into_iter().filter(|flag| self.contains(flag));
        let keywords = self.keywords.iter().cloned().map(Flag::Keyword);
        let recent = recent.then_some(FlagFetch::Recent);
        let stored = system.chain(keywords).map(FlagFetch::Flag);
        stored.chain(recent).collect()
    }

    fn add_keyword(&mut self, keyword: &Atom<'static>) {
        if !self.has_keyword(keyword.as_ref()) {
            let key = |k: &Atom<'_>| k.as_ref().to_ascii_lowercase();
            let at = self.keywords.partition_point(|k| key(k) < key(keyword));
            self.keywords.insert(at, keyword.clone());
        }
    }
}

/// Returns the FLAGS of a mailbox with these keywords.
pub(crate) fn applicable(keywords: &[Atom<'static>]) -> Vec<Flag<'static>> {
    let keywords = keywords.iter().cloned().map(Flag::Keyword);
    SYSTEM.into_iter().chain(keywords).collect()
}

/// Returns the PERMANENTFLAGS of a mailbox with these keywords: the flags that may be changed, and
/// `\*` if new keywords may be set.
pub(crate) fn permanent(keywords: &[Atom<'static>], rights: Rights) -> Vec<FlagPerm<'static>> {
    let mut flags: Vec<_> = applicable(keywords)
        .into_iter()
        .filter(|flag| rights.contains(Rights::for_flag(flag)))
        .map(FlagPerm::Flag)
        .collect();
    if rights.contains(Rights::WRITE) {
        flags.push(FlagPerm::Asterisk);
    }
    flags
}

fn bit(flag: &Flag<'_>) -> Option<u8> {
    let at = SYSTEM.iter().position(|system| system == flag)?;
    Some(1 << at)
}

fn same(keyword: &Atom<'_>, other: &str) -> bool {
    keyword.as_ref().eq_ignore_ascii_case(other)
}

fn owned(keyword: &Atom<'_>) -> Atom<'static> {
    use imap_codec::imap_types::ToStatic as _;
    keyword.to_static()
}
