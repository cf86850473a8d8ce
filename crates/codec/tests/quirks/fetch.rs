//! FETCH.

use super::*;

quirks! {
    // Gmail, James, Stalwart: an item that was not asked for.
    unknown_item:
        b"* 7 FETCH (XAOL-READ 5 UID 42 X (a (b)) FLAGS (\\Seen))\r\n",
        Response::Fetch(f) => (f.uid(), f.unknown().len(), f.flags().is_some()), (Uid::new(42), 2, true);
    // AOL: `XAOL-...` items.
    aol_items:
        b"* 7 FETCH (XAOL.SPAM.REASON 1 UID 42)\r\n",
        Response::Fetch(f) => (f.uid(), f.unknown()[0].name.as_str()), (Uid::new(42), "XAOL.SPAM.REASON");
    // QQ, go-imap: a blank before the closing parenthesis.
    blank_at_the_end:
        b"* 7 FETCH (UID 42 )\r\n",
        Response::Fetch(f) => f.uid(), Uid::new(42);
    // Several: CRLF between items.
    line_end_inside:
        b"* 7 FETCH (FLAGS (\\Seen)\r\n UID 42)\r\n",
        Response::Fetch(f) => f.uid(), Uid::new(42);
    // Several: names in lower case.
    lower_case:
        b"* 7 FETCH (flags (\\Seen) uid 42)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().is_some()), (Uid::new(42), true);
    // DavMail: double blanks everywhere.
    double_blanks:
        b"*  7  FETCH  (  UID  42  )\r\n",
        Response::Fetch(f) => (f.seq(), f.uid()), (Seq::new(7), Uid::new(42));
    // Courier: message 0.
    sequence_number_0:
        b"* 0 FETCH (UID 42)\r\n",
        Response::Malformed(m) => m.why.as_str(), "there is no message 0";
    // Zoho: `\*` among the flags of a message.
    flag_star:
        b"* 7 FETCH (FLAGS (\\Seen \\*))\r\n",
        Response::Fetch(f) => f.flags().map(Flags::len), Some(2);
    // Surgemail: a blank after the last flag.
    flags_with_a_blank:
        b"* 7 FETCH (FLAGS (\\Seen ) UID 42)\r\n",
        Response::Fetch(f) => (f.flags().map(Flags::len), f.uid()), (Some(1), Uid::new(42));
    // Gmail with Other Inbox: brackets in a keyword.
    flags_with_brackets:
        b"* 7 FETCH (FLAGS (OIB-Seen-[Gmail]/All))\r\n",
        Response::Fetch(f) => f.flags().map(|flags| flags.contains(&Flag::from("OIB-Seen-[Gmail]/All"))), Some(true);
    // Several: FLAGS NIL.
    flags_nil:
        b"* 7 FETCH (FLAGS NIL UID 42)\r\n",
        Response::Fetch(f) => (f.flags().map(Flags::len), f.uid()), (Some(0), Uid::new(42));
    // Zoho: MODSEQ (-1).
    modseq_minus_1:
        b"* 7 FETCH (MODSEQ (-1) UID 42)\r\n",
        Response::Fetch(f) => (f.modseq(), f.uid(), f.malformed().len()), (None, Uid::new(42), 1);
    // Servers with NOMODSEQ: MODSEQ (0).
    modseq_0:
        b"* 7 FETCH (MODSEQ (0) UID 42)\r\n",
        Response::Fetch(f) => (f.modseq(), f.uid()), (Some(0), Uid::new(42));
    // Several: UID 0.
    uid_0:
        b"* 7 FETCH (UID 0 FLAGS (\\Seen))\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().is_some(), f.malformed().len()), (None, true, 1);
    // Mail.ru: RFC822.SIZE 9.3736e+06.
    size_in_floating_point:
        b"* 7 FETCH (RFC822.SIZE 9.3736e+06)\r\n",
        Response::Fetch(f) => f.size(), Some(9_373_600);
    // Archives: RFC822.SIZE over 32 bits.
    size_over_4_gib:
        b"* 7 FETCH (RFC822.SIZE 5000000000)\r\n",
        Response::Fetch(f) => f.size(), Some(5_000_000_000);
    // Several: RFC822.SIZE -1.
    size_minus_1:
        b"* 7 FETCH (RFC822.SIZE -1 UID 42)\r\n",
        Response::Fetch(f) => (f.size(), f.uid(), f.malformed().len()), (None, Uid::new(42), 1);
    // Cyrus: a blank in place of the first digit of the day.
    date_with_a_blank:
        b"* 7 FETCH (INTERNALDATE \" 1-Jan-2024 03:04:05 +0000\")\r\n",
        Response::Fetch(f) => f.internal_date().and_then(|d| d.date()).map(|d| d.timestamp()), Some(1_704_078_245);
    // Several: a day of one digit.
    date_with_one_digit:
        b"* 7 FETCH (INTERNALDATE \"1-Jan-2024 03:04:05 +0000\")\r\n",
        Response::Fetch(f) => f.internal_date().and_then(|d| d.date()).map(|d| d.timestamp()), Some(1_704_078_245);
    // Domino: 00-Jan-0000.
    date_0:
        b"* 7 FETCH (INTERNALDATE \"00-Jan-0000 00:00:00 +0000\" UID 42)\r\n",
        Response::Fetch(f) => (f.internal_date().map(|d| d.date().is_some()), f.uid()), (Some(false), Uid::new(42));
    // Several: a zone of +9999.
    date_zone_9999:
        b"* 7 FETCH (INTERNALDATE \"01-Jan-2024 03:04:05 +9999\" UID 42)\r\n",
        Response::Fetch(f) => (f.internal_date().map(|d| d.date().is_some()), f.uid()), (Some(false), Uid::new(42));
    // Several: second 60.
    date_second_60:
        b"* 7 FETCH (INTERNALDATE \"31-Dec-2016 23:59:60 +0000\" UID 42)\r\n",
        Response::Fetch(f) => (f.internal_date().is_some(), f.uid()), (true, Uid::new(42));
    // Several: INTERNALDATE NIL.
    date_nil:
        b"* 7 FETCH (INTERNALDATE NIL UID 42)\r\n",
        Response::Fetch(f) => (f.internal_date().and_then(|d| d.date()), f.uid()), (None, Uid::new(42));
    // Old archives: NUL in a literal.
    nul_in_a_body:
        b"* 7 FETCH (BODY[] {3}\r\na\0b UID 42)\r\n",
        Response::Fetch(f) => (f.body(), f.uid()), (Some(&b"a\0b"[..]), Uid::new(42));
    // Cyrus: BINARY[1] as an ordinary literal.
    binary_as_a_literal:
        b"* 7 FETCH (BINARY[1] {2}\r\nhi)\r\n",
        Response::Fetch(f) => f.binary("1"), Some(&b"hi"[..]);
    // Dovecot: BINARY[1] of text as literal8.
    binary_as_literal8:
        b"* 7 FETCH (BINARY[1] ~{2}\r\nhi)\r\n",
        Response::Fetch(f) => f.binary("1"), Some(&b"hi"[..]);
    // Pymap: `BINARY.PEEK[1]` in the answer.
    peek_in_the_answer:
        b"* 7 FETCH (BINARY.PEEK[1] ~{2}\r\nhi)\r\n",
        Response::Fetch(f) => f.binary("1"), Some(&b"hi"[..]);
    // Dovecot: a part that does not exist, as an empty literal.
    no_such_part_empty:
        b"* 7 FETCH (BODY[9] {0}\r\n)\r\n",
        Response::Fetch(f) => f.section("9"), Some(&b""[..]);
    // Cyrus: a part that does not exist, as NIL.
    no_such_part_nil:
        b"* 7 FETCH (BODY[9] NIL)\r\n",
        Response::Fetch(f) => (f.section("9"), f.sections().count()), (None, 1);
    // Exmail.qq.com: the whole part although a piece was asked for.
    no_origin:
        b"* 7 FETCH (BODY[1] {5}\r\nhello)\r\n",
        Response::Fetch(f) => (f.section("1"), f.partial("1", 0)), (Some(&b"hello"[..]), None);
    // Cyrus: PREVIEW NIL.
    preview_nil:
        b"* 7 FETCH (PREVIEW NIL UID 42)\r\n",
        Response::Fetch(f) => (f.preview(), f.uid(), f.malformed().len()), (None, Uid::new(42), 0);
    // Gmail: NIL among the labels.
    gmail_label_nil:
        b"* 7 FETCH (X-GM-LABELS (\\Inbox NIL Work) UID 42)\r\n",
        Response::Fetch(f) => (f.gmail_labels().map(|l| l.len()), f.uid()), (Some(2), Uid::new(42));
    // Pymap: the names in HEADER.FIELDS sorted.
    header_fields_in_another_order:
        b"* 7 FETCH (BODY[HEADER.FIELDS (DATE FROM)] {2}\r\nab)\r\n",
        Response::Fetch(f) => [
            f.section("HEADER.FIELDS (From Date)"),
            f.section("HEADER.FIELDS (Date)"),
            f.section("HEADER.FIELDS.NOT (Date From)"),
        ], [Some(&b"ab"[..]), None, None];
    // Exchange, hMailServer: RFC822.SIZE that differs from the length of the body.
    size_that_is_wrong:
        b"* 7 FETCH (RFC822.SIZE 99 BODY[] {5}\r\nhello)\r\n",
        Response::Fetch(f) => (f.size(), f.body().map(<[u8]>::len)), (Some(99), Some(5));
    // Zoho: no UID in the answer to UID FETCH.
    no_uid:
        b"* 7 FETCH (FLAGS (\\Seen))\r\n",
        Response::Fetch(f) => (f.seq(), f.uid()), (Seq::new(7), None);
    // Yandex, iCloud (RFC822): an item that was asked for is missing.
    no_body:
        b"* 7 FETCH (UID 42)\r\n",
        Response::Fetch(f) => (f.uid(), f.body()), (Uid::new(42), None);
    // Domino: an item in parentheses of its own.
    item_in_parentheses:
        b"* 6 FETCH (UID 12 (RFC822.SIZE 77) ((FLAGS (\\Seen)) BODY[] {1}\r\nx) MODSEQ (5))\r\n",
        Response::Fetch(f) => (f.uid(), f.size(), f.flags().map(Flags::len), f.body(), f.modseq(), f.malformed().len()),
        (Uid::new(12), Some(77), Some(1), Some(&b"x"[..]), Some(5), 0);
    // Domino: the same after a list of flags.
    item_in_parentheses_behind_flags:
        b"* 6 FETCH (UID 12 FLAGS (\\Seen Work \\Recent) (RFC822.SIZE 77) ((ENVELOPE NIL)) MODSEQ (5))\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().cloned(), f.size(), f.modseq(), f.malformed().len()),
        (Uid::new(12), Some(Flags::from(["\\Seen", "Work", "\\Recent"])), Some(77), Some(5), 0);
    // Domino: all items in additional parentheses, one of which stays open.
    parentheses_that_stay_open:
        b"* 6 FETCH ((UID 12 (RFC822.SIZE 77)\r\n",
        Response::Fetch(f) => (f.uid(), f.size(), f.malformed().len()), (Uid::new(12), Some(77), 1);
    // Yandex: a part that does not exist, without a value, before other items.
    value_that_is_missing:
        b"* 8 FETCH (BODY[2] UID 31 BODY[3] FLAGS (\\Seen) ENVELOPE RFC822.SIZE 7)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().map(Flags::len), f.size(), f.sections().count(), f.malformed().len()),
        (Uid::new(31), Some(1), Some(7), 0, 3);
    // Several: numbers and dates without a value, before other items.
    number_that_is_missing:
        b"* 8 FETCH (RFC822.SIZE UID 31 INTERNALDATE MODSEQ FLAGS (\\Seen) PREVIEW BINARY[1] {1}\r\nx)\r\n",
        Response::Fetch(f) => (f.uid(), f.size(), f.flags().map(Flags::len), f.binary("1"), f.malformed().len()),
        (Uid::new(31), None, Some(1), Some(&b"x"[..]), 4);
    // Several: an opening parenthesis inside a keyword.
    flag_with_a_parenthesis:
        b"* 12 FETCH (UID 48 FLAGS (\\Seen label(1) RFC822.SIZE 512)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().map(ToString::to_string), f.size(), f.malformed().len()),
        (Uid::new(48), Some("(\\Seen label(1)".to_owned()), Some(512), 0);
    // Several: both parentheses inside a keyword.
    flag_with_parentheses:
        b"* 12 FETCH (FLAGS (\\Seen label(1)) RFC822.SIZE 512 UID 4)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().map(ToString::to_string), f.size(), f.malformed().len()),
        (Uid::new(4), Some("(\\Seen label(1))".to_owned()), Some(512), 0);

    // By kind: keywords with parentheses before other flags.
    flags_with_parentheses_before_others:
        b"* 12 FETCH (FLAGS (\\Seen label(1) :) $Junk) UID 4)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().cloned(), f.malformed().len(), f.unknown().len()),
        (Uid::new(4), Some(Flags::from(["\\Seen", "label(1)", ":)", "$Junk"])), 0, 0);
    // By kind: an unknown item in parentheses of its own after a list of flags.
    unknown_item_in_parentheses_behind_flags:
        b"* 6 FETCH (FLAGS (\\Seen) (X-FOO 5) UID 3)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().cloned(), f.unknown().len(), f.malformed().len()),
        (Uid::new(3), Some(Flags::from("\\Seen")), 1, 0);
    // By kind: a keyword that begins with a parenthesis.
    flag_open:
        b"* 12 FETCH (FLAGS (\\Seen (label $Junk) UID 4)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().cloned(), f.malformed().len()),
        (Uid::new(4), Some(Flags::from(["\\Seen", "(label", "$Junk"])), 0);
    // By kind: additional parentheses in FLAGS.
    flags_in_parentheses:
        b"* 12 FETCH (FLAGS ((\\Seen ($Junk))) UID 4)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().cloned(), f.malformed().len()),
        (Uid::new(4), Some(Flags::from(["\\Seen", "$Junk"])), 0);
    // By kind: a keyword with both parentheses at the end of all.
    flag_with_a_parenthesis_last:
        b"* 12 FETCH (UID 4 FLAGS (\\Seen label(1)))\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().cloned(), f.malformed().len()),
        (Uid::new(4), Some(Flags::from(["\\Seen", "label(1)"])), 0);
    // By kind: missing values before `FLAGS(` and at the end.
    values_missing_where_parentheses_follow:
        b"* 8 FETCH (UID 3 BODY[1] FLAGS(\\Seen) BODY[2] RFC822.SIZE)\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().map(Flags::len), f.sections().count(), f.size(), bad(f.malformed())),
        (Uid::new(3), Some(1), 0, None, ["BODY[1]: ", "BODY[2]: ", "RFC822.SIZE: "].map(ToOwned::to_owned).to_vec());
    // By kind: missing values before items in parentheses.
    values_missing_before_parentheses:
        b"* 8 FETCH (ENVELOPE (RFC822.SIZE 7) BODY[2] (UID 3) MODSEQ (FLAGS (\\Seen)))\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().map(Flags::len), f.size(), f.envelope().is_some(), bad(f.malformed())),
        (Uid::new(3), Some(1), Some(7), false, ["ENVELOPE: ", "BODY[2]: ", "MODSEQ: "].map(ToOwned::to_owned).to_vec());
    // By kind: values in additional parentheses.
    values_in_parentheses:
        b"* 8 FETCH (UID (3) RFC822.SIZE ((7)) MODSEQ ((5)) BODY[1] (\"x\") X-GM-MSGID (9) INTERNALDATE (\"01-Jan-2024 03:04:05 +0000\"))\r\n",
        Response::Fetch(f) => (f.uid(), f.size(), f.modseq(), f.section("1"), f.gmail_message_id(), f.internal_date().and_then(|d| d.date()).is_some(), f.malformed().len()),
        (Uid::new(3), Some(7), Some(5), Some(&b"x"[..]), Some(9), true, 0);
    // By kind: negative numbers and fractions.
    numbers_that_are_none:
        b"* 8 FETCH (MODSEQ (1.5) RFC822.SIZE 5.5 BINARY.SIZE[1] -1 X-GM-MSGID -7 UID -3 FLAGS ())\r\n",
        Response::Fetch(f) => (f.uid(), f.size(), f.modseq(), f.binary_size("1"), f.gmail_message_id(), f.flags().is_some(), f.malformed().len()),
        (None, None, None, None, None, true, 5);
    // By kind: an extra closing parenthesis between items.
    parenthesis_too_many:
        b"* 8 FETCH (UID 3) FLAGS (\\Seen))\r\n",
        Response::Fetch(f) => (f.uid(), f.flags().map(Flags::len), f.malformed().len()), (Uid::new(3), Some(1), 0);
}
