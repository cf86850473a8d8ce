//! Tests of the generator: its output, and the methods that it refuses.

use super::*;

fn generated(files: &[(&str, &str)]) -> Result<String> {
    let sources: Vec<_> = files
        .iter()
        .map(|(module, text)| Source::parse(module, text))
        .collect::<Result<_>>()?;
    generate(&sources)
}

/// Returns the generated text without the fixed lines at its beginning.
fn body(files: &[(&str, &str)]) -> String {
    let text = generated(files).unwrap();
    let (head, body) = text.split_once("#![allow(clippy::all)]\n\n").unwrap();
    assert!(head.starts_with(MARKER), "{head}");
    body.to_owned()
}

fn failure(text: &str) -> String {
    generated(&[("crate::api::x", text)])
        .unwrap_err()
        .to_string()
}

#[test]
fn a_folder_of_methods_becomes_one_file() {
    let mailbox = include_str!("tests/mailbox.in");
    let idle = include_str!("tests/idle.in");
    let expected = include_str!("tests/expected.out");
    let files = [("crate::api::mailbox", mailbox), ("crate::idle", idle)];
    assert_eq!(body(&files), expected);
    let text = generated(&files).unwrap();
    assert_eq!(
        formatted(&text).unwrap(),
        formatted(&formatted(&text).unwrap()).unwrap()
    );
}

#[test]
fn other_blocks_and_private_methods_stay_out() {
    let text = "
        impl<S: Socket> Client<S> { async fn secret(&self) {} pub(crate) fn inner(&self) {} }
        impl<S: Socket> fmt::Debug for Client<S> { fn fmt(&self) {} }
        impl<S: Socket> Other<S> { pub fn a(&self) {} }
        impl Client { pub fn b(&self) {} }
        impl<S: Socket> Client<S> { pub fn c(&self) {} pub fn d(&self) {} }";
    assert_eq!(
        body(&[("crate::api::x", text)]),
        "\
use super::{Client};

impl Client {
    pub fn c(&self) {
        self.inner.c();
    }

    pub fn d(&self) {
        self.inner.d();
    }
}
"
        .replace("{Client}", "Client")
    );
}

#[test]
fn what_cannot_be_written_is_refused_with_the_way_out() {
    let named = failure(
        "impl<S: Socket> Client<S> { pub async fn with(&mut self, body: impl FnOnce(&mut Client<S>)) {} }",
    );
    assert_eq!(
        named,
        "crate::api::x: Client::with mentions its socket or `Self` where it cannot be replaced; \
         write it by hand for both faces, with `// codegen: skip` above this one"
    );
    let own = failure(
        "impl<S: Socket> Client<S> { pub fn with(&mut self, body: impl FnOnce(&mut Self)) {} }",
    );
    assert!(own.contains("mentions its socket or `Self`"), "{own}");
    let deep =
        failure("impl<S: Socket> Client<S> { pub fn all(&mut self) -> Vec<Idle<'_, S>> {} }");
    assert!(deep.contains("mentions its socket or `Self`"), "{deep}");
    let free = failure("impl<S: Socket> Client<S> { pub async fn ports() -> u16 { 1 } }");
    assert!(
        free.contains("Client::ports has neither `self` nor a result that mentions its socket"),
        "{free}"
    );
    let future =
        failure("impl<S: Socket> Client<S> { pub fn noop(&self) -> impl Future<Output = ()> {} }");
    assert!(future.contains("Client::noop returns a future"), "{future}");
    let apart = failure("impl<S: Socket> Client<S> { pub fn pair(&self, (a, b): (u8, u8)) {} }");
    assert!(
        apart.contains("Client::pair has an argument with a pattern"),
        "{apart}"
    );
}

#[test]
fn names_are_told_apart() {
    let glob = failure("use crate::types::*; impl<S: Socket> Client<S> { pub fn a(&self) {} }");
    assert_eq!(
        glob,
        "crate::api::x: `use crate::types::*` hides where the names come from; list them"
    );
    let one = "use crate::Result; impl<S: Socket> Client<S> { pub fn a(&self) -> Result<()> {} }";
    let two = "use std::io::Result; impl<S: Socket> Client<S> { pub fn b(&self) -> Result<()> {} }";
    let failure = generated(&[("crate::api::one", one), ("crate::api::two", two)]).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "crate::api::two: `Result` is std::io::Result, elsewhere crate::Result; import it from one place"
    );
}

#[test]
fn nothing_to_write_from_is_a_failure() {
    assert!(failure("fn main() {}").starts_with("there is no `impl<S: Socket> Client<S>` block"));
    let broken = failure("impl<S: Socket> Client<S> {\n    pub fn }");
    assert!(broken.starts_with("crate::api::x, line 2: "), "{broken}");
}

#[test]
fn a_stale_file_is_told_by_its_first_other_line() {
    assert_eq!(first_difference("a\nb\nc\n", "a\nb\nc\n"), None);
    assert_eq!(first_difference("a\nx\nc\n", "a\nb\nc\n"), Some(2));
    assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
    assert_eq!(first_difference("a", "a\n"), Some(2));
}

#[test]
fn files_are_modules() {
    assert_eq!(
        module_of(Path::new("api/mailbox.rs")),
        "crate::api::mailbox"
    );
    assert_eq!(module_of(Path::new("api/mod.rs")), "crate::api");
    assert_eq!(module_of(Path::new("idle.rs")), "crate::idle");
}
