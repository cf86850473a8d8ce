//! Removing messages.

use imapclient::{Append, Flag, FlagChange};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// A mailbox with so many messages, all marked.
    async fn marked(cx: &Context, count: usize) -> Result<(Session<'_>, Vec<u32>), Stop> {
        let mut client = Session::selected(cx).await?;
        let mut uids = Vec::new();
        for _ in 0..count {
            uids.push(
                client
                    .deliver(Append::from(mail("x", "")).flags("\\Deleted"))
                    .await?,
            );
        }
        Ok((client, uids))
    }

    #[trial]
    async fn expunge_removes_what_is_marked(cx: &Context) -> Result<(), Stop> {
        let (mut client, uids) = marked(cx, 4).await?;
        client
            .store([uids[1]], FlagChange::remove(Flag::Deleted))
            .await?;
        let mut gone = client.expunge().await?;
        // The server may go from either end: each number is as of its moment.
        let mut left = uids.clone();
        for seq in gone.drain(..) {
            left.remove(seq as usize - 1);
        }
        assert_eq!(left, [uids[1]]);
        assert_eq!(client.search("ALL").await?, left);
        assert_eq!(
            client.state().selected().map(|mailbox| mailbox.exists),
            Some(1)
        );
        client.logout().await
    }

    #[trial]
    async fn expunge_nothing(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        assert!(client.expunge().await?.is_empty());
        let uid = client.deliver(mail("kept", "")).await?;
        assert!(client.expunge().await?.is_empty());
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn uid_expunge_leaves_others(cx: &Context) -> Result<(), Stop> {
        let (mut client, uids) = marked(cx, 4).await?;
        client.require("UIDPLUS").await?;
        client
            .store([uids[2]], FlagChange::remove(Flag::Deleted))
            .await?;
        // One of them is not marked, and one is not there.
        let gone = client.uid_expunge([uids[1], uids[2], uids[3] + 50]).await?;
        assert_eq!(gone, [2]);
        assert_eq!(client.search("ALL").await?, [uids[0], uids[2], uids[3]]);
        assert_eq!(client.search("DELETED").await?, [uids[0], uids[3]]);
        assert!(client.uid_expunge([]).await?.is_empty());
        client.logout().await
    }
}
