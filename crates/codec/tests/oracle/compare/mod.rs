//! Two readings of one response, both as the same kind of text.
//!
//! A response that imap-codec accepts is accepted by ours with the same meaning. [`differences`]
//! lists the justified exceptions.

use imap_codec::{
    ResponseCodec,
    decode::Decoder as _,
    imap_types::response::{self as theirs, Data},
};
use imapclient_codec::{Decoder, Flags, Frame, Framer, Limits, RawResponse, Response};

mod bodies;
mod differences;
mod fetch;
mod mailboxes;
mod others;
mod status;

/// A response that imap-codec accepts, as formatted for both readers.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "it is not published")]
pub struct Readings {
    /// The result of our reader.
    pub ours: String,
    /// The result of imap-codec.
    pub theirs: String,
}

/// Reads the response at the beginning of `wire` with both. Returns `None` if imap-codec does not
/// accept it, or if a difference is justified.
///
/// # Panics
/// Panics if our framer does not find the same response.
pub fn readings(wire: &[u8]) -> Option<Readings> {
    let (rest, theirs) = ResponseCodec::default().decode(wire).ok()?;
    let wire = &wire[..wire.len() - rest.len()];
    let mut framer = Framer::new(Limits::default());
    framer.feed(wire);
    match framer.next_frame() {
        Ok(Some(Frame::Response(message))) if *message == *wire => {}
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
    let ours = Decoder::new(Limits::default()).decode(&RawResponse::from(wire));
    if differences::justified(&ours, &theirs) {
        return None;
    }
    Some(Readings {
        ours: our_words(&ours, &theirs),
        theirs: their_words(&theirs),
    })
}

fn our_words(response: &Response, theirs: &theirs::Response<'_>) -> String {
    match response {
        Response::Tagged(tag, status) => format!("{tag} {}", status::ours(status, theirs)),
        Response::Status(status) => status::ours(status, theirs),
        Response::Flags(flags) => format!("flags {flags}"),
        Response::Exists(n) => format!("exists {n}"),
        Response::Recent(n) => format!("recent {n}"),
        Response::Expunge(n) => format!("expunge {n}"),
        Response::Capability(capabilities) => {
            format!(
                "can {}",
                differences::capabilities(&capabilities.to_string())
            )
        }
        Response::Search(search) => format!("search {}", others::our_numbers(search)),
        Response::List(list) => format!("list {}", mailboxes::our_list(list)),
        Response::Lsub(list) => format!("lsub {}", mailboxes::our_list(list)),
        Response::MailboxStatus(status) => mailboxes::our_numbers(status),
        Response::Fetch(fetch) => fetch::ours(fetch),
        other => others::ours(other),
    }
}

fn their_words(response: &theirs::Response<'_>) -> String {
    match response {
        theirs::Response::Status(status @ theirs::Status::Tagged(tagged)) => {
            format!("{} {}", tagged.tag.as_ref(), status::theirs(status))
        }
        theirs::Response::Status(status) => status::theirs(status),
        theirs::Response::CommandContinuationRequest(request) => {
            others::their_continuation(request)
        }
        theirs::Response::Data(data) => match data {
            Data::Flags(flags) => format!(
                "flags {}",
                flags.iter().map(ToString::to_string).collect::<Flags>()
            ),
            Data::Exists(n) => format!("exists {n}"),
            Data::Recent(n) => format!("recent {n}"),
            Data::Expunge(n) => format!("expunge {n}"),
            Data::Capability(names) => {
                let names: Vec<_> = names.as_ref().iter().map(ToString::to_string).collect();
                format!("can {}", differences::capabilities(&names.join(" ")))
            }
            Data::Search(numbers, modseq) => {
                format!(
                    "search {numbers:?} {:?}",
                    modseq.map(std::num::NonZero::get)
                )
            }
            Data::List {
                items,
                delimiter,
                mailbox,
            } => {
                format!(
                    "list {}",
                    mailboxes::their_list(items, delimiter.as_ref().map(|d| d.inner()), mailbox)
                )
            }
            Data::Lsub {
                items,
                delimiter,
                mailbox,
            } => {
                format!(
                    "lsub {}",
                    mailboxes::their_list(items, delimiter.as_ref().map(|d| d.inner()), mailbox)
                )
            }
            Data::Status { mailbox, items } => mailboxes::their_numbers(mailbox, items),
            Data::Fetch { seq, items } => fetch::theirs(seq.get(), items),
            other => others::theirs(other),
        },
    }
}
