use bytes::Bytes;
use imapclient_codec::{Effect, Response, Status, Tag};

use crate::oversize::Oversize;

/// Something that the server did. Events come in the order in which it did them.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The greeting: `OK`, `PREAUTH` or `BYE`.
    Greeting(Status),
    /// Untagged data or status.
    Response(Response),
    /// Untagged data that are over a limit and were read past.
    Oversize(Box<Oversize>),
    /// A literal is streamed; see [`Engine::stream_literals`](crate::Engine::stream_literals).
    LiteralStart {
        /// The response so far.
        head: Bytes,
        /// Bytes to come.
        size: u64,
    },
    /// A piece of the literal.
    LiteralChunk(Bytes),
    /// The literal is over; the response it stands in follows.
    LiteralEnd,
    /// AUTHENTICATE goes on: answer with [`respond`](crate::Engine::respond) or
    /// [`cancel`](crate::Engine::cancel).
    Challenge {
        /// The command.
        tag: Tag,
        /// The challenge; if it was no base64, its text as it came, at most 240 bytes of it.
        data: Result<Vec<u8>, String>,
        /// True if the challenge repeats a secret that was sent, so that nothing made of it may be
        /// shown.
        echoes: bool,
    },
    /// IDLE has begun.
    Idling(Tag),
    /// A command is done, whether anyone still waits for it or not.
    Done {
        /// The command.
        tag: Tag,
        /// The server's answer: `OK`, `NO` or `BAD`.
        status: Status,
        /// The effect of `OK` on the connection. The [`State`](crate::State) has changed already.
        effect: Effect,
    },
}
