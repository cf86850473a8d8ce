//! Tests of the names of mailboxes: creation, renaming and deletion.

use super::*;
use crate::list::Pattern;

fn names(store: &Store, account: AccountId) -> Vec<String> {
    let lines = store.list(account, Pattern::new("", "*")).into_iter();
    lines
        .map(|line| {
            let selectable = store.status(account, &line.name).is_ok();
            format!("{}{}", line.name, if selectable { "" } else { "!" })
        })
        .collect()
}

#[test]
fn names_above_are_made_and_vanish() {
    let (mut store, bob) = store();
    store.create(bob, "a/b/c").unwrap();
    assert_eq!(names(&store, bob), ["INBOX", "a!", "a/b!", "a/b/c"]);
    assert_eq!(store.create(bob, "a/b/c/"), Err(StoreError::AlreadyExists));
    store.create(bob, "a/").unwrap();
    assert_eq!(names(&store, bob), ["INBOX", "a", "a/b!", "a/b/c"]);
    assert!(matches!(
        store.delete(bob, "a/b"),
        Err(StoreError::Cannot(_))
    ));
    store.delete(bob, "a").unwrap();
    assert_eq!(names(&store, bob), ["INBOX", "a!", "a/b!", "a/b/c"]);
    store.delete(bob, "a/b/c").unwrap();
    assert_eq!(names(&store, bob), ["INBOX"]);
    assert_eq!(store.delete(bob, "a"), Err(StoreError::NonExistent));
    assert!(matches!(
        store.delete(bob, "inbox"),
        Err(StoreError::Cannot(_))
    ));
    for odd in ["", "/", "/a", "a//b", "a*", "a%", "a\n", &"x".repeat(1001)] {
        assert!(
            matches!(store.create(bob, odd), Err(StoreError::Cannot(_))),
            "{odd:?}"
        );
    }
    assert_eq!(store.create(bob, "InBox"), Err(StoreError::AlreadyExists));
}

#[test]
fn a_name_made_anew_is_another_mailbox() {
    let (mut store, bob) = store();
    store.create(bob, "a").unwrap();
    add(&mut store, bob, "a", &[]);
    let before = store.status(bob, "a").unwrap().uid_validity;
    let (mut view, _) = store.select(bob, "a", false).unwrap();
    store.delete(bob, "a").unwrap();
    store.create(bob, "a").unwrap();
    assert!(store.status(bob, "a").unwrap().uid_validity > before);
    assert_eq!(store.sync(&mut view, true, true), Err(StoreError::Gone));
    assert_eq!(store.expunge(&view, None), Err(StoreError::Gone));
    let hit = at(&view, "1")[0];
    assert!(store.is_expunged(&view, hit));
    assert_eq!(
        store
            .fetch(&mut view, hit, &[MessageDataItemName::Uid])
            .len(),
        1
    );
}

#[test]
fn a_rename_takes_all_below() {
    let (mut store, bob) = store();
    for name in ["a", "a/b", "a/b/c", "ab", "x/y"] {
        store.create(bob, name).unwrap();
    }
    add(&mut store, bob, "a/b", &[]);
    let (mut view, _) = store.select(bob, "a/b", false).unwrap();
    let before = store.status(bob, "a/b").unwrap();
    store
        .set_special_use(bob, "a", vec![SpecialUse::Archive])
        .unwrap();
    store.rename(bob, "a", "x/z/q").unwrap();
    assert_eq!(
        names(&store, bob),
        [
            "INBOX",
            "ab",
            "x!",
            "x/y",
            "x/z!",
            "x/z/q",
            "x/z/q/b",
            "x/z/q/b/c"
        ]
    );
    assert_eq!(store.status(bob, "x/z/q/b"), Ok(before));
    add(&mut store, bob, "x/z/q/b", &[]);
    let told = store.sync(&mut view, true, true).unwrap();
    assert_eq!(
        told,
        [Change::Exists(2), Change::Recent(2)],
        "who has it selected keeps it"
    );
    assert_eq!(store.rename(bob, "none", "n"), Err(StoreError::NonExistent));
    assert_eq!(store.rename(bob, "ab", "x"), Err(StoreError::AlreadyExists));
    assert!(matches!(
        store.rename(bob, "x/z/q", "x/z/q/deeper"),
        Err(StoreError::Cannot(_))
    ));
    store.rename(bob, "x/z", "z").unwrap();
    assert_eq!(
        names(&store, bob),
        ["INBOX", "ab", "x!", "x/y", "z!", "z/q", "z/q/b", "z/q/b/c"]
    );
    let long = "l".repeat(998);
    assert!(matches!(
        store.rename(bob, "z", &long),
        Err(StoreError::Cannot(_))
    ));
}

#[test]
fn renaming_inbox_empties_it() {
    let (mut store, bob) = store();
    store.create(bob, "INBOX/sub").unwrap();
    add(&mut store, bob, "INBOX", &[Flag::Seen]);
    let (mut view, before) = store.select(bob, "INBOX", false).unwrap();
    store.rename(bob, "inbox", "old").unwrap();
    assert_eq!(names(&store, bob), ["INBOX", "INBOX/sub", "old"]);
    assert_eq!(
        store.sync(&mut view, true, true),
        Ok(vec![Change::Expunge { seq: 1, uid: 1 }, Change::Recent(0)])
    );
    let (old, new) = (
        store.status(bob, "old").unwrap(),
        store.status(bob, "INBOX").unwrap(),
    );
    assert_eq!((old.messages, old.unseen, new.messages), (1, 0, 0));
    assert_eq!((new.uid_validity, new.uid_next), (before.uid_validity, 2));
}

#[test]
fn a_new_uidvalidity_comes_with_new_uids() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[Flag::Seen]);
    let (mut view, before) = store.select(bob, "INBOX", false).unwrap();
    store.renumber(bob, "INBOX").unwrap();
    let after = store.status(bob, "INBOX").unwrap();
    assert!(after.uid_validity > before.uid_validity);
    assert_eq!((after.messages, after.unseen, after.uid_next), (1, 0, 3));
    let told = store.sync(&mut view, true, true).unwrap();
    assert_eq!(
        told[..2],
        [Change::Expunge { seq: 1, uid: 1 }, Change::Exists(1)]
    );
}

#[test]
fn subscriptions_outlive_mailboxes() {
    let (mut store, bob) = store();
    store.create(bob, "a").unwrap();
    store.subscribe(bob, "a/").unwrap();
    store.delete(bob, "a").unwrap();
    let subscribed = |store: &Store| -> Vec<_> {
        let lines = store.lsub(bob, &Pattern::new("", "*")).into_iter();
        lines.map(|line| line.name).collect()
    };
    assert_eq!(subscribed(&store), ["INBOX", "a"]);
    store.unsubscribe(bob, "a");
    store.unsubscribe(bob, "never");
    assert_eq!(subscribed(&store), ["INBOX"]);
    store.create(bob, "b/c").unwrap();
    for absent in ["a", "b", "a//b", ""] {
        let result = store.subscribe(bob, absent);
        assert_eq!(result, Err(StoreError::NonExistent), "{absent:?}");
    }
}
