//! Tests of servers that cannot be reached or are not IMAP servers.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::mpsc,
    time::Duration,
};

use imapclient_testkit::{Peer, Rule};

use super::common::{
    PASSWORD, account, doctor, ill, ini, no_password_came, options, outcomes, path, screens,
    server, step, text, with,
};
use crate::{running::Running, start::program};

/// Returns a port that nothing listens on: it was free a moment ago.
pub(super) fn closed_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_closed_port() {
    let port = closed_port().to_string();
    let options = account(&port, &[]);
    let cause = format!("nothing listens on port {port} of 127.0.0.1");
    let json = ill(&options, &cause, "check the port (usual here: 993)");
    assert_eq!(outcomes(&json), [("dns", "ok"), ("tcp", "bad")]);
    assert_eq!(step(&json, "tcp")["tries"][0]["address"], "127.0.0.1");
    screens("closed_port", &options);
}

#[test]
fn a_name_that_is_none() {
    let options = ["-H", "imap.example.invalid", "-u", "bob", "-p", PASSWORD];
    let cause = "no address is found for \"imap.example.invalid\"";
    let json = ill(&options, cause, "check how the host is spelled");
    assert_eq!(outcomes(&json), [("dns", "bad")]);
}

#[test]
fn imap_in_clear_where_tls_is_expected() {
    let server = server();
    let port = server.addr().port();
    let file = ini(port, "");
    let cause = format!("port {port} of 127.0.0.1 speaks IMAP without TLS");
    let json = ill(
        &["-f", path(&file)],
        &cause,
        "use STARTTLS, which it offers: --starttls",
    );
    assert!(text(&json["advice"]).contains("143"));
    assert_eq!(outcomes(&json).last(), Some(&("tls", "bad")));
    no_password_came(&server);

    server.forget_capability("STARTTLS");
    ill(
        &["-f", path(&file)],
        &cause,
        "use the server's port for TLS, usually 993",
    );
    no_password_came(&server);
}

#[test]
fn tls_where_imap_in_clear_is_expected() {
    let server = server();
    let port = server.tls_addr().port();
    let cause = format!("port {port} of 127.0.0.1 speaks TLS from the first byte");
    for (lines, advice) in [
        ("ssl = false", "leave out --insecure"),
        ("ssl = false\nstarttls = true", "leave out --starttls"),
    ] {
        let file = ini(port, &format!("{lines}\ntimeout = 1"));
        let json = ill(&["-f", path(&file)], &cause, advice);
        assert_eq!(step(&json, "tls")["subject"], "CN=Testkit Server");
    }
    no_password_came(&server);
}

#[test]
fn a_silent_tls_port_is_not_waited_for_to_the_end() {
    let server = server();
    let port = server.tls_addr().port();
    // The time limit would be half a minute.
    let file = ini(port, "ssl = false");
    let begin = std::time::Instant::now();
    let told = doctor(&["-f", path(&file)]);
    assert!(
        told.first().contains("speaks TLS from the first byte"),
        "{}",
        told.text
    );
    assert!(begin.elapsed().as_secs() < 25);
    no_password_came(&server);
}

#[test]
fn no_starttls_where_it_is_asked_for() {
    let server = server();
    server.forget_capability("STARTTLS");
    let port = server.addr().port();
    let file = ini(port, "ssl = false\nstarttls = true");
    let cause = format!("port {port} of 127.0.0.1 does not offer STARTTLS");
    ill(&["-f", path(&file)], &cause, "use TLS from the first byte");
    no_password_came(&server);
}

#[test]
fn starttls_that_is_refused() {
    let server = server();
    server.add_rule(Rule::on("STARTTLS").no("not today"));
    let file = ini(server.addr().port(), "ssl = false\nstarttls = true");
    let cause = "STARTTLS refused: NO not today";
    ill(&["-f", path(&file)], cause, "use TLS from the first byte");
    no_password_came(&server);
}

#[test]
fn goodbye_in_place_of_hello() {
    let server = server();
    server.add_rule(Rule::on_greeting().bye("[UNAVAILABLE] too many connections"));
    let options = options(&server);
    let cause = "the server accepts no connections now; it says \"too many connections\"";
    let json = ill(&with(&options, &["-p", PASSWORD]), cause, "try later");
    // The earlier steps are reported.
    let seen = [
        ("dns", "ok"),
        ("tcp", "ok"),
        ("tls", "ok"),
        ("greeting", "bad"),
    ];
    assert_eq!(outcomes(&json), seen);
    no_password_came(&server);
}

#[test]
fn no_hello_at_all() {
    let server = server();
    server.add_rule(Rule::on_greeting().cut());
    let options = options(&server);
    let port = server.tls_addr().port();
    let cause = format!("port {port} of 127.0.0.1 closes the connection without a greeting");
    let json = ill(&with(&options, &["-p", PASSWORD]), &cause, "check the port");
    assert_eq!(step(&json, "tls")["outcome"], "ok");
}

#[test]
fn a_silent_server() {
    let server = server();
    server.add_rule(Rule::on_greeting().silence());
    let lines = format!("timeout = 1\nssl_ca_file = {}", server.ca_file().display());
    let port = server.tls_addr().port();
    let file = ini(port, &lines);
    let cause = format!("port {port} of 127.0.0.1 is silent: no greeting within 1s");
    let json = ill(
        &["-f", path(&file)],
        &cause,
        "check that the port is one for IMAP",
    );
    assert_eq!(step(&json, "tls")["outcome"], "ok");
    let file = ini(server.addr().port(), "timeout = 1\nssl = false");
    ill(
        &["-f", path(&file)],
        &format!("port {}", server.addr().port()),
        "",
    );
    no_password_came(&server);
}

#[test]
fn a_server_that_does_not_even_shake_hands() {
    let peer = Peer::start(|mut connection| connection.read_exact(1 << 20).map(drop));
    let port = peer.port();
    let file = ini(port, "timeout = 1");
    let cause = format!("port {port} of 127.0.0.1 is silent: no TLS handshake within 1s");
    ill(
        &["-f", path(&file)],
        &cause,
        "check that the port is one for TLS",
    );
    screens("silent", &["-f", path(&file)]);
}

#[test]
fn a_server_that_hangs_up_in_the_handshake() {
    let peer = Peer::start(|mut connection| {
        connection.read_exact(1)?;
        connection.close()
    });
    let port = peer.port();
    let cause = format!("port {port} of 127.0.0.1 closes the connection in the TLS handshake");
    let file = ini(port, "");
    ill(
        &["-f", path(&file)],
        &cause,
        "check that the port is one for TLS",
    );
}

#[test]
fn a_server_with_an_old_tls() {
    let peer = Peer::start(|mut connection| {
        connection.read_exact(1)?;
        // A fatal protocol_version alert.
        connection.send_bytes(&[21, 3, 1, 0, 2, 2, 70])?;
        connection.close()
    });
    let file = ini(peer.port(), "");
    let cause = format!(
        "port {} of 127.0.0.1 has only TLS 1.1 or older, which is not safe",
        peer.port()
    );
    ill(&["-f", path(&file)], &cause, "have the server updated");
}

#[test]
fn bytes_where_tls_should_begin() {
    let peer = Peer::start(|mut connection| {
        connection.send("* OK [CAPABILITY IMAP4rev1 STARTTLS] hello")?;
        let line = connection.read_line()?;
        let tag = line.split(' ').next().unwrap_or_default();
        connection.send(&format!("{tag} OK begin\r\n* OK [ALERT] trust me"))?;
        connection.read_line().map(drop)
    });
    let file = ini(peer.port(), "ssl = false\nstarttls = true");
    let cause =
        "the server violates the protocol: it sent unencrypted data after its OK to STARTTLS";
    ill(&["-f", path(&file)], cause, "do not log in here");
}

#[test]
fn a_server_that_falls_silent() {
    let server = server();
    server.add_rule(Rule::on("NAMESPACE").silence());
    let lines = format!("timeout = 1\nssl_ca_file = {}", server.ca_file().display());
    let file = ini(server.tls_addr().port(), &lines);
    let cause =
        "the server does not respond any more: timed out waiting for the answer to NAMESPACE";
    let json = ill(&["-f", path(&file)], cause, "try later");
    assert_eq!(step(&json, "login")["outcome"], "ok");
    assert_eq!(outcomes(&json).last(), Some(&("namespaces", "bad")));
}

#[test]
fn another_service() {
    for (hello, service) in [
        ("220 mail.example.org ESMTP", "SMTP or FTP"),
        ("+OK ready", "POP3"),
    ] {
        let peer = Peer::start(move |mut connection| {
            connection.send(hello)?;
            connection.wait_eof()
        });
        let port = peer.port();
        let file = ini(port, "ssl = false");
        let cause = format!("port {port} of 127.0.0.1 speaks {service}, not IMAP");
        let json = ill(&["-f", path(&file)], &cause, "IMAP is usually on port 993");
        assert_eq!(text(&step(&json, "greeting")["it_says"]), hello);
        peer.finish().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    use rustix::process::{Pid, Signal, kill_process};

    let (came, comes) = mpsc::channel();
    let peer = Peer::start(move |mut connection| {
        came.send(()).ok();
        connection.read_exact(1 << 20).map(drop)
    });
    let file = ini(peer.port(), "");
    let running = Running::start(program().args(["-f", path(&file), "doctor"]));
    // The first connection tests whether the port is open, the second is for the handshake.
    for _ in 0..2 {
        comes.recv_timeout(Duration::from_secs(10)).unwrap();
    }
    let id = i32::try_from(running.id()).ok().and_then(Pid::from_raw);
    kill_process(id.unwrap(), Signal::INT).unwrap();
    assert_eq!(running.end().status.code(), Some(130));
}
