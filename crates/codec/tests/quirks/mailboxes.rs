//! LIST, STATUS and FLAGS.

use super::*;

quirks! {
    // Exchange: a tab in a name without quotes.
    tab_in_a_bare_name:
        b"* LIST (\\HasNoChildren) \"/\" My\tFolder\r\n",
        Response::List(l) => l.name.as_str(), "My\tFolder";
    // Several: blanks in a name without quotes.
    blanks_in_a_bare_name:
        b"* LIST () \"/\" My Folder\r\n",
        Response::List(l) => l.name.as_str(), "My Folder";
    // Several: brackets in a name without quotes.
    brackets_in_a_bare_name:
        b"* LIST () \"/\" [Gmail]/Sent\r\n",
        Response::List(l) => l.name.as_str(), "[Gmail]/Sent";
    // Several: `%` in a name without quotes.
    percent_in_a_bare_name:
        b"* LIST () \"/\" 100%\r\n",
        Response::List(l) => l.name.as_str(), "100%";
    // Several: parentheses in a name without quotes.
    parenthesis_in_a_bare_name:
        b"* LIST () \"/\" Mail (old)\r\n",
        Response::List(l) => l.name.as_str(), "Mail (old)";
    // Several: `+` in an atom.
    plus_in_an_atom:
        b"* LIST () \"/\" a+b\r\n",
        Response::List(l) => l.name.as_str(), "a+b";
    // Several: unescaped quotes.
    quotes_in_quotes:
        b"* LIST () \"/\" \"Test \"Folder\" x\"\r\n",
        Response::List(l) => l.name.as_str(), "Test \"Folder\" x";
    // Several: NIL for the delimiter.
    delimiter_nil:
        b"* LIST () NIL x\r\n",
        Response::List(l) => l.delimiter, None;
    // Several: an empty delimiter.
    delimiter_empty:
        b"* LIST () \"\" x\r\n",
        Response::List(l) => l.delimiter, None;
    // Several: a blank after the last attribute.
    attributes_with_a_blank:
        b"* LIST (\\HasChildren ) \"/\" x\r\n",
        Response::List(l) => l.attributes.iter().count(), 1;
    // Cyrus: `\drafts` in lower case.
    attributes_in_lower_case:
        b"* LIST (\\drafts) \"/\" Drafts\r\n",
        Response::List(l) => l.has(&Attribute::Drafts), true;
    // Several: NIL for the attributes.
    attributes_nil:
        b"* LIST NIL \"/\" x\r\n",
        Response::List(l) => l.attributes.iter().count(), 0;
    // Several: a name in UTF-8 in place of modified UTF-7.
    name_in_utf8:
        "* LIST () \"/\" \"Entwürfe\"\r\n".as_bytes(),
        Response::List(l) => l.name.as_str(), "Entwürfe";
    // Several: invalid modified UTF-7.
    name_in_broken_utf7:
        b"* LIST () \"/\" \"&bad\"\r\n",
        Response::List(l) => (l.name.as_str().to_owned(), l.name.wire(NameEncoding::Utf7).into_owned()), ("&bad".to_owned(), b"&bad".to_vec());
    // Several: NIL for the name.
    name_nil:
        b"* LIST () \"/\" NIL\r\n",
        Response::List(l) => l.name.as_str(), "NIL";
    // DavMail: double blanks everywhere.
    double_blanks:
        b"*  LIST  ()  \"/\"  x\r\n",
        Response::List(l) => l.name.as_str(), "x";
    // Gmail, servers before RFC 6154: XLIST.
    xlist:
        b"* XLIST (\\Inbox) \"/\" \"Posteingang\"\r\n",
        Response::List(l) => l.name.as_str(), "Posteingang";
    // Exchange, QQ: blanks before and after the end of the list.
    status_with_a_blank:
        b"* STATUS x (MESSAGES 1 ) \r\n",
        Response::MailboxStatus(m) => m.messages, Some(1.into());
    // 163: an empty list.
    status_without_items:
        b"* STATUS x ()\r\n",
        Response::MailboxStatus(m) => m.messages, None;
    // Several: blanks in a name without quotes.
    status_of_a_bare_name:
        b"* STATUS My files (UIDNEXT 24369)\r\n",
        Response::MailboxStatus(m) => (m.name.as_str().to_owned(), m.uid_next), ("My files".to_owned(), Uid::new(24369));
    // IceWarp, mail.xwtec.cn: UIDNEXT and UIDVALIDITY 0.
    status_zeros:
        b"* STATUS x (UIDNEXT 0 UIDVALIDITY 0)\r\n",
        Response::MailboxStatus(m) => (m.uid_next, m.uid_validity, bad(&m.malformed)), (None, Some(0), vec!["UIDNEXT: 0".to_owned()]);
    // Dynadot: a UIDVALIDITY over 32 bits.
    status_large_uidvalidity:
        b"* STATUS x (UIDVALIDITY 99999999999 UNSEEN 3)\r\n",
        Response::MailboxStatus(m) => (m.unseen, m.malformed.len()), (Some(3.into()), 1);
    // Several: an item that was not asked for.
    status_unknown_item:
        b"* STATUS x (X-GURU 5 MESSAGES 1)\r\n",
        Response::MailboxStatus(m) => (m.messages, m.unknown.len()), (Some(1.into()), 1);
    // Dovecot (NOTIFY): a name in UTF-8, in a literal, without UTF8=ACCEPT.
    status_in_utf8:
        "* STATUS {4}\r\nZoë (MESSAGES 1)\r\n".as_bytes(),
        Response::MailboxStatus(m) => m.name.as_str(), "Zoë";
    // Cyrus, Stalwart: MAILBOXID.
    status_mailbox_id:
        b"* STATUS x (MAILBOXID (F1))\r\n",
        Response::MailboxStatus(m) => m.mailbox_id.as_deref(), Some("F1");
    // Servers of RFC 7889: APPENDLIMIT NIL.
    status_append_limit_nil:
        b"* STATUS x (APPENDLIMIT NIL)\r\n",
        Response::MailboxStatus(m) => m.append_limit, Some(AppendLimit::None);
    // Several: a negative number.
    status_negative:
        b"* STATUS x (MESSAGES -1 UNSEEN 3)\r\n",
        Response::MailboxStatus(m) => (m.messages, m.unseen, m.malformed.len()), (None, Some(3.into()), 1);
    // Several: `* FLAGS NIL`.
    flags_nil:
        b"* FLAGS NIL\r\n",
        Response::Flags(f) => f.is_empty(), true;
    // Surgemail: a blank after the last flag.
    flags_with_a_blank:
        b"* FLAGS (\\Seen \\Draft )\r\n",
        Response::Flags(f) => f.len(), 2;
    // Gmail: a keyword that contains a blank.
    keyword_with_a_blank:
        b"* FLAGS (\\Seen my keyword)\r\n",
        Response::Flags(f) => f.len(), 3;
    // Several: a keyword that begins with a backslash.
    keyword_with_a_backslash:
        b"* FLAGS (\\Seen \\Odd)\r\n",
        Response::Flags(f) => f.contains(&Flag::from("\\Odd")), true;
    // Several: an opening parenthesis inside a keyword.
    keyword_with_a_parenthesis:
        b"* FLAGS (\\Answered label(1 $Junk)\r\n",
        Response::Flags(f) => f.to_string(), "(\\Answered $Junk label(1)";
    // Several: the same in PERMANENTFLAGS.
    permanent_keyword_with_a_parenthesis:
        b"* OK [PERMANENTFLAGS (\\Answered label(1 $Junk \\*)] Limited\r\n",
        Response::Status(s) => s.code, Some(Code::PermanentFlags(Flags::from(["\\Answered", "label(1", "$Junk", "\\*"])));
    // Several: STATUS with an item that has no value, and a negative number.
    status_without_a_value:
        b"* STATUS x (MESSAGES UNSEEN -1 UIDNEXT 9 SIZE)\r\n",
        Response::MailboxStatus(m) => (m.messages, m.unseen, m.uid_next, m.size, m.malformed.len()),
        (None, None, Uid::new(9), None, 3);

    // By kind: a keyword with both parentheses before other flags.
    flags_with_parentheses:
        b"* FLAGS (\\Seen label(1) $Junk)\r\n",
        Response::Flags(f) => f, Flags::from(["\\Seen", "label(1)", "$Junk"]);
    // By kind: a keyword `:)`.
    flags_with_a_closing_parenthesis:
        b"* FLAGS (\\Seen :) Work $Junk)\r\n",
        Response::Flags(f) => f, Flags::from(["\\Seen", ":)", "Work", "$Junk"]);
    // By kind: a keyword that begins with a parenthesis.
    flags_open:
        b"* FLAGS ((label \\Seen $Junk)\r\n",
        Response::Flags(f) => f, Flags::from(["(label", "\\Seen", "$Junk"]);
    // By kind: additional parentheses in FLAGS.
    flags_in_parentheses:
        b"* FLAGS ((\\Seen) ((label) $Junk))\r\n",
        Response::Flags(f) => f, Flags::from(["\\Seen", "label", "$Junk"]);
    // By kind: text after the list of FLAGS.
    flags_and_more:
        b"* FLAGS (\\Seen) $Junk\r\n",
        Response::Malformed(m) => m.why.as_str(), "something follows the list of flags";
    // By kind: parentheses in attributes and around them.
    list_attributes_with_parentheses:
        b"* LIST ((\\HasNoChildren) x(1) :) \\Sent) \"/\" a\r\n",
        Response::List(l) => (l.has(&Attribute::Sent), l.attributes.iter().count(), l.name.to_string()), (true, 4, "a".to_owned());
    // By kind: additional parentheses around attributes.
    list_attributes_in_parentheses:
        b"* LIST ((\\HasNoChildren \\Sent)) \"/\" a\r\n",
        Response::List(l) => (l.has(&Attribute::HasNoChildren), l.has(&Attribute::Sent), l.attributes.iter().count()), (true, true, 2);
    // By kind: additional parentheses in extended data.
    list_extended_in_parentheses:
        b"* LIST () \"/\" \"a\" ((\"OLDNAME\" ((\"b\"))) (\"CHILDINFO\" ((\"SUBSCRIBED\"))))\r\n",
        Response::List(l) => (l.old_name().map(ToString::to_string), l.child_info().map(<[_]>::len), l.malformed().len()), (Some("b".to_owned()), Some(1), 0);
    // By kind: OLDNAME without its value.
    list_extended_value_missing:
        b"* LIST () \"/\" \"a\" (\"OLDNAME\" \"CHILDINFO\" (\"SUBSCRIBED\"))\r\n",
        Response::List(l) => (l.old_name().is_some(), l.child_info().map(<[_]>::len), l.malformed().len()), (false, Some(1), 1);
    // By kind: additional parentheses in STATUS, and a missing value before some.
    status_in_parentheses:
        b"* STATUS x ((MESSAGES 3) UNSEEN (5) (UIDNEXT ((9))) SIZE (UIDVALIDITY 7))\r\n",
        Response::MailboxStatus(s) => (s.messages, s.unseen, s.uid_next, s.size, s.uid_validity, bad(&s.malformed)),
        (Some(3.into()), Some(5.into()), Uid::new(9), None, Some(7), vec!["SIZE: ".to_owned()]);
    // By kind: negative numbers, fractions and missing values in STATUS.
    status_numbers_that_are_none:
        b"* STATUS \"x\" (MESSAGES -3 UIDNEXT 1.0 HIGHESTMODSEQ -1 RECENT 4 UNSEEN UIDVALIDITY)\r\n",
        Response::MailboxStatus(s) => (s.messages, s.uid_next, s.highest_modseq, s.recent, s.unseen, bad(&s.malformed)),
        (None, None, None, Some(4.into()), None, ["MESSAGES: -3", "UIDNEXT: 1.0", "HIGHESTMODSEQ: -1", "UNSEEN: ", "UIDVALIDITY: "].map(ToOwned::to_owned).to_vec());
}
