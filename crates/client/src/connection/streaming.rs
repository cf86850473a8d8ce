//! A FETCH whose responses are read one at a time, and whose large bodies in pieces.

use std::mem;

use imapclient_codec::{
    Fetch, Outgoing, Response, Tag,
    command::{FetchItems, MessageSet},
};
use imapclient_engine::{Event, Oversize};
use imapclient_transport::{Socket, Wait};

use super::Connection;
use crate::{
    command::{asked_for, may_answer},
    each::Names,
    error::{Awaited, Error, Incomplete, Result, check},
    kept,
    unread::{Unread, unreadable},
    validity::ByUid,
};

/// A FETCH under way whose responses are read one at a time, made by
/// [`Connection::begin_reading`].
pub(crate) struct Reading {
    tag: Tag,
    by_uid: ByUid,
    asked: Asked,
    unread: Unread,
    bodies: Bodies,
}

/// The request.
struct Asked {
    /// `FETCH` or `UID FETCH`.
    name: String,
    set: MessageSet,
    items: FetchItems,
}

/// The streamed bodies so far of the response that is incomplete.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Bodies {
    /// There are none.
    #[default]
    None,
    /// They were handed on.
    Given,
    /// They were dropped, since nobody asked for this message.
    Unasked,
    /// They were dropped, since it is not known what they are.
    Unreadable,
}

/// A part of the answer.
#[derive(Debug)]
pub(crate) enum Part {
    /// A body begins that is read in pieces: the last section of these items.
    Body { head: Fetch, size: u64 },
    /// A piece of it, which [`Connection::chunk`] returns.
    Chunk,
    /// The body is complete.
    BodyEnd,
    /// The response about a message is complete.
    Message(Fetch),
    /// The response about a message is complete and was not kept. The command goes on.
    Failed(Error),
    /// The command is complete.
    Done,
}

impl<S: Socket> Connection<S> {
    /// Sends a FETCH of these items, whose answer [`poll_part`](Self::poll_part) returns in parts.
    pub(crate) fn begin_reading(
        &mut self,
        outgoing: Outgoing,
        set: MessageSet,
        items: FetchItems,
    ) -> Result<Reading> {
        let by_uid = ByUid::of(&outgoing, self.state())?;
        let name = outgoing.name();
        let tag = self.engine.submit(outgoing)?;
        self.engine.limit_answer(self.answer_limit);
        Ok(Reading {
            tag,
            by_uid,
            unread: Unread::of(&name),
            asked: Asked { name, set, items },
            bodies: Bodies::None,
        })
    }

    /// Sets the size from which bodies are read in pieces, from the next one on; `None` for none.
    pub(crate) fn stream_from(&mut self, size: Option<u64>) {
        self.engine.stream_literals(size);
    }

    /// Returns the last [`Part::Chunk`], until the connection is used again.
    pub(crate) fn chunk(&self) -> &[u8] {
        self.engine.chunk()
    }

    /// Returns the next part of the answer that has arrived; `None` if more must be
    /// [received](Self::read_more) first. Records the UIDs in `names`.
    ///
    /// # Errors
    /// Returns the errors of the connection, and those of the command, which is complete then.
    pub(crate) fn poll_part(
        &mut self,
        reading: &mut Reading,
        names: &mut Names,
    ) -> Result<Option<Part>> {
        self.check_usable()?;
        while let Some(event) = self.poll_event()? {
            let part = match event {
                Event::Response(response) => {
                    reading.asked.learn(names, &response);
                    self.received_one(reading, response)?
                }
                Event::LiteralStart { head, size } => reading.begin_body(head, size),
                Event::LiteralChunk if reading.bodies == Bodies::Given => Some(Part::Chunk),
                Event::LiteralEnd if reading.bodies == Bodies::Given => Some(Part::BodyEnd),
                Event::Oversize(lost) => self.lost_one(reading, *lost)?,
                Event::Done { tag, status, .. } if tag == reading.tag => {
                    check(&reading.asked.name, status)?;
                    reading.by_uid.still_valid(self.state())?;
                    reading.unread.check()?;
                    Some(Part::Done)
                }
                _ => None,
            };
            if part.is_some() {
                return Ok(part);
            }
        }
        Ok(None)
    }

    /// Waits until more of the answer has arrived.
    ///
    /// # Errors
    /// Returns the errors of the connection. A time-out leaves the command under way.
    pub(crate) async fn read_more(&mut self, reading: &Reading, wait: Wait) -> Result<()> {
        self.exchange(wait).await.map_err(|error| {
            error.waiting_for(|| Awaited::Answer {
                command: reading.asked.name.clone(),
                said: self.engine.last_words().said,
            })
        })
    }

    /// Handles a complete response.
    fn received_one(&mut self, reading: &mut Reading, response: Response) -> Result<Option<Part>> {
        let bodies = mem::take(&mut reading.bodies);
        if bodies == Bodies::Unasked {
            return self.unasked(response).map(|()| None);
        }
        match response {
            Response::Fetch(fetch)
                if bodies != Bodies::None || reading.asked.is_answered_by(&fetch) =>
            {
                reading.unread.kept("FETCH");
                Ok(Some(self.received_message(&reading.asked, bodies, fetch)))
            }
            response => {
                let failed = match &response {
                    Response::Malformed(bad) if bodies != Bodies::None => {
                        Some(Part::Failed(unreadable(&reading.asked.name, bad)))
                    }
                    _ => None,
                };
                reading.unread.not_kept(&reading.asked.name, &response);
                self.news(response)?;
                Ok(failed)
            }
        }
    }

    /// Handles the complete response about a message that was asked for.
    fn received_message(&self, asked: &Asked, bodies: Bodies, fetch: Fetch) -> Part {
        let most = self.answer_limit;
        if bodies == Bodies::Unreadable {
            return Part::Failed(asked.unknown_body(&fetch));
        }
        if kept::cost(self.engine.response_memory()) > most {
            let size = self.engine.response_size();
            let lost = Oversize::over_answer(Response::Fetch(fetch), most, size);
            return Part::Failed(asked.too_large(&lost, most));
        }
        Part::Message(fetch)
    }

    /// Handles a response that was skipped.
    fn lost_one(&mut self, reading: &mut Reading, lost: Oversize) -> Result<Option<Part>> {
        let bodies = mem::take(&mut reading.bodies);
        let is_asked = match &lost.response {
            Response::Fetch(fetch) => reading.asked.is_answered_by(fetch),
            _ => false,
        };
        if bodies == Bodies::Given || (bodies != Bodies::Unasked && is_asked) {
            let error = reading.asked.too_large(&lost, self.answer_limit);
            return Ok(Some(Part::Failed(error)));
        }
        self.news(lost.into_malformed()).map(|()| None)
    }
}

impl Reading {
    /// Handles the beginning of a body that is read in pieces.
    fn begin_body(&mut self, head: Response, size: u64) -> Option<Part> {
        let is_given = self.bodies == Bodies::Given;
        if !is_given && self.bodies != Bodies::None {
            return None;
        }
        self.bodies = match &head {
            Response::Fetch(fetch) => match fetch.sections().last() {
                // The engine leaves out the data of the section that follows.
                Some(section) if section.data.is_none() => {
                    match is_given || self.asked.is_answered_by(fetch) {
                        true => Bodies::Given,
                        false => Bodies::Unasked,
                    }
                }
                _ => Bodies::Unreadable,
            },
            _ => Bodies::Unreadable,
        };
        match head {
            Response::Fetch(head) if self.bodies == Bodies::Given => {
                Some(Part::Body { head, size })
            }
            _ => None,
        }
    }
}

impl Asked {
    /// Returns whether a response answers the request. One to a command by UID that lacks the UID
    /// does so unless it has nothing but flags, which are news.
    fn is_answered_by(&self, fetch: &Fetch) -> bool {
        let by_uid = !matches!(self.set, MessageSet::Seqs(_));
        let is_named = !by_uid || fetch.uid().is_some() || !fetch.has_only_flags();
        is_named && may_answer(&self.set, fetch) && asked_for(&self.items, fetch)
    }

    /// Records that a message was received with its UID or without it.
    fn learn(&self, names: &mut Names, response: &Response) {
        match response {
            _ if matches!(self.set, MessageSet::Seqs(_)) => {}
            Response::Fetch(fetch) if asked_for(&self.items, fetch) => names.answered(fetch),
            other => names.renumber(other),
        }
    }

    fn too_large(&self, lost: &Oversize, answer_limit: u64) -> Error {
        Error::TooLarge(Box::new(Incomplete::response(
            &self.name,
            lost,
            answer_limit,
        )))
    }

    /// Returns the error for data that were taken for those of a section, which they are not.
    fn unknown_body(&self, fetch: &Fetch) -> Error {
        let seq = fetch.seq().map_or(0, u32::from);
        Error::Unreadable {
            command: self.name.clone(),
            line: format!("* {seq} FETCH"),
            why: "a literal belongs to no section".to_owned(),
        }
    }
}

impl<S> Connection<S> {
    /// Handles a response without its bodies, which nobody asked for. It becomes a gap in the
    /// updates, since it must not be taken for the whole.
    fn unasked(&mut self, response: Response) -> Result<()> {
        self.note(&response);
        self.updates.push(response, u64::MAX);
        let counted = self.engine.unsolicited();
        if counted.is_err() {
            self.give_up();
        }
        Ok(counted?)
    }
}
