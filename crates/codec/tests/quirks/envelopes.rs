//! ENVELOPE.

use super::*;

quirks! {
    // Exchange: an address with no mailbox and a made-up host.
    missing_host:
        b"* 7 FETCH (ENVELOPE (NIL NIL ((\"Microsoft Exchange Server\" NIL NIL \".MISSING-HOST-NAME.\")) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().from().next().map(|a| (a.name().unwrap().into_owned(), a.mailbox().is_none())), Some(("Microsoft Exchange Server".to_owned(), true));
    // Dovecot: MISSING_MAILBOX and MISSING_DOMAIN.
    missing_mailbox:
        b"* 7 FETCH (ENVELOPE (NIL NIL ((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().from().to_string(), "MISSING_MAILBOX@MISSING_DOMAIN";
    // Gmail: the address in the place of the name.
    swapped_name_and_address:
        b"* 7 FETCH (ENVELOPE (NIL NIL ((\"a@example.org\" NIL \"Ann\" NIL)) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().from().next().map(|a| (a.name().unwrap().into_owned(), a.mailbox().unwrap().into_owned(), a.host().is_none())), Some(("a@example.org".to_owned(), "Ann".to_owned(), true));
    // SmarterMail: NIL in a list of addresses.
    nil_among_addresses:
        b"* 7 FETCH (ENVELOPE (NIL NIL (NIL (NIL NIL \"a\" \"d\")) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().from().to_string(), "a@d";
    // Several: `()` for a list of addresses.
    empty_list:
        b"* 7 FETCH (ENVELOPE (NIL NIL () NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (f.envelope().unwrap().from().count(), f.malformed().len()), (0, 0);
    // Several: `""` for a list of addresses.
    empty_string_for_a_list:
        b"* 7 FETCH (ENVELOPE (NIL NIL \"\" NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (f.envelope().unwrap().from().count(), f.malformed().len()), (0, 0);
    // QQ: no In-Reply-To and Message-ID at the end.
    too_short:
        b"* 7 FETCH (ENVELOPE (NIL \"x\" NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (f.envelope().unwrap().subject(), f.envelope().unwrap().message_id()), (Some("x".into()), None);
    // Dovecot, Cyrus: UTF-8 in a quoted string.
    name_in_utf8:
        b"* 7 FETCH (ENVELOPE (NIL \"Gr\xc3\xbc\xc3\x9fe\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().subject(), Some("Grüße".into());
    // Outlook: Latin-1 in a quoted string.
    name_in_latin1:
        b"* 7 FETCH (ENVELOPE (NIL \"Gr\xfc\xdfe\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().subject(), Some("Grüße".into());
    // QQ: a backslash that escapes nothing.
    backslash_not_escaped:
        b"* 7 FETCH (ENVELOPE (NIL \"a\\b\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().subject_raw(), Some(&b"a\\b"[..]);
    // Several: quotes in a quoted string.
    quotes_not_escaped:
        b"* 7 FETCH (ENVELOPE (NIL \"a \"b\" c\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (f.envelope().map(|e| e.subject().unwrap().into_owned()), f.uid()), (Some("a \"b\" c".to_owned()), Uid::new(42));
    // Pymap: all strings as literals, and an empty name in place of NIL.
    literals:
        b"* 7 FETCH (ENVELOPE (NIL {3}\r\na b (({0}\r\n NIL {1}\r\nj {1}\r\nx)) NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (f.envelope().unwrap().subject().unwrap().into_owned(), f.envelope().unwrap().from().to_string()), ("a b".to_owned(), "j@x".to_owned());
    // Many: a group without members.
    undisclosed_recipients:
        b"* 7 FETCH (ENVELOPE (NIL NIL NIL NIL NIL ((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().to().to_string(), "undisclosed-recipients:;";
    // Dovecot: encoded words as they are.
    encoded_words_kept:
        b"* 7 FETCH (ENVELOPE (NIL \"=?utf-8?q?gr=C3=BC?=\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => f.envelope().unwrap().subject(), Some("grü".into());
    // Several: ENVELOPE NIL.
    nil:
        b"* 7 FETCH (ENVELOPE NIL UID 42)\r\n",
        Response::Fetch(f) => (f.envelope().is_none(), f.uid()), (true, Uid::new(42));
    // Several: a literal longer than announced.
    literal_of_a_wrong_length:
        b"* 7 FETCH (ENVELOPE (NIL {3}\r\nabcdef NIL NIL NIL NIL NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (f.envelope().is_none() || f.malformed().len() == 1, f.seq()), (true, Seq::new(7));
}
