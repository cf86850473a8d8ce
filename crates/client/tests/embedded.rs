//! The library against the embedded server, with its TLS and through the fault proxy.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use imapclient::{Builder, Error, SearchKey, blocking, transport::TlsOptions};
use imapclient_testkit::{Fault, Gate, Proxy, Rule, Server};

const PASSWORD: &str = "100% \"sekret\"";

fn server() -> Server {
    Server::builder()
        .user("bob", PASSWORD)
        .mailbox("INBOX", |m| m.message("Subject: Hello\n\nHow are you?\n"))
        .start()
}

/// Returns settings for bob's account.
fn builder<C>(server: &Server) -> Builder<C> {
    let tls = TlsOptions::new()
        .ca_pem(server.ca_pem())
        .without_native_roots();
    Builder::new(server.host())
        .port(server.tls_addr().port())
        .tls_options(tls)
        .login("bob", PASSWORD.to_owned())
}

#[test]
fn a_blocking_client_is_ready() {
    let server = server();
    let mut client = builder::<blocking::Client>(&server).connect().unwrap();
    assert_eq!(client.select("INBOX").unwrap().exists, 1);
    assert_eq!(client.search(SearchKey::All).unwrap(), [1]);
    client.logout().unwrap();
    let received: Vec<_> = server.received().iter().map(|r| r.command()).collect();
    // These are the user name and password in the format of PLAIN.
    let login = "AUTHENTICATE PLAIN AGJvYgAxMDAlICJzZWtyZXQi";
    assert!(
        received.iter().any(|command| command == login),
        "{received:?}"
    );
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn an_asynchronous_client_is_ready() {
    let server = server();
    let builder = builder::<imapclient::tokio::Client>(&server);
    let mut client = builder.connect().await.unwrap();
    assert_eq!(client.select("INBOX").await.unwrap().exists, 1);
    client.logout().await.unwrap();
}

#[test]
fn a_refusal_reaches_the_client() {
    let server = server();
    server.add_rule(Rule::on("SELECT").no("[UNAVAILABLE] not now"));
    let mut client = builder::<blocking::Client>(&server).connect().unwrap();
    let error = client.select("INBOX").unwrap_err();
    assert!(matches!(error, Error::Refused(_)), "{error}");
    client.logout().unwrap();
}

#[test]
fn a_proxy_can_stand_in_between() {
    let server = server();
    let proxy = Proxy::start(server.tls_addr());
    let gate = Gate::new();
    gate.open();
    proxy.from_server(Fault::stall_after(100, &gate).split(7));
    let builder = builder::<blocking::Client>(&server);
    let mut client = builder.port(proxy.addr().port()).connect().unwrap();
    client.select("INBOX").unwrap();
    proxy.cut();
    assert!(client.noop().unwrap_err().is_closed());
}
