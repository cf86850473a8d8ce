//! A proxy between the client and the account's server that disturbs the connection.

use std::net::{TcpStream, ToSocketAddrs as _};

use imapclient::{Builder, transport::Endpoint};
use imapclient_config::Address;
use imapclient_testkit::Proxy;
use imapclient_tests_live::{Context, Stop};

/// Returns the address of the account's server.
pub(crate) fn address(cx: &Context) -> Result<&Address, Stop> {
    let address = cx.target().account.connect.server.address();
    address.ok_or_else(|| Stop::ignored("the account's server is a command"))
}

/// Starts a proxy, which forwards everything until faults are set.
pub(crate) fn proxy(cx: &Context) -> Result<Proxy, Stop> {
    let address = address(cx)?;
    // The name may have several addresses, some of which may not accept connections.
    let mut addresses = (address.host.as_str(), address.port).to_socket_addrs()?;
    let address = addresses.find(|address| TcpStream::connect(address).is_ok());
    let address =
        address.ok_or_else(|| Stop::failed("no address of the server accepts connections"))?;
    Ok(Proxy::start(address))
}

/// Redirects a connection through the proxy. The certificate is still that of the server.
pub(crate) fn by_way_of<C>(proxy: &Proxy, builder: Builder<C>) -> Builder<C> {
    let address = proxy.addr();
    builder.endpoint(Endpoint::tcp(address.ip().to_string(), address.port()))
}
