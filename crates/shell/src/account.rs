//! Determines the account from the command line.

use std::io::{self, IsTerminal};

use imapclient::{SecretString, auth::secrecy::ExposeSecret};
use imapclient_config::{
    Account, Config, ConnectOptions, Error as ConfigError, Loader, Section, TokenFolder, Warning,
};

use crate::{
    args::Connection,
    ask,
    failure::{Failure, Result},
    screen::Screen,
};

/// Returns the account that the command line selects; asks the user for what is missing.
pub(crate) fn account(connection: &Connection, screen: &Screen) -> Result<Account> {
    let mut section = without_login(connection, screen)?;
    let screen = screen.clone();
    section.keep_tokens(TokenFolder::of_user(move |warning| screen.warn(warning)));
    complete(&mut section, connection.file.is_some())
}

/// Asks the user for the options that a section lacks to log in, and returns its account.
pub(crate) fn complete(section: &mut Section, has_file: bool) -> Result<Account> {
    // An error about a missing option of the file names its line, so it is returned as it is.
    let may_ask = io::stdin().is_terminal();
    loop {
        let error = match section.account() {
            Ok(account) => return Ok(account),
            Err(error) => error,
        };
        let login = &mut section.login;
        match option_of(&error) {
            Some("username") if may_ask || !has_file => {
                login.username = Some(ask_for("username", "--username USER")?);
            }
            Some("password") if may_ask => {
                let user = login.username.as_deref().unwrap_or_default();
                login.password = Some(password(user, &section.connect)?.into());
            }
            Some("password") if !has_file => {
                return Err(missing(
                    "password",
                    "a file with `password` or `password_command` (--file), or set imapclient_password in the environment",
                ));
            }
            Some("oauth2_refresh_token") => {
                return Err(Failure::Usage(format!(
                    "{error}; `imapclient oauth2 login` gets one"
                )));
            }
            _ => return Err(error.into()),
        }
    }
}

/// Returns whether the missing option is one that users know: the user name or the password.
pub(crate) fn can_be_asked(error: &ConfigError) -> bool {
    matches!(option_of(error), Some("username" | "password"))
}

/// Returns the section that the command line selects, without asking for missing options.
pub(crate) fn without_login(connection: &Connection, screen: &Screen) -> Result<Section> {
    let (section, warnings) = load(connection)?;
    for warning in warnings {
        screen.warn(&warning.to_string());
    }
    Ok(section)
}

/// Returns the section that the command line selects, without asking for missing options, and the
/// warnings about its settings.
pub(crate) fn load(connection: &Connection) -> Result<(Section, Vec<Warning>)> {
    let config = match &connection.file {
        Some(path) => Config::load(path)?,
        None => from_options(connection)?,
    };
    // No warning about options that were just typed on purpose.
    let default = config.default.name();
    let chosen = connection.section.as_deref().unwrap_or(default);
    let warnings = config.warnings().iter().filter(|warning| {
        // Warnings about other sections are not relevant.
        let section = warning.place().section();
        connection.file.is_some()
            && section.is_none_or(|section| section == default || section == chosen)
    });
    let warnings = warnings.cloned().collect();
    let mut section = match chosen {
        name if name != default => alternate(&config, name)?,
        _ => config.default,
    };
    switch(&mut section.connect, connection);
    Ok((section, warnings))
}

/// Adds the capabilities that the command line disables or allows to those of the file.
pub(crate) fn switch(options: &mut ConnectOptions, connection: &Connection) {
    options.disable.extend(connection.disable.iter().cloned());
    options.allow.extend(connection.allow.iter().cloned());
}

fn alternate(config: &Config, name: &str) -> Result<Section> {
    config.alternate(name).cloned().ok_or_else(|| {
        let all = std::iter::once(&config.default).chain(&config.alternates);
        let all = all.map(Section::name);
        let all: Vec<_> = all.map(|name| format!("[{name}]")).collect();
        Failure::Usage(format!(
            "there is no section [{name}] in the file: it has {}",
            all.join(", ")
        ))
    })
}

/// Asks the user for a missing value; without a terminal, returns an error that explains how to
/// give it.
pub(crate) fn ask_for(what: &str, advice: &str) -> Result<String> {
    if !io::stdin().is_terminal() {
        return Err(missing(what, advice));
    }
    match ask::line(&format!("{what}: "))? {
        answer if answer.is_empty() => Err(Failure::Usage(format!("no {what} is given"))),
        answer => Ok(answer),
    }
}

/// Asks the user for a password.
pub(crate) fn password(user: &str, connect: &ConnectOptions) -> Result<SecretString> {
    let host = connect.server.host();
    ask::secret(&format!("password of {user} at {host}: "))
}

fn from_options(connection: &Connection) -> Result<Config> {
    let host = match &connection.host {
        Some(host) => host.clone(),
        None => ask_for("host", "--host HOST or --file FILE")?,
    };
    let mut loader = Loader::new().set("host", &host);
    let port = connection.port.map(|port| port.to_string());
    let password = connection.password.as_ref();
    for (option, value) in [
        ("username", connection.username.as_deref()),
        ("password", password.map(ExposeSecret::expose_secret)),
        ("port", port.as_deref()),
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
    let mut config = loader.without_file()?;
    // Used unchanged: the path need not be UTF-8, and the shell has already expanded `~`.
    let tls = &mut config.default.connect.tls;
    tls.ca_file.clone_from(&connection.ca_file);
    Ok(config)
}

fn missing(what: &str, advice: &str) -> Failure {
    Failure::Usage(format!(
        "no {what} is given, and there is no terminal to ask at: use {advice}"
    ))
}

/// Returns the missing option, if that is the error.
pub(crate) fn option_of(error: &ConfigError) -> Option<&str> {
    match error {
        ConfigError::Missing { place, .. } => place.option(),
        _ => None,
    }
}
