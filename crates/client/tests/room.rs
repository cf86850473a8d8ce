//! Checks that no other part of the client uses the internals of the connection.

use std::{fs, path::Path};

/// Adds the sources below a folder, except those of the connection.
fn sources(folder: &Path, all: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            if !name.ends_with("src/connection") {
                sources(&path, all);
            }
        } else if name.ends_with(".rs") && !name.ends_with("src/connection.rs") {
            all.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn engine_pipe_and_socket_are_named_in_the_room_alone() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 40, "{} files", all.len());
    for (name, text) in &all {
        for insides in [
            ".engine", ".pipe", ".socket", "Engine::", "Pipe::", "engine:", "pipe:", "socket:",
        ] {
            let named = text.lines().find(|line| {
                let code = line.split("//").next().unwrap_or_default();
                // `imapclient_engine::` is a crate, and `impl Into<Engine>` is not a field.
                code.match_indices(insides).any(|(at, _)| {
                    let before = code[..at].chars().next_back();
                    let after = code[at + insides.len()..].chars().next();
                    let is_word =
                        |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                    !(insides.ends_with(':') && (is_word(before) || after == Some(':')))
                        && !(insides.starts_with('.') && is_word(after))
                })
            });
            let is_conversion = name.ends_with("error/convert.rs");
            assert!(
                named.is_none() || is_conversion,
                "{name}: {}",
                named.unwrap_or_default()
            );
        }
    }
}

#[test]
fn no_field_of_the_client_can_be_seen_from_elsewhere() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client.rs");
    let source = fs::read_to_string(source).unwrap();
    let fields = source.split_once("pub struct Client<S> {").unwrap().1;
    let fields = fields.split_once("\n}").unwrap().0;
    assert!(fields.contains("connection: Connection<S>"), "{fields}");
    assert!(!fields.contains("pub"), "{fields}");
}
