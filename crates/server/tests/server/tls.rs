//! Implicit TLS, and STARTTLS.

use std::{net::TcpStream, sync::Arc};

use imapclient_server::Server;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};

use crate::client::{Client, server};

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn secure(server: &Server, stream: TcpStream) -> Client<Tls> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(server.ca_pem().as_bytes()).unwrap();
    roots.add(ca).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(server.host()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    Client::on(StreamOwned::new(connection, stream))
}

#[test]
fn tls_from_the_first_byte() {
    let server = server();
    let stream = TcpStream::connect(server.tls_addr()).unwrap();
    let mut client = secure(&server, stream);
    let greeting = client.line();
    assert!(!greeting.contains("STARTTLS"), "{greeting}");
    client.ok("LOGIN bob sekret");
    client.ok("SELECT INBOX");
    let tag = client.start("IDLE");
    assert_eq!(client.line(), "+ idling");
    server.deliver("bob", "INBOX", "Subject: x\n\n");
    assert_eq!(client.line(), "* 3 EXISTS");
    assert_eq!(client.line(), "* 3 RECENT");
    client.send("DONE\r\n");
    client.finish(&tag);
    // Several records, each with several commands.
    client.send("a NOOP\r\nb NOOP\r\n".repeat(2000));
    for _ in 0..2000 {
        assert!(client.line().starts_with("a OK ") && client.line().starts_with("b OK "));
    }
}

#[test]
fn starttls() {
    let server = Server::builder()
        .user("bob", "sekret")
        .require_tls()
        .start();
    let mut client = Client::open(server.addr());
    let greeting = client.line();
    assert!(greeting.contains(" STARTTLS LOGINDISABLED]"), "{greeting}");
    assert!(
        client
            .end("LOGIN bob sekret")
            .starts_with("NO [PRIVACYREQUIRED] ")
    );
    assert!(
        client
            .end("AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=")
            .starts_with("NO [PRIVACYREQUIRED] ")
    );
    assert_eq!(client.end("STARTTLS"), "OK Begin TLS.");
    let mut client = secure(&server, client.stream.into_inner());
    let capabilities = client.ok("CAPABILITY").remove(0);
    assert!(
        capabilities.ends_with(" AUTH=PLAIN AUTH=LOGIN"),
        "{capabilities}"
    );
    assert!(client.end("STARTTLS").starts_with("BAD "));
    client.ok("AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=");
    client.ok("LOGOUT");
}

#[test]
fn nothing_may_be_smuggled_before_tls() {
    let server = server();
    let mut client = Client::connect(server.addr());
    client.send("a STARTTLS\r\nb LOGIN bob sekret\r\n");
    assert_eq!(client.line(), "a OK Begin TLS.");
    client.assert_closed();
    assert_eq!(server.received().len(), 1);
}

#[test]
fn the_ini_text_names_a_file_that_goes_with_the_server() {
    let server = Server::builder().user("bob", "100%").start();
    let ini = server.ini("bob");
    assert!(ini.contains("\npassword = 100%%\n"), "{ini}");
    assert!(
        ini.contains(&format!("\nport = {}\n", server.tls_addr().port())),
        "{ini}"
    );
    let path = server.ca_file().to_owned();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), server.ca_pem());
    drop(server);
    assert!(!path.exists());
}
