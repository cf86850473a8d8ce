//! Runs the targets in `fuzz/`, which is not part of the workspace.

use std::{fs, path::Path, process::Command};

use clap::Args;

use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    servers::find_program,
    signals::Signals,
    workspace,
};

const TARGETS: [&str; 8] = [
    "framer",
    "response",
    "writer",
    "utf7",
    "sets",
    "ini",
    "differential",
    "session",
];

/// The arguments of `cargo xtask fuzz`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Fuzz {
    /// The target [default: all, one after the other]
    #[arg(value_parser = TARGETS)]
    target: Option<String>,
    /// The time for each target, in seconds
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
}

/// Runs the targets. Returns the exit status of the first that finds a fault, or 0.
pub(crate) fn run(args: &Fuzz, signals: &Signals) -> Result<u8> {
    find_compiler()?;
    install(signals)?;
    let targets = match &args.target {
        Some(target) => vec![target.as_str()],
        None => TARGETS.to_vec(),
    };
    let folder = workspace::root().join("fuzz");
    for target in targets {
        signals.check()?;
        println!("== {target}");
        // libFuzzer writes new inputs into the first folder and only reads the second.
        let found = folder.join("found").join(target);
        fs::create_dir_all(&found).doing(|| format!("make {}", found.display()))?;
        let mut command = command(&folder, target, args.seconds);
        let status = process::status_code(process::run(&mut command, signals)?);
        if status != 0 {
            return Ok(status);
        }
    }
    Ok(0)
}

fn command(folder: &Path, target: &str, seconds: u32) -> Command {
    let mut cargo = workspace::cargo();
    cargo
        .current_dir(folder)
        // The sanitizer is an unstable option, which this variable permits with a stable compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["fuzz", "run"])
        // Only these targets need the crates that take long to build.
        .args(match target {
            "ini" => Some("--features=config"),
            "session" => Some("--features=client"),
            _ => None,
        })
        .arg(target)
        .args([format!("found/{target}"), format!("corpus/{target}")])
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
    cargo
}

fn find_compiler() -> Result<()> {
    if std::env::var_os("CXX").is_some() || find_program("c++").is_some() {
        return Ok(());
    }
    Err(Failure::set_up(
        "libFuzzer needs a C++ compiler, but there is no `c++` (Debian: apt-get install g++)",
    ))
}

fn install(signals: &Signals) -> Result<()> {
    let mut version = workspace::cargo();
    version.args(["fuzz", "--version"]);
    let there = version
        .output()
        .doing(|| "run cargo".into())?
        .status
        .success();
    if there {
        return Ok(());
    }
    println!("installing cargo-fuzz");
    let mut install = workspace::cargo();
    install.args(["install", "--quiet", "--locked", "cargo-fuzz"]);
    match process::status_code(process::run(&mut install, signals)?) {
        0 => Ok(()),
        status => Err(Failure::set_up(format!(
            "`cargo install --locked cargo-fuzz` ended with {status}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_known_and_has_a_corpus() {
        let folder = workspace::root().join("fuzz");
        let names = |folder: &str| -> Vec<String> {
            let entries = fs::read_dir(workspace::root().join("fuzz").join(folder)).unwrap();
            let mut names: Vec<_> = entries
                .map(|entry| {
                    let name = entry.unwrap().path();
                    name.file_stem().unwrap().to_string_lossy().into_owned()
                })
                .collect();
            names.sort();
            names
        };
        let mut targets = TARGETS.map(str::to_owned);
        targets.sort();
        assert_eq!(names("fuzz_targets"), targets);
        assert_eq!(names("corpus"), targets);
        for target in TARGETS {
            assert!(
                fs::read_dir(folder.join("corpus").join(target))
                    .unwrap()
                    .count()
                    > 3
            );
        }
    }

    #[test]
    fn only_fuzzing_uses_unstable_switches() {
        let command = command(Path::new("fuzz"), "utf7", 5);
        let variables: Vec<_> = command.get_envs().collect();
        assert_eq!(
            variables,
            [("RUSTC_BOOTSTRAP".as_ref(), Some("1".as_ref()))]
        );
        assert!(command.get_args().any(|word| word == "-max_total_time=5"));
    }
}
