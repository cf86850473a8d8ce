//! Methods that only the blocking face has.

use std::io::{self, BufRead as _, Read as _, Write};

use imapclient::{Error, Fetch, Uid, blocking::Client};

use crate::common::{blocking_face::*, plain, reader, scripted};

pub(super) const ANSWER: &str = "C: <a> UID FETCH 1:2 (UID BODY.PEEK[])
         S: * 1 FETCH (UID 1 BODY[1] {12}
         S: hello, world BODY[2] {3}
         S: abc)
         S: * 2 FETCH (UID 2 BODY[] {3}
         S: xyz)
         S: <a> OK done";

/// A session that ends within a body.
pub(super) const CUT: &str = "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
         C: <open> SELECT \"INBOX\"
         S: <open> OK opened
         C: <a> UID FETCH 1 (UID BODY.PEEK[])
         S: * 1 FETCH (UID 1 BODY[] {20}
         S: hello, world
         CLOSE";

#[test]
fn messages_are_an_iterator() {
    let peer = reader("", ANSWER);
    let mut client = open(&peer);
    let messages = client.fetch_each("1:2", "BODY.PEEK[]").unwrap();
    let found: Result<Vec<Fetch>, Error> = messages.into_iter().collect();
    let found = found.unwrap();
    assert_eq!(found[0].section("1"), Some(&b"hello, world"[..]));
    assert_eq!(found[1].uid().map(Uid::get), Some(2));
    leave(client, peer);
}

#[test]
fn a_body_is_a_reader() {
    let peer = reader("", ANSWER);
    let mut client = open(&peer);
    let messages = client.fetch_each("1:2", "BODY.PEEK[]").unwrap();
    let mut messages = messages.pieces_from(5);
    let mut message = messages.next().unwrap().unwrap();
    let mut body = message.body().unwrap().unwrap();
    assert_eq!(body.read(&mut []).unwrap(), 0);
    let mut few = [0; 5];
    body.read_exact(&mut few).unwrap();
    assert_eq!(&few, b"hello");
    let mut until = Vec::new();
    body.read_until(b'w', &mut until).unwrap();
    assert_eq!(until, b", w");
    // A chunk continues where the reads have stopped.
    assert_eq!(body.chunk().unwrap(), Some(&b"orld"[..]));
    assert_eq!(body.read(&mut few).unwrap(), 0);
    let mut text = String::new();
    let mut body = message.body().unwrap().unwrap();
    assert_eq!(body.read_to_string(&mut text).unwrap(), 3);
    drop(messages);
    leave(client, peer);
}

/// A writer that accepts a few bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.min(bytes.len()) {
            0 => Err(io::Error::from(io::ErrorKind::StorageFull)),
            few => {
                self.0 -= few;
                Ok(few)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_body_is_copied_with_progress() {
    let peer = reader("", ANSWER);
    let mut client = open(&peer);
    let messages = client.fetch_each("1:2", "BODY.PEEK[]").unwrap();
    let mut messages = messages.pieces_from(5);
    let mut message = messages.next().unwrap().unwrap();
    let mut body = message.body().unwrap().unwrap();
    let (mut file, mut steps) = (Vec::new(), Vec::new());
    let copied = body.copy_to(&mut file, |done, size| steps.push((done, size)));
    assert_eq!(copied.unwrap(), 12);
    assert_eq!(file, b"hello, world");
    assert_eq!(steps.last(), Some(&(12, 12)));
    // A writer that fails loses the rest of its body, and nothing else.
    let mut body = message.body().unwrap().unwrap();
    let error = body.copy_to(&mut Full(2), |_, _| {}).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert_eq!(
        messages.next().unwrap().unwrap().uid().map(Uid::get),
        Some(2)
    );
    drop(messages);
    leave(client, peer);
}

#[test]
fn a_body_that_is_cut_never_ends_early() {
    let peer = scripted(CUT);
    let mut client = plain::<Client>(&peer).connect().unwrap();
    client.select("INBOX").unwrap();
    let messages = client.fetch_each(1, "BODY.PEEK[]").unwrap();
    let mut messages = messages.pieces_from(0);
    let mut message = messages.next().unwrap().unwrap();
    let mut body = message.body().unwrap().unwrap();
    let mut read = Vec::new();
    for _ in 0..2 {
        let error = body.read_to_end(&mut read).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let inside = error
            .get_ref()
            .and_then(|inside| inside.downcast_ref::<Error>());
        assert!(inside.is_some_and(Error::is_closed), "{error:?}");
    }
    assert_eq!(read, b"hello, world\r\n");
    peer.finish().unwrap();
}
