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
    // Several: quotes that nobody escaped.
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
    // Several: a blank behind the last attribute.
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
    // Several: a name in UTF-8 where modified UTF-7 belongs.
    name_in_utf8:
        "* LIST () \"/\" \"Entwürfe\"\r\n".as_bytes(),
        Response::List(l) => l.name.as_str(), "Entwürfe";
    // Several: modified UTF-7 that is none.
    name_in_broken_utf7:
        b"* LIST () \"/\" \"&bad\"\r\n",
        Response::List(l) => (l.name.as_str().to_owned(), l.name.wire(Names::Utf7).into_owned()), ("&bad".to_owned(), b"&bad".to_vec());
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
    // Exchange, QQ: blanks before and behind the end of the list.
    status_with_a_blank:
        b"* STATUS x (MESSAGES 1 ) \r\n",
        Response::MailboxStatus(m) => m.messages, Some(1);
    // 163: an empty list.
    status_without_items:
        b"* STATUS x ()\r\n",
        Response::MailboxStatus(m) => m.messages, None;
    // Several: blanks in a name without quotes.
    status_of_a_bare_name:
        b"* STATUS My files (UIDNEXT 24369)\r\n",
        Response::MailboxStatus(m) => (m.name.as_str().to_owned(), m.uid_next), ("My files".to_owned(), Some(24369));
    // IceWarp, mail.xwtec.cn: UIDNEXT and UIDVALIDITY 0.
    status_zeros:
        b"* STATUS x (UIDNEXT 0 UIDVALIDITY 0)\r\n",
        Response::MailboxStatus(m) => (m.uid_next, m.uid_validity), (Some(0), Some(0));
    // Dynadot: a UIDVALIDITY over 32 bits.
    status_large_uidvalidity:
        b"* STATUS x (UIDVALIDITY 99999999999 UNSEEN 3)\r\n",
        Response::MailboxStatus(m) => (m.unseen, m.malformed.len()), (Some(3), 1);
    // Several: an item nobody asked for.
    status_unknown_item:
        b"* STATUS x (X-GURU 5 MESSAGES 1)\r\n",
        Response::MailboxStatus(m) => (m.messages, m.unknown.len()), (Some(1), 1);
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
        Response::MailboxStatus(m) => (m.messages, m.unseen, m.malformed.len()), (None, Some(3), 1);
    // Several: `* FLAGS NIL`.
    flags_nil:
        b"* FLAGS NIL\r\n",
        Response::Flags(f) => f.is_empty(), true;
    // Surgemail: a blank behind the last flag.
    flags_with_a_blank:
        b"* FLAGS (\\Seen \\Draft )\r\n",
        Response::Flags(f) => f.len(), 2;
    // Gmail: a keyword with a blank in it.
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
        (None, None, Some(9), None, 3);
}
