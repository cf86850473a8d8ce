//! Tests the exact text of every error and warning.

use imapclient_config::{Config, Error, Loader, Warning};

fn loader() -> Loader {
    Loader::new().environment(|_| None).home("/home/bob")
}

fn parse(text: &str) -> Result<Config, Error> {
    loader().parse(text, "conf.ini")
}

#[track_caller]
fn fails(text: &str, expected: &str) {
    let error = parse(text).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

/// Like [`fails`], for lines below a valid beginning; they start on line 3.
#[track_caller]
fn fails_below(lines: &str, expected: &str) {
    fails(&format!("[DEFAULT]\nhost = h\n{lines}"), expected);
}

#[test]
fn layout() {
    fails(
        "# c\nhost = h\n",
        "conf.ini:2: there is no section yet: write `[DEFAULT]` on a line above this one",
    );
    fails_below(
        "password\n",
        "conf.ini:3: [DEFAULT]: this line has no `=`: write `option = value`",
    );
    fails_below(
        "= x\n",
        "conf.ini:3: [DEFAULT]: there is no name before the `=`: write `option = value`",
    );
    fails_below(
        "[a]\n[b]\n[a]\n",
        "conf.ini:5: [a]: this section is already on line 3: write its options there",
    );
    fails_below(
        "Port = 1\nPORT: 2\n",
        "conf.ini:4: [DEFAULT] port: this option is already on line 3: keep one of them",
    );
    fails_below(
        "= x\n= y\n",
        "conf.ini:4: [DEFAULT]: this option is already on line 3: keep one of them",
    );
}

#[test]
fn references() {
    fails_below(
        "password = 50% off\n",
        "conf.ini:3:14: [DEFAULT] password: a lone % is not allowed: write %% for a percent sign",
    );
    fails_below(
        "[a]\n  username =  zoë%\n",
        "conf.ini:4:18: [a] username: a lone % is not allowed: write %% for a percent sign",
    );
    // The line of a continuation is not known, so the place is that of the option.
    fails_below(
        "password = a\n  b%\n",
        "conf.ini:3: [DEFAULT] password: a lone % is not allowed: write %% for a percent sign",
    );
    // The place is that of the percent sign, not of the option that refers to it.
    fails_below(
        "username = %(base)s\nbase = 5%\n",
        "conf.ini:4:9: [DEFAULT] base: a lone % is not allowed: write %% for a percent sign",
    );
    fails_below(
        "username = %(host\n",
        "conf.ini:3:12: [DEFAULT] username: a reference is not complete: write %(name)s, \
         or %% for a percent sign",
    );
    fails_below(
        "[a]\nusername = %%%(Hots)s\n",
        "conf.ini:4:14: [a] username: %(hots)s names an option that is neither in this section \
         nor in [DEFAULT]: set it, or write %% for a percent sign",
    );
    fails_below(
        "password = x%(secret)s\n",
        "conf.ini:3:13: [DEFAULT] password: %(...)s names an option that is neither in this \
         section nor in [DEFAULT]: set it, or write %% for a percent sign",
    );
    fails_below(
        "username = %(username)s\n",
        "conf.ini:3: [DEFAULT] username: references nest more than 10 deep, perhaps in a circle: \
         write the value itself",
    );
}

#[test]
fn values() {
    fails_below(
        "ssl = y\n",
        "conf.ini:3: [DEFAULT] ssl: \"y\" is not valid: \
         write 1, yes, true or on, or 0, no, false or off",
    );
    fails_below(
        "oauth2 =\n",
        "conf.ini:3: [DEFAULT] oauth2: \"\" is not valid: \
         write 1, yes, true or on, or 0, no, false or off",
    );
    for port in ["0", "65536", "-1", "imaps", "143 ; plain", "1.0"] {
        fails_below(
            &format!("[a]\nport = {port}\n"),
            &format!(
                "conf.ini:4: [a] port: \"{port}\" is not valid: write a number from 1 to 65535"
            ),
        );
    }
    fails_below(
        "timeout = 1 minute\n",
        "conf.ini:3: [DEFAULT] timeout: \"1 minute\" is not valid: \
         write a number of seconds above 0, such as 30 or 2.5",
    );
    for option in ["answer_limit", "response_limit"] {
        for limit in ["0", "65535", "-1", "1 GiB", "1e9", "99999999999999999999"] {
            fails_below(
                &format!("{option} = {limit}\n"),
                &format!(
                    "conf.ini:3: [DEFAULT] {option}: \"{limit}\" is not valid: write a whole \
                     number of bytes from 65536 on, such as 1073741824"
                ),
            );
        }
    }
    for option in ["command_timeout", "speed_window"] {
        fails_below(
            &format!("{option} = 0\n"),
            &format!(
                "conf.ini:3: [DEFAULT] {option}: \"0\" is not valid: write a number of seconds \
                 above 0, such as 30 or 2.5"
            ),
        );
    }
    for (option, of) in [
        ("min_speed", "bytes a second, such as 1024"),
        ("unsolicited_limit", "responses, such as 100000"),
        ("unsolicited_bytes", "bytes, such as 67108864"),
    ] {
        for number in ["-1", "1.5", "many"] {
            fails_below(
                &format!("{option} = {number}\n"),
                &format!(
                    "conf.ini:3: [DEFAULT] {option}: \"{number}\" is not valid: write a whole \
                     number of {of}"
                ),
            );
        }
    }
    fails(
        "[DEFAULT]\nhost = imap.example.com # mine\n",
        "conf.ini:2: [DEFAULT] host: \"imap.example.com # mine\" is not valid: write a name such \
         as imap.example.com, or an address; comments need their own line",
    );
    fails_below(
        "auth = ntlm\n",
        "conf.ini:3: [DEFAULT] auth: \"ntlm\" is not valid: write AUTO or one of PLAIN, LOGIN, SASL-LOGIN, CRAM-MD5, \
         SCRAM-SHA-1, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-256-PLUS, EXTERNAL, ANONYMOUS, \
         XOAUTH2, OAUTHBEARER",
    );
    fails_below(
        "ssl_ca_file = ~carol/ca.pem\n",
        "conf.ini:3: [DEFAULT] ssl_ca_file: \"~carol/ca.pem\" is not valid: write the full path: \
         only one's own home directory can be written as ~",
    );
    fails_below(
        "oauth2_token_url = http://example.com/\n",
        "conf.ini:3: [DEFAULT] oauth2_token_url: \"http://example.com/\" is not valid: write an \
         address that starts with https:// (http:// only for this computer)",
    );
}

#[test]
fn values_are_shown_as_written_on_one_line_and_shortened() {
    fails_below(
        "port = %(a)s1\n  \u{1b}[31m\"\na = x\n",
        "conf.ini:3: [DEFAULT] port: \"%(a)s1\\n\\u{1b}[31m\"\" is not valid: \
         write a number from 1 to 65535",
    );
    let long = "é".repeat(61);
    let shown = "é".repeat(60);
    fails_below(
        &format!("port = {long}\n"),
        &format!(
            "conf.ini:3: [DEFAULT] port: \"{shown}...\" is not valid: \
             write a number from 1 to 65535"
        ),
    );
}

#[test]
fn names_are_shown_on_one_line() {
    let error = loader().parse(
        "[DEFAULT]\nhost = h\n[a\u{2028}\u{7}\\b]\nport = x\n",
        "a\nb\\c",
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "a\\nb\\c:4: [a\\u{2028}\\u{7}\\b] port: \"x\" is not valid: \
         write a number from 1 to 65535"
    );
}

#[test]
fn contradictions() {
    fails_below(
        "ssl = true\nstarttls = true\n",
        "conf.ini:3: [DEFAULT] ssl: ssl = true and starttls = true exclude each other: \
         for STARTTLS write `ssl = false` here",
    );
    // The place is in the section that causes the conflict.
    fails_below(
        "ssl = true\n[a]\nstarttls = true\n",
        "conf.ini:5: [a] starttls: ssl = true and starttls = true exclude each other: \
         for STARTTLS write `ssl = false` here",
    );
    fails_below(
        "stream = true\nssl = true\n",
        "conf.ini:4: [DEFAULT] ssl: a command (stream = true) cannot be spoken to with TLS: \
         write `ssl = false` here",
    );
    fails_below(
        "stream = true\nstarttls = true\n",
        "conf.ini:4: [DEFAULT] starttls: a command (stream = true) cannot be spoken to with TLS: \
         write `starttls = false` here",
    );
    fails_below(
        "port = 1\n[a]\nstream = true\n",
        "conf.ini:3: [a] port: a command (stream = true) has no port: \
         leave it out, or write `port =`",
    );
    fails_below(
        "password = x\npassword_command = y\n",
        "conf.ini:4: [DEFAULT] password_command: there is a password as well: keep one of them",
    );
    fails_below(
        "auth = xoauth2\n",
        "conf.ini:3: [DEFAULT] auth: this mechanism takes an OAuth 2 token: \
         write `oauth2 = true` as well",
    );
    fails_below(
        "oauth2 = true\nauth = plain\n",
        "conf.ini:4: [DEFAULT] auth: this mechanism does not use an OAuth 2 token (oauth2 = true): \
         write XOAUTH2 or OAUTHBEARER",
    );
    fails_below(
        "ssl_client_key = k\n",
        "conf.ini:3: [DEFAULT] ssl_client_key: the key needs its certificate: \
         write `ssl_client_cert = ...` as well",
    );
    fails_below(
        "expect_failure = x\n",
        "conf.ini:3: [DEFAULT] expect_failure: the main account must not fail: \
         move this option to another section",
    );
    assert!(parse("[DEFAULT]\nhost = h\nexpect_failure =\n").is_ok());
}

#[test]
fn missing_host() {
    let advice = "host: this option is missing: write `host = imap.example.com`";
    fails("", &format!("conf.ini: [DEFAULT] {advice}"));
    fails("[a]\nhost = h\n", &format!("conf.ini: [DEFAULT] {advice}"));
    fails("\n[DEFAULT]\n", &format!("conf.ini:2: [DEFAULT] {advice}"));
    fails_below("[a]\nhost =\n", &format!("conf.ini:3: [a] {advice}"));
    let error = loader().without_file().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("command line: [DEFAULT] {advice}")
    );
    assert!(error.is_missing());
}

#[test]
fn missing_login() {
    let config = parse("[DEFAULT]\nhost = h\n[a]\nusername = u\n[b]\noauth2 = 1\nusername = u\n");
    let config = config.unwrap();
    let text = |section: Option<&str>| {
        let section = section.map_or(&config.default, |name| config.alternate(name).unwrap());
        section.account().unwrap_err().to_string()
    };
    assert_eq!(
        text(None),
        "conf.ini:1: [DEFAULT] username: this option is missing: write `username = ...`, \
         or set the environment variable imapclient_username"
    );
    assert_eq!(
        text(Some("a")),
        "conf.ini:3: [a] password: this option is missing: write `password = ...` or \
         `password_command = ...`, or set the environment variable imapclient_password"
    );
    assert_eq!(
        text(Some("b")),
        "conf.ini:5: [b] oauth2_client_id: this option is missing: write \
         `oauth2_client_id = ...`, or set the environment variable imapclient_oauth2_client_id"
    );
}

#[test]
fn overrides_are_the_command_line() {
    let result = loader()
        .set("port", "x")
        .parse("[DEFAULT]\nhost = h\n", "conf.ini");
    assert_eq!(
        result.unwrap_err().to_string(),
        "command line: [DEFAULT] port: \"x\" is not valid: write a number from 1 to 65535"
    );
}

#[test]
fn places() {
    let error = parse("[DEFAULT]\nhost = h\n[a]\nusername = %\n").unwrap_err();
    let place = error.place().unwrap();
    assert_eq!(place.file_name(), "conf.ini");
    assert_eq!((place.line(), place.column()), (Some(4), Some(12)));
    assert_eq!(
        (place.section(), place.option()),
        (Some("a"), Some("username"))
    );
}

fn warnings(config: &Config) -> Vec<String> {
    config.warnings().iter().map(Warning::to_string).collect()
}

#[test]
fn unknown_options() {
    let config = parse(
        "[DEFAULT]\nhost = h\npasword = x\nbase = ~\nssl_ca_file = %(base)s/ca\nqwertz = 50%\n\
         [a]\nUser: u\n[b]\nhost = h\n",
    );
    assert_eq!(
        warnings(&config.unwrap()),
        [
            "conf.ini:3: [DEFAULT] pasword: this option is unknown and ignored: \
             did you mean `password`?",
            "conf.ini:6: [DEFAULT] qwertz: this option is unknown and ignored",
            "conf.ini:8: [a] user: this option is unknown and ignored: did you mean `username`?",
        ]
    );
    let config = loader().set("host", "h").set("prt", "1").without_file();
    assert_eq!(
        warnings(&config.unwrap()),
        ["command line: [DEFAULT] prt: this option is unknown and ignored: did you mean `port`?"]
    );
}

#[test]
fn plaintext_warns_once() {
    let plain = |place: &str| {
        format!(
            "{place} ssl: the password and all mail go over the network unencrypted: \
             leave ssl out, or write `starttls = true`"
        )
    };
    for (lines, expected) in [
        ("ssl = true\n", vec![]),
        ("starttls = true\n", vec![]),
        ("ssl = false\nstarttls = true\n", vec![]),
        ("ssl = false\nstream = true\n", vec![]),
        ("ssl = no\n[a]\n[b]\n", vec![plain("conf.ini:3: [DEFAULT]")]),
        (
            "[a]\nssl = no\n[b]\n[c]\nssl = 0\n",
            vec![plain("conf.ini:4: [a]"), plain("conf.ini:7: [c]")],
        ),
        (
            "ssl = no\nstarttls = yes\n[a]\n[b]\nstarttls = no\n[c]\nstarttls = no\n",
            vec![plain("conf.ini:3: [b]")],
        ),
    ] {
        let config = parse(&format!("[DEFAULT]\nhost = h\n{lines}")).unwrap();
        assert_eq!(warnings(&config), expected, "{lines:?}");
    }
    let config = loader().set("host", "h").set("ssl", "off").without_file();
    assert_eq!(
        warnings(&config.unwrap()),
        [plain("command line: [DEFAULT]")]
    );
}

#[test]
fn certificates_that_nobody_checks_warn_once() {
    let any = |place: &str| {
        format!(
            "{place} ssl_verify_cert: an attacker on the network can impersonate the server and \
             read the password and all mail: leave this option out, and trust your own \
             certificate with `ssl_ca_file`"
        )
    };
    let name = |place: &str| {
        format!(
            "{place} ssl_check_hostname: anyone with a valid certificate for any name can \
             impersonate the server: leave this option out, and set `host` to a name in the \
             server's certificate"
        )
    };
    for (lines, expected) in [
        ("ssl_verify_cert = yes\nssl_check_hostname = 1\n", vec![]),
        // A stream has no certificate.
        ("ssl_verify_cert = no\nstream = true\n", vec![]),
        (
            "ssl_verify_cert = no\n[a]\n[b]\nssl_verify_cert = yes\n",
            vec![any("conf.ini:3: [DEFAULT]")],
        ),
        (
            "starttls = on\nssl_check_hostname = off\nssl_verify_cert = off\n",
            vec![name("conf.ini:4: [DEFAULT]"), any("conf.ini:5: [DEFAULT]")],
        ),
        (
            "[a]\nssl_check_hostname = 0\n",
            vec![name("conf.ini:4: [a]")],
        ),
    ] {
        let config = parse(&format!("[DEFAULT]\nhost = h\n{lines}")).unwrap();
        assert_eq!(warnings(&config), expected, "{lines:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_with_secrets_that_others_can_read() {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conf.ini");
    for (mode, line, can) in [
        (0o600, "password = sekret", None),
        (0o400, "password = sekret", None),
        (0o644, "password = sekret", Some("read")),
        (0o640, "oauth2_refresh_token = sekret", Some("read")),
        (0o604, "oauth2_client_secret = sekret", Some("read")),
        (0o620, "password = sekret", Some("change")),
        (0o666, "password = sekret", Some("read and change")),
        (0o622, "password_command = pass", Some("change")),
        (0o644, "password_command = pass", None),
        (0o666, "username = bob", None),
        (0o666, "password =", None),
    ] {
        fs::write(
            &file,
            format!("[DEFAULT]\nhost = h\n[a]\n{line}\n[b]\n{line}\n"),
        )
        .unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let option = line.split(' ').next().unwrap();
        let expected: Vec<_> = can
            .map(|can| {
                format!(
                    "{}:4: [a] {option}: other users can {can} this file (mode {mode:03o}): \
                     make it private with `chmod 600`",
                    file.display()
                )
            })
            .into_iter()
            .collect();
        let config = loader().load(&file).unwrap();
        assert_eq!(warnings(&config), expected, "{line} {mode:o}");
    }
}
