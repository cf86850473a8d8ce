//! Runs the seed inputs of the fuzzers as ordinary tests.

use std::{fs, path::Path};

#[path = "../../../fuzz/src/differential.rs"]
pub mod differential;
#[path = "../../../fuzz/src/framer.rs"]
pub mod framer;
#[path = "../../../fuzz/src/response.rs"]
pub mod response;
#[path = "../../../fuzz/src/sets.rs"]
pub mod sets;
#[path = "../../../fuzz/src/utf7.rs"]
pub mod utf7;
#[path = "../../../fuzz/src/writer.rs"]
pub mod writer;

/// Runs a target on all files of its corpus, in the order of their names.
fn run(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 3, "{folder:?} holds {} files", files.len());
    for file in files {
        // Printed if the target panics.
        println!("{}", file.display());
        body(&fs::read(&file).unwrap());
    }
}

#[test]
fn the_framer() {
    run("framer", framer::framer);
}

#[test]
fn responses() {
    run("response", response::response);
}

#[test]
fn the_writer() {
    run("writer", writer::writer);
}

#[test]
fn modified_utf7() {
    run("utf7", utf7::utf7);
}

#[test]
fn sets_of_messages() {
    run("sets", sets::sets);
}

#[test]
fn both_readers_agree() {
    run("differential", differential::differential);
}

#[test]
fn both_readers_know_these() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/differential");
    let entries = fs::read_dir(folder).unwrap();
    let compared = entries.filter(|entry| {
        let wire = fs::read(entry.as_ref().unwrap().path()).unwrap();
        differential::compare::readings(&wire).is_some()
    });
    assert!(compared.count() > 40);
}
