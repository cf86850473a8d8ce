//! Opens TLS connections only to examine them: nothing is sent after the handshake.

use std::time::{Duration, Instant};

use imapclient::{
    Error, Security,
    tokio::Client,
    transport::{
        Endpoint, Error as Transport, Handshake, Pipe, Socket, TlsOptions, TokioSocket, Wait, Want,
    },
};
use imapclient_config::{Address, ConnectOptions};

use super::{connect::builder, limit};
use crate::failure::Result;

/// Returns the handshake of a connection that checks the certificate.
pub(super) async fn checked(options: &ConnectOptions) -> Option<Handshake> {
    let mut tls = TlsOptions::new();
    if let Some(path) = &options.tls.ca_file {
        tls = tls.ca_file(path);
    }
    handshake(options, &tls).await
}

/// Returns the handshake of a connection that accepts any certificate.
pub(super) async fn unchecked(options: &ConnectOptions) -> Option<Handshake> {
    handshake(options, &anything(true)).await
}

/// Returns the handshake with an untrusted server, and whether the certificate is for this host.
pub(super) async fn untrusted(options: &ConnectOptions) -> Result<Option<(Handshake, bool)>> {
    for any_name in [false, true] {
        if let Some(handshake) = any_way(options, anything(any_name)).await? {
            return Ok(Some((handshake, !any_name)));
        }
    }
    Ok(None)
}

/// Returns `None` unless the server speaks IMAP unencrypted where TLS was expected; otherwise,
/// whether it offers STARTTLS.
pub(super) async fn in_clear(options: &ConnectOptions) -> Result<Option<bool>> {
    let builder = builder(options)?.security(Security::Plain);
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
async fn any_way(options: &ConnectOptions, tls: TlsOptions) -> Result<Option<Handshake>> {
    if options.server.security() == Some(Security::StartTls) {
        let connected: Result<Client, Error> = builder(options)?.tls_options(tls).connect().await;
        return Ok(connected.ok().and_then(|client| client.tls()));
    }
    Ok(handshake(options, &tls).await)
}

/// Returns the handshake with a server that uses TLS from the first byte.
async fn handshake(options: &ConnectOptions, tls: &TlsOptions) -> Option<Handshake> {
    let address = options.server.address()?;
    shake_hands(address, tls, limit(options)).await.ok()
}

async fn shake_hands(
    address: &Address,
    tls: &TlsOptions,
    limit: Duration,
) -> Result<Handshake, Transport> {
    let wait = Instant::now().checked_add(limit);
    let wait = wait.map_or_else(|| Wait::idle(limit), Wait::until);
    let config = tls.build()?;
    let endpoint = Endpoint::tcp(&address.host, address.port);
    let mut socket = TokioSocket::connect(&endpoint, Some(limit)).await?;
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, &address.host)?;
    socket.exchange(&mut pipe, Want::Flushed, wait).await?;
    pipe.handshake().ok_or(Transport::HandshakeClosed)
}
