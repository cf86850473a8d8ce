//! The input of the benchmarks: the same bytes in every run.

use std::fmt::Write as _;

/// A recorded server response.
pub(crate) struct Data {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// The description of its contents.
    pub(crate) what: &'static str,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// The number of responses in it.
    pub(crate) responses: usize,
    /// True if results are given for all of it instead of for each response.
    pub(crate) in_all: bool,
}

/// All data sets.
pub(crate) fn all() -> Vec<Data> {
    vec![
        flags(),
        mixed_flags(),
        envelopes(),
        literals("c1", "2000 FETCH with literals of 50 KiB", 2000, 50 * 1024),
        literals(
            "c2",
            "10 FETCH with literals of 10 MiB",
            10,
            10 * 1024 * 1024,
        ),
        search("d", "SEARCH, 1M numbers in order", in_order),
        search("d'", "SEARCH, 1M numbers of random length", any_length),
        list(),
    ]
}

fn data(name: &'static str, what: &'static str, responses: usize, text: String) -> Data {
    Data {
        name,
        what,
        bytes: text.into_bytes(),
        responses,
        in_all: responses == 1,
    }
}

fn flags() -> Data {
    let count = 100_000;
    let mut text = String::new();
    for seq in 1..=count {
        let uid = seq + 1_000_000;
        let _ = write!(text, "* {seq} FETCH (UID {uid} FLAGS (\\Seen))\r\n");
    }
    data("a", "100k FETCH with UID and FLAGS", count, text)
}

fn mixed_flags() -> Data {
    let count = 100_000;
    let mut random = Random(1);
    let mut text = String::new();
    let some = [
        "\\Seen",
        "\\Answered",
        "\\Flagged",
        "\\Deleted",
        "\\Draft",
        "$Forwarded",
        "$MDNSent",
        "NonJunk",
        "$label1",
        "todo",
    ];
    for seq in 1..=count {
        let flags: Vec<_> = some
            .iter()
            .filter(|_| random.below(4) == 0)
            .copied()
            .collect();
        let _ = write!(
            text,
            "* {seq} FETCH (UID {} MODSEQ ({}) FLAGS ({}))\r\n",
            seq * 3 + 17,
            random.below(1_000_000_000) + 1,
            flags.join(" ")
        );
    }
    data(
        "a'",
        "100k FETCH with mixed flags, keywords and MODSEQ",
        count,
        text,
    )
}

fn envelopes() -> Data {
    let count = 20_000;
    let mut random = Random(2);
    let mut text = String::new();
    for seq in 1..=count {
        envelope(&mut text, seq, &mut random);
    }
    data(
        "b",
        "20k FETCH with ENVELOPE, BODYSTRUCTURE, INTERNALDATE, RFC822.SIZE",
        count,
        text,
    )
}

fn envelope(text: &mut String, seq: usize, random: &mut Random) {
    const WORDS: [&str; 8] = [
        "invoice",
        "meeting",
        "Re: the draft of \\\"chapter two\\\"",
        "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=",
        "[list] weekly report",
        "lunch?",
        "Fwd: tickets for the concert on Friday",
        "build 4711 failed",
    ];
    let mut one = || format!("Person {}", random.below(5000));
    let (from, to, cc) = (one(), one(), one());
    let address = |name: &str| {
        let mailbox = name.to_lowercase().replace(' ', ".");
        format!("(\"{name}\" NIL \"{mailbox}\" \"example.org\")")
    };
    let day = random.below(28) + 1;
    let subject = format!(
        "{} {}",
        WORDS[random.below(8) as usize],
        random.below(100_000)
    );
    let reply = if random.below(2) == 0 {
        "NIL".to_owned()
    } else {
        format!("\"<{}.reply@mail.example.org>\"", random.below(1_000_000))
    };
    let others = (0..random.below(4)).map(|n| address(&format!("{cc} {n}")));
    let others = others.collect::<String>();
    let cc = if others.is_empty() {
        "NIL".to_owned()
    } else {
        format!("({others})")
    };
    let size = random.below(200_000) + 500;
    let _ = write!(
        text,
        "* {seq} FETCH (UID {} INTERNALDATE \"{day:02}-Mar-2024 10:{:02}:07 +0100\" RFC822.SIZE {size} \
         ENVELOPE (\"Tue, {day} Mar 2024 10:11:12 +0100\" \"{subject}\" ({from}) ({from}) ({from}) \
         ({}) {cc} NIL {reply} \"<{}.{seq}@mail.example.org>\") BODYSTRUCTURE ",
        seq * 2 + 5,
        random.below(60),
        address(&to),
        random.below(1_000_000_000),
        from = address(&from),
    );
    let plain = |size: u64| {
        format!(
            "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\" \"FORMAT\" \"flowed\") NIL NIL \
             \"QUOTED-PRINTABLE\" {size} {} NIL NIL NIL NIL)",
            size / 40
        )
    };
    let html = |size: u64| {
        format!(
            "(\"TEXT\" \"HTML\" (\"CHARSET\" \"utf-8\") NIL NIL \"BASE64\" {size} {} NIL NIL NIL NIL)",
            size / 76
        )
    };
    let alternative = format!(
        "({}{} \"ALTERNATIVE\" (\"BOUNDARY\" \"=_inner_{seq}\") NIL NIL NIL)",
        plain(size / 3),
        html(size / 2)
    );
    let body = match random.below(4) {
        0 => plain(size),
        1 => alternative,
        2 => format!(
            "({alternative}(\"APPLICATION\" \"PDF\" (\"NAME\" \"report {seq}.pdf\") NIL NIL \
             \"BASE64\" {size} NIL (\"ATTACHMENT\" (\"FILENAME\" \"report {seq}.pdf\")) NIL NIL) \
             \"MIXED\" (\"BOUNDARY\" \"=_outer_{seq}\") NIL NIL NIL)"
        ),
        _ => format!(
            "({}(\"IMAGE\" \"PNG\" (\"NAME\" \"logo.png\") \"<logo.{seq}@example.org>\" NIL \
             \"BASE64\" {size} NIL (\"INLINE\" NIL) NIL NIL) \
             \"RELATED\" (\"BOUNDARY\" \"=_related_{seq}\" \"TYPE\" \"text/html\") NIL NIL NIL)",
            html(size)
        ),
    };
    text.push_str(&body);
    text.push_str(")\r\n");
}

fn literals(name: &'static str, what: &'static str, count: usize, size: usize) -> Data {
    let mut text = String::with_capacity(count * (size + 64));
    let line = "All work and no play makes a very regular message, line by line.\r\n";
    let body = line.repeat(size / line.len() + 1);
    for seq in 1..=count {
        let _ = write!(text, "* {seq} FETCH (UID {seq} BODY[] {{{size}}}\r\n");
        text.push_str(&body[..size]);
        text.push_str(")\r\n");
    }
    data(name, what, count, text)
}

fn search(name: &'static str, what: &'static str, number: fn(u64, &mut Random) -> u64) -> Data {
    let mut random = Random(3);
    let mut text = "* SEARCH".to_owned();
    for n in 1..=1_000_000 {
        let _ = write!(text, " {}", number(n, &mut random));
    }
    text.push_str("\r\n");
    data(name, what, 1, text)
}

fn in_order(n: u64, _: &mut Random) -> u64 {
    n
}

fn any_length(_: u64, random: &mut Random) -> u64 {
    let digits = random.below(10) as u32 + 1;
    random
        .below(10_u64.pow(digits).min(u64::from(u32::MAX)))
        .max(1)
}

fn list() -> Data {
    let count = 10_000;
    let mut text = String::new();
    for n in 0..count {
        let children = if n % 7 == 0 { "" } else { "No" };
        let _ = write!(
            text,
            "* LIST (\\Has{children}Children) \"/\" \"Projects/{:04}/Folder {n}\"\r\n",
            n / 7
        );
    }
    data("e", "10k LIST", count, text)
}

/// Pseudo-random numbers that are the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}
