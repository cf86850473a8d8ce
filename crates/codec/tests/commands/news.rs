//! NOTIFY: notifications of changes.

use imapclient_codec::{
    InvalidArgument, Outgoing,
    command::{self, FetchItems, Notify, NotifyEvent, Scope},
};

use super::{refused, written};

fn notify(notify: Notify) -> Result<Outgoing, InvalidArgument> {
    command::notify(&notify)
}

fn on(scope: Scope, events: &[NotifyEvent]) -> Notify {
    Notify::new().on(scope, events.to_vec())
}

#[test]
fn events() {
    let both = [NotifyEvent::new_messages(), NotifyEvent::MessageExpunge];
    let with_data = [
        NotifyEvent::MessageNew(Some(FetchItems::new().section("HEADER.FIELDS (FROM)"))),
        NotifyEvent::MessageExpunge,
    ];
    written([
        // RFC 5465 §3.1, §5, §6
        (
            notify(on(Scope::SelectedDelayed, &both).status().on(
                Scope::Mailboxes(vec!["misc".into()]),
                [NotifyEvent::MailboxName],
            )),
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
                    [NotifyEvent::SubscriptionChange, NotifyEvent::MailboxName],
                ),
            ),
            "NOTIFY SET (SUBTREE (\"Lists\" \"&APw- x\") NONE) (INBOXES (SubscriptionChange MailboxName))",
        ),
        (
            notify(on(
                Scope::Personal,
                &[
                    NotifyEvent::new_messages(),
                    NotifyEvent::MessageExpunge,
                    NotifyEvent::FlagChange,
                    NotifyEvent::AnnotationChange,
                    NotifyEvent::MailboxMetadataChange,
                    NotifyEvent::ServerMetadataChange,
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
        (
            notify(on(Scope::Selected, &[NotifyEvent::FlagChange])),
            "need",
        ),
        (notify(on(Scope::Personal, &with_data)), "selected mailbox"),
        (
            notify(on(
                Scope::Selected,
                &[
                    NotifyEvent::MessageNew(Some(FetchItems::new().item("X)"))),
                    NotifyEvent::MessageExpunge,
                ],
            )),
            "do not match",
        ),
    ]);
}

#[test]
fn the_selected_mailbox_as_usual() {
    let usual = "SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)";
    let news = on(
        Scope::Selected,
        &[
            NotifyEvent::MessageNew(Some(FetchItems::new().item("FLAGS"))),
            NotifyEvent::MessageExpunge,
            NotifyEvent::AnnotationChange,
        ],
    );
    for (news, expected) in [
        (Notify::new(), format!("NOTIFY SET ({usual})")),
        (
            on(Scope::SelectedDelayed, &[]),
            format!("NOTIFY SET ({usual})"),
        ),
        (
            on(Scope::Inboxes, &[NotifyEvent::MailboxName]).status(),
            format!("NOTIFY SET STATUS ({usual}) (INBOXES (MailboxName))"),
        ),
        (
            // The data of new messages are kept, whichever group asks for them.
            news.on(Scope::SelectedDelayed, [NotifyEvent::new_messages()])
                .on(Scope::Personal, []),
            "NOTIFY SET (SELECTED-DELAYED (MessageNew (UID FLAGS) MessageExpunge FlagChange \
             AnnotationChange)) (PERSONAL NONE)"
                .to_owned(),
        ),
    ] {
        written([(notify(news.selected_as_usual()), expected.as_str())]);
    }
}
