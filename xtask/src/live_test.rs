//! Builds the live suite and runs it with an account, or on one or several servers in turn.

mod all;
pub(crate) mod profiles;

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;
use serde_json::Value;

use crate::{
    failure::{Failure, Result},
    process,
    servers::{self, CONF_VARIABLE, Recipe},
    signals::Signals,
    workspace,
};

/// The arguments of `cargo xtask live-test`. Most of them are passed on to the suite.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct LiveTest {
    /// The INI file with the account [default: the value of `IMAPCLIENT_CONF`, or else a server
    /// that is started for the run]
    #[arg(
        short = 'f',
        long = "file",
        value_name = "FILE",
        conflicts_with = "server"
    )]
    file: Option<PathBuf>,
    /// Start this server for the run and use its account; `all` for each in turn [default:
    /// embedded]
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    /// The profile of the embedded server, such as `gmail`; `all` for each in turn
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    profile: Option<String>,
    /// Run only trials whose name contains one of these texts [default: all]
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Compare FILTER and --skip with whole names
    #[arg(long)]
    exact: bool,
    /// Skip trials whose name contains this text
    #[arg(long, value_name = "S")]
    skip: Vec<String>,
    /// Print the names instead of running the trials
    #[arg(long)]
    list: bool,
    /// The output format: pretty (default) or json
    #[arg(long, value_name = "FORMAT", value_parser = ["pretty", "json"])]
    format: Option<String>,
}

/// Builds and runs the suite. Returns its exit status.
pub(crate) fn run(args: &LiveTest, signals: &Signals) -> Result<u8> {
    let args = &args.with_default_server(env::var_os(CONF_VARIABLE).as_deref());
    // An unknown name is reported before the build, which takes much longer.
    let recipes = match (&args.server, &args.profile) {
        (server, Some(profile)) => {
            let server = server.as_deref().unwrap_or(servers::EMBEDDED);
            servers::profiles(server, profile)?
        }
        (Some(name), None) => servers::recipes(name)?,
        (None, None) => Vec::new(),
    };
    let binary = build(&["--package", "imapclient-tests-live"], signals)?;
    let command = |conf: Option<&Path>| args.command(&binary, conf);
    let run = |mut command: Command| process::run(&mut command, signals);
    let status = match recipes[..] {
        _ if args.list => run(command(None))?,
        [] => run(command(None))?,
        [recipe] => servers::on(recipe, signals, |conf| run(command(Some(conf))))?,
        _ => {
            return all::run(&recipes, args.format.as_deref(), signals, |conf| {
                process::capture(&mut command(Some(conf)), signals, io::stdout())
            });
        }
    };
    Ok(process::status_code(status))
}

/// Runs the suite on a throwaway server, or only the smoke trials if the server has some. Returns
/// its exit status and its output. `selection` are the arguments of cargo that select the packages.
pub(crate) fn run_captured(
    recipe: &dyn Recipe,
    selection: &[&str],
    signals: &Signals,
) -> Result<(u8, Vec<u8>)> {
    let binary = build(selection, signals)?;
    let (status, output) = servers::on(recipe, signals, |conf| {
        let args = LiveTest {
            filters: recipe.smoke().iter().map(ToString::to_string).collect(),
            ..LiveTest::default()
        };
        let mut command = args.command(&binary, Some(conf));
        process::capture(&mut command, signals, io::stdout())
    })?;
    Ok((process::status_code(status), output))
}

/// Builds the suite and returns the path of its program.
fn build(selection: &[&str], signals: &Signals) -> Result<PathBuf> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--quiet"]).args(selection);
    cargo.args([
        "--test",
        "live",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ]);
    let (status, output) = process::capture(&mut cargo, signals, io::sink())?;
    if !status.success() {
        signals.check()?;
        return Err(Failure::set_up("the live suite does not build"));
    }
    executable(&String::from_utf8_lossy(&output))
        .ok_or_else(|| Failure::set_up("cargo did not name a program for the live suite"))
}

/// Returns the program that cargo's messages name for the test target `live`.
fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| {
            let wanted = message["reason"] == "compiler-artifact"
                && message["target"]["name"] == "live"
                && message["target"]["kind"][0] == "test";
            wanted
                .then(|| message["executable"].as_str().map(PathBuf::from))
                .flatten()
        })
}

impl LiveTest {
    /// Selects the embedded server if neither the arguments nor `variable` name an account.
    fn with_default_server(&self, variable: Option<&OsStr>) -> Self {
        let mut args = self.clone();
        let named = args.file.is_some() || variable.is_some_and(|value| !value.is_empty());
        if !named {
            args.server.get_or_insert_with(|| servers::EMBEDDED.into());
        }
        args
    }

    fn command(&self, binary: &Path, conf: Option<&Path>) -> Command {
        let mut command = Command::new(binary);
        command.args(self.forwarded());
        if let Some(conf) = conf {
            command.env(CONF_VARIABLE, conf);
        }
        command
    }

    /// Returns the arguments that are passed on to the suite.
    fn forwarded(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = Vec::new();
        if let Some(file) = &self.file {
            words.extend(["--file".into(), file.into()]);
        }
        for (flag, given) in [("--exact", self.exact), ("--list", self.list)] {
            if given {
                words.push(flag.into());
            }
        }
        // Flag and value are one word, so that the value may begin with a dash.
        words.extend(self.skip.iter().map(|text| format!("--skip={text}").into()));
        words.extend(
            self.format
                .iter()
                .map(|format| format!("--format={format}").into()),
        );
        words.push("--".into());
        words.extend(self.filters.iter().map(Into::into));
        words
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: LiveTest,
    }

    fn parse(words: &[&str]) -> Result<LiveTest, clap::Error> {
        Line::try_parse_from(std::iter::once(&"live-test").chain(words)).map(|line| line.args)
    }

    #[test]
    fn everything_but_the_server_goes_on_to_the_suite() {
        let args = parse(&[
            "-f", "a.ini", "idle", "--skip", "x", "--exact", "fetch", "--format", "json", "--list",
        ])
        .unwrap();
        let expected = [
            "--file",
            "a.ini",
            "--exact",
            "--list",
            "--skip=x",
            "--format=json",
            "--",
            "idle",
            "fetch",
        ];
        assert_eq!(args.forwarded(), expected.map(OsString::from));
        assert_eq!(parse(&["--server", "dovecot"]).unwrap().forwarded(), ["--"]);
    }

    #[test]
    fn the_servers_ini_goes_by_the_variable() {
        let args = parse(&["--server", "dovecot", "-f", "a.ini"]).unwrap_err();
        assert_eq!(args.kind(), clap::error::ErrorKind::ArgumentConflict);
        let command = LiveTest::default().command(Path::new("live"), Some(Path::new("/x.ini")));
        let variable = command.get_envs().next().unwrap();
        assert_eq!(
            variable,
            ("IMAPCLIENT_CONF".as_ref(), Some("/x.ini".as_ref()))
        );
    }

    #[test]
    fn who_names_no_account_gets_the_embedded_server() {
        let server = |words: &[&str], variable: Option<&str>| {
            let args = parse(words).unwrap();
            args.with_default_server(variable.map(OsStr::new)).server
        };
        assert_eq!(server(&[], None).as_deref(), Some("embedded"));
        assert_eq!(server(&[], Some("")).as_deref(), Some("embedded"));
        assert_eq!(
            server(&["--server", "dovecot"], None).as_deref(),
            Some("dovecot")
        );
        assert_eq!(server(&[], Some("a.ini")), None);
        assert_eq!(server(&["-f", "a.ini"], None), None);
    }

    #[test]
    fn finds_the_program_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"live"},"executable":null}
not JSON
{"reason":"compiler-artifact","target":{"kind":["test"],"name":"other"},"executable":"/t/other-1"}
{"reason":"compiler-artifact","target":{"kind":["test"],"name":"live"},"executable":"/t/live-2"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages), Some("/t/live-2".into()));
        assert_eq!(executable(""), None);
    }

    #[test]
    fn values_may_begin_with_a_dash() {
        let args = parse(&["--skip=-x", "--", "-y"]).unwrap();
        assert_eq!(
            args.forwarded(),
            ["--skip=-x", "--", "-y"].map(OsString::from)
        );
    }
}
