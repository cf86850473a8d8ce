//! Uploading messages in pieces, from readers of known size.

use imapclient::{AppendStream, Code, Error, FetchItems, Flag, Flags, Outcome as Known, Uid};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::{date, every_byte, mail},
    tell::{assert_bytes, only, without_recent},
};

/// More than the buffers of the client, and than a literal that `LITERAL-` allows.
const LARGE: usize = 2 * 1024 * 1024;

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn upload_from_a_reader(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let (flags, at) = (Flags::from([Flag::Seen, Flag::Draft]), date("2009-03-07T23:30:59+05:30"));
        for (number, message) in [mail("small", "Hello").into_bytes(), every_byte(LARGE)]
            .into_iter()
            .enumerate()
        {
            let stream = AppendStream::new(message.len() as u64)
                .flags(&flags)
                .internal_date(at);
            // The reader has more than that.
            let mut reader = message.clone();
            reader.extend_from_slice(b"not a part of the message");
            client.append_from(cx.mailbox()?, stream, &reader[..]).await?;
            client.see(number as u32 + 1).await?;
            let uid = last(&mut client).await?;
            // Not the size, which is not that of the body on all servers.
            let items = FetchItems::new().flags().internal_date().body();
            let found = only(client.fetch([uid], items).await?)?;
            assert_bytes(found.body(), &message);
            assert_eq!(found.internal_date().and_then(|date| date.date()), Some(at));
            assert_eq!(found.flags().map(without_recent), Some(flags.clone()));
        }
        client.logout().await
    }

    #[trial]
    async fn upload_in_pieces(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let message = every_byte(LARGE);
        let mut upload = client
            .upload(cx.mailbox()?, AppendStream::new(LARGE as u64))
            .await?;
        let mut sent = 0;
        for size in (1..).step_by(997) {
            let piece = &message[sent..LARGE.min(sent + size)];
            upload.write(piece).await?;
            sent += piece.len();
            assert_eq!((upload.sent(), upload.size()), (sent as u64, LARGE as u64));
            if sent == LARGE {
                break;
            }
        }
        let appended = upload.finish().await?;
        client.see(1).await?;
        let uid = last(&mut client).await?;
        if let Some(appended) = appended {
            assert_eq!(appended.uids, uid.into());
        }
        let found = only(client.fetch([uid], FetchItems::new().body()).await?)?;
        assert_bytes(found.body(), &message);
        client.logout().await
    }

    #[trial]
    async fn upload_to_what_is_not_there(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let message = every_byte(LARGE);
        let stream = AppendStream::new(LARGE as u64);
        let Err(error) = client.append_from(cx.child("missing"), stream, &message[..]).await else {
            return Err(Stop::failed("the upload succeeded"));
        };
        assert_eq!(error.code(), Some(&Code::TryCreate), "{error:?}");
        assert_eq!(error.outcome(), Known::NotDone, "{error:?}");
        // A server may refuse a message of which it has received a part only; without waiting for
        // `+`, the connection is gone then.
        if error.is_closed() {
            assert!(matches!(error, Error::Unfinished { .. }), "{error:?}");
            client = Session::open(cx).await?;
        }
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn upload_that_is_short_is_not_stored(cx: &Context) -> Result<(), Stop> {
        for (size, given) in [(1000, 999), (LARGE, LARGE - 1), (LARGE, 0)] {
            let mut client = Session::open(cx).await?;
            let stream = AppendStream::new(size as u64);
            let message = &every_byte(size)[..given];
            let Err(error) = client.append_from(cx.mailbox()?, stream, message).await else {
                return Err(Stop::failed("the upload succeeded"));
            };
            assert_eq!(error.outcome(), Known::NotDone, "{error:?}");
            assert!(error.is_closed(), "{error:?}");
            assert!(matches!(client.noop().await, Err(Error::GivenUp)));
            drop(client);
        }
        let mut client = Session::open(cx).await?;
        assert_eq!(client.select(cx.mailbox()?).await?.exists, 0);
        client.logout().await
    }

    #[trial]
    async fn upload_each_of_many(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let bodies: Vec<Vec<u8>> = (0..40).map(|n| every_byte(5000 + n)).collect();
        let mut told = Vec::new();
        let mut uploads = client.append_each(cx.mailbox()?, bodies.clone()).await?;
        while let Some(stored) = uploads.next().await {
            told.push(stored?);
        }
        drop(uploads);
        client.see(40).await?;
        let uids = client.search("ALL").await?;
        let found = client.fetch(&uids, FetchItems::new().body()).await?;
        assert_eq!(found.len(), 40);
        for ((uid, message), (told, body)) in found.iter().zip(told.iter().zip(&bodies)) {
            assert_bytes(message.body(), body);
            if let Some(told) = told {
                assert_eq!(told.uids, (*uid).into());
            }
        }
        assert_eq!(told.len(), 40);

        let missing = cx.child("missing");
        let mut uploads = client.append_each(missing, [mail("a", ""), mail("b", "")]).await?;
        for _ in 0..2 {
            let Some(Err(error)) = uploads.next().await else {
                return Err(Stop::failed("a message was stored in a missing mailbox"));
            };
            assert_eq!(error.code(), Some(&Code::TryCreate), "{error:?}");
        }
        assert!(uploads.next().await.is_none());
        drop(uploads);
        client.logout().await
    }

    /// Returns the UID of the newest message.
    async fn last(client: &mut Session<'_>) -> Result<Uid, Stop> {
        let newest = client.search("ALL").await?.into_iter().max();
        newest.ok_or_else(|| Stop::failed("there is no message"))
    }
}
