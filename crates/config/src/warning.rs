use std::fmt;

use crate::Place;

/// The permissions of the group and of all others to read.
pub(crate) const READ: u32 = 0o044;
/// Those to write.
pub(crate) const WRITE: u32 = 0o022;

/// Something that is allowed but probably not meant. `Display` is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// An option nobody reads.
    #[non_exhaustive]
    UnknownOption {
        /// Where it stands.
        place: Place,
        /// What it was probably meant to be.
        nearest: Option<&'static str>,
    },

    /// The connection is not encrypted.
    #[non_exhaustive]
    Plaintext {
        /// The `ssl = false`.
        place: Place,
    },

    /// The server's certificate is not checked in full.
    #[non_exhaustive]
    Unchecked {
        /// The `ssl_verify_cert = false` or the `ssl_check_hostname = false`.
        place: Place,
    },

    /// Other users of the computer can read or change the file, which holds a secret.
    #[non_exhaustive]
    Exposed {
        /// The file, and the first secret in it.
        place: Place,
        /// The permission bits of the file.
        mode: u32,
    },
}

impl Warning {
    /// What the warning is about.
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
                "{place}: whoever has a certificate for any name can pose as the server: leave it \
                 out, and write as `host` a name that the server's certificate is for"
            ),
            Self::Unchecked { place } => write!(
                f,
                "{place}: anybody on the way can pose as the server and read the password and all \
                 mail: leave it out, and name a certificate of your own by `ssl_ca_file`"
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
                     make it your own by `chmod 600`"
                )
            }
        }
    }
}
