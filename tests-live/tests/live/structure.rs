//! The structure of messages.

use imapclient::{Fetch, FetchItems};
use imapclient_test_macros::faces;
use imapclient_tests_live::{
    Context, Outcome, Stop,
    by::{Kind, Seq, Uid},
};

use crate::{
    mail::{TWO_PARTS, mail},
    tell::{keys, only},
};

/// Returns a message that contains a message of two parts.
fn forwarded() -> String {
    format!(
        "Subject: forwarded\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=outer\r\n\r\n\
         --outer\r\nContent-Type: text/plain\r\n\
         Content-Transfer-Encoding: 7bit\r\n\r\nSee below.\r\n\
         --outer\r\nContent-Type: message/rfc822\r\n\
         Content-Transfer-Encoding: 7bit\r\n\r\n{TWO_PARTS}\
         --outer--\r\n"
    )
}

/// Returns the number, type, encoding and charset of each part.
fn parts(message: &Fetch) -> Vec<[String; 4]> {
    let structure = message.body_structure().expect("it was asked for");
    let parts = structure.walk().map(|part| {
        let encoding = part.encoding().unwrap_or_default().to_ascii_lowercase();
        let charset = part
            .parameter("charset")
            .unwrap_or_default()
            .to_ascii_lowercase();
        [part.number(), part.media_type(), encoding, charset]
    });
    parts.collect()
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial(Uid, Seq)]
    async fn body_structure<K: Kind>(cx: &Context, by: K) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let messages = [mail("single", "one\r\ntwo"), TWO_PARTS.into(), forwarded()];
        let numbers = by.numbers(&client.deliver_all(messages).await?);
        let single = vec![["1", "text/plain", "8bit", "utf-8"]];
        let two = vec![
            ["", "multipart/mixed", "", ""],
            ["1", "text/plain", "7bit", "us-ascii"],
            ["2", "application/octet-stream", "base64", ""],
        ];
        let nested = vec![
            ["", "multipart/mixed", "", ""],
            // Servers may omit the default charset.
            ["1", "text/plain", "7bit", "?"],
            ["2", "message/rfc822", "7bit", ""],
            ["2", "multipart/mixed", "", ""],
            ["2.1", "text/plain", "7bit", "us-ascii"],
            ["2.2", "application/octet-stream", "base64", ""],
        ];
        for items in [FetchItems::new().structure(), FetchItems::new().basic_structure(), "bodystructure".into()] {
            let found = client.fetch(by.messages(&numbers), items).await?;
            assert_eq!(keys(&found), numbers);
            for (message, expected) in found.values().zip([&single, &two, &nested]) {
                let mut parts = parts(message);
                if let [_, [_, _, _, charset], ..] = &mut parts[..]
                    && expected.len() == nested.len()
                {
                    assert!(["", "us-ascii"].contains(&charset.as_str()), "{charset}");
                    *charset = "?".into();
                }
                assert_eq!(parts, *expected);
                assert!(message.malformed().is_empty(), "{message:?}");
            }
            let body = found[&numbers[2]].body_structure();
            let inner = body.and_then(|body| body.part("2")?.envelope()?.subject());
            assert_eq!(inner.as_deref(), Some("with an attachment"));
        }
        client.logout().await
    }

    /// The default encoding is 7bit (RFC 2045 §6.1).
    #[trial]
    async fn body_structure_without_an_encoding(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver("Subject: bare\r\n\r\ntext\r\n").await?;
        let found = only(client.fetch([uid], FetchItems::new().structure()).await?)?;
        let text = found.body_structure().and_then(|body| body.find_text());
        let encoding = text.and_then(|text| text.encoding());
        let encoding = encoding.map(|encoding| encoding.to_ascii_lowercase());
        assert_eq!(encoding.as_deref(), Some("7bit"), "the encoding");
        client.logout().await
    }

    #[trial]
    async fn body_structure_of_a_text(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("single", "one\r\ntwo")).await?;
        let found = only(client.fetch([uid], FetchItems::new().structure()).await?)?;
        let text = found.body_structure().and_then(|body| body.find_text());
        let text = text.ok_or_else(|| Stop::failed("the text part is missing"))?;
        // The numbers refer to the text, without the header.
        assert_eq!((text.size(), text.lines()), (Some(10), Some(2)));
        client.logout().await
    }
}
