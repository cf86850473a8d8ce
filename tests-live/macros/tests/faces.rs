//! Tests of the macro with a stand-in for the client.

extern crate self as imapclient;

use imapclient_test_macros::faces;

pub mod tokio {
    //! The async face.

    /// A client whose calls wait for the runtime.
    #[derive(Default)]
    pub struct Client(u32);

    impl Client {
        /// Increments the count after a real wait.
        pub async fn step(&mut self) -> Result<u32, String> {
            ::tokio::task::yield_now().await;
            self.0 += 1;
            Ok(self.0)
        }

        /// Calls the closure.
        pub async fn with<T>(&mut self, mut body: impl AsyncFnMut(&mut Self) -> T) -> T {
            body(self).await
        }
    }

    /// A function that both modules have.
    pub fn number() -> u32 {
        1
    }
}

pub mod blocking {
    //! The blocking face.

    /// A client whose calls do not wait.
    #[derive(Default)]
    pub struct Client(u32);

    impl Client {
        /// Increments the count.
        pub fn step(&mut self) -> Result<u32, String> {
            self.0 += 1;
            Ok(self.0)
        }

        /// Calls the closure.
        pub fn with<T>(&mut self, mut body: impl FnMut(&mut Self) -> T) -> T {
            body(self)
        }
    }

    /// A function that both modules have.
    pub fn number() -> u32 {
        2
    }
}

mod prelude {
    use imapclient_test_macros::faces;

    faces! {
        /// Takes two steps.
        pub(crate) async fn walk(client: &mut Client) -> Result<u32, String> {
            client.step().await?;
            client.step().await
        }

        pub(crate) fn where_defined() -> (&'static str, &'static str) {
            ("prelude", FACE)
        }

        pub(crate) fn own() -> &'static str {
            "prelude"
        }

        #[case]
        fn its_items_are_its_own() {
            assert_eq!(own(), "prelude");
        }
    }
}

mod with_a_prelude {
    use imapclient_test_macros::faces;

    faces! {
        #![with(super::super::prelude)]

        fn own() -> &'static str {
            "own"
        }

        #[case]
        async fn the_items_are_those_of_the_same_face() {
            assert_eq!(walk(&mut Client::default()).await, Ok(2));
            assert_eq!(where_defined(), ("prelude", FACE));
            assert_eq!(own(), "own");
        }
    }
}

mod cases {
    use super::faces;

    faces! {
        #![tokio(cfg(all()))]

        use std::fmt::Write as _;

        /// Covers results, and macros around `.await`.
        #[case]
        async fn steps() -> Result<(), String> {
            let mut client = Client::default();
            assert_eq!(client.step().await?, 1);
            assert_eq!(twice(&mut client).await?, 3);
            Ok(())
        }

        #[case]
        #[should_panic(expected = "as it should")]
        async fn panics() {
            assert_eq!(Client::default().step().await, Ok(2), "as it should");
        }

        #[case]
        async fn closures_and_blocks() {
            let mut client = Client::default();
            let base = 10;
            let seen = client.with(async move |client: &mut Client| client.step().await.unwrap() + base).await;
            assert_eq!(seen, 11);
            let seen = apply(&mut client, async |client: &mut Client| client.step().await).await;
            assert_eq!(seen, Ok(2));
            let text = async move { seen.map(|n| n + base) }.await;
            assert_eq!(text, Ok(12));
        }

        #[case]
        async fn names() {
            let mut text = String::new();
            write!(text, "{FACE} {}", face::number()).unwrap();
            assert!(text == "tokio 1" || text == "blocking 2", "{text}");
        }

        #[case]
        fn plain_functions_can_drive_a_future() {
            let value = value();
            assert_eq!(value, 4);
        }

        fn value() -> u32 {
            4
        }

        async fn apply<T>(client: &mut Client, body: impl AsyncFnOnce(&mut Client) -> T) -> T {
            body(client).await
        }

        async fn twice(client: &mut Client) -> Result<u32, String> {
            client.step().await?;
            client.step()
                .await
        }
    }
}

mod trials {
    use super::faces;

    pub(crate) struct Context {
        pub(super) start: u32,
    }

    #[derive(Debug)]
    enum By {
        Uid,
        Seq,
    }
    use By::{Seq, Uid};

    #[derive(Debug, PartialEq)]
    pub(crate) enum Outcome {
        Passed,
        Failed(String),
    }

    impl From<Result<(), String>> for Outcome {
        fn from(result: Result<(), String>) -> Self {
            result.map_or_else(Self::Failed, |()| Self::Passed)
        }
    }

    faces! {
        #[trial]
        async fn passes(context: &Context) -> Outcome {
            assert_eq!(context.start, 7);
            assert_eq!(Client::default().step().await, Ok(1));
            Outcome::Passed
        }

        #[trial]
        async fn fails(context: &Context) -> Result<(), String> {
            Err(format!("{FACE} {}", context.start))
        }

        #[trial(Uid, Seq)]
        async fn says(context: &Context, by: By) -> Result<(), String> {
            let step = Client::default().step().await?;
            Err(format!("{by:?} {}", context.start + step))
        }
    }
}

#[test]
fn trials_have_face_and_name_and_run() {
    let context = trials::Context { start: 7 };
    let ran: Vec<_> = trials::trials()
        .into_iter()
        .map(|(face, name, run)| (face, name, run(&context)))
        .collect();
    let failed = |text: &str| trials::Outcome::Failed(text.into());
    assert_eq!(
        ran,
        [
            ("tokio", "passes", trials::Outcome::Passed),
            ("tokio", "fails", failed("tokio 7")),
            ("tokio", "uid::says", failed("Uid 8")),
            ("tokio", "seq::says", failed("Seq 8")),
            ("blocking", "passes", trials::Outcome::Passed),
            ("blocking", "fails", failed("blocking 7")),
            ("blocking", "uid::says", failed("Uid 8")),
            ("blocking", "seq::says", failed("Seq 8")),
        ]
    );
}
