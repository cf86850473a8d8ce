//! Dovecot 2.3 from Debian 12.

mod auth;
mod conf;
mod extensions;

use std::{
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, Stdio},
};

use super::{
    Recipe, Running,
    account::Account,
    apt, find_program,
    running::{at_free_ports, free_ports},
    site::Site,
    user::{User, is_root},
};
use crate::{
    failure::{Doing as _, Failure, Result},
    signals::Signals,
};
use auth::Ways;
use conf::{Conf, PASSWORD, USERS};

const NAME: &str = "dovecot";
const PACKAGES: &[&str] = &["dovecot-imapd"];

pub(super) struct Dovecot;

impl Recipe for Dovecot {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Dovecot 2.3 from Debian"
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

    fn obstacle(&self) -> Option<String> {
        (self.version().is_none() && !apt::may_install()).then(|| apt::how_to(NAME, PACKAGES))
    }

    fn install(&self, signals: &Signals) -> Result<()> {
        apt::install(PACKAGES, signals)
    }

    fn start(&self, signals: &Signals) -> Result<Running> {
        start_in(Path::new("/tmp"), |_| Ok(()), signals)
    }
}

/// Starts Dovecot in a temporary folder below `root`. `seed` may write mail into the folder that it
/// is given, in which each user has a folder with a `Maildir`.
pub(crate) fn start_in(
    root: &Path,
    seed: impl Fn(&Path) -> Result<()>,
    signals: &Signals,
) -> Result<Running> {
    let program = find_program("dovecot").ok_or_else(|| Failure::set_up("dovecot is missing"))?;
    let version = Dovecot.version().unwrap_or_default();
    if !version.starts_with("2.3.") {
        let what = "is needed, since 2.4 has a different configuration";
        return Err(Failure::set_up(format!(
            "Dovecot 2.3 {what}; {version:?} is installed"
        )));
    }
    at_free_ports(|| start(&program, root, &seed, signals))
}

fn start(
    program: &Path,
    root: &Path,
    seed: impl Fn(&Path) -> Result<()>,
    signals: &Signals,
) -> Result<Running> {
    let site = Site::new_in(NAME, root)?;
    // Dovecot needs root only for features that a throwaway server does not use.
    let root = is_root();
    let user = if root {
        User::named("nobody")?
    } else {
        User::current()?
    };
    let [plain_port, tls_port] = free_ports().doing(|| "find free ports".into())?;

    let conf = Conf {
        folder: site.path(),
        user: &user.name,
        group: &user.group,
        plain_port,
        tls_port,
    };
    let ways = Ways::new(&site, &site.write_certificates()?)?;
    let account = Account {
        server: NAME,
        tls_port: Some(tls_port),
        plain_port,
        username: USERS[0],
        password: PASSWORD,
        ca_file: &site.ca_file(),
        login_failure: "Authentication failed",
    };
    site.write_ini(&account.ini_with(&ways.sections))?;
    site.write("dovecot.conf", &conf.main())?;
    site.write("users", &conf.users())?;
    site.make_folders(&["mail", "run", "state"])?;
    seed(&site.file("mail"))?;

    let mut command = site.command(program)?;
    command.arg("-F").arg("-c").arg(site.file("dovecot.conf"));
    if root {
        site.give("", user.ids)?;
        command.uid(user.ids.0).gid(user.ids.1);
    }
    let running = Running::start(site, &mut command, plain_port, signals)?;
    Ok(running.with_provider(ways.into_provider()))
}
