//! The async client on tokio.

use imapclient_transport::TokioSocket;

/// A client on tokio. Its methods are those of [`crate::Client`].
///
/// ```no_run
/// # async fn main_() -> imapclient::Result<()> {
/// use imapclient::tokio::Client;
///
/// let mut client = Client::builder("imap.example.org").login("bob", "sekret").connect().await?;
/// client.select("INBOX").await?;
/// println!("{} unread", client.search("UNSEEN").await?.len());
/// client.logout().await?;
/// # Ok(()) }
/// ```
pub type Client = crate::Client<TokioSocket>;

/// An IDLE under way; see [`crate::Idle`].
pub type Idle<'a> = crate::Idle<'a, TokioSocket>;
