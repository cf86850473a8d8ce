//! STORE, COPY, MOVE and EXPUNGE.

use imap_codec::imap_types::{
    command::{CommandBody, StoreModifier},
    flag::{Flag as WireFlag, StoreResponse, StoreType},
};
use imapclient_codec::{
    Flag, Flags, MailboxName, UidSet,
    command::{self, FlagChange, LabelChange, MessageSet},
};

use super::{refused, seqs, text, uids, understood, written, written_in_utf8};

#[test]
fn flags() {
    let store = |change: FlagChange| command::store(&uids("1"), &change);
    written([
        // RFC 9051 §6.4.6
        (
            store(FlagChange::add(Flag::Seen)),
            r"UID STORE 1 +FLAGS (\Seen)",
        ),
        (
            store(FlagChange::remove([Flag::Draft]).silent()),
            r"UID STORE 1 -FLAGS.SILENT (\Draft)",
        ),
        (
            store(FlagChange::replace([Flag::Other("a]b".into())])),
            "UID STORE 1 FLAGS (a]b)",
        ),
        (
            store(FlagChange::replace(Flags::default())),
            "UID STORE 1 FLAGS ()",
        ),
        // RFC 7162 §3.1.3: before the item, not after it.
        (
            store(
                FlagChange::add(Flag::Deleted)
                    .silent()
                    .unchanged_since(12_121_230_045),
            ),
            r"UID STORE 1 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\Deleted)",
        ),
        (
            store(FlagChange::replace("x").unchanged_since(0)),
            "UID STORE 1 (UNCHANGEDSINCE 0) FLAGS (x)",
        ),
        (
            command::store(&MessageSet::Saved, &FlagChange::add(Flag::Seen)),
            r"UID STORE $ +FLAGS (\Seen)",
        ),
    ]);
    understood([(
        command::store(
            &seqs("2:4"),
            &FlagChange::remove([Flag::Seen, "$x".into()]).unchanged_since(9),
        ),
        CommandBody::Store {
            sequence_set: "2:4".try_into().unwrap(),
            kind: StoreType::Remove,
            response: StoreResponse::Answer,
            flags: vec![WireFlag::Seen, WireFlag::keyword("$x".try_into().unwrap())],
            uid: false,
            modifiers: vec![StoreModifier::UnchangedSince(9)],
        },
    )]);
    for flag in [
        "", "a b", "a(b", "\\", "ü", "a\"", "a\r\nb", "\\*", "\\Recent", "{3}",
    ] {
        store(FlagChange::add(Flag::from(flag))).unwrap_err();
    }
    refused([
        (
            store(FlagChange::add("x").unchanged_since(u64::MAX)),
            "2^63",
        ),
        (
            command::store(&MessageSet::Uids(UidSet::new()), &FlagChange::add("x")),
            "empty",
        ),
    ]);
}

#[test]
fn labels() {
    let store = |change: LabelChange| command::store_labels(&uids("1:2"), &change);
    written([
        (
            store(LabelChange::add(["\\Important", "foo", "My label", "Müll"])),
            r#"UID STORE 1:2 +X-GM-LABELS (\Important "foo" "My label" "M&APw-ll")"#,
        ),
        (
            store(LabelChange::remove(["foo"]).silent().unchanged_since(7)),
            "UID STORE 1:2 (UNCHANGEDSINCE 7) -X-GM-LABELS.SILENT (\"foo\")",
        ),
        (
            store(LabelChange::replace(Vec::<MailboxName>::new())),
            "UID STORE 1:2 X-GM-LABELS ()",
        ),
        // Not a word, but a name that begins with a backslash.
        (
            store(LabelChange::add(["\\", "\\a b", "\\a)"])),
            r#"UID STORE 1:2 +X-GM-LABELS ("\\" "\\a b" "\\a)")"#,
        ),
    ]);
    written_in_utf8([(
        store(LabelChange::add(["a", "ü"])),
        "UID STORE 1:2 +X-GM-LABELS (\"a\" {2+}\r\nü)",
    )]);
    refused([(store(LabelChange::add([""])), "empty")]);
}

#[test]
fn copies_and_removals() {
    let to = MailboxName::from("Old mail");
    written([
        // RFC 9051 §6.4.7, §6.4.8
        (
            command::copy(&uids("3,1,2"), &to),
            r#"UID COPY 1:3 "Old mail""#,
        ),
        (
            command::move_to(&uids("3"), &to),
            r#"UID MOVE 3 "Old mail""#,
        ),
        (command::copy(&seqs("*"), &to), r#"COPY * "Old mail""#),
        (
            command::move_to(&MessageSet::Saved, &to),
            r#"UID MOVE $ "Old mail""#,
        ),
        // RFC 4315 §2.1
        (
            command::uid_expunge(&UidSet::from([5, 6])),
            "UID EXPUNGE 5:6",
        ),
    ]);
    understood([
        (
            command::move_to(&uids("7"), &to),
            CommandBody::Move {
                sequence_set: "7".try_into().unwrap(),
                mailbox: "Old mail".try_into().unwrap(),
                uid: true,
            },
        ),
        (
            command::uid_expunge(&UidSet::from([5, 6])),
            CommandBody::ExpungeUid {
                sequence_set: "5:6".try_into().unwrap(),
            },
        ),
    ]);
    refused([(command::uid_expunge(&UidSet::new()), "empty")]);
}

#[test]
fn sets() {
    assert_eq!(MessageSet::Saved.to_string(), "UID $");
    assert_eq!(MessageSet::Saved.check(), Ok(()));
    assert!(!MessageSet::Saved.is_empty());
    assert_eq!(MessageSet::Saved.split(1), Ok(vec![MessageSet::Saved]));
    let pieces = uids("1:10,20:30").split(5).unwrap();
    assert_eq!(pieces, [uids("1:10"), uids("20:30")]);
    assert!(seqs("1:10,20:30").split(5).is_err());
    assert_eq!(
        text(command::copy(&pieces[1], &"x".into()).unwrap()),
        "UID COPY 20:30 \"x\""
    );
}
