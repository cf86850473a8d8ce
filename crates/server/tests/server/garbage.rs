//! Damaged commands, which must not cause a panic or end the server.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    time::Duration,
};

use crate::client::{Client, server};

const CONNECTIONS: u64 = 300;

/// The commands to damage.
const COMMANDS: [&str; 36] = [
    "SELECT INBOX (CONDSTORE)",
    "EXAMINE \"INBOX\"",
    "LIST \"\" \"%/&APw-*\"",
    "LSUB {2+}\r\na/ *",
    "STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ)",
    "APPEND INBOX (\\Seen $x) \"15-Jan-2024 09:30:00 +0100\" {12+}\r\nSubject: x\r\n",
    "CREATE a/b/c",
    "RENAME a z",
    "DELETE z/b",
    "SUBSCRIBE &ZeVnLIqe-",
    "FETCH 1:* (UID FLAGS BODY.PEEK[1.2.HEADER.FIELDS (A B)]<0.5> ENVELOPE BODYSTRUCTURE)",
    "UID FETCH 1,3:* (RFC822 MODSEQ) (CHANGEDSINCE 1)",
    "STORE 1:2 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Deleted $y)",
    "SEARCH CHARSET UTF-8 OR (FROM {3+}\r\n\u{fc}x SINCE 1-Jan-2024) NOT MODSEQ 3",
    "UID SORT (REVERSE DATE SUBJECT) UTF-8 1:* UNSEEN",
    "THREAD REFERENCES UTF-8 TEXT \"a\\\"b\"",
    "UID COPY 1:* Trash",
    "UID MOVE 2 Trash",
    "UID EXPUNGE 1:*",
    "EXPUNGE",
    "SETQUOTA \"\" (STORAGE 10 MESSAGE 5)",
    "GETQUOTAROOT INBOX",
    "APPEND Trash {1+}\r\nx (\\Seen) ~{2+}\r\nyz \"15-Jan-2024 09:30:00 +0100\" {1+}\r\nx",
    "SETACL Trash \"ann\" {3+}\r\n+lr",
    "DELETEACL Trash -ann",
    "LISTRIGHTS INBOX bob",
    "UID SEARCH RETURN (MIN ALL SAVE) CHARSET UTF-8 NOT (SUBJECT {3+}\r\n\u{fc}x OR $ UID 1:*)",
    "UID STORE $ +FLAGS (\\Seen)",
    "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (% a/* {1+}\r\nz) RETURN (CHILDREN STATUS (SIZE) MYRIGHTS)",
    "CREATE a/b (USE (\\Sent \\Junk))",
    "FETCH 1:2 (BINARY[1]<0.5> X-GM-LABELS BINARY.SIZE[] BODY.PEEK[HEADER.FIELDS (\"A\" {1+}\r\nB)])",
    "STORE 1:* (UNCHANGEDSINCE 9) -X-GM-LABELS.SILENT (\\Inbox \"a b\" {3+}\r\nx&-)",
    "SEARCH X-GM-RAW \"from:ann -has:attachment \\\"a b\\\"\" X-GM-THRID 17 X-GM-LABELS x",
    "XLIST \"\" %",
    "ENABLE CONDSTORE",
    "ID (\"name\" NIL)",
];

#[test]
fn nothing_that_is_sent_breaks_it() {
    let server = server();
    for capability in ["X-GM-EXT-1", "XLIST"] {
        server.say_capability(capability);
    }
    for seed in 1..=CONNECTIONS {
        let mut bytes = b"l LOGIN bob sekret\r\ns SELECT INBOX\r\n".to_vec();
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for _ in 0..40 {
            let command = COMMANDS[numbers.below(COMMANDS.len())];
            let mut line = format!("t {command}\r\n").into_bytes();
            for _ in 0..numbers.below(4) {
                worsen(&mut line, &mut numbers);
            }
            bytes.extend_from_slice(&line);
        }
        let mut stream = TcpStream::connect(server.addr()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.write_all(&bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answers = Vec::new();
        if let Err(error) = stream.read_to_end(&mut answers) {
            panic!("seed {seed}: {error}, after {}", answers.escape_ascii());
        }
        assert!(answers.starts_with(b"* OK "), "seed {seed}");
    }
    Client::inbox(&server).ok("LOGOUT");
    server.finish().unwrap();
}

/// Changes, removes or adds bytes at a random place.
fn worsen(line: &mut Vec<u8>, numbers: &mut Numbers) {
    let at = numbers.below(line.len());
    let odd = b"\0\r\n\"\\(){}[]*%+~ 0\xff\xc3A&-";
    match numbers.below(4) {
        0 => line[at] = odd[numbers.below(odd.len())],
        1 => line.insert(at, odd[numbers.below(odd.len())]),
        2 if line.len() > 1 => {
            line.remove(at);
        }
        _ => {
            let piece = line[at..].to_vec();
            line.extend_from_slice(&piece);
        }
    }
}

/// A generator of pseudo-random numbers (xorshift).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// Returns a number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}
