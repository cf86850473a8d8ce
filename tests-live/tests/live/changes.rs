//! Finding changes by modification sequences.

use imapclient::{Append, FetchItems, Flag, FlagChange, SearchKey};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{mail::mail, tell::keys};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Returns a session with three messages in its mailbox, their numbers, and the highest
    /// modification sequence.
    async fn prepared<K: Kind>(
        cx: &Context,
        by: K,
    ) -> Result<(Session<'_>, Vec<K::Id>, u64), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("CONDSTORE").await?;
        let messages = ["one", "two", "three"].map(|subject| Append::from(mail(subject, "")));
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        let found = client.fetch(by.messages(&numbers), FetchItems::new().modseq()).await?;
        assert_eq!(keys(&found), numbers);
        let highest = found.values().filter_map(|message| message.modseq()).max();
        let highest = highest.ok_or_else(|| Stop::failed("no MODSEQ"))?;
        Ok((client, numbers, highest))
    }

    #[trial(Uid, Seq)]
    async fn fetch_modifiers<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let (mut client, numbers, highest) = prepared(cx, by).await?;
        let all = || by.messages(&numbers);
        let items = |since| FetchItems::new().flags().changed_since(since);
        assert!(client.fetch(all(), items(highest)).await?.is_empty());
        let change = FlagChange::add(Flag::Flagged);
        let stored = client.store(by.messages(&numbers[1..2]), change).await?;
        assert_eq!(keys(&stored), numbers[1..2]);

        let found = client.fetch(all(), items(highest)).await?;
        assert_eq!(keys(&found), numbers[1..2]);
        let message = &found[&numbers[1]];
        assert!(message.flags().is_some_and(|flags| flags.contains(&Flag::Flagged)));
        let now = message.modseq().ok_or_else(|| Stop::failed("no MODSEQ"))?;
        assert!(now > highest, "{now} after {highest}");
        assert!(client.fetch(all(), items(now)).await?.is_empty());
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn search_with_modseq<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let (mut client, numbers, highest) = prepared(cx, by).await?;
        let found = client.search_by(by, SearchKey::ModSeq(1)).await?;
        assert_eq!(found, numbers);
        assert_eq!(found.modseq(), Some(highest));
        let later = SearchKey::ModSeq(highest + 1);
        assert!(client.search_by(by, later.clone()).await?.is_empty());
        client
            .store(by.messages(&numbers[2..]), FlagChange::add(Flag::Seen).silent())
            .await?;
        let found = client.search_by(by, later).await?;
        assert_eq!(found, numbers[2..]);
        assert!(found.modseq() > Some(highest), "{:?}", found.modseq());
        let seen = SearchKey::ModSeq(1) & SearchKey::Seen;
        assert_eq!(client.search_by(by, seen).await?, numbers[2..]);
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn store_unless_changed<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let (mut client, numbers, highest) = prepared(cx, by).await?;
        let mut other = Session::selected(cx).await?;
        let second = by.messages(&numbers[1..2]);
        other.store(second, FlagChange::add(Flag::Flagged)).await?;

        let all = || by.messages(&numbers);
        let change = FlagChange::add(Flag::Deleted).unchanged_since(highest);
        let stored = client.store(all(), change).await?;
        assert_eq!(*stored.unchanged(), by.messages(&numbers[1..2]));
        let changed = [numbers[0], numbers[2]];
        assert_eq!(client.search_by(by, "DELETED").await?, changed);
        for number in changed {
            let flags = stored.get(number);
            assert!(flags.is_some_and(|flags| flags.contains(&Flag::Deleted)), "{stored:?}");
            assert!(stored.modseq(number) > Some(highest), "{stored:?}");
        }

        // A silent STORE returns the modification sequences; some servers return the flags as well.
        let highest = client
            .fetch(all(), FetchItems::new().modseq())
            .await?
            .values()
            .filter_map(|message| message.modseq())
            .max();
        let highest = highest.ok_or_else(|| Stop::failed("no MODSEQ"))?;
        let change = FlagChange::remove(Flag::Deleted).unchanged_since(highest).silent();
        let stored = client.store(by.messages(&changed), change).await?;
        assert_eq!(*stored.unchanged(), by.messages(&[]), "{stored:?}");
        for number in changed {
            assert!(stored.modseq(number) > Some(highest), "{stored:?}");
        }
        assert!(client.search_by(by, "DELETED").await?.is_empty());
        other.logout().await?;
        client.logout().await
    }
}
