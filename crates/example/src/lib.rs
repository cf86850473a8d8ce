//! The environment for the examples in the documentation of `imapclient`: the account of bob on a
//! separate server, with the sample mail, INBOX selected, and one message that has arrived since.
//!
//! Each macro takes a closure, which is the example. They are macros so that `imapclient` is
//! resolved where they are used: this crate does not depend on `imapclient`, which uses it in its
//! tests.

use std::fmt::Display;

use imapclient_server::{Builder, Rule};

#[doc(hidden)]
pub use imapclient_server::Server;

#[doc(hidden)]
pub const USER: &str = "bob";
#[doc(hidden)]
pub const PASSWORD: &str = "sekret";

/// Runs an example with a blocking client.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! blocking {
    ($example:expr) => {
        $crate::blocking_at!($crate::server(), $example)
    };
}

/// Runs an example with a blocking client on a server like Gmail.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! blocking_gmail {
    ($example:expr) => {
        $crate::blocking_at!($crate::gmail(), $example)
    };
}

/// Runs an example with a blocking client that is not logged in.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! blocking_stranger {
    ($example:expr) => {{
        fn run(
            server: &$crate::Server,
            example: impl FnOnce(::imapclient::blocking::Client) -> ::imapclient::Result<()>,
        ) -> ::imapclient::Result<()> {
            example($crate::stranger!(::imapclient::blocking::Client, server).connect()?)
        }
        $crate::check(run(&$crate::server(), $example));
    }};
}

/// Runs an example with the settings of a blocking client for the account.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! blocking_builder {
    ($example:expr) => {{
        type Builder = ::imapclient::Builder<::imapclient::blocking::Client>;
        fn run(
            server: &$crate::Server,
            example: impl FnOnce(Builder) -> ::imapclient::Result<()>,
        ) -> ::imapclient::Result<()> {
            example($crate::builder!(::imapclient::blocking::Client, server))
        }
        $crate::check(run(&$crate::server(), $example));
    }};
}

/// Runs an example with the settings of a blocking client, on a server that cuts the connection at
/// the first UID SEARCH. The example has to connect again, and to search twice.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! blocking_cut {
    ($example:expr) => {{
        type Builder = ::imapclient::Builder<::imapclient::blocking::Client>;
        fn run(
            server: &$crate::Server,
            example: impl FnOnce(Builder) -> ::imapclient::Result<()>,
        ) -> ::imapclient::Result<()> {
            example($crate::builder!(::imapclient::blocking::Client, server))
        }
        let server = $crate::cutting_server();
        $crate::check(run(&server, $example));
        $crate::check_searches(&server, 2);
    }};
}

/// Runs an example with a client for tokio.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! tokio {
    ($example:expr) => {
        $crate::tokio_at!($crate::server(), $example)
    };
}

/// Runs an example with a client for tokio on a server like Gmail.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! tokio_gmail {
    ($example:expr) => {
        $crate::tokio_at!($crate::gmail(), $example)
    };
}

/// Runs an example with a client for tokio that is not logged in.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! tokio_stranger {
    ($example:expr) => {{
        async fn run(
            server: &$crate::Server,
            example: impl AsyncFnOnce(::imapclient::tokio::Client) -> ::imapclient::Result<()>,
        ) -> ::imapclient::Result<()> {
            example(
                $crate::stranger!(::imapclient::tokio::Client, server)
                    .connect()
                    .await?,
            )
            .await
        }
        $crate::check($crate::wait(run(&$crate::server(), $example)));
    }};
}

/// Runs an example with the settings of a client for tokio for the account.
///
/// # Panics
/// Panics if the example fails.
#[macro_export]
macro_rules! tokio_builder {
    ($example:expr) => {{
        type Builder = ::imapclient::Builder<::imapclient::tokio::Client>;
        async fn run(
            server: &$crate::Server,
            example: impl AsyncFnOnce(Builder) -> ::imapclient::Result<()>,
        ) -> ::imapclient::Result<()> {
            example($crate::builder!(::imapclient::tokio::Client, server)).await
        }
        $crate::check($crate::wait(run(&$crate::server(), $example)));
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! blocking_at {
    ($server:expr, $example:expr) => {{
        fn run(
            server: &$crate::Server,
            example: impl FnOnce(::imapclient::blocking::Client) -> ::imapclient::Result<()>,
        ) -> ::imapclient::Result<()> {
            let builder = $crate::builder!(::imapclient::blocking::Client, server);
            let mut client = builder.connect()?;
            client.select("INBOX")?;
            $crate::deliver(server);
            example(client)
        }
        $crate::check(run(&$server, $example));
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! tokio_at {
    ($server:expr, $example:expr) => {{
        async fn run(
            server: &$crate::Server,
            example: impl AsyncFnOnce(::imapclient::tokio::Client) -> ::imapclient::Result<()>,
        ) -> ::imapclient::Result<()> {
            let builder = $crate::builder!(::imapclient::tokio::Client, server);
            let mut client = builder.connect().await?;
            client.select("INBOX").await?;
            $crate::deliver(server);
            example(client).await
        }
        $crate::check($crate::wait(run(&$server, $example)));
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! builder {
    ($client:ty, $server:expr) => {
        ::imapclient::Builder::<$client>::new($server.host())
            .port($server.tls_addr().port())
            .tls_options(
                ::imapclient::transport::TlsOptions::new()
                    .ca_pem($server.ca_pem())
                    .without_native_roots(),
            )
            .login($crate::USER, $crate::PASSWORD.to_owned())
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! stranger {
    ($client:ty, $server:expr) => {
        ::imapclient::Builder::<$client>::new("127.0.0.1")
            .port($server.addr().port())
            .dangerous_plaintext()
    };
}

#[doc(hidden)]
pub fn server() -> Server {
    account().say_capability("NOTIFY").start()
}

#[doc(hidden)]
pub fn cutting_server() -> Server {
    let server = server();
    server.add_rule(Rule::on("UID SEARCH").once().cut());
    server
}

#[doc(hidden)]
#[track_caller]
pub fn check_searches(server: &Server, expected: usize) {
    let received = server.received();
    let searches = received
        .iter()
        .filter(|received| received.command().starts_with("UID SEARCH"));
    assert_eq!(searches.count(), expected, "searches in the example");
}

#[doc(hidden)]
pub fn gmail() -> Server {
    account().gmail().start()
}

fn account() -> Builder {
    Server::builder()
        .user(USER, PASSWORD)
        .sample()
        .mailbox("Old stuff", |mailbox| mailbox)
}

#[doc(hidden)]
pub fn deliver(server: &Server) {
    let news = "From: fred@example.org\r\nSubject: news\r\n\r\nHello\r\n";
    server.deliver(USER, "INBOX", news);
}

#[doc(hidden)]
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = ::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(work)
}

#[doc(hidden)]
#[track_caller]
pub fn check(result: Result<(), impl Display>) {
    result.unwrap_or_else(|error| panic!("the example failed: {error}"));
}
