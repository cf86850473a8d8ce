//! Tests of the account's fields: defaults, every option, inheritance.

use std::path::PathBuf;
use std::time::Duration;

use imapclient::Security;
use imapclient_config::{Account, Auth, Config, Error, Loader};
use secrecy::{ExposeSecret, SecretString};

fn parse(text: &str) -> Result<Config, Error> {
    Loader::new()
        .environment(|_| None)
        .home("/home/bob")
        .parse(text, "conf.ini")
}

/// Returns the main account with these lines below its host.
fn account(lines: &str) -> Account {
    parse(&format!("[DEFAULT]\nhost = h\n{lines}"))
        .unwrap()
        .default
}

fn secret(value: Option<&SecretString>) -> Option<&str> {
    value.map(ExposeSecret::expose_secret)
}

#[test]
fn defaults() {
    let account = account("");
    assert_eq!(account.host, "h");
    assert_eq!(account.port, 993);
    assert_eq!(account.security(), Security::Tls);
    assert!(account.ssl && account.ssl_check_hostname && account.ssl_verify_cert);
    assert!(!account.starttls && !account.stream && !account.oauth2);
    assert_eq!(account.auth, None);
    assert!(account.fallback && account.sasl_ir && !account.send_id);
    assert_eq!(account.timeout, None);
    assert_eq!(account.answer_limit, None);
    assert_eq!(
        (account.command_timeout, account.speed_window),
        (None, None)
    );
    assert_eq!((account.min_speed, account.response_limit), (None, None));
    assert_eq!(
        (account.unsolicited_limit, account.unsolicited_bytes),
        (None, None)
    );
    assert_eq!(account.section(), "DEFAULT");
    let texts = [
        &account.username,
        &account.password_command,
        &account.oauth2_client_id,
        &account.oauth2_token_url,
        &account.oauth2_scope,
        &account.expect_failure,
    ];
    assert!(texts.iter().all(|text| text.is_none()));
    let secrets = [
        &account.password,
        &account.oauth2_client_secret,
        &account.oauth2_refresh_token,
    ];
    assert!(secrets.iter().all(|secret| secret.is_none()));
    let paths = [
        &account.ssl_ca_file,
        &account.ssl_client_cert,
        &account.ssl_client_key,
    ];
    assert!(paths.iter().all(|path| path.is_none()));
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
         stream = false\n\
         oauth2 = on\n\
         oauth2_client_id = id\n\
         oauth2_client_secret = hush\n\
         oauth2_refresh_token = token\n\
         oauth2_token_url = https://example.com/token\n\
         oauth2_scope = a b\n\
         [fails]\n\
         expect_failure = (?i)auth.*\n",
    )
    .unwrap();
    // The warnings about the unchecked certificate.
    assert_eq!(config.warnings().len(), 2);
    let account = &config.default;
    assert_eq!(account.host, "imap.example.com");
    assert_eq!(account.port, 1993);
    assert_eq!(account.username.as_deref(), Some("bob"));
    assert_eq!(secret(account.password.as_ref()), Some("p;ass#word = x"));
    assert_eq!(account.auth, Some(Auth::XOAuth2));
    assert!(!account.fallback && !account.sasl_ir && account.send_id);
    assert!(account.ssl && !account.starttls);
    assert!(!account.ssl_check_hostname && !account.ssl_verify_cert);
    assert_eq!(account.ssl_ca_file, Some(PathBuf::from("/home/bob/ca.pem")));
    assert_eq!(
        account.ssl_client_cert,
        Some(PathBuf::from("/etc/cert.pem"))
    );
    assert_eq!(account.ssl_client_key, Some(PathBuf::from("keys/key.pem")));
    assert_eq!(account.timeout, Some(Duration::from_millis(2500)));
    assert_eq!(account.answer_limit, Some(2_147_483_648));
    assert_eq!(account.command_timeout, Some(Duration::from_secs(600)));
    assert_eq!(account.min_speed, Some(0));
    assert_eq!(account.speed_window, Some(Duration::from_millis(1500)));
    assert_eq!(account.unsolicited_limit, Some(1000));
    assert_eq!(account.unsolicited_bytes, Some(2000));
    assert_eq!(account.response_limit, Some(65_536));
    assert!(!account.stream && account.oauth2);
    assert_eq!(account.oauth2_client_id.as_deref(), Some("id"));
    assert_eq!(secret(account.oauth2_client_secret.as_ref()), Some("hush"));
    assert_eq!(secret(account.oauth2_refresh_token.as_ref()), Some("token"));
    let url = account.oauth2_token_url.as_deref();
    assert_eq!(url, Some("https://example.com/token"));
    assert_eq!(account.oauth2_scope.as_deref(), Some("a b"));
    assert_eq!(account.expect_failure, None);

    let fails = config.alternate("fails").unwrap();
    assert_eq!(fails.expect_failure.as_deref(), Some("(?i)auth.*"));
    assert_eq!(fails.host, "imap.example.com");
    assert_eq!(fails.oauth2_scope, account.oauth2_scope);
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
            let account = &one.account;
            assert_eq!(account.section(), one.name);
            (
                one.name.as_str(),
                account.host.as_str(),
                account.port,
                account.username.as_deref().unwrap(),
                account.password.is_some(),
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
            ours.ok().map(|config| config.default.oauth2),
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
        ("stream = true", Security::Plain, 143),
        ("stream = true\nssl = false\nport =", Security::Plain, 143),
    ] {
        let account = account(lines);
        assert_eq!(
            (account.security(), account.port),
            (security, port),
            "{lines:?}"
        );
        assert_eq!(account.ssl, security == Security::Tls, "{lines:?}");
        assert_eq!(
            account.starttls,
            security == Security::StartTls,
            "{lines:?}"
        );
    }
}

#[test]
fn a_stream_has_a_command_for_host() {
    let text = "[DEFAULT]\nhost = ssh mail.example.com imapd\nstream = yes\n";
    let account = parse(text).unwrap().default;
    assert!(account.stream);
    assert_eq!(account.host, "ssh mail.example.com imapd");
    assert!(account.check_login().is_ok());
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
        let account = account(&lines);
        assert_eq!(
            account.ssl_ca_file,
            Some(PathBuf::from(expected)),
            "{written}"
        );
        assert_eq!(account.ssl_client_cert, account.ssl_ca_file, "{written}");
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
        let timeout = account(&format!("timeout = {written}")).timeout;
        assert_eq!(timeout, Some(Duration::from_nanos(expected)), "{written}");
    }
    assert_eq!(account("timeout =").timeout, None);
    for written in [
        "0", "-1", "nan", "inf", "1e300", "1e-300", "10s", "1 0", "-0",
    ] {
        let result = parse(&format!("[DEFAULT]\nhost = h\ntimeout = {written}"));
        assert!(matches!(result, Err(Error::Invalid { .. })), "{written}");
    }
}

#[test]
fn mechanisms() {
    for (written, expected) in [
        ("PLAIN", Auth::Plain),
        ("login", Auth::Login),
        ("sasl-login", Auth::SaslLogin),
        ("Cram-MD5", Auth::CramMd5),
        ("scram-sha-1", Auth::ScramSha1),
        ("scram-sha-1-plus", Auth::ScramSha1Plus),
        ("scram-sha-256", Auth::ScramSha256),
        ("scram-sha-256-plus", Auth::ScramSha256Plus),
        ("external", Auth::External),
        ("anonymous", Auth::Anonymous),
        ("xoauth2\noauth2 = 1", Auth::XOAuth2),
        ("oauthbearer\noauth2 = 1", Auth::OAuthBearer),
    ] {
        let account = account(&format!("auth = {written}"));
        assert_eq!(account.auth, Some(expected), "{written}");
    }
    for written in [
        "auth =",
        "auth = auto",
        "auth = AUTO",
        "auth = Auto\noauth2 = 1",
    ] {
        assert_eq!(account(written).auth, None, "{written}");
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
        assert_eq!(config.default.oauth2_token_url.as_deref(), Some(url));
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
    for (section, expected) in [
        ("", (Some("base"), None)),
        ("password_command = pass mail\n", (None, Some("pass mail"))),
        ("password =\n", (None, None)),
        ("password =\npassword_command = c\n", (None, Some("c"))),
    ] {
        let text = format!("[DEFAULT]\nhost = h\npassword = base\n[a]\n{section}");
        let config = parse(&text).unwrap();
        let account = config.alternate("a").unwrap();
        let found = (
            secret(account.password.as_ref()),
            account.password_command.as_deref(),
        );
        assert_eq!(found, expected, "{section:?}");
    }
    let text = "[DEFAULT]\nhost = h\npassword_command = c\n[a]\npassword = own\n";
    let config = parse(text).unwrap();
    let account = config.alternate("a").unwrap();
    assert_eq!(secret(account.password.as_ref()), Some("own"));
    assert_eq!(account.password_command, None);
}

#[test]
fn what_logging_in_takes() {
    let missing = |lines: &str| {
        let error = account(lines).check_login().err()?;
        assert!(error.is_missing());
        Some(error.place()?.option()?.to_owned())
    };
    for (lines, expected) in [
        ("", Some("username")),
        ("username = u", Some("password")),
        ("password = p", Some("username")),
        ("username = u\npassword =", Some("password")),
        ("username = u\npassword = p", None),
        ("username = u\npassword_command = c", None),
        ("auth = scram-sha-256\nusername = u", Some("password")),
        ("auth = external", Some("ssl_client_cert")),
        ("auth = external\nssl_client_cert = c.pem", None),
        ("auth = external\nstream = true", None),
        ("auth = anonymous", None),
        ("stream = true", None),
        ("oauth2 = true", Some("username")),
        (
            "oauth2 = true\nusername = u\npassword = p",
            Some("oauth2_client_id"),
        ),
        (
            "oauth2 = true\nusername = u\noauth2_client_id = i",
            Some("oauth2_refresh_token"),
        ),
        (
            "oauth2 = true\nusername = u\noauth2_client_id = i\noauth2_refresh_token = t",
            None,
        ),
        ("oauth2 = true\nusername = u\npassword_command = c", None),
        (
            "oauth2 = true\nusername = u\npassword_command = c\noauth2_refresh_token = t",
            Some("oauth2_client_id"),
        ),
        ("oauth2 = true\nstream = true", Some("username")),
    ] {
        assert_eq!(missing(lines).as_deref(), expected, "{lines:?}");
    }
}

#[test]
fn a_program_may_fill_in_what_is_missing() {
    let mut account = account("");
    account.username = Some("bob".into());
    account.password = Some("asked for".into());
    assert!(account.check_login().is_ok());
}
