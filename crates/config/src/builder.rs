//! Converts an account into the client's builder.

use std::{fs, path::Path, time::Duration};

use imapclient::{
    Builder,
    transport::{Endpoint, TlsOptions},
};

use crate::{Account, Error};

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
    /// let config = Config::load("conf.ini")?;
    /// let mut client = config.default.builder::<Client>()?.connect()?;
    /// client.logout()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`connection`](Self::connection) and [`login`](Self::login).
    pub fn builder<C>(&self) -> Result<Builder<C>, Error> {
        let builder = self.connection()?;
        Ok(match self.login()? {
            Some(login) => builder.login_with(login),
            None => builder,
        })
    }

    /// Returns a builder with all settings except those for logging in, so that the client only
    /// connects.
    ///
    /// # Errors
    /// Returns [`Error::File`] if the client certificate cannot be read.
    pub fn connection<C>(&self) -> Result<Builder<C>, Error> {
        let mut tls = TlsOptions::new()
            .dangerous_accept_invalid_hostname(!self.ssl_check_hostname)
            .dangerous_accept_invalid_certs(!self.ssl_verify_cert);
        if let Some(path) = &self.ssl_ca_file {
            tls = tls.ca_file(path);
        }
        if let Some(path) = &self.ssl_client_cert {
            // One file may contain both.
            let key = self.ssl_client_key.as_ref().unwrap_or(path);
            tls = tls.client_certificate(
                self.read("ssl_client_cert", path)?,
                self.read("ssl_client_key", key)?,
            );
        }
        let mut builder = Builder::new(&self.host)
            .port(self.port)
            .security(self.security())
            .tls_options(tls)
            .sasl_ir(self.sasl_ir);
        if self.send_id {
            builder = builder.id(PROGRAM);
        }
        // Without the option, the client's own default applies.
        if self.timeout.is_some() {
            builder = builder.timeout(self.timeout).connect_timeout(self.timeout);
        }
        if let Some(bytes) = self.answer_limit {
            builder = builder.answer_limit(bytes);
        }
        if self.command_timeout.is_some() {
            builder = builder.command_timeout(self.command_timeout);
        }
        if self.min_speed.is_some() || self.speed_window.is_some() {
            builder = builder.min_speed(
                self.min_speed.unwrap_or(MIN_SPEED),
                self.speed_window.unwrap_or(SPEED_WINDOW),
            );
        }
        if let Some(responses) = self.unsolicited_limit {
            builder = builder.unsolicited_limit(responses);
        }
        if let Some(bytes) = self.unsolicited_bytes {
            builder = builder.unsolicited_bytes(bytes);
        }
        if let Some(bytes) = self.response_limit {
            builder = builder.response_limit(bytes);
        }
        if self.stream {
            builder = builder.endpoint(Endpoint::Command(self.host.clone()));
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
