//! Servers that send far more than may be kept.

/// The messages in the mailbox.
pub(crate) const MESSAGES: u32 = 1_000_000;

/// The call of a session, and the responses that the server sends instead of an answer.
pub(crate) struct Flood {
    pub(crate) call: &'static str,
    pub(crate) name: &'static str,
    pub(crate) first: &'static str,
    /// Returns the response with this number.
    pub(crate) response: fn(u32) -> String,
}

/// Responses that belong to the answer.
pub(crate) const ASKED: &[Flood] = &[
    Flood {
        call: "list",
        name: "short names",
        first: "",
        response: |n| format!("* LIST () \"/\" n{n}\r\n"),
    },
    Flood {
        call: "list",
        name: "long names",
        first: "",
        response: |n| format!("* LIST () \"/\" n{n}{}\r\n", "x".repeat(4000)),
    },
    Flood {
        call: "search",
        name: "numbers",
        first: "",
        response: |n| format!("* SEARCH{}\r\n", format!(" {n}").repeat(5000)),
    },
    Flood {
        call: "thread",
        name: "threads",
        first: "",
        response: |n| format!("* THREAD {}\r\n", format!("({n} 1)").repeat(1000)),
    },
    Flood {
        call: "fetch",
        name: "flags",
        first: "",
        response: |n| format!("* {n} FETCH (UID {n} FLAGS (\\Seen))\r\n"),
    },
    Flood {
        call: "fetch",
        name: "bodies",
        first: "",
        response: |n| {
            format!(
                "* {n} FETCH (UID {n} BODY[] {{60000}}\r\n{})\r\n",
                "x".repeat(60_000)
            )
        },
    },
    Flood {
        call: "fetch",
        name: "large bodies",
        first: "",
        response: |n| {
            let body = "x".repeat(5_000_000);
            format!("* {n} FETCH (UID {n} BODY[] {{5000000}}\r\n{body})\r\n")
        },
    },
    Flood {
        call: "fetch",
        name: "one body",
        first: "* 1 FETCH (UID 1 BODY[] {4000000000}\r\n",
        response: |_| "x".repeat(65_536),
    },
    Flood {
        call: "fetch",
        name: "one line",
        first: "* 1 FETCH (UID 1 FLAGS (",
        response: |n| format!("f{n} ").repeat(1000),
    },
    Flood {
        call: "raw",
        name: "unknown",
        first: "",
        response: |n| format!("* X {n}\r\n"),
    },
    Flood {
        call: "raw",
        name: "short texts",
        first: "",
        response: |n| format!("* OK {n}\r\n"),
    },
    Flood {
        call: "raw",
        name: "counts",
        first: "",
        response: |n| format!("* {n} EXISTS\r\n"),
    },
];

/// Messages that are read one at a time, and their bodies in pieces.
pub(crate) const ONE_AT_A_TIME: &[Flood] = &[
    Flood {
        call: "each",
        name: "flags",
        first: "",
        response: |n| format!("* {n} FETCH (UID {n} FLAGS (\\Seen))\r\n"),
    },
    Flood {
        call: "each",
        name: "bodies",
        first: "",
        response: |n| {
            let body = "x".repeat(60_000);
            format!("* {n} FETCH (UID {n} BODY[] {{60000}}\r\n{body} FLAGS ())\r\n")
        },
    },
    Flood {
        call: "each",
        name: "large bodies",
        first: "",
        response: |n| {
            let body = "x".repeat(5_000_000);
            format!("* {n} FETCH (UID {n} BODY[] {{5000000}}\r\n{body})\r\n")
        },
    },
    Flood {
        call: "each",
        name: "one body",
        first: "* 1 FETCH (UID 1 BODY[] {4000000000}\r\n",
        response: |_| "x".repeat(65_536),
    },
];

/// Unsolicited responses.
pub(crate) const UNASKED: &[Flood] = &[
    Flood {
        call: "noop",
        name: "counts",
        first: "",
        response: |n| format!("* {} EXISTS\r\n", MESSAGES + n),
    },
    Flood {
        call: "noop",
        name: "flags",
        first: "",
        response: |n| format!("* {n} FETCH (UID {n} FLAGS (a b c d e f g))\r\n"),
    },
    Flood {
        call: "noop",
        name: "alerts",
        first: "",
        response: |n| format!("* OK [ALERT] {n}{}\r\n", "x".repeat(8000)),
    },
    Flood {
        call: "noop",
        name: "bodies",
        first: "",
        response: |n| {
            format!(
                "* {n} FETCH (BODY[] {{60000}}\r\n{})\r\n",
                "x".repeat(60_000)
            )
        },
    },
    Flood {
        call: "noop",
        name: "unknown",
        first: "",
        response: |n| format!("* X {n}{}\r\n", " a".repeat(4000)),
    },
    Flood {
        call: "noop",
        name: "names",
        first: "",
        response: |n| format!("* LIST () \"/\" n{n}{}\r\n", "x".repeat(4000)),
    },
    Flood {
        call: "noop",
        name: "one line",
        first: "* X",
        response: |n| format!(" {n}").repeat(1000),
    },
];
