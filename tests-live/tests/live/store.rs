//! Changing flags.

use std::collections::BTreeMap;

use imapclient::{Flag, FlagChange, Flags, Items, SeqSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::mail,
    tell::{keys, need_keywords},
};

/// Without `\Recent`, which is not for clients to change.
fn tidy(flags: impl IntoIterator<Item = (u32, Flags)>) -> BTreeMap<u32, Flags> {
    let mut flags: BTreeMap<_, _> = flags.into_iter().collect();
    for flags in flags.values_mut() {
        flags.remove(&Flag::Recent);
    }
    flags
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn store_adds_removes_and_replaces(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "")).await?;
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
            let changed = tidy(client.store([uid], change).await?);
            assert_eq!(changed, BTreeMap::from([(uid, expected.clone())]));
            assert_eq!(flags(&mut client).await?, BTreeMap::from([(uid, expected)]));
        }
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
            flags(&mut client).await?,
            BTreeMap::from([(uid, Flags::from("\\Seen"))])
        );
        client
            .store([uid], FlagChange::remove(Flag::Seen).silent())
            .await?;
        assert_eq!(
            flags(&mut client).await?,
            BTreeMap::from([(uid, Flags::new())])
        );
        client.logout().await
    }

    #[trial]
    async fn store_keywords(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        need_keywords(&client.select(cx.folder()).await?)?;
        let uid = client.deliver(mail("x", "")).await?;
        let words = Flags::from(["$Junk", "imapclient-test", "a.b:c"]);
        let changed = tidy(client.store([uid], FlagChange::add(&words)).await?);
        assert_eq!(changed, BTreeMap::from([(uid, words)]));
        // Those of the mailbox have grown.
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
    async fn store_by_sequence_number(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client
            .deliver(imapclient::Append::from(mail("gone", "")).flags("\\Deleted"))
            .await?;
        let one = client.deliver(mail("one", "")).await?;
        let two = client.deliver(mail("two", "")).await?;
        client.expunge().await?;
        let changed = client
            .store(SeqSet::from(2), FlagChange::add(Flag::Flagged))
            .await?;
        assert_eq!(keys(&changed), [2]);
        assert_eq!(client.search("FLAGGED").await?, [two]);
        assert_eq!(client.search("UNFLAGGED").await?, [one]);
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
        let last = client.wire_log().last().cloned();
        assert!(
            client
                .store([], FlagChange::add(Flag::Seen))
                .await?
                .is_empty()
        );
        assert_eq!(client.wire_log().last().cloned(), last, "nothing was sent");
        assert_eq!(
            flags(&mut client).await?,
            BTreeMap::from([(uid, Flags::new())])
        );
        client.logout().await
    }

    async fn flags(client: &mut Session<'_>) -> Result<BTreeMap<u32, Flags>, Stop> {
        let found = client.fetch("1:*", Items::new().flags()).await?;
        let flags = found.into_iter();
        let flags = flags.map(|(uid, message)| (uid, message.flags().cloned().unwrap_or_default()));
        Ok(tidy(flags))
    }
}
