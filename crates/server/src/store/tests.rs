//! Tests of the store.

mod flags;
mod tree;
mod views;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use imap_codec::imap_types::{
    fetch::{MessageDataItem, MessageDataItemName},
    flag::{Flag, FlagFetch, StoreType},
    sequence::SequenceSet,
};

use super::{messages::Altered, *};
use crate::message::Message;

fn store() -> (Store, AccountId) {
    let mut store = Store::new();
    let bob = store.add_account("bob", "sekret");
    (store, bob)
}

/// Adds a small message with flags.
fn add(store: &mut Store, account: AccountId, name: &str, flags: &[Flag<'_>]) -> u32 {
    let draft = Draft {
        message: Arc::new(Message::new("Subject: x\r\n\r\nbody\r\n")),
        flags: Flags::new(flags).unwrap(),
        date: None,
        labels: Labels::default(),
    };
    store.append(account, name, draft).unwrap()
}

fn set(text: &str) -> SequenceSet {
    text.parse().unwrap()
}

/// Returns the messages with these numbers.
fn at(view: &View, numbers: &str) -> Vec<Hit> {
    view.resolve(&set(numbers), false).unwrap()
}

fn uids(view: &View) -> Vec<u32> {
    view.hits().map(|hit| hit.uid).collect()
}

fn alteration<'a>(kind: StoreType, flags: &'a [Flag<'a>]) -> Alteration<'a> {
    Alteration {
        kind,
        flags,
        silent: false,
        unchanged_since: None,
    }
}

fn keyword(name: &'static str) -> Flag<'static> {
    Flag::try_from(name).unwrap()
}

#[test]
fn accounts_are_apart() {
    let (mut store, bob) = store();
    let eve = store.add_account("eve", "other");
    add(&mut store, bob, "INBOX", &[]);
    assert_eq!(store.status(eve, "INBOX").unwrap().messages, 0);
    assert_eq!(store.login(b"bob", b"sekret"), Some(bob));
    assert_eq!(store.login(b"bob", b"other"), None);
    assert_eq!(store.login(b"BOB", b"sekret"), None);
    assert_eq!(store.add_account("bob", "new"), bob);
    assert_eq!(store.login(b"bob", b"new"), Some(bob));
    assert_eq!(store.account("eve"), Some(eve));
    assert_eq!(store.account("none"), None);
}

#[test]
fn selecting_tells_the_state() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[Flag::Seen, keyword("Work")]);
    add(&mut store, bob, "INBOX", &[]);
    let (view, selected) = store.select(bob, "inbox", false).unwrap();
    assert_eq!((selected.exists, selected.recent), (2, 2));
    assert_eq!((selected.first_unseen, selected.uid_next), (Some(2), 3));
    assert_eq!(selected.keywords.len(), 1);
    assert_eq!(view.recent(), 2);
    let status = store.status(bob, "INBOX").unwrap();
    assert_eq!((status.messages, status.recent, status.unseen), (2, 0, 1));
    assert_eq!(status.uid_validity, selected.uid_validity);
    assert_eq!(
        store.select(bob, "none", false).err(),
        Some(StoreError::NonExistent)
    );
}

#[test]
fn numbers_resolve_to_what_was_told() {
    let (mut store, bob) = store();
    for _ in 0..5 {
        add(&mut store, bob, "INBOX", &[Flag::Deleted]);
    }
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    let two = at(&view, "2");
    store.expunge(&view, Some(&two)).unwrap();
    store.sync(&mut view, true, true).unwrap();
    assert_eq!(uids(&view), [1, 3, 4, 5]);
    let found = |text: &str, uid| {
        let hits = view.resolve(&set(text), uid)?;
        Ok(hits
            .iter()
            .map(|hit| (hit.seq, hit.uid))
            .collect::<Vec<_>>())
    };
    assert_eq!(found("*", false), Ok(vec![(4, 5)]));
    assert_eq!(
        found("3:*,2:3,1", false),
        Ok(vec![(1, 1), (2, 3), (3, 4), (4, 5)])
    );
    assert_eq!(found("4:2", false), Ok(vec![(2, 3), (3, 4), (4, 5)]));
    assert_eq!(found("5", false), Err(BadSequence));
    assert_eq!(found("4:5", false), Err(BadSequence));
    assert_eq!(found("2,3", true), Ok(vec![(2, 3)]));
    assert_eq!(found("99:*", true), Ok(vec![(4, 5)]));
    assert_eq!(found("2:4,4:9", true), Ok(vec![(2, 3), (3, 4), (4, 5)]));
    assert_eq!(found("7:9", true), Ok(vec![]));
    assert_eq!(found("1:4294967295", true).map(|all| all.len()), Ok(4));
    store.create(bob, "empty").unwrap();
    let (mut empty, _) = store.select(bob, "empty", false).unwrap();
    assert_eq!(empty.resolve(&set("*"), false), Err(BadSequence));
    assert_eq!(empty.resolve(&set("1:*"), true), Ok(vec![]));
    for text in ["*", "1:*", "*:*", "7"] {
        assert_eq!(empty.criterion(&set(text), false), Ok(vec![]), "{text}");
    }
    empty.strict = true;
    assert_eq!(empty.criterion(&set("1:*"), false), Err(BadSequence));
}

#[test]
fn an_expunge_is_told_when_it_may_be() {
    let (mut store, bob) = store();
    for _ in 0..3 {
        add(&mut store, bob, "INBOX", &[]);
    }
    let (mut ours, _) = store.select(bob, "INBOX", false).unwrap();
    let (theirs, _) = store.select(bob, "INBOX", false).unwrap();
    let mut theirs = theirs;
    let gone = at(&theirs, "1:2");
    let deleted = [Flag::Deleted];
    store
        .alter(&mut theirs, &gone, alteration(StoreType::Add, &deleted))
        .unwrap();
    assert_eq!(store.expunge(&theirs, None), Ok(2));
    add(&mut store, bob, "INBOX", &[]);

    let told = store.sync(&mut ours, false, true).unwrap();
    assert_eq!(told, [Change::Exists(4), Change::Recent(4)]);
    let first = at(&ours, "1")[0];
    assert!(store.is_expunged(&ours, first));
    let items = [MessageDataItemName::Uid, MessageDataItemName::Rfc822Size];
    assert_eq!(
        store.fetch(&mut ours, first, &items).len(),
        2,
        "still there to be read"
    );

    let told = store.sync(&mut ours, true, true).unwrap();
    assert_eq!(
        told,
        [
            Change::Expunge { seq: 1, uid: 1 },
            Change::Expunge { seq: 1, uid: 2 },
            Change::Recent(2),
        ]
    );
    assert_eq!(uids(&ours), [3, 4]);
    assert_eq!(store.sync(&mut ours, true, true), Ok(vec![]));
}

#[test]
fn recent_is_for_the_first_who_selects() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[]);
    let (_, examined) = store.select(bob, "INBOX", true).unwrap();
    assert_eq!(examined.recent, 1, "and it is left to others");
    let (mut first, selected) = store.select(bob, "INBOX", false).unwrap();
    assert_eq!(selected.recent, 1);
    let (mut second, selected) = store.select(bob, "INBOX", false).unwrap();
    assert_eq!(selected.recent, 0);
    add(&mut store, bob, "INBOX", &[]);
    assert_eq!(
        store.sync(&mut second, true, true),
        Ok(vec![Change::Exists(2), Change::Recent(1)])
    );
    assert_eq!(
        store.sync(&mut first, true, true),
        Ok(vec![Change::Exists(2)])
    );
    let (one, two) = (at(&first, "1")[0], at(&first, "2")[0]);
    assert!(store.is_recent(&first, one) && !store.is_recent(&first, two));
    let told = store.fetch(&mut first, one, &[MessageDataItemName::Flags]);
    assert_eq!(told, [MessageDataItem::Flags(vec![FlagFetch::Recent])]);
}

#[test]
fn partial_bodies() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[]);
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    let hit = at(&view, "1")[0];
    let whole = "Subject: x\r\n\r\nbody\r\n";
    for (from, length, expected) in [
        (0, 7, "Subject"),
        (14, 100, "body\r\n"),
        (20, 1, ""),
        (u32::MAX, 9, ""),
    ] {
        let item = MessageDataItemName::BodyExt {
            section: None,
            partial: Some((from, length.try_into().unwrap())),
            peek: true,
        };
        let told = store.fetch(&mut view, hit, &[item]);
        let [MessageDataItem::BodyExt { origin, data, .. }] = &told[..] else {
            panic!("{told:?}");
        };
        assert_eq!(*origin, Some(from));
        let data = data.0.as_ref().unwrap();
        assert_eq!(
            data.as_ref(),
            expected.as_bytes(),
            "{from} of {}",
            whole.len()
        );
    }
}

#[test]
fn nothing_is_changed_read_only() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[Flag::Deleted]);
    let (mut view, _) = store.select(bob, "INBOX", true).unwrap();
    let (hits, seen) = (at(&view, "1"), [Flag::Seen]);
    let refused = Err(StoreError::ReadOnly);
    assert_eq!(
        store.alter(&mut view, &hits, alteration(StoreType::Add, &seen)),
        refused
    );
    assert_eq!(store.expunge(&view, None), Err(StoreError::ReadOnly));
    assert_eq!(
        store.relocate(&view, &hits, bob, "INBOX"),
        Err(StoreError::ReadOnly)
    );
    assert!(store.copy(&view, &hits, bob, "INBOX").is_ok());
}

#[test]
fn copies_keep_flags_and_date() {
    let (mut store, bob) = store();
    store.create(bob, "there").unwrap();
    add(&mut store, bob, "there", &[keyword("WORK")]);
    for _ in 0..3 {
        add(&mut store, bob, "INBOX", &[Flag::Seen, keyword("work")]);
    }
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    let hits = at(&view, "1,3");
    let copied = store.copy(&view, &hits, bob, "there").unwrap();
    assert_eq!(copied.uids, [(1, 2), (3, 3)]);
    assert_eq!(
        copied.uid_validity,
        store.status(bob, "there").unwrap().uid_validity
    );
    let (there, _) = store.select(bob, "there", true).unwrap();
    let new = at(&there, "2")[0];
    let (old, new) = (
        store.entry(&view, hits[0]).unwrap(),
        store.entry(&there, new).unwrap(),
    );
    assert_eq!(
        (old.date, &old.message.raw()),
        (new.date, &new.message.raw())
    );
    assert_eq!(
        new.flags,
        Flags::new(&[Flag::Seen, keyword("WORK")]).unwrap()
    );
    assert_eq!(
        store.copy(&view, &hits, bob, "none"),
        Err(StoreError::NonExistent)
    );

    let moved = store.relocate(&view, &hits, bob, "there").unwrap();
    assert_eq!(moved.uids, [(1, 4), (3, 5)]);
    assert_eq!(
        store.sync(&mut view, true, true),
        Ok(vec![
            Change::Expunge { seq: 1, uid: 1 },
            Change::Expunge { seq: 2, uid: 3 },
            Change::Recent(1),
        ])
    );
    assert_eq!(
        store.copy(&view, &hits, bob, "there"),
        Err(StoreError::Expunged)
    );
    let rest = at(&view, "1");
    assert_eq!(
        store.relocate(&view, &rest, bob, "INBOX").unwrap().uids,
        [(2, 4)]
    );
    let told = store.sync(&mut view, true, true).unwrap();
    assert_eq!(
        told,
        [Change::Expunge { seq: 1, uid: 2 }, Change::Exists(1)]
    );
}

#[test]
fn a_quota_holds() {
    let (mut store, bob) = store();
    store.set_quota(
        bob,
        Quota {
            storage: Some(1),
            messages: Some(2),
        },
    );
    add(&mut store, bob, "INBOX", &[]);
    let draft = |size| Draft {
        message: Arc::new(Message::new(vec![b'x'; size])),
        flags: Flags::default(),
        date: None,
        labels: Labels::default(),
    };
    assert_eq!(
        store.append(bob, "INBOX", draft(1005)).err(),
        Some(StoreError::OverQuota)
    );
    store.append(bob, "INBOX", draft(1004)).unwrap();
    let usage = store.usage(bob);
    assert_eq!((usage.storage(), usage.messages), (1, 2));
    assert_eq!(
        store.append(bob, "INBOX", draft(0)).err(),
        Some(StoreError::OverQuota)
    );
    let (view, _) = store.select(bob, "INBOX", false).unwrap();
    let all = at(&view, "1:*");
    assert_eq!(
        store.copy(&view, &all, bob, "INBOX"),
        Err(StoreError::OverQuota)
    );
    assert!(
        store.relocate(&view, &all, bob, "INBOX").is_ok(),
        "moving adds nothing"
    );
}

#[test]
fn watchers_hear_of_their_mailbox() {
    let (mut store, bob) = store();
    store.create(bob, "other").unwrap();
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    let (heard, hears) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&heard);
    let watch = store.watch(view.mailbox(), move || {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let expect = |what: &str| {
        let before = hears.swap(heard.load(Ordering::SeqCst), Ordering::SeqCst);
        assert_eq!(heard.load(Ordering::SeqCst) - before, 1, "{what}");
    };
    add(&mut store, bob, "INBOX", &[]);
    expect("a message came");
    add(&mut store, bob, "other", &[]);
    store.sync(&mut view, true, true).unwrap();
    let (hits, flags) = (at(&view, "1"), [Flag::Deleted]);
    store
        .alter(&mut view, &hits, alteration(StoreType::Add, &flags))
        .unwrap();
    expect("flags changed");
    store
        .alter(&mut view, &hits, alteration(StoreType::Add, &flags))
        .unwrap();
    store.copy(&view, &hits, bob, "INBOX").unwrap();
    expect("a copy came, and flags set before are no change");
    store.expunge(&view, None).unwrap();
    expect("an expunge");
    store.unwatch(watch);
    add(&mut store, bob, "INBOX", &[]);
    assert_eq!(heard.load(Ordering::SeqCst), hears.load(Ordering::SeqCst));
}
