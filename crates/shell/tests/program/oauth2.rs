//! Tests of `imapclient oauth2 login`: the test plays the browser and its user.

mod device;
mod options;
mod system;

use std::{
    io::Write,
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use imapclient::{auth::secrecy::ExposeSecret, blocking::Client};
use imapclient_config::{Loader, Section};
use imapclient_testkit::{Gate, OAuthFault};

use crate::{
    running::{Ended, Running},
    start::program,
    tokens::{CLIENT, SECRET, Site, USER, get},
};

/// Returns the program with all options about the provider but the way to grant access.
fn login(site: &Site) -> Command {
    let mut program = site.program();
    program
        .args(["oauth2", "login", "-H", "localhost", "-u", USER])
        .args(["-P", &site.port(), "--ca-file", "ca.pem"])
        .args(["--client-id", CLIENT])
        .args(["--token-url", &site.provider.token_url()])
        .env("imapclient_oauth2_client_secret", SECRET);
    program
}

fn by_browser(site: &Site, more: &[&str]) -> Running {
    let page = site.provider.authorization_url();
    Running::start(login(site).args(["--authorize-url", &page]).args(more))
}

fn by_device(site: &Site, more: &[&str]) -> Running {
    let url = site.provider.device_url();
    Running::start(
        login(site)
            .args(["--device", "--device-url", &url])
            .args(more),
    )
}

/// Returns the address that the browser is redirected to when the user grants access.
fn granted(site: &Site, running: &mut Running) -> String {
    let page = running.line("https://");
    // The listener is ready after this line; a real browser would not come earlier.
    running.line("waiting at ");
    site.provider.grant(&page, USER).unwrap()
}

/// Returns a parameter in the address of a page.
fn field<'u>(url: &'u str, name: &str) -> &'u str {
    let (_, rest) = url.split_once(&format!("{name}=")).expect(url);
    rest.split('&').next().unwrap()
}

/// Returns the section of a file with these lines.
fn section(site: &Site, text: &str) -> Section {
    let loader = Loader::new().environment(|_| None);
    let mut section = loader.parse(text, "conf.ini").unwrap().default;
    let ca_file = &mut section.connect.tls.ca_file;
    assert_eq!(ca_file.as_deref(), Some("ca.pem".as_ref()));
    *ca_file = Some(site.path("ca.pem"));
    section
}

/// Logs in with the account of a file with these lines.
fn log_in(site: &Site, text: &str) {
    let account = section(site, text).account().unwrap();
    let client = account.builder::<Client>().unwrap().connect().unwrap();
    client.logout().unwrap();
}

/// Checks a failed end.
fn failed(ended: &Ended, last: &str) {
    assert_eq!(ended.status.code(), Some(1), "{}", ended.said);
    assert_eq!(ended.printed, "");
    assert_eq!(ended.said.lines().last(), Some(last), "{}", ended.said);
    no_secret(&ended.said);
}

fn no_secret(said: &str) {
    for secret in [SECRET, "refresh-", "access-", "code-", "device-"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn a_browser_brings_a_token_and_the_lines_are_an_account() {
    let site = Site::new();
    let mut running = by_browser(&site, &[]);
    let (head, page) = get(&granted(&site, &mut running));
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("referrer-policy: no-referrer"), "{head}");
    assert!(page.contains("<h1>Access is granted</h1>"), "{page}");
    let ended = running.end();
    assert!(ended.status.success(), "{}", ended.said);
    no_secret(&ended.said);

    let expected = format!(
        "[DEFAULT]\nhost = localhost\nport = {}\nusername = {USER}\nssl_ca_file = ca.pem\n\
         oauth2 = true\noauth2_client_id = mail%%20reader\n\
         oauth2_client_secret = h%%u%%(s)s;h # 100%%\noauth2_token_url = {}\noauth2_refresh_token = refresh-",
        site.port(),
        site.provider.token_url()
    );
    assert!(ended.printed.starts_with(&expected), "{}", ended.printed);
    let oauth2 = section(&site, &ended.printed).login.oauth2;
    assert_eq!(oauth2.client_id.as_deref(), Some(CLIENT));
    assert_eq!(oauth2.client_secret.unwrap().expose_secret(), SECRET);
    log_in(&site, &ended.printed);
}

#[test]
fn an_answer_to_something_else_is_none() {
    let site = Site::new();
    let mut running = by_browser(&site, &[]);
    let back = granted(&site, &mut running);
    let forged = back.replace(field(&back, "state"), "guessed");
    let (head, page) = get(&forged);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(page.contains("<h1>Access failed</h1>"), "{page}");
    failed(
        &running.end(),
        "error: the answer does not belong to this request for access",
    );
    assert_eq!(site.provider.counts().token, 0);
}

#[test]
fn somebody_says_no() {
    let site = Site::new();
    let mut running = by_browser(&site, &[]);
    let back = granted(&site, &mut running);
    let (to, _) = back.split_once('?').unwrap();
    let state = field(&back, "state");
    let (_, page) = get(&format!(
        "{to}?error=access_denied&error_description=%3Cb%3Eno%1B%5B2J&state={state}"
    ));
    assert!(page.contains("access_denied (&lt;b&gt;no"), "{page}");
    assert!(!page.contains('\x1b'), "{page}");
    failed(
        &running.end(),
        r"error: access was not granted: access_denied (<b>no\u{1b}[2J)",
    );
    assert_eq!(site.provider.counts().token, 0);
}

#[test]
fn a_provider_that_gives_no_token() {
    let site = Site::new();
    let refuses = r#"the provider refused: invalid_client (The testkit says "no".)"#;
    let no_refresh_token = "the provider issued an access token, but no refresh token: it may \
        need a scope for that (--scope), such as offline_access";
    let unkeepable = "oauth2_refresh_token cannot be kept in an INI file: \
        it begins or ends with a space, or contains unprintable characters";
    let token = |text: &str| {
        let body = serde_json::json!({
            "access_token": "access-x", "token_type": "Bearer", "refresh_token": text,
        });
        OAuthFault::Body(body.to_string())
    };
    for (fault, last) in [
        (OAuthFault::Refuse("invalid_client".into()), refuses),
        (
            OAuthFault::Status(503),
            "localhost answered with the HTTP status 503",
        ),
        (
            OAuthFault::Body(r#"{"access_token":"access-x","token_type":"Bearer"}"#.into()),
            no_refresh_token,
        ),
        (token(""), no_refresh_token),
        // The second line would be another option.
        (token("refresh-x\npassword_command = false"), unkeepable),
        (token("refresh-x "), unkeepable),
        (token("refresh-\u{1b}[2J"), unkeepable),
    ] {
        site.provider.add_fault(fault);
        let mut running = by_browser(&site, &[]);
        let (_, page) = get(&granted(&site, &mut running));
        assert!(page.contains("You may close this page."), "{page}");
        failed(&running.end(), &format!("error: {last}"));
    }
}

#[test]
fn nobody_comes() {
    let site = Site::new();
    let begun = Instant::now();
    failed(
        &by_browser(&site, &["--timeout", "1"]).end(),
        "error: access was not granted within 1 seconds",
    );
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[test]
fn others_come_to_the_listener() {
    let site = Site::new();
    let mut running = by_browser(&site, &[]);
    let back = granted(&site, &mut running);
    let (to, _) = back.split_once('?').unwrap();
    for path in ["favicon.ico", "", "?x=y", "x?code=1&state=2"] {
        let (head, page) = get(&format!("{to}{path}"));
        assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
        assert!(page.contains("<h1>There is nothing here</h1>"), "{page}");
    }
    let authority = to.trim_start_matches("http://").trim_end_matches('/');
    // Browsers open connections in advance.
    let silent: Vec<_> = (0..3)
        .map(|_| TcpStream::connect(authority).unwrap())
        .collect();
    for nonsense in [&b"\x16\x03\x01\x00"[..], &[b'x'; 100_000], b"\r\n\r\n"] {
        let mut stream = TcpStream::connect(authority).unwrap();
        // The program may hang up in the middle.
        let _ = stream.write_all(nonsense);
    }
    let (head, _) = get(&back);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let ended = running.end();
    assert!(ended.status.success(), "{}", ended.said);
    drop(silent);
}

#[test]
fn the_usual_address_is_one_that_the_provider_accepts() {
    for (provider, host) in [("microsoft", "localhost"), ("google", "127.0.0.1")] {
        let mut program = program();
        program.args(["oauth2", "login", "-u", "bob", "--client-id", "x"]);
        let mut running = Running::start(program.args(["--provider", provider]));
        let page = running.line("https://");
        let to = format!("redirect_uri=http%3A%2F%2F{host}%3A");
        assert!(page.contains(&to), "{page}");
    }
}

#[test]
fn the_address_that_is_registered_is_used() {
    let site = Site::new();
    let mut running = by_browser(&site, &["--redirect-url", "http://localhost/back/here"]);
    let back = granted(&site, &mut running);
    assert!(back.starts_with("http://localhost:"), "{back}");
    assert!(back.contains("/back/here?code="), "{back}");
    get(&back.replace("localhost", "127.0.0.1"));
    assert!(running.end().status.success());

    let mut first = by_browser(&site, &[]);
    let back = granted(&site, &mut first);
    let taken = back.split_once('?').unwrap().0;
    let ended = by_browser(&site, &["--redirect-url", taken]).end();
    assert_eq!(ended.status.code(), Some(1));
    let why = format!("error: cannot listen at {}: ", taken.trim_end_matches('/'));
    assert!(ended.said.starts_with(&why), "{}", ended.said);
}

#[test]
fn what_was_got_is_tried() {
    let site = Site::new();
    // The token used for the check is invalid afterwards.
    site.provider.set_rotating(true);
    let mut running = by_browser(&site, &["--check"]);
    get(&granted(&site, &mut running));
    let ended = running.end();
    assert!(ended.status.success(), "{}", ended.said);
    let note = format!("{USER} is logged in at localhost with the token\n");
    assert!(ended.said.contains(&note), "{}", ended.said);
    log_in(&site, &ended.printed);

    // Another user has granted access by mistake; the token is printed all the same.
    let mut running = by_browser(&site, &["--check", "--trace"]);
    let page = running.line("https://");
    get(&site.provider.grant(&page, "eve@example.org").unwrap());
    let ended = running.end();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.said);
    assert!(ended.printed.contains("\noauth2_refresh_token = refresh-"));
    assert!(
        ended.said.contains("AUTHENTICATE XOAUTH2 <secret"),
        "{}",
        ended.said
    );
    let last = ended.said.lines().last().unwrap();
    assert!(
        last.starts_with("error: ") && last.contains("AUTHENTICATIONFAILED"),
        "{last}"
    );
    no_secret(&ended.said);
}

#[cfg(unix)]
#[test]
fn who_interrupts_the_check_gets_the_newest_token() {
    let site = Site::new();
    site.provider.set_rotating(true);
    let gate = Gate::new();
    let right = OAuthFault::ContentType("application/json".to_owned());
    site.provider.add_fault(right);
    site.provider.add_fault(OAuthFault::Late(gate.clone()));
    let mut running = by_browser(&site, &["--check"]);
    get(&granted(&site, &mut running));
    // The provider has replaced the token, and the program does not know the new one yet.
    gate.wait_for(1);
    running.interrupt();
    running.line("waiting for the provider");
    gate.open();
    let ended = running.end();
    assert_eq!(ended.status.code(), Some(130), "{}", ended.said);
    log_in(&site, &ended.printed);
}

#[cfg(unix)]
#[test]
fn who_interrupts_the_check_is_told_what_may_be_lost() {
    let site = Site::new();
    let right = OAuthFault::ContentType("application/json".to_owned());
    site.provider.add_fault(right);
    let gate = Gate::new();
    site.provider.add_fault(OAuthFault::Late(gate.clone()));
    let mut running = by_browser(&site, &["--check"]);
    get(&granted(&site, &mut running));
    gate.wait_for(1);
    running.interrupt();
    let ended = running.end();
    assert_eq!(ended.status.code(), Some(130), "{}", ended.said);
    let warning = "warning: the provider has not answered";
    assert!(ended.said.contains(warning), "{}", ended.said);
    assert!(ended.printed.contains("\noauth2_refresh_token = refresh-"));
}
