//! Compresses the connection after a login, if the settings ask for it.

use imapclient_codec::{Code, command};
use imapclient_engine::Phase;
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::Ask,
    error::{Error, Result},
};

/// The capability.
const NAME: &str = "COMPRESS=DEFLATE";

/// The condition on which the connection is compressed (RFC 4978); see
/// [`Builder::compress`](crate::Builder::compress).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compress {
    /// It is not compressed.
    #[default]
    Never,
    /// It is compressed if the server announces `COMPRESS=DEFLATE` and is not on this machine. If
    /// the server refuses, the connection is used without compression.
    Auto,
    /// It is compressed, or the login fails.
    Always,
}

impl<S: Socket> Client<S> {
    /// Does what follows a login before the user gets the client: identifies the program, and
    /// compresses the connection, if the settings ask for it.
    pub(crate) async fn after_login(&mut self) -> Result<()> {
        self.introduce().await?;
        self.compress_as_set().await
    }

    async fn compress_as_set(&mut self) -> Result<()> {
        let must = match self.peer().compress {
            Compress::Never => return Ok(()),
            Compress::Auto if self.connection().is_local() => return Ok(()),
            Compress::Auto => false,
            Compress::Always => true,
        };
        if self.state().phase() == Phase::Logout || self.state().is_compressed() {
            return Ok(());
        }
        if !self.capabilities().await?.has(NAME) {
            return match must {
                true => Err(Error::missing(&[NAME], self.state())),
                false => Ok(()),
            };
        }
        match self.run(Ask::to(command::compress())).await {
            Ok(_) => Ok(()),
            Err(Error::Refused(refused))
                if !must || refused.code == Some(Code::CompressionActive) =>
            {
                tracing::debug!(%refused, "the server does not compress the connection");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
