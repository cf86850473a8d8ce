//! pymap from the Python package index, in an environment of its own.

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
};
use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    signals::Signals,
};

const NAME: &str = "pymap";
/// With all it depends on, so that a run today and one next year have the same server.
const REQUIREMENTS: [&str; 5] = [
    "pymap==0.36.7",
    "passlib==1.7.4",
    "proxy-protocol==0.11.3",
    "pysasl==1.2.0",
    "typing-extensions==4.16.0",
];
/// What was installed; written last, so that half an installation is none.
const RECEIPT: &str = "installed.txt";
/// Debian's Python cannot make environments without it.
const PACKAGES: &[&str] = &["python3", "python3-venv"];
/// Else each login costs a quarter of a second, for a password that anybody may know.
const PASSLIB: &str = "[passlib]\nschemes = plaintext\n";
const USER: &str = "user1";
const PASSWORD: &str = "pass";

pub(super) struct Pymap;

impl Recipe for Pymap {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "pymap from PyPI, in memory"
    }

    fn version(&self) -> Option<String> {
        let installed = fs::read_to_string(cache(NAME).join(RECEIPT)).ok()?;
        let version = REQUIREMENTS[0].rsplit("==").next()?;
        (installed == REQUIREMENTS.join("\n")).then(|| version.into())
    }

    fn obstacle(&self) -> Option<String> {
        let possible = self.version().is_some() || python().is_some() || apt::may_install();
        (!possible).then(|| apt::how_to("Python's venv, which pymap needs,", PACKAGES))
    }

    fn install(&self, signals: &Signals) -> Result<()> {
        if python().is_none() {
            apt::install(PACKAGES, signals)?;
        }
        let python = python().ok_or_else(|| Failure::set_up("python3 has no module venv"))?;
        let folder = cache(NAME);
        eprintln!("installing {} into {}", REQUIREMENTS[0], folder.display());
        let made = process::run(
            quiet(
                Command::new(python)
                    .args(["-m", "venv", "--clear"])
                    .arg(&folder),
            ),
            signals,
        )?;
        if !made.success() {
            return Err(Failure::set_up("python3 -m venv failed"));
        }
        let installed = process::run(
            quiet(
                Command::new(folder.join("bin/python"))
                    .args(["-m", "pip", "install", "--quiet"])
                    .arg("--disable-pip-version-check")
                    .args(REQUIREMENTS),
            ),
            signals,
        )?;
        if !installed.success() {
            return Err(Failure::set_up(format!(
                "pip install {} failed",
                REQUIREMENTS.join(" ")
            )));
        }
        let receipt = folder.join(RECEIPT);
        fs::write(&receipt, REQUIREMENTS.join("\n")).doing(|| format!("write {receipt:?}"))
    }

    fn start(&self, signals: &Signals) -> Result<Running> {
        at_free_ports(|| start(&program(), signals))
    }
}

fn program() -> PathBuf {
    cache(NAME).join("bin").join(NAME)
}

/// A Python that can make environments.
fn python() -> Option<PathBuf> {
    let program = find_program("python3")?;
    let tried = quiet(Command::new(&program).args(["-c", "import ensurepip, venv"]))
        .stderr(Stdio::null())
        .status();
    tried.ok()?.success().then_some(program)
}

/// Standard output belongs to the task.
fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(std::io::stderr())
}

fn start(program: &Path, signals: &Signals) -> Result<Running> {
    let site = Site::new(NAME)?;
    let [port] = free_ports().doing(|| "find a free port".into())?;
    site.write_certificates()?;
    site.write_account(&Account {
        server: NAME,
        tls_port: None,
        plain_port: port,
        username: USER,
        password: PASSWORD,
        ca_file: &site.ca_file(),
        login_failure: "Invalid authentication credentials",
    })?;
    site.write("passlib.cfg", PASSLIB)?;
    let mut command = site.command(program)?;
    command
        .args(["--host", "127.0.0.1", "--port", &port.to_string()])
        .arg("--cert")
        .arg(site.file("cert.pem"))
        .arg("--key")
        .arg(site.file("key.pem"))
        .arg("--passlib-cfg")
        .arg(site.file("passlib.cfg"))
        .args(["dict", "--demo-user", USER, "--demo-password", PASSWORD]);
    Running::start(site, &mut command, port, signals)
}
