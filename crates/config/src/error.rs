use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use imapclient_escape::escaped;

use crate::Place;

/// Why a configuration cannot be used.
///
/// The text is one line: the place, what is wrong, and what would be right. Values of secret
/// options are never in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be read.
    #[error("{place}: the configuration file cannot be read: check its name and its permissions")]
    #[non_exhaustive]
    Read {
        /// The file.
        place: Place,
        /// What the system said.
        source: io::Error,
    },

    /// The file is not UTF-8.
    #[error("{place}: the text is not UTF-8: save it in this encoding")]
    #[non_exhaustive]
    Encoding {
        /// The first line that is not.
        place: Place,
    },

    /// An option stands above the first section.
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

    /// A section is there twice.
    #[error("{place}: this section is already on line {first}: write its options there")]
    #[non_exhaustive]
    DuplicateSection {
        /// The second one.
        place: Place,
        /// The line of the first one.
        first: usize,
    },

    /// An option is twice in the same section.
    #[error("{place}: this option is already on line {first}: keep one of them")]
    #[non_exhaustive]
    DuplicateOption {
        /// The second one.
        place: Place,
        /// The line of the first one.
        first: usize,
    },

    /// A percent sign that starts no reference.
    #[error("{place}: a lone % is not allowed: write %% for a percent sign")]
    #[non_exhaustive]
    Percent {
        /// The percent sign.
        place: Place,
    },

    /// `%(` that is not followed by `name)s`.
    #[error("{place}: a reference is not complete: write %(name)s, or %% for a percent sign")]
    #[non_exhaustive]
    Reference {
        /// The percent sign.
        place: Place,
    },

    /// `%(name)s` where there is no such option.
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

    /// References lead to references more than ten times.
    #[error(
        "{place}: references nest more than 10 deep, perhaps in a circle: write the value itself"
    )]
    #[non_exhaustive]
    Depth {
        /// The option where it was given up.
        place: Place,
    },

    /// An option has a value it cannot have.
    #[error("{place}: {value} is not valid: {advice}")]
    #[non_exhaustive]
    Invalid {
        /// The option.
        place: Place,
        /// The value as it is written, quoted and shortened; or `this value`.
        value: String,
        /// What would be right.
        advice: String,
    },

    /// Options contradict each other, or one is not allowed where it is.
    #[error("{place}: {problem}")]
    #[non_exhaustive]
    Conflict {
        /// The option to change.
        place: Place,
        /// What is wrong and what would be right.
        problem: String,
    },

    /// An option that is needed is not there, or empty.
    #[error("{place}: this option is missing: {advice}")]
    #[non_exhaustive]
    Missing {
        /// Where it belongs.
        place: Place,
        /// What would be right.
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
        /// What the system said.
        source: io::Error,
    },

    /// The OAuth 2 provider's address cannot be used.
    #[error("{place}: no access token can be got there")]
    #[non_exhaustive]
    Token {
        /// The option.
        place: Place,
        /// Why not.
        source: imapclient::auth::TokenError,
    },

    /// The layers could not be laid over each other.
    #[error("the layers of the configuration could not be combined")]
    #[non_exhaustive]
    Layers {
        /// What the `config` crate said.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Error {
    /// Where the error is.
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

    /// Whether an option is missing, so that a program with a user in front of it may ask for it.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}
