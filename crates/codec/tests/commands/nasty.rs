//! Text that tries to break out of its argument; the tests of the client use it too.

use proptest::prelude::*;

/// Generates text that breaks out of lines, lists and strings: alone, in combinations and repeated.
pub(crate) fn nasty() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(PIECES);
    prop_oneof![
        4 => proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        2 => any::<String>(),
        1 => "[a-z]{1,8}",
        1 => "[0-9:,*]{1,9}",
        1 => ("\\PC{1,9}", 1usize..500).prop_map(|(text, times)| text.repeat(times)),
    ]
}

const PIECES: &[&str] = &[
    "\r\nA2 LOGOUT\r\n",
    "\r",
    "\n",
    "\0",
    "\"",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "{5}",
    "{5+}",
    "~{5}",
    "{5+}\r\n",
    "~{0}\r\n",
    "}",
    " ",
    "*",
    "%",
    "&",
    "&-",
    "+",
    "/",
    ".",
    "\u{1}",
    "\t",
    "\u{7f}",
    "\u{80}",
    "ü",
    "☺",
    "日本",
    "😀",
    "NIL",
    "INBOX",
    "1",
    ":",
    ",",
    "abc",
];
