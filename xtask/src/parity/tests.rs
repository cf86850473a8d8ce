//! Tests of the parity check on sources with one defect each.

use std::path::Path;

use super::*;

const ASYNC_FACE: &str = "
    impl<S: Socket> Client<S> {
        /// ```
        /// client.flags(1).await?;
        /// ```
        #[doc(alias = \"get_flags\")]
        pub async fn flags(&mut self, messages: impl Into<Messages>) -> Result<()> {}
        /// ```
        /// # let client = connect();
        /// client.state();
        /// ```
        pub fn state(&self) -> &State {}
        async fn private(&mut self) {}
        #[doc(hidden)]
        pub fn hidden(&self) {}
    }
    impl<S> fmt::Debug for Client<S> { fn fmt(&self) {} }
    impl Other { pub fn other(&self) {} }";

const BLOCKING_FACE: &str = "
    impl Client {
        #[doc(alias = \"get_flags\")]
        pub fn flags(&mut self, messages: impl Into<Messages>) -> Result<()> {}
        pub fn state(&self) -> &State {}
    }";

const GUIDE_TEXT: &str = "
## Methods

| theirs | ours |
| `get_flags(messages)` | `flags(messages)` |
| `starttls()` | `Builder::starttls()` |

## What works here

* Flags are flags: [`flags_are_flags`](../crates/client/tests/client/flags.rs)
";

const TEST: &str = "
    faces! {
        #[case]
        async fn flags_are_flags() { client.flags(1).await.unwrap(); assert!(client.state().is()); }
    }";

const ROWS: &str =
    "fn table() { row(\"flags\", \"messages\", Set, |client, text| client.flags(text)) }";

fn file(path: &str, text: &str) -> File {
    File {
        path: path.into(),
        text: text.to_owned(),
    }
}

/// Returns a small workspace in which nothing is missing.
fn small() -> Workspace {
    Workspace {
        methods: "# theirs ours\nget_flags  Client::flags\nstarttls Builder::starttls\n".to_owned(),
        async_face: vec![file("api.rs", ASYNC_FACE)],
        blocking_face: vec![file("blocking.rs", BLOCKING_FACE)],
        builder: vec![file(
            "builder.rs",
            "impl<C> Builder<C> { pub fn starttls(self) -> Self {} }",
        )],
        guide: GUIDE_TEXT.to_owned(),
        tests: vec![
            file("crates/client/tests/client/flags.rs", TEST),
            file("crates/client/tests/injection/table.rs", ROWS),
        ],
    }
}

/// Returns what is missing after a change.
#[track_caller]
fn after(change: impl FnOnce(&mut Workspace)) -> Vec<String> {
    let mut workspace = small();
    change(&mut workspace);
    workspace.missing().unwrap()
}

fn replace(file: &mut File, from: &str, to: &str) {
    assert!(file.text.contains(from), "{from}");
    file.text = file.text.replace(from, to);
}

#[test]
fn nothing_is_missing_where_all_is_there() {
    assert_eq!(after(|_| {}), [""; 0]);
}

#[test]
fn a_method_removed_from_a_face() {
    let missing =
        after(|workspace| replace(&mut workspace.blocking_face[0], "pub fn flags", "fn flags"));
    assert_eq!(
        missing,
        [
            "the blocking face has no Client::flags, for IMAPClient's get_flags",
            "the blocking face has no Client::flags",
        ]
    );
    let missing =
        after(|workspace| replace(&mut workspace.async_face[0], "pub fn state", "fn state"));
    assert!(
        missing.contains(&"the async face has no Client::state".to_owned()),
        "{missing:?}"
    );
    let missing = after(|workspace| replace(&mut workspace.builder[0], "starttls", "other"));
    assert_eq!(
        missing,
        ["the connection's face has no Builder::starttls, for IMAPClient's starttls"]
    );
}

#[test]
fn an_alias_removed() {
    let missing = after(|workspace| replace(&mut workspace.async_face[0], "get_flags", "flags_of"));
    assert_eq!(
        missing,
        ["the async face's Client::flags has no #[doc(alias = \"get_flags\")]"]
    );
}

#[test]
fn a_method_removed_from_the_guide() {
    let missing = after(|workspace| workspace.guide = GUIDE_TEXT.replace("get_flags", "got_flags"));
    assert_eq!(
        missing,
        ["docs/coming-from-imapclient.md has no row for `get_flags`"]
    );
    let missing =
        after(|workspace| workspace.guide = GUIDE_TEXT.replace("`flags(messages)`", "`labels()`"));
    assert_eq!(
        missing,
        ["docs/coming-from-imapclient.md: the row for `get_flags` does not name `flags`"]
    );
}

#[test]
fn a_method_removed_from_the_tests() {
    let missing = after(|workspace| {
        replace(
            &mut workspace.tests[0],
            "client.flags(1).await",
            "wait().await",
        );
    });
    assert_eq!(missing, ["no test calls Client::flags of the async face"]);
    // Outside of `faces!` a call counts for one face only.
    let missing = after(|workspace| replace(&mut workspace.tests[0], "faces!", "mod faces"));
    assert_eq!(missing, [""; 0]);
    let missing = after(|workspace| {
        replace(&mut workspace.tests[0], "faces!", "mod faces");
        replace(&mut workspace.tests[1], "client.flags", "client.labels");
    });
    assert_eq!(
        missing,
        [
            "no test calls Client::flags of the blocking face",
            "crates/client/tests/injection has no row for the argument \"messages\" of \"flags\"",
        ]
    );
}

#[test]
fn an_argument_removed_from_the_table_of_texts() {
    let missing = after(|workspace| replace(&mut workspace.tests[1], "\"messages\"", "\"items\""));
    assert_eq!(
        missing,
        ["crates/client/tests/injection has no row for the argument \"messages\" of \"flags\""]
    );
}

#[test]
fn an_example_removed_or_made_not_to_run() {
    let expected = ["Client::flags has no example that runs and calls it"];
    for (from, to) in [
        (
            "/// ```\n        /// client.flags",
            "/// ```no_run\n        /// client.flags",
        ),
        (
            "/// ```\n        /// client.flags",
            "/// ```ignore\n        /// client.flags",
        ),
        ("/// client.flags(1)", "/// client.labels(1)"),
    ] {
        let missing = after(|workspace| replace(&mut workspace.async_face[0], from, to));
        assert_eq!(missing, expected, "{to}");
    }
    // An example in the other face is sufficient.
    let missing = after(|workspace| {
        replace(
            &mut workspace.async_face[0],
            "/// client.flags(1)",
            "/// client.labels(1)",
        );
        let example = "impl Client {\n/// ```\n/// client.flags(1)?;\n/// ```";
        replace(&mut workspace.blocking_face[0], "impl Client {", example);
    });
    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_test_that_the_guide_names_removed() {
    let expected = "docs/coming-from-imapclient.md names the test flags_are_flags, which \
                    crates/client/tests/client/flags.rs does not have";
    let renamed = after(|workspace| replace(&mut workspace.tests[0], "flags_are_flags", "other"));
    assert_eq!(renamed, [expected]);
    let unmarked = after(|workspace| replace(&mut workspace.tests[0], "#[case]", ""));
    assert_eq!(unmarked, [expected]);
}

#[test]
fn a_bug_without_a_test() {
    let missing = after(|workspace| workspace.guide.push_str("* Flags are sorted\n"));
    assert_eq!(
        missing,
        ["docs/coming-from-imapclient.md names no test for \"* Flags are sorted\""]
    );
    let missing = after(|workspace| workspace.guide = GUIDE_TEXT.replace("## What", "## That"));
    assert_eq!(
        missing,
        ["docs/coming-from-imapclient.md has no list below \"## What works here\""]
    );
}

#[test]
fn all_kinds_of_tests_are_found() {
    let text = "
        #[test] fn one() {}
        #[tokio::test(flavor = \"x\")] #[ignore] async fn two() {}
        proptest! { #[test] fn three(text in any()) {} }
        faces! { #[trial] #[cfg(unix)] async fn four(cx: &Context) {} }
        #[derive(Debug)] struct No; fn five() {}";
    let path = "crates/codec/tests/x.rs";
    let tests = Tests::parse(&[file(path, text)]).unwrap();
    let found =
        ["one", "two", "three", "four", "five"].map(|name| tests.has(Path::new(path), name));
    assert_eq!(found, [true, true, true, true, false]);
}

#[test]
fn a_line_without_a_method_of_ours_is_told() {
    let mut workspace = small();
    workspace.methods = "get_flags\n".to_owned();
    let failure = workspace.missing().unwrap_err().to_string();
    assert_eq!(
        failure,
        "the list of methods has \"get_flags\", with no method of ours"
    );
}

/// The list is complete: 57 methods, and the property `welcome`.
#[test]
fn the_list_has_all_of_them() {
    let lines = lines(METHODS).unwrap();
    let theirs: BTreeSet<_> = lines.iter().map(|line| line.theirs).collect();
    assert_eq!((theirs.len(), lines.len()), (57 + 1, 57 + 1));
}

/// Removes each method from the real workspace, and expects an error each time.
#[test]
fn each_method_of_ours_is_missed() {
    let mut workspace = Workspace::read().unwrap();
    assert_eq!(workspace.missing().unwrap(), [""; 0]);
    let guide = workspace.guide.clone();
    for line in lines(METHODS).unwrap() {
        workspace.guide = guide.replace(&format!("`{}", line.theirs), "`");
        assert!(
            !Guide::parse(&workspace.guide).lacks(&line).is_empty(),
            "{}",
            line.theirs
        );
    }
    workspace.guide = guide;
    workspace
        .blocking_face
        .retain(|file| !file.path.ends_with("generated.rs"));
    let missing = workspace.missing().unwrap();
    for line in lines(METHODS).unwrap() {
        for ours in line
            .ours
            .iter()
            .filter(|ours| !ours.starts_with("Builder") && !is_of_one_face(ours))
        {
            let lacks = format!(
                "the blocking face has no {ours}, for IMAPClient's {}",
                line.theirs
            );
            assert!(missing.contains(&lacks), "{lacks}");
        }
    }
    workspace.tests.clear();
    let missing = workspace.missing().unwrap();
    let faces = Face::parse(&workspace.async_face).unwrap();
    for method in faces.methods.keys() {
        assert!(
            missing.contains(&format!("no test calls {method} of the async face")),
            "{method}"
        );
    }
}
