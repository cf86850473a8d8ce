//! Annotations, rights, quotas and URLs.

use imap_codec::imap_types::{
    command::CommandBody,
    core::{AString, Vec1},
    extensions::{
        metadata::{Depth as WireDepth, Entry, GetMetadataOption},
        quota::{QuotaSet, Resource},
    },
};
use imapclient_codec::{
    MailboxName, MetadataEntry, Rights,
    command::{self, Depth, MetadataOptions, RightsChange, UrlItem},
};

use super::{read, refused, understood, written};

fn inbox() -> MailboxName {
    "INBOX".into()
}

#[test]
fn metadata_is_asked_for() {
    let get = |entries: &[&str], options: MetadataOptions| {
        command::get_metadata(Some(&inbox()), entries, options)
    };
    let new = MetadataOptions::new;
    written([
        // RFC 5464 §4.2; options come before the name of the mailbox (errata 2785, 2786).
        (
            command::get_metadata(None, ["/shared/comment"], new()),
            r#"GETMETADATA "" (/shared/comment)"#,
        ),
        (
            get(
                &["/shared/comment", "/private/comment"],
                new().max_size(1024),
            ),
            "GETMETADATA (MAXSIZE 1024) \"INBOX\" (/shared/comment /private/comment)",
        ),
        (
            get(&["/private/filters/values"], new().depth(Depth::One)),
            "GETMETADATA (DEPTH 1) \"INBOX\" (/private/filters/values)",
        ),
        (
            get(&["/a b"], new().depth(Depth::Infinity).max_size(0)),
            r#"GETMETADATA (MAXSIZE 0 DEPTH infinity) "INBOX" ("/a b")"#,
        ),
    ]);
    let entry = Entry::try_from(AString::try_from("/shared/comment").unwrap()).unwrap();
    understood([(
        get(
            &["/shared/comment"],
            new().depth(Depth::Infinity).max_size(9),
        ),
        CommandBody::GetMetadata {
            options: vec![
                GetMetadataOption::MaxSize(9),
                GetMetadataOption::Depth(WireDepth::Infinity),
            ],
            mailbox: "INBOX".try_into().unwrap(),
            entries: Vec1::from(entry),
        },
    )]);
    refused([
        (get(&[], new()), "at least one"),
        (get(&["comment"], new()), "/private/comment"),
        (get(&["/"], new()), "/private/comment"),
        (get(&["/a//b"], new()), "/private/comment"),
        (get(&["/a/"], new()), "/private/comment"),
        (get(&["/a*"], new()), "/private/comment"),
        (get(&["/%"], new()), "/private/comment"),
        (get(&["/ü"], new()), "/private/comment"),
        (get(&["/a\r\nb"], new()), "/private/comment"),
    ]);
}

#[test]
fn metadata_is_set() {
    let set =
        |entries: &[MetadataEntry]| command::set_metadata(Some(&inbox()), entries.iter().cloned());
    let entry = |value: &'static [u8]| MetadataEntry::new("/private/comment", value);
    written([
        // RFC 5464 §4.3
        (
            set(&[
                entry(b"My new comment"),
                MetadataEntry::without_value("/shared/comment"),
            ]),
            r#"SETMETADATA "INBOX" (/private/comment "My new comment" /shared/comment NIL)"#,
        ),
        (
            set(&[entry(b"NIL")]),
            r#"SETMETADATA "INBOX" (/private/comment "NIL")"#,
        ),
        (
            set(&[entry(b"")]),
            r#"SETMETADATA "INBOX" (/private/comment "")"#,
        ),
        (
            set(&[entry(b"a\r\nb")]),
            "SETMETADATA \"INBOX\" (/private/comment {4+}\r\na\r\nb)",
        ),
        (
            set(&[entry(b"a\0b")]),
            "SETMETADATA \"INBOX\" (/private/comment ~{3+}\r\na\0b)",
        ),
        (
            command::set_metadata(None, [entry(b"x")]),
            r#"SETMETADATA "" (/private/comment "x")"#,
        ),
    ]);
    for value in [&b"plain"[..], b"a\r\nb", b"a\0b", b"\xff"] {
        let body = read(set(&[MetadataEntry::new("/a", value.to_vec())]).unwrap());
        let CommandBody::SetMetadata { entry_values, .. } = body else {
            panic!("{body:?}")
        };
        use imap_codec::imap_types::core::NString8;
        let read = match &entry_values.as_ref()[0].value {
            NString8::NString(text) => text.0.as_ref().unwrap().as_ref().to_vec(),
            NString8::Literal8(literal) => literal.data.to_vec(),
        };
        assert_eq!(read, value);
    }
    refused([
        (set(&[]), "at least one"),
        (
            set(&[MetadataEntry::without_value("x")]),
            "/private/comment",
        ),
    ]);
}

#[test]
fn rights() {
    let set = |who: &str, change| command::set_acl(&inbox(), who, change);
    let rights = Rights::LOOKUP | Rights::READ | Rights::SEEN;
    written([
        // RFC 4314 §3.1 to §3.5
        (
            set("Fred", RightsChange::Replace(rights)),
            "SETACL \"INBOX\" Fred lrs",
        ),
        (
            set("fred", RightsChange::Add(Rights::READ)),
            "SETACL \"INBOX\" fred +r",
        ),
        (
            set("-a b", RightsChange::Remove(rights)),
            r#"SETACL "INBOX" "-a b" -lrs"#,
        ),
        (
            set("x", RightsChange::Replace(Rights::NONE)),
            r#"SETACL "INBOX" x """#,
        ),
        (
            command::delete_acl(&inbox(), "Fred"),
            "DELETEACL \"INBOX\" Fred",
        ),
        (command::get_acl(&"ü".into()), "GETACL \"&APw-\""),
        (
            command::list_rights(&"~/Mail/saved".into(), "smith"),
            "LISTRIGHTS \"~/Mail/saved\" smith",
        ),
        (command::my_rights(&inbox()), "MYRIGHTS \"INBOX\""),
        (
            command::delete_acl(&inbox(), "fréd"),
            "DELETEACL \"INBOX\" {5+}\r\nfréd",
        ),
    ]);
    refused([
        (set("a\0", RightsChange::Add(rights)), "NUL"),
        (command::get_acl(&"".into()), "empty"),
    ]);
}

#[test]
fn quotas() {
    let root: AString<'static> = AString::try_from("").unwrap();
    understood([
        (
            command::get_quota(""),
            CommandBody::GetQuota { root: root.clone() },
        ),
        (
            command::get_quota_root(&inbox()),
            CommandBody::GetQuotaRoot {
                mailbox: "INBOX".try_into().unwrap(),
            },
        ),
        (
            command::set_quota("", [("STORAGE", 512), ("MESSAGE", 5)]),
            CommandBody::SetQuota {
                root,
                quotas: vec![
                    QuotaSet::new(Resource::Storage, 512),
                    QuotaSet::new(Resource::Message, 5),
                ],
            },
        ),
    ]);
    written([
        // RFC 9208 §4.1
        (
            command::get_quota("!partition/sda4"),
            "GETQUOTA \"!partition/sda4\"",
        ),
        (
            command::get_quota("#user/alice b"),
            r##"GETQUOTA "#user/alice b""##,
        ),
        (
            command::set_quota("", [("STORAGE", 512)]),
            r#"SETQUOTA "" (STORAGE 512)"#,
        ),
        (command::set_quota("r", [("", 0); 0]), "SETQUOTA \"r\" ()"),
    ]);
    refused([
        (command::set_quota("", [("A B", 1)]), "without blanks"),
        (command::set_quota("", [("STORAGE", 1 << 63)]), "2^63"),
        (command::get_quota("\0"), "NUL"),
    ]);
}

#[test]
fn urls() {
    let url = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred";
    let fetched = "imap://joe@example.com/INBOX/;uid=20;urlauth=anonymous:internal:91354a473744";
    let items = [UrlItem::BodyPartStructure, UrlItem::Binary, UrlItem::Body];
    written([
        // RFC 4467 §7
        (
            command::gen_url_auth([(url, "INTERNAL")]),
            &format!("GENURLAUTH \"{url}\" INTERNAL"),
        ),
        (
            command::url_fetch([fetched, "x"]),
            &format!("URLFETCH \"{fetched}\" \"x\""),
        ),
        (command::reset_key(None, []), "RESETKEY"),
        (
            command::reset_key(Some(&inbox()), ["INTERNAL", "XSAMPLE"]),
            "RESETKEY \"INBOX\" INTERNAL XSAMPLE",
        ),
        // RFC 5524 §3
        (
            command::url_fetch_items([(fetched, &items[..]), ("b", &[])]),
            &format!("URLFETCH (\"{fetched}\" BODYPARTSTRUCTURE BINARY BODY) (\"b\")"),
        ),
    ]);
    refused([
        (command::gen_url_auth([("", ""); 0]), "at least one"),
        (command::gen_url_auth([(url, "A B")]), "without blanks"),
        (command::url_fetch([""; 0]), "at least one"),
        (command::url_fetch_items([("", []); 0]), "at least one"),
        (command::url_fetch(["\0"]), "NUL"),
        (command::reset_key(None, ["INTERNAL"]), "mailbox"),
    ]);
    let shown = format!("{:?}", command::url_fetch([fetched]).unwrap());
    assert!(!shown.contains("91354a473744"), "{shown}");
}
