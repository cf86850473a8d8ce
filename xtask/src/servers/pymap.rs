//! pymap from the Python package index, in a virtual environment.

use std::path::Path;

use super::{
    Recipe, Running,
    account::Account,
    running::{at_free_ports, free_ports},
    site::Site,
};
use crate::{
    failure::{Doing as _, Result},
    signals::Signals,
    venv::Venv,
};

const NAME: &str = "pymap";
const VENV: Venv = Venv::new(
    NAME,
    &[
        "pymap==0.36.7",
        "passlib==1.7.4",
        "proxy-protocol==0.11.3",
        "pysasl==1.2.0",
        "typing-extensions==4.16.0",
    ],
);
/// A configuration without hashes of passwords, which would take a quarter of a second at each
/// login although the password is not secret.
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
        VENV.version()
    }

    fn obstacle(&self) -> Option<String> {
        VENV.obstacle()
    }

    fn install(&self, signals: &Signals) -> Result<()> {
        VENV.install(signals)
    }

    fn start(&self, signals: &Signals) -> Result<Running> {
        at_free_ports(|| start(&VENV.program(NAME), signals))
    }
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
