//! From the command line to an account.

use std::io::{self, IsTerminal};

use imapclient::SecretString;
use imapclient_config::{Account, Config, Error as ConfigError, Loader};

use crate::{
    args::Connection,
    ask,
    failure::{Failure, Result},
    screen::Screen,
};

/// The account that the command line names; what it lacks and logging in takes is asked for.
pub(crate) fn account(connection: &Connection, screen: &Screen) -> Result<Account> {
    let mut account = without_login(connection, screen)?;
    while let Err(error) = account.check_login() {
        match (option_of(&error), io::stdin().is_terminal()) {
            (Some("username"), true) => account.username = Some(ask::line("username: ")?),
            (Some("password"), true) => account.password = Some(password(&account)?),
            (Some("username"), false) if connection.file.is_none() => {
                return Err(missing("user", "--username USER"));
            }
            (Some("password"), false) if connection.file.is_none() => {
                return Err(missing(
                    "password",
                    "a file with `password` or `password_command` (--file), or set imapclient_password in the environment",
                ));
            }
            _ => return Err(error.into()),
        }
    }
    Ok(account)
}

/// The account as far as it is known.
pub(crate) fn without_login(connection: &Connection, screen: &Screen) -> Result<Account> {
    let config = match &connection.file {
        Some(path) => Config::load(path)?,
        None => from_options(connection)?,
    };
    for warning in config.warnings() {
        screen.warn(&warning.to_string());
    }
    let Some(section) = &connection.section else {
        return Ok(config.default);
    };
    config.alternate(section).cloned().ok_or_else(|| {
        let known: Vec<_> = config
            .alternates
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let known = match known.as_slice() {
            [] => "it has none but [DEFAULT]".to_owned(),
            known => format!("it has [{}]", known.join("], [")),
        };
        Failure::Usage(format!(
            "there is no section [{section}] in the file: {known}"
        ))
    })
}

/// Asks for the password of an account.
pub(crate) fn password(account: &Account) -> Result<SecretString> {
    let user = account.username.as_deref().unwrap_or_default();
    ask::secret(&format!("password of {user} at {}: ", account.host))
}

fn from_options(connection: &Connection) -> Result<Config> {
    let host = match &connection.host {
        Some(host) => host.clone(),
        None if io::stdin().is_terminal() => ask::line("host: ")?,
        None => return Err(missing("host", "--host HOST or --file FILE")),
    };
    let mut loader = Loader::new().set("host", &host);
    let port = connection.port.map(|port| port.to_string());
    let ca_file = connection.ca_file.as_ref();
    let ca_file = ca_file.map(|path| path.display().to_string());
    for (option, value) in [
        ("username", &connection.username),
        ("password", &connection.password),
        ("port", &port),
        ("ssl_ca_file", &ca_file),
    ] {
        if let Some(value) = value {
            loader = loader.set(option, value);
        }
    }
    if connection.insecure {
        loader = loader.set("ssl", "false");
    }
    if connection.starttls {
        loader = loader.set("starttls", "true");
    }
    Ok(loader.without_file()?)
}

fn missing(what: &str, advice: &str) -> Failure {
    Failure::Usage(format!(
        "no {what} is given, and there is no terminal to ask at: use {advice}"
    ))
}

fn option_of(error: &ConfigError) -> Option<&str> {
    match error {
        ConfigError::Missing { place, .. } => place.option(),
        _ => None,
    }
}
