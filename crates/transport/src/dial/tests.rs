//! Tests of names, addresses and time limits.

use super::*;

#[test]
fn the_time_that_is_left() {
    let now = Instant::now();
    let budget = Budget::new(Some(Duration::from_secs(12)), now);
    let later = now + Duration::from_secs(4);
    assert_eq!(budget.left(later).unwrap(), Some(Duration::from_secs(8)));
    let error = budget.left(now + Duration::from_secs(12)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}

#[test]
fn what_does_not_end_is_left_behind() {
    let (release, held) = mpsc::channel::<()>();
    let limit = Some(Duration::from_millis(20));
    let error = bounded(limit, move || {
        // Ends when the sender is dropped, whether or not it sends.
        let _ = held.recv();
        Ok(())
    });
    assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut);
    drop(release);
    assert_eq!(bounded(Some(Duration::from_secs(10)), || Ok(7)).unwrap(), 7);
}

#[test]
fn no_limit_and_an_endless_one() {
    let now = Instant::now();
    assert_eq!(Budget::new(None, now).left(now).unwrap(), None);
    let endless = Budget::new(Some(Duration::MAX), now);
    assert_eq!(endless.left(now).unwrap(), None);
}

/// Addresses of this machine on one port. The first, 127.0.0.1, lets clients wait for ever, since
/// its queue is full. The second, 127.0.0.2, accepts them.
#[cfg(target_os = "linux")]
struct Addresses {
    addresses: [SocketAddr; 2],
    _silent: (std::net::TcpListener, Vec<TcpStream>),
    alive: std::net::TcpListener,
}

#[cfg(target_os = "linux")]
impl Addresses {
    fn new() -> Self {
        use rustix::net::{AddressFamily, SocketType, bind, listen, socket};
        use std::net::TcpListener;
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        bind(&socket, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        listen(&socket, 0).unwrap();
        let silent = TcpListener::from(socket);
        let first = silent.local_addr().unwrap();
        let mut clients = Vec::new();
        while let Ok(client) = TcpStream::connect_timeout(&first, Duration::from_millis(100)) {
            clients.push(client);
            assert!(clients.len() < 100, "the queue does not fill");
        }
        let second = SocketAddr::from(([127, 0, 0, 2], first.port()));
        Self {
            addresses: [first, second],
            _silent: (silent, clients),
            alive: TcpListener::bind(second).unwrap(),
        }
    }

    /// Returns an address of this machine that refuses connections.
    fn refusing(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 3], self.addresses[0].port()))
    }

    fn silent(&self) -> SocketAddr {
        self.addresses[0]
    }
}

/// Longer than anything should take that is not meant to time out.
#[cfg(target_os = "linux")]
const LONG: Duration = Duration::from_secs(60);

/// Runs a test with the connecting code of each socket.
#[cfg(target_os = "linux")]
fn with_both(
    test: impl Fn(&Addresses, &dyn Fn(&[SocketAddr], Duration) -> io::Result<SocketAddr>),
) {
    let addresses = Addresses::new();
    test(&addresses, &|addresses, limit| {
        blocking::connect(addresses, Some(Instant::now() + limit))?.peer_addr()
    });
    #[cfg(feature = "tokio")]
    test(&addresses, &|addresses, limit| {
        let runtime = ::tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let until = Some(Instant::now() + limit);
            tokio::connect(addresses, until).await?.peer_addr()
        })
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_silent_address_does_not_hold_up_the_next_one() {
    with_both(|there, connect| {
        let begin = Instant::now();
        assert_eq!(connect(&there.addresses, LONG).unwrap(), there.addresses[1]);
        let took = begin.elapsed();
        assert!(
            took >= Duration::from_millis(250) && took < LONG,
            "{took:?}"
        );
        drop(there.alive.accept().unwrap());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn of_several_dead_addresses_each_is_told_with_its_reason() {
    with_both(|there, connect| {
        let limit = Duration::from_millis(300);
        let error = connect(&[there.refusing(), there.silent()], limit).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let text = error.to_string();
        assert!(
            text.starts_with("127.0.0.3: Connection refused")
                && text.ends_with("; 127.0.0.1: timed out"),
            "{text}"
        );
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_that_ends_before_the_next_address_begins() {
    with_both(|there, connect| {
        let begin = Instant::now();
        let error = connect(&there.addresses, Duration::from_millis(20)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "127.0.0.1: timed out; 127.0.0.2: no time was left to try it"
        );
        assert!(begin.elapsed() < LONG);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn after_a_refusal_the_next_address_begins_at_once() {
    with_both(|there, connect| {
        // With a head start for each of them the time would be too short.
        let refusing = there.refusing();
        let mut addresses = vec![refusing; 400];
        addresses.push(there.addresses[1]);
        assert_eq!(connect(&addresses, LONG).unwrap(), there.addresses[1]);
        drop(there.alive.accept().unwrap());
    });
}

#[test]
fn loopback_has_many_addresses() {
    for (address, expected) in [
        ("127.0.0.1:143", true),
        ("127.8.9.1:143", true),
        ("[::1]:143", true),
        ("[::ffff:127.0.0.1]:143", true),
        ("192.0.2.1:143", false),
        ("[2001:db8::1]:143", false),
    ] {
        assert_eq!(
            is_loopback(Ok(address.parse().unwrap())),
            expected,
            "{address}"
        );
    }
    assert!(!is_loopback(Err(io::ErrorKind::NotConnected.into())));
}
