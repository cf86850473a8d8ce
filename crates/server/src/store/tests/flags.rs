//! Tests of flags, with several connections.

use super::*;

#[test]
fn flags_are_told_to_all_but_once() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[]);
    let (mut ours, _) = store.select(bob, "INBOX", false).unwrap();
    let (mut theirs, _) = store.select(bob, "INBOX", false).unwrap();
    let (hits, flags) = (at(&ours, "1"), [Flag::Flagged, keyword("Work")]);
    let altered = store
        .alter(&mut ours, &hits, alteration(StoreType::Add, &flags))
        .unwrap();
    let [
        Change::Keywords(keywords),
        Change::Fetch {
            seq: 1,
            uid: 1,
            flags: now,
            recent: true,
            modseq,
        },
    ] = &altered.changes[..]
    else {
        panic!("{altered:?}");
    };
    assert_eq!((keywords.len(), now), (1, &Flags::new(&flags).unwrap()));
    assert_eq!(store.sync(&mut ours, true, true), Ok(vec![]));
    let told = store.sync(&mut theirs, false, true).unwrap();
    assert!(
        matches!(&told[..], [Change::Keywords(_), Change::Fetch { modseq: m, recent: false, .. }] if m == modseq)
    );
    assert_eq!(store.sync(&mut theirs, true, true), Ok(vec![]));

    // The flags are returned, since they were requested, but nothing changes.
    let work = [keyword("WORK")];
    let altered = store
        .alter(&mut ours, &hits, alteration(StoreType::Add, &work))
        .unwrap();
    assert!(matches!(&altered.changes[..], [Change::Fetch { modseq: m, .. }] if m == modseq));
    let altered = store
        .alter(&mut ours, &hits, alteration(StoreType::Replace, &work))
        .unwrap();
    let [Change::Fetch { flags, .. }] = &altered.changes[..] else {
        panic!("{altered:?}");
    };
    assert_eq!(
        flags,
        &Flags::new(&[keyword("Work")]).unwrap(),
        "in the first spelling"
    );
}

#[test]
fn a_silent_store_says_nothing_but_the_mod_sequence() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[]);
    let (mut ours, _) = store.select(bob, "INBOX", false).unwrap();
    let (mut theirs, _) = store.select(bob, "INBOX", false).unwrap();
    let hits = at(&ours, "1");
    let (seen, draft) = ([Flag::Seen], [Flag::Draft]);
    let silent = Alteration {
        silent: true,
        ..alteration(StoreType::Add, &seen)
    };
    assert_eq!(
        store.alter(&mut ours, &hits, silent).unwrap(),
        Altered::default()
    );
    assert_eq!(store.sync(&mut ours, true, true), Ok(vec![]));

    ours.condstore = true;
    let silent = Alteration {
        silent: true,
        ..alteration(StoreType::Add, &draft)
    };
    let altered = store.alter(&mut ours, &hits, silent).unwrap();
    assert!(matches!(
        altered.changes[..],
        [Change::ModSeq { seq: 1, uid: 1, .. }]
    ));

    // It does not hide changes by another connection.
    store.sync(&mut theirs, true, true).unwrap();
    store
        .alter(&mut theirs, &hits, alteration(StoreType::Remove, &seen))
        .unwrap();
    let altered = store.alter(&mut ours, &hits, silent).unwrap();
    assert_eq!(altered.changes, []);
    let told = store.sync(&mut ours, false, true).unwrap();
    assert!(
        matches!(&told[..], [Change::Fetch { flags, .. }] if *flags == Flags::new(&draft).unwrap())
    );
}

#[test]
fn unchanged_since_protects_changes_of_others() {
    let (mut store, bob) = store();
    for _ in 0..3 {
        add(&mut store, bob, "INBOX", &[]);
    }
    let (mut ours, selected) = store.select(bob, "INBOX", false).unwrap();
    let (mut theirs, _) = store.select(bob, "INBOX", false).unwrap();
    let (seen, deleted) = ([Flag::Seen], [Flag::Deleted]);
    let (two, three) = (at(&theirs, "2"), at(&theirs, "3"));
    store
        .alter(&mut theirs, &two, alteration(StoreType::Add, &seen))
        .unwrap();
    store
        .alter(&mut theirs, &three, alteration(StoreType::Add, &deleted))
        .unwrap();
    store.expunge(&theirs, None).unwrap();
    let all = at(&ours, "1:*");
    let guarded = Alteration {
        unchanged_since: Some(selected.highest_modseq),
        ..alteration(StoreType::Add, &seen)
    };
    let altered = store.alter(&mut ours, &all, guarded).unwrap();
    assert_eq!((altered.modified, altered.expunged), (two, three));
    assert!(matches!(
        altered.changes[..],
        [Change::Fetch { seq: 1, .. }]
    ));
    let never = Alteration {
        unchanged_since: Some(0),
        ..guarded
    };
    assert_eq!(
        store
            .alter(&mut ours, &all[..1], never)
            .unwrap()
            .modified
            .len(),
        1
    );
}

#[test]
fn reading_sets_seen() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[]);
    let body = |peek| MessageDataItemName::BodyExt {
        section: None,
        partial: None,
        peek,
    };
    let (mut examined, _) = store.select(bob, "INBOX", true).unwrap();
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    let hit = at(&view, "1")[0];
    assert_eq!(store.fetch(&mut examined, hit, &[body(false)]).len(), 1);
    assert_eq!(store.fetch(&mut view, hit, &[body(true)]).len(), 1);
    view.condstore = true;
    let told = store.fetch(&mut view, hit, &[body(false)]);
    assert!(
        matches!(
            told[..],
            [_, MessageDataItem::Flags(_), MessageDataItem::ModSeq(_)]
        ),
        "{told:?}"
    );
    assert_eq!(
        store.sync(&mut view, true, true),
        Ok(vec![]),
        "told already"
    );
    assert_eq!(
        store
            .fetch(&mut view, hit, &[MessageDataItemName::Rfc822])
            .len(),
        1
    );
    assert_eq!(store.sync(&mut examined, true, true).unwrap().len(), 1);
}

#[test]
fn odd_flags_are_refused() {
    let (mut store, bob) = store();
    add(&mut store, bob, "INBOX", &[]);
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    let hits = at(&view, "1");
    for odd in ["\\Recent", "\\Odd"] {
        let flags = [Flag::try_from(odd).unwrap()];
        let altered = store.alter(&mut view, &hits, alteration(StoreType::Add, &flags));
        assert_eq!(altered, Err(StoreError::BadFlag), "{odd}");
    }
    let many: Vec<_> = (0..1001)
        .map(|n| Flag::try_from(format!("k{n}").leak() as &str).unwrap())
        .collect();
    let altered = store.alter(&mut view, &hits, alteration(StoreType::Add, &many));
    assert_eq!(altered, Err(StoreError::BadFlag));
    assert!(
        store
            .alter(&mut view, &hits, alteration(StoreType::Add, &many[1..]))
            .is_ok()
    );
}
