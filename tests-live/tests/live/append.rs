//! Uploading messages, and reading them back unchanged.

use imapclient::{Append, Code, FetchItems, Flag, Flags};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::{date, every_byte, mail},
    tell::{assert_bytes, keys, need_keywords, only, refused, without_recent},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn append_ascii(cx: &Context) -> Result<(), Stop> {
        round_trip(cx, Uid, mail("plain", "Hello\r\n.\r\n* OK not from the server")).await
    }

    #[trial(Uid, Seq)]
    async fn append_unicode<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        round_trip(cx, by, mail("Grüße ☺", "Zażółć gęślą jaźń 🦀")).await
    }

    #[trial(Uid, Seq)]
    async fn append_bytes<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut message = mail("latin", "").into_bytes();
        message.extend_from_slice(b"caf\xe9 \xff\xfe \x80\x1b[31m\x7f\r\n");
        round_trip(cx, by, message).await
    }

    #[trial]
    async fn append_a_header_and_no_text(cx: &Context) -> Result<(), Stop> {
        round_trip(cx, Uid, "Subject: nothing\r\n\r\n").await
    }

    #[trial]
    async fn append_without_a_last_line_end(cx: &Context) -> Result<(), Stop> {
        round_trip(cx, Uid, "Subject: cut\r\n\r\nno line end").await
    }

    #[trial]
    async fn append_long_lines(cx: &Context) -> Result<(), Stop> {
        round_trip(cx, Uid, mail("long", &"x".repeat(40_000))).await
    }

    #[trial]
    async fn append_64_kib_of_every_byte(cx: &Context) -> Result<(), Stop> {
        round_trip(cx, Uid, every_byte(64 * 1024)).await
    }

    /// Asserts that an uploaded message is read back byte for byte, with its flags and its date.
    async fn round_trip<K: Kind>(
        cx: &Context,
        by: K,
        message: impl Into<Vec<u8>>,
    ) -> Result<(), Stop> {
        let message = message.into();
        let mut client = Session::selected(cx).await?;
        let (flags, at) = (Flags::from([Flag::Seen, Flag::Flagged]), date("2009-03-07T23:30:59+05:30"));
        let append = Append::from(message.clone()).flags(&flags).internal_date(at);
        let numbers = by.numbers(&client.deliver_all([append]).await?);
        let items = FetchItems::new().size().flags().internal_date().body();
        let found = client.fetch(by.messages(&numbers), items).await?;
        assert_eq!(keys(&found), numbers);
        let found = only(found)?;
        assert_bytes(found.body(), &message);
        assert_eq!(found.size(), Some(message.len() as u64));
        assert_eq!(found.internal_date().and_then(|date| date.date()), Some(at));
        assert_eq!(found.flags().map(without_recent), Some(flags));
        client.logout().await
    }

    #[trial]
    async fn append_flags(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let flags = Flags::from([Flag::Seen, Flag::Flagged, Flag::Draft]);
        let uid = client
            .deliver(Append::from(mail("x", "")).flags(&flags))
            .await?;
        assert_eq!(flags_of(&mut client, uid).await?, flags);
        let none = client.deliver(mail("y", "")).await?;
        assert_eq!(flags_of(&mut client, none).await?, Flags::new());
        client.logout().await
    }

    #[trial]
    async fn append_a_keyword(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        need_keywords(&client.select(cx.mailbox()?).await?)?;
        let flags = Flags::from(["$Forwarded", "imapclient-test", "\\Answered"]);
        let uid = client
            .deliver(Append::from(mail("x", "")).flags(&flags))
            .await?;
        assert_eq!(flags_of(&mut client, uid).await?, flags);
        client.logout().await
    }

    /// Returns the flags of a message without `\Recent`, which clients cannot set.
    async fn flags_of(client: &mut Session<'_>, uid: imapclient::Uid) -> Result<Flags, Stop> {
        let found = only(client.fetch([uid], FetchItems::new().flags()).await?)?;
        Ok(found.flags().map(without_recent).unwrap_or_default())
    }

    #[trial]
    async fn append_a_date(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        for text in [
            "2009-03-07T23:30:59+05:30",
            "2024-02-29T01:02:03-11:00",
            "1999-12-31T23:59:59+00:00",
        ] {
            let message = Append::from(mail(text, "")).internal_date(date(text));
            let uid = client.deliver(message).await?;
            let found = only(client.fetch([uid], FetchItems::new().internal_date()).await?)?;
            // The server may return the time in another time zone.
            assert_eq!(
                found.internal_date().and_then(|date| date.date()),
                Some(date(text))
            );
        }
        client.logout().await
    }

    #[trial]
    async fn append_names_the_uid(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.require("UIDPLUS").await?;
        let validity = client
            .state()
            .selected()
            .and_then(|mailbox| mailbox.uid_validity);
        let mut last = None;
        for subject in ["one", "two", "three"] {
            let expected = client.count()? + 1;
            let appended = client.append(cx.mailbox()?, mail(subject, "")).await?;
            client.see(expected).await?;
            let Some(appended) = appended else {
                return Err(Stop::failed("no APPENDUID"));
            };
            assert_eq!(Some(appended.uid_validity), validity);
            let found = client
                .fetch(
                    &appended.uids,
                    FetchItems::new().section("HEADER.FIELDS (SUBJECT)"),
                )
                .await?;
            let found = only(found)?;
            assert!(found.uid() > last, "{found:?}");
            last = found.uid();
            let field = format!("Subject: {subject}\r\n\r\n");
            assert_bytes(found.section("HEADER.FIELDS (SUBJECT)"), field.as_bytes());
        }
        client.logout().await
    }

    #[trial]
    async fn append_all(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let (marked, dated) = (Flags::from("\\Draft"), date("1999-12-31T23:59:59+00:00"));
        let bodies = [
            mail("one", "Grüße").into_bytes(),
            every_byte(100_000),
            mail("three", "").into_bytes(),
        ];
        let [one, two, three] = bodies.clone().map(Append::from);
        let messages = [one.flags(&marked), two.internal_date(dated), three];
        let appended = client.append_all(cx.mailbox()?, messages).await?;
        client.see(3).await?;
        let uids = client.search("ALL").await?;
        if client.capabilities().await?.has("UIDPLUS") {
            let Some(appended) = appended else {
                return Err(Stop::failed("no APPENDUID"));
            };
            let named: Vec<_> = appended.uids.iter().into_iter().flatten().collect();
            assert_eq!(uids, named);
            let selected = client.state().selected();
            let validity = selected.and_then(|mailbox| mailbox.uid_validity);
            assert_eq!(Some(appended.uid_validity), validity);
        }
        let items = FetchItems::new().flags().internal_date().body();
        let found = client.fetch(&uids, items).await?;
        assert_eq!(found.len(), 3);
        for (message, body) in found.values().zip(&bodies) {
            assert_bytes(message.body(), body);
        }
        let flags: Vec<_> = found.values().filter_map(|message| message.flags()).collect();
        let flags: Vec<_> = flags.into_iter().map(without_recent).collect();
        assert_eq!(flags, [marked, Flags::new(), Flags::new()]);
        let dates: Vec<_> = found
            .values()
            .map(|message| message.internal_date().and_then(|date| date.date()))
            .collect();
        assert_eq!(dates[1], Some(dated));
        assert_ne!(dates[0], Some(dated));

        let last = client.last_sent();
        assert_eq!(client.append_all(cx.mailbox()?, [""; 0]).await?, None);
        assert_eq!(client.last_sent(), last, "nothing was sent");
        let missing = cx.child("missing");
        let refusal = refused(client.append_all(missing, [mail("a", ""), mail("b", "")]).await)?;
        assert_eq!(refusal.code, Some(Code::TryCreate), "{refusal}");
        client.logout().await
    }

    #[trial]
    async fn append_shows_in_the_open_mailbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        for n in 1..=3 {
            client.append(cx.mailbox()?, mail("x", "")).await?;
            // Servers report the message with the response to a NOOP at the latest (RFC 9051
            // §6.3.12).
            client.see(n).await?;
        }
        client.logout().await
    }

    #[trial]
    async fn append_to_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let refusal = refused(client.append(cx.folder(), mail("x", "")).await)?;
        assert_eq!(refusal.command, "APPEND");
        assert_eq!(refusal.code, Some(Code::TryCreate));
        // After following TRYCREATE, the upload succeeds.
        client.create(cx.folder()).await?;
        client.append(cx.folder(), mail("x", "")).await?;
        // A large message, all of which a client that does not wait for `+` sends before the NO.
        let refusal = refused(
            client
                .append(cx.child("missing"), every_byte(1024 * 1024))
                .await,
        )?;
        assert_eq!(refusal.code, Some(Code::TryCreate));
        assert_eq!(client.select(cx.folder()).await?.exists, 1);
        client.logout().await
    }
}
