//! Courier-IMAP 5.0 from Debian 12.
//!
//! The package of the IMAP server conflicts with that of Dovecot, so its file is kept and unpacked,
//! as for Cyrus. The paths of its configuration are compiled in, so the server runs in its own
//! namespaces, where the folder of the server is mounted over them.

mod conf;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    Recipe, Running,
    account::Account,
    apt, cache, find_program,
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

const NAME: &str = "courier";
/// `msmtp-mta` is a small package that satisfies Courier's dependency on a mail server.
const PACKAGES: &[&str] = &[
    "courier-base",
    "courier-authdaemon",
    "courier-authlib-userdb",
    "gamin",
    "msmtp-mta",
];
const IMAPD: &str = "courier-imap";
/// The arguments of `unshare` for the namespaces. The daemons leave their process group, but no
/// process in a namespace outlives the first one.
const NAMESPACES: [&str; 4] = ["--mount", "--pid", "--fork", "--kill-child"];
/// Runs the script in its namespaces, and ends them at SIGTERM, which `unshare` itself ignores.
const LEADER: &str = r#"
unshare "$@" &
child=$!
trap 'kill -s KILL $child' TERM
wait $child
wait $child
"#;

pub(super) struct Courier;

impl Recipe for Courier {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Courier-IMAP 5.0 from Debian; runs as root only"
    }

    fn version(&self) -> Option<String> {
        let base = apt::version("courier-base")?;
        apt::version("courier-authlib-userdb")?;
        apt::version("gamin")?;
        package(&base).map(|(version, _)| version)
    }

    fn obstacle(&self) -> Option<String> {
        if !is_root() {
            return Some("courier needs root: its programs change users and mount folders".into());
        }
        if let Err(why) = try_namespace() {
            return Some(format!(
                "courier needs namespaces for mounts and processes: {why}"
            ));
        }
        let possible = self.version().is_some() || apt::may_install();
        (!possible).then(|| "courier is not installed; it can be as root on Debian".into())
    }

    fn install(&self, signals: &Signals) -> Result<()> {
        apt::install(PACKAGES, signals)?;
        let folder = cache(NAME);
        fs::create_dir_all(&folder).doing(|| format!("make {folder:?}"))?;
        apt::download(IMAPD, &folder, signals)
    }

    fn smoke(&self) -> &'static [&'static str] {
        // Trials of features in which Courier differs. Removing a mailbox takes it two seconds, and
        // refusing a password five.
        &[
            "capabilities",
            "append_flags",
            "fetch_several",
            "search_combined",
            "uid::copy",
            "close_removes_what_is_marked",
            "noop_sees",
            "idle_or_poll",
            "tokio::auth::cram_md5",
        ]
    }

    fn start(&self, signals: &Signals) -> Result<Running> {
        let base = apt::version("courier-base").unwrap_or_default();
        let (_, package) =
            package(&base).ok_or_else(|| Failure::set_up(format!("{IMAPD} is missing")))?;
        at_free_ports(|| start(&package, signals))
    }
}

/// Returns the version and the file of the package of the IMAP server. Its version ends in that of
/// the base package.
fn package(base: &str) -> Option<(String, PathBuf)> {
    let entries = fs::read_dir(cache(NAME)).ok()?;
    let mut files = entries.flatten().map(|entry| entry.path());
    files.find_map(|path| {
        let version = version_of(path.file_name()?.to_str()?, base)?.to_owned();
        Some((version, path))
    })
}

fn version_of<'a>(file: &'a str, base: &str) -> Option<&'a str> {
    let (name, rest) = file.strip_suffix(".deb")?.split_once('_')?;
    let (version, _architecture) = rest.rsplit_once('_')?;
    let (_, of_base) = version.split_once('+')?;
    (name == IMAPD && of_base == base).then_some(version)
}

/// Fails with the reason if folders cannot be mounted in a namespace, which containers often
/// forbid.
fn try_namespace() -> Result<(), String> {
    let program = find_program("unshare").ok_or("unshare is missing")?;
    let output = Command::new(program)
        .args(NAMESPACES)
        .args(["mount", "-t", "tmpfs", "tmpfs", "/run"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    Err(line.unwrap_or("unshare failed").to_owned())
}

fn start(package: &Path, signals: &Signals) -> Result<Running> {
    let site = Site::new(NAME)?;
    let owner = User::named("nobody")?;
    let [plain_port, tls_port] = free_ports().doing(|| "find free ports".into())?;

    // Unpacked here, since Courier's users may not be allowed to enter the user's own folders.
    let unpacked = site.file("unpacked");
    unpack(package, &unpacked)?;
    site.write_certificates()?;
    // Courier expects both in one file.
    let both = ["key.pem", "cert.pem"].map(|name| {
        let path = site.file(name);
        fs::read_to_string(&path).doing(|| format!("read {path:?}"))
    });
    let [key, certificate] = both;
    site.write("server.pem", &(key? + &certificate?))?;
    site.give("server.pem", User::named("courier")?.ids)?;
    site.write_account(&Account {
        server: NAME,
        tls_port: Some(tls_port),
        plain_port,
        username: USERS[0],
        password: PASSWORD,
        ca_file: &site.ca_file(),
        login_failure: "Login failed",
    })?;
    let conf = Conf {
        folder: site.path(),
        unpacked: &unpacked,
        ids: owner.ids,
        plain_port,
        tls_port,
    };
    site.make_folders(&["etc/shared", "mail"])?;
    site.write("etc/authdaemonrc", &conf.authdaemon())?;
    site.write("start.sh", &conf.script())?;
    for user in USERS {
        let maildir = format!("mail/{user}/Maildir");
        site.make_folders(&["cur", "new", "tmp"].map(|name| format!("{maildir}/{name}")))?;
    }
    site.give("mail", owner.ids)?;

    let mut command = site.command(Path::new("sh"))?;
    command.args(["-c", LEADER, "leader"]).args(NAMESPACES);
    command.arg("sh").arg(site.file("start.sh"));
    Running::start(site, &mut command, plain_port, signals)?.listening_at(tls_port, signals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_is_that_of_the_others() {
        let version = |file| version_of(file, "1.0.16-3+b6");
        assert_eq!(
            version("courier-imap_5.0.13+1.0.16-3+b6_amd64.deb"),
            Some("5.0.13+1.0.16-3+b6")
        );
        for other in [
            "courier-imap_5.0.13+1.0.16-3+b5_amd64.deb",
            "courier-mta_5.0.13+1.0.16-3+b6_amd64.deb",
            "courier-imap_5.0.13+1.0.16-3+b6_amd64.deb.part",
            "courier-imap",
        ] {
            assert_eq!(version(other), None, "{other}");
        }
    }
}
