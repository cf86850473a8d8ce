//! Files that keep rotated refresh tokens: the provider has revoked the one in the settings.
//!
//! ```text
//!  FOLDER/imapclient/refresh-tokens/KEY        the token (mode 600), replaced by rename
//!                                   KEY.lock   locked while the provider is asked
//!                                   KEY.new    the next content of KEY, while it is written
//! ```

mod lock;

use std::{
    env, fmt,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use imapclient::auth::{StoredToken, TokenError, TokenStore};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

use crate::Account;
use lock::Lock;

/// The first line of a file.
const HEAD: &str = "imapclient refresh token 1";
/// The last one: a file without it is not whole.
const END: &str = "end";
/// Bytes of the largest file that is read. A token has a few hundred bytes, and less than 256 KiB
/// in an answer that is read; each byte takes two here.
const LARGEST: u64 = 1024 * 1024;
/// Time limit for the lock. Its owner waits for the provider meanwhile, which takes a minute at
/// most.
const LOCK_TIME: Duration = Duration::from_secs(90);
/// Advice about a token that is lost or was exposed.
const ANOTHER: &str = "`imapclient oauth2 login` gets another";

/// Number of entries that are locked by this process.
static UNDER_WAY: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// A folder that keeps the refresh tokens with which a provider replaces those in the settings.
///
/// Several programs can use the same folder at the same time: while one of them asks the provider,
/// the others wait for its token. A problem with a file is passed, as one sentence, to the function
/// that is given to the constructor. It does not fail the login, unless the file cannot be read:
/// the token in it may be the only good one.
///
/// ```no_run
/// use imapclient::blocking::Client;
/// use imapclient_config::{Config, TokenFolder};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut account = Config::load("conf.ini")?.default.account()?;
/// account.keep_tokens(TokenFolder::of_user(|warning| eprintln!("warning: {warning}")));
/// let client = account.builder::<Client>()?.connect()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TokenFolder {
    path: Option<PathBuf>,
    patience: Duration,
    tell: Arc<dyn Fn(&str) + Send + Sync>,
}

impl TokenFolder {
    /// Returns the folder of this user: `imapclient/refresh-tokens` in [`state_folder`].
    pub fn of_user(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            path: state_folder().map(|state| state.join("imapclient").join("refresh-tokens")),
            patience: LOCK_TIME,
            tell: Arc::new(tell),
        }
    }

    /// Returns the folder at `path`, which is created when it is needed.
    pub fn at(path: impl Into<PathBuf>, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            path: Some(path.into()),
            patience: LOCK_TIME,
            tell: Arc::new(tell),
        }
    }

    /// Sets the time limit for the lock of a token that another program has; 90 seconds by default.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Creates the folder, accessible only to the user.
    fn make(&self) -> io::Result<&Path> {
        let path = self.path.as_deref().ok_or_else(|| {
            io::Error::other("there is no folder for it, set XDG_STATE_HOME or HOME")
        })?;
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(path)?;
        Ok(path)
    }
}

impl Account {
    /// Sets the folder that keeps new refresh tokens of the provider for later runs. By default
    /// they are lost when the process ends.
    ///
    /// A new `oauth2_refresh_token` in the settings takes precedence over a token that was kept for
    /// an older one.
    pub fn keep_tokens(&mut self, folder: TokenFolder) {
        self.tokens = Some(folder);
    }

    /// Returns the file that keeps the account's refresh token once the provider has issued a new
    /// one. Returns `None` without a folder ([`keep_tokens`](Self::keep_tokens)), and for an account
    /// without a refresh token.
    pub fn token_file(&self) -> Option<TokenFile> {
        let folder = self.tokens.as_ref()?.path.as_ref()?;
        let key = self.refresh_token().ok()??.key();
        let path = folder.join(&key);
        let content = match read(&path, &key, |_| Ok(())) {
            Ok(None) => TokenContent::Nothing,
            Ok(Some(_)) => TokenContent::Token,
            Err(Unusable::Broken(why)) => TokenContent::Broken(why),
            Err(Unusable::Unread(error)) => TokenContent::Unreadable(error.to_string()),
        };
        Some(TokenFile { path, content })
    }
}

/// The file that keeps an account's refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenFile {
    /// The path of the file.
    pub path: PathBuf,
    /// The content of the file.
    pub content: TokenContent,
}

/// The content of a [`TokenFile`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each decides differently about the login"
)]
pub enum TokenContent {
    /// The file does not exist: the token in the settings is used.
    Nothing,
    /// A token, which is used in place of the one in the settings.
    Token,
    /// Something else, for this reason: the token in the settings is used.
    Broken(String),
    /// The file could not be read, for this reason, so that the login fails.
    Unreadable(String),
}

/// Returns the user's directory for the state of programs: `XDG_STATE_HOME`, or `~/.local/state`,
/// and on Windows `LOCALAPPDATA` if neither variable is set. Returns `None` if there is none.
pub fn state_folder() -> Option<PathBuf> {
    let absolute = |name| {
        let path = env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".local").join("state")))
        .or_else(|| cfg!(windows).then(|| absolute("LOCALAPPDATA"))?)
}

/// Waits until no request for a token of a [`TokenFolder`] is under way in this process, but no
/// longer than `limit`. Returns `false` if one still is.
///
/// A program should call it before it exits while a login may be under way, for example after
/// Ctrl-C: a token that was issued, but is not in its file yet, would be lost.
pub fn settle_tokens(limit: Duration) -> bool {
    let until = Instant::now() + limit;
    let mut count = under_way();
    while *count > 0 {
        let Some(rest) = until.checked_duration_since(Instant::now()) else {
            return false;
        };
        let waited = UNDER_WAY.1.wait_timeout(count, rest);
        count = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
    true
}

fn under_way() -> MutexGuard<'static, usize> {
    UNDER_WAY.0.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TokenStore for TokenFolder {
    fn lock(&self, key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError> {
        // An error is reported once there is a token to keep: most providers never rotate it.
        let (path, lock) = match self.make() {
            Ok(folder) => {
                let path = folder.join(key);
                let lock = Lock::take(&path.with_extension("lock"), self.patience)?;
                (Ok(path), lock)
            }
            Err(error) => (Err(error), None),
        };
        Ok(Box::new(Entry::read(self, key, path, lock)?))
    }
}

/// The reason why a file that exists gives no token.
enum Unusable {
    /// Its content is not a token.
    Broken(String),
    /// The content could not be read.
    Unread(io::Error),
}

/// The error if a file that may hold a token cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: the refresh token in it cannot be read; remove the file if that cannot be mended", path.display())]
struct Unread {
    path: PathBuf,
    source: io::Error,
}

/// The file of one token.
struct Entry<'f> {
    folder: &'f TokenFolder,
    key: String,
    path: io::Result<PathBuf>,
    token: Option<SecretString>,
    /// The file has a content that cannot be used, and must not be lost.
    is_broken: bool,
    /// The lock, which is released last.
    _lock: Option<Lock>,
}

/// Returns the token in a file, or the reason why it cannot be used. `check` is called with the
/// file before it is read.
fn read(
    path: &Path,
    key: &str,
    check: impl FnOnce(&File) -> Result<(), String>,
) -> Result<Option<SecretString>, Unusable> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(Unusable::Unread)?,
    };
    check(&file).map_err(Unusable::Broken)?;
    let mut text = Zeroizing::new(String::new());
    let mut file = file.take(LARGEST);
    file.read_to_string(&mut text)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidData => Unusable::Broken(error.to_string()),
            _ => Unusable::Unread(error),
        })?;
    let mut lines = text.lines();
    let token = (lines.next() == Some(HEAD) && lines.next() == Some(key))
        .then(|| from_hex(lines.next()?))
        .flatten()
        .filter(|_| lines.next() == Some(END));
    let broken = "this is not a file with a refresh token, or not all of it";
    let token = token.ok_or_else(|| Unusable::Broken(broken.into()))?;
    Ok(Some(token))
}

impl<'f> Entry<'f> {
    fn read(
        folder: &'f TokenFolder,
        key: &str,
        path: io::Result<PathBuf>,
        lock: Option<Lock>,
    ) -> Result<Self, TokenError> {
        *under_way() += 1;
        let mut entry = Self {
            folder,
            key: key.to_owned(),
            path,
            token: None,
            is_broken: false,
            _lock: lock,
        };
        let Ok(path) = &entry.path else {
            return Ok(entry);
        };
        match read(path, &entry.key, |file| entry.close_to_others(file, path)) {
            Ok(token) => entry.token = token,
            // The file may be good. The provider has revoked the token in the settings then, and
            // may revoke the good one too when it sees that again.
            Err(Unusable::Unread(source)) => {
                let path = path.clone();
                return Err(TokenError::other(Unread { path, source }));
            }
            Err(Unusable::Broken(why)) => {
                (folder.tell)(&format!(
                    "{}: {why}: the kept refresh token is not used; the one in the settings is, but \
                     may be invalid by now; {ANOTHER}",
                    path.display()
                ));
                entry.is_broken = true;
            }
        }
        Ok(entry)
    }

    /// Ensures that no other user can read or change the file.
    #[cfg(unix)]
    fn close_to_others(&self, file: &File, path: &Path) -> Result<(), String> {
        use std::os::unix::fs::PermissionsExt as _;

        let found = file.metadata().map_err(|error| error.to_string())?;
        let mode = found.permissions().mode() & 0o777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        file.set_permissions(fs::Permissions::from_mode(0o600))
            .map_err(|error| {
                format!("other users can read it (mode {mode:03o}), and it cannot be closed to them ({error})")
            })?;
        (self.folder.tell)(&format!(
            "{}: other users could read the refresh token in it (mode {mode:03o}); it is closed to \
             them now (mode 600). If one of them may have done so, withdraw the access at the \
             provider; {ANOTHER}",
            path.display()
        ));
        Ok(())
    }

    /// Does nothing: the folder inherits the access rights of the user's own directory.
    #[cfg(not(unix))]
    fn close_to_others(&self, _file: &File, _path: &Path) -> Result<(), String> {
        Ok(())
    }

    fn write(&self, new: &SecretString) -> Result<(), String> {
        let path = self.path.as_ref().map_err(ToString::to_string)?;
        let name = |error: io::Error| format!("{}: {error}", path.display());
        if self.is_broken {
            let aside = path.with_extension("broken");
            match fs::rename(path, &aside) {
                Ok(()) => (self.folder.tell)(&format!(
                    "{}: what was in it is in {} now",
                    path.display(),
                    aside.display()
                )),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(name(error)),
            }
        }
        let temporary = path.with_extension("new");
        let written = replace(path, &temporary, &self.text(new));
        if written.is_err() {
            // An incomplete file is of no use. One that cannot be removed was not created by us.
            let _ = fs::remove_file(&temporary);
        }
        written.map_err(name)
    }

    fn text(&self, token: &SecretString) -> Zeroizing<String> {
        let token = token.expose_secret();
        // The capacity suffices: a string that grows leaves copies of the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(256 + 2 * token.len()));
        text.push_str(&format!("{HEAD}\n{}\n", self.key));
        for byte in token.bytes() {
            for half in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(half), 16));
            }
        }
        text.push_str(&format!("\n{END}\n"));
        text
    }
}

impl StoredToken for Entry<'_> {
    fn get(&self) -> Option<SecretString> {
        self.token.clone()
    }

    fn put(&mut self, new: &SecretString) {
        match self.write(new) {
            Ok(()) => {
                self.token = Some(new.clone());
                self.is_broken = false;
            }
            Err(why) => (self.folder.tell)(&format!(
                "the provider has given a new refresh token in place of the old one, and it cannot \
                 be kept: {why}: it is lost when this program ends, and the one in the settings \
                 may be invalid now; {ANOTHER}"
            )),
        }
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        *under_way() -= 1;
        UNDER_WAY.1.notify_all();
    }
}

/// Replaces the content of a file in one step.
fn replace(path: &Path, temporary: &Path, text: &str) -> io::Result<()> {
    // Only a program that was killed can have left one: we have the lock.
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(temporary, path)?;
    // The new name survives a loss of power only then. Not all file systems support it.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

fn from_hex(text: &str) -> Option<SecretString> {
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = text.as_bytes().chunks_exact(2).map(|pair| match *pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    });
    let bytes = bytes.collect::<Option<Vec<u8>>>().map(Zeroizing::new)?;
    let token = std::str::from_utf8(&bytes).ok()?;
    Some(SecretString::from(token))
}

impl fmt::Debug for TokenFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenFolder")
            .field("path", &self.path)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
