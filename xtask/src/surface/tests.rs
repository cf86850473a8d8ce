//! The walk over small crates.

use std::{collections::BTreeMap, io, path::Path};

use super::*;

/// Lists a crate of `files`, whose manifest has the dependencies `other` and `imapclient_codec`.
fn listing(files: &[(&str, &str)]) -> Result<Listing> {
    let files: BTreeMap<_, _> = files.iter().copied().collect();
    let read = |path: &Path| match files.get(&path.display().to_string().replace('\\', "/")[..]) {
        Some(text) => Ok((*text).to_owned()),
        None => Err(io::ErrorKind::NotFound.into()),
    };
    let tree = Tree::load(Path::new("src/lib.rs"), &read)?;
    let crates = ["other", "imapclient_codec", "serde", "thiserror"].map(str::to_owned);
    list::list(Scope {
        tree: &tree,
        crates: &crates.into(),
    })
}

fn lines(text: &str) -> Vec<String> {
    listing(&[("src/lib.rs", text)]).unwrap().lines
}

#[test]
fn only_public_items_are_listed() {
    let text = "
        pub const LIMIT: usize = 1;
        pub(crate) const OWN: u8 = 1;
        static PRIVATE: u8 = 1;
        pub static SHARED: &str = \"\";
        fn private() {}
        #[doc(hidden)]
        pub fn hidden() {}
        #[cfg(test)]
        pub fn tested() {}
        pub async fn run<'a, T: Clone>(name: &'a str, (a, b): (u8, T)) -> Result<T, String>
        where
            T: Send,
        { loop {} }
        pub type Pair<T = u8> = (T, T);
        mod inner { pub fn unreachable() {} }
        pub mod outer { #[deprecated] pub fn old() {} }
        #[doc(hidden)] pub mod secret { pub fn f() {} }
        #[macro_export] macro_rules! exported { () => {} }
        macro_rules! private { () => {} }
    ";
    assert_eq!(
        lines(text),
        [
            "const LIMIT: usize",
            "type Pair<T = u8> = (T, T)",
            "static SHARED: &str",
            "macro exported!",
            "mod outer",
            "#[deprecated] fn outer::old()",
            "async fn run<'a, T: Clone>(&'a str, (u8, T)) -> Result<T, String> where T: Send",
        ]
    );
}

#[test]
fn types_have_their_fields_variants_and_methods() {
    let text = "
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub struct Named<T> { pub a: Vec<T>, b: u8 }
        #[derive(Default)]
        pub struct Open { pub a: u8, #[doc(hidden)] pub b: u8 }
        pub struct Tuple(pub u8, u16);
        pub struct Unit;
        pub enum Kind { #[deprecated] Old, #[non_exhaustive] Fields { x: u8 }, Pair(u8, Unit), Last = 7 }
        impl<T: Clone> Named<T> {
            pub const MAX: usize = 3;
            pub fn first(&self) -> Option<&T> { None }
            pub(crate) fn own(&self) {}
            #[doc(hidden)] pub fn hidden(&self) {}
            #[cfg(feature = \"x\")] pub fn gated(mut self) -> Self { self }
        }
        #[cfg(unix)]
        impl Named<u8> { pub fn sum(self) -> u8 { 0 } }
        struct Private;
        impl Private { pub fn f(&self) {} }
        type Alias = Unit;
        impl Alias { pub fn aliased(self) {} }
    ";
    assert_eq!(
        lines(text),
        [
            "enum Kind",
            "#[deprecated] variant Kind::Old",
            "#[non_exhaustive] variant Kind::Fields { x: u8 }",
            "variant Kind::Last = 7",
            "variant Kind::Pair(u8, Unit)",
            "#[non_exhaustive] struct Named<T> { .. }: Clone + Debug",
            "field Named::a: Vec<T>",
            "const Named<T>::MAX: usize",
            "#[cfg(feature = \"x\")] fn Named<T>::gated(self) -> Self where T: Clone",
            "#[cfg(unix)] fn Named<u8>::sum(self) -> u8",
            "fn Named<T>::first(&self) -> Option<&T> where T: Clone",
            "struct Open {}: Default",
            "field Open::a: u8",
            "struct Tuple(u8, _)",
            "struct Unit",
            "fn Unit::aliased(self)",
        ]
    );
}

#[test]
fn traits_and_implementations_are_listed() {
    let text = "
        use std::fmt;
        pub trait Wait: Send { type Item: Clone; const N: u8 = 1; fn next(&mut self) -> Self::Item; fn stop(&mut self) {} }
        trait Sealed {}
        pub struct A;
        pub struct B<'a, T>(&'a T);
        struct Private;
        impl fmt::Display for A { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { Ok(()) } }
        impl From<u8> for A { fn from(_: u8) -> Self { A } }
        impl From<A> for u8 { fn from(_: A) -> u8 { 0 } }
        impl From<Private> for A { fn from(_: Private) -> Self { A } }
        impl Sealed for A {}
        impl<'a, T> Iterator for B<'a, T> { type Item = &'a T; fn next(&mut self) -> Option<&'a T> { None } }
        impl<T: Copy> Clone for B<'_, T> { fn clone(&self) -> Self { loop {} } }
        impl Wait for A { type Item = u8; fn next(&mut self) -> u8 { 0 } }
        impl<W: Wait> Wait for Box<W> { type Item = W::Item; fn next(&mut self) -> W::Item { loop {} } }
        #[cfg(feature = \"serde\")]
        impl serde::Serialize for A {}
    ";
    let listing = listing(&[("src/lib.rs", text)]).unwrap();
    assert_eq!(
        listing.lines,
        [
            "struct A: Display",
            "#[cfg(feature = \"serde\")] impl Serialize for A",
            "impl From<A> for u8",
            "impl From<u8> for A",
            "impl Wait<Item = u8> for A",
            "struct B<'a, T>(_)",
            "impl<'a, T> Iterator<Item = &'a T> for B<'a, T>",
            "impl<T: Copy> Clone for B<'_, T>",
            "trait Wait: Send",
            "const Wait::N: u8 = ..",
            "type Wait::Item: Clone",
            "fn Wait::next(&mut self) -> Self::Item",
            "fn Wait::stop(&mut self) { .. }",
            "impl<W: Wait> Wait<Item = W::Item> for Box<W>",
        ]
    );
    let outside: Vec<_> = listing.outside.into_keys().collect();
    assert_eq!(outside, ["serde::Serialize"]);
}

#[test]
fn reexports_are_followed() {
    let files = [
        (
            "src/lib.rs",
            "mod api; pub mod shown;
             pub use api::{deep::Deep, run as start, Again};
             pub use shown::Shown;
             pub use imapclient_codec::{self as codec, Fetch};
             pub use api::open;
             pub(crate) use api::Private;",
        ),
        (
            "src/api.rs",
            "pub mod deep; pub mod open { pub struct Inner; }
             pub fn run() {} pub struct Private; pub use self::deep::Deep as Again;",
        ),
        (
            "src/api/deep.rs",
            "#[cfg(feature = \"x\")] pub struct Deep;",
        ),
        (
            "src/shown.rs",
            "pub use crate::api::deep::*; pub struct Shown; pub use other::*;",
        ),
    ];
    let listing = listing(&files).unwrap();
    assert_eq!(
        listing.lines,
        [
            "use Again = crate::Deep",
            "#[cfg(feature = \"x\")] struct Deep",
            "use Fetch = imapclient_codec::Fetch",
            "use Shown = crate::shown::Shown",
            "use codec = imapclient_codec",
            "mod open",
            "struct open::Inner",
            "mod shown",
            "use shown::* = other",
            "#[cfg(feature = \"x\")] use shown::Deep = crate::Deep",
            "struct shown::Shown",
            "fn start()",
        ]
    );
}

#[test]
fn macros_are_expanded() {
    let text = "
        mod sets {
            macro_rules! sets {
                ($($(#[$doc:meta])* $name:ident)+) => {$(
                    $(#[$doc])* pub struct $name;
                    impl $name { methods! { len is_empty } }
                    from!($name, u8);
                )+};
            }
            macro_rules! methods { ($($name:ident)*) => { $(pub fn $name(&self) {})* } }
            macro_rules! from { ($to:ident, $from:ty) => { impl From<$from> for $to {} } }
            sets! { #[derive(Clone)] A B }
            thread_local! { static X: u8 = 0; }
        }
        #[macro_use]
        mod shared { macro_rules! unit { ($name:ident) => { pub struct $name; } } }
        mod later { unit!(C); }
        pub use {later::*, sets::*};
    ";
    assert_eq!(
        lines(text),
        [
            "struct A: Clone",
            "fn A::is_empty(&self)",
            "fn A::len(&self)",
            "impl From<u8> for A",
            "struct B",
            "fn B::is_empty(&self)",
            "fn B::len(&self)",
            "impl From<u8> for B",
            "struct C",
        ]
    );
}

#[test]
fn errors_have_the_conversions_of_thiserror() {
    let text = "
        #[derive(Debug, thiserror::Error)]
        pub enum Error { #[error(\"a\")] A(#[from] std::io::Error), #[error(\"b\")] B { #[source] other: other::Error } }
    ";
    let listing = listing(&[("src/lib.rs", text)]).unwrap();
    assert_eq!(
        listing.lines,
        [
            "enum Error: Debug + Display + Error",
            "variant Error::A(std::io::Error)",
            "variant Error::B { other: other::Error }",
            "impl From<std::io::Error> for Error",
        ]
    );
    assert!(listing.outside.contains_key("other::Error"));
}

#[test]
fn types_of_other_crates_are_found_wherever_they_are() {
    for (text, expected) in [
        (
            "use other::X; pub fn f() -> Option<Vec<X>> { None }",
            "other::X",
        ),
        ("use other::{a::X as Y}; pub type T = Y;", "other::a::X"),
        ("pub struct A { pub x: other::X }", "other::X"),
        ("pub struct A(pub other::X);", "other::X"),
        ("pub struct A<T: other::X>(T);", "other::X"),
        ("pub enum A { X(other::X) }", "other::X"),
        ("pub trait A: other::X {}", "other::X"),
        (
            "pub trait A { type B; fn f(&self) -> Result<u8, other::X>; }",
            "other::X",
        ),
        (
            "pub struct A; impl A { pub fn f<T>(t: T) where T: Into<other::X> {} }",
            "other::X",
        ),
        ("pub struct A; impl From<other::X> for A {}", "other::X"),
        (
            "pub struct A; impl Iterator for A { type Item = other::X; }",
            "other::X",
        ),
        ("pub struct A; impl other::X for A {}", "other::X"),
        ("use other::*; pub fn f(x: X) {}", "other::X"),
        (
            "type P<T> = Result<T, Q>; type Q = other::X; pub fn f(x: P<u8>) {}",
            "other::X",
        ),
        ("pub use other::X;", "other::X"),
    ] {
        let listing = listing(&[("src/lib.rs", text)]).unwrap();
        let outside: Vec<_> = listing.outside.into_keys().collect();
        assert_eq!(outside, [expected], "{text}");
    }
    let private = "pub struct A { x: other::X } impl A { fn f(x: other::X) {} }
        fn f() -> other::X { loop {} }";
    assert!(
        listing(&[("src/lib.rs", private)])
            .unwrap()
            .outside
            .is_empty()
    );
}

#[test]
fn nothing_is_left_out_silently() {
    for (text, why) in [
        (
            "pub fn f(x: Unknown) {}",
            "cannot tell what Unknown is in `fn f(Unknown)`",
        ),
        (
            "unknown! { X }",
            "src/lib.rs: the macro unknown is not one of this crate",
        ),
        (
            "macro_rules! m { ($x:ident) => {} } m!(1);",
            "src/lib.rs: m!: expected ident",
        ),
        (
            "#[derive(Magic)] pub struct A;",
            "A derives Magic, whose traits are not known",
        ),
        (
            "#![cfg(unix)] pub struct A;",
            "src/lib.rs: write its condition",
        ),
        (
            "mod a { pub struct A; } pub use a::B;",
            "cannot tell what `pub use a::B` exports",
        ),
        (
            "pub struct A; type B = A; impl From<u8> for B {}",
            "an implementation for `B` names a private alias",
        ),
        (
            "impl Unknown { pub fn f() {} }",
            "cannot tell what Unknown is in an `impl`",
        ),
        (
            "pub struct A; impl Unknown for A {}",
            "cannot tell what Unknown is in an `impl`",
        ),
        ("mod gone;", "cannot read \"src/gone.rs\""),
        ("pub trait T { m!(); }", "the trait T calls a macro"),
        ("fn (", "src/lib.rs: "),
    ] {
        let error = listing(&[("src/lib.rs", text)]).err().unwrap().to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn changed_lines_are_named() {
    assert_eq!(changes("a\nb\n", "a\nb\n"), [""; 0]);
    assert_eq!(changes("a\nb\nd\n", "a\nc\nd\n"), ["- b", "+ c"]);
    assert_eq!(changes("a\nb\n", "b\na\n").len(), 1);
}
