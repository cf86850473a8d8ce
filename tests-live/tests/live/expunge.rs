//! Removing messages.

use imapclient::{Append, Flag, FlagChange, Removed, UidSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::mail::mail;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Returns a session with `count` messages in its mailbox, all marked `\Deleted`.
    async fn marked(
        cx: &Context,
        count: usize,
    ) -> Result<(Session<'_>, Vec<imapclient::Uid>), Stop> {
        let mut client = Session::selected(cx).await?;
        let marked = (0..count).map(|_| Append::from(mail("x", "")).flags("\\Deleted"));
        let uids = client.deliver_all(marked).await?;
        Ok((client, uids))
    }

    #[trial(Uid, Seq)]
    async fn expunge<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let (mut client, uids) = marked(cx, 4).await?;
        let kept = by.messages(&by.numbers(&uids)[1..2]);
        client.store(kept, FlagChange::remove(Flag::Deleted)).await?;
        let mut gone = client.expunge().await?;
        // The server may remove them in any order; each number refers to the state before it.
        let mut left = uids.clone();
        for seq in gone.seqs.drain(..) {
            left.remove(seq.get() as usize - 1);
        }
        assert_eq!(left, [uids[1]]);
        assert_eq!(client.search("ALL").await?, left);
        assert_eq!(
            client.state().selected().map(|mailbox| mailbox.exists),
            Some(1.into())
        );
        client.logout().await
    }

    #[trial]
    async fn expunge_nothing(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        assert_eq!(client.expunge().await?, Removed::default());
        let uid = client.deliver(mail("kept", "")).await?;
        assert_eq!(client.expunge().await?, Removed::default());
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn uid_expunge(cx: &Context) -> Result<(), Stop> {
        let (mut client, uids) = marked(cx, 4).await?;
        client.require("UIDPLUS").await?;
        client.store(uids[2], FlagChange::remove(Flag::Deleted)).await?;
        // One of them is not marked, and one does not exist.
        let [second, third] = [uids[1], uids[2]].map(imapclient::Uid::get);
        let gone = client.uid_expunge([second, third, uids[3].get() + 50]).await?;
        assert_eq!(gone.seqs, [2]);
        assert_eq!(gone.left, UidSet::from(third));
        assert_eq!(client.search("ALL").await?, [uids[0], uids[2], uids[3]]);
        assert_eq!(client.search("DELETED").await?, [uids[0], uids[3]]);
        assert_eq!(client.uid_expunge(UidSet::new()).await?, Removed::default());
        client.logout().await
    }
}
