//! Cyrus 3.6 from Debian 12.
//!
//! The package of the IMAP server conflicts with that of Dovecot. It is small, so its file is kept,
//! and unpacked into the folder of each server.

mod conf;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    Recipe, Running,
    account::Account,
    apt, cache, find_program, finish,
    running::{at_free_ports, free_ports},
    site::Site,
    unpack,
    user::{User, is_root},
};
use crate::{
    failure::{Doing as _, Failure, Result},
    signals::Signals,
};
use conf::{Conf, PASSWORD, USERS};

const NAME: &str = "cyrus";
/// `msmtp-mta` is a small package that satisfies Cyrus's dependency on a mail server.
const PACKAGES: &[&str] = &[
    "cyrus-common",
    "msmtp-mta",
    "sasl2-bin",
    "libsasl2-modules",
    "libeatmydata1",
];
/// The library that disables syncing to the disk, which no setting of Cyrus disables completely.
const NO_SYNC: &str = "libeatmydata.so";
const IMAPD: &str = "cyrus-imapd";
/// The folder of the programs in Debian.
const SYSTEM: &str = "/usr/lib/cyrus/bin";

pub(super) struct Cyrus;

impl Recipe for Cyrus {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Cyrus 3.6 from Debian; runs as root only"
    }

    fn version(&self) -> Option<String> {
        let version = apt::version("cyrus-common")?;
        find_program("saslpasswd2")?;
        apt::version("libeatmydata1")?;
        package(&version).map(|_| version)
    }

    fn obstacle(&self) -> Option<String> {
        if !is_root() {
            return Some("cyrus needs root: its master becomes the user cyrus".into());
        }
        let possible = self.version().is_some() || apt::may_install();
        (!possible).then(|| "cyrus is not installed; it can be as root on Debian".into())
    }

    fn install(&self, signals: &Signals) -> Result<()> {
        apt::install(PACKAGES, signals)?;
        let folder = cache(NAME);
        fs::create_dir_all(&folder).doing(|| format!("make {folder:?}"))?;
        apt::download(IMAPD, &folder, signals)
    }

    fn start(&self, signals: &Signals) -> Result<Running> {
        let version = self.version().unwrap_or_default();
        let package =
            package(&version).ok_or_else(|| Failure::set_up(format!("{IMAPD} is missing")))?;
        at_free_ports(|| start(&package, signals))
    }
}

/// Returns the file of the package of the IMAP server, in the version of the base package.
fn package(version: &str) -> Option<PathBuf> {
    let start = format!("{IMAPD}_{version}_");
    let entries = fs::read_dir(cache(NAME)).ok()?;
    let mut files = entries.flatten().map(|entry| entry.path());
    files.find(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&start) && name.ends_with(".deb"))
    })
}

fn start(package: &Path, signals: &Signals) -> Result<Running> {
    let site = Site::new(NAME)?;
    let user = User::named("cyrus")?;
    let [plain_port, tls_port] = free_ports().doing(|| "find free ports".into())?;

    // Unpacked here, since the user cyrus may not be allowed to enter the user's own folders.
    let unpacked = site.file("unpacked");
    unpack(package, &unpacked)?;
    let conf = Conf {
        folder: site.path(),
        system: Path::new(SYSTEM),
        programs: &unpacked.join("usr/lib/cyrus/bin"),
        plain_port,
        tls_port,
    };
    site.write_certificates()?;
    site.write_account(&Account {
        server: NAME,
        tls_port: Some(tls_port),
        plain_port,
        username: USERS[0],
        password: PASSWORD,
        ca_file: &site.ca_file(),
        login_failure: "authentication failure",
    })?;
    site.write("imapd.conf", &conf.imapd())?;
    site.write("cyrus.conf", &conf.master())?;
    site.make_folders(&["conf/socket", "conf/proc", "conf/lock", "spool", "sieve"])?;
    let passwords = site.file("sasldb2");
    for user in USERS {
        set_password(&passwords, user, PASSWORD)?;
    }
    for name in ["conf", "spool", "sieve", "sasldb2", "key.pem"] {
        site.give(name, user.ids)?;
    }

    let mut command = site.command(&Path::new(SYSTEM).join("master"))?;
    command
        .env("LD_PRELOAD", NO_SYNC)
        .arg("-D")
        .arg("-C")
        .arg(site.file("imapd.conf"))
        .arg("-M")
        .arg(site.file("cyrus.conf"))
        .arg("-p")
        .arg(site.file("conf/master.pid"));
    Running::start(site, &mut command, plain_port, signals)
}

fn set_password(file: &Path, user: &str, password: &str) -> Result<()> {
    let program = find_program("saslpasswd2").unwrap_or_else(|| "saslpasswd2".into());
    finish(
        Command::new(program)
            .args(["-p", "-c", "-u", "localhost", "-f"])
            .arg(file)
            .arg(user),
        Some(password),
    )
}
