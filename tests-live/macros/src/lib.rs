//! `faces!`: tests that are written once for the blocking and the tokio face.
//!
//! The body is a module for the tokio face. The macro expands to two modules:
//!
//! ```text
//!                    ┌──▶ mod tokio_face    { the body as it is }
//!  faces! { body } ──┤
//!                    └──▶ mod blocking_face { the body without `async` and `.await` }
//! ```
//!
//! Both modules are `pub(crate)` and define these names, so that the body can be the same:
//!
//! | name | in `tokio_face` | in `blocking_face` |
//! | --- | --- | --- |
//! | all names of the surrounding module | `use super::*` | the same |
//! | `Client` | `imapclient::tokio::Client` | `imapclient::blocking::Client` |
//! | `face` | the module `imapclient::tokio` | the module `imapclient::blocking` |
//! | `FACE` | `"tokio"` | `"blocking"` |
//! | `face_run(..)` | runs a future on a new multi-thread runtime | returns its argument |
//!
//! Two attributes mark the tests in the body, on `async fn` or `fn` at its top level:
//!
//! - `#[case]`: a function without arguments becomes a `#[test]` of the same name in each module.
//!   The test keeps other attributes (`#[ignore]`, `#[should_panic]`).
//! - `#[trial]`: a function with one argument, a reference to a type that the body calls `Context`,
//!   is a live trial. Its result must convert with `From` into a type that the body calls
//!   `Outcome`. The macro then also generates, beside the two modules, `trials() -> Vec<(&'static
//!   str, &'static str, fn(&Context) -> Outcome)>`, which returns face, name and function, and in
//!   each module `trials() -> Vec<(&'static str, fn(&Context) -> Outcome)>`.
//! - `#[trial(Uid, Seq)]`: a function with two arguments is one trial for each of these words. It
//!   is called with the word as the second argument, and the trials are called `uid::NAME` and
//!   `seq::NAME`.
//!
//! A body that begins with `#![tokio(ATTRIBUTE)]` gets `#[ATTRIBUTE]` on its `tokio_face` module,
//! for crates in which the tokio face is optional: `#![tokio(cfg(feature = "tokio"))]`.
//!
//! A body that begins with `#![with(PATH)]` can use what another body in the module `PATH` defines
//! as `pub(crate)`: each face imports the items of the same face (`use PATH::tokio_face::*`). Its
//! own items come first.
//!
//! The macro removes from the blocking face, everywhere: `.await`; `async` before `fn`, closures,
//! `move` and blocks (with their `move`); and the `Async` of `AsyncFn`, `AsyncFnMut` and
//! `AsyncFnOnce`. Code that needs an executor (`spawn`, `join!`, `select!`, a dropped future)
//! belongs into a test of the tokio face alone.
//!
//! ```
//! # extern crate self as imapclient; // stands for the client in this example
//! # pub mod tokio {
//! #     pub struct Client;
//! #     impl Client { pub async fn noop(&mut self) -> Result<u32, String> { Ok(1) } }
//! # }
//! # pub mod blocking {
//! #     pub struct Client;
//! #     impl Client { pub fn noop(&mut self) -> Result<u32, String> { Ok(1) } }
//! # }
//! # #[derive(PartialEq, Debug)]
//! # pub enum Outcome { Passed, Failed }
//! # impl From<Result<(), String>> for Outcome {
//! #     fn from(result: Result<(), String>) -> Self { if result.is_ok() { Self::Passed } else { Self::Failed } }
//! # }
//! mod keep_alive {
//!     use super::Outcome;
//!     pub struct Context;
//!
//!     imapclient_test_macros::faces! {
//!         /// Becomes the tests `tokio_face::answers` and `blocking_face::answers`.
//!         #[case]
//!         async fn answers() {
//!             assert_eq!(noop_twice(&mut Client).await, Ok(2));
//!         }
//!
//!         #[trial]
//!         async fn answers_again(_: &Context) -> Result<(), String> {
//!             noop_twice(&mut Client).await.map(drop)
//!         }
//!
//!         async fn noop_twice(client: &mut Client) -> Result<u32, String> {
//!             Ok(client.noop().await? + client.noop().await?)
//!         }
//!     }
//! }
//!
//! fn main() {
//!     let trials = keep_alive::trials();
//!     assert_eq!(trials.len(), 2);
//!     for (face, name, run) in trials {
//!         println!("{face}::{name}");
//!         assert_eq!(run(&keep_alive::Context), Outcome::Passed);
//!     }
//! }
//! ```

mod blocking;
mod entry;

use proc_macro::{TokenStream, TokenTree};

use entry::{Body, Kind};

/// Expands its body twice, for the tokio and for the blocking face; see the page of the crate.
#[proc_macro]
pub fn faces(input: TokenStream) -> TokenStream {
    match Body::parse(input) {
        Ok(body) => write(body),
        Err(error) => error.into_compile_error(),
    }
}

fn write(body: Body) -> TokenStream {
    let has_trials = body.entries.iter().any(|entry| entry.kind == Kind::Trial);
    let mut output = TokenStream::new();
    output.extend(body.tokio_attribute);
    output.extend(module(
        "tokio",
        "#[allow(dead_code)]
         fn face_run<F: ::core::future::Future>(future: F) -> F::Output {
             ::tokio::runtime::Builder::new_multi_thread()
                 .worker_threads(2)
                 .enable_all()
                 .build()
                 .expect(\"a runtime for the test\")
                 .block_on(future)
         }",
        body.prelude.clone(),
        body.items.clone(),
        &body.entries,
    ));
    // Only the tokio face is linted, since the removal of words leaves code that nobody would
    // write.
    output.extend(code("#[allow(clippy::all, unused_braces, unused_parens)]"));
    output.extend(module(
        "blocking",
        "#[allow(dead_code)]
         fn face_run<T>(value: T) -> T {
             value
         }",
        body.prelude,
        blocking::without_async(body.items),
        &body.entries,
    ));
    if has_trials {
        output.extend(code(
            "pub(crate) fn trials() -> ::std::vec::Vec<(&'static str, &'static str, fn(&Context) -> Outcome)> {
                 let tokio = tokio_face::trials().into_iter();
                 let tokio = tokio.map(|(name, run)| (tokio_face::FACE, name, run));
                 let blocking = blocking_face::trials().into_iter();
                 let blocking = blocking.map(|(name, run)| (blocking_face::FACE, name, run));
                 tokio.chain(blocking).collect()
             }",
        ));
    }
    output
}

/// Returns `pub(crate) mod FACE_face { .. }`.
fn module(
    face: &str,
    face_run: &str,
    prelude: Option<TokenStream>,
    items: TokenStream,
    entries: &[entry::Entry],
) -> TokenStream {
    let mut inside = code(&format!(
        "#[allow(unused_imports)]
         use super::*;
         #[allow(unused_imports)]
         use ::imapclient::{face} as face;
         #[allow(unused_imports)]
         use ::imapclient::{face}::Client;
         #[allow(dead_code)]
         pub(crate) const FACE: &str = {face:?};
         {face_run}"
    ));
    if let Some(path) = prelude {
        inside.extend(code("#[allow(unused_imports)] use"));
        inside.extend(path);
        inside.extend(code(&format!("::{face}_face::*;")));
    }
    inside.extend(items);

    let mut trials = String::new();
    for entry in entries {
        match entry.kind {
            // The test calls the function by the name that `Body` has given it.
            Kind::Case => {
                inside.extend(entry.attributes.clone());
                inside.extend(code("#[test]"));
                inside.extend(entry.signature(&entry.call("")));
            }
            Kind::Trial => {
                for (name, call) in entry.trials() {
                    trials.push_str(&format!(
                        "({name:?}, |context| ::core::convert::Into::into({call})),"
                    ));
                }
            }
        }
    }
    if !trials.is_empty() {
        inside.extend(code(&format!(
            "pub(crate) fn trials() -> ::std::vec::Vec<(&'static str, fn(&Context) -> Outcome)> {{
                 ::std::vec![{trials}]
             }}"
        )));
    }

    let mut module = code(&format!("pub(crate) mod {face}_face"));
    module.extend([TokenTree::from(proc_macro::Group::new(
        proc_macro::Delimiter::Brace,
        inside,
    ))]);
    module
}

/// Parses code of this crate.
fn code(text: &str) -> TokenStream {
    text.parse().expect("the crate's own code is Rust")
}
