//! How much of a response is kept, and what is told of one that is over that.

use bytes::Bytes;
use imapclient_codec::{Decoder, Limit, Malformed, Message, Response};

use super::Engine;
use crate::state::Phase;

/// Bytes of literals in a response before a login: nothing that is sent then needs many, and nobody
/// has said yet who sends them.
const BEFORE_LOGIN: u64 = 64 * 1024;

impl Engine {
    /// Sets what the next literals may have, by what is under way.
    pub(super) fn limit_literals(&mut self) {
        let usual = self.options.limits.literal;
        let (fetch, other) = match self.state.phase() {
            Phase::Greeting | Phase::NotAuthenticated => {
                let least = usual.min(BEFORE_LOGIN);
                (least, least)
            }
            _ if self.commands.iter().any(|command| {
                // What an orphan asked for is dropped in any case.
                command.bodies && !command.orphan
            }) =>
            {
                (self.options.body_limit.unwrap_or(usual), usual)
            }
            _ => (usual, usual),
        };
        self.framer.limit_literals(fetch, other);
    }
}

/// A response of which only the head was kept. A status line still says what it has to say.
pub(super) fn oversize(decoder: &mut Decoder, head: &[u8], limit: Limit, size: u64) -> Response {
    let mut line = head.to_vec();
    line.extend_from_slice(b"\r\n");
    match decoder.decode(&Message::from(line.as_slice())) {
        status @ (Response::Tagged(..) | Response::Status(_)) => status,
        _ => Response::Malformed(Malformed {
            item: "response".to_owned(),
            raw: Bytes::copy_from_slice(head),
            why: match limit {
                Limit::Line => format!("its text takes over {size} bytes, more than the limit"),
                Limit::Literal => format!("its literals take {size} bytes, more than the limit"),
            },
            at: head.len(),
        }),
    }
}
