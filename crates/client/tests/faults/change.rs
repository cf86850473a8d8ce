//! The table of calls that change something, and the effect of each on the mailboxes.

use std::collections::BTreeSet;

use imapclient::{Uid, UidSet};
use imapclient_testkit::{Mail, Mishap, Received, Rule, Server};

use crate::world::{Seen, World};

/// A call that changes something, and its command that is disturbed.
#[derive(Debug)]
pub(crate) struct Change {
    /// The method and its variant.
    pub(crate) name: &'static str,
    /// The command whose answer is disturbed.
    pub(crate) command: &'static str,
    /// The number of earlier commands with this name that are answered as usual.
    pub(crate) skip: u64,
    /// The command that changes something, if it is a different one.
    pub(crate) changed_by: Option<&'static str>,
    pub(crate) kind: Kind,
    /// The capabilities that the server lacks.
    pub(crate) without: &'static [&'static str],
    /// True if the set of messages is too long for one command.
    pub(crate) is_long: bool,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Copy,
    Move,
    /// Removes messages of a set.
    Expunge,
    /// Removes all messages that are marked as deleted.
    ExpungeAll,
    /// Stores `messages` messages, each by its own command or all by one.
    Append {
        messages: usize,
        at_once: bool,
    },
    /// Marks messages as flagged.
    Store {
        silent: bool,
    },
    Create,
    Delete,
    Rename,
    Subscribe,
    Unsubscribe,
}

/// The mailbox to which messages are copied.
pub(crate) const TO: &str = "Archive";
/// The mailbox that is removed or renamed.
pub(crate) const OLD: &str = "Old";
pub(crate) const NEW: &str = "New";
/// The number of messages in a mailbox for sets that are too long for one command.
const MANY: u32 = 600;
/// The most places at which an answer is cut.
const PLACES: usize = 100;

const fn change(name: &'static str, command: &'static str, kind: Kind) -> Change {
    Change {
        name,
        command,
        skip: 0,
        changed_by: None,
        kind,
        without: &[],
        is_long: false,
    }
}

/// Returns a change whose second of several commands is disturbed.
const fn pieces(name: &'static str, command: &'static str, kind: Kind) -> Change {
    Change {
        skip: 1,
        is_long: true,
        without: &["CONDSTORE"],
        ..change(name, command, kind)
    }
}

const STORE: Kind = Kind::Store { silent: false };
const APPEND: Kind = Kind::Append {
    messages: 1,
    at_once: true,
};
const APPEND_ALL: Kind = Kind::Append {
    messages: 3,
    at_once: true,
};

pub(crate) const CHANGES: &[Change] = &[
    change("copy", "UID COPY", Kind::Copy),
    change("copy by number", "COPY", Kind::Copy),
    pieces("copy in pieces", "UID COPY", Kind::Copy),
    change("move_to", "UID MOVE", Kind::Move),
    change("move_to by number", "MOVE", Kind::Move),
    pieces("move_to in pieces", "UID MOVE", Kind::Move),
    change("expunge", "EXPUNGE", Kind::ExpungeAll),
    change("close", "CLOSE", Kind::ExpungeAll),
    change("uid_expunge", "UID EXPUNGE", Kind::Expunge),
    pieces("uid_expunge in pieces", "UID EXPUNGE", Kind::Expunge),
    Change {
        changed_by: Some("UID EXPUNGE"),
        ..change("uid_expunge, looking up", "UID SEARCH", Kind::Expunge)
    },
    Change {
        without: &["LITERAL+"],
        ..change("append", "APPEND", APPEND)
    },
    change("append without waiting", "APPEND", APPEND),
    Change {
        without: &["LITERAL+"],
        ..change("append_from", "APPEND", APPEND)
    },
    change("append_from without waiting", "APPEND", APPEND),
    Change {
        skip: 1,
        without: &["MULTIAPPEND"],
        ..change(
            "append_all one by one",
            "APPEND",
            Kind::Append {
                messages: 3,
                at_once: false,
            },
        )
    },
    change("append_all", "APPEND", APPEND_ALL),
    Change {
        without: &["LITERAL+"],
        ..change("append_all_or_none", "APPEND", APPEND_ALL)
    },
    change("store", "UID STORE", STORE),
    change("store by number", "STORE", STORE),
    change("store silently", "UID STORE", Kind::Store { silent: true }),
    change("store unless changed", "UID STORE", STORE),
    pieces("store in pieces", "UID STORE", STORE),
    change("create", "CREATE", Kind::Create),
    change("delete", "DELETE", Kind::Delete),
    change("rename", "RENAME", Kind::Rename),
    change("subscribe", "SUBSCRIBE", Kind::Subscribe),
    change("unsubscribe", "UNSUBSCRIBE", Kind::Unsubscribe),
];

impl Change {
    /// Starts a server with the mailboxes for this change.
    pub(crate) fn server(&self) -> Server {
        let mut builder = Server::builder().user("bob", "sekret");
        for capability in self.without {
            builder = builder.forget_capability(capability);
        }
        builder
            .mailbox("INBOX", |inbox| match self.is_long {
                true => inbox.messages((1..=MANY).map(|n| mail("i", n).flag("\\Deleted"))),
                false => inbox
                    .message(mail("i", 1).flag("\\Seen"))
                    .message(mail("i", 2).flag("\\Deleted"))
                    .message(mail("i", 3))
                    .message(mail("i", 4).flag("\\Deleted")),
            })
            .mailbox(TO, |archive| {
                archive.messages((1..=7).map(|n| mail("a", n)))
            })
            .mailbox(OLD, |old| old.message(mail("o", 1)).subscribed())
            .start()
    }

    /// Returns the messages that the call is about.
    pub(crate) fn asked(&self) -> UidSet {
        match (self.is_long, self.kind) {
            (true, _) => (1..=MANY).step_by(2).collect(),
            // The second is not marked as deleted.
            (false, Kind::Expunge) => UidSet::from(2..=3),
            (false, _) => [1, 3].into_iter().collect(),
        }
    }

    /// Returns the texts of the messages that the call stores.
    pub(crate) fn uploads(&self) -> Vec<String> {
        match self.kind {
            Kind::Append { messages, .. } => (1..=messages).map(|n| text("n", n as u32)).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the mishaps to try. The answer of `answer` bytes is cut at up to `PLACES` places if
    /// `thorough` is true, otherwise after some of them.
    pub(crate) fn mishaps(&self, answer: usize, thorough: bool) -> Vec<Mishap> {
        if self.is_long && !thorough {
            return vec![
                Mishap::Nothing,
                Mishap::No,
                Mishap::Cut,
                Mishap::OkUndone,
                Mishap::BareOk,
                Mishap::SilenceAfter,
                Mishap::CutAfter(answer / 2),
                Mishap::CutAfter(answer),
            ];
        }
        let mut mishaps: Vec<Mishap> = match self.changed_by {
            None => Mishap::ALL.to_vec(),
            // The client has to trust the answer to its search.
            Some(_) => {
                let believed = [Mishap::OkUndone, Mishap::BareOk];
                let all = Mishap::ALL.into_iter();
                all.filter(|mishap| !believed.contains(mishap)).collect()
            }
        };
        if matches!(self.kind, Kind::Copy | Kind::Move) {
            mishaps.extend(Mishap::OF_UIDS);
        }
        // The client does not know the UIDs of messages with sequence numbers.
        if self.name.ends_with(" by number") {
            mishaps.retain(|mishap| *mishap != Mishap::OtherUids);
        }
        if matches!(self.kind, Kind::Append { .. }) {
            mishaps.extend(
                Mishap::OF_UIDS
                    .into_iter()
                    .filter(|mishap| *mishap != Mishap::OtherUids),
            );
        }
        if self.waits_for_literals() {
            mishaps.extend(Mishap::OF_LITERALS);
        }
        if self.tells_what_it_does() {
            mishaps.push(Mishap::NoAfter);
        }
        let cuts: BTreeSet<usize> = match thorough {
            true => (1..=answer)
                .step_by(answer.div_ceil(PLACES))
                .chain([answer])
                .collect(),
            false => [1, answer / 4, answer / 2, answer - 2, answer - 1, answer]
                .into_iter()
                .filter(|bytes| *bytes > 0)
                .collect(),
        };
        mishaps.extend(cuts.into_iter().map(Mishap::CutAfter));
        mishaps
    }

    /// Returns whether the command stops at a literal until the continuation request.
    fn waits_for_literals(&self) -> bool {
        matches!(self.kind, Kind::Append { .. }) && self.without.contains(&"LITERAL+")
    }

    /// Returns whether untagged responses prove that something was done.
    fn tells_what_it_does(&self) -> bool {
        match self.kind {
            Kind::Move | Kind::Expunge => self.changed_by.is_none(),
            Kind::ExpungeAll => self.command == "EXPUNGE",
            Kind::Store { silent } => !silent,
            _ => false,
        }
    }

    /// Returns the sets in the received commands that change something.
    pub(crate) fn sets(&self, received: &[Received]) -> Vec<UidSet> {
        let name = format!("{} ", self.changed_by.unwrap_or(self.command));
        received
            .iter()
            .filter_map(|received| {
                let command = received.command();
                let rest = command.strip_prefix(&name)?;
                rest.split(' ').next()?.parse().ok()
            })
            .collect()
    }

    /// Returns the mailboxes before the change, and after each of its commands, without UIDs. One
    /// of the commands may be left out.
    pub(crate) fn stages(
        &self,
        before: &World,
        sets: &[UidSet],
        left_out: Option<usize>,
    ) -> Vec<World> {
        let mut stages = vec![before.clone()];
        let mut then = |change: &mut dyn FnMut(&mut World)| {
            let mut world = stages.last().cloned().unwrap_or_default();
            if left_out != Some(stages.len() - 1) {
                change(&mut world);
            }
            stages.push(world);
        };
        match self.kind {
            Kind::Copy | Kind::Move | Kind::Expunge | Kind::Store { .. } => {
                for set in sets {
                    then(&mut |world| self.change_some(world, set));
                }
            }
            Kind::ExpungeAll => then(&mut |world| inbox(world).retain(|seen| !is_deleted(seen))),
            Kind::Append { at_once, .. } => {
                let uploads: Vec<Seen> = self.uploads().into_iter().map(upload).collect();
                let steps = if at_once { uploads.len() } else { 1 };
                for some in uploads.chunks(steps) {
                    then(&mut |world| mailbox(world, TO).extend(some.iter().cloned()));
                }
            }
            Kind::Create => then(&mut |world| {
                world.mailboxes.insert(NEW.to_owned(), Vec::new());
            }),
            Kind::Delete => then(&mut |world| {
                world.mailboxes.remove(OLD);
            }),
            Kind::Rename => then(&mut |world| {
                let messages = world.mailboxes.remove(OLD);
                world
                    .mailboxes
                    .insert(NEW.to_owned(), messages.unwrap_or_default());
            }),
            Kind::Subscribe => then(&mut |world| {
                world.subscribed.insert(TO.to_owned());
            }),
            Kind::Unsubscribe => then(&mut |world| {
                world.subscribed.remove(OLD);
            }),
        }
        stages.into_iter().map(World::without_uids).collect()
    }

    fn change_some(&self, world: &mut World, set: &UidSet) {
        let is_meant = |seen: &Seen| Uid::new(seen.uid).is_some_and(|uid| set.contains(uid));
        match self.kind {
            Kind::Store { .. } => {
                for seen in inbox(world).iter_mut().filter(|seen| is_meant(seen)) {
                    seen.flags.insert("\\Flagged".to_owned());
                }
            }
            Kind::Expunge => inbox(world).retain(|seen| !(is_meant(seen) && is_deleted(seen))),
            _ => {
                let meant: Vec<Seen> = inbox(world)
                    .iter()
                    .filter(|seen| is_meant(seen))
                    .cloned()
                    .collect();
                if self.kind == Kind::Move {
                    inbox(world).retain(|seen| !is_meant(seen));
                }
                mailbox(world, TO).extend(meant);
            }
        }
    }

    /// Returns the rule for the command that is disturbed.
    pub(crate) fn rule(&self) -> Rule {
        Rule::on(self.command).skip(self.skip).once()
    }

    /// Returns whether the server received the command that is disturbed.
    pub(crate) fn was_reached(&self, received: &[Received]) -> bool {
        let name = format!("{} ", self.command);
        let same = received
            .iter()
            .filter(|received| format!("{} ", received.command()).starts_with(&name));
        same.count() as u64 > self.skip
    }
}

fn text(letter: &str, number: u32) -> String {
    format!("Message-ID: <{letter}{number}@x>\r\n\r\n{letter}{number}\r\n")
}

fn mail(letter: &str, number: u32) -> Mail {
    Mail::from(text(letter, number).into_bytes())
}

fn upload(text: String) -> Seen {
    let flags = BTreeSet::new();
    Seen {
        uid: 0,
        text,
        flags,
    }
}

fn is_deleted(seen: &Seen) -> bool {
    seen.flags.contains("\\Deleted")
}

fn mailbox<'a>(world: &'a mut World, name: &str) -> &'a mut Vec<Seen> {
    world.mailboxes.entry(name.to_owned()).or_default()
}

fn inbox(world: &mut World) -> &mut Vec<Seen> {
    mailbox(world, "INBOX")
}
