//! Selecting and closing a mailbox.

use imapclient::{Append, Flag, FlagChange, Phase, Uid};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{mail::mail, tell::refused};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn select_tells_all(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let empty = client.select(cx.mailbox()?).await?;
        assert_eq!((empty.exists, empty.read_only), (0.into(), false));
        assert!(
            empty.uid_validity.is_some_and(|validity| validity > 0),
            "{empty:?}"
        );
        for flag in [
            Flag::Seen,
            Flag::Answered,
            Flag::Flagged,
            Flag::Deleted,
            Flag::Draft,
        ] {
            assert!(empty.flags.contains(&flag), "{flag} in {}", empty.flags);
        }
        let permanent = empty.permanent_flags.clone();
        assert!(permanent.is_none_or(|flags| flags.contains(&Flag::Seen)));

        let read = Append::from(mail("read", "")).flags("\\Seen");
        client.append(cx.mailbox()?, read).await?;
        client.append(cx.mailbox()?, mail("unread", "")).await?;
        client.append(cx.mailbox()?, mail("unread, too", "")).await?;
        let full = client.select(cx.mailbox()?).await?;
        assert_eq!(full.name, cx.mailbox()?);
        assert_eq!((full.exists, full.uid_validity), (3.into(), empty.uid_validity));
        assert!(
            full.uid_next.map(Uid::get) >= empty.uid_next.map(|next| next.get() + 3),
            "{full:?}"
        );
        assert!(full.unseen.is_none_or(|seq| seq == 2), "{full:?}");
        assert_eq!(client.state().selected(), Some(&full));
        client.logout().await
    }

    #[trial]
    async fn select_another(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let here = client.deliver(mail("here", "")).await?;
        let there = cx.second_mailbox()?;
        assert_eq!(client.select(there).await?.exists, 0);
        assert!(client.search("ALL").await?.is_empty());
        assert_eq!(client.select(cx.mailbox()?).await?.exists, 1);
        assert_eq!(client.search("ALL").await?, [here]);
        client.logout().await
    }

    #[trial]
    async fn select_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let refusal = refused(client.select(cx.child("missing")).await)?;
        assert_eq!(refusal.command, "SELECT");
        // A failed SELECT deselects the previous mailbox.
        assert_eq!(client.state().phase(), Phase::Authenticated);
        assert_eq!(client.state().selected(), None);
        assert!(matches!(
            client.search("ALL").await,
            Err(imapclient::Error::State { .. })
        ));
        client.select(cx.mailbox()?).await?;
        client.logout().await
    }

    #[trial]
    async fn examine_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let refusal = refused(client.examine(cx.child("missing")).await)?;
        assert_eq!(refusal.command, "EXAMINE");
        assert_eq!(client.state().phase(), Phase::Authenticated);
        assert!(client.examine(cx.mailbox()?).await?.read_only);
        client.logout().await
    }

    #[trial]
    async fn select_the_inbox_however_it_is_spelt(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        // EXAMINE, since INBOX belongs to the user.
        let mailbox = client.examine("iNbOx").await?;
        assert!(mailbox.name.is_inbox());
        assert_eq!(
            mailbox.uid_validity,
            client.examine("INBOX").await?.uid_validity
        );
        client.logout().await
    }

    #[trial]
    async fn examine_is_for_reading(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("only", "")).await?;
        let mailbox = client.examine(cx.mailbox()?).await?;
        assert_eq!((mailbox.exists, mailbox.read_only), (1.into(), true));

        let last = client.last_sent();
        let result = client.expunge().await;
        assert!(
            matches!(result, Err(imapclient::Error::State { .. })),
            "{result:?}"
        );
        assert_eq!(client.last_sent(), last, "nothing was sent");
        // Servers may refuse the command or ignore it, but must not store the flag.
        match client.store([uid], FlagChange::add(Flag::Flagged)).await {
            Err(imapclient::Error::Refused(_)) => {}
            result => drop(result?),
        }
        let mailbox = client.select(cx.mailbox()?).await?;
        assert!(!mailbox.read_only);
        assert!(client.search("FLAGGED").await?.is_empty(), "it was done");
        client.logout().await
    }

    #[trial]
    async fn close_after_examine_removes_nothing(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client
            .deliver(Append::from(mail("kept", "")).flags("\\Deleted"))
            .await?;
        client.examine(cx.mailbox()?).await?;
        client.close().await?;
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.select(cx.mailbox()?).await?;
        assert_eq!(client.search("DELETED").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn select_counts_what_is_recent_once(cx: &Context) -> Result<(), Stop> {
        let mut other = Session::open(cx).await?;
        // A mailbox of its own, since no other connection may have it selected, not even one that
        // is just closing.
        other.create(cx.folder()).await?;
        other.append(cx.folder(), mail("new", "")).await?;
        // EXAMINE does not remove `\Recent`.
        let looked = other.examine(cx.folder()).await?;
        let mut client = Session::open(cx).await?;
        let first = client.select(cx.folder()).await?;
        let recent = [looked.recent, first.recent].map(|count| count.get());
        assert_eq!(recent, [1, 1], "recent messages");
        assert_eq!(client.select(cx.folder()).await?.recent, 0);
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn unselect_removes_nothing(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client
            .deliver(Append::from(mail("kept", "")).flags("\\Deleted"))
            .await?;
        client.unselect().await?;
        assert_eq!(client.state().phase(), Phase::Authenticated);
        assert_eq!(client.state().selected(), None);
        assert!(matches!(
            client.unselect().await,
            Err(imapclient::Error::State { .. })
        ));
        assert_eq!(client.select(cx.mailbox()?).await?.exists, 1);
        assert_eq!(client.search("DELETED").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn close_removes_what_is_marked(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client
            .deliver(Append::from(mail("gone", "")).flags("\\Deleted"))
            .await?;
        let uid = client.deliver(mail("kept", "")).await?;
        client.close().await?;
        assert_eq!(client.state().phase(), Phase::Authenticated);
        assert_eq!(client.select(cx.mailbox()?).await?.exists, 1);
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }
}
