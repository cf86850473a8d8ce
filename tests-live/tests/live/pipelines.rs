//! Several commands under way at once.

use imapclient::{
    FetchItems, Response, Seq, StatusItem,
    codec::command::{self, MessageSet},
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

/// The number of messages.
const MESSAGES: usize = 60;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn fetch_many_messages_one_by_one(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let messages = (0..MESSAGES).map(|n| mail(&format!("number {n}."), ""));
        let uids = client.deliver_all(messages).await?;
        let subject = "HEADER.FIELDS (SUBJECT)";
        let items = [FetchItems::new().section(subject), FetchItems::new().flags()];
        let requests = uids.iter().zip(items.iter().cycle());
        let requests = requests.map(|(uid, items)| (*uid, items.clone()));
        let fetched = client.fetch_many(requests).await?;
        assert_eq!(fetched.len(), MESSAGES);
        for (n, (uid, found)) in uids.iter().zip(fetched).enumerate() {
            let found = found?;
            let message = &found[uid];
            assert_eq!(found.len(), 1, "message {n}");
            if n % 2 == 0 {
                let expected = format!("Subject: number {n}.\r\n\r\n");
                assert_eq!(message.section(subject), Some(expected.as_bytes()));
            } else {
                assert!(message.flags().is_some(), "message {n}");
            }
        }
        client.logout().await
    }

    #[trial]
    async fn status_of_many_mailboxes(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.append(cx.mailbox()?, mail("one", "")).await?;
        let missing = cx.child("missing");
        let names = [cx.mailbox()?.to_owned(), missing.clone(), "INBOX".to_owned()];
        let all = client.status_all(names.clone(), [StatusItem::Messages]).await?;
        let told: Vec<_> = all.iter().map(|(name, _)| name.as_str().to_owned()).collect();
        assert_eq!(told, names);
        let counts: Vec<_> = all
            .iter()
            .map(|(_, status)| status.as_ref().ok().and_then(|status| status.messages))
            .collect();
        assert_eq!(counts[0], Some(1.into()));
        assert_eq!(counts[1], None, "{missing} exists");
        assert!(counts[2].is_some());
        client.logout().await
    }

    #[trial]
    async fn different_commands_at_once(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = client.deliver_all([mail("one", ""), mail("two", "")]).await?;
        let size = |index: usize| {
            let set = MessageSet::Uids(uids[index].into());
            command::fetch(&set, &FetchItems::new().size())
        };
        let name = cx.mailbox()?.into();
        let mut pipeline = client.pipeline();
        let first = pipeline.submit(size(0)?);
        let added = pipeline.submit(command::append(&name, &mail("three", "").into())?);
        let second = pipeline.submit(size(1)?);
        let found = pipeline.submit(command::search("ALL")?);
        let noop = pipeline.submit(command::noop());
        // Not by UID, which some servers leave out now and then.
        for (pending, seq) in [(second, Seq::new(2)), (first, Seq::new(1))] {
            let answer = pipeline.answer(pending).await?;
            let told = answer.responses.iter().find_map(|response| match response {
                Response::Fetch(fetch) if fetch.size().is_some() => fetch.seq(),
                _ => None,
            });
            assert_eq!(told, seq, "{answer:?}");
        }
        pipeline.answer(found).await?;
        pipeline.answer(added).await?;
        pipeline.answer(noop).await?;
        client.noop().await?;
        assert_eq!(client.search("ALL").await?.len(), 3);
        client.logout().await
    }
}
