//! Threads.

use imapclient::{Error, MessageId, SearchKey, Thread, ThreadAlgorithm};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::mail::mail;

/// Returns a message of a thread, sent on a day of January.
fn letter(day: u32, subject: &str, references: &str) -> String {
    let references = match references {
        "" => String::new(),
        ids => format!("References: {ids}\r\n"),
    };
    format!(
        "From: Ann Example <ann@example.org>\r\nSubject: {subject}\r\n\
         Date: {day:02} Jan 2024 10:20:30 +0000\r\nMessage-ID: <{day}@example.org>\r\n\
         {references}\r\ntext\r\n"
    )
}

/// Returns the messages of two threads, a single message, and two replies to a missing message.
fn letters() -> [String; 7] {
    let [one, two] = ["<1@example.org>", "<2@example.org>"];
    [
        letter(1, "plan", ""),
        letter(2, "Re: plan", one),
        letter(3, "Re: plan", &format!("{one} {two}")),
        letter(4, "Re: plan", one),
        letter(5, "weather", ""),
        letter(6, "trip", "<nowhere@example.org>"),
        letter(7, "Re: trip", "<nowhere@example.org>"),
    ]
}

/// Returns the depth and the number of all messages.
fn outline<Id: MessageId>(threads: &Thread<Id>) -> Vec<(usize, Option<Id>)> {
    threads
        .walk()
        .map(|(depth, node)| (depth, node.number()))
        .collect()
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn thread<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("THREAD=REFERENCES").await?;
        let refs = || ThreadAlgorithm::References;
        assert!(client.thread_by(by, refs(), "ALL").await?.is_empty());
        let messages = [mail("a", ""), mail("b", ""), mail("c", "")];
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        let flat = |numbers: &[K::Id]| -> Vec<_> {
            numbers.iter().map(|number| (0, Some(*number))).collect()
        };
        for (key, expected) in [
            (SearchKey::All, &numbers[..]),
            (!SearchKey::Subject("b".into()), &[numbers[0], numbers[2]]),
            ("NOT SUBJECT b".into(), &[numbers[0], numbers[2]]),
            ("DELETED".into(), &[]),
        ] {
            let shown = format!("{key:?}");
            let threads = client.thread_by(by, refs(), key).await?;
            assert_eq!(outline(&threads), flat(expected), "{shown}");
        }
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn thread_with_unicode<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("THREAD=REFERENCES").await?;
        let messages = [mail("a", "kein Smiley"), mail("b", "ein ☺")];
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        for (text, expected) in [("☺", &[(0, Some(numbers[1]))][..]), ("µ", &[])] {
            let query = SearchKey::Text(text.into());
            let threads = client.thread_by(by, ThreadAlgorithm::References, query).await?;
            assert_eq!(outline(&threads), expected, "{text}");
        }
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn thread_by_references<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("THREAD=REFERENCES").await?;
        let numbers = by.numbers(&client.deliver_all(letters()).await?);
        let number = |day: usize| Some(numbers[day - 1]);
        let threads = client.thread_by(by, ThreadAlgorithm::References, "ALL").await?;
        let expected = [
            (0, number(1)),
            (1, number(2)),
            (2, number(3)),
            (1, number(4)),
            (0, number(5)),
            // The missing message.
            (0, None),
            (1, number(6)),
            (1, number(7)),
        ];
        assert_eq!(outline(&threads), expected);
        assert_eq!(threads.numbers().collect::<Vec<_>>(), numbers);
        let roots: Vec<_> = threads.roots().map(|root| root.children().count()).collect();
        assert_eq!(roots, [2, 0, 2]);
        // Threads of the messages that a search finds.
        let some = "OR SUBJECT weather SUBJECT trip";
        let threads = client.thread_by(by, ThreadAlgorithm::References, some).await?;
        assert_eq!(outline(&threads), expected[4..]);
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn thread_by_subject<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("THREAD=ORDEREDSUBJECT").await?;
        let numbers = by.numbers(&client.deliver_all(letters()).await?);
        let number = |day: usize| Some(numbers[day - 1]);
        let threads = client.thread_by(by, ThreadAlgorithm::OrderedSubject, "ALL").await?;
        let expected = [
            (0, number(1)),
            (1, number(2)),
            (1, number(3)),
            (1, number(4)),
            (0, number(5)),
            (0, number(6)),
            (1, number(7)),
        ];
        assert_eq!(outline(&threads), expected, "threads by subject");
        client.logout().await
    }

    /// The numbers are those of the moment, which change when messages are removed.
    #[trial]
    async fn thread_seq(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("THREAD=REFERENCES").await?;
        let reply = letter(2, "Re: plan", "<1@example.org>");
        let messages = [mail("gone", ""), letter(1, "plan", ""), reply];
        let uids = client.deliver_all(messages).await?;
        client.mark_deleted(uids[0]).await?;
        client.expunge().await?;
        let threads = client.thread_seq(ThreadAlgorithm::References, "ALL").await?;
        let numbers = [1, 2].map(imapclient::Seq::new);
        assert_eq!(outline(&threads), [(0, numbers[0]), (1, numbers[1])]);
        let threads = client.thread(ThreadAlgorithm::References, "ALL").await?;
        assert_eq!(outline(&threads), [(0, Some(uids[1])), (1, Some(uids[2]))]);
        client.logout().await
    }

    #[trial]
    async fn thread_by_an_algorithm_that_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let last = client.last_sent();
        let other = ThreadAlgorithm::Other("X-NO-SUCH".into());
        match client.thread(other, "ALL").await {
            Err(Error::Missing { capability, .. }) => assert_eq!(capability, "THREAD=X-NO-SUCH"),
            result => panic!("{result:?}"),
        }
        assert_eq!(client.last_sent(), last, "nothing was sent");
        client.logout().await
    }
}
