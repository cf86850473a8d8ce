//! Recognises our own secrets in what others say.
//!
//! Servers repeat passwords and tokens in their complaints, as in `NO wrong password "sekret"`.
//! Such a text must not reach an error, a log or a screen. An [`Echo`] holds the secrets that were
//! sent and tells whether a text repeats one of them, in whatever way it is written.
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

/// The text that is shown in place of one that is withheld.
pub const WITHHELD: &str = "<withheld: it may repeat the secret that was sent>";

/// The shortest secret that is looked for in free text. A shorter one turns up there by chance,
/// and nobody could tell whether it was meant, so that any free text is withheld.
const SHORTEST: usize = 6;

/// The shortest beginning of a secret that counts at the end of a text that was cut off.
const BEGINNING: usize = 4;

/// The secrets that others have been sent and may repeat. They are wiped from memory when the
/// value is dropped.
#[derive(Default)]
pub struct Echo {
    /// The secrets as they are, and what base64 makes of them behind 0, 1 and 2 other bytes.
    plain: Vec<Zeroizing<Vec<u8>>>,
    encoded: Vec<Zeroizing<Vec<u8>>>,
    /// True if one of them is too short to be looked for in free text.
    has_short: bool,
}

impl Echo {
    /// Returns a value that hides nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. An empty one is none.
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

    /// Reports whether a free text must not be shown: it repeats a secret as it is, escaped by
    /// backslashes, percent-encoded or within base64, or a secret is shorter than 6 bytes, so that
    /// any text might.
    #[must_use]
    pub fn hides(&self, text: &[u8]) -> bool {
        (self.has_short && !text.trim_ascii().is_empty()) || self.is_in(text)
    }

    /// Reports whether a text repeats a secret, however short, in one of the ways of
    /// [`hides`](Self::hides). For what has a form of its own and is no free text.
    #[must_use]
    pub fn is_in(&self, text: &[u8]) -> bool {
        self.matches(text, |form, secret| memmem::find(form, secret).is_some())
    }

    /// As [`hides`](Self::hides), for a text that was cut off: it may also end within a secret.
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

    /// Reports whether a secret, as it is or in base64, is found in one of the forms of a text.
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

/// Shows nothing.
impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Echo").finish_non_exhaustive()
    }
}

/// What of the base64 of a text depends on a secret alone that stands in it behind so many bytes,
/// or three more, and so on.
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
