//! FETCH.

use std::num::{NonZeroU32, NonZeroU64};

use imap_codec::imap_types::{
    command::{CommandBody, FetchModifier},
    core::Vec1,
    fetch::{MacroOrMessageDataItemNames, MessageDataItemName as Name, Part, Section},
};
use imapclient_codec::{
    UidSet,
    command::{self, FetchItems, MessageSet, PartialRange},
};

use super::{read, refused, seqs, text, uids, written};

fn names(items: &FetchItems) -> Vec<Name<'static>> {
    let body = read(command::fetch(&uids("7"), items).unwrap());
    let CommandBody::Fetch {
        macro_or_item_names: MacroOrMessageDataItemNames::MessageDataItemNames(names),
        uid: true,
        ..
    } = body
    else {
        panic!("{body:?}")
    };
    names
}

#[test]
fn items() {
    let fetch = |items: FetchItems| command::fetch(&uids("1:5,9:*"), &items);
    let new = FetchItems::new;
    written([
        // RFC 9051 §6.4.5
        (fetch(new()), "UID FETCH 1:5,9:* (UID)"),
        (
            fetch(
                new()
                    .flags()
                    .internal_date()
                    .size()
                    .header()
                    .section("1.2.MIME"),
            ),
            "UID FETCH 1:5,9:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER] BODY.PEEK[1.2.MIME])",
        ),
        (
            fetch(new().envelope().structure().basic_structure()),
            "UID FETCH 1:5,9:* (UID ENVELOPE BODYSTRUCTURE BODY)",
        ),
        (
            fetch(new().partial("TEXT", 10, 20).body().mark_seen()),
            "UID FETCH 1:5,9:* (UID BODY[TEXT]<10.20> BODY[])",
        ),
        // RFC 3501 §6.4.5
        (
            fetch(new().rfc822().rfc822_header().rfc822_text()),
            "UID FETCH 1:5,9:* (UID RFC822 RFC822.HEADER RFC822.TEXT)",
        ),
        // The macros are expanded, and no item is sent twice.
        (
            fetch(new().flags().fast()),
            "UID FETCH 1:5,9:* (UID FLAGS INTERNALDATE RFC822.SIZE)",
        ),
        (
            fetch(new().all()),
            "UID FETCH 1:5,9:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)",
        ),
        (
            fetch(new().full()),
            "UID FETCH 1:5,9:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)",
        ),
        // RFC 3516 §4
        (
            fetch(
                new()
                    .binary("1.2")
                    .binary("")
                    .binary_partial("3", 0, 9)
                    .binary_size("1"),
            ),
            "UID FETCH 1:5,9:* (UID BINARY.PEEK[1.2] BINARY.PEEK[] BINARY.PEEK[3]<0.9> BINARY.SIZE[1])",
        ),
        (
            fetch(new().binary("1").mark_seen()),
            "UID FETCH 1:5,9:* (UID BINARY[1])",
        ),
        // RFC 7162 §3.1.4, RFC 8474 §5, RFC 8514 §4.2
        (
            fetch(new().modseq().email_id().thread_id().save_date()),
            "UID FETCH 1:5,9:* (UID MODSEQ EMAILID THREADID SAVEDATE)",
        ),
        // RFC 8970 §3
        (fetch(new().preview()), "UID FETCH 1:5,9:* (UID PREVIEW)"),
        (
            fetch(new().lazy_preview()),
            "UID FETCH 1:5,9:* (UID PREVIEW (LAZY))",
        ),
        // Gmail's items
        (
            fetch(new().gmail_message_id().gmail_thread_id().gmail_labels()),
            "UID FETCH 1:5,9:* (UID X-GM-MSGID X-GM-THRID X-GM-LABELS)",
        ),
        (
            fetch(new().item("ANNOTATION (/comment (value))")),
            "UID FETCH 1:5,9:* (UID ANNOTATION (/comment (value)))",
        ),
        // RFC 9051 §6.4.9, RFC 5182 §2.1
        (
            command::fetch(&seqs("1:3"), &new().flags()),
            "FETCH 1:3 (UID FLAGS)",
        ),
        (
            command::fetch(&MessageSet::Saved, &new().flags()),
            "UID FETCH $ (UID FLAGS)",
        ),
    ]);
    assert!(new().flags().has("flags") && !new().size().has("FLAGS"));
    assert!(new().is_empty() && !new().body().is_empty());
}

#[test]
fn items_are_understood() {
    let items = FetchItems::new()
        .full()
        .rfc822()
        .rfc822_header()
        .rfc822_text()
        .structure();
    assert_eq!(
        names(&items),
        [
            Name::Uid,
            Name::Flags,
            Name::InternalDate,
            Name::Rfc822Size,
            Name::Envelope,
            Name::Body,
            Name::Rfc822,
            Name::Rfc822Header,
            Name::Rfc822Text,
            Name::BodyStructure,
        ]
    );
    let part = |numbers: &[u32]| {
        let numbers = numbers.iter().map(|n| NonZeroU32::new(*n).unwrap());
        Part(Vec1::try_from(numbers.collect::<Vec<_>>()).unwrap())
    };
    let items = FetchItems::new()
        .partial("TEXT", 10, 20)
        .section("1.2")
        .section("2.HEADER.FIELDS (From \"To\")")
        .modseq();
    let refused = command::fetch(&uids("7"), &items).unwrap_err();
    assert!(refused.to_string().contains("HEADER.FIELDS"), "{refused}");
    let items = FetchItems::new()
        .partial("TEXT", 10, 20)
        .section("1.2")
        .section("2.HEADER.FIELDS.NOT (From To)")
        .modseq();
    let section = |section, partial| Name::BodyExt {
        section: Some(section),
        partial,
        peek: true,
    };
    let fields = vec!["From".try_into().unwrap(), "To".try_into().unwrap()];
    assert_eq!(
        names(&items),
        [
            Name::Uid,
            section(
                Section::Text(None),
                Some((10, NonZeroU32::new(20).unwrap()))
            ),
            section(Section::Part(part(&[1, 2])), None),
            section(
                Section::HeaderFieldsNot(Some(part(&[2])), Vec1::try_from(fields).unwrap()),
                None
            ),
            Name::ModSeq,
        ]
    );
    let names = names(&FetchItems::new().binary("1").binary_size("2"));
    assert!(
        matches!(names[1], Name::Binary { peek: true, .. })
            && matches!(names[2], Name::BinarySize { .. }),
        "{names:?}"
    );
}

#[test]
fn modifiers() {
    let fetch = |items: FetchItems| command::fetch(&uids("1:*"), &items);
    let flags = || FetchItems::new().flags();
    written([
        // RFC 7162 §3.1.4.1
        (
            fetch(flags().changed_since(12_345)),
            "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345)",
        ),
        // RFC 7162 §3.2.6
        (
            fetch(flags().changed_since(12_345).vanished()),
            "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345 VANISHED)",
        ),
        // RFC 9394 §3.3
        (
            fetch(flags().window(PartialRange::last(1..=30))),
            "UID FETCH 1:* (UID FLAGS) (PARTIAL -1:-30)",
        ),
        (
            fetch(
                flags()
                    .window(PartialRange::first(1..=2))
                    .changed_since(98_305),
            ),
            "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 98305 PARTIAL 1:2)",
        ),
        (
            command::fetch(&seqs("1:*"), &flags().changed_since(5)),
            "FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5)",
        ),
    ]);
    let body = read(fetch(flags().changed_since(5).vanished()).unwrap());
    let CommandBody::Fetch { modifiers, .. } = body else {
        panic!()
    };
    let since = FetchModifier::ChangedSince(NonZeroU64::new(5).unwrap());
    assert_eq!(modifiers, [since, FetchModifier::Vanished]);
    refused([
        (fetch(flags().changed_since(0)), "above 0"),
        (fetch(flags().changed_since(u64::MAX)), "2^63"),
        (fetch(flags().vanished()), "CHANGEDSINCE"),
        (
            command::fetch(&seqs("1"), &flags().changed_since(1).vanished()),
            "UIDs",
        ),
        (
            command::fetch(&seqs("1"), &flags().window(PartialRange::first(1..=2))),
            "UIDs",
        ),
        (fetch(flags().window(PartialRange::first(0..=2))), "1:100"),
    ]);
}

#[test]
fn items_that_cannot_be_sent() {
    for items in [
        FetchItems::new().section("1]"),
        FetchItems::new().section("HEADER.FIELDS (A"),
        FetchItems::new().section("a\r\nb"),
        FetchItems::new().section("{5}"),
        FetchItems::new().section("ü"),
        FetchItems::new().section("HEADER.FIELDS (\"A)"),
        FetchItems::new().item("X\r\nA2 LOGOUT"),
        FetchItems::new().item("X{5}"),
        FetchItems::new().item("X{5} Y"),
        FetchItems::new().item("X)"),
        FetchItems::new().item("X) (Y"),
        FetchItems::new().item("X \""),
        FetchItems::new().item(""),
        FetchItems::new().partial("", 0, 0),
        FetchItems::new().partial("", u64::MAX, 1),
        FetchItems::new().binary("HEADER"),
        FetchItems::new().binary("0"),
        FetchItems::new().binary("1."),
        FetchItems::new().binary("1.99999999999"),
        FetchItems::new().binary_partial("1", 0, 0),
        FetchItems::new().binary_size(""),
        FetchItems::new().binary_size("1]"),
    ] {
        command::fetch(&uids("1"), &items).unwrap_err();
    }
    refused([(
        command::fetch(&MessageSet::Uids(UidSet::new()), &FetchItems::new()),
        "empty",
    )]);
    // The first error is reported, whatever follows it.
    let items = FetchItems::new().item("").section("]").flags();
    let error = command::fetch(&uids("1"), &items).unwrap_err();
    assert_eq!(error.what(), "fetch item");
    assert_eq!(
        text(command::fetch(&uids("1"), &FetchItems::new()).unwrap()),
        "UID FETCH 1 (UID)"
    );
}
