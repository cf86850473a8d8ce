//! Converts an account, or the options for connecting, into the client's builder.

use std::{fs, path::Path, time::Duration};

use imapclient::{
    Builder, Security,
    transport::{Endpoint, TlsOptions},
};

use crate::{Account, ConnectOptions, Error, Server};

/// The values that `send_id` sends unless the program sets its own with [`Builder::id`].
const PROGRAM: [(&str, &str); 2] = [
    ("name", "imapclient"),
    ("version", env!("CARGO_PKG_VERSION")),
];

/// The client's defaults, for when only one of the two is set.
const MIN_SPEED: u64 = 1024;
const SPEED_WINDOW: Duration = Duration::from_secs(60);

impl Account {
    /// Returns a builder with all settings of this account, for either kind of client.
    ///
    /// ```no_run
    /// use imapclient::blocking::Client;
    /// use imapclient_config::Config;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let account = Config::load("conf.ini")?.default.account()?;
    /// let mut client = account.builder::<Client>()?.connect()?;
    /// client.logout()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`ConnectOptions::builder`] and [`login`](Self::login).
    pub fn builder<C>(&self) -> Result<Builder<C>, Error> {
        let builder = self.connect.builder()?;
        Ok(match self.login()? {
            Some(login) => builder.login_with(login),
            None => builder,
        })
    }
}

impl ConnectOptions {
    /// Returns a builder for a client that only connects, for either kind of client.
    ///
    /// # Errors
    /// Returns [`Error::File`] if the client certificate cannot be read.
    pub fn builder<C>(&self) -> Result<Builder<C>, Error> {
        let mut tls = TlsOptions::new()
            .dangerous_accept_invalid_hostname(self.tls.dangerous_accept_invalid_hostname)
            .dangerous_accept_invalid_certs(self.tls.dangerous_accept_invalid_certs);
        if let Some(path) = &self.tls.ca_file {
            tls = tls.ca_file(path);
        }
        if let Some(client) = &self.tls.client {
            tls = tls.client_certificate(
                self.read("ssl_client_cert", &client.certificate)?,
                self.read("ssl_client_key", &client.key)?,
            );
        }
        let builder = match &self.server {
            Server::Network(address) => Builder::new(&address.host)
                .port(address.port)
                .security(address.security),
            Server::Command(line) => Builder::new(line)
                .security(Security::Plain)
                .endpoint(Endpoint::Command(line.clone())),
        };
        let mut builder = builder
            .tls_options(tls)
            .sasl_ir(self.sasl_ir)
            .compress(self.compress)
            .pipelining(self.pipelining)
            .disable(self.disable.iter().cloned())
            .allow(self.allow.iter().cloned());
        if self.send_id {
            builder = builder.id(PROGRAM);
        }
        // Without an option, the client's own default applies.
        let limits = &self.limits;
        if limits.timeout.is_some() {
            builder = builder
                .timeout(limits.timeout)
                .connect_timeout(limits.timeout);
        }
        if let Some(bytes) = limits.answer_limit {
            builder = builder.answer_limit(bytes);
        }
        if limits.command_timeout.is_some() {
            builder = builder.command_timeout(limits.command_timeout);
        }
        if limits.min_speed.is_some() || limits.speed_window.is_some() {
            builder = builder.min_speed(
                limits.min_speed.unwrap_or(MIN_SPEED),
                limits.speed_window.unwrap_or(SPEED_WINDOW),
            );
        }
        if let Some(responses) = limits.unsolicited_limit {
            builder = builder.unsolicited_limit(responses);
        }
        if let Some(bytes) = limits.unsolicited_bytes {
            builder = builder.unsolicited_bytes(bytes);
        }
        if let Some(bytes) = limits.response_limit {
            builder = builder.response_limit(bytes);
        }
        Ok(builder)
    }

    pub(crate) fn read(&self, option: &'static str, path: &Path) -> Result<Vec<u8>, Error> {
        fs::read(path).map_err(|source| Error::File {
            place: self.place.clone().of_option(option),
            path: path.to_owned(),
            source,
        })
    }
}
