//! SORT and THREAD.

use imap_codec::imap_types::{
    command::CommandBody,
    core::{Charset as WireCharset, Vec1},
    extensions::{
        sort::{SortCriterion, SortKey as Key},
        thread::ThreadingAlgorithm,
    },
    search::SearchKey as Found,
};
use imapclient_codec::{
    InvalidArgument, Outgoing,
    command::{
        self, Charset, PartialRange, SearchKey, SearchQuery, SearchReturn, SortKey, SortOrder,
        ThreadAlgorithm,
    },
};

use super::{refused, understood, written, written_in_utf8};

fn sort(by: &[SortOrder], query: impl Into<SearchQuery>) -> Result<Outgoing, InvalidArgument> {
    command::sort(by.iter().copied(), query)
}

fn thread(
    algorithm: ThreadAlgorithm,
    query: impl Into<SearchQuery>,
) -> Result<Outgoing, InvalidArgument> {
    command::thread(&algorithm, query)
}

#[test]
fn sorts() {
    let subject = SortOrder::from(SortKey::Subject);
    let latin = || Charset::Named("ISO-8859-1".into());
    written([
        // RFC 5256 §3
        (
            sort(&[subject, SortKey::Date.reverse()], SearchKey::All),
            "UID SORT (SUBJECT REVERSE DATE) UTF-8 ALL",
        ),
        (
            command::sort_seq([subject], "TEXT \"not in mailbox\""),
            "SORT (SUBJECT) UTF-8 TEXT \"not in mailbox\"",
        ),
        (
            sort(
                &[subject],
                SearchQuery::new(SearchKey::To("ü".into())).charset(latin()),
            ),
            r"UID SORT (SUBJECT) ISO-8859-1 TO {1+}\r\n\xfc",
        ),
        // RFC 5267 §3
        (
            sort(
                &[SortKey::Date.reverse()],
                SearchQuery::new("UNDELETED").returning([
                    SearchReturn::Partial(PartialRange::first(1..=500)),
                    SearchReturn::Count,
                ]),
            ),
            "UID SORT RETURN (PARTIAL 1:500 COUNT) (REVERSE DATE) UTF-8 UNDELETED",
        ),
        // RFC 5957 §3, RFC 6203 §4
        (
            sort(
                &[
                    SortKey::DisplayFrom.into(),
                    SortKey::DisplayTo.reverse(),
                    SortKey::Relevancy.into(),
                ],
                "ALL",
            ),
            "UID SORT (DISPLAYFROM REVERSE DISPLAYTO RELEVANCY) UTF-8 ALL",
        ),
    ]);
    // RFC 5256 §3 requires the charset; RFC 6855 §3 excludes it from SEARCH only.
    written_in_utf8([(
        sort(&[subject], SearchKey::To("ü".into())),
        "UID SORT (SUBJECT) UTF-8 TO {2+}\r\nü",
    )]);
    refused([
        (sort(&[], "ALL"), "at least one"),
        (sort(&[subject], "ALL)"), "do not match"),
        (
            sort(&[subject], (0..200).fold(SearchKey::All, |key, _| !key)),
            "100 levels",
        ),
    ]);
}

#[test]
fn sorts_are_understood() {
    let pairs = [
        (SortKey::Arrival, Key::Arrival),
        (SortKey::Cc, Key::Cc),
        (SortKey::Date, Key::Date),
        (SortKey::From, Key::From),
        (SortKey::Size, Key::Size),
        (SortKey::Subject, Key::Subject),
        (SortKey::To, Key::To),
        (SortKey::DisplayFrom, Key::DisplayFrom),
        (SortKey::DisplayTo, Key::DisplayTo),
    ];
    let ours: Vec<SortOrder> = pairs.iter().map(|(key, _)| key.reverse()).collect();
    let theirs = pairs
        .into_iter()
        .map(|(_, key)| SortCriterion { reverse: true, key });
    understood([(
        sort(&ours, SearchKey::Seen),
        CommandBody::Sort {
            sort_criteria: Vec1::try_from(theirs.collect::<Vec<_>>()).unwrap(),
            charset: WireCharset::try_from("UTF-8").unwrap(),
            search_criteria: Vec1::from(Found::Seen),
            uid: true,
        },
    )]);
}

#[test]
fn threads() {
    written([
        // RFC 5256 §3
        (
            thread(ThreadAlgorithm::OrderedSubject, "SINCE 5-MAR-2000"),
            "UID THREAD ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000",
        ),
        (
            command::thread_seq(&ThreadAlgorithm::References, SearchKey::Text("ü".into())),
            "THREAD REFERENCES UTF-8 TEXT {2+}\r\nü",
        ),
        (
            thread(ThreadAlgorithm::Refs, "ALL"),
            "UID THREAD REFS UTF-8 ALL",
        ),
        (
            thread(ThreadAlgorithm::Other("X-BEST".into()), "ALL"),
            "UID THREAD X-BEST UTF-8 ALL",
        ),
    ]);
    understood([(
        thread(ThreadAlgorithm::References, SearchKey::Seen),
        CommandBody::Thread {
            algorithm: ThreadingAlgorithm::References,
            charset: WireCharset::try_from("UTF-8").unwrap(),
            search_criteria: Vec1::from(Found::Seen),
            uid: true,
        },
    )]);
    refused([
        (
            thread(ThreadAlgorithm::Other("a b".into()), "ALL"),
            "without blanks",
        ),
        (
            thread(
                ThreadAlgorithm::Refs,
                SearchQuery::new("ALL").returning([SearchReturn::Count]),
            ),
            "does not support",
        ),
    ]);
}
