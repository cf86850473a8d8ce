//! Tests of servers that lack an extension, or omit data that others send.

use std::process::Output;

use imapclient_testkit::{Peer, Script};

use crate::start::{printed, program};

/// Runs commands on a server that follows the script after the login of bob.
fn run(capabilities: &str, script: &str, arguments: &[&str]) -> Output {
    let script = Script::parse(&format!(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 {capabilities}] hello
         {script}
         C: <bye> LOGOUT
         S: * BYE
         S: <bye> OK"
    ));
    let peer = Peer::start(move |connection| script.run(connection));
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("a.eml", "a: 1\n"), ("b.eml", "b: 22\n")] {
        crate::start::write_private(folder.path().join(name), text).unwrap();
    }
    let output = program()
        .current_dir(&folder)
        .args(["-H", "127.0.0.1", "-P", &peer.port().to_string()])
        .args(["--insecure", "-u", "bob", "-p", "sekret"])
        .args(arguments)
        .output()
        .unwrap();
    peer.finish().unwrap();
    output
}

fn is(output: &Output, code: i32, out: &str, err: &str) {
    assert_eq!(
        (printed(output), output.status.code()),
        ((out.to_owned(), err.to_owned()), Some(code))
    );
}

#[test]
fn one_message_needs_no_multiappend() {
    let output = run(
        "LITERAL+ UIDPLUS",
        "C: <a> APPEND \"Sent\" {6+}
         C: a: 1
         C:
         S: <a> OK [APPENDUID 1 7] done",
        &["-c", "append --to Sent a.eml"],
    );
    is(&output, 0, "appended 1 message to Sent, as UID 7\n", "");
}

#[test]
fn several_messages_go_one_by_one_and_the_file_that_fails_is_named() {
    let output = run(
        "LITERAL+ UIDPLUS",
        "C: <a> APPEND \"Sent\" {6+}
         C: a: 1
         C:
         S: <a> OK [APPENDUID 1 7] done
         C: <b> APPEND \"Sent\" {7+}
         C: b: 22
         C:
         S: <b> NO [OVERQUOTA] full",
        &["-c", "append --to Sent a.eml b.eml"],
    );
    is(
        &output,
        1,
        "",
        "error: b.eml: APPEND refused: NO [OVERQUOTA] full; \
         1 message was stored as UID 7 before that\n",
    );
    let output = run("APPENDLIMIT=6", "", &["-c", "append --to Sent a.eml b.eml"]);
    is(
        &output,
        1,
        "",
        "error: b.eml: the message has 7 bytes, and the server takes 6 at most (APPENDLIMIT); \
         nothing was uploaded\n",
    );
}

#[test]
fn copies_whose_uids_are_not_told_are_copies() {
    let open = "C: <a> SELECT \"INBOX\"
         S: * 3 EXISTS
         S: <a> OK [READ-WRITE] opened";
    let script = format!(
        "{open}
         C: <b> UID COPY 5 \"Archive\"
         S: <b> OK [COPYUID 124  ] COPY completed."
    );
    let output = run(
        "UIDPLUS MOVE",
        &script,
        &["-m", "INBOX", "-c", "copy 5 Archive"],
    );
    is(
        &output,
        0,
        "the server said OK to copying 5 to Archive, and reports no UIDs\n",
        "",
    );
    let output = run(
        "UIDPLUS MOVE",
        &script,
        &["-m", "INBOX", "--json", "-c", "copy 5 Archive"],
    );
    is(
        &output,
        0,
        "{\"copied\":{\"asked\":\"5\",\"destination\":null,\"messages\":null,\"source\":null,\"uid_validity\":null},\
         \"to\":\"Archive\"}\n",
        "",
    );
    let script = format!(
        "{open}
         C: <b> UID MOVE 6 \"Archive\"
         S: [COPYUID 124 6 233]
         S: * 2 EXPUNGE
         S: <b> OK MOVE completed.
         C: <c> UID SEARCH UID 6
         S: * SEARCH
         S: <c> OK done"
    );
    let output = run(
        "UIDPLUS MOVE",
        &script,
        &["-m", "INBOX", "-c", "move 6 Archive"],
    );
    let (out, err) = printed(&output);
    assert_eq!(
        out, "moved those of 6 that existed to Archive; the server reports no UIDs\n",
        "{err}"
    );
    assert_eq!(output.status.code(), Some(0), "{err}");
}

#[test]
fn a_mailbox_that_cannot_be_counted_is_listed_with_the_reason() {
    let output = run(
        "",
        "C: <a> LIST \"\" \"*\"
         S: * LIST () \"/\" a
         S: * LIST (\\Noselect) \"/\" b
         S: * LIST () \"/\" c
         S: <a> OK
         C: <b> STATUS \"a\" (MESSAGES UNSEEN)
         C: <c> STATUS \"c\" (MESSAGES UNSEEN)
         S: <b> NO [NOPERM] not \x1b[31myours
         S: * STATUS c (MESSAGES 3 UNSEEN 1)
         S: <c> OK",
        &["-c", "ls --status"],
    );
    let refusal = "STATUS refused: NO [NOPERM] not \\u{1b}[31myours";
    let out = format!(
        "MAILBOX  MESSAGES  UNSEEN  ATTRIBUTES  PROBLEM\n\
         a                                      {refusal}\n\
         b                          \\Noselect\n\
         c               3       1\n"
    );
    is(&output, 1, &out, &format!("error: {refusal}\n"));
}
