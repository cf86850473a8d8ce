//! Waiting for updates.

use std::time::Duration;

use imapclient::{Error, Flag, FlagChange, Update};
use imapclient_test_macros::faces;
use imapclient_testkit::Server;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::mail::mail;

/// The longest time that an update may take; some servers check for changes every half minute.
const NEWS: Duration = Duration::from_secs(60);
/// The time to wait for updates that should not arrive.
const QUIET: Duration = Duration::from_millis(200);

/// An action of another client.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Append,
    Flag,
    Expunge,
}

impl Deed {
    /// Returns whether an update reports this action.
    fn is_told_by(self, update: &Update) -> bool {
        match (self, update) {
            (Self::Append, Update::Exists(n)) => *n == 2,
            (Self::Flag, Update::Fetch(message)) => {
                let flags = message.flags();
                message.seq().is_some_and(|seq| seq == 2)
                    && flags.is_some_and(|flags| flags.contains(&Flag::Deleted))
            }
            (Self::Expunge, Update::Expunge(seq)) => *seq == 2,
            _ => false,
        }
    }
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Opens a session with a selected mailbox. Skips the trial if the server lacks IDLE.
    async fn ready(cx: &Context) -> Result<Session<'_>, Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("IDLE").await?;
        client.deliver_all([mail("first", "")]).await?;
        client.updates().for_each(drop);
        Ok(client)
    }

    #[trial]
    async fn idle_tells_what_another_does(cx: &Context) -> Result<(), Stop> {
        let mut client = ready(cx).await?;
        let mut other = Session::selected(cx).await?;
        let mut idle = client.idle().await?;
        for deed in [Deed::Append, Deed::Flag, Deed::Expunge] {
            match deed {
                Deed::Append => drop(other.append(cx.mailbox()?, mail("second", "")).await?),
                Deed::Flag => {
                    let newest = imapclient::SeqSet::from(2);
                    other.see(2).await?;
                    other.store(newest, FlagChange::add(Flag::Deleted)).await?;
                }
                Deed::Expunge => drop(other.expunge().await?),
            }
            loop {
                match idle.next_timeout(NEWS).await? {
                    Some(update) if deed.is_told_by(&update) => break,
                    // Servers send other updates as well, such as RECENT.
                    Some(_) => {}
                    None => return Err(Stop::failed(format_args!("{deed:?} was not reported"))),
                }
            }
        }
        idle.done().await?;
        client.see(1).await?;
        assert_eq!(client.search("ALL").await?.len(), 1);
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn idle_next_waits_as_long_as_it_takes(cx: &Context) -> Result<(), Stop> {
        let mut client = ready(cx).await?;
        let mut other = Session::open(cx).await?;
        let mut idle = client.idle().await?;
        other.append(cx.mailbox()?, mail("second", "")).await?;
        while idle.next().await? != Update::Exists(2.into()) {}
        idle.done().await?;
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn idle_without_news(cx: &Context) -> Result<(), Stop> {
        let mut client = ready(cx).await?;
        let mut idle = client.idle().await?;
        // Servers may send updates at once.
        while idle.next_timeout(QUIET).await?.is_some() {}
        assert_eq!(idle.next_timeout(Duration::ZERO).await?, None);
        idle.done().await?;
        client.logout().await
    }

    #[trial]
    async fn idle_done_and_on(cx: &Context) -> Result<(), Stop> {
        let mut client = ready(cx).await?;
        for round in 1..=3 {
            let idle = client.idle().await?;
            idle.done().await?;
            assert_eq!(client.search("ALL").await?.len(), round);
            client.deliver(mail("another", "")).await?;
        }
        client.logout().await
    }

    #[trial]
    async fn idle_dropped(cx: &Context) -> Result<(), Stop> {
        let mut client = ready(cx).await?;
        drop(client.idle().await?);
        assert_eq!(client.search("ALL").await?.len(), 1);

        let mut idle = client.idle().await?;
        while idle.next_timeout(QUIET).await?.is_some() {}
        drop(idle);
        client.noop().await?;

        // A second IDLE follows directly.
        drop(client.idle().await?);
        client.idle().await?.done().await?;
        drop(client.idle().await?);
        client.logout().await
    }

    #[trial]
    async fn idle_keeps_what_is_not_read(cx: &Context) -> Result<(), Stop> {
        let mut client = ready(cx).await?;
        let mut other = Session::open(cx).await?;
        let idle = client.idle().await?;
        other.append(cx.mailbox()?, mail("second", "")).await?;
        idle.done().await?;
        client
            .noop_until("the second message", |client| {
                client.updates().any(|update| update == Update::Exists(2.into()))
            })
            .await?;
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn idle_is_begun_anew(cx: &Context) -> Result<(), Stop> {
        drop(ready(cx).await?);
        let builder = cx.builder::<Client>()?.idle_renewal(Duration::from_millis(20));
        let mut client = Session::new(cx, builder.connect().await?);
        client.select(cx.mailbox()?).await?;
        let mut other = Session::open(cx).await?;
        let mut idle = client.idle().await?;
        while idle.next_timeout(QUIET).await?.is_some() {}
        other.append(cx.mailbox()?, mail("second", "")).await?;
        while idle.next_timeout(NEWS).await?.ok_or_else(|| Stop::failed("no update"))? != Update::Exists(2.into()) {}
        idle.done().await?;
        let begun = client.wire_log().filter(|line| line.to_string().ends_with(" IDLE")).count();
        assert!(begun > 2, "begun {begun} times");
        client.see(2).await?;
        assert_eq!(client.search("ALL").await?.len(), 2);
        other.logout().await?;
        client.logout().await
    }

    /// Works with and without IDLE.
    #[trial]
    async fn idle_or_poll(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.noop().await?;
        let mut other = Session::open(cx).await?;
        let mut idle = client.idle_or_poll(Duration::from_millis(100)).await?;
        other.append(cx.mailbox()?, mail("first", "")).await?;
        while idle.next_timeout(NEWS).await?.ok_or_else(|| Stop::failed("no update"))? != Update::Exists(1.into()) {}
        idle.done().await?;
        assert_eq!(client.search("ALL").await?.len(), 1);
        other.logout().await?;
        client.logout().await
    }

    /// Uses an embedded server without IDLE, since all other servers support it.
    #[trial]
    async fn poll_where_there_is_no_idle(_: &Context) -> Result<(), Stop> {
        let server = Server::builder()
            .user("bob", "sekret")
            .forget_capability("IDLE")
            .start();
        let builder = Client::builder("127.0.0.1").port(server.addr().port());
        let builder = builder.dangerous_plaintext().login("bob", "sekret");
        let mut client = builder.connect().await?;
        client.select("INBOX").await?;
        match client.idle().await {
            Err(Error::Missing { capability, .. }) => assert_eq!(capability, "IDLE"),
            result => panic!("{result:?}"),
        }
        let mut idle = client.idle_or_poll(Duration::from_millis(20)).await?;
        assert_eq!(idle.next_timeout(QUIET).await?, None);
        server.deliver("bob", "INBOX", "Subject: news\r\n\r\n");
        while idle.next().await? != Update::Exists(1.into()) {}
        idle.done().await?;
        let polls = server.received().iter().filter(|line| line.command() == "NOOP").count();
        assert!(polls > 2, "asked {polls} times");
        Ok(client.logout().await?)
    }

    #[trial]
    async fn idle_without_a_mailbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("IDLE").await?;
        let mut idle = client.idle().await?;
        while idle.next_timeout(QUIET).await?.is_some() {}
        idle.done().await?;
        client.noop().await?;
        client.logout().await
    }
}
