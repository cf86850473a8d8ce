//! The state of the connection, and the events that reset it.

mod common;

use imapclient_engine::{
    Error, Phase,
    codec::{
        Capabilities, Flag, NameEncoding, Seq, Uid,
        command::{self, SearchKey},
    },
};

use common::Talk;

#[test]
fn capabilities_come_from_everywhere() {
    let talk = Talk::greeted("* OK [CAPABILITY IMAP4rev1 IDLE] hi");
    assert!(talk.engine.state().has("idle"));

    let mut talk = Talk::new();
    assert!(talk.engine.state().capabilities().is_none());
    talk.server("* CAPABILITY IMAP4rev1 MOVE");
    talk.event();
    assert!(talk.engine.state().has("MOVE"));
    talk.server("* OK [CAPABILITY IMAP4rev1] less");
    talk.event();
    assert!(!talk.engine.state().has("MOVE"));
}

#[test]
fn what_is_disabled_stays_so() {
    let mut talk = Talk::greeted("* OK [CAPABILITY IMAP4rev1 IDLE MOVE STARTTLS] hi");
    talk.engine
        .disable(&Capabilities::from_iter(["MOVE", "SORT"]));
    let state = talk.engine.state();
    assert!(state.has("IDLE") && !state.has("MOVE"));
    assert_eq!(state.withheld().to_string(), "MOVE");
    // STARTTLS discards all that came before it, but not the settings.
    let tag = talk.submit(command::starttls());
    talk.output();
    talk.server("A0001 OK begin");
    talk.done(&tag);
    assert!(talk.engine.state().withheld().is_empty());
    talk.server("* CAPABILITY IMAP4rev2 sort");
    talk.event();
    let state = talk.engine.state();
    assert!(state.has("IDLE") && !state.has("MOVE") && !state.has("SORT"));
    assert_eq!(state.withheld().to_string(), "MOVE SORT");
    assert_eq!(state.disabled().to_string(), "MOVE SORT");
    talk.engine.disable(&Capabilities::from_iter(["IDLE"]));
    assert!(!talk.engine.state().has("IDLE"));
    assert_eq!(talk.engine.state().withheld().to_string(), "MOVE SORT IDLE");
}

#[test]
fn what_is_enabled_is_kept_if_it_was_requested() {
    let mut talk = Talk::greeted("* PREAUTH [CAPABILITY IMAP4rev1 ENABLE UNAUTHENTICATE] hi");
    talk.server("* ENABLED QRESYNC X-OTHER");
    talk.event();
    assert!(talk.engine.state().enabled().is_empty());
    for (names, answer, enabled) in [
        (&["CONDSTORE", "X-NONE"][..], "CONDSTORE", "CONDSTORE"),
        (&["qresync"], "QRESYNC X-OTHER", "CONDSTORE qresync"),
        (
            &["UTF8=ACCEPT"],
            "UTF8=ACCEPT",
            "CONDSTORE qresync UTF8=ACCEPT",
        ),
    ] {
        assert_eq!(talk.engine.state().names(), NameEncoding::Utf7);
        let tag = talk.submit(command::enable(names).unwrap());
        talk.output();
        talk.server(&format!("* ENABLED {answer}"));
        talk.event();
        talk.server(&format!("{tag} OK done"));
        talk.done(&tag);
        assert_eq!(talk.engine.state().enabled().to_string(), enabled);
    }
    assert_eq!(talk.engine.state().names(), NameEncoding::Utf8);
    let tag = talk.submit(command::unauthenticate());
    talk.output();
    talk.server(&format!("{tag} OK done"));
    talk.done(&tag);
    assert!(talk.engine.state().enabled().is_empty());
}

#[test]
fn the_selected_mailbox_follows_a_rename() {
    for (from, to, answer, name) in [
        ("a/b", "c", "OK", "c"),
        ("a/b", "c", "NO", "a/b"),
        ("a", "c", "OK", "c/b"),
        ("A", "c", "OK", "a/b"),
    ] {
        let mut talk = Talk::greeted("* PREAUTH hi");
        talk.server("* LIST () \"/\" a");
        talk.event();
        let select = command::select(&"a/b".into(), false).unwrap();
        let tag = talk.submit(select);
        talk.output();
        talk.server(&format!("{tag} OK done"));
        talk.done(&tag);
        let rename = command::rename(&from.into(), &to.into()).unwrap();
        let tag = talk.submit(rename);
        talk.output();
        talk.server(&format!("{tag} {answer} done"));
        // The answer to an abandoned command counts as well.
        talk.engine.orphan_all();
        talk.event();
        let selected = talk.engine.state().selected().unwrap();
        assert_eq!(selected.name, name, "{from} to {to}");
    }
}

#[test]
fn a_login_makes_capabilities_unknown_unless_it_tells_them() {
    let greeting = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi";
    for (lines, known) in [
        (&["A0001 OK in"][..], None),
        (&["A0001 OK [CAPABILITY IMAP4rev1 MOVE] in"], Some(true)),
        (&["* CAPABILITY IMAP4rev1 MOVE", "A0001 OK in"], Some(true)),
        (&["A0001 NO who?"], Some(false)),
    ] {
        let mut talk = Talk::greeted(greeting);
        talk.submit(command::login("a", "b").unwrap());
        talk.output();
        for line in lines {
            talk.server(line);
            talk.event();
        }
        let state = talk.engine.state();
        let moves = state
            .capabilities()
            .map(|capabilities| capabilities.has("MOVE"));
        assert_eq!(moves, known, "{lines:?}");
    }
}

#[test]
fn select_counts_at_its_ok() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    let name = "Entwürfe".into();
    let tag = talk.submit(command::select(&name, false).unwrap());
    talk.wrote("A0001 SELECT \"Entw&APw-rfe\"\r\n");
    for line in [
        "* FLAGS (\\Seen \\Answered $Junk)",
        "* OK [PERMANENTFLAGS (\\Seen \\*)] limited",
        "* 23 EXISTS",
        "* 2 RECENT",
        "* OK [UNSEEN 7] first unseen",
        "* OK [UIDVALIDITY 1700000000] ok",
        "* OK [UIDNEXT 4711] ok",
        "* OK [HIGHESTMODSEQ 18446744073709551615] ok",
        "* OK [MAILBOXID (F42)] ok",
    ] {
        talk.server(line);
        talk.event();
        assert_eq!(talk.engine.state().phase(), Phase::Authenticated);
        assert!(talk.engine.state().selected().is_none());
    }
    talk.server("A0001 OK [READ-WRITE] done");
    talk.done(&tag);
    assert_eq!(talk.engine.state().phase(), Phase::Selected);
    let mailbox = talk.engine.state().selected().unwrap();
    assert_eq!(mailbox.name.as_str(), "Entwürfe");
    assert_eq!(
        (mailbox.exists, mailbox.recent, mailbox.unseen),
        (23.into(), 2.into(), Seq::new(7))
    );
    assert_eq!(
        (mailbox.uid_validity, mailbox.uid_next),
        (Some(1_700_000_000), Uid::new(4711))
    );
    assert_eq!(mailbox.highest_modseq, Some(u64::MAX));
    assert_eq!(mailbox.mailbox_id.as_deref(), Some("F42"));
    assert!(mailbox.flags.contains(&Flag::Other("$junk".into())));
    assert!(
        mailbox
            .permanent_flags
            .as_ref()
            .unwrap()
            .contains(&Flag::Any)
    );
    assert!(!mailbox.read_only);
}

#[test]
fn a_mailbox_without_messages_has_no_first_unseen_one() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    let tag = talk.submit(command::select(&"x".into(), false).unwrap());
    talk.output();
    // IceWarp sends 0 for numbers that do not exist.
    for line in ["* 0 EXISTS", "* OK [UNSEEN 0] none", "* OK [UIDNEXT 0] odd"] {
        talk.server(line);
        talk.event();
    }
    talk.server("A0001 OK done");
    talk.done(&tag);
    let mailbox = talk.engine.state().selected().unwrap();
    assert_eq!(mailbox.exists, 0);
    assert_eq!((mailbox.unseen, mailbox.uid_next), (None, None));
}

#[test]
fn a_failed_select_leaves_no_mailbox() {
    for refusal in ["NO [NONEXISTENT] none", "BAD what"] {
        let mut talk = Talk::selected();
        let tag = talk.submit(command::select(&"none".into(), false).unwrap());
        talk.output();
        talk.server(&format!("A0002 {refusal}"));
        talk.answered(&tag);
        assert_eq!(talk.engine.state().phase(), Phase::Authenticated);
        assert!(talk.engine.state().selected().is_none());
    }
}

#[test]
fn what_comes_before_closed_is_about_the_old_mailbox() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::select(&"new".into(), false).unwrap());
    talk.output();
    for line in [
        "* 99 EXISTS",
        "* OK [CLOSED] old",
        "* OK [UIDVALIDITY 5] new",
    ] {
        talk.server(line);
        talk.event();
    }
    talk.server("A0002 OK done");
    talk.done(&tag);
    let mailbox = talk.engine.state().selected().unwrap();
    assert_eq!((mailbox.exists, mailbox.uid_validity), (0.into(), Some(5)));
}

#[test]
fn another_uidvalidity_is_kept_beside_the_first_one_until_the_next_select() {
    let mut talk = Talk::selected();
    let validity = |talk: &Talk| {
        let mailbox = talk.engine.state().selected().unwrap();
        (mailbox.uid_validity, mailbox.new_uid_validity)
    };
    for (line, expected) in [
        ("* OK [UIDVALIDITY 0] none", (None, None)),
        ("* STATUS other (UIDVALIDITY 6)", (None, None)),
        ("* STATUS INBOX (UIDVALIDITY 5)", (Some(5), None)),
        ("* OK [UIDVALIDITY 5] as ever", (Some(5), None)),
        ("* STATUS INBOX (UIDVALIDITY 0)", (Some(5), None)),
        (
            "* ESEARCH (TAG \"x\" MAILBOX other UIDVALIDITY 6) UID ALL 1",
            (Some(5), None),
        ),
        (
            "* ESEARCH (TAG \"x\" MAILBOX INBOX UIDVALIDITY 6) UID ALL 1",
            (Some(5), Some(6)),
        ),
        ("* NO [UIDVALIDITY 7] once more", (Some(5), Some(7))),
        // The changes in between are not known.
        ("* OK [UIDVALIDITY 5] as before", (Some(5), Some(7))),
    ] {
        talk.server(line);
        talk.event();
        assert_eq!(validity(&talk), expected, "{line}");
    }
    let tag = talk.submit(command::select(&"INBOX".into(), false).unwrap());
    talk.output();
    for told in ["* OK [UIDVALIDITY 7] new", "* STATUS INBOX (UIDVALIDITY 8)"] {
        talk.server(told);
        talk.event();
    }
    talk.server(&format!("{tag} OK done"));
    talk.done(&tag);
    assert_eq!(validity(&talk), (Some(7), None));
}

#[test]
fn the_mailbox_is_kept_up_to_date() {
    let mut talk = Talk::selected();
    for (line, exists) in [
        ("* 5 EXISTS", 5),
        ("* 2 EXPUNGE", 4),
        ("* 1 EXPUNGE", 3),
        ("* 0 EXISTS", 0),
        ("* 1 EXPUNGE", 0),
    ] {
        talk.server(line);
        talk.event();
        assert_eq!(talk.engine.state().selected().unwrap().exists, exists);
    }
    talk.server("* OK [READ-ONLY] now");
    talk.event();
    assert!(talk.engine.state().selected().unwrap().read_only);
}

#[test]
fn leaving_a_mailbox() {
    for outgoing in [command::close(), command::unselect()] {
        let mut talk = Talk::selected();
        let tag = talk.submit(outgoing);
        talk.output();
        talk.server("A0002 NO not now");
        talk.answered(&tag);
        assert!(talk.engine.state().selected().is_some());
    }
    for outgoing in [command::close(), command::unselect()] {
        let mut talk = Talk::selected();
        let tag = talk.submit(outgoing);
        talk.output();
        talk.server("A0002 OK left");
        talk.done(&tag);
        assert!(talk.engine.state().selected().is_none());
        assert_eq!(talk.engine.state().phase(), Phase::Authenticated);
    }
}

#[test]
fn bye_is_remembered() {
    let mut talk = Talk::selected();
    talk.server("* BYE shutting down");
    talk.event();
    assert_eq!(talk.engine.state().phase(), Phase::Logout);
    assert_eq!(talk.engine.state().bye(), Some("shutting down"));
}

#[test]
fn names_are_encoded_when_a_command_is_submitted() {
    let mut talk = Talk::greeted("* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi");
    let label = SearchKey::GmailLabel("ä".into()) & SearchKey::Subject("ö".into());
    let commands = [
        command::create(&"ü".into()).unwrap(),
        command::search(label).unwrap(),
    ];
    let utf7 = [
        "CREATE \"&APw-\"",
        "UID SEARCH CHARSET UTF-8 X-GM-LABELS \"&AOQ-\" SUBJECT {2+}\r\nö",
    ];
    let utf8 = [
        "CREATE {2+}\r\nü",
        "UID SEARCH X-GM-LABELS {2+}\r\nä SUBJECT {2+}\r\nö",
    ];
    for (outgoing, expected) in commands.iter().zip(utf7) {
        let tag = talk.submit(outgoing.clone());
        talk.wrote(&format!("{tag} {expected}\r\n"));
        talk.server(&format!("{tag} OK"));
        talk.done(&tag);
    }
    let tag = talk.submit(command::enable(["UTF8=ACCEPT"]).unwrap());
    talk.output();
    talk.server("* ENABLED UTF8=ACCEPT");
    talk.event();
    talk.server(&format!("{tag} OK"));
    talk.done(&tag);
    for (outgoing, expected) in commands.iter().zip(utf8) {
        let tag = talk.submit(outgoing.clone());
        talk.wrote(&format!("{tag} {expected}\r\n"));
        talk.server(&format!("{tag} OK"));
        talk.done(&tag);
    }
    let log: Vec<_> = talk.engine.wire_log().map(ToString::to_string).collect();
    assert!(
        log.contains(&r#"C: A0001 CREATE "&APw-""#.into()),
        "{log:?}"
    );
    assert!(log.contains(&"C: A0004 CREATE <2 bytes>".into()), "{log:?}");
}

/// Nothing of a command is queued whose names cannot be encoded.
#[test]
fn a_name_that_utf_8_lacks_leaves_no_trace() {
    let create = || command::create(&"a\0b".into()).unwrap();
    let mut talk = Talk::greeted("* PREAUTH hi");
    let tag = talk.submit(create());
    talk.wrote("A0001 CREATE \"a&AAA-b\"\r\n");
    talk.server("A0001 OK");
    talk.done(&tag);
    let tag = talk.submit(command::enable(["UTF8=ACCEPT"]).unwrap());
    talk.output();
    talk.server("* ENABLED UTF8=ACCEPT");
    talk.event();
    talk.server("A0002 OK");
    talk.done(&tag);
    let lines = talk.engine.wire_log().count();
    let error = talk.engine.submit(create()).unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    let text = "invalid mailbox name: it must not contain NUL while names are sent in UTF-8";
    assert_eq!(error.to_string(), text);
    assert!(!talk.engine.is_busy());
    talk.wrote("");
    assert_eq!(talk.engine.wire_log().count(), lines);
    let tag = talk.submit(command::noop());
    talk.wrote("A0003 NOOP\r\n");
    talk.server("A0003 OK");
    talk.done(&tag);
}

#[test]
fn names_are_utf_8_once_the_server_says_so() {
    for (line, names) in [
        ("* ENABLED UTF8=ACCEPT", NameEncoding::Utf8),
        ("* ENABLED IMAP4rev2", NameEncoding::Utf8),
        ("* ENABLED CONDSTORE", NameEncoding::Utf7),
        // Some servers answer OK to commands that they do not know.
        ("* OK nothing", NameEncoding::Utf7),
    ] {
        let mut talk = Talk::greeted("* PREAUTH hi");
        let tag = talk.submit(command::enable(["UTF8=ACCEPT"]).unwrap());
        talk.wrote("A0001 ENABLE UTF8=ACCEPT\r\n");
        talk.server(line);
        talk.event();
        talk.server("A0001 OK done");
        talk.done(&tag);
        assert_eq!(talk.engine.state().names(), names, "{line}");
    }
}

#[test]
fn unauthenticate_forgets_who_was_there() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::unauthenticate());
    talk.output();
    talk.server("A0002 OK who are you?");
    talk.done(&tag);
    assert_eq!(talk.engine.state().phase(), Phase::NotAuthenticated);
    assert!(talk.engine.state().selected().is_none());
}

#[test]
fn vanished_lowers_the_count_unless_it_was_earlier() {
    let mut talk = Talk::selected();
    talk.server("* VANISHED (EARLIER) 41,43:116");
    talk.event();
    talk.server("* VANISHED 5,9");
    talk.event();
    assert_eq!(talk.engine.state().selected().unwrap().exists, 1);
    talk.server("* VANISHED 1:4294967295");
    talk.event();
    assert_eq!(talk.engine.state().selected().unwrap().exists, 0);
}
