//! `faces!`: a test written once, for the blocking and the tokio face.
//!
//! The body is a module as one would write it for the tokio face. It comes out twice:
//!
//! ```text
//!                    ┌──▶ mod tokio_face    { the body as it is }
//!  faces! { body } ──┤
//!                    └──▶ mod blocking_face { the body without `async` and `.await` }
//! ```
//!
//! Both modules are `pub(crate)` and start with these names, so that the body reads the same for
//! either:
//!
//! | name | in `tokio_face` | in `blocking_face` |
//! | --- | --- | --- |
//! | all names of the surrounding module | `use super::*` | the same |
//! | `Client` | `imapclient::tokio::Client` | `imapclient::blocking::Client` |
//! | `face` | the module `imapclient::tokio` | the module `imapclient::blocking` |
//! | `FACE` | `"tokio"` | `"blocking"` |
//! | `face_run(..)` | drives a future on a fresh multi-thread runtime | hands its argument back |
//!
//! Two attributes mark the entry points of the body (at its top level, on `async fn` or `fn`):
//!
//! - `#[case]`: a function without arguments becomes a `#[test]` of the same name in each module.
//!   Other attributes (`#[ignore]`, `#[should_panic]`) stay on it.
//! - `#[trial]`: a function of one argument, a reference to a type that the body calls `Context`,
//!   is a live trial. What it returns must turn into a type that the body calls `Outcome` (by
//!   `From`). The macro then also writes, beside the two modules, `trials() -> Vec<(&'static str,
//!   &'static str, fn(&Context) -> Outcome)>`: face, name, function; and in each module `trials()
//!   -> Vec<(&'static str, fn(&Context) -> Outcome)>`.
//! - `#[trial(Uid, Seq)]`: the same of a function of two arguments, which is one trial for each of
//!   these words. It is called with the word as the second argument, and named after it: `uid::NAME`
//!   and `seq::NAME`.
//!
//! A body that begins with `#![tokio(ATTRIBUTE)]` gets `#[ATTRIBUTE]` on its `tokio_face` module,
//! for a crate where the tokio face is optional: `#![tokio(cfg(feature = "tokio"))]`.
//!
//! What the blocking face loses, wherever it stands: `.await`; `async` before `fn`, a closure,
//! `move` and a block (with its `move`); and `AsyncFn`, `AsyncFnMut`, `AsyncFnOnce` lose their
//! `Async`. What only an executor can do (`spawn`, `join!`, `select!`, a dropped future) belongs
//! into a test of the tokio face alone.
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

/// Writes its body twice, for the tokio and for the blocking face; see the crate's page.
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
        body.items.clone(),
        &body.entries,
    ));
    // The tokio face is linted as written; what taking words out leaves behind is nobody's style.
    output.extend(code("#[allow(clippy::all, unused_braces, unused_parens)]"));
    output.extend(module(
        "blocking",
        "#[allow(dead_code)]
         fn face_run<T>(value: T) -> T {
             value
         }",
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

/// `pub(crate) mod FACE_face { .. }`.
fn module(face: &str, face_run: &str, items: TokenStream, entries: &[entry::Entry]) -> TokenStream {
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
    inside.extend(items);

    let mut trials = String::new();
    for entry in entries {
        match entry.kind {
            // The test calls the function under the name that `Body` gave it.
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

/// The tokens of a text of this crate's own.
fn code(text: &str) -> TokenStream {
    text.parse().expect("the crate's own code is Rust")
}
