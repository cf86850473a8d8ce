//! NOTIFY: notifications of changes.

use imapclient_codec::{
    InvalidArgument, Outgoing,
    command::{self, Event, FetchItems, Notify, Scope},
};

use super::{refused, written};

fn notify(notify: Notify) -> Result<Outgoing, InvalidArgument> {
    command::notify(&notify)
}

fn on(scope: Scope, events: &[Event]) -> Notify {
    Notify::new().on(scope, events.to_vec())
}

#[test]
fn events() {
    let both = [Event::new_messages(), Event::MessageExpunge];
    let with_data = [
        Event::MessageNew(Some(FetchItems::new().section("HEADER.FIELDS (FROM)"))),
        Event::MessageExpunge,
    ];
    written([
        // RFC 5465 §3.1, §5, §6
        (
            notify(
                on(Scope::SelectedDelayed, &both)
                    .status()
                    .on(Scope::Mailboxes(vec!["misc".into()]), [Event::MailboxName]),
            ),
            "NOTIFY SET STATUS (SELECTED-DELAYED (MessageNew MessageExpunge)) \
             (MAILBOXES \"misc\" (MailboxName))",
        ),
        (
            notify(on(Scope::Selected, &with_data)),
            "NOTIFY SET (SELECTED (MessageNew (UID BODY.PEEK[HEADER.FIELDS (FROM)]) MessageExpunge))",
        ),
        (
            notify(
                on(Scope::Subtree(vec!["Lists".into(), "ü x".into()]), &[]).on(
                    Scope::Inboxes,
                    [Event::SubscriptionChange, Event::MailboxName],
                ),
            ),
            "NOTIFY SET (SUBTREE (\"Lists\" \"&APw- x\") NONE) (INBOXES (SubscriptionChange MailboxName))",
        ),
        (
            notify(on(
                Scope::Personal,
                &[
                    Event::new_messages(),
                    Event::MessageExpunge,
                    Event::FlagChange,
                    Event::AnnotationChange,
                    Event::MailboxMetadataChange,
                    Event::ServerMetadataChange,
                ],
            )),
            "NOTIFY SET (PERSONAL (MessageNew MessageExpunge FlagChange AnnotationChange \
             MailboxMetadataChange ServerMetadataChange))",
        ),
        (
            notify(on(Scope::Subscribed, &both)),
            "NOTIFY SET (SUBSCRIBED (MessageNew MessageExpunge))",
        ),
    ]);
    refused([
        (notify(Notify::new()), "at least one"),
        (notify(on(Scope::Mailboxes(vec![]), &both)), "at least one"),
        (notify(on(Scope::Subtree(vec!["".into()]), &both)), "empty"),
        (
            notify(on(Scope::SubtreeOne(vec!["a".into()]), &both)),
            "ESEARCH",
        ),
        (notify(on(Scope::Selected, &both[..1])), "together"),
        (notify(on(Scope::Selected, &both[1..])), "together"),
        (notify(on(Scope::Selected, &[Event::FlagChange])), "need"),
        (notify(on(Scope::Personal, &with_data)), "selected mailbox"),
        (
            notify(on(
                Scope::Selected,
                &[
                    Event::MessageNew(Some(FetchItems::new().item("X)"))),
                    Event::MessageExpunge,
                ],
            )),
            "do not match",
        ),
    ]);
}
