//! Completes names of files.

use std::{fs, path::Path};

use super::Choice;

/// Upper bound on the files of a directory that are read.
const MOST: usize = 10_000;

/// Returns the files whose paths begin with `path`. Skips those that cannot be read or typed.
pub(super) fn beginning_with(path: &str) -> Vec<Choice> {
    let (directory, name) = match path.rfind('/') {
        Some(at) => path.split_at(at + 1),
        None => ("", path),
    };
    let place = match directory {
        "" => Path::new("."),
        directory => Path::new(directory),
    };
    let Ok(entries) = fs::read_dir(place) else {
        return Vec::new();
    };
    let hidden = name.starts_with('.');
    entries
        .take(MOST)
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            if name.starts_with('.') && !hidden {
                return None;
            }
            // This follows a link.
            let open = entry.path().is_dir();
            let end = if open { "/" } else { "" };
            Some(Choice {
                text: format!("{directory}{name}{end}"),
                open,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_offered_and_directories_stay_open() {
        let place = tempfile::tempdir().unwrap();
        for name in ["letter.eml", ".hidden"] {
            fs::write(place.path().join(name), "").unwrap();
        }
        fs::create_dir(place.path().join("mail")).unwrap();
        let root = place.path().to_str().unwrap();
        let offered = |path: &str| {
            let mut offered: Vec<_> = beginning_with(&format!("{root}/{path}"))
                .into_iter()
                .map(|choice| (choice.text.replace(root, ""), choice.open))
                .collect();
            offered.sort();
            offered
        };
        let letter = ("/letter.eml".to_owned(), false);
        let mail = ("/mail/".to_owned(), true);
        assert_eq!(offered("l"), [letter.clone(), mail.clone()]);
        let hidden = ("/.hidden".to_owned(), false);
        assert_eq!(offered("."), [hidden, letter, mail]);
        assert_eq!(offered("no/such/"), []);
    }
}
