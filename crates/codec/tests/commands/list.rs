//! LIST and related commands.

use imapclient_codec::{
    NameEncoding,
    command::{self, ListQuery, ListReturn, ListSelect, StatusItem},
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
            command::list_extended(&ListQuery::new("", "ä").pattern("b")),
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
    use {ListReturn as Return, ListSelect as Select};
    let list = |query: ListQuery| command::list_extended(&query);
    let query = || ListQuery::new("", "*");
    written([
        (list(query()), r#"LIST "" "*""#),
        // RFC 5258 §5
        (
            list(query().select([Select::Subscribed])),
            r#"LIST (SUBSCRIBED) "" "*""#,
        ),
        (
            list(query().returning([Return::Children])),
            r#"LIST "" "*" RETURN (CHILDREN)"#,
        ),
        (
            list(
                query()
                    .select([Select::Remote, Select::Subscribed])
                    .returning([Return::Children, Return::Subscribed]),
            ),
            r#"LIST (REMOTE SUBSCRIBED) "" "*" RETURN (CHILDREN SUBSCRIBED)"#,
        ),
        (
            list(query().select([Select::Subscribed, Select::RecursiveMatch])),
            r#"LIST (SUBSCRIBED RECURSIVEMATCH) "" "*""#,
        ),
        (
            list(
                ListQuery::new("", "INBOX")
                    .pattern("Drafts")
                    .pattern("Sent Mail/%"),
            ),
            r#"LIST "" ("INBOX" "Drafts" "Sent Mail/%")"#,
        ),
        // RFC 6154 §5.1
        (
            list(
                query()
                    .select([Select::SpecialUse])
                    .returning([Return::SpecialUse]),
            ),
            r#"LIST (SPECIAL-USE) "" "*" RETURN (SPECIAL-USE)"#,
        ),
        // RFC 5819 §2
        (
            list(query().returning([
                Return::Children,
                Return::Status(vec![StatusItem::Messages, StatusItem::Unseen]),
            ])),
            r#"LIST "" "*" RETURN (CHILDREN STATUS (MESSAGES UNSEEN))"#,
        ),
        // RFC 8440 §4
        (
            list(ListQuery::new("", "%").returning([Return::MyRights])),
            r#"LIST "" "%" RETURN (MYRIGHTS)"#,
        ),
        // RFC 9590 §3
        (
            list(query().returning([Return::Metadata(vec![
                "/shared/vendor/cmu/cyrus-imapd/color".into(),
                "/private/my comment".into(),
            ])])),
            r#"LIST "" "*" RETURN (METADATA (/shared/vendor/cmu/cyrus-imapd/color "/private/my comment"))"#,
        ),
    ]);
    read(list(query()).unwrap());
    refused([
        (
            list(query().select([Select::RecursiveMatch])),
            "RECURSIVEMATCH",
        ),
        (
            list(query().select([Select::RecursiveMatch, Select::Remote])),
            "RECURSIVEMATCH",
        ),
        (
            list(query().returning([Return::Status(vec![])])),
            "at least one",
        ),
        (
            list(query().returning([Return::Metadata(vec![])])),
            "at least one",
        ),
        (
            list(query().returning([Return::Metadata(vec!["comment".into()])])),
            "/private/comment",
        ),
    ]);
}
