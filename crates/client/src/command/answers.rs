//! What a fetch has of the messages that it asked for, and what it could not keep.

use std::collections::BTreeMap;

use imapclient_codec::Fetch;
use imapclient_engine::Oversize;

use crate::error::{Error, Incomplete, Missing, Result};

/// The answers to one fetch, which several commands may make up.
pub(crate) struct Answers {
    /// True if messages go by their UID, else by their sequence number.
    by_uid: bool,
    answer_limit: u64,
    pub(crate) found: BTreeMap<u32, Fetch>,
    /// The messages that could not be kept and have a number of the kind they go by.
    missing: BTreeMap<u32, Missing>,
    /// Those whose UID nobody has told, by their sequence number. 0 is for all that have none.
    nameless: BTreeMap<u32, Missing>,
    /// What was the first that could not be kept.
    first: Option<Incomplete>,
}

impl Answers {
    pub(crate) fn new(by_uid: bool, answer_limit: u64) -> Self {
        Self {
            by_uid,
            answer_limit,
            found: BTreeMap::new(),
            missing: BTreeMap::new(),
            nameless: BTreeMap::new(),
            first: None,
        }
    }

    /// Takes note of a message that could not be kept.
    pub(crate) fn lose(&mut self, lost: &Oversize) {
        let missing = Missing::of(lost);
        self.first.get_or_insert_with(|| {
            let command = if self.by_uid { "UID FETCH" } else { "FETCH" };
            Incomplete::new(command, lost, self.answer_limit)
        });
        let key = if self.by_uid {
            missing.uid
        } else {
            missing.seq
        };
        match key {
            Some(key) => self.missing.insert(key, missing),
            None => self
                .nameless
                .insert(missing.seq.unwrap_or_default(), missing),
        };
    }

    /// A command of the fetch is done. In the next one, sequence numbers may be those of other
    /// messages.
    pub(crate) fn next_command(&mut self) {
        if self.nameless.is_empty() {
            return;
        }
        // Another response may have told the UID, one with the flags for instance.
        for (uid, fetch) in &self.found {
            if let Some(mut missing) = self.nameless.remove(&fetch.seq()) {
                missing.uid = Some(*uid);
                self.missing.insert(*uid, missing);
            }
        }
    }

    /// Returns what was found. A part of a message that could not be kept is not.
    pub(crate) fn finish(self) -> Result<BTreeMap<u32, Fetch>> {
        let mut found = self.found;
        let Some(mut incomplete) = self.first else {
            return Ok(found);
        };
        found.retain(|key, _| !self.missing.contains_key(key));
        let missing = self.missing.into_values();
        incomplete.missing = missing.chain(self.nameless.into_values()).collect();
        incomplete.kept = found;
        Err(Error::TooLarge(Box::new(incomplete)))
    }
}
