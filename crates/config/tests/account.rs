//! Tests of the account's fields: defaults, every option, inheritance.

use std::path::PathBuf;
use std::time::Duration;

use imapclient::{Compress, Password, Security};
use imapclient_config::{
    Account, Address, ClientCertificate, Config, Credentials, Error, Limits, Loader, LoginMethod,
    PasswordMethod, Section, Server, Tls, TokenMethod, Tokens,
};
use secrecy::{ExposeSecret, SecretString};

fn parse(text: &str) -> Result<Config, Error> {
    Loader::new()
        .environment(|_| None)
        .home("/home/bob")
        .parse(text, "conf.ini")
}

/// Returns the main section with these lines below its host.
fn section(lines: &str) -> Section {
    parse(&format!("[DEFAULT]\nhost = h\n{lines}"))
        .unwrap()
        .default
}

fn secret(value: Option<&SecretString>) -> Option<&str> {
    value.map(ExposeSecret::expose_secret)
}

/// Returns the password, unless it comes from a command.
fn known(section: &Section) -> Option<&str> {
    match &section.login.password {
        Some(Password::Known(password)) => Some(password.expose_secret()),
        _ => None,
    }
}

/// Runs the command for the password, if there is one.
fn printed(section: &Section) -> Option<String> {
    match &section.login.password {
        Some(Password::Command(command)) => Some(command.run().unwrap().expose_secret().to_owned()),
        _ => None,
    }
}

fn address(section: &Section) -> &Address {
    section.connect.server.address().unwrap()
}

#[test]
fn defaults() {
    let section = section("");
    let connect = &section.connect;
    let expected = Server::Network(Address::new("h", 993, Security::Tls));
    assert_eq!(connect.server, expected);
    assert_eq!(connect.tls, Tls::default());
    assert!(!connect.tls.dangerous_accept_invalid_hostname);
    assert!(!connect.tls.dangerous_accept_invalid_certs);
    assert!(connect.sasl_ir && !connect.send_id && connect.pipelining);
    assert_eq!(connect.compress, Compress::Never);
    assert!(connect.disable.is_empty() && connect.allow.is_empty());
    assert_eq!(connect.limits, Limits::default());
    assert_eq!(section.name(), "DEFAULT");
    assert_eq!(section.expect_failure(), None);
    let login = &section.login;
    let auto = PasswordMethod::Auto { fallback: true };
    assert_eq!(login.method, LoginMethod::Password(auto));
    let oauth2 = &login.oauth2;
    let texts = [
        &login.username,
        &oauth2.client_id,
        &oauth2.token_url,
        &oauth2.scope,
    ];
    assert!(texts.iter().all(|text| text.is_none()));
    assert!(login.password.is_none());
    assert!(oauth2.client_secret.is_none() && oauth2.refresh_token.is_none());

    // An account that is created without a file has the same.
    let account = Account::new(Address::tls("h"), Credentials::Anonymous);
    assert_eq!(account.connect.server, connect.server);
    assert_eq!(account.connect.tls, connect.tls);
    assert_eq!(account.connect.limits, connect.limits);
    assert_eq!(
        (account.connect.sasl_ir, account.connect.send_id),
        (connect.sasl_ir, connect.send_id)
    );
    let Credentials::Password { method, .. } = Credentials::password("u", "p") else {
        panic!("the credentials are of another kind");
    };
    assert_eq!(LoginMethod::Password(method), login.method);
}

#[test]
fn every_option() {
    let config = parse(
        "[DEFAULT]\n\
         host = imap.example.com\n\
         port = 1993\n\
         username = bob\n\
         password = p;ass#word = x\n\
         auth = xoauth2\n\
         fallback = no\n\
         sasl_ir = off\n\
         send_id = 1\n\
         pipelining = no\n\
         disable = MOVE, QRESYNC,ESEARCH\n\
         allow = CONDSTORE\n  IDLE\n\
         ssl = Yes\n\
         starttls = 0\n\
         ssl_check_hostname = off\n\
         ssl_verify_cert = No\n\
         ssl_ca_file = ~/ca.pem\n\
         ssl_client_cert = /etc/cert.pem\n\
         ssl_client_key = keys/key.pem\n\
         timeout = 2.5\n\
         answer_limit = 2147483648\n\
         command_timeout = 600\n\
         min_speed = 0\n\
         speed_window = 1.5\n\
         unsolicited_limit = 1000\n\
         unsolicited_bytes = 2000\n\
         response_limit = 65536\n\
         compress = Auto\n\
         stream = false\n\
         oauth2 = on\n\
         oauth2_client_id = id\n\
         oauth2_client_secret = hush\n\
         oauth2_refresh_token = token\n\
         oauth2_token_url = https://example.com/token\n\
         oauth2_scope = a b\n\
         [fails]\n\
         expect_failure = (?i)auth.*\n\
         [by password]\n\
         oauth2 = off\n\
         auth = auto\n",
    )
    .unwrap();
    // The warnings about the unchecked certificate.
    assert_eq!(config.warnings().len(), 2);
    let section = &config.default;
    let expected = Address::new("imap.example.com", 1993, Security::Tls);
    assert_eq!(address(section), &expected);
    let connect = &section.connect;
    assert!(!connect.sasl_ir && connect.send_id && !connect.pipelining);
    assert_eq!(connect.compress, Compress::Auto);
    assert_eq!(connect.disable, ["MOVE", "QRESYNC", "ESEARCH"]);
    assert_eq!(connect.allow, ["CONDSTORE", "IDLE"]);
    let tls = &connect.tls;
    assert!(tls.dangerous_accept_invalid_hostname && tls.dangerous_accept_invalid_certs);
    assert_eq!(tls.ca_file, Some(PathBuf::from("/home/bob/ca.pem")));
    let client = ClientCertificate::new("/etc/cert.pem", "keys/key.pem");
    assert_eq!(tls.client, Some(client));
    let limits = &connect.limits;
    assert_eq!(limits.timeout, Some(Duration::from_millis(2500)));
    assert_eq!(limits.answer_limit, Some(2_147_483_648));
    assert_eq!(limits.command_timeout, Some(Duration::from_secs(600)));
    assert_eq!(limits.min_speed, Some(0));
    assert_eq!(limits.speed_window, Some(Duration::from_millis(1500)));
    assert_eq!(limits.unsolicited_limit, Some(1000));
    assert_eq!(limits.unsolicited_bytes, Some(2000));
    assert_eq!(limits.response_limit, Some(65_536));
    let login = &section.login;
    assert_eq!(login.username.as_deref(), Some("bob"));
    assert_eq!(known(section), Some("p;ass#word = x"));
    assert_eq!(login.method, LoginMethod::Token(TokenMethod::XOAuth2));
    let oauth2 = &login.oauth2;
    assert_eq!(oauth2.client_id.as_deref(), Some("id"));
    assert_eq!(secret(oauth2.client_secret.as_ref()), Some("hush"));
    assert_eq!(secret(oauth2.refresh_token.as_ref()), Some("token"));
    let url = oauth2.token_url.as_deref();
    assert_eq!(url, Some("https://example.com/token"));
    assert_eq!(oauth2.scope.as_deref(), Some("a b"));
    assert_eq!(section.expect_failure(), None);
    let account = section.account().unwrap();
    assert_eq!(account.username(), Some("bob"));
    assert!(matches!(
        account.credentials,
        Credentials::Token {
            tokens: Tokens::Refresh { .. },
            method: TokenMethod::XOAuth2,
            ..
        }
    ));

    let fails = config.alternate("fails").unwrap();
    assert_eq!(fails.expect_failure(), Some("(?i)auth.*"));
    assert_eq!(fails.connect.server, connect.server);
    assert_eq!(fails.login.oauth2.scope, oauth2.scope);

    let by_password = config.alternate("by password").unwrap().account().unwrap();
    assert!(matches!(
        by_password.credentials,
        Credentials::Password {
            method: PasswordMethod::Auto { fallback: false },
            ..
        }
    ));
}

#[test]
fn alternates_inherit_and_keep_their_order() {
    let config = parse(
        "[z]\nport = 1\n[imap.gmail.com]\nusername = carol\n[DEFAULT]\nhost = h\nport = 2\n\
         username = bob\npassword = x\n[Other Account]\npassword =\nhost = o\n[default]\n",
    )
    .unwrap();
    let found: Vec<_> = config
        .alternates
        .iter()
        .map(|one| {
            (
                one.name(),
                one.connect.server.host(),
                address(one).port,
                one.login.username.as_deref().unwrap(),
                one.login.password.is_some(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("z", "h", 1, "bob", true),
            ("imap.gmail.com", "h", 2, "carol", true),
            ("Other Account", "o", 2, "bob", false),
            ("default", "h", 2, "bob", true),
        ]
    );
    assert!(config.alternate("DEFAULT").is_none());
    assert!(config.alternate("other account").is_none());
}

#[test]
fn booleans_are_pythons() {
    let data: serde_json::Value = serde_json::from_str(include_str!("configparser.json")).unwrap();
    let booleans = data["booleans"].as_object().unwrap();
    assert!(booleans.len() > 25);
    for (text, expected) in booleans {
        // Indented, so that a text of two lines stays one value.
        let text = format!("oauth2 = {}", text.replace('\n', "\n  "));
        // White space around a value is not part of it.
        let expected = if text.ends_with("true ") {
            Some(true)
        } else {
            expected.as_bool()
        };
        let ours = parse(&format!("[DEFAULT]\nhost = h\n{text}\n"));
        assert_eq!(
            ours.ok()
                .map(|config| matches!(config.default.login.method, LoginMethod::Token(_))),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn ssl_starttls_and_ports() {
    for (lines, security, port) in [
        ("", Security::Tls, 993),
        ("ssl = true", Security::Tls, 993),
        ("ssl = false", Security::Plain, 143),
        ("starttls = true", Security::StartTls, 143),
        ("starttls = false", Security::Tls, 993),
        ("ssl = false\nstarttls = true", Security::StartTls, 143),
        ("ssl = true\nstarttls = false", Security::Tls, 993),
        ("ssl = true\nport = 143", Security::Tls, 143),
        ("starttls = true\nport = 993", Security::StartTls, 993),
        ("port =", Security::Tls, 993),
        ("port = 1", Security::Tls, 1),
        ("port = 65535", Security::Tls, 65535),
    ] {
        let section = section(lines);
        let address = address(&section);
        assert_eq!(
            (address.security, address.port),
            (security, port),
            "{lines:?}"
        );
        let usual = port == if security == Security::Tls { 993 } else { 143 };
        assert_eq!(address.has_usual_port(), usual, "{lines:?}");
    }
}

#[test]
fn a_stream_has_a_command_for_host() {
    for more in ["", "ssl = false\nport =\n"] {
        let text = format!("[DEFAULT]\nhost = ssh mail.example.com imapd\nstream = yes\n{more}");
        let section = parse(&text).unwrap().default;
        let server = &section.connect.server;
        let line = "ssh mail.example.com imapd";
        assert_eq!(*server, Server::Command(line.to_owned()));
        assert_eq!((server.host(), server.security()), (line, None));
        let account = section.account().unwrap();
        assert!(matches!(account.credentials, Credentials::None));
    }
}

#[test]
fn paths() {
    for (written, expected) in [
        ("~", "/home/bob"),
        ("~/", "/home/bob"),
        ("~/a/b.pem", "/home/bob/a/b.pem"),
        ("~//a", "/home/bob/a"),
        ("/a/~/b", "/a/~/b"),
        ("a~", "a~"),
        ("C:\\new\\table", "C:\\new\\table"),
    ] {
        let lines = format!("ssl_ca_file = {written}\nssl_client_cert = {written}\n");
        let tls = section(&lines).connect.tls;
        assert_eq!(tls.ca_file, Some(PathBuf::from(expected)), "{written}");
        // One file may contain the certificate and its key.
        let client = ClientCertificate::new(expected, expected);
        assert_eq!(tls.client, Some(client), "{written}");
    }
}

#[test]
fn timeouts() {
    for (written, expected) in [
        ("30", 30_000_000_000),
        ("0.5", 500_000_000),
        (".25", 250_000_000),
        ("1e3", 1_000_000_000_000),
        ("+2", 2_000_000_000),
    ] {
        let timeout = section(&format!("timeout = {written}"))
            .connect
            .limits
            .timeout;
        assert_eq!(timeout, Some(Duration::from_nanos(expected)), "{written}");
    }
    assert_eq!(section("timeout =").connect.limits.timeout, None);
    for written in [
        "0", "-1", "nan", "inf", "1e300", "1e-300", "10s", "1 0", "-0",
    ] {
        let result = parse(&format!("[DEFAULT]\nhost = h\ntimeout = {written}"));
        assert!(matches!(result, Err(Error::Invalid { .. })), "{written}");
    }
}

#[test]
fn mechanisms() {
    use LoginMethod::{Anonymous, External, Password, Token};

    for (written, expected) in [
        ("PLAIN", Password(PasswordMethod::Plain)),
        ("login", Password(PasswordMethod::Login)),
        ("sasl-login", Password(PasswordMethod::SaslLogin)),
        ("Cram-MD5", Password(PasswordMethod::CramMd5)),
        ("scram-sha-1", Password(PasswordMethod::ScramSha1)),
        ("scram-sha-1-plus", Password(PasswordMethod::ScramSha1Plus)),
        ("scram-sha-256", Password(PasswordMethod::ScramSha256)),
        (
            "scram-sha-256-plus",
            Password(PasswordMethod::ScramSha256Plus),
        ),
        ("external", External),
        ("anonymous", Anonymous),
        ("xoauth2\noauth2 = 1", Token(TokenMethod::XOAuth2)),
        ("oauthbearer\noauth2 = 1", Token(TokenMethod::OAuthBearer)),
        ("", Password(PasswordMethod::Auto { fallback: true })),
        ("auto", Password(PasswordMethod::Auto { fallback: true })),
        (
            "AUTO\nfallback = 0",
            Password(PasswordMethod::Auto { fallback: false }),
        ),
        ("Auto\noauth2 = 1", Token(TokenMethod::Auto)),
    ] {
        let section = section(&format!("auth = {written}"));
        assert_eq!(section.login.method, expected, "{written}");
    }
}

#[test]
fn token_urls() {
    let check = |url: &str| parse(&format!("[DEFAULT]\nhost = h\noauth2_token_url = {url}"));
    for url in [
        "https://example.com/token",
        "http://127.0.0.1:8080/token",
        "http://[::1]:80/",
        "http://[::1]",
        "http://localhost",
    ] {
        let config = check(url).unwrap();
        assert_eq!(config.default.login.oauth2.token_url.as_deref(), Some(url));
    }
    for url in [
        "example.com/token",
        "http://example.com/token",
        "http://localhost@example.com/",
        "http://localhost:80@example.com/",
        "http://localhost.example.com/",
        "http://127.0.0.1:a/",
        "https://",
        "https:///token",
        "https://a b",
        "HTTP://example.com",
        "ftp://localhost/",
    ] {
        assert!(matches!(check(url), Err(Error::Invalid { .. })), "{url}");
    }
}

#[test]
fn the_nearer_of_password_and_command_wins() {
    for (lines, expected) in [
        ("", (Some("base"), None)),
        ("password_command = echo c\n", (None, Some("c"))),
        ("password =\n", (None, None)),
        ("password =\npassword_command = echo c\n", (None, Some("c"))),
    ] {
        let text = format!("[DEFAULT]\nhost = h\npassword = base\n[a]\n{lines}");
        let config = parse(&text).unwrap();
        let section = config.alternate("a").unwrap();
        let printed = printed(section);
        assert_eq!((known(section), printed.as_deref()), expected, "{lines:?}");
    }
    let text = "[DEFAULT]\nhost = h\npassword_command = echo c\n[a]\npassword = own\n";
    let config = parse(text).unwrap();
    assert_eq!(known(config.alternate("a").unwrap()), Some("own"));
}

/// Describes the credentials of an account.
fn kind(account: &Account) -> &'static str {
    match &account.credentials {
        Credentials::None => "none",
        Credentials::Anonymous => "anonymous",
        Credentials::External => "external",
        Credentials::Password {
            password: Password::Known(_),
            ..
        } => "password",
        Credentials::Password { .. } => "password command",
        Credentials::Token {
            tokens: Tokens::Refresh { .. },
            ..
        } => "refresh token",
        Credentials::Token { .. } => "token command",
        _ => "unknown",
    }
}

#[test]
fn what_logging_in_takes() {
    let found = |lines: &str| match section(lines).account() {
        Ok(account) => Ok(kind(&account)),
        Err(error) => {
            assert!(error.is_missing());
            Err(error.place().unwrap().option().unwrap().to_owned())
        }
    };
    for (lines, expected) in [
        ("", Err("username")),
        ("username = u", Err("password")),
        ("password = p", Err("username")),
        ("username = u\npassword =", Err("password")),
        ("username = u\npassword = p", Ok("password")),
        ("username = u\npassword_command = c", Ok("password command")),
        ("auth = scram-sha-256\nusername = u", Err("password")),
        ("auth = external", Err("ssl_client_cert")),
        ("auth = external\nssl_client_cert = c.pem", Ok("external")),
        ("auth = external\nstream = true", Ok("external")),
        ("auth = anonymous", Ok("anonymous")),
        ("stream = true", Ok("none")),
        ("stream = true\nusername = u", Ok("none")),
        ("stream = true\nusername = u\npassword = p", Ok("password")),
        ("oauth2 = true", Err("username")),
        (
            "oauth2 = true\nusername = u\npassword = p",
            Err("oauth2_client_id"),
        ),
        (
            "oauth2 = true\nusername = u\noauth2_client_id = i",
            Err("oauth2_refresh_token"),
        ),
        (
            "oauth2 = true\nusername = u\noauth2_client_id = i\noauth2_refresh_token = t",
            Err("oauth2_token_url"),
        ),
        (
            "oauth2 = true\nusername = u\noauth2_client_id = i\noauth2_refresh_token = t\n\
             oauth2_token_url = https://example.org/",
            Ok("refresh token"),
        ),
        (
            "oauth2 = true\nusername = u\npassword_command = c",
            Ok("token command"),
        ),
        (
            "oauth2 = true\nusername = u\npassword_command = c\noauth2_refresh_token = t",
            Err("oauth2_client_id"),
        ),
        ("oauth2 = true\nstream = true", Err("username")),
    ] {
        let expected = expected.map_err(ToOwned::to_owned);
        assert_eq!(found(lines), expected, "{lines:?}");
    }
}

#[test]
fn a_program_may_fill_in_what_is_missing() {
    let mut section = section("");
    section.login.username = Some("bob".into());
    section.login.password = Some("asked for".into());
    assert_eq!(kind(&section.account().unwrap()), "password");
}

#[test]
fn compression_is_a_boolean_or_auto() {
    for (value, expected) in [
        ("", Compress::Never),
        ("no", Compress::Never),
        ("AUTO", Compress::Auto),
        ("1", Compress::Always),
        ("true", Compress::Always),
    ] {
        let section = section(&format!("compress = {value}\n"));
        assert_eq!(section.connect.compress, expected, "{value:?}");
    }
    let error = parse("[DEFAULT]\nhost = h\ncompress = deflate\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "conf.ini:3: [DEFAULT] compress: \"deflate\" is not valid: write false, auto or true"
    );
}
