//! Sends commands, and waits for their answers.

use std::slice;

use imapclient_codec::{Outgoing, Response, Status};
use imapclient_engine::{Event, Oversize};
use imapclient_transport::{Socket, Wait};
use secrecy::ExposeSecret as _;

use super::{Connection, Waiting};
use crate::{
    command::Answered,
    error::{Awaited, Result},
    kept::Kept,
    validity::ByUid,
};

impl<S: Socket> Connection<S> {
    /// Sends a command, whose answer [`serve`](Self::serve) then waits for. `kept` counts the bytes
    /// that earlier commands have kept of the same answer.
    ///
    /// # Errors
    /// Fails if the command cannot be sent. Nothing of it is sent then.
    pub(crate) fn begin<'c>(
        &mut self,
        outgoing: Outgoing,
        command: &'c mut dyn Answered,
        kept: &'c mut Kept,
    ) -> Result<Waiting<'c>> {
        let by_uid = ByUid::of(&outgoing, self.state())?;
        let name = outgoing.name();
        let tag = self.submit(outgoing, &mut *command)?;
        self.begun(&tag, &name);
        let waiting = Waiting::new(tag, name, by_uid, command, kept, self.answer_limit);
        // A response that exceeds the rest of the limit is of no use, and is skipped.
        self.engine.limit_answer(waiting.left());
        self.name_secrets(&waiting);
        Ok(waiting)
    }

    /// Waits until a command is answered, and returns the status of its `OK`.
    pub(crate) async fn answer(&mut self, waiting: &mut Waiting<'_>, wait: Wait) -> Result<Status> {
        match self.serve(slice::from_mut(waiting), wait).await {
            Ok((_, status)) => waiting.end(status, self.state()),
            Err(error) => {
                let error = error.waiting_for(|| Awaited::Answer {
                    command: waiting.name.clone(),
                    said: self.engine.last_words().said,
                });
                Err(waiting.lost(error))
            }
        }
    }

    /// Waits until one of these commands is answered, and returns its index and status. They are in
    /// the order in which they were sent; a response is offered to each of them in turn, and
    /// becomes an update if none of them keeps it.
    ///
    /// # Errors
    /// Returns the errors of the connection. The commands under way then have no answer.
    pub(crate) async fn serve(
        &mut self,
        waiting: &mut [Waiting<'_>],
        wait: Wait,
    ) -> Result<(usize, Status)> {
        loop {
            match self.next_event(wait).await? {
                Event::Done { tag, status, .. } => {
                    if let Some(which) = waiting.iter().position(|one| one.tag == tag) {
                        self.engine.limit_answer(self.answer_limit);
                        return Ok((which, status));
                    }
                }
                Event::Response(response) => self.offer(waiting, response)?,
                Event::Oversize(lost) => self.offer_lost(waiting, *lost)?,
                Event::Challenge { tag, data, echoes } => {
                    let asked = waiting.iter_mut().find(|one| one.tag == tag);
                    let Some(asked) = asked else {
                        self.engine.cancel();
                        continue;
                    };
                    match asked.respond(data, echoes) {
                        Some(response) => {
                            self.engine.respond(&response);
                            self.name_secrets(asked);
                        }
                        None => self.engine.cancel(),
                    }
                }
                _ => {}
            }
        }
    }

    /// Offers a response to the commands under way.
    fn offer(&mut self, waiting: &mut [Waiting<'_>], response: Response) -> Result<()> {
        let size = self.engine.response_size();
        let memory = self.engine.response_memory();
        let mut news = None;
        self.route(response, |response| {
            let mut each = waiting.iter_mut();
            each.try_fold(response, |rest, one| {
                one.offer(rest, size, memory, &mut news)
            })
        })?;
        if let Some(news) = news {
            self.updates.push(news, memory);
        }
        self.check_size(waiting)
    }

    /// Offers a response that was skipped to the commands under way.
    fn offer_lost(&mut self, waiting: &mut [Waiting<'_>], lost: Oversize) -> Result<()> {
        let mut each = waiting.iter_mut();
        match each.try_fold(lost, |lost, one| one.offer_lost(lost)) {
            Some(lost) => self.news(lost.into_malformed()),
            None => self.check_size(waiting),
        }
    }

    /// Ends the connection if the answer exceeds its limit, which bounds the memory of answers.
    fn check_size(&mut self, waiting: &[Waiting<'_>]) -> Result<()> {
        let Some(endless) = waiting.iter().find(|one| !one.is_within()) else {
            return Ok(());
        };
        Err(self.over_answer_limit(&endless.name))
    }

    /// Names the secrets of a command to the engine, which withholds echoes of them.
    fn name_secrets(&mut self, waiting: &Waiting<'_>) {
        if let Some(secrets) = waiting.secrets() {
            let secrets = secrets
                .iter()
                .map(|secret| secret.expose_secret().as_bytes());
            self.engine.name_secrets(&secrets.collect::<Vec<_>>());
        }
    }
}
