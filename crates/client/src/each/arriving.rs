//! A message of which the response has begun.

use std::{collections::VecDeque, mem};

use bytes::Bytes;
use imapclient_codec::{Fetch, Section, Seq, Uid};

use crate::error::PartialBody;

/// A message of which the response has begun.
#[derive(Debug, Default)]
pub(super) struct Arriving {
    pub(super) seq: Option<Seq>,
    pub(super) uid: Option<Uid>,
    /// The items that were received since the last body, except for the one that follows.
    head: Option<Fetch>,
    /// The number of sections in the items before.
    counted: usize,
    /// The bodies that were received whole, and that nobody has asked for yet.
    waiting: VecDeque<Open>,
    /// The body that is received in pieces, before anybody asks for it.
    next: Option<Open>,
    /// The body that was asked for last.
    open: Option<Open>,
    /// The complete response.
    fetch: Option<Fetch>,
    /// True if the sections of `fetch` are among those that are or were waiting.
    is_listed: bool,
}

/// A body.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) section: String,
    pub(super) origin: Option<u64>,
    pub(super) size: u64,
    /// The number of bytes that were received.
    received: u64,
    /// The number of bytes that were taken, of the whole body or of the current piece.
    taken: usize,
    /// The number of bytes that were taken in all.
    pub(super) total: u64,
    bytes: Source,
}

#[derive(Debug)]
enum Source {
    /// The body was received whole.
    Whole(Bytes),
    /// The body is received in pieces, which the connection has.
    Pieces { ended: bool },
}

impl Arriving {
    /// Forgets the message, in place and without giving back memory, since there are many.
    pub(super) fn clear(&mut self) {
        self.seq = None;
        self.uid = None;
        self.head = None;
        self.counted = 0;
        self.waiting.clear();
        self.next = None;
        self.open = None;
        self.fetch = None;
        self.is_listed = false;
    }

    /// Records the complete response.
    pub(super) fn complete(&mut self, fetch: Fetch) {
        self.seq = fetch.seq();
        self.uid = fetch.uid().or(self.uid);
        self.head = None;
        self.fetch = Some(fetch);
    }

    /// Returns whether a part of the response is still to come.
    pub(super) fn is_incomplete(&self) -> bool {
        self.fetch.is_none()
    }

    /// Returns the complete response, once.
    pub(super) fn take(&mut self) -> Option<Fetch> {
        self.fetch.take()
    }

    /// Records that a body begins, which is the last section of these items.
    pub(super) fn begin_body(&mut self, head: Fetch, size: u64) {
        self.seq = self.seq.or_else(|| head.seq());
        self.uid = self.uid.or_else(|| head.uid());
        let before = self.counted;
        let mut next = None;
        for section in head.sections() {
            self.counted += 1;
            next = Some(section);
        }
        self.next = next.map(|section| Open::pieces(&section, size));
        // Usually there is no body before this one.
        self.head = (self.counted > before + 1).then_some(head);
    }

    /// Records bytes of the body.
    pub(super) fn receive(&mut self, bytes: usize) {
        if let Some(body) = self.next.as_mut().or(self.open.as_mut()) {
            body.received = body.received.saturating_add(bytes as u64);
            body.taken = 0;
        }
    }

    /// Records the end of the body.
    pub(super) fn end_body(&mut self) {
        if self.next.take().is_none()
            && let Some(Open {
                bytes: Source::Pieces { ended },
                ..
            }) = &mut self.open
        {
            *ended = true;
        }
    }

    /// Continues with the next body. Returns whether there is one; `None` if more of the response
    /// must be received first.
    pub(super) fn next_body(&mut self) -> Option<bool> {
        if self.open.as_ref().is_some_and(Open::is_incomplete) {
            // The rest of it is skipped.
            return None;
        }
        self.list();
        self.open = self.waiting.pop_front().or_else(|| self.next.take());
        match (&self.open, &self.fetch) {
            (Some(_), _) => Some(true),
            (None, Some(_)) => Some(false),
            (None, None) => None,
        }
    }

    /// Lists the bodies that were received whole.
    fn list(&mut self) {
        if let Some(head) = self.head.take() {
            // The last section has no data.
            self.waiting.extend(head.shared_sections().map(Open::whole));
        }
        if let Some(fetch) = &self.fetch
            && !mem::replace(&mut self.is_listed, true)
        {
            let all = fetch.shared_sections().count();
            if all == 0 {
                // Usually all bodies were received in pieces.
                return;
            }
            let later = fetch.sections().skip(self.counted);
            let later = later.filter(|section| section.data.is_some()).count();
            let bodies = fetch.shared_sections().skip(all - later);
            self.waiting.extend(bodies.map(Open::whole));
        }
    }

    /// Returns whether there are bytes of the body that nobody has taken, of which `chunk` is the
    /// current piece; `None` if more must be received first.
    pub(super) fn has_bytes(&self, chunk: &[u8]) -> Option<bool> {
        let body = self.open.as_ref()?;
        match &body.bytes {
            _ if !body.rest(chunk).is_empty() => Some(true),
            Source::Whole(_) | Source::Pieces { ended: true } => Some(false),
            Source::Pieces { ended: false } => None,
        }
    }

    /// Returns the body that was asked for last.
    pub(super) fn open(&self) -> Option<&Open> {
        self.open.as_ref()
    }

    /// Declares that the next `bytes` of the body were taken. Returns how many were before, of the
    /// whole body or of the current piece.
    pub(super) fn consume(&mut self, bytes: usize) -> usize {
        let Some(body) = &mut self.open else { return 0 };
        let before = body.taken;
        body.taken = before.saturating_add(bytes);
        body.total = body.total.saturating_add(bytes as u64);
        before
    }

    /// Describes the body of which a part is still to come.
    pub(super) fn partial(&self) -> Option<PartialBody> {
        let body = self.next.as_ref().or(self.open.as_ref());
        let body = body.filter(|body| body.is_incomplete())?;
        Some(PartialBody {
            uid: self.uid,
            seq: self.seq,
            section: body.section.clone(),
            received: body.received,
            size: body.size,
        })
    }
}

impl Open {
    fn pieces(section: &Section<'_>, size: u64) -> Self {
        Self {
            section: section.name.to_owned(),
            origin: section.origin,
            size,
            received: 0,
            taken: 0,
            total: 0,
            bytes: Source::Pieces { ended: false },
        }
    }

    fn whole((section, data): (Section<'_>, Bytes)) -> Self {
        let size = data.len() as u64;
        Self {
            received: size,
            bytes: Source::Whole(data),
            ..Self::pieces(&section, size)
        }
    }

    fn is_incomplete(&self) -> bool {
        matches!(self.bytes, Source::Pieces { ended: false })
    }

    /// Returns the bytes of the whole body, or of the current piece, from `from` on.
    pub(super) fn bytes<'a>(&'a self, chunk: &'a [u8], from: usize) -> &'a [u8] {
        let bytes = match &self.bytes {
            Source::Whole(bytes) => bytes,
            Source::Pieces { .. } => chunk,
        };
        bytes.get(from..).unwrap_or_default()
    }

    /// Returns the bytes that are there and were not taken.
    pub(super) fn rest<'a>(&'a self, chunk: &'a [u8]) -> &'a [u8] {
        self.bytes(chunk, self.taken)
    }
}
