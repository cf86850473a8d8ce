//! Tests of a code that is entered in a browser elsewhere.

use std::time::Duration;

use imapclient_testkit::{OAuthFault, Peer};

use super::{by_device, failed, no_secret};
use crate::{
    running::Running,
    tokens::{CLIENT, SECRET, Site, USER},
};

#[test]
fn a_code_is_entered_elsewhere() {
    let site = Site::new();
    let second = Duration::from_secs(1);
    site.provider.set_device(60 * second, Some(second));
    site.provider
        .add_fault(OAuthFault::Refuse("authorization_pending".into()));
    let mut running = by_device(&site, &["--json", "--scope", "imap %x"]);
    let line = running.line("Open this address");
    let code = line.split(' ').find(|word| word.starts_with("user-"));
    assert_eq!(running.line("https://"), "https://localhost/enter");
    site.provider.enter(code.unwrap(), Some(USER)).unwrap();
    let ended = running.end();
    assert!(ended.status.success(), "{}", ended.said);
    no_secret(&ended.said);
    assert_eq!(site.provider.counts().token, 2);

    assert_eq!(ended.printed.lines().count(), 1, "{}", ended.printed);
    let kept: serde_json::Value = serde_json::from_str(&ended.printed).unwrap();
    let token = kept["oauth2_refresh_token"].as_str().unwrap();
    assert!(token.starts_with("refresh-"), "{token}");
    let expected = serde_json::json!({
        "host": "localhost",
        "port": site.port().parse::<u16>().unwrap(),
        "username": USER,
        "ssl_ca_file": "ca.pem",
        "oauth2": true,
        "oauth2_client_id": CLIENT,
        "oauth2_client_secret": SECRET,
        "oauth2_token_url": site.provider.token_url(),
        "oauth2_scope": "imap %x",
        "oauth2_refresh_token": token,
    });
    assert_eq!(kept, expected);
}

#[test]
fn codes_that_nobody_enters_or_somebody_denies() {
    let site = Site::new();
    let second = Duration::from_secs(1);
    site.provider.set_device(60 * second, Some(second));
    let mut running = by_device(&site, &[]);
    let line = running.line("Open this address");
    let code = line.split(' ').find(|word| word.starts_with("user-"));
    site.provider.enter(code.unwrap(), None).unwrap();
    failed(
        &running.end(),
        r#"error: access was not granted: access_denied (The testkit says "no".)"#,
    );

    site.provider.set_device(second, Some(second));
    let ended = by_device(&site, &[]).end();
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.printed, "");
    assert!(
        ended
            .said
            .contains("error: access was not granted: expired_token"),
        "{}",
        ended.said
    );

    site.provider.set_device(60 * second, Some(30 * second));
    failed(
        &by_device(&site, &["--timeout", "1"]).end(),
        "error: access was not granted within 1 seconds",
    );
}

#[test]
fn a_provider_that_writes_on_the_terminal() {
    let site = Site::new();
    let peer = Peer::start(|mut connection| {
        let mut length = 0;
        loop {
            let line = connection.read_line()?;
            match line.to_lowercase().strip_prefix("content-length: ") {
                Some(value) => length = value.parse().unwrap(),
                None if line.is_empty() => break,
                None => {}
            }
        }
        connection.read_exact(length)?;
        let body = serde_json::json!({
            "device_code": "device-x",
            "user_code": "\u{1b}[2J\u{202e}x\r\ny",
            "verification_uri": "https://localhost/\u{9b}31m\u{200b}",
            "expires_in": 600,
            "interval": 600,
        });
        let body = body.to_string();
        connection.send("HTTP/1.1 200 OK\r\ncontent-type: application/json")?;
        connection.send(&format!("content-length: {}\r\n\r\n{body}", body.len()))?;
        connection.wait_eof()
    });
    let url = format!("http://127.0.0.1:{}/", peer.port());
    let mut command = super::login(&site);
    command.args(["--device", "--device-url", &url, "--timeout", "1"]);
    let ended = Running::start(&mut command).end();
    let harmless = |c: char| matches!(c, ' '..='~' | '\n');
    assert!(ended.said.chars().all(harmless), "{}", ended.said);
    let lines: Vec<_> = ended.said.lines().collect();
    assert!(
        lines[0].contains(r"enter the code \u{1b}[2J\u{202e}x"),
        "{lines:?}"
    );
}
