//! Warnings about settings that leave an account unprotected.

use std::fmt;

use crate::Place;

/// The permission bits for the group and all others to read.
pub(crate) const READ: u32 = 0o044;
/// The permission bits for the group and all others to write.
pub(crate) const WRITE: u32 = 0o022;

/// A setting that is allowed but probably not intended. `Display` writes one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The option is unknown and ignored.
    #[non_exhaustive]
    UnknownOption {
        /// The place of the option.
        place: Place,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
    },

    /// The connection is not encrypted.
    #[non_exhaustive]
    Plaintext {
        /// The place of `ssl = false`.
        place: Place,
    },

    /// The server's certificate is not checked in full.
    #[non_exhaustive]
    Unchecked {
        /// The place of `ssl_verify_cert = false` or `ssl_check_hostname = false`.
        place: Place,
    },

    /// Other users of the computer can read or change the file, which contains a secret.
    #[non_exhaustive]
    Exposed {
        /// The place of the first secret in the file.
        place: Place,
        /// The permission bits of the file.
        mode: u32,
    },
}

impl Warning {
    /// Returns the place that the warning is about.
    pub fn place(&self) -> &Place {
        match self {
            Self::UnknownOption { place, .. }
            | Self::Plaintext { place }
            | Self::Unchecked { place }
            | Self::Exposed { place, .. } => place,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOption { place, nearest } => {
                write!(f, "{place}: this option is unknown and ignored")?;
                match nearest {
                    Some(name) => write!(f, ": did you mean `{name}`?"),
                    None => Ok(()),
                }
            }
            Self::Plaintext { place } => write!(
                f,
                "{place}: the password and all mail go over the network unencrypted: \
                 leave ssl out, or write `starttls = true`"
            ),
            Self::Unchecked { place } if place.option() == Some("ssl_check_hostname") => write!(
                f,
                "{place}: anyone with a valid certificate for any name can impersonate the server: \
                 leave this option out, and set `host` to a name in the server's certificate"
            ),
            Self::Unchecked { place } => write!(
                f,
                "{place}: an attacker on the network can impersonate the server and read the password \
                 and all mail: leave this option out, and trust your own certificate with \
                 `ssl_ca_file`"
            ),
            Self::Exposed { place, mode } => {
                let can = match (mode & READ != 0, mode & WRITE != 0) {
                    (true, true) => "read and change",
                    (true, false) => "read",
                    _ => "change",
                };
                write!(
                    f,
                    "{place}: other users can {can} this file (mode {mode:03o}): \
                     make it private with `chmod 600`"
                )
            }
        }
    }
}
