//! Expands `%(name)s` in values by the rules of Python's `BasicInterpolation`.

use crate::error::Error;
use crate::layers::{Raw, View};

/// Upper bound on the nesting of references; each value with a percent sign counts as one level.
const MAX_DEPTH: usize = 10;

/// Returns the text of `raw`, the value of `option` in `view`, with its references replaced.
pub(crate) fn interpolate(view: View<'_>, option: &str, raw: &Raw) -> Result<String, Error> {
    let mut text = String::new();
    append(view, option, raw, &mut text, 1)?;
    Ok(text)
}

fn append(
    view: View<'_>,
    option: &str,
    raw: &Raw,
    text: &mut String,
    depth: usize,
) -> Result<(), Error> {
    // Only files contain references; a password from the environment is used unchanged.
    if !raw.origin.is_file() || !raw.text.contains('%') {
        text.push_str(&raw.text);
        return Ok(());
    }
    if depth > MAX_DEPTH {
        return Err(Error::Depth {
            place: view.place(option, raw),
        });
    }
    let mut rest = raw.text.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        // Returns the place of the percent sign, for errors. Continuation lines have no known
        // column.
        let place = || {
            let start = &raw.text[..raw.text.len() - after.len() - 1];
            view.place_at(option, raw, start)
        };
        if let Some(tail) = after.strip_prefix('%') {
            text.push('%');
            rest = tail;
        } else if let Some(tail) = after.strip_prefix('(') {
            let Some((name, tail)) = reference(tail) else {
                return Err(Error::Reference { place: place() });
            };
            let name = name.to_lowercase();
            let Some(found) = view.lookup(&name) else {
                // Text that looks like a name may be part of a password.
                let shown = !crate::options::is_secret(option);
                return Err(Error::UnknownReference {
                    place: place(),
                    name: shown.then_some(name),
                });
            };
            view.mark_used(&name);
            append(view, &name, found, text, depth + 1)?;
            rest = tail;
        } else {
            return Err(Error::Percent { place: place() });
        }
    }
    text.push_str(rest);
    Ok(())
}

/// Splits `name)s...` into the name and the rest.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (name, tail) = text.split_once(')')?;
    let tail = tail.strip_prefix('s')?;
    (!name.is_empty()).then_some((name, tail))
}
