//! The items of BINARY (RFC 3516).

use std::num::NonZeroU32;

use imap_codec::imap_types::{fetch::MessageDataItemName, response::Code};

use super::super::{
    message::{Message, UnknownEncoding},
    reply::{Outcome, Reply},
    store::cut,
    wire::string,
};

/// Returns the values of the BINARY items of a message, each with its name, separated by spaces.
pub(super) fn binary_items(
    message: &Message,
    items: &[MessageDataItemName<'_>],
) -> Outcome<Vec<u8>> {
    let items = items.iter().filter_map(|item| match item {
        MessageDataItemName::Binary {
            section, partial, ..
        } => Some(binary(message, section, *partial)),
        MessageDataItemName::BinarySize { section } => Some(size(message, section)),
        _ => None,
    });
    match items.collect::<Result<Vec<_>, _>>() {
        Ok(items) => Ok(items.join(&b' ')),
        Err(UnknownEncoding) => Err(Reply::no("That part cannot be decoded.")
            .with(Code::UnknownCte)
            .into()),
    }
}

fn binary(
    message: &Message,
    part: &[NonZeroU32],
    partial: Option<(u32, NonZeroU32)>,
) -> Result<Vec<u8>, UnknownEncoding> {
    // A part that does not exist is an empty string, as in BODY.
    let data = cut(message.binary(part)?.unwrap_or_default(), partial);
    let value = if data.contains(&0) {
        [format!("~{{{}}}\r\n", data.len()).as_bytes(), &data].concat()
    } else {
        string(&data)
    };
    let from = partial.map(|(from, _)| format!("<{from}>"));
    let name = format!("BINARY{}{} ", section(part), from.unwrap_or_default());
    Ok([name.as_bytes(), &value].concat())
}

fn size(message: &Message, part: &[NonZeroU32]) -> Result<Vec<u8>, UnknownEncoding> {
    let size = message.binary(part)?.map_or(0, |data| data.len());
    Ok(format!("BINARY.SIZE{} {size}", section(part)).into_bytes())
}

fn section(part: &[NonZeroU32]) -> String {
    let numbers: Vec<_> = part.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join("."))
}
