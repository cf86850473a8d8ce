//! Opens TLS connections only to examine them: nothing is sent after the handshake.

use std::time::Instant;

use imapclient::{
    Error, Security,
    tokio::Client,
    transport::{
        Endpoint, Error as Transport, Handshake, Pipe, Socket, TlsOptions, TokioSocket, Wait, Want,
    },
};
use imapclient_config::Account;

use super::{connect::builder, limit};
use crate::failure::Result;

/// Returns the handshake of a connection that checks the certificate.
pub(super) async fn checked(account: &Account) -> Result<Handshake, Transport> {
    let mut options = TlsOptions::new();
    if let Some(path) = &account.ssl_ca_file {
        options = options.ca_file(path);
    }
    handshake(account, &options).await
}

/// Returns the handshake of a connection that accepts any certificate.
pub(super) async fn unchecked(account: &Account) -> Result<Handshake, Transport> {
    handshake(account, &anything(true)).await
}

/// Returns the handshake with an untrusted server, and whether the certificate is for this host.
pub(super) async fn untrusted(account: &Account) -> Result<Option<(Handshake, bool)>> {
    for any_name in [false, true] {
        if let Some(handshake) = any_way(account, anything(any_name)).await? {
            return Ok(Some((handshake, !any_name)));
        }
    }
    Ok(None)
}

/// Returns `None` unless the server speaks IMAP unencrypted where TLS was expected; otherwise,
/// whether it offers STARTTLS.
pub(super) async fn in_clear(account: &Account) -> Result<Option<bool>> {
    let builder = builder(account)?.security(Security::Plain);
    let Ok(mut client) = builder.connect().await else {
        return Ok(None);
    };
    // A server that does not answer is treated like one without STARTTLS.
    let offered = client.has_capability("STARTTLS").await.unwrap_or(false);
    Ok(Some(offered))
}

/// Returns options that accept any certificate, since nothing is sent after the handshake.
fn anything(any_name: bool) -> TlsOptions {
    TlsOptions::new()
        .dangerous_accept_invalid_certs(true)
        .dangerous_accept_invalid_hostname(any_name)
}

/// Returns the handshake, with STARTTLS if the account uses it, or `None` if there is no TLS.
async fn any_way(account: &Account, options: TlsOptions) -> Result<Option<Handshake>> {
    if account.security() == Security::StartTls {
        let connected: Result<Client, Error> =
            builder(account)?.tls_options(options).connect().await;
        return Ok(connected.ok().and_then(|client| client.tls()));
    }
    Ok(handshake(account, &options).await.ok())
}

async fn handshake(account: &Account, options: &TlsOptions) -> Result<Handshake, Transport> {
    let limit = limit(account);
    let wait = Instant::now().checked_add(limit);
    let wait = wait.map_or_else(|| Wait::idle(limit), Wait::until);
    let config = options.build()?;
    let endpoint = Endpoint::tcp(&account.host, account.port);
    let mut socket = TokioSocket::connect(&endpoint, Some(limit)).await?;
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, &account.host)?;
    socket.exchange(&mut pipe, Want::Flushed, wait).await?;
    pipe.handshake().ok_or(Transport::HandshakeClosed)
}
