//! All checks, which `.ci/run` also runs: the cheap ones first.

mod session;

use std::{
    io::{self, Write as _},
    process::Command,
    time::Instant,
};

use crate::{
    arrows, compare,
    failure::{Failure, Result},
    features, lengths, live_test, locks, parity, process,
    servers::{self, Recipe},
    signals::Signals,
    style, surface,
    totals::Totals,
    venv::Venv,
    words, workspace,
};

/// The server with which the embedded one is compared.
const MODEL: &str = "dovecot";
/// Python's IMAPClient, with which the embedded server is tested.
pub(crate) const IMAPCLIENT: Venv = Venv::new("imapclient", &["IMAPClient==3.0.1"]);
/// The environment variable with the path of a Python that has IMAPClient, for the tests.
const PYTHON: &str = "IMAPCLIENT_PYTHON";
/// The arguments of cargo for all steps that build the whole workspace. They are the same, so that
/// the steps share the results.
const EVERYTHING: [&str; 2] = ["--workspace", "--all-features"];
/// Trials of the live suite that cover all differences of the profiles. They run on one face only,
/// since both faces share their code; `cargo xtask soak profiles` runs the whole suite on both.
const ON_PROFILES: &[&str] = &[
    "tokio::instead::",
    "tokio::auth::plain",
    "tokio::auth::login",
    "tokio::connect_with_a_wrong_password",
    "tokio::capabilities",
    "tokio::enable",
    "tokio::what_the_server_lacks",
    "tokio::status",
    "tokio::list_status",
    "tokio::special",
    "tokio::select",
    "tokio::append",
    "tokio::uid::append",
    "tokio::search",
    "tokio::uid::search",
    "tokio::fetch",
    "tokio::uid::fetch",
    "tokio::uid::body_structure",
    "tokio::uid::store",
    "tokio::uid::flags",
    "tokio::uid::copy",
    "tokio::uid::move",
    "tokio::copy",
    "tokio::move",
    "tokio::uid::expunge",
    "tokio::uid_expunge",
    "tokio::idle_or_poll",
];

/// Runs all steps, up to the first that fails.
pub(crate) fn run(signals: &Signals) -> Result<()> {
    let started = Instant::now();
    let mut checks = Checks {
        signals,
        totals: Totals::default(),
    };
    let result = checks.all();
    let mut out = io::stdout().lock();
    // An error means that the reader has closed standard output, and is ignored.
    let _ = match &result {
        Ok(()) => writeln!(
            out,
            "\nall steps passed in {:.1} s\n{}",
            started.elapsed().as_secs_f64(),
            checks.totals
        ),
        Err(_) if checks.totals == Totals::default() => Ok(()),
        Err(_) => writeln!(out, "\n{}", checks.totals),
    };
    result
}

struct Checks<'a> {
    signals: &'a Signals,
    totals: Totals,
}

impl Checks<'_> {
    fn all(&mut self) -> Result<()> {
        self.step("format", |checks| {
            checks.cargo(&["fmt", "--all", "--check"], &[])
        })?;
        self.step("file lengths", |_| lengths::check())?;
        self.step("style", |_| style::check())?;
        self.step("words", |_| {
            println!("{}", words::check()?);
            Ok(())
        })?;
        self.step("arrows", |_| arrows::check())?;
        self.step("parity", |_| parity::run())?;
        self.step("surface", |_| surface::check())?;
        self.step("lock files", |_| locks::check())?;
        self.step("clippy", |checks| {
            checks.clippy(&["--all-targets"], &EVERYTHING)?;
            // `--all-targets` omits targets with `test = false`.
            checks.clippy(&["--test", "live"], &EVERYTHING)
        })?;
        self.step("features", |checks| {
            features::check()?;
            checks.clippy(&["--package", "imapclient"], &[])?;
            checks.clippy(&["--package", "imapclient", "--no-default-features"], &[])?;
            // The errors of a program that was built without cryptography, or without authorities.
            let bare = ["test", "--quiet", "--package", "imapclient-transport"];
            let test = |more: &[&str]| checks.cargo(&[&bare[..], more].concat(), &[]);
            test(&["--no-default-features", "--test", "without_tls"])?;
            test(&[
                "--no-default-features",
                "--features",
                "ring",
                "--test",
                "without_authorities",
            ])
        })?;
        self.step("documentation", |checks| {
            checks.cargo(
                &[&["doc", "--quiet", "--no-deps"], &EVERYTHING[..]].concat(),
                &[("RUSTDOCFLAGS", "-Dwarnings")],
            )?;
            surface::check_documented()
        })?;
        if workspace::is_ci() {
            // The servers come first, since some tests use the Python that they install.
            self.step("servers", Self::servers)?;
        }
        self.step("tests", Self::tests)?;
        self.step("live tests", Self::live_tests)?;
        self.step("profiles", Self::profiles)
    }

    fn step(&mut self, name: &str, check: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.signals.check()?;
        println!("== {name}");
        let started = Instant::now();
        let result = check(self);
        // A child that was asked to stop fails like any other, but the request is the reason.
        self.signals.check()?;
        result.map_err(|failure| Failure::new(format!("step {name:?} failed: {failure}")))?;
        println!("== {name}: ok ({:.1} s)", started.elapsed().as_secs_f64());
        Ok(())
    }

    fn tests(&mut self) -> Result<()> {
        let mut cargo = workspace::cargo();
        cargo.args(["test", "--no-fail-fast"]).args(EVERYTHING);
        if IMAPCLIENT.version().is_none() && (workspace::is_ci() || IMAPCLIENT.obstacle().is_none())
        {
            IMAPCLIENT.install(self.signals)?;
        }
        if IMAPCLIENT.version().is_some() {
            cargo.env(PYTHON, IMAPCLIENT.program("python"));
        }
        let (status, output) = process::capture(&mut cargo, self.signals, io::stdout())?;
        self.totals.add(&String::from_utf8_lossy(&output));
        finish(&cargo, process::status_code(status))
    }

    /// Installs the servers. All of them are required, except those that run smoke trials only, as
    /// these may need permissions that a container does not have.
    fn servers(&mut self) -> Result<()> {
        for recipe in servers::recipes(servers::ALL)? {
            match recipe.obstacle() {
                Some(why) if !recipe.smoke().is_empty() => println!("skipped: {why}"),
                _ => servers::install(Some(recipe.name()), self.signals)?,
            }
        }
        Ok(())
    }

    fn live_tests(&mut self) -> Result<()> {
        for recipe in servers::recipes(servers::ALL)? {
            let needed = workspace::is_ci() && recipe.smoke().is_empty();
            if let Some(why) = recipe.obstacle()
                && !needed
            {
                println!("skipped: {why}");
                continue;
            }
            println!("-- {}", recipe.name());
            self.live_tests_on(recipe)?;
            // The values that it checks are optional, but sent by all servers with the whole suite.
            if recipe.smoke().is_empty() {
                session::check(recipe, &EVERYTHING, self.signals)?;
            }
            if recipe.name() == MODEL {
                compare::run(MODEL, self.signals)?;
            }
        }
        Ok(())
    }

    fn profiles(&mut self) -> Result<()> {
        live_test::profiles::run(ON_PROFILES, &EVERYTHING, &mut self.totals, self.signals)
    }

    fn live_tests_on(&mut self, recipe: &dyn Recipe) -> Result<()> {
        let (status, output) = live_test::run_captured(recipe, &EVERYTHING, self.signals)?;
        self.totals.add(&String::from_utf8_lossy(&output));
        match status {
            0 => Ok(()),
            status => Err(Failure::new(format!(
                "the live suite ended with {status} on {}",
                recipe.name()
            ))),
        }
    }

    fn clippy(&self, what: &[&str], more: &[&str]) -> Result<()> {
        self.cargo(
            &[&["clippy", "--quiet"], what, more, &["--", "-Dwarnings"]].concat(),
            &[],
        )
    }

    fn cargo(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
        let mut cargo = workspace::cargo();
        cargo.args(arguments).envs(variables.iter().copied());
        let status = process::run(&mut cargo, self.signals)?;
        finish(&cargo, process::status_code(status))
    }
}

fn finish(command: &Command, status: u8) -> Result<()> {
    if status == 0 {
        return Ok(());
    }
    let words: Vec<_> = command
        .get_args()
        .map(|word| word.to_string_lossy())
        .collect();
    Err(Failure::new(format!(
        "`cargo {}` ended with {status}",
        words.join(" ")
    )))
}
