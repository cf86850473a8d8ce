//! Checks that all file descriptors are closed. The test has its own program, because descriptors
//! belong to the process.
#![cfg(all(target_os = "linux", any(feature = "ring", feature = "aws-lc-rs")))]

use std::{
    io,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use imapclient::Error;
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Identity, Peer};

#[path = "client/common.rs"]
#[allow(dead_code, reason = "made for more tests than these")]
mod common;

use common::{at_port, expect, plain, trusted};

const TIMES: usize = 200;

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Accepts bob and INBOX, and refuses everything else. Counts the LOGOUT commands.
fn serve(mut connection: Connection, goodbyes: &AtomicUsize) -> io::Result<()> {
    connection.send("* OK [CAPABILITY IMAP4rev1] hi")?;
    loop {
        let line = match connection.read_line() {
            // A client that is dropped does not log out.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            line => line?,
        };
        let (tag, command) = line.split_once(' ').expect("a tag and a command");
        match command {
            "LOGOUT" => {
                goodbyes.fetch_add(1, SeqCst);
                connection.send("* BYE")?;
                connection.send(&format!("{tag} OK"))?;
                return connection.wait_eof();
            }
            "LOGIN \"bob\" \"sekret\"" | "SELECT \"INBOX\"" => {
                connection.send(&format!("{tag} OK"))?;
            }
            _ => connection.send(&format!("{tag} NO"))?,
        }
    }
}

/// The servers of one round. They are in this process and have their own descriptors.
struct Servers {
    refusing: u16,
    good: Peer,
    rude: Peer,
    untrusted: Peer,
    goodbyes: Arc<AtomicUsize>,
}

impl Servers {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let goodbyes = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&goodbyes);
        let identity = Identity::self_signed(&["127.0.0.1"], false, false);
        Self {
            refusing: listener.local_addr().unwrap().port(),
            good: Peer::start(move |connection| serve(connection, &count)),
            rude: Peer::start(|mut connection| connection.send("* BYE no")),
            untrusted: Peer::start_tls(identity.server_config(), |mut connection| {
                expect(&mut connection, "nothing").map(drop)
            }),
            goodbyes,
        }
    }

    /// Stops the servers, and returns the number of LOGOUT commands.
    fn end(self) -> usize {
        self.good.finish().unwrap();
        self.rude.finish().unwrap();
        // All of its handshakes have failed.
        drop(self.untrusted);
        self.goodbyes.load(SeqCst)
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    pub(crate) fn rounds(servers: &Servers) {
        face_run(all(servers));
    }

    async fn all(servers: &Servers) {
        for _ in 0..TIMES {
            connects_that_fail(servers).await;
            sessions(servers).await;
        }
    }

    async fn connects_that_fail(servers: &Servers) {
        let (_, options) = trusted();
        let refused = at_port::<Client>(servers.refusing).connect().await;
        assert!(matches!(refused, Err(Error::Connect(_))));
        let turned_away = plain::<Client>(&servers.rude).connect().await;
        assert!(matches!(turned_away, Err(Error::Closed { .. })));
        let builder = at_port::<Client>(servers.untrusted.port()).tls_options(options);
        assert!(matches!(builder.connect().await, Err(Error::Tls(_))));
        let builder = plain::<Client>(&servers.good).login("bob", "wrong");
        assert!(matches!(builder.connect().await, Err(Error::Refused(_))));
    }

    async fn sessions(servers: &Servers) {
        let good = || plain::<Client>(&servers.good).login("bob", "sekret");
        let mut client = good().connect().await.unwrap();
        assert!(matches!(client.select("nowhere").await, Err(Error::Refused(_))));
        drop(client);

        let done = Client::with(good(), async |client: &mut Client| {
            client.select("INBOX").await.map(drop)
        });
        done.await.unwrap();
        let failed = Client::with(good(), async |client: &mut Client| {
            client.select("nowhere").await.map(drop)
        });
        assert!(matches!(failed.await, Err(Error::Refused(_))));
    }
}

#[test]
fn two_hundred_of_each_leave_none_open() {
    // The first runtime of a process opens shared descriptors if tokio is built with signals.
    #[cfg(feature = "tokio")]
    drop(
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap(),
    );
    let before = open_descriptors();
    let rounds: &[fn(&Servers)] = &[
        blocking_face::rounds,
        #[cfg(feature = "tokio")]
        tokio_face::rounds,
    ];
    for round in rounds {
        let servers = Servers::start();
        round(&servers);
        // Each `with` logs out, whether it succeeded or not.
        assert_eq!(servers.end(), 2 * TIMES);
        assert_eq!(open_descriptors(), before);
    }
}
