//! Reading messages one at a time, and their bodies in pieces.

use std::collections::BTreeSet;

use imapclient::FetchItems;
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::mail,
    tell::{assert_bytes, only},
};

/// The size of a large body, which takes several reads.
const LARGE: usize = 300_000;

/// Returns a message with a body of this size.
fn large(subject: &str, size: usize) -> String {
    let line = "The quick brown fox jumps over the lazy dog.\r\n";
    mail(subject, &line.repeat(size / line.len() + 1))
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn fetch_each<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let texts = [mail("small", "one"), large("large", LARGE), mail("last", "three")];
        let uids = client.deliver_all(texts.clone()).await?;
        let numbers = by.numbers(&uids);
        let items = FetchItems::new().flags().size().body().header();
        for from in [0, 65_536, u64::MAX] {
            let set = by.messages(&numbers);
            let mut messages = client.fetch_each(set, items.clone()).await?.pieces_from(from);
            let mut seen = Vec::new();
            while let Some(mut message) = messages.next().await? {
                let mut whole = None;
                while let Some(mut body) = message.body().await? {
                    let (is_whole, size) = (body.section().is_empty(), body.size());
                    let mut data = Vec::new();
                    while let Some(chunk) = body.chunk().await? {
                        data.extend_from_slice(chunk);
                    }
                    assert_eq!(data.len() as u64, size, "the announced size");
                    if is_whole {
                        whole = Some(data);
                    }
                }
                let fetch = message.finish().await?;
                assert!(fetch.flags().is_some(), "{fetch:?}");
                // A message that came without its UID comes once more.
                if fetch.uid().is_some() {
                    seen.push((fetch.uid(), whole));
                }
            }
            // A server may choose the order.
            seen.sort();
            assert_eq!(seen.len(), texts.len());
            for ((uid, body), (expected, text)) in seen.iter().zip(uids.iter().zip(&texts)) {
                assert_eq!(*uid, Some(*expected));
                assert_bytes(body.as_deref(), text.as_bytes());
            }
        }
        client.logout().await
    }

    #[trial]
    async fn fetch_each_skips_what_is_not_read(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let texts = [large("first", LARGE), large("second", LARGE), mail("last", "three")];
        let uids = client.deliver_all(texts.clone()).await?;
        let items = FetchItems::new().flags().body();
        let mut messages = client.fetch_each(&uids, items.clone()).await?.pieces_from(0);
        let mut seen = BTreeSet::new();
        while let Some(mut message) = messages.next().await? {
            // One that came without its UID comes once more.
            seen.insert(message.seq());
            // A part of the first body is read, and nothing of the second one.
            if seen.len() == 1 && let Some(mut body) = message.body().await? {
                assert!(body.chunk().await?.is_some());
            }
            if seen.len() == 3 {
                assert!(message.finish().await?.flags().is_some());
            }
        }
        assert_eq!(seen.len(), texts.len());
        // Dropped within a body: the next command works, and gets its own body whole.
        let mut messages = client.fetch_each(&uids, items.clone()).await?.pieces_from(0);
        let mut message = messages.next().await?.ok_or_else(|| Stop::failed("no message"))?;
        let mut body = message.body().await?.ok_or_else(|| Stop::failed("no body"))?;
        assert!(body.chunk().await?.is_some());
        let found = only(client.fetch([uids[1]], items).await?)?;
        assert_bytes(found.body(), texts[1].as_bytes());
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn fetch_each_of_whole_messages(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let text = mail("whole", "two\r\nlines");
        let uid = client.deliver(text.clone()).await?;
        let mut messages = client.fetch_each([uid], FetchItems::new().body()).await?;
        let mut named = 0;
        while let Some(fetch) = messages.next_whole().await? {
            assert_bytes(fetch.body(), text.as_bytes());
            named += usize::from(fetch.uid().is_some());
        }
        assert_eq!(named, 1);
        // Messages that do not exist are left out.
        let mut messages = client.fetch_each(u32::from(uid) + 1000, FetchItems::new().body()).await?;
        assert!(messages.next().await?.is_none());
        client.logout().await
    }
}
