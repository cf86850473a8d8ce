//! Throwaway IMAP servers on loopback.
//!
//! ```text
//!  recipe(name) ──▶ installed? ──▶ start ──▶ Running { ini } ──▶ COMMAND with IMAPCLIENT_CONF ──▶ stop
//!                      └─ apt (root on Debian) or one line how to
//! ```

mod account;
mod apt;
mod dovecot;
mod embedded;
mod policy;
mod running;

use std::{env, ffi::OsString, io::Write as _, path::PathBuf, process::Command};

use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    signals::Signals,
};

pub(crate) use running::Running;

/// The environment variable that tells a command the path of the INI file.
pub(crate) const CONF_VARIABLE: &str = "IMAPCLIENT_CONF";

/// How to get and start one kind of server.
pub(crate) trait Recipe: Sync {
    /// What it is called on the command line.
    fn name(&self) -> &'static str;
    /// What it is, in a few words.
    fn about(&self) -> &'static str;
    /// The Debian packages to install.
    fn packages(&self) -> &'static [&'static str];
    /// The version that is installed.
    fn version(&self) -> Option<String>;
    /// Starts it in a temporary folder; returns when it answers.
    fn start(&self, signals: &Signals) -> Result<Running>;
}

const RECIPES: &[&dyn Recipe] = &[&embedded::Embedded, &dovecot::Dovecot];

/// The server that is always there.
pub(crate) const EMBEDDED: &str = embedded::NAME;

/// The recipe called `name`.
pub(crate) fn recipe(name: &str) -> Result<&'static dyn Recipe> {
    RECIPES
        .iter()
        .find(|recipe| recipe.name() == name)
        .copied()
        .ok_or_else(|| {
            let known: Vec<_> = RECIPES.iter().map(|recipe| recipe.name()).collect();
            Failure::set_up(format!(
                "there is no server {name:?}; there is {}",
                known.join(", ")
            ))
        })
}

/// Prints which servers there are and whether they are installed.
pub(crate) fn list() -> Result<()> {
    let mut out = std::io::stdout().lock();
    for recipe in RECIPES {
        let version = recipe.version().unwrap_or_else(|| "not installed".into());
        writeln!(
            out,
            "{:10} {:24} {}",
            recipe.name(),
            version,
            recipe.about()
        )
        .doing(|| "write the list".into())?;
    }
    Ok(())
}

/// Installs what is missing; all servers without a name.
pub(crate) fn install(name: Option<&str>, signals: &Signals) -> Result<()> {
    let recipes = match name {
        Some(name) => vec![recipe(name)?],
        None => RECIPES.to_vec(),
    };
    for recipe in recipes {
        ensure_installed(recipe, signals)?;
        let version = recipe.version().unwrap_or_default();
        println!("{} {version} is installed", recipe.name());
    }
    Ok(())
}

/// Installs it if it is missing and this may be done here.
pub(crate) fn ensure_installed(recipe: &dyn Recipe, signals: &Signals) -> Result<()> {
    if recipe.version().is_some() {
        return Ok(());
    }
    if !apt::may_install() {
        return Err(Failure::set_up(how_to_install(recipe)));
    }
    apt::install(recipe.packages(), signals)?;
    if recipe.version().is_some() {
        return Ok(());
    }
    Err(Failure::set_up(format!(
        "{} was installed, but its program is not found",
        recipe.name()
    )))
}

/// Whether it is there or can be got without asking the user.
pub(crate) fn available(recipe: &dyn Recipe) -> bool {
    recipe.version().is_some() || apt::may_install()
}

/// One line for those who have to install it themselves.
pub(crate) fn how_to_install(recipe: &dyn Recipe) -> String {
    format!(
        "{} is not installed; as root on Debian: apt-get install --no-install-recommends {}",
        recipe.name(),
        recipe.packages().join(" ")
    )
}

/// Runs `command` while the server is up and gives its exit status; without one, waits for Ctrl-C.
pub(crate) fn run(name: &str, command: &[OsString], signals: &Signals) -> Result<u8> {
    let recipe = recipe(name)?;
    ensure_installed(recipe, signals)?;
    let server = recipe.start(signals)?;
    let status = match command {
        [] => {
            println!("{}", server.ini().display());
            eprintln!("{name} is up; Ctrl-C stops it");
            signals.wait();
            0
        }
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).env(CONF_VARIABLE, server.ini());
            process::status_code(process::run(&mut command, signals)?)
        }
    };
    server.stop()?;
    Ok(status)
}

/// The program `name` on the path or where system programs live, which is not on everybody's path.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_server_is_told_with_the_known_ones() {
        let failure = recipe("exchange").err().unwrap();
        assert_eq!(
            failure.to_string(),
            "there is no server \"exchange\"; there is embedded, dovecot"
        );
        assert_eq!(failure.status(), 2);
    }

    #[test]
    fn how_to_install_is_one_line_to_copy() {
        assert_eq!(
            how_to_install(recipe("dovecot").unwrap()),
            "dovecot is not installed; as root on Debian: apt-get install --no-install-recommends dovecot-imapd"
        );
    }
}
