//! Compressed connections (COMPRESS=DEFLATE, RFC 4978).

use imapclient::{Compress, Error, Outcome as Change, Unrunnable, Update, codec::command};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::{every_byte, mail},
    tell::assert_bytes,
};

const NAME: &str = "COMPRESS=DEFLATE";

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// Opens a compressed connection, or skips the trial if the server lacks it.
    async fn compressed(cx: &Context) -> Result<Session<'_>, Stop> {
        let mut plain = Session::open(cx).await?;
        let required = plain.require(NAME).await;
        plain.logout().await?;
        required?;
        let builder = cx.builder::<Client>()?.compress(Compress::Always);
        let client = builder.connect().await?;
        assert!(client.state().is_compressed());
        Ok(Session::new(cx, client))
    }

    #[trial]
    async fn a_compressed_session(cx: &Context) -> Result<(), Stop> {
        let mut client = compressed(cx).await?;
        client.select(cx.mailbox()?).await?;
        // Data that compress well, and data that do not; both are more than any buffer holds.
        let text = mail("text", &"All work and no play.\r\n".repeat(10_000));
        let noise = every_byte(300_000);
        let uids = [
            client.deliver(text.as_str()).await?,
            client.deliver(noise.clone()).await?,
        ];
        let found = client.search("ALL").await?;
        assert_eq!(found, uids);
        assert_eq!(client.search("SUBJECT text").await?, [uids[0]]);
        for (uid, expected) in uids.iter().zip([text.as_bytes(), &noise[..]]) {
            let fetched = client.fetch_one(*uid, "BODY.PEEK[]").await?;
            assert_bytes(fetched.as_ref().and_then(|fetch| fetch.body()), expected);
        }
        client.add_flags(uids[0], "\\Flagged").await?;
        assert_eq!(client.search("FLAGGED").await?, [uids[0]]);
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn a_compressed_idle(cx: &Context) -> Result<(), Stop> {
        let mut client = compressed(cx).await?;
        client.require("IDLE").await?;
        client.select(cx.mailbox()?).await?;
        let mut other = compressed(cx).await?;
        let mut idle = client.idle().await?;
        other.append(cx.mailbox()?, mail("new", "")).await?;
        loop {
            if idle.next().await? == Update::Exists(1.into()) {
                break;
            }
        }
        idle.done().await?;
        other.logout().await?;
        client.logout().await
    }

    #[trial]
    async fn compressed_by_a_command(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require(NAME).await?;
        client.run(command::compress()).await?;
        assert!(client.state().is_compressed());
        let uid = client.deliver(mail("one", "")).await?;
        // Nothing that must not be sent is sent.
        let sent = client.last_sent();
        for again in [command::compress(), command::unauthenticate()] {
            let refused = match client.run(again).await {
                // Not every server has UNAUTHENTICATE.
                Err(Error::Missing { .. }) => continue,
                other => other,
            };
            assert!(
                matches!(refused, Err(Error::Unrunnable(Unrunnable::Compressed))),
                "{refused:?}"
            );
        }
        assert_eq!(client.last_sent(), sent);
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn what_a_server_lacks_is_not_compressed(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let has = client.has_capability(NAME).await?;
        client.logout().await?;
        if has {
            return Err(Stop::ignored("the server has COMPRESS=DEFLATE"));
        }
        let builder = cx.builder::<Client>()?;
        let result = builder.clone().compress(Compress::Always).connect().await;
        match result {
            Err(error @ Error::Missing { .. }) => assert_eq!(error.outcome(), Change::NotSent),
            other => panic!("{other:?}"),
        }
        let client = builder.compress(Compress::Auto).connect().await?;
        assert!(!client.state().is_compressed());
        client.logout().await?;
        Ok(())
    }
}
