//! What the writer writes, read back by imap-codec: an independent judge of both form and meaning.

use chrono::{DateTime, FixedOffset, NaiveDate};
use imap_codec::{
    CommandCodec,
    decode::Decoder,
    imap_types::{
        IntoStatic,
        command::{Command, CommandBody},
        core::Literal,
        fetch::{MacroOrMessageDataItemNames, MessageDataItemName, Section},
        search::SearchKey as Key,
    },
};
use imapclient_codec::{
    Flag, Flags, MailboxName, Names, Outgoing, Part, SeqSet, UidSet,
    command::{self, Append, FlagChange, Items, Messages, SearchKey, Set, StatusItem},
};
use proptest::prelude::*;

/// The bytes of a command, literals sent without waiting.
fn wire(outgoing: Outgoing) -> Vec<u8> {
    let mut out = b"A1 ".to_vec();
    for part in outgoing.into_parts().0 {
        match part {
            Part::Text(text) => out.extend(text),
            Part::Secret(text) => out.extend_from_slice(&text),
            Part::Literal { data, .. } => {
                out.extend(format!("{{{}+}}\r\n", data.len()).into_bytes());
                out.extend_from_slice(&data);
            }
            Part::SecretLiteral(data) => {
                out.extend(format!("{{{}+}}\r\n", data.len()).into_bytes());
                out.extend_from_slice(&data);
            }
        }
    }
    out.extend_from_slice(b"\r\n");
    out
}

fn text(outgoing: Outgoing) -> String {
    let wire = String::from_utf8(wire(outgoing)).unwrap();
    wire.strip_prefix("A1 ")
        .unwrap()
        .strip_suffix("\r\n")
        .unwrap()
        .to_owned()
}

/// What imap-codec makes of it.
fn read(outgoing: Outgoing) -> CommandBody<'static> {
    let wire = wire(outgoing);
    match CommandCodec::new().decode(&wire) {
        Ok((rest, Command { tag, body })) => {
            assert!(rest.is_empty(), "left over: {}", rest.escape_ascii());
            assert_eq!(tag.as_ref(), "A1");
            body.into_static()
        }
        Err(error) => panic!("{error:?}: {}", wire.escape_ascii()),
    }
}

fn uids(text: &str) -> Set {
    Messages::from(text).into_set().unwrap()
}

#[test]
fn plain_commands() {
    assert_eq!(read(command::capability()), CommandBody::Capability);
    assert_eq!(read(command::noop()), CommandBody::Noop);
    assert_eq!(read(command::logout()), CommandBody::Logout);
    assert_eq!(read(command::starttls()), CommandBody::StartTLS);
    assert_eq!(read(command::idle()), CommandBody::Idle);
    assert_eq!(read(command::close()), CommandBody::Close);
    assert_eq!(read(command::unselect()), CommandBody::Unselect);
    assert_eq!(read(command::expunge()), CommandBody::Expunge);
}

#[test]
fn sessions() {
    assert_eq!(
        text(command::authenticate("PLAIN", Some(b"")).unwrap()),
        "AUTHENTICATE PLAIN ="
    );
    let body = read(command::authenticate("PLAIN", Some(b"\0a\0b")).unwrap());
    let CommandBody::Authenticate {
        initial_response: Some(initial),
        ..
    } = body
    else {
        panic!()
    };
    assert_eq!(&initial.declassify()[..], b"\0a\0b");
    assert!(command::authenticate("PLAIN X", None).is_err());
    assert!(command::authenticate("", None).is_err());
}

#[test]
fn mailboxes() {
    assert_eq!(
        text(command::select(&"INBOX".into(), false, Names::Utf7).unwrap()),
        "SELECT INBOX"
    );
    assert_eq!(
        text(command::select(&"a b".into(), true, Names::Utf7).unwrap()),
        r#"EXAMINE "a b""#
    );
    assert_eq!(
        text(command::create(&"Entwürfe & mehr".into(), Names::Utf7).unwrap()),
        r#"CREATE "Entw&APw-rfe &- mehr""#
    );
    assert_eq!(
        text(command::delete(&r#"q"b\"#.into(), Names::Utf7).unwrap()),
        r#"DELETE "q\"b\\""#
    );
    // In UTF-8 mode nothing is encoded.
    assert_eq!(
        text(command::create(&"Entwürfe & mehr".into(), Names::Utf8).unwrap()),
        "CREATE {16+}\r\nEntwürfe & mehr"
    );
    assert_eq!(
        text(
            command::status(
                &"x".into(),
                &[StatusItem::Messages, StatusItem::UidNext],
                Names::Utf7
            )
            .unwrap()
        ),
        "STATUS x (MESSAGES UIDNEXT)"
    );
    assert!(command::status(&"x".into(), &[], Names::Utf7).is_err());
    assert!(command::select(&"".into(), false, Names::Utf7).is_err());
}

#[test]
fn list_patterns_keep_their_wildcards() {
    for (reference, pattern, expected) in [
        ("", "*", r#"LIST "" *"#),
        ("", "%", r#"LIST "" %"#),
        ("", "", r#"LIST "" """#),
        ("#news.", "comp.mail.*", r##"LIST "#news." comp.mail.*"##),
        ("", "My Mail/%", r#"LIST "" "My Mail/%""#),
        ("", "Entwürfe*", r#"LIST "" Entw&APw-rfe*"#),
        ("", "a\"b", r#"LIST "" "a\"b""#),
    ] {
        let outgoing = command::list(reference, pattern, Names::Utf7).unwrap();
        assert_eq!(text(outgoing), expected);
        read(command::list(reference, pattern, Names::Utf7).unwrap());
    }
}

#[test]
fn append_carries_flags_date_and_bytes() {
    let date: DateTime<FixedOffset> = "2024-02-01T03:04:05+05:30".parse().unwrap();
    let message = Append::from("Subject: x\r\n\r\nhi\r\n")
        .flags([Flag::Seen, Flag::Other("$Junk".into())])
        .internal_date(date);
    let outgoing = command::append(&"box".into(), &message, Names::Utf7).unwrap();
    let CommandBody::Append {
        flags,
        date: read_date,
        message,
        ..
    } = read(outgoing)
    else {
        panic!()
    };
    assert_eq!(flags.len(), 2);
    assert_eq!(read_date.unwrap().as_ref(), &date);
    let imap_codec::imap_types::extensions::binary::LiteralOrLiteral8::Literal(literal) = message
    else {
        panic!()
    };
    assert_eq!(literal.as_ref(), b"Subject: x\r\n\r\nhi\r\n");

    let plain = command::append(&"box".into(), &Append::from("x"), Names::Utf7).unwrap();
    assert_eq!(text(plain), "APPEND box {1+}\r\nx");
    let nul = command::append(&"box".into(), &Append::from("a\0b"), Names::Utf7);
    assert_eq!(
        nul.unwrap_err().to_string(),
        "invalid message: it must not contain NUL"
    );
}

#[test]
fn fetch_items() {
    let items = Items::new()
        .flags()
        .internal_date()
        .size()
        .header()
        .section("1.2.MIME");
    let outgoing = command::fetch(&uids("1:5,9:*"), &items).unwrap();
    assert_eq!(
        text(outgoing),
        "UID FETCH 1:5,9:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER] BODY.PEEK[1.2.MIME])"
    );
    let outgoing = command::fetch(&uids("7"), &Items::new().partial("TEXT", 10, 20)).unwrap();
    let CommandBody::Fetch {
        macro_or_item_names,
        uid: true,
        ..
    } = read(outgoing)
    else {
        panic!()
    };
    let MacroOrMessageDataItemNames::MessageDataItemNames(names) = macro_or_item_names else {
        panic!()
    };
    let MessageDataItemName::BodyExt {
        section,
        partial: Some((10, count)),
        peek: true,
    } = &names[1]
    else {
        panic!("{names:?}")
    };
    assert_eq!(section, &Some(Section::Text(None)));
    assert_eq!(count.get(), 20);

    let seqs = Set::Seqs("1:3".parse().unwrap());
    let outgoing = command::fetch(&seqs, &Items::new().body().mark_seen()).unwrap();
    assert_eq!(text(outgoing), "FETCH 1:3 (UID BODY[])");
}

#[test]
fn fetch_items_that_cannot_be_sent() {
    for items in [
        Items::new().section("1]"),
        Items::new().section("HEADER.FIELDS (A"),
        Items::new().section("a\r\nb"),
        Items::new().section("{5}"),
        Items::new().section("ü"),
        Items::new().item("X\r\nA2 LOGOUT"),
        Items::new().item("X{5}"),
        Items::new().item(""),
        Items::new().partial("", 0, 0),
        Items::new().partial("", u64::MAX, 1),
    ] {
        command::fetch(&uids("1"), &items).unwrap_err();
    }
    command::fetch(&Set::Uids(UidSet::new()), &Items::new()).unwrap_err();
}

#[test]
fn stores() {
    for (change, expected) in [
        (FlagChange::add(Flag::Seen), r"UID STORE 1 +FLAGS (\Seen)"),
        (
            FlagChange::remove([Flag::Draft]).silent(),
            r"UID STORE 1 -FLAGS.SILENT (\Draft)",
        ),
        (
            FlagChange::replace([Flag::Other("a]b".into())]),
            "UID STORE 1 FLAGS (a]b)",
        ),
        (
            FlagChange::replace(Flags::default()),
            "UID STORE 1 FLAGS ()",
        ),
    ] {
        assert_eq!(text(command::store(&uids("1"), &change).unwrap()), expected);
    }
    for flag in [
        "", "a b", "a(b", "\\", "ü", "a\"", "a\r\nb", "\\*", "\\Recent", "{3}",
    ] {
        let change = FlagChange::add(Flag::from(flag));
        command::store(&uids("1"), &change).unwrap_err();
    }
}

#[test]
fn copies_and_removals() {
    let to = MailboxName::from("Old mail");
    assert_eq!(
        text(command::copy(&uids("3,1,2"), &to, Names::Utf7).unwrap()),
        r#"UID COPY 1:3 "Old mail""#
    );
    assert_eq!(
        text(command::move_to(&uids("3"), &to, Names::Utf7).unwrap()),
        r#"UID MOVE 3 "Old mail""#
    );
    let seqs = Set::Seqs(SeqSet::last());
    assert_eq!(
        text(command::copy(&seqs, &to, Names::Utf7).unwrap()),
        r#"COPY * "Old mail""#
    );
    assert_eq!(
        text(command::uid_expunge(&UidSet::from([5, 6])).unwrap()),
        "UID EXPUNGE 5:6"
    );
    command::uid_expunge(&UidSet::new()).unwrap_err();
}

#[test]
fn searches() {
    let day = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap();
    for (key, expected) in [
        (SearchKey::All, "UID SEARCH ALL"),
        (
            SearchKey::from("UNSEEN SINCE 1-Feb-2024"),
            "UID SEARCH UNSEEN SINCE 1-Feb-2024",
        ),
        (
            SearchKey::Since(day) & SearchKey::Unseen,
            "UID SEARCH SINCE 1-Feb-2024 UNSEEN",
        ),
        (
            !SearchKey::from("SEEN DELETED"),
            "UID SEARCH NOT (SEEN DELETED)",
        ),
        (
            SearchKey::Seen | (SearchKey::Draft & SearchKey::Flagged),
            "UID SEARCH OR SEEN (DRAFT FLAGGED)",
        ),
        (SearchKey::And(vec![]), "UID SEARCH ALL"),
        (
            SearchKey::Subject("a \"b\" (c)".into()),
            r#"UID SEARCH SUBJECT "a \"b\" (c)""#,
        ),
        (
            SearchKey::Text("☺".into()),
            "UID SEARCH CHARSET UTF-8 TEXT {3+}\r\n☺",
        ),
        (
            SearchKey::Header("List-Id".into(), String::new()),
            r#"UID SEARCH HEADER List-Id """#,
        ),
        (SearchKey::Uid(UidSet::all()), "UID SEARCH UID 1:*"),
        (SearchKey::Seq(SeqSet::last()), "UID SEARCH *"),
        (
            SearchKey::Keyword("$Junk".into()),
            "UID SEARCH KEYWORD $Junk",
        ),
        (
            SearchKey::Larger(5) & SearchKey::Smaller(9),
            "UID SEARCH LARGER 5 SMALLER 9",
        ),
    ] {
        assert_eq!(text(command::search(&key).unwrap()), expected);
        read(command::search(&key).unwrap());
    }
    for key in [
        SearchKey::from(""),
        SearchKey::from("SUBJECT ü"),
        SearchKey::from("ALL\r\nA2 LOGOUT"),
        SearchKey::from("SUBJECT {5}"),
        SearchKey::from("SUBJECT {5+}"),
        SearchKey::Uid(UidSet::new()),
        SearchKey::Body("a\0b".into()),
        (0..200).fold(SearchKey::All, |key, _| !key),
    ] {
        command::search(&key).unwrap_err();
    }
}

#[test]
fn raw_commands() {
    assert_eq!(text(Outgoing::raw("XTUNE \"up\"").unwrap()), "XTUNE \"up\"");
    for raw in [
        "",
        " NOOP",
        "NOOP\r\nA2 LOGOUT",
        "X \0",
        "X {5}",
        "X {5+}",
        "X ü",
        "login a b",
        "SELECT x",
        "IDLE",
    ] {
        Outgoing::raw(raw).unwrap_err();
    }
}

#[test]
fn no_secret_shows() {
    for password in ["sekret", "sek\"ret", "sekrét"] {
        let shown = format!("{:?}", command::login("bob", password).unwrap());
        assert!(shown.contains("bob") && !shown.contains("sek"), "{shown}");
    }
}

proptest! {
    /// Any text without NUL comes out of LOGIN as it went in, and never as anything else.
    #[test]
    fn any_login(username in "[^\0]{0,20}", password in "[^\0]{0,20}") {
        let outgoing = command::login(&username, &password).unwrap();
        let CommandBody::Login { username: user, password: pass } = read(outgoing) else { panic!() };
        prop_assert_eq!(user.as_ref(), username.as_bytes());
        prop_assert_eq!(pass.declassify().as_ref(), password.as_bytes());
    }

    #[test]
    fn any_mailbox(name in "[^\0]{1,20}") {
        let mailbox = MailboxName::from(name.as_str());
        for names in [Names::Utf7, Names::Utf8] {
            let body = read(command::select(&mailbox, false, names).unwrap());
            let CommandBody::Select { mailbox: read, .. } = body else { panic!() };
            let wire = match &read {
                imap_codec::imap_types::mailbox::Mailbox::Inbox => b"INBOX".to_vec(),
                imap_codec::imap_types::mailbox::Mailbox::Other(other) => other.as_ref().to_vec(),
            };
            prop_assert_eq!(MailboxName::from_wire(&wire, names), mailbox.clone());
        }
    }

    #[test]
    fn any_search_text(text in "[^\0]{0,30}", deep in any::<bool>()) {
        let key = SearchKey::Subject(text.clone());
        let key = if deep { !(SearchKey::Seen | key) } else { key };
        let CommandBody::Search { charset, criteria, uid: true, .. } = read(command::search(&key).unwrap())
        else { panic!() };
        prop_assert_eq!(charset.is_some(), !text.is_ascii());
        let found = match (criteria.as_ref(), deep) {
            ([Key::Subject(found)], false) => found.clone(),
            ([Key::Not(not)], true) => match &**not {
                Key::Or(_, other) => match &**other {
                    Key::Subject(found) => found.clone(),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(found.as_ref(), text.as_bytes());
    }

    #[test]
    fn any_set(numbers in proptest::collection::vec(1u32.., 1..40)) {
        let outgoing = command::fetch(&Set::Uids(numbers.iter().copied().collect()), &Items::new()).unwrap();
        let CommandBody::Fetch { sequence_set, .. } = read(outgoing) else { panic!() };
        let largest = std::num::NonZeroU32::MAX;
        for number in numbers {
            let wanted = std::num::NonZeroU32::new(number).unwrap();
            let within = sequence_set.0.as_ref().iter().any(|range| {
                use imap_codec::imap_types::sequence::{Sequence, SeqOrUid};
                let value = |at: &SeqOrUid| match at {
                    SeqOrUid::Value(value) => *value,
                    SeqOrUid::Asterisk => largest,
                };
                match range {
                    Sequence::Single(one) => value(one) == wanted,
                    Sequence::Range(from, to) => (value(from)..=value(to)).contains(&wanted),
                }
            });
            prop_assert!(within);
        }
    }

    #[test]
    fn any_message(bytes in proptest::collection::vec(1u8.., 0..300)) {
        let outgoing = command::append(&"box".into(), &Append::from(&bytes[..]), Names::Utf7).unwrap();
        let CommandBody::Append { message, .. } = read(outgoing) else { panic!() };
        let expected = Literal::try_from(bytes).unwrap().into_non_sync();
        prop_assert_eq!(
            message,
            imap_codec::imap_types::extensions::binary::LiteralOrLiteral8::Literal(expected)
        );
    }

    /// Whatever is pasted into a raw command, it stays one line.
    #[test]
    fn any_raw(text in "\\PC{0,40}|[\\x00-\\xff]{0,40}") {
        if let Ok(outgoing) = Outgoing::raw(&text) {
            let wire = wire(outgoing);
            prop_assert_eq!(wire.iter().filter(|byte| matches!(**byte, b'\r' | b'\n')).count(), 2);
        }
    }
}
