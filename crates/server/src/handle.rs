use super::{
    Builder, Mail, Received, Rule, Stored, session,
    shared::{Inbox, Shared},
    store::{AccountId, Flags, Store, StoreError},
};
use imap_codec::imap_types::flag::FlagFetch;
use imapclient_loopback::{Listener, TemporaryFile, lock};
use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

/// The name that the server's certificate is for, besides 127.0.0.1.
const HOST: &str = "localhost";

/// How long a test waits for clients to go.
const LIMIT: Duration = Duration::from_secs(10);

/// An IMAP server in memory, on free ports of 127.0.0.1.
///
/// It speaks IMAP4rev1 (RFC 3501) with LITERAL+, SASL-IR, IDLE, UIDPLUS, MULTIAPPEND, MOVE, UNSELECT, ENABLE, CONDSTORE, NAMESPACE, ID, CHILDREN,
/// SPECIAL-USE, CREATE-SPECIAL-USE, LIST-EXTENDED, LIST-STATUS, LIST-MYRIGHTS, ACL, QUOTA, SORT, THREAD, ESEARCH, SEARCHRES, WITHIN, STATUS=SIZE and
/// BINARY, and as [Gmail](Builder::gmail) with X-GM-EXT-1 and XLIST, from a thread for each connection. LITERAL- it knows where that is
/// [said](Builder::say_capability) and LITERAL+ is forgotten, UTF8=ACCEPT where that is said, APPENDLIMIT where there is [a limit](Builder::append_limit). A
/// [profile](Builder::profile) gives it the ways of a provider, [rules](Rule) make it misbehave, and it keeps what clients
/// [sent](Self::received). Dropping it closes all connections and ends all threads.
///
/// Accounts do not see each other's mailboxes: what is said of others in an ACL is kept and told, but only the owner's own rights are felt. They hold
/// for clients, and neither for what a test puts in or looks at nor for mail that comes.
///
/// ```
/// use imapclient_server::Server;
/// use std::{io::{BufRead, BufReader, Write}, net::TcpStream};
///
/// let server = Server::builder()
///     .user("bob", "sekret")
///     .mailbox("INBOX", |m| m.message("Subject: Hello\n\nHow are you?\n"))
///     .start();
///
/// let mut client = TcpStream::connect(server.addr())?;
/// client.write_all(b"a LOGIN bob sekret\r\nb STATUS INBOX (MESSAGES)\r\nc LOGOUT\r\n")?;
/// let lines: Vec<String> = BufReader::new(client).lines().collect::<Result<_, _>>()?;
/// assert_eq!(lines[2], "* STATUS INBOX (MESSAGES 1)");
/// assert_eq!(server.received()[0].command(), "LOGIN bob sekret");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Server {
    /// Before the shared part is gone its threads are.
    plain: Listener,
    tls: Listener,
    shared: Arc<Shared>,
    ca_pem: String,
    ca_file: OnceLock<TemporaryFile>,
    /// Passwords by name.
    users: BTreeMap<String, String>,
}

impl Server {
    /// Settings for a server.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn new(
        shared: Arc<Shared>,
        ca_pem: String,
        users: BTreeMap<String, String>,
    ) -> Self {
        let listen = |tls| {
            let shared = Arc::clone(&shared);
            Listener::start(move |stream| {
                // How a connection ends is the client's business; that it panicked would be ours.
                let _ = session::serve(&shared, stream, tls);
                Ok(())
            })
        };
        Self {
            plain: listen(false),
            tls: listen(true),
            shared,
            ca_pem,
            ca_file: OnceLock::new(),
            users,
        }
    }

    /// Where it listens for connections without TLS, or with STARTTLS.
    pub fn addr(&self) -> SocketAddr {
        self.plain.addr()
    }

    /// Where it listens for connections with TLS from the first byte.
    pub fn tls_addr(&self) -> SocketAddr {
        self.tls.addr()
    }

    /// The name that its certificate is for, besides 127.0.0.1.
    pub fn host(&self) -> &'static str {
        HOST
    }

    /// The certificate of the authority that signed its own, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// A file with [`ca_pem`](Self::ca_pem), which goes with the server.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn ca_file(&self) -> &Path {
        let file = self
            .ca_file
            .get_or_init(|| TemporaryFile::new("pem", &self.ca_pem));
        file.path()
    }

    /// The INI text for the account of a user, with TLS.
    ///
    /// # Panics
    ///
    /// If there is no such user.
    pub fn ini(&self, user: &str) -> String {
        let escape = |text: &str| text.replace('%', "%%");
        format!(
            "[DEFAULT]\nhost = {HOST}\nport = {}\nusername = {}\npassword = {}\nssl = true\nssl_ca_file = {}\n",
            self.tls_addr().port(),
            escape(user),
            escape(self.password(user)),
            escape(&self.ca_file().display().to_string()),
        )
    }

    /// Adds a rule about what it does otherwise than it should. The rule that was added first is asked first.
    pub fn add_rule(&self, rule: Rule) {
        lock(&self.shared.rules).add(rule);
    }

    /// Forgets all rules, and opens their gates.
    pub fn clear_rules(&self) {
        lock(&self.shared.rules).clear();
    }

    /// Has the server not know a capability any more, nor the commands that belong to it.
    pub fn forget_capability(&self, name: &str) {
        lock(&self.shared.capabilities).forget(name);
    }

    /// Has the server say a capability, whatever it does about it ([`Builder::say_capability`] has exceptions); or know it again if it was forgotten.
    pub fn say_capability(&self, name: &str) {
        lock(&self.shared.capabilities).say(name);
    }

    /// Has the server announce these capabilities before the login and after it, and know no others.
    pub(super) fn announce(&self, before: &'static str, after: &'static str) {
        lock(&self.shared.capabilities).announce(before, after);
    }

    /// Sends an untagged response to all connections of a user, as soon as they have answered the command that they are at; `* ` and CRLF are
    /// added. Gives how many they are.
    pub fn push(&self, user: &str, response: &str) -> usize {
        let push = |inbox: &mut Inbox| inbox.responses.push(response.to_owned());
        self.shared.tell(Some(user), push)
    }

    /// Closes all connections of a user without a word, as soon as they have answered the command that they are at. Gives how many they are.
    pub fn disconnect(&self, user: &str) -> usize {
        self.shared.tell(Some(user), |inbox| inbox.cut = true)
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.plain.open() + self.tls.open()
    }

    /// Waits until no connection is open.
    ///
    /// # Panics
    ///
    /// After ten seconds.
    pub fn wait_for_no_connections(&self) {
        let until = Instant::now() + LIMIT;
        let none = self.plain.wait_for_none(until) && self.tls.wait_for_none(until);
        assert!(none, "{} connections are open", self.connections());
    }

    /// What clients have sent: of all that, the newest 16 MiB.
    pub fn received(&self) -> Vec<Received> {
        self.shared.record.all()
    }

    /// Forgets what clients have sent.
    pub fn clear_received(&self) {
        self.shared.record.clear();
    }

    /// Waits until a client has sent a command that begins with this, after its tag and in any case; gives the oldest.
    ///
    /// # Panics
    ///
    /// After ten seconds.
    pub fn wait_for(&self, command: &str) -> Received {
        let wanted = command.to_ascii_uppercase();
        self.wait_until(|received| received.command().to_ascii_uppercase().starts_with(&wanted))
    }

    /// Waits until a client has sent something of a kind; gives the oldest.
    ///
    /// # Panics
    ///
    /// After ten seconds.
    pub fn wait_until(&self, wanted: impl FnMut(&Received) -> bool) -> Received {
        let found = self.shared.record.wait_for(wanted);
        found.unwrap_or_else(|| panic!("no client has sent it; but {:?}", self.received()))
    }

    /// Puts a message into a mailbox, as if it had come by mail; gives its UID.
    ///
    /// # Panics
    ///
    /// If there is no such user or mailbox, or no space.
    pub fn deliver(&self, user: &str, mailbox: &str, mail: impl Into<Mail>) -> u32 {
        let draft = mail.into().draft();
        let of = format!("{user}'s {mailbox:?}");
        let appended = self.with(user, |store, account| store.append(account, mailbox, draft));
        appended.unwrap_or_else(|error| panic!("{of}: {error}"))
    }

    /// The messages in a mailbox.
    ///
    /// # Panics
    ///
    /// If there is no such user or mailbox.
    pub fn messages(&self, user: &str, mailbox: &str) -> Vec<Stored> {
        let messages = self.with(user, |store, account| {
            let (view, _) = store.select(account, mailbox, true)?;
            let entries = view.hits().filter_map(|hit| store.entry(&view, hit));
            let messages = entries.map(|entry| Stored {
                uid: entry.uid,
                flags: names(&entry.flags),
                labels: entry.gmail.labels.names().map(ToOwned::to_owned).collect(),
                date: entry.date,
                bytes: entry.message.raw().to_vec(),
            });
            Ok::<_, StoreError>(messages.collect())
        });
        messages.unwrap_or_else(|error| panic!("{user}'s {mailbox:?}: {error}"))
    }

    /// Gives a mailbox another UIDVALIDITY and its messages other UIDs.
    ///
    /// # Panics
    ///
    /// If there is no such user or mailbox.
    pub fn renumber(&self, user: &str, mailbox: &str) {
        let done = self.with(user, |store, account| store.renumber(account, mailbox));
        done.unwrap_or_else(|error| panic!("{user}'s {mailbox:?}: {error}"));
    }

    /// Takes no more connections and waits for all to end, as they do by LOGOUT and when the client closes.
    ///
    /// # Errors
    ///
    /// What panicked in them, one a line.
    pub fn finish(self) -> Result<(), String> {
        self.end(false)
    }

    /// As dropping it: takes no more connections, closes all, and waits for their threads.
    ///
    /// # Errors
    ///
    /// What panicked in them, one a line.
    pub fn stop(self) -> Result<(), String> {
        self.cut();
        self.end(true)
    }

    fn end(mut self, cut: bool) -> Result<(), String> {
        self.plain.stop(cut);
        self.tls.stop(cut);
        let faults = [self.plain.take_faults(), self.tls.take_faults()].concat();
        if faults.is_empty() {
            return Ok(());
        }
        Err(faults.join("\n"))
    }

    /// Closes all connections that are open now, whatever they are at.
    fn cut(&self) {
        self.plain.cut();
        self.tls.cut();
        // Who waits at a gate does not notice that the connection is closed.
        lock(&self.shared.rules).release();
    }

    fn with<T>(&self, user: &str, work: impl FnOnce(&mut Store, AccountId) -> T) -> T {
        let mut store = lock(&self.shared.store);
        let account = store.account(user);
        work(
            &mut store,
            account.unwrap_or_else(|| panic!("no user {user:?}")),
        )
    }

    /// Returns the password of a user.
    ///
    /// # Panics
    ///
    /// If there is no such user.
    pub fn password(&self, user: &str) -> &str {
        let password = self.users.get(user);
        password.unwrap_or_else(|| panic!("no user {user:?}"))
    }
}

fn names(flags: &Flags) -> Vec<String> {
    let told = flags.told(false).into_iter();
    told.filter_map(|flag| match flag {
        FlagFetch::Flag(flag) => Some(flag.to_string()),
        FlagFetch::Recent => None,
    })
    .collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.cut();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("addr", &self.addr())
            .field("tls_addr", &self.tls_addr())
            .finish_non_exhaustive()
    }
}
