//! The language of the server's texts, and the comparison of texts (RFC 5255).

use crate::{
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

/// Encodes `LANGUAGE`, which asks for one of these languages, in order of preference, as in `de` or
/// `default`. Without any, asks for the languages that are available (RFC 5255 §3.2).
///
/// # Errors
/// Fails if a language tag contains NUL.
pub fn language<'l>(
    ranges: impl IntoIterator<Item = &'l str>,
) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::nothing().capability("LANGUAGE");
    Ok(words("LANGUAGE", "language tag", ranges)?.needing(needs))
}

/// Encodes `COMPARATOR`, which asks for one of these comparators, in order of preference, as in
/// `i;unicode-casemap`. Without any, asks for the active one (RFC 5255 §4.7).
///
/// # Errors
/// Fails if the name of a comparator contains NUL.
pub fn comparator<'c>(
    orders: impl IntoIterator<Item = &'c str>,
) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::nothing().capability("I18NLEVEL=2");
    Ok(words("COMPARATOR", "comparator", orders)?.needing(needs))
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
