//! Many messages, and large ones.

use imapclient::{FetchItems, Flag, FlagChange, UidSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::{every_byte, mail},
    tell::{assert_bytes, keys, only},
};

/// The number of different messages; the others are copies.
const KINDS: usize = 40;
const MANY: usize = 5000;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn five_thousand_messages(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let kinds = (0..KINDS).map(|n| mail(&format!("number {n}."), ""));
        let mut uids = client.deliver_all(kinds).await?;
        // The others are copies, in the same order.
        while uids.len() < MANY {
            let more = uids.len().min(MANY - uids.len());
            client.copy(&uids[..more], cx.mailbox()?).await?;
            client.noop().await?;
            uids = client.search("ALL").await?.into_vec();
        }
        let exists = |client: &Client| client.state().selected().map(|mailbox| mailbox.exists);
        assert_eq!(exists(&client), Some(5000.into()));

        // Fetches all with one command.
        let subject = "HEADER.FIELDS (SUBJECT)";
        let items = FetchItems::new().flags().section(subject);
        let found = client.fetch("1:*", items).await?;
        assert_eq!(keys(&found), uids);
        for (n, message) in found.values().enumerate() {
            let expected = format!("Subject: number {}.\r\n\r\n", n % KINDS);
            assert_eq!(message.section(subject), Some(expected.as_bytes()));
        }

        // These sets cannot be written as ranges, and need several lines.
        let first = uids[0].get();
        for odd in [0, 1] {
            let list: Vec<u32> = (first..first + 20_000)
                .filter(|uid| uid % 2 == odd)
                .collect();
            assert_eq!(list.len(), 10_000);
            let wanted = uids.iter().copied().filter(|uid| uid.get() % 2 == odd);
            let wanted: Vec<_> = wanted.collect();
            let found = client.fetch(&list, FetchItems::new().body()).await?;
            assert_eq!(keys(&found), wanted);
            assert!(
                found
                    .values()
                    .all(|message| message.body().is_some_and(|body| body.len() > 100))
            );
            let changed = client.store(&list, FlagChange::add(Flag::Seen)).await?;
            assert_eq!(keys(&changed), wanted);
        }
        assert_eq!(client.search("SEEN").await?, uids);

        // A COPY of a long set is split; its result contains the pairs of all parts.
        let there = cx.second_mailbox()?;
        let odd: Vec<_> = uids.iter().copied().step_by(2).collect();
        let copied = client.copy(&odd, there).await?;
        if client.capabilities().await?.has("UIDPLUS") {
            let copied = copied.into_uids().ok_or_else(|| Stop::failed("no COPYUID"))?;
            let from: Vec<_> = copied.pairs().map(|(from, _)| from).collect();
            assert_eq!(from, odd);
        }

        client
            .store(UidSet::from(&odd), FlagChange::add(Flag::Deleted).silent())
            .await?;
        assert_eq!(client.expunge().await?.seqs.len(), odd.len());
        assert_eq!(exists(&client), Some(2500.into()));
        let left: Vec<_> = uids.iter().copied().skip(1).step_by(2).collect();
        assert_eq!(client.search("ALL").await?, left);
        assert_eq!(client.select(there).await?.exists, 2500);
        client.logout().await
    }

    #[trial]
    async fn eight_mebibytes(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let message = every_byte(8 * 1024 * 1024);
        let uid = client.deliver(message.clone()).await?;
        let found = only(client.fetch([uid], FetchItems::new().size().body()).await?)?;
        assert_eq!(found.size(), Some(message.len() as u64));
        assert_bytes(found.body(), &message);
        // The connection is still usable.
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }
}
