//! Reads the INI configuration file: accounts for the IMAP client and its tools.
//!
//! The interactive shell and the live tests read the same file. `[DEFAULT]` is the main account;
//! every other section is an *alternate* account that inherits the options it does not set.
//!
//! ```ini
//! [DEFAULT]
//! host = imap.example.com
//! username = bob
//! password = sekret
//!
//! [wrong password]
//! password = nope
//! expect_failure = AUTHENTICATIONFAILED
//! ```
//!
//! ```text
//!  built-in values < environment < file < overrides
//!          │               │         │        │
//!          └───────────────┴────┬────┴────────┘      file text ─▶ ini (Python's rules) ─▶ format
//!                               ▼
//!                            layers ─▶ %(name)s replaced ─▶ checked ─▶ Section, Warning | Error
//!                                                                          │
//!             Account::new ─▶ Account ◀── complete | Error ────────────────┘
//! ```
//!
//! A [`Section`] contains the options of the file about a server, and those for logging in as far
//! as they are set. An [`Account`] has complete credentials, so that it can be connected with; a
//! program without an INI file creates one by [`Account::new`].
//!
//! The features of [`imapclient`] decide about TLS: this crate enables neither cryptography nor the
//! authorities of the operating system.
//!
//! The text is parsed by the rules of Python 3's `ConfigParser`: names before `=` or `:` are
//! lower-cased, comments are whole lines starting with `#` or `;`, an indented line continues the
//! value above it, quotes and backslashes are literal, `%(name)s` is replaced by another option,
//! and a percent sign is written `%%` (unless [`Loader::raw`] turns that off). The file is UTF-8,
//! with or without a byte order mark.
//!
//! | option | default | meaning |
//! | --- | --- | --- |
//! | `host` | required | server to connect to; with `stream` a command to run |
//! | `port` | 993, or 143 without `ssl` | |
//! | `username`, `password` | environment | |
//! | `password_command` | | command that prints the password, or with `oauth2` and without a refresh token, an access token |
//! | `auth` | `auto`: the best the server offers | one mechanism, see [`LoginMethod`] |
//! | `fallback` | `true` | whether a second mechanism may be tried after the first was refused |
//! | `sasl_ir` | `true` | whether AUTHENTICATE carries an initial response |
//! | `send_id` | `false` | whether the program's name and version are sent (`ID`) |
//! | `pipelining` | `true` | whether several commands may be under way at once |
//! | `disable` | | capabilities that are not used although the server announces them, separated by commas or spaces |
//! | `allow` | | capabilities that are used although servers of this kind are known not to support them |
//! | `ssl` | `true`; `false` with `starttls` or `stream` | TLS from the first byte |
//! | `starttls` | `false` | TLS after STARTTLS; an error together with an explicit `ssl = true` |
//! | `ssl_check_hostname`, `ssl_verify_cert` | `true` | |
//! | `ssl_ca_file`, `ssl_client_cert`, `ssl_client_key` | | PEM files; `~` is the home directory |
//! | `timeout` | 120; 30 to connect | seconds without a byte moved, and for connecting and logging in; a fraction is allowed |
//! | `answer_limit` | 256 MiB | upper bound on the kept bytes of one command's responses, and so on the size of a message; at least 65536 |
//! | `command_timeout` | none | time limit of one command, in seconds |
//! | `min_speed`, `speed_window` | 1024, 60 | minimum speed within a response, in bytes per second, and the seconds over which it is averaged; 0 for no limit |
//! | `unsolicited_limit`, `unsolicited_bytes` | 100000, 67108864 (64 MiB) | upper bounds on unsolicited responses during one command, and on their bytes |
//! | `response_limit` | 1073741824 (1 GiB) | upper bound on the bytes of a response that is skipped because it is too big to be kept; at least 65536 |
//! | `compress` | `false` | whether the connection is compressed after the login; `auto`: if the server announces it and is not on this machine ([`Compress`](imapclient::Compress)) |
//! | `stream` | `false` | use the standard input and output of the command in `host` |
//! | `oauth2` | `false` | log in with an access token |
//! | `oauth2_client_id`, `oauth2_client_secret`, `oauth2_refresh_token` | environment | |
//! | `oauth2_token_url`, `oauth2_scope` | by provider | |
//! | `expect_failure` | | pattern that the login error must match; not in `[DEFAULT]` |
//!
//! Booleans are `1`, `yes`, `true`, `on` and `0`, `no`, `false`, `off` in any case. An empty value
//! means "not set", so `password =` in a section removes an inherited password. Five options can
//! come from the environment: `imapclient_username`, `imapclient_password`,
//! `imapclient_oauth2_client_id`, `imapclient_oauth2_client_secret` and
//! `imapclient_oauth2_refresh_token`; they are used unchanged, including percent signs.
//!
//! # Example
//!
//! ```
//! use imapclient::Security;
//! use imapclient_config::Config;
//!
//! let text = "[DEFAULT]\nhost = imap.example.com\nusername = bob\nstarttls = yes\n";
//! let config = Config::parse(text, "conf.ini")?;
//! let address = config.default.connect.server.address().unwrap();
//! assert_eq!(address.host, "imap.example.com");
//! assert_eq!((address.port, address.security), (143, Security::StartTls));
//!
//! let error = Config::parse("[DEFAULT]\nhost = h\nport = imaps\n", "conf.ini").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     r#"conf.ini:3: [DEFAULT] port: "imaps" is not valid: write a number from 1 to 65535"#,
//! );
//! # Ok::<(), imapclient_config::Error>(())
//! ```

mod account;
mod builder;
mod connect;
mod error;
mod format;
mod ini;
mod interpolate;
mod layers;
mod limits;
mod loader;
mod login;
mod options;
mod place;
mod read;
mod section;
mod tokens;
mod warning;

pub use account::{Account, Credentials, PasswordMethod, TokenMethod, Tokens};
pub use connect::{Address, ClientCertificate, ConnectOptions, Limits, Server, Tls};
pub use error::Error;
pub use limits::option_for;
pub use loader::Loader;
pub use place::Place;
pub use section::{LoginMethod, LoginOptions, OAuth2Options, Section, auth_for};
pub use tokens::{TokenContent, TokenFile, TokenFolder, settle_tokens, state_folder};
pub use warning::Warning;

use std::path::Path;

/// The programs in the page about the file.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/configuration.md")]
struct ConfigurationFile;

/// The content of a configuration file: the main account and the alternates.
#[derive(Debug, Clone)]
pub struct Config {
    /// The section `[DEFAULT]`.
    pub default: Section,
    /// All other sections, with everything they inherit from `[DEFAULT]`, in the order of the file.
    pub alternates: Vec<Section>,
    warnings: Vec<Warning>,
}

impl Config {
    /// Loads a configuration file; the process environment supplies defaults.
    ///
    /// [`Loader`] supports a different environment and overrides.
    ///
    /// # Errors
    /// Fails if the file cannot be read or is invalid: see [`Error`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Loader::new().load(path)
    }

    /// Parses the text of a configuration file; the process environment supplies defaults.
    ///
    /// `file_name` is its name in errors and warnings.
    ///
    /// # Errors
    /// Fails if the text is invalid: see [`Error`].
    pub fn parse(text: &str, file_name: &str) -> Result<Self, Error> {
        Loader::new().parse(text, file_name)
    }

    /// Returns warnings about settings that are allowed but probably not intended, each with its
    /// place.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Returns the section other than `[DEFAULT]` with this exact name.
    pub fn alternate(&self, name: &str) -> Option<&Section> {
        self.alternates.iter().find(|one| one.name() == name)
    }
}
