//! SEARCH, SORT and THREAD.

use super::{Session, selected::number};
use crate::{
    listener::lock,
    server::{
        reply::{Outcome, Reply},
        request::{Search, SearchKind},
        search::{Found, Key, knows},
        thread::ThreadError,
    },
};
use imap_codec::imap_types::{
    core::Charset,
    extensions::{sort::SortCriterion, thread::ThreadingAlgorithm},
    response::{Code, Data},
};
use std::num::{NonZeroU32, NonZeroU64};

impl Session<'_> {
    /// SEARCH (RFC 3501, section 6.4.4), SORT and THREAD (RFC 5256).
    pub(super) fn search(&mut self, search: Search) -> Outcome {
        let Search {
            kind,
            uid,
            charset,
            keys,
        } = search;
        self.selected()?;
        check_charset(charset.as_ref())?;
        if keys.iter().any(Key::is_modseq) {
            self.enable_condstore()?;
        }
        if keys.iter().any(Key::is_gmail) {
            self.need_gmail()?;
        }
        match kind {
            SearchKind::Search => self.find(&keys, uid),
            SearchKind::Sort(criteria) => self.sort(&criteria, &keys, uid),
            SearchKind::Thread(algorithm) => self.thread(&algorithm, &keys, uid),
        }
    }

    fn find(&mut self, keys: &[Key], uid: bool) -> Outcome {
        let shared = self.shared;
        let found = lock(&shared.store).search(&self.selected()?.view, keys)?;
        let (numbers, modseq) = numbers(&found, uid);
        self.out.data(Data::Search(numbers, modseq))?;
        Ok(Reply::ok("Searched."))
    }

    fn sort(&mut self, criteria: &[SortCriterion], keys: &[Key], uid: bool) -> Outcome {
        let shared = self.shared;
        let found = lock(&shared.store).sort(&self.selected()?.view, criteria, keys)?;
        let (numbers, modseq) = numbers(&found, uid);
        self.out.data(Data::Sort(numbers, modseq))?;
        Ok(Reply::ok("Sorted."))
    }

    fn thread(&mut self, algorithm: &ThreadingAlgorithm<'_>, keys: &[Key], uid: bool) -> Outcome {
        if !self.has(&format!("THREAD={algorithm}")) {
            return Err(Reply::bad("That algorithm is not known here.").into());
        }
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
}

/// Search strings in other charsets cannot be read.
fn check_charset(charset: Option<&Charset<'_>>) -> Outcome<()> {
    if knows(charset) {
        return Ok(());
    }
    let allowed = ["US-ASCII", "UTF-8"].into_iter();
    let allowed = allowed.filter_map(|name| Charset::try_from(name).ok());
    let allowed = allowed.collect();
    Err(Reply::no("That charset is not known here.")
        .with(Code::BadCharset { allowed })
        .into())
}

fn numbers(found: &Found, uid: bool) -> (Vec<NonZeroU32>, Option<NonZeroU64>) {
    let hits = found.hits.iter();
    let numbers = hits.map(|hit| number(if uid { hit.uid } else { hit.seq }));
    (numbers.collect(), found.modseq.and_then(NonZeroU64::new))
}
