//! Runs the fuzzer's corpus as a plain test.

use std::{fs, path::Path};

#[path = "../../../fuzz/src/ini.rs"]
pub mod ini;

#[test]
fn files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/ini");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 3, "{folder:?} holds {} files", files.len());
    for file in files {
        // Shown if the target panics.
        println!("{}", file.display());
        ini::ini(&fs::read(&file).unwrap());
    }
}
