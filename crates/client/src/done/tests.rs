//! Tests of reported changes.

use imapclient_codec::SeqSet;

use super::*;

fn uids(text: &str) -> UidSet {
    text.parse().unwrap()
}

/// Returns whether a COPYUID with this source and destination is accepted.
fn believed(asked: &MessageSet, exists: u32, source: &str, destination: &str) -> bool {
    let told = CopyUid {
        uid_validity: 7,
        source: uids(source),
        destination: uids(destination),
    };
    proved(told.clone(), asked, exists.into()) == Some(told)
}

#[test]
fn a_copyuid_is_held_against_what_was_asked_for() {
    let by_uid = |asked| MessageSet::Uids(uids(asked));
    let by_seq = |asked: &str| MessageSet::Seqs(asked.parse::<SeqSet>().unwrap());
    for (asked, source, destination, expected) in [
        (by_uid("1:2"), "1:2", "10:11", true),
        (by_uid("1:2"), "2", "10", true),
        (by_uid("2,1"), "2,1", "10:11", true),
        (by_uid("1,2,3,5:9"), "1:3,6:8", "20:25", true),
        // More messages than requested, other messages, and a range over a gap.
        (by_uid("1:2"), "1:4294967295", "1:4294967295", false),
        (by_uid("1:2"), "1:3", "10:12", false),
        (by_uid("1:2"), "3:4", "10:11", false),
        (by_uid("1,3"), "1:3", "10:12", false),
        // These do not pair the messages.
        (by_uid("1:2"), "1:2", "10", false),
        (by_uid("1:2"), "1:2", "10:12", false),
        (by_uid("1:2"), "1,1", "10:11", false),
        (by_uid("1:2"), "1:2", "10,10", false),
        (by_uid("1:2"), "1:2,2", "10:12", false),
        (by_uid("1:2"), "1:*", "10:*", false),
        // An open set has at most as many messages as the mailbox.
        (by_uid("1:*"), "4,8,90", "1:3", true),
        (by_uid("*"), "90", "1", true),
        (by_uid("1:*"), "1:4", "1:4", false),
        (by_uid("1:*"), "1:4294967295", "1:4294967295", false),
        (by_seq("1:2"), "70,90", "1:2", true),
        (by_seq("1:2"), "70:72", "1:3", false),
        (by_seq("2:*"), "70:72", "1:3", true),
        (by_seq("2:*"), "70:73", "1:4", false),
        (MessageSet::Saved, "70:72", "1:3", true),
        (MessageSet::Saved, "70:73", "1:4", false),
    ] {
        assert_eq!(
            believed(&asked, 3, source, destination),
            expected,
            "{asked:?}: {source} {destination}"
        );
    }
}

#[test]
fn sets_contain_others() {
    for (all, some, expected) in [
        ("1:5", "2:3,5", true),
        ("5,1:4", "1:5", true),
        ("1:5", "5:6", false),
        ("3", "1", false),
    ] {
        assert_eq!(
            contains_all(&uids(all), &uids(some)),
            expected,
            "{all} {some}"
        );
    }
    assert!(contains_all(&UidSet::new(), &UidSet::new()));
    assert!(!contains_all(&UidSet::new(), &uids("1")));
    assert!(!contains_all(&uids("1:9"), &UidSet::all()));
}
