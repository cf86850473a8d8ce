//! Runs the corpus of the fuzzer of sessions as a plain test.

use std::{fs, path::Path};

use proptest::prelude::*;

#[path = "../../../fuzz/src/session.rs"]
pub mod session;

#[test]
fn sessions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/session");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 3, "{folder:?} holds {} files", files.len());
    for file in files {
        // The name is shown if the target panics.
        println!("{}", file.display());
        let data = fs::read(&file).unwrap();
        // The first byte chooses the mode; all modes are run.
        for how in 0..=255 {
            let mut data = data.clone();
            if let Some(first) = data.first_mut() {
                *first = how;
            }
            session::session(&data);
        }
    }
}

/// Generates pieces of server data in any order, because random bytes rarely contain them.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "A0001 OK\r\n",
        "A0002 OK [READ-WRITE] done\r\n",
        "A0003 NO [TRYCREATE] no\r\n",
        "A0004 BAD what\r\n",
        "A0005 OK [COPYUID 1 1:5 6:10] done\r\n",
        "A0006 OK [APPENDUID 1 9] done\r\n",
        "A0007 OK\r\n",
        "+ \r\n",
        "+ AGJvYg==\r\n",
        "* BYE\r\n",
        "* OK still here\r\n",
        "* OK [INPROGRESS (\"A0002\" 1 2)] at it\r\n",
        "* OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS MOVE] x\r\n",
        "* CAPABILITY IMAP4rev1 IDLE ID ESEARCH\r\n",
        "* 3 EXISTS\r\n",
        "* 1 EXPUNGE\r\n",
        "* VANISHED 1:3\r\n",
        "* SEARCH 1 2 3\r\n",
        "* ESEARCH (TAG \"A0002\") UID ALL 1:3\r\n",
        "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n",
        "* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\n",
        "* 1 FETCH (UID 1 BODY[] {5000}\r\n",
        "* LIST () \"/\" x\r\n",
        "* STATUS x (MESSAGES 1)\r\n",
        "* ",
        "\r\n",
        "x",
        "{3}\r\n",
        "(((((",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_session(how: u8, commands in prop::collection::vec(any::<u8>(), 0..15), wire in wire()) {
        let mut data = vec![how, u8::try_from(commands.len()).unwrap()];
        data.extend(commands);
        data.extend_from_slice(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE ID] hi\r\n");
        data.extend(wire);
        session::session(&data);
    }
}
