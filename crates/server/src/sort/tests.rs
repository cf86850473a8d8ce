//! Tests of each sort key.

use std::sync::Arc;

use chrono::DateTime;

use super::*;
use crate::{
    search::tests::keys,
    store::{AccountId, Draft, Flags, Labels},
};

fn sorted(store: &Store, view: &View, criteria: &str) -> Vec<u32> {
    let criteria: Vec<_> = criteria
        .split(' ')
        .map(|word| SortCriterion {
            reverse: word.starts_with('-'),
            key: match word.trim_start_matches('-') {
                "ARRIVAL" => SortKey::Arrival,
                "CC" => SortKey::Cc,
                "DATE" => SortKey::Date,
                "FROM" => SortKey::From,
                "SIZE" => SortKey::Size,
                "SUBJECT" => SortKey::Subject,
                "TO" => SortKey::To,
                "DISPLAYFROM" => SortKey::DisplayFrom,
                "DISPLAYTO" => SortKey::DisplayTo,
                other => panic!("{other}"),
            },
        })
        .collect();
    let found = store.sort(view, &criteria, &keys("ALL")).unwrap();
    found.hits.iter().map(|hit| hit.seq).collect()
}

fn letters() -> (Store, AccountId) {
    let mut store = Store::new();
    let bob = store.add_account("bob", "sekret");
    for (raw, arrived) in [
        (
            "From: =?utf-8?q?=C3=84nne?= <b@x>\r\nTo: z@x\r\nSubject: Re: [list] beta\r\n\
             Date: Mon, 1 Jan 2024 12:00:00 +0000\r\n\r\n",
            3,
        ),
        (
            "From: A@x\r\nTo: \"Mum\" <m@x>\r\nCc: c@x\r\nSubject: alpha (fwd)\r\n\
             Date: Mon, 1 Jan 2024 12:30:00 +0100\r\n\r\nlonger, so that sizes differ\r\n",
            1,
        ),
        ("From: Zed <c@x>\r\nSubject: Beta\r\n\r\n", 2),
        ("Date: Mon, 1 Jan 2024 12:00:00 +0000\r\n\r\n", 2),
    ] {
        let draft = Draft {
            message: Arc::new(Message::new(raw)),
            flags: Flags::default(),
            date: DateTime::from_timestamp(arrived, 0).map(|date| date.fixed_offset()),
            labels: Labels::default(),
        };
        store.append(bob, "INBOX", draft).unwrap();
    }
    (store, bob)
}

#[test]
fn each_criterion() {
    let (mut store, bob) = letters();
    let (view, _) = store.select(bob, "INBOX", false).unwrap();
    for (criteria, expected) in [
        ("ARRIVAL", [2, 3, 4, 1]),
        ("-ARRIVAL", [1, 3, 4, 2]),
        ("DATE", [3, 2, 1, 4]),
        ("-DATE", [1, 4, 2, 3]),
        ("FROM", [4, 2, 1, 3]),
        ("TO", [3, 4, 2, 1]),
        ("CC", [1, 3, 4, 2]),
        ("SUBJECT", [4, 2, 1, 3]),
        ("SIZE", [3, 4, 1, 2]),
        ("DISPLAYFROM", [4, 2, 1, 3]),
        ("DISPLAYTO", [3, 4, 2, 1]),
        ("SUBJECT -DATE", [4, 2, 1, 3]),
        ("SUBJECT DATE", [4, 2, 3, 1]),
        ("CC -SIZE", [1, 4, 3, 2]),
    ] {
        assert_eq!(sorted(&store, &view, criteria), expected, "{criteria}");
    }
}

#[test]
fn nothing_is_lost_and_reverse_is_backwards() {
    let mut store = Store::new();
    let bob = store.add_account("bob", "sekret");
    store.fill(bob, 11).unwrap();
    let (view, selected) = store.select(bob, "INBOX", false).unwrap();
    for criteria in ["SUBJECT FROM", "DISPLAYFROM", "SIZE", "DATE TO", "CC"] {
        let mut all = sorted(&store, &view, criteria);
        assert_ne!(all, (1..=selected.exists).collect::<Vec<_>>(), "{criteria}");
        all.sort_unstable();
        assert_eq!(all, (1..=selected.exists).collect::<Vec<_>>(), "{criteria}");
    }
    let sizes = |order: Vec<u32>| -> Vec<u32> {
        let hits: Vec<_> = view.hits().collect();
        let size = |seq: u32| {
            store
                .entry(&view, hits[seq as usize - 1])
                .unwrap()
                .message
                .size()
        };
        order.into_iter().map(size).collect()
    };
    let (up, mut down) = (
        sizes(sorted(&store, &view, "SIZE")),
        sizes(sorted(&store, &view, "-SIZE")),
    );
    assert!(up.is_sorted());
    down.reverse();
    assert_eq!(up, down);
}
