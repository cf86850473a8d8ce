//! Copying and moving messages.

use imapclient::{Append, Code, Copied, FetchItems, Flag, MoveWay, UidSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::mail,
    tell::{assert_bytes, refused},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Returns a session with three messages in its mailbox, their UIDs, and the name of a second
    /// mailbox, with two other messages, to copy to.
    async fn prepared(cx: &Context) -> Result<(Session<'_>, Vec<imapclient::Uid>, &str), Stop> {
        let mut client = Session::selected(cx).await?;
        let subjects = ["one", "two", "three"];
        let messages = subjects.map(|subject| Append::from(mail(subject, "")).flags("\\Flagged"));
        let uids = client.deliver_all(messages).await?;
        let to = cx.second_mailbox()?;
        // With these, the new UIDs cannot equal the old ones by chance.
        client.append(to, mail("was here before", "")).await?;
        client.append(to, mail("was here before, too", "")).await?;
        Ok((client, uids, to))
    }

    #[trial(Uid, Seq)]
    async fn copy<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let (mut client, uids, to) = prepared(cx).await?;
        let numbers = by.numbers(&uids);
        let some = by.messages(&[numbers[0], numbers[2]]);
        let copied = client.copy(some, to).await?;
        assert_eq!(client.search("ALL").await?, uids, "no message was removed");
        let expected = [(uids[0], "one"), (uids[2], "three")];
        check_copies(&mut client, to, copied, &expected).await?;
        client.logout().await
    }

    #[trial]
    async fn copy_to_the_same_mailbox(cx: &Context) -> Result<(), Stop> {
        let (mut client, uids, _) = prepared(cx).await?;
        client.copy([uids[1]], cx.mailbox()?).await?;
        client.see(4).await?;
        assert_eq!(client.search("SUBJECT two").await?.len(), 2);
        client.logout().await
    }

    #[trial]
    async fn copy_to_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let (mut client, uids, _) = prepared(cx).await?;
        let refusal = refused(client.copy(&uids, cx.child("missing")).await)?;
        assert_eq!(refusal.code, Some(Code::TryCreate), "{refusal}");
        assert_eq!(client.search("ALL").await?, uids);
        client.logout().await
    }

    #[trial]
    async fn copy_nothing(cx: &Context) -> Result<(), Stop> {
        let (mut client, uids, to) = prepared(cx).await?;
        let last = client.last_sent();
        assert_eq!(client.copy(UidSet::new(), to).await?, Copied::Nothing);
        assert_eq!(client.last_sent(), last, "nothing was sent");
        // A message that does not exist is not an error.
        client.copy([uids[2].get() + 7], to).await?;
        assert_eq!(client.select(to).await?.exists, 2);
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn move_to<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let (mut client, uids, to) = prepared(cx).await?;
        let (moves, removes) = (has(&mut client, "MOVE").await?, has(&mut client, "UIDPLUS").await?);
        let numbers = by.numbers(&uids);
        let some = by.messages(&[numbers[0], numbers[2]]);
        let moved = client.move_to(some, to).await?;
        let way = if moves { MoveWay::Native } else { MoveWay::Emulated };
        assert_eq!((moved.way, moved.unproved), (way, UidSet::new()));
        if moves || removes {
            assert_eq!(moved.left, UidSet::new());
            assert_eq!(client.search("ALL").await?, [uids[1]]);
            let left = client.state().selected().map(|mailbox| mailbox.exists);
            assert_eq!(left, Some(1.into()));
        } else {
            assert_eq!(moved.left, UidSet::from([uids[0], uids[2]]));
            assert_eq!(client.search("ALL").await?, uids, "no message was removed");
            assert_eq!(client.search("DELETED").await?, [uids[0], uids[2]]);
        }
        let expected = [(uids[0], "one"), (uids[2], "three")];
        check_copies(&mut client, to, moved.copied, &expected).await?;
        client.logout().await
    }

    #[trial]
    async fn move_to_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let (mut client, uids, _) = prepared(cx).await?;
        let refusal = refused(client.move_to(&uids, cx.child("missing")).await)?;
        assert_eq!(refusal.code, Some(Code::TryCreate), "{refusal}");
        assert_eq!(client.search("ALL").await?, uids);
        client.logout().await
    }

    async fn has(client: &mut Session<'_>, capability: &str) -> Result<bool, Stop> {
        Ok(client.capabilities().await?.has(capability))
    }

    /// Selects the mailbox and asserts that it has the copies, under the UIDs that the server
    /// reported, if it did.
    async fn check_copies(
        client: &mut Session<'_>,
        to: &str,
        copied: Copied,
        expected: &[(imapclient::Uid, &str)],
    ) -> Result<(), Stop> {
        let mailbox = client.select(to).await?;
        assert_eq!(mailbox.exists.get() as usize, 2 + expected.len());
        let has_uids = client.capabilities().await?.has("UIDPLUS");
        assert!(copied.uids().is_some() || !has_uids, "no COPYUID");
        let old: Vec<_> = expected.iter().map(|(uid, _)| *uid).collect();
        let all = client.search("ALL").await?;
        let pairs = match copied.into_uids() {
            Some(copied) => {
                assert_eq!(Some(copied.uid_validity), mailbox.uid_validity);
                copied.pairs().collect()
            }
            None => old
                .iter()
                .copied()
                .zip(all.iter().skip(2).copied())
                .collect::<Vec<_>>(),
        };
        let mut named: Vec<_> = pairs.iter().map(|(old, _)| *old).collect();
        named.sort_unstable();
        assert_eq!(named, old);
        for (old, subject) in expected {
            let new = pairs
                .iter()
                .find(|(from, _)| from == old)
                .map(|(_, new)| *new);
            let new = new.ok_or_else(|| Stop::failed("a pair is missing"))?;
            let found = client.fetch([new], FetchItems::new().flags().body()).await?;
            let found = crate::tell::only(found)?;
            assert_bytes(found.body(), mail(subject, "").as_bytes());
            assert!(
                found
                    .flags()
                    .is_some_and(|flags| flags.contains(&Flag::Flagged))
            );
        }
        Ok(())
    }
}
