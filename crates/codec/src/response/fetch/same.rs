//! Comparison and `Debug` of a `Fetch`, by its values, wherever they are stored.

use std::fmt;

use super::{Fetch, Section};

impl PartialEq for Fetch {
    fn eq(&self, other: &Self) -> bool {
        self.seq == other.seq
            && self.uid == other.uid
            && self.flags() == other.flags()
            && self.size() == other.size()
            && self.modseq() == other.modseq()
            && self.internal_date() == other.internal_date()
            && self.save_date() == other.save_date()
            && self.envelope() == other.envelope()
            && self.body_structure() == other.body_structure()
            && self.sections().eq(other.sections())
            && self.binary_sizes().eq(other.binary_sizes())
            && self.preview() == other.preview()
            && self.email_id() == other.email_id()
            && self.thread_id() == other.thread_id()
            && self.gmail_message_id() == other.gmail_message_id()
            && self.gmail_thread_id() == other.gmail_thread_id()
            && self.gmail_labels() == other.gmail_labels()
            && self.unknown() == other.unknown()
            && self.malformed() == other.malformed()
    }
}

/// Calls a macro with the name of each optional value.
macro_rules! each_value {
    ($fetch:ident, $show:ident) => {
        $show!("uid", $fetch.uid());
        $show!("flags", $fetch.flags());
        $show!("size", $fetch.size());
        $show!("modseq", $fetch.modseq());
        $show!("internal_date", $fetch.internal_date());
        $show!("save_date", $fetch.save_date());
        $show!("envelope", $fetch.envelope());
        $show!("body_structure", $fetch.body_structure());
        $show!("sections", filled($fetch.sections().collect::<Vec<_>>()));
        $show!(
            "binary_sizes",
            filled($fetch.binary_sizes().collect::<Vec<_>>())
        );
        $show!("preview", $fetch.preview());
        $show!("email_id", $fetch.email_id());
        $show!("thread_id", $fetch.thread_id());
        $show!("gmail_message_id", $fetch.gmail_message_id());
        $show!("gmail_thread_id", $fetch.gmail_thread_id());
        $show!("gmail_labels", $fetch.gmail_labels());
        $show!("unknown", filled($fetch.unknown()));
        $show!("malformed", filled($fetch.malformed()));
    };
}

fn filled<T: AsRef<[I]>, I>(list: T) -> Option<T> {
    (!list.as_ref().is_empty()).then_some(list)
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Fetch");
        debug.field("seq", &self.seq());
        macro_rules! show {
            ($name:literal, $value:expr) => {
                if let Some(value) = $value {
                    debug.field($name, &value);
                }
            };
        }
        each_value!(self, show);
        debug.finish()
    }
}

impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = self.data.map(|data| data.escape_ascii().to_string());
        f.debug_struct("Section")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .field("data", &data)
            .finish()
    }
}

#[cfg(feature = "serde")]
mod serialize {
    use serde::{Serialize, Serializer, ser::SerializeMap};

    use super::{super::Section, Fetch, filled};

    impl Serialize for Fetch {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let mut fields = to.serialize_map(None)?;
            fields.serialize_entry("seq", &self.seq())?;
            macro_rules! show {
                ($name:literal, $value:expr) => {
                    if let Some(value) = $value {
                        fields.serialize_entry($name, &value)?;
                    }
                };
            }
            each_value!(self, show);
            fields.end()
        }
    }

    impl Serialize for Section<'_> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let mut fields = to.serialize_map(None)?;
            fields.serialize_entry("name", self.name)?;
            if let Some(origin) = self.origin {
                fields.serialize_entry("origin", &origin)?;
            }
            let data = self.data.map(bytes::Bytes::copy_from_slice);
            fields.serialize_entry("data", &data.as_ref().map(Data))?;
            fields.end()
        }
    }

    struct Data<'a>(&'a bytes::Bytes);

    impl Serialize for Data<'_> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            crate::serialize::bytes(self.0, to)
        }
    }
}
