//! Dovecot 2.3, as Debian 12 has it.

mod conf;

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use imapclient_testkit::{Authority, Certificate};

use super::{
    Recipe, Running,
    account::Account,
    find_program,
    running::{folder, free_ports},
};
use crate::{
    failure::{Doing as _, Failure, Result},
    signals::Signals,
};
use conf::{Conf, PASSWORD, USERS};

/// Another process may take a port between our look and Dovecot's start.
const ATTEMPTS: usize = 3;

pub(super) struct Dovecot;

impl Recipe for Dovecot {
    fn name(&self) -> &'static str {
        "dovecot"
    }

    fn about(&self) -> &'static str {
        "Dovecot 2.3 from Debian"
    }

    fn packages(&self) -> &'static [&'static str] {
        &["dovecot-imapd"]
    }

    fn version(&self) -> Option<String> {
        let output = Command::new(find_program("dovecot")?)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.split_whitespace().next().map(Into::into)
    }

    fn start(&self, signals: &Signals) -> Result<Running> {
        let program =
            find_program("dovecot").ok_or_else(|| Failure::set_up("dovecot is missing"))?;
        let version = self.version().unwrap_or_default();
        if !version.starts_with("2.3.") {
            let what = "is needed, as 2.4 reads another configuration";
            return Err(Failure::set_up(format!(
                "Dovecot 2.3 {what}; {version:?} is installed"
            )));
        }
        let mut attempt = 1;
        loop {
            match start(&program, signals) {
                Err(failure)
                    if attempt < ATTEMPTS
                        && failure.to_string().contains("Address already in use") =>
                {
                    attempt += 1;
                }
                other => return other,
            }
        }
    }
}

fn start(program: &Path, signals: &Signals) -> Result<Running> {
    let folder = folder("dovecot")?;
    let path = folder.path();
    let user = User::for_server()?;
    let [plain_port, tls_port] = free_ports().doing(|| "find free ports".into())?;

    let conf = Conf {
        folder: path,
        user: &user.name,
        group: &user.group,
        plain_port,
        tls_port,
    };
    write_certificates(path)?;
    let account = Account {
        host: "localhost",
        tls_port,
        plain_port,
        username: USERS[0],
        password: PASSWORD,
        ca_file: &path.join("ca.pem"),
        login_failure: "Authentication failed",
    };
    let ini = path.join("dovecot.ini");
    for (name, text) in [
        ("dovecot.conf", conf.main()),
        ("users", conf.users()),
        ("dovecot.ini", account.ini()),
    ] {
        write(&path.join(name), &text)?;
    }
    for name in ["mail", "run", "state"] {
        let folder = path.join(name);
        fs::create_dir(&folder).doing(|| format!("make {folder:?}"))?;
    }

    let log = path.join("log");
    let output = fs::File::create(&log).doing(|| format!("make {log:?}"))?;
    let mut command = Command::new(program);
    command
        .arg("-F")
        .arg("-c")
        .arg(path.join("dovecot.conf"))
        .current_dir(path)
        // A search by date counts days in the zone of the server.
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(output.try_clone().doing(|| "share the log".into())?)
        .stderr(output);
    if let Some((uid, gid)) = user.change_to {
        give_to(path, uid, gid).doing(|| format!("give {path:?} to {}", user.name))?;
        command.uid(uid).gid(gid);
    }
    Running::start(folder, &mut command, plain_port, &log, ini, signals)
}

fn write_certificates(folder: &Path) -> Result<()> {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost", "127.0.0.1"]));
    write(&folder.join("ca.pem"), &authority.pem())?;
    write(&folder.join("cert.pem"), &identity.cert_pem)?;
    write(&folder.join("key.pem"), &identity.key_pem)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).doing(|| format!("write {path:?}"))
}

/// Gives `folder` and all in it to a user.
fn give_to(folder: &Path, uid: u32, gid: u32) -> std::io::Result<()> {
    chown(folder, Some(uid), Some(gid))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            give_to(&entry.path(), uid, gid)?;
        } else {
            chown(entry.path(), Some(uid), Some(gid))?;
        }
    }
    Ok(())
}

/// Whom the server runs as.
struct User {
    name: String,
    group: String,
    /// The ids to take on before it starts.
    change_to: Option<(u32, u32)>,
}

impl User {
    /// The user who runs this, or nobody in place of root: Dovecot wants root only for what a
    /// throwaway server does not do.
    fn for_server() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self {
                name: id(&["-un"])?,
                group: id(&["-gn"])?,
                change_to: None,
            });
        }
        let name = "nobody";
        let number = |flag: &str| {
            let text = id(&[flag, name])?;
            text.parse::<u32>().map_err(|error| {
                Failure::set_up(format!("id {flag} {name} says {text:?}: {error}"))
            })
        };
        let change_to = Some((number("-u")?, number("-g")?));
        Ok(Self {
            name: name.into(),
            group: id(&["-gn", name])?,
            change_to,
        })
    }
}

fn id(arguments: &[&str]) -> Result<String> {
    let program = find_program("id").unwrap_or_else(|| PathBuf::from("id"));
    let output = Command::new(program)
        .args(arguments)
        .output()
        .doing(|| "run id".into())?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !text.is_empty() {
        return Ok(text);
    }
    let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::set_up(format!(
        "id {} failed: {error}",
        arguments.join(" ")
    )))
}
