//! Quirks of real servers: the server, the bytes, the result. `docs/quirks.md` lists them.

// Each file uses only some of these.
#[allow(unused_imports)]
use imapclient_codec::{
    AppendLimit, AppendUid, Attribute, BodyPart, Capabilities, Code, Decoder, Fetch, Flag, Flags,
    Limits, Malformed, MessageNumber, NameEncoding, RawResponse, Response, Seq, StatusKind, Uid,
    UidSet,
};

/// `name: bytes, pattern => value, expected;` is a test: the bytes are a response that matches the
/// pattern, and the value is as expected.
macro_rules! quirks {
    ($($name:ident: $wire:expr, $pattern:pat => $value:expr, $expected:expr;)+) => {
        $(
            #[test]
            fn $name() {
                let wire: &[u8] = $wire;
                match decode(wire) {
                    $pattern => assert_eq!($value, $expected, "{}", wire.escape_ascii()),
                    #[allow(unreachable_patterns)]
                    other => panic!("{}: {other:?}", wire.escape_ascii()),
                }
            }
        )+

        pub(crate) const NAMES: &[&str] = &[$(concat!(module_path!(), "::", stringify!($name))),+];
    };
}

mod bodies;
mod capabilities;
mod envelopes;
mod fetch;
mod mailboxes;
mod numbers;
mod others;
mod status;

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

/// Formats the malformed items as `item: bytes`.
fn bad(malformed: &[Malformed]) -> Vec<String> {
    let words = malformed.iter();
    words
        .map(|bad| format!("{}: {}", bad.item, bad.raw.escape_ascii()))
        .collect()
}

/// Returns the values of message numbers.
fn values(numbers: impl IntoIterator<Item = MessageNumber>) -> Vec<u32> {
    numbers.into_iter().map(MessageNumber::get).collect()
}

/// Returns a code that is kept as sent.
fn raw_code(name: &str, arguments: &'static str) -> Option<Code> {
    Some(Code::Other {
        name: name.to_owned(),
        arguments: Some(arguments.into()),
    })
}

/// The page names exactly the existing tests.
#[test]
fn the_page_and_the_tests_agree() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/quirks.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut listed: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_suffix("` |")?.rsplit_once('`'))
        .map(|(_, name)| name.to_owned())
        .collect();
    let mut tests: Vec<_> = [
        status::NAMES,
        capabilities::NAMES,
        mailboxes::NAMES,
        numbers::NAMES,
        fetch::NAMES,
        envelopes::NAMES,
        bodies::NAMES,
        others::NAMES,
    ]
    .concat()
    .iter()
    .map(|name| name.replacen("quirks::", "", 1))
    .collect();
    listed.sort();
    tests.sort();
    assert_eq!(listed, tests);
}
