//! Compares the result of a call with the messages that the server has, by their bytes.

use imapclient::{Done, Error, Outcome, Uid, UidSet};
use imapclient_testkit::{Server, Stored};

use crate::scene::{OURS, Scene, TO, Told, Way};

/// The category of a result, for the table that is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// The call succeeded.
    Done,
    /// The call failed, and every message is where it was.
    Untouched,
    /// The call failed after it had done something, which the error reports.
    Reported,
}

/// Returns the category of a result, or what is wrong with it. After a lie of the server only the
/// messages themselves are judged.
pub(crate) fn judge(
    scene: Scene,
    result: &Result<Told, Error>,
    server: &Server,
    is_lie: bool,
) -> Result<Verdict, String> {
    let before = scene.server();
    let (was, inbox) = (
        before.messages("bob", "INBOX"),
        server.messages("bob", "INBOX"),
    );
    let (other, target) = (before.messages("bob", TO), server.messages("bob", TO));
    let mut is_changed = false;
    for message in &was {
        let (here, there) = (same(&inbox, message), same(&target, message));
        let (counts, is_ours) = ((here.len(), there.len()), OURS.contains(&message.uid));
        is_changed |= counts != (1, 0) || here.iter().any(|now| now.flags != message.flags);
        let fail = |what: &str| Err(format!("UID {} {what}: {result:?}", message.uid));
        if !is_ours {
            if counts == (0, 0) {
                return fail("of another client is LOST");
            }
            let is_in_place = counts == (1, 0);
            let is_as_before = is_in_place && here[0].flags == message.flags;
            if !(is_as_before || is_in_place && is_mark_due(result, message)) {
                return fail("of another client was touched");
            }
            continue;
        }
        let Some(uid) = Uid::new(message.uid) else {
            return fail("is no UID");
        };
        match (scene.way, counts) {
            (Way::Remove | Way::RemoveShared, (0, 0)) => {
                if !is_lie && !is_removal_told(result, uid) {
                    return fail("is LOST: it was removed, and that is not told");
                }
            }
            (Way::Remove | Way::RemoveShared, (1, 0)) => {
                if let (Ok(Told::Removed(removed, _)), false) = (result, is_lie)
                    && !removed.left.contains(uid)
                    && *removed != imapclient::Removed::default()
                {
                    return fail("is there, and was told to be removed");
                }
            }
            (_, (0, 0)) => return fail("is LOST"),
            (_, (1, 0)) => {
                if is_deleted(here[0]) {
                    return fail("is marked as deleted and has no copy");
                }
                if let (Ok(Told::Moved(moved)), false) = (result, is_lie)
                    && !moved.unproved.contains(uid)
                {
                    return fail("was told to be moved, and was not");
                }
            }
            (_, (0, 1)) => {
                if let Ok(Told::Moved(moved)) = result
                    && (moved.left.contains(uid) || moved.unproved.contains(uid))
                {
                    return fail("was moved, and that is not told");
                }
                if let Err(error) = result
                    && !is_told(error, uid, true)
                {
                    return fail("was moved, and the error does not tell it");
                }
            }
            (_, (1, 1)) => {
                let is_told = match result {
                    Ok(Told::Moved(moved)) => {
                        moved.left.contains(uid) || moved.unproved.contains(uid)
                    }
                    Ok(Told::Removed(..)) => false,
                    Err(error) => is_told(error, uid, false),
                };
                if !is_told && !is_lie {
                    return fail("is there twice, and that is not told");
                }
            }
            _ => return fail("is in an impossible place"),
        }
    }
    for message in &other {
        if same(&target, message).len() != 1 {
            return Err(format!("UID {} of the target is LOST", message.uid));
        }
    }
    Ok(match (result, is_changed) {
        (Ok(_), _) => Verdict::Done,
        (Err(_), false) => Verdict::Untouched,
        (Err(_), true) => Verdict::Reported,
    })
}

/// Returns whether an error says that a message may have been copied, or removed as well.
fn is_told(error: &Error, uid: Uid, is_removed: bool) -> bool {
    let has = |set: &UidSet| set.contains(uid);
    let is_done = match error.done() {
        Some(Done::Moved { messages, uids }) => {
            has(messages) || uids.as_ref().is_some_and(|uids| has(&uids.source))
        }
        Some(Done::MovedBySteps(steps)) if is_removed => has(&steps.removed),
        Some(Done::MovedBySteps(steps)) => {
            has(&steps.copied) || steps.uids.as_ref().is_some_and(|uids| has(&uids.source))
        }
        _ => false,
    };
    is_done || error.outcome() == Outcome::Unknown
}

/// Returns whether a result says that a message may have been removed.
fn is_removal_told(result: &Result<Told, Error>, uid: Uid) -> bool {
    match result {
        Ok(Told::Removed(removed, _)) => !removed.left.contains(uid),
        Ok(Told::Moved(_)) => false,
        Err(error) => match error.done() {
            Some(Done::Expunged { messages }) if messages.contains(uid) => true,
            Some(Done::ExpungedShared { removed, .. }) if removed.contains(uid) => true,
            _ => error.outcome() == Outcome::Unknown,
        },
    }
}

/// Returns whether an error says that the mark of a message has to be put back.
fn is_mark_due(result: &Result<Told, Error>, message: &Stored) -> bool {
    let due = match result {
        Ok(Told::Removed(_, unmarked)) => Some(unmarked),
        Ok(Told::Moved(_)) => None,
        Err(error) => match error.done() {
            Some(Done::ExpungedShared { unmarked, .. }) => Some(unmarked),
            _ => None,
        },
    };
    Uid::new(message.uid).is_some_and(|uid| due.is_some_and(|due| due.contains(uid)))
}

fn same<'a>(messages: &'a [Stored], wanted: &Stored) -> Vec<&'a Stored> {
    let messages = messages.iter();
    messages.filter(|one| one.bytes == wanted.bytes).collect()
}

fn is_deleted(message: &Stored) -> bool {
    message.flags.iter().any(|flag| flag == "\\Deleted")
}
