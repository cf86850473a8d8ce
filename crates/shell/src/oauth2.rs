//! `imapclient oauth2 login`: obtains the first refresh token, and prints the lines of the INI file
//! for it.
//!
//! ```text
//!  options, file ─▶ account, App ─▶ browser (redirect, page) | device ─▶ a refresh token
//!                                                                           │
//!                  standard output ◀── lines ◀── check: log in with it ◀────┘
//! ```
//!
//! Prompts and messages go to standard error, so that `imapclient oauth2 login ... >> conf.ini`
//! works.

mod browser;
mod check;
mod device;
mod lines;
mod page;
mod redirect;

use std::{io, panic, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use imapclient::{
    SecretString,
    auth::{App, Grant, Provider, TokenError, secrecy::ExposeSecret},
};
use imapclient_config::{LoginMethod, PasswordMethod, Section, TokenMethod};

use crate::{
    TOKEN_TIME, account,
    args::Connection,
    failure::{Failure, Result},
    screen::Screen,
    session::interrupted,
};

use lines::Lines;

/// The commands for OAuth 2.0.
#[derive(Debug, Subcommand)]
pub(crate) enum Oauth2 {
    /// Gets a refresh token from a provider, and prints the lines to keep in an INI file.
    ///
    /// The user grants access in a browser on this machine, which is redirected to a local
    /// listener; with --device in any browser, by entering a code that is shown here. Prompts and
    /// messages go to standard error, and only the lines to keep to standard output. With --file,
    /// only options that neither the file nor the environment sets are printed.
    #[command(after_help = "\
The client id identifies the program; the provider issues one when a program is registered. The \
client secret is best set in the environment, as imapclient_oauth2_client_secret, since other \
users of this machine can see the command line. imapclient_oauth2_client_id works as well.

RFC 6749 §4.1, RFC 7636 and RFC 8252 (browser), RFC 8628 (--device)

Examples:
  imapclient oauth2 login --provider google -u bob@gmail.com > conf.ini
  imapclient oauth2 login -H outlook.office365.com -u bob@example.org --device
  imapclient -f conf.ini oauth2 login --check >> conf.ini")]
    Login(Box<Login>),
}

#[derive(Debug, Args)]
#[command(next_help_heading = "OAuth 2.0")]
pub(crate) struct Login {
    /// The provider. By default it follows from the host, and for the large ones the host follows
    /// from it.
    #[arg(long, value_name = "NAME")]
    provider: Option<Known>,
    /// The client id of the program at the provider.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The client secret, if there is one. Other users of this machine can see it here: better set
    /// it in the file, or as `imapclient_oauth2_client_secret` in the environment.
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<SecretString>,
    /// The provider's page, if it is not known.
    #[arg(long, value_name = "URL", conflicts_with = "device")]
    authorize_url: Option<String>,
    /// The address that issues tokens, if it is not known.
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    /// The address that issues codes for --device, if it is not known.
    #[arg(long, value_name = "URL", requires = "device")]
    device_url: Option<String>,
    /// The scopes to ask for, instead of those that the provider requires for IMAP.
    #[arg(long, value_name = "SCOPES")]
    scope: Option<String>,
    /// Shows a code to enter in a browser on any machine.
    #[arg(long)]
    device: bool,
    /// Opens the provider's page with $BROWSER, or the system's default browser.
    #[arg(long, conflicts_with = "device")]
    browser: bool,
    #[arg(
        long,
        value_name = "URL",
        conflicts_with = "device",
        help = "The address that the browser is redirected to, as registered for the program; \
                without a port, a free one is used. By default it is http://127.0.0.1/, or \
                http://localhost/ for Microsoft"
    )]
    redirect_url: Option<redirect::Address>,
    /// The time to wait for the user to grant access.
    #[arg(
        long, value_name = "SECONDS", default_value_t = 300,
        value_parser = clap::value_parser!(u64).range(1..=24 * 60 * 60)
    )]
    timeout: u64,
    /// Logs in on the mail server with the token before anything is printed.
    #[arg(long)]
    check: bool,
}

/// The providers whose addresses are known.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Known {
    Google,
    Microsoft,
    Yahoo,
}

impl Oauth2 {
    pub(crate) fn run(&self, connection: &Connection, screen: &Screen) -> Result<()> {
        match self {
            Self::Login(login) => login.run(connection, screen),
        }
    }
}

impl Login {
    fn run(&self, connection: &Connection, screen: &Screen) -> Result<()> {
        let before = self.before(connection, screen)?;
        let mut section = self.section(&before)?;
        let app = self.app(&mut section)?;
        let file = connection.file.as_deref();
        let lines = |section: &Section| Lines::new(section, file.map(|_| &before));
        // A value that cannot be kept is reported before the user is asked for anything.
        lines(&section).map_err(|failure| Failure::Usage(failure.text()))?;
        let grant = wait(self.grant(&app, &section, screen))?;
        section.login.oauth2.refresh_token = Some(refresh_token(grant)?);
        let checked = match self.check {
            true => {
                let rotation = check::Rotation::default();
                let checked = wait(check::log_in(&section, &rotation, screen));
                if let Some(newest) = rotation.end(TOKEN_TIME, screen) {
                    section.login.oauth2.refresh_token = Some(newest);
                }
                checked
            }
            false => Ok(()),
        };
        // Regardless of the result, the token has to be kept, since the provider may not issue a
        // second one.
        let lines = lines(&section)?;
        lines.show(screen)?;
        screen.note(&lines.advice(file));
        checked
    }

    /// Returns the section of the file, or that of the command line.
    fn before(&self, connection: &Connection, screen: &Screen) -> Result<Section> {
        let mut connection = connection.clone();
        if connection.file.is_none() && connection.host.is_none() {
            connection.host = self.provider.map(|known| known.host().to_owned());
        }
        account::without_login(&connection, screen)
    }

    /// Returns the section as it will be, except for the token.
    fn section(&self, before: &Section) -> Result<Section> {
        let mut section = before.clone();
        let login = &mut section.login;
        login.method = match login.method {
            LoginMethod::Token(method) => LoginMethod::Token(method),
            LoginMethod::Password(PasswordMethod::Auto { .. }) => {
                LoginMethod::Token(TokenMethod::Auto)
            }
            _ => {
                return Err(Failure::usage(
                    "the file selects a mechanism (auth) that takes no token: remove it, or write \
                     auth = XOAUTH2 or OAUTHBEARER",
                ));
            }
        };
        let given = [
            (&self.client_id, &mut login.oauth2.client_id),
            (&self.token_url, &mut login.oauth2.token_url),
            (&self.scope, &mut login.oauth2.scope),
        ];
        for (option, value) in given {
            if option.is_some() {
                value.clone_from(option);
            }
        }
        if self.client_secret.is_some() {
            login.oauth2.client_secret.clone_from(&self.client_secret);
        }
        if login.username.is_none() {
            login.username = Some(account::ask_for("username", "--username USER")?);
        }
        if login.oauth2.client_id.is_none() {
            let advice = "--client-id ID: the provider issues one when a program is registered";
            login.oauth2.client_id = Some(account::ask_for("client id", advice)?);
        }
        Ok(section)
    }

    fn app(&self, section: &mut Section) -> Result<App> {
        let host = section.connect.server.host();
        let by_host = Provider::of_host(host);
        let provider = self.provider.map(Known::provider).or(by_host);
        let token_url = &mut section.login.oauth2.token_url;
        let by_provider = provider.map(|provider| provider.token_url.to_owned());
        let Some(url) = token_url.clone().or(by_provider) else {
            return Err(Failure::usage(format!(
                "the OAuth 2.0 provider of {host} is not known: use --provider NAME, or --token-url URL with --authorize-url URL, or --device-url URL"
            )));
        };
        // The host alone does not identify this provider, so the lines need its address.
        if provider != by_host {
            *token_url = Some(url);
        }
        let mut app = section.app(provider)?;
        if self.device {
            if let Some(url) = &self.device_url {
                app = app.device_url(url).map_err(wrong_address)?;
            } else if provider.is_none_or(|provider| provider.device_url.is_none()) {
                return Err(Failure::usage(
                    "this provider is not known to issue codes for mail: leave out --device, or \
                     use --device-url URL",
                ));
            }
        } else if let Some(url) = &self.authorize_url {
            app = app.authorization_url(url).map_err(wrong_address)?;
        } else if provider.is_none() {
            return Err(Failure::usage(
                "the provider's page is not known: use --authorize-url URL, or --device with --device-url URL",
            ));
        }
        Ok(app)
    }

    async fn grant(&self, app: &App, section: &Section, screen: &Screen) -> Result<Grant> {
        let limit = Duration::from_secs(self.timeout);
        match self.device {
            true => device::grant(app, screen, limit).await,
            false => {
                let user = section.login.username.as_deref().unwrap_or_default();
                let by_host = Provider::of_host(section.connect.server.host());
                let provider = self.provider.map(Known::provider).or(by_host);
                let address = match &self.redirect_url {
                    Some(address) => address.clone(),
                    None => redirect::Address::usual(provider),
                };
                browser::grant(app, user, &address, self.browser, screen, limit).await
            }
        }
    }
}

impl Known {
    fn provider(self) -> Provider {
        match self {
            Self::Google => Provider::GOOGLE,
            Self::Microsoft => Provider::MICROSOFT,
            Self::Yahoo => Provider::YAHOO,
        }
    }

    /// Returns the provider's mail server.
    fn host(self) -> &'static str {
        match self {
            Self::Google => "imap.gmail.com",
            Self::Microsoft => "outlook.office365.com",
            Self::Yahoo => "imap.mail.yahoo.com",
        }
    }
}

fn refresh_token(grant: Grant) -> Result<SecretString> {
    let token = grant.refresh_token;
    token
        .filter(|token| !token.expose_secret().is_empty())
        .ok_or_else(|| {
            Failure::Other(
                "the provider issued an access token, but no refresh token: it may need a scope \
                 for that (--scope), such as offline_access"
                    .to_owned(),
            )
        })
}

fn wrong_address(error: TokenError) -> Failure {
    Failure::usage(error.to_string())
}

/// Waits for a future, or for Ctrl-C.
fn wait<T>(what: impl Future<Output = Result<T>>) -> Result<T> {
    crate::runtime::with_runtime(|runtime| {
        runtime.block_on(async {
            tokio::select! {
                // First, so that Ctrl-C is handled before anything is shown.
                biased;
                failure = interrupted() => Err(failure),
                result = what => result,
            }
        })
    })
}

/// Sends a request to a provider on a thread of its own.
async fn offload<T: Send + 'static>(ask: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(value) => Ok(value),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            Err(error) => Err(io::Error::other(error).into()),
        },
    }
}

fn too_late(limit: Duration) -> Failure {
    Failure::Other(format!(
        "access was not granted within {} seconds",
        limit.as_secs()
    ))
}
