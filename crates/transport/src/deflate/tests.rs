//! Tests of both directions, without TLS and without a network.

use std::collections::VecDeque;

use flate2::{Compress, Compression, FlushCompress};

use super::*;

/// Compressed bytes as the layer below hands them out: in these pieces.
struct Below(VecDeque<Vec<u8>>);

impl Below {
    fn pieces(packed: &[u8], size: usize) -> Self {
        Self(packed.chunks(size).map(<[u8]>::to_vec).collect())
    }

    fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let Some(mut piece) = self.0.pop_front() else {
            return Ok(0);
        };
        let count = piece.len().min(room.len());
        room[..count].copy_from_slice(&piece[..count]);
        if count < piece.len() {
            self.0.push_front(piece.split_off(count));
        }
        Ok(count)
    }
}

/// Returns text that compresses about as well as mail.
fn text(size: usize) -> Vec<u8> {
    let mut seed = 1_u32;
    let mut text = Vec::with_capacity(size + 8);
    while text.len() < size {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend_from_slice(match seed >> 29 {
            0 => &b"Received"[..],
            1 => b": from ",
            2 => b"\r\n",
            3 => b"example",
            _ => &[b'a'][..],
        });
        text.push((seed >> 16) as u8);
    }
    text.truncate(size);
    text
}

/// Returns these bytes, compressed and flushed.
fn packed(bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 1024);
    Compress::new(Compression::best(), false)
        .compress_vec(bytes, &mut packed, flush)
        .unwrap();
    packed
}

/// Reads until nothing is left, with this much room for each call.
fn read_all(inflater: &mut Inflater, below: &mut Below, room: usize) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    let mut bytes = vec![0; room];
    loop {
        match inflater.read(&mut bytes, &mut |room| below.read(room))? {
            0 => return Ok(all),
            count => all.extend_from_slice(&bytes[..count]),
        }
    }
}

#[test]
fn any_split_and_any_room_give_the_same() {
    let original = text(30_000);
    let packed = packed(&original, FlushCompress::Sync);
    for (size, room) in [(1, 64 * 1024), (1, 1), (7, 100), (5000, 4096), (1 << 20, 5)] {
        for held in [0, 1, 50, packed.len()] {
            let (first, rest) = packed.split_at(held);
            let mut inflater = Inflater::new(first);
            let mut below = Below::pieces(rest, size);
            let all = read_all(&mut inflater, &mut below, room).unwrap();
            assert!(all == original, "{size} {room} {held}");
            assert!(!inflater.has_input());
            assert!(inflater.failure().is_none());
        }
    }
}

#[test]
fn there_is_input_as_soon_as_a_byte_of_it_can_be_read() {
    let packed = packed(b"* OK hello\r\n", FlushCompress::Sync);
    let mut inflater = Inflater::new(&[]);
    let mut here = 0;
    for byte in packed {
        let had = inflater.has_input();
        let mut below = Below::pieces(&[byte], 1);
        inflater.look_ahead(&mut |room| below.read(room));
        // While there is unread input, nothing more is taken.
        assert_eq!(below.0.is_empty(), !had);
        let mut one = [0; 100];
        let count = inflater.read(&mut one, &mut |room| below.read(room));
        here += count.unwrap();
        assert!(!inflater.has_input());
    }
    assert_eq!(here, 12);
}

#[test]
fn a_bomb_takes_no_more_room_than_its_reader_has() {
    // A thousand bytes for a million.
    let mut compress = Compress::new(Compression::best(), false);
    let mut bomb = Vec::with_capacity(1 << 20);
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        let step = compress.compress_vec(&zeros, &mut bomb, FlushCompress::Sync);
        step.unwrap();
    }
    assert!(bomb.len() < 80 * 1024, "{}", bomb.len());
    let mut below = Below::pieces(&bomb, 1024);
    let mut inflater = Inflater::new(&[]);
    let mut room = [0; 1000];
    let mut total = 0;
    loop {
        let count = inflater.read(&mut room, &mut |room| below.read(room));
        let count = count.unwrap();
        if count == 0 {
            break;
        }
        total += count;
        assert!(inflater.ahead.capacity() <= AHEAD);
        assert!(inflater.packed.capacity() <= PACKED);
    }
    assert_eq!(total, 64 << 20);
    assert_eq!(inflater.ahead.capacity() + inflater.packed.capacity(), 0);
}

#[test]
fn damage_is_told_after_what_came_before_it() {
    let mut bytes = packed(b"* OK hello\r\n", FlushCompress::Sync);
    // A block of the type that does not exist.
    bytes.push(0b110);
    let mut inflater = Inflater::new(&[]);
    let mut below = Below::pieces(&bytes, 100);
    inflater.look_ahead(&mut |room| below.read(room));
    assert!(inflater.failure().is_none());
    let mut room = [0; 100];
    let count = inflater.read(&mut room, &mut |room| below.read(room));
    assert_eq!(count.unwrap(), 12);
    for _ in 0..2 {
        let again = inflater.read(&mut room, &mut |room| below.read(room));
        assert!(matches!(again, Err(Error::Inflate)), "{again:?}");
        assert!(matches!(inflater.failure(), Some(Error::Inflate)));
    }
}

#[test]
fn an_end_is_told_whether_anything_follows_or_not() {
    for rest in [&b""[..], b"more", &packed(b"more", FlushCompress::Finish)] {
        let mut bytes = packed(b"* BYE\r\n", FlushCompress::Finish);
        bytes.extend_from_slice(rest);
        let mut inflater = Inflater::new(&bytes);
        let mut below = Below::pieces(b"", 1);
        let mut room = [0; 100];
        let count = inflater.read(&mut room, &mut |room| below.read(room));
        assert_eq!(count.unwrap(), 7);
        let end = inflater.read(&mut room, &mut |room| below.read(room));
        assert!(matches!(end, Err(Error::CompressionEnded)), "{end:?}");
    }
}

#[test]
fn any_nonsense_ends() {
    let mut seed = 7_u32;
    for _ in 0..2000 {
        let nonsense: Vec<u8> = (0..60)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
            .collect();
        let mut inflater = Inflater::new(&[]);
        let whole = read_all(&mut inflater, &mut Below::pieces(&nonsense, 100), 100);
        let mut inflater = Inflater::new(&[]);
        let bytes = read_all(&mut inflater, &mut Below::pieces(&nonsense, 1), 1);
        assert_eq!(format!("{whole:?}"), format!("{bytes:?}"), "{nonsense:?}");
    }
}

/// Writes all of it, and transmits whenever there is no room.
fn write_all(deflater: &mut Deflater, outgoing: &mut Buffer, bytes: &[u8], sent: &mut Vec<u8>) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let count = deflater.write(rest, outgoing).unwrap();
        rest = &rest[count..];
        if count == 0 {
            assert_eq!(outgoing.room(), 0);
            transmit(outgoing, sent);
        }
    }
}

fn transmit(outgoing: &mut Buffer, sent: &mut Vec<u8>) {
    sent.extend_from_slice(outgoing.bytes());
    outgoing.consume(outgoing.len());
}

#[test]
fn what_is_flushed_can_be_read_at_once() {
    let noise = |size: u64| (0..size).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a) >> 21) as u8);
    let (mut deflater, mut outgoing) = (Deflater::new(), Buffer::new());
    let mut inflater = Inflater::new(&[]);
    for bytes in [
        b"A0001 NOOP\r\n".to_vec(),
        text(300_000),
        noise(300_000).collect(),
        vec![b'x'; 3_000_000],
        noise(65_536).collect(),
        b"A0002 NOOP\r\n".to_vec(),
    ] {
        let mut sent = Vec::new();
        write_all(&mut deflater, &mut outgoing, &bytes, &mut sent);
        assert!(!deflater.is_flushed());
        assert!(deflater.holds_end(&outgoing));
        deflater.flush(&mut outgoing).unwrap();
        while !deflater.is_flushed() {
            assert_eq!(outgoing.room(), 0);
            transmit(&mut outgoing, &mut sent);
            deflater.flush(&mut outgoing).unwrap();
        }
        transmit(&mut outgoing, &mut sent);
        assert!(!deflater.holds_end(&outgoing));
        let mut below = Below::pieces(&sent, 1 << 20);
        let all = read_all(&mut inflater, &mut below, 64 * 1024).unwrap();
        assert!(all == bytes, "{}", bytes.len());
    }
}

#[test]
fn pieces_of_one_text_are_not_flushed_one_by_one() {
    let text = text(1_000_000);
    let sizes = [text.len(), 100].map(|piece| {
        let (mut deflater, mut outgoing) = (Deflater::new(), Buffer::new());
        let mut sent = Vec::new();
        for piece in text.chunks(piece) {
            write_all(&mut deflater, &mut outgoing, piece, &mut sent);
        }
        deflater.flush(&mut outgoing).unwrap();
        transmit(&mut outgoing, &mut sent);
        sent.len()
    });
    assert!(sizes[1] <= sizes[0] + sizes[0] / 100, "{sizes:?}");
}

#[test]
fn the_end_of_a_flush_is_not_taken_for_data() {
    let (mut deflater, mut outgoing) = (Deflater::new(), Buffer::new());
    deflater
        .write(b"A0001 DELETE x\r\n", &mut outgoing)
        .unwrap();
    deflater.flush(&mut outgoing).unwrap();
    let all = outgoing.bytes().to_vec();
    // The server knows the command before it has all bytes of the flush.
    let known = (0..=all.len()).find(|count| {
        let mut below = Below::pieces(&all[..*count], 100);
        read_all(&mut Inflater::new(&[]), &mut below, 100).unwrap() == b"A0001 DELETE x\r\n"
    });
    let known = known.unwrap();
    assert!(known < all.len());
    outgoing.consume(known);
    assert!(!outgoing.is_empty());
    assert!(!deflater.holds_end(&outgoing));
}
