//! Searching for messages.

use chrono::NaiveDate;
use imapclient::{
    Append, Charset, Code, Error, FetchItems, Flag, FlagChange, Found, MessageSelection, SearchKey,
    SearchQuery, SeqSet, UidSet,
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::{date, mail},
    tell::{keys, need_keywords, refused},
};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date in a test is right")
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn search<K: Kind>(cx: &Context, by: K) -> Result<(), Stop>
    where
        Found<K::Id>: MessageSelection<Id = K::Id>,
        for<'a> &'a Found<K::Id>: MessageSelection<Id = K::Id>,
    {
        use SearchKey::{All, Deleted, Larger, Smaller, Subject};
        let mut client = Session::selected(cx).await?;
        assert!(client.search_by(by, All).await?.is_empty());
        let messages = [
            Append::from(mail("a", "")),
            Append::from(mail("b b", &"text\r\n".repeat(1000))),
            Append::from(mail("c", "")).flags("\\Deleted"),
        ];
        let uids = client.deliver_all(messages).await?;
        let numbers = by.numbers(&uids);
        let [a, b, c] = numbers[..] else {
            return Err(Stop::failed("three messages were delivered"));
        };
        for (key, expected) in [
            (All, &numbers[..]),
            (Deleted, &[c]),
            (!Deleted, &[a, b]),
            (Smaller(2000), &[a, c]),
            (Larger(2000) | Deleted, &[b, c]),
            (Subject("b b".into()), &[b]),
            (Subject("d".into()), &[]),
            (SearchKey::Uid(UidSet::from(&uids[1..])), &[b, c]),
            ("ALL".into(), &numbers),
            ("DELETED".into(), &[c]),
            ("NOT DELETED".into(), &[a, b]),
            ("SMALLER 2000 UNDELETED".into(), &[a]),
            ("SUBJECT \"b b\"".into(), &[b]),
            ("(OR SUBJECT a DELETED)".into(), &[a, c]),
        ] {
            let shown = format!("{key:?}");
            let found = client.search_by(by, key).await?;
            assert_eq!(found, *expected, "{shown}");
        }

        // The result knows the kind of its numbers.
        let found = client.search_by(by, "NOT DELETED").await?;
        let fetched = client.fetch(&found, FetchItems::new().flags()).await?;
        assert_eq!(keys(&fetched), [a, b]);
        let changed = client.store(found, FlagChange::add(Flag::Answered)).await?;
        assert_eq!(keys(&changed), [a, b]);
        assert_eq!(client.search("ANSWERED").await?, uids[..2]);
        client.logout().await
    }

    #[trial]
    async fn search_flags(cx: &Context) -> Result<(), Stop> {
        use SearchKey::{
            Answered, Deleted, Draft, Flagged, Seen, Unanswered, Undeleted, Undraft, Unflagged,
            Unseen,
        };
        let mut client = Session::selected(cx).await?;
        let plain = client.deliver(mail("plain", "")).await?;
        for (flag, with, without) in [
            (Flag::Answered, Answered, Unanswered),
            (Flag::Deleted, Deleted, Undeleted),
            (Flag::Draft, Draft, Undraft),
            (Flag::Flagged, Flagged, Unflagged),
            (Flag::Seen, Seen, Unseen),
        ] {
            let marked = client
                .deliver(Append::from(mail("marked", "")).flags(flag))
                .await?;
            assert_eq!(client.search(with).await?, [marked]);
            let others = client.search(without).await?;
            assert!(
                others.as_slice().contains(&plain) && !others.as_slice().contains(&marked),
                "{others:?}"
            );
        }
        client.logout().await
    }

    #[trial]
    async fn search_keywords(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        need_keywords(&client.select(cx.mailbox()?).await?)?;
        let keyword = Flag::from("$Forwarded");
        let marked = client
            .deliver(Append::from(mail("marked", "")).flags(keyword.clone()))
            .await?;
        let plain = client.deliver(mail("plain", "")).await?;
        assert_eq!(
            client.search(SearchKey::Keyword(keyword.clone())).await?,
            [marked]
        );
        assert_eq!(client.search(SearchKey::Unkeyword(keyword)).await?, [plain]);
        client.logout().await
    }

    #[trial]
    async fn search_fields(cx: &Context) -> Result<(), Stop> {
        use SearchKey::{Bcc, Cc, From, Header, Subject, Text, To};
        let mut client = Session::selected(cx).await?;
        let one = client
            .deliver(mail("about cheese", "in the cellar"))
            .await?;
        let two = client.deliver(
            "From: carol@example.com\r\nTo: dan@example.com\r\nCc: erin@example.com\r\n\
             Bcc: frank@example.com\r\nSubject: about wine\r\nX-Flavour: red\r\n\r\nin the attic\r\n",
        )
        .await?;
        for (key, expected) in [
            (Subject("about".into()), &[one, two][..]),
            (Subject("CHEESE".into()), &[one]),
            (From("ann@".into()), &[one]),
            (To("dan@example.com".into()), &[two]),
            (Cc("erin".into()), &[two]),
            (Bcc("frank".into()), &[two]),
            (Text("cheese".into()), &[one]),
            (Header("X-Flavour".into(), "red".into()), &[two]),
            (Header("X-Flavour".into(), String::new()), &[two]),
            (Header("X-Flavour".into(), "white".into()), &[]),
        ] {
            let shown = format!("{key:?}");
            assert_eq!(client.search(key).await?, *expected, "{shown}");
        }
        client.logout().await
    }

    #[trial]
    async fn search_in_bodies(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client
            .deliver(mail("about cheese", "in the cellar"))
            .await?;
        let wine = client.deliver(mail("about wine", "in the attic")).await?;
        for (text, expected) in [("attic", &[wine][..]), ("cheese", &[])] {
            let key = SearchKey::Body(text.into());
            assert_eq!(client.search(key).await?, *expected, "BODY: {text}");
        }
        client.logout().await
    }

    #[trial]
    async fn search_awkward_text(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.deliver(mail("nothing special", "")).await?;
        for text in [
            "say \"hi\"",
            "back\\slash",
            "(paren",
            "[brackets]",
            "{5}",
            "100%",
            "star*",
            "a \\\" b",
        ] {
            let uid = client.deliver(mail(&format!("odd {text} odd"), "")).await?;
            let found = client.search(SearchKey::Subject(text.into())).await?;
            assert_eq!(found, [uid], "{text}");
        }
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn search_with_unicode<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let messages = [
            mail("Gruesse", "kein Smiley"),
            mail("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "ein ☺ und \"mehr\""),
        ];
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        let smiley = || SearchKey::Body("☺".into());
        for (key, expected) in [
            (smiley(), &numbers[1..]),
            (SearchKey::Text("☺ und \"mehr\"".into()), &numbers[1..]),
            (SearchKey::Subject("Grüße".into()), &numbers[1..]),
            (SearchKey::Text("µ".into()), &[]),
            // Combined with keys in ASCII.
            (SearchKey::Undeleted & smiley() & SearchKey::From("ann".into()), &numbers[1..]),
            (!smiley(), &numbers[..1]),
        ] {
            let shown = format!("{key:?}");
            let found = client.search_by(by, key).await?;
            assert_eq!(found, *expected, "{shown}");
        }
        client.logout().await
    }

    /// The charset applies to all keys, at any depth.
    #[trial]
    async fn search_in_a_charset(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let messages = [
            mail("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "schöne Ferien"),
            mail("Reise", "schöne Ferien"),
            mail("Reise", "nach Hause"),
        ];
        let uids = client.deliver_all(messages).await?;
        // This comes first: after a refusal of the charset, the client would use another one.
        let latin = SearchQuery::new(SearchKey::Body("☺".into()))
            .charset(Charset::Named("ISO-8859-1".into()));
        let last = client.last_sent();
        let result = client.search(latin).await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
        assert_eq!(client.last_sent(), last, "nothing was sent");

        let subject = || SearchKey::Subject("Grüße".into());
        let nice = || SearchKey::From("ann".into()) & SearchKey::Body("schöne".into());
        let deep = |key: SearchKey| !(!(key & SearchKey::Undeleted) | SearchKey::Deleted);
        for charset in [Charset::Auto, Charset::Utf8, Charset::Named("ISO-8859-1".into())] {
            for (key, expected) in [
                (subject() | nice(), &uids[..2]),
                (!(subject() | !nice()), &uids[1..2]),
                (deep(subject()), &uids[..1]),
                (deep(!nice()), &uids[2..]),
            ] {
                let shown = format!("{charset:?} {key:?}");
                let query = SearchQuery::new(key).charset(charset.clone());
                match client.search(query).await {
                    Ok(found) => assert_eq!(found, *expected, "{shown}"),
                    // Servers need not support charsets other than UTF-8.
                    Err(Error::Refused(refused)) if matches!(charset, Charset::Named(_)) => {
                        if let Some(code) = &refused.code {
                            assert!(matches!(code, Code::BadCharset(_)), "{shown}: {refused}");
                        }
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
        client.logout().await
    }

    #[trial]
    async fn search_dates(cx: &Context) -> Result<(), Stop> {
        use SearchKey::{Before, On, SentBefore, SentOn, SentSince, Since};
        let mut client = Session::selected(cx).await?;
        // At noon the day is the same in the time zone of most servers.
        let mut uids = Vec::new();
        for text in ["2003-05-09T12:00:00+00:00", "2010-11-20T12:00:00+00:00"] {
            uids.push(
                client
                    .deliver(Append::from(mail("x", "")).internal_date(date(text)))
                    .await?,
            );
        }
        let (old, new) = (uids[0], uids[1]);
        for (key, expected) in [
            (Before(day(2010, 11, 20)), &[old][..]),
            (Before(day(2010, 11, 21)), &[old, new]),
            (On(day(2003, 5, 9)), &[old]),
            (On(day(2003, 5, 10)), &[]),
            (Since(day(2003, 5, 9)), &[old, new]),
            (Since(day(2003, 5, 10)), &[new]),
            // Both have the same Date field.
            (SentOn(day(2024, 2, 14)), &[old, new]),
            (SentBefore(day(2024, 2, 14)), &[]),
            (SentSince(day(2024, 2, 14)), &[old, new]),
        ] {
            let shown = format!("{key:?}");
            assert_eq!(client.search(key).await?, *expected, "{shown}");
        }
        client.logout().await
    }

    #[trial]
    async fn search_sizes(cx: &Context) -> Result<(), Stop> {
        use SearchKey::{Larger, Smaller};
        let mut client = Session::selected(cx).await?;
        let small = client.deliver(mail("small", "")).await?;
        let large = client
            .deliver(mail("large", &"text\r\n".repeat(1000)))
            .await?;
        assert_eq!(client.search(Smaller(2000)).await?, [small]);
        assert_eq!(client.search(Larger(2000)).await?, [large]);
        client.logout().await
    }

    #[trial]
    async fn search_for_the_largest_size(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.deliver(mail("small", "")).await?;
        let largest = SearchKey::Larger(u64::from(u32::MAX));
        assert!(client.search(largest).await?.is_empty());
        client.logout().await
    }

    #[trial]
    async fn search_combined(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let flagged = client
            .deliver(Append::from(mail("red", "")).flags("\\Flagged"))
            .await?;
        let seen = client
            .deliver(Append::from(mail("red", "")).flags("\\Seen"))
            .await?;
        let plain = client.deliver(mail("blue", "")).await?;

        let red = || SearchKey::Subject("red".into());
        let cases = [
            (!SearchKey::Flagged, vec![seen, plain]),
            (SearchKey::Flagged | SearchKey::Seen, vec![flagged, seen]),
            (red() & SearchKey::Seen, vec![seen]),
            (!(SearchKey::Flagged | SearchKey::Seen), vec![plain]),
            (!(red() & !SearchKey::Seen), vec![seen, plain]),
            (
                SearchKey::from("FLAGGED SUBJECT blue") | SearchKey::from("SUBJECT blue UNSEEN"),
                vec![plain],
            ),
            (!SearchKey::from("SUBJECT red SEEN"), vec![flagged, plain]),
            (SearchKey::And(Vec::new()), vec![flagged, seen, plain]),
        ];
        for (key, expected) in cases {
            let shown = format!("{key:?}");
            assert_eq!(client.search(key).await?, *expected, "{shown}");
        }
        client.logout().await
    }

    /// Delivers four messages and returns their UIDs.
    async fn four(client: &mut Session<'_>) -> Result<Vec<imapclient::Uid>, Stop> {
        let mut uids = Vec::new();
        for subject in ["one", "two", "three", "four"] {
            uids.push(client.deliver(mail(subject, "")).await?);
        }
        Ok(uids)
    }

    #[trial]
    async fn search_by_uid(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = four(&mut client).await?;
        let mut some = UidSet::from([uids[0], uids[2]]);
        some.extend([uids[3].get() + 1000]);
        assert_eq!(
            client.search(SearchKey::Uid(some)).await?,
            [uids[0], uids[2]]
        );
        client.logout().await
    }

    #[trial]
    async fn search_for_the_last_uid(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = four(&mut client).await?;
        let found = client.search(SearchKey::Uid(UidSet::last())).await?;
        assert_eq!(found, uids[3..], "the last UID");
        client.logout().await
    }

    #[trial]
    async fn search_by_sequence_number(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = four(&mut client).await?;
        assert_eq!(
            client.search(SearchKey::Seq(SeqSet::from(2..=3))).await?,
            uids[1..3]
        );
        let third = UidSet::from(1..=uids[2].get());
        let both = SearchKey::Seq(SeqSet::from(2..)) & SearchKey::Uid(third);
        assert_eq!(client.search(both).await?, uids[1..3]);
        client.logout().await
    }

    /// The numbers are those of the moment, which change when messages are removed.
    #[trial]
    async fn search_seq(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uids = four(&mut client).await?;
        assert_eq!(client.search_seq("SUBJECT three").await?, [3]);
        client.mark_deleted(uids[1]).await?;
        client.expunge().await?;
        let found = client.search_seq(!SearchKey::Subject("one".into())).await?;
        assert_eq!(found, [2, 3]);
        assert_eq!(client.search("SUBJECT three").await?, [uids[2]]);
        // The result can be used as a set of messages.
        let flags = client.flags(&found).await?;
        assert_eq!(keys(&flags), [2, 3]);
        client.add_flags(found, Flag::Seen).await?;
        assert_eq!(client.search("SEEN").await?, uids[2..]);
        assert!(client.search_seq("SUBJECT two").await?.is_empty());
        client.logout().await
    }

    #[trial]
    async fn search_as_on_the_wire(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("two words", "")).await?;
        client
            .deliver(Append::from(mail("two words", "")).flags("\\Seen"))
            .await?;
        assert_eq!(client.search("UNSEEN SUBJECT \"two words\"").await?, [uid]);
        assert_eq!(
            client.search("(OR FLAGGED UNSEEN) NOT DELETED").await?,
            [uid]
        );
        let refusal = refused(client.search("NOSUCHKEY").await)?;
        // BAD would be right, but some servers answer NO to all unsupported commands.
        assert_eq!(refusal.command, "UID SEARCH");
        assert_eq!(client.search("UNSEEN").await?, [uid]);
        client.logout().await
    }
}
