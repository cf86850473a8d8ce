//! Files that exist as long as their owner.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process,
};

/// A file in the folder for temporary files, which is removed when this value is dropped.
#[derive(Debug)]
pub struct TemporaryFile(PathBuf);

impl TemporaryFile {
    /// Writes a new file. Others may read it, so the text must not be secret.
    pub fn new(extension: &str, text: &str) -> Self {
        let folder = env::temp_dir();
        for number in 0_u64.. {
            let name = format!("imapclient-{}-{number}.{extension}", process::id());
            let path = folder.join(name);
            // `create_new` never opens an existing file, which another user may have created.
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let made = Self(path);
                    file.write_all(text.as_bytes()).expect("a temporary file");
                    return made;
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
        unreachable!("a number that is not used yet")
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // An error means that the file was already removed.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_its_own_and_goes_when_dropped() {
        let (one, two) = (TemporaryFile::new("x", "1"), TemporaryFile::new("x", "2"));
        let paths = [one.path().to_owned(), two.path().to_owned()];
        assert_eq!(fs::read_to_string(&paths[0]).unwrap(), "1");
        assert_eq!(fs::read_to_string(&paths[1]).unwrap(), "2");
        drop((one, two));
        assert!(!paths[0].exists() && !paths[1].exists());
    }
}
