//! Shared parts of the tests: peers, and settings to connect to them.

use std::{error::Error as _, time::Duration};

use imapclient::{Builder, CopyUid, Error, Seq, Uid, Workaround, transport::TlsOptions};
use imapclient_test_macros::faces;
use imapclient_testkit::{Authority, Certificate, Connection, Identity, Peer, Script};

/// A time that is long enough for anything that is not meant to time out.
pub(crate) const LONG: Duration = Duration::from_secs(8);

/// The end of a script: the client logs out and sends nothing before.
const GOODBYE: &str = "
    C: <bye> LOGOUT
    S: * BYE
    S: <bye> OK";

/// Starts a peer that follows a script.
pub(crate) fn scripted(script: &str) -> Peer {
    let script = Script::parse(script);
    Peer::start(move |connection| script.run(connection))
}

/// Starts a peer that needs a login and lists these capabilities in its greeting. Its script ends
/// with LOGOUT, as in the functions below.
pub(crate) fn stranger(capabilities: &str, script: &str) -> Peer {
    scripted(&format!(
        "S: * OK [CAPABILITY IMAP4rev1{capabilities}] hello\n{script}{GOODBYE}"
    ))
}

/// Starts a peer that needs no login.
pub(crate) fn member(capabilities: &str, script: &str) -> Peer {
    scripted(&format!(
        "S: * PREAUTH [CAPABILITY IMAP4rev1{capabilities}] hello\n{script}{GOODBYE}"
    ))
}

/// Starts a peer that expects SELECT of INBOX first. INBOX has 3 messages.
pub(crate) fn reader(capabilities: &str, script: &str) -> Peer {
    let select = "
        C: <open> SELECT \"INBOX\"
        S: * 3 EXISTS
        S: <open> OK [READ-WRITE] opened";
    member(capabilities, &format!("{select}\n{script}"))
}

/// Sends the greeting of [`member`], for peers without a script.
pub(crate) fn greet(connection: &mut Connection, capabilities: &str) -> std::io::Result<()> {
    connection.send(&format!(
        "* PREAUTH [CAPABILITY IMAP4rev1{capabilities}] hello"
    ))
}

/// Expects a command and returns its tag.
pub(crate) fn expect(connection: &mut Connection, command: &str) -> std::io::Result<String> {
    let line = connection.read_line()?;
    match line.split_once(' ') {
        Some((tag, rest)) if rest == command => Ok(tag.to_owned()),
        _ => Err(std::io::Error::other(format!(
            "expected {command:?}, got {line:?}"
        ))),
    }
}

/// Expects a command and answers OK.
pub(crate) fn serve(connection: &mut Connection, command: &str) -> std::io::Result<()> {
    let tag = expect(connection, command)?;
    connection.send(&format!("{tag} OK done"))
}

/// Answers LOGOUT, and checks that no further data follow.
pub(crate) fn goodbye(connection: &mut Connection) -> std::io::Result<()> {
    let tag = expect(connection, "LOGOUT")?;
    connection.send("* BYE")?;
    connection.send(&format!("{tag} OK"))?;
    connection.wait_eof()
}

/// Returns settings for a peer without TLS.
pub(crate) fn plain<C>(peer: &Peer) -> Builder<C> {
    at_port(peer.port()).dangerous_plaintext()
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    /// Connects without TLS to a peer that needs no login.
    pub(crate) async fn connect(peer: &Peer) -> Client {
        plain::<Client>(peer).connect().await.unwrap()
    }

    /// Connects as [`connect`] does, and opens INBOX.
    pub(crate) async fn open(peer: &Peer) -> Client {
        let mut client = connect(peer).await;
        client.select("INBOX").await.unwrap();
        client
    }

    /// Logs out, and checks that the peer received nothing unexpected.
    pub(crate) async fn leave(client: Client, peer: Peer) {
        client.logout().await.unwrap();
        peer.finish().unwrap();
    }

    /// Does the same as [`leave`], after a check of the workarounds in force on the connection.
    pub(crate) async fn leave_with(client: Client, peer: Peer, expected: &[Workaround]) {
        let workarounds: Vec<_> = client.workarounds().iter().copied().collect();
        assert_eq!(workarounds, expected);
        leave(client, peer).await;
    }
}

/// Returns settings for a port of the local host.
pub(crate) fn at_port<C>(port: u16) -> Builder<C> {
    Builder::new("127.0.0.1")
        .port(port)
        .timeout(LONG)
        .connect_timeout(LONG)
}

/// Returns a certificate for peers, and the settings that trust it.
pub(crate) fn trusted() -> (Identity, TlsOptions) {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["127.0.0.1"]));
    let options = TlsOptions::new()
        .without_native_roots()
        .ca_pem(authority.pem());
    (identity, options)
}

/// Starts a peer with TLS, and returns the settings to connect to it.
pub(crate) fn secure<C>(
    act: impl Fn(&mut Connection) -> std::io::Result<()> + Send + Sync + 'static,
) -> (Peer, Builder<C>) {
    let (identity, options) = trusted();
    let peer = Peer::start_tls(identity.server_config(), move |mut connection| {
        act(&mut connection)
    });
    let builder = at_port(peer.port()).tls_options(options);
    (peer, builder)
}

/// Expects a command that begins with this text. Returns its tag and the rest.
pub(crate) fn expect_start(
    connection: &mut Connection,
    start: &str,
) -> std::io::Result<(String, String)> {
    let line = connection.read_line()?;
    let (tag, command) = line.split_once(' ').unwrap_or_default();
    match command.strip_prefix(start) {
        Some(rest) => Ok((tag.to_owned(), rest.trim_start().to_owned())),
        None => Err(std::io::Error::other(format!(
            "expected {start:?}, got {line:?}"
        ))),
    }
}

/// Returns the text of an error with all its causes.
pub(crate) fn text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Returns the UID with this number.
#[track_caller]
pub(crate) fn uid(number: u32) -> Uid {
    Uid::new(number).expect("no UID is 0")
}

/// Returns the sequence number with this value.
#[track_caller]
pub(crate) fn seq(number: u32) -> Seq {
    Seq::new(number).expect("no sequence number is 0")
}

/// Returns the old and the new UID of each message as plain numbers.
pub(crate) fn pairs(copied: &CopyUid) -> Vec<(u32, u32)> {
    let pairs = copied.pairs();
    pairs.map(|(old, new)| (old.get(), new.get())).collect()
}

/// Returns the conversation as it was logged.
pub(crate) fn lines<'a>(log: impl Iterator<Item = &'a imapclient::WireLine>) -> Vec<String> {
    log.map(ToString::to_string).collect()
}
