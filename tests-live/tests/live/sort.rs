//! Messages sorted by the server.

use imapclient::{Append, Error, SearchKey, SortKey, SortOrder};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::mail::{date, mail};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn sort<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        use SortKey::{Arrival, Date, From, Size, Subject};
        let mut client = Session::selected(cx).await?;
        client.require("SORT").await?;
        assert!(client.sort_by(by, [Size], "ALL").await?.is_empty());
        let messages = [
            ("Re: banana", 10, "2020-01-01T12:00:00+00:00"),
            ("apple", 1000, "2023-01-01T12:00:00+00:00"),
            ("Cherry", 100, "2021-01-01T12:00:00+00:00"),
        ];
        let messages = messages.map(|(subject, lines, at)| {
            Append::from(mail(subject, &"x\r\n".repeat(lines))).internal_date(date(at))
        });
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        let orders: [(&[SortOrder], [usize; 3]); 5] = [
            (&[Size.into()], [0, 2, 1]),
            (&[Size.reverse()], [1, 2, 0]),
            (&[Subject.into()], [1, 0, 2]),
            (&[Arrival.reverse()], [1, 2, 0]),
            // Sender and day of all messages are equal.
            (&[From.into(), Date.into(), Subject.reverse()], [2, 0, 1]),
        ];
        for (order, expected) in orders {
            let found = client.sort_by(by, order.iter().copied(), SearchKey::All).await?;
            assert_eq!(found, expected.map(|index| numbers[index]), "{order:?}");
        }
        for (key, expected) in [
            (SearchKey::Smaller(2000), &[numbers[2], numbers[0]][..]),
            (!SearchKey::Subject("CHERRY".into()), &[numbers[1], numbers[0]]),
            ("UNDELETED NOT SUBJECT apple".into(), &[numbers[2], numbers[0]]),
            ("DELETED".into(), &[]),
        ] {
            let shown = format!("{key:?}");
            let found = client.sort_by(by, [Size.reverse()], key).await?;
            assert_eq!(found, *expected, "{shown}");
        }
        let last = client.last_sent();
        let result = client.sort_by(by, [Size; 0], "ALL").await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
        assert_eq!(client.last_sent(), last, "nothing was sent");
        client.logout().await
    }

    /// The numbers are those of the moment, which change when messages are removed.
    #[trial]
    async fn sort_seq(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("SORT").await?;
        let messages = [("gone", 1), ("small", 10), ("large", 1000), ("middle", 100)];
        let messages = messages.map(|(subject, lines)| mail(subject, &"x\r\n".repeat(lines)));
        let uids = client.deliver_all(messages).await?;
        let largest_first = [SortKey::Size.reverse()];
        assert_eq!(client.sort_seq(largest_first, "ALL").await?, [3, 4, 2, 1]);
        client.mark_deleted(uids[0]).await?;
        client.expunge().await?;
        assert_eq!(client.sort_seq(largest_first, "ALL").await?, [2, 3, 1]);
        let expected = [uids[2], uids[3], uids[1]];
        assert_eq!(client.sort(largest_first, "ALL").await?, expected);
        assert_eq!(client.sort_seq(largest_first, "NOT SUBJECT large").await?, [3, 1]);
        client.logout().await
    }

    /// Messages with equal keys stay in the order of the mailbox, also with reversed keys (RFC 5256
    /// §3).
    #[trial(Uid, Seq)]
    async fn sort_leaves_equals_in_order<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("SORT").await?;
        let messages = ["one", "two", "three"].map(|subject| mail(subject, ""));
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        for order in [SortKey::Date.into(), SortKey::Date.reverse()] {
            let found = client.sort_by(by, [order], SearchKey::All).await?;
            assert_eq!(found, numbers, "equals by {order:?}");
        }
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn sort_with_unicode<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("SORT").await?;
        let messages = [
            mail("small", "ein ☺"),
            mail("none", "kein Smiley"),
            mail("large", &"ein ☺\r\n".repeat(100)),
        ];
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        let key = SearchKey::Text("☺".into());
        let found = client.sort_by(by, [SortKey::Size.reverse()], key).await?;
        assert_eq!(found, [numbers[2], numbers[0]]);
        let none = SearchKey::Text("µ".into());
        assert!(client.sort_by(by, [SortKey::Size], none).await?.is_empty());
        client.logout().await
    }
}
