//! The options for loading a configuration.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use imapclient::Security;
use secrecy::{ExposeSecret, SecretString};

use crate::ini::DEFAULT;
use crate::layers::{Layer, Layers, Origin, Sources};
use crate::warning::{READ, WRITE};
use crate::{Config, ConnectOptions, Error, Place, Section, Warning};
use crate::{options, read};

/// Loads a configuration with a different environment, with overrides, or with percent signs that
/// have no special meaning.
///
/// # Example
///
/// ```
/// use imapclient_config::Loader;
///
/// let config = Loader::new()
///     .environment(|name| (name == "imapclient_username").then(|| "bob".into()))
///     .set("port", "1143")
///     .set("starttls", "yes")
///     .parse("[DEFAULT]\nhost = imap.example.com\nport = 143\n", "conf.ini")?;
/// assert_eq!(config.default.login.username.as_deref(), Some("bob"));
/// assert_eq!(config.default.connect.server.address().unwrap().port, 1143);
/// # Ok::<(), imapclient_config::Error>(())
/// ```
#[must_use = "a loader does nothing until `load`, `parse` or `without_file` is called"]
pub struct Loader {
    environment: Box<Lookup>,
    home: Option<PathBuf>,
    overrides: Vec<(String, SecretString)>,
    raw: bool,
}

type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

impl Loader {
    /// Creates a loader with the environment and the home directory of this process.
    pub fn new() -> Self {
        Self {
            environment: Box::new(|name| std::env::var_os(name)),
            home: std::env::home_dir(),
            overrides: Vec::new(),
            raw: false,
        }
    }

    /// Sets the function that looks up environment variables.
    pub fn environment(
        mut self,
        lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static,
    ) -> Self {
        self.environment = Box::new(lookup);
        self
    }

    /// Sets the directory that `~` stands for.
    pub fn home(mut self, directory: impl Into<PathBuf>) -> Self {
        self.home = Some(directory.into());
        self
    }

    /// Sets an option of `[DEFAULT]` that overrides the file, for a program's command line.
    ///
    /// Sections that set the option themselves keep their values. The value is used unchanged,
    /// including percent signs. An empty value removes the file's value, except for booleans.
    pub fn set(mut self, option: &str, value: &str) -> Self {
        let option = option.to_lowercase();
        self.overrides.push((option, SecretString::from(value)));
        self
    }

    /// Sets whether `%` in the file has no special meaning, for files whose passwords contain it.
    pub fn raw(mut self, raw: bool) -> Self {
        self.raw = raw;
        self
    }

    /// Loads a configuration file.
    ///
    /// # Errors
    /// Fails if the file cannot be read or is invalid: see [`Error`].
    pub fn load(self, path: impl AsRef<Path>) -> Result<Config, Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let (bytes, mode) = read_file(path).map_err(|source| Error::Read {
            place: Place::in_file(&name),
            source,
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            Error::Encoding {
                place: Place::in_file(&name).at_line(line_after(valid)),
            }
        })?;
        self.build(Some(&text), &name, mode)
    }

    /// Parses the text of a configuration file; `file_name` is its name in errors.
    ///
    /// # Errors
    /// Fails if the text is invalid: see [`Error`].
    pub fn parse(self, text: &str, file_name: &str) -> Result<Config, Error> {
        self.build(Some(text), file_name, None)
    }

    /// Creates a configuration from the overrides and the environment alone.
    ///
    /// # Errors
    /// Fails if `host` was not set, or if another value is invalid: see [`Error`].
    pub fn without_file(self) -> Result<Config, Error> {
        self.build(None, "command line", None)
    }

    /// `mode` is the permission bits of the file, if it is a regular file on a system that has
    /// them.
    fn build(self, text: Option<&str>, file: &str, mode: Option<u32>) -> Result<Config, Error> {
        let layers = Layers::new(Sources {
            file,
            text,
            environment: self.environment_layer()?,
            overrides: self.override_layer(),
            raw: self.raw,
            home: self.home,
        })?;
        let default = read::section(layers.view(DEFAULT))?;
        let alternates = layers.alternates().into_iter();
        let alternates = alternates.map(|name| read::section(layers.view(name)));
        let alternates = alternates.collect::<Result<Vec<_>, Error>>()?;
        let mut warnings = unknown_options(&layers);
        for (option, applies, warning) in SWITCHED_OFF {
            warnings.extend(switched_off(
                &layers,
                &default,
                &alternates,
                (option, *applies, *warning),
            )?);
        }
        warnings.extend(mode.and_then(|mode| exposed(&layers, mode)));
        warnings.sort_by_key(|warning| warning.place().line());
        Ok(Config {
            default,
            alternates,
            warnings,
        })
    }

    fn environment_layer(&self) -> Result<Layer, Error> {
        let mut found = Vec::new();
        for option in options::FROM_ENVIRONMENT {
            let name = format!("imapclient_{option}");
            let Some(value) = (self.environment)(&name) else {
                continue;
            };
            let value = value.into_string().map_err(|_| Error::Encoding {
                place: Place::in_file(&format!("environment variable {name}")),
            })?;
            found.push(((*option).to_owned(), value));
        }
        Ok(Layer {
            origin: Origin::Environment,
            options: found,
        })
    }

    fn override_layer(&self) -> Layer {
        let exposed = |(option, value): &(String, SecretString)| {
            (option.clone(), value.expose_secret().to_owned())
        };
        Layer {
            origin: Origin::Override,
            options: self.overrides.iter().map(exposed).collect(),
        }
    }
}

impl Default for Loader {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("home", &self.home)
            .field("overrides", &self.overrides)
            .field("raw", &self.raw)
            .finish_non_exhaustive()
    }
}

/// Returns a warning for every option that is neither known nor used by a reference.
fn unknown_options(layers: &Layers) -> Vec<Warning> {
    let mut sections = layers.alternates();
    sections.insert(0, DEFAULT);
    let views = sections.into_iter().map(|name| layers.view(name));
    let written = views.flat_map(|view| {
        let own = view.own_options();
        own.map(move |(option, raw)| (option, view.place(option, raw)))
    });
    let unknown =
        written.filter(|(option, _)| !options::ALL.contains(option) && !layers.is_used(option));
    let warn = |(option, place)| Warning::UnknownOption {
        place,
        nearest: options::nearest(option, options::ALL),
    };
    unknown.map(warn).collect()
}

/// The name of a protective option, the condition under which switching it off matters, and the
/// warning.
type SwitchedOff = (
    &'static str,
    fn(&ConnectOptions) -> bool,
    fn(Place) -> Warning,
);

const SWITCHED_OFF: &[SwitchedOff] = &[
    (
        "ssl",
        |connect| connect.server.security() == Some(Security::Plain),
        |place| Warning::Plaintext { place },
    ),
    (
        "ssl_verify_cert",
        |connect| has_tls(connect) && connect.tls.dangerous_accept_invalid_certs,
        |place| Warning::Unchecked { place },
    ),
    (
        "ssl_check_hostname",
        |connect| has_tls(connect) && connect.tls.dangerous_accept_invalid_hostname,
        |place| Warning::Unchecked { place },
    ),
];

fn has_tls(connect: &ConnectOptions) -> bool {
    let security = connect.server.security();
    security.is_some_and(|security| security != Security::Plain)
}

/// Returns one warning for each place where the option is switched off, regardless of how many
/// sections inherit it.
fn switched_off(
    layers: &Layers,
    default: &Section,
    alternates: &[Section],
    (option, applies, warning): SwitchedOff,
) -> Result<Vec<Warning>, Error> {
    let mut warnings = Vec::new();
    let mut known = Vec::new();
    for section in std::iter::once(default).chain(alternates) {
        if !applies(&section.connect) {
            continue;
        }
        let Some(setting) = layers.view(section.name()).setting(option)? else {
            continue;
        };
        if !known.contains(&setting.origin) {
            known.push(setting.origin);
            warnings.push(warning(setting.place));
        }
    }
    Ok(warnings)
}

/// Returns a warning if other users can read the secrets in the file or change how they are used.
fn exposed(layers: &Layers, mode: u32) -> Option<Warning> {
    let matters = |option: &str| match option {
        "password" | "oauth2_client_secret" | "oauth2_refresh_token" => mode & (READ | WRITE) != 0,
        // The command need not be secret, but a user who can change it can run any command.
        "password_command" => mode & WRITE != 0,
        _ => false,
    };
    let mut sections = layers.alternates();
    sections.insert(0, DEFAULT);
    let views = sections.into_iter().map(|name| layers.view(name));
    let secrets = views.flat_map(|view| {
        let own = view.own_options();
        let own = own.filter(|(option, raw)| {
            raw.origin.is_file() && !raw.text.is_empty() && matters(option)
        });
        own.map(move |(option, raw)| view.place(option, raw))
    });
    let place = secrets.min_by_key(|place| place.line())?;
    Some(Warning::Exposed { place, mode })
}

/// Reads a file and returns its bytes and, for a regular file, its permission bits.
fn read_file(path: &Path) -> io::Result<(Vec<u8>, Option<u32>)> {
    let mut file = fs::File::open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    #[cfg(unix)]
    let mode = {
        use std::os::unix::fs::MetadataExt as _;
        metadata.is_file().then(|| metadata.mode() & 0o777)
    };
    #[cfg(not(unix))]
    let mode = {
        let _ = metadata;
        None
    };
    Ok((bytes, mode))
}

/// Returns the number of the line on which the text after `text` begins.
fn line_after(text: &[u8]) -> usize {
    let ends = text.iter().enumerate().filter(|(i, byte)| match byte {
        b'\n' => true,
        b'\r' => text.get(i + 1) != Some(&b'\n'),
        _ => false,
    });
    ends.count() + 1
}
