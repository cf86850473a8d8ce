//! Status lines and continuation requests.

use super::*;

quirks! {
    // Several: a tagged OK that ends after `OK`.
    tagged_without_text:
        b"A1 OK\r\n",
        Response::Tagged(_, s) => (s.kind, s.text.as_str()), (StatusKind::Ok, "");
    // Several: `* OK` alone.
    untagged_without_text:
        b"* OK\r\n",
        Response::Status(s) => (s.kind, s.text.as_str()), (StatusKind::Ok, "");
    // Several: `* BYE` alone.
    bye_without_text:
        b"* BYE\r\n",
        Response::Status(s) => (s.kind, s.text.as_str()), (StatusKind::Bye, "");
    // Gmail: no text after `[HIGHESTMODSEQ n]`.
    code_without_text:
        b"* OK [HIGHESTMODSEQ 715]\r\n",
        Response::Status(s) => (s.code, s.text.as_str()), (Some(Code::HighestModSeq(715)), "");
    // Several: only a blank after the code.
    code_and_a_blank:
        b"A1 OK [READ-ONLY] \r\n",
        Response::Tagged(_, s) => (s.code, s.text.as_str()), (Some(Code::ReadOnly), "");
    // Several: no blank after the code.
    code_glued_to_its_text:
        b"* OK [ALERT]disk is nearly full\r\n",
        Response::Status(s) => (s.code, s.text.as_str()), (Some(Code::Alert), "disk is nearly full");
    // Several: text that begins with a bracket.
    bracket_that_is_no_code:
        b"* OK [ not a code\r\n",
        Response::Status(s) => (s.code, s.text.as_str()), (None, "[ not a code");
    // GreenMail, localised servers: UTF-8 in the text, without UTF8=ACCEPT.
    text_in_utf8:
        "A1 OK Готово\r\n".as_bytes(),
        Response::Tagged(_, s) => s.text.as_str(), "Готово";
    // Localised servers: 8-bit text that is not UTF-8.
    text_in_latin1:
        b"* OK Pr\xeat\r\n",
        Response::Status(s) => s.text.as_str(), "Pr\u{fffd}t";
    // Exchange, home.pl: `* [COPYUID ...]` without `OK`.
    code_without_ok:
        b"* [COPYUID 7 1:2 3:4]\r\n",
        Response::Status(s) => s.code.map(|code| code.name().to_owned()), Some("COPYUID".to_owned());
    // Outlook.com: COPYUID without UIDs.
    copyuid_with_empty_sets:
        b"A1 OK [COPYUID 7  ] done\r\n",
        Response::Tagged(_, s) => (s.code.map(|code| matches!(code, Code::Other { .. })), s.text.as_str()), (Some(true), "done");
    // Servers with MULTIAPPEND: a set in APPENDUID.
    appenduid_of_several:
        b"A1 OK [APPENDUID 7 5:6] done\r\n",
        Response::Tagged(_, s) => s.code, Some(Code::AppendUid(AppendUid { uid_validity: 7, uids: UidSet::from([5, 6]) }));
    // IceWarp, mail.xwtec.cn: UIDVALIDITY 0.
    uidvalidity_0:
        b"* OK [UIDVALIDITY 0] odd\r\n",
        Response::Status(s) => s.code, Some(Code::UidValidity(0));
    // IceWarp: UIDNEXT 0.
    uidnext_0:
        b"* OK [UIDNEXT 0] odd\r\n",
        Response::Status(s) => s.code, raw_code("UIDNEXT", "0");
    // IceWarp: UNSEEN 0.
    unseen_0:
        b"* OK [UNSEEN 0] none\r\n",
        Response::Status(s) => s.code, raw_code("UNSEEN", "0");
    // Dynadot: a UIDVALIDITY that does not fit 32 bits.
    uidvalidity_over_32_bits:
        b"* OK [UIDVALIDITY 99999999999] odd\r\n",
        Response::Status(s) => s.code.map(|code| (code.name().to_owned(), matches!(code, Code::Other { .. }))), Some(("UIDVALIDITY".to_owned(), true));
    // Gmail with Other Inbox: a keyword with brackets in PERMANENTFLAGS.
    permanent_flags_with_brackets:
        b"* OK [PERMANENTFLAGS (\\Seen OIB-Seen-[Gmail]/All \\*)] limited\r\n",
        Response::Status(s) => s.code, Some(Code::PermanentFlags(Flags::from(["\\Seen", "OIB-Seen-[Gmail]/All", "\\*"])));
    // Dovecot: CLOSED although QRESYNC is off.
    closed_without_qresync:
        b"* OK [CLOSED] Previous mailbox closed.\r\n",
        Response::Status(s) => s.code, Some(Code::Closed);
    // Dovecot, Yahoo: a tagged OK with CLIENTBUG.
    clientbug:
        b"A1 OK [CLIENTBUG] Status on selected mailbox\r\n",
        Response::Tagged(_, s) => s.code, Some(Code::ClientBug);
    // Yahoo, arcor.de: a tagged NO with SERVERBUG.
    serverbug:
        b"A1 NO [SERVERBUG] try again\r\n",
        Response::Tagged(_, s) => (s.kind, s.code), (StatusKind::No, Some(Code::ServerBug));
    // Dovecot (UID MOVE): COPYUID in an untagged OK.
    copyuid_untagged:
        b"* OK [COPYUID 7 1 3] Moved\r\n",
        Response::Status(s) => s.code.is_some_and(|code| matches!(code, Code::CopyUid(_))), true;
    // Dovecot (QRESYNC): HIGHESTMODSEQ in the tagged OK of UID EXPUNGE.
    modseq_after_uid_expunge:
        b"A1 OK [HIGHESTMODSEQ 9] Expunge completed.\r\n",
        Response::Tagged(_, s) => s.code, Some(Code::HighestModSeq(9));
    // Exchange: an unexpected `* BAD` after the login.
    not_connected:
        b"* BAD User is authenticated but not connected.\r\n",
        Response::Status(s) => s.kind, StatusKind::Bad;
    // Cyrus: an additional `* BAD Invalid tag` before the tagged response.
    bad_for_the_rest_of_a_line:
        b"* BAD Invalid tag\r\n",
        Response::Status(s) => s.kind, StatusKind::Bad;
    // Exchange: a sentence without tag.
    no_tag_at_all:
        b"Server Unavailable. 15\r\n",
        Response::Unknown(u) => u.name.as_str(), "SERVER";
    // Several (ImapFlow): NULs before a response.
    nul_before_a_line:
        b"\0\0* OK padded\r\n",
        Response::Status(s) => s.text.as_str(), "padded";
    // Several: lines that end in LF alone.
    lone_line_feed:
        b"A1 OK done\n",
        Response::Tagged(_, s) => s.text.as_str(), "done";
    // An attacker: text that looks like the announcement of a literal.
    text_like_a_literal:
        b"* OK see {5}\r\n",
        Response::Status(s) => s.text.as_str(), "see {5}";
    // Several: NO because some of the messages no longer exist.
    partial_success:
        b"A1 NO Some of the requested messages no longer exist.\r\n",
        Response::Tagged(_, s) => (s.kind, s.code), (StatusKind::No, None);
    // Exchange: NO with a delay in its text.
    throttled:
        b"A1 NO Request is throttled. Suggested Backoff Time: 500 milliseconds\r\n",
        Response::Tagged(_, s) => s.text.contains("500 milliseconds"), true;
    // Public-inbox: `+` without a blank.
    bare_plus:
        b"+\r\n",
        Response::Continue(c) => c.text.len(), 0;
    // Exchange: `+ ` although no command waits for it.
    plus_and_a_blank:
        b"+ \r\n",
        Response::Continue(c) => c.text.len(), 0;
    // Coremail: a prompt of AUTH=LOGIN that ends in NUL, in base64.
    prompt_with_nul:
        b"+ VXNlciBOYW1lAA==\r\n",
        Response::Continue(c) => &*c.text, b"VXNlciBOYW1lAA==";
    // Yandex: BYE over and over again.
    bye_again:
        b"* BYE IMAP4rev1 Server logging out\r\n",
        Response::Status(s) => s.kind, StatusKind::Bye;

    // Several: HIGHESTMODSEQ -1.
    highestmodseq_minus_1:
        b"* OK [HIGHESTMODSEQ -1] none\r\n",
        Response::Status(s) => s.code, raw_code("HIGHESTMODSEQ", "-1");
    // By kind: UIDNEXT -1.
    uidnext_minus_1:
        b"* OK [UIDNEXT -1] none\r\n",
        Response::Status(s) => s.code, raw_code("UIDNEXT", "-1");
    // By kind: UIDVALIDITY 1.0.
    uidvalidity_fraction:
        b"* OK [UIDVALIDITY 1.0] odd\r\n",
        Response::Status(s) => s.code, raw_code("UIDVALIDITY", "1.0");
    // By kind: UIDNEXT alone.
    uidnext_without_a_number:
        b"* OK [UIDNEXT] odd\r\n",
        Response::Status(s) => s.code, Some(Code::Other { name: "UIDNEXT".to_owned(), arguments: None });
    // By kind: a negative UID in COPYUID.
    copyuid_minus_1:
        b"A1 OK [COPYUID 7 1:2 -3,4] done\r\n",
        Response::Tagged(_, s) => s.code, raw_code("COPYUID", "7 1:2 -3,4");
    // By kind: APPENDUID without a UID.
    appenduid_without_a_uid:
        b"A1 OK [APPENDUID 7] done\r\n",
        Response::Tagged(_, s) => s.code, raw_code("APPENDUID", "7");
    // By kind: parentheses around the number of a code.
    codes_in_parentheses:
        b"* OK [UIDNEXT (9)] odd\r\n",
        Response::Status(s) => s.code, Uid::new(9).map(Code::UidNext);
    // By kind: parentheses around the arguments of COPYUID.
    copyuid_in_parentheses:
        b"A1 OK [COPYUID ((7 1:2 3:4))] done\r\n",
        Response::Tagged(_, s) => s.code.map(|code| matches!(code, Code::CopyUid(_))), Some(true);
    // By kind: INPROGRESS with -1 for an unknown number.
    inprogress_minus_1:
        b"* OK [INPROGRESS (\"A1\" 5 -1)] busy\r\n",
        Response::Status(s) => match s.code { Some(Code::InProgress(p)) => (p.done, p.goal), _ => (None, None) }, (Some(5), None);
    // By kind: a keyword with both parentheses in PERMANENTFLAGS.
    permanent_flags_with_parentheses:
        b"* OK [PERMANENTFLAGS (\\Seen label(1) $Junk \\*)] limited\r\n",
        Response::Status(s) => s.code, Some(Code::PermanentFlags(Flags::from(["\\Seen", "label(1)", "$Junk", "\\*"])));
    // By kind: a keyword that begins with a parenthesis.
    permanent_flags_open:
        b"* OK [PERMANENTFLAGS (\\Seen (label $Junk \\*)] limited\r\n",
        Response::Status(s) => s.code, Some(Code::PermanentFlags(Flags::from(["\\Seen", "(label", "$Junk", "\\*"])));
    // By kind: additional parentheses in PERMANENTFLAGS.
    permanent_flags_in_parentheses:
        b"* OK [PERMANENTFLAGS ((\\Seen ($Junk)) \\*)] limited\r\n",
        Response::Status(s) => s.code, Some(Code::PermanentFlags(Flags::from(["\\Seen", "$Junk", "\\*"])));
}
