//! Parses NOTIFY (RFC 5465).

use imap_codec::imap_types::{
    command::CommandBody,
    fetch::{MacroOrMessageDataItemNames, MessageDataItemName},
};

use super::{Arguments, BadRequest, decoded, gmail};

/// NOTIFY.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotifyRequest {
    None,
    Set {
        /// `true` if the client wants a STATUS of each mailbox at once.
        status: bool,
        groups: Vec<EventGroup>,
    },
}

/// Mailboxes and their events.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EventGroup {
    pub(crate) filter: Filter,
    pub(crate) events: Events,
}

/// The mailboxes of a group. Names are those of the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter<N = Vec<u8>> {
    Selected,
    SelectedDelayed,
    Inboxes,
    Personal,
    Subscribed,
    Subtree(Vec<N>),
    Mailboxes(Vec<N>),
}

/// The events of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Events {
    /// `MessageNew`.
    pub(crate) new: bool,
    /// The items of new messages in the selected mailbox.
    pub(crate) items: Option<Vec<MessageDataItemName<'static>>>,
    /// `MessageExpunge`.
    pub(crate) expunged: bool,
    /// `FlagChange`.
    pub(crate) flags: bool,
    /// `MailboxName`.
    pub(crate) names: bool,
    /// `SubscriptionChange`.
    pub(crate) subscriptions: bool,
    /// `AnnotationChange`, which is not supported.
    pub(crate) annotations: bool,
    /// `MailboxMetadataChange`.
    pub(crate) mailbox_metadata: bool,
    /// `ServerMetadataChange`.
    pub(crate) server_metadata: bool,
    /// `true` if there are events that are not supported and do not concern messages.
    pub(crate) others: bool,
}

impl NotifyRequest {
    pub(super) fn parse(command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        if arguments.keyword("NONE") {
            return arguments.end().map(|()| Self::None);
        }
        if !arguments.keyword("SET") {
            return Err(BadRequest::Wrong);
        }
        arguments.space()?;
        let status = arguments.keyword("STATUS");
        if status {
            arguments.space()?;
        }
        let mut groups = vec![EventGroup::parse(&mut arguments)?];
        while arguments.passes(b' ') {
            groups.push(EventGroup::parse(&mut arguments)?);
        }
        arguments.end()?;
        let selected = groups.iter().filter(|group| group.filter.is_selected());
        if selected.count() > 1 {
            return Err(BadRequest::Wrong);
        }
        Ok(Self::Set { status, groups })
    }
}

impl EventGroup {
    fn parse(arguments: &mut Arguments<'_>) -> Result<Self, BadRequest> {
        arguments.expect(b'(')?;
        let filter = match arguments.word()?.to_ascii_uppercase().as_str() {
            "SELECTED" => Filter::Selected,
            "SELECTED-DELAYED" => Filter::SelectedDelayed,
            "INBOXES" => Filter::Inboxes,
            "PERSONAL" => Filter::Personal,
            "SUBSCRIBED" => Filter::Subscribed,
            "SUBTREE" => Filter::Subtree(names(arguments)?),
            "MAILBOXES" => Filter::Mailboxes(names(arguments)?),
            _ => return Err(BadRequest::Wrong),
        };
        arguments.space()?;
        let mut events = Events::default();
        if !arguments.keyword("NONE") {
            let listed = arguments.list(|arguments| events.add(arguments))?;
            if listed.is_empty() {
                return Err(BadRequest::Wrong);
            }
        }
        arguments.expect(b')')?;
        events.check(&filter)?;
        Ok(Self { filter, events })
    }
}

impl<N> Filter<N> {
    /// Returns whether the filter refers to the selected mailbox.
    pub(crate) fn is_selected(&self) -> bool {
        matches!(self, Self::Selected | Self::SelectedDelayed)
    }
}

impl Events {
    fn add(&mut self, arguments: &mut Arguments<'_>) -> Result<(), BadRequest> {
        match arguments.word()?.to_ascii_uppercase().as_str() {
            "MESSAGENEW" => {
                self.new = true;
                let mut after = *arguments;
                if after.passes(b' ') && after.peek() == Some(b'(') {
                    arguments.space()?;
                    self.items = Some(items(arguments)?);
                }
            }
            "MESSAGEEXPUNGE" => self.expunged = true,
            "FLAGCHANGE" => self.flags = true,
            "ANNOTATIONCHANGE" => self.annotations = true,
            "MAILBOXNAME" => self.names = true,
            "SUBSCRIPTIONCHANGE" => self.subscriptions = true,
            "MAILBOXMETADATACHANGE" => self.mailbox_metadata = true,
            "SERVERMETADATACHANGE" => self.server_metadata = true,
            _ => self.others = true,
        }
        Ok(())
    }

    /// Rejects the combinations that RFC 5465 §§5 and 6.1 forbid.
    fn check(&self, filter: &Filter) -> Result<(), BadRequest> {
        let incomplete = self.new != self.expunged || (self.flags || self.annotations) && !self.new;
        let misplaced = match filter.is_selected() {
            true => {
                self.names || self.subscriptions || self.mailbox_metadata || self.server_metadata
            }
            false => self.items.is_some(),
        };
        if incomplete || misplaced {
            return Err(BadRequest::Wrong);
        }
        Ok(())
    }

    /// Returns whether all events are supported, with or without METADATA.
    pub(crate) fn are_known(&self, metadata: bool) -> bool {
        let of_metadata = self.mailbox_metadata || self.server_metadata;
        !self.annotations && !self.others && (metadata || !of_metadata)
    }

    /// Adds the events of another group.
    pub(crate) fn join(&mut self, other: &Self) {
        self.new |= other.new;
        self.expunged |= other.expunged;
        self.flags |= other.flags;
        self.names |= other.names;
        self.subscriptions |= other.subscriptions;
        self.mailbox_metadata |= other.mailbox_metadata;
        self.server_metadata |= other.server_metadata;
    }
}

/// Parses a name or a list of names.
fn names(arguments: &mut Arguments<'_>) -> Result<Vec<Vec<u8>>, BadRequest> {
    arguments.space()?;
    let name = |arguments: &mut Arguments<'_>| Ok(arguments.astring()?.into_owned());
    let names = match arguments.peek() {
        Some(b'(') => arguments.list(name)?,
        _ => vec![name(arguments)?],
    };
    if names.is_empty() {
        return Err(BadRequest::Wrong);
    }
    Ok(names)
}

/// Parses the items of new messages.
fn items(arguments: &mut Arguments<'_>) -> Result<Vec<MessageDataItemName<'static>>, BadRequest> {
    let items = arguments.slice(|arguments| arguments.list(gmail::item).map(drop))?;
    match decoded(&[b"x FETCH 1 ", items, b"\r\n"].concat())? {
        CommandBody::Fetch {
            macro_or_item_names: MacroOrMessageDataItemNames::MessageDataItemNames(items),
            ..
        } if !items.is_empty() => Ok(items),
        _ => Err(BadRequest::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<NotifyRequest, BadRequest> {
        NotifyRequest::parse(format!("a NOTIFY {arguments}\r\n").as_bytes())
    }

    #[test]
    fn groups_and_their_events() {
        assert_eq!(parse("none"), Ok(NotifyRequest::None));
        let read = parse(
            "set status (selected (MessageNew (uid body.peek[header.fields (from \"to\")]) \
             MessageExpunge)) (mailboxes (a {1+}\r\nb) NONE) (Subtree Lists (MailboxName))",
        );
        let Ok(NotifyRequest::Set {
            status: true,
            groups,
        }) = read
        else {
            panic!("{read:?}")
        };
        let items = groups[0].events.items.as_ref().map(Vec::len);
        assert_eq!((&groups[0].filter, items), (&Filter::Selected, Some(2)));
        let names = vec![b"a".to_vec(), b"b".to_vec()];
        assert_eq!(groups[1].filter, Filter::Mailboxes(names));
        assert_eq!(groups[1].events, Events::default());
        assert!(groups[2].events.names && groups[2].events.are_known(false));
        let unknown = parse("SET (PERSONAL (MailboxName XYZZY))");
        let Ok(NotifyRequest::Set { groups, .. }) = unknown else {
            panic!("{unknown:?}")
        };
        assert!(!groups[0].events.are_known(true));
    }

    #[test]
    fn what_is_forbidden() {
        for arguments in [
            "",
            "SET",
            "SET STATUS",
            "NONE x",
            "SET (PERSONAL)",
            "SET (PERSONAL ())",
            "SET (PERSONAL MessageNew MessageExpunge)",
            "SET (PERSONAL (MessageNew))",
            "SET (PERSONAL (MessageExpunge))",
            "SET (PERSONAL (FlagChange))",
            "SET (PERSONAL (MessageNew (UID) MessageExpunge))",
            "SET (SELECTED (MessageNew () MessageExpunge))",
            "SET (SELECTED (MessageNew (XYZZY) MessageExpunge))",
            "SET (SELECTED (MailboxName))",
            "SET (SELECTED NONE) (SELECTED-DELAYED NONE)",
            "SET (MAILBOXES () NONE)",
            "SET (SUBTREE NONE)",
            "SET (EVERYTHING NONE)",
            "SET (PERSONAL NONE)(INBOXES NONE)",
        ] {
            assert_eq!(parse(arguments), Err(BadRequest::Wrong), "{arguments}");
        }
        let so_far = NotifyRequest::parse(b"a NOTIFY SET (MAILBOXES {3}\r\n");
        assert_eq!(so_far, Err(BadRequest::Incomplete));
    }
}
