//! Readers and streams of the tokio face.

use std::{future::poll_fn, io, pin::Pin};

use imapclient::{Error, tokio::Client};
use tokio::io::{AsyncRead, ReadBuf};

use crate::common::{plain, reader, scripted, tokio_face::*};

/// Reads at most `most` bytes.
async fn read(from: &mut (impl AsyncRead + Unpin), most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; most];
    let mut buffer = ReadBuf::new(&mut bytes);
    poll_fn(|context| Pin::new(&mut *from).poll_read(context, &mut buffer)).await?;
    Ok(buffer.filled().to_vec())
}

#[tokio::test]
async fn a_body_is_a_reader() {
    let peer = reader("", super::readers::ANSWER);
    let mut client = open(&peer).await;
    let messages = client.fetch_each("1:2", "BODY.PEEK[]").await.unwrap();
    let mut messages = messages.pieces_from(5);
    let mut message = messages.next().await.unwrap().unwrap();
    let mut body = message.body().await.unwrap().unwrap().into_reader();
    assert_eq!(read(&mut body, 0).await.unwrap(), b"");
    let mut all = Vec::new();
    loop {
        let some = read(&mut body, 5).await.unwrap();
        if some.is_empty() {
            break;
        }
        all.extend_from_slice(&some);
    }
    assert_eq!(all, b"hello, world");
    assert_eq!(read(&mut body, 5).await.unwrap(), b"");
    drop(body);
    // A small one is read in the same way.
    let mut body = message.body().await.unwrap().unwrap().into_reader();
    assert_eq!(read(&mut body, 5).await.unwrap(), b"abc");
    drop(body);
    drop(messages);
    leave(client, peer).await;
}

#[tokio::test]
async fn a_body_that_is_cut_never_ends_early() {
    let peer = scripted(super::readers::CUT);
    let mut client = plain::<Client>(&peer).connect().await.unwrap();
    client.select("INBOX").await.unwrap();
    let messages = client.fetch_each(1, "BODY.PEEK[]").await.unwrap();
    let mut messages = messages.pieces_from(0);
    let mut message = messages.next().await.unwrap().unwrap();
    let mut body = message.body().await.unwrap().unwrap().into_reader();
    let mut all = Vec::new();
    let error = loop {
        match read(&mut body, 5).await {
            Ok(some) => all.extend_from_slice(&some),
            Err(error) => break error,
        }
    };
    assert_eq!(all, b"hello, world\r\n");
    for error in [error, read(&mut body, 5).await.unwrap_err()] {
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let inside = error
            .get_ref()
            .and_then(|inside| inside.downcast_ref::<Error>());
        assert!(inside.is_some_and(Error::is_closed), "{error:?}");
    }
    peer.finish().unwrap();
}
