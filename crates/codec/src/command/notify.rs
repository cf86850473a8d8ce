//! NOTIFY: selects the changes that the server reports without being asked (RFC 5465).

use super::{fetch::FetchItems, scope::Scope};
use crate::{
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

/// The events that the server should report (RFC 5465 §3).
///
/// ```
/// use imapclient_codec::command::{self, Event, Notify, Scope};
///
/// let news = Notify::new()
///     .on(Scope::Selected, [Event::new_messages(), Event::MessageExpunge, Event::FlagChange])
///     .on(Scope::Personal, [Event::new_messages(), Event::MessageExpunge]);
/// let outgoing = command::notify(&news)?;
/// assert!(format!("{outgoing:?}").contains("NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange))"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notify {
    status: bool,
    groups: Vec<(Scope, Vec<Event>)>,
}

/// An event (RFC 5465 §5).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A message arrived. In the selected mailbox, the server can send these data items of it at
    /// once.
    MessageNew(Option<FetchItems>),
    /// A message was removed.
    MessageExpunge,
    /// The flags of a message changed.
    FlagChange,
    /// An annotation of a message changed.
    AnnotationChange,
    /// A mailbox was created, deleted or renamed.
    MailboxName,
    /// A subscription changed.
    SubscriptionChange,
    /// An annotation of a mailbox changed.
    MailboxMetadataChange,
    /// An annotation of the server changed.
    ServerMetadataChange,
}

impl Event {
    /// A message arrived; none of its data are sent.
    #[must_use]
    pub fn new_messages() -> Self {
        Self::MessageNew(None)
    }
}

impl Notify {
    /// Creates a request without any events.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for an immediate STATUS response for each mailbox.
    #[must_use]
    pub fn status(mut self) -> Self {
        self.status = true;
        self
    }

    /// Asks for these events in these mailboxes; without any event, none is reported for them.
    #[must_use]
    pub fn on(mut self, scope: Scope, events: impl IntoIterator<Item = Event>) -> Self {
        self.groups.push((scope, events.into_iter().collect()));
        self
    }
}

/// Encodes `NOTIFY SET` (RFC 5465 §3.1). It replaces all earlier settings.
///
/// # Errors
/// Fails if no scope is named, a mailbox name is empty or cannot be sent, a fetch item
/// cannot be sent, or the events cannot be combined: new and expunged messages require each other,
/// changes of flags and annotations require both, and data can be had only for messages of the
/// selected mailbox.
pub fn notify(notify: &Notify) -> Result<Outgoing, InvalidArgument> {
    if notify.groups.is_empty() {
        return Err(InvalidArgument::new("events", "name at least one scope"));
    }
    let mut outgoing = Outgoing::new("NOTIFY SET").needing(needs());
    outgoing
        .push(if notify.status { " STATUS " } else { " " })
        .words(&notify.groups, |outgoing, (scope, events)| {
            check(scope, events)?;
            outgoing.push("(");
            scope.write(outgoing)?;
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

/// Encodes `NOTIFY NONE`, after which nothing is reported, except for the selected mailbox as usual
/// (RFC 5465 §3.1).
#[must_use]
pub fn notify_none() -> Outgoing {
    Outgoing::new("NOTIFY NONE").needing(needs())
}

fn needs() -> Needs {
    Needs::login().capability("NOTIFY")
}

/// Rejects combinations that a server has to refuse (RFC 5465 §5, §6.1).
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
        return wrong("only messages of the selected mailbox can come with data");
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
