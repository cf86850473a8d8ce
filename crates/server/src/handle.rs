//! The server as a test holds it.

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use imap_codec::imap_types::flag::FlagFetch;
use imapclient_loopback::{Listener, TemporaryFile, lock};

use super::{
    Builder, Mail, Received, Rule, Stored, session,
    shared::{Inbox, Shared},
    store::{AccountId, Flags, Store, StoreError},
};

/// The name in the certificate of the server, besides 127.0.0.1.
const HOST: &str = "localhost";

/// The longest time to wait for clients to disconnect.
const LIMIT: Duration = Duration::from_secs(10);

/// An in-memory IMAP server on free ports of 127.0.0.1.
///
/// It supports IMAP4rev1 (RFC 3501) with LITERAL+, SASL-IR, IDLE, UIDPLUS, MULTIAPPEND, MOVE,
/// UNSELECT, ENABLE, CONDSTORE, NAMESPACE, ID, CHILDREN, SPECIAL-USE, CREATE-SPECIAL-USE,
/// LIST-EXTENDED, LIST-STATUS, LIST-MYRIGHTS, ACL, QUOTA, SORT, THREAD, ESEARCH, SEARCHRES, WITHIN,
/// STATUS=SIZE and BINARY, and with the extensions of [Gmail](Builder::gmail) also X-GM-EXT-1 and
/// XLIST. It supports QRESYNC, NOTIFY, METADATA and UTF8=ACCEPT if they are [announced](Builder::say_capability),
/// LITERAL- if that is announced and LITERAL+ is removed, and APPENDLIMIT if there is
/// [a limit](Builder::append_limit). There is one thread for each connection. A
/// [profile](Builder::profile) imitates a provider, [rules](Rule) cause faults, and
/// [`received`](Self::received) returns the data that clients have sent. Dropping the server closes
/// all connections and ends all threads.
///
/// Users cannot see each other's mailboxes: rights of other users in an ACL are stored and
/// returned, but only the rights of the owner have an effect. They apply to clients, but not to the
/// methods of this type.
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
    /// The listeners come first, so that their threads end before the shared part is dropped.
    plain: Listener,
    tls: Listener,
    shared: Arc<Shared>,
    ca_pem: String,
    ca_file: OnceLock<TemporaryFile>,
    /// Passwords by name.
    users: BTreeMap<String, String>,
}

impl Server {
    /// Returns a builder with the settings of a server.
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
                // The error at the end of a connection concerns the client only; a panic would
                // concern the server.
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

    /// Returns the address for connections without TLS, or with STARTTLS.
    pub fn addr(&self) -> SocketAddr {
        self.plain.addr()
    }

    /// Returns the address for connections with implicit TLS.
    pub fn tls_addr(&self) -> SocketAddr {
        self.tls.addr()
    }

    /// Returns the name in the certificate, besides 127.0.0.1.
    pub fn host(&self) -> &'static str {
        HOST
    }

    /// Returns the certificate of the authority that signed the server's certificate, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Returns the path of a file with [`ca_pem`](Self::ca_pem), which is removed with the server.
    ///
    /// # Panics
    /// Panics if the file cannot be written.
    pub fn ca_file(&self) -> &Path {
        let file = self
            .ca_file
            .get_or_init(|| TemporaryFile::new("pem", &self.ca_pem));
        file.path()
    }

    /// Returns the text of an INI file for the account of a user, with TLS.
    ///
    /// # Panics
    /// Panics if the user does not exist.
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

    /// Adds a rule that changes the behaviour of the server. Rules are tried in the order in which
    /// they were added.
    pub fn add_rule(&self, rule: Rule) {
        lock(&self.shared.rules).add(rule);
    }

    /// Removes all rules, and opens their gates.
    pub fn clear_rules(&self) {
        lock(&self.shared.rules).clear();
    }

    /// Removes a capability and its commands.
    pub fn forget_capability(&self, name: &str) {
        lock(&self.shared.capabilities).forget(name);
    }

    /// Announces a capability, even if the server does not implement it (for exceptions see
    /// [`Builder::say_capability`]), or restores one that was removed.
    pub fn say_capability(&self, name: &str) {
        lock(&self.shared.capabilities).say(name);
    }

    /// Announces these capabilities before and after the login, and removes all others.
    pub(super) fn announce(&self, before: &'static str, after: &'static str) {
        lock(&self.shared.capabilities).announce(before, after);
    }

    /// Sends an untagged response to all connections of a user, after the response to their current
    /// command. `* ` and CRLF are added. Returns the number of connections.
    pub fn push(&self, user: &str, response: &str) -> usize {
        let push = |inbox: &mut Inbox| inbox.responses.push(response.to_owned());
        self.shared.tell(Some(user), push)
    }

    /// Ends the notifications of NOTIFY on all connections of a user with `NOTIFICATIONOVERFLOW`
    /// (RFC 5465 §5.8), after the response to their current command. Connections without NOTIFY are
    /// not affected. Returns the number of connections.
    pub fn overflow(&self, user: &str) -> usize {
        self.shared.tell(Some(user), |inbox| inbox.overflow = true)
    }

    /// Closes all connections of a user without a BYE, after the response to their current command.
    /// Returns the number of connections.
    pub fn disconnect(&self, user: &str) -> usize {
        self.shared.tell(Some(user), |inbox| inbox.cut = true)
    }

    /// Returns the number of open connections.
    pub fn connections(&self) -> usize {
        self.plain.open() + self.tls.open()
    }

    /// Waits until no connection is open.
    ///
    /// # Panics
    /// Panics after ten seconds.
    pub fn wait_for_no_connections(&self) {
        let until = Instant::now() + LIMIT;
        let none = self.plain.wait_for_none(until) && self.tls.wait_for_none(until);
        assert!(none, "{} connections are open", self.connections());
    }

    /// Returns the data that clients have sent, up to the newest 16 MiB.
    pub fn received(&self) -> Vec<Received> {
        self.shared.record.all()
    }

    /// Discards the data that clients have sent.
    pub fn clear_received(&self) {
        self.shared.record.clear();
    }

    /// Waits until a client has sent a command that begins with this text after its tag, without
    /// regard to case. Returns the oldest one.
    ///
    /// # Panics
    /// Panics after ten seconds.
    pub fn wait_for(&self, command: &str) -> Received {
        let wanted = command.to_ascii_uppercase();
        self.wait_until(|received| received.command().to_ascii_uppercase().starts_with(&wanted))
    }

    /// Waits until a client has sent data for which `wanted` returns true. Returns the oldest.
    ///
    /// # Panics
    /// Panics after ten seconds.
    pub fn wait_until(&self, wanted: impl FnMut(&Received) -> bool) -> Received {
        let found = self.shared.record.wait_for(wanted);
        found.unwrap_or_else(|| panic!("no client has sent it; but {:?}", self.received()))
    }

    /// Adds a message to a mailbox, like the delivery of mail. Returns its UID.
    ///
    /// # Panics
    /// Panics if the user or the mailbox does not exist, or if the quota is exceeded.
    pub fn deliver(&self, user: &str, mailbox: &str, mail: impl Into<Mail>) -> u32 {
        let draft = mail.into().draft();
        let of = format!("{user}'s {mailbox:?}");
        let appended = self.with(user, |store, account| store.append(account, mailbox, draft));
        appended.unwrap_or_else(|error| panic!("{of}: {error}"))
    }

    /// Returns the messages in a mailbox.
    ///
    /// # Panics
    /// Panics if the user or the mailbox does not exist.
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

    /// Changes the UIDVALIDITY of a mailbox and the UIDs of its messages.
    ///
    /// # Panics
    /// Panics if the user or the mailbox does not exist.
    pub fn renumber(&self, user: &str, mailbox: &str) {
        let done = self.with(user, |store, account| store.renumber(account, mailbox));
        done.unwrap_or_else(|error| panic!("{user}'s {mailbox:?}: {error}"));
    }

    /// Stops accepting connections, and waits until all have ended by LOGOUT or been closed by the
    /// client.
    ///
    /// # Errors
    /// Fails with the messages of panics in the connections, one per line.
    pub fn finish(self) -> Result<(), String> {
        self.end(false)
    }

    /// Stops accepting connections, closes all of them, and waits for their threads, as dropping
    /// the server does.
    ///
    /// # Errors
    /// Fails with the messages of panics in the connections, one per line.
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

    /// Closes all open connections at once.
    fn cut(&self) {
        self.plain.cut();
        self.tls.cut();
        // A thread that waits at a gate does not notice that the connection is closed.
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
    /// Panics if the user does not exist.
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
