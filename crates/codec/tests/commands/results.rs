//! Result options and scopes of a search.

use imapclient_codec::{
    InvalidArgument, Outgoing, Tag,
    command::{self, PartialRange, Scope, SearchKey, SearchQuery, SearchReturn},
};

use super::{refused, written};

fn search(query: impl Into<SearchQuery>) -> Result<Outgoing, InvalidArgument> {
    command::search(query)
}

#[test]
fn answers() {
    let returning =
        |options: &[SearchReturn]| search(SearchQuery::new("ALL").returning(options.to_vec()));
    written([
        (command::search_seq(SearchKey::Unseen), "SEARCH UNSEEN"),
        // RFC 4731 §3.1
        (returning(&[]), "UID SEARCH RETURN () ALL"),
        (
            returning(&[
                SearchReturn::Min,
                SearchReturn::Max,
                SearchReturn::All,
                SearchReturn::Count,
            ]),
            "UID SEARCH RETURN (MIN MAX ALL COUNT) ALL",
        ),
        // RFC 5182 §2.1
        (
            returning(&[SearchReturn::Save]),
            "UID SEARCH RETURN (SAVE) ALL",
        ),
        // RFC 5267 §4
        (
            returning(&[
                SearchReturn::Partial(PartialRange::first(1..=500)),
                SearchReturn::Update,
                SearchReturn::Context,
            ]),
            "UID SEARCH RETURN (PARTIAL 1:500 UPDATE CONTEXT) ALL",
        ),
        // RFC 9394 §3.1
        (
            returning(&[SearchReturn::Partial(PartialRange::last(1..=100))]),
            "UID SEARCH RETURN (PARTIAL -1:-100) ALL",
        ),
        // RFC 6203 §4
        (
            returning(&[SearchReturn::Relevancy, SearchReturn::All]),
            "UID SEARCH RETURN (RELEVANCY ALL) ALL",
        ),
        // Options come before the charset (RFC 4466 §2.6.1).
        (
            search(SearchQuery::new(SearchKey::To("ö".into())).returning([SearchReturn::Count])),
            "UID SEARCH RETURN (COUNT) CHARSET UTF-8 TO {2+}\r\nö",
        ),
    ]);
    let backwards = PartialRange::first(std::ops::RangeInclusive::new(5, 1));
    refused([
        (
            returning(&[SearchReturn::Partial(PartialRange::first(0..=5))]),
            "1:100",
        ),
        (
            returning(&[SearchReturn::Partial(PartialRange::last(0..=5))]),
            "1:100",
        ),
        (returning(&[SearchReturn::Partial(backwards)]), "1:100"),
    ]);
}

#[test]
fn updates_are_cancelled() {
    let tags = [Tag::new("B01"), Tag::new("B02")];
    // RFC 5267 §4.3.5
    written([(command::cancel_update(&tags), r#"CANCELUPDATE "B01" "B02""#)]);
    refused([
        (command::cancel_update(&[]), "at least one"),
        (command::cancel_update(&[Tag::new("a\r\nb")]), "not a word"),
        (command::cancel_update(&[Tag::new("ü")]), "not a word"),
    ]);
}

#[test]
fn many_mailboxes() {
    let folders = [
        Scope::Mailboxes(vec!["folder1".into()]),
        Scope::Subtree(vec!["folder2".into()]),
    ];
    let multi =
        |scopes: &[Scope], query: SearchQuery| command::multi_search(scopes.iter().cloned(), query);
    written([
        // RFC 7377 §2.1, §2.3
        (
            multi(&folders, "UNSEEN".into()),
            "ESEARCH IN (MAILBOXES \"folder1\" SUBTREE \"folder2\") UNSEEN",
        ),
        (multi(&[], "UNSEEN".into()), "ESEARCH UNSEEN"),
        (
            multi(
                &[
                    Scope::Selected,
                    Scope::Inboxes,
                    Scope::Personal,
                    Scope::Subscribed,
                    Scope::SubtreeOne(vec!["a b".into(), "ü".into()]),
                ],
                SearchQuery::new(SearchKey::Subject("☺".into())).returning([SearchReturn::Count]),
            ),
            "ESEARCH IN (SELECTED INBOXES PERSONAL SUBSCRIBED SUBTREE-ONE (\"a b\" \"&APw-\")) \
             RETURN (COUNT) CHARSET UTF-8 SUBJECT {3+}\r\n☺",
        ),
    ]);
    refused([
        (
            multi(&[Scope::Subtree(vec![])], "ALL".into()),
            "at least one",
        ),
        (
            multi(&[Scope::Mailboxes(vec!["".into()])], "ALL".into()),
            "empty",
        ),
        (multi(&[Scope::SelectedDelayed], "ALL".into()), "NOTIFY"),
    ]);
}
