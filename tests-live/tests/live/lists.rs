//! LIST with options, and lists with the status of each mailbox.

use imapclient::{
    Append, Attribute, Error, Flag, ListOptions, ListedMailbox, StatusItem, Workaround,
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// The counts are those of STATUS, on servers with LIST-STATUS and on others.
    #[trial]
    async fn list_status_counts_messages(cx: &Context) -> Result<(), Stop> {
        list_status_counts(cx, &[]).await
    }

    #[trial]
    async fn list_status_without_its_extensions(cx: &Context) -> Result<(), Stop> {
        list_status_counts(cx, &["LIST-STATUS"]).await?;
        list_status_counts(cx, &["LIST-EXTENDED", "IMAP4rev2"]).await
    }

    async fn list_status_counts(cx: &Context, without: &[&str]) -> Result<(), Stop> {
        let builder = cx.builder::<Client>()?.disable(without.iter().copied());
        let mut client = Session::new(cx, builder.connect().await?);
        let (full, empty) = (cx.mailbox()?, cx.second_mailbox()?);
        if client.examine(full).await?.exists == 0 {
            client.append(full, mail("one", "")).await?;
            client.append(full, Append::from(mail("two", "")).flags([Flag::Seen])).await?;
        }
        for name in [full, empty] {
            let items = [StatusItem::Messages, StatusItem::Unseen];
            let all = client.list_status("", name, items).await?;
            let [(mailbox, told)] = &all[..] else {
                panic!("{all:?}");
            };
            let Ok(Some(told)) = told else {
                panic!("{all:?}");
            };
            assert_eq!(mailbox.name.as_str(), name);
            let expected = match name == full {
                true => (Some(2.into()), Some(1.into())),
                false => (Some(0.into()), Some(0.into())),
            };
            assert_eq!((told.messages, told.unseen), expected, "{told:?}");
        }
        let all = client.capabilities().await?;
        let is_used = all.has("LIST-STATUS")
            && all.has("LIST-EXTENDED")
            && !client.workarounds().contains(&Workaround::ListStatusUseless);
        let last = client.last_sent().unwrap_or_default();
        assert_eq!(is_used, last.contains("RETURN"), "{last}");
        client.logout().await
    }

    /// A mailbox that cannot be opened is listed without counts, and none is missing.
    #[trial]
    async fn list_status_lists_what_list_does(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let deep = cx.child(&format!("above{delimiter}Entwürfe & Co"));
        client.create(&deep).await?;
        let plain = client.list("", &cx.child("*")).await?;
        let counted = client.list_status("", &cx.child("*"), [StatusItem::Messages]).await?;
        let is_mailbox = |mailbox: &ListedMailbox| {
            let cannot = [Attribute::NoSelect, Attribute::NonExistent];
            !cannot.iter().any(|attribute| mailbox.has(attribute))
        };
        // A level that is no mailbox may be listed in one form only.
        let names = plain.iter().filter(|mailbox| is_mailbox(mailbox));
        let mut names: Vec<_> = names.map(|mailbox| mailbox.name.as_str()).collect();
        let told = counted.iter().filter(|(mailbox, _)| is_mailbox(mailbox));
        let mut told: Vec<_> = told.map(|(mailbox, _)| mailbox.name.as_str()).collect();
        names.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, names);
        for (mailbox, status) in &counted {
            let is_mailbox = is_mailbox(mailbox);
            match status {
                Ok(status) => assert_eq!(status.is_some(), is_mailbox, "{mailbox:?}"),
                Err(error) => panic!("{mailbox:?}: {error}"),
            }
        }
        assert!(told.contains(&deep.as_str()), "{told:?}");
        client.logout().await
    }

    #[trial]
    async fn list_what_is_subscribed(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("LIST-EXTENDED").await?;
        let (one, other) = (cx.child("one"), cx.child("other"));
        for name in [&one, &other] {
            client.create(name).await?;
        }
        client.subscribe(&one).await?;
        client.unsubscribe(&other).await?;
        let options = ListOptions::new("", cx.child("o*")).only_subscribed();
        let found = client.list_with(options).await?;
        client.unsubscribe(&one).await?;
        let names: Vec<_> = found.iter().map(|one| one.mailbox.name.as_str()).collect();
        assert_eq!(names, [one.as_str()]);
        assert!(found[0].mailbox.has(&Attribute::Subscribed), "{found:?}");
        client.logout().await
    }

    #[trial]
    async fn list_by_several_patterns(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("LIST-EXTENDED").await?;
        let names = ["one", "Tom & Jörg", "other"].map(|name| cx.child(name));
        for name in &names {
            client.create(name).await?;
        }
        let options = ListOptions::new("", &names[0]).pattern(&names[1]).with_children();
        let found = client.list_with(options).await?;
        let mut told: Vec<_> = found.iter().map(|one| one.mailbox.name.as_str()).collect();
        told.sort_unstable();
        let mut expected = [names[0].as_str(), names[1].as_str()];
        expected.sort_unstable();
        assert_eq!(told, expected);
        for listing in &found {
            assert!(listing.mailbox.has(&Attribute::HasNoChildren), "{listing:?}");
        }
        client.logout().await
    }

    #[trial]
    async fn list_rights_with_the_mailboxes(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("LIST-MYRIGHTS").await?;
        let name = cx.mailbox()?;
        let found = client.list_with(ListOptions::new("", name).with_my_rights()).await?;
        let expected = client.my_rights(name).await?;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].rights, Some(expected));
        client.logout().await
    }

    /// Each option fails with the name of the missing extension, before anything is sent.
    #[trial]
    async fn list_options_that_the_server_lacks(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let all = client.capabilities().await?;
        let last = client.last_sent();
        let list = || ListOptions::new("", "*");
        let mut lacking = 0;
        for (capability, options) in [
            ("LIST-EXTENDED", list().only_subscribed()),
            ("LIST-EXTENDED", list().include_remote()),
            ("LIST-EXTENDED", list().pattern("%")),
            ("SPECIAL-USE", list().only_special_use()),
            ("LIST-STATUS", list().with_status([StatusItem::Unseen])),
            ("LIST-MYRIGHTS", list().with_my_rights()),
            ("LIST-METADATA", list().with_metadata(["/private/comment"])),
        ] {
            if all.has(capability) {
                continue;
            }
            lacking += 1;
            match client.list_with(options).await {
                Err(Error::Missing { capability: told, .. }) => {
                    assert!(told == capability || !all.has(&told), "{told}");
                }
                other => panic!("{capability}: {other:?}"),
            }
        }
        assert_eq!(client.last_sent(), last, "nothing was sent");
        client.logout().await?;
        match lacking {
            0 => Err(Stop::ignored("the server lacks none of the extensions")),
            _ => Ok(()),
        }
    }
}
