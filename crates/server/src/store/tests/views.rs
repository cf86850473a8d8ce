//! Two clients on one mailbox, which know only the reported changes.

use proptest::prelude::*;

use super::*;

/// The knowledge of a client: UIDs and flags, by sequence number.
struct Client {
    view: View,
    known: Vec<(u32, Flags)>,
}

impl Client {
    fn select(store: &mut Store, account: AccountId) -> Self {
        let (view, selected) = store.select(account, "INBOX", false).unwrap();
        let mut client = Self {
            view,
            known: Vec::new(),
        };
        client.exists(store, selected.exists);
        client
    }

    /// Fetches new messages.
    fn exists(&mut self, store: &mut Store, count: u32) {
        let have = self.known.len();
        assert!(count as usize >= have, "EXISTS never takes away");
        if count as usize == have {
            return;
        }
        for hit in at(&self.view, &format!("{}:{count}", have + 1)) {
            self.known.push((hit.uid, Flags::default()));
            self.read(store, hit, MessageDataItemName::Flags);
        }
    }

    /// Fetches an item, and keeps the flags if the response includes them.
    fn read(&mut self, store: &mut Store, hit: Hit, item: MessageDataItemName<'_>) {
        for told in store.fetch(&mut self.view, hit, &[item]) {
            if let MessageDataItem::Flags(flags) = told {
                let flags: Vec<_> = flags
                    .into_iter()
                    .filter_map(|flag| match flag {
                        FlagFetch::Flag(flag) => Some(flag),
                        FlagFetch::Recent => None,
                    })
                    .collect();
                self.known[hit.seq as usize - 1].1 = Flags::new(&flags).unwrap();
            }
        }
    }

    fn learn(&mut self, store: &mut Store, changes: Vec<Change>, may_expunge: bool) {
        for change in changes {
            match change {
                Change::Expunge { seq, uid } => {
                    assert!(may_expunge);
                    assert_eq!(self.known.remove(seq as usize - 1).0, uid);
                }
                Change::Exists(count) => self.exists(store, count),
                Change::Fetch {
                    seq, uid, flags, ..
                } => {
                    let known = &mut self.known[seq as usize - 1];
                    assert_eq!(known.0, uid);
                    known.1 = flags;
                }
                Change::ModSeq { seq, uid, .. } => {
                    assert_eq!(self.known[seq as usize - 1].0, uid);
                }
                Change::Recent(count) => assert!(count as usize <= self.known.len()),
                Change::Keywords(_) => {}
            }
        }
    }

    fn sync(&mut self, store: &mut Store, may_expunge: bool) {
        let changes = store.sync(&mut self.view, may_expunge, true).unwrap();
        self.learn(store, changes, may_expunge);
    }

    /// Asserts that each sequence number still refers to the same message.
    fn check(&self) {
        assert_eq!(self.view.exists() as usize, self.known.len());
        for (index, (uid, _)) in self.known.iter().enumerate() {
            let hits = at(&self.view, &(index + 1).to_string());
            assert_eq!(
                hits,
                [Hit {
                    seq: hits[0].seq,
                    uid: *uid
                }]
            );
        }
    }

    fn pick(&self, low: usize, high: usize) -> Vec<Hit> {
        match self.known.len() {
            0 => Vec::new(),
            count => {
                let (a, b) = (low % count + 1, high % count + 1);
                at(&self.view, &format!("{a}:{b}"))
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Append(usize),
    Alter {
        low: usize,
        high: usize,
        flag: usize,
        kind: usize,
        silent: bool,
        since: Option<u64>,
    },
    Expunge {
        only: Option<(usize, usize)>,
    },
    Copy {
        low: usize,
        high: usize,
    },
    Move {
        low: usize,
        high: usize,
        away: bool,
    },
    MoveBack,
    Read(usize),
    Sync {
        may_expunge: bool,
    },
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let number = || 0..40_usize;
    let step = prop_oneof![
        3 => (0..5_usize).prop_map(Step::Append),
        4 => (number(), number(), 0..5_usize, 0..3_usize, any::<bool>(), proptest::option::of(0..60_u64))
            .prop_map(|(low, high, flag, kind, silent, since)| Step::Alter { low, high, flag, kind, silent, since }),
        2 => proptest::option::of((number(), number())).prop_map(|only| Step::Expunge { only }),
        1 => (number(), number()).prop_map(|(low, high)| Step::Copy { low, high }),
        2 => (number(), number(), any::<bool>()).prop_map(|(low, high, away)| Step::Move { low, high, away }),
        1 => Just(Step::MoveBack),
        2 => number().prop_map(Step::Read),
        5 => any::<bool>().prop_map(|may_expunge| Step::Sync { may_expunge }),
    ];
    proptest::collection::vec((any::<bool>(), step), 0..60)
}

fn flag(index: usize) -> Flag<'static> {
    [
        Flag::Deleted,
        Flag::Seen,
        Flag::Flagged,
        keyword("work"),
        keyword("Home"),
    ][index]
        .clone()
}

fn perform(store: &mut Store, bob: AccountId, client: &mut Client, step: Step) {
    match step {
        Step::Append(index) => drop(add(store, bob, "INBOX", &[flag(index)])),
        Step::Alter {
            low,
            high,
            flag: index,
            kind,
            silent,
            since,
        } => {
            let hits = client.pick(low, high);
            let flags = [flag(index)];
            let kind = [StoreType::Add, StoreType::Remove, StoreType::Replace][kind];
            let alteration = Alteration {
                kind,
                flags: &flags,
                silent,
                unchanged_since: since,
            };
            let altered = store.alter(&mut client.view, &hits, alteration).unwrap();
            if silent {
                // With `.SILENT`, the client itself applies the change to the messages that were
                // not refused.
                let by = Flags::new(&flags).unwrap();
                for hit in hits {
                    if !altered.modified.contains(&hit) && !altered.expunged.contains(&hit) {
                        let known = &mut client.known[hit.seq as usize - 1].1;
                        *known = known.changed(kind, &by);
                    }
                }
            }
            client.learn(store, altered.changes, false);
        }
        Step::Expunge { only } => {
            let only = only.map(|(low, high)| client.pick(low, high));
            store.expunge(&client.view, only.as_deref()).unwrap();
            client.sync(store, true);
        }
        Step::Copy { low, high } => {
            let hits = client.pick(low, high);
            let gone = hits.iter().any(|&hit| store.is_expunged(&client.view, hit));
            let copied = store.copy(&client.view, &hits, bob, "INBOX");
            assert_eq!(copied.err(), gone.then_some(StoreError::Expunged));
        }
        Step::Move { low, high, away } => {
            let hits = client.pick(low, high);
            let name = if away { "away" } else { "INBOX" };
            if store.relocate(&client.view, &hits, bob, name).is_ok() {
                client.sync(store, true);
            }
        }
        Step::MoveBack => {
            let (view, _) = store.select(bob, "away", false).unwrap();
            let hits: Vec<_> = view.hits().collect();
            store.relocate(&view, &hits, bob, "INBOX").unwrap();
        }
        Step::Read(number) => {
            if let Some(&hit) = client.pick(number, number).first() {
                client.read(store, hit, MessageDataItemName::Rfc822);
            }
        }
        Step::Sync { may_expunge } => client.sync(store, may_expunge),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn views_agree_after_a_sync(steps in steps()) {
        let (mut store, bob) = store();
        store.create(bob, "away").unwrap();
        for index in 0..4 {
            add(&mut store, bob, "INBOX", &[flag(index)]);
        }
        let mut one = Client::select(&mut store, bob);
        let mut two = Client::select(&mut store, bob);
        two.view.condstore = true;
        for (first, step) in steps {
            perform(&mut store, bob, if first { &mut one } else { &mut two }, step);
            one.check();
            two.check();
        }
        one.sync(&mut store, true);
        two.sync(&mut store, true);
        let truth = Client::select(&mut store, bob);
        prop_assert_eq!(&one.known, &truth.known);
        prop_assert_eq!(&two.known, &truth.known);
        prop_assert_eq!(store.sync(&mut one.view, true, true), Ok(vec![]));
    }
}
