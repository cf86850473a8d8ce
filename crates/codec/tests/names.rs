//! Names of items, attributes and keys: each is spelled once, and read back as what it is.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use imapclient_codec::{
    Attribute, Flag,
    command::{
        self, EntryType, SearchKey, SearchTerm, SortKey, StatusItem, ThreadAlgorithm, UrlItem,
    },
};
use proptest::{prelude::*, sample::select};

/// Checks that the values are read back from their names in any case, and that no two share one.
fn round_trips<T>(all: &[T])
where
    T: FromStr<Err: std::fmt::Debug> + Display + PartialEq + std::fmt::Debug,
{
    for value in all {
        let name = value.to_string();
        for spelled in [name.clone(), name.to_lowercase(), name.to_uppercase()] {
            assert_eq!(&spelled.parse::<T>().unwrap(), value, "{spelled}");
        }
        assert_eq!(format!("{value:>40}").len(), 40, "padding is respected");
    }
    let names: BTreeSet<_> = all.iter().map(|value| value.to_string()).collect();
    assert_eq!(names.len(), all.len());
}

#[test]
fn all_values_are_read_back_from_their_names() {
    round_trips(StatusItem::ALL);
    round_trips(SortKey::ALL);
    round_trips(UrlItem::ALL);
    round_trips(EntryType::ALL);
    round_trips(ThreadAlgorithm::KNOWN);
    round_trips(Attribute::KNOWN);
    round_trips(Attribute::SPECIAL_USES);
    round_trips(Flag::SYSTEM);
    let uses = Attribute::SPECIAL_USES.iter();
    assert!(uses.clone().all(|one| Attribute::KNOWN.contains(one)));
}

#[test]
fn the_error_for_another_word_lists_those_that_are_known() {
    let error = "MESAGES".parse::<StatusItem>().unwrap_err().to_string();
    assert!(
        error.starts_with("invalid status item: \"MESAGES\" is not known; use one of MESSAGES, ")
    );
    assert!("".parse::<SortKey>().is_err());
    // A list whose end is unknown accepts any name.
    assert_eq!("\\X".parse(), Ok(Attribute::Other("\\X".to_owned())));
    assert_eq!(
        ThreadAlgorithm::from("x"),
        ThreadAlgorithm::Other("x".to_owned())
    );
}

/// Makes a key from a name, with any argument.
fn made(term: &SearchTerm, text: &str) -> Option<SearchKey> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
    Some(match term {
        SearchTerm::Plain(key) => key.clone(),
        SearchTerm::Text(make) => make(text.to_owned()),
        SearchTerm::Header(make) => make("X".to_owned(), text.to_owned()),
        SearchTerm::Keyword(make) => make(Flag::from("work")),
        SearchTerm::Day(make) => make(day),
        SearchTerm::Seconds(make) => make(7),
        SearchTerm::Size(make) | SearchTerm::Number(make) => make(7),
        SearchTerm::Label(make) => make("work".into()),
        SearchTerm::Uids(make) => make(7.into()),
        SearchTerm::Key(make) => make(Box::new(SearchKey::Seen)),
        SearchTerm::Keys(make) => make(Box::new(SearchKey::Seen), Box::new(SearchKey::Draft)),
        _ => return None,
    })
}

proptest! {
    /// The name by which a key is found is the one that is written for it.
    #[test]
    fn a_search_key_is_written_by_the_name_that_finds_it(
        name in select(SearchKey::NAMES),
        text in "[a-z0-9]{1,10}",
        upper in any::<bool>(),
    ) {
        let typed = if upper { name.to_owned() } else { name.to_lowercase() };
        let key = made(SearchKey::named(&typed).unwrap(), &text).unwrap();
        prop_assert_eq!(key.name(), Some(name));
        let outgoing = command::search(&key).unwrap();
        let shown = format!("{outgoing:?}");
        let expected = format!("UID SEARCH {name}");
        prop_assert!(shown.contains(&expected), "{} lacks {}", shown, expected);
    }
}

#[test]
fn keys_without_a_name_have_none() {
    for key in [
        SearchKey::Saved,
        SearchKey::Seq("1".parse().unwrap()),
        SearchKey::from("UNSEEN"),
        SearchKey::Seen & SearchKey::Draft,
    ] {
        assert_eq!(key.name(), None);
    }
    assert!(SearchKey::named("$").is_none());
    assert!(SearchKey::named("").is_none());
    let names: BTreeSet<_> = SearchKey::NAMES.iter().collect();
    assert_eq!(names.len(), SearchKey::NAMES.len());
}
