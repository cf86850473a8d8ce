//! A test for leaks of a server. It is alone in its program, whose descriptors, threads and memory
//! it counts.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use imapclient_testkit::{Proxy, Server};

const AT_ONCE: usize = 50;

#[derive(Debug, PartialEq, Eq)]
struct Used {
    descriptors: usize,
    threads: usize,
}

#[test]
fn a_thousand_connections_leave_nothing() {
    let before = used();
    let server = Server::builder().user("bob", "sekret").sample().start();
    let proxy = Proxy::start(server.addr());
    // Lazily created data are created before the count.
    for _ in 0..4 {
        open_and_close(server.addr(), &server);
        open_and_close(proxy.addr(), &server);
    }
    proxy.wait_for_no_connections();
    let (running, memory) = (used(), resident());
    for _ in 0..1000 / AT_ONCE / 2 {
        open_and_close(server.addr(), &server);
        open_and_close(proxy.addr(), &server);
    }
    proxy.wait_for_no_connections();
    let after = used();
    assert_eq!(after.descriptors, running.descriptors);
    // A thread may end slightly later than its connection, so those of the last round may remain.
    assert!(
        after.threads <= running.threads + 2 * AT_ONCE,
        "{running:?}, then {after:?}"
    );
    let grown = resident().saturating_sub(memory);
    assert!(grown < 4 << 20, "{grown} bytes more");
    drop(proxy);
    drop(server);
    // The system still counts a joined thread for a moment.
    let left = (0..1000).map(|_| used()).find(|used| *used == before);
    assert_eq!(left, Some(before));
}

/// Opens connections at the same time, and ends them in all possible ways.
fn open_and_close(addr: SocketAddr, server: &Server) {
    let mut clients: Vec<_> = (0..AT_ONCE).map(|_| connect(addr)).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        say(client, "a LOGIN bob sekret");
        say(client, "a SELECT INBOX");
        match number % 5 {
            0 => say(client, "a LOGOUT"),
            1 => client.get_mut().write_all(b"a IDLE\r\n").unwrap(),
            2 => client
                .get_mut()
                .write_all(b"a APPEND INBOX {100}\r\nhalf")
                .unwrap(),
            3 => say(client, "a FETCH 1:10 ALL"),
            _ => {}
        }
    }
    drop(clients);
    server.wait_for_no_connections();
    server.clear_received();
}

fn connect(addr: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(addr).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let mut client = BufReader::new(stream);
    let mut greeting = String::new();
    client.read_line(&mut greeting).unwrap();
    client
}

/// Sends a command and reads up to its OK.
fn say(client: &mut BufReader<TcpStream>, command: &str) {
    client
        .get_mut()
        .write_all(format!("{command}\r\n").as_bytes())
        .unwrap();
    let mut line = Vec::new();
    while !line.starts_with(b"a OK ") {
        line.clear();
        assert!(
            client.read_until(b'\n', &mut line).unwrap() > 0,
            "{command}"
        );
    }
}

fn used() -> Used {
    let count = |folder: &str| fs::read_dir(folder).unwrap().count();
    Used {
        descriptors: count("/proc/self/fd"),
        threads: count("/proc/self/task"),
    }
}

/// Returns the resident memory, in bytes.
fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().split(' ').next().unwrap();
    number.parse::<usize>().unwrap() * 1024
}
