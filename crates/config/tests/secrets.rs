//! Tests that no secret appears in `Debug` output or in an error.

use imapclient_config::{Error, Loader};

const SECRET: &str = "s3kr1t";

const SECRET_OPTIONS: [&str; 3] = ["password", "oauth2_client_secret", "oauth2_refresh_token"];

fn loader() -> Loader {
    Loader::new().environment(|_| None)
}

#[track_caller]
fn assert_hidden(text: &str) {
    let text = text.to_lowercase();
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn in_the_debug_form() {
    for option in SECRET_OPTIONS {
        let text = format!("[DEFAULT]\nhost = h\n{option} = {SECRET}\nother = {SECRET}\n[a]\n");
        let config = loader().parse(&text, "conf.ini").unwrap();
        let debug = format!("{config:?} {config:#?}");
        let field = option.trim_start_matches("oauth2_");
        assert!(debug.contains(field), "{debug}");
        assert_hidden(&debug);

        let loader = loader().set("host", "h").set(option, SECRET);
        assert!(format!("{loader:?}").contains(option));
        assert_hidden(&format!("{loader:?} {loader:#?}"));
    }
}

#[test]
fn in_the_debug_form_of_an_account() {
    let all = format!(
        "[DEFAULT]\nhost = imap.gmail.com\nusername = u\npassword = {SECRET}\n\
         [tokens]\noauth2 = true\noauth2_client_id = i\noauth2_client_secret = {SECRET}\n\
         oauth2_refresh_token = {SECRET}\n[command]\npassword_command = echo {SECRET}\n\
         [token command]\noauth2 = true\npassword_command = echo {SECRET}\n"
    );
    let config = loader().parse(&all, "conf.ini").unwrap();
    for section in [&config.default].into_iter().chain(&config.alternates) {
        let account = section.account().unwrap();
        let debug = format!("{account:?} {account:#?}");
        assert!(
            debug.contains("Password") || debug.contains("Token"),
            "{debug}"
        );
        assert_hidden(&debug);
    }
}

#[test]
fn in_errors() {
    for option in SECRET_OPTIONS.into_iter().chain(["password_command"]) {
        for value in [
            format!("{SECRET}%"),
            format!("%{SECRET}"),
            format!("%({SECRET}"),
            format!("%({SECRET})s"),
            format!("%({SECRET})d"),
            format!("{SECRET}%({option})s"),
        ] {
            let text = format!("[DEFAULT]\nhost = h\n{option} = {value}\n");
            assert_fails_hidden(&text);
            // The secret is referenced by an option that may be shown.
            assert_fails_hidden(&format!("{text}username = %({option})s\n"));
        }
    }
}

#[test]
fn in_errors_of_other_options() {
    let text = format!("[DEFAULT]\nhost = h\npassword = {SECRET}\n");
    for line in [
        "port = %(password)s",
        "ssl = %(password)s",
        "timeout = %(password)s",
        "auth = %(password)s",
        "host = a b %(password)s",
        "oauth2_token_url = %(password)s",
        "ssl_ca_file = ~%(password)s",
    ] {
        let text = if line.starts_with("host") {
            text.replace("host = h", line)
        } else {
            format!("{text}{line}\n")
        };
        assert_fails_hidden(&text);
    }
}

#[test]
fn in_errors_of_broken_lines() {
    assert_fails_hidden(&format!("[DEFAULT]\nhost = h\npassword = a\n{SECRET}\n"));
    assert_fails_hidden(&format!("[DEFAULT]\nhost = h\n= {SECRET}\n"));
    assert_fails_hidden(&format!("{SECRET}\n"));
    let twice = format!("[DEFAULT]\npassword = {SECRET}\npassword = {SECRET}\n");
    assert_fails_hidden(&twice);
    let both = format!("[DEFAULT]\nhost = h\npassword = {SECRET}\npassword_command = {SECRET}\n");
    assert_fails_hidden(&both);
}

#[track_caller]
fn assert_fails_hidden(text: &str) {
    let error: Error = loader().parse(text, "conf.ini").unwrap_err();
    let mut shown = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(one) = cause {
        shown.push_str(&format!("{one} {one:?}"));
        cause = one.source();
    }
    assert_hidden(&shown);
}
