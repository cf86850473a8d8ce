//! Compares the result of a call with the mailboxes that another client sees afterwards.

use std::collections::BTreeMap;

use imapclient::{
    AppendUid, Copied, CopyUid, Done, Error, Flag, Flags, MessageId, Outcome, Removed, Stored, Uid,
    UidSet, Unanswered,
};
use imapclient_testkit::{AnswerSize, Mishap};

use crate::world::{Seen, World};

use crate::change::{Change, Kind, TO};

/// The result of a call that has succeeded.
#[derive(Debug)]
pub(crate) enum Told {
    /// The server said OK.
    Word,
    Copied(Copied),
    Appended(Option<AppendUid>),
    Expunged(Removed),
    /// The new flags by the number of the message, which is its UID and its sequence number.
    Stored(BTreeMap<u32, Flags>),
}

impl Told {
    /// Returns the result of a STORE.
    pub(crate) fn stored<Id: MessageId>(stored: Stored<Flags, Id>) -> Self {
        let flags = stored.into_iter();
        Self::Stored(flags.map(|(id, flags)| (id.into(), flags)).collect())
    }
}

/// One run.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) change: &'a Change,
    pub(crate) mishap: Mishap,
    pub(crate) size: AnswerSize,
    pub(crate) said: Result<Told, Error>,
    /// The outcome that the client returned after a late answer.
    pub(crate) late: Option<Unanswered>,
    /// The sets in the commands that the server received.
    pub(crate) sets: Vec<UidSet>,
    /// True if the server received the command that is disturbed.
    pub(crate) was_reached: bool,
    pub(crate) before: World,
    pub(crate) after: World,
}

/// The category of a result, for the table that is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// The change was made, according to the server.
    Done,
    /// The change was not made.
    NotDone,
    /// It is unknown whether the change was made.
    Unknown,
}

/// The results that a call may have.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    Ok,
    NotDone,
    Unknown,
    /// Any result except an unknown one.
    Known,
    /// Any correct result.
    True,
}

/// The error describes what is wrong.
pub(crate) type Checked<T = ()> = Result<T, String>;

impl Run<'_> {
    pub(crate) fn judge(&self) -> Checked<Verdict> {
        if !self.was_reached && !self.mishap.is_silent() && !is_at_literal(self.mishap) {
            return Err("the command was never sent".to_owned());
        }
        let verdict = match &self.said {
            Ok(told) => {
                self.judge_success(told)?;
                Verdict::Done
            }
            Err(error) => self.judge_error(error)?,
        };
        let is_expected = match self.expected() {
            Expected::Ok => verdict == Verdict::Done,
            Expected::NotDone => verdict == Verdict::NotDone,
            Expected::Unknown => verdict == Verdict::Unknown,
            Expected::Known => verdict != Verdict::Unknown,
            Expected::True => true,
        };
        match is_expected {
            true => Ok(verdict),
            false => Err(format!(
                "{verdict:?} was said in place of {:?}",
                self.expected()
            )),
        }
    }

    /// Returns the result that the answer proves.
    fn expected(&self) -> Expected {
        let reads = self.change.changed_by.is_some();
        match self.mishap {
            // The time-out may have elapsed before the command was sent.
            mishap if mishap.is_silent() && !self.was_reached => Expected::True,
            mishap if is_at_literal(mishap) => Expected::NotDone,
            _ if reads => Expected::Known,
            Mishap::No | Mishap::Bad => Expected::NotDone,
            // The following commands may fail, and may change something themselves.
            Mishap::CutAfter(bytes) if bytes >= self.size.whole => match self.change.kind {
                Kind::Append { at_once: false, .. } => Expected::True,
                _ => Expected::Known,
            },
            Mishap::Bye
            | Mishap::Silence
            | Mishap::Cut
            | Mishap::ByeAfter
            | Mishap::SilenceAfter
            | Mishap::CutAfter(_)
            | Mishap::NoAfter
            | Mishap::Late
            | Mishap::LateNo => Expected::Unknown,
            _ => Expected::Ok,
        }
    }

    fn stages(&self) -> Vec<World> {
        let lie = self.mishap.is_lie().then_some(self.change.skip as usize);
        self.change.stages(&self.before, &self.sets, lie)
    }

    /// Returns whether the mailboxes are in the state after `step` commands.
    fn is_at(&self, step: usize) -> bool {
        self.stages().get(step) == Some(&self.after.clone().without_uids())
    }

    fn judge_success(&self, told: &Told) -> Checked {
        let due = self.stages().len() - 1;
        ensure(self.is_at(due), || format!("it is not as after step {due}"))?;
        let in_full = self.mishap == Mishap::Nothing;
        let has_no_uids = Mishap::OF_UIDS.contains(&self.mishap)
            || matches!(self.mishap, Mishap::BareOk | Mishap::OkUndone);
        match told {
            Told::Word => Ok(()),
            Told::Copied(copied) => {
                let steps: Vec<&UidSet> = match has_no_uids {
                    true => self.sets.iter().take(self.change.skip as usize).collect(),
                    false => self.sets.iter().collect(),
                };
                let told = copied
                    .uids()
                    .map(|uids| self.check_copied(uids))
                    .transpose()?;
                let due: usize = steps.iter().filter_map(|set| set.len()).sum::<u64>() as usize;
                ensure(*copied != Copied::Nothing, || {
                    "nothing was said to be done".to_owned()
                })?;
                ensure(told.unwrap_or(0) == due, || {
                    format!("{told:?} UIDs, and not {due}")
                })
            }
            Told::Appended(told) => {
                if let Some(told) = told {
                    self.check_appended(told, self.change.uploads().len())?;
                }
                ensure(told.is_some() != has_no_uids, || format!("{told:?}"))
            }
            Told::Expunged(removed) if self.change.kind == Kind::Expunge => {
                let inbox = &self.after.mailboxes["INBOX"];
                let asked = self.change.asked();
                let left = inbox
                    .iter()
                    .filter_map(|seen| Uid::new(seen.uid))
                    .filter(|uid| asked.contains(*uid));
                let left: UidSet = left.collect();
                ensure(removed.left == left, || {
                    format!("left {}, and not {left}", removed.left)
                })
            }
            Told::Expunged(removed) => {
                let gone =
                    self.before.mailboxes["INBOX"].len() - self.after.mailboxes["INBOX"].len();
                let named = removed.named() as usize;
                ensure(named <= gone, || {
                    format!("{named} are named and {gone} are gone")
                })?;
                ensure(!in_full || named == gone, || format!("{named} of {gone}"))
            }
            Told::Stored(told) => {
                for (uid, flags) in told {
                    self.check_flags(*uid, flags)?;
                }
                let asked = self.change.asked().len().unwrap_or(0) as usize;
                let is_silent = self.change.kind == Kind::Store { silent: true };
                ensure(!in_full || is_silent || told.len() == asked, || {
                    format!("{} told", told.len())
                })
            }
        }
    }

    fn judge_error(&self, error: &Error) -> Checked<Verdict> {
        let step = self.check_done(error.done())?;
        let now = self.is_at(step);
        let verdict = match error.outcome() {
            Outcome::NotSent | Outcome::NotDone => {
                ensure(now, || {
                    format!("it is not as after step {step}, but {error:?}")
                })?;
                Verdict::NotDone
            }
            Outcome::Unknown => {
                // The commands for a long set are sent without waiting for the answer to each.
                let may_be = (step..=step.max(self.sets.len()) + 1).any(|step| self.is_at(step));
                ensure(may_be, || {
                    format!("it is not as after step {step} or a later one")
                })?;
                Verdict::Unknown
            }
            other => return Err(format!("{other:?} of an error")),
        };
        match (&self.late, verdict) {
            (Some(late), Verdict::Unknown) => {
                let step = self.check_done(error.done().into_iter().chain(&late.done))?;
                let due = match late.outcome {
                    Outcome::Done => self.is_at(step + 1),
                    Outcome::NotDone => self.is_at(step),
                    Outcome::NotSent => late.command.is_none() && self.is_at(step),
                    _ => false,
                };
                ensure(due, || format!("{late:?} was said later"))?;
            }
            (None, Verdict::Unknown) if self.mishap.is_late() => {
                return Err("nothing was said later".to_owned());
            }
            _ => {}
        }
        Ok(verdict)
    }

    /// Checks the reported steps. Returns how many commands they cover.
    fn check_done<'d>(&self, reported: impl IntoIterator<Item = &'d Done>) -> Checked<usize> {
        let mut messages = UidSet::new();
        for done in reported {
            messages.extend([match done {
                Done::Appended { messages, uids } => {
                    if let Some(uids) = uids {
                        self.check_appended(uids, *messages)?;
                    }
                    return Ok(*messages);
                }
                Done::Copied { messages, uids } | Done::Moved { messages, uids } => {
                    if let Some(uids) = uids {
                        self.check_copied(uids)?;
                    }
                    messages.clone()
                }
                Done::Stored { messages } | Done::Expunged { messages } => messages.clone(),
                other => return Err(format!("{other:?}")),
            }]);
        }
        // With sequence numbers there is only one command, and no steps are reported.
        let is_told = |set: &UidSet| {
            set.iter()
                .into_iter()
                .flatten()
                .all(|uid| messages.contains(uid))
        };
        let steps = self.sets.iter().take_while(|set| is_told(set)).count();
        let told: u64 = self.sets.iter().take(steps).filter_map(UidSet::len).sum();
        ensure(messages.len() == Some(told), || {
            format!("{messages} are no whole steps")
        })?;
        Ok(steps)
    }

    /// Checks that each message was copied as reported. Returns the number of messages.
    fn check_copied(&self, uids: &CopyUid) -> Checked<usize> {
        let mut count = 0;
        for (old, new) in uids.pairs() {
            count += 1;
            let source = find(&self.before, "INBOX", old.get()).map(|seen| &seen.text);
            let copy = find(&self.after, TO, new.get()).map(|seen| &seen.text);
            ensure(source.is_some() && source == copy, || {
                format!("UID {old} is not UID {new}")
            })?;
        }
        Ok(count)
    }

    fn check_appended(&self, uids: &AppendUid, messages: usize) -> Checked {
        let texts: Vec<String> = uids
            .uids
            .iter()
            .into_iter()
            .flatten()
            .take(messages + 1)
            .map(|uid| {
                find(&self.after, TO, uid.get())
                    .map(|seen| seen.text.clone())
                    .unwrap_or_default()
            })
            .collect();
        let uploads = self.change.uploads();
        ensure(texts == uploads[..messages], || {
            format!("{uids:?} are {texts:?}")
        })
    }

    fn check_flags(&self, uid: u32, told: &Flags) -> Checked {
        let seen = find(&self.after, "INBOX", uid).map(|seen| seen.flags.clone());
        let told = told.iter().filter(|flag| *flag != Flag::Recent);
        let told = told.map(|flag| flag.as_str().to_owned()).collect();
        ensure(seen == Some(told), || format!("UID {uid} has other flags"))
    }
}

fn is_at_literal(mishap: Mishap) -> bool {
    Mishap::OF_LITERALS.contains(&mishap)
}

fn find<'a>(world: &'a World, mailbox: &str, uid: u32) -> Option<&'a Seen> {
    let mut messages = world.mailboxes.get(mailbox)?.iter();
    messages.find(|seen| seen.uid == uid)
}

fn ensure(is_so: bool, else_: impl FnOnce() -> String) -> Checked {
    match is_so {
        true => Ok(()),
        false => Err(else_()),
    }
}
