//! Formats the lines of the INI file for a new token.

use std::path::Path;

use imapclient::{SecretString, Security, auth::secrecy::ExposeSecret};
use imapclient_config::{LoginMethod, Section};
use serde_json::{Map, Value};

use crate::{
    escape,
    failure::{Failure, Result},
    reply::{Reply, View},
    screen::Screen,
};

/// The options of a section with their values, which may be secrets.
pub(super) struct Lines {
    options: Vec<(&'static str, SecretString)>,
    /// The section to add them to, and the options that it has already.
    joins: Option<(String, Vec<&'static str>)>,
}

impl Lines {
    /// Collects all options of a section, or only those that differ from `before`, and the token
    /// in any case.
    ///
    /// # Errors
    /// Fails if a value cannot be written to the file.
    pub(super) fn new(section: &Section, before: Option<&Section>) -> Result<Self> {
        let mut options = all(section);
        let mut joins = None;
        if let Some(before) = before {
            let had = all(before);
            let old = |name: &str| had.iter().find(|one| one.0 == name).map(|one| &one.1);
            options.retain(|(name, value)| {
                let same = |old: &SecretString| old.expose_secret() == value.expose_secret();
                *name == "oauth2_refresh_token" || !old(name).is_some_and(same)
            });
            let names = options.iter().map(|one| one.0);
            let again = names.filter(|name| old(name).is_some()).collect();
            joins = Some((before.name().to_owned(), again));
        }
        for (name, value) in &options {
            if !can_stand(value.expose_secret()) {
                return Err(Failure::Other(format!(
                    "{name} cannot be kept in an INI file: it begins or ends with a space, or \
                     contains unprintable characters"
                )));
            }
        }
        Ok(Self { options, joins })
    }

    pub(super) fn show(&self, screen: &Screen) -> Result<()> {
        if screen.json {
            screen.reply(&Reply::new(self.json(), View::Nothing))?;
        } else {
            screen.print(&self.ini())?;
        }
        Ok(())
    }

    /// Returns where the lines have to be put.
    pub(super) fn advice(&self, file: Option<&Path>) -> String {
        let (Some(file), Some((section, again))) = (file.map(Path::display), &self.joins) else {
            return "keep this in a file that only you can read; `imapclient -f FILE` logs in with it"
                .to_owned();
        };
        let mut advice =
            format!("keep this in [{section}] of {file}, which only you should be able to read");
        if !again.is_empty() {
            advice.push_str(&format!(", in place of the old {}", again.join(", ")));
        }
        advice
    }

    fn ini(&self) -> String {
        let mut text = match &self.joins {
            // The last line of the file may lack a line end. Only this section may appear twice.
            Some((section, _)) if section == "DEFAULT" => "\n[DEFAULT]\n",
            Some(_) => "\n",
            None => "[DEFAULT]\n",
        }
        .to_owned();
        for (name, value) in &self.options {
            let value = value.expose_secret().replace('%', "%%");
            text.push_str(&format!("{name} = {value}\n"));
        }
        text
    }

    fn json(&self) -> Value {
        let value = |name: &str, text: &str| match name {
            "oauth2" | "ssl" | "starttls" => (text == "true").into(),
            "port" => text.parse::<u16>().map_or(Value::Null, Value::from),
            _ => text.into(),
        };
        let pairs = self
            .options
            .iter()
            .map(|(name, text)| ((*name).to_owned(), value(name, text.expose_secret())));
        Value::Object(pairs.collect::<Map<_, _>>())
    }
}

/// Returns all options of a section, as written in the file.
fn all(section: &Section) -> Vec<(&'static str, SecretString)> {
    let text = |text: &str| Some(SecretString::from(text));
    let (server, login) = (&section.connect.server, &section.login);
    let address = server.address();
    let port = address.filter(|address| !address.has_usual_port());
    let port = port.map(|address| SecretString::from(address.port.to_string()));
    let security = server.security();
    let is = |wanted: Security, value: &str| match security == Some(wanted) {
        true => text(value),
        false => None,
    };
    let takes_token = matches!(login.method, LoginMethod::Token(_));
    let ca_file = section.connect.tls.ca_file.as_ref();
    let options = [
        ("host", text(server.host())),
        ("port", port),
        ("username", login.username.as_deref().and_then(text)),
        ("ssl", is(Security::Plain, "false")),
        ("starttls", is(Security::StartTls, "true")),
        (
            "ssl_ca_file",
            ca_file.and_then(|path| text(&path.display().to_string())),
        ),
        ("oauth2", if takes_token { text("true") } else { None }),
        (
            "oauth2_client_id",
            login.oauth2.client_id.as_deref().and_then(text),
        ),
        ("oauth2_client_secret", login.oauth2.client_secret.clone()),
        (
            "oauth2_token_url",
            login.oauth2.token_url.as_deref().and_then(text),
        ),
        ("oauth2_scope", login.oauth2.scope.as_deref().and_then(text)),
        ("oauth2_refresh_token", login.oauth2.refresh_token.clone()),
    ];
    let options = options.into_iter();
    options
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Returns whether a value can be read back unchanged: a line end would begin another option.
fn can_stand(value: &str) -> bool {
    value.trim() == value && value.chars().all(escape::is_harmless)
}

#[cfg(test)]
mod tests {
    use imapclient_config::Loader;
    use proptest::prelude::*;

    use super::*;

    fn section(value: &str) -> Section {
        let loader = Loader::new().environment(|_| None).set("host", "localhost");
        let mut section = loader.without_file().unwrap().default;
        section.login.username = Some(value.to_owned());
        section.login.oauth2.refresh_token = Some(value.into());
        section
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_as_it_was(value in "([ -~]|%|[;#=:\\[\\]()s]|日|\\PC){1,20}") {
            match Lines::new(&section(&value), None) {
                Ok(lines) => {
                    let loader = Loader::new().environment(|_| None);
                    let read = loader.parse(&lines.ini(), "conf.ini").unwrap().default;
                    prop_assert_eq!(read.login.username.as_deref(), Some(value.as_str()));
                    let token = read.login.oauth2.refresh_token.unwrap();
                    prop_assert_eq!(token.expose_secret(), value.as_str());
                }
                Err(_) => prop_assert!(!can_stand(&value)),
            }
        }
    }

    #[test]
    fn what_would_be_read_otherwise_is_refused() {
        for value in [
            " x",
            "x ",
            "x\ny = z",
            "x\r",
            "\u{85}",
            "\u{202e}x",
            "x\u{0}",
        ] {
            assert!(Lines::new(&section(value), None).is_err(), "{value:?}");
        }
    }
}
