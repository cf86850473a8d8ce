//! The scripted peer reports errors, and does not leak.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    sync::Arc,
};

use imapclient_testkit::{Authority, Certificate, Identity, Peer, Script};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::{CertificateDer, pem::PemObject};

fn connect(peer: &Peer) -> BufReader<TcpStream> {
    BufReader::new(TcpStream::connect(peer.addr()).unwrap())
}

fn line(client: &mut impl BufRead) -> String {
    let mut line = String::new();
    client.read_line(&mut line).unwrap();
    line
}

#[test]
fn a_script_with_tags_and_filling() {
    let script = Script::parse(
        "S: * OK hello

         # Any tag will do, and each is remembered.
         C: <one> NOOP
         C: <two> FETCH 1 BODY[]
         S: * 1 FETCH (BODY[] {5}
         S+: 5
         S: )
         S: <two> OK
         S: <one> OK",
    );
    let peer = Peer::start(move |connection| script.run(connection));
    let mut client = connect(&peer);
    assert_eq!(line(&mut client), "* OK hello\r\n");
    client
        .get_mut()
        .write_all(b"a NOOP\r\nb FETCH 1 BODY[]\r\n")
        .unwrap();
    let mut rest = String::new();
    client.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "* 1 FETCH (BODY[] {5}\r\nxxxxx)\r\nb OK\r\na OK\r\n");
    peer.finish().unwrap();
}

#[test]
fn another_line_than_expected_is_told_with_both_texts() {
    let script = Script::parse("C: <tag> NOOP\nS: <tag> OK");
    let peer = Peer::start(move |connection| script.run(connection));
    let mut client = connect(&peer);
    client.get_mut().write_all(b"a LOGOUT\r\n").unwrap();
    assert_eq!(line(&mut client), "");
    let error = peer.finish().unwrap_err();
    assert_eq!(
        error,
        r#"line 1 of the script: expected "<tag> NOOP", got "a LOGOUT""#
    );
}

#[test]
fn faults_and_panics_of_handlers_are_told() {
    let peer = Peer::start(|mut connection| {
        let order = connection.read_line()?;
        assert_ne!(order, "panic", "as it was told");
        connection.expect("something else")
    });
    for order in ["panic\r\n", "fail\r\nfail\r\n"] {
        let mut client = connect(&peer);
        client.get_mut().write_all(order.as_bytes()).unwrap();
        // The connection ends with the handler.
        let mut rest = Vec::new();
        match client.read_to_end(&mut rest) {
            Ok(_) => assert!(rest.is_empty()),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
    }
    let error = peer.finish().unwrap_err();
    assert!(error.contains("as it was told"), "{error}");
    assert!(
        error.contains(r#"expected "something else", got "fail""#),
        "{error}"
    );
}

#[test]
fn dropping_a_peer_ends_a_connection_that_waits() {
    let peer = Peer::start(|mut connection| {
        connection.send("ready")?;
        connection.read_line().map(drop)
    });
    let mut client = connect(&peer);
    assert_eq!(line(&mut client), "ready\r\n");
    drop(peer);
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
}

#[test]
fn starttls_in_a_script() {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    let script = Script::parse(
        "C: <tag> STARTTLS
         S: <tag> OK
         TLS
         C: <tag> LOGOUT
         S: * BYE
         CLOSE
         S: never said",
    )
    .with_tls(identity.server_config());
    let peer = Peer::start(move |connection| script.run(connection));

    let mut socket = TcpStream::connect(peer.addr()).unwrap();
    socket.write_all(b"a STARTTLS\r\n").unwrap();
    let mut answer = [0; 6];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"a OK\r\n");
    let mut client = StreamOwned::new(tls_client(&authority), socket);
    client.write_all(b"b LOGOUT\r\n").unwrap();
    let mut rest = String::new();
    // An end without close_notify would be an error.
    client.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "* BYE\r\n");
    peer.finish().unwrap();
}

#[test]
fn bytes_before_the_handshake_are_told() {
    let identity = Identity::self_signed(&["localhost"], false, false);
    let script =
        Script::parse("C: <tag> STARTTLS\nS: <tag> OK\nTLS").with_tls(identity.server_config());
    let peer = Peer::start(move |connection| script.run(connection));
    let mut client = connect(&peer);
    client
        .get_mut()
        .write_all(b"a STARTTLS\r\nb NOOP\r\n")
        .unwrap();
    assert_eq!(line(&mut client), "a OK\r\n");
    let error = peer.finish().unwrap_err();
    assert!(error.contains(r"before the TLS handshake: "), "{error}");
}

#[test]
#[should_panic(expected = "line 2 of the script")]
fn a_faulty_script_names_the_line() {
    Script::parse("S: * OK\nX: what");
}

fn tls_client(authority: &Authority) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    let pem = authority.pem();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap()
}
