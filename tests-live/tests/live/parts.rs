//! Reading parts of a message.

use imapclient::FetchItems;
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::{TWO_PARTS, every_byte, mail},
    tell::{assert_bytes, only},
};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn fetch_header_and_text(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("halves", "one\r\ntwo")).await?;
        let items = FetchItems::new().header().section("TEXT");
        let found = only(client.fetch([uid], items).await?)?;
        let (header, text) = (found.section("HEADER"), found.section("TEXT"));
        assert_bytes(text, b"one\r\ntwo\r\n");
        let both = [header.unwrap_or_default(), text.unwrap_or_default()].concat();
        assert_bytes(Some(&both), mail("halves", "one\r\ntwo").as_bytes());
        client.logout().await
    }

    #[trial]
    async fn fetch_header_fields(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client
            .deliver("Subject: a\r\n b\r\nX-One: 1\r\nX-Two: 2\r\n\r\ntext\r\n")
            .await?;
        let (some, others) = (
            "HEADER.FIELDS (SUBJECT X-Two)",
            "HEADER.FIELDS.NOT (x-one subject)",
        );
        let none = "HEADER.FIELDS (X-Three)";
        let items = FetchItems::new().section(some).section(others).section(none);
        let found = only(client.fetch([uid], items).await?)?;
        assert_bytes(found.section(some), b"Subject: a\r\n b\r\nX-Two: 2\r\n\r\n");
        assert_bytes(found.section(others), b"X-Two: 2\r\n\r\n");
        assert_bytes(found.section(none), b"\r\n");
        client.logout().await
    }

    #[trial]
    async fn fetch_parts(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(TWO_PARTS).await?;
        let items = FetchItems::new().section("1").section("2").section("2.MIME");
        let found = only(client.fetch([uid], items).await?)?;
        assert_eq!(found.sections().count(), 3);
        // Some servers count the line end before the boundary as part of the text.
        let part = |name| found.section(name).unwrap_or_default().trim_ascii_end();
        assert_eq!(part("1").escape_ascii().to_string(), "See what I found.");
        assert_eq!(part("2").escape_ascii().to_string(), "AAECAwQFBgc=");
        let header = String::from_utf8_lossy(part("2.MIME")).to_ascii_lowercase();
        assert!(
            header.contains("content-transfer-encoding: base64"),
            "{header}"
        );
        client.logout().await
    }

    #[trial]
    async fn fetch_a_part_that_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(TWO_PARTS).await?;
        let found = only(
            client
                .fetch([uid], FetchItems::new().section("9").section("1"))
                .await?,
        )?;
        // Servers return an empty string or NIL.
        assert!(
            found.section("9").unwrap_or_default().is_empty(),
            "{found:?}"
        );
        assert!(
            !found.section("1").unwrap_or_default().is_empty(),
            "{found:?}"
        );
        client.logout().await
    }

    #[trial(Uid, Seq)]
    async fn partial_fetch<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let message = every_byte(10_000);
        let numbers = by.numbers(&client.deliver_all([message.clone()]).await?);
        let items = FetchItems::new()
            .partial("", 0, 20)
            .partial("", 2, 25)
            .partial("TEXT", 100, 300);
        let found = only(client.fetch(by.messages(&numbers), items).await?)?;
        assert_bytes(found.partial("", 0), &message[..20]);
        assert_bytes(found.partial("", 2), &message[2..27]);
        let text = message
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .expect("a header")
            + 4;
        assert_bytes(found.partial("TEXT", 100), &message[text + 100..text + 400]);
        assert_eq!(found.body(), None, "a piece is not the whole");

        // One range crosses the end, the other begins after it.
        let items = FetchItems::new().partial("", 9_990, 500).partial("", 20_000, 10);
        let found = only(client.fetch(by.messages(&numbers), items).await?)?;
        assert_bytes(found.partial("", 9_990), &message[9_990..]);
        assert!(
            found.partial("", 20_000).unwrap_or_default().is_empty(),
            "{found:?}"
        );
        client.logout().await
    }

    #[trial]
    async fn fetch_in_pieces(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let message = every_byte(200_000);
        let uid = client.deliver(message.clone()).await?;
        let mut whole = Vec::new();
        loop {
            let origin = whole.len() as u64;
            let found = only(
                client
                    .fetch([uid], FetchItems::new().partial("", origin, 65_536))
                    .await?,
            )?;
            let piece = found.partial("", origin).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            whole.extend_from_slice(piece);
        }
        assert_bytes(Some(&whole), &message);
        client.logout().await
    }
}
