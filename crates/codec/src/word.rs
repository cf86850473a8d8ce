//! Enums whose values are words of the protocol, each of which is spelled in one place.

/// Defines an enum without data: its variants, and their words on the wire.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident is $what:literal {
            $($(#[$doc:meta])* $variant:ident $wire:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// All values that this version of the crate knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The words of [`ALL`](Self::ALL).
            #[allow(dead_code, reason = "not every such enum is looked up by its words")]
            pub(crate) const WORDS: &'static [&'static str] = &[$($wire),+];

            /// Returns the word as it appears on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::InvalidArgument;

            /// Parses the word as it appears on the wire, ignoring case.
            ///
            /// # Errors
            /// Fails for any other word, and lists those that are known.
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                let mut all = Self::ALL.iter();
                let known = all.find(|one| one.as_str().eq_ignore_ascii_case(word));
                known
                    .copied()
                    .ok_or_else(|| $crate::word::unknown($what, word, Self::WORDS))
            }
        }

        impl From<&Self> for $name {
            fn from(value: &Self) -> Self {
                *value
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    };
}

use crate::InvalidArgument;

/// Returns the error for a word that is none of `known`.
pub(crate) fn unknown(what: &'static str, word: &str, known: &[&str]) -> InvalidArgument {
    let known = known.join(", ");
    InvalidArgument::new(what, format!("{word:?} is not known; use one of {known}"))
}
