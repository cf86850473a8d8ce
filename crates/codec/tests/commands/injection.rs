//! Text in an argument never extends or ends its command, whatever it contains.

use std::sync::OnceLock;

use bytes::Bytes;
use imapclient_codec::{
    Attribute, Flag, Id, InvalidArgument, MailboxName, MetadataEntry, NameEncoding, Outgoing,
    Rights, Tag,
    command::{
        self, Append, AppendStream, CatenatePart, Charset, EntryType, FetchItems, FlagChange,
        LabelChange, ListOptions, MetadataOptions, Notify, NotifyEvent, RightsChange, Scope,
        SearchKey, SearchQuery, SelectOptions, SortKey, ThreadAlgorithm, UrlItem,
    },
};
use proptest::prelude::*;

use super::{
    nasty::nasty,
    uids, wire, wire_in,
    words::{Word, shape, words},
};

type Written = Result<Outgoing, InvalidArgument>;

const NAMES: [NameEncoding; 2] = [NameEncoding::Utf7, NameEncoding::Utf8];

/// Calls each function that accepts text once.
fn texts(text: &str) -> Vec<(&'static str, Written)> {
    let name = || MailboxName::from(text);
    let owned = || text.to_owned();
    let key = |key: SearchKey| command::search(key);
    let other = MailboxName::from("x");
    let items = |items: FetchItems| command::fetch(&uids("1"), &items);
    let append = |message: Append| command::append(&other, &message);
    let entry = |name: &str, value: &str| MetadataEntry::new(name, value.to_owned());
    let scope = |scope: Scope| {
        let event = [NotifyEvent::MailboxName];
        command::notify(&Notify::new().on(scope, event))
    };
    vec![
        ("user name", command::login(text, "x")),
        ("password", command::login("x", text)),
        ("mechanism", command::authenticate(text, None)),
        ("capability", command::enable([text])),
        ("ID name", command::id(&Id::from_iter([(text, "x")]))),
        ("ID value", command::id(&Id::from_iter([("x", text)]))),
        ("language", command::language([text])),
        ("comparator", command::comparator([text])),
        ("select", command::select(&name(), false)),
        (
            "select with",
            command::select_with(&name(), &SelectOptions::new().read_only().condstore()),
        ),
        ("create", command::create(&name())),
        (
            "special use",
            command::create_for(&name(), [Attribute::Other(owned())]),
        ),
        ("delete", command::delete(&name())),
        ("rename from", command::rename(&name(), &other)),
        ("rename to", command::rename(&other, &name())),
        ("subscribe", command::subscribe(&name())),
        ("unsubscribe", command::unsubscribe(&name())),
        (
            "status",
            command::status(&name(), [command::StatusItem::Size]),
        ),
        ("reference", Ok(command::list(text, "*"))),
        ("pattern", Ok(command::list("", text))),
        ("lsub", Ok(command::lsub(text, text))),
        ("xlist", Ok(command::xlist(text, text))),
        (
            "list extended",
            command::list_extended(
                &ListOptions::new(text, text)
                    .pattern(text)
                    .with_metadata(["/a".into(), owned()]),
            ),
        ),
        ("copy", command::copy(&uids("1"), &name())),
        ("move", command::move_to(&uids("1"), &name())),
        ("bcc", key(SearchKey::Bcc(owned()))),
        ("body", key(SearchKey::Body(owned()))),
        ("cc", key(SearchKey::Cc(owned()))),
        ("from", key(SearchKey::From(owned()))),
        ("header name", key(SearchKey::Header(owned(), "x".into()))),
        ("header text", key(SearchKey::Header("x".into(), owned()))),
        ("subject", key(!SearchKey::Subject(owned()))),
        ("text", key(SearchKey::Text(owned()) & SearchKey::Seen)),
        ("to", key(SearchKey::To(owned()))),
        ("gmail raw", key(SearchKey::GmailRaw(owned()))),
        ("gmail label", key(SearchKey::GmailLabel(name()))),
        ("keyword", key(SearchKey::Keyword(Flag::Other(owned())))),
        ("unkeyword", key(SearchKey::Unkeyword(Flag::from(text)))),
        (
            "flag of a modseq",
            key(SearchKey::FlagModSeq(Flag::from(text), EntryType::All, 1)),
        ),
        ("email id", key(SearchKey::EmailId(owned()))),
        ("thread id", key(SearchKey::ThreadId(owned()))),
        ("filter", key(SearchKey::Filter(owned()))),
        (
            "sort",
            command::sort([SortKey::Date], SearchKey::To(owned())),
        ),
        (
            "thread",
            command::thread(&ThreadAlgorithm::Refs, SearchKey::To(owned())),
        ),
        (
            "algorithm",
            command::thread(&ThreadAlgorithm::Other(owned()), "ALL"),
        ),
        ("tag", command::cancel_update(&[Tag::new(text)])),
        (
            "esearch",
            command::multi_search([Scope::Mailboxes(vec![name()])], "ALL"),
        ),
        ("scope", scope(Scope::Subtree(vec![other.clone(), name()]))),
        ("binary part", items(FetchItems::new().binary(text))),
        ("binary size", items(FetchItems::new().binary_size(text))),
        (
            "flag",
            command::store(&uids("1"), &FlagChange::add(Flag::Other(owned()))),
        ),
        (
            "label",
            command::store_labels(&uids("1"), &LabelChange::add([text])),
        ),
        ("append to", command::append(&name(), &"x".into())),
        ("append", append(text.into())),
        ("append binary", append(Append::from(text).binary())),
        ("append utf8", append(Append::from(text).utf8())),
        ("append flag", append(Append::from("x").flags(text))),
        (
            "append stream to",
            command::append_stream(&name(), &AppendStream::new(0)),
        ),
        (
            "append stream flag",
            command::append_stream(&other, &AppendStream::new(0).flags(text)),
        ),
        (
            "pieces",
            append(Append::catenate([
                CatenatePart::Text(Bytes::copy_from_slice(text.as_bytes())),
                CatenatePart::Url(owned()),
            ])),
        ),
        (
            "replace",
            command::replace(&uids("1"), &name(), &text.into()),
        ),
        (
            "get metadata",
            command::get_metadata(Some(&name()), ["/a"], MetadataOptions::new()),
        ),
        (
            "metadata entry",
            command::get_metadata(None, [text], MetadataOptions::new()),
        ),
        (
            "set metadata",
            command::set_metadata(Some(&name()), [entry("/a", text)]),
        ),
        (
            "set metadata entry",
            command::set_metadata(None, [entry(text, "x")]),
        ),
        (
            "set acl",
            command::set_acl(&name(), text, RightsChange::Add(Rights::READ)),
        ),
        ("delete acl", command::delete_acl(&name(), text)),
        ("get acl", command::get_acl(&name())),
        ("list rights", command::list_rights(&name(), text)),
        ("my rights", command::my_rights(&name())),
        ("quota", command::get_quota(text)),
        ("quota root", command::get_quota_root(&name())),
        ("set quota", command::set_quota(text, [("x", 1)])),
        ("quota resource", command::set_quota("x", [(text, 1)])),
        ("url", command::gen_url_auth([(text, "INTERNAL")])),
        ("url mechanism", command::gen_url_auth([("x", text)])),
        ("url fetch", command::url_fetch([text, text])),
        (
            "url items",
            command::url_fetch_items([(text, &[UrlItem::Body][..])]),
        ),
        ("reset key", command::reset_key(Some(&name()), ["x"])),
        ("reset mechanism", command::reset_key(Some(&other), [text])),
    ]
}

/// Calls the functions that accept text spelled as on the wire: it may be several words, but must
/// not affect anything else.
fn spelled(text: &str) -> Vec<(&'static str, Written, Written)> {
    let within = |text: &str| {
        let keys = SearchKey::from(text) & SearchKey::Subject("ü\r\nA2 LOGOUT\r\n".into());
        command::search(keys)
    };
    let fetch = |items: FetchItems| command::fetch(&uids("1"), &items);
    vec![
        ("raw key", within(text), within("x")),
        (
            "raw item",
            fetch(FetchItems::new().item(text)),
            fetch(FetchItems::new().item("x")),
        ),
        (
            "section",
            fetch(FetchItems::new().section(text)),
            fetch(FetchItems::new().section("x")),
        ),
    ]
}

fn charset(name: &str, text: &str) -> Written {
    let query = SearchQuery::new(SearchKey::Subject(text.into()));
    command::search(query.charset(Charset::Named(name.into())))
}

/// Returns the words after the tag, without the charset, which may or may not be present.
fn cut(wire: &[u8]) -> Vec<Word> {
    let mut words = words(wire);
    let charset = words
        .iter()
        .position(|word| *word == Word::Text(b"CHARSET".into()));
    if let Some(at) = charset {
        words.drain(at..at + 2);
    }
    words
}

/// The tests below would prove nothing if everything were refused.
#[test]
fn plain_text_goes_everywhere() {
    let refused = |text| {
        let written = texts(text).into_iter();
        let refused = written.filter(|(_, outgoing)| outgoing.is_err());
        refused.map(|(place, _)| place).collect::<Vec<_>>()
    };
    assert_eq!(
        refused("abc"),
        [
            "special use",
            "list extended",
            "binary part",
            "binary size",
            "metadata entry",
            "set metadata entry",
        ]
    );
    assert!(!usual(NameEncoding::Utf7).is_empty() && !usual(NameEncoding::Utf8).is_empty());
}

/// Returns the form of each command with a word that fits its place.
fn usual(names: NameEncoding) -> &'static [String] {
    static SHAPES: [OnceLock<Vec<String>>; 2] = [const { OnceLock::new() }; 2];
    SHAPES[usize::from(names == NameEncoding::Utf8)].get_or_init(|| {
        let fitting = |index: usize| {
            let mut tries = ["abc", "/abc", "\\abc", "1"].into_iter();
            tries.find_map(|word| texts(word).swap_remove(index).1.ok())
        };
        let count = texts("abc").len();
        let shapes =
            (0..count).map(|index| shape(&cut(&wire_in(names, fitting(index).unwrap()).unwrap())));
        shapes.collect()
    })
}

proptest! {
    /// Text of any kind is a single word, as `abc` is.
    #[test]
    fn any_text_stays_in_its_place(text in nasty()) {
        for names in NAMES {
            for ((place, outgoing), expected) in texts(&text).into_iter().zip(usual(names)) {
                let Ok(wire) = outgoing.and_then(|outgoing| wire_in(names, outgoing)) else {
                    continue;
                };
                prop_assert_eq!(&shape(&cut(&wire)), expected, "{} in {}", &text, place);
            }
        }
    }

    /// Text spelled as on the wire stays within its parentheses.
    #[test]
    fn any_spelling_stays_in_its_place(text in nasty()) {
        for names in NAMES {
            for (place, outgoing, expected) in spelled(&text) {
                let Ok(outgoing) = outgoing else { continue };
                let words = |outgoing| cut(&wire_in(names, outgoing).unwrap());
                let (found, expected) = (words(outgoing), words(expected.unwrap()));
                prop_assert_eq!(found.len(), expected.len(), "{} in {}", &text, place);
            }
        }
    }

    #[test]
    fn any_charset_stays_in_its_place(text in nasty(), name in nasty(), known in 0usize..6) {
        let names = ["UTF-8", "UTF-7", "ISO-8859-1", "ISO-2022-JP", "gb18030", "US-ASCII"];
        for name in [&*name, names[known]] {
            if let Ok(outgoing) = charset(name, &text) {
                prop_assert_eq!(shape(&cut(&wire(outgoing))), ".....");
            }
        }
    }
}
