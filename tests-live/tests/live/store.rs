//! Changing flags.

use std::collections::BTreeMap;

use imapclient::{Flag, FlagChange, Flags};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    by::{By, Seq, Uid},
    mail::mail,
    tell::{keys, need_keywords, without_recent},
};

fn tidy(flags: impl IntoIterator<Item = (u32, Flags)>) -> BTreeMap<u32, Flags> {
    let flags = flags.into_iter();
    flags
        .map(|(key, flags)| (key, without_recent(&flags)))
        .collect()
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn flags(cx: &Context, by: By) -> Result<(), Stop> {
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
        assert_eq!(client.search(by.query("SEEN")).await?, numbers);
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
        assert_eq!(client.search("FLAGGED").await?, &uids[1..3]);
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
                .store([uid + 1], FlagChange::add(Flag::Seen))
                .await?
                .is_empty()
        );
        let last = client.last_sent();
        assert!(
            client
                .store([], FlagChange::add(Flag::Seen))
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

    async fn all_flags(client: &mut Session<'_>) -> Result<BTreeMap<u32, Flags>, Stop> {
        Ok(tidy(client.flags("1:*").await?))
    }
}
