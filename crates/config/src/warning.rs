use std::fmt;

use crate::Place;

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
}

impl Warning {
    /// What the warning is about.
    pub fn place(&self) -> &Place {
        match self {
            Self::UnknownOption { place, .. } | Self::Plaintext { place } => place,
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
        }
    }
}
