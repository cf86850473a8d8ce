//! A lock between programs, which the operating system releases however its owner ends.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use imapclient::auth::TokenError;

/// Interval between attempts: the operating system offers no wait with a time limit.
const AGAIN: Duration = Duration::from_millis(20);

/// A locked file. It is not removed on release: otherwise one program could lock the removed file
/// while another one locks its successor.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "open means locked")] File);

/// The error if another program holds the lock for too long.
#[derive(Debug, thiserror::Error)]
#[error(
    "another program has had {} locked for {} seconds: it may be asking the provider for a token, or hang",
    path.display(), patience.as_secs()
)]
struct Busy {
    path: PathBuf,
    patience: Duration,
}

impl Lock {
    /// Locks the file. Returns `None` if locks are impossible here, for example in a read-only
    /// folder or on a file system without them.
    ///
    /// # Errors
    /// Fails if another program holds the lock for longer than `patience`.
    pub(super) fn take(path: &Path, patience: Duration) -> Result<Option<Self>, TokenError> {
        let until = Instant::now() + patience;
        loop {
            match try_once(path) {
                Ok(Some(file)) => return Ok(Some(Self(file))),
                Ok(None) if Instant::now() < until => thread::sleep(AGAIN),
                Ok(None) => {
                    return Err(TokenError::other(Busy {
                        path: path.to_owned(),
                        patience,
                    }));
                }
                Err(_) => return Ok(None),
            }
        }
    }
}

/// Tries to lock the file. Returns `None` if another program holds the lock.
#[cfg(unix)]
fn try_once(path: &Path) -> io::Result<Option<File>> {
    use rustix::fs::{FlockOperation, flock};

    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // An existing file can be locked even if it is read-only.
    let file = options.open(path).or_else(|_| File::open(path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Tries to lock the file. Returns `None` if another program holds the lock.
#[cfg(windows)]
fn try_once(path: &Path) -> io::Result<Option<File>> {
    /// The code of `ERROR_SHARING_VIOLATION`.
    const SHARED: i32 = 32;

    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    // No other program can open it as long as it is open here.
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
    match options.open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.raw_os_error() == Some(SHARED) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(not(any(unix, windows)))]
fn try_once(_path: &Path) -> io::Result<Option<File>> {
    Err(io::ErrorKind::Unsupported.into())
}
