//! Tests of the sources of options, and of missing ones.

use super::granted;
use crate::{
    running::Running,
    start::printed,
    tokens::{SECRET, Site, USER, get},
};

#[test]
fn what_is_missing_or_wrong_is_said_at_once() {
    let site = Site::new();
    crate::start::write_private(
        site.path("plain.ini"),
        "[DEFAULT]\nhost = imap.gmail.com\nusername = bob\nauth = plain\n",
    )
    .unwrap();
    for (options, expected) in [
        ("-u bob --client-id x", "error: no host is given, "),
        (
            "--provider google --client-id x",
            "error: no username is given, ",
        ),
        ("--provider google -u bob", "error: no client id is given, "),
        (
            "-H imap.example.org -u bob --client-id x",
            "error: the OAuth 2.0 provider of imap.example.org is not known: ",
        ),
        (
            "-H imap.example.org -u bob --client-id x --token-url https://example.org/",
            "error: the provider's page is not known: ",
        ),
        (
            "-H imap.gmail.com -u bob --client-id x --device",
            "error: this provider is not known to issue codes for mail: ",
        ),
        (
            "-H imap.gmail.com -u bob --client-id x --authorize-url http://example.org/",
            "error: \"http://example.org/\" is not an address ",
        ),
        (
            "-H imap.gmail.com -u bob --client-id x --token-url http://example.org/",
            "error: command line: [DEFAULT] oauth2_token_url: this address cannot be used to get access tokens: ",
        ),
        (
            "-f plain.ini --client-id x",
            "error: the file selects a mechanism (auth) ",
        ),
        (
            "--provider google -u bob --client-id x\u{1b}",
            "error: oauth2_client_id cannot be kept in an INI file: ",
        ),
        (
            "--provider google --redirect-url https://localhost/",
            "error: invalid value 'https://localhost/' for '--redirect-url <URL>': it has to be ",
        ),
        (
            "--provider google --timeout 0",
            "error: invalid value '0' for ",
        ),
        (
            "--provider google --device --browser",
            "error: the argument '--device' cannot be used with '--browser'",
        ),
    ] {
        let output = site
            .program()
            .args(["oauth2", "login"])
            .args(options.split(' '))
            .output()
            .unwrap();
        let (printed, said) = printed(&output);
        assert_eq!(output.status.code(), Some(2), "{options}: {said}");
        assert_eq!(printed, "", "{options}");
        assert!(said.starts_with(expected), "{options}: {said}");
    }
}

#[test]
fn a_file_gets_what_it_lacks() {
    let site = Site::new();
    // The last line has no line end.
    let text = format!(
        "[DEFAULT]\nhost = localhost\nport = {}\nssl_ca_file = ca.pem\n\
         oauth2_client_id = mail%%20reader\noauth2_token_url = {}\n\n[other]\nusername = eve",
        site.port(),
        site.provider.token_url()
    );
    let file = site.path("conf.ini");
    crate::start::write_private(&file, &text).unwrap();
    let run = |more: &[&str]| {
        let page = site.provider.authorization_url();
        let mut running = Running::start(
            site.program()
                .args([
                    "-f",
                    "conf.ini",
                    "oauth2",
                    "login",
                    "--authorize-url",
                    &page,
                ])
                .args(more)
                .env("imapclient_oauth2_client_secret", SECRET)
                .env("imapclient_username", USER),
        );
        get(&granted(&site, &mut running));
        let ended = running.end();
        assert!(ended.status.success(), "{}", ended.said);
        ended
    };
    let ended = run(&[]);
    let start = "\n[DEFAULT]\noauth2 = true\noauth2_refresh_token = refresh-";
    assert!(ended.printed.starts_with(start), "{}", ended.printed);
    assert_eq!(ended.printed.lines().count(), 4);
    let last = "keep this in [DEFAULT] of conf.ini, which only you should be able to read";
    assert_eq!(ended.said.lines().last(), Some(last));

    // As with `>> conf.ini`.
    crate::start::write_private(&file, format!("{text}{}", ended.printed)).unwrap();
    let output = site
        .program()
        .args(["-f", "conf.ini", "-c", "noop"])
        .env("imapclient_oauth2_client_secret", SECRET)
        .env("imapclient_username", USER)
        .output()
        .unwrap();
    assert!(output.status.success(), "{:?}", printed(&output));

    let ended = run(&["--section", "other", "--scope", "imap"]);
    let start = "\noauth2_scope = imap\noauth2_refresh_token = refresh-";
    assert!(ended.printed.starts_with(start), "{}", ended.printed);
    let last = "keep this in [other] of conf.ini, which only you should be able to read, \
        in place of the old oauth2_refresh_token";
    assert_eq!(ended.said.lines().last(), Some(last));
}
