//! Tests of servers that do not support what they announce: the program uses workarounds, and
//! reports them when asked.

use imapclient_testkit::{Peer, Script};
use serde_json::Value;

use crate::start::{printed, program};

/// Returns the output of the program on a server that follows this script.
#[track_caller]
fn on(script: &str, arguments: &[&str]) -> String {
    let script = Script::parse(script);
    let peer = Peer::start(move |connection| script.run(connection));
    let port = peer.port().to_string();
    let output = program()
        .args(["-H", "127.0.0.1", "-P", &port, "--insecure", "-u", "bob"])
        .args(["-p", "sekret"])
        .args(arguments)
        .output()
        .unwrap();
    let (out, err) = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    peer.finish().unwrap();
    out
}

const NO_NAMESPACE: &str = r#"
    S: * PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE] hello
    C: <a> LIST "" "*"
    S: * LIST () "/" INBOX
    S: * LIST () "/" Trash
    S: <a> OK done
    C: <b> NAMESPACE
    S: <b> BAD command syntax error
    C: <c> LOGOUT
    S: * BYE
    S: <c> OK"#;

#[test]
fn info_tells_what_is_done_in_another_way() {
    let told = on(NO_NAMESPACE, &["-c", "special trash; info"]);
    assert!(told.contains("\\Trash  Trash\n"), "{told}");
    let line = "WORKAROUND    the server refuses NAMESPACE: mailboxes are looked for in the usual";
    assert!(told.contains(line), "{told}");
    let told = on(NO_NAMESPACE, &["--json", "-c", "special trash; info"]);
    let info: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(info["workarounds"], serde_json::json!(["NamespaceRefused"]));
}

#[test]
fn special_folders_without_list_return() {
    for answer in ["OK LIST completed", "BAD LIST failed. Illegal arguments."] {
        let told = on(
            &format!(
                r#"
                S: * PREAUTH [CAPABILITY IMAP4rev1 SPECIAL-USE LIST-EXTENDED NAMESPACE] hello
                C: <a> LIST "" "*" RETURN (SPECIAL-USE)
                S: <a> {answer}
                C: <b> LIST "" "*"
                S: * LIST () "/" INBOX
                S: * LIST (\Trash) "/" Papierkorb
                S: <b> OK done
                C: <c> LOGOUT
                S: * BYE
                S: <c> OK"#
            ),
            &["-c", "special trash"],
        );
        assert!(told.contains("\\Trash  Papierkorb\n"), "{told}");
    }
}

#[test]
fn names_go_back_as_they_were_listed() {
    let told = on(
        r#"
        S: * PREAUTH [CAPABILITY IMAP4rev1] hello
        C: <a> LIST "" "*"
        S: * LIST () "/" "Tom & Jerry"
        S: * LIST () "/" "&APw-&APY-"
        S: <a> OK done
        C: <b> SELECT "Tom & Jerry"
        S: * 1 EXISTS
        S: <b> OK done
        C: <c> COPY 1 "&APw-&APY-"
        S: <c> OK done
        C: <d> STATUS "&APw-&APY-" (MESSAGES)
        S: * STATUS "&APw-&APY-" (MESSAGES 7)
        S: <d> OK done
        C: <e> LOGOUT
        S: * BYE
        S: <e> OK"#,
        &[
            "-c",
            "ls; select \"Tom & Jerry\"; copy #1 üö; status üö (MESSAGES)",
        ],
    );
    assert!(told.contains("MESSAGES  7"), "{told}");
}

#[test]
fn names_that_were_not_listed_yet_are_looked_for() {
    let told = on(
        r#"
        S: * PREAUTH [CAPABILITY IMAP4rev1] hello
        C: <a> LIST "" "Tom * Jerry"
        S: * LIST () "/" "Tom and Jerry"
        S: * LIST () "/" "Tom & Jerry"
        S: <a> OK done
        C: <b> SELECT "Tom & Jerry"
        S: * 1 EXISTS
        S: <b> OK done
        C: <c> LIST "" "Neu*"
        S: <c> NO not now
        C: <d> SUBSCRIBE "Neu&APY-"
        S: <d> OK done
        C: <e> EXAMINE "Tom & Jerry"
        S: * 1 EXISTS
        S: <e> OK done
        C: <f> LOGOUT
        S: * BYE
        S: <f> OK"#,
        &[
            "-m",
            "Tom & Jerry",
            "-c",
            "subscribe Neuö; examine \"Tom & Jerry\"",
        ],
    );
    assert!(told.contains("subscribed Neuö"), "{told}");
}

#[test]
fn mailboxes_are_made_below_the_one_that_is_named() {
    on(
        r#"
        S: * PREAUTH [CAPABILITY IMAP4rev1] hello
        C: <a> LIST "" "Tom *"
        S: * LIST () "/" "Tom & Jerry"
        S: <a> OK done
        C: <b> CREATE "Tom & Jerry/2026"
        S: <b> OK done
        C: <c> LIST "" "Tom *"
        S: * LIST () "/" "Tom & Jerry"
        S: <c> OK done
        C: <d> RENAME "Old" "Tom & Jerry/Old"
        S: <d> OK done
        C: <e> LIST "" "Neu*"
        S: <e> OK done
        C: <f> CREATE "Neu&APY-"
        S: <f> OK done
        C: <g> LOGOUT
        S: * BYE
        S: <g> OK"#,
        &[
            "-c",
            "mkdir \"Tom & Jerry/2026\"; rename Old \"Tom & Jerry/Old\"; mkdir Neuö",
        ],
    );
}

#[test]
fn a_message_without_a_structure_is_shown_by_what_it_says_itself() {
    for first in [
        "S: * 1 FETCH (UID 1 FLAGS () RFC822.SIZE 60 ENVELOPE (NIL \"hello\" NIL NIL NIL NIL NIL NIL NIL NIL) BODYSTRUCTURE NIL)
         S: <b> OK done",
        "S: <b> NO [PARSE] I cannot read it
         C: <x> UID FETCH 1 (UID FLAGS RFC822.SIZE)
         S: * 1 FETCH (UID 1 FLAGS () RFC822.SIZE 60)
         S: <x> OK done",
    ] {
        let told = on(
            &format!(
                "
                S: * PREAUTH [CAPABILITY IMAP4rev1] hello
                C: <a> SELECT \"INBOX\"
                S: * 1 EXISTS
                S: <a> OK done
                C: <b> UID FETCH 1 (UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)
                {first}
                C: <c> UID FETCH 1 (UID BODY.PEEK[]<0.262144>)
                S: * 1 FETCH (UID 1 BODY[]<0> {{113}}
                S: Subject: hello
                S: Content-Type: text/plain; charset=iso-8859-1
                S: Content-Transfer-Encoding: base64
                S:
                S: SGVsbG8g/CE=
                S: )
                S: <c> OK done
                C: <d> LOGOUT
                S: * BYE
                S: <d> OK"
            ),
            &["-m", "INBOX", "-c", "show 1"],
        );
        assert!(told.contains("Hello ü!"), "{told}");
        assert!(told.contains("`save 1` saves the message"), "{told}");
    }
}

#[test]
fn the_text_that_is_shown_is_that_of_the_same_message() {
    // At the second command, `*` and #1 may denote other messages than at the first.
    for (named, first) in [
        (
            "*",
            "C: <b> UID FETCH * (UID)
             S: * 1 FETCH (UID 5)
             S: <b> OK done
             C: <c> UID FETCH 5 (UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)",
        ),
        (
            "#1",
            "C: <c> FETCH 1 (UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)",
        ),
        (
            "#*",
            "C: <b> FETCH * (UID)
             S: * 1 FETCH (UID 5)
             S: <b> OK done
             C: <c> UID FETCH 5 (UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)",
        ),
    ] {
        let told = on(
            &format!(
                "
                S: * PREAUTH [CAPABILITY IMAP4rev1] hello
                C: <a> SELECT \"INBOX\"
                S: * 1 EXISTS
                S: <a> OK done
                {first}
                S: * 1 FETCH (UID 5 FLAGS () RFC822.SIZE 60 ENVELOPE (NIL \"hello\" NIL NIL NIL NIL NIL NIL NIL NIL) BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 900 1))
                S: <c> OK done
                C: <d> UID FETCH 5 (UID BODY.PEEK[1]<0.262144>)
                S: * 1 FETCH (UID 5 BODY[1]<0> \"what it says\")
                S: <d> OK done
                C: <e> LOGOUT
                S: * BYE
                S: <e> OK"
            ),
            &["-m", "INBOX", "-c", &format!("show {named}")],
        );
        assert!(told.contains("what it says"), "{told}");
        // `save` would take a sequence number for a UID.
        assert!(told.contains("`save 5` saves all of it"), "{told}");
    }
}
