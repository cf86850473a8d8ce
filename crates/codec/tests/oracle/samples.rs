//! Valid responses of all kinds that both readers know.

use proptest::prelude::*;

mod extensions;

fn any_number() -> impl Strategy<Value = u32> {
    prop_oneof![
        1..10_u32,
        1..100_000_u32,
        any::<u32>().prop_map(|n| n.max(1))
    ]
}

fn any_flag() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "\\Seen",
            "\\seen",
            "\\ANSWERED",
            "\\Flagged",
            "\\Deleted",
            "\\Draft",
            "\\Odd"
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z$][a-zA-Z0-9_\\[/-]{0,8}",
    ]
}

fn any_flags() -> impl Strategy<Value = String> {
    prop::collection::vec(any_flag(), 0..5).prop_map(|flags| format!("({})", flags.join(" ")))
}

/// Generates a quoted string or a literal.
fn any_string() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,30}"
            .prop_map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))),
        "[ -~\r\n\t]{0,60}".prop_map(|text| format!("{{{}}}\r\n{text}", text.len())),
    ]
}

fn any_item() -> impl Strategy<Value = String> {
    let section = prop_oneof![
        Just(String::new()),
        prop::sample::select(vec![
            "HEADER", "TEXT", "1", "1.2.3", "2.MIME", "1.HEADER", "header"
        ])
        .prop_map(str::to_owned),
        "HEADER\\.FIELDS \\([A-Z]{1,8}( \"[a-zA-Z-]{1,8}\")?\\)",
    ];
    let origin = prop_oneof![
        Just(String::new()),
        any::<u32>().prop_map(|n| format!("<{n}>"))
    ];
    let data = prop_oneof![4 => any_string(), 1 => Just("NIL".to_owned())];
    prop_oneof![
        (section, origin, data.clone()).prop_map(|(s, o, d)| format!("BODY[{s}]{o} {d}")),
        data.clone().prop_map(|data| format!("RFC822 {data}")),
        data.clone()
            .prop_map(|data| format!("RFC822.HEADER {data}")),
        data.prop_map(|data| format!("rfc822.text {data}")),
    ]
}

fn any_fetch() -> impl Strategy<Value = String> {
    let date = (1..29_u32, 1970..2100_u32, 0..24_u32, 0..60_u32, 0..14_u32);
    let date = date.prop_map(|(d, y, h, m, z)| {
        format!("INTERNALDATE \"{d:2}-Feb-{y} {h:02}:{m:02}:59 -{z:02}30\"")
    });
    (
        any_number(),
        prop::option::of(any_number().prop_map(|n| format!("UID {n}"))),
        prop::option::of(any_flags().prop_map(|flags| format!("FLAGS {flags}"))),
        prop::option::of(any_number().prop_map(|n| format!("RFC822.SIZE {n}"))),
        prop::option::of((1..u64::MAX / 2).prop_map(|n| format!("MODSEQ ({n})"))),
        prop::option::of(date),
        prop::collection::vec(any_item(), 1..4),
        any::<usize>(),
    )
        .prop_map(|(seq, uid, flags, size, modseq, date, mut items, turn)| {
            items.extend([uid, flags, size, modseq, date].into_iter().flatten());
            let turn = turn % items.len();
            items.rotate_left(turn);
            format!("* {seq} FETCH ({})\r\n", items.join(" "))
        })
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("inbox".to_owned()),
        "[a-zA-Z0-9./&+_-]{1,12}",
        any_string().prop_filter("no line ends in names", |text| !text.contains("\r\n ")),
    ]
}

pub(crate) fn any_response() -> impl Strategy<Value = String> {
    let set = prop::sample::select(vec!["3", "3:5", "7,3:5", "1,2,9:11"]);
    let code = prop_oneof![
        any_number().prop_map(|n| format!("UIDNEXT {n}")),
        any_number().prop_map(|n| format!("UIDVALIDITY {n}")),
        any_number().prop_map(|n| format!("UNSEEN {n}")),
        (1..u64::MAX / 2).prop_map(|n| format!("HIGHESTMODSEQ {n}")),
        (any_number(), any_number()).prop_map(|(a, b)| format!("APPENDUID {a} {b}")),
        (any_number(), set.clone(), set).prop_map(|(n, a, b)| format!("COPYUID {n} {a} {b}")),
        any_flags().prop_map(|flags| format!(
            "PERMANENTFLAGS {}",
            flags.replace(')', " \\*)").replace("( ", "(")
        )),
        prop::sample::select(vec![
            "ALERT",
            "READ-ONLY",
            "READ-WRITE",
            "TRYCREATE",
            "X-ODD"
        ])
        .prop_map(str::to_owned),
        extensions::any_code(),
    ];
    let status = (
        prop::sample::select(vec!["*", "A0001", "x.7"]),
        prop::sample::select(vec!["OK", "NO", "BAD", "ok"]),
        prop::option::of(code.prop_map(|code| format!("[{code}] "))),
        "[a-zA-Z0-9][ -Z^-~]{0,30}",
    );
    let attributes = prop::sample::subsequence(
        vec![
            "\\HasChildren",
            "\\Noselect",
            "\\Marked",
            "\\Sent",
            "\\X-Odd",
        ],
        0..4,
    )
    .prop_map(|attributes| attributes.join(" "));
    let delimiter = prop::sample::select(vec!["NIL", "\"/\"", "\".\"", "\"\\\\\""]);
    let verb = prop::sample::select(vec!["LIST", "LSUB"]);
    let numbers = prop::collection::btree_map(
        prop::sample::select(vec![
            "MESSAGES",
            "RECENT",
            "UIDNEXT",
            "UIDVALIDITY",
            "UNSEEN",
            "SIZE",
        ]),
        any_number(),
        1..6,
    );
    let capability = "[A-Z][A-Z0-9=-]{0,10}";
    prop_oneof![
        8 => any_fetch(),
        4 => status.prop_map(|(tag, kind, code, text)| {
            format!("{tag} {kind} {}{text}\r\n", code.unwrap_or_default())
        }),
        2 => (verb, attributes, delimiter, any_name()).prop_map(|(verb, attributes, delimiter, name)| {
            format!("* {verb} ({attributes}) {delimiter} {name}\r\n")
        }),
        2 => (any_name(), numbers).prop_map(|(name, numbers)| {
            let items: Vec<_> = numbers.iter().map(|(name, n)| format!("{name} {n}")).collect();
            format!("* STATUS {name} ({})\r\n", items.join(" "))
        }),
        1 => (prop::collection::vec(any_number(), 1..20), prop::option::of(1..u64::MAX / 2)).prop_map(
            |(numbers, modseq)| {
                let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
                let modseq = modseq.map(|n| format!(" (MODSEQ {n})")).unwrap_or_default();
                format!("* SEARCH {}{modseq}\r\n", numbers.join(" "))
            }
        ),
        8 => extensions::any_extension(),
        1 => any_flags().prop_map(|flags| format!("* FLAGS {flags}\r\n")),
        1 => (any_number(), prop::sample::select(vec!["EXISTS", "RECENT", "EXPUNGE"]))
            .prop_map(|(n, what)| format!("* {n} {what}\r\n")),
        1 => prop::collection::vec(capability, 1..6)
            .prop_map(|names| format!("* CAPABILITY IMAP4REV1 {}\r\n", names.join(" "))),
    ]
}
