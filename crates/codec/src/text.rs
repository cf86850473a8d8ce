//! Text of mail headers: encoded words, charsets, parameters, dates, addresses.
//!
//! Servers pass on header fields as the sender wrote them: encoded for ASCII (RFC 2047, RFC 2231),
//! in raw 8-bit bytes, or malformed. Whatever can be decoded is, and the rest is kept as it is;
//! nothing here fails.

mod charset;
mod date;
mod parameter;
mod phrase;
mod words;

pub use charset::decode_charset;
pub use date::parse_date;
pub use words::decode_words;

pub(crate) use parameter::parameter;
pub(crate) use phrase::{write_local_part, write_phrase};
pub(crate) use words::raw_text;
