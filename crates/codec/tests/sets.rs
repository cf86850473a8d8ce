//! Message sets: parsing, formatting, querying, splitting.

use std::num::NonZeroU32;

use imapclient_codec::{
    MessageCount, MessageNumber, NumberSet, Seq, SeqSet, SetRange, Uid, UidSet,
    command::{self, MessageSet, SearchKey},
};
use proptest::prelude::*;

fn set(text: &str) -> UidSet {
    text.parse().unwrap()
}

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

fn seq(number: u32) -> Seq {
    Seq::new(number).unwrap()
}

fn number(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
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
        let numbers = text.parse::<NumberSet>().unwrap();
        assert_eq!(numbers.to_string(), shown, "{text}");
        // The order stays the same.
        assert_eq!(numbers.clone().into_uids(), set(text));
        assert_eq!(numbers.into_seqs(), text.parse().unwrap());
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
    grown.extend([0]);
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
        let seqs = SeqSet::from(0);
        let why = "invalid message set: no message has the number 0: UIDs and sequence numbers begin at 1";
        let to = "x".into();
        for error in [
            MessageSet::from(set.clone()).check().unwrap_err(),
            MessageSet::from(seqs.clone()).check().unwrap_err(),
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

/// Checks each conversion to a set from numbers that the function creates.
macro_rules! converted {
    ($($set:ident from $of:expr;)+) => {$({
        let of = $of;
        for (set, shown) in [
            ($set::from(of(5)), "5"),
            ($set::from(of(2)..=of(4)), "2:4"),
            ($set::from(of(3)..=of(3)), "3"),
            ($set::from(of(4)..=of(2)), ""),
            ($set::from(of(u32::MAX - 1)..=of(u32::MAX)), "4294967294:4294967295"),
            ($set::from(of(7)..), "7:*"),
            ($set::from([of(9), of(1), of(2), of(1)]), "1:2,9"),
            ($set::from(&[of(3), of(1)]), "1,3"),
            ($set::from(&[of(2), of(4)][..]), "2,4"),
            ($set::from(vec![of(6), of(5)]), "5:6"),
            ($set::from(&vec![of(8)]), "8"),
            ((1..=1000).map(of).collect(), "1:1000"),
        ] {
            assert_eq!(set.to_string(), shown, concat!(stringify!($set), " from ", stringify!($of)));
            assert!(!set.has_zero());
            if !shown.is_empty() {
                assert_eq!(set, shown.parse().unwrap(), "the same however it was made");
            }
        }
        let mut set = $set::from(of(5));
        set.extend([of(8), of(6)]);
        assert_eq!(set, $set::from([5, 6, 8]));
    })+};
}

#[test]
fn sets_are_created_from_each_kind_of_number() {
    fn plain(number: u32) -> u32 {
        number
    }
    converted! {
        UidSet from plain;
        UidSet from uid;
        SeqSet from plain;
        SeqSet from seq;
    }
}

#[test]
fn numbers_of_an_unknown_kind_get_one() {
    let found = [number(9), number(2), number(1), number(2)];
    let set: NumberSet = found.into_iter().collect();
    assert_eq!(set.to_string(), "1:2,9");
    assert_eq!((set.len(), set.has_star()), (Some(3), false));
    assert!(set.contains(number(9)) && !set.contains(number(3)));
    assert_eq!(set.iter().unwrap().collect::<Vec<_>>(), [1, 2, 9]);
    let ranges = [
        SetRange::Numbers(number(1), number(2)),
        SetRange::Numbers(number(9), number(9)),
    ];
    assert!(set.ranges().eq(ranges));
    assert_eq!(set.clone().into_uids(), UidSet::from([1, 2, 9]));
    assert_eq!(set.clone().into_seqs(), SeqSet::from([1, 2, 9]));
    assert_eq!(format!("{set:?}"), "NumberSet(1:2,9)");
    let mut grown = set;
    grown.insert(number(3));
    grown.append("7:*".parse().unwrap());
    assert_eq!(grown.to_string(), "1:3,9,7:*");
    grown.compact();
    assert_eq!(grown.to_string(), "1:3,7:*");
    assert!(grown.iter().is_none() && grown.may_contain(number(5)));

    let uids: UidSet = found.into_iter().map(MessageNumber::as_uid).collect();
    let seqs: SeqSet = found.into_iter().map(MessageNumber::as_seq).collect();
    assert_eq!((uids, seqs), ([1, 2, 9].into(), [1, 2, 9].into()));
    assert!(NumberSet::new().is_empty() && NumberSet::new().into_uids().is_empty());
}

#[test]
fn numbers_begin_at_1() {
    let zero = "no message has the number 0: UIDs and sequence numbers begin at 1";
    /// Checks one kind of number.
    macro_rules! checked {
        ($($number:ident $what:literal;)+) => {$(
            assert_eq!(($number::new(0), $number::new(1)), (None, Some($number::MIN)));
            assert_eq!(($number::MIN.get(), $number::MAX.get()), (1, u32::MAX));
            let seven = $number::try_from(7).unwrap();
            assert_eq!(seven, 7);
            assert_eq!(Ok(seven), "7".parse());
            assert_eq!((u32::from(seven), seven.to_string()), (7, "7".to_owned()));
            assert_eq!($number::from(NonZeroU32::from(seven)), seven);
            assert!(seven > $number::MIN && seven < $number::MAX);
            for error in [$number::try_from(0).unwrap_err(), "0".parse::<$number>().unwrap_err()] {
                assert_eq!(error.to_string(), format!("invalid {}: {zero}", $what));
            }
        )+};
    }
    checked! {
        Uid "UID";
        Seq "sequence number";
        MessageNumber "message number";
    }
    // A count can be 0.
    let none = MessageCount::from(0);
    assert_eq!((none.get(), none), (0, MessageCount::default()));
    assert_eq!(MessageCount::from(2).saturating_sub(5), none);
    assert_eq!(MessageCount::from(5).saturating_sub(2), 3);
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
    ] {
        let (set, number) = (set(text), uid(number));
        assert_eq!(
            (set.contains(number), set.may_contain(number)),
            (surely, maybe),
            "{text} {number}"
        );
    }
    assert!(UidSet::all().contains(Uid::MIN) && UidSet::all().has_star());
    assert!(UidSet::last().has_star() && !UidSet::last().contains(Uid::MIN));
}

#[test]
fn counting_is_lazy() {
    let all = set("1:4294967295");
    assert_eq!(all.len(), Some(4_294_967_295));
    assert_eq!(all.iter().unwrap().nth(2), Uid::new(3));
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
            SetRange::Numbers(uid(9), uid(9)),
            SetRange::Numbers(uid(1), uid(5)),
            SetRange::From(uid(3)),
            SetRange::Last
        ]
    );
}

#[test]
fn changes_keep_a_set_compact() {
    let mut set = set("9,1:3");
    set.insert(uid(4));
    assert_eq!(set.to_string(), "1:4,9");
    set.insert(uid(2));
    set.extend([0]);
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
        for probe in probes.into_iter().map(uid) {
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
