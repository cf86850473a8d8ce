//! The round trips of whole tasks, on a simulated network: whenever the client waits, the server
//! gets everything that was sent before, and its answer ends one round trip. So their number
//! depends neither on the speed of the machine nor on anything else that runs.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

use std::{
    cell::{Cell, RefCell},
    io::{ErrorKind, Read as _, Write as _},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use imapclient::{
    Builder, Client, Copied, FetchItems, Flag, FlagChange, MessageCount, StatusItem, Uid, UidSet,
    transport::{self, Endpoint, First, Other, Pipe, Socket, TlsOptions, Wait, Want},
};
use imapclient_testkit::{Authority, Certificate};
use rustls::{ServerConfig, ServerConnection};

const USUAL: &str = "IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+ UIDPLUS ESEARCH ID MOVE";

thread_local! {
    /// The server of the next connection.
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
    /// The round trips of all connections of this thread.
    static ROUND_TRIPS: Cell<usize> = const { Cell::new(0) };
}

/// A server that answers commands about a mailbox with any number of messages.
struct Server {
    tls: Option<ServerConnection>,
    is_greeted: bool,
    /// The data of the client that are not answered.
    unread: Vec<u8>,
    /// The last UID that was assigned.
    uid: u32,
}

/// The client's end of a connection.
struct Far {
    server: Server,
    /// The data that are on their way to the server.
    sent: Vec<u8>,
    /// The data that have come from the server.
    coming: Vec<u8>,
}

impl Server {
    fn plain() -> Self {
        Self {
            tls: None,
            is_greeted: false,
            unread: Vec::new(),
            uid: 0,
        }
    }

    fn tls(config: &Arc<ServerConfig>) -> Self {
        Self {
            tls: Some(ServerConnection::new(Arc::clone(config)).unwrap()),
            ..Self::plain()
        }
    }

    /// Takes everything that the client has sent, and returns everything that there is to say.
    fn answer(&mut self, sent: &[u8]) -> Vec<u8> {
        let Some(mut tls) = self.tls.take() else {
            self.unread.extend_from_slice(sent);
            return self.answers().into_bytes();
        };
        let mut sent = sent;
        while !sent.is_empty() {
            tls.read_tls(&mut sent).unwrap();
            tls.process_new_packets().unwrap();
            match tls.reader().read_to_end(&mut self.unread) {
                Err(error) if error.kind() != ErrorKind::WouldBlock => panic!("{error}"),
                _ => {}
            }
        }
        if !tls.is_handshaking() {
            tls.writer().write_all(self.answers().as_bytes()).unwrap();
        }
        let mut coming = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut coming).unwrap();
        }
        self.tls = Some(tls);
        coming
    }

    /// Returns the greeting if it is due, and the answers to all commands that are complete.
    fn answers(&mut self) -> String {
        let mut answers = String::new();
        if !self.is_greeted {
            self.is_greeted = true;
            answers.push_str(&format!("* OK [CAPABILITY {USUAL}] hi\r\n"));
        }
        while let Some(line) = self.command() {
            let (tag, command) = line.split_once(' ').unwrap();
            let words: Vec<&str> = command.split(' ').collect();
            let mut done = "OK done".to_owned();
            match words[..] {
                ["AUTHENTICATE", ..] => done = format!("OK [CAPABILITY {USUAL}] welcome"),
                ["SELECT", ..] => answers.push_str(
                    "* 500 EXISTS\r\n* OK [UIDVALIDITY 9] ok\r\n* OK [UIDNEXT 501] ok\r\n",
                ),
                ["ID", ..] | ["UID", "COPY" | "MOVE" | "STORE" | "EXPUNGE", ..] => {}
                // Nothing is left of a set that was expunged.
                ["UID", "FETCH", set, ..] if set.contains(',') => {}
                ["UID", "FETCH", uid, ..] => {
                    answers.push_str(&format!("* {uid} FETCH (UID {uid} FLAGS (\\Seen))\r\n"));
                }
                ["STATUS", name, ..] => {
                    answers.push_str(&format!("* STATUS {name} (UNSEEN 7)\r\n"));
                }
                ["APPEND", ..] => {
                    self.uid += 1;
                    done = format!("OK [APPENDUID 9 {}] done", self.uid);
                }
                _ => panic!("{line}"),
            }
            answers.push_str(&format!("{tag} {done}\r\n"));
        }
        answers
    }

    /// Takes the next command, with its literal, if all of it has arrived.
    fn command(&mut self) -> Option<String> {
        let end = self.unread.windows(2).position(|end| end == b"\r\n")?;
        let line = String::from_utf8(self.unread[..end].to_vec()).unwrap();
        let size = line
            .strip_suffix("+}")
            .and_then(|line| line.rsplit_once('{'));
        let mut length = end + 2;
        if let Some((_, size)) = size {
            length += size.parse::<usize>().unwrap() + 2;
        }
        if self.unread.len() < length {
            return None;
        }
        self.unread.drain(..length);
        Some(line)
    }
}

impl Socket for Far {
    async fn connect(_: &Endpoint, _: Option<Duration>) -> Result<Self, transport::Error> {
        Ok(Self {
            server: SERVER.take().expect("a server"),
            sent: Vec::new(),
            coming: Vec::new(),
        })
    }

    async fn exchange(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        _: Wait,
    ) -> Result<Duration, transport::Error> {
        self.run(pipe, want)
    }

    async fn exchange_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        _: Other<'_, Self>,
        _: Wait,
    ) -> First {
        First::This(self.run(pipe, want))
    }

    fn is_local(&self) -> bool {
        false
    }

    fn now() -> Instant {
        Instant::now()
    }

    async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        work()
    }
}

impl Far {
    fn run(&mut self, pipe: &mut Pipe, want: Want) -> Result<Duration, transport::Error> {
        loop {
            pipe.transmit(&mut self.sent)?;
            if pipe.meets(want) || (pipe.has_input() && !pipe.wants_receive()) {
                return Ok(Duration::ZERO);
            }
            if self.coming.is_empty() {
                if !self.sent.is_empty() {
                    ROUND_TRIPS.set(ROUND_TRIPS.get() + 1);
                }
                self.coming = self.server.answer(&self.sent);
                self.sent.clear();
                assert!(!self.coming.is_empty(), "the client waits for ever");
            }
            let taken = pipe.receive(&mut self.coming.as_slice())?;
            self.coming.drain(..taken);
        }
    }
}

/// Returns the result of a future that never waits, and the number of its round trips.
fn counted<T>(future: impl Future<Output = T>) -> (T, usize) {
    let before = ROUND_TRIPS.get();
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => (value, ROUND_TRIPS.get() - before),
        Poll::Pending => panic!("nothing waits here"),
    }
}

fn settings() -> Builder<Client<Far>> {
    Builder::new("example.org").login("bob", "sekret".to_owned())
}

/// Returns a client that has logged in.
fn member() -> Client<Far> {
    SERVER.set(Some(Server::plain()));
    counted(settings().dangerous_plaintext().connect())
        .0
        .unwrap()
}

#[test]
fn uploads_of_500_messages_take_three_round_trips() {
    let mut client = member();
    let (stored, round_trips) = counted(async {
        let messages = (0..500).map(|_| vec![b'm'; 20 * 1024]);
        let mut uploads = client.append_each("Sent", messages).await.unwrap();
        let mut stored = Vec::new();
        while let Some(told) = uploads.next().await {
            stored.push(told.unwrap().unwrap().uids);
        }
        stored
    });
    let expected: Vec<_> = (1..=500).map(UidSet::from).collect();
    assert_eq!(stored, expected);
    assert!(round_trips <= 3, "{round_trips}");
}

#[test]
fn fetches_of_500_messages_take_three_round_trips() {
    let mut client = member();
    counted(client.select("INBOX")).0.unwrap();
    let requests = (1..=500).map(|uid| (uid, FetchItems::new().flags()));
    let (fetched, round_trips) = counted(client.fetch_many(requests));
    let fetched = fetched.unwrap();
    assert_eq!(fetched.len(), 500);
    for (fetched, uid) in fetched.into_iter().zip(1..) {
        let fetched = fetched.unwrap();
        let uids: Vec<_> = fetched.keys().copied().map(Uid::get).collect();
        assert_eq!(uids, [uid]);
    }
    assert!(round_trips <= 3, "{round_trips}");
}

#[test]
fn unread_counts_of_300_mailboxes_take_three_round_trips() {
    let mut client = member();
    let names = (1..=300).map(|number| format!("box{number}"));
    let (counts, round_trips) = counted(client.status_all(names, [StatusItem::Unseen]));
    let counts = counts.unwrap();
    assert_eq!(counts.len(), 300);
    for (name, status) in counts {
        let unseen = status.unwrap().unseen;
        assert_eq!(unseen.map(MessageCount::get), Some(7), "{name}");
    }
    assert!(round_trips <= 3, "{round_trips}");
}

#[test]
fn the_first_message_over_tls_takes_few_round_trips() {
    /// The handshake of TLS, the greeting, the login, SELECT and FETCH.
    const MOST: usize = 5;

    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["example.org"]));
    let config = identity.server_config();
    let options = TlsOptions::new()
        .without_native_roots()
        .ca_pem(authority.pem());
    let settings = settings().tls_options(options);
    // The second connection resumes the session of the first.
    for connection in ["first", "second"] {
        SERVER.set(Some(Server::tls(&config)));
        let (fetched, round_trips) = counted(async {
            let mut client = settings.clone().connect().await.unwrap();
            client.select("INBOX").await.unwrap();
            client.fetch(1, FetchItems::new().flags()).await.unwrap()
        });
        assert_eq!(fetched.len(), 1);
        assert!(round_trips <= MOST, "{connection}: {round_trips}");
    }
}

#[test]
fn the_name_of_the_program_takes_no_round_trip() {
    for is_told in [true, false] {
        SERVER.set(Some(Server::plain()));
        let mut settings = settings().dangerous_plaintext();
        if is_told {
            settings = settings.id([("name", "tool")]);
        }
        // The login and SELECT; the greeting comes by itself.
        let (opened, round_trips) = counted(async {
            let mut client = settings.connect().await.unwrap();
            client.select("INBOX").await.unwrap()
        });
        assert_eq!(opened.exists, 500);
        assert_eq!(round_trips, 2);
    }
}

#[test]
fn changes_of_long_sets_take_one_round_trip() {
    let many = || (1..=5000).map(|n| 2 * n).collect::<UidSet>();
    let mut client = member();
    counted(client.select("INBOX")).0.unwrap();
    let seen = FlagChange::add(Flag::Seen).silent();
    let (stored, round_trips) = counted(client.store(many(), seen));
    assert!(
        stored.unwrap().is_empty() && round_trips == 1,
        "{round_trips}"
    );
    let (copied, round_trips) = counted(client.copy(many(), "Archive"));
    assert_eq!((copied.unwrap(), round_trips), (Copied::Untold, 1));
    let (moved, round_trips) = counted(client.move_to(many(), "Archive"));
    assert_eq!((moved.unwrap().copied, round_trips), (Copied::Untold, 1));
    // The second one shows which messages are still there.
    let (removed, round_trips) = counted(client.uid_expunge(many()));
    assert!(
        removed.unwrap().left.is_empty() && round_trips == 2,
        "{round_trips}"
    );
}

#[test]
fn commands_that_are_sent_one_by_one_take_a_round_trip_each() {
    let mut client = member();
    let ((), round_trips) = counted(async {
        client.select("INBOX").await.unwrap();
        for uid in 1..=9 {
            client.fetch(uid, FetchItems::new().flags()).await.unwrap();
        }
    });
    assert_eq!(round_trips, 10);
}
