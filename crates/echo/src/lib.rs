//! Recognises our own secrets in the text of others.
//!
//! Servers repeat passwords and tokens in their error texts, as in `NO wrong password "sekret"`.
//! Such a text must not reach an error, a log or a screen. An [`Echo`] holds the secrets that were
//! sent and reports whether a text repeats one of them, in whatever encoding.
//!
//! ```
//! use imapclient_echo::Echo;
//!
//! let mut echo = Echo::new();
//! echo.add(b"sekret");
//! assert!(echo.hides(b"wrong password: sekret"));
//! assert!(echo.hides(b"wrong response: AGJvYgBzZWtyZXQ="));
//! assert!(!echo.hides(b"wrong password"));
//! ```

#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use memchr::memmem;
use zeroize::Zeroizing;

mod forms;

/// The text that is displayed in place of a withheld one.
pub const WITHHELD: &str = "<withheld: it may repeat the secret that was sent>";

/// The length in bytes of the shortest secret that is searched for in free text. A shorter one
/// occurs by chance, which cannot be distinguished from a repetition, so any free text is withheld.
const SHORTEST: usize = 6;

/// The length in bytes of the shortest prefix of a secret that counts at the end of a truncated
/// text.
const BEGINNING: usize = 4;

/// The secrets that were sent to others, who may repeat them. They are wiped from memory when the
/// value is dropped.
#[derive(Default)]
pub struct Echo {
    /// The secrets as they are, and their base64 after 0, 1 and 2 other bytes.
    plain: Vec<Zeroizing<Vec<u8>>>,
    encoded: Vec<Zeroizing<Vec<u8>>>,
    /// True if one of them is too short to be searched for in free text.
    has_short: bool,
}

impl Echo {
    /// Creates a value without any secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. Empty ones are ignored.
    pub fn add(&mut self, secret: &[u8]) {
        if secret.is_empty() || self.plain.iter().any(|known| known.as_slice() == secret) {
            return;
        }
        self.has_short |= secret.len() < SHORTEST;
        self.plain.push(Zeroizing::new(secret.to_vec()));
        if secret.len() >= SHORTEST {
            self.encoded
                .extend((0..3).map(|before| aligned(secret, before)));
        }
    }

    /// Returns whether a free text must not be displayed: it repeats a secret as it is, escaped by
    /// backslashes, percent-encoded or within base64; or a secret is shorter than 6 bytes, so that
    /// any text might.
    #[must_use]
    pub fn hides(&self, text: &[u8]) -> bool {
        (self.has_short && !text.trim_ascii().is_empty()) || self.is_in(text)
    }

    /// Returns whether a text repeats a secret of any length in one of the ways of
    /// [`hides`](Self::hides). For text with a syntax of its own, which is not free text.
    #[must_use]
    pub fn is_in(&self, text: &[u8]) -> bool {
        self.matches(text, |form, secret| memmem::find(form, secret).is_some())
    }

    /// Does the same as [`hides`](Self::hides) for a truncated text, which may also end inside of a
    /// secret.
    #[must_use]
    pub fn hides_beginning(&self, text: &[u8]) -> bool {
        let ends_within = |form: &[u8], secret: &[u8]| {
            (BEGINNING..secret.len())
                .filter_map(|length| secret.get(..length))
                .any(|beginning| form.ends_with(beginning))
        };
        self.hides(text)
            || self.matches(text, ends_within)
            || self.matches(forms::before_last_escape(text), ends_within)
    }

    /// Returns whether a secret, as it is or in base64, is found in one of the forms of a text.
    fn matches(&self, text: &[u8], found: impl Fn(&[u8], &[u8]) -> bool) -> bool {
        if self.plain.is_empty() {
            return false;
        }
        forms::of(text).iter().any(|form| {
            let is_found = |secret: &Zeroizing<Vec<u8>>| found(form, secret);
            self.plain.iter().any(is_found)
                || (!self.encoded.is_empty() && {
                    let form = forms::base64(form);
                    self.encoded.iter().any(|secret| found(&form, secret))
                })
        })
    }
}

/// Shows no secrets.
impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Echo").finish_non_exhaustive()
    }
}

/// Returns the part of a base64 text that depends only on `secret`, if the secret follows `before`
/// bytes, or three more, and so on.
fn aligned(secret: &[u8], before: usize) -> Zeroizing<Vec<u8>> {
    let mut padded = Zeroizing::new(Vec::with_capacity(before + secret.len()));
    padded.extend(std::iter::repeat_n(0, before));
    padded.extend_from_slice(secret);
    let encoded = Zeroizing::new(BASE64_STANDARD.encode(&*padded).into_bytes());
    let first = (before * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    Zeroizing::new(encoded.get(first..end).unwrap_or_default().to_vec())
}

#[cfg(test)]
mod tests;
