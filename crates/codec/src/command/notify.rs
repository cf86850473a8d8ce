//! NOTIFY: selects the changes that the server reports without being asked (RFC 5465).

use super::{fetch::FetchItems, scope::Scope};
use crate::{
    needs::Needs,
    outgoing::{Effect, InvalidArgument, Outgoing},
};

/// The events that the server should report (RFC 5465 §3).
///
/// ```
/// use imapclient_codec::command::{self, NotifyEvent, Notify, Scope};
///
/// let news = Notify::new()
///     .on(Scope::Selected, [NotifyEvent::new_messages(), NotifyEvent::MessageExpunge, NotifyEvent::FlagChange])
///     .on(Scope::Personal, [NotifyEvent::new_messages(), NotifyEvent::MessageExpunge]);
/// let outgoing = command::notify(&news)?;
/// assert!(format!("{outgoing:?}").contains("NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange))"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notify {
    status: bool,
    groups: Vec<(Scope, Vec<NotifyEvent>)>,
}

/// An event (RFC 5465 §5).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NotifyEvent {
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

impl NotifyEvent {
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

    /// Asks for the changes of the selected mailbox that servers report without NOTIFY (new and
    /// removed messages, and flags) in addition to those that were asked for, and for removals only
    /// when no command can be disturbed (`SELECTED-DELAYED`). Without them, the client would lose
    /// track of the selected mailbox, since the server is silent about events that the request does
    /// not contain.
    ///
    /// ```
    /// use imapclient_codec::command::{self, Notify, NotifyEvent, Scope};
    ///
    /// let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]).selected_as_usual();
    /// let outgoing = command::notify(&news)?;
    /// assert!(format!("{outgoing:?}").contains(
    ///     "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) (PERSONAL (MailboxName))"
    /// ));
    /// # Ok::<(), imapclient_codec::InvalidArgument>(())
    /// ```
    #[must_use]
    pub fn selected_as_usual(mut self) -> Self {
        let mut data = None;
        let mut others: Vec<NotifyEvent> = Vec::new();
        self.groups.retain(|(scope, events)| {
            if !is_selected(scope) {
                return true;
            }
            for event in events {
                match event {
                    NotifyEvent::MessageNew(items) => data = items.clone().or_else(|| data.take()),
                    NotifyEvent::MessageExpunge | NotifyEvent::FlagChange => {}
                    other if others.contains(other) => {}
                    other => others.push(other.clone()),
                }
            }
            false
        });
        let mut events = vec![
            NotifyEvent::MessageNew(data),
            NotifyEvent::MessageExpunge,
            NotifyEvent::FlagChange,
        ];
        events.append(&mut others);
        self.groups.insert(0, (Scope::SelectedDelayed, events));
        self
    }

    /// Asks for these events in these mailboxes; without any event, none is reported for them.
    #[must_use]
    pub fn on(mut self, scope: Scope, events: impl IntoIterator<Item = NotifyEvent>) -> Self {
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
    let mut outgoing = Outgoing::new("NOTIFY SET")
        .needing(needs())
        .with_effect(Effect::Notify { usual: false });
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

/// Encodes the `NOTIFY SET` with which a server reports what it reports without NOTIFY: new and
/// removed messages and changed flags in the selected mailbox, and nothing about others. It ends an
/// earlier [`notify`]; [`notify_none`] makes the server silent about the selected mailbox as well
/// (RFC 5465 §3.1).
#[must_use]
pub fn notify_usual() -> Outgoing {
    Outgoing::new("NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange))")
        .needing(needs())
        .with_effect(Effect::Notify { usual: true })
}

/// Encodes `NOTIFY NONE`, after which the server may report nothing at all, not even new messages
/// in the selected mailbox (RFC 5465 §3.1); [`notify_usual`] returns to the state without NOTIFY.
#[must_use]
pub fn notify_none() -> Outgoing {
    Outgoing::new("NOTIFY NONE")
        .needing(needs())
        .with_effect(Effect::Notify { usual: false })
}

fn needs() -> Needs {
    Needs::login().capability("NOTIFY")
}

/// Rejects combinations that a server has to refuse (RFC 5465 §5, §6.1).
fn check(scope: &Scope, events: &[NotifyEvent]) -> Result<(), InvalidArgument> {
    let wrong = |why: &'static str| Err(InvalidArgument::new("events", why));
    if matches!(scope, Scope::SubtreeOne(_)) {
        return wrong("SUBTREE-ONE is for ESEARCH only");
    }
    let arrivals = events
        .iter()
        .any(|event| matches!(event, NotifyEvent::MessageNew(_)));
    let removals = events.contains(&NotifyEvent::MessageExpunge);
    let changes = |event: &NotifyEvent| {
        matches!(
            event,
            NotifyEvent::FlagChange | NotifyEvent::AnnotationChange
        )
    };
    if arrivals != removals {
        return wrong("MessageNew and MessageExpunge go together");
    }
    if events.iter().any(changes) && !arrivals {
        return wrong("FlagChange and AnnotationChange need MessageNew and MessageExpunge");
    }
    let with_data = |event: &NotifyEvent| matches!(event, NotifyEvent::MessageNew(Some(_)));
    if events.iter().any(with_data) && !is_selected(scope) {
        return wrong("only messages of the selected mailbox can come with data");
    }
    Ok(())
}

fn is_selected(scope: &Scope) -> bool {
    matches!(scope, Scope::Selected | Scope::SelectedDelayed)
}

fn write_event(outgoing: &mut Outgoing, event: &NotifyEvent) -> Result<(), InvalidArgument> {
    outgoing.push(match event {
        NotifyEvent::MessageNew(Some(items)) => {
            outgoing.push("MessageNew ");
            return items.write(outgoing);
        }
        NotifyEvent::MessageNew(None) => "MessageNew",
        NotifyEvent::MessageExpunge => "MessageExpunge",
        NotifyEvent::FlagChange => "FlagChange",
        NotifyEvent::AnnotationChange => "AnnotationChange",
        NotifyEvent::MailboxName => "MailboxName",
        NotifyEvent::SubscriptionChange => "SubscriptionChange",
        NotifyEvent::MailboxMetadataChange => "MailboxMetadataChange",
        NotifyEvent::ServerMetadataChange => "ServerMetadataChange",
    });
    Ok(())
}
