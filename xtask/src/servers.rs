//! Throwaway IMAP servers on loopback.
//!
//! ```text
//!  recipe(name) ──▶ installed? ──▶ start ──▶ Running { ini } ──▶ COMMAND with IMAPCLIENT_CONF ──▶ stop
//!                 │    └─ install (apt as root on Debian, PyPI)     in a Site, as an Account
//!                 └─ obstacle: one line with the reason
//! ```

mod account;
pub(crate) mod apt;
mod courier;
mod cyrus;
mod dovecot;
mod embedded;
mod policy;
mod pymap;
mod running;
mod site;
mod user;

use std::{
    env,
    ffi::OsString,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use imapclient_testkit::{Profile, UnknownProfile};

use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    signals::Signals,
    workspace,
};

pub(crate) use dovecot::start_in as dovecot_in;
pub(crate) use running::Running;

use embedded::Embedded;

/// The environment variable with the path of the INI file, for commands.
pub(crate) const CONF_VARIABLE: &str = "IMAPCLIENT_CONF";

/// A kind of throwaway server, which can be installed and started.
pub(crate) trait Recipe: Sync {
    /// Returns the name on the command line.
    fn name(&self) -> &'static str;
    /// Returns a short description.
    fn about(&self) -> &'static str;
    /// Returns the version, if the server is installed.
    fn version(&self) -> Option<String>;
    /// Returns one line with the reason why the server can neither run nor be installed here, and
    /// with a remedy; `None` if it can.
    fn obstacle(&self) -> Option<String>;
    /// Installs the server.
    fn install(&self, signals: &Signals) -> Result<()>;
    /// Returns parts of the names of the trials for `cargo xtask test`, if the whole suite takes
    /// too long on this server; otherwise nothing.
    fn smoke(&self) -> &'static [&'static str] {
        &[]
    }
    /// Starts the server in a temporary folder. Returns when it accepts connections.
    fn start(&self, signals: &Signals) -> Result<Running>;
}

const RECIPES: &[&dyn Recipe] = &[
    &Embedded(None),
    &dovecot::Dovecot,
    &cyrus::Cyrus,
    &courier::Courier,
    &pymap::Pymap,
];

/// The embedded server once for each profile.
static PROFILES: LazyLock<Vec<Embedded>> = LazyLock::new(|| {
    Profile::all()
        .map(|profile| Embedded(Some(profile)))
        .collect()
});

/// The name of the server that is always available.
pub(crate) const EMBEDDED: &str = embedded::NAME;

/// Returns the embedded server without strict checks of commands.
pub(crate) fn lenient() -> &'static dyn Recipe {
    &embedded::Lenient
}

/// The name that stands for all servers or profiles.
pub(crate) const ALL: &str = "all";

/// Returns the recipe called `name`.
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

/// Returns the recipe called `name`, or all of them.
pub(crate) fn recipes(name: &str) -> Result<Vec<&'static dyn Recipe>> {
    if name == ALL {
        return Ok(RECIPES.to_vec());
    }
    Ok(vec![recipe(name)?])
}

/// Returns the server called `name`, with a profile if one is given.
pub(crate) fn recipe_with(name: &str, profile: Option<&str>) -> Result<&'static dyn Recipe> {
    match (recipe(name)?, profile) {
        (recipe, None) => Ok(recipe),
        (_, Some(profile)) => match profiles(name, profile)?[..] {
            [recipe] => Ok(recipe),
            _ => Err(Failure::set_up(format!(
                "one profile at a time, not {profile}"
            ))),
        },
    }
}

/// Returns the embedded server with the profile `name`, or with each of the profiles. Fails if
/// `server` is another server.
pub(crate) fn profiles(server: &str, name: &str) -> Result<Vec<&'static dyn Recipe>> {
    if server != EMBEDDED {
        return Err(Failure::set_up(format!(
            "{server} has no profiles; the server {EMBEDDED} has"
        )));
    }
    let all = PROFILES.iter().map(|recipe| -> &dyn Recipe { recipe });
    if name == ALL {
        return Ok(all.collect());
    }
    let profile: Profile = name
        .parse()
        .map_err(|error: UnknownProfile| Failure::set_up(error.to_string()))?;
    Ok(all
        .filter(|recipe| recipe.name() == profile.name())
        .collect())
}

/// Prints the servers and their installed versions.
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

/// Installs a server, or all of them, unless they are installed. A failure does not prevent the
/// installation of the others.
pub(crate) fn install(name: Option<&str>, signals: &Signals) -> Result<()> {
    let mut failed = Vec::new();
    for recipe in recipes(name.unwrap_or(ALL))? {
        match ensure_installed(recipe, signals) {
            Ok(()) => {
                let version = recipe.version().unwrap_or_default();
                println!("{} {version} is installed", recipe.name());
            }
            Err(failure) if name.is_some() => return Err(failure),
            Err(failure) => {
                signals.check()?;
                println!("{}: {failure}", recipe.name());
                failed.push(recipe.name());
            }
        }
    }
    match failed.as_slice() {
        [] => Ok(()),
        names => Err(Failure::set_up(format!(
            "not installed: {}",
            names.join(", ")
        ))),
    }
}

/// Installs a server if it is missing.
pub(crate) fn ensure_installed(recipe: &dyn Recipe, signals: &Signals) -> Result<()> {
    if let Some(why) = recipe.obstacle() {
        return Err(Failure::set_up(why));
    }
    if recipe.version().is_some() {
        return Ok(());
    }
    recipe.install(signals)?;
    if recipe.version().is_some() {
        return Ok(());
    }
    Err(Failure::set_up(format!(
        "{} was installed, but its program is not found",
        recipe.name()
    )))
}

/// Returns the folder for files that are not installed by apt. `cargo clean` removes it.
fn cache(name: &str) -> PathBuf {
    workspace::target().join("servers").join(name)
}

/// Starts a server and runs `work` with the path of its INI file.
pub(crate) fn on<T>(
    recipe: &dyn Recipe,
    signals: &Signals,
    work: impl FnOnce(&Path) -> Result<T>,
) -> Result<T> {
    signals.check()?;
    ensure_installed(recipe, signals)?;
    let server = recipe.start(signals)?;
    let result = work(server.ini())?;
    server.stop()?;
    Ok(result)
}

/// Starts a server and runs `command`, or waits for Ctrl-C if it is empty. Returns the exit status.
pub(crate) fn run(
    name: &str,
    profile: Option<&str>,
    command: &[OsString],
    signals: &Signals,
) -> Result<u8> {
    let recipe = recipe_with(name, profile)?;
    ensure_installed(recipe, signals)?;
    let server = recipe.start(signals)?;
    let status = match command {
        [] => {
            println!("{}", server.ini().display());
            eprintln!("{} is up; Ctrl-C stops it", recipe.name());
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

/// Returns the path of the program `name`, from `PATH` or from the folders of system programs,
/// which `PATH` may lack.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// Unpacks the file of a Debian package into a folder.
fn unpack(package: &Path, folder: &Path) -> Result<()> {
    let program = find_program("dpkg").unwrap_or_else(|| "dpkg".into());
    finish(
        Command::new(program)
            .arg("--extract")
            .args([package, folder]),
        None,
    )
}

/// Runs a small program with `input` on its standard input. Fails with its standard error if the
/// program fails.
fn finish(command: &mut Command, input: Option<&str>) -> Result<()> {
    let program = command.get_program().to_owned();
    let doing = || format!("run {program:?}");
    let mut child = command
        .stdin(input.map_or_else(Stdio::null, |_| Stdio::piped()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .doing(doing)?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        writeln!(stdin, "{input}").doing(doing)?;
    }
    let output = child.wait_with_output().doing(doing)?;
    if output.status.success() {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::set_up(format!("{program:?} failed: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_server_is_told_with_the_known_ones() {
        let failure = recipe("exchange").err().unwrap();
        assert_eq!(
            failure.to_string(),
            "there is no server \"exchange\"; there is embedded, dovecot, cyrus, courier, pymap"
        );
        assert_eq!(failure.status(), 2);
    }

    #[test]
    fn all_is_every_one() {
        let names = |name| {
            recipes(name)
                .unwrap()
                .iter()
                .map(|one| one.name())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(ALL),
            ["embedded", "dovecot", "cyrus", "courier", "pymap"]
        );
        assert_eq!(names("cyrus"), ["cyrus"]);
    }

    #[test]
    fn a_profile_is_one_of_the_embedded_server() {
        let names = |server, name| {
            let recipes = profiles(server, name)?;
            Ok(recipes.iter().map(|one| one.name()).collect::<Vec<_>>())
        };
        let failure = |result: Result<_>| result.err().map(|failure: Failure| failure.to_string());
        assert_eq!(names(EMBEDDED, "Gmail").ok(), Some(vec!["gmail"]));
        assert_eq!(names(EMBEDDED, ALL).ok().map(|all| all.len()), Some(15));
        let unknown = failure(names(EMBEDDED, "hotmail")).unwrap();
        assert!(
            unknown.starts_with("there is no profile \"hotmail\"; there is gmail, "),
            "{unknown}"
        );
        let other = failure(names("dovecot", "gmail"));
        assert_eq!(
            other.as_deref(),
            Some("dovecot has no profiles; the server embedded has")
        );
        assert!(recipe_with(EMBEDDED, Some(ALL)).is_err());
        assert_eq!(recipe_with("cyrus", None).ok().unwrap().name(), "cyrus");
    }

    #[test]
    fn how_to_install_is_one_line_to_copy() {
        assert_eq!(
            apt::how_to("dovecot", &["dovecot-imapd"]),
            "dovecot is not installed; as root on Debian: apt-get install --no-install-recommends dovecot-imapd"
        );
    }
}
