//! Methods that only the tokio face has.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use imapclient::Uid;
use tokio::io::AsyncWrite;

use crate::common::{reader, tokio_face::*};

/// A writer that takes one byte at every other poll, and a limited number of them.
struct Slow {
    left: usize,
    is_ready: bool,
    written: Vec<u8>,
}

impl AsyncWrite for Slow {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.is_ready = !self.is_ready;
        if self.is_ready {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.left == 0 {
            return Poll::Ready(Err(io::ErrorKind::StorageFull.into()));
        }
        self.left -= 1;
        self.written.extend_from_slice(&bytes[..1]);
        Poll::Ready(Ok(1))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_body_is_copied_with_progress() {
    let peer = reader("", super::readers::ANSWER);
    let mut client = open(&peer).await;
    let messages = client.fetch_each("1:2", "BODY.PEEK[]").await.unwrap();
    let mut messages = messages.pieces_from(5);
    let mut message = messages.next().await.unwrap().unwrap();
    let mut body = message.body().await.unwrap().unwrap();
    let mut slow = Slow {
        left: 13,
        is_ready: false,
        written: Vec::new(),
    };
    let mut steps = Vec::new();
    let copied = body.copy_to(&mut slow, |done, size| steps.push((done, size)));
    assert_eq!(copied.await.unwrap(), 12);
    assert_eq!(slow.written, b"hello, world");
    assert_eq!(steps.len(), 12);
    assert_eq!(steps.last(), Some(&(12, 12)));
    // A writer that fails loses the rest of its body, and nothing else.
    let mut body = message.body().await.unwrap().unwrap();
    let error = body.copy_to(&mut slow, |_, _| {}).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    let second = messages.next().await.unwrap().unwrap();
    assert_eq!(second.uid().map(Uid::get), Some(2));
    drop(messages);
    leave(client, peer).await;
}
