//! Events: the actions of the server, in order.

use imapclient_codec::{Effect, Response, Status, Tag};

use crate::oversize::Oversize;

/// Something that the server did. Events are returned in the order in which it did them.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The greeting: `OK`, `PREAUTH` or `BYE`.
    Greeting(Status),
    /// Untagged data or status.
    Response(Response),
    /// Untagged data that exceeded a limit and were skipped.
    Oversize(Box<Oversize>),
    /// The data of a section that are streamed begin; see
    /// [`Engine::stream_literals`](crate::Engine::stream_literals).
    LiteralStart {
        /// The items of the response that were not part of an earlier event of this kind, as a
        /// response of their own. The last of them is the section, without its data.
        /// [`Response::Malformed`] if they cannot be decoded.
        head: Response,
        /// The number of bytes of the data.
        size: u64,
    },
    /// A piece of the data, which [`Engine::chunk`](crate::Engine::chunk) returns.
    LiteralChunk,
    /// The data are complete. The response that contains them follows, in which the section has no
    /// data.
    LiteralEnd,
    /// The server sent a challenge of an AUTHENTICATE. Answer it with
    /// [`respond`](crate::Engine::respond) or [`cancel`](crate::Engine::cancel).
    Challenge {
        /// The tag of the command.
        tag: Tag,
        /// The decoded challenge; if it was not valid base64, its text, at most the first 240
        /// bytes.
        data: Result<Vec<u8>, String>,
        /// True if the challenge repeats a secret that was sent, so that nothing derived from it
        /// may be shown.
        echoes: bool,
    },
    /// IDLE has begun.
    Idling(Tag),
    /// A command was answered, even if no caller waits for it any more.
    Done {
        /// The tag of the command.
        tag: Tag,
        /// The server's answer: `OK`, `NO` or `BAD`.
        status: Status,
        /// The effect of an `OK` on the connection. The [`State`](crate::State) already reflects
        /// it.
        effect: Effect,
    },
}
