//! LIST, LSUB, STATUS.

use std::collections::BTreeSet;

use imap_codec::imap_types::{mailbox::Mailbox, status::StatusDataItem};
use imapclient_codec::{ListedMailbox, MailboxName, MailboxStatus, NameEncoding};

pub(super) fn our_list(list: &ListedMailbox) -> String {
    // A set, since duplicates do not matter.
    let attributes: BTreeSet<_> = list
        .attributes
        .iter()
        .map(|a| a.as_str().to_lowercase())
        .collect();
    format!(
        "{attributes:?} {:?} {:?}",
        list.delimiter,
        shown(&list.name)
    )
}

pub(super) fn their_list<A: ToString>(
    attributes: &[A],
    delimiter: Option<char>,
    mailbox: &Mailbox<'_>,
) -> String {
    let attributes: BTreeSet<_> = attributes
        .iter()
        .map(|a| a.to_string().to_lowercase())
        .collect();
    format!(
        "{attributes:?} {delimiter:?} {:?}",
        shown(&their_name(mailbox))
    )
}

pub(super) fn their_name(mailbox: &Mailbox<'_>) -> MailboxName {
    match mailbox {
        Mailbox::Inbox => MailboxName::from("INBOX"),
        Mailbox::Other(other) => MailboxName::from_wire(other.as_ref(), NameEncoding::Utf7),
    }
}

/// Returns the name, with INBOX in one spelling.
pub(super) fn shown(name: &MailboxName) -> &str {
    if name.is_inbox() {
        "INBOX"
    } else {
        name.as_str()
    }
}

pub(super) fn our_numbers(status: &MailboxStatus) -> String {
    let numbers = [
        ("messages", status.messages.map(u64::from)),
        ("recent", status.recent.map(u64::from)),
        ("uidnext", status.uid_next.map(|uid| uid.get().into())),
        ("uidvalidity", status.uid_validity.map(u64::from)),
        ("unseen", status.unseen.map(u64::from)),
        ("size", status.size),
        ("modseq", status.highest_modseq),
    ];
    let there: Vec<_> = numbers
        .iter()
        .filter_map(|(name, n)| Some((*name, (*n)?)))
        .collect();
    format!(
        "status {:?} {there:?} {:?}",
        shown(&status.name),
        status.unknown
    )
}

pub(super) fn their_numbers(mailbox: &Mailbox<'_>, items: &[StatusDataItem]) -> String {
    let find = |pick: &dyn Fn(&StatusDataItem) -> Option<u64>| items.iter().rev().find_map(pick);
    let numbers = [
        (
            "messages",
            find(&|item| {
                if let StatusDataItem::Messages(n) = item {
                    Some((*n).into())
                } else {
                    None
                }
            }),
        ),
        (
            "recent",
            find(&|item| {
                if let StatusDataItem::Recent(n) = item {
                    Some((*n).into())
                } else {
                    None
                }
            }),
        ),
        (
            "uidnext",
            find(&|item| {
                if let StatusDataItem::UidNext(n) = item {
                    Some(n.get().into())
                } else {
                    None
                }
            }),
        ),
        (
            "uidvalidity",
            find(&|item| {
                if let StatusDataItem::UidValidity(n) = item {
                    Some(n.get().into())
                } else {
                    None
                }
            }),
        ),
        (
            "unseen",
            find(&|item| {
                if let StatusDataItem::Unseen(n) = item {
                    Some((*n).into())
                } else {
                    None
                }
            }),
        ),
        (
            "size",
            find(&|item| {
                if let StatusDataItem::Size(n) = item {
                    Some(*n)
                } else {
                    None
                }
            }),
        ),
        (
            "modseq",
            find(&|item| {
                if let StatusDataItem::HighestModSeq(n) = item {
                    Some(*n)
                } else {
                    None
                }
            }),
        ),
    ];
    let there: Vec<_> = numbers
        .iter()
        .filter_map(|(name, n)| Some((*name, (*n)?)))
        .collect();
    format!("status {:?} {there:?} []", shown(&their_name(mailbox)))
}
