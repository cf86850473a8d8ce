//! Renaming mailboxes.

use imapclient::{Attribute, Code, Error, StatusItem};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::mail,
    tell::{assert_code, refused},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn rename_takes_the_messages_along(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let (from, to) = (cx.child("Tom & Jörg"), cx.child("Jörg & Tom"));
        client.create(&from).await?;
        client.append(&from, mail("moves", "")).await?;
        client.rename(&from, &to).await?;
        assert!(!client.mailbox_exists(&from).await?);
        assert!(client.mailbox_exists(&to).await?);
        let status = client.status(&to, [StatusItem::Messages]).await?;
        assert_eq!(status.messages, Some(1.into()));
        // The old name can be used again.
        client.create(&from).await?;
        let status = client.status(&from, [StatusItem::Messages]).await?;
        assert_eq!(status.messages, Some(0.into()));
        client.logout().await
    }

    #[trial]
    async fn rename_takes_what_is_below_along(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let tree = |root: &str| {
            let root = cx.child(root);
            [format!("{root}{delimiter}Größe"), root]
        };
        let (from, to) = (tree("from"), tree("to"));
        for name in from.iter().rev() {
            client.create(name).await?;
            client.append(name, mail(name, "")).await?;
        }
        // Its name begins with that of the other, but it is not below it.
        let beside = cx.child("from here");
        client.create(&beside).await?;

        client.rename(&from[1], &to[1]).await?;
        for name in &from {
            assert!(!client.mailbox_exists(name).await?, "{name}");
        }
        for name in &to {
            let status = client.status(name, [StatusItem::Messages]).await?;
            assert_eq!(status.messages, Some(1.into()), "{name}");
        }
        assert!(client.mailbox_exists(&beside).await?);
        client.logout().await
    }

    #[trial]
    async fn rename_below_another(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let from = cx.child("from");
        let to = format!("{}{delimiter}new{delimiter}to", cx.folder());
        client.create(&from).await?;
        client.rename(&from, &to).await?;
        assert!(!client.mailbox_exists(&from).await?);
        assert!(client.mailbox_exists(&to).await?);
        // The level between is listed, but need not be a mailbox.
        let found = client.list("", &cx.child("%")).await?;
        let names: Vec<&str> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, [cx.child("new")]);
        client.logout().await
    }

    #[trial]
    async fn rename_refused(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let (one, other) = (cx.child("one"), cx.child("other"));
        client.create(&one).await?;
        client.create(&other).await?;
        let refusal = refused(client.rename(cx.child("missing"), cx.child("new")).await)?;
        assert_eq!(refusal.command, "RENAME");
        assert_code(&refusal, &Code::NonExistent);
        let refusal = refused(client.rename(&one, &other).await)?;
        assert_code(&refusal, &Code::AlreadyExists);
        for name in [&one, &other] {
            assert!(client.mailbox_exists(name).await?, "{name}");
        }
        assert!(!client.mailbox_exists(cx.child("new")).await?);
        client.logout().await
    }

    #[trial]
    async fn rename_the_inbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let items = [StatusItem::Messages];
        // On a real account this would move all messages.
        if !cx.target().throwaway {
            return Err(Stop::ignored("the INBOX may have mail in it"));
        }
        let before = client.status("INBOX", &items).await?.messages;
        client.append("INBOX", mail("moves", "")).await?;
        let to = cx.child("moved");
        client.rename("INBOX", &to).await?;
        let moved = client.status(&to, &items).await?.messages;
        assert_eq!(moved, before.map(|messages| (messages.get() + 1).into()));
        // INBOX still exists and is empty.
        assert_eq!(client.status("INBOX", &items).await?.messages, Some(0.into()));
        assert!(client.mailbox_exists("INBOX").await?);
        client.logout().await
    }

    #[trial]
    async fn delete_leaves_what_is_below(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let parent = cx.child("parent");
        let child = format!("{parent}{delimiter}child");
        client.create(&parent).await?;
        client.create(&child).await?;
        client.append(&child, mail("stays", "")).await?;
        match client.delete(&parent).await {
            // RFC 9051 requires that the children are deleted first.
            Err(Error::Refused(refusal)) => {
                assert_code(&refusal, &Code::HasChildren);
                assert!(client.mailbox_exists(&parent).await?);
            }
            result => {
                result?;
                refused(client.select(&parent).await)?;
                let found = client.list("", &parent).await?;
                let listed = found
                    .iter()
                    .all(|mailbox| mailbox.has(&Attribute::NoSelect));
                assert!(listed, "listed as if it were there: {found:?}");
            }
        }
        let status = client.status(&child, [StatusItem::Messages]).await?;
        assert_eq!(status.messages, Some(1.into()));

        client.delete(&child).await?;
        match client.delete(&parent).await {
            // It may have been removed with the last mailbox below it.
            Err(Error::Refused(_)) => {}
            result => result?,
        }
        assert!(!client.mailbox_exists(&parent).await?);
        client.logout().await
    }
}
