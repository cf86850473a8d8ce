//! Tests of logging in: the commands that the options cause.

use std::{fs, time::Duration};

use imapclient::{
    Error as ClientError, Security,
    auth::{App, AuthorizationCode, Provider, RefreshToken, TokenError, TokenSource},
    blocking::Client,
};
use imapclient_config::{
    Account, Address, Credentials, Error, Loader, PasswordMethod, Section, Server as At,
};
use imapclient_testkit::{Authority, Certificate, OAuthFault, OAuthProvider, Peer, Rule, Server};

fn section(text: &str) -> Section {
    let loader = Loader::new().environment(|_| None);
    loader.parse(text, "conf.ini").unwrap().default
}

fn account(text: &str) -> Account {
    section(text).account().unwrap()
}

/// Returns the command by which an account with these options logs in on a server that supports all
/// mechanisms.
fn command(lines: &str) -> String {
    let mut builder = Server::builder().user("bob", "sekret");
    for mechanism in ["SCRAM-SHA-1", "SCRAM-SHA-256"] {
        builder = builder
            .say_capability(&format!("AUTH={mechanism}"))
            .say_capability(&format!("AUTH={mechanism}-PLUS"));
    }
    let server = builder.start();
    let account = account(&format!("{}{lines}", server.ini("bob")));
    let client = account.builder::<Client>().unwrap().connect().unwrap();
    client.logout().unwrap();
    let received = server.received();
    let commands = received.iter().map(|received| received.command());
    let login = commands
        .filter(|command| command.starts_with("AUTHENTICATE") || command.starts_with("LOGIN "))
        .map(|command| command.split(' ').take(2).collect::<Vec<_>>().join(" "));
    login.collect::<Vec<_>>().join(", ")
}

#[test]
fn one_option_forces_one_way() {
    for (auth, expected) in [
        ("auto", "AUTHENTICATE SCRAM-SHA-256-PLUS"),
        ("plain", "AUTHENTICATE PLAIN"),
        ("login", "LOGIN \"bob\""),
        ("sasl-login", "AUTHENTICATE LOGIN"),
        ("scram-sha-1", "AUTHENTICATE SCRAM-SHA-1"),
        ("scram-sha-1-plus", "AUTHENTICATE SCRAM-SHA-1-PLUS"),
        ("scram-sha-256", "AUTHENTICATE SCRAM-SHA-256"),
        ("scram-sha-256-plus", "AUTHENTICATE SCRAM-SHA-256-PLUS"),
    ] {
        assert_eq!(command(&format!("auth = {auth}\n")), expected, "{auth}");
    }
}

/// Returns the commands that an account with these options sends to a server that refuses SCRAM.
fn sent(lines: &str) -> Vec<String> {
    let server = Server::builder()
        .user("bob", "sekret")
        .say_capability("AUTH=SCRAM-SHA-256")
        .start();
    server.add_rule(Rule::on("AUTHENTICATE").once().no("no"));
    let account = account(&format!("{}{lines}", server.ini("bob")));
    let result = account.builder::<Client>().unwrap().connect();
    assert_eq!(result.is_ok(), !lines.contains("fallback"), "{lines}");
    if let Ok(client) = result {
        // Connecting does not wait for the answer to an ID.
        client.logout().unwrap();
    }
    let received = server.received();
    let commands = received.iter().map(|received| received.command());
    let commands = commands.filter(|command| *command != "LOGOUT");
    commands.collect()
}

#[test]
fn what_else_is_done_to_log_in_can_be_set() {
    let all = sent("");
    assert!(
        matches!(&all[..], [first, second]
        if first.starts_with("AUTHENTICATE SCRAM-SHA-256 ")
            && second.starts_with("AUTHENTICATE PLAIN ")),
        "{all:?}"
    );
    assert_eq!(sent("fallback = false\n").len(), 1);
    let all = sent("sasl_ir = false\n");
    assert_eq!(all[0], "AUTHENTICATE SCRAM-SHA-256");
    let own = format!(
        "ID (\"name\" \"imapclient\" \"version\" \"{}\")",
        env!("CARGO_PKG_VERSION")
    );
    let all = sent("send_id = true\n");
    assert_eq!(all.last(), Some(&own), "{all:?}");
    let all = sent("compress = true\n");
    assert_eq!(all.last().map(String::as_str), Some("COMPRESS DEFLATE"));
    // The server is on this machine.
    let all = sent("compress = auto\n");
    assert!(!all.iter().any(|command| command.starts_with("COMPRESS")));
}

#[cfg(unix)]
#[test]
fn a_command_prints_the_password() {
    let text = "[DEFAULT]\nhost = h\nusername = bob\npassword_command = exit 3\n";
    assert!(account(text).builder::<Client>().is_ok());
    let server = Server::builder().user("bob", "sekret").start();
    let ini = server
        .ini("bob")
        .replace("password = sekret", "password_command = echo sekret");
    for auth in ["auto", "plain", "login"] {
        let account = account(&format!("{ini}auth = {auth}\n"));
        let client = account.builder::<Client>().unwrap().connect().unwrap();
        client.logout().unwrap();
    }
    let account = account(&ini.replace("echo sekret", "exit 3"));
    let error = account.builder::<Client>().unwrap().connect().unwrap_err();
    assert!(matches!(error, ClientError::Password(_)), "{error:?}");
}

/// A mail server that accepts the tokens of a provider with XOAUTH2, and the INI file of an
/// account.
struct Site {
    provider: OAuthProvider,
    peer: Peer,
    folder: tempfile::TempDir,
    refresh_token: String,
}

impl Site {
    fn new() -> Self {
        let authority = Authority::new();
        let provider = OAuthProvider::start_with(&authority);
        provider.add_client("reader", None);
        let refresh_token = provider.add_refresh_token("reader", "bob");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let identity = authority.issue(Certificate::new(&["localhost"]));
        let peer = Peer::start_tls(identity.server_config(), |mut connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi")?;
            while let Ok(line) = connection.read_line() {
                let tag = line.split(' ').next().unwrap_or_default();
                connection.send(&format!("{tag} OK done"))?;
            }
            Ok(())
        });
        Self {
            provider,
            peer,
            folder,
            refresh_token,
        }
    }

    fn section(&self, lines: &str) -> Section {
        section(&format!(
            "[DEFAULT]\nhost = localhost\nport = {}\nusername = bob\noauth2 = true\n\
             oauth2_client_id = reader\noauth2_refresh_token = {}\noauth2_token_url = {}\n\
             ssl_ca_file = {}\n{lines}",
            self.peer.port(),
            self.refresh_token,
            self.provider.token_url(),
            self.folder.path().join("ca.pem").display(),
        ))
    }

    fn account(&self, lines: &str) -> Account {
        self.section(lines).account().unwrap()
    }
}

#[test]
fn oauth2_gets_a_token_and_logs_in_by_it() {
    let site = Site::new();
    let account = site.account("");
    let client = account.builder::<Client>().unwrap().connect().unwrap();
    let said: Vec<_> = client.wire_log().map(ToString::to_string).collect();
    assert!(
        said.iter()
            .any(|line| line.contains("AUTHENTICATE XOAUTH2 <secret, ")),
        "{said:?}"
    );
    // All clients of the process share the token.
    let client = account.builder::<Client>().unwrap().connect().unwrap();
    drop(client);
    assert_eq!(site.provider.counts().token, 1);
    let source: RefreshToken = account.refresh_token().unwrap().unwrap();
    assert!(!source.token(None).unwrap().is_fresh());
}

#[test]
fn oauth2_may_wait_no_longer_than_the_time_out() {
    let site = Site::new();
    site.provider.add_fault(OAuthFault::Hang);
    let account = site.account("timeout = 0.3\n");
    let error = account.builder::<Client>().unwrap().connect().unwrap_err();
    let ClientError::Token(TokenError::Timeout { limit, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(limit, Duration::from_millis(300));
}

#[cfg(unix)]
#[test]
fn a_command_prints_the_token() {
    let site = Site::new();
    let mut section = site.section("password_command = echo token\n");
    section.login.oauth2.refresh_token = None;
    let account = section.account().unwrap();
    let client = account.builder::<Client>().unwrap().connect().unwrap();
    drop(client);
    assert_eq!(site.provider.counts().token, 0);
}

#[test]
fn addresses_of_providers() {
    let text = |host: &str| {
        format!(
            "[DEFAULT]\nhost = {host}\nusername = bob\noauth2 = true\n\
             oauth2_client_id = i\noauth2_refresh_token = t\n"
        )
    };
    for host in [
        "imap.gmail.com",
        "imap.mail.yahoo.com",
        "outlook.office365.com",
    ] {
        assert!(account(&text(host)).login().unwrap().is_some(), "{host}");
    }
    let error = section(&text("imap.example.org")).account().unwrap_err();
    assert_eq!(
        error.to_string(),
        "conf.ini:1: [DEFAULT] oauth2_token_url: this option is missing: \
         the OAuth 2 provider of \"imap.example.org\" is not known: \
         write `oauth2_token_url = https://...`"
    );
    let file = format!(
        "{}ssl_ca_file = /no/such/file.pem\n",
        text("imap.gmail.com")
    );
    let error = account(&file).login().unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error:?}");
    // The address was set by the program itself.
    let mut own = section(&text("imap.gmail.com"));
    own.login.oauth2.token_url = Some("http://example.org".into());
    assert!(matches!(own.account(), Err(Error::Token { .. })));
}

#[test]
fn the_page_to_grant_access_at() {
    let page = |lines: &str, provider: Option<Provider>| {
        let section = section(&format!("[DEFAULT]\n{lines}oauth2_client_id = i\n"));
        let app = section.app(provider).unwrap();
        let asked = AuthorizationCode::begin(&app, "http://127.0.0.1:1/").ok()?;
        Some(asked.url().to_owned())
    };
    let own = "oauth2_token_url = https://example.org/token\n";
    let (google, other) = ("host = imap.gmail.com\n", "host = imap.example.org\n");
    // The page is always the provider's, regardless of the addresses of tokens and server.
    for lines in [
        google.to_owned(),
        format!("{google}{own}"),
        other.to_owned(),
    ] {
        let url = page(&lines, Some(Provider::GOOGLE)).unwrap();
        assert!(url.starts_with(Provider::GOOGLE.authorization_url), "{url}");
        assert!(url.contains("access_type=offline"), "{url}");
    }
    assert_eq!(page(&format!("{other}{own}"), None), None);
}

/// An account that was created without an INI file logs in by each kind of credentials.
#[test]
fn a_program_needs_no_file() {
    let server = Server::builder().user("bob", "sekret").start();
    let address = Address::new(server.host(), server.tls_addr().port(), Security::Tls);
    let log_in = |credentials| {
        server.clear_received();
        let mut account = Account::new(address.clone(), credentials);
        account.connect.tls.ca_file = Some(server.ca_file().into());
        let client = account.builder::<Client>().unwrap().connect().unwrap();
        client.logout().unwrap();
        let received = server.received();
        let mut commands = received.iter().map(|received| received.command());
        let login = commands.find(|line| line.starts_with("AUTH") || line.starts_with("LOGIN "));
        login.unwrap_or_default()
    };
    let known = Credentials::password("bob", "sekret");
    assert!(log_in(known).starts_with("AUTHENTICATE PLAIN"));
    let method = PasswordMethod::Login;
    let (username, password) = ("bob".to_owned(), "sekret".into());
    let by_command = Credentials::Password {
        username,
        password,
        method,
    };
    assert!(log_in(by_command).starts_with("LOGIN \"bob\""));

    let site = Site::new();
    let app = App::new(&site.provider.token_url(), "reader").unwrap();
    let token = site.refresh_token.as_str();
    let credentials = Credentials::refresh_token("bob", app, token);
    let address = Address::new("localhost", site.peer.port(), Security::Tls);
    let mut account = Account::new(address, credentials);
    account.connect.tls.ca_file = Some(site.folder.path().join("ca.pem"));
    let client = account.builder::<Client>().unwrap().connect().unwrap();
    drop(client);
    assert_eq!(site.provider.counts().token, 1);

    // The place of an error is the account itself.
    account.connect.tls.ca_file = Some("/no/such/file.pem".into());
    assert_eq!(
        account.login().unwrap_err().to_string(),
        "account ssl_ca_file: \"/no/such/file.pem\" cannot be read: check its name and its permissions"
    );
}

#[cfg(unix)]
#[test]
fn a_command_is_a_server_that_needs_no_credentials() {
    let line = "printf '* PREAUTH [CAPABILITY IMAP4rev1] hi\\r\\n'; read tag command; \
                printf '* BYE bye\\r\\n%s OK done\\r\\n' \"${tag% *}\"";
    let account = Account::new(At::Command(line.to_owned()), Credentials::None);
    assert_eq!(
        (account.username(), account.login().unwrap().is_none()),
        (None, true)
    );
    let client = account.builder::<Client>().unwrap().connect().unwrap();
    client.logout().unwrap();
}
