//! Prevents packages from starting services when they are installed.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// The denying program. A file with this text was left by a run that was killed.
const OURS: &str =
    "#!/bin/sh\n# Written by `cargo xtask servers install` while it installs.\nexit 101\n";

/// Prevents packages from starting services, until it is dropped.
///
/// Debian runs the program `policy-rc.d` before it starts a service; the exit status 101 denies it.
/// A previous program is moved aside and restored, even if the installation fails.
pub(super) struct Policy {
    path: PathBuf,
    saved: PathBuf,
    done: bool,
}

impl Policy {
    /// Writes the denying program to `path`.
    pub(super) fn deny(path: &Path) -> io::Result<Self> {
        let mut saved = path.as_os_str().to_owned();
        saved.push(".saved-by-xtask");
        let policy = Self {
            path: path.to_owned(),
            saved: saved.into(),
            done: false,
        };

        let left_behind = fs::read(path).is_ok_and(|text| text == OURS.as_bytes());
        if !left_behind && fs::symlink_metadata(path).is_ok() {
            fs::rename(path, &policy.saved)?;
        }
        fs::write(path, OURS)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
        Ok(policy)
    }

    /// Restores the previous state.
    pub(super) fn restore(mut self) -> io::Result<()> {
        self.put_back()
    }

    fn put_back(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(());
        }
        if fs::symlink_metadata(&self.saved).is_ok() {
            return fs::rename(&self.saved, &self.path);
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        if let Err(error) = self.put_back() {
            eprintln!("warning: cannot restore {:?}: {error}", self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::symlink, process::Command};

    use super::*;

    struct Place {
        _folder: tempfile::TempDir,
        path: PathBuf,
    }

    fn place() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy-rc.d");
        Place {
            _folder: folder,
            path,
        }
    }

    impl Place {
        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.path.parent().unwrap()).unwrap();
            let mut names: Vec<_> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    #[test]
    fn it_denies_and_leaves_nothing_where_nothing_was() {
        let place = place();
        let policy = Policy::deny(&place.path).unwrap();
        assert_eq!(
            Command::new(&place.path).status().unwrap().code(),
            Some(101)
        );
        policy.restore().unwrap();
        assert!(place.names().is_empty(), "{:?}", place.names());
    }

    #[test]
    fn what_was_there_comes_back_as_it_was() {
        let place = place();
        fs::write(&place.path, "#!/bin/sh\nexit 104\n").unwrap();
        fs::set_permissions(&place.path, fs::Permissions::from_mode(0o700)).unwrap();
        Policy::deny(&place.path).unwrap().restore().unwrap();
        assert_eq!(
            fs::read_to_string(&place.path).unwrap(),
            "#!/bin/sh\nexit 104\n"
        );
        assert_eq!(
            fs::metadata(&place.path).unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert_eq!(place.names(), ["policy-rc.d"]);
    }

    #[test]
    fn a_link_stays_a_link() {
        let place = place();
        symlink("/bin/false", &place.path).unwrap();
        Policy::deny(&place.path).unwrap().restore().unwrap();
        assert_eq!(fs::read_link(&place.path).unwrap(), Path::new("/bin/false"));
    }

    #[test]
    fn a_failure_restores_too() {
        let place = place();
        fs::write(&place.path, "before").unwrap();
        let result = std::panic::catch_unwind(|| {
            let _policy = Policy::deny(&place.path).unwrap();
            panic!("the installation fails");
        });
        assert!(result.is_err());
        assert_eq!(fs::read_to_string(&place.path).unwrap(), "before");
    }

    #[test]
    fn the_rest_of_a_killed_run_is_not_taken_for_the_users() {
        let place = place();
        fs::write(&place.path, "before").unwrap();
        std::mem::forget(Policy::deny(&place.path).unwrap());
        Policy::deny(&place.path).unwrap().restore().unwrap();
        assert_eq!(fs::read_to_string(&place.path).unwrap(), "before");
        assert_eq!(place.names(), ["policy-rc.d"]);
    }
}
