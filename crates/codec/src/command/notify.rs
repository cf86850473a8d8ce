//! NOTIFY: which changes the server reports unasked (RFC 5465).

use super::{fetch::Items, scope::Scope};
use crate::{
    mailbox::Names,
    outgoing::{InvalidArgument, Outgoing},
};

/// What the server is to report (RFC 5465 §3).
///
/// ```
/// use imapclient_codec::{Names, command::{self, Event, Notify, Scope}};
///
/// let news = Notify::new()
///     .on(Scope::Selected, [Event::new_messages(), Event::MessageExpunge, Event::FlagChange])
///     .on(Scope::Personal, [Event::new_messages(), Event::MessageExpunge]);
/// let outgoing = command::notify(&news, Names::Utf7)?;
/// assert!(format!("{outgoing:?}").contains("NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange))"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notify {
    status: bool,
    groups: Vec<(Scope, Vec<Event>)>,
}

/// Something that can happen (RFC 5465 §5).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A message arrived. In the selected mailbox these data of it can be had at once.
    MessageNew(Option<Items>),
    /// A message is gone.
    MessageExpunge,
    /// The flags of a message changed.
    FlagChange,
    /// An annotation of a message changed.
    AnnotationChange,
    /// A mailbox was made, removed or renamed.
    MailboxName,
    /// A subscription changed.
    SubscriptionChange,
    /// An annotation of a mailbox changed.
    MailboxMetadataChange,
    /// An annotation of the server changed.
    ServerMetadataChange,
}

impl Event {
    /// A message arrived; no data of it are sent.
    #[must_use]
    pub fn new_messages() -> Self {
        Self::MessageNew(None)
    }
}

impl Notify {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a STATUS of each mailbox at once.
    #[must_use]
    pub fn status(mut self) -> Self {
        self.status = true;
        self
    }

    /// Reports these events in these mailboxes; without any event they are quiet.
    #[must_use]
    pub fn on(mut self, scope: Scope, events: impl IntoIterator<Item = Event>) -> Self {
        self.groups.push((scope, events.into_iter().collect()));
        self
    }
}

/// `NOTIFY SET` (RFC 5465 §3.1). What was set before is forgotten.
///
/// # Errors
/// If there is nothing in it, a mailbox name is empty or holds NUL in UTF-8, a fetch item cannot be
/// sent, or the events do not go together: new messages and expunged ones only both, changes of
/// flags and annotations only with those, data only of messages of the selected mailbox.
pub fn notify(notify: &Notify, names: Names) -> Result<Outgoing, InvalidArgument> {
    if notify.groups.is_empty() {
        return Err(InvalidArgument::new("events", "name at least one scope"));
    }
    let mut outgoing = Outgoing::new("NOTIFY SET");
    outgoing
        .push(if notify.status { " STATUS " } else { " " })
        .words(&notify.groups, |outgoing, (scope, events)| {
            check(scope, events)?;
            outgoing.push("(");
            scope.write(outgoing, names)?;
            if events.is_empty() {
                outgoing.push(" NONE)");
                return Ok(());
            }
            outgoing.push(" ").list(events, write_event)?;
            outgoing.push(")");
            Ok(())
        })?;
    Ok(outgoing)
}

/// `NOTIFY NONE`: nothing is reported, the selected mailbox apart as ever (RFC 5465 §3.1).
#[must_use]
pub fn notify_none() -> Outgoing {
    Outgoing::new("NOTIFY NONE")
}

/// What a server has to refuse (RFC 5465 §5, §6.1).
fn check(scope: &Scope, events: &[Event]) -> Result<(), InvalidArgument> {
    let wrong = |why: &'static str| Err(InvalidArgument::new("events", why));
    if matches!(scope, Scope::SubtreeOne(_)) {
        return wrong("SUBTREE-ONE is for ESEARCH only");
    }
    let arrivals = events
        .iter()
        .any(|event| matches!(event, Event::MessageNew(_)));
    let removals = events.contains(&Event::MessageExpunge);
    let changes = |event: &Event| matches!(event, Event::FlagChange | Event::AnnotationChange);
    if arrivals != removals {
        return wrong("MessageNew and MessageExpunge go together");
    }
    if events.iter().any(changes) && !arrivals {
        return wrong("FlagChange and AnnotationChange need MessageNew and MessageExpunge");
    }
    let with_data = |event: &Event| matches!(event, Event::MessageNew(Some(_)));
    let selected = matches!(scope, Scope::Selected | Scope::SelectedDelayed);
    if events.iter().any(with_data) && !selected {
        return wrong("data come of messages of the selected mailbox only");
    }
    Ok(())
}

fn write_event(outgoing: &mut Outgoing, event: &Event) -> Result<(), InvalidArgument> {
    outgoing.push(match event {
        Event::MessageNew(Some(items)) => {
            outgoing.push("MessageNew ");
            return items.write(outgoing);
        }
        Event::MessageNew(None) => "MessageNew",
        Event::MessageExpunge => "MessageExpunge",
        Event::FlagChange => "FlagChange",
        Event::AnnotationChange => "AnnotationChange",
        Event::MailboxName => "MailboxName",
        Event::SubscriptionChange => "SubscriptionChange",
        Event::MailboxMetadataChange => "MailboxMetadataChange",
        Event::ServerMetadataChange => "ServerMetadataChange",
    });
    Ok(())
}
