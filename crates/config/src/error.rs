//! The errors of a configuration, with their places.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use imapclient_escape::escaped;

use crate::Place;

/// An error in a configuration.
///
/// The text is one line: the place, the problem, and what would be right. It never contains the
/// values of secret options.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read.
    #[error("{place}: the configuration file cannot be read: check its name and its permissions")]
    #[non_exhaustive]
    Read {
        /// The file.
        place: Place,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The file is not UTF-8.
    #[error("{place}: the text is not UTF-8: save it in this encoding")]
    #[non_exhaustive]
    Encoding {
        /// The first line that is not UTF-8.
        place: Place,
    },

    /// An option is above the first section.
    #[error("{place}: there is no section yet: write `[DEFAULT]` on a line above this one")]
    #[non_exhaustive]
    NoSection {
        /// The line.
        place: Place,
    },

    /// A line has no `=`.
    #[error("{place}: this line has no `=`: write `option = value`")]
    #[non_exhaustive]
    NoDelimiter {
        /// The line.
        place: Place,
    },

    /// A line starts with `=`.
    #[error("{place}: there is no name before the `=`: write `option = value`")]
    #[non_exhaustive]
    NoName {
        /// The line.
        place: Place,
    },

    /// A section appears twice.
    #[error("{place}: this section is already on line {first}: write its options there")]
    #[non_exhaustive]
    DuplicateSection {
        /// The second one.
        place: Place,
        /// The line of the first one.
        first: usize,
    },

    /// An option appears twice in the same section.
    #[error("{place}: this option is already on line {first}: keep one of them")]
    #[non_exhaustive]
    DuplicateOption {
        /// The second one.
        place: Place,
        /// The line of the first one.
        first: usize,
    },

    /// A percent sign does not begin a reference.
    #[error("{place}: a lone % is not allowed: write %% for a percent sign")]
    #[non_exhaustive]
    Percent {
        /// The percent sign.
        place: Place,
    },

    /// A `%(` is not followed by `name)s`.
    #[error("{place}: a reference is not complete: write %(name)s, or %% for a percent sign")]
    #[non_exhaustive]
    Reference {
        /// The percent sign.
        place: Place,
    },

    /// A `%(name)s` refers to an option that does not exist.
    #[error(
        "{place}: %({})s names an option that is neither in this section nor in [DEFAULT]: \
         set it, or write %% for a percent sign",
        name.as_deref().map_or_else(|| "...".to_owned(), |name| escaped(name).to_string())
    )]
    #[non_exhaustive]
    UnknownReference {
        /// The percent sign.
        place: Place,
        /// The name, unless the value is a secret.
        name: Option<String>,
    },

    /// References are nested more than ten levels deep.
    #[error(
        "{place}: references nest more than 10 deep, perhaps in a circle: write the value itself"
    )]
    #[non_exhaustive]
    Depth {
        /// The option at which expansion stopped.
        place: Place,
    },

    /// The value of an option is invalid.
    #[error("{place}: {value} is not valid: {advice}")]
    #[non_exhaustive]
    Invalid {
        /// The option.
        place: Place,
        /// The value as written, quoted and shortened; or `this value`.
        value: String,
        /// A description of valid values.
        advice: String,
    },

    /// Options contradict each other, or one is not allowed in its section.
    #[error("{place}: {problem}")]
    #[non_exhaustive]
    Conflict {
        /// The option to change.
        place: Place,
        /// The problem and how to solve it.
        problem: String,
    },

    /// A required option is missing or empty.
    #[error("{place}: this option is missing: {advice}")]
    #[non_exhaustive]
    Missing {
        /// The section that needs the option.
        place: Place,
        /// The way to set the option.
        advice: String,
    },

    /// A file that an option names could not be read.
    #[error("{place}: {path:?} cannot be read: check its name and its permissions")]
    #[non_exhaustive]
    File {
        /// The option.
        place: Place,
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The OAuth 2 provider's address cannot be used.
    #[error("{place}: this address cannot be used to get access tokens")]
    #[non_exhaustive]
    Token {
        /// The option.
        place: Place,
        /// The reason.
        source: imapclient::auth::TokenError,
    },

    /// The layers could not be combined.
    #[error("the layers of the configuration could not be combined")]
    #[non_exhaustive]
    Layers {
        /// The error of the `config` crate.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Error {
    /// Returns the place of the error, if it has one.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Read { place, .. }
            | Self::Encoding { place }
            | Self::NoSection { place }
            | Self::NoDelimiter { place }
            | Self::NoName { place }
            | Self::DuplicateSection { place, .. }
            | Self::DuplicateOption { place, .. }
            | Self::Percent { place }
            | Self::Reference { place }
            | Self::UnknownReference { place, .. }
            | Self::Depth { place }
            | Self::Invalid { place, .. }
            | Self::Conflict { place, .. }
            | Self::Missing { place, .. }
            | Self::File { place, .. }
            | Self::Token { place, .. } => Some(place),
            Self::Layers { .. } => None,
        }
    }

    /// Returns whether an option is missing, so that an interactive program can ask for it.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}
