//! Commands about whole mailboxes.

use imapclient::{Attribute, Code, StatusItem, Uid};
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
        if client.capabilities().await?.lists("CHILDREN") {
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
        // Servers must find INBOX in capitals, but not in other spellings.
        let found = client.list("", "INBOX").await?;
        assert!(
            found.iter().any(|mailbox| mailbox.name.is_inbox()),
            "{found:?}"
        );
        client.logout().await
    }

    #[trial]
    async fn list_by_reference(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let child = cx.child("child");
        client.create(&child).await?;
        let found = client
            .list(&format!("{}{delimiter}", cx.folder()), "%")
            .await?;
        let names: Vec<&str> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, [child.as_str()]);
        // An empty pattern returns the hierarchy delimiter only.
        let found = client.list("", "").await?;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].delimiter, Some(delimiter));
        client.logout().await
    }

    #[trial]
    async fn exists_takes_names_for_what_they_are(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let names = ["Tom & Jörg", "simple"].map(|name| cx.child(name));
        for name in &names {
            assert!(!client.mailbox_exists(name).await?, "{name}");
            client.create(name).await?;
            assert!(client.mailbox_exists(name).await?, "{name}");
        }
        let found = client.list("", &cx.child("*")).await?;
        let mut found: Vec<&str> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, names);
        // As patterns these match mailboxes, but no mailbox has such a name.
        for pattern in ["%", "*", "s%", "simpl%", "simple*"] {
            assert!(
                !client.list("", &cx.child(pattern)).await?.is_empty(),
                "{pattern}"
            );
            assert!(!client.mailbox_exists(cx.child(pattern)).await?, "{pattern}");
        }
        for pattern in ["*", "%"] {
            assert!(!client.mailbox_exists(pattern).await?, "{pattern}");
        }
        // Names are case-sensitive, except INBOX.
        assert!(client.mailbox_exists("inbox").await?);
        assert!(!client.mailbox_exists(cx.child("SIMPLE")).await?);
        client.logout().await
    }

    #[trial]
    async fn create_makes_what_is_above(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let (above, deep) = (
            cx.child("a"),
            cx.child(&format!("a{delimiter}b{delimiter}c")),
        );
        client.create(&deep).await?;
        assert_eq!(client.select(&deep).await?.exists, 0);
        // The level above is listed, but need not be a mailbox.
        let found = client.list("", &cx.child("%")).await?;
        let names: Vec<&str> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, [above.as_str()]);
        client.logout().await
    }

    #[trial]
    async fn the_inbox_always_is(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let refusal = refused(client.create("INBOX").await)?;
        assert_code(&refusal, &Code::AlreadyExists);
        // Only on a throwaway server, where no one's mail is at risk.
        if cx.target().throwaway {
            let refusal = refused(client.delete("inbox").await)?;
            assert_eq!(refusal.command, "DELETE");
        }
        assert!(client.mailbox_exists("INBOX").await?);
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
        let items = [Messages, Recent, UidNext, UidValidity, Unseen];
        let empty = client.status(cx.mailbox()?, &items).await?;
        assert_eq!((empty.messages, empty.unseen), (Some(0.into()), Some(0.into())));

        client.append(cx.mailbox()?, mail("unread", "")).await?;
        let read = imapclient::Append::from(mail("read", "")).flags("\\Seen");
        client.append(cx.mailbox()?, read).await?;
        let full = client.status(cx.mailbox()?, &items).await?;
        assert_eq!(full.name, cx.mailbox()?);
        assert_eq!((full.messages, full.unseen), (Some(2.into()), Some(1.into())));
        assert_eq!(full.uid_validity, empty.uid_validity);
        assert!(
            full.uid_next.map(Uid::get) >= empty.uid_next.map(|next| next.get() + 2),
            "{full:?}"
        );

        let mailbox = client.examine(cx.mailbox()?).await?;
        assert_eq!(mailbox.uid_validity, full.uid_validity);
        // Servers may omit UIDNEXT in the response to SELECT.
        assert!(
            mailbox.uid_next.is_none() || mailbox.uid_next == full.uid_next,
            "{mailbox:?}"
        );
        client.logout().await
    }

    #[trial]
    async fn status_item_by_item(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let message = mail("one", "with a text");
        client.append(cx.mailbox()?, message.as_str()).await?;
        let deleted = imapclient::Append::from(message.as_str()).flags("\\Deleted");
        client.append(cx.mailbox()?, deleted).await?;
        let (size, capabilities) = (message.len() as u64, client.capabilities().await?);
        // SELECT and EXAMINE return some of these values as well.
        let mut other = Session::open(cx).await?;
        let opened = other.examine(cx.mailbox()?).await?;

        for (item, needs) in [
            (StatusItem::Messages, "IMAP4rev1"),
            (StatusItem::Recent, "IMAP4rev1"),
            (StatusItem::UidNext, "IMAP4rev1"),
            (StatusItem::UidValidity, "IMAP4rev1"),
            (StatusItem::Unseen, "IMAP4rev1"),
            (StatusItem::Deleted, "QUOTA=RES-MESSAGE"),
            (StatusItem::DeletedStorage, "QUOTA=RES-STORAGE"),
            (StatusItem::Size, "STATUS=SIZE"),
            (StatusItem::HighestModSeq, "CONDSTORE"),
            (StatusItem::MailboxId, "OBJECTID"),
            (StatusItem::AppendLimit, "APPENDLIMIT"),
        ] {
            if !capabilities.has(needs) {
                continue;
            }
            let status = client.status(cx.mailbox()?, [item]).await?;
            let told = match item {
                StatusItem::Messages => status.messages == Some(2.into()),
                StatusItem::Recent => status.recent.is_some(),
                StatusItem::UidNext => {
                    status.uid_next.is_some()
                        && opened.uid_next.is_none_or(|uid| status.uid_next == Some(uid))
                }
                StatusItem::UidValidity => status.uid_validity == opened.uid_validity,
                StatusItem::Unseen => status.unseen == Some(2.into()),
                StatusItem::Deleted => status.deleted == Some(1.into()),
                StatusItem::DeletedStorage => status.deleted_storage == Some(size),
                StatusItem::Size => status.size == Some(2 * size),
                StatusItem::HighestModSeq => {
                    status.highest_modseq.is_some()
                        && opened
                            .highest_modseq
                            .is_none_or(|modseq| status.highest_modseq == Some(modseq))
                }
                StatusItem::MailboxId => {
                    status.mailbox_id.is_some() && status.mailbox_id == opened.mailbox_id
                }
                _ => status.append_limit.is_some(),
            };
            assert!(told, "{item:?}: {status:?}, {opened:?}");
            assert!(
                status.malformed.is_empty() && status.unknown.is_empty(),
                "{status:?}"
            );
        }
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn status_of_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let refusal = refused(client.status(cx.folder(), [StatusItem::Messages]).await)?;
        assert_eq!(refusal.command, "STATUS");
        client.logout().await
    }
}
