//! Runs the commands of a long set, each sent without waiting for the answer to the one before.

use imapclient_codec::{UidSet, command::MessageSet};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::Command,
    done::Done,
    error::{Error, Result},
    kept::Kept,
    pipeline::queue::Queue,
};

impl<S: Socket> Client<S> {
    /// Runs the commands of a call that changes the messages of a long set, which has begun its
    /// [steps](Self::begin_steps), and returns their outputs in order. Each command has the UIDs of
    /// its messages, from which `step` makes the part of the call that the command does.
    ///
    /// After a failure no more commands are sent; those under way are waited for, unless the wait
    /// was what failed. The steps then have all commands to which the server said OK.
    ///
    /// # Errors
    /// Returns the first error, or the first one that leaves the outcome unknown.
    pub(crate) async fn run_ahead<C: Command>(
        &mut self,
        mut commands: Vec<(UidSet, C)>,
        step: impl Fn(UidSet, Option<&C::Output>) -> Done + Send + Sync,
    ) -> Result<Vec<C::Output>> {
        if commands.len() == 1
            && let Some((messages, command)) = commands.pop()
        {
            let result = self.run_after(&mut Kept::default(), command).await;
            if was_done(&result) {
                self.did(step(messages, result.as_ref().ok()));
            }
            return result.map(|output| vec![output]);
        }
        let mut queue = Queue::of_one_call();
        let pending: Vec<_> = commands
            .into_iter()
            .map(|(messages, command)| {
                let pending = queue.submit_step(command, step(messages.clone(), None));
                (messages, pending)
            })
            .collect();
        let mut outputs = Vec::with_capacity(pending.len());
        let mut failure: Option<Error> = None;
        let mut is_waiting = true;
        for (messages, pending) in pending {
            let result = match queue.take(self, &pending) {
                Some(result) => result,
                // It was not sent, or its answer is not waited for any more.
                None if failure.is_some() && !(is_waiting && queue.is_under_way(&pending)) => {
                    continue;
                }
                None => queue.answer(self, pending).await,
            };
            if was_done(&result) {
                self.did(step(messages, result.as_ref().ok()));
            }
            match result {
                Ok(output) => outputs.push(output),
                Err(error) => {
                    queue.stop();
                    is_waiting &= !ends_wait(&error);
                    failure = Some(worse(failure, error));
                }
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(outputs),
        }
    }
}

/// Returns the UIDs of a set; none for sequence numbers, which may refer to other messages by now.
pub(crate) fn uids_of(set: &MessageSet) -> UidSet {
    match set {
        MessageSet::Uids(uids) => uids.clone(),
        _ => UidSet::new(),
    }
}

/// Returns whether the server said OK to a command.
fn was_done<T>(result: &Result<T>) -> bool {
    matches!(
        result,
        Ok(_) | Err(Error::TooLarge(_) | Error::Unreadable { .. })
    )
}

/// Returns whether an error means that the caller does not want to wait any longer.
fn ends_wait(error: &Error) -> bool {
    match error {
        Error::Partly { source, .. } | Error::Unfinished { source, .. } => ends_wait(source),
        Error::Timeout { .. } | Error::Interrupted => true,
        _ => false,
    }
}

/// Returns the error that leaves more open, or else the first one, with what both know to be done.
fn worse(first: Option<Error>, later: Error) -> Error {
    let Some(first) = first else {
        return later;
    };
    let (kept, other) = match first.outcome().weight() >= later.outcome().weight() {
        true => (first, later),
        false => (later, first),
    };
    match other.done().cloned() {
        Some(done) => kept.after(done),
        None => kept,
    }
}
