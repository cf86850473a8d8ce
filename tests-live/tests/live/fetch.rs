//! Reading messages: which ones, and what of them.

use imapclient::{Append, Error, Flag, Flags, Items, SeqSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::{date, mail},
    tell::{assert_bytes, keys, only},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn fetch_all_that_can_be_asked_for(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let (message, at) = (mail("all", "text"), date("2012-01-02T03:04:05+00:00"));
        let append = Append::from(message.clone())
            .flags("\\Flagged")
            .internal_date(at);
        let uid = client.deliver(append).await?;
        let items = Items::new().flags().internal_date().size().header().body();
        let found = only(client.fetch([uid], items).await?)?;
        assert_eq!((found.uid(), found.seq()), (Some(uid), 1));
        assert!(
            found
                .flags()
                .is_some_and(|flags| flags.contains(&Flag::Flagged))
        );
        assert_eq!(
            found
                .internal_date()
                .and_then(|date| date.date()),
            Some(at)
        );
        assert_eq!(found.size(), Some(message.len() as u64));
        assert_bytes(found.body(), message.as_bytes());
        let end = message.find("\r\n\r\n").expect("a header") + 4;
        assert_bytes(found.section("HEADER"), &message.as_bytes()[..end]);
        assert!(
            found.malformed().is_empty() && found.unknown().is_empty(),
            "{found:?}"
        );
        client.logout().await
    }

    #[trial]
    async fn fetch_nothing_but_uids(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "")).await?;
        let found = client.fetch("1:*", Items::new()).await?;
        assert_eq!(keys(&found), [uid]);
        let found = only(found)?;
        assert_eq!(
            (found.uid(), found.body(), found.size()),
            (Some(uid), None, None)
        );
        client.logout().await
    }

    #[trial]
    async fn fetch_several(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let mut uids = Vec::new();
        let mut messages = Vec::new();
        for n in 0..10 {
            messages.push(mail(&format!("number {n}"), &"line\r\n".repeat(n * n)));
            uids.push(client.deliver(messages[n].as_str()).await?);
        }
        let found = client.fetch(&uids, Items::new().body()).await?;
        assert_eq!(keys(&found), uids);
        for (n, fetched) in found.values().enumerate() {
            assert_eq!(fetched.seq() as usize, n + 1);
            assert_bytes(fetched.body(), messages[n].as_bytes());
        }
        // In whatever order they are asked for.
        let found = client
            .fetch([uids[7], uids[2], uids[5]], Items::new())
            .await?;
        assert_eq!(keys(&found), [uids[2], uids[5], uids[7]]);
        let found = client.fetch(uids[3]..=uids[5], Items::new()).await?;
        assert_eq!(keys(&found), uids[3..=5]);
        let found = client.fetch(uids[8].., Items::new()).await?;
        assert_eq!(keys(&found), uids[8..]);
        let found = client.fetch("*", Items::new()).await?;
        assert_eq!(keys(&found), uids[9..]);
        client.logout().await
    }

    #[trial]
    async fn fetch_by_sequence_number(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client
            .deliver(Append::from(mail("gone", "")).flags("\\Deleted"))
            .await?;
        let mut uids = Vec::new();
        for subject in ["one", "two", "three"] {
            uids.push(client.deliver(mail(subject, "")).await?);
        }
        // Now they are no longer the same as UIDs.
        client.expunge().await?;
        let found = client
            .fetch(SeqSet::from([1, 3]), Items::new().flags())
            .await?;
        assert_eq!(keys(&found), [1, 3]);
        assert_eq!(
            (found[&1].uid(), found[&3].uid()),
            (Some(uids[0]), Some(uids[2]))
        );
        let found = client.fetch(SeqSet::last(), Items::new().header()).await?;
        assert_eq!(keys(&found), [3]);
        assert!(found[&3].section("HEADER").is_some());
        let found = client.fetch(SeqSet::all(), Items::new()).await?;
        assert_eq!(keys(&found), [1, 2, 3]);
        client.logout().await
    }

    #[trial]
    async fn fetch_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        // In an empty mailbox.
        assert!(client.fetch("1:*", Items::new().flags()).await?.is_empty());
        let uid = client.deliver(mail("x", "")).await?;
        assert!(
            client
                .fetch([uid + 1, uid + 500], Items::new().body())
                .await?
                .is_empty()
        );
        let found = client.fetch([uid, uid + 500], Items::new().flags()).await?;
        assert_eq!(keys(&found), [uid]);
        // Without messages nothing is sent.
        let last = client.wire_log().last().cloned();
        assert!(client.fetch([], Items::new().flags()).await?.is_empty());
        assert_eq!(client.wire_log().last().cloned(), last);
        // Servers may refuse numbers beyond the last one.
        match client.fetch(SeqSet::from(77), Items::new().flags()).await {
            Err(Error::Refused(_)) => {}
            result => assert!(result?.is_empty()),
        }
        client.logout().await
    }

    #[trial]
    async fn fetch_does_not_mark_as_seen(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "text")).await?;
        let items = Items::new()
            .body()
            .header()
            .section("TEXT")
            .partial("", 0, 5);
        client.fetch([uid], items).await?;
        assert!(client.search("SEEN").await?.is_empty());
        client.logout().await
    }

    #[trial]
    async fn fetch_marks_as_seen_when_asked_to(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "text")).await?;
        let items = Items::new().flags().body().mark_seen();
        let found = only(client.fetch([uid], items).await?)?;
        assert_bytes(found.body(), mail("x", "text").as_bytes());
        assert_eq!(client.search("SEEN").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn fetch_flags_again(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "")).await?;
        for flags in [
            Flags::from(["\\Seen"]),
            Flags::from(["\\Draft", "\\Answered"]),
            Flags::new(),
        ] {
            client
                .store([uid], imapclient::FlagChange::replace(&flags).silent())
                .await?;
            let found = only(client.fetch([uid], Items::new().flags()).await?)?;
            let mut now = found.flags().cloned().unwrap_or_default();
            now.remove(&Flag::Recent);
            assert_eq!(now, flags);
        }
        client.logout().await
    }
}
