//! Tests of the folder that keeps refresh tokens: its files, their access rights, files that are
//! broken, and the lock between programs.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use imapclient::auth::{TokenError, TokenStore, secrecy::ExposeSecret};
use imapclient_config::{TokenFolder, settle_tokens};
use tempfile::TempDir;

const KEY: &str = "0123abcd";

struct Site {
    folder: TokenFolder,
    path: PathBuf,
    told: Arc<Mutex<Vec<String>>>,
    _home: TempDir,
}

impl Site {
    /// Returns a folder that does not exist yet.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state").join("tokens");
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let folder = TokenFolder::at(&path, {
            let told = Arc::clone(&told);
            move |text: &str| told.lock().unwrap().push(text.to_owned())
        });
        Self {
            folder: folder.patience(Duration::from_millis(100)),
            path,
            told,
            _home: home,
        }
    }

    fn get(&self) -> Option<String> {
        let entry = self.folder.lock(KEY).unwrap();
        let token = entry.get()?;
        Some(token.expose_secret().to_owned())
    }

    fn put(&self, token: &str) {
        self.folder.lock(KEY).unwrap().put(&token.into());
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.path.join(format!("{KEY}{ending}"))
    }

    /// Returns the problems that were reported since the last call, none of which shows a token.
    fn told(&self) -> Vec<String> {
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        for text in &told {
            assert!(!text.contains("refresh-"), "{text}");
        }
        told
    }

    fn told_once(&self, words: &[&str]) {
        let told = self.told();
        let [text] = &told[..] else {
            panic!("{told:?}");
        };
        for words in words {
            assert!(text.contains(words), "{words:?}: {text}");
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn a_token_is_kept_whatever_is_in_it() {
    let site = Site::new();
    assert_eq!(site.get(), None);
    for token in [
        "refresh-1",
        "refresh-2 with = % \"\\",
        "refresh-\r\nend\n",
        "ü",
    ] {
        site.put(token);
        assert_eq!(site.get().as_deref(), Some(token));
    }
    assert_eq!(names(&site.path), [KEY, "0123abcd.lock"]);
    // Other keys have other files.
    assert!(site.folder.lock("other").unwrap().get().is_none());
    assert_eq!(site.told(), [] as [&str; 0]);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let site = Site::new();
    site.put("refresh-1");
    assert_eq!(mode(&site.path), 0o700);
    for ending in ["", ".lock"] {
        assert_eq!(mode(&site.file(ending)), 0o600, "{ending}");
    }
    // A file that was opened to others is closed to them, with a warning.
    fs::set_permissions(site.file(""), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(site.get().as_deref(), Some("refresh-1"));
    site.told_once(&["other users could read", "mode 644", "oauth2 login"]);
    assert_eq!(mode(&site.file("")), 0o600);
    assert_eq!(site.get().as_deref(), Some("refresh-1"));
    assert_eq!(site.told(), [] as [&str; 0]);
}

#[test]
fn what_is_broken_is_said_and_set_aside() {
    let whole = {
        let site = Site::new();
        site.put("refresh-1");
        fs::read(site.file("")).unwrap()
    };
    let of_another_key = String::from_utf8(whole.clone())
        .unwrap()
        .replace(KEY, "f00");
    let mut broken = vec![
        Vec::new(),
        b"\xff\xfe".to_vec(),
        b"refresh-token = x\n".to_vec(),
        of_another_key.into_bytes(),
        [&whole[..], &[b'\n'; 100_000]].concat()[..40].to_vec(),
        vec![b'x'; 1_000_000],
    ];
    // Every truncated file, except for the one that lacks only the last line end.
    broken.extend((0..whole.len() - 1).map(|length| whole[..length].to_vec()));
    for bytes in broken {
        let site = Site::new();
        site.put("refresh-1");
        site.told();
        fs::write(site.file(""), &bytes).unwrap();
        assert_eq!(site.get(), None);
        site.told_once(&[
            "is not used",
            "oauth2 login",
            &site.file("").display().to_string(),
        ]);
        assert_eq!(fs::read(site.file("")).unwrap(), bytes);
        // The content is moved aside when a new token is stored.
        site.put("refresh-2");
        let told = site.told();
        let [_, moved] = &told[..] else {
            panic!("{told:?}");
        };
        assert!(moved.contains(".broken"), "{moved}");
        assert_eq!(fs::read(site.file(".broken")).unwrap(), bytes);
        assert_eq!(site.get().as_deref(), Some("refresh-2"));
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_an_error_and_stays() {
    let site = Site::new();
    site.put("first");
    // Nobody can read a folder as a file, not even root.
    let file = site.file("");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let own = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(&file, own).unwrap();
    let error = site.folder.lock(KEY).err().unwrap();
    let text = std::error::Error::source(&error).unwrap().to_string();
    assert!(text.contains("cannot be read"), "{text}");
    assert!(text.contains(&file.display().to_string()), "{text}");
    assert!(file.is_dir() && site.told().is_empty());
}

#[test]
fn a_program_that_was_killed_leaves_nothing_that_hinders() {
    let site = Site::new();
    site.put("refresh-1");
    fs::write(site.file(".new"), "half of a tok").unwrap();
    fs::write(site.file(".lock"), "left behind").unwrap();
    assert_eq!(site.get().as_deref(), Some("refresh-1"));
    site.put("refresh-2");
    assert_eq!(site.get().as_deref(), Some("refresh-2"));
    assert_eq!(names(&site.path), [KEY, "0123abcd.lock"]);
    assert_eq!(site.told(), [] as [&str; 0]);
}

#[test]
fn what_cannot_be_written_is_said_and_the_old_one_stays() {
    let site = Site::new();
    site.put("refresh-1");
    fs::create_dir(site.file(".new")).unwrap();
    site.put("refresh-2");
    let lost = [
        "cannot be kept",
        "is lost when this program ends",
        "oauth2 login",
    ];
    site.told_once(&lost);
    assert_eq!(site.get().as_deref(), Some("refresh-1"));

    // The folder cannot be created below a file.
    let site = Site::new();
    fs::write(site.path.parent().unwrap(), "a file").unwrap();
    assert_eq!(site.get(), None);
    assert_eq!(site.told(), [] as [&str; 0]);
    site.put("refresh-2");
    site.told_once(&lost);
}

#[test]
fn one_waits_for_the_other() {
    let site = Site::new();
    let first = site.folder.lock(KEY).unwrap();
    // Other keys are not locked.
    drop(site.folder.lock("other").unwrap());
    let Err(TokenError::Other { source }) = site.folder.lock(KEY) else {
        panic!("two have the lock");
    };
    let text = source.to_string();
    assert!(
        text.contains("another program") && text.contains(KEY),
        "{text}"
    );
    assert!(!settle_tokens(Duration::ZERO));

    let patient = site.folder.clone().patience(Duration::from_secs(60));
    let second = thread::spawn(move || patient.lock(KEY).unwrap().get().is_some());
    let mut first = first;
    first.put(&"refresh-1".into());
    drop(first);
    assert!(second.join().unwrap());
}
