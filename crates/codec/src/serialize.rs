//! The serde form of values: bytes as text if possible, and types with a wire form as that form.

use std::fmt::Write;

use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::{
    Attribute, Capabilities, Flag, Flags, InternalDate, MailboxName, NumberSet, Rights, SeqSet,
    StatusKind, Tag, UidSet,
};

/// Serialises bytes as text; or as `hex:` and hexadecimal digits if they are not UTF-8 or begin
/// with `hex:` themselves, so that this prefix always means digits.
pub(crate) fn bytes<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with(HEX) => to.serialize_str(text),
        _ => to.serialize_str(&hex(bytes)),
    }
}

/// Serialises bytes that can be missing in the same way.
pub(crate) fn optional<S: Serializer>(value: &Option<Bytes>, to: S) -> Result<S::Ok, S::Error> {
    struct Value<'a>(&'a Bytes);

    impl Serialize for Value<'_> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            bytes(self.0, to)
        }
    }

    value.as_ref().map(Value).serialize(to)
}

/// Serialises types as their `Display` form, which is their text on the wire.
macro_rules! as_displayed {
    ($($type:ty),+ $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    )+};
}

as_displayed! {
    Attribute, Capabilities, Flag, Flags, InternalDate, MailboxName, NumberSet, Rights, SeqSet,
    StatusKind, Tag, UidSet,
}

/// The prefix of hexadecimal digits.
const HEX: &str = "hex:";

fn hex(bytes: &[u8]) -> String {
    let mut text = String::from(HEX);
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Both {
        #[serde(serialize_with = "bytes")]
        a: Bytes,
        #[serde(serialize_with = "optional")]
        b: Option<Bytes>,
    }

    #[test]
    fn bytes_are_text_or_hex() {
        let show = |both: &Both| serde_json::to_string(both).unwrap();
        let text = Both {
            a: Bytes::from_static("grüße".as_bytes()),
            b: None,
        };
        assert_eq!(show(&text), r#"{"a":"grüße","b":null}"#);
        let other = Both {
            a: Bytes::from_static(b"gr\xfc"),
            b: Some(Bytes::from_static(b"\0\xff")),
        };
        assert_eq!(show(&other), r#"{"a":"hex:6772fc","b":"hex:00ff"}"#);
        // The two forms cannot be confused.
        let alike = Both {
            a: Bytes::from_static(b"hex:00"),
            b: Some(Bytes::from_static(b"a hex:00")),
        };
        assert_eq!(show(&alike), r#"{"a":"hex:6865783a3030","b":"a hex:00"}"#);
    }
}
