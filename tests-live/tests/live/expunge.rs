//! Removing messages.

use imapclient::{Append, Error, Expunged, Flag, FlagChange, UidSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    by::{By, Seq, Uid},
    mail::mail,
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Returns a session with `count` messages in its mailbox, all marked `\Deleted`.
    async fn marked(cx: &Context, count: usize) -> Result<(Session<'_>, Vec<u32>), Stop> {
        let mut client = Session::selected(cx).await?;
        let marked = (0..count).map(|_| Append::from(mail("x", "")).flags("\\Deleted"));
        let uids = client.deliver_all(marked).await?;
        Ok((client, uids))
    }

    #[trial(Uid, Seq)]
    async fn expunge(cx: &Context, by: By) -> Result<(), Stop> {
        let (mut client, uids) = marked(cx, 4).await?;
        let kept = by.messages(&by.numbers(&uids)[1..2]);
        client.store(kept, FlagChange::remove(Flag::Deleted)).await?;
        let mut gone = client.expunge().await?;
        // The server may remove them in any order; each number refers to the state before it.
        let mut left = uids.clone();
        for seq in gone.seqs.drain(..) {
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
        assert_eq!(client.expunge().await?, Expunged::default());
        let uid = client.deliver(mail("kept", "")).await?;
        assert_eq!(client.expunge().await?, Expunged::default());
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn uid_expunge(cx: &Context, by: By) -> Result<(), Stop> {
        let (mut client, uids) = marked(cx, 4).await?;
        client.require("UIDPLUS").await?;
        let numbers = by.numbers(&uids);
        let kept = by.messages(&[numbers[2]]);
        client.store(kept, FlagChange::remove(Flag::Deleted)).await?;
        if by == Seq {
            // IMAP has no such command, so nothing is sent.
            let last = client.last_sent();
            let result = client.uid_expunge(by.messages(&numbers[..2])).await;
            assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
            assert_eq!(client.last_sent(), last);
            assert_eq!(client.search("ALL").await?, uids);
            return client.logout().await;
        }
        // One of them is not marked, and one does not exist.
        let gone = client.uid_expunge([uids[1], uids[2], uids[3] + 50]).await?;
        assert_eq!((gone.seqs, gone.left), (vec![2], UidSet::from([uids[2]])));
        assert_eq!(client.search("ALL").await?, [uids[0], uids[2], uids[3]]);
        assert_eq!(client.search("DELETED").await?, [uids[0], uids[3]]);
        assert_eq!(client.uid_expunge([]).await?, Expunged::default());
        client.logout().await
    }
}
