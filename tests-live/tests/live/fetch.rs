//! Reading messages: sets of messages, and data items.

use imapclient::{Append, Error, FetchItems, Flag, Flags, SeqSet, UidSet};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::{LETTER, date, mail},
    tell::{assert_bytes, keys, only, without_recent},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn fetch<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let at = date("2012-01-02T03:04:05-04:30");
        let letter = Append::from(LETTER).flags("\\Flagged").internal_date(at);
        let others = [mail("before", ""), mail("after", "")].map(Append::from);
        let [before, after] = others;
        let uids = client.deliver_all([before, letter, after]).await?;
        let number = by.numbers(&uids)[1];
        let mut items = FetchItems::new().flags().internal_date().size().envelope().header().body();
        let has_modseq = client.capabilities().await?.has("CONDSTORE");
        if has_modseq {
            items = items.modseq();
        }
        let found = client.fetch(by.messages(&[number]), items).await?;
        assert_eq!(keys(&found), [number]);
        let found = only(found)?;
        assert_eq!((found.uid(), found.seq()), (Some(uids[1]), imapclient::Seq::new(2)));
        assert_eq!(found.flags().map(without_recent), Some(Flags::from(Flag::Flagged)));
        // The server may return the time in another time zone.
        assert_eq!(found.internal_date().and_then(|date| date.date()), Some(at));
        assert_eq!(found.size(), Some(LETTER.len() as u64));
        assert_eq!(found.modseq().is_some(), has_modseq, "the modification sequence");
        assert_bytes(found.body(), LETTER.as_bytes());
        let end = LETTER.find("\r\n\r\n").expect("a header") + 4;
        assert_bytes(found.section("HEADER"), &LETTER.as_bytes()[..end]);
        assert!(
            found.malformed().is_empty() && found.unknown().is_empty(),
            "{found:?}"
        );

        let envelope = found.envelope().ok_or_else(|| Stop::failed("no ENVELOPE"))?;
        let sent = envelope.date();
        assert_eq!(sent, Some(date("2009-01-03T04:05:06+02:30")));
        assert_eq!(sent.map(|sent| sent.offset().local_minus_utc()), Some(9000));
        assert_eq!(envelope.subject().as_deref(), Some("Grüße and \"quotes\""));
        for (addresses, expected) in [
            (envelope.from(), &["Jörg <joerg@example.org>"][..]),
            (envelope.sender(), &["Office <office@example.org>"]),
            (envelope.reply_to(), &["replies@example.org"]),
            (envelope.to(), &["\"Example, Ann\" <ann@example.org>", "bob@example.net"]),
            (envelope.cc(), &["carol@example.com"]),
            (envelope.bcc(), &["dan@example.com"]),
        ] {
            let shown: Vec<_> = addresses.map(|address| address.to_string()).collect();
            assert_eq!(shown, expected);
        }
        assert_eq!(envelope.in_reply_to().as_deref(), Some("<first@example.net>"));
        assert_eq!(envelope.message_id().as_deref(), Some("<second@example.org>"));
        client.logout().await
    }

    /// The fields of an envelope are as in the header; only the client decodes them.
    #[trial]
    async fn fetch_encoded_words(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(LETTER).await?;
        let found = only(client.fetch([uid], FetchItems::new().envelope()).await?)?;
        let envelope = found
            .envelope()
            .ok_or_else(|| Stop::failed("no ENVELOPE"))?;
        let subject = b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?= and \"quotes\"";
        assert_bytes(envelope.subject_raw(), subject);
        let from = envelope.from().next();
        let name = from.as_ref().and_then(|from| from.name_raw());
        assert_bytes(name, b"=?utf-8?Q?J=C3=B6rg?=");
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn fetch_items_as_text<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let (text, subject) = (mail("spelled", "out"), "HEADER.FIELDS (SUBJECT)");
        let letter = Append::from(text.clone()).flags("\\Answered");
        let numbers = by.numbers(&client.deliver_all([letter]).await?);
        let one = || by.messages(&numbers);
        let size = Some(text.len() as u64);

        let items = "FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)]";
        let found = only(client.fetch(one(), items).await?)?;
        assert!(found.uid().is_some());
        assert!(found.flags().is_some_and(|flags| flags.contains(&Flag::Answered)));
        assert_bytes(found.section(subject), b"Subject: spelled\r\n\r\n");
        let found = only(client.fetch(one(), "(rfc822.size UID)").await?)?;
        assert_eq!((found.size(), found.flags()), (size, None));
        let found = only(client.fetch(one(), "BODY.PEEK[]<0.4>").await?)?;
        assert_bytes(found.partial("", 0), &text.as_bytes()[..4]);
        for macro_name in ["FAST", "ALL", "FULL"] {
            let found = only(client.fetch(one(), macro_name).await?)?;
            assert_eq!(found.size(), size, "{macro_name}");
            assert!(found.flags().is_some() && found.internal_date().is_some(), "{macro_name}");
            assert_eq!(found.envelope().is_some(), macro_name != "FAST", "{macro_name}");
            assert_eq!(found.body_structure().is_some(), macro_name == "FULL", "{macro_name}");
        }
        assert_eq!(only(client.fetch(one(), "").await?)?.flags(), None);
        assert!(client.search_by(by, "SEEN").await?.is_empty(), "nothing has marked it so far");
        // `BODY[]` as text is sent unchanged, so it sets the flag.
        only(client.fetch(one(), "BODY[]").await?)?;
        assert_eq!(client.search_by(by, "SEEN").await?, numbers);

        let last = client.last_sent();
        for wrong in ["FLAGS\r\nA LOGOUT", "FLAGS {3}", "(FLAGS"] {
            let result = client.fetch(one(), wrong).await;
            assert!(matches!(result, Err(Error::Invalid(_))), "{wrong}: {result:?}");
        }
        assert_eq!(client.last_sent(), last, "nothing was sent");
        client.logout().await
    }

    #[trial]
    async fn fetch_nothing_but_uids(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "")).await?;
        let found = client.fetch("1:*", FetchItems::new()).await?;
        assert_eq!(keys(&found), [uid]);
        let found = only(found)?;
        assert_eq!(
            (found.uid(), found.body(), found.size()),
            (Some(uid), None, None)
        );
        client.logout().await
    }

    #[trial]
    async fn fetch_several(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let mut uids = Vec::new();
        let mut messages = Vec::new();
        for n in 0..10 {
            messages.push(mail(&format!("number {n}"), &"line\r\n".repeat(n * n)));
            uids.push(client.deliver(messages[n].as_str()).await?);
        }
        let found = client.fetch(&uids, FetchItems::new().body()).await?;
        assert_eq!(keys(&found), uids);
        for (n, fetched) in found.values().enumerate() {
            assert_eq!(fetched.seq().map(|seq| seq.get() as usize), Some(n + 1));
            assert_bytes(fetched.body(), messages[n].as_bytes());
        }
        // The order of the request does not matter.
        let found = client
            .fetch([uids[7], uids[2], uids[5]], FetchItems::new())
            .await?;
        assert_eq!(keys(&found), [uids[2], uids[5], uids[7]]);
        let found = client.fetch(uids[3]..=uids[5], FetchItems::new()).await?;
        assert_eq!(keys(&found), uids[3..=5]);
        let found = client.fetch(uids[8].., FetchItems::new()).await?;
        assert_eq!(keys(&found), uids[8..]);
        let found = client.fetch("*", FetchItems::new()).await?;
        assert_eq!(keys(&found), uids[9..]);
        client.logout().await
    }

    #[trial]
    async fn fetch_by_sequence_number(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client
            .deliver(Append::from(mail("gone", "")).flags("\\Deleted"))
            .await?;
        let mut uids = Vec::new();
        for subject in ["one", "two", "three"] {
            uids.push(client.deliver(mail(subject, "")).await?);
        }
        // Sequence numbers and UIDs differ now.
        client.expunge().await?;
        let found = client
            .fetch(SeqSet::from([1, 3]), FetchItems::new().flags())
            .await?;
        assert_eq!(keys(&found), [1, 3]);
        let found: Vec<_> = found.values().map(|message| message.uid()).collect();
        assert_eq!(found, [Some(uids[0]), Some(uids[2])]);
        let found = client.fetch(SeqSet::last(), FetchItems::new().header()).await?;
        assert_eq!(keys(&found), [3]);
        assert!(only(found)?.section("HEADER").is_some());
        let found = client.fetch(SeqSet::all(), FetchItems::new()).await?;
        assert_eq!(keys(&found), [1, 2, 3]);
        client.logout().await
    }

    #[trial]
    async fn fetch_one(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let texts = [mail("one", ""), mail("two", "")];
        let uids = client.deliver_all(texts.clone()).await?;
        for (uid, text) in uids.iter().zip(&texts) {
            let found = client.fetch_one(*uid, FetchItems::new().body()).await?;
            let found = found.ok_or_else(|| Stop::failed("the message was not found"))?;
            assert_eq!(found.uid(), Some(*uid));
            assert_bytes(found.body(), text.as_bytes());
        }
        // A number that is a UID, and items as text.
        let found = client.fetch_one(uids[1].get(), "ENVELOPE").await?;
        let found = found.ok_or_else(|| Stop::failed("the message was not found"))?;
        assert_eq!(found.uid(), Some(uids[1]));
        let subject = found.envelope().and_then(|envelope| envelope.subject());
        assert_eq!(subject.as_deref(), Some("two"));
        // A message that does not exist is not an error.
        let beyond = uids[1].get() + 1;
        assert!(client.fetch_one(beyond, FetchItems::new().flags()).await?.is_none());
        let last = client.last_sent();
        let result = client.fetch_one(0, FetchItems::new().flags()).await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
        assert_eq!(client.last_sent(), last, "nothing was sent");
        client.logout().await
    }

    #[trial]
    async fn fetch_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        // The mailbox is still empty.
        assert!(client.fetch("1:*", FetchItems::new().flags()).await?.is_empty());
        let uid = client.deliver(mail("x", "")).await?;
        assert!(
            client
                .fetch([uid.get() + 1, uid.get() + 500], FetchItems::new().body())
                .await?
                .is_empty()
        );
        let found = client.fetch([uid.get(), uid.get() + 500], FetchItems::new().flags()).await?;
        assert_eq!(keys(&found), [uid]);
        // An empty set sends nothing.
        let last = client.last_sent();
        assert!(client.fetch(UidSet::new(), FetchItems::new().flags()).await?.is_empty());
        assert_eq!(client.last_sent(), last);
        // Servers may refuse sequence numbers beyond the last one.
        match client.fetch(SeqSet::from(77), FetchItems::new().flags()).await {
            Err(Error::Refused(_)) => {}
            result => assert!(result?.is_empty()),
        }
        client.logout().await
    }

    #[trial]
    async fn fetch_does_not_mark_as_seen(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "text")).await?;
        let items = FetchItems::new()
            .body()
            .header()
            .section("TEXT")
            .partial("", 0, 5);
        client.fetch([uid], items).await?;
        assert!(client.search("SEEN").await?.is_empty());
        client.logout().await
    }

    #[trial]
    async fn fetch_marks_as_seen_when_asked_to(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "text")).await?;
        let items = FetchItems::new().flags().body().mark_seen();
        let found = only(client.fetch([uid], items).await?)?;
        assert_bytes(found.body(), mail("x", "text").as_bytes());
        assert_eq!(client.search("SEEN").await?, [uid]);
        client.logout().await
    }

    #[trial]
    async fn fetch_flags_again(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("x", "")).await?;
        for flags in [
            Flags::from(["\\Seen"]),
            Flags::from(["\\Draft", "\\Answered"]),
            Flags::new(),
        ] {
            client
                .store([uid], imapclient::FlagChange::replace(&flags).silent())
                .await?;
            let found = only(client.fetch([uid], FetchItems::new().flags()).await?)?;
            assert_eq!(found.flags().map(without_recent), Some(flags));
        }
        client.logout().await
    }
}
