//! Arbitrary arguments reach imap-codec unchanged.

use imap_codec::imap_types::{
    command::CommandBody,
    core::Literal,
    extensions::binary::LiteralOrLiteral8,
    mailbox::Mailbox,
    search::SearchKey as Key,
    sequence::{SeqOrUid, Sequence},
};
use imapclient_codec::{
    MailboxName, NameEncoding, Outgoing,
    command::{self, Append, FetchItems, MessageSet, SearchKey},
};
use proptest::prelude::*;

use super::{read, read_in, wire};

proptest! {
    /// Any text without NUL passes through LOGIN unchanged.
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
        for names in [NameEncoding::Utf7, NameEncoding::Utf8] {
            let body = read_in(names, command::select(&mailbox, false).unwrap());
            let CommandBody::Select { mailbox: read, .. } = body else { panic!() };
            let wire = match &read {
                Mailbox::Inbox => b"INBOX".to_vec(),
                Mailbox::Other(other) => other.as_ref().to_vec(),
            };
            prop_assert_eq!(MailboxName::from_wire(&wire, names), mailbox.clone());
        }
    }

    #[test]
    fn any_search_text(text in "[^\0]{0,30}", deep in any::<bool>()) {
        let key = SearchKey::Subject(text.clone());
        let key = if deep { !(SearchKey::Seen | key) } else { key };
        let body = read(command::search(&key).unwrap());
        let CommandBody::Search { charset, criteria, uid: true, .. } = body else { panic!() };
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
        let set = MessageSet::Uids(numbers.iter().copied().collect());
        let outgoing = command::fetch(&set, &FetchItems::new()).unwrap();
        let CommandBody::Fetch { sequence_set, .. } = read(outgoing) else { panic!() };
        let largest = std::num::NonZeroU32::MAX;
        for number in numbers {
            let wanted = std::num::NonZeroU32::new(number).unwrap();
            let within = sequence_set.0.as_ref().iter().any(|range| {
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
        let message = Append::from(&bytes[..]);
        let outgoing = command::append(&"box".into(), &message).unwrap();
        let CommandBody::Append { message, .. } = read(outgoing) else { panic!() };
        let expected = Literal::try_from(bytes).unwrap().into_non_sync();
        prop_assert_eq!(message, LiteralOrLiteral8::Literal(expected));
    }

    /// A raw command is always one line, whatever its text.
    #[test]
    fn any_raw(text in "\\PC{0,40}|[\\x00-\\xff]{0,40}") {
        if let Ok(outgoing) = Outgoing::raw(&text) {
            let wire = wire(outgoing);
            let breaks = wire.iter().filter(|byte| matches!(**byte, b'\r' | b'\n'));
            prop_assert_eq!(breaks.count(), 2);
        }
    }
}
