//! Tests of LIST: patterns, options and attributes.

use super::*;

/// Returns the matching names with their attributes.
fn listed(lines: Vec<Listed>) -> Vec<String> {
    lines
        .into_iter()
        .map(|line| {
            let attributes: Vec<_> = line.attributes.iter().map(ToString::to_string).collect();
            format!("{} {}", line.name, attributes.join(" "))
        })
        .collect()
}

fn store() -> (Store, AccountId) {
    let mut store = Store::new();
    let bob = store.add_account("bob", "sekret");
    for name in ["a", "a/b", "a/b/c", "x/y", "Zürich"] {
        store.create(bob, name).unwrap();
    }
    (store, bob)
}

#[test]
fn wildcards() {
    let (store, bob) = store();
    for (reference, pattern, expected) in [
        (
            "",
            "*",
            vec!["INBOX", "Zürich", "a", "a/b", "a/b/c", "x", "x/y"],
        ),
        ("", "%", vec!["INBOX", "Zürich", "a", "x"]),
        ("", "inbox", vec!["INBOX"]),
        ("", "a/%", vec!["a/b"]),
        ("a/", "%", vec!["a/b"]),
        ("a/", "*", vec!["a/b", "a/b/c"]),
        ("a", "*", vec!["a", "a/b", "a/b/c"]),
        ("", "*c", vec!["a/b/c"]),
        ("", "%/%", vec!["a/b", "x/y"]),
        ("", "Z?rich", vec![]),
        ("", "Zü%", vec!["Zürich"]),
        ("", "A", vec![]),
        ("", "*%*%*%*%*%*%*%*%c", vec!["a/b/c"]),
    ] {
        let found: Vec<_> = store.list(bob, Pattern::new(reference, pattern));
        let names: Vec<_> = found.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, expected, "{reference:?} {pattern:?}");
    }
}

#[test]
fn what_is_no_text_is_compared_with_names_as_they_are_told() {
    let mut store = Store::new();
    let bob = store.add_account("bob", "sekret");
    for name in ["台北", "日本語/ü", "Tom & Jerry", "über"] {
        store.create(bob, name).unwrap();
    }
    for (reference, pattern, expected) in [
        ("", "&*", vec!["über", "台北", "日本語", "日本語/ü"]),
        ("", "&U*", vec!["台北"]),
        ("", "&ZeV%", vec!["日本語"]),
        ("", "&APw-*", vec!["über"]),
        ("&U", "*", vec!["台北"]),
        ("", "*&-*", vec!["Tom & Jerry"]),
        ("", "Tom & *", vec![]),
        ("", "\u{fc}*", vec![]),
    ] {
        let pattern = Pattern::read(reference.as_bytes(), pattern.as_bytes());
        let found = store.list(bob, pattern).into_iter();
        let names: Vec<_> = found.map(|line| line.name).collect();
        assert_eq!(names, expected, "{reference:?}");
    }
}

#[test]
fn attributes() {
    let (mut store, bob) = store();
    let archive = vec![crate::store::SpecialUse::Archive];
    store.set_special_use(bob, "a", archive).unwrap();
    assert_eq!(
        listed(store.list(bob, Pattern::new("", "*"))),
        [
            "INBOX \\HasNoChildren",
            "Zürich \\HasNoChildren",
            "a \\HasChildren \\Archive",
            "a/b \\HasChildren",
            "a/b/c \\HasNoChildren",
            "x \\Noselect \\HasChildren",
            "x/y \\HasNoChildren",
        ]
    );
    assert_eq!(
        listed(store.list(bob, Pattern::new("any", ""))),
        [" \\Noselect"]
    );
}

#[test]
fn subscriptions() {
    let (mut store, bob) = store();
    for name in ["gone/child", "x"] {
        store.create(bob, name).unwrap();
    }
    for name in ["a/b/c", "gone/child", "x"] {
        store.subscribe(bob, name).unwrap();
    }
    store.delete(bob, "gone/child").unwrap();
    store.unsubscribe(bob, "INBOX");
    for (pattern, expected) in [
        ("*", vec!["a/b/c ", "gone/child ", "x "]),
        ("%", vec!["a \\Noselect", "gone \\Noselect", "x "]),
        ("a/%", vec!["a/b \\Noselect"]),
        ("a", vec![]),
    ] {
        assert_eq!(
            listed(store.lsub(bob, &Pattern::new("", pattern))),
            expected,
            "{pattern:?}"
        );
    }
}
