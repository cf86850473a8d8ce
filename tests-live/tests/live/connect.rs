//! Connections and logins that must fail.

use std::{net::TcpListener, time::Duration};

use imapclient::{Builder, Code, Error, Security, transport::Endpoint};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{mail::mail, through::address};

/// Returns a builder for the account's server that expects the name `name` in the certificate, and
/// does not trust the account's authorities.
fn stranger<C>(cx: &Context, name: &str) -> Result<Builder<C>, Stop> {
    let address = address(cx)?;
    if address.security == Security::Plain {
        return Err(Stop::ignored("the account does not use TLS"));
    }
    let endpoint = Endpoint::tcp(address.host.as_str(), address.port);
    Ok(Builder::new(name)
        .endpoint(endpoint)
        .security(address.security))
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn connect_where_nobody_listens(cx: &Context) -> Result<(), Stop> {
        // The port of a listener that was closed.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let builder = cx.connection::<Client>()?;
        let result = builder
            .endpoint(Endpoint::tcp("127.0.0.1", port))
            .connect()
            .await;
        match result {
            Err(error @ Error::Connect(_)) => {
                assert!(error.is_closed() && error.is_transient(), "{error:?}");
                assert!(error.to_string().contains(&port.to_string()), "{error}");
                Ok(())
            }
            other => Err(Stop::failed(format_args!("{other:?}"))),
        }
    }

    #[trial]
    async fn connect_with_the_wrong_security(cx: &Context) -> Result<(), Stop> {
        let expects_tls = address(cx)?.security == Security::Tls;
        let builder = cx.connection::<Client>()?;
        let result = if expects_tls {
            // Client and server wait for each other to begin, until one of them gives up.
            let builder = builder.dangerous_plaintext();
            builder
                .connect_timeout(Duration::from_millis(300))
                .connect()
                .await
        } else {
            builder.tls().connect().await
        };
        match result {
            Err(Error::Timeout { .. }) if expects_tls => Ok(()),
            Err(Error::Tls(error)) if expects_tls => {
                assert!(error.to_string().contains("speaks TLS"), "{error:?}");
                Ok(())
            }
            Err(Error::Tls(_) | Error::Closed { .. }) if !expects_tls => Ok(()),
            other => Err(Stop::failed(format_args!("{other:?}"))),
        }
    }

    #[trial]
    async fn certificate_for_another_name(cx: &Context) -> Result<(), Stop> {
        let mut builder = stranger::<Client>(cx, "another.example")?;
        if let Some(path) = &cx.target().account.connect.tls.ca_file {
            builder = builder.ca_file(path);
        }
        match builder.connect().await {
            Err(error @ Error::Tls(_)) => {
                assert!(error.is_closed() && !error.is_transient(), "{error:?}");
                Ok(())
            }
            other => Err(Stop::failed(format_args!("{other:?}"))),
        }
    }

    #[trial]
    async fn certificate_nobody_vouches_for(cx: &Context) -> Result<(), Stop> {
        if cx.target().account.connect.tls.ca_file.is_none() {
            return Err(Stop::ignored(
                "the server's certificate does not need `ssl_ca_file`",
            ));
        }
        let builder = stranger::<Client>(cx, &address(cx)?.host)?;
        match builder.connect().await {
            Err(error @ Error::Tls(_)) => {
                assert!(error.is_closed() && !error.is_transient(), "{error:?}");
                Ok(())
            }
            other => Err(Stop::failed(format_args!("{other:?}"))),
        }
    }

    #[trial]
    async fn connect_with_a_wrong_password(cx: &Context) -> Result<(), Stop> {
        let (username, _) = cx.password()?;
        let builder = cx
            .connection::<Client>()?
            .login(username, "not the password");
        let error = match builder.connect().await {
            Err(error @ (Error::Refused(_) | Error::Login { .. })) => error,
            other => return Err(Stop::failed(format_args!("{other:?}"))),
        };
        assert!(!error.is_transient(), "{error:?}");
        if let Some(code) = error.code() {
            assert_eq!(code, &Code::AuthenticationFailed);
        }
        assert!(!format!("{error:?}").contains("not the password"));
        // The account is not locked.
        Session::open(cx).await?.logout().await
    }

    #[trial]
    async fn one_account_on_two_connections(cx: &Context) -> Result<(), Stop> {
        let mut one = Session::open(cx).await?;
        let mut other = Session::open(cx).await?;
        assert!(!other.mailbox_exists(cx.folder()).await?);
        one.create(cx.folder()).await?;
        assert!(other.mailbox_exists(cx.folder()).await?);
        other
            .append(cx.folder(), mail("from the other", ""))
            .await?;
        assert_eq!(one.select(cx.folder()).await?.exists, 1);
        one.close().await?;

        other.subscribe(cx.folder()).await?;
        let found = one.lsub("", cx.folder()).await;
        one.unsubscribe(cx.folder()).await?;
        assert_eq!(found?.len(), 1);
        assert!(other.lsub("", cx.folder()).await?.is_empty());
        one.delete(cx.folder()).await?;
        assert!(!other.mailbox_exists(cx.folder()).await?);
        other.logout().await?;
        one.logout().await
    }
}
