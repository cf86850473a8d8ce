//! Sets of messages: parsing, members, splitting.

use imapclient_codec::{NumberSet, SeqSet, SetRange, Uid, UidSet};

/// `data` is the text of a set, and numbers to insert into one.
///
/// # Panics
/// Panics if a set loses or gains a member.
pub fn sets(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(set) = text.parse::<UidSet>()
    {
        check(&set);
        let seqs: SeqSet = text.parse().expect("all kinds have one syntax");
        assert_eq!(seqs.to_string(), set.to_string());
        let numbers: NumberSet = text.parse().expect("all kinds have one syntax");
        assert_eq!(numbers.clone().into_seqs(), seqs);
        assert_eq!(numbers.into_uids(), set);
    }
    numbers(data);
}

fn check(set: &UidSet) {
    let text = set.to_string();
    assert_eq!(text.parse::<UidSet>().as_ref(), Ok(set), "{text}");

    let mut compact = set.clone();
    compact.compact();
    assert_eq!(compact.has_star(), set.has_star(), "{text}");
    let mut again = compact.clone();
    again.compact();
    assert_eq!(again, compact, "{text}");
    let numbers: Vec<_> = compact.ranges().collect();
    for pair in numbers.windows(2) {
        if let [SetRange::Numbers(_, end), SetRange::Numbers(start, _)] = pair {
            assert!(
                u64::from(start.get()) > u64::from(end.get()) + 1,
                "{compact}"
            );
        }
    }
    for number in edges(set) {
        assert_eq!(
            compact.contains(number),
            set.contains(number),
            "{number} in {text}"
        );
        let by_hand = set.ranges().any(|range| match range {
            SetRange::Numbers(first, last) => (first..=last).contains(&number),
            SetRange::From(first) => number >= first,
            SetRange::Last => false,
        });
        assert_eq!(set.contains(number), by_hand, "{number} in {text}");
    }

    for size in [1, 7, 30] {
        let pieces: Vec<_> = set.split(size).collect();
        let texts: Vec<_> = pieces.iter().map(ToString::to_string).collect();
        assert_eq!(texts.join(","), text);
        for (piece, text) in pieces.iter().zip(texts) {
            assert!(text.len() <= size || piece.ranges().len() == 1);
        }
    }
}

/// Returns the lowest and the highest UID, the ends of all ranges, and their neighbours.
fn edges(set: &UidSet) -> Vec<Uid> {
    let mut edges = vec![Uid::MIN, Uid::MAX];
    for range in set.ranges() {
        let (first, last) = match range {
            SetRange::Numbers(first, last) => (first, last),
            SetRange::From(first) => (first, first),
            SetRange::Last => continue,
        };
        edges.extend([first, last]);
        edges.extend(Uid::new(first.get() - 1));
        edges.extend(Uid::new(last.get().wrapping_add(1)));
    }
    edges
}

fn numbers(data: &[u8]) {
    let numbers: Vec<u32> = data
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |n, byte| n * 256 + u32::from(*byte)))
        .collect();
    let set: UidSet = numbers.iter().copied().collect();
    let mut expected: Vec<u32> = numbers.iter().copied().filter(|n| *n > 0).collect();
    expected.sort_unstable();
    expected.dedup();
    let members: Vec<Uid> = set.iter().expect("there is no star").collect();
    assert_eq!(members, expected);
    assert_eq!(set.len(), Some(expected.len() as u64));

    let mut one_by_one = UidSet::new();
    for number in &numbers {
        match Uid::new(*number) {
            Some(uid) => one_by_one.insert(uid),
            // The set remembers it.
            None => one_by_one.extend([0]),
        }
    }
    assert_eq!(one_by_one, set);
    let (some, others) = numbers.split_at(numbers.len() / 2);
    let mut both = UidSet::from(some);
    both.append(UidSet::from(others));
    both.compact();
    assert_eq!(both, set);
}
