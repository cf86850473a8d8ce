//! Files that are written under another name until they are complete.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process,
};

use crate::failure::{Failure, Result};

/// The number of names that are tried.
const NAMES: u32 = 100;

/// A file that is being written. Until it is [finished](Self::finish) it has another name in the
/// same folder, so that no incomplete file looks complete. If it is dropped before, it is removed.
#[derive(Debug)]
pub(super) struct Unfinished {
    /// The path that the user named.
    path: PathBuf,
    /// The path that the file gets at the end.
    end: PathBuf,
    /// The path that it has until then; `None` for a device and the like, which is written in
    /// place.
    partial: Option<PathBuf>,
    file: File,
    force: bool,
}

impl Unfinished {
    /// Creates a file. It replaces an existing one only with `force`.
    pub(super) fn create(path: &Path, force: bool) -> Result<Self> {
        if !force && path.symlink_metadata().is_ok() {
            return Err(exists(path));
        }
        Self::begin(path, force).map_err(Failure::file(path))
    }

    fn begin(path: &Path, force: bool) -> io::Result<Self> {
        let old = match fs::metadata(path) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        // The file behind a link is replaced, and not the link.
        let end = match old {
            Some(_) => path.canonicalize()?,
            None => path.to_owned(),
        };
        let unfinished = |partial, file| Self {
            path: path.to_owned(),
            end: end.clone(),
            partial,
            file,
            force,
        };
        if old.as_ref().is_some_and(|old| !old.is_file()) || end.file_name().is_none() {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(unfinished(None, file));
        }
        let mut number = 0;
        loop {
            let name = format!(".imapclient-{}-{number}.partial", process::id());
            let partial = end.with_file_name(name);
            match OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&partial)
            {
                Ok(file) => {
                    let unfinished = unfinished(Some(partial), file);
                    if let Some(old) = old {
                        unfinished.file.set_permissions(old.permissions())?;
                    }
                    return Ok(unfinished);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < NAMES => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.write_all(bytes);
        written.map_err(Failure::file(&self.path))
    }

    /// Renames the file to the name that the user chose.
    pub(super) fn finish(mut self) -> Result<()> {
        let Some(partial) = self.partial.take() else {
            return Ok(());
        };
        let named = match self.force {
            true => fs::rename(&partial, &self.end),
            false => name_new(&partial, &self.end),
        };
        match named {
            Ok(()) => Ok(()),
            Err(error) => {
                self.partial = Some(partial);
                Err(match error.kind() {
                    io::ErrorKind::AlreadyExists => exists(&self.path),
                    _ => Failure::file(&self.path)(error),
                })
            }
        }
    }
}

/// Renames a file to a name that no other file has.
fn name_new(partial: &Path, end: &Path) -> io::Result<()> {
    match fs::hard_link(partial, end) {
        Ok(()) => fs::remove_file(partial),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not all file systems have links.
        Err(_) if end.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(partial, end),
    }
}

fn exists(path: &Path) -> Failure {
    Failure::Other(format!(
        "{} already exists; name another file, or use --force",
        path.display()
    ))
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(partial) = self.partial.take()
            && let Err(error) = fs::remove_file(&partial)
        {
            tracing::debug!(%error, "an incomplete file was not removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for (force, text) in [(false, "one"), (true, "two")] {
            let mut file = Unfinished::create(&path, force).unwrap();
            file.write(text.as_bytes()).unwrap();
            let before = fs::read_to_string(&path).ok();
            assert_eq!(before.as_deref(), force.then_some("one"));
            file.finish().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(folder.path()), ["a"]);
        }
    }

    #[test]
    fn an_incomplete_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut file = Unfinished::create(&path, false).unwrap();
        file.write(b"one").unwrap();
        drop(file);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn no_other_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        // Another program is faster.
        let file = Unfinished::create(&path, false).unwrap();
        fs::write(&path, "mine").unwrap();
        assert!(file.finish().is_err());
        assert!(Unfinished::create(&path, false).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let link = folder.path().join("b");
        symlink("a", &link).unwrap();
        let mut file = Unfinished::create(&link, true).unwrap();
        file.write(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        // A device is written and not replaced.
        let mut file = Unfinished::create(Path::new("/dev/null"), true).unwrap();
        file.write(b"new").unwrap();
        file.finish().unwrap();
        assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
    }
}
