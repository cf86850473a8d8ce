//! Message sets: parsing, formatting, querying, splitting.

use imapclient_codec::{
    SeqSet, SetRange, UidSet,
    command::{self, MessageSet, Messages, SearchKey},
};
use proptest::prelude::*;

fn set(text: &str) -> UidSet {
    text.parse().unwrap()
}

#[test]
fn text_is_read() {
    for (text, shown) in [
        ("1", "1"),
        ("1:5,7,9:*", "1:5,7,9:*"),
        ("7:3", "3:7"),
        ("*:3", "3:*"),
        ("*", "*"),
        ("*:*", "*"),
        (" 1 , 2:3 ", "1,2:3"),
        ("9,1:3,2", "9,1:3,2"),
        ("3:3", "3"),
        ("007", "7"),
        ("4294967295", "4294967295"),
    ] {
        assert_eq!(set(text).to_string(), shown, "{text}");
        assert_eq!(text.parse::<SeqSet>().unwrap().to_string(), shown, "{text}");
    }
}

#[test]
fn errors_say_what_and_where() {
    for (text, at, message) in [
        ("", 0, "a number is missing at byte 0 of the set \"\""),
        ("1,", 2, "a number is missing at byte 2 of the set \"1,\""),
        (
            "1,,2",
            2,
            "a number is missing at byte 2 of the set \"1,,2\"",
        ),
        ("1:", 0, "a number is missing at byte 0 of the set \"1:\""),
        (
            "5, 0",
            3,
            "there is no number 0 at byte 3 of the set \"5, 0\"",
        ),
        (
            "0:5",
            0,
            "there is no number 0 at byte 0 of the set \"0:5\"",
        ),
        (
            "4294967296",
            0,
            "the number is too large at byte 0 of the set \"4294967296\"",
        ),
        (
            "-1",
            0,
            "a number or `*` was expected at byte 0 of the set \"-1\"",
        ),
        (
            "+1",
            0,
            "a number or `*` was expected at byte 0 of the set \"+1\"",
        ),
        (
            "1:2:3",
            0,
            "a number or `*` was expected at byte 0 of the set \"1:2:3\"",
        ),
        (
            "1\r\n2",
            0,
            "a number or `*` was expected at byte 0 of the set \"1\\r\\n2\"",
        ),
    ] {
        let error = text.parse::<UidSet>().unwrap_err();
        assert_eq!((error.at(), error.to_string().as_str()), (at, message));
    }
}

#[test]
fn numbers_are_sorted_and_merged() {
    for (set, shown) in [
        (UidSet::from(5), "5"),
        (UidSet::from([3, 1, 2, 3, 9]), "1:3,9"),
        (UidSet::from(&[1, 2, 4][..]), "1:2,4"),
        (
            UidSet::from(vec![u32::MAX, u32::MAX - 1]),
            "4294967294:4294967295",
        ),
        (UidSet::from(2..=4), "2:4"),
        (UidSet::from(RangeReversed::MAKE), ""),
        (UidSet::from(7..), "7:*"),
        ((1..=1000).collect(), "1:1000"),
        ((1..=10).rev().collect(), "1:10"),
        (
            [set("5:*"), set("1:2"), set("3")].into_iter().collect(),
            "1:3,5:*",
        ),
        ([set("*"), set("1")].into_iter().collect(), "1,*"),
        (
            [set("4294967295"), set("*")].into_iter().collect(),
            "4294967295,*",
        ),
        (
            [set("5:*"), set("9"), set("*"), set("4")]
                .into_iter()
                .collect(),
            "4:*",
        ),
    ] {
        assert_eq!(set.to_string(), shown);
        assert_eq!(set.is_empty(), shown.is_empty());
        if !shown.is_empty() {
            assert_eq!(set, shown.parse().unwrap(), "the same however it was made");
        }
    }
}

#[test]
fn the_number_0_is_remembered_and_never_sent() {
    let mut grown = UidSet::from(5);
    grown.insert(0);
    let mut appended = UidSet::from(5);
    appended.append(UidSet::from(0));
    for (set, shown) in [
        (UidSet::from(0), ""),
        (UidSet::from(0..=0), ""),
        (UidSet::from(0..=4), "1:4"),
        (UidSet::from(0..), "1:*"),
        (UidSet::from([3, 0]), "3"),
        (UidSet::from(vec![0, 3]), "3"),
        (
            [UidSet::from(0), UidSet::from(7)].into_iter().collect(),
            "7",
        ),
        (grown, "5"),
        (appended, "5"),
    ] {
        assert_eq!((set.to_string().as_str(), set.has_zero()), (shown, true));
        assert!(!set.contains(0));
        let seqs = SeqSet::from(0);
        let why = "invalid message set: no message has the number 0: UIDs and sequence numbers begin at 1";
        let to = "x".into();
        for error in [
            Messages::from(&set).into_set().unwrap_err(),
            Messages::from(&seqs).into_set().unwrap_err(),
            command::uid_expunge(&set).unwrap_err(),
            command::copy(&MessageSet::Seqs(seqs.clone()), &to).unwrap_err(),
            command::search(SearchKey::Uid(set.clone())).unwrap_err(),
            command::search(SearchKey::Seq(seqs)).unwrap_err(),
        ] {
            assert_eq!(error.to_string(), why);
        }
    }
    assert!(!UidSet::from(RangeReversed::MAKE).has_zero() && !UidSet::from(1..).has_zero());
}

/// A range that ends before it begins.
struct RangeReversed;

impl RangeReversed {
    const MAKE: std::ops::RangeInclusive<u32> = std::ops::RangeInclusive::new(4, 2);
}

#[test]
fn anything_that_names_messages_is_taken() {
    fn take(set: impl Into<UidSet>) -> String {
        set.into().to_string()
    }
    assert_eq!(take(5), "5");
    assert_eq!(take(1..=3), "1:3");
    assert_eq!(take(7..), "7:*");
    assert_eq!(take([1, 2]), "1:2");
    // Borrowed, so they are still usable afterwards.
    let (list, all) = (vec![2], UidSet::all());
    assert_eq!((take(&list), take(&all)), ("2".into(), "1:*".into()));
    assert_eq!(take(list.as_slice()), "2");
    assert!(all.has_star());
}

#[test]
fn membership() {
    for (text, number, surely, maybe) in [
        ("1:5,9", 5, true, true),
        ("1:5,9", 6, false, false),
        ("9,1:5", 3, true, true),
        ("9,1:5", 10, false, false),
        ("5:*", 5, true, true),
        ("5:*", u32::MAX, true, true),
        ("5:*", 4, false, true),
        ("*", 4, false, true),
        ("*,1:3", 2, true, true),
        ("1:5", 0, false, false),
    ] {
        let set = set(text);
        assert_eq!(
            (set.contains(number), set.may_contain(number)),
            (surely, maybe),
            "{text} {number}"
        );
    }
    assert!(UidSet::all().contains(1) && UidSet::all().has_star());
    assert!(UidSet::last().has_star() && !UidSet::last().contains(1));
}

#[test]
fn counting_is_lazy() {
    let all = set("1:4294967295");
    assert_eq!(all.len(), Some(4_294_967_295));
    assert_eq!(all.iter().unwrap().nth(2), Some(3));
    assert_eq!(set("7,1:2").iter().unwrap().collect::<Vec<_>>(), [7, 1, 2]);
    for open in ["*", "1:*", "1,*", "*,1"] {
        assert!(
            set(open).iter().is_none() && set(open).len().is_none(),
            "{open}"
        );
    }
    assert_eq!(UidSet::new().len(), Some(0));
    let ranges: Vec<_> = set("9,1:5,3:*,*").ranges().collect();
    assert_eq!(
        ranges,
        [
            SetRange::Numbers(9, 9),
            SetRange::Numbers(1, 5),
            SetRange::From(3),
            SetRange::Last
        ]
    );
}

#[test]
fn changes_keep_a_set_compact() {
    let mut set = set("9,1:3");
    set.insert(4);
    assert_eq!(set.to_string(), "1:4,9");
    set.insert(2);
    set.insert(0);
    assert_eq!(set.to_string(), "1:4,9");
    set.extend([5, 8, 6]);
    assert_eq!(set.to_string(), "1:6,8:9");
    let mut wire = self::set("5,4,3:9");
    wire.compact();
    assert_eq!(wire.to_string(), "3:9");
}

#[test]
fn long_sets_are_cut() {
    let set = set("1:5,70,900:1000,2:*");
    let pieces = |max| {
        set.split(max)
            .map(|piece| piece.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(pieces(100), ["1:5,70,900:1000,2:*"]);
    assert_eq!(pieces(19), ["1:5,70,900:1000,2:*"]);
    assert_eq!(pieces(18), ["1:5,70,900:1000", "2:*"]);
    assert_eq!(pieces(6), ["1:5,70", "900:1000", "2:*"]);
    assert_eq!(pieces(0), ["1:5", "70", "900:1000", "2:*"]);
    assert_eq!(UidSet::new().split(10).count(), 0);
}

fn any_range() -> impl Strategy<Value = String> {
    let number = prop_oneof![1..20_u32, any::<u32>().prop_map(|n| n.max(1))];
    prop_oneof![
        8 => number.clone().prop_map(|n| n.to_string()),
        8 => (number.clone(), number.clone()).prop_map(|(a, b)| format!("{a}:{b}")),
        1 => number.prop_map(|n| format!("{n}:*")),
        1 => Just("*".to_owned()),
    ]
}

fn any_set() -> impl Strategy<Value = UidSet> {
    prop::collection::vec(any_range(), 1..30).prop_map(|ranges| ranges.join(",").parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_and_back(set in any_set()) {
        prop_assert_eq!(&set.to_string().parse::<UidSet>().unwrap(), &set);
    }

    #[test]
    fn compact_changes_no_member(set in any_set(), probes in prop::collection::vec(1..25_u32, 20)) {
        let mut compact = set.clone();
        compact.compact();
        for probe in probes {
            prop_assert_eq!(compact.contains(probe), set.contains(probe), "{} in {}", probe, set);
            prop_assert_eq!(compact.may_contain(probe), set.may_contain(probe));
        }
        prop_assert_eq!(compact.has_star(), set.has_star());
        prop_assert!(compact.to_string().len() <= set.to_string().len());
        let again = compact.to_string().parse::<UidSet>().unwrap();
        prop_assert_eq!(again, compact);
    }

    #[test]
    fn pieces_fit_and_lose_nothing(set in any_set(), max in 25..80_usize) {
        let pieces: Vec<UidSet> = set.split(max).collect();
        let texts: Vec<String> = pieces.iter().map(ToString::to_string).collect();
        prop_assert!(texts.iter().all(|text| text.len() <= max));
        prop_assert_eq!(texts.join(","), set.to_string());
    }

    #[test]
    fn a_set_of_numbers_holds_just_those(numbers in prop::collection::btree_set(1..500_u32, 0..100)) {
        let set: UidSet = numbers.iter().rev().copied().collect();
        prop_assert_eq!(set.len(), Some(numbers.len() as u64));
        prop_assert!(set.iter().unwrap().eq(numbers.iter().copied()));
    }
}
