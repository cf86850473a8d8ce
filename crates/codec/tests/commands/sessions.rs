//! Commands that concern the connection and authentication.

use imap_codec::imap_types::{
    command::CommandBody,
    core::Vec1,
    extensions::{compress::CompressionAlgorithm, enable::CapabilityEnable},
};
use imapclient_codec::{
    Capabilities, Effect, Id, Outgoing,
    command::{self, Notify, Scope},
};

use super::{read, refused, text, understood, written};

#[test]
fn plain_commands() {
    for (outgoing, expected) in [
        (command::capability(), CommandBody::Capability),
        (command::noop(), CommandBody::Noop),
        (command::logout(), CommandBody::Logout),
        (command::starttls(), CommandBody::StartTLS),
        (command::idle(), CommandBody::Idle),
        (command::close(), CommandBody::Close),
        (command::check(), CommandBody::Check),
        (command::unselect(), CommandBody::Unselect),
        (command::expunge(), CommandBody::Expunge),
        (command::namespace(), CommandBody::Namespace),
        (
            command::compress(),
            CommandBody::compress(CompressionAlgorithm::Deflate),
        ),
    ] {
        assert_eq!(read(outgoing), expected);
    }
    written([
        // RFC 4978 §3
        (Ok(command::compress()), "COMPRESS DEFLATE"),
        // RFC 8437 §2
        (Ok(command::unauthenticate()), "UNAUTHENTICATE"),
        // RFC 9698 §4
        (Ok(command::get_jmap_access()), "GETJMAPACCESS"),
        // RFC 5465 §3.1
        (Ok(command::notify_none()), "NOTIFY NONE"),
        (
            Ok(command::notify_usual()),
            "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange))",
        ),
    ]);
}

#[test]
fn effects() {
    let select = |read_only| Effect::Select {
        name: "x".into(),
        read_only,
    };
    let enabled = Capabilities::from_iter(["CONDSTORE", "UTF8=ACCEPT"]);
    for (outgoing, effect) in [
        (command::noop(), Effect::None),
        (command::login("a", "b").unwrap(), Effect::Login),
        (
            command::authenticate("X", None).unwrap(),
            Effect::Authenticate,
        ),
        (command::select(&"x".into(), false).unwrap(), select(false)),
        (command::select(&"x".into(), true).unwrap(), select(true)),
        (command::close(), Effect::Unselect),
        (command::unselect(), Effect::Unselect),
        (
            command::rename(&"x".into(), &"y".into()).unwrap(),
            Effect::Rename {
                from: "x".into(),
                to: "y".into(),
            },
        ),
        (command::starttls(), Effect::StartTls),
        (command::compress(), Effect::Compress),
        (
            command::enable(["CONDSTORE", "UTF8=ACCEPT"]).unwrap(),
            Effect::Enable(enabled),
        ),
        (command::unauthenticate(), Effect::Unauthenticate),
        (command::idle(), Effect::Idle),
        (command::logout(), Effect::Logout),
        (command::notify_none(), Effect::Notify { usual: false }),
        (command::notify_usual(), Effect::Notify { usual: true }),
        (
            command::notify(&Notify::new().on(Scope::Personal, [])).unwrap(),
            Effect::Notify { usual: false },
        ),
    ] {
        assert_eq!(*outgoing.effect(), effect, "{outgoing:?}");
    }
}

#[test]
fn names_of_commands() {
    for (outgoing, name) in [
        (command::noop(), "NOOP"),
        (command::login("a", "b").unwrap(), "LOGIN"),
        (command::search("ALL").unwrap(), "UID SEARCH"),
        (
            command::fetch(&super::seqs("1"), &Default::default()).unwrap(),
            "FETCH",
        ),
    ] {
        assert_eq!(outgoing.name(), name);
    }
}

#[test]
fn authentication() {
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
fn enabling() {
    let utf8 = CapabilityEnable::try_from("UTF8=ACCEPT").unwrap();
    let qresync = CapabilityEnable::try_from("QRESYNC").unwrap();
    understood([(
        command::enable(["UTF8=ACCEPT", "QRESYNC"]),
        CommandBody::Enable {
            capabilities: Vec1::try_from(vec![utf8, qresync]).unwrap(),
        },
    )]);
    // RFC 5161 §3.1
    written([(
        command::enable(["CONDSTORE", "X-GOOD-IDEA"]),
        "ENABLE CONDSTORE X-GOOD-IDEA",
    )]);
    refused([
        (command::enable([""; 0]), "at least one"),
        (command::enable(["A B"]), "without blanks"),
        (command::enable(["A\r\nA2 LOGOUT"]), "without blanks"),
        (command::enable([""]), "without blanks"),
    ]);
}

#[test]
fn ids() {
    let us = Id::from_iter([("name", "sodr"), ("version", "19.34")]);
    let mut with_nil = us.clone();
    with_nil.fields.push(("os".into(), None));
    // RFC 2971 §3.1
    written([
        (command::id(&Id::default()), "ID NIL"),
        (command::id(&us), r#"ID ("name" "sodr" "version" "19.34")"#),
        (
            command::id(&with_nil),
            r#"ID ("name" "sodr" "version" "19.34" "os" NIL)"#,
        ),
        (
            command::id(&Id::from_iter([("name", "Grüße \"\\\r\n")])),
            "ID (\"name\" {12+}\r\nGrüße \"\\\r\n)",
        ),
    ]);
    let CommandBody::Id {
        parameters: Some(fields),
    } = read(command::id(&with_nil).unwrap())
    else {
        panic!()
    };
    assert_eq!(fields.len(), 3);
    assert_eq!(fields[0].0.as_ref(), b"name");
    assert_eq!(fields[1].1.0.as_ref().unwrap().as_ref(), b"19.34");
    assert!(fields[2].1.0.is_none());

    let of = |name: &str, value: &str| command::id(&Id::from_iter([(name, value)]));
    let many = |n: u32| command::id(&(0..n).map(|n| (n.to_string(), "x")).collect());
    assert!(of(&"n".repeat(30), &"v".repeat(1024)).is_ok() && many(30).is_ok());
    refused([
        (of(&"n".repeat(31), ""), "over 30 bytes"),
        (of("n", &"v".repeat(1025)), "over 1024 bytes"),
        (many(31), "more than 30"),
        (of("n", "a\0b"), "NUL"),
        (
            command::id(&Id::from_iter([("name", "a"), ("NAME", "b")])),
            "twice",
        ),
    ]);
}

#[test]
fn languages_and_comparators() {
    written([
        // RFC 5255 §3.2, §4.7
        (command::language([]), "LANGUAGE"),
        (command::language(["FR-CA", "FR"]), "LANGUAGE FR-CA FR"),
        (command::comparator([]), "COMPARATOR"),
        (
            command::comparator(["cz;*", "i;basic"]),
            r#"COMPARATOR "cz;*" i;basic"#,
        ),
    ]);
    refused([(command::language(["a\0"]), "NUL")]);
}

#[test]
fn raw_commands() {
    assert_eq!(text(Outgoing::raw("XTUNE \"up\"").unwrap()), "XTUNE \"up\"");
    assert_eq!(text(Outgoing::raw("X {5} y").unwrap()), "X {5} y");
    for raw in [
        "",
        " NOOP",
        "NOOP\r\nA2 LOGOUT",
        "NOOP\n",
        "X \0",
        "X {5}",
        "X {5+}",
        "X ~{5}",
        "X ü",
        "X \"open",
        "X \"open\\\"",
        "login a b",
        "SELECT \"x\"",
        "IDLE",
        "Compress DEFLATE",
        "ENABLE X",
        "UNAUTHENTICATE",
        "notify NONE",
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
    let shown = format!("{:?}", command::authenticate("X", Some(b"sekret")).unwrap());
    assert!(!shown.contains("c2Vr"), "{shown}");
}
