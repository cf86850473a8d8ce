//! Mailboxes as a whole.

use imapclient::{Attribute, Code, StatusItem};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::mail,
    tell::{assert_code, refused},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn list_by_pattern(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let parent = cx.child("parent");
        let child = format!("{parent}{delimiter}child");
        client.create(&parent).await?;
        client.create(&child).await?;

        let both = [parent.as_str(), child.as_str()];
        for (pattern, expected) in [
            ("*", &both[..]),
            ("%", &both[..1]),
            (&format!("%{delimiter}%"), &both[1..]),
            ("p*", &both[..]),
            ("q*", &[]),
        ] {
            let below = format!("{}{delimiter}{pattern}", cx.folder());
            let found = client.list("", &below).await?;
            let mut names: Vec<&str> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, expected, "{pattern}");
        }

        let found = client.list("", &parent).await?;
        assert_eq!(found[0].delimiter, Some(delimiter));
        if client.capabilities().await?.has("CHILDREN") {
            assert!(found[0].has(&Attribute::HasChildren), "{found:?}");
            let found = client.list("", &child).await?;
            assert!(found[0].has(&Attribute::HasNoChildren), "{found:?}");
        }
        client.logout().await
    }

    #[trial]
    async fn list_nothing(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        assert!(client.list("", &cx.child("nothing")).await?.is_empty());
        assert!(client.list(&cx.child("nothing"), "*").await?.is_empty());
        client.logout().await
    }

    #[trial]
    async fn list_has_the_inbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        // Only in capitals does every server have to find it.
        let found = client.list("", "INBOX").await?;
        assert!(
            found.iter().any(|mailbox| mailbox.name.is_inbox()),
            "{found:?}"
        );
        client.logout().await
    }

    #[trial]
    async fn create_twice(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.create(cx.folder()).await?;
        let refusal = refused(client.create(cx.folder()).await)?;
        assert_eq!(refusal.command, "CREATE");
        assert_code(&refusal, &Code::AlreadyExists);
        client.logout().await
    }

    #[trial]
    async fn delete_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let refusal = refused(client.delete(cx.folder()).await)?;
        assert_eq!(refusal.command, "DELETE");
        assert_code(&refusal, &Code::NonExistent);
        client.logout().await
    }

    #[trial]
    async fn status_counts(cx: &Context) -> Result<(), Stop> {
        use imapclient::StatusItem::{Messages, Recent, UidNext, UidValidity, Unseen};
        let mut client = Session::open(cx).await?;
        client.create(cx.folder()).await?;
        let items = [Messages, Recent, UidNext, UidValidity, Unseen];
        let empty = client.status(cx.folder(), &items).await?;
        assert_eq!((empty.messages, empty.unseen), (Some(0), Some(0)));

        client.append(cx.folder(), mail("unread", "")).await?;
        let read = imapclient::Append::from(mail("read", "")).flags("\\Seen");
        client.append(cx.folder(), read).await?;
        let full = client.status(cx.folder(), &items).await?;
        assert_eq!(full.name, cx.folder());
        assert_eq!((full.messages, full.unseen), (Some(2), Some(1)));
        assert_eq!(full.uid_validity, empty.uid_validity);
        assert!(
            full.uid_next >= empty.uid_next.map(|next| next + 2),
            "{full:?}"
        );

        let mailbox = client.examine(cx.folder()).await?;
        assert_eq!(
            (mailbox.uid_validity, mailbox.uid_next),
            (full.uid_validity, full.uid_next)
        );
        client.logout().await
    }

    #[trial]
    async fn status_of_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let refusal = refused(client.status(cx.folder(), &[StatusItem::Messages]).await)?;
        assert_eq!(refusal.command, "STATUS");
        client.logout().await
    }
}
