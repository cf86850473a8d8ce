//! Watching several mailboxes.

use std::time::Duration;

use imapclient::{
    Attribute, Code, Error, Flag, FlagChange, Notify, NotifyEvent, Scope, SeqSet, StatusItem,
    Update,
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

/// The longest time that an update may take; some servers check for changes every half minute.
const NEWS: Duration = Duration::from_secs(60);

/// Asks for the changes of messages in a mailbox.
fn messages(mailbox: &str) -> Notify {
    let events = [
        NotifyEvent::new_messages(),
        NotifyEvent::MessageExpunge,
        NotifyEvent::FlagChange,
    ];
    Notify::new().on(Scope::Mailboxes(vec![mailbox.into()]), events)
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Waits for the first update of which `is_it` returns true.
    async fn wait_for(
        watch: &mut face::Watch<'_>,
        what: &str,
        is_it: impl Fn(&Update) -> bool,
    ) -> Result<(), Stop> {
        loop {
            match watch.next_timeout(NEWS).await? {
                Some(update) if is_it(&update) => return Ok(()),
                // Servers report other changes as well.
                Some(_) => {}
                None => return Err(Stop::failed(format_args!("{what} was not reported"))),
            }
        }
    }

    #[trial]
    async fn notify_reports_what_happens_in_two_mailboxes(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("NOTIFY").await?;
        let second = cx.second_mailbox()?;
        let mut other = Session::open(cx).await?;
        let mut watch = client.notify(&messages(second)).await?;
        let has = |count: u32| {
            move |update: &Update| match update {
                Update::MailboxStatus(status) => {
                    status.name == *second && status.messages == Some(count.into())
                }
                _ => false,
            }
        };
        other.append(second, mail("first", "")).await?;
        wait_for(&mut watch, "a message in the second mailbox", has(1)).await?;
        other.append(cx.mailbox()?, mail("second", "")).await?;
        let is_told = |update: &Update| *update == Update::Exists(1.into());
        wait_for(&mut watch, "a message in the selected mailbox", is_told).await?;
        other.select(second).await?;
        other.see(1).await?;
        other.store(SeqSet::from(1), FlagChange::add(Flag::Deleted)).await?;
        other.expunge().await?;
        wait_for(&mut watch, "a removal in the second mailbox", has(0)).await?;
        other.select(cx.mailbox()?).await?;
        other.see(1).await?;
        other.store(SeqSet::from(1), FlagChange::add(Flag::Deleted)).await?;
        other.expunge().await?;
        let is_told = |update: &Update| matches!(update, Update::Expunge(seq) if *seq == 1);
        wait_for(&mut watch, "a removal in the selected mailbox", is_told).await?;
        watch.done().await?;
        assert_eq!(client.count()?, 0);
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn notify_done_and_on(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("NOTIFY").await?;
        let second = cx.second_mailbox()?;
        let mut other = Session::open(cx).await?;
        for round in 1..=2 {
            let watch = client.notify(&messages(second)).await?;
            match round {
                1 => watch.done().await?,
                _ => {
                    drop(watch);
                    // A dropped guard takes effect with the next command.
                    client.noop().await?;
                }
            }
            other.append(second, mail("unseen", "")).await?;
            other.append(cx.mailbox()?, mail("seen", "")).await?;
            // The selected mailbox is reported as always, and the other one no more.
            client.see(round).await?;
            let news: Vec<_> = client.updates().collect();
            let about_other = |update: &Update| matches!(update, Update::MailboxStatus(_));
            assert!(!news.iter().any(about_other), "{news:?}");
            let status = client.status(second, [StatusItem::Messages]).await?;
            assert_eq!(status.messages, Some(round.into()));
        }
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn notify_reports_names(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("NOTIFY").await?;
        let mut other = Session::open(cx).await?;
        let events = [NotifyEvent::MailboxName, NotifyEvent::SubscriptionChange];
        let news = Notify::new().on(Scope::Personal, events);
        let mut watch = client.notify(&news).await?;
        let (one, two) = (cx.child("Tom & Jörg"), cx.child("Jörg & Tom"));
        let listed = |name: &str, attribute: Option<Attribute>| {
            let name = name.to_owned();
            move |update: &Update| match update {
                Update::Listed(mailbox) => {
                    let has = attribute.as_ref().is_none_or(|attribute| mailbox.has(attribute));
                    mailbox.name == *name && has
                }
                _ => false,
            }
        };
        other.create(&one).await?;
        wait_for(&mut watch, "a new mailbox", listed(&one, None)).await?;
        other.subscribe(&one).await?;
        wait_for(&mut watch, "a subscription", listed(&one, Some(Attribute::Subscribed))).await?;
        other.unsubscribe(&one).await?;
        other.rename(&one, &two).await?;
        wait_for(&mut watch, "a new name", listed(&two, None)).await?;
        other.delete(&two).await?;
        let gone = listed(&two, Some(Attribute::NonExistent));
        wait_for(&mut watch, "a deletion", gone).await?;
        watch.done().await?;
        other.logout().await?;
        client.logout().await
    }

    /// Removed messages are reported by UID once QRESYNC is enabled (RFC 7162 §3.2.10).
    #[trial]
    async fn notify_with_qresync(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("NOTIFY").await?;
        client.require("QRESYNC").await?;
        client.enable(["QRESYNC"]).await?;
        client.select(cx.mailbox()?).await?;
        let uid = client.deliver(mail("vanishes", "")).await?;
        let mut other = Session::selected(cx).await?;
        let mut watch = client.notify(&messages(cx.second_mailbox()?)).await?;
        other.see(1).await?;
        other.store(SeqSet::from(1), FlagChange::add(Flag::Deleted)).await?;
        other.expunge().await?;
        let is_told = |update: &Update| match update {
            Update::Vanished(uids) => uids.contains(uid),
            _ => false,
        };
        wait_for(&mut watch, "a removal in the selected mailbox", is_told).await?;
        watch.done().await?;
        assert_eq!(client.count()?, 0);
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn notify_begins_with_the_state(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("NOTIFY").await?;
        let second = cx.second_mailbox()?;
        client.append(second, mail("old", "")).await?;
        let mut watch = client.notify(&messages(second).status()).await?;
        let is_told = |update: &Update| match update {
            Update::MailboxStatus(status) => {
                status.name == *second && status.messages == Some(1.into())
            }
            _ => false,
        };
        wait_for(&mut watch, "the state at the beginning", is_told).await?;
        watch.done().await?;
        client.logout().await
    }

    /// IDLE, or NOOP without it, keeps the watch alive, and leads to the same updates.
    #[trial]
    async fn notify_is_kept_alive(cx: &Context) -> Result<(), Stop> {
        let second = cx.second_mailbox()?;
        let mut other = Session::open(cx).await?;
        other.require("NOTIFY").await?;
        for (round, disabled) in (1..).zip(["X-NONE", "IDLE"]) {
            let builder = cx.builder::<Client>()?.idle_renewal(Duration::from_millis(20));
            let builder = builder.disable([disabled]);
            let mut client = Session::new(cx, builder.connect().await?);
            client.select(cx.mailbox()?).await?;
            let keeps_alive = match client.has_capability("IDLE").await? {
                true => " IDLE",
                false => " NOOP",
            };
            let mut watch = client.notify(&messages(second)).await?;
            while watch.next_timeout(Duration::from_millis(200)).await?.is_some() {}
            other.append(second, mail("beside", "")).await?;
            let is_told = |update: &Update| match update {
                Update::MailboxStatus(status) => {
                    status.name == *second && status.messages == Some(round.into())
                }
                _ => false,
            };
            wait_for(&mut watch, "a message in the second mailbox", is_told).await?;
            watch.done().await?;
            let lines = client.wire_log().map(ToString::to_string);
            let sent = lines.filter(|line| line.ends_with(keeps_alive)).count();
            assert!(sent > 2, "{sent} times{keeps_alive}");
            client.logout().await?;
        }
        other.logout().await
    }

    /// A server need not support annotations, but then it says so.
    #[trial]
    async fn notify_of_events_that_the_server_may_lack(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("NOTIFY").await?;
        let events = [NotifyEvent::ServerMetadataChange];
        let news = Notify::new().on(Scope::Personal, events);
        match client.notify(&news).await {
            Ok(watch) => watch.done().await?,
            Err(error) => {
                assert!(matches!(error.code(), Some(Code::BadEvent(_))), "{error:?}");
            }
        }
        client.deliver(mail("the mailbox is reported as usual", "")).await?;
        client.logout().await
    }

    /// Without NOTIFY, the selected mailbox can still be watched.
    #[trial]
    async fn notify_where_there_is_none(cx: &Context) -> Result<(), Stop> {
        let builder = cx.builder::<Client>()?.disable(["NOTIFY"]);
        let mut client = Session::new(cx, builder.connect().await?);
        client.select(cx.mailbox()?).await?;
        client.capabilities().await?;
        let before = client.last_sent();
        match client.notify(&messages("INBOX")).await {
            Err(Error::Missing { capability, .. }) => assert_eq!(capability, "NOTIFY"),
            result => panic!("{result:?}"),
        }
        assert_eq!(client.last_sent(), before);
        let mut other = Session::open(cx).await?;
        let mut idle = client.idle_or_poll(Duration::from_millis(100)).await?;
        other.append(cx.mailbox()?, mail("first", "")).await?;
        loop {
            match idle.next_timeout(NEWS).await? {
                Some(update) if update == Update::Exists(1.into()) => break,
                Some(_) => {}
                None => return Err(Stop::failed("the message was not reported")),
            }
        }
        idle.done().await?;
        other.logout().await?;
        client.logout().await
    }
}
