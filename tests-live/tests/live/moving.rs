//! Moves and removals without the extensions for them.

use imapclient::{Append, Error, ExpungeWay, FetchItems, Flag, FlagChange, MoveWay, UidSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Moves two messages while a third one is marked as deleted by another client.
    async fn moves_without(cx: &Context, without: &[&str]) -> Result<(), Stop> {
        let mut other = Session::selected(cx).await?;
        let messages = ["one", "two", "three"].map(|subject| Append::from(mail(subject, "")));
        let uids = other.deliver_all(messages).await?;
        let to = cx.second_mailbox()?;
        other.append(to, mail("was here before", "")).await?;
        let ours = UidSet::from([uids[0], uids[2]]);
        let theirs = UidSet::from([uids[1]]);
        other.store(&theirs, FlagChange::add([Flag::Deleted]).silent()).await?;
        other.logout().await?;

        let builder = cx.builder::<Client>()?.disable(without.iter().copied());
        let mut client = Session::new(cx, builder.connect().await?);
        client.select(cx.mailbox()?).await?;
        let moved = client.move_to(&ours, to).await?;
        assert_eq!((moved.way, moved.unproved), (MoveWay::Emulated, UidSet::new()));
        let has_uidplus = client.capabilities().await?.has("UIDPLUS");
        if has_uidplus && !moved.left.is_empty() {
            // Proton announces UIDPLUS, and refuses UID EXPUNGE.
            let refused = client.uid_expunge(&ours).await;
            assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
            assert_eq!((&moved.left, client.search("ALL").await?.into_vec()), (&ours, uids));
            return client.logout().await;
        }
        if !has_uidplus {
            assert_eq!((&moved.left, client.search("ALL").await?.into_vec()), (&ours, uids));
            let gone = client.dangerous_expunge_shared(moved.left).await?;
            assert_eq!((gone.way, gone.removed.left), (ExpungeWay::Shared, UidSet::new()));
            assert_eq!((gone.put_back, gone.unmarked), (theirs.clone(), UidSet::new()));
        }
        assert_eq!(UidSet::from(client.search("ALL").await?.into_vec()), theirs);
        assert_eq!(UidSet::from(client.search("DELETED").await?.into_vec()), theirs);
        assert_eq!(client.select(to).await?.exists, 3);
        let found = client.fetch("1:*", FetchItems::new().body()).await?;
        let bodies: Vec<_> = found.values().filter_map(|message| message.body()).collect();
        let expected = ["was here before", "one", "three"].map(|subject| mail(subject, ""));
        assert_eq!(bodies, expected.each_ref().map(|text| text.as_bytes()));
        client.logout().await
    }

    #[trial]
    async fn moves_without_move(cx: &Context) -> Result<(), Stop> {
        moves_without(cx, &["MOVE"]).await
    }

    #[trial]
    async fn moves_without_move_and_uidplus(cx: &Context) -> Result<(), Stop> {
        moves_without(cx, &["MOVE", "UIDPLUS"]).await
    }
}
