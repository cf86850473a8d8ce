//! Servers that do not do what they announce: the program does without it, and says so where asked.

use imapclient_testkit::{Peer, Script};
use serde_json::Value;

use crate::start::{printed, program};

/// What the program prints, run on a server that goes by this script.
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
