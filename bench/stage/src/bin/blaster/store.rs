//! The prepared responses.

use std::{
    fmt::Write as _,
    ops::RangeInclusive,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use imapclient_bench_task::message;

/// The number of mailboxes, whose names are those of the workload.
pub(crate) const MAILBOXES: usize = 300;
/// The largest block of a body; longer bodies repeat it.
const BLOCK: usize = 64 * 1024;

/// A mailbox in memory.
pub(crate) struct Store {
    /// The number of messages, whose UIDs are their sequence numbers.
    pub(crate) messages: usize,
    /// The size of each message.
    pub(crate) size: usize,
    /// The most bytes that are sent at once, or 0.
    pub(crate) piece: usize,
    /// Capabilities beside the usual ones.
    pub(crate) capabilities: String,
    flags: OnceLock<Prepared>,
    metadata: OnceLock<Prepared>,
    search: OnceLock<Vec<u8>>,
    block: Vec<u8>,
    appended: AtomicU64,
    bytes: AtomicU64,
    last_uid: AtomicU64,
}

/// A response for each message, one after the other.
struct Prepared {
    text: String,
    /// The end of each response.
    ends: Vec<usize>,
}

impl Store {
    pub(crate) fn new(messages: usize, size: usize, piece: usize, capabilities: String) -> Self {
        Self {
            messages,
            size,
            piece,
            capabilities,
            flags: OnceLock::new(),
            metadata: OnceLock::new(),
            search: OnceLock::new(),
            block: message(size.min(BLOCK)),
            appended: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            last_uid: AtomicU64::new(messages as u64),
        }
    }

    /// Returns the responses with UID and FLAGS of these messages.
    pub(crate) fn flags(&self, messages: &RangeInclusive<usize>) -> &[u8] {
        let prepare = || Prepared::new(self.messages, write_flags);
        self.flags.get_or_init(prepare).of(messages)
    }

    /// Returns the responses with the metadata of these messages.
    pub(crate) fn metadata(&self, messages: &RangeInclusive<usize>) -> &[u8] {
        let prepare = || Prepared::new(self.messages, write_metadata);
        self.metadata.get_or_init(prepare).of(messages)
    }

    /// Returns the response to a search for all messages.
    pub(crate) fn search(&self) -> &[u8] {
        self.search.get_or_init(|| {
            let mut text = "* SEARCH".to_owned();
            for uid in 1..=self.messages {
                write!(text, " {uid}").expect("memory");
            }
            text += "\r\n";
            text.into_bytes()
        })
    }

    /// Returns the pieces of a body.
    pub(crate) fn body(&self) -> impl Iterator<Item = &[u8]> {
        let mut left = self.size;
        std::iter::from_fn(move || {
            let piece = &self.block[..left.min(self.block.len())];
            left -= piece.len();
            (!piece.is_empty()).then_some(piece)
        })
    }

    /// Notes an uploaded message, and returns its UID.
    pub(crate) fn append(&self, bytes: usize) -> u64 {
        self.appended.fetch_add(1, SeqCst);
        self.bytes.fetch_add(bytes as u64, SeqCst);
        self.last_uid.fetch_add(1, SeqCst) + 1
    }

    /// Returns the number and the bytes of the messages that were uploaded since the last call.
    pub(crate) fn take_appended(&self) -> (u64, u64) {
        (self.appended.swap(0, SeqCst), self.bytes.swap(0, SeqCst))
    }
}

impl Prepared {
    fn new(messages: usize, write: fn(&mut String, usize)) -> Self {
        let mut text = String::new();
        let ends = (1..=messages)
            .map(|message| {
                write(&mut text, message);
                text.len()
            })
            .collect();
        Self { text, ends }
    }

    fn of(&self, messages: &RangeInclusive<usize>) -> &[u8] {
        let end = |message: usize| match message {
            0 => 0,
            message => self.ends[message - 1],
        };
        &self.text.as_bytes()[end(messages.start() - 1)..end(*messages.end())]
    }
}

fn write_flags(text: &mut String, message: usize) {
    let flags = if message % 3 == 0 { "" } else { r"\Seen" };
    write!(
        text,
        "* {message} FETCH (UID {message} FLAGS ({flags}))\r\n"
    )
    .expect("memory");
}

fn write_metadata(text: &mut String, message: usize) {
    let flags = if message % 3 == 0 { "" } else { r"\Seen" };
    let (day, hour, minute) = (message % 28 + 1, message % 24, message % 60);
    let size = 2000 + message % 5000;
    write!(
        text,
        "* {message} FETCH (UID {message} FLAGS ({flags}) \
         INTERNALDATE \"{day:2}-Nov-2026 {hour:02}:{minute:02}:11 +0100\" RFC822.SIZE {size} \
         ENVELOPE (\"Thu, {day} Nov 2026 {hour:02}:{minute:02}:07 +0100\" \
         \"Re: minutes of the {message}th meeting of the committee\" \
         ((\"Ann Example\" NIL \"ann{message}\" \"example.org\")) \
         ((\"Ann Example\" NIL \"ann{message}\" \"example.org\")) \
         ((NIL NIL \"committee\" \"lists.example.org\")) \
         ((\"Bob Example\" NIL \"bob\" \"example.com\")(NIL NIL \"carol\" \"example.net\")) \
         NIL NIL \"<{message}.1000@lists.example.org>\" \"<{message}.1001@mail.example.org>\") \
         BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"QUOTED-PRINTABLE\" \
         {size} 44 NIL NIL NIL NIL)(\"TEXT\" \"HTML\" (\"CHARSET\" \"utf-8\") NIL NIL \
         \"QUOTED-PRINTABLE\" {size} 81 NIL NIL NIL NIL) \"ALTERNATIVE\" \
         (\"BOUNDARY\" \"----=_Part_{message}_1234.5678\") NIL NIL NIL))\r\n"
    )
    .expect("memory");
}
