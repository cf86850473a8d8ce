//! LIST and related commands.

use imapclient_codec::{
    NameEncoding,
    command::{self, ListOptions, StatusItem},
};

use super::{not_in_utf8, read, refused, text, written, written_in_utf8};

#[test]
fn patterns_keep_their_wildcards() {
    for (reference, pattern, expected) in [
        ("", "*", r#"LIST "" "*""#),
        ("", "%", r#"LIST "" "%""#),
        ("", "", r#"LIST "" """#),
        ("#news.", "comp.mail.*", r##"LIST "#news." "comp.mail.*""##),
        ("", "My Mail/%", r#"LIST "" "My Mail/%""#),
        ("", "Entwürfe*", r#"LIST "" "Entw&APw-rfe*""#),
        ("", "a\"b", r#"LIST "" "a\"b""#),
    ] {
        let outgoing = command::list(reference, pattern);
        assert_eq!(text(outgoing), expected);
        read(command::list(reference, pattern));

        let outgoing = command::lsub(reference, pattern);
        assert_eq!(text(outgoing), expected.replace("LIST", "LSUB"));
        read(command::lsub(reference, pattern));

        let outgoing = command::xlist(reference, pattern);
        assert_eq!(text(outgoing), expected.replace("LIST", "XLIST"));
    }
    written_in_utf8([
        (
            Ok(command::list("", "Entwürfe*")),
            "LIST \"\" {10+}\r\nEntwürfe*",
        ),
        (Ok(command::lsub("ä/", "*")), "LSUB {3+}\r\nä/ \"*\""),
        (
            command::list_extended(&ListOptions::new("", "ä").pattern("b")),
            "LIST \"\" ({2+}\r\nä \"b\")",
        ),
    ]);
}

#[test]
fn a_name_that_came_goes_out_by_its_bytes() {
    use imapclient_codec::MailboxName;

    for wire in ["Tom & Jerry", "&AFQAcgBhAHM-h", "a*b"] {
        let name = MailboxName::from_wire(wire.as_bytes(), NameEncoding::Utf7);
        let outgoing = command::list_name(&name).unwrap();
        assert_eq!(text(outgoing), format!("LIST \"\" \"{wire}\""));
    }
    let typed = command::list_name(&"Tom & Jerry".into()).unwrap();
    assert_eq!(text(typed), r#"LIST "" "Tom &- Jerry""#);
    not_in_utf8([command::list_name(&"a\0b".into())]);
}

#[test]
fn options() {
    let list = |query: ListOptions| command::list_extended(&query);
    let query = || ListOptions::new("", "*");
    written([
        (list(query()), r#"LIST "" "*""#),
        // RFC 5258 §5
        (
            list(query().only_subscribed()),
            r#"LIST (SUBSCRIBED) "" "*""#,
        ),
        (
            list(query().with_children()),
            r#"LIST "" "*" RETURN (CHILDREN)"#,
        ),
        (
            list(
                query()
                    .include_remote()
                    .only_subscribed()
                    .with_children()
                    .with_subscribed(),
            ),
            r#"LIST (REMOTE SUBSCRIBED) "" "*" RETURN (CHILDREN SUBSCRIBED)"#,
        ),
        (
            list(query().only_subscribed().include_parents()),
            r#"LIST (SUBSCRIBED RECURSIVEMATCH) "" "*""#,
        ),
        (
            list(
                ListOptions::new("", "INBOX")
                    .pattern("Drafts")
                    .pattern("Sent Mail/%"),
            ),
            r#"LIST "" ("INBOX" "Drafts" "Sent Mail/%")"#,
        ),
        // RFC 6154 §5.1
        (
            list(query().only_special_use().with_special_use()),
            r#"LIST (SPECIAL-USE) "" "*" RETURN (SPECIAL-USE)"#,
        ),
        // RFC 5819 §2
        (
            list(
                query()
                    .with_children()
                    .with_status([StatusItem::Messages])
                    .with_children()
                    .with_status([StatusItem::Unseen]),
            ),
            r#"LIST "" "*" RETURN (CHILDREN STATUS (MESSAGES UNSEEN))"#,
        ),
        // RFC 8440 §4
        (
            list(ListOptions::new("", "%").with_my_rights()),
            r#"LIST "" "%" RETURN (MYRIGHTS)"#,
        ),
        // RFC 9590 §3
        (
            list(
                query()
                    .with_metadata(["/shared/vendor/cmu/cyrus-imapd/color"])
                    .with_metadata(["/private/my comment"]),
            ),
            r#"LIST "" "*" RETURN (METADATA (/shared/vendor/cmu/cyrus-imapd/color "/private/my comment"))"#,
        ),
    ]);
    read(list(query()).unwrap());
    refused([
        (list(query().include_parents()), "RECURSIVEMATCH"),
        (
            list(query().include_parents().include_remote()),
            "RECURSIVEMATCH",
        ),
        (
            list(query().with_status([StatusItem::Unseen; 0])),
            "at least one",
        ),
        (list(query().with_metadata([""; 0])), "at least one"),
        (list(query().with_metadata(["comment"])), "/private/comment"),
    ]);
}
