//! Tests of precedence: built-in values < environment < file < overrides; and of reading the file.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use imapclient::Password;
use imapclient_config::{Config, Error, Loader, Section};
use secrecy::ExposeSecret;

fn loader(environment: &'static [(&'static str, &'static str)]) -> Loader {
    Loader::new().home("/home/bob").environment(move |name| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

fn password(config: &Config) -> Option<&str> {
    match &config.default.login.password {
        Some(Password::Known(password)) => Some(password.expose_secret()),
        _ => None,
    }
}

/// Returns whether the password comes from a command.
fn is_printed(config: &Config) -> bool {
    matches!(config.default.login.password, Some(Password::Command(_)))
}

/// Returns the port of a section.
fn port(section: &Section) -> u16 {
    section.connect.server.address().unwrap().port
}

#[test]
fn the_environment_has_five_options() {
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let record = asked.clone();
    let config = Loader::new()
        .environment(move |name| {
            record.lock().unwrap().push(name.to_owned());
            Some(format!("value of {name}").into())
        })
        .parse("[DEFAULT]\nhost = h\n", "conf.ini")
        .unwrap();
    assert_eq!(
        *asked.lock().unwrap(),
        [
            "imapclient_username",
            "imapclient_password",
            "imapclient_oauth2_client_id",
            "imapclient_oauth2_client_secret",
            "imapclient_oauth2_refresh_token",
        ]
    );
    let login = &config.default.login;
    assert_eq!(
        login.username.as_deref(),
        Some("value of imapclient_username")
    );
    assert_eq!(password(&config), Some("value of imapclient_password"));
    let id = login.oauth2.client_id.as_deref();
    assert_eq!(id, Some("value of imapclient_oauth2_client_id"));
    let secret = login.oauth2.client_secret.as_ref().unwrap();
    assert_eq!(
        secret.expose_secret(),
        "value of imapclient_oauth2_client_secret"
    );
    let token = login.oauth2.refresh_token.as_ref().unwrap();
    assert_eq!(
        token.expose_secret(),
        "value of imapclient_oauth2_refresh_token"
    );
}

#[test]
fn the_file_is_over_the_environment_and_overrides_are_over_the_file() {
    let text = "[DEFAULT]\nhost = h\nusername = file\n[a]\nusername = section\n[b]\n";
    let environment = &[
        ("imapclient_username", "env"),
        ("imapclient_password", "pw"),
    ];

    let config = loader(environment).parse(text, "conf.ini").unwrap();
    assert_eq!(config.default.login.username.as_deref(), Some("file"));
    assert_eq!(password(&config), Some("pw"));
    assert!(config.alternate("b").unwrap().login.password.is_some());

    let overridden = loader(environment).set("Username", "flag").set("port", "7");
    let config = overridden.parse(text, "conf.ini").unwrap();
    assert_eq!(config.default.login.username.as_deref(), Some("flag"));
    assert_eq!(port(&config.default), 7);
    let a = config.alternate("a").unwrap();
    assert_eq!((a.login.username.as_deref(), port(a)), (Some("section"), 7));
    let b = config.alternate("b").unwrap();
    assert_eq!(b.login.username.as_deref(), Some("flag"));
}

#[test]
fn the_last_override_of_an_option_holds() {
    let twice = loader(&[]).set("host", "a").set("host", "b");
    assert_eq!(
        twice.without_file().unwrap().default.connect.server.host(),
        "b"
    );
}

#[test]
fn an_empty_value_hides_the_layers_below() {
    let environment = &[("imapclient_password", "pw")];
    let text = "[DEFAULT]\nhost = h\npassword =\nusername = bob\n";
    let config = loader(environment)
        .set("username", "")
        .parse(text, "conf.ini");
    let config = config.unwrap();
    assert_eq!(password(&config), None);
    assert_eq!(config.default.login.username, None);
}

#[test]
fn a_command_in_the_file_is_over_a_password_in_the_environment() {
    let environment = &[("imapclient_password", "pw")];
    let text = "[DEFAULT]\nhost = h\npassword_command = c\n";
    let config = loader(environment).parse(text, "conf.ini").unwrap();
    assert_eq!(password(&config), None);
    assert!(is_printed(&config));

    let config = loader(environment)
        .set("password", "flag")
        .parse(text, "conf.ini");
    let config = config.unwrap();
    assert_eq!(password(&config), Some("flag"));
    assert!(!is_printed(&config));
}

#[test]
fn only_the_file_has_references() {
    let environment = &[
        ("imapclient_username", "50%(host)s%"),
        ("imapclient_password", "100%"),
    ];
    let text =
        "[DEFAULT]\nhost = %(name)s.example.com\nname = imap\noauth2_scope = <%(username)s>\n";
    let config = loader(environment).parse(text, "conf.ini").unwrap();
    assert_eq!(config.default.connect.server.host(), "imap.example.com");
    assert_eq!(
        config.default.login.username.as_deref(),
        Some("50%(host)s%")
    );
    assert_eq!(password(&config), Some("100%"));
    assert_eq!(
        config.default.login.oauth2.scope.as_deref(),
        Some("<50%(host)s%>")
    );

    let config = loader(&[]).set("password", "%x%(y)s").set("name", "other");
    let config = config
        .parse(text.split("oauth2").next().unwrap(), "conf.ini")
        .unwrap();
    assert_eq!(password(&config), Some("%x%(y)s"));
    assert_eq!(config.default.connect.server.host(), "other.example.com");
}

#[test]
fn raw_leaves_percent_signs_alone() {
    let text = "[DEFAULT]\nhost = h\npassword = 50%%%(host)s%\n";
    let config = loader(&[]).raw(true).parse(text, "conf.ini").unwrap();
    assert_eq!(password(&config), Some("50%%%(host)s%"));
    assert!(loader(&[]).raw(false).parse(text, "conf.ini").is_err());
}

#[test]
fn without_a_file() {
    let environment = &[("imapclient_username", "bob")];
    let config = loader(environment)
        .set("host", "h")
        .set("ssl_ca_file", "~/ca");
    let config = config.without_file().unwrap();
    assert_eq!(config.default.connect.server.host(), "h");
    assert_eq!(config.default.login.username.as_deref(), Some("bob"));
    assert_eq!(
        config.default.connect.tls.ca_file,
        Some(PathBuf::from("/home/bob/ca"))
    );
    assert!(config.alternates.is_empty() && config.warnings().is_empty());
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    // The extension does not matter.
    for name in ["conf.ini", "conf", "conf.d.toml", "ü ☺.x"] {
        let path = folder.path().join(name);
        fs::write(&path, "\u{feff}[DEFAULT]\r\nhost = zoë.example\r\n[a]\r\n").unwrap();
        let config = loader(&[]).load(&path).unwrap();
        assert_eq!(config.default.connect.server.host(), "zoë.example");
        assert_eq!(config.alternates.len(), 1);
    }
}

#[test]
fn a_file_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conf");
    // A file with a similar name must not be used instead.
    fs::write(folder.path().join("conf.ini"), "[DEFAULT]\nhost = h\n").unwrap();
    let error = loader(&[]).load(&path).unwrap_err();
    let expected = format!(
        "{}: the configuration file cannot be read: check its name and its permissions",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    let Error::Read { source, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn a_file_that_is_not_utf8() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conf.ini");
    for (bytes, line) in [
        (b"[DEFAULT]\npassword = \xe9\n".as_slice(), 2),
        (b"\xff\xfe[\0", 1),
        (b"# a\r\n# b\r# c\n\xc3", 4),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = loader(&[]).load(&path).unwrap_err();
        let path = path.display();
        let expected = format!("{path}:{line}: the text is not UTF-8: save it in this encoding");
        assert_eq!(error.to_string(), expected);
    }
}

#[cfg(unix)]
#[test]
fn an_environment_that_is_not_utf8() {
    use std::os::unix::ffi::OsStringExt;
    let broken = Loader::new().environment(|_| Some(OsString::from_vec(vec![b'a', 0xff])));
    let error = broken
        .parse("[DEFAULT]\nhost = h\n", "conf.ini")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "environment variable imapclient_username: the text is not UTF-8: save it in this encoding"
    );
}
