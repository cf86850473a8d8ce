//! All faults of the proxy, in both directions.

#[path = "../../server/tests/server/client.rs"]
#[expect(dead_code, reason = "the tests of the embedded server use more of it")]
mod client;

use std::{
    io::{ErrorKind, Read as _},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use imapclient_testkit::{Fault, Gate, Peer, Proxy};

use client::{Client, server};

#[test]
fn passes_everything_if_nothing_is_wrong() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    let mut client = Client::connect(proxy.addr());
    client.ok("LOGIN bob sekret");
    client.ok("LOGOUT");
    client.assert_closed();
}

#[test]
fn cuts_what_the_server_says() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    proxy.from_server(Fault::cut_after(4));
    let error = Client::open(proxy.addr()).try_line().unwrap_err();
    assert!(error.to_string().contains("* OK"), "{error}");
    proxy.from_server(Fault::cut_after(0));
    let error = Client::open(proxy.addr()).try_line().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn cuts_what_the_client_says() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    proxy.from_client(Fault::cut_after(9));
    let mut client = Client::connect(proxy.addr());
    client.send("a NOOP\r\nb NOOP\r\n");
    // The first response may or may not arrive before the cut; the second never does.
    let mut answers = Vec::new();
    while let Ok(line) = client.try_line() {
        answers.push(line);
    }
    assert!(
        !answers.iter().any(|line| line.starts_with("b ")),
        "{answers:?}"
    );
    server.wait_for("NOOP");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn resets_both_sides() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    proxy.from_client(Fault::reset_after(3));
    let mut client = Client::connect(proxy.addr());
    client.send("abc");
    assert_eq!(
        client.try_line().unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
}

#[test]
fn closes_one_half() {
    let peer = Peer::start(|mut connection| {
        connection.send("* OK hello")?;
        connection.wait_eof()?;
        connection.send("* BYE so long")
    });
    let proxy = Proxy::start(peer.addr());
    proxy.from_client(Fault::half_close_after(0));
    let mut client = Client::open(proxy.addr());
    assert_eq!(client.line(), "* OK hello");
    assert_eq!(client.line(), "* BYE so long");
    client.send("never heard");
    client.assert_closed();
    drop(client);
    peer.finish().unwrap();
}

#[test]
fn stalls_until_told() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    let gate = Gate::new();
    proxy.from_client(Fault::stall_after(3, &gate));
    let mut client = Client::connect(proxy.addr());
    client.send("a NOOP\r\n");
    gate.wait_for(1);
    assert!(server.received().is_empty());
    gate.open();
    assert_eq!(client.line(), "a OK Nothing done.");
}

#[test]
fn stalls_end_with_the_proxy() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    let gate = Gate::new();
    proxy.from_server(Fault::stall_after(0, &gate));
    let mut client = Client::open(proxy.addr());
    gate.wait_for(1);
    drop(proxy);
    client.assert_closed();
}

#[test]
fn pieces_come_together_again() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    proxy.from_client(Fault::none().split(1));
    proxy.from_server(Fault::none().split(3));
    let mut client = Client::connect(proxy.addr());
    client.send("a LOGIN {3+}\r\nbob {6+}\r\nsekret\r\n");
    assert!(client.line().starts_with("a OK "));
    assert_eq!(
        client
            .ok("SELECT INBOX")
            .iter()
            .filter(|l| l.ends_with("EXISTS"))
            .count(),
        1
    );
}

#[test]
fn later_connections_can_be_sound() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    proxy.from_server(Fault::cut_after(1));
    assert!(Client::open(proxy.addr()).try_line().is_err());
    proxy.from_server(Fault::none());
    let mut client = Client::connect(proxy.addr());
    proxy.cut();
    client.assert_closed();
}

#[test]
fn a_closed_connection_is_closed_on_the_other_side() {
    let peer = Peer::start(|mut connection| {
        connection.send("* OK hello")?;
        connection.expect("last words")?;
        connection.wait_eof()
    });
    let proxy = Proxy::start(peer.addr());
    let mut client = Client::open(proxy.addr());
    client.line();
    client.send("last words\r\n");
    drop(client);
    peer.finish().unwrap();
}

#[test]
fn delayed_data_arrive_whole_and_late() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    let delay = Duration::from_millis(30);
    proxy.from_client(Fault::none().delay(delay).split(3));
    proxy.from_server(Fault::none().delay(delay));
    let started = Instant::now();
    let mut client = Client::connect(proxy.addr());
    // The handshake of TCP takes a round trip, and the greeting half of one after the client's last
    // packet.
    assert!(started.elapsed() >= 4 * delay);
    let started = Instant::now();
    client.ok("LOGIN bob sekret");
    let body = "0123456789abcdef".repeat(64 * 1024);
    client.send(format!("a APPEND INBOX {{{}+}}\r\n{body}\r\n", body.len()));
    assert!(client.line().starts_with("a OK "));
    assert!(started.elapsed() >= 4 * delay);
    drop(client);
    let stored = server.messages("bob", "INBOX").pop().unwrap();
    assert!(stored.bytes == body.as_bytes(), "the message has changed");
}

#[test]
fn a_bandwidth_is_not_exceeded() {
    let peer = Peer::start(|mut connection| connection.send_bytes(&[b'x'; 30_000]));
    let proxy = Proxy::start(peer.addr());
    proxy.from_server(Fault::none().bandwidth(100_000));
    let started = Instant::now();
    let mut data = Vec::new();
    let mut stream = TcpStream::connect(proxy.addr()).unwrap();
    stream.read_to_end(&mut data).unwrap();
    assert_eq!(data, [b'x'; 30_000]);
    assert!(started.elapsed() >= Duration::from_millis(300));
    peer.finish().unwrap();
}

#[test]
fn a_delayed_connection_is_cut_after_the_same_bytes() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    let slow = |fault: Fault| fault.delay(Duration::from_millis(1)).bandwidth(1000);
    for fault in [Fault::cut_after(4), Fault::half_close_after(4)] {
        proxy.from_server(slow(fault));
        let mut greeting = String::new();
        let mut stream = TcpStream::connect(proxy.addr()).unwrap();
        stream.read_to_string(&mut greeting).unwrap();
        assert_eq!(greeting, "* OK");
    }
    proxy.from_server(slow(Fault::reset_after(4)));
    let mut stream = TcpStream::connect(proxy.addr()).unwrap();
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn the_end_is_delayed_too() {
    let peer = Peer::start(|mut connection| {
        connection.expect("last words")?;
        connection.wait_eof()?;
        connection.send("* BYE so long")
    });
    let proxy = Proxy::start(peer.addr());
    let fault = Fault::none().delay(Duration::from_millis(5));
    proxy.from_client(fault.clone());
    proxy.from_server(fault);
    let mut client = Client::open(proxy.addr());
    client.send("last words\r\n");
    client.stream.get_ref().shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.line(), "* BYE so long");
    client.assert_closed();
    peer.finish().unwrap();
}

#[test]
fn nothing_waits_for_delayed_data_when_the_proxy_stops() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    proxy.from_server(Fault::none().delay(Duration::from_secs(100_000)));
    let mut client = Client::open(proxy.addr());
    client.send("a LOGIN bob sekret\r\n");
    server.wait_for("LOGIN");
    drop(proxy);
    client.assert_closed();
}

#[test]
fn round_trips_are_those_that_a_client_waits_for() {
    let server = server();
    let proxy = Proxy::start(server.addr());
    let mut client = Client::connect(proxy.addr());
    assert_eq!(proxy.round_trips(), [0]);
    for _ in 0..5 {
        client.ok("NOOP");
    }
    assert_eq!(proxy.round_trips(), [5]);
    let delay = Duration::from_millis(200);
    proxy.from_client(Fault::none().delay(delay));
    proxy.from_server(Fault::none().delay(delay));
    let mut other = Client::connect(proxy.addr());
    for number in 0..50 {
        other.send(format!("{number} NOOP\r\n"));
    }
    for number in 0..50 {
        assert_eq!(other.line(), format!("{number} OK Nothing done."));
    }
    let counts = proxy.round_trips();
    // More than one only if the machine stood still for 400 ms.
    assert!(counts[0] == 5 && counts[1] < 50, "{counts:?}");
}
