//! The commands of a pipeline, and when each of them is sent.

use std::{collections::VecDeque, fmt};

use imapclient_codec::{Code, Concurrency, Effect, Needs, Outgoing, Status};
use imapclient_engine::Phase;
use imapclient_transport::Socket;

use super::{entry::Entry, pending::Pending};
use crate::{
    client::Client,
    command::Command,
    connection::{Held as _, Waiting, earlier},
    done::Done,
    error::{Error, Refused, Result, Unrunnable},
    kept::Kept,
    needs::{check_place, is_about_server},
};

/// Upper bound on the number of commands under way.
const MOST: usize = 256;
/// The number of bytes that wait to be written from which no further command is sent.
const UNSENT: u64 = 256 * 1024;

/// The commands of a pipeline.
pub(crate) struct Queue<'e> {
    /// The commands that were not sent.
    waits: VecDeque<Entry<'e>>,
    under_way: Vec<Waiting<Entry<'e>>>,
    /// Commands that were refused because the server wants to know the program first.
    again: Vec<(Entry<'e>, Box<Refused>)>,
    /// The bytes of the responses that wait to be taken.
    kept: Kept,
    /// The error that ended the connection, until a caller gets it.
    failure: Option<Error>,
    /// True once the answers to earlier commands have been read.
    settled: bool,
    /// True if the answers to all commands make up one answer, whose bytes are counted together.
    is_one_answer: bool,
}

impl<'e> Queue<'e> {
    pub(crate) fn new() -> Self {
        Self {
            waits: VecDeque::new(),
            under_way: Vec::new(),
            again: Vec::new(),
            kept: Kept::default(),
            failure: None,
            settled: false,
            is_one_answer: false,
        }
    }

    /// Creates a queue for the commands of one call, of which all answers together are limited as
    /// the answer to one command is.
    pub(crate) fn of_one_call() -> Self {
        Self {
            is_one_answer: true,
            ..Self::new()
        }
    }

    /// Does the same as [`submit`](Self::submit) for a command of a call of several, which does
    /// this part of it.
    pub(crate) fn submit_step<C: Command + 'e>(
        &mut self,
        command: C,
        step: Done,
    ) -> Pending<C::Output> {
        let (mut entry, pending) = Entry::new(command);
        entry.step = Some(step);
        self.waits.push_back(entry);
        pending
    }

    /// Sends no further commands.
    pub(crate) fn stop(&mut self) {
        self.waits.clear();
    }

    /// Returns whether a command was sent and is not answered.
    pub(crate) fn is_under_way<T>(&self, pending: &Pending<T>) -> bool {
        let mut under_way = self.under_way.iter();
        let mut again = self.again.iter();
        under_way.any(|waiting| waiting.command().is_of(pending))
            || again.any(|(entry, _)| entry.is_of(pending))
    }

    /// Returns the result of a command if it is there.
    pub(crate) fn take<S, T>(
        &mut self,
        client: &mut Client<S>,
        pending: &Pending<T>,
    ) -> Option<Result<T>> {
        let (result, bytes) = pending.take()?;
        if !self.is_one_answer {
            self.kept.forget(bytes);
        }
        client.connection_mut().returned_step(pending.address());
        Some(result.map_err(|error| self.explained(error)))
    }

    /// See [`Pipeline::submit`](crate::Pipeline::submit).
    pub(crate) fn submit<C: Command + 'e>(&mut self, command: C) -> Pending<C::Output> {
        let (entry, pending) = Entry::new(command);
        self.waits.push_back(entry);
        pending
    }

    /// See [`Pipeline::answer`](crate::Pipeline::answer).
    pub(crate) async fn answer<S: Socket, T>(
        &mut self,
        client: &mut Client<S>,
        pending: Pending<T>,
    ) -> Result<T> {
        loop {
            if let Some(result) = self.take(client, &pending) {
                return result;
            }
            if self.is_empty() {
                return Err(Error::Unrunnable(Unrunnable::OtherPipeline));
            }
            if let Err(error) = self.step(client).await {
                return Err(self.lost(client, &pending, error));
            }
        }
    }

    /// See [`Pipeline::finish`](crate::Pipeline::finish).
    pub(crate) async fn finish<S: Socket>(&mut self, client: &mut Client<S>) -> Result<()> {
        while !self.is_empty() {
            self.step(client).await?;
        }
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    fn is_empty(&self) -> bool {
        self.waits.is_empty() && self.under_way.is_empty() && self.again.is_empty()
    }

    /// Returns the error for an answer for which its caller stops waiting.
    fn lost<S, T>(&mut self, client: &mut Client<S>, pending: &Pending<T>, error: Error) -> Error {
        self.waits.retain(|entry| !entry.is_of(pending));
        let mut under_way = self.under_way.iter_mut();
        let Some(waiting) = under_way.find(|waiting| waiting.command().is_of(pending)) else {
            return error;
        };
        let connection = client.connection_mut();
        let error = waiting.lost(error);
        let error = connection.unanswered(waiting.tag(), waiting.name(), error);
        waiting.shown(error)
    }

    /// Sends what can be sent, and waits for one answer.
    async fn step<S: Socket>(&mut self, client: &mut Client<S>) -> Result<()> {
        let failed = match self.advance(client).await {
            Err(error) if client.connection().is_usable() => return Err(error),
            Err(error) => error,
            Ok(()) => return Ok(()),
        };
        self.fail(client, failed);
        Ok(())
    }

    async fn advance<S: Socket>(&mut self, client: &mut Client<S>) -> Result<()> {
        if !self.settled {
            let limit = client.connection().command_limit();
            client.connection_mut().settle(u64::MAX, limit).await?;
            self.settled = true;
        }
        self.introduce(client).await?;
        self.send(client).await?;
        let Some(oldest) = self.under_way.first() else {
            return Ok(());
        };
        let until = oldest.command().until;
        let connection = client.connection_mut();
        let mut wait = connection.wait();
        wait.until = earlier(wait.until, until);
        // A command that is held back by the bytes before it is sent while these are written.
        let unsent = match self.waits.is_empty() || connection.unsent() < UNSENT {
            true => 0,
            false => UNSENT,
        };
        let answered = connection.serve_or_send(&mut self.under_way, &mut self.kept, unsent, wait);
        if let Some((which, status)) = answered.await? {
            self.answered(client, which, status);
        }
        Ok(())
    }

    /// Sends the next commands, as long as they can be under way beside the others.
    async fn send<S: Socket>(&mut self, client: &mut Client<S>) -> Result<()> {
        while self.has_room(client)
            && let Some(next) = self.waits.front()
        {
            let needs = next.needs();
            let capabilities = client.state().capabilities();
            if !self.under_way.is_empty() && capabilities.is_none() && is_about_server(&needs) {
                // The server must be asked first, by a command that is not part of the pipeline.
                return Ok(());
            }
            let next = match self.admit(client, &needs).await {
                Ok(()) => self.send_next(client),
                Err(error) if client.connection().is_usable() => Next::Failed(error),
                Err(error) => return Err(error),
            };
            match next {
                Next::Sent => {}
                Next::Waits => return Ok(()),
                Next::Failed(error) => self.refuse(error),
            }
        }
        Ok(())
    }

    /// Checks the needs of the next command.
    async fn admit<S: Socket>(&mut self, client: &mut Client<S>, needs: &Needs) -> Result<()> {
        if let Err(unmet) = check_place(needs, client.state()) {
            let name = match self.waits.front_mut() {
                Some(next) => next.encode(client.state())?.name(),
                None => String::new(),
            };
            return Err(unmet.by(&name));
        }
        let limit = client.connection().command_limit();
        client.meet_server(needs, limit).await
    }

    /// Sends the next command, unless it must not be under way beside the others.
    fn send_next<S: Socket>(&mut self, client: &mut Client<S>) -> Next {
        let Some(next) = self.waits.front_mut() else {
            return Next::Waits;
        };
        let allows = |concurrency: &Concurrency| {
            let mut under_way = self.under_way.iter();
            under_way.all(|one| one.command().concurrency.allows(concurrency))
        };
        if !next.was_tried || allows(&next.concurrency) {
            let outgoing = match next.encode(client.state()) {
                Ok(outgoing) => outgoing,
                Err(error) => return Next::Failed(error),
            };
            next.concurrency = outgoing.concurrency().clone();
            next.was_tried = true;
            if allows(&next.concurrency) {
                return self.begin(client, outgoing);
            }
        }
        Next::Waits
    }

    fn begin<S: Socket>(&mut self, client: &mut Client<S>, outgoing: Outgoing) -> Next {
        let Some(mut next) = self.waits.pop_front() else {
            return Next::Waits;
        };
        let connection = client.connection_mut();
        if next.step.is_none() {
            connection.begin_command();
        }
        let limit = connection.command_limit();
        next.until = connection.command_wait(outgoing.effect(), limit).until;
        next.effect = outgoing.effect().clone();
        match connection.begin(outgoing, next.held_mut(), &self.kept) {
            Ok(begun) => {
                if let Some(step) = &next.step {
                    connection.begun_step(next.slot, step.clone());
                }
                self.under_way.push(begun.wait(next));
                Next::Sent
            }
            Err(error) => {
                self.waits.push_front(next);
                Next::Failed(error)
            }
        }
    }

    /// Ends the next command, which was not sent.
    fn refuse(&mut self, error: Error) {
        if let Some(next) = self.waits.pop_front() {
            next.deliver(Err(error), 0);
        }
    }

    /// Ends a command whose tagged response has arrived.
    fn answered<S: Socket>(&mut self, client: &mut Client<S>, which: usize, status: Status) {
        let mut waiting = self.under_way.remove(which);
        let bytes = waiting.bytes();
        let done = waiting.end(status, client.state());
        let echoes = waiting.echoes();
        let tag = waiting.tag().clone();
        let entry = waiting.into_command();
        // The caller of a step still has to get its outcome.
        if entry.step.is_none() {
            client.connection_mut().returned(&tag);
        }
        let done = match done {
            Err(Error::Refused(refused)) if client.may_introduce(&refused) => {
                client.connection_mut().returned(&tag);
                self.kept.forget(bytes);
                self.again.push((entry, refused));
                return;
            }
            done => done,
        };
        if done.as_ref().is_err_and(asks_for_less) {
            client.peer_mut().pipelining = false;
        }
        let done = match echoes {
            true => done.map_err(Error::without_words),
            false => done,
        };
        let proves = entry.effect == Effect::Authenticate;
        let delivered = entry.deliver(done, bytes);
        if !delivered.is_kept {
            self.kept.forget(bytes);
        }
        if proves {
            client.connection_mut().proved(delivered.is_ok);
        }
    }

    /// Tells a server that requires it the name of the program, and then sends the commands that it
    /// has refused once more.
    async fn introduce<S: Socket>(&mut self, client: &mut Client<S>) -> Result<()> {
        if self.again.is_empty() || !self.under_way.is_empty() {
            return Ok(());
        }
        let limit = client.connection().command_limit();
        let refused = self.again.first().map(|(_, refused)| refused.clone());
        if let (Some(refused), false) = (refused, client.peer().introduced) {
            match client.introduce_after(refused, limit).await {
                // Each command returns its own refusal.
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        for (entry, _) in self.again.drain(..).rev() {
            self.waits.push_front(entry);
        }
        Ok(())
    }

    /// Returns whether one more command may be under way.
    fn has_room<S: Socket>(&self, client: &Client<S>) -> bool {
        let mut under_way = self.under_way.iter();
        let is_alone = !client.peer().pipelining
            || client.state().phase() == Phase::NotAuthenticated
            // The needs of the next command depend on its effect.
            || under_way.any(|one| one.command().is_alone())
            || !self.again.is_empty();
        let most = if is_alone { 1 } else { MOST };
        // The rest of a refused upload may still wait to be written.
        let is_full = client.connection().unsent() >= UNSENT && !self.under_way.is_empty();
        self.under_way.len() < most && !is_full
    }

    /// Ends all commands because the connection has ended.
    fn fail<S>(&mut self, client: &mut Client<S>, failure: Error) {
        for mut waiting in self.under_way.drain(..) {
            let connection = client.connection_mut();
            let error = waiting.lost(Error::GivenUp);
            let error = connection.unanswered(waiting.tag(), waiting.name(), error);
            waiting.into_command().deliver(Err(error), 0);
        }
        let refused = self.again.drain(..).map(|(entry, _)| entry);
        for entry in refused.chain(self.waits.drain(..)) {
            entry.deliver(Err(Error::GivenUp), 0);
        }
        self.failure.get_or_insert(failure);
    }

    /// Returns the error that ended the connection for the first command that it concerns.
    fn explained(&mut self, error: Error) -> Error {
        match error {
            Error::Partly { done, source } => Error::Partly {
                done,
                source: Box::new(self.explained(*source)),
            },
            Error::Unfinished {
                command,
                outcome,
                source,
            } => Error::Unfinished {
                command,
                outcome,
                source: Box::new(self.explained(*source)),
            },
            Error::GivenUp => self.failure.take().unwrap_or(Error::GivenUp),
            error => error,
        }
    }
}

/// Returns whether the server refuses a command because it gets too many.
fn asks_for_less(error: &Error) -> bool {
    error.retry_after().is_some() || (error.is_transient() && error.code() == Some(&Code::Limit))
}

/// The result of an attempt to send the next command.
enum Next {
    Sent,
    /// It must not be under way beside the others.
    Waits,
    /// It cannot be sent.
    Failed(Error),
}

impl fmt::Debug for Queue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.waits.len())
            .field("under_way", &self.under_way.len())
            .finish_non_exhaustive()
    }
}
