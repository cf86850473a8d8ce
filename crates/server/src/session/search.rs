//! SEARCH, SORT and THREAD.

use std::num::{NonZeroU32, NonZeroU64};

use imap_codec::imap_types::{
    core::Charset,
    extensions::{sort::SortCriterion, thread::ThreadingAlgorithm},
    response::{Code, Data},
};
use imapclient_loopback::lock;

use super::{Session, messages::set, selected::number};
use crate::{
    reply::{Outcome, Reply},
    request::{Return, Search, SearchKind, texts},
    search::{Found, Key, knows},
    store::Hit,
    thread::ThreadError,
};

impl Session<'_> {
    /// SEARCH (RFC 3501 §6.4.4; RETURN of RFC 4731 and 5182), SORT and THREAD (RFC 5256).
    pub(super) fn search(&mut self, search: Search, tag: &str) -> Outcome {
        let Search {
            kind,
            returns,
            uid,
            charset,
            keys,
        } = search;
        self.selected()?;
        if keys.iter().any(Key::is_modseq) {
            self.use_modseqs()?;
        }
        if keys.iter().any(Key::is_gmail) {
            self.need("X-GM-EXT-1")?;
        }
        if keys.iter().any(Key::is_saved) {
            self.need("SEARCHRES")?;
        }
        if let Some(returns) = returns {
            self.need("ESEARCH")?;
            if returns.save {
                self.need("SEARCHRES")?;
            }
        }
        if self.names.utf8 && charset.is_some() {
            // RFC 6855 §3.
            return Err(Reply::bad("After ENABLE UTF8=ACCEPT there is one charset.").into());
        }
        let known = check_charset(charset.as_ref());
        if known.is_err() && returns.is_some_and(|returns| returns.save) {
            // After a failure the saved result is empty (RFC 5182 §2.1).
            self.selected()?.view.saved.clear();
        }
        known?;
        let is_no_text = |key: &Key| match key {
            Key::Plain(key) => texts(key)
                .iter()
                .any(|text| std::str::from_utf8(text.as_ref()).is_err()),
            _ => false,
        };
        if keys.iter().any(|key| key.any(&is_no_text)) {
            return Err(Reply::bad("That is no text in that charset.").into());
        }
        match (kind, returns) {
            (SearchKind::Search, None) => self.find(&keys, uid),
            (SearchKind::Search, Some(returns)) => self.find_some(&keys, returns, uid, tag),
            (SearchKind::Sort(criteria), _) => self.sort(&criteria, &keys, uid),
            (SearchKind::Thread(algorithm), _) => self.thread(&algorithm, &keys, uid),
        }
    }

    fn find(&mut self, keys: &[Key], uid: bool) -> Outcome {
        let shared = self.shared;
        let found = lock(&shared.store).search(&self.selected()?.view, keys)?;
        let (numbers, modseq) = numbers(&found, uid);
        self.out.data(Data::Search(numbers, modseq))?;
        Ok(Reply::ok("Searched."))
    }

    /// SEARCH with RETURN.
    fn find_some(&mut self, keys: &[Key], returns: Return, uid: bool, tag: &str) -> Outcome {
        let shared = self.shared;
        let view = &mut self.selected()?.view;
        let store = lock(&shared.store);
        let Found { hits, modseq } = store.search(view, keys)?;
        // All messages count, unless only MIN or MAX were requested.
        let (min, max) = (returns.min, returns.max);
        let counts: Vec<Hit> = match hits[..] {
            [first, .., last] if (min || max) && !returns.all && !returns.count => {
                let ends = [(min, first), (max, last)].into_iter();
                ends.filter(|(wanted, _)| *wanted)
                    .map(|(_, hit)| hit)
                    .collect()
            }
            _ => hits.clone(),
        };
        let modseqs = counts.iter().filter_map(|hit| store.entry(view, *hit));
        let modseq = modseq.and_then(|_| modseqs.map(|entry| entry.modseq).max());
        drop(store);
        if returns.save {
            view.saved = counts.iter().map(|hit| hit.uid).collect();
        }
        if min || max || returns.all || returns.count {
            let numbers = hits.iter().map(|hit| if uid { hit.uid } else { hit.seq });
            let results = results(&numbers.collect::<Vec<_>>(), returns, modseq);
            let uid = if uid { " UID" } else { "" };
            let line = format!("* ESEARCH (TAG \"{tag}\"){uid}{results}");
            self.out.line(line.as_bytes())?;
        }
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
        self.need(&format!("THREAD={algorithm}"))?;
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

/// Returns the return data of ESEARCH for these numbers; without numbers, only COUNT.
fn results(numbers: &[u32], returns: Return, modseq: Option<u64>) -> String {
    let mut results = String::new();
    let mut tell = |wanted: bool, name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|_| wanted) {
            results.push_str(&format!(" {name} {value}"));
        }
    };
    tell(returns.min, "MIN", numbers.first().map(u32::to_string));
    tell(returns.max, "MAX", numbers.last().map(u32::to_string));
    tell(returns.count, "COUNT", Some(numbers.len().to_string()));
    tell(
        returns.all && !numbers.is_empty(),
        "ALL",
        Some(set(numbers)),
    );
    tell(true, "MODSEQ", modseq.map(|modseq| modseq.to_string()));
    results
}

/// Fails if the charset is not supported.
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
