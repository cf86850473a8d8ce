//! The readers to compare.

use std::hint::black_box;

use imap_codec::{ResponseCodec, decode::Decoder as _, imap_types::IntoStatic as _};
use imapclient_codec::{Decoder, Frame, Framer, Limits, RawResponse, Response};

use super::cut::Cut;

/// The number of bytes that a read from a socket returns.
const PIECE: usize = 16 * 1024;

/// Reads responses into owned values.
pub(crate) trait Reader {
    /// Its name in the table.
    const NAME: &'static str;
    /// The type of a parsed response.
    type Value;

    /// Reads one response.
    ///
    /// # Panics
    /// Panics if it cannot read all of it, since its time would be meaningless.
    fn read(&mut self, response: &[u8]) -> Self::Value;

    /// Reads all responses in `input`, which arrives in one piece.
    fn whole(&mut self, input: &[u8], keep: &mut Vec<Self::Value>) {
        let mut cut = Cut::default();
        while let Some(response) = cut.next(input) {
            keep.push(self.read(response));
        }
    }

    /// Reads all responses in `input`, which arrives in pieces.
    fn pieces(&mut self, input: &[u8], keep: &mut Vec<Self::Value>) {
        let mut cut = Cut::default();
        let mut buffer = Vec::with_capacity(2 * PIECE);
        for piece in input.chunks(PIECE) {
            cut.drain(&mut buffer);
            buffer.extend_from_slice(piece);
            while let Some(response) = cut.next(&buffer) {
                keep.push(self.read(response));
            }
        }
    }
}

/// Finds responses without parsing them: the lower bound of all readers.
pub(crate) struct Framing;

impl Reader for Framing {
    const NAME: &'static str = "memchr framing";
    type Value = ();

    fn read(&mut self, response: &[u8]) {
        black_box(response);
    }
}

/// This crate.
pub(crate) struct Ours(Decoder);

impl Default for Ours {
    fn default() -> Self {
        Self(Decoder::new(Limits::default()))
    }
}

impl Reader for Ours {
    const NAME: &'static str = "imapclient-codec";
    type Value = Response;

    fn read(&mut self, response: &[u8]) -> Response {
        checked(self.0.decode(&RawResponse::from(response)))
    }

    fn pieces(&mut self, input: &[u8], keep: &mut Vec<Response>) {
        let mut framer = Framer::new(Limits::default());
        for piece in input.chunks(PIECE) {
            framer.feed(piece);
            loop {
                match framer.next_frame() {
                    Ok(Some(Frame::Response(message))) => {
                        keep.push(checked(self.0.decode(&message)));
                    }
                    Ok(None) => break,
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

#[inline]
fn checked(response: Response) -> Response {
    match &response {
        Response::Fetch(fetch) => {
            assert!(fetch.unknown().is_empty() && fetch.malformed().is_empty());
        }
        Response::Search(_) | Response::List(_) => {}
        other => panic!("{other:?}"),
    }
    response
}

/// imap-codec, with every value converted to an owned one.
#[derive(Default)]
pub(crate) struct ImapCodec(ResponseCodec);

impl Reader for ImapCodec {
    const NAME: &'static str = "imap-codec";
    type Value = imap_codec::imap_types::response::Response<'static>;

    fn read(&mut self, response: &[u8]) -> Self::Value {
        match self.0.decode(response) {
            Ok(([], value)) => value.into_static(),
            other => panic!("{other:?}"),
        }
    }
}
