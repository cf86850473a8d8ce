//! SEARCH, SORT and THREAD.

use super::{Session, selected::number};
use crate::{
    listener::lock,
    server::{
        reply::{Outcome, Reply},
        search::{Found, knows},
        thread::ThreadError,
    },
};
use imap_codec::imap_types::{
    core::Charset,
    extensions::{sort::SortCriterion, thread::ThreadingAlgorithm},
    response::{Code, Data},
    search::SearchKey,
};
use std::num::{NonZeroU32, NonZeroU64};

impl Session<'_> {
    /// SEARCH (RFC 3501, section 6.4.4).
    pub(super) fn search(
        &mut self,
        charset: Option<&Charset<'_>>,
        keys: &[SearchKey<'_>],
        uid: bool,
    ) -> Outcome {
        self.prepare(charset, keys)?;
        let shared = self.shared;
        let found = lock(&shared.store).search(&self.selected()?.view, keys)?;
        let (numbers, modseq) = numbers(&found, uid);
        self.out.data(Data::Search(numbers, modseq))?;
        Ok(Reply::ok("Searched."))
    }

    /// SORT (RFC 5256).
    pub(super) fn sort(
        &mut self,
        criteria: &[SortCriterion],
        charset: &Charset<'_>,
        keys: &[SearchKey<'_>],
        uid: bool,
    ) -> Outcome {
        self.prepare(Some(charset), keys)?;
        let shared = self.shared;
        let found = lock(&shared.store).sort(&self.selected()?.view, criteria, keys)?;
        let (numbers, modseq) = numbers(&found, uid);
        self.out.data(Data::Sort(numbers, modseq))?;
        Ok(Reply::ok("Sorted."))
    }

    /// THREAD (RFC 5256).
    pub(super) fn thread(
        &mut self,
        algorithm: &ThreadingAlgorithm<'_>,
        charset: &Charset<'_>,
        keys: &[SearchKey<'_>],
        uid: bool,
    ) -> Outcome {
        if !self.has(&format!("THREAD={algorithm}")) {
            return Err(Reply::bad("That algorithm is not known here.").into());
        }
        self.prepare(Some(charset), keys)?;
        let shared = self.shared;
        let threads = lock(&shared.store).thread(&self.selected()?.view, algorithm, keys, uid);
        let threads = threads.map_err(|error| match error {
            ThreadError::BadSequence(error) => error.into(),
            ThreadError::Algorithm => Reply::bad("That algorithm is not known here.").into(),
        });
        let threads: Outcome<_> = threads;
        self.out.data(Data::Thread(threads?))?;
        Ok(Reply::ok("Threaded."))
    }

    fn prepare(&mut self, charset: Option<&Charset<'_>>, keys: &[SearchKey<'_>]) -> Outcome<()> {
        self.selected()?;
        if !knows(charset) {
            let allowed = ["US-ASCII", "UTF-8"];
            let allowed = allowed
                .iter()
                .filter_map(|&name| Charset::try_from(name).ok());
            let allowed = allowed.collect();
            return Err(Reply::no("That charset is not known here.")
                .with(Code::BadCharset { allowed })
                .into());
        }
        if keys.iter().any(uses_modseq) {
            self.enable_condstore()?;
        }
        Ok(())
    }
}

/// Whether there is MODSEQ in it somewhere.
fn uses_modseq(key: &SearchKey<'_>) -> bool {
    match key {
        SearchKey::ModSequence { .. } => true,
        SearchKey::And(keys) => keys.as_ref().iter().any(uses_modseq),
        SearchKey::Not(key) => uses_modseq(key),
        SearchKey::Or(one, other) => uses_modseq(one) || uses_modseq(other),
        _ => false,
    }
}

fn numbers(found: &Found, uid: bool) -> (Vec<NonZeroU32>, Option<NonZeroU64>) {
    let hits = found.hits.iter();
    let numbers = hits.map(|hit| number(if uid { hit.uid } else { hit.seq }));
    (numbers.collect(), found.modseq.and_then(NonZeroU64::new))
}
