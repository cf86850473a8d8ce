//! Generates the blocking face from the async one.
//!
//! ```text
//!  api, each, ... ──▶ source (impl blocks, imports) ──▶ method, docs ──▶ imports ──▶ rustfmt ──▶ blocking/generated.rs
//! ```
//!
//! Every `pub fn` and `pub async fn` of an `impl<S: Socket> Client<S>` block, or of a block of
//! another face such as `Idle<'_, S>`, becomes a method of the blocking type of that name, which
//! wraps the async one as `inner`; `now(..)` polls a future that is always ready. Methods with
//! `#[doc(hidden)]` are omitted, and so are methods below a line `// codegen: skip`, optionally
//! with a reason: those that mention the socket or take a closure over the client are written by
//! hand for both faces.

pub(crate) mod docs;
mod imports;
mod method;
mod source;
#[cfg(test)]
mod tests;

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    failure::{Doing as _, Failure, Result},
    sources::MARKER,
    workspace,
};
use source::Source;

/// The types that both faces have.
const FACES: [&str; 9] = [
    "AppendEach",
    "Body",
    "Client",
    "Idle",
    "Message",
    "Messages",
    "Pipeline",
    "Upload",
    "Watch",
];
/// The sources in the client's `src`: files, and folders of files.
const SOURCES: [&str; 8] = [
    "api",
    "append_each.rs",
    "each.rs",
    "each",
    "idle.rs",
    "pipeline.rs",
    "upload.rs",
    "watch.rs",
];
const CLIENT: &str = "crates/client/src";
const TARGET: &str = "crates/client/src/blocking/generated.rs";

/// Writes the checked-in file.
pub(crate) fn write() -> Result<()> {
    let text = formatted(&generate(&sources()?)?)?;
    let path = workspace::root().join(TARGET);
    if fs::read_to_string(&path).is_ok_and(|present| present == text) {
        println!("{TARGET} is up to date");
        return Ok(());
    }
    fs::write(&path, text).doing(|| format!("write {path:?}"))?;
    println!("wrote {TARGET}");
    Ok(())
}

/// Fails if the checked-in file differs from the output of [`write()`].
pub(crate) fn check() -> Result<()> {
    let text = formatted(&generate(&sources()?)?)?;
    let path = workspace::root().join(TARGET);
    let present = fs::read_to_string(&path).doing(|| format!("read {path:?}"))?;
    match first_difference(&present, &text) {
        None => Ok(()),
        Some(line) => Err(Failure::new(format!(
            "{TARGET} is stale (line {line}): the async methods have changed; run `cargo xtask codegen`"
        ))),
    }
}

/// Returns the number of the first line in which two texts differ.
fn first_difference(present: &str, expected: &str) -> Option<usize> {
    if present == expected {
        return None;
    }
    let same = present
        .lines()
        .zip(expected.lines())
        .take_while(|(a, b)| a == b)
        .count();
    Some(same + 1)
}

/// Returns the text of the blocking face, before rustfmt.
fn generate(sources: &[Source]) -> Result<String> {
    let blocks: Vec<_> = sources
        .iter()
        .flat_map(|source| source.blocks.iter().map(move |block| (source, block)))
        .collect();
    if blocks.is_empty() {
        return Err(Failure::new(
            "there is no `impl<S: Socket> Client<S>` block to generate a blocking face from",
        ));
    }
    let imports = imports::Imports::new(&blocks)?;
    let impls = blocks
        .iter()
        .map(|(source, block)| block.write(|docs| imports.complete(source, docs)));
    let uses = imports.items();
    let file = syn::parse_quote! {
        #(#uses)*
        #(#impls)*
    };
    Ok(format!(
        "{MARKER} by `cargo xtask codegen` from the async methods; change those instead.\n\n\
         // Linted where it is written by hand.\n#![allow(clippy::all)]\n\n{}",
        spaced(&prettyplease::unparse(&file))
    ))
}

/// Returns `text` with an empty line before each method and block.
fn spaced(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut previous = "";
    for line in text.lines() {
        if matches!(previous, "    }" | "}") && !matches!(line, "}" | "")
            || line.starts_with("impl") && previous.starts_with("use ")
        {
            output.push('\n');
        }
        output.push_str(line);
        output.push('\n');
        previous = line;
    }
    output
}

fn sources() -> Result<Vec<Source>> {
    let root = workspace::root().join(CLIENT);
    let mut paths = Vec::new();
    for name in SOURCES {
        find(&root.join(name), &mut paths)?;
    }
    let mut sources = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).doing(|| format!("read {path:?}"))?;
        let relative = path.strip_prefix(&root).unwrap_or(&path);
        sources.push(Source::parse(&module_of(relative), &text)?);
    }
    Ok(sources)
}

/// Finds all `.rs` files at or below `path`, in order; none if `path` does not exist.
pub(crate) fn find(path: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        let entries = fs::read_dir(path).doing(|| format!("read {path:?}"))?;
        let mut paths: Vec<_> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .doing(|| format!("read {path:?}"))?;
        paths.sort();
        paths.iter().try_for_each(|path| find(path, found))
    } else {
        if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path.to_owned());
        }
        Ok(())
    }
}

/// Returns the module of the file at `relative` in `src`: `api/mailbox.rs` is
/// `crate::api::mailbox`.
fn module_of(relative: &Path) -> String {
    let parts = relative.with_extension("");
    let parts = parts
        .iter()
        .map(|part| part.to_string_lossy())
        .filter(|part| part != "mod" && part != "lib");
    parts.fold("crate".to_owned(), |module, part| module + "::" + &part)
}

fn formatted(text: &str) -> Result<String> {
    let program = env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into());
    let mut child = Command::new(program)
        .args(["--quiet", "--edition=2024", "--config-path"])
        .arg(workspace::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .doing(|| "run rustfmt".into())?;
    let written = child
        .stdin
        .take()
        .map(|mut input| input.write_all(text.as_bytes()));
    let output = child.wait_with_output().doing(|| "run rustfmt".into())?;
    if !output.status.success() {
        return Err(Failure::set_up("rustfmt cannot read what codegen wrote"));
    }
    written.transpose().doing(|| "write to rustfmt".into())?;
    String::from_utf8(output.stdout)
        .map_err(|error| Failure::set_up(format!("rustfmt's output: {error}")))
}
