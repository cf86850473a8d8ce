//! Many messages.

use imapclient::{Flag, FlagChange, Items};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{mail::mail, tell::keys};

const MANY: usize = 500;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn many_messages(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let mut uids = Vec::new();
        for n in 0..MANY {
            uids.push(client.deliver(mail(&format!("number {n}."), "")).await?);
        }

        // By one command.
        let subject = "HEADER.FIELDS (SUBJECT)";
        let found = client
            .fetch("1:*", Items::new().flags().section(subject))
            .await?;
        assert_eq!(keys(&found), uids);
        for (n, message) in found.values().enumerate() {
            let expected = format!("Subject: number {n}.\r\n\r\n");
            assert_eq!(message.section(subject), Some(expected.as_bytes()));
        }

        // By lists that cannot be written as ranges, and take several lines.
        let first = uids[0];
        for odd in [0, 1] {
            let list: Vec<u32> = (first..first + 10_000)
                .filter(|uid| uid % 2 == odd)
                .collect();
            let wanted: Vec<u32> = uids.iter().copied().filter(|uid| uid % 2 == odd).collect();
            let found = client.fetch(&list, Items::new().body()).await?;
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

        client
            .store("1:*", FlagChange::add(Flag::Deleted).silent())
            .await?;
        assert_eq!(client.expunge().await?.len(), MANY);
        assert_eq!(
            client.state().selected().map(|mailbox| mailbox.exists),
            Some(0)
        );
        client.logout().await
    }
}
