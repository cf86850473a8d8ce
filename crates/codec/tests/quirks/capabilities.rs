//! CAPABILITY and ENABLED.

use super::*;

quirks! {
    // Several: a blank at the end.
    blank_at_the_end:
        b"* CAPABILITY IMAP4rev1 IDLE \r\n",
        Response::Capability(c) => names(&c), "IMAP4rev1 IDLE";
    // Several: double blanks.
    double_blanks:
        b"* CAPABILITY  IMAP4rev1  IDLE\r\n",
        Response::Capability(c) => names(&c), "IMAP4rev1 IDLE";
    // Several: `LITERAL +` in two words.
    split_literal_plus:
        b"* CAPABILITY IMAP4rev1 LITERAL + IDLE\r\n",
        Response::Capability(c) => names(&c), "IMAP4rev1 LITERAL+ IDLE";
    // Servers of IMAP4rev2: IMAP4rev2 without IMAP4rev1.
    rev2_alone:
        b"* CAPABILITY IMAP4rev2\r\n",
        Response::Capability(c) => names(&c), "IMAP4rev2";
    // HMailServer: `IMAPrev1`.
    imaprev1:
        b"* CAPABILITY IMAPrev1 CHILDREN\r\n",
        Response::Capability(c) => names(&c), "IMAPrev1 CHILDREN";
    // QQ, 163: XAPPLEPUSHSERVICE from others than Apple.
    apple_push_elsewhere:
        b"* CAPABILITY IMAP4rev1 XAPPLEPUSHSERVICE\r\n",
        Response::Capability(c) => names(&c), "IMAP4rev1 XAPPLEPUSHSERVICE";
    // Dovecot, Cyrus, iCloud: ENABLED without names, or not at all.
    none_enabled:
        b"* ENABLED\r\n",
        Response::Enabled(c) => c.iter().count(), 0;

    // By kind: names in parentheses.
    in_parentheses:
        b"* CAPABILITY (IMAP4rev1 (IDLE) ID)\r\n",
        Response::Capability(c) => c.to_string(), "IMAP4rev1 IDLE ID".to_owned();
}

fn names(capabilities: &Capabilities) -> String {
    capabilities.to_string()
}
