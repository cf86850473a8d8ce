//! Sends commands, and waits for their answers.

use std::slice;

use imapclient_codec::{Outgoing, Response, Status};
use imapclient_engine::{Event, Oversize};
use imapclient_transport::{Socket, Wait};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Begun, Connection, Held, Waiting};
use crate::{
    command::Answered,
    error::{Awaited, Result},
    kept::Kept,
    validity::ByUid,
};

impl<S: Socket> Connection<S> {
    /// Sends a command, whose answer [`serve`](Self::serve) then waits for. `kept` counts the bytes
    /// that other commands have kept of the same answer.
    ///
    /// # Errors
    /// Fails if the command cannot be sent. Nothing of it is sent then.
    pub(crate) fn begin(
        &mut self,
        outgoing: Outgoing,
        command: &mut dyn Answered,
        kept: &Kept,
    ) -> Result<Begun> {
        let by_uid = ByUid::of(&outgoing, self.state())?;
        let name = outgoing.name();
        let tag = self.submit(outgoing, command)?;
        self.begun(&tag, &name);
        // A response that exceeds the rest of the limit is of no use, and is skipped.
        self.engine.limit_answer(kept.left(self.answer_limit));
        self.name_secrets(command.secrets());
        Ok(Begun::new(tag, name, by_uid, self.answer_limit))
    }

    /// Waits until a command is answered, and returns the status of its `OK`.
    pub(crate) async fn answer<C: Held>(
        &mut self,
        waiting: &mut Waiting<C>,
        kept: &mut Kept,
        wait: Wait,
    ) -> Result<Status> {
        match self.serve(slice::from_mut(waiting), kept, wait).await {
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
    pub(crate) async fn serve<C: Held>(
        &mut self,
        waiting: &mut [Waiting<C>],
        kept: &mut Kept,
        wait: Wait,
    ) -> Result<(usize, Status)> {
        loop {
            if let Some(answered) = self.serve_or_send(waiting, kept, 0, wait).await? {
                return Ok(answered);
            }
        }
    }

    /// Does the same, but returns `None` once fewer than `unsent` bytes wait to be written, so that
    /// another command can be sent.
    pub(crate) async fn serve_or_send<C: Held>(
        &mut self,
        waiting: &mut [Waiting<C>],
        kept: &mut Kept,
        unsent: u64,
        wait: Wait,
    ) -> Result<Option<(usize, Status)>> {
        loop {
            let Some(event) = self.poll_event()? else {
                let want = self.fill_pipe()?;
                if self.unsent() < unsent {
                    return Ok(None);
                }
                self.exchange_for(want, wait).await?;
                continue;
            };
            match event {
                Event::Done { tag, status, .. } => {
                    if let Some(which) = waiting.iter().position(|one| one.tag == tag) {
                        let left = match waiting.len() {
                            1 => self.answer_limit,
                            _ => kept.left(self.answer_limit),
                        };
                        self.engine.limit_answer(left);
                        return Ok(Some((which, status)));
                    }
                }
                Event::Response(response) => self.offer(waiting, kept, response)?,
                Event::Oversize(lost) => self.offer_lost(waiting, kept, *lost)?,
                Event::Challenge { tag, data, echoes } => {
                    let asked = waiting.iter_mut().find(|one| one.tag == tag);
                    let Some(asked) = asked else {
                        self.engine.cancel();
                        continue;
                    };
                    match asked.respond(data, echoes) {
                        Some(response) => {
                            self.engine.respond(&response);
                            self.name_secrets(asked.secrets());
                        }
                        None => self.engine.cancel(),
                    }
                }
                _ => {}
            }
        }
    }

    /// Offers a response to the commands under way.
    fn offer<C: Held>(
        &mut self,
        waiting: &mut [Waiting<C>],
        kept: &mut Kept,
        response: Response,
    ) -> Result<()> {
        let size = self.engine.response_size();
        let memory = self.engine.response_memory();
        let mut news = None;
        self.route(response, |response| {
            let mut each = waiting.iter_mut();
            each.try_fold(response, |rest, one| {
                one.offer(kept, rest, size, memory, &mut news)
            })
        })?;
        if let Some(news) = news {
            self.updates.push(news, memory);
        }
        self.check_size(waiting, kept)
    }

    /// Offers a response that was skipped to the commands under way.
    fn offer_lost<C: Held>(
        &mut self,
        waiting: &mut [Waiting<C>],
        kept: &mut Kept,
        lost: Oversize,
    ) -> Result<()> {
        let mut each = waiting.iter_mut();
        match each.try_fold(lost, |lost, one| one.offer_lost(kept, lost)) {
            Some(lost) => self.news(lost.into_malformed()),
            None => self.check_size(waiting, kept),
        }
    }

    /// Ends the connection if the answer exceeds its limit, which bounds the memory of answers.
    fn check_size<C>(&mut self, waiting: &[Waiting<C>], kept: &Kept) -> Result<()> {
        let (false, Some(oldest)) = (kept.is_within(self.answer_limit), waiting.first()) else {
            return Ok(());
        };
        Err(self.over_answer_limit(&oldest.name))
    }

    /// Names the secrets of a command to the engine, which withholds echoes of them.
    fn name_secrets(&mut self, secrets: Option<Vec<SecretString>>) {
        if let Some(secrets) = secrets {
            let secrets = secrets
                .iter()
                .map(|secret| secret.expose_secret().as_bytes());
            self.engine.name_secrets(&secrets.collect::<Vec<_>>());
        }
    }
}
