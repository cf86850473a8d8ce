//! The bytes of the response that is being read. They are copied or shared only if a value keeps
//! them.

use std::ops::Range;

use bytes::Bytes;

use crate::{
    framer::RawResponse,
    token::{Fault, Text},
};

use super::{Malformed, Unknown};

pub(super) struct Source<'m, 'a> {
    message: &'m RawResponse<'a>,
    shared: Option<Bytes>,
}

impl<'m, 'a> Source<'m, 'a> {
    pub(super) fn new(message: &'m RawResponse<'a>) -> Self {
        Self {
            message,
            shared: None,
        }
    }

    pub(super) fn message(&self) -> &'m RawResponse<'a> {
        self.message
    }

    pub(super) fn slice(&mut self, range: Range<usize>) -> Bytes {
        if range.is_empty() || range.end > self.message.len() {
            return Bytes::new();
        }
        self.shared
            .get_or_insert_with(|| self.message.to_bytes())
            .slice(range)
    }

    pub(super) fn whole(&self) -> Range<usize> {
        0..self.message.len()
    }

    pub(super) fn text(&mut self, text: Text<'_>) -> Bytes {
        if text.escaped {
            Bytes::from(text.bytes().into_owned())
        } else {
            self.slice(text.range())
        }
    }

    pub(super) fn unknown(&mut self, name: &[u8], range: Range<usize>) -> Unknown {
        Unknown {
            name: upper(name),
            raw: self.slice(range),
        }
    }

    pub(super) fn malformed(
        &mut self,
        item: &[u8],
        range: Range<usize>,
        fault: Fault,
    ) -> Malformed {
        let raw = self.slice(range);
        Malformed {
            item: upper(item),
            raw,
            why: fault.why.to_owned(),
            at: fault.at,
        }
    }
}

fn upper(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_ascii_uppercase()
}
