//! Every text produces a configuration or a useful error.

use imapclient_config::Loader;

/// `data` is the file, if it is UTF-8.
///
/// # Panics
/// Panics if an error has no position, or is not a single line.
pub fn ini(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for raw in [false, true] {
        let loader = Loader::new().environment(|_| None).home("/home/bob");
        match loader.raw(raw).parse(text, "conf.ini") {
            Ok(config) => {
                assert!(!config.default.connect.server.host().is_empty());
                for warning in config.warnings() {
                    check_line(&warning.to_string());
                }
            }
            Err(error) => {
                check_line(&error.to_string());
                let lines = text.matches(['\n', '\r']).count() + 1;
                let line = error.place().and_then(|place| place.line());
                assert!(line.is_none_or(|line| (1..=lines).contains(&line)));
            }
        }
    }
}

fn check_line(message: &str) {
    assert!(message.starts_with("conf.ini"), "{message:?}");
    assert!(!message.contains(char::is_control), "{message:?}");
}
