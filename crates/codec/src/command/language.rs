//! In which language the server speaks, and how it compares text (RFC 5255).

use crate::outgoing::{InvalidArgument, Outgoing};

/// `LANGUAGE`: asks for one of these, the best one first, as in `de`, or `default`; without any,
/// which ones there are (RFC 5255 §3.2).
///
/// # Errors
/// If a language tag contains NUL.
pub fn language<'l>(
    ranges: impl IntoIterator<Item = &'l str>,
) -> Result<Outgoing, InvalidArgument> {
    words("LANGUAGE", "language tag", ranges)
}

/// `COMPARATOR`: asks for one of these, the best one first, as in `i;unicode-casemap`; without
/// any, which one is in use (RFC 5255 §4.7).
///
/// # Errors
/// If the name of a comparator contains NUL.
pub fn comparator<'c>(
    orders: impl IntoIterator<Item = &'c str>,
) -> Result<Outgoing, InvalidArgument> {
    words("COMPARATOR", "comparator", orders)
}

fn words<'w>(
    verb: &'static str,
    what: &'static str,
    words: impl IntoIterator<Item = &'w str>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new(verb);
    for word in words {
        outgoing.push(" ").astring(what, word.as_bytes())?;
    }
    Ok(outgoing)
}
