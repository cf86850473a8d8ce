//! Searches.

use imapclient::{SearchKey, SortKey, ThreadAlgorithm};

use super::{
    Expected::{Spelled, Words},
    Row, row,
};

pub(super) fn search() -> Vec<Row> {
    vec![
        row(
            "search",
            "query",
            Spelled("UID SEARCH {}"),
            |client, text| client.search(text).map(drop),
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH SUBJECT <text>"),
            |client, text| client.search(SearchKey::Subject(text.into())).map(drop),
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH NOT HEADER <x> <text>"),
            |client, text| {
                client
                    .search(!SearchKey::Header("x".into(), text.into()))
                    .map(drop)
            },
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH HEADER <text> <x>"),
            |client, text| {
                client
                    .search(SearchKey::Header(text.into(), "x".into()))
                    .map(drop)
            },
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH OR SEEN KEYWORD <flag>"),
            |client, text| {
                client
                    .search(SearchKey::Seen | SearchKey::Keyword(text.into()))
                    .map(drop)
            },
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH X-GM-LABELS <name>"),
            |client, text| client.search(SearchKey::GmailLabel(text.into())).map(drop),
        ),
        row(
            "gmail_search",
            "query",
            Words("UID SEARCH X-GM-RAW <text>"),
            |client, text| client.gmail_search(text).map(drop),
        ),
        row(
            "sort",
            "query",
            Spelled("UID SORT (DATE) UTF-8 {}"),
            |client, text| client.sort([SortKey::Date], text).map(drop),
        ),
        row(
            "sort",
            "query",
            Words("UID SORT (DATE) UTF-8 TO <text>"),
            |client, text| {
                client
                    .sort([SortKey::Date], SearchKey::To(text.into()))
                    .map(drop)
            },
        ),
        row(
            "thread",
            "algorithm",
            Words("UID THREAD <text> UTF-8 ALL"),
            |client, text| {
                client
                    .thread(ThreadAlgorithm::Other(text.into()), "ALL")
                    .map(drop)
            },
        ),
        row(
            "thread",
            "query",
            Spelled("UID THREAD REFERENCES UTF-8 {}"),
            |client, text| client.thread(ThreadAlgorithm::References, text).map(drop),
        ),
        row(
            "thread",
            "query",
            Words("UID THREAD <REFERENCES> UTF-8 FROM <text>"),
            |client, text| {
                let query = SearchKey::From(text.into());
                client.thread(ThreadAlgorithm::References, query).map(drop)
            },
        ),
        row(
            "search_seq",
            "query",
            Spelled("SEARCH {}"),
            |client, text| client.search_seq(text).map(drop),
        ),
        row(
            "search_seq",
            "query",
            Words("SEARCH SUBJECT <text>"),
            |client, text| client.search_seq(SearchKey::Subject(text.into())).map(drop),
        ),
        row(
            "sort_seq",
            "query",
            Spelled("SORT (DATE) UTF-8 {}"),
            |client, text| client.sort_seq([SortKey::Date], text).map(drop),
        ),
        row(
            "sort_seq",
            "query",
            Words("SORT (DATE) UTF-8 TO <text>"),
            |client, text| {
                client
                    .sort_seq([SortKey::Date], SearchKey::To(text.into()))
                    .map(drop)
            },
        ),
        row(
            "thread_seq",
            "algorithm",
            Words("THREAD <text> UTF-8 ALL"),
            |client, text| {
                client
                    .thread_seq(ThreadAlgorithm::Other(text.into()), "ALL")
                    .map(drop)
            },
        ),
        row(
            "thread_seq",
            "query",
            Spelled("THREAD REFERENCES UTF-8 {}"),
            |client, text| {
                client
                    .thread_seq(ThreadAlgorithm::References, text)
                    .map(drop)
            },
        ),
        row(
            "thread_seq",
            "query",
            Words("THREAD <REFERENCES> UTF-8 FROM <text>"),
            |client, text| {
                let query = SearchKey::From(text.into());
                client
                    .thread_seq(ThreadAlgorithm::References, query)
                    .map(drop)
            },
        ),
    ]
}
