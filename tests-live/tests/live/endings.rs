//! Connections that a proxy ends or slows down.

use imapclient::{Error, FetchItems};
use imapclient_test_macros::faces;
use imapclient_testkit::{Fault, Proxy};
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::{every_byte, mail},
    tell::{assert_bytes, only},
    through::{by_way_of, proxy},
};

/// A number of bytes that is more than connecting, logging in and selecting a mailbox take, and
/// less than a [`MESSAGE`].
const AMID: u64 = 128 * 1024;
const MESSAGE: usize = 1024 * 1024;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Returns a connection through the proxy, logged in.
    async fn through<'a>(cx: &'a Context, proxy: &Proxy) -> Result<Session<'a>, Stop> {
        let builder = by_way_of(proxy, cx.builder::<Client>()?);
        Ok(Session::new(cx, builder.connect().await?))
    }

    #[trial]
    async fn lost_amid_an_answer(cx: &Context) -> Result<(), Stop> {
        let mut other = Session::selected(cx).await?;
        let uid = other.deliver(every_byte(MESSAGE)).await?;
        let proxy = proxy(cx)?;
        for fault in [Fault::reset_after(AMID), Fault::half_close_after(AMID)] {
            proxy.from_server(fault.clone());
            let mut client = through(cx, &proxy).await?;
            client.select(cx.mailbox()?).await?;
            let error = failure(client.fetch([uid], FetchItems::new().body()).await)?;
            assert!(
                error.is_closed() && error.is_transient(),
                "{fault:?}: {error:?}"
            );
            assert!(failure(client.noop().await)?.is_closed(), "{fault:?}");
        }
        // The mailbox has not changed.
        assert_eq!(other.search("ALL").await?, [uid]);
        other.logout().await
    }

    #[trial]
    async fn byte_by_byte(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        proxy.from_server(Fault::none().split(1));
        proxy.from_client(Fault::none().split(1));
        let mut client = through(cx, &proxy).await?;
        let message = mail("in pieces", "one by one");
        client.append(cx.mailbox()?, message.as_str()).await?;
        client.select(cx.mailbox()?).await?;
        let found = only(client.fetch("1:*", FetchItems::new().body()).await?)?;
        assert_bytes(found.body(), message.as_bytes());
        client.logout().await
    }

    #[trial]
    async fn logout_closes_the_connection(cx: &Context) -> Result<(), Stop> {
        let proxy = proxy(cx)?;
        through(cx, &proxy).await?.logout().await?;
        proxy.wait_for_no_connections();

        // Dropping the client also closes the connection.
        drop(through(cx, &proxy).await?);
        proxy.wait_for_no_connections();

        // So does `with` if its closure fails.
        let builder = by_way_of(&proxy, cx.builder::<Client>()?);
        let result = Client::with(builder, async |client: &mut Client| -> Result<(), Error> {
            client.select(cx.child("missing")).await?;
            Ok(())
        })
        .await;
        assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
        proxy.wait_for_no_connections();
        Ok(())
    }
}

/// Returns the error. Success is a failure of the trial.
fn failure<T>(result: Result<T, Error>) -> Result<Error, Stop> {
    match result {
        Err(error) => Ok(error),
        Ok(_) => Err(Stop::failed("it succeeded, but should have failed")),
    }
}
