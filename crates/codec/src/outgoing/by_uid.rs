//! Finds out whether a command depends on UIDs received earlier.

use super::Outgoing;

impl Outgoing {
    /// Reports whether it names messages by UID or asks for UIDs: `UID FETCH` and the like, and a
    /// SEARCH, SORT or THREAD with the key `UID`. The text decides, so that a command given as text
    /// counts like a typed one.
    ///
    /// ```
    /// use imapclient_codec::Outgoing;
    ///
    /// assert!(Outgoing::raw("UID FETCH 7 FLAGS")?.is_by_uid());
    /// assert!(Outgoing::raw("SEARCH UNSEEN NOT (UID 7)")?.is_by_uid());
    /// assert!(!Outgoing::raw("FETCH 7 (UID FLAGS)")?.is_by_uid());
    /// assert!(!Outgoing::raw("SEARCH SUBJECT \"your UID is\"")?.is_by_uid());
    /// # Ok::<(), imapclient_codec::InvalidArgument>(())
    /// ```
    #[must_use]
    pub fn is_by_uid(&self) -> bool {
        let name = self.name().to_ascii_uppercase();
        match name.split(' ').next() {
            Some("UID") => true,
            Some("SEARCH" | "SORT" | "THREAD") => self
                .texts()
                .any(|text| unquoted_words(text).any(|word| word.eq_ignore_ascii_case(b"UID"))),
            _ => false,
        }
    }
}

/// The words that stand outside of quoted strings.
fn unquoted_words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |byte| {
        if std::mem::take(&mut escaped) {
            return quoted;
        }
        match byte {
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b' ' | b'(' | b')' => return true,
            _ => return quoted,
        }
        true
    })
}
