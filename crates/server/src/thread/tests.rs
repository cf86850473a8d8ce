//! Tests of both algorithms of THREAD.

use std::sync::Arc;

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::{
    message::Message,
    search::tests::keys,
    store::{AccountId, Draft, Flags, Labels},
};

/// Returns a store with messages with these headers, at intervals of a minute.
fn store(headers: &[String]) -> (Store, AccountId) {
    let mut store = Store::new();
    let bob = store.add_account("bob", "sekret");
    for (minute, header) in (0..).zip(headers) {
        let draft = Draft {
            message: Arc::new(Message::new(format!("{header}\r\n\r\n"))),
            flags: Flags::default(),
            date: DateTime::from_timestamp(minute * 60, 0).map(|date| date.fixed_offset()),
            labels: Labels::default(),
        };
        store.append(bob, "INBOX", draft).unwrap();
    }
    (store, bob)
}

fn threads(headers: &[String], algorithm: &ThreadingAlgorithm<'_>, uid: bool) -> Vec<Thread> {
    let (mut store, bob) = store(headers);
    let (view, _) = store.select(bob, "INBOX", false).unwrap();
    store.thread(&view, algorithm, &keys("ALL"), uid).unwrap()
}

fn shown(headers: &[&str], algorithm: &ThreadingAlgorithm<'_>) -> String {
    let headers: Vec<_> = headers.iter().map(|h| (*h).to_owned()).collect();
    let all = threads(&headers, algorithm, false);
    all.iter().map(ToString::to_string).collect()
}

/// Returns the threads of messages, given in the form `2 Subject <1` for a message with the ID 2,
/// that subject and a reference to 1.
fn referring(letters: &[&str]) -> String {
    let headers: Vec<_> = letters
        .iter()
        .map(|letter| {
            let (rest, references) = letter.split_once('<').unwrap_or((letter, ""));
            let (id, subject) = rest.split_once(' ').unwrap_or((rest, ""));
            let references: Vec<_> = references
                .split(',')
                .map(|id| format!("<{id}@x>"))
                .collect();
            let mut header = format!("Subject: {subject}");
            if !id.is_empty() {
                header += &format!("\r\nMessage-ID: <{id}@x>");
            }
            if letter.contains('<') {
                header += &format!("\r\nReferences: {}", references.join(" "));
            }
            header
        })
        .collect();
    let all = threads(&headers, &ThreadingAlgorithm::References, false);
    all.iter().map(ToString::to_string).collect()
}

#[test]
fn by_references() {
    for (what, letters, expected) in [
        ("none", vec![], ""),
        ("a line", vec!["a s", "b s<a", "c s<a,b"], "(1 2 3)"),
        (
            "branches",
            vec!["a s", "b s<a", "c s<a", "d s<a,b"],
            "(1 (2 4)(3))",
        ),
        ("answers first", vec!["c s<a,b", "b s<a", "a s"], "(3 2 1)"),
        ("no dummy for one", vec!["b s<a"], "(1)"),
        ("a dummy for two", vec!["b s<a", "c t<a"], "((1)(2))"),
        (
            "a dummy inside goes",
            vec!["a s", "d s<a,b,c", "e s<a,b"],
            "(1 (2)(3))",
        ),
        ("apart", vec!["a s", "b t"], "(1)(2)"),
        ("by subject", vec!["a s", "b Re: s"], "(1 2)"),
        (
            "an answer that came first",
            vec!["a Re: s", "b s", "c RE: s"],
            "(2 (1)(3))",
        ),
        ("two of one subject", vec!["a s", "b s"], "((1)(2))"),
        (
            "three of one subject",
            vec!["a s", "b s", "c s"],
            "((1)(2)(3))",
        ),
        (
            "two answers without a question",
            vec!["a Re: s", "b Re: s"],
            "((1)(2))",
        ),
        (
            "dummies of one subject",
            vec!["b s<a", "c s<a", "e s<d", "f s<d"],
            "((1)(2)(3)(4))",
        ),
        (
            "a dummy takes a message",
            vec!["b s<a", "c s<a", "d s"],
            "((1)(2)(3))",
        ),
        (
            "no subject joins nothing",
            vec!["a", "b", "c Re:"],
            "(1)(2)(3)",
        ),
        ("a loop", vec!["a s<b", "b s<a"], "(2 1)"),
        ("itself", vec!["a s<a"], "(1)"),
        ("one ID twice", vec!["a s", "a t", "b u<a"], "(1 3)(2)"),
        ("no ID", vec![" s<a", " t<a"], "((1)(2))"),
        (
            "its own word counts",
            vec!["x s<a,b,c", "c s<d", "d s"],
            "(3 2 1)",
        ),
    ] {
        assert_eq!(referring(&letters), expected, "{what}");
    }
}

#[test]
fn in_reply_to_is_for_those_without_references() {
    let references = ThreadingAlgorithm::References;
    let headers = [
        "Message-ID: <\"a b\"@x>\r\nSubject: s",
        "In-Reply-To: mail of Bob <\"a\\ b\"@x> and <other@x>\r\nSubject: t",
        "In-Reply-To: not an id\r\nSubject: u",
        "References: broken\r\nIn-Reply-To: <\"a b\"@x>\r\nSubject: v",
    ];
    assert_eq!(shown(&headers, &references), "(1 (2)(4))(3)");
}

#[test]
fn by_date_of_the_header() {
    let headers = [
        "Message-ID: <a@x>\r\nSubject: s\r\nDate: Mon, 1 Jan 2024 12:00:00 +0000",
        "References: <a@x>\r\nSubject: s\r\nDate: Mon, 1 Jan 2024 15:00:00 +0000",
        "References: <a@x>\r\nSubject: s\r\nDate: Mon, 1 Jan 2024 15:30:00 +0200",
        "Subject: old\r\nDate: Sun, 31 Dec 2023 23:59:00 +0000",
    ];
    assert_eq!(
        shown(&headers, &ThreadingAlgorithm::References),
        "(4)(1 (3)(2))"
    );
}

#[test]
fn by_subject() {
    let headers = [
        "Subject: s\r\nDate: Mon, 1 Jan 2024 12:00:00 +0000",
        "Subject: t\r\nDate: Mon, 1 Jan 2024 11:00:00 +0000",
        "Subject: Re: s\r\nDate: Mon, 1 Jan 2024 14:00:00 +0000",
        "Subject: s (fwd)\r\nDate: Mon, 1 Jan 2024 13:00:00 +0000",
        "Subject: Re: T\r\nDate: Mon, 1 Jan 2024 16:00:00 +0000",
        "X: no subject",
    ];
    assert_eq!(
        shown(&headers, &ThreadingAlgorithm::OrderedSubject),
        "(6)(2 5)(1 (4)(3))"
    );
}

#[test]
fn only_what_is_found_and_by_uid() {
    let headers = ["Subject: s", "Subject: s", "Subject: s"].map(str::to_owned);
    let (mut store, bob) = store(&headers);
    let (mut view, _) = store.select(bob, "INBOX", false).unwrap();
    let algorithm = ThreadingAlgorithm::OrderedSubject;
    let all = store.thread(&view, &algorithm, &keys("2:*"), true).unwrap();
    assert_eq!(
        all.iter().map(ToString::to_string).collect::<String>(),
        "(2 3)"
    );
    let odd = ThreadingAlgorithm::from(imap_codec::imap_types::core::Atom::unvalidated("ODD"));
    assert_eq!(
        store.thread(&view, &odd, &keys("ALL"), true),
        Err(ThreadError::Algorithm)
    );
    let none = store.thread(&view, &algorithm, &keys("9"), true);
    assert_eq!(none, Ok(Vec::new()));
    view.strict = true;
    let bad = store.thread(&view, &algorithm, &keys("9"), true);
    assert_eq!(bad, Err(ThreadError::BadSequence(BadSequence)));
}

/// Returns all numbers in threads, in their order.
fn members(threads: &[Thread]) -> Vec<u32> {
    let mut all = Vec::new();
    for thread in threads {
        let answers = match thread {
            Thread::Members { prefix, answers } => {
                all.extend(prefix.as_ref().iter().map(|n| n.get()));
                answers.as_ref()
            }
            Thread::Nested { answers } => Some(answers),
        };
        all.extend(answers.map_or_else(Vec::new, |answers| members(answers.as_ref())));
    }
    all
}

#[test]
fn deep_threads_stay_flat_enough() {
    let mut headers = Vec::new();
    for level in 0..3000 {
        let parent = format!("References: <{}@x>", level - 1);
        headers.push(format!("Message-ID: <{level}@x>\r\nSubject: s\r\n{parent}"));
        headers.push(format!(
            "Message-ID: <{level}.side@x>\r\nSubject: s\r\n{parent}"
        ));
    }
    let threads = threads(&headers, &ThreadingAlgorithm::References, true);
    let mut all = members(&threads);
    all.sort_unstable();
    assert_eq!(all, (1..=6000).collect::<Vec<_>>());
}

fn any_headers() -> impl Strategy<Value = Vec<String>> {
    let id = || 0..12_usize;
    let subject = prop::sample::select(vec!["s", "Re: s", "t", "Fwd: t", "", "Re:"]);
    let header = (
        proptest::option::of(id()),
        proptest::collection::vec(id(), 0..5),
        subject,
        0..30_u32,
    )
        .prop_map(|(own, references, subject, day)| {
            let references: Vec<_> = references.iter().map(|id| format!("<{id}@x>")).collect();
            let own = own
                .map(|id| format!("\r\nMessage-ID: <{id}@x>"))
                .unwrap_or_default();
            format!(
                "Subject: {subject}\r\nDate: {} Jan 2024 00:00:00 +0000\r\nReferences: {}{own}",
                day + 1,
                references.join(" ")
            )
        });
    proptest::collection::vec(header, 0..25)
}

proptest! {
    #[test]
    fn each_message_is_in_one_thread_once(headers in any_headers()) {
        for algorithm in [ThreadingAlgorithm::References, ThreadingAlgorithm::OrderedSubject] {
            let mut all = members(&threads(&headers, &algorithm, false));
            all.sort_unstable();
            let count = u32::try_from(headers.len()).unwrap();
            prop_assert_eq!(all, (1..=count).collect::<Vec<_>>());
        }
    }
}
