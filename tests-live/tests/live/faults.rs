//! Connections that a proxy makes slow or silent, or closes at the worst moment.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use imapclient::{Append, Error, FetchItems, Security};
use imapclient_test_macros::faces;
use imapclient_testkit::{Fault, Gate, Proxy};
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::{every_byte, mail},
    tell::{assert_bytes, only},
    through::{by_way_of, proxy},
};

/// The time to wait for data that will not arrive.
const SHORT: Duration = Duration::from_millis(250);
/// The time to wait for data that will arrive.
const LONG: Duration = Duration::from_secs(60);
/// Upper bound on the time after which a timeout is noticed, even on a busy machine.
const BY_THEN: Duration = Duration::from_secs(20);
/// Upper bound on the bytes that a server sends up to the end of its greeting.
const GREETED: u64 = 1 << 14;
/// The size of a message that does not fit into all buffers between client and server.
const LARGE: usize = 16 << 20;

/// Asserts that the error is a timeout after which the connection is still usable.
#[track_caller]
fn assert_timeout<T: std::fmt::Debug>(result: Result<T, Error>, what: &str) {
    match result {
        Err(error) => {
            assert!(error.is_timeout() && !error.is_closed(), "{error:?}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("timed out {what}")), "{text}");
        }
        Ok(value) => panic!("it should have timed out, but returned {value:?}"),
    }
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Connects through the proxy and selects the mailbox.
    async fn connected<'a>(cx: &'a Context, proxy: &Proxy) -> Result<Session<'a>, Stop> {
        let builder = by_way_of(proxy, cx.builder::<Client>()?).timeout(LONG);
        let mut client = Session::new(cx, builder.connect().await?);
        client.select(cx.mailbox()?).await?;
        Ok(client)
    }

    /// Connects to a server that falls silent after `bytes` bytes. Returns the text of the timeout,
    /// or `None` if connecting succeeds.
    async fn in_vain(cx: &Context, proxy: &Proxy, bytes: u64) -> Result<Option<String>, Stop> {
        proxy.from_server(Fault::stall_after(bytes, &Gate::new()));
        let builder = by_way_of(proxy, cx.connection::<Client>()?);
        let started = Instant::now();
        let Err(error) = builder.connect_timeout(SHORT).connect().await else {
            return Ok(None);
        };
        assert!(error.is_timeout() && error.is_transient(), "{error:?}");
        assert!(started.elapsed() < BY_THEN, "{:?}", started.elapsed());
        Ok(Some(error.to_string()))
    }

    /// The server may fall silent anywhere before the end of TLS and the greeting.
    #[trial]
    async fn time_out_while_connecting(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        let mut whats = BTreeSet::new();
        // A number of bytes that is too small, and one that is sufficient.
        let (mut low, mut high) = (0, GREETED);
        whats.extend(in_vain(cx, &proxy, low).await?);
        while high - low > 1 {
            let middle = low.midpoint(high);
            match in_vain(cx, &proxy, middle).await? {
                Some(what) => {
                    whats.insert(what);
                    low = middle;
                }
                None => high = middle,
            }
        }
        assert!(high < GREETED, "it never connects: {whats:?}");
        let has = |what: &str| whats.iter().any(|text| text.contains(what));
        assert!(has("greeting"), "{whats:?}");
        assert!(has("TLS") || cx.target().account.connect.server.security() == Some(Security::Plain), "{whats:?}");

        proxy.from_server(Fault::none());
        let builder = by_way_of(&proxy, cx.builder::<Client>()?);
        let error = builder.connect_timeout(Duration::from_nanos(1)).connect().await;
        let error = error.err().ok_or_else(|| Stop::failed("connected in a nanosecond"))?;
        assert!(error.is_timeout() && error.is_transient(), "{error:?}");
        Ok(())
    }

    #[trial]
    async fn time_out_at_a_command(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        let mut client = connected(cx, &proxy).await?;
        let uid = client.deliver(mail("one", "")).await?;
        let gate = Gate::new();
        proxy.hold(&gate);
        client.set_timeout(SHORT);
        assert_timeout(client.search("ALL").await, "waiting for the answer to UID SEARCH");
        // The client waits for that response before it sends another command.
        let result = client.noop().await;
        assert!(result.as_ref().is_err_and(Error::is_timeout), "{result:?}");

        gate.open();
        client.set_timeout(LONG);
        let found = only(client.fetch([uid], FetchItems::new().body()).await?)?;
        assert_bytes(found.body(), mail("one", "").as_bytes());
        client.logout().await
    }

    #[trial]
    async fn time_out_amid_an_answer(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        let gate = Gate::new();
        proxy.from_server(Fault::stall_after(300_000, &gate));
        let mut client = connected(cx, &proxy).await?;
        let (large, small) = (every_byte(1 << 20), mail("small", ""));
        let one = client.deliver(large.clone()).await?;
        let two = client.deliver(small.clone()).await?;
        client.set_timeout(SHORT);
        let result = client.fetch([one], FetchItems::new().body()).await;
        assert_timeout(result.map(|found| found.len()), "waiting for the answer to UID FETCH");

        gate.open();
        client.set_timeout(LONG);
        // The rest of that response is not mistaken for this one.
        let found = only(client.fetch([two], FetchItems::new().body()).await?)?;
        assert_bytes(found.body(), small.as_bytes());
        let found = only(client.fetch([one], FetchItems::new().body()).await?)?;
        assert_bytes(found.body(), &large);
        client.logout().await
    }

    #[trial]
    async fn time_out_while_sending(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        let gate = Gate::new();
        proxy.from_client(Fault::stall_after(100_000, &gate));
        let mut client = connected(cx, &proxy).await?;
        let message = every_byte(LARGE);
        client.set_timeout(SHORT);
        let error = client.append(cx.mailbox()?, message).await.unwrap_err();
        assert!(error.is_timeout() && error.is_closed(), "{error:?}");
        assert_eq!(error.outcome(), imapclient::Outcome::NotDone, "{error:?}");

        // A message that was reported as not appended must not be appended later, so its rest is
        // never sent.
        gate.open();
        client.set_timeout(LONG);
        let result = client.noop().await;
        assert!(result.as_ref().is_err_and(Error::is_closed), "{result:?}");
        let mut other = Session::open(cx).await?;
        assert_eq!(other.select(cx.mailbox()?).await?.exists, 0);
        other.logout().await
    }

    #[trial]
    async fn time_out_at_the_end_of_idle(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        let mut client = connected(cx, &proxy).await?;
        client.require("IDLE").await?;
        client.set_timeout(SHORT);
        let mut idle = client.idle().await?;
        // Servers may send updates at once.
        while idle.next_timeout(SHORT).await?.is_some() {}
        let gate = Gate::new();
        proxy.hold(&gate);
        // During IDLE the server may be silent.
        assert_eq!(idle.next_timeout(2 * SHORT).await?, None);
        let result = idle.done().await;
        assert!(result.as_ref().is_err_and(Error::is_timeout), "{result:?}");
        // A server that does not answer DONE is considered gone.
        let result = client.noop().await;
        assert!(result.as_ref().is_err_and(Error::is_closed), "{result:?}");
        Ok(())
    }

    #[trial]
    async fn cut_amid_an_answer(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        proxy.from_server(Fault::cut_after(300_000));
        let mut client = connected(cx, &proxy).await?;
        let uid = client.deliver(every_byte(1 << 20)).await?;
        let result = client.fetch([uid], FetchItems::new().body()).await;
        assert!(result.as_ref().is_err_and(Error::is_closed), "{result:?}");
        let result = client.noop().await;
        assert!(result.as_ref().is_err_and(Error::is_closed), "{result:?}");
        Ok(())
    }

    #[trial]
    async fn cut_while_idle(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        let mut client = connected(cx, &proxy).await?;
        client.require("IDLE").await?;
        let mut idle = client.idle().await?;
        while idle.next_timeout(SHORT).await?.is_some() {}
        proxy.cut();
        let result = idle.next_timeout(LONG).await;
        assert!(result.as_ref().is_err_and(Error::is_closed), "{result:?}");
        Ok(())
    }

    /// The connection is lost in the middle of the second of two messages, so neither is appended.
    #[trial]
    async fn append_all_or_none(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        proxy.from_client(Fault::cut_after(400_000));
        let mut client = connected(cx, &proxy).await?;
        client.require("MULTIAPPEND").await?;
        let messages = [every_byte(200_000), every_byte(LARGE)].map(Append::from);
        let result = client.append_all_or_none(cx.mailbox()?, messages).await;
        assert!(result.as_ref().is_err_and(Error::is_closed), "{result:?}");
        let mut client = Session::selected(cx).await?;
        client.noop().await?;
        assert!(client.search("ALL").await?.is_empty());
        client.logout().await
    }
}
