//! The changes of a mailbox since a known state, by QRESYNC, by CONDSTORE and without either: each
//! has to agree with a fresh look, whatever another client does in between.

use std::collections::BTreeMap;

use imapclient::{
    Error, Flag, FlagChange, Flags, Known, Qresync, Resync, ResyncWay, SelectOptions, Uid, UidSet,
    Workaround,
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

/// A sequence of numbers that depends on its seed only.
struct Random(u64);

impl Random {
    /// Returns a number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or_default() % end
    }
}

/// The state of a mailbox that a program keeps, with the flags of its messages.
struct Kept {
    known: Known,
    flags: BTreeMap<Uid, Flags>,
}

impl Kept {
    /// Applies changes, and returns an error if they contradict each other.
    fn apply(&mut self, resync: &Resync) -> Result<(), Stop> {
        let before: UidSet = self.flags.keys().copied().collect();
        let left = before.difference(&resync.vanished);
        let mut expected = left.clone();
        expected.append(resync.arrived.clone());
        expected.compact();
        assert_eq!(expected, resync.uids, "{resync:?}");
        self.flags.retain(|uid, _| left.contains(*uid));
        self.flags.extend(resync.flags.clone());
        self.known = resync
            .known()
            .ok_or_else(|| Stop::failed("no UIDVALIDITY"))?;
        let uids: UidSet = self.flags.keys().copied().collect();
        assert_eq!(uids, resync.uids, "messages without flags: {resync:?}");
        Ok(())
    }
}

/// Returns the flags without `\Recent`, which depends on the session.
fn lasting(flags: &BTreeMap<Uid, Flags>) -> BTreeMap<Uid, Vec<String>> {
    let names = |flags: &Flags| {
        let names = flags.iter().map(|flag| flag.to_string());
        let mut names: Vec<_> = names.filter(|name| name != "\\Recent").collect();
        names.sort();
        names
    };
    flags
        .iter()
        .map(|(uid, flags)| (*uid, names(flags)))
        .collect()
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Makes up to four changes as another client.
    async fn change(cx: &Context, other: &mut Session<'_>, random: &mut Random) -> Result<(), Stop> {
        for _ in 0..1 + random.below(4) {
            let uids: Vec<Uid> = other.flags("1:*").await.map(|all| all.into_keys().collect()).unwrap_or_default();
            if uids.is_empty() || random.below(3) == 0 {
                other.append(cx.mailbox()?, mail("one more", "")).await?;
                other.noop().await?;
                continue;
            }
            let uid = uids[random.below(uids.len())];
            if random.below(3) == 0 {
                other.store([uid], FlagChange::add(Flag::Deleted).silent()).await?;
                other.expunge().await?;
                continue;
            }
            let flag = [Flag::Seen, Flag::Flagged, Flag::Answered][random.below(3)].clone();
            let change = match random.below(2) {
                0 => FlagChange::add(flag),
                _ => FlagChange::remove(flag),
            };
            other.store([uid], change.silent()).await?;
        }
        Ok(())
    }

    /// Compares ten rounds of changes with a fresh look after each.
    async fn agrees(cx: &Context, without: &[&str], way: Option<ResyncWay>) -> Result<(), Stop> {
        let builder = cx.builder::<Client>()?.disable(without.iter().copied());
        let mut client = Session::new(cx, builder.connect().await?);
        if way == Some(ResyncWay::Qresync) {
            client.require("ENABLE").await?;
            client.require("QRESYNC").await?;
        } else if way == Some(ResyncWay::Condstore) {
            client.require("CONDSTORE").await?;
        }
        let mut other = Session::selected(cx).await?;
        let mut random = Random(0x5EED_0015);
        let nothing = Known::new(1, UidSet::new());
        let mut kept = Kept { known: nothing, flags: BTreeMap::new() };
        for round in 0..10 {
            change(cx, &mut other, &mut random).await?;
            let resync = client.resync(cx.mailbox()?, &kept.known).await?;
            assert_eq!(resync.invalidated, round == 0, "{resync:?}");
            if let (Some(way), 1..) = (way, round) {
                // iCloud says OK to ENABLE, and enables nothing.
                let is_enabled = !client.workarounds().contains(&Workaround::EnableUnanswered);
                let way = if is_enabled { way } else { ResyncWay::Condstore };
                assert_eq!(resync.way, way, "round {round}: {resync:?}");
            }
            kept.apply(&resync)?;
            let mut fresh = Session::open(cx).await?;
            let mailbox = fresh.examine(cx.mailbox()?).await?;
            let flags = match mailbox.exists.get() {
                0 => BTreeMap::new(),
                _ => fresh.flags("1:*").await?,
            };
            assert_eq!(lasting(&kept.flags), lasting(&flags), "round {round}: {resync:?}");
            fresh.logout().await?;
        }
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn changes_by_qresync_are_those_of_a_fresh_look(cx: &Context) -> Result<(), Stop> {
        agrees(cx, &[], Some(ResyncWay::Qresync)).await
    }

    #[trial]
    async fn changes_by_condstore_are_those_of_a_fresh_look(cx: &Context) -> Result<(), Stop> {
        agrees(cx, &["QRESYNC"], Some(ResyncWay::Condstore)).await
    }

    #[trial]
    async fn changes_without_either_are_those_of_a_fresh_look(cx: &Context) -> Result<(), Stop> {
        agrees(cx, &["QRESYNC", "CONDSTORE"], Some(ResyncWay::Whole)).await
    }

    #[trial]
    async fn the_best_way_gives_what_a_fresh_look_gives(cx: &Context) -> Result<(), Stop> {
        agrees(cx, &[], None).await
    }

    #[trial]
    async fn select_with_qresync_reports_what_has_changed(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("ENABLE").await?;
        client.require("QRESYNC").await?;
        let [one, two, three] = [
            client.deliver(mail("one", "")).await?,
            client.deliver(mail("two", "")).await?,
            client.deliver(mail("three", "")).await?,
        ];
        let options = SelectOptions::new().condstore();
        let before = client.select_with(cx.mailbox()?, options).await?.mailbox;
        let (Some(validity), Some(modseq)) = (before.uid_validity, before.highest_modseq) else {
            return Err(Stop::failed(format!("{before:?}")));
        };
        let mut other = Session::selected(cx).await?;
        other.store([one], FlagChange::add(Flag::Flagged)).await?;
        other.store([two], FlagChange::add(Flag::Deleted)).await?;
        other.expunge().await?;
        other.logout().await?;

        let since = Qresync::new(validity, modseq).known_uids([one, two, three]);
        let options = SelectOptions::new().qresync(since);
        let selected = match client.select_with(cx.mailbox()?, options).await {
            Err(Error::NoAnswer { command: "ENABLE" }) => {
                return Err(Stop::ignored("the server says OK to ENABLE, and enables nothing"));
            }
            selected => selected?,
        };
        assert_eq!(selected.mailbox.exists, 2);
        let changes = selected.changes.ok_or_else(|| Stop::failed("no changes"))?;
        assert!(changes.vanished.contains(two) && !changes.vanished.contains(one), "{changes:?}");
        let flagged = changes.changed.iter().filter(|fetch| fetch.uid() == Some(one));
        assert!(flagged.clone().count() > 0, "{changes:?}");
        for fetch in flagged {
            assert!(fetch.flags().is_some_and(|flags| flags.contains(&Flag::Flagged)), "{fetch:?}");
        }
        // The UIDs of another validity are not valid.
        let options = SelectOptions::new().qresync(Qresync::new(validity.wrapping_add(1).max(1), modseq));
        let selected = client.select_with(cx.mailbox()?, options).await?;
        assert_eq!(selected.changes, None);

        // Removals are reported by UID from now on.
        client.store([three], FlagChange::add(Flag::Deleted)).await?;
        let removed = client.expunge().await?;
        assert!(removed.uids.contains(three) && removed.seqs.is_empty(), "{removed:?}");
        client.logout().await
    }
}
