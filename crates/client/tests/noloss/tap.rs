//! A relay that keeps what both sides send.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// The bytes that one side has sent.
type Sent = Arc<Mutex<Vec<u8>>>;

/// A relay for one connection. Its threads end with the connection.
pub(crate) struct Tap {
    addr: SocketAddr,
    from_client: Sent,
    from_server: Sent,
}

impl Tap {
    /// Starts a relay to this server.
    pub(crate) fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let addr = listener.local_addr().expect("its address");
        let (from_client, from_server) = (Sent::default(), Sent::default());
        let (sent, received) = (Arc::clone(&from_client), Arc::clone(&from_server));
        thread::spawn(move || {
            let (client, _) = listener.accept().expect("a client");
            let server = TcpStream::connect(target).expect("the server");
            let reader = server.try_clone().expect("a second handle");
            let writer = client.try_clone().expect("a second handle");
            thread::spawn(move || relay(reader, writer, &received));
            relay(client, server, &sent);
        });
        Self {
            addr,
            from_client,
            from_server,
        }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns what the client and the server have sent so far.
    pub(crate) fn sent(&self) -> (Vec<u8>, Vec<u8>) {
        let copy = |sent: &Sent| sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (copy(&self.from_client), copy(&self.from_server))
    }
}

/// Copies until the end. Bytes are kept before they are passed on, so that a side which has
/// received something finds it there.
fn relay(mut from: TcpStream, mut to: TcpStream, sent: &Sent) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..count];
        sent.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    // The other side may have closed the connection already.
    let _ = to.shutdown(Shutdown::Write);
}
