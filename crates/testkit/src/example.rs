//! What the examples in the documentation of the crate `imapclient` run on: the account of bob on
//! a server of their own, with the sample mail, INBOX selected and one message come in since.

use imapclient::{Builder, Error, blocking};

use crate::Server;

type Done = Result<(), Error>;

const USER: &str = "bob";

/// Runs an example with a client of the blocking face.
///
/// # Panics
///
/// If the example fails.
pub fn blocking(example: impl FnOnce(blocking::Client) -> Done) {
    at(&server(), example);
}

/// As [`blocking()`], where nobody is logged in.
///
/// # Panics
///
/// If the example fails.
pub fn blocking_stranger(example: impl FnOnce(blocking::Client) -> Done) {
    let server = server();
    check(
        stranger::<blocking::Client>(&server)
            .connect()
            .and_then(example),
    );
}

/// As [`blocking()`], on a server like Gmail.
///
/// # Panics
///
/// If the example fails.
pub fn blocking_gmail(example: impl FnOnce(blocking::Client) -> Done) {
    at(&builder().gmail().start(), example);
}

/// As [`blocking()`], with what the server needs to be reached.
///
/// # Panics
///
/// If the example fails.
pub fn blocking_builder(example: impl FnOnce(Builder<blocking::Client>) -> Done) {
    let server = server();
    check(example(server.builder_for(USER)));
}

fn at(server: &Server, example: impl FnOnce(blocking::Client) -> Done) {
    let open = || {
        let mut client = server.builder_for::<blocking::Client>(USER).connect()?;
        client.select("INBOX")?;
        Ok(client)
    };
    let client = check(open());
    server.deliver(USER, "INBOX", NEWS);
    check(example(client));
}

#[cfg(feature = "tokio")]
mod asynchronous {
    use imapclient::{Builder, tokio::Client};

    use super::{Done, NEWS, USER, builder, check, server, stranger};
    use crate::Server;

    /// Runs an example with a client of the tokio face.
    ///
    /// # Panics
    ///
    /// If the example fails.
    pub fn tokio(example: impl AsyncFnOnce(Client) -> Done) {
        at(&server(), example);
    }

    /// As [`tokio()`], where nobody is logged in.
    ///
    /// # Panics
    ///
    /// If the example fails.
    pub fn tokio_stranger(example: impl AsyncFnOnce(Client) -> Done) {
        let server = server();
        run(async { example(stranger::<Client>(&server).connect().await?).await });
    }

    /// As [`tokio()`], on a server like Gmail.
    ///
    /// # Panics
    ///
    /// If the example fails.
    pub fn tokio_gmail(example: impl AsyncFnOnce(Client) -> Done) {
        at(&builder().gmail().start(), example);
    }

    /// As [`tokio()`], with what the server needs to be reached.
    ///
    /// # Panics
    ///
    /// If the example fails.
    pub fn tokio_builder(example: impl AsyncFnOnce(Builder<Client>) -> Done) {
        let server = server();
        run(example(server.builder_for(USER)));
    }

    fn at(server: &Server, example: impl AsyncFnOnce(Client) -> Done) {
        run(async {
            let mut client = server.builder_for::<Client>(USER).connect().await?;
            client.select("INBOX").await?;
            server.deliver(USER, "INBOX", NEWS);
            example(client).await
        });
    }

    fn run(work: impl Future<Output = Done>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        check(runtime.block_on(work));
    }
}

#[cfg(feature = "tokio")]
pub use asynchronous::{tokio, tokio_builder, tokio_gmail, tokio_stranger};

const NEWS: &str = "From: fred@example.org\r\nSubject: news\r\n\r\nHello\r\n";

fn server() -> Server {
    builder().start()
}

fn builder() -> crate::Builder {
    Server::builder()
        .user(USER, "sekret")
        .sample()
        .mailbox("Old stuff", |mailbox| mailbox)
}

fn stranger<C>(server: &Server) -> Builder<C> {
    Builder::new("127.0.0.1")
        .port(server.addr().port())
        .dangerous_plaintext()
}

#[track_caller]
fn check<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("the example failed: {error}"))
}
