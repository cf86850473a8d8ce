//! Subscriptions.

use imapclient::{Attribute, Error};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Returns the subscribed names below the mailbox of the trial, in order.
    async fn subscribed(client: &mut Client, cx: &Context) -> Result<Vec<String>, Error> {
        let found = client.lsub("", &cx.child("*")).await?;
        let own = found
            .iter()
            .filter(|mailbox| !mailbox.has(&Attribute::NoSelect));
        let mut names: Vec<String> = own.map(|mailbox| mailbox.name.to_string()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Removes subscriptions of an earlier run, since they outlive their mailboxes.
    async fn tidy(client: &mut Client, cx: &Context) -> Result<(), Error> {
        for name in subscribed(client, cx).await? {
            client.unsubscribe(name).await?;
        }
        Ok(())
    }

    #[trial]
    async fn subscribe_and_unsubscribe(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        tidy(&mut client, cx).await?;
        let mut names: Vec<String> = ["simple", "Tom & Jörg"]
            .map(|name| cx.child(name))
            .into();
        names.sort_unstable();
        for name in &names {
            client.create(name).await?;
        }
        // Some servers subscribe to new mailboxes automatically.
        tidy(&mut client, cx).await?;
        for name in &names {
            client.subscribe(name).await?;
        }
        assert_eq!(subscribed(&mut client, cx).await?, names);
        // Repeating it has no effect.
        client.subscribe(&names[0]).await?;
        assert_eq!(subscribed(&mut client, cx).await?, names);

        for name in &names {
            client.unsubscribe(name).await?;
            assert!(client.mailbox_exists(name).await?, "the mailbox itself stays");
        }
        assert!(subscribed(&mut client, cx).await?.is_empty());
        client.logout().await
    }

    #[trial]
    async fn lsub_tells_of_what_is_below(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        tidy(&mut client, cx).await?;
        let Some(delimiter) = cx.target().delimiter else {
            return Err(Stop::ignored("the server has no levels of mailboxes"));
        };
        let parent = cx.child("parent");
        let child = format!("{parent}{delimiter}child");
        client.create(&parent).await?;
        client.create(&child).await?;
        tidy(&mut client, cx).await?;
        client.subscribe(&child).await?;

        let below = client.lsub("", &format!("{parent}{delimiter}%")).await?;
        let whole = client.lsub("", &cx.child("%")).await?;
        client.unsubscribe(&child).await?;
        let names: Vec<&str> = below.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, [child.as_str()]);
        // LSUB with `%` lists the parent of the subscribed mailbox.
        let names: Vec<&str> = whole.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, [parent.as_str()]);
        assert!(whole[0].has(&Attribute::NoSelect), "{whole:?}");
        client.logout().await
    }

    #[trial]
    async fn subscribe_to_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        tidy(&mut client, cx).await?;
        let missing = cx.child("missing");
        match client.subscribe(&missing).await {
            // Servers may check whether the mailbox exists.
            Err(Error::Refused(refusal)) => assert_eq!(refusal.command, "SUBSCRIBE"),
            result => result?,
        }
        assert!(!client.mailbox_exists(&missing).await?);
        match client.unsubscribe(&missing).await {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.command, "UNSUBSCRIBE"),
            result => result?,
        }
        assert!(subscribed(&mut client, cx).await?.is_empty());
        client.logout().await
    }

    #[trial]
    async fn subscription_outlives_its_mailbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        tidy(&mut client, cx).await?;
        let name = cx.child("gone");
        client.create(&name).await?;
        client.subscribe(&name).await?;
        client.delete(&name).await?;
        let found = client.lsub("", &name).await?;
        client.unsubscribe(&name).await?;
        assert!(client.lsub("", &name).await?.is_empty());
        let names: Vec<&str> = found.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, [name.as_str()]);
        client.logout().await
    }
}
