//! The folder of a throwaway server.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use imapclient_testkit::{Authority, Certificate};
use tempfile::TempDir;

use super::account::Account;
use crate::failure::{Doing as _, Result};

/// The folder of a server, which is removed when this value is dropped.
pub(super) struct Site {
    server: &'static str,
    folder: TempDir,
}

impl Site {
    /// Creates a folder that other users may enter. Its path is short, since it will contain Unix
    /// sockets.
    pub(super) fn new(server: &'static str) -> Result<Self> {
        Self::new_in(server, Path::new("/tmp"))
    }

    /// Creates such a folder in `root`.
    pub(super) fn new_in(server: &'static str, root: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(&format!("imap-{server}-"))
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in(root)
            .doing(|| format!("make a folder in {root:?}"))?;
        Ok(Self { server, folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the path of the file or folder `name`.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Returns the path of the certificate of the authority.
    pub(super) fn ca_file(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// Returns the path of the log, which contains the output of the server.
    pub(super) fn log(&self) -> PathBuf {
        self.file("log")
    }

    /// Returns the path of the INI file with the account.
    pub(super) fn ini(&self) -> PathBuf {
        self.file(&format!("{}.ini", self.server))
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<()> {
        write(&self.file(name), text)
    }

    pub(super) fn write_account(&self, account: &Account<'_>) -> Result<()> {
        self.write_ini(&account.ini())
    }

    /// Writes the INI file, readable only by its owner, since a password that others can read
    /// causes a warning.
    pub(super) fn write_ini(&self, text: &str) -> Result<()> {
        let path = self.ini();
        write(&path, text)?;
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&path, mode).doing(|| format!("protect {path:?}"))
    }

    /// Writes `cert.pem` and `key.pem` for the names of this machine, and the authority to
    /// `ca.pem`. Returns the authority.
    pub(super) fn write_certificates(&self) -> Result<Authority> {
        let authority = Authority::new();
        let identity = authority.issue(Certificate::new(&["localhost", "127.0.0.1"]));
        write(&self.ca_file(), &authority.pem())?;
        self.write("cert.pem", &identity.cert_pem)?;
        self.write("key.pem", &identity.key_pem)?;
        Ok(authority)
    }

    pub(super) fn make_folders(&self, names: &[impl AsRef<str>]) -> Result<()> {
        for name in names {
            let folder = self.file(name.as_ref());
            fs::create_dir_all(&folder).doing(|| format!("make {folder:?}"))?;
        }
        Ok(())
    }

    /// Makes a user the owner of `name` and its contents.
    pub(super) fn give(&self, name: &str, (uid, gid): (u32, u32)) -> Result<()> {
        let path = self.file(name);
        give_to(&path, uid, gid).doing(|| format!("give {path:?} to user {uid}"))
    }

    /// Returns a command that runs `program` in the folder, with its output in the log.
    pub(super) fn command(&self, program: &Path) -> Result<Command> {
        let log = self.log();
        let output = fs::File::create(&log).doing(|| format!("make {log:?}"))?;
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            // Searches by date count days in the time zone of the server.
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(output.try_clone().doing(|| "share the log".into())?)
            .stderr(output);
        Ok(command)
    }

    /// Removes the folder. Returns errors, which dropping it would ignore.
    pub(super) fn close(self) -> Result<()> {
        let path = self.path().to_owned();
        self.folder.close().doing(|| format!("remove {path:?}"))
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).doing(|| format!("write {path:?}"))
}

fn give_to(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
    chown(path, Some(uid), Some(gid))?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            give_to(&entry?.path(), uid, gid)?;
        }
    }
    Ok(())
}
