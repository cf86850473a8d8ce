//! Tests of each search key.

use std::sync::Arc;

use imap_codec::imap_types::flag::StoreType;
use proptest::prelude::*;

use super::*;
use crate::{
    message::Message,
    request::Request,
    store::{AccountId, Alteration, Draft, Flags, Labels},
};

/// Parses the arguments of SEARCH as keys.
pub(crate) fn keys(text: &str) -> Vec<Key> {
    let line = format!("A SEARCH {text}\r\n");
    match Request::parse("SEARCH", line.as_bytes()) {
        Ok(Request::Search(search)) => search.keys,
        other => panic!("{text}: {other:?}"),
    }
}

fn found(store: &Store, view: &View, text: &str) -> Result<Vec<u32>, BadSequence> {
    let found = store.search(view, &keys(text))?;
    Ok(found.hits.iter().map(|hit| hit.seq).collect())
}

/// Returns a mailbox of letters with flags and internal dates.
fn letters() -> (Store, AccountId) {
    let mut store = Store::with_clock(Box::new(|| date("2024-06-01T12:00:00+00:00")));
    let bob = store.add_account("bob", "sekret");
    for (raw, flags, arrived) in [
        (
            "From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@x.example>\r\nTo: bob@example\r\n\
             Subject: Hello =?iso-8859-1?Q?W=F6rld?=\r\nDate: Mon, 1 Jan 2024 23:30:00 -0800\r\n\r\nGood morning\r\n",
            vec!["\\Seen"],
            "2024-01-02T07:30:00+00:00",
        ),
        (
            "From: eve@x.example\r\nCc: carol@c.example\r\nSubject: a\r\n folded line\r\nX-Odd:\r\nDate: nonsense\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n5pel5pys6Kqe\r\n",
            vec!["\\Flagged", "Work"],
            "2024-02-03T23:59:59+09:00",
        ),
        (
            "Bcc: hidden@x\r\nDate: Sat, 3 Feb 2024 10:00:00 +0000\r\n\r\nwith HELLO in it, and a longer body than the others\r\n",
            vec!["\\Answered", "\\Draft", "\\Deleted"],
            "2024-06-01T11:59:00+00:00",
        ),
    ] {
        let flags: Vec<_> = flags
            .into_iter()
            .map(|f| Flag::try_from(f).unwrap())
            .collect();
        let draft = Draft {
            message: Arc::new(Message::new(raw)),
            flags: Flags::new(&flags).unwrap(),
            date: Some(date(arrived)),
            labels: Labels::default(),
        };
        store.append(bob, "INBOX", draft).unwrap();
    }
    (store, bob)
}

fn date(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

#[test]
fn each_key() {
    let (mut store, bob) = letters();
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    for (text, expected) in [
        ("ALL", vec![1, 2, 3]),
        ("1,3", vec![1, 3]),
        ("2:*", vec![2, 3]),
        ("UID 3:9", vec![3]),
        ("UID 9", vec![]),
        ("ANSWERED", vec![3]),
        ("UNANSWERED", vec![1, 2]),
        ("DELETED", vec![3]),
        ("UNDELETED", vec![1, 2]),
        ("DRAFT", vec![3]),
        ("UNDRAFT", vec![1, 2]),
        ("FLAGGED", vec![2]),
        ("UNFLAGGED", vec![1, 3]),
        ("SEEN", vec![1]),
        ("UNSEEN", vec![2, 3]),
        ("KEYWORD work", vec![2]),
        ("UNKEYWORD WORK", vec![1, 3]),
        ("RECENT", vec![1, 2, 3]),
        ("OLD", vec![]),
        ("NEW", vec![2, 3]),
        ("BEFORE 3-Feb-2024", vec![1]),
        ("ON 3-Feb-2024", vec![2]),
        ("SINCE 3-Feb-2024", vec![2, 3]),
        ("SENTBEFORE 2-Jan-2024", vec![1]),
        ("SENTON 1-Jan-2024", vec![1]),
        ("SENTSINCE 2-Jan-2024", vec![3]),
        ("YOUNGER 60", vec![3]),
        ("OLDER 60", vec![1, 2, 3]),
        ("OLDER 61", vec![1, 2]),
        ("LARGER 150", vec![1, 2]),
        ("SMALLER 150", vec![3]),
        ("FROM \"X.EXAMPLE\"", vec![1, 2]),
        ("TO bob", vec![1]),
        ("CC carol", vec![2]),
        ("BCC hidden", vec![3]),
        ("SUBJECT hello", vec![1]),
        ("SUBJECT \"a folded\"", vec![2]),
        ("HEADER X-Odd \"\"", vec![2]),
        ("HEADER Subject \"\"", vec![1, 2]),
        ("HEADER subject world", vec![]),
        ("BODY hello", vec![3]),
        ("BODY \"good morning\"", vec![1]),
        ("BODY joerg", vec![]),
        ("TEXT hello", vec![1, 3]),
        ("TEXT x-odd", vec![2]),
        ("TEXT \"\"", vec![1, 2, 3]),
        ("OR SEEN FLAGGED", vec![1, 2]),
        ("OR (SEEN 1) (FLAGGED NOT 2)", vec![1]),
        ("NOT SEEN NOT FLAGGED", vec![3]),
        ("(UNSEEN FLAGGED)", vec![2]),
    ] {
        assert_eq!(found(&store, &view, text), Ok(expected), "{text}");
    }
    for (text, expected) in [
        ("4", vec![]),
        ("4:9", vec![]),
        ("2:4", vec![2, 3]),
        ("4:*", vec![3]),
        ("NOT 1:4", vec![]),
        ("NOT 4", vec![1, 2, 3]),
    ] {
        view.strict = false;
        assert_eq!(found(&store, &view, text), Ok(expected), "{text}");
        view.strict = true;
        assert_eq!(found(&store, &view, text), Err(BadSequence), "{text}");
    }
    for (key, text, expected) in [
        ("FROM", "jörg mÜller", vec![1]),
        ("SUBJECT", "WÖRLD", vec![1]),
        ("BODY", "日本", vec![2]),
        ("TEXT", "本語", vec![2]),
        ("TEXT", "語日", vec![]),
    ] {
        let text = format!("CHARSET UTF-8 {key} {{{}+}}\r\n{text}", text.len());
        assert_eq!(found(&store, &view, &text), Ok(expected), "{text}");
    }
}

#[test]
fn mod_sequences() {
    let (mut store, bob) = letters();
    let (mut view, selected) = store.select(bob, "INBOX", false).unwrap();
    let two = view.resolve(&"2".parse().unwrap(), false).unwrap();
    let flags = [Flag::Seen];
    let alteration = Alteration {
        kind: StoreType::Add,
        flags: &flags,
        silent: true,
        unchanged_since: None,
    };
    store.alter(&mut view, &two, alteration).unwrap();
    let since = selected.highest_modseq;
    let now = store
        .search(&view, &keys(&format!("MODSEQ {}", since + 1)))
        .unwrap();
    assert_eq!((now.hits, now.modseq), (two, Some(since + 1)));
    let all = store
        .search(&view, &keys(&format!("OR MODSEQ {} ALL", since + 1)))
        .unwrap();
    assert_eq!((all.hits.len(), all.modseq), (3, Some(since + 1)));
    let none = store.search(&view, &keys("MODSEQ 999")).unwrap();
    assert_eq!((none.hits, none.modseq), (vec![], None));
    assert_eq!(store.search(&view, &keys("ALL")).unwrap().modseq, None);
}

#[test]
fn charsets() {
    for (name, known) in [("utf-8", true), ("US-ASCII", true), ("KOI8-R", false)] {
        assert_eq!(
            knows(Some(&Charset::try_from(name).unwrap())),
            known,
            "{name}"
        );
    }
    assert!(knows(None));
}

/// Generates keys for the sample, in the form of a command.
fn any_key() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "ALL",
        "1:20",
        "50:*",
        "UID 10:40",
        "SEEN",
        "FLAGGED",
        "KEYWORD work",
        "RECENT",
        "NEW",
        "BEFORE 10-Feb-2024",
        "ON 20-Jan-2024",
        "SENTSINCE 1-Mar-2024",
        "LARGER 2000",
        "SMALLER 1000",
        "FROM example.de",
        "SUBJECT re",
        "TEXT the",
        "BODY that",
        "HEADER References example",
        "CC a",
        "MODSEQ 30",
        "OLDER 86400",
        "UNDELETED",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(3, 12, 3, |key| {
            prop_oneof![
                key.clone().prop_map(|a| format!("NOT {a}")),
                (key.clone(), key.clone()).prop_map(|(a, b)| format!("OR {a} {b}")),
                (key.clone(), key).prop_map(|(a, b)| format!("({a} {b})")),
            ]
        })
}

#[test]
fn not_is_the_complement_and_the_rest_is_logic() {
    let mut store = Store::with_clock(Box::new(|| date("2024-03-01T00:00:00+00:00")));
    let bob = store.add_account("bob", "sekret");
    store.fill(bob, 7).unwrap();
    let (view, selected) = store.select(bob, "INBOX", false).unwrap();
    let find =
        |text: &str| -> HashSet<u32> { found(&store, &view, text).unwrap().into_iter().collect() };
    let all: HashSet<u32> = (1..=selected.exists).collect();
    proptest!(ProptestConfig::with_cases(60), |(a in any_key(), b in any_key())| {
        let (is_a, is_b) = (find(&a), find(&b));
        let not_a: HashSet<_> = all.difference(&is_a).copied().collect();
        prop_assert_eq!(find(&format!("NOT {a}")), not_a);
        prop_assert_eq!(find(&format!("{a} {b}")), &is_a & &is_b);
        prop_assert_eq!(find(&format!("OR {a} {b}")), &is_a | &is_b);
    });
}
