//! Changing flags.

use std::collections::BTreeMap;

use imapclient::{Flag, FlagChange, Flags, UidSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::mail,
    tell::{keys, need_keywords, without_recent},
};

fn tidy<Id: Ord>(flags: impl IntoIterator<Item = (Id, Flags)>) -> BTreeMap<Id, Flags> {
    let flags = flags.into_iter();
    flags
        .map(|(key, flags)| (key, without_recent(&flags)))
        .collect()
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn flags<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = client.deliver_all([mail("x", ""), mail("y", ""), mail("z", "")]).await?;
        let numbers = by.numbers(&uids);
        let one = || by.messages(&numbers[1..2]);
        for (change, expected) in [
            (FlagChange::add(Flag::Seen), &["\\Seen"][..]),
            (
                FlagChange::add([Flag::Flagged, Flag::Seen]),
                &["\\Seen", "\\Flagged"],
            ),
            (
                FlagChange::remove([Flag::Seen, Flag::Draft]),
                &["\\Flagged"],
            ),
            (
                FlagChange::replace([Flag::Draft, Flag::Answered]),
                &["\\Draft", "\\Answered"],
            ),
            (FlagChange::replace(Flags::new()), &[]),
        ] {
            let expected: Flags = expected.iter().copied().collect();
            let changed = tidy(client.store(one(), change.clone()).await?);
            assert_eq!(changed, BTreeMap::from([(numbers[1], expected.clone())]));
            // The same change, silently.
            let changed = client.store(one(), change.silent()).await?;
            assert!(changed.is_empty(), "silent, but it returned {changed:?}");
            let flags = tidy(client.flags(by.messages(&numbers)).await?);
            assert_eq!(keys(&flags), numbers);
            assert_eq!(flags[&numbers[1]], expected);
            assert!(flags[&numbers[0]].is_empty() && flags[&numbers[2]].is_empty());
        }
        let all = FlagChange::add(Flag::Seen);
        let changed = client.store(by.messages(&numbers), all).await?;
        assert_eq!(keys(&changed), numbers);
        assert_eq!(client.search_by(by, "SEEN").await?, numbers);
        client.logout().await
    }

    /// Changes the second of three messages by each of the methods.
    #[trial(Uid, Seq)]
    async fn flags_by_method<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = client.deliver_all([mail("x", ""), mail("y", ""), mail("z", "")]).await?;
        let numbers = by.numbers(&uids);
        let one = || by.messages(&numbers[1..2]);
        let steps: [&[&str]; 5] = [
            &["\\Seen"],
            &["\\Seen", "\\Flagged", "\\Draft"],
            &["\\Flagged"],
            &["\\Answered", "\\Seen"],
            &[],
        ];
        for (step, expected) in steps.into_iter().enumerate() {
            let changed = match step {
                0 => client.add_flags(one(), Flag::Seen).await?,
                1 => client.add_flags(one(), [Flag::Flagged, Flag::Draft]).await?,
                2 => client.remove_flags(one(), [Flag::Seen, Flag::Draft]).await?,
                3 => client.set_flags(one(), [Flag::Answered, Flag::Seen]).await?,
                _ => client.set_flags(one(), Flags::new()).await?,
            };
            let expected: Flags = expected.iter().copied().collect();
            assert_eq!(tidy(changed), BTreeMap::from([(numbers[1], expected.clone())]));
            let flags = tidy(client.flags(by.messages(&numbers)).await?);
            assert_eq!(keys(&flags), numbers);
            assert_eq!(flags[&numbers[1]], expected);
            assert!(flags[&numbers[0]].is_empty() && flags[&numbers[2]].is_empty());
        }
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn mark_deleted<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = client.deliver_all([mail("x", ""), mail("y", ""), mail("z", "")]).await?;
        let numbers = by.numbers(&uids);
        client.add_flags(by.messages(&numbers), Flag::Flagged).await?;
        let marked = [numbers[0], numbers[2]];
        let changed = tidy(client.mark_deleted(by.messages(&marked)).await?);
        let expected = Flags::from([Flag::Flagged, Flag::Deleted]);
        assert_eq!(changed, marked.map(|number| (number, expected.clone())).into());
        assert_eq!(client.search_by(by, "DELETED").await?, marked);
        // They are still there until they are removed.
        assert_eq!(client.search("ALL").await?, uids);
        client.expunge().await?;
        assert_eq!(client.search("ALL").await?, [uids[1]]);
        client.logout().await
    }

    #[trial]
    async fn store_several(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let mut uids = Vec::new();
        for subject in ["one", "two", "three", "four"] {
            uids.push(client.deliver(mail(subject, "")).await?);
        }
        let changed = client
            .store(&uids[1..3], FlagChange::add(Flag::Flagged))
            .await?;
        assert_eq!(keys(&changed), uids[1..3]);
        assert_eq!(client.search("FLAGGED").await?, uids[1..3]);
        let changed = client.store("1:*", FlagChange::add(Flag::Seen)).await?;
        assert_eq!(keys(&changed), uids);
        assert_eq!(client.search("SEEN").await?, uids);
        client.logout().await
    }

    #[trial]
    async fn store_silently(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "")).await?;
        client
            .store([uid], FlagChange::add(Flag::Seen).silent())
            .await?;
        assert_eq!(
            all_flags(&mut client).await?,
            BTreeMap::from([(uid, Flags::from("\\Seen"))])
        );
        client
            .store([uid], FlagChange::remove(Flag::Seen).silent())
            .await?;
        assert_eq!(
            all_flags(&mut client).await?,
            BTreeMap::from([(uid, Flags::new())])
        );
        client.logout().await
    }

    #[trial]
    async fn store_keywords(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        need_keywords(&client.select(cx.mailbox()?).await?)?;
        let uid = client.deliver(mail("x", "")).await?;
        let words = Flags::from(["$Junk", "imapclient-test", "a.b:c"]);
        let changed = tidy(client.store([uid], FlagChange::add(&words)).await?);
        assert_eq!(changed, BTreeMap::from([(uid, words)]));
        // The flags of the mailbox include the new keyword.
        let known = client
            .state()
            .selected()
            .map(|mailbox| mailbox.flags.clone());
        assert!(known.is_some_and(|flags| flags.contains(&Flag::from("$junk"))));
        let changed = tidy(
            client
                .store([uid], FlagChange::remove(["$JUNK", "a.b:c"]))
                .await?,
        );
        assert_eq!(
            changed,
            BTreeMap::from([(uid, Flags::from("imapclient-test"))])
        );
        client.logout().await
    }

    #[trial]
    async fn store_on_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "")).await?;
        assert!(
            client
                .store(uid.get() + 1, FlagChange::add(Flag::Seen))
                .await?
                .is_empty()
        );
        let last = client.last_sent();
        assert!(
            client
                .store(UidSet::new(), FlagChange::add(Flag::Seen))
                .await?
                .is_empty()
        );
        assert_eq!(client.last_sent(), last, "nothing was sent");
        assert_eq!(
            all_flags(&mut client).await?,
            BTreeMap::from([(uid, Flags::new())])
        );
        client.logout().await
    }

    async fn all_flags(client: &mut Session<'_>) -> Result<BTreeMap<imapclient::Uid, Flags>, Stop> {
        Ok(tidy(client.flags("1:*").await?))
    }
}
