//! Commands about mailboxes.

use std::num::{NonZeroU32, NonZeroU64};

use imap_codec::imap_types::{
    command::{CommandBody, SelectParameter},
    core::{AString, IString},
    mailbox::Mailbox,
    status::StatusDataItemName,
};
use imapclient_codec::{
    Attribute, MailboxName, NameEncoding, SeqSet, UidSet,
    command::{
        self, LabelChange, Notify, NotifyEvent, Qresync, Scope, SearchKey, SelectOptions,
        StatusItem,
    },
};

use super::{not_in_utf8, refused, uids, understood, written, written_in_utf8};

fn name(name: &str) -> MailboxName {
    name.into()
}

/// A quoted name, which imap-codec distinguishes from an atom with the same meaning.
fn quoted(name: &str) -> Mailbox<'_> {
    Mailbox::from(AString::String(IString::Quoted(name.try_into().unwrap())))
}

#[test]
fn names_are_written_as_they_need() {
    // RFC 9051 §5.1, §9 (mailbox)
    written([
        (command::select(&name("INBOX"), false), "SELECT \"INBOX\""),
        (command::select(&name("a b"), true), r#"EXAMINE "a b""#),
        (
            command::create(&name("Entwürfe & mehr")),
            r#"CREATE "Entw&APw-rfe &- mehr""#,
        ),
        (command::delete(&name(r#"q"b\"#)), r#"DELETE "q\"b\\""#),
        (command::create(&name("a\r\nb")), "CREATE \"a&AA0ACg-b\""),
    ]);
    // In UTF-8 mode nothing is encoded.
    written_in_utf8([
        (
            command::create(&name("Entwürfe & mehr")),
            "CREATE {16+}\r\nEntwürfe & mehr",
        ),
        (command::create(&name("a\r\nb")), "CREATE {4+}\r\na\r\nb"),
        (
            command::rename(&name("Tom & Jerry"), &name("ü")),
            "RENAME \"Tom & Jerry\" {2+}\r\nü",
        ),
        (
            command::status(&name("a&b"), [StatusItem::Messages]),
            "STATUS \"a&b\" (MESSAGES)",
        ),
    ]);
    refused([(command::select(&name(""), false), "empty")]);
}

/// Modified UTF-7 encodes NUL like any other character; UTF-8 cannot.
#[test]
fn names_with_nul() {
    let (label, messages) = (LabelChange::add(["a\0b"]), uids("1"));
    written([
        (command::create(&name("\0foo")), "CREATE \"&AAA-foo\""),
        (
            Ok(command::list("a\0", "b\0*")),
            r#"LIST "a&AAA-" "b&AAA-*""#,
        ),
        (
            command::store_labels(&messages, &label),
            "UID STORE 1 +X-GM-LABELS (\"a&AAA-b\")",
        ),
    ]);
    let read = MailboxName::from_wire(b"&AAA-foo", NameEncoding::Utf7);
    assert_eq!(read, name("\0foo"));
    written([(command::create(&read), "CREATE \"&AAA-foo\"")]);
    not_in_utf8([
        command::create(&name("a\0b")),
        command::rename(&name("a"), &name("a\0b")),
        Ok(command::list("a\0", "*")),
        Ok(command::list("", "\0*")),
        command::store_labels(&messages, &label),
        command::search(SearchKey::GmailLabel(name("a\0b"))),
        command::notify(&Notify::new().on(
            Scope::Mailboxes(vec![name("a\0b")]),
            [NotifyEvent::MailboxName],
        )),
        // UTF-7 encodes what a server sent in UTF-8.
        command::create(&MailboxName::from_wire(b"a\0\xff", NameEncoding::Utf8)),
    ]);
    refused([
        // As sent by a server that did not encode it.
        (
            command::create(&MailboxName::from_wire(b"a\0b", NameEncoding::Utf7)),
            "NUL",
        ),
    ]);
}

#[test]
fn names_come_and_go() {
    understood([
        (
            command::rename(&name("a"), &name("b c")),
            CommandBody::rename(quoted("a"), quoted("b c")).unwrap(),
        ),
        (
            command::subscribe(&name("#news.x")),
            CommandBody::subscribe(quoted("#news.x")).unwrap(),
        ),
        (
            command::unsubscribe(&name("inbox")),
            CommandBody::unsubscribe("INBOX").unwrap(),
        ),
        (
            command::create(&name("a/")),
            CommandBody::create(quoted("a/")).unwrap(),
        ),
        (
            command::delete(&name("a")),
            CommandBody::delete(quoted("a")).unwrap(),
        ),
    ]);
    refused([
        (command::rename(&name("a"), &name("")), "empty"),
        (command::subscribe(&name("")), "empty"),
    ]);
}

#[test]
fn mailboxes_get_special_uses() {
    let create = |uses: &[Attribute]| command::create_for(&name("Mine"), uses);
    written([
        // RFC 6154 §5.2
        (
            create(&[Attribute::Drafts]),
            r#"CREATE "Mine" (USE (\Drafts))"#,
        ),
        (
            create(&[Attribute::Sent, Attribute::from("\\Snoozed")]),
            r#"CREATE "Mine" (USE (\Sent \Snoozed))"#,
        ),
        (create(&[]), "CREATE \"Mine\" (USE ())"),
    ]);
    refused([
        (create(&[Attribute::from("Sent")]), "backslash"),
        (create(&[Attribute::from("\\a b")]), "without blanks"),
        (create(&[Attribute::from("\\")]), "without blanks"),
        (create(&[Attribute::from("\\a\r\nb")]), "without blanks"),
    ]);
}

#[test]
fn selecting_with_what_is_known() {
    let select = |options: SelectOptions| command::select_with(&name("INBOX"), &options);
    let qresync = |known: Qresync| select(SelectOptions::new().qresync(known));
    let base = Qresync::new(67_890_007, 20_050_715_194_045_000);
    written([
        (select(SelectOptions::new()), "SELECT \"INBOX\""),
        // RFC 7162 §3.1.8
        (
            select(SelectOptions::new().condstore()),
            "SELECT \"INBOX\" (CONDSTORE)",
        ),
        // RFC 7162 §3.2.5
        (
            qresync(base.clone()),
            "SELECT \"INBOX\" (QRESYNC (67890007 20050715194045000))",
        ),
        (
            qresync(base.clone().known_uids([41, 43, 44, 45, 211])),
            "SELECT \"INBOX\" (QRESYNC (67890007 20050715194045000 41,43:45,211))",
        ),
        (
            qresync(base.clone().known_uids(1..=29_997).matching(
                [5000, 7500, 9000, 9990, 9995],
                [15_000, 22_500, 27_000, 29_970, 29_985],
            )),
            "SELECT \"INBOX\" (QRESYNC (67890007 20050715194045000 1:29997 \
             (5000,7500,9000,9990,9995 15000,22500,27000,29970,29985)))",
        ),
        (
            qresync(base.clone().matching(1, 7)),
            "SELECT \"INBOX\" (QRESYNC (67890007 20050715194045000 (1 7)))",
        ),
        (
            select(SelectOptions::new().qresync(base.clone()).condstore()),
            "SELECT \"INBOX\" (CONDSTORE QRESYNC (67890007 20050715194045000))",
        ),
    ]);
    understood([(
        qresync(base.clone().known_uids([1, 2]).matching([1, 2], [7, 9])),
        CommandBody::Select {
            mailbox: Mailbox::Inbox,
            parameters: vec![SelectParameter::QResync {
                uid_validity: NonZeroU32::new(67_890_007).unwrap(),
                mod_sequence_value: NonZeroU64::new(20_050_715_194_045_000).unwrap(),
                known_uids: Some("1:2".try_into().unwrap()),
                seq_match_data: Some(("1:2".try_into().unwrap(), "7,9".try_into().unwrap())),
            }],
        },
    )]);
    refused([
        (qresync(Qresync::new(0, 5)), "above 0"),
        (qresync(Qresync::new(5, 0)), "above 0"),
        (qresync(Qresync::new(5, u64::MAX)), "2^63"),
        (
            qresync(base.clone().known_uids(UidSet::new())),
            "without `*`",
        ),
        (qresync(base.clone().known_uids(1..)), "without `*`"),
        (qresync(base.clone().matching([1, 2], [7])), "as many"),
        (qresync(base.clone().matching(1.., 7..)), "as many"),
        (
            qresync(base.matching(SeqSet::new(), UidSet::new())),
            "as many",
        ),
    ]);
}

#[test]
fn statuses() {
    use StatusItem as Item;
    let status = |items: &[Item]| command::status(&name("x"), items);
    written([
        // RFC 9051 §6.3.11
        (
            status(&[Item::Messages, Item::UidNext]),
            "STATUS \"x\" (MESSAGES UIDNEXT)",
        ),
        // RFC 8474 §4.3, RFC 7889 §5.1, RFC 9208 §4.1.4
        (
            status(&[Item::MailboxId, Item::AppendLimit, Item::DeletedStorage]),
            "STATUS \"x\" (MAILBOXID APPENDLIMIT DELETED-STORAGE)",
        ),
    ]);
    understood([(
        status(&[
            Item::Messages,
            Item::Recent,
            Item::UidNext,
            Item::UidValidity,
            Item::Unseen,
            Item::Deleted,
            Item::Size,
            Item::HighestModSeq,
            Item::DeletedStorage,
        ]),
        CommandBody::status(
            quoted("x"),
            vec![
                StatusDataItemName::Messages,
                StatusDataItemName::Recent,
                StatusDataItemName::UidNext,
                StatusDataItemName::UidValidity,
                StatusDataItemName::Unseen,
                StatusDataItemName::Deleted,
                StatusDataItemName::Size,
                StatusDataItemName::HighestModSeq,
                StatusDataItemName::DeletedStorage,
            ],
        )
        .unwrap(),
    )]);
    refused([(status(&[]), "at least one")]);
}
