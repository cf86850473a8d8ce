//! Trees of search keys.

use chrono::NaiveDate;
use imap_codec::imap_types::{
    core::AString, extensions::condstore_qresync::EntryTypeReq, search::SearchKey as Key,
};
use imapclient_codec::{
    Flag,
    command::{EntryType, SearchKey},
};

use super::{Source, set_of};

/// imap-codec reads 8 levels.
const DEPTH: usize = 5;

/// Generates a tree of keys and its words.
pub(super) fn any(source: &mut Source<'_>) -> (SearchKey, String) {
    let (key, words) = key(source, DEPTH);
    // At the top, a list of keys needs no parentheses.
    let words = match (&key, words.strip_prefix('('), words.strip_suffix(')')) {
        (SearchKey::And(keys), Some(_), Some(_)) if keys.len() > 1 => {
            words[1..words.len() - 1].to_owned()
        }
        _ => words,
    };
    (key, words)
}

fn key(source: &mut Source<'_>, depth: usize) -> (SearchKey, String) {
    let leaves = 13;
    let choice = source.byte() % (leaves + if depth > 0 { 3 } else { 0 });
    match choice {
        0 => (SearchKey::Unseen, "unseen".into()),
        1 => text(source, "subject", SearchKey::Subject),
        2 => text(source, "text", SearchKey::Text),
        3 => {
            let (name, value) = (source.text(), source.text());
            let words = format!("header {name:?} {value:?}");
            (SearchKey::Header(name, value), words)
        }
        4 => date(source, "before", SearchKey::Before),
        5 => date(source, "sentsince", SearchKey::SentSince),
        6 => {
            let n = source.number();
            (SearchKey::Larger(n.into()), format!("larger {n}"))
        }
        7 => {
            let n = source.number();
            (SearchKey::Older(n), format!("older {n}"))
        }
        8 => {
            let uids = source.uids();
            let words = format!("uid {uids}");
            (SearchKey::Uid(uids), words)
        }
        9 => {
            let flag = source.flag();
            let words = format!("keyword {:?}", flag.to_string());
            (SearchKey::Keyword(flag), words)
        }
        10 => {
            let n = u64::from(source.number());
            (SearchKey::ModSeq(n), format!("modseq {n}"))
        }
        11 => {
            let n = u64::from(source.number());
            let key = SearchKey::FlagModSeq(Flag::Seen, EntryType::Shared, n);
            (key, format!("modseq seen shared {n}"))
        }
        12 => {
            let seqs = source.uids().to_string();
            match seqs.parse() {
                Ok(set) => (SearchKey::Seq(set), format!("seq {seqs}")),
                Err(_) => (SearchKey::All, "all".into()),
            }
        }
        13 => {
            let (key, words) = key(source, depth - 1);
            (!key, format!("not {words}"))
        }
        14 => {
            let (one, first) = key(source, depth - 1);
            let (other, second) = key(source, depth - 1);
            (one | other, format!("or {first} {second}"))
        }
        _ => {
            let count = source.byte() % 3;
            let (keys, words): (Vec<_>, Vec<_>) =
                (0..count).map(|_| key(source, depth - 1)).unzip();
            let words = match &words[..] {
                [] => "all".to_owned(),
                [one] => one.clone(),
                all => format!("({})", all.join(" ")),
            };
            (SearchKey::And(keys), words)
        }
    }
}

fn text(source: &mut Source<'_>, name: &str, key: fn(String) -> SearchKey) -> (SearchKey, String) {
    let text = source.text();
    let words = format!("{name} {text:?}");
    (key(text), words)
}

fn date(
    source: &mut Source<'_>,
    name: &str,
    key: fn(NaiveDate) -> SearchKey,
) -> (SearchKey, String) {
    let days = source.number() % 4_000_000;
    match NaiveDate::from_num_days_from_ce_opt(days.cast_signed()) {
        Some(day) => (key(day), format!("{name} {day}")),
        None => (SearchKey::All, "all".into()),
    }
}

/// Returns the words of the keys that were read.
pub(super) fn words(keys: &[Key<'_>]) -> String {
    let words: Vec<_> = keys.iter().map(one).collect();
    words.join(" ")
}

fn one(key: &Key<'_>) -> String {
    let text = |name: &str, text: &AString<'_>| format!("{name} {:?}", super::astring(text));
    match key {
        Key::All => "all".into(),
        Key::Unseen => "unseen".into(),
        Key::Subject(value) => text("subject", value),
        Key::Text(value) => text("text", value),
        Key::Header(name, value) => {
            let words = text("header", name);
            format!("{words} {:?}", super::astring(value))
        }
        Key::Before(day) => format!("before {}", day.as_ref()),
        Key::SentSince(day) => format!("sentsince {}", day.as_ref()),
        Key::Larger(n) => format!("larger {n}"),
        Key::Older(n) => format!("older {n}"),
        Key::Uid(uids) => format!("uid {}", set_of(uids)),
        Key::SequenceSet(seqs) => format!("seq {}", set_of(seqs)),
        Key::Keyword(word) => format!("keyword {:?}", word.as_ref()),
        Key::ModSequence {
            entry: None,
            modseq,
        } => format!("modseq {modseq}"),
        Key::ModSequence {
            entry: Some((flag, EntryTypeReq::Shared)),
            modseq,
        } if format!("{flag:?}").contains("Seen") => format!("modseq seen shared {modseq}"),
        Key::Not(key) => format!("not {}", one(key)),
        Key::Or(first, second) => format!("or {} {}", one(first), one(second)),
        Key::And(keys) => match keys.as_ref() {
            [key] => one(key),
            keys => format!("({})", words(keys)),
        },
        other => format!("{other:?}"),
    }
}
