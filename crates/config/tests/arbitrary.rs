//! Tests that any text gives either a configuration or a good error.

use imapclient_config::{Config, Error, Loader};
use proptest::prelude::*;

fn parse(text: &str, raw: bool) -> Result<Config, Error> {
    let loader = Loader::new().environment(|_| None).home("/home/bob");
    loader.raw(raw).parse(text, "conf.ini")
}

/// Generates text from pieces that are meaningful in a file, so that parsing gets past the first
/// line.
fn likely_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("[DEFAULT]\nhost = h\n".to_owned()),
        prop::sample::select(vec![
            "\n",
            "\r\n",
            "\r",
            " ",
            "\t",
            "\u{a0}",
            "\u{1c}",
            "[",
            "]",
            "=",
            ":",
            "#",
            ";",
            "%",
            "%%",
            "%(",
            ")s",
            "%(host)s",
            "%(base)s",
            "\u{feff}",
            "\0",
            "İ",
            "true",
            "no",
            "1",
            "99999999999999999999",
            "-1",
            "1e999",
            "~",
            "~/x",
            "https://",
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec![
            "host",
            "port",
            "username",
            "password",
            "password_command",
            "auth",
            "ssl",
            "starttls",
            "ssl_ca_file",
            "ssl_client_key",
            "timeout",
            "answer_limit",
            "command_timeout",
            "min_speed",
            "unsolicited_limit",
            "stream",
            "oauth2",
            "oauth2_token_url",
            "expect_failure",
            "base",
        ])
        .prop_map(|option| format!("\n{option} = ")),
        "\\[[a-zA-Z .]{1,8}\\]\n",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn check(text: &str) -> Result<(), TestCaseError> {
    for raw in [false, true] {
        match parse(text, raw) {
            Ok(config) => {
                prop_assert!(!config.default.connect.server.host().is_empty());
                for warning in config.warnings() {
                    check_line(&warning.to_string())?;
                }
            }
            Err(error) => {
                check_line(&error.to_string())?;
                let lines = text.matches(['\n', '\r']).count() + 1;
                let line = error.place().and_then(|place| place.line());
                prop_assert!(line.is_none_or(|line| (1..=lines).contains(&line)));
            }
        }
    }
    Ok(())
}

fn check_line(message: &str) -> Result<(), TestCaseError> {
    prop_assert!(message.starts_with("conf.ini"), "{message:?}");
    prop_assert!(!message.contains(char::is_control), "{message:?}");
    Ok(())
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_likely_text(text in likely_text()) {
        check(&text)?;
    }

    #[test]
    fn any_value_comes_back(value in "[^\\p{Z}\\p{C}%][^\\p{C}%]{0,40}[^\\p{Z}\\p{C}%]") {
        let text = format!("[DEFAULT]\nhost = h\nusername = {value}\n");
        let config = parse(&text, false).unwrap();
        prop_assert_eq!(config.default.login.username, Some(value));
    }

    #[test]
    fn line_ends_do_not_matter(text in likely_text()) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let shown = |text: &str| format!("{:?}", parse(text, false));
        let expected = shown(&text);
        prop_assert_eq!(&shown(&text.replace('\n', "\r\n")), &expected);
        prop_assert_eq!(&shown(&text.replace('\n', "\r")), &expected);
    }
}
